"""What is handed to endpoints of partners: rows in, values out."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    Integer,
    RowMapping,
    Uuid,
    and_,
    bindparam,
    case,
    column,
    delete,
    exists,
    func,
    insert,
    literal_column,
    or_,
    select,
    update,
    values,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import ids

from ..domain.feed import FeedEvent
from ..domain.webhooks import Delivery, DeliveryState, Endpoint, Failure, Outcome, State
from ..keys import MasterKey
from ..tables.feed import EVENTS
from ..tables.webhooks import WEBHOOK_ATTEMPTS, WEBHOOK_DELIVERIES, WEBHOOK_ENDPOINTS
from . import feed, webhooks

_COLUMNS: Final = WEBHOOK_DELIVERIES.c
_NAMES: Final = tuple(column.name for column in _COLUMNS)
_CHANGING: Final = ("state", "attempts", "due_at", "ended_at", "version")
_STORE_IF_HELD: Final = (
    update(WEBHOOK_DELIVERIES)
    .where(
        _COLUMNS.endpoint_id == bindparam("of_endpoint"),
        _COLUMNS.event_id == bindparam("of_event"),
        _COLUMNS.version == bindparam("held_version"),
    )
    .values({name: bindparam(f"new_{name}") for name in _CHANGING})
    .returning(_COLUMNS.event_id)
)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One time that an event was handed to an endpoint."""

    attempted_at: datetime
    milliseconds: int
    status: int | None
    failure: Failure | None


async def add(session: AsyncSession, queued: Sequence[Delivery]) -> None:
    """Store new deliveries; one that is there stays as it is."""
    if queued:
        adding = postgresql.insert(WEBHOOK_DELIVERIES).on_conflict_do_nothing()
        await session.execute(adding, [_row(delivery) for delivery in queued])


async def put(session: AsyncSession, deliveries: Sequence[Delivery]) -> None:
    """Store deliveries that are new, or locked by this transaction."""
    if deliveries:
        putting = postgresql.insert(WEBHOOK_DELIVERIES)
        changed = {name: putting.excluded[name] for name in _NAMES}
        putting = putting.on_conflict_do_update(index_elements=["endpoint_id", "event_id"], set_=changed)
        await session.execute(putting, [_row(delivery) for delivery in deliveries])


async def lock_ready(
    session: AsyncSession, key: MasterKey, at_once: int, limit: int, now: datetime
) -> list[tuple[Endpoint, int]]:
    """Active endpoints that have something due, and how much each may be handed now; locked.

    Those that fail come after the others, and may be handed one. Those that another sender looks at in this
    moment are passed over.
    """
    endpoints, sending = WEBHOOK_ENDPOINTS.c, WEBHOOK_DELIVERIES.alias("sending")
    under_way = (
        select(func.count())
        .where(
            sending.c.endpoint_id == endpoints.id,
            sending.c.state == DeliveryState.SENDING,
            sending.c.due_at > now,
        )
        .scalar_subquery()
    )
    room = (case((endpoints.failures > 0, 1), else_=at_once) - under_way).label("room")
    found = (
        select(WEBHOOK_ENDPOINTS, room)
        .where(
            endpoints.state == State.ACTIVE,
            or_(endpoints.rests_until.is_(None), endpoints.rests_until <= now),
            exists().where(_COLUMNS.endpoint_id == endpoints.id, _COLUMNS.due_at <= now),
            room > 0,
        )
        .order_by(endpoints.failures > 0, func.random())
        .limit(limit)
        .with_for_update(key_share=True, skip_locked=True)
    )
    rows = (await session.execute(found)).mappings()
    return [(webhooks.endpoint_of(key, row), row["room"]) for row in rows]


async def lock_due(
    session: AsyncSession, rooms: Mapping[UUID, int], now: datetime
) -> list[tuple[Delivery, FeedEvent]]:
    """What is due of these endpoints, for each at most so much, in the order of its due times; locked.

    What is no longer kept in the feed is left where it is.
    """
    wanted = values(column("endpoint_id", Uuid), column("room", Integer), name="wanted").data(
        list(rooms.items())
    )
    due = (
        select(WEBHOOK_DELIVERIES)
        .where(_COLUMNS.endpoint_id == wanted.c.endpoint_id, _COLUMNS.due_at <= now)
        .order_by(_COLUMNS.due_at, _COLUMNS.position)
        .limit(wanted.c.room)
        .with_for_update(skip_locked=True)
        .lateral("due")
    )
    found = select(due).join_from(wanted, due, literal_column("true"))
    rows = (await session.execute(found.order_by(due.c.due_at, due.c.position))).mappings().all()
    events = await feed.find(session, [row["event_id"] for row in rows])
    return [(_delivery(row), events[row["event_id"]]) for row in rows if row["event_id"] in events]


async def settle(session: AsyncSession, settled: Sequence[Delivery]) -> set[tuple[UUID, UUID]]:
    """Store what became of claimed deliveries; those that were not claimed by another since."""
    held = set()
    for delivery in settled:
        changes = {f"new_{name}": getattr(delivery, name) for name in _CHANGING}
        given = {
            "of_endpoint": delivery.endpoint_id,
            "of_event": delivery.event_id,
            "held_version": delivery.version - 1,
            **changes,
        }
        if (await session.execute(_STORE_IF_HELD, given)).first() is not None:
            held.add((delivery.endpoint_id, delivery.event_id))
    return held


