"""Waiting for a place: joined, seen, taken, declined, left. One function per verb."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import ids
from hub_core.clock import local_date
from hub_core.language import Language
from hub_core.principal import Principal
from hub_core.tries import Try, network
from hub_events import outbox
from hub_service import rules
from hub_service.access import Action

from ..domain import booking, codes
from ..domain import waiting as domain
from ..domain.appointments import GUEST, Actor, Appointment, Contact, Participant
from ..domain.booking import Booker
from ..domain.states import State as AppointmentState
from ..domain.tries import Counted
from ..domain.waiting import EndReason, Entry, Kind, State, WaitingWish
from ..errors.appointments import AlreadyBooked, AppointmentNotFound
from ..errors.openings import DrawNotOpen, OpeningNotFound
from ..errors.waiting import NotServedThere, WaitingEntryNotFound
from ..events.waiting import WaitingJoined
from ..keys import MasterKey
from ..reference.types import types
from ..storage import appointments, offices, openings, slots
from ..storage import waiting as storage
from . import guests, offers, tries
from .appointments import Opened, account_of, actor_of, move_to, note_access
from .guests import Proof

_RULES: Final = (*booking.RULES, *offers.RULES)


@dataclass(frozen=True, slots=True, repr=False)
class Shown:
    """An entry as its people see it; `ahead` is how many are asked before, None where none are."""

    entry: Entry
    participants: Sequence[Participant]
    ahead: int | None


@dataclass(frozen=True, slots=True, repr=False)
class DrawWish:
    """Who takes part in a draw, and for what."""

    opening_id: UUID
    type: str
    participants: Sequence[Participant]
    language: Language


@dataclass(frozen=True, slots=True, repr=False)
class Unknown:
    """Somebody without an account: what stands for a person, where from, and a telephone number."""

    proof: Proof
    address: str
    phone: str | None = None


async def join(
    apart: AsyncSession,
    session: AsyncSession,
    key: MasterKey,
    wish: WaitingWish | DrawWish,
    who: Principal | Unknown,
    now: datetime,
) -> Shown:
    """Wait for a place, or take part in a draw; without an account at the address that the proof confirms.

    Raises `NotServedThere`, `AlreadyWaiting`, `AlreadyBooked`, `TriedTooOften`, what stands against the
    persons of a booking; `DaysNotBookable`, or `OpeningNotFound` and `DrawNotOpen` for a draw; for who has
    no account `ProofRefused` and `EmailProofRequired`. `apart` is as for `guests.admit`.
    """
    if isinstance(who, Unknown):
        await guests.admit(apart, key, who.proof, who.address, wish.participants, now)
    else:
        await tries.take(apart, key, [Try(Counted.BOOKINGS_OF_PERSON, str(who.person_id))], now)
    async with session.begin():
        contact = await _contact(session, key, who, now) if isinstance(who, Unknown) else None
        caller = who if isinstance(who, Principal) else None
        legal = await rules.read(session, *_RULES)
        booking.must_be_sound(wish.participants, legal, now)
        opening_id = wish.opening_id if isinstance(wish, DrawWish) else None
        if isinstance(wish, DrawWish):
            wish = await _of_draw(session, key, wish, now)
        else:
            domain.must_be_bookable(wish.days_from, wish.days_to, legal, now)
        bookable = types().get(wish.type)
        if bookable is None or not await storage.serves(session, wish.type, wish.county, wish.office_id):
            raise NotServedThere
        if numbers := await storage.booked(session, key, bookable.family, wish.participants, now):
            raise AlreadyBooked(numbers)
        entry = Entry(
            id=ids.new_id(),
            kind=Kind.PLACE,
            code=_new_code(legal.on(codes.LENGTH_RULE, local_date(now)).whole),
            type=wish.type,
            topic=bookable.topic,
            county=wish.county,
            office_id=wish.office_id,
            size=len(wish.participants),
            days_from=wish.days_from,
            days_to=wish.days_to,
            state=State.WAITING,
            language=wish.language,
            joined_at=now,
            person_id=Booker(caller).person_id,
            contact=contact,
            opening_id=opening_id,
        )
        await _add(session, key, entry, wish.participants, now)
        if caller:
            await note_access(session, caller, Action.CREATE, entry.id, now)
        return await _show(session, key, entry)


async def ask_for_earlier(
    session: AsyncSession,
    key: MasterKey,
    appointment_id: UUID,
    days_from: date,
    caller: Principal,
    now: datetime,
) -> Shown:
    """Be told of a place before a confirmed appointment of the caller's, from a day on.

    Raises `AppointmentNotFound`, `AlreadyWaiting`, `DaysNotBookable`.
    """
    async with session.begin():
        found = await appointments.lock(session, key, appointment_id)
        if found is None or found.person_id != account_of(caller):
            raise AppointmentNotFound
        await note_access(session, caller, Action.CHANGE, found.id, now)
        return await _alert(session, key, found, days_from, now)


async def ask_for_earlier_as_guest(
    apart: AsyncSession,
    session: AsyncSession,
    key: MasterKey,
    opened: Opened,
    days_from: date,
    now: datetime,
) -> Shown:
    """The same for who opens the appointment with its code; raises `TriedTooOften` besides."""
    await _count_code(apart, key, opened, now)
    async with session.begin():
        found = await appointments.by_code(session, key, opened.code, opened.last_four)
        if found is None:
            raise AppointmentNotFound
        return await _alert(session, key, found, days_from, now)


async def put_first(session: AsyncSession, key: MasterKey, appointment: Appointment, now: datetime) -> None:
    """Let the people of an appointment that an office took away wait before all others for another one.

    Within the caller's transaction, after the appointment has ended; at any office of the county.
    """
    office = await offices.read(session, appointment.office_id)
    bookable = types()[appointment.type]
    legal = await rules.read(session, *_RULES)
    today = local_date(now)
    for alert in await storage.lock_alerts_of(session, key, appointment.id):
        await offers.put(session, domain.end(alert, EndReason.OVER, now), now)
    people = [one.participant for one in await appointments.persons(session, key, appointment.id)]
    entry = Entry(
        id=ids.new_id(),
        kind=Kind.PLACE,
        code=_new_code(legal.on(codes.LENGTH_RULE, today).whole),
        type=appointment.type,
        topic=bookable.topic,
        county=office.county if office else "",
        office_id=None,
        size=len(people),
        days_from=today,
        days_to=today + timedelta(days=legal.on(domain.WINDOW_RULE, today).whole),
        state=State.WAITING,
        language=appointment.language,
        joined_at=now,
        person_id=appointment.person_id,
        contact=appointment.contact,
        has_priority=True,
        appointment_id=appointment.id,
    )
    await _add(session, key, entry, people, now)


async def find(
    session: AsyncSession,
    key: MasterKey,
    caller: Principal,
    now: datetime,
    *,
    before: UUID | None,
    limit: int,
) -> Sequence[Entry]:
    """The entries of the caller's, or of whom they act for, newest first."""
    async with session.begin():
        await note_access(session, caller, Action.SEARCH, account_of(caller), now)
        return await storage.of_account(session, key, account_of(caller), before=before, limit=limit)


