"""The chassis: from a manifest, settings and routers to a service that keeps every promise."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any

import httpx2
import structlog
from asyncpg import InternalClientError
from fastapi import APIRouter, FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute, iter_route_contexts
from nats.aio.client import Client
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from hub_core import clock
from hub_core.manifest import Manifest
from hub_core.problem import Problem
from hub_core.rules import NoRule
from hub_events import connection, consumer, inbox, outbox
from hub_events.relay import Relay
from hub_events.session import is_away

from . import asking, contract, health, i18n, idempotency, openapi, problems, validation, workers
from .boundary import Boundary
from .clients import ServiceClient
from .database import Database
from .settings import ServiceSettings
from .telemetry import RequestTelemetry, configure, install
from .tokens import OwnToken, Verifier

_log = structlog.get_logger("service")
_PURGE_EVERY = timedelta(hours=1)
_OUTBOX_KEPT = timedelta(days=7)
"""A stream that lost events is filled again from the outbox; a longer outage is noticed before."""
_INBOX_KEPT = timedelta(days=40)
"""Longer than streams keep events (30 days): an event told again has no second effect."""
_BY_STATUS: Mapping[int, type[Problem]] = {
    400: problems.MalformedRequest,
    404: problems.NotFound,
    405: problems.MethodNotAllowed,
    413: problems.ContentTooLarge,
    415: problems.UnsupportedMediaType,
}


@dataclass(slots=True)
class Resources:
    """What a running service holds; `app.state.hub`."""

    manifest: Manifest
    settings: Any
    texts: i18n.Texts
    database: Database
    http: httpx2.AsyncClient
    verifier: Verifier
    own_token: OwnToken
    broker: asyncio.Task[Client]
    relay: Relay | None = None

    @property
    def nats(self) -> Client | None:
        """The broker's connection; `None` until it was reached for the first time."""
        return self.broker.result() if self.broker.done() else None

    def wake_relay(self) -> None:
        """Tell the relay that there is something to publish."""
        if self.relay:
            self.relay.wake()

    def service(self, address: str) -> ServiceClient:
        """A client for questions to another service at `address`."""
        return ServiceClient(address, self.own_token, self.http)


