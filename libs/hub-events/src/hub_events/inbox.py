"""The inbox: what a consumer has already done, stored in the transaction of its effect."""

from datetime import datetime
from typing import Any, Final, cast
from uuid import UUID

from sqlalchemy import Column, CursorResult, DateTime, MetaData, String, Table, Uuid, delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

INBOX: Final = Table(
    "inbox",
    MetaData(),
    Column("consumer", String(100), primary_key=True),
    Column("event_id", Uuid, primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False),
    comment="Events that a consumer has done; an event that comes again changes nothing",
)

_REMEMBER: Final = insert(INBOX).on_conflict_do_nothing().returning(INBOX.c.event_id)


def attach(metadata: MetaData) -> None:
    """Add the table to a service's metadata, so that its migrations make it."""
    INBOX.to_metadata(metadata)


async def first_time(session: AsyncSession, consumer: str, event_id: UUID, now: datetime) -> bool:
    """Whether the consumer meets this event for the first time; remembered if the transaction commits.

    While another transaction holds the same event undecided, this waits for its end.
    """
    stored = await session.execute(_REMEMBER, {"consumer": consumer, "event_id": event_id, "at": now})
    return stored.first() is not None


async def purge(session: AsyncSession, consumer: str, before: datetime) -> int:
    """Forget the events recorded before an instant; how many.

    An event's id is a UUIDv7, so its time is in the primary key and no other index is needed. Keep
    events for longer than the streams do, or an old event told again would have its effect again.
    """
    oldest_kept = UUID(int=int(before.timestamp() * 1000) << 80)
    deleted = await session.execute(
        delete(INBOX).where(INBOX.c.consumer == consumer, INBOX.c.event_id < oldest_kept)
    )
    return cast("CursorResult[Any]", deleted).rowcount
