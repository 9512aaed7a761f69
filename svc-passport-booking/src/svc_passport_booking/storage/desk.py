"""The day of an office: its appointments, who waits, and the places that are left over."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, Text, bindparam, case, cast, delete, func, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.clock import BUCHAREST, local_date
from hub_core.cnp import Cnp

from ..domain.appointments import Appointment
from ..domain.desk import Outcome, Overview
from ..domain.slots import Origin, Slot
from ..domain.states import State
from ..keys import MasterKey
from ..tables.appointments import APPOINTMENTS, PERSONS, PLACES
from ..tables.slots import RELEASES, SLOTS
from . import appointments as storage
from . import slots

_SHOWN: Final = (State.CONFIRMED, State.CHECKED_IN, State.SERVED, State.NO_SHOW, State.REFUSED_AT_DESK)
"""What an office sees of its day; who has only asked for a place, or gave it up, does not come."""
_IN_TURN: Final = func.greatest(APPOINTMENTS.c.starts_at, APPOINTMENTS.c.arrived_at)
"""By their hour; who comes after it, by when they came."""


async def day(
    session: AsyncSession,
    key: MasterKey,
    office_id: UUID,
    now: datetime,
    state: State | None,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[Appointment]:
    """The appointments of the day of `now` at an office, by time, after a time and id."""
    wanted = _of_day(office_id, now).where(APPOINTMENTS.c.state.in_([state] if state else _SHOWN))
    if after:
        wanted = wanted.where(tuple_(APPOINTMENTS.c.starts_at, APPOINTMENTS.c.id) > tuple_(*after))
    in_order = wanted.order_by(APPOINTMENTS.c.starts_at, APPOINTMENTS.c.id).limit(limit)
    return await storage.find_all(session, key, in_order)


async def by_code(
    session: AsyncSession, key: MasterKey, office_id: UUID, code: str, now: datetime
) -> Appointment | None:
    """The appointment of the day with a code."""
    wanted = _of_day(office_id, now).where(APPOINTMENTS.c.code_key == storage.code_key(key, code))
    return next(iter(await _shown(session, key, wanted)), None)


async def by_cnp(
    session: AsyncSession, key: MasterKey, office_id: UUID, cnp: Cnp, now: datetime
) -> Appointment | None:
    """The next appointment of the day that somebody with this personal number has, else their last one."""
    theirs = select(PERSONS.c.appointment_id).where(PERSONS.c.person_key == storage.person_key(key, cnp))
    wanted = _of_day(office_id, now).where(APPOINTMENTS.c.id.in_(theirs))
    active_first = (APPOINTMENTS.c.ended_at.is_not(None), APPOINTMENTS.c.starts_at)
    return next(iter(await _shown(session, key, wanted.order_by(*active_first))), None)


async def lock_next(
    session: AsyncSession, key: MasterKey, office_id: UUID, types: Collection[str], now: datetime
) -> Appointment | None:
    """Who waits and is next, of these types or of any; nobody else calls them before the transaction ends."""
    waiting = _of_day(office_id, now).where(
        APPOINTMENTS.c.state == State.CHECKED_IN, APPOINTMENTS.c.called_at.is_(None)
    )
    if types:
        waiting = waiting.where(APPOINTMENTS.c.type.in_(types))
    first = waiting.order_by(_IN_TURN, APPOINTMENTS.c.id).limit(1)
    found = await storage.find_all(session, key, first.with_for_update(skip_locked=True, key_share=True))
    return found[0] if found else None


async def lock_forgotten(session: AsyncSession, key: MasterKey, now: datetime) -> Appointment | None:
    """An appointment that was checked in on a day before that of `now` and has not ended, locked."""
    start, _ = _bounds(now)
    wanted = select(APPOINTMENTS).where(
        APPOINTMENTS.c.state == State.CHECKED_IN, APPOINTMENTS.c.starts_at < start
    )
    first = wanted.order_by(APPOINTMENTS.c.starts_at).limit(1)
    found = await storage.find_all(session, key, first.with_for_update(skip_locked=True, key_share=True))
    return found[0] if found else None


async def end_visits(session: AsyncSession, appointment_id: UUID, outcomes: Sequence[Outcome]) -> None:
    """Store how the visit of each person ended."""
    ended = update(PERSONS).where(
        PERSONS.c.appointment_id == appointment_id, PERSONS.c.number == bindparam("of_number")
    )
    for one in outcomes:
        facts = {"of_number": one.number, "state": one.state, "reason": one.reason}
        await session.execute(ended.values(state=bindparam("state"), reason=bindparam("reason")), facts)


async def overview(session: AsyncSession, office_id: UUID, now: datetime) -> Overview:
    """How the day of an office stands."""
    columns = APPOINTMENTS.c
    is_called = columns.called_at.is_not(None)
    what = case(
        (columns.state == State.CHECKED_IN, func.concat("CHECKED_IN:", cast(is_called, Text))),
        else_=columns.state,
    )
    start, end = _bounds(now)
    counted = select(what, func.count()).where(
        columns.office_id == office_id, columns.starts_at >= start, columns.starts_at < end
    )
    counts: dict[str, int] = {row[0]: row[1] for row in await session.execute(counted.group_by(what))}
    left = select(func.coalesce(func.sum(PLACES.c.places), 0)).join(
        APPOINTMENTS, columns.id == PLACES.c.appointment_id
    )
    leftover: int | None = await session.scalar(
        left.where(
            columns.office_id == office_id,
            columns.state == State.NO_SHOW,
            columns.starts_at >= start,
            columns.starts_at < end,
        )
    )
    return Overview(
        expected=counts.get(State.CONFIRMED, 0),
        waiting=counts.get("CHECKED_IN:false", 0),
        at_desks=counts.get("CHECKED_IN:true", 0),
        served=counts.get(State.SERVED, 0),
        refused=counts.get(State.REFUSED_AT_DESK, 0),
        missed=counts.get(State.NO_SHOW, 0),
        leftover_places=int(leftover or 0),
    )


async def lock_now(session: AsyncSession, pool_id: UUID, now: datetime) -> Sequence[Slot]:
    """The running slot of a pool and the next one of the day, those that there are, by time; locked."""
    _, end = _bounds(now)
    wanted = (
        select(SLOTS.c.id)
        .where(
            SLOTS.c.pool_id == pool_id,
            SLOTS.c.starts_at > now - _LONGEST,
            SLOTS.c.starts_at < end,
            SLOTS.c.starts_at + func.make_interval(0, 0, 0, 0, 0, SLOTS.c.minutes) > now,
            ~SLOTS.c.closed,
        )
        .order_by(SLOTS.c.starts_at)
        .limit(2)
    )
    locked = sorted(
        await slots.lock(session, list(await session.scalars(wanted))), key=lambda slot: slot.starts_at
    )
    upcoming = [slot for slot in locked if slot.starts_at > now]
    return [*(slot for slot in locked if slot.starts_at <= now), *upcoming[:1]]


async def take_cancelled(session: AsyncSession, slot_ids: Collection[int], at_most: int) -> Mapping[int, int]:
    """Places of these slots that were given back and are not the public's yet: by slot, `at_most`."""
    cooling = (
        select(RELEASES)
        .where(RELEASES.c.slot_id.in_(slot_ids), RELEASES.c.origin != Origin.KEPT)
        .order_by(RELEASES.c.slot_id, RELEASES.c.id)
        .with_for_update(skip_locked=True)
    )
    taken: dict[int, int] = {}
    for row in (await session.execute(cooling)).all():
        used = min(row.places, at_most - sum(taken.values()))
        if used == 0:
            break
        await _reduce(session, RELEASES, RELEASES.c.id == row.id, row.places - used)
        taken[row.slot_id] = taken.get(row.slot_id, 0) + used
    return taken


