"""Appointments: booked, confirmed, read, given up, moved. One function per verb, one transaction each."""

import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import ids
from hub_core.clock import local_date
from hub_core.principal import Principal
from hub_core.rules import Rules
from hub_core.tries import Try, network
from hub_events import outbox
from hub_service import access, rules
from hub_service.access import Action

from ..domain import appointments as domain
from ..domain import booking, codes, confirmation
from ..domain.appointments import CANCEL_RULE, GUEST, SYSTEM, Actor, Appointment, Person
from ..domain.booking import NO_SHOW_RULE, Booker, Wish
from ..domain.slots import Slot, spread
from ..domain.states import ActorKind, State
from ..domain.tries import Counted
from ..errors.appointments import (
    AppointmentNotFound,
    AppointmentState,
    ConfirmationWrong,
    DidNotCome,
    TypeNotServed,
)
from ..errors.slots import SlotNotFound
from ..events.access import RecordAccessed
from ..events.appointments import AppointmentMessageRequested
from ..keys import MasterKey, Purpose
from ..storage import appointments as storage
from ..storage import slots
from . import guests, tries
from .guests import Proof

REPRESENTATION: Final = "Civil Code art. 1295, 2009"
"""By what a representative books and reads in another's name."""
_CHANCE_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Shown:
    """An appointment as its people see it, and as it stands now."""

    appointment: Appointment
    persons: Sequence[Person]


@dataclass(frozen=True, slots=True, repr=False)
class Opened:
    """By what a guest opens an appointment, and from which network address."""

    code: str
    last_four: str
    address: str


async def book(session: AsyncSession, key: MasterKey, wish: Wish, booker: Booker, now: datetime) -> Shown:
    """Book places for all persons or for none; CONFIRMED for who is known, else HELD.

    A family takes the places of one slot, or of slots that follow it without a gap. Raises `SlotNotFound`,
    `SlotTaken`, `OutsideWindow`, `TypeNotServed`, `TooManyPersons`, `PersonNamedTwice`,
    `NumberOfTheFuture`, `AlreadyBooked`, `DidNotCome`, and `TooManyAppointments` for an account.
    """
    async with session.begin():
        return await _book(session, key, wish, booker, now)


async def book_as_guest(
    apart: AsyncSession,
    session: AsyncSession,
    key: MasterKey,
    wish: Wish,
    proof: Proof,
    address: str,
    now: datetime,
) -> Shown:
    """The same without an account, for who proves that somebody is there; the proof is spent by it.

    Raises `ProofRefused` and `TriedTooOften` besides. `apart` is as for `guests.admit`.
    """
    await guests.admit(apart, key, proof, address, wish.participants, now)
    async with session.begin():
        await guests.spend(session, key, proof, now)
        return await _book(session, key, wish, Booker(), now)


async def read(
    session: AsyncSession, key: MasterKey, appointment_id: UUID, caller: Principal, now: datetime
) -> Shown:
    """An appointment of the caller's, or of whom they act for; raises `AppointmentNotFound`."""
    async with session.begin():
        found = await _of_caller(
            await storage.read(session, key, appointment_id), session, caller, Action.READ, now
        )
        return await _show(session, key, found, now)


async def find(
    session: AsyncSession,
    key: MasterKey,
    caller: Principal,
    now: datetime,
    *,
    before: UUID | None,
    limit: int,
) -> Sequence[Appointment]:
    """The appointments of the caller's, or of whom they act for, newest first."""
    async with session.begin():
        found = await storage.of_account(session, key, account_of(caller), before=before, limit=limit)
        await note_access(session, caller, Action.SEARCH, account_of(caller), now)
    return [domain.as_of(one, now) for one in found]


async def confirm(
    session: AsyncSession, key: MasterKey, appointment_id: UUID, caller: Principal, now: datetime
) -> Shown:
    """Confirm a hold of the caller's; one that is confirmed stays as it is.

    Raises `AppointmentNotFound`, `AppointmentState`.
    """
    async with session.begin():
        locked = await storage.lock(session, key, appointment_id)
        held = await _of_caller(locked, session, caller, Action.CHANGE, now)
        return await _move(session, key, held, State.CONFIRMED, actor_of(caller), now)


