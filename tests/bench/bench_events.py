"""Events per second through the relay and the consumer loop, and the time from commit to effect.

It starts a PostgreSQL and a NATS of its own, both as durable as in production (`fsync` on,
`sync_interval: always`), and needs nothing else:

    .venv/bin/python tests/bench/bench_events.py --events 20000 --rounds 3

- relay: an outbox full of events of 1,000 aggregates, until the stream holds all and the rows say where;
  once in atomic batches, once one by one (a broker without batches);
- consumer: a stream full of events, until each has had its effect (one transaction an event: inbox row,
  one inserted row, commit, acknowledgement);
- together: transactions with one event each at a constant rate, from their commit to the effect's commit.

Figures are medians of the rounds (least and greatest in brackets); "µs" is CPU time of this process for
each event. Relay, loop, database and broker share the machine.
"""

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Final
from uuid import UUID

import asyncpg
import structlog
import uvloop
from nats.aio.client import Client
from sqlalchemy import Column, MetaData, Table, Uuid
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from hub_cli.broker import OPERATOR, NatsBox
from hub_cli.postgres import PostgresBox
from hub_core import clock
from hub_core.ids import new_id
from hub_core.manifest import Consumer, Manifest
from hub_events import connection, consumer, envelope, inbox, outbox, relay, topology
from hub_events.session import Session

AGGREGATES: Final = 1000
STREAM: Final = "PETITIONS"
METADATA: Final = MetaData()
outbox.attach(METADATA)
inbox.attach(METADATA)
EFFECTS: Final = Table("effects", METADATA, Column("event_id", Uuid, primary_key=True))


class Registered(envelope.Event):
    """An event of the size that petitions tell."""

    subject: ClassVar[str] = "hub.petitions.petition.registered.v1"
    key_field: ClassVar[str] = "petition_id"

    petition_id: UUID
    person_id: UUID
    institution_id: UUID
    number: int


