"""The wiring: settings and route table in, an ASGI application out. No I/O before the lifespan."""

import gc
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from typing import Any, Final

import structlog
from starlette.types import Receive, Scope, Send

from hub_core import clock, ids
from hub_service import i18n, problems, telemetry, workers

from . import clients, table, transport
from .access_log import AccessLog
from .contract import Contract
from .door import Door
from .pages import Pages
from .protocol import Protocol
from .revocations import Revocations
from .settings import GatewaySettings
from .tokens import Tokens
from .tracing import Tracing
from .usage import Usage

SERVER: Final[dict[str, Any]] = {
    "http": Protocol,
    "loop": "uvloop",
    "ws": "none",
    "proxy_headers": False,
    "server_header": False,
    "access_log": False,
    "timeout_keep_alive": 75,
}
"""How uvicorn must be configured for this application: keyword arguments of `uvicorn.Config`.

With `proxy_headers`, uvicorn would believe what a client says in X-Forwarded-For.
"""

_USAGE_EVERY: Final = timedelta(seconds=5)
_log: Final = structlog.get_logger("gateway")


def create_app(settings: GatewaySettings | None = None) -> "Gateway":
    """The gateway with the route table that is shipped in the package.

    What is loaded by then stays for good, and the garbage collector is told so: looking through all
    of it once a second held every request up for some 50 ms.
    """
    gateway = Gateway(settings or GatewaySettings(), table.load())
    gc.collect()
    gc.freeze()
    return gateway


class Gateway:
    """The ASGI application: the transport for requests, the pages for the lifespan.

    Raises `ValueError` when a service of the route table has no address.
    """

    def __init__(self, settings: GatewaySettings, routes: table.Table) -> None:
        if missing := [name for name in routes.services if name not in settings.gateway_upstreams]:
            raise ValueError(f"HUB_GATEWAY_UPSTREAMS has no address for: {', '.join(missing)}")
        self._settings = settings
        self._table = routes
        self._texts = i18n.Texts([i18n.folder_of(problems.__file__), i18n.folder_of(__file__)])
        self._pages = Pages(self._texts, routes.services, self._lifespan, settings.public_origin)
        self._transport: transport.Transport

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, or the lifespan."""
        serve = self._transport if scope["type"] == "http" else self._pages
        await serve(scope, receive, send)

    @asynccontextmanager
    async def _lifespan(self, _: Any) -> AsyncIterator[dict[str, Any]]:
        settings, pages = self._settings, self._pages
        async with AsyncExitStack() as stack:
            provider = telemetry.configure("gateway", settings, begins_traces=True)
            stack.callback(provider.shutdown)
            session = await stack.enter_async_context(transport.open_session())
            usage = Usage(ids.new_id())
            log = AccessLog(_write)
            stack.callback(log.flush)

            async def fetch(service: str) -> bytes:
                return await clients.fetch_contract(session, settings.gateway_upstreams[service])

            pages.contract = Contract(self._table, fetch, self._texts, settings.public_origin)
            stack.push_async_callback(pages.contract.close)
            pages.revocations = Revocations()
            resolve = clients.token_resolver(
                session, settings.identity_url, settings.service_secret.get_secret_value()
            )
            known = Tokens(resolve, pages.revocations)

            async def follow(_: Any) -> None:
                seed = settings.nats_seed.get_secret_value() or None
                await pages.revocations.follow(settings.nats_url, seed, known.revoke)

            report = clients.usage_reporter(
                session,
                settings.identity_url,
                settings.service_secret.get_secret_value(),
                usage.replica,
            )

            async def hand_over(_: Any = None) -> None:
                try:
                    await usage.hand_over(report, clock.now())
                except OSError:
                    _log.warning("identity does not take the tally")

            stack.push_async_callback(hand_over)
            await workers.start(
                stack,
                [
                    workers.Worker("revocations", follow),
                    workers.every("usage", _USAGE_EVERY, hand_over),
                ],
                None,
            )
            door = Door(
                settings,
                self._table,
                known,
                Tracing(
                    provider.get_tracer("gateway") if settings.otlp_endpoint else None,
                    settings.gateway_trace_ratio,
                ),
                log,
                usage,
                self._texts,
                pages.contract.template,
            )
            self._transport = transport.Transport(door, session, settings.gateway_upstreams, pages)
            yield {"door": door}


def _write(lines: bytes) -> None:
    sys.stdout.buffer.write(lines)
    sys.stdout.buffer.flush()
