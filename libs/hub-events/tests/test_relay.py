import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from functools import partial
from itertools import pairwise
from typing import Any
from uuid import UUID

import asyncpg
from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.api import StreamConfig
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, Tracer
from sqlalchemy.ext.asyncio import async_sessionmaker
from structlog.testing import capture_logs

from hub_cli.broker import NatsBox
from hub_core.ids import new_id
from hub_events import envelope, relay
from hub_events.session import Session

Sessions = async_sessionmaker[Session]
Events = Callable[..., list[envelope.Event]]
Tell = Callable[[Any], Awaitable[list[UUID]]]
Until = Callable[[Callable[[], Any]], Awaitable[None]]
STREAM = "PETITIONS"


async def held(broker: JetStreamContext) -> dict[int, tuple[str, envelope.Envelope[Any]]]:
    """What the stream holds: the message id and the event, by sequence."""
    found: dict[int, tuple[str, envelope.Envelope[Any]]] = {}
    reading = await broker.pull_subscribe("hub.petitions.>", stream=STREAM)
    while len(found) < (await broker.stream_info(STREAM)).state.messages:
        for message in await reading.fetch(500, timeout=5):
            told = envelope.decode(Seen, message.data)
            found[message.metadata.sequence.stream] = ((message.headers or {})["Nats-Msg-Id"], told)
            await message.ack()
    await reading.unsubscribe()
    return found


class Seen(envelope.Event):
    subject = "hub.petitions.petition.registered.v1"
    key_field = "petition_id"

    petition_id: UUID
    number: int


async def all_published(database: asyncpg.Connection) -> bool:
    return not await database.fetchval("SELECT count(*) FROM outbox WHERE published_at IS NULL")


async def assert_whole(database: asyncpg.Connection, broker: JetStreamContext) -> None:
    """Every row is held where it says, and the events of each key first came in the order of their rows."""
    messages = await held(broker)
    rows = await database.fetch("SELECT seq, id, stream_seq FROM outbox ORDER BY seq")
    assert {row["stream_seq"]: str(row["id"]) for row in rows} == {
        row["stream_seq"]: messages[row["stream_seq"]][0] for row in rows
    }
    first_numbers: dict[str, list[int]] = defaultdict(list)
    for _, read in messages.values():
        if read.data.number not in first_numbers[read.key]:
            first_numbers[read.key].append(read.data.number)
    for numbers in first_numbers.values():
        assert all(earlier < later for earlier, later in pairwise(numbers))


async def test_what_was_recorded_is_published(
    tell: Tell,
    events: Events,
    relaying: Any,
    broker: JetStreamContext,
    database: asyncpg.Connection,
    until: Until,
) -> None:
    async with relaying() as running:
        [event_id] = await tell(events(1))
        running.wake()
        await until(lambda: all_published(database))
    message = await broker.get_msg(STREAM, 1)
    assert message.subject == Seen.subject
    assert message.headers == {"Nats-Msg-Id": str(event_id)}
    assert envelope.decode(Seen, message.data or b"").id == event_id
    assert await database.fetchval("SELECT stream_seq FROM outbox") == 1


async def test_several_batches_keep_the_order_of_each_key(
    tell: Tell,
    events: Events,
    relaying: Any,
    broker: JetStreamContext,
    database: asyncpg.Connection,
    until: Until,
) -> None:
    await tell(events(1200, keys=7))
    async with relaying():
        await until(lambda: all_published(database))
    assert (await broker.stream_info(STREAM)).state.messages == 1200
    await assert_whole(database, broker)


async def test_a_batch_with_a_message_that_is_stored_already(
    tell: Tell,
    events: Events,
    relaying: Any,
    broker: JetStreamContext,
    database: asyncpg.Connection,
    until: Until,
) -> None:
    """The acknowledgement of it was lost: the row does not know, the broker does."""
    await tell(events(20, keys=3))
    [row] = await database.fetch("SELECT id, subject, body FROM outbox WHERE seq = 1")
    await broker.publish(row["subject"], row["body"], headers={"Nats-Msg-Id": str(row["id"])})
    async with relaying():
        await until(lambda: all_published(database))
    assert (await broker.stream_info(STREAM)).state.messages == 20
    await assert_whole(database, broker)