async def read(
    session: AsyncSession, key: MasterKey, entry_id: UUID, caller: Principal, now: datetime
) -> Shown:
    """An entry of the caller's with its position, as it stands now; raises `WaitingEntryNotFound`."""
    async with session.begin():
        return await _show(session, key, await _of_caller(session, key, entry_id, caller, Action.READ, now))


async def find_as_guest(
    apart: AsyncSession, session: AsyncSession, key: MasterKey, opened: Opened, now: datetime
) -> Shown:
    """The entry with a code, for who knows the last four digits of a CNP in it.

    Raises `WaitingEntryNotFound`, the same for every wrong pair, and `TriedTooOften`.
    """
    await _count_code(apart, key, opened, now)
    async with session.begin():
        return await _show(session, key, await _of_guest(session, key, opened, now))


async def accept(
    session: AsyncSession, key: MasterKey, entry_id: UUID, caller: Principal, now: datetime
) -> Shown:
    """Take the place that is kept for the caller: it is confirmed, or their appointment is moved there.

    Raises `WaitingEntryNotFound`, `WaitingState`, and what stands against moving.
    """
    async with session.begin():
        entry = await _of_caller(session, key, entry_id, caller, Action.CHANGE, now)
        return await _accept(session, key, entry, actor_of(caller), now)


