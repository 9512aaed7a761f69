"""Real servers from hub_testing; one database with the two tables and a table of effects."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import ClassVar, Final
from uuid import UUID

import asyncpg
import pytest
from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.errors import ServerError
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import Tracer
from sqlalchemy import BigInteger, Column, Identity, Integer, MetaData, String, Table, Uuid, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from hub_cli.broker import OPERATOR, NatsBox
from hub_cli.postgres import PostgresBox
from hub_core.ids import new_id
from hub_core.manifest import Consumer, Manifest
from hub_events import connection, consumer, envelope, inbox, outbox, relay, topology
from hub_events.session import Session

Sessions = async_sessionmaker[Session]
Until = Callable[[Callable[[], bool | Awaitable[bool]]], Awaitable[None]]
Tell = Callable[[Sequence["Registered"]], Awaitable[list[UUID]]]
RunRelay = Callable[..., AbstractAsyncContextManager[relay.Relay]]
RunLoop = Callable[..., AbstractAsyncContextManager[consumer.Loop]]

NOON: Final = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
DATABASE: Final = "hub_events"

METADATA: Final = MetaData()
outbox.attach(METADATA)
inbox.attach(METADATA)
EFFECTS: Final = Table(
    "effects",
    METADATA,
    Column("seq", BigInteger, Identity(), primary_key=True),
    Column("event_id", Uuid, nullable=False),
    Column("key", String, nullable=False),
    Column("number", Integer, nullable=False),
)


class Registered(envelope.Event):
    """What the test's publisher tells."""

    subject: ClassVar[str] = "hub.petitions.petition.registered.v1"
    key_field: ClassVar[str] = "petition_id"

    petition_id: UUID
    number: int


MAIL: Final = Consumer("mail", "petitions", (Registered.subject,))
COUNT: Final = Consumer("count", "petitions", (Registered.subject,))
PETITIONS: Final = Manifest("petitions", "svc_petitions", "svc_petitions.main:create_app", 8103)
NOTIFY: Final = Manifest("notify", "svc_notify", "svc_notify.main:create_app", 8104, consumers=(MAIL,))
STATISTICS: Final = Manifest("statistics", "svc_statistics", "m:f", 8105, consumers=(COUNT,))
MANIFESTS: Final = (PETITIONS, NOTIFY, STATISTICS)


@pytest.fixture
def registered() -> type[Registered]:
    return Registered


@pytest.fixture
def manifests() -> tuple[Manifest, ...]:
    """Petitions tells, notify and statistics listen."""
    return MANIFESTS


@pytest.fixture
def events() -> Callable[..., list[Registered]]:
    """`events(count, keys=1)`: numbered from 0, the keys in turn."""

    def make(count: int, keys: int = 1) -> list[Registered]:
        petitions = [new_id() for _ in range(keys)]
        return [Registered(petition_id=petitions[n % keys], number=n, version=n + 1) for n in range(count)]

    return make


@pytest.fixture
def until() -> Until:
    """Wait until a condition holds; fails after 15 seconds."""

    async def wait(holds: Callable[[], bool | Awaitable[bool]]) -> None:
        deadline = time.monotonic() + 15
        while True:
            answer = holds()
            if await answer if isinstance(answer, Awaitable) else answer:
                return
            assert time.monotonic() < deadline, "it did not come to that"
            await asyncio.sleep(0.01)

    return wait


@pytest.fixture(scope="session")
async def prepared(postgres_server: PostgresBox) -> str:
    """asyncpg's connection string of the database, made once."""
    return await prepare(postgres_server)


async def prepare(server: PostgresBox) -> str:
    """Make the database and its tables; asyncpg's connection string."""
    connection = await asyncpg.connect(server.dsn())
    await connection.execute(f"CREATE DATABASE {DATABASE}")
    await connection.close()
    engine = create_async_engine(_for_sqlalchemy(server.dsn(DATABASE)))
    async with engine.begin() as session:
        await session.run_sync(METADATA.create_all)
    await engine.dispose()
    return server.dsn(DATABASE)