async def test_a_broker_without_batches(
    tell: Tell,
    events: Events,
    relaying: Any,
    broker: JetStreamContext,
    database: asyncpg.Connection,
    until: Until,
) -> None:
    await broker.delete_stream(STREAM)
    await broker.add_stream(StreamConfig(name=STREAM, subjects=["hub.petitions.>"], allow_atomic=False))
    await tell(events(50, keys=4))
    async with relaying():
        await until(lambda: all_published(database))
    await assert_whole(database, broker)


async def test_a_stream_deleted_behind_its_back_is_filled_again(
    tell: Tell,
    events: Events,
    relaying: Any,
    broker: JetStreamContext,
    renewed: Any,
    database: asyncpg.Connection,
    until: Until,
) -> None:
    told = await tell(events(30, keys=3))
    async with relaying() as running:
        await until(lambda: all_published(database))
        await renewed(broker)
        with capture_logs() as logs:
            told += await tell(events(1))
            running.wake()
            await until(lambda: all_published(database))
            await until(lambda: any("lost" in line["event"] for line in logs))
            await until(lambda: all_published(database))
    assert {message_id for message_id, _ in (await held(broker)).values()} == set(map(str, told))
    [loss] = [line for line in logs if "lost" in line["event"]]
    assert (loss["log_level"], loss["events"]) == ("error", 30)


async def test_a_stream_that_lost_its_end_is_completed(
    tell: Tell,
    events: Events,
    relaying: Any,
    broker: JetStreamContext,
    renewed: Any,
    database: asyncpg.Connection,
    until: Until,
) -> None:
    """Six of ten survived, and two sequences of the lost were given to others since."""
    told = [str(event_id) for event_id in await tell(events(10))]
    async with relaying():
        await until(lambda: all_published(database))
    rows = await database.fetch("SELECT id, subject, body FROM outbox ORDER BY seq")
    await renewed(broker)
    for row in rows[:6]:
        await broker.publish(row["subject"], row["body"], headers={"Nats-Msg-Id": str(row["id"])})
    for row in rows[:2]:
        await broker.publish(row["subject"], row["body"], headers={"Nats-Msg-Id": str(new_id())})
    with capture_logs() as logs:
        async with relaying():
            await until(lambda: any("lost" in line["event"] for line in logs))
            await until(lambda: all_published(database))
    stored = [message_id for message_id, _ in (await held(broker)).values()]
    assert stored[:6] + stored[8:] == told
    await assert_whole(database, broker)


async def test_what_aged_out_is_not_lost(
    tell: Tell,
    events: Events,
    relaying: Any,
    broker: JetStreamContext,
    database: asyncpg.Connection,
    until: Until,
) -> None:
    await tell(events(5))
    async with relaying():
        await until(lambda: all_published(database))
    await broker.purge_stream(STREAM)
    async with relaying():
        await tell(events(1))
        await until(lambda: all_published(database))
    state = (await broker.stream_info(STREAM)).state
    assert (state.first_seq, state.messages) == (6, 1)


async def test_without_a_stream_it_waits_for_one(
    tell: Tell,
    events: Events,
    relaying: Any,
    broker: JetStreamContext,
    renewed: Any,
    database: asyncpg.Connection,
    until: Until,
) -> None:
    await broker.delete_stream(STREAM)
    await tell(events(3))
    with capture_logs() as logs:
        async with relaying():
            await until(lambda: len(logs) >= 2)
            await renewed(broker)
            await until(lambda: all_published(database))
    assert logs[1]["event"] == "relay without its broker"