MAIL: Final = Consumer("mail", "petitions", (Registered.subject,))
MANIFESTS: Final = (
    Manifest("petitions", "svc_petitions", "svc_petitions.main:create_app", 8103),
    Manifest("notify", "svc_notify", "svc_notify.main:create_app", 8104, consumers=(MAIL,)),
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where everything happens."""

    dsn: str
    engine: AsyncEngine
    sessions: async_sessionmaker[Session]
    database: asyncpg.Connection
    nats: Client

    async def empty(self) -> None:
        """Empty tables and streams."""
        await self.database.execute("TRUNCATE outbox, inbox, effects")
        jetstream = self.nats.jetstream()
        await topology.ensure(jetstream, MANIFESTS)
        await jetstream.purge_stream(STREAM)

    async def fill(self, count: int) -> None:
        """Put events into the outbox, past SQLAlchemy."""
        people = [new_id() for _ in range(AGGREGATES)]
        now = clock.now()
        rows = []
        for number in range(count):
            event = Registered(
                petition_id=people[number % AGGREGATES],
                person_id=people[0],
                institution_id=people[1],
                number=number,
                version=1,
            )
            event_id = new_id()
            body = envelope.encode(event_id, event, now, None)
            rows.append((event_id, event.subject, event.ordering_key(), body, now))
        columns = ["id", "subject", "key", "body", "recorded_at"]
        await self.database.copy_records_to_table("outbox", records=rows, columns=columns)
        await self.database.execute("VACUUM ANALYZE outbox")

    async def reaches(self, count: int, query: str) -> None:
        """Wait until a count is reached; `query` is cheap beside what is measured."""
        while await self.database.fetchval(query) < count:
            await asyncio.sleep(0.02)


PUBLISHED: Final = "SELECT count(*) FROM outbox WHERE published_at IS NOT NULL"
DONE: Final = "SELECT count(*) FROM effects"


@asynccontextmanager
async def running(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Run beside what is measured."""
    task = asyncio.create_task(work)
    yield
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def effect(session: AsyncSession, told: envelope.Envelope[Registered]) -> None:
    """What a consumer does at least: write one row."""
    await session.execute(EFFECTS.insert(), {"event_id": told.id})


def loop_of(place: Place, handler: consumer.Handler = effect) -> consumer.Loop:
    """The consumer loop of notify."""
    wanted = consumer.Subscription(MAIL, {Registered: handler})
    return consumer.Loop(place.nats, "notify", wanted, place.sessions)


async def timed(count: int, work: Coroutine[Any, Any, None], end: Awaitable[None]) -> tuple[float, float]:
    """Events per second, and µs of CPU for each."""
    wall, cpu = time.perf_counter(), time.process_time()
    async with running(work):
        await end
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return count / wall, cpu / count * 1e6


async def relay_batches(place: Place, count: int) -> tuple[float, float]:
    """The relay against a broker that takes atomic batches."""
    await place.fill(count)
    work = relay.Relay(place.dsn, place.nats, "petitions").run()
    return await timed(count, work, place.reaches(count, PUBLISHED))


async def relay_singly(place: Place, count: int) -> tuple[float, float]:
    """The relay against a broker that does not."""
    jetstream = place.nats.jetstream()
    config = (await jetstream.stream_info(STREAM)).config
    await jetstream.update_stream(config.evolve(allow_atomic=False))
    return await relay_batches(place, count)


async def consume(place: Place, count: int) -> tuple[float, float]:
    """The consumer loop on a full stream."""
    await relay_batches(place, count)
    return await timed(count, loop_of(place).run(), place.reaches(count, DONE))


async def latency(place: Place, rate: int, seconds: float) -> list[float]:
    """Milliseconds from each commit of an event to the commit of its effect, sorted."""
    committed: dict[UUID, float] = {}
    took: list[float] = []
    finished = asyncio.Event()
    count = int(rate * seconds)

    async def note(session: AsyncSession, told: envelope.Envelope[Registered]) -> None:
        await effect(session, told)
        session.info["told"] = told.id

    class Watched(Session):
        async def close(self) -> None:
            event_id = self.info.pop("told", None)
            if event_id:
                took.append((time.perf_counter() - committed[event_id]) * 1000)
                if len(took) == count:
                    finished.set()
            await super().close()

    async def record() -> None:
        person = new_id()
        event = Registered(petition_id=new_id(), person_id=person, institution_id=person, number=1, version=1)
        async with recording() as session, session.begin():
            event_id = await outbox.record(session, event, clock.now())
            committed[event_id] = time.perf_counter()
        committed[event_id] = time.perf_counter()

    publishing = relay.Relay(place.dsn, place.nats, "petitions")
    recording = async_sessionmaker(place.engine, class_=Session)
    outbox.wake_after_commit(recording, publishing.wake)
    wanted = consumer.Subscription(MAIL, {Registered: note})
    watched = async_sessionmaker(place.engine, class_=Watched)
    handling = consumer.Loop(place.nats, "notify", wanted, watched)
    async with running(publishing.run()), running(handling.run()):
        start = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for number in range(count):
                await asyncio.sleep(max(0.0, start + number / rate - time.perf_counter()))
                group.create_task(record())
        await finished.wait()
    return sorted(took)


def show(name: str, results: list[tuple[float, float]]) -> None:
    """One line of the table."""
    rates, costs = zip(*results, strict=True)
    sys.stdout.write(
        f"{name:<34}{statistics.median(rates):>9,.0f} events/s  [{min(rates):,.0f} .. {max(rates):,.0f}]"
        f"{statistics.median(costs):>8.0f} µs\n"
    )
    sys.stdout.flush()


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """A folder that PostgreSQL may enter, which may run as another user than we."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


@asynccontextmanager
async def prepared(folder: Path) -> AsyncIterator[Place]:
    """Servers, tables, connections."""
    postgres, broker = PostgresBox(folder / "postgres"), NatsBox(folder / "nats")
    postgres.start()
    broker.start()
    dsn = postgres.dsn().replace("postgresql://", "postgresql+asyncpg://")
    engine = create_async_engine(dsn, pool_size=40)
    async with engine.begin() as made:
        await made.run_sync(METADATA.create_all)
    nats = await connection.connect(broker.url, broker.seed(OPERATOR), OPERATOR)
    database = await asyncpg.connect(postgres.dsn())
    yield Place(dsn, engine, async_sessionmaker(engine, class_=Session), database, nats)
    await database.close()
    await engine.dispose()
    await nats.close()
    broker.stop()
    postgres.stop()


async def measure(events: int, rounds: int, rates: list[int], seconds: float) -> None:
    """Everything, the contestants in turns."""
    contestants: dict[str, tuple[Callable[[Place, int], Awaitable[tuple[float, float]]], int]] = {
        "relay, atomic batches": (relay_batches, events),
        "relay, one by one": (relay_singly, events // 4),
        "consumer, a transaction an event": (consume, events // 4),
    }
    results: dict[str, list[tuple[float, float]]] = {name: [] for name in contestants}
    with temporary_folder() as folder:
        async with prepared(folder) as place:
            for _ in range(rounds):
                for name, (contestant, count) in contestants.items():
                    await place.empty()
                    results[name].append(await contestant(place, count))
            for name, result in results.items():
                show(name, result)
            for rate in rates:
                await place.empty()
                took = await latency(place, rate, seconds)
                p50, p99 = took[len(took) // 2], took[len(took) * 99 // 100]
                sys.stdout.write(
                    f"{f'commit to effect at {rate}/s':<34}p50 {p50:.1f} ms, p99 {p99:.1f} ms, "
                    f"greatest {took[-1]:.1f} ms of {len(took)}\n"
                )
                sys.stdout.flush()


def main() -> None:
    """Read the options and measure."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--events", type=int, default=20_000)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--rates", type=int, nargs="*", default=[20, 200, 500])
    options.add_argument("--seconds", type=float, default=10)
    given = options.parse_args()
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    uvloop.run(measure(given.events, given.rounds, given.rates, given.seconds))


if __name__ == "__main__":
    main()