@pytest.fixture
async def mortal_postgres(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[PostgresBox]:
    """A PostgreSQL of this test's own, which flushes and may be killed; prepared like the other."""
    folder = tmp_path_factory.mktemp("postgres")
    for open_to_all in (folder, *folder.parents[:2]):
        open_to_all.chmod(0o755)
    box = PostgresBox(folder / "server")
    box.start()
    await prepare(box)
    yield box
    box.stop()


@pytest.fixture
async def engine(prepared: str) -> AsyncIterator[AsyncEngine]:
    """An engine on the emptied database."""
    engine = create_async_engine(_for_sqlalchemy(prepared), pool_size=20)
    async with engine.begin() as connection:
        await connection.execute(text("TRUNCATE outbox, inbox, effects RESTART IDENTITY"))
    yield engine
    await engine.dispose()


@pytest.fixture
def dsn(engine: AsyncEngine) -> str:
    """The emptied database as SQLAlchemy wants it."""
    return engine.url.render_as_string(hide_password=False)


@pytest.fixture
def sessions(engine: AsyncEngine) -> Sessions:
    return async_sessionmaker(engine, class_=Session)


@pytest.fixture
async def database(engine: AsyncEngine, prepared: str) -> AsyncIterator[asyncpg.Connection]:
    """A second look at the emptied database, past SQLAlchemy."""
    connection = await asyncpg.connect(prepared)
    yield connection
    await connection.close()


@pytest.fixture
def tell(sessions: Sessions) -> Tell:
    """Record events, all in one transaction; their ids."""

    async def record(events: Sequence[Registered]) -> list[UUID]:
        async with sessions() as session, session.begin():
            return [await outbox.record(session, event, NOON) for event in events]

    return record


@pytest.fixture(scope="session")
async def operator(nats_server: NatsBox) -> AsyncIterator[Client]:
    """The operator's connection to the session's broker."""
    client = await connection.connect(nats_server.url, nats_server.seed(OPERATOR), OPERATOR)
    yield client
    await client.close()


@pytest.fixture
async def broker(operator: Client) -> JetStreamContext:
    """The operator's JetStream, with fresh streams and consumers of `MANIFESTS`."""
    jetstream = operator.jetstream()
    await renew(jetstream)
    return jetstream


@pytest.fixture
def mortal_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NatsBox]:
    """A broker of this test's own, which flushes and may be killed."""
    box = NatsBox(tmp_path_factory.mktemp("nats"))
    box.start()
    yield box
    box.stop()


@pytest.fixture
def kill() -> Callable[[NatsBox | PostgresBox], None]:
    """Kill a server with -9 and start it again."""

    def restart(box: NatsBox | PostgresBox) -> None:
        assert box.child
        box.child.kill()
        box.child.wait()
        box.start()

    return restart


@pytest.fixture
async def mortal(mortal_broker: NatsBox) -> AsyncIterator[Client]:
    """The operator's connection to the broker that may be killed."""
    client = await connection.connect(mortal_broker.url, mortal_broker.seed(OPERATOR), OPERATOR)
    await renew(client.jetstream())
    yield client
    await client.close()


@pytest.fixture
def renewed() -> Callable[[JetStreamContext], Awaitable[None]]:
    return renew


async def renew(jetstream: JetStreamContext) -> None:
    """Delete every stream, and make those of `MANIFESTS` anew."""
    for stream in await jetstream.streams_info():
        await jetstream.delete_stream(str(stream.config.name))
    async with asyncio.timeout(5):
        while True:
            try:
                return await topology.ensure(jetstream, MANIFESTS)
            except ServerError:  # its files of the same name are still being removed
                await asyncio.sleep(0.01)


@pytest.fixture
def relaying(dsn: str, operator: Client) -> RunRelay:
    """`async with relaying() as relay`: the relay of petitions, running."""

    @asynccontextmanager
    async def run(nats: Client = operator, dsn: str = dsn) -> AsyncIterator[relay.Relay]:
        running = relay.Relay(dsn, nats, "petitions")
        async with _task(running.run()):
            yield running

    return run


@pytest.fixture
def consuming(operator: Client, sessions: Sessions) -> RunLoop:
    """`async with consuming(handler) as loop`: the consumer `mail` of notify, running."""

    @asynccontextmanager
    async def run(
        handler: consumer.Handler,
        nats: Client = operator,
        sessions: Callable[[], Session] = sessions,
        concurrency: int = consumer.CONCURRENCY,
        max_failures: int = consumer.MAX_FAILURES,
    ) -> AsyncIterator[consumer.Loop]:
        wanted = consumer.Subscription(MAIL, {Registered: handler}, concurrency, max_failures)
        running = consumer.Loop(nats, "notify", wanted, sessions)
        async with _task(running.run()):
            yield running

    return run


@pytest.fixture
def effect() -> consumer.Handler:
    """A handler that writes one row into `effects` in its transaction."""

    async def write(session: AsyncSession, told: envelope.Envelope[Registered]) -> None:
        row = {"event_id": told.id, "key": told.key, "number": told.data.number}
        await session.execute(EFFECTS.insert(), row)

    return write


@pytest.fixture
def exporter() -> InMemorySpanExporter:
    """The spans that ended."""
    return InMemorySpanExporter()


@pytest.fixture
def tracer(exporter: InMemorySpanExporter, monkeypatch: pytest.MonkeyPatch) -> Tracer:
    """A tracer for the test; relay and loop use the same."""
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    tracer = provider.get_tracer("test")
    monkeypatch.setattr(relay, "_tracer", tracer)
    monkeypatch.setattr(consumer, "_tracer", tracer)
    return tracer


@asynccontextmanager
async def _task(work: Awaitable[None]) -> AsyncIterator[None]:
    """Run beside the test; an error of the work is an error of the test."""
    task = asyncio.ensure_future(work)
    try:
        yield
        assert not task.done() or not task.exception()
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def _for_sqlalchemy(dsn: str) -> str:
    return dsn.replace("postgresql://", "postgresql+asyncpg://")