async def test_two_relays_have_one_leader_and_the_other_takes_over(
    tell: Tell,
    events: Events,
    relaying: Any,
    broker: JetStreamContext,
    database: asyncpg.Connection,
    until: Until,
) -> None:
    leaders = """SELECT pid FROM pg_locks JOIN pg_stat_activity USING (pid)
                 WHERE locktype = 'advisory' AND granted AND application_name = 'petitions relay'"""
    present = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'petitions relay'"

    async def both_present() -> bool:
        return bool(await database.fetchval(present) == 2)

    async def one_leads(other_than: int = 0) -> bool:
        return [row["pid"] for row in await database.fetch(leaders)] not in ([], [other_than])

    with capture_logs():
        async with relaying(), relaying():
            await until(both_present)
            await until(one_leads)
            [leader] = [row["pid"] for row in await database.fetch(leaders)]
            await tell(events(40, keys=3))
            await database.execute("SELECT pg_terminate_backend($1)", leader)
            await tell(events(40, keys=3))
            await until(lambda: one_leads(other_than=leader))
            await until(lambda: all_published(database))
    assert (await broker.stream_info(STREAM)).state.messages == 80
    await assert_whole(database, broker)


async def test_a_broker_killed_in_the_middle_of_publishing(
    tell: Tell,
    events: Events,
    relaying: Any,
    mortal_broker: NatsBox,
    kill: Callable[[NatsBox], None],
    mortal: Client,
    database: asyncpg.Connection,
    until: Until,
) -> None:

    killed = asyncio.Event()

    async def record() -> int:
        count = 0
        while not killed.is_set():
            count += len(await tell(events(25, keys=5)))
        return count

    with capture_logs():
        async with relaying(mortal) as running:
            recording = asyncio.create_task(record())
            for _ in range(3):
                published = await database.fetchval("SELECT count(stream_seq) FROM outbox")
                await until(partial(_more_than, database, published))
                kill(mortal_broker)
            killed.set()
            recorded = await recording
            running.wake()
            await until(lambda: all_published(database))
    assert await database.fetchval("SELECT count(*) FROM outbox") == recorded
    await assert_whole(database, mortal.jetstream())


async def _more_than(database: asyncpg.Connection, published: int) -> bool:
    return bool(await database.fetchval("SELECT count(stream_seq) FROM outbox") > published)


async def test_a_database_that_is_away_is_waited_for(
    relaying: Any, broker: JetStreamContext, until: Until
) -> None:
    with capture_logs() as logs:
        async with relaying(dsn="postgresql+asyncpg://nobody@127.0.0.1:1/nowhere"):
            await until(lambda: len(logs) >= 3)
    assert {line["event"] for line in logs} == {"relay without its database"}


async def test_lag_counts_what_waits(
    tell: Tell, events: Events, dsn: str, operator: Client, sessions: Sessions, database: asyncpg.Connection
) -> None:
    idle = relay.Relay(dsn, operator, "petitions")
    async with sessions() as session:
        assert await idle.lag(session) == relay.Lag(0, 0.0)
        await tell(events(3))
        await database.execute(
            "UPDATE outbox SET recorded_at = clock_timestamp() - interval '1 s' * 30 * seq"
        )
        lag = await idle.lag(session)
    assert lag.count == 3
    assert 90 <= lag.oldest_seconds < 100


async def test_one_trace_from_recording_to_publishing(
    tell: Tell,
    events: Events,
    relaying: Any,
    broker: JetStreamContext,
    database: asyncpg.Connection,
    until: Until,
    tracer: Tracer,
    exporter: InMemorySpanExporter,
) -> None:
    with tracer.start_as_current_span("request") as request:
        [event_id] = await tell(events(1))
    async with relaying():
        await until(lambda: all_published(database))
    [published] = [span for span in exporter.get_finished_spans() if span.kind is SpanKind.PRODUCER]
    assert published.parent
    assert published.parent.span_id == request.get_span_context().span_id
    assert published.context.trace_id == request.get_span_context().trace_id
    assert (published.attributes or {})["messaging.message.id"] == str(event_id)
    carried = ((await broker.get_msg(STREAM, 1)).headers or {})["traceparent"]
    assert carried.startswith(f"00-{published.context.trace_id:032x}-{published.context.span_id:016x}-")
