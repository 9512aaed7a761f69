"""Closures, who is to be moved because of them, and where there is room: rows in, domain values out."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    Date,
    Integer,
    Select,
    Time,
    bindparam,
    extract,
    func,
    insert,
    or_,
    select,
    true,
    union_all,
    update,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.clock import BUCHAREST, local_date

from ..domain.appointments import Appointment
from ..domain.closures import ClosureReason, DayOff, OfficeClosure
from ..domain.slots import Slot
from ..domain.states import State
from ..tables.appointments import APPOINTMENTS, PLACES
from ..tables.offices import BRIDGE_DAYS, CLOSURES, OFFICES, POOL_TYPES
from ..tables.slots import SLOTS

_MOST_SHOWN: Final = 200
_LONGEST_BACK: Final = timedelta(days=1)
"""Who was to come earlier than that has met closed doors, and knows."""
_LOOKED_AT: Final = 100
"""How many free slots of a pool are looked at on either side: more than a day has."""
_FOR_ONE: Final = 5


async def add(session: AsyncSession, closure: OfficeClosure) -> None:
    """Store a closure."""
    await session.execute(insert(CLOSURES).values(asdict(closure)))


async def lock(session: AsyncSession, office_id: UUID, closure_id: UUID) -> OfficeClosure | None:
    """A closure of an office, locked."""
    query = select(CLOSURES).where(CLOSURES.c.id == closure_id, CLOSURES.c.office_id == office_id)
    row = (await session.execute(query.with_for_update())).mappings().one_or_none()
    return _closure(row) if row else None


async def reopen(session: AsyncSession, closure: OfficeClosure, now: datetime) -> OfficeClosure:
    """The closure, ended now."""
    await session.execute(update(CLOSURES).where(CLOSURES.c.id == closure.id).values(reopened_at=now))
    return replace(closure, reopened_at=now)


async def to_come(session: AsyncSession, office_id: UUID, now: datetime) -> list[OfficeClosure]:
    """The closures of an office that are not over, by their beginning."""
    query = (
        select(CLOSURES)
        .where(CLOSURES.c.office_id == office_id, CLOSURES.c.ends_at > now, CLOSURES.c.reopened_at.is_(None))
        .order_by(CLOSURES.c.starts_at, CLOSURES.c.id)
        .limit(_MOST_SHOWN)
    )
    return [_closure(row) for row in (await session.execute(query)).mappings()]


async def lock_next(session: AsyncSession, now: datetime) -> UUID | None:
    """An appointment at a time at which nobody is received, locked; those that others move are left out."""
    query = (
        select(APPOINTMENTS.c.id)
        .join(PLACES, PLACES.c.appointment_id == APPOINTMENTS.c.id)
        .join(SLOTS, SLOTS.c.id == PLACES.c.slot_id)
        .where(
            SLOTS.c.closed,
            SLOTS.c.taken > 0,
            SLOTS.c.starts_at > now - _LONGEST_BACK,
            APPOINTMENTS.c.state.in_([State.HELD, State.CONFIRMED]),
        )
        .order_by(SLOTS.c.starts_at, APPOINTMENTS.c.id)
        .limit(1)
        .with_for_update(of=APPOINTMENTS, skip_locked=True, key_share=True)
    )
    return (await session.execute(query)).scalar_one_or_none()


async def slots_of(session: AsyncSession, appointment_id: UUID) -> Sequence[int]:
    """The slots in which an appointment has places."""
    query = select(PLACES.c.slot_id).where(PLACES.c.appointment_id == appointment_id)
    return (await session.execute(query)).scalars().all()


async def reason_of(session: AsyncSession, taken: Appointment) -> str:
    """Why nobody is received at the time of an appointment."""
    closed = await session.scalar(
        select(CLOSURES.c.reason)
        .where(
            CLOSURES.c.office_id == taken.office_id,
            CLOSURES.c.starts_at < taken.ends_at,
            CLOSURES.c.ends_at > taken.starts_at,
            CLOSURES.c.reopened_at.is_(None),
        )
        .order_by(CLOSURES.c.id)
        .limit(1)
    )
    if closed is not None:
        return str(closed)
    day = local_date(taken.starts_at)
    granted = await session.scalar(
        select(BRIDGE_DAYS.c.day).where(BRIDGE_DAYS.c.day == day, BRIDGE_DAYS.c.withdrawn_at.is_(None))
    )
    return DayOff.CLOSED_DAY if granted is None else DayOff.BRIDGE_DAY


async def vacant(
    session: AsyncSession, taken: Appointment, first: datetime, end: datetime, now: datetime
) -> Sequence[Slot]:
    """Free slots around an appointment, from an instant to before another, at the offices of its county.

    As many of each pool as may be needed, after it and before it; the nearest first, and for one person
    only a few: whoever is quicker takes one at a time.
    """
    local = taken.starts_at.astimezone(BUCHAREST)
    asked = {
        "type": taken.type,
        "office_id": taken.office_id,
        "today": local_date(now),
        "around": taken.starts_at,
        "day": local.date(),
        "hour": local.time(),
        "first": first,
        "end": end,
        "now": now,
        "at_most": _FOR_ONE if taken.size == 1 else None,
    }
    return [Slot(**row) for row in (await session.execute(_VACANT, asked)).mappings()]


def _vacant() -> Select[Any]:
    """The statement, made once: most of what it costs is its making."""
    names = ("id", "pool_id", "starts_at", "minutes", "planned", "taken", "closed", "opens_at")
    around: BindParameter[datetime] = bindparam("around")
    now: BindParameter[datetime] = bindparam("now")
    today: BindParameter[date] = bindparam("today")
    county = select(OFFICES.c.county).where(OFFICES.c.id == bindparam("office_id")).scalar_subquery()
    pools = (
        select(POOL_TYPES.c.pool_id, POOL_TYPES.c.office_id)
        .join(OFFICES, OFFICES.c.id == POOL_TYPES.c.office_id)
        .where(
            POOL_TYPES.c.type == bindparam("type"),
            OFFICES.c.county == county,
            OFFICES.c.valid_from <= today,
            or_(OFFICES.c.valid_to.is_(None), OFFICES.c.valid_to >= today),
        )
        .cte("pools")
    )
    free = (
        select(*(SLOTS.c[name] for name in names))
        .where(
            SLOTS.c.pool_id == pools.c.pool_id,
            SLOTS.c.is_free,
            SLOTS.c.starts_at >= bindparam("first"),
            SLOTS.c.starts_at < bindparam("end"),
            or_(SLOTS.c.opens_at.is_(None), SLOTS.c.opens_at <= now),
        )
        .limit(_LOOKED_AT)
    )
    after = free.where(SLOTS.c.starts_at >= around).order_by(SLOTS.c.starts_at).lateral("after")
    before = free.where(SLOTS.c.starts_at < around).order_by(SLOTS.c.starts_at.desc()).lateral("before")
    found = union_all(
        *(select(side, pools.c.office_id).join_from(pools, side, true()) for side in (after, before))
    ).subquery("found")
    columns = found.c
    local = func.timezone(BUCHAREST.key, columns.starts_at)
    day = sql_cast(local, Date)
    that_hour = day + bindparam("hour", type_=Time)
    return (
        select(found)
        .order_by(
            func.abs(day - bindparam("day", type_=Date)),
            day < bindparam("day", type_=Date),
            columns.office_id != bindparam("office_id"),
            func.abs(extract("epoch", local - that_hour)),
        )
        .limit(bindparam("at_most", type_=Integer))
    )


_VACANT: Final = _vacant()


def _closure(row: Mapping[Any, Any]) -> OfficeClosure:
    return OfficeClosure(**{**row, "reason": ClosureReason(row["reason"])})