async def accept_as_guest(
    apart: AsyncSession, session: AsyncSession, key: MasterKey, opened: Opened, now: datetime
) -> Shown:
    """The same by the code; raises what `find_as_guest` and `accept` raise."""
    await _count_code(apart, key, opened, now)
    async with session.begin():
        return await _accept(session, key, await _of_guest(session, key, opened, now), GUEST, now)


async def decline(
    session: AsyncSession, key: MasterKey, entry_id: UUID, caller: Principal, now: datetime
) -> Shown:
    """Let the place go to the next one, and keep the turn for another; as `accept`."""
    async with session.begin():
        entry = await _of_caller(session, key, entry_id, caller, Action.CHANGE, now)
        return await _decline(session, key, entry, actor_of(caller), now)


async def decline_as_guest(
    apart: AsyncSession, session: AsyncSession, key: MasterKey, opened: Opened, now: datetime
) -> Shown:
    """The same by the code."""
    await _count_code(apart, key, opened, now)
    async with session.begin():
        return await _decline(session, key, await _of_guest(session, key, opened, now), GUEST, now)


async def leave(
    session: AsyncSession, key: MasterKey, entry_id: UUID, caller: Principal, now: datetime
) -> Shown:
    """Wait no longer; a place that is offered goes to the next one. Repeating it changes nothing.

    Raises `WaitingEntryNotFound`.
    """
    async with session.begin():
        entry = await _of_caller(session, key, entry_id, caller, Action.CHANGE, now)
        return await _leave(session, key, entry, actor_of(caller), now)


async def leave_as_guest(
    apart: AsyncSession, session: AsyncSession, key: MasterKey, opened: Opened, now: datetime
) -> Shown:
    """The same by the code; raises `TriedTooOften` besides."""
    await _count_code(apart, key, opened, now)
    async with session.begin():
        return await _leave(session, key, await _of_guest(session, key, opened, now), GUEST, now)


async def _contact(session: AsyncSession, key: MasterKey, who: Unknown, now: datetime) -> Contact:
    return Contact(await guests.spend_for_email(session, key, who.proof, now), who.phone)


async def _of_draw(session: AsyncSession, key: MasterKey, wish: DrawWish, now: datetime) -> WaitingWish:
    opening = await openings.read(session, key, wish.opening_id)
    if opening is None:
        raise OpeningNotFound
    if not opening.takes_entries(now):
        raise DrawNotOpen
    pool = await offices.pool_of(session, opening.office_id, wish.type)
    office = await offices.read(session, opening.office_id)
    if pool is None or office is None or pool.id != opening.pool_id:
        raise NotServedThere
    return WaitingWish(
        type=wish.type,
        county=office.county,
        office_id=office.id,
        days_from=opening.days_from,
        days_to=opening.days_to,
        participants=wish.participants,
        language=wish.language,
    )


async def _alert(
    session: AsyncSession, key: MasterKey, appointment: Appointment, days_from: date, now: datetime
) -> Shown:
    legal = await rules.read(session, *_RULES)
    last = local_date(appointment.starts_at)
    domain.must_be_bookable(days_from, last, legal, now)
    office = await offices.read(session, appointment.office_id)
    if appointment.state is not AppointmentState.CONFIRMED or office is None:
        raise AppointmentNotFound
    people = [one.participant for one in await appointments.persons(session, key, appointment.id)]
    entry = Entry(
        id=ids.new_id(),
        kind=Kind.ALERT,
        code=_new_code(legal.on(codes.LENGTH_RULE, local_date(now)).whole),
        type=appointment.type,
        topic=types()[appointment.type].topic,
        county=office.county,
        office_id=office.id,
        size=len(people),
        days_from=days_from,
        days_to=last,
        state=State.WAITING,
        language=appointment.language,
        joined_at=now,
        person_id=appointment.person_id,
        contact=appointment.contact,
        appointment_id=appointment.id,
    )
    await _add(session, key, entry, people, now)
    return await _show(session, key, entry)


async def _add(
    session: AsyncSession, key: MasterKey, entry: Entry, people: Sequence[Participant], now: datetime
) -> None:
    await storage.add(session, key, entry, types()[entry.type].family, people)
    await outbox.record(session, WaitingJoined.of(entry), now)