def build(
    manifest: Manifest,
    settings: ServiceSettings,
    *,
    title: str,
    summary: str,
    description: str,
    routers: Sequence[APIRouter],
    scopes: Mapping[str, str],
    tags: Sequence[Mapping[str, str]] = (),
    subscriptions: Sequence[consumer.Subscription] = (),
    own_workers: Sequence[workers.Worker] = (),
    locale: Path | None = None,
    uploads: Mapping[str, int] | None = None,
    shown: Mapping[str, problems.Shown] | None = None,
) -> FastAPI:
    """A FastAPI application with everything `api.md` and `architecture.md` promise.

    `scopes` maps each scope of the service's operations to what it allows, for the contract.
    `subscriptions` are its consumers, `own_workers` what else runs beside requests; both start with
    the lifespan and end before the database closes. `uploads` are the addresses (`{name}` is any
    segment) that take larger bodies than others, with the bytes they may have; `shown` how problems are
    shown below addresses of which a standard says how. Nothing is connected before the lifespan.
    `app.state.texts` are the texts of the chassis and of `locale`.
    """
    texts = i18n.Texts([i18n.folder_of(__file__), *([locale] if locale else [])])

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            list(iter_route_contexts(app.routes))  # FastAPI works a route out when it is first looked at
            app.state.hub = await _open(stack, manifest, settings, texts, subscriptions, own_workers)
            _log.info("ready", service=manifest.name)
            yield
            _log.info("stopping", service=manifest.name)

    app = FastAPI(
        title=title,
        version="1.0.0",
        summary=summary,
        description=description,
        openapi_tags=[dict(tag) for tag in tags],
        lifespan=lifespan,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=_operation_id,
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.include_router(health.router)
    for router in routers:
        app.include_router(router)

    def show(request: Request, problem: Problem) -> Response:
        return problems.response(problem, request, texts, settings.public_origin, shown or {})

    app.add_middleware(Boundary, show=show, uploads=uploads or {})
    app.add_middleware(RequestTelemetry)
    _handle_errors(app, show)

    def document() -> dict[str, Any]:
        if not app.openapi_schema:
            app.openapi_schema = contract.document(
                app, texts, settings.public_origin, settings.contact_email, dict(scopes)
            )
        return app.openapi_schema

    app.state.texts = texts
    app.openapi = document  # type: ignore[method-assign]  # FastAPI's documented way to change the document
    app.add_route(openapi.PATH, openapi.Served(document).answer, include_in_schema=False)
    return app


async def _open(
    stack: AsyncExitStack,
    manifest: Manifest,
    settings: ServiceSettings,
    texts: i18n.Texts,
    subscriptions: Sequence[consumer.Subscription],
    own_workers: Sequence[workers.Worker],
) -> Resources:
    provider = configure(f"svc-{manifest.name}", settings)
    stack.callback(provider.shutdown)
    if settings.otlp_endpoint:
        install(provider)
    http = await stack.enter_async_context(asking.Client())
    database = Database(settings)
    stack.push_async_callback(database.close)
    hub = Resources(
        manifest=manifest,
        settings=settings,
        texts=texts,
        database=database,
        http=http,
        verifier=Verifier(settings, http),
        own_token=OwnToken(manifest.name, settings, http),
        broker=asyncio.create_task(
            connection.connect(
                settings.nats_url, settings.nats_seed.get_secret_value() or None, manifest.name
            )
        ),
    )
    stack.push_async_callback(_disconnect, hub.broker)
    durables = [wanted.consumer.durable for wanted in subscriptions]
    running = [*own_workers, workers.every("purge", _PURGE_EVERY, lambda hub: _purge(hub, durables))]
    if manifest.publishes:
        outbox.wake_after_commit(database.sessions, hub.wake_relay)
        running.append(workers.Worker("relay", _relay))
    running += [
        workers.Worker(wanted.consumer.durable, _consume(wanted), grace=10) for wanted in subscriptions
    ]
    await workers.start(stack, running, hub)
    return hub


async def _relay(hub: Resources) -> None:
    """Publish the outbox; requests are served before the broker is there."""
    hub.relay = Relay(hub.settings.database_dsn.get_secret_value(), await hub.broker, hub.manifest.name)
    await hub.relay.run()


def _consume(subscription: consumer.Subscription) -> Callable[[Resources], Awaitable[None]]:
    async def run(hub: Resources) -> None:
        await consumer.Loop(await hub.broker, hub.manifest.name, subscription, hub.database.sessions).run()

    return run


async def _disconnect(broker: asyncio.Task[Client]) -> None:
    broker.cancel()
    with suppress(asyncio.CancelledError):
        await (await broker).close()


async def _purge(hub: Resources, durables: Sequence[str]) -> None:
    """Forget what nobody can ask for any more: old keys, published events, events handled long ago."""
    now = clock.now()
    async with hub.database.sessions() as session:
        await idempotency.purge(session, now)
        for durable in durables:
            async with session.begin():
                await inbox.purge(session, durable, now - _INBOX_KEPT)
        purged = 1
        while purged:
            async with session.begin():
                purged = await outbox.purge(session, now - _OUTBOX_KEPT)


def _allowed(app: FastAPI, request: Request) -> str:
    """Every method an address answers to; Starlette's own 405 names only its first route's.

    Of several templates that fit, the more literal is meant: `/people/search`, not `/people/{person_id}`.
    """
    methods: dict[str, set[str]] = {}
    for context in iter_route_contexts(app.routes):
        pattern = getattr(context, "path_regex", None)
        if context.path and pattern and pattern.match(request.url.path):
            methods.setdefault(context.path, set()).update(context.methods or ())
    meant = min(methods, key=lambda path: path.count("{"), default="")
    return ", ".join(sorted(methods.get(meant, ())))


def _operation_id(route: APIRoute) -> str:
    return route.name


def _handle_errors(app: FastAPI, show: Callable[[Request, Problem], Response]) -> None:
    @app.exception_handler(Problem)
    async def show_problem(request: Request, problem: Problem) -> Response:
        return show(request, problem)

    @app.exception_handler(RequestValidationError)
    async def show_validation(request: Request, error: RequestValidationError) -> Response:
        return show(request, validation.problem_of(error.errors()))

    @app.exception_handler(HTTPException)
    async def show_http(request: Request, error: HTTPException) -> Response:
        headers = (
            {"allow": _allowed(app, request)} if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED else {}
        )
        return show(request, _BY_STATUS.get(error.status_code, problems.InternalError)(headers=headers))

    @app.exception_handler(NoRule)
    async def show_hole(request: Request, missing: NoRule) -> Response:
        _log.error("no rule", code=missing.code, day=missing.day.isoformat())
        return show(request, problems.ServiceUnavailable(headers={"retry-after": "60"}))

    @app.exception_handler(SQLAlchemyError)
    @app.exception_handler(InternalClientError)  # the server ends the connection in this very moment
    @app.exception_handler(OSError)
    async def show_away(request: Request, error: Exception) -> Response:
        if not (isinstance(error, (OSError, InternalClientError)) or is_away(error)):
            raise error
        _log.warning("a part is away", error=type(error).__name__)
        return show(request, problems.ServiceUnavailable(headers={"retry-after": "2"}))