async def take_missed(session: AsyncSession, pool_id: UUID, now: datetime, at_most: int) -> Mapping[int, int]:
    """Places of the day at a pool whose people have not come: by slot, the earliest first, `at_most`."""
    start, _ = _bounds(now)
    columns = APPOINTMENTS.c
    missed = (
        select(PLACES.c.appointment_id, PLACES.c.slot_id, PLACES.c.places)
        .join(APPOINTMENTS, columns.id == PLACES.c.appointment_id)
        .where(
            columns.pool_id == pool_id,
            columns.state == State.NO_SHOW,
            columns.starts_at >= start,
            columns.starts_at <= now,
        )
        .order_by(columns.starts_at, columns.id, PLACES.c.slot_id)
        .limit(at_most)
        .with_for_update(of=PLACES, skip_locked=True)
    )
    taken: dict[int, int] = {}
    for row in (await session.execute(missed)).all():
        used = min(row.places, at_most - sum(taken.values()))
        if used == 0:
            break
        own = (PLACES.c.appointment_id == row.appointment_id) & (PLACES.c.slot_id == row.slot_id)
        await _reduce(session, PLACES, own, row.places - used)
        taken[row.slot_id] = taken.get(row.slot_id, 0) + used
    return taken


_LONGEST: Final = timedelta(days=1)


async def _reduce(session: AsyncSession, table: Any, own: Any, left: int) -> None:
    change = update(table).where(own).values(places=left) if left else delete(table).where(own)
    await session.execute(change)


async def _shown(session: AsyncSession, key: MasterKey, wanted: Select[Any]) -> list[Appointment]:
    return await storage.find_all(session, key, wanted.where(APPOINTMENTS.c.state.in_(_SHOWN)).limit(1))


def _of_day(office_id: UUID, now: datetime) -> Select[Any]:
    start, end = _bounds(now)
    return select(APPOINTMENTS).where(
        APPOINTMENTS.c.office_id == office_id,
        APPOINTMENTS.c.starts_at >= start,
        APPOINTMENTS.c.starts_at < end,
    )


def _bounds(now: datetime) -> tuple[datetime, datetime]:
    """The first instant of the local day of `now`, and of the next one."""
    today = local_date(now)
    return (
        datetime.combine(today, time(), BUCHAREST),
        datetime.combine(today + timedelta(days=1), time(), BUCHAREST),
    )