async def add_attempts(session: AsyncSession, attempts: Sequence[tuple[Delivery, Outcome, datetime]]) -> None:
    """Note attempts, each with when it began."""
    if attempts:
        rows = [
            {
                "id": ids.new_id(),
                "endpoint_id": delivery.endpoint_id,
                "event_id": delivery.event_id,
                "attempted_at": began,
                "milliseconds": round(outcome.duration.total_seconds() * 1000),
                "status": outcome.status,
                "failure": outcome.failure,
            }
            for delivery, outcome, began in attempts
        ]
        await session.execute(insert(WEBHOOK_ATTEMPTS), rows)


async def find_page(
    session: AsyncSession, endpoint_id: UUID, state: DeliveryState | None, before: int | None, limit: int
) -> list[tuple[Delivery, str]]:
    """Deliveries of an endpoint with the types of their events, the newest first."""
    found = _with_type().where(_COLUMNS.endpoint_id == endpoint_id)
    if state is not None:
        found = found.where(_COLUMNS.state == state)
    if before is not None:
        found = found.where(_COLUMNS.position < before)
    rows = (await session.execute(found.order_by(_COLUMNS.position.desc()).limit(limit))).mappings()
    return [(_delivery(row), row["type"]) for row in rows]


async def find(session: AsyncSession, endpoint_id: UUID, event_id: UUID) -> tuple[Delivery, str] | None:
    """One delivery, with the type of its event."""
    found = _with_type().where(_COLUMNS.endpoint_id == endpoint_id, _COLUMNS.event_id == event_id)
    row = (await session.execute(found)).mappings().one_or_none()
    return (_delivery(row), row["type"]) if row else None


async def find_attempts(session: AsyncSession, endpoint_id: UUID, event_id: UUID) -> list[Attempt]:
    """The last attempts of a delivery, in their order."""
    columns = WEBHOOK_ATTEMPTS.c
    found = (
        select(columns.attempted_at, columns.milliseconds, columns.status, columns.failure)
        .where(columns.endpoint_id == endpoint_id, columns.event_id == event_id)
        .order_by(columns.id.desc())
        .limit(100)
    )
    return [
        Attempt(row.attempted_at, row.milliseconds, row.status, Failure(row.failure) if row.failure else None)
        for row in reversed((await session.execute(found)).all())
    ]


async def lock_ended(
    session: AsyncSession, endpoint_id: UUID, event_ids: Collection[UUID]
) -> dict[UUID, Delivery]:
    """The deliveries of these events to an endpoint, locked."""
    found = select(WEBHOOK_DELIVERIES).where(
        _COLUMNS.endpoint_id == endpoint_id, _COLUMNS.event_id.in_(event_ids)
    )
    rows = (await session.execute(found.with_for_update())).mappings()
    return {row["event_id"]: _delivery(row) for row in rows}


async def lock_dead(session: AsyncSession, endpoint_id: UUID, limit: int) -> list[Delivery]:
    """Dead deliveries of an endpoint, the oldest events first, locked."""
    found = (
        select(WEBHOOK_DELIVERIES)
        .where(_COLUMNS.endpoint_id == endpoint_id, _COLUMNS.state == DeliveryState.DEAD)
        .order_by(_COLUMNS.position)
        .limit(limit)
        .with_for_update()
    )
    return [_delivery(row) for row in (await session.execute(found)).mappings()]


async def position_before(session: AsyncSession, at: datetime) -> int:
    """The last position that was given before an instant; 0 where there is none.

    Positions grow with the time at which they were given, so halves are tried: no index knows the times.
    """
    low, high = await feed.ends(session)
    low, high = min(low, high), max(low, high)
    while low < high:
        middle = (low + high) // 2
        found = select(EVENTS.c.position, EVENTS.c.placed_at).where(EVENTS.c.position > middle)
        row = (await session.execute(found.order_by(EVENTS.c.position).limit(1))).one_or_none()
        if row is not None and row.placed_at < at:
            low = row.position
        else:
            high = middle
    return low


async def forget(session: AsyncSession, before: datetime, limit: int) -> int:
    """Remove some deliveries that ended and were queued before an instant; how many."""
    old = (
        select(_COLUMNS.endpoint_id, _COLUMNS.event_id)
        .where(_COLUMNS.queued_at < before)
        .order_by(_COLUMNS.queued_at)
        .limit(limit)
        .subquery()
    )
    gone = delete(WEBHOOK_DELIVERIES).where(
        and_(_COLUMNS.endpoint_id == old.c.endpoint_id, _COLUMNS.event_id == old.c.event_id)
    )
    return len((await session.execute(gone.returning(literal_column("1")))).all())


def _with_type() -> Any:
    return select(WEBHOOK_DELIVERIES, EVENTS.c.type).join_from(
        WEBHOOK_DELIVERIES, EVENTS, EVENTS.c.id == _COLUMNS.event_id
    )


def _row(delivery: Delivery) -> dict[str, Any]:
    return {name: getattr(delivery, name) for name in _NAMES}


def _delivery(row: RowMapping) -> Delivery:
    return Delivery(**{name: row[name] for name in _NAMES} | {"state": DeliveryState(row["state"])})
