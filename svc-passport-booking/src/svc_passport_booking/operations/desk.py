"""The day at an office's counters: one function per verb, one transaction each."""

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import ids
from hub_core.clock import local_date
from hub_core.cnp import Cnp
from hub_core.problem import FieldError
from hub_service import rules
from hub_service.access import Action
from hub_service.policy import Official
from hub_service.problems import InvalidRequest
from hub_service.purpose import Stated

from ..domain import booking, codes, desk
from ..domain.appointments import Appointment
from ..domain.desk import EARLY_RULE, LATE_RULE, Outcome, Overview, Source, WalkIn
from ..domain.slots import Slot
from ..domain.states import Channel, PersonState, State
from ..errors.appointments import AppointmentNotFound, TypeNotServed
from ..errors.slots import SlotTaken
from ..keys import MasterKey
from ..storage import appointments as storage
from ..storage import desk as places
from ..storage import offices, slots
from . import applications, officials
from .appointments import Shown

NOT_EACH_ONCE: Final = "Say of each person of the appointment, once, how the visit ended."
_CODE_BYTES: Final = 32


async def list_day(
    session: AsyncSession,
    key: MasterKey,
    official: Official,
    office_id: UUID,
    now: datetime,
    *,
    state: State | None,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> Sequence[Appointment]:
    """The appointments of the day, by time. Raises `BookingOfficeNotFound`, as all of these do."""
    async with session.begin():
        await officials.office_of(session, official, office_id)
        return await places.day(session, key, office_id, now, state, after, limit)


async def overview(session: AsyncSession, official: Official, office_id: UUID, now: datetime) -> Overview:
    """How the day stands."""
    async with session.begin():
        await officials.office_of(session, official, office_id)
        return await places.overview(session, office_id, now)


async def open_appointment(
    session: AsyncSession,
    key: MasterKey,
    official: Official,
    office_id: UUID,
    appointment_id: UUID,
    purpose: Stated,
    now: datetime,
) -> Shown:
    """An appointment with its persons; a line of it stays. Raises `AppointmentNotFound`."""
    async with session.begin():
        await officials.office_of(session, official, office_id)
        found = await storage.read(session, key, appointment_id)
        return await _opened(session, key, official, office_id, found, Action.READ, purpose, now)


async def find(
    session: AsyncSession,
    key: MasterKey,
    official: Official,
    office_id: UUID,
    shown: Cnp | str,
    purpose: Stated,
    now: datetime,
) -> Shown:
    """The appointment of the day by a personal number, or by its code; as `open_appointment`."""
    async with session.begin():
        await officials.office_of(session, official, office_id)
        if isinstance(shown, Cnp):
            found = await places.by_cnp(session, key, office_id, shown, now)
        else:
            found = await places.by_code(session, key, office_id, shown, now)
        return await _opened(session, key, official, office_id, found, Action.SEARCH, purpose, now)


async def check_in(
    session: AsyncSession,
    key: MasterKey,
    official: Official,
    office_id: UUID,
    appointment_id: UUID,
    shown: Sequence[Cnp],
    *,
    is_desk_free: bool,
    now: datetime,
) -> Appointment:
    """The appointment of the people whose documents were shown: CHECKED_IN, or NO_SHOW when they are late.

    Who is late is received all the same where a desk is free; a note of it stays. Raises
    `AppointmentNotFound`, `ArrivedEarly`, `DayIsOver`, `NotWhoIsBooked`, `AppointmentState`,
    `AlreadyBooked`.
    """
    async with session.begin():
        found = await _lock(session, key, official, office_id, appointment_id)
        legal = await rules.read(session, EARLY_RULE, LATE_RULE)
        is_late = desk.is_late(found, legal, now)
        desk.must_be_booked(await storage.persons(session, key, found.id), shown)
        if found.state is State.CHECKED_IN:
            return found
        actor = officials.actor(official)
        if not is_late or is_desk_free:
            note = desk.RECEIVED_LATE if is_late else None
            return await storage.move(session, key, found, State.CHECKED_IN, actor, now, note, arrived_at=now)
        if found.state is State.NO_SHOW:
            return found
        return await storage.move(session, key, found, State.NO_SHOW, actor, now)


async def call_next(
    session: AsyncSession,
    key: MasterKey,
    official: Official,
    office_id: UUID,
    counter: str,
    types: Collection[str],
    now: datetime,
) -> Appointment | None:
    """Who is next among those that wait, called to a counter; none when nobody waits.

    By the hour of the appointment; who came after it, by when they came. Two counters never call the same.
    """
    async with session.begin():
        await officials.office_of(session, official, office_id)
        found = await places.lock_next(session, key, office_id, types, now)
        if found is None:
            return None
        called = replace(found, desk=counter, called_at=now)
        await storage.store(session, key, called)
        return called


async def end(
    session: AsyncSession,
    key: MasterKey,
    official: Official,
    office_id: UUID,
    appointment_id: UUID,
    outcomes: Sequence[Outcome],
    now: datetime,
) -> Appointment:
    """Note how each person's visit ended; each who was served has an application from now on.

    Raises `AppointmentNotFound`, `AppointmentState`, `OwnCase`, `InvalidRequest`,
    `ApplicationNumberUsed`.
    """
    async with session.begin():
        found = await _lock(session, key, official, office_id, appointment_id)
        officials.refuse_own_case(official, found.person_id)
        persons = await storage.persons(session, key, found.id)
        if not desk.are_all_named(persons, outcomes):
            raise InvalidRequest(errors=[FieldError("/persons", "not-each-once", NOT_EACH_ONCE)])
        state, reason = desk.end_of(outcomes)
        actor = officials.actor(official)
        ended = await storage.move(session, key, found, state, actor, now, reason)
        await places.end_visits(session, found.id, outcomes)
        for one in outcomes:
            if one.state is PersonState.SERVED:
                await applications.open_one(session, key, ended, persons[one.number], one, actor, now)
        return ended


async def note_missed(
    session: AsyncSession,
    key: MasterKey,
    official: Official,
    office_id: UUID,
    appointment_id: UUID,
    now: datetime,
) -> Appointment:
    """Note that nobody came in time, before the clock does; one that is missed stays as it is.

    Raises `AppointmentNotFound`, `StillExpected`, `AppointmentState`.
    """
    async with session.begin():
        found = await _lock(session, key, official, office_id, appointment_id)
        if found.state is State.NO_SHOW:
            return found
        desk.must_be_missed(found, await rules.read(session, LATE_RULE), now)
        return await storage.move(session, key, found, State.NO_SHOW, officials.actor(official), now)


async def walk_in(
    session: AsyncSession, key: MasterKey, official: Official, office_id: UUID, wanted: WalkIn, now: datetime
) -> tuple[Appointment, Sequence[Source]]:
    """Take in people without an appointment, and where their places come from.

    First the free places of the running slot and the next, then what was given up of them, then the places
    of today's people who have not come. All find a place or none does. Raises `TypeNotServed`, `SlotTaken`,
    `TooManyPersons`, `PersonNamedTwice`, `NumberOfTheFuture`, `AlreadyBooked`.
    """
    size = len(wanted.participants)
    async with session.begin():
        await officials.office_of(session, official, office_id)
        pool = await offices.pool_of(session, office_id, wanted.type)
        if pool is None:
            raise TypeNotServed
        legal = await rules.read(session, *booking.RULES)
        row = await places.lock_now(session, pool.id, now)
        if not row:
            raise SlotTaken
        booking.must_be_sound(wanted.participants, legal, now)
        found = await _places(session, pool.id, row, size, now)
        made = Appointment(
            id=ids.new_id(),
            code=codes.code_of(
                secrets.token_bytes(_CODE_BYTES)[: legal.on(codes.LENGTH_RULE, local_date(now)).whole]
            ),
            office_id=office_id,
            pool_id=pool.id,
            type=wanted.type,
            state=State.CHECKED_IN,
            channel=Channel.COUNTER,
            starts_at=row[0].starts_at,
            ends_at=row[-1].ends_at,
            size=size,
            language=wanted.language,
            created_at=now,
            confirmed_at=now,
            arrived_at=now,
        )
        actor = officials.actor(official)
        taken = _together(found.values())
        stored = await storage.add(session, key, made, wanted.participants, taken, actor)
    return stored, [source for source in Source if found.get(source)]


async def _places(
    session: AsyncSession, pool_id: UUID, row: Sequence[Slot], size: int, now: datetime
) -> Mapping[Source, Mapping[int, int]]:
    """Places for so many persons, by where they come from; `SlotTaken` when there are not enough."""
    free: dict[int, int] = {}
    for slot in row:
        left = min(max(0, slot.planned - slot.taken), size - sum(free.values()))
        if left:
            free[slot.id] = left
    await slots.take(session, free)
    missing = size - sum(free.values())
    slot_ids = [slot.id for slot in row]
    cancelled = await places.take_cancelled(session, slot_ids, missing) if missing else {}
    missing -= sum(cancelled.values())
    missed = await places.take_missed(session, pool_id, now, missing) if missing else {}
    if missing > sum(missed.values()):
        raise SlotTaken
    return {Source.FREE: free, Source.CANCELLED: cancelled, Source.NO_SHOW: missed}


def _together(parts: Collection[Mapping[int, int]]) -> Mapping[int, int]:
    sums: dict[int, int] = {}
    for part in parts:
        for slot_id, number in part.items():
            sums[slot_id] = sums.get(slot_id, 0) + number
    return sums


async def _lock(
    session: AsyncSession, key: MasterKey, official: Official, office_id: UUID, appointment_id: UUID
) -> Appointment:
    await officials.office_of(session, official, office_id)
    found = await storage.lock(session, key, appointment_id)
    if found is None or found.office_id != office_id:
        raise AppointmentNotFound
    return found


async def _opened(
    session: AsyncSession,
    key: MasterKey,
    official: Official,
    office_id: UUID,
    found: Appointment | None,
    action: Action,
    purpose: Stated,
    now: datetime,
) -> Shown:
    if found is None or found.office_id != office_id:
        raise AppointmentNotFound
    await officials.leave_line(
        session, official, "appointment", found.id, found.person_id, action, purpose, now
    )
    return Shown(found, await storage.persons(session, key, found.id))