async def confirm_by_secret(session: AsyncSession, key: MasterKey, secret: str, now: datetime) -> Shown:
    """Confirm a hold by the secret of the link that was sent for it; once.

    Raises `ConfirmationWrong`, `AppointmentState`.
    """
    appointment_id = _of_secret(key, secret)
    async with session.begin():
        return await _confirm(session, key, appointment_id, now)


async def held_by_secret(session: AsyncSession, key: MasterKey, secret: str, now: datetime) -> Shown:
    """What the secret of a link would confirm, as it stands now; nothing is confirmed.

    Raises `ConfirmationWrong`.
    """
    appointment_id = _of_secret(key, secret)
    async with session.begin():
        found = await storage.read(session, key, appointment_id)
        if found is None:
            raise ConfirmationWrong
        return await _show(session, key, found, now)


async def confirm_by_code(
    apart: AsyncSession,
    session: AsyncSession,
    key: MasterKey,
    code: str,
    digits: str,
    address: str,
    now: datetime,
) -> Shown:
    """As `confirm_by_digits`, for who has the code of the appointment at hand and not its id."""
    await tries.take(apart, key, [Try(Counted.LOOKUPS_FROM_ADDRESS, network(address))], now)
    async with session.begin():
        known = await storage.id_of(session, key, code)
    nobodys = UUID(bytes=storage.code_key(key, code)[: len(UUID(int=0).bytes)])
    return await confirm_by_digits(apart, session, key, known or nobodys, digits, now)


async def resend_as_guest(
    apart: AsyncSession, session: AsyncSession, key: MasterKey, opened: Opened, now: datetime
) -> Shown:
    """Have the message of a hold sent again, to the same address; raises what `find_as_guest` raises.

    And `AppointmentState` for what is not held.
    """
    await _count(apart, key, opened, now)
    async with session.begin():
        shown = await _show(session, key, await _of_guest(session, key, opened), now)
    found = shown.appointment
    if found.state is not State.HELD:
        raise AppointmentState(found.state, ())
    await tries.take(apart, key, [Try(Counted.CODES_TO_EMAIL, str(found.id))], now)
    async with session.begin():
        await outbox.record(session, AppointmentMessageRequested.of(found), now)
    return shown


async def confirm_by_digits(
    apart: AsyncSession,
    session: AsyncSession,
    key: MasterKey,
    appointment_id: UUID,
    digits: str,
    now: datetime,
) -> Shown:
    """The same by the six digits of the message; raises `TriedTooOften` besides (`apart`: see `tries`)."""
    await tries.take(apart, key, [Try(Counted.DIGITS_OF_APPOINTMENT, str(appointment_id))], now)
    if not hmac.compare_digest(digits_of(key, appointment_id), digits):
        raise ConfirmationWrong
    async with session.begin():
        return await _confirm(session, key, appointment_id, now)


async def cancel(
    session: AsyncSession, key: MasterKey, appointment_id: UUID, caller: Principal, now: datetime
) -> Shown:
    """Give an appointment of the caller's up; one that was given up stays as it is.

    Raises `AppointmentNotFound`, `AppointmentState`, `TooLateToChange`.
    """
    async with session.begin():
        locked = await storage.lock(session, key, appointment_id)
        found = await _of_caller(locked, session, caller, Action.CHANGE, now)
        return await _cancel(session, key, found, actor_of(caller), now)


async def reschedule(
    session: AsyncSession,
    key: MasterKey,
    appointment_id: UUID,
    slot_id: int,
    caller: Principal,
    now: datetime,
) -> Shown:
    """Have an appointment of the caller's at other slots instead; at no time are both or neither theirs.

    Raises `AppointmentNotFound`, `AppointmentState`, `TooLateToChange`, `SlotNotFound`, `SlotTaken`,
    `OutsideWindow`, `TypeNotServed`.
    """
    async with session.begin():
        locked = await storage.lock(session, key, appointment_id)
        found = await _of_caller(locked, session, caller, Action.CHANGE, now)
        return await move_to(session, key, found, slot_id, actor_of(caller), now)


