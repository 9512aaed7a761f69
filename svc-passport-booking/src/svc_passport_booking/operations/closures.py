"""An office closes by an incident and opens again; who had booked is moved with priority."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import ids
from hub_core.clock import BUCHAREST, local_date
from hub_core.rules import Rules
from hub_events import outbox
from hub_service import rules
from hub_service.policy import Official

from ..domain import closures as domain
from ..domain import codes
from ..domain.appointments import SYSTEM, Appointment
from ..domain.changes import Change, ChangeKind
from ..domain.closures import ClosureReason, OfficeClosure
from ..domain.slots import Slot, spread
from ..domain.states import Channel, State
from ..errors.offices import BookingOfficeNotFound, ClosureEnded, ClosureNotFound, ClosurePeriod
from ..errors.slots import SlotTaken
from ..errors.waiting import AlreadyWaiting
from ..events.offices import OfficeClosed, OfficeReopened
from ..keys import MasterKey
from ..storage import appointments, changes, offices, slots
from ..storage import closures as storage
from . import waiting
from .appointments import take_away
from .officials import office_of
from .schedules import replan

RULES: Final = (domain.PRIORITY_RULE, domain.HOLD_RULE, domain.WINDOW_RULE, codes.LENGTH_RULE)
"""The legal numbers that moving people needs."""


async def find(session: AsyncSession, office_id: UUID, now: datetime) -> list[OfficeClosure]:
    """The closures of an office that are not over; raises `BookingOfficeNotFound`."""
    async with session.begin():
        if await offices.read(session, office_id) is None:
            raise BookingOfficeNotFound
        return await storage.to_come(session, office_id, now)


async def close(
    session: AsyncSession,
    official: Official,
    office_id: UUID,
    starts_at: datetime,
    ends_at: datetime,
    reason: ClosureReason,
    note: str | None,
    now: datetime,
) -> OfficeClosure:
    """Close an office for a time: from the commit on nobody books there, and who had booked is moved.

    Raises `BookingOfficeNotFound`, `ClosurePeriod`.
    """
    if ends_at <= max(starts_at, now):
        raise ClosurePeriod
    closure = OfficeClosure(
        id=ids.new_id(),
        office_id=office_id,
        starts_at=starts_at,
        ends_at=ends_at,
        reason=reason,
        note=note,
        closed_by=official.person_id,
        closed_at=now,
    )
    async with session.begin():
        await office_of(session, official, office_id)
        await storage.add(session, closure)
        await _apply(session, official, None, closure, now)
        await outbox.record(session, OfficeClosed.of(closure), now)
    return closure


async def reopen(
    session: AsyncSession, official: Official, office_id: UUID, closure_id: UUID, now: datetime
) -> OfficeClosure:
    """Open an office again before the end of a closure; who was moved stays where they are.

    Raises `BookingOfficeNotFound`, `ClosureNotFound`, `ClosureEnded`.
    """
    async with session.begin():
        await office_of(session, official, office_id)
        closure = await storage.lock(session, office_id, closure_id)
        if closure is None:
            raise ClosureNotFound
        if closure.is_over(now):
            raise ClosureEnded
        reopened = await storage.reopen(session, closure, now)
        await _apply(session, official, closure, reopened, now)
        await outbox.record(session, OfficeReopened.of(closure, now), now)
    return reopened


async def move_people(session: AsyncSession, key: MasterKey, now: datetime) -> int:
    """Move everybody who has booked a time at which nobody is received; how many appointments.

    Each is a transaction of its own: who is killed in between goes on where it stopped, and several may
    do it at once.
    """
    moved = 0
    while (was_moved := await _move_next(session, key, now)) is not None:
        moved += was_moved
    return moved


async def _move_next(session: AsyncSession, key: MasterKey, now: datetime) -> bool | None:
    """Whether an appointment was moved; None when there is nobody left to move."""
    async with session.begin():
        found = await storage.lock_next(session, now)
        taken = found and await appointments.lock(session, key, found)
        if not taken:
            return None
        reason = await storage.reason_of(session, taken)
        if taken.state is State.HELD and taken.channel is Channel.OFFER:  # who waits goes on waiting
            return await take_away(session, key, taken.id, reason, now) is not None
        legal = await rules.read(session, *RULES)
        until = domain.offer_until(taken, legal, now)
        row = await _nearest(session, taken, until, legal, now)
        own = await storage.slots_of(session, taken.id)
        held = {slot.id: slot for slot in await slots.lock(session, [*own, *(slot.id for slot in row)])}
        if not any(held[slot_id].closed for slot_id in own):
            return False  # opened again in the meantime
        row = [held[slot.id] for slot in row]
        try:
            places = spread(row, taken.size, now) if row else {}
        except SlotTaken:
            return False  # somebody was quicker: look again
        if await take_away(session, key, taken.id, reason, now) is None:
            return False
        if row:
            length = legal.on(codes.LENGTH_RULE, local_date(now)).whole
            code = codes.code_of(secrets.token_bytes(length))
            given = domain.instead(taken, row, ids.new_id(), code, until, now)
            people = [one.participant for one in await appointments.persons(session, key, taken.id)]
            await slots.take(session, places)
            await appointments.add(session, key, given, people, places, SYSTEM)
        else:
            await _let_wait(session, key, taken, now)
        return True


async def _nearest(
    session: AsyncSession, taken: Appointment, first: datetime, legal: Rules, now: datetime
) -> Sequence[Slot]:
    """The nearest slots with room for all, from an instant on; empty where there are none."""
    window = timedelta(days=legal.on(domain.WINDOW_RULE, local_date(now)).whole + 1)
    end = datetime.combine(local_date(now) + window, time(), BUCHAREST)
    return domain.nearest(await storage.vacant(session, taken, first, end, now), taken, now)


async def _let_wait(session: AsyncSession, key: MasterKey, taken: Appointment, now: datetime) -> None:
    """First in the waiting list; who waits already keeps that turn."""
    try:
        async with session.begin_nested():
            await waiting.put_first(session, key, taken, now)
    except AlreadyWaiting:
        return


async def _apply(
    session: AsyncSession,
    official: Official,
    before: OfficeClosure | None,
    after: OfficeClosure,
    now: datetime,
) -> None:
    """Close or open the slots of the period, and note who did it."""
    office = await offices.read(session, after.office_id)
    pools = await offices.lock_pools(session, [pool.id for pool in office.pools] if office else [])
    first, last = local_date(after.starts_at), local_date(after.ends_at)
    moving = await replan(session, pools, first, last, now, after.starts_at)
    change = Change(
        office_id=after.office_id,
        pool_id=None,
        kind=ChangeKind.CLOSURE,
        before=_shown(before),
        after=_shown(after),
        person_id=official.person_id,
        at=now,
        is_moving=bool(moving),
    )
    await changes.add(session, [change])


def _shown(closure: OfficeClosure | None) -> Mapping[str, Any] | None:
    if closure is None:
        return None
    return {
        "closure_id": str(closure.id),
        "starts_at": closure.starts_at.isoformat(),
        "ends_at": closure.ends_at.isoformat(),
        "reason": closure.reason,
        "reopened_at": closure.reopened_at and closure.reopened_at.isoformat(),
    }
