from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
from opentelemetry.trace import Tracer
from sqlalchemy import MetaData
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker

from hub_core.ids import new_id
from hub_events import envelope, inbox, outbox
from hub_events.session import Session

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)

Sessions = async_sessionmaker[Session]
Events = Callable[..., list[envelope.Event]]


async def test_an_event_is_stored_with_the_commit_only(
    sessions: Sessions, database: asyncpg.Connection, events: Events, registered: type[envelope.Event]
) -> None:
    [event] = events(1)
    async with sessions() as session, session.begin():
        event_id = await outbox.record(session, event, NOON)
        assert await database.fetchval("SELECT count(*) FROM outbox") == 0
    [row] = await database.fetch("SELECT * FROM outbox")
    assert row["id"] == event_id
    assert event_id.version == 7
    assert (row["subject"], row["key"]) == (registered.subject, event.ordering_key())
    assert (row["recorded_at"], row["published_at"], row["stream_seq"]) == (NOON, None, None)
    assert envelope.decode(registered, row["body"]).data == event


async def test_a_rollback_takes_the_event_with_it(
    sessions: Sessions, database: asyncpg.Connection, events: Events
) -> None:
    async with sessions() as session, session.begin() as transaction:
        await outbox.record(session, events(1)[0], NOON)
        await transaction.rollback()
    assert await database.fetchval("SELECT count(*) FROM outbox") == 0


async def test_several_events_are_stored_in_their_order_and_wake_the_relay(
    engine: AsyncEngine, database: asyncpg.Connection, events: Events
) -> None:
    sessions, woken, told = async_sessionmaker(engine, class_=Session), list[bool](), events(3)
    outbox.wake_after_commit(sessions, lambda: woken.append(True))
    for begun in (False, True):
        async with sessions() as session, session.begin():
            if begun:
                await outbox.record(session, told[0], NOON)
            await outbox.record_all(session, told, NOON)
    keys = [row["key"] for row in await database.fetch("SELECT key FROM outbox ORDER BY seq")]
    assert keys == [one.ordering_key() for one in [*told, told[0], *told]]
    assert woken == [True, True]


async def test_the_current_trace_goes_with_the_event(
    sessions: Sessions,
    database: asyncpg.Connection,
    events: Events,
    registered: type[envelope.Event],
    tracer: Tracer,
) -> None:
    with tracer.start_as_current_span("request") as span:
        async with sessions() as session, session.begin():
            await outbox.record(session, events(1)[0], NOON)
    context = span.get_span_context()
    [row] = await database.fetch("SELECT traceparent, body FROM outbox")
    assert row["traceparent"].startswith(f"00-{context.trace_id:032x}-{context.span_id:016x}-")
    assert envelope.decode(registered, row["body"]).traceparent == row["traceparent"]


async def test_the_relay_is_woken_after_the_commit_of_an_event(engine: AsyncEngine, events: Events) -> None:
    sessions, others = async_sessionmaker(engine, class_=Session), async_sessionmaker(engine, class_=Session)
    woken: list[bool] = []
    outbox.wake_after_commit(sessions, lambda: woken.append(True))

    async with sessions() as session, session.begin():
        await outbox.record(session, events(1)[0], NOON)
        async with session.begin_nested():
            await outbox.record(session, events(1)[0], NOON)
        assert not woken
    assert woken == [True]

    async with sessions() as session, session.begin():
        await session.connection()
    async with others() as session, session.begin():
        await outbox.record(session, events(1)[0], NOON)
    assert woken == [True]


async def test_only_what_was_published_long_ago_is_purged(
    sessions: Sessions, database: asyncpg.Connection, events: Events
) -> None:
    async with sessions() as session, session.begin():
        for event in events(3):
            await outbox.record(session, event, NOON)
    day = timedelta(days=1)
    mark = "UPDATE outbox SET published_at = $2, stream_seq = seq WHERE seq = $1"
    await database.executemany(mark, [(1, NOON - 8 * day), (2, NOON - 6 * day)])
    async with sessions() as session, session.begin():
        assert await outbox.purge(session, NOON - 7 * day) == 1
        assert await outbox.purge(session, NOON - 7 * day) == 0
    assert [row["seq"] for row in await database.fetch("SELECT seq FROM outbox ORDER BY seq")] == [2, 3]


async def test_the_inbox_remembers_with_the_commit_only(sessions: Sessions) -> None:
    event_id = new_id()

    async def met(consumer: str) -> bool:
        async with sessions() as session, session.begin():
            return await inbox.first_time(session, consumer, event_id, NOON)

    async with sessions() as session, session.begin() as transaction:
        assert await inbox.first_time(session, "mail", event_id, NOON)
        await transaction.rollback()
    assert await met("mail")
    assert not await met("mail")
    assert await met("count")


async def test_the_inbox_forgets_by_the_time_of_the_event(sessions: Sessions) -> None:
    old = UUID(int=(int(NOON.timestamp() * 1000) - 1) << 80)
    recent = UUID(int=int(NOON.timestamp() * 1000) << 80)
    async with sessions() as session, session.begin():
        for event_id in (old, recent):
            await inbox.first_time(session, "mail", event_id, NOON)
        await inbox.first_time(session, "count", old, NOON)
        assert await inbox.purge(session, "mail", NOON) == 1
        assert not await inbox.first_time(session, "mail", recent, NOON)
        assert not await inbox.first_time(session, "count", old, NOON)


def test_the_tables_join_a_services_metadata() -> None:
    metadata = MetaData(naming_convention={"pk": "pk_%(table_name)s", "ix": "ix_%(column_0_label)s"})
    outbox.attach(metadata)
    inbox.attach(metadata)
    assert set(metadata.tables) == {"outbox", "inbox"}
    assert {str(index.name) for index in metadata.tables["outbox"].indexes} == {
        "outbox_waiting",
        "outbox_held",
    }
