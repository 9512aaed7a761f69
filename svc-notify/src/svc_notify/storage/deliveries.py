"""Deliveries: rows in, domain values out."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import RowMapping, bindparam, insert, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.language import Language

from ..domain.deliveries import Delivery, Failure, State
from ..domain.kinds import Lane
from ..domain.messages import Channel
from ..tables.deliveries import DELIVERIES
from ..tables.messages import MESSAGES
from . import messages

_CHANGING: Final = (
    "state",
    "attempts",
    "due_at",
    "ended_at",
    "language",
    "reply_code",
    "failure",
    "provider",
    "provider_ref",
    "delivered_at",
    "version",
)
_PLAIN: Final = ("id", "queued_at", *_CHANGING)
SELECT: Final = select(DELIVERIES, *messages.COLUMNS).join_from(DELIVERIES, MESSAGES)
"""Deliveries with their messages; `of` reads its rows."""

_LOCK_DUE: Final = (
    SELECT.where(
        DELIVERIES.c.channel == bindparam("by_channel"),
        DELIVERIES.c.lane == bindparam("in_lane"),
        DELIVERIES.c.due_at <= bindparam("now"),
    )
    .order_by(DELIVERIES.c.due_at)
    .limit(bindparam("at_most"))
    .with_for_update(of=DELIVERIES, skip_locked=True)
)
_STORE_LOCKED: Final = update(DELIVERIES).where(DELIVERIES.c.id == bindparam("delivery_id"))
_STORE_IF_HELD: Final = _STORE_LOCKED.where(DELIVERIES.c.version == bindparam("held_version")).returning(
    DELIVERIES.c.id
)


async def add(session: AsyncSession, queued: Sequence[Delivery]) -> None:
    """Store new deliveries of messages that are stored."""
    if queued:
        await session.execute(insert(DELIVERIES), [_row(delivery) for delivery in queued])


async def lock_due(
    session: AsyncSession, channel: Channel, lane: Lane, limit: int, now: datetime
) -> list[Delivery]:
    """The deliveries of a lane that are due by a channel, the longest waiting first, locked.

    Those that another sender is taking at this moment are passed over.
    """
    wanted = {"by_channel": channel, "in_lane": lane, "now": now, "at_most": limit}
    return [of(row) for row in (await session.execute(_LOCK_DUE, wanted)).mappings()]


async def lock_waiting(session: AsyncSession, message_ids: Collection[UUID]) -> list[Delivery]:
    """The deliveries of these messages that wait to be sent, locked; those being taken are passed over."""
    waiting = SELECT.where(
        DELIVERIES.c.message_id.in_(message_ids), DELIVERIES.c.state == State.QUEUED
    ).with_for_update(of=DELIVERIES, skip_locked=True)
    return [of(row) for row in (await session.execute(waiting)).mappings()]


async def store_locked(session: AsyncSession, changed: Sequence[Delivery]) -> None:
    """Store what became of deliveries that this transaction has locked."""
    await session.execute(_STORE_LOCKED, [_changes(delivery) for delivery in changed])


async def store_if_held(session: AsyncSession, changed: Delivery) -> bool:
    """Store what became of a claimed delivery; not, if it was claimed by another since then."""
    changes = {**_changes(changed), "held_version": changed.version - 1}
    return (await session.execute(_STORE_IF_HELD, changes)).first() is not None


async def extend_leases(session: AsyncSession, held: Collection[Delivery], until: datetime) -> set[UUID]:
    """Extend the leases of claimed deliveries that are still held; the ids of those.

    What is locked is passed over: it is being handed over or settled, and nobody can claim it.
    """
    claims = [(delivery.id, delivery.version) for delivery in held]
    free = (
        select(DELIVERIES.c.id)
        .where(tuple_(DELIVERIES.c.id, DELIVERIES.c.version).in_(claims))
        .with_for_update(skip_locked=True)
    )
    extended = await session.execute(
        update(DELIVERIES).where(DELIVERIES.c.id.in_(free)).values(due_at=until).returning(DELIVERIES.c.id)
    )
    return set(extended.scalars())


def of(row: RowMapping) -> Delivery:
    """The delivery, with its message, in a row of `SELECT`."""
    return Delivery(
        **{name: row[name] for name in _PLAIN}
        | {
            "message": messages.of(row),
            "channel": Channel(row["channel"]),
            "state": State(row["state"]),
            "language": Language(row["language"]) if row["language"] else None,
            "failure": Failure(row["failure"]) if row["failure"] else None,
        }
    )


def _row(delivery: Delivery) -> dict[str, Any]:
    return {name: getattr(delivery, name) for name in _PLAIN} | {
        "message_id": delivery.message.id,
        "channel": delivery.channel,
        "lane": delivery.lane,
    }


def _changes(delivery: Delivery) -> dict[str, Any]:
    return {"delivery_id": delivery.id, **{name: getattr(delivery, name) for name in _CHANGING}}