async def find_as_guest(
    apart: AsyncSession, session: AsyncSession, key: MasterKey, opened: Opened, now: datetime
) -> Shown:
    """The appointment with a code, for who knows the last four digits of a CNP in it.

    Raises `AppointmentNotFound`, the same for every wrong pair, and `TriedTooOften`: `apart` is a session
    of its own, so that what is refused counts.
    """
    await _count(apart, key, opened, now)
    async with session.begin():
        return await _show(session, key, await _of_guest(session, key, opened), now)


async def cancel_as_guest(
    apart: AsyncSession, session: AsyncSession, key: MasterKey, opened: Opened, now: datetime
) -> Shown:
    """Give that appointment up; raises what `find_as_guest` and `cancel` raise."""
    await _count(apart, key, opened, now)
    async with session.begin():
        return await _cancel(session, key, await _of_guest(session, key, opened), GUEST, now)


async def reschedule_as_guest(
    apart: AsyncSession, session: AsyncSession, key: MasterKey, opened: Opened, slot_id: int, now: datetime
) -> Shown:
    """Have that appointment at other slots; raises what `find_as_guest` and `reschedule` raise."""
    await _count(apart, key, opened, now)
    async with session.begin():
        found = await _of_guest(session, key, opened)
        return await move_to(session, key, found, slot_id, GUEST, now)


async def take_away(
    session: AsyncSession, key: MasterKey, appointment_id: UUID, reason: str, now: datetime
) -> Appointment | None:
    """Take an appointment away for the office, within the caller's transaction; as it stands then.

    None when it had ended before: a hold that is over expires. Its places come back at once.
    """
    found = await storage.lock(session, key, appointment_id)
    if found is None or found.state not in (State.HELD, State.CONFIRMED):
        return None
    if domain.as_of(found, now).state is State.EXPIRED:
        await storage.move(session, key, found, State.EXPIRED, SYSTEM, now)
        return None
    return await storage.move(session, key, found, State.CANCELLED_BY_OFFICE, SYSTEM, now, reason)


async def move_to(
    session: AsyncSession, key: MasterKey, found: Appointment, slot_id: int, actor: Actor, now: datetime
) -> Shown:
    """Have a confirmed appointment at other slots, within the caller's transaction, which holds its row.

    Raises `AppointmentState`, `TooLateToChange`, `SlotNotFound`, `SlotTaken`, `OutsideWindow`,
    `TypeNotServed`.
    """
    legal = await rules.read(session, CANCEL_RULE, *booking.RULES)
    row = await _bookable(session, slot_id, found.type, found.size, legal, now)
    places = spread(row, found.size, now)
    moved = domain.put_elsewhere(found, [slot for slot in row if slot.id in places], now)
    domain.must_be_in_time(found, legal, now)
    await slots.take(session, places)
    await storage.put_elsewhere(session, key, found, moved, places, actor, now)
    return await _show(session, key, moved, now)


def secret_of(key: MasterKey, appointment_id: UUID) -> str:
    """The secret of the link that confirms an appointment."""
    return confirmation.secret_of(appointment_id, key.digest(Purpose.CODES, f"secret: {appointment_id}"))


def digits_of(key: MasterKey, appointment_id: UUID) -> str:
    """The six digits that confirm it."""
    return confirmation.digits_of(key.digest(Purpose.CODES, f"digits: {appointment_id}"))


def account_of(caller: Principal) -> UUID:
    """The person in whose name the caller acts."""
    return caller.on_behalf_of or caller.person_id


def actor_of(caller: Principal) -> Actor:
    """The person who acts."""
    return Actor(ActorKind.PERSON, caller.person_id)


async def note_access(
    session: AsyncSession, caller: Principal, action: Action, record: UUID, now: datetime
) -> None:
    """A line of the principal's access log, when somebody acts for them; in the caller's transaction."""
    if caller.on_behalf_of is None:
        return
    line = access.line(
        caller,
        action=action,
        resource_type="appointment",
        resource_id=record,
        subject_person_id=caller.on_behalf_of,
        legal_basis=REPRESENTATION,
    )
    await outbox.record(session, RecordAccessed.of(line), now)