async def _accept(session: AsyncSession, key: MasterKey, entry: Entry, actor: Actor, now: datetime) -> Shown:
    until = domain.must_be_offered(entry, now)
    if entry.offered_id is not None:
        held = await appointments.lock(session, key, entry.offered_id)
        if held is not None:
            await appointments.move(session, key, held, AppointmentState.CONFIRMED, actor, now)
        taken = await offers.note_outcome(session, entry, AppointmentState.CONFIRMED, now)
        return await _show(session, key, taken)
    slot_id, own = entry.offered_slot_id or 0, entry.appointment_id
    found = await appointments.lock(session, key, own) if own else None
    if found is None or not await slots.end_keeping(session, slot_id, entry.size, until):
        raise WaitingEntryNotFound
    await slots.free(session, {slot_id: entry.size})
    await move_to(session, key, found, slot_id, actor, now)
    return await _show(session, key, await _end(session, entry, EndReason.BOOKED, now))


async def _decline(session: AsyncSession, key: MasterKey, entry: Entry, actor: Actor, now: datetime) -> Shown:
    domain.must_be_offered(entry, now)
    return await _show(session, key, await _give_back(session, key, entry, actor, now))


async def _leave(session: AsyncSession, key: MasterKey, entry: Entry, actor: Actor, now: datetime) -> Shown:
    if entry.state is State.OFFERED:
        entry = await _give_back(session, key, entry, actor, now)
    if entry.state is not State.ENDED:
        entry = await _end(session, entry, EndReason.LEFT, now)
    return await _show(session, key, entry)


async def _give_back(
    session: AsyncSession, key: MasterKey, entry: Entry, actor: Actor, now: datetime
) -> Entry:
    """The entry after its offer was declined: the place goes on as any that was given back."""
    if entry.offered_id is None:
        slot_id, until = entry.offered_slot_id or 0, entry.offered_until or now
        if await slots.end_keeping(session, slot_id, entry.size, until):
            due_at = await appointments.release_at(session, now)
            await slots.keep(session, slot_id, entry.size, due_at)
        waits = domain.waits_again(entry)
        await offers.put(session, waits, now)
        return waits
    held = await appointments.lock(session, key, entry.offered_id)
    if held is not None and held.state is AppointmentState.HELD:
        to = AppointmentState.CANCELLED_BY_CITIZEN
        await appointments.move(session, key, held, to, actor, now)
        return await offers.note_outcome(session, entry, to, now)
    return await offers.note_outcome(session, entry, held.state if held else None, now)


async def _end(session: AsyncSession, entry: Entry, reason: EndReason, now: datetime) -> Entry:
    ended = domain.end(entry, reason, now)
    await offers.put(session, ended, now)
    return ended


async def _of_caller(
    session: AsyncSession, key: MasterKey, entry_id: UUID, caller: Principal, action: Action, now: datetime
) -> Entry:
    found = await storage.lock(session, key, entry_id)
    if found is None or found.person_id != account_of(caller):
        raise WaitingEntryNotFound
    await note_access(session, caller, action, found.id, now)
    return await _as_of(session, found, now)


async def _of_guest(session: AsyncSession, key: MasterKey, opened: Opened, now: datetime) -> Entry:
    found = await storage.by_code(session, key, opened.code, opened.last_four)
    if found is None:
        raise WaitingEntryNotFound
    return await _as_of(session, found, now)


async def _as_of(session: AsyncSession, entry: Entry, now: datetime) -> Entry:
    """An entry that is locked, after what has become of its offer."""
    return await offers.note_outcome(session, entry, await storage.offer_state(session, entry), now)


async def _count_code(apart: AsyncSession, key: MasterKey, opened: Opened, now: datetime) -> None:
    counted = [
        Try(Counted.LOOKUPS_OF_CODE, codes.read(opened.code)),
        Try(Counted.LOOKUPS_FROM_ADDRESS, network(opened.address)),
    ]
    await tries.take(apart, key, counted, now)


async def _show(session: AsyncSession, key: MasterKey, entry: Entry) -> Shown:
    counts = entry.state is State.WAITING and (entry.opening_id is None or entry.rank is not None)
    return Shown(
        entry,
        await storage.participants(session, key, entry.id),
        await storage.ahead(session, entry) if counts else None,
    )


def _new_code(length: int) -> str:
    return codes.code_of(secrets.token_bytes(length))
