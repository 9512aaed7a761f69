"""The fixtures; pytest finds them by itself wherever this package is installed.

Everything starts when first asked for and lasts for the session (one pair of servers per xdist worker):

    async def test_a_petition_is_stored(provision, service_settings, running, signed_in) -> None:
        await provision(MANIFEST)
        async with running(create_app(service_settings(MANIFEST, Settings))) as client:
            answer = await client.get("/petitions/v1/petitions", headers=signed_in(scopes={"petitions:read"}))
"""

import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any, Final, TypeVar

import asyncpg
import httpx2
import nats
import pytest
from fastapi import FastAPI
from nats.aio.client import Client
from starlette.applications import Starlette

from hub_cli.broker import OPERATOR, NatsBox
from hub_cli.outside.trust import authority
from hub_cli.outside.trust.routes import TrustServices
from hub_cli.postgres import PostgresBox
from hub_core.manifest import Manifest
from hub_service.settings import ServiceSettings

from . import databases, programs, servers, streams
from .databases import ServiceDatabase
from .identity import FakeIdentity
from .traces import TraceSink

PUBLIC_ORIGIN: Final = "http://localhost:8080"
OUTSIDE_ORIGIN: Final = "http://localhost"

SettingsT = TypeVar("SettingsT", bound=ServiceSettings)

Provision = Callable[[Manifest], Awaitable[ServiceDatabase]]
JoinBroker = Callable[[Manifest], Awaitable[None]]
EmptyStreams = Callable[[], Awaitable[None]]
Running = Callable[[FastAPI], AbstractAsyncContextManager[httpx2.AsyncClient]]
SignedIn = Callable[..., dict[str, str]]
MakeSettings = Callable[..., Any]


def pytest_sessionfinish(session: pytest.Session) -> None:
    """With HUB_TEST_NO_SKIPS in the environment a skipped test fails the run: CI has what all tests need.

    Tests that are for root only are left out for everybody else, and so never skipped.
    """
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get(programs.NO_SKIPS) and reporter and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out what is marked `for_root` unless we are root."""
    if os.geteuid() != 0:
        items[:] = [item for item in items if item.get_closest_marker("for_root") is None]


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", "for_root: only root can meet this, such as giving up its rights")


@pytest.fixture(scope="session")
def server_folder() -> Iterator[Path]:
    """The folder of this session's servers; removed at the end, when no log of theirs holds a CNP."""
    with servers.temporary_folder() as folder:
        yield folder
        servers.refuse_personal_numbers(folder)


@pytest.fixture(scope="session")
def trust_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keys and certificates as the embedded run has them: root, chain, seal, facts (`<name>.pem`, `.key`).

    Treat it as read-only; the certificates name `http://localhost/trust` for revocation.
    """
    folder = tmp_path_factory.mktemp("trust")
    authority.make(str(folder), f"{OUTSIDE_ORIGIN}/trust")
    return folder


@pytest.fixture(scope="session")
async def trust_http(trust_folder: Path) -> AsyncIterator[httpx2.AsyncClient]:
    """Speaks to the authority of `trust_folder`: `http://localhost/trust/timestamps`, `/ocsp`…."""
    app = Starlette(routes=TrustServices(trust_folder).routes)
    app.state.is_away = False
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url=OUTSIDE_ORIGIN) as client:
        yield client


@pytest.fixture(scope="session")
def program() -> Callable[..., bytes]:
    """What a program of others writes: `program("qpdf", "--check", path)`.

    A test whose program is not installed is skipped with the name of its Debian package; one whose
    program fails, fails.
    """
    return programs.output


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium; without one, what needs it is skipped by name."""
    return programs.path("chromium", "google-chrome")


@pytest.fixture(scope="session")
def postgres_server(server_folder: Path) -> Iterator[PostgresBox]:
    """A PostgreSQL server of this session; it does not flush to disk."""
    box = PostgresBox(server_folder / "postgres", durable=False)
    box.start()
    yield box
    box.stop()


@pytest.fixture(scope="session")
def nats_server(server_folder: Path) -> Iterator[NatsBox]:
    """A NATS server with JetStream of this session; it does not flush to disk."""
    box = NatsBox(server_folder / "nats", durable=False)
    box.start()
    yield box
    box.stop()


