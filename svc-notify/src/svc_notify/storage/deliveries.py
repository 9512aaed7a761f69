"""Deliveries: rows in, domain values out."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Integer,
    Uuid,
    all_,
    and_,
    bindparam,
    column,
    func,
    insert,
    or_,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.language import Language
from hub_events.statements import Part
from hub_service.database import Statement

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
    "held_by",
    "version",
)
HOLDERS: Final = 0x6E746679
"""The first key of the advisory locks by which processes that send are known to be connected."""
_PLAIN: Final = ("id", "queued_at", *_CHANGING)
SELECT: Final = select(DELIVERIES, *messages.COLUMNS).join_from(DELIVERIES, MESSAGES)
"""Deliveries with their messages; `of` reads its rows."""
_HOLDERS: Final = text(
    "SELECT objid::bigint FROM pg_locks WHERE locktype = 'advisory' AND granted"
    " AND classid = :family AND objsubid = 2"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)
"""Processes that are connected. PostgreSQL looks only when a lease has ended."""
_LOCK_DUE: Final = Part(
    SELECT.where(
        DELIVERIES.c.channel == bindparam("by_channel"),
        DELIVERIES.c.lane == bindparam("in_lane"),
        DELIVERIES.c.due_at <= bindparam("now"),
        or_(
            DELIVERIES.c.held_by.is_(None),
            DELIVERIES.c.held_by.not_in(
                _HOLDERS.bindparams(family=HOLDERS).columns(objid=BigInteger).scalar_subquery()
            ),
            and_(
                DELIVERIES.c.held_by == bindparam("holder"),
                DELIVERIES.c.id != all_(bindparam("held", type_=ARRAY(Uuid))),
            ),
        ),
    )
    .order_by(DELIVERIES.c.due_at)
    .limit(bindparam("at_most", type_=Integer))
    .with_for_update(of=DELIVERIES, skip_locked=True)
)
_STORED: Final = ("id", *_CHANGING)
_CHANGED: Final = (
    func.unnest(*(bindparam(name, type_=ARRAY(DELIVERIES.c[name].type)) for name in _STORED))
    .table_valued(*(column(name, DELIVERIES.c[name].type) for name in _STORED), name="changed")
    .render_derived()
)
_STORE: Final = Part(
    update(DELIVERIES)
    .values({name: _CHANGED.c[name] for name in _CHANGING})
    .where(DELIVERIES.c.id == _CHANGED.c.id, DELIVERIES.c.version == _CHANGED.c.version - 1)
    .returning(DELIVERIES.c.id)
)
_FIND_DUE: Final = Statement(
    text(
        "SELECT way.channel, way.lane FROM unnest(CAST(:channels AS text[]), CAST(:lanes AS smallint[]))"
        " AS way (channel, lane) WHERE EXISTS (SELECT FROM deliveries AS d"
        " WHERE d.channel = way.channel AND d.lane = way.lane AND d.due_at <= :now)"
    )
)


async def add(session: AsyncSession, queued: Sequence[Delivery]) -> None:
    """Store new deliveries of messages that are stored."""
    if queued:
        await session.execute(insert(DELIVERIES), [_row(delivery) for delivery in queued])


async def lock_due(
    session: AsyncSession,
    channel: Channel,
    lane: Lane,
    limit: int,
    now: datetime,
    holder: int | None = None,
    held: Collection[UUID] = (),
) -> list[Delivery]:
    """The deliveries of a lane that are due by a channel, the longest waiting first, locked.

    Those that another sender is taking at this moment are passed over, those of another process that is
    stopped but connected, and of `holder`'s own those that it still has.
    """
    rows = await _LOCK_DUE.all(
        session,
        by_channel=channel,
        in_lane=lane,
        now=now,
        at_most=limit,
        holder=holder,
        held=list(held),
    )
    return [of(row) for row in rows]


async def lock_waiting(session: AsyncSession, message_ids: Collection[UUID]) -> list[Delivery]:
    """The deliveries of these messages that wait to be sent, locked; those being taken are passed over."""
    waiting = SELECT.where(
        DELIVERIES.c.message_id.in_(message_ids), DELIVERIES.c.state == State.QUEUED
    ).with_for_update(of=DELIVERIES, skip_locked=True)
    return [of(row) for row in (await session.execute(waiting)).mappings()]


async def count_waiting(session: AsyncSession, lane: Lane, most: int) -> int:
    """How many deliveries of a lane have not ended, counted up to `most`."""
    waiting = (
        select(DELIVERIES.c.id)
        .where(
            DELIVERIES.c.channel.in_(list(Channel)),
            DELIVERIES.c.lane == lane,
            DELIVERIES.c.due_at.is_not(None),
        )
        .limit(most)
        .subquery()
    )
    return await session.scalar(select(func.count()).select_from(waiting)) or 0


async def lock(session: AsyncSession, delivery_id: UUID) -> Delivery | None:
    """A delivery, locked, whoever is sending it."""
    return await _lock_one(session, DELIVERIES.c.id == delivery_id)


async def lock_known(session: AsyncSession, provider: str, provider_ref: str) -> Delivery | None:
    """The delivery that a provider calls so, locked."""
    known = and_(DELIVERIES.c.provider == provider, DELIVERIES.c.provider_ref == provider_ref)
    return await _lock_one(session, known)


async def _lock_one(session: AsyncSession, which: ColumnElement[bool]) -> Delivery | None:
    wanted = SELECT.where(which).with_for_update(of=DELIVERIES)
    row = (await session.execute(wanted)).mappings().first()
    return of(row) if row else None


async def find_due(
    session: AsyncSession, ways: Collection[tuple[Channel, Lane]], now: datetime
) -> list[tuple[Channel, Lane]]:
    """Those of these channels and lanes in which something is due."""
    rows = await _FIND_DUE.all(
        session, channels=[channel for channel, _ in ways], lanes=[lane for _, lane in ways], now=now
    )
    return [(Channel(row["channel"]), Lane(row["lane"])) for row in rows]


async def store(session: AsyncSession, changed: Sequence[Delivery]) -> set[UUID]:
    """Store what became of deliveries; the ids of those whose last version was the one before.

    Another one was claimed or ended by somebody else since: it is left as it is.
    """
    columns = {name: [getattr(delivery, name) for delivery in changed] for name in _STORED}
    return {row["id"] for row in await _STORE.all(session, **columns)}


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


def of(row: Any) -> Delivery:
    """The delivery, with its message, in a row of `SELECT`, of a session or of the driver."""
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
