"""A gateway under uvicorn, services that do what a test wants, and clients that see every byte."""

import asyncio
import base64
import contextlib
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx2
import pytest
import uvicorn

from gateway import main, table
from gateway.manifest import MANIFEST
from gateway.settings import GatewaySettings
from hub_core import clock, ids

Handler = Callable[
    [dict[str, Any], Callable[[], Awaitable[Any]], Callable[[Any], Awaitable[None]]], Awaitable[None]
]


class QuietServer(uvicorn.Server):
    """uvicorn that leaves the test session's signals alone, and says when it is `ready`."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def serving(app: Any, **options: Any) -> AsyncIterator[int]:
    """The port of an ASGI application under uvicorn."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        app, log_config=None, **({"access_log": False, "timeout_graceful_shutdown": 1} | options)
    )
    server = QuietServer(config)
    task = asyncio.create_task(server.serve([listener]))
    await server.ready.wait()
    try:
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        await task
        listener.close()


class Service:
    """An upstream service: echoes what it got, unless a test gave the path another handler."""

    def __init__(self) -> None:
        self.handlers: dict[str, Handler] = {}
        self.seen: list[dict[str, Any]] = []
        self.document: dict[str, Any] = {"openapi": "3.1.0", "paths": {}}

    def on(self, path: str) -> Callable[[Handler], Handler]:
        """Decorate the handler of a path."""

        def register(handler: Handler) -> Handler:
            self.handlers[path] = handler
            return handler

        return register

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await _lifespan(receive, send)
            return
        if scope["path"] == "/openapi.json":
            await answer(send, 200, json.dumps(self.document).encode())
            return
        request = {
            "method": scope["method"],
            "path": scope["raw_path"].decode(),
            "query": scope["query_string"].decode(),
            "headers": [[name.decode(), value.decode("latin-1")] for name, value in scope["headers"]],
        }
        self.seen.append(request)
        handler = self.handlers.get(scope["path"])
        if handler:
            await handler(scope, receive, send)
            return
        request["body"] = (await read(receive)).decode("latin-1")
        await answer(send, 200, json.dumps(request).encode())


async def _lifespan(receive: Any, send: Any) -> None:
    while True:
        kind = (await receive())["type"]
        await send({"type": f"{kind}.complete"})
        if kind == "lifespan.shutdown":
            return


async def read(receive: Any) -> bytes:
    """The whole body of a request."""
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            return body


async def answer(send: Any, status: int, body: bytes = b"", headers: Mapping[str, str] | None = None) -> None:
    """Send a whole answer with its length."""
    given = {"content-type": "application/json", "content-length": str(len(body))} | dict(headers or {})
    pairs = [(name.encode(), value.encode()) for name, value in given.items()]
    await send({"type": "http.response.start", "status": status, "headers": pairs})
    await send({"type": "http.response.body", "body": body})


@dataclass
class Identity:
    """svc-identity's answers to the gateway: `known` tokens, what was `asked`, and how it fails.

    A question sets `begun` and waits for `gate`.
    """

    known: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    status: int = 200
    reports: asyncio.Queue[dict[str, Any]] = field(default_factory=asyncio.Queue)
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    def sign_in(self, jkt: str | None = None, **claims: Any) -> str:
        """A new access token, bound to the key `jkt`; `claims` change those of its internal token."""
        token = "hub_at_" + base64.urlsafe_b64encode(ids.new_id().bytes * 2).decode().rstrip("=")
        said = {"sub": str(ids.new_id()), "client_id": "demo-portal", "sid": str(ids.new_id())} | claims
        payload = base64.urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")
        ends = clock.now() + timedelta(minutes=5)
        self.known[token] = {
            "internal_token": f"eyJ.{payload}.sig",
            "expires_at": ends.isoformat().replace("+00:00", "Z"),
            "session_id": said["sid"],
            "jkt": jkt,
        }
        return token

    async def report(self, scope: Any, receive: Any, send: Any) -> None:
        """`POST /internal/v1/usage`."""
        said = dict(scope["headers"])[b"authorization"].decode()
        assert base64.b64decode(said.removeprefix("Basic ")).startswith(b"gateway:")
        self.reports.put_nowait(json.loads(await read(receive)))
        await answer(send, 204)

    async def resolve(self, _: Any, receive: Any, send: Any) -> None:
        """`POST /internal/v1/tokens/resolve`."""
        token = json.loads(await read(receive))["token"]
        self.asked.append(token)
        self.begun.set()
        await self.gate.wait()
        if self.status != 200:
            await answer(send, self.status)
        elif token in self.known:
            await answer(send, 200, json.dumps(self.known[token]).encode())
        else:
            await answer(send, 401, b"{}", {"www-authenticate": "Bearer"})