@pytest.fixture(scope="session")
async def nats_operator(nats_server: NatsBox) -> AsyncIterator[Client]:
    """A connection that may everything: to publish what other services tell, and to look."""
    client = await nats.connect(nats_server.url, nkeys_seed_str=nats_server.seed(OPERATOR))
    yield client
    await client.close()


@pytest.fixture(scope="session")
def join_broker(nats_server: NatsBox, nats_operator: Client) -> JoinBroker:
    """Give a service its broker user, stream and consumers, and streams to those it listens to.

    `provision` does it too; a service without a database (the gateway) calls this one.
    """
    known: dict[str, Manifest] = {}

    async def join(manifest: Manifest) -> None:
        if manifest.name not in known:
            known[manifest.name] = manifest
            await streams.join(nats_server, nats_operator, list(known.values()))

    return join


@pytest.fixture(scope="session")
def empty_streams(nats_operator: Client) -> EmptyStreams:
    """Remove every message of every stream."""

    async def empty() -> None:
        jetstream = nats_operator.jetstream()
        for stream in await jetstream.streams_info():
            await jetstream.purge_stream(str(stream.config.name))

    return empty


@pytest.fixture(scope="session")
def provisioned() -> dict[str, ServiceDatabase]:
    """The databases made so far, by the service's name."""
    return {}


@pytest.fixture(scope="session")
def provision(
    postgres_server: PostgresBox, join_broker: JoinBroker, provisioned: dict[str, ServiceDatabase]
) -> Provision:
    """Make a service's roles, schema, migrated tables, stream and consumers; once in a session."""

    async def make(manifest: Manifest) -> ServiceDatabase:
        if manifest.name not in provisioned:
            await join_broker(manifest)
            provisioned[manifest.name] = await databases.create(postgres_server, manifest)
        return provisioned[manifest.name]

    return make


@pytest.fixture
async def looking(schema: ServiceDatabase) -> AsyncIterator[asyncpg.Connection]:
    """A connection that may see and do everything; `schema` is what the tests have provisioned."""
    connection = await asyncpg.connect(schema.superuser_dsn)
    yield connection
    await connection.close()


@pytest.fixture(scope="session")
def fake_identity() -> Iterator[FakeIdentity]:
    """svc-identity as other services see it; one for the session, `forget()` between tests if needed."""
    fake = FakeIdentity(PUBLIC_ORIGIN)
    fake.start()
    yield fake
    fake.stop()


@pytest.fixture(scope="session")
def signed_in(fake_identity: FakeIdentity) -> SignedIn:
    """`signed_in(person_id=None, scopes=(), assurance=LOW, **claims)`: headers with an internal token."""
    return fake_identity.headers


@pytest.fixture
def trace_sink() -> Iterator[TraceSink]:
    """A receiver of spans; its `url` goes into HUB_OTLP_ENDPOINT."""
    sink = TraceSink()
    sink.start()
    yield sink
    sink.stop()


@pytest.fixture(scope="session")
def service_settings(
    nats_server: NatsBox, fake_identity: FakeIdentity, provisioned: dict[str, ServiceDatabase]
) -> MakeSettings:
    """`service_settings(manifest, settings_class, **extra)`: settings against this session's servers.

    The database is there after `provision(manifest)`, the broker after `join_broker(manifest)`.
    """

    def make(manifest: Manifest, settings_class: type[SettingsT], **extra: Any) -> SettingsT:
        given: dict[str, Any] = {
            "public_origin": PUBLIC_ORIGIN,
            "identity_url": fake_identity.url,
            "service_secret": "a-secret-of-the-tests",
            "nats_url": nats_server.url,
            "nats_seed": nats_server.seed(manifest.name),
        }
        if manifest.has_database:
            given["database_dsn"] = provisioned[manifest.name].app_dsn
        return settings_class(**(given | extra))

    return make


@pytest.fixture(scope="session")
def running() -> Running:
    """Run an application with its lifespan, and give a client to it.

        async with running(create_app(settings)) as client: ...

    An unforeseen error is answered as it would be to a caller, not raised in the test.
    """

    @asynccontextmanager
    async def run(app: FastAPI) -> AsyncIterator[httpx2.AsyncClient]:
        transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
        async with (
            app.router.lifespan_context(app),
            httpx2.AsyncClient(transport=transport, base_url=PUBLIC_ORIGIN) as client,
        ):
            yield client

    return run
