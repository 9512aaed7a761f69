"""Applications: handed in, moved on, looked up, told of. One function per verb."""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import ids
from hub_core.clock import local_date
from hub_core.phone import Phone
from hub_core.tries import Try, network
from hub_service.policy import Official

from ..domain import applications as domain
from ..domain.applications import Answer, Application, Moved, Stage
from ..domain.appointments import SYSTEM, Actor, Appointment, Person
from ..domain.desk import Outcome
from ..domain.tries import Counted
from ..errors.applications import ApplicationNotFound, ApplicationState
from ..keys import MasterKey
from ..reference.types import types
from ..storage import applications as storage
from ..storage import appointments
from . import officials, tries


@dataclass(frozen=True, slots=True, repr=False)
class Pair:
    """The other way to an application: the last nine digits of a personal number, and the day."""

    end_digits: str
    applied_on: date


@dataclass(frozen=True, slots=True, repr=False)
class Message:
    """What is told when something can be fetched, and to which telephone; none who does not want it."""

    application: Application
    office_names: Mapping[str, str]
    office_address: str | None


async def open_one(
    session: AsyncSession,
    key: MasterKey,
    appointment: Appointment,
    person: Person,
    outcome: Outcome,
    actor: Actor,
    now: datetime,
) -> None:
    """Open the application of a person who was served, within the caller's transaction.

    Raises `ApplicationNumberUsed`, `NoPickUpMessages`.
    """
    today = local_date(now)
    opened = Application(
        id=ids.new_id(),
        number=domain.read_number(outcome.application_number or ""),
        office_id=appointment.office_id,
        type=appointment.type,
        appointment_id=appointment.id,
        person_number=person.number,
        person_id=appointment.person_id,
        state=Stage.IN_ANALYSIS,
        applied_on=today,
        search_key=storage.search_key(key, domain.end_of(person.participant.cnp), today),
        phone=None,
        phone_since=None,
        language=appointment.language,
        changed_at=now,
    )
    await storage.add(session, key, domain.tell(opened, outcome.phone, now), actor, now)


async def list_of_office(
    session: AsyncSession,
    key: MasterKey,
    official: Official,
    office_id: UUID,
    state: Stage,
    after: UUID | None,
    limit: int,
) -> Sequence[Application]:
    """The applications of an office in a state, the oldest first. Raises `BookingOfficeNotFound`."""
    async with session.begin():
        await officials.office_of(session, official, office_id)
        return await storage.of_office(session, key, office_id, state, after, limit)


async def move(
    session: AsyncSession,
    key: MasterKey,
    official: Official,
    office_id: UUID,
    application_id: UUID,
    to: Stage,
    now: datetime,
) -> Application:
    """An application in its next state; one that is there already stays as it is.

    Raises `BookingOfficeNotFound`, `ApplicationNotFound`, `ApplicationState`, `OwnCase`.
    """
    async with session.begin():
        await officials.office_of(session, official, office_id)
        found = await storage.lock(session, key, application_id)
        if found is None or found.office_id != office_id:
            raise ApplicationNotFound
        officials.refuse_own_case(official, found.person_id)
        if found.state is to:
            return found
        moved = domain.move(found, to, types()[found.type].stages, now)
        await storage.move(session, moved, officials.actor(official), now)
        return moved


async def move_all(
    session: AsyncSession, key: MasterKey, wanted: Sequence[Moved], now: datetime
) -> Sequence[Answer]:
    """What the production system says of applications, each line by itself, in the order they are sent.

    A line that comes again changes nothing; what is not possible leaves the others as they are.
    """
    async with session.begin():
        known = dict(await storage.lock_numbers(session, key, {one.number for one in wanted}))
        return [await _move_one(session, known, one, now) for one in wanted]


async def state_of(
    apart: AsyncSession,
    session: AsyncSession,
    key: MasterKey,
    asked: str | Pair,
    address: str,
    now: datetime,
) -> tuple[Stage, date] | None:
    """State and day of the last change of the application with a number, or of the one of a pair.

    None for none, and in the same way for several. Raises `TriedTooOften`.
    """
    if isinstance(asked, Pair):
        await _count(apart, key, f"{asked.end_digits} {asked.applied_on}", address, now)
        mine = storage.search_key(key, asked.end_digits, asked.applied_on)
        async with session.begin():
            return await storage.state_of(session, key=mine)
    number = domain.read_number(asked)
    await _count(apart, key, number, address, now)
    async with session.begin():
        return await storage.state_of(session, number=number)


async def tell_when_ready(
    apart: AsyncSession,
    session: AsyncSession,
    key: MasterKey,
    number: str,
    end_digits: str,
    phone: Phone | None,
    address: str,
    now: datetime,
) -> Application:
    """Tell the telephone when the application can be fetched; none any more without one.

    Raises `ApplicationNotFound`, the same for every wrong pair, `NoPickUpMessages`, `TriedTooOften`.
    """
    number = domain.read_number(number)
    await _count(apart, key, number, address, now)
    async with session.begin():
        found = await storage.lock_by_number(session, key, number)
        applied_on = found.applied_on if found else local_date(now)
        own = storage.search_key(key, end_digits, applied_on)
        if found is None or not hmac.compare_digest(found.search_key, own):
            raise ApplicationNotFound
        told = domain.tell(found, phone, now)
        await storage.store_phone(session, key, told)
        return told


async def message_of(session: AsyncSession, key: MasterKey, application_id: UUID) -> Message:
    """What a message about an application tells; raises `ApplicationNotFound`."""
    async with session.begin():
        found = await storage.read(session, key, application_id)
        if found is None:
            raise ApplicationNotFound
        names, address = await appointments.place_of(session, found.office_id)
    return Message(found, names, address)


async def _count(apart: AsyncSession, key: MasterKey, of: str, address: str, now: datetime) -> None:
    counted = [
        Try(Counted.STATES_OF_APPLICATION, of),
        Try(Counted.STATES_FROM_ADDRESS, network(address)),
    ]
    await tries.take(apart, key, counted, now)


async def _move_one(
    session: AsyncSession, known: dict[str, Application], wanted: Moved, now: datetime
) -> Answer:
    found = known.get(wanted.number)
    if found is None:
        return Answer.NOT_FOUND
    if found.state is wanted.state:
        return Answer.UNCHANGED
    try:
        moved = domain.move(found, wanted.state, types()[found.type].stages, now)
    except ApplicationState:
        return Answer.NOT_POSSIBLE
    await storage.move(session, moved, SYSTEM, now)
    known[wanted.number] = moved
    return Answer.MOVED
