"""The transactional outbox: an event is stored in the transaction that changed the state.

    async with session.begin():
        storage.add(session, petition)
        await outbox.record(session, PetitionRegistered.of(petition), now)

The relay publishes it after the commit. Events of one aggregate leave in the order of `seq`, which
is the order of their commits as long as whoever records holds the aggregate's row locked.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final, cast
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Column,
    CursorResult,
    DateTime,
    Identity,
    Index,
    LargeBinary,
    MetaData,
    String,
    Table,
    Uuid,
    bindparam,
    delete,
    event,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from sqlalchemy.orm import Session

from hub_core.ids import new_id

from . import envelope, trace
from .statements import Part

OUTBOX: Final = Table(
    "outbox",
    MetaData(),
    Column("seq", BigInteger, Identity(always=True), primary_key=True),
    Column("id", Uuid, nullable=False, comment="UUIDv7: CloudEvents id and Nats-Msg-Id"),
    Column("subject", String(200), nullable=False),
    Column("key", String(200), nullable=False, comment="Aggregate id: order holds within it"),
    Column("body", LargeBinary, nullable=False),
    Column("traceparent", String(55)),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("published_at", DateTime(timezone=True)),
    Column("stream_seq", BigInteger, comment="Where the stream acknowledged it"),
    comment="Events to be published; the truth from which a stream that lost some is filled again",
)
Index("outbox_waiting", OUTBOX.c.seq, postgresql_where=OUTBOX.c.published_at.is_(None))
Index("outbox_held", OUTBOX.c.stream_seq, postgresql_where=OUTBOX.c.stream_seq.is_not(None))

_TOLD: Final = ("id", "subject", "key", "body", "traceparent", "recorded_at")
_RECORD: Final = Part(OUTBOX.insert().inline().values({name: bindparam(name) for name in _TOLD}))
_RECORDED: Final = "hub_events.recorded"
_PURGED_AT_ONCE: Final = 10_000


def attach(metadata: MetaData) -> None:
    """Add the table to a service's metadata, so that its migrations make it."""
    OUTBOX.to_metadata(metadata)


async def record(session: AsyncSession, told: envelope.Event, now: datetime) -> UUID:
    """Store an event in the session's transaction; its id.

    The current span's `traceparent` goes with it, and the relay is woken when the session commits.
    """
    row = _row(told, now, trace.current())
    await _RECORD.all(session, **row)
    session.info[_RECORDED] = True
    event_id: UUID = row["id"]
    return event_id


async def record_all(session: AsyncSession, told: Sequence[envelope.Event], now: datetime) -> None:
    """Store several events, in their order, for less than one after the other."""
    traceparent = trace.current()
    await _RECORD.many(session, *(_row(one, now, traceparent) for one in told))
    session.info[_RECORDED] = True


def _row(told: envelope.Event, now: datetime, traceparent: str | None) -> dict[str, Any]:
    event_id = new_id()
    return {
        "id": event_id,
        "subject": told.subject,
        "key": told.ordering_key(),
        "body": envelope.encode(event_id, told, now, traceparent),
        "traceparent": traceparent,
        "recorded_at": now,
    }


def wake_after_commit(sessions: async_sessionmaker[Any], wake: Callable[[], None]) -> None:
    """Call `wake` after every commit of these sessions that stored an event.

    The maker gets a session class of its own, so that other makers of the process stay as they are.
    """
    parent: type[Session] = sessions.kw.get("sync_session_class") or sessions.class_.sync_session_class
    watched = type("RecordingSession", (parent,), {})
    sessions.configure(sync_session_class=watched)

    @event.listens_for(watched, "after_commit")
    def wake_relay(session: Session) -> None:
        if not session.in_nested_transaction() and session.info.pop(_RECORDED, False):
            wake()


async def purge(session: AsyncSession, before: datetime) -> int:
    """Delete the oldest rows that were published before an instant; how many (at most 10,000).

    Call it again, each time in a transaction of its own, until it answers 0. Keep rows for as long as
    a stream may have to be filled again from them: seven days.
    """
    first = select(OUTBOX.c.seq, OUTBOX.c.published_at).order_by(OUTBOX.c.seq).limit(_PURGED_AT_ONCE)
    oldest = first.subquery("oldest")
    aged = select(oldest.c.seq).where(oldest.c.published_at < before)
    deleted = await session.execute(delete(OUTBOX).where(OUTBOX.c.seq.in_(aged)))
    return cast("CursorResult[Any]", deleted).rowcount