ROUTES: dict[str, Any] = {
    "rates": {
        "signed-in": {"quota": 100_000, "window": 60, "burst": 50_000},
        "anonymous": {"quota": 100_000, "window": 60, "burst": 50_000},
        "scarce": {"quota": 4, "window": 60, "burst": 2},
        "tried": {"quota": 5, "window": 60, "burst": 3},
    },
    "plans": {
        "SANDBOX": {"rate": "tried", "per": "client"},
        "PARTNER": {"rate": "tried", "per": "caller"},
    },
    "defaults": {
        "body": 1_048_576,
        "connect": 1.0,
        "first_byte": 5.0,
        "total": 10.0,
        "signed_in": "signed-in",
        "anonymous": "anonymous",
    },
    "route": [
        {"prefix": "/petitions/", "service": "petitions"},
        {"prefix": "/petitions/v1/uploads/", "service": "petitions", "body": 10_000_000},
        {"prefix": "/slow/", "service": "petitions", "first_byte": 0.15, "total": 0.4},
        {"prefix": "/scarce/", "service": "petitions", "signed_in": "scarce", "anonymous": "scarce"},
        {"prefix": "/account/", "service": "identity", "cookies": True, "cors": False},
        {"prefix": "/oauth2/", "service": "identity", "cookies": True},
        {"prefix": "/down/", "service": "down"},
        {"prefix": "/dying/", "service": "dying"},
    ],
    "operations": {
        "list_petitions": {"method": "GET", "path": "/petitions/v1/public", "access": "public"},
        "read_public": {"method": "GET", "path": "/petitions/v1/public/{petition_id}", "access": "public"},
        "file_public": {"method": "POST", "path": "/petitions/v1/public", "access": "public"},
        "put_public": {"method": "PUT", "path": "/petitions/v1/public/{petition_id}", "access": "public"},
        "upload": {"method": "POST", "path": "/petitions/v1/uploads/{name}", "access": "public"},
        "get_token": {"method": "POST", "path": "/oauth2/token", "access": "client"},
        "sign_in": {"method": "POST", "path": "/account/sign-in", "access": "public"},
        "show_sign_in": {"method": "GET", "path": "/account/sign-in", "access": "public"},
        "slow_get": {"method": "GET", "path": "/slow/{name}", "access": "public"},
        "slow_post": {"method": "POST", "path": "/slow/{name}", "access": "public"},
        "scarce_get": {"method": "GET", "path": "/scarce/{name}", "access": "public"},
        "down_get": {"method": "GET", "path": "/down/{name}", "access": "public"},
        "down_post": {"method": "POST", "path": "/down/{name}", "access": "public"},
        "dying_get": {"method": "GET", "path": "/dying/{name}", "access": "public"},
        "dying_post": {"method": "POST", "path": "/dying/{name}", "access": "public"},
        "dying_delete": {"method": "DELETE", "path": "/dying/{name}", "access": "public"},
    },
}
"""The route table of these tests."""


class Dying:
    """A service whose connections end in the middle: it closes after reading a request's head."""

    def __init__(self) -> None:
        self.requests: list[bytes] = []
        self.says = b""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            self.requests.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(self.says)
        writer.close()


@pytest.fixture(scope="session")
def routes() -> dict[str, Any]:
    return ROUTES


@pytest.fixture(scope="session")
def service() -> Service:
    return Service()


@pytest.fixture(scope="session")
def identity(service: Service) -> Identity:
    fake = Identity()
    fake.gate.set()
    service.on("/internal/v1/tokens/resolve")(fake.resolve)
    service.on("/internal/v1/usage")(fake.report)
    return fake


@pytest.fixture(scope="session")
async def service_port(service: Service, identity: Identity) -> AsyncIterator[int]:
    async with serving(service, lifespan="off") as port:
        yield port


@pytest.fixture(scope="session")
async def dying() -> AsyncIterator[tuple[Dying, int]]:
    state = Dying()
    server = await asyncio.start_server(state.serve, "127.0.0.1", 0)
    yield state, server.sockets[0].getsockname()[1]
    server.close()


Start = Callable[..., AbstractAsyncContextManager[int]]


@pytest.fixture(scope="session")
async def start(
    service_port: int, dying: tuple[Dying, int], service_settings: Any, join_broker: Any
) -> Start:
    """Run a gateway of its own: `async with start(gateway_rate_scale=2.0) as port: ...`."""
    await join_broker(MANIFEST)
    with socket.create_server(("127.0.0.1", 0)) as closed:
        nobody = closed.getsockname()[1]

    @asynccontextmanager
    async def run(routes: Mapping[str, Any] = ROUTES, **settings: Any) -> AsyncIterator[int]:
        address = f"http://127.0.0.1:{service_port}"
        upstreams = {
            "identity": address,
            "petitions": address,
            "catalog": address,
            "down": f"http://127.0.0.1:{nobody}",
            "dying": f"http://127.0.0.1:{dying[1]}",
        }
        wanted = {"identity_url": address, "gateway_upstreams": upstreams} | settings
        made = service_settings(MANIFEST, GatewaySettings, **wanted)
        app = main.Gateway(made, table.Table(routes))
        async with serving(app, **(main.SERVER | {"loop": "none"})) as port:
            yield port

    return run


@pytest.fixture(scope="session")
async def port(start: Start) -> AsyncIterator[int]:
    async with start() as running:
        yield running


@pytest.fixture(scope="session")
async def client(port: int) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=5.0) as made:
        yield made


@pytest.fixture(autouse=True)
def _forget(service: Service, identity: Identity, dying: tuple[Dying, int]) -> Iterator[None]:
    yield
    service.handlers = {
        path: handler for path, handler in service.handlers.items() if path.startswith("/internal/")
    }
    service.seen.clear()
    service.document = {"openapi": "3.1.0", "paths": {}}
    identity.asked.clear()
    identity.status = 200
    identity.gate.set()
    dying[0].requests.clear()
    dying[0].says = b""


Send = Callable[[bytes], Awaitable[bytes]]


@pytest.fixture
def raw(port: int) -> Send:
    """Send bytes, end the sending side, give everything that comes back."""

    async def send(request: bytes) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request)
        async with asyncio.timeout(5):
            await writer.drain()
            received = await reader.read(65536)
        writer.close()
        return received

    return send
