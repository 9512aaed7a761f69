"""What is handed to endpoints of partners: rows in, values out."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    DateTime,
    Integer,
    Uuid,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    insert,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import ids
from hub_events.statements import Part

from ..domain.feed import FeedEvent
from ..domain.webhooks import Delivery, DeliveryState, Endpoint, Failure, Outcome, State
from ..keys import MasterKey
from ..tables.feed import EVENTS
from ..tables.webhooks import WEBHOOK_ATTEMPTS, WEBHOOK_DELIVERIES, WEBHOOK_ENDPOINTS
from . import feed, webhooks

_COLUMNS: Final = WEBHOOK_DELIVERIES.c
_NAMES: Final = tuple(column.name for column in _COLUMNS)
_KEY: Final = ("endpoint_id", "event_id")
_CHANGING: Final = ("state", "attempts", "due_at", "ended_at", "version")
_ENDPOINTS: Final = WEBHOOK_ENDPOINTS.c
_NOW: Final = bindparam("now", type_=DateTime(timezone=True))
_UUIDS: Final = ARRAY(Uuid())
_SENDING: Final = WEBHOOK_DELIVERIES.alias("sending")
_UNDER_WAY: Final = (
    select(func.count())
    .where(
        _SENDING.c.endpoint_id == _ENDPOINTS.id,
        _SENDING.c.state == DeliveryState.SENDING,
        _SENDING.c.due_at > _NOW,
    )
    .scalar_subquery()
)
_ROOM: Final = (
    case((_ENDPOINTS.failures > 0, 1), else_=bindparam("at_once", type_=Integer())) - _UNDER_WAY
).label("room")
_LOCK_READY: Final = Part(
    select(WEBHOOK_ENDPOINTS, _ROOM)
    .where(
        _ENDPOINTS.state == State.ACTIVE,
        or_(_ENDPOINTS.rests_until.is_(None), _ENDPOINTS.rests_until <= _NOW),
        exists().where(_COLUMNS.endpoint_id == _ENDPOINTS.id, _COLUMNS.due_at <= _NOW),
        _ROOM > 0,
    )
    .order_by(_ENDPOINTS.failures > 0, func.random())
    .limit(bindparam("at_most", type_=Integer()))
    .with_for_update(key_share=True, skip_locked=True)
)
_WANTED: Final = (
    func.unnest(
        bindparam("endpoint_ids", type_=_UUIDS),
        bindparam("rooms", type_=ARRAY(Integer())),
    )
    .table_valued("endpoint_id", "room", name="wanted")
    .render_derived()
)
_DUE: Final = (
    select(WEBHOOK_DELIVERIES)
    .where(_COLUMNS.endpoint_id == _WANTED.c.endpoint_id, _COLUMNS.due_at <= _NOW)
    .order_by(_COLUMNS.due_at, _COLUMNS.position)
    .limit(_WANTED.c.room)
    .with_for_update(skip_locked=True)
    .lateral("due")
)
_LOCK_DUE: Final = Part(
    select(_DUE).join_from(_WANTED, _DUE, literal_column("true")).order_by(_DUE.c.due_at, _DUE.c.position)
)
_CHANGED: Final = (
    func.unnest(*(bindparam(name, type_=ARRAY(_COLUMNS[name].type)) for name in (*_KEY, *_CHANGING)))
    .table_valued(*_KEY, *_CHANGING, name="changed")
    .render_derived()
)
_CHANGE: Final = Part(
    update(WEBHOOK_DELIVERIES)
    .where(
        *(_COLUMNS[name] == _CHANGED.c[name] for name in _KEY),
        _COLUMNS.version == _CHANGED.c.version - 1,
    )
    .values({name: _CHANGED.c[name] for name in _CHANGING})
    .returning(*(_COLUMNS[name] for name in _KEY))
)
_ADD_ATTEMPT: Final = Part(
    insert(WEBHOOK_ATTEMPTS).values({one: bindparam(one.name) for one in WEBHOOK_ATTEMPTS.c})
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


async def lock_ready(
    session: AsyncSession, key: MasterKey, at_once: int, limit: int, now: datetime
) -> list[tuple[Endpoint, int]]:
    """Active endpoints that have something due, and how much each may be handed now; locked.

    Those that fail come after the others, and may be handed one. Those that another sender looks at in this
    moment are passed over.
    """
    rows = await _LOCK_READY.all(session, at_once=at_once, at_most=limit, now=now)
    return [(webhooks.endpoint_of(key, row), row["room"]) for row in rows]


async def lock_due(
    session: AsyncSession, rooms: Mapping[UUID, int], now: datetime
) -> list[tuple[Delivery, FeedEvent]]:
    """What is due of these endpoints, for each at most so much, in the order of its due times; locked.

    What is no longer kept in the feed is left where it is.
    """
    rows = await _LOCK_DUE.all(session, endpoint_ids=list(rooms.keys()), rooms=list(rooms.values()), now=now)
    events = await feed.find(session, [row["event_id"] for row in rows])
    return [(_delivery(row), events[row["event_id"]]) for row in rows if row["event_id"] in events]


async def change(session: AsyncSession, changed: Sequence[Delivery]) -> set[tuple[UUID, UUID]]:
    """Store what became of deliveries, unless others have changed them since; the keys of the stored."""
    if not changed:
        return set()
    columns = {name: [getattr(delivery, name) for delivery in changed] for name in (*_KEY, *_CHANGING)}
    return {(row["endpoint_id"], row["event_id"]) for row in await _CHANGE.all(session, **columns)}


async def add_attempts(session: AsyncSession, attempts: Sequence[tuple[Delivery, Outcome, datetime]]) -> None:
    """Note attempts, each with when it began."""
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
    if rows:
        await _ADD_ATTEMPT.many(session, *rows)


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


def _delivery(row: Any) -> Delivery:
    return Delivery(**{name: row[name] for name in _NAMES} | {"state": DeliveryState(row["state"])})