async def _book(session: AsyncSession, key: MasterKey, wish: Wish, booker: Booker, now: datetime) -> Shown:
    legal = await rules.read(session, *booking.RULES)
    booking.must_be_sound(wish.participants, legal, now)
    if booker.person_id:
        booking.must_have_room(await storage.lock_account(session, booker.person_id, now), legal, now)
    row = await _bookable(session, wish.slot_id, wish.type, len(wish.participants), legal, now)
    await _must_have_come(session, key, wish, legal, now)
    places = spread(row, len(wish.participants), now)
    await slots.take(session, places)
    used = [slot for slot in row if slot.id in places]
    wanted = booking.book(wish, used, booker, ids.new_id(), secrets.token_bytes(_CHANCE_BYTES), legal, now)
    made = await storage.add(session, key, wanted, wish.participants, places, booker.actor)
    if booker.principal:
        await note_access(session, booker.principal, Action.CREATE, made.id, now)
    return Shown(made, [Person(number, one) for number, one in enumerate(wish.participants)])


async def _bookable(
    session: AsyncSession, slot_id: int, type_code: str, size: int, legal: Rules, now: datetime
) -> Sequence[Slot]:
    row = await slots.consecutive(session, slot_id, size)
    if not row:
        raise SlotNotFound
    booking.must_be_in_window(row[0], legal, now)
    if not await slots.serves(session, row[0], type_code):
        raise TypeNotServed
    return row


async def _must_have_come(
    session: AsyncSession, key: MasterKey, wish: Wish, legal: Rules, now: datetime
) -> None:
    days = legal.on(NO_SHOW_RULE, local_date(now)).whole
    if days == 0:
        return
    since = now - timedelta(days=days)
    if numbers := await storage.missed_since(session, key, wish.participants, since):
        raise DidNotCome(numbers, days)


async def _of_caller(
    found: Appointment | None, session: AsyncSession, caller: Principal, action: Action, now: datetime
) -> Appointment:
    if found is None or found.person_id != account_of(caller):
        raise AppointmentNotFound
    await note_access(session, caller, action, found.id, now)
    return found


def _of_secret(key: MasterKey, secret: str) -> UUID:
    appointment_id = confirmation.appointment_of(secret)
    if appointment_id is None or not hmac.compare_digest(secret_of(key, appointment_id), secret):
        raise ConfirmationWrong
    return appointment_id


async def _count(apart: AsyncSession, key: MasterKey, opened: Opened, now: datetime) -> None:
    counted = [
        Try(Counted.LOOKUPS_OF_CODE, codes.read(opened.code)),
        Try(Counted.LOOKUPS_FROM_ADDRESS, network(opened.address)),
    ]
    await tries.take(apart, key, counted, now)


async def _of_guest(session: AsyncSession, key: MasterKey, opened: Opened) -> Appointment:
    found = await storage.by_code(session, key, opened.code, opened.last_four)
    if found is None:
        raise AppointmentNotFound
    return found


async def _confirm(session: AsyncSession, key: MasterKey, appointment_id: UUID, now: datetime) -> Shown:
    held = await storage.lock(session, key, appointment_id)
    if held is None:
        raise ConfirmationWrong
    return await _move(session, key, held, State.CONFIRMED, GUEST, now)


async def _cancel(
    session: AsyncSession, key: MasterKey, found: Appointment, actor: Actor, now: datetime
) -> Shown:
    if found.state is State.CANCELLED_BY_CITIZEN:
        return await _show(session, key, found, now)
    if domain.as_of(found, now).state in (State.HELD, State.CONFIRMED):
        domain.must_be_in_time(found, await rules.read(session, CANCEL_RULE), now)
    return await _move(session, key, found, State.CANCELLED_BY_CITIZEN, actor, now)


async def _move(
    session: AsyncSession, key: MasterKey, found: Appointment, to: State, actor: Actor, now: datetime
) -> Shown:
    return await _show(session, key, await storage.move(session, key, found, to, actor, now), now)


async def _show(session: AsyncSession, key: MasterKey, found: Appointment, now: datetime) -> Shown:
    return Shown(domain.as_of(found, now), await storage.persons(session, key, found.id))
