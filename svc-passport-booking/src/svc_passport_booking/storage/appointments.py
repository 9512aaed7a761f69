"""Appointments: rows in, domain values out; a move brings all that goes with it."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy import RowMapping, Select, bindparam, exists, insert, select, text, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.cnp import Cnp
from hub_core.language import Language
from hub_events import outbox
from hub_service import rules

from ..domain import appointments as domain
from ..domain import codes, slots
from ..domain.appointments import SYSTEM, Actor, Appointment, Contact, Participant, Person, Step
from ..domain.slots import Origin
from ..domain.states import ACTIVE, ActorKind, Channel, PersonState, State
from ..errors.appointments import AlreadyBooked
from ..events import appointments as events
from ..events.appointments import AppointmentMoved
from ..keys import MasterKey, Purpose
from ..reference.types import types
from ..tables.appointments import APPOINTMENTS, PERSONS, PLACES, STEPS
from ..tables.offices import OFFICES
from ..tables.slots import SLOTS
from . import slots as slot_storage

_SEALED: Final = frozenset({"code", "contact", "situation"})
_COPIED: Final = tuple(field.name for field in fields(Appointment) if field.name not in _SEALED)
_CHANGING: Final = (
    *("office_id", "pool_id", "starts_at", "ends_at", "state", "held_until"),
    *("confirmed_at", "ended_at", "end_reason"),
    *("arrived_at", "called_at", "desk", "version"),
)
"""What changes of an appointment, besides its situation; the rest stays as it was booked."""
_GIVEN_BACK: Final = {
    State.EXPIRED: Origin.HOLD,
    State.CANCELLED_BY_CITIZEN: Origin.CANCELLATION,
    State.CANCELLED_BY_OFFICE: Origin.CANCELLATION,
}
"""The ends at which the time is still to come, so that the places go to others."""
_CHANCE: Final = secrets.SystemRandom()

# Made once, with parameters: most of what a statement costs is its making.
_ADD: Final = (
    postgresql.insert(APPOINTMENTS)
    .on_conflict_do_nothing(index_elements=["code_key"])
    .returning(APPOINTMENTS.c.id)
)
_STORE: Final = (
    update(APPOINTMENTS)
    .where(APPOINTMENTS.c.id == bindparam("row_id"))
    .values({name: bindparam(name) for name in (*_CHANGING, "situation")})
)
_PERSONS_OF: Final = (
    select(PERSONS).where(PERSONS.c.appointment_id == bindparam("of_id")).order_by(PERSONS.c.number)
)
_STEPS_OF: Final = select(STEPS).where(STEPS.c.appointment_id == bindparam("of_id")).order_by(STEPS.c.version)
_ACTIVATE: Final = (
    update(PERSONS)
    .where(PERSONS.c.appointment_id == bindparam("of_id"))
    .values(is_active=bindparam("is_active"))
)
_LOCK_ACCOUNT: Final = text("SELECT active_of_account(:person_id, :now, true)")
# Written out, as their indexes have them: a condition with parameters finds no partial index.
_IS_ACTIVE: Final = text("persons.is_active")
_HELD: Final = text("state = 'HELD'")
_TO_COME: Final = text("state = 'CONFIRMED'")


def person_key(key: MasterKey, cnp: Cnp) -> bytes:
    """By which the appointments of a CNP are found."""
    return key.digest(Purpose.PEOPLE, f"cnp:{cnp.number}")


def code_key(key: MasterKey, code: str) -> bytes:
    """By which an appointment is found by its code, however it was typed."""
    return key.digest(Purpose.CODES, f"code:{codes.read(code)}")


async def add(
    session: AsyncSession,
    key: MasterKey,
    appointment: Appointment,
    participants: Sequence[Participant],
    places: Mapping[int, int],
    actor: Actor,
) -> Appointment:
    """Store a new appointment with its persons, its `places` by slot, its first step and its event.

    The places were taken by the caller. Holds of the same persons that are over end here. The answer has
    another code where that one is in use. Raises `AlreadyBooked`.
    """
    while (await session.execute(_ADD, row_of(key, appointment))).first() is None:
        appointment = replace(appointment, code=codes.code_of(secrets.token_bytes(len(appointment.code))))
    await _add_persons(session, key, appointment, participants)
    taken = [
        {"appointment_id": appointment.id, "slot_id": slot_id, "places": number}
        for slot_id, number in places.items()
    ]
    await session.execute(insert(PLACES), taken)
    await _tell(session, appointment, actor, appointment.created_at, None)
    return appointment


async def move(
    session: AsyncSession,
    key: MasterKey,
    appointment: Appointment,
    to: State,
    actor: Actor,
    now: datetime,
    reason: str | None = None,
    **changed: Any,
) -> Appointment:
    """The appointment in its next state, stored with all that goes with it; `changed` are other members.

    With it go its step, its event, whether its persons may book again, and, when it ends before its time,
    its places: after a random while, or at once when the office takes it away. The caller holds its row
    locked. Raises `AppointmentState`, and `AlreadyBooked` when its persons have booked again since.
    """
    moved = domain.move(appointment, to, now, reason, **changed)
    await store(session, key, moved)
    if (moved.state in ACTIVE) is not (appointment.state in ACTIVE):
        await _activate(session, moved)
    if to in _GIVEN_BACK:
        at_once = to is State.CANCELLED_BY_OFFICE
        due_at = None if at_once else await release_at(session, now)
        await slot_storage.give_back(session, moved.id, due_at, _GIVEN_BACK[to])
    await _tell(session, moved, actor, now, reason)
    return moved


async def put_elsewhere(
    session: AsyncSession,
    key: MasterKey,
    before: Appointment,
    after: Appointment,
    places: Mapping[int, int],
    actor: Actor,
    now: datetime,
) -> None:
    """Store an appointment that has other places now, which the caller has taken; the former ones go back.

    Its step and its event go with it. The caller holds its row locked.
    """
    await store(session, key, after)
    await slot_storage.give_back(session, after.id, await release_at(session, now), Origin.MOVE)
    taken = [
        {"appointment_id": after.id, "slot_id": slot_id, "places": number}
        for slot_id, number in places.items()
    ]
    await session.execute(insert(PLACES), taken)
    await _add_step(session, after, actor, now, Origin.MOVE.value)
    await outbox.record(session, AppointmentMoved.from_to(before, after), now)


async def store(session: AsyncSession, key: MasterKey, appointment: Appointment) -> None:
    """Store what has changed of an appointment besides its state; who holds its row locked may."""
    facts = {name: getattr(appointment, name) for name in _CHANGING}
    await session.execute(
        _STORE, facts | {"row_id": appointment.id, "situation": _situation(key, appointment)}
    )


async def read(session: AsyncSession, key: MasterKey, appointment_id: UUID) -> Appointment | None:
    """An appointment, as it is stored: `domain.as_of` says how it stands now."""
    return await _one(session, key, select(APPOINTMENTS).where(APPOINTMENTS.c.id == appointment_id))


async def find_all(session: AsyncSession, key: MasterKey, wanted: Select[Any]) -> list[Appointment]:
    """The appointments of a query of their table, in its order, as they are stored."""
    return [_appointment(key, row) for row in (await session.execute(wanted)).mappings()]


async def lock(session: AsyncSession, key: MasterKey, appointment_id: UUID) -> Appointment | None:
    """An appointment; its row is locked until the transaction ends."""
    wanted = select(APPOINTMENTS).where(APPOINTMENTS.c.id == appointment_id)
    return await _one(session, key, wanted.with_for_update(key_share=True))


async def by_code(session: AsyncSession, key: MasterKey, code: str, last_four: str) -> Appointment | None:
    """The appointment with a code, if one of its persons has these last four digits; locked."""
    wanted = select(APPOINTMENTS).where(APPOINTMENTS.c.code_key == code_key(key, code))
    found = await _one(session, key, wanted.with_for_update(key_share=True))
    whose = found.id if found else UUID(int=0)
    comes = select(PERSONS.c.number).where(
        PERSONS.c.appointment_id == whose, PERSONS.c.tail_key == _tail_key(key, whose, last_four)
    )
    is_theirs = (await session.scalars(comes)).first() is not None
    return found if is_theirs else None


async def id_of(session: AsyncSession, key: MasterKey, code: str) -> UUID | None:
    """Which appointment has a code."""
    wanted = select(APPOINTMENTS.c.id).where(APPOINTMENTS.c.code_key == code_key(key, code))
    found: UUID | None = await session.scalar(wanted)
    return found


async def of_account(
    session: AsyncSession, key: MasterKey, person_id: UUID, *, before: UUID | None, limit: int
) -> Sequence[Appointment]:
    """The appointments of an account, newest first, of those before the appointment `before`."""
    wanted = select(APPOINTMENTS).where(APPOINTMENTS.c.person_id == person_id)
    if before:
        wanted = wanted.where(APPOINTMENTS.c.id < before)
    rows = await session.execute(wanted.order_by(APPOINTMENTS.c.id.desc()).limit(limit))
    return [_appointment(key, row) for row in rows.mappings()]


async def lock_account(session: AsyncSession, person_id: UUID, now: datetime) -> int:
    """How many active appointments an account has; nobody else books for it before the transaction ends.

    Before any slot is locked: a batch does the same (`batches`), and waits for no account.
    """
    active: int = await session.scalar(_LOCK_ACCOUNT, {"person_id": person_id, "now": now})
    return active


async def lock_over(session: AsyncSession, key: MasterKey, now: datetime) -> Appointment | None:
    """A hold that is over and not yet noted as such, locked; what others have in hand is passed over."""
    wanted = select(APPOINTMENTS).where(_HELD, APPOINTMENTS.c.held_until <= now)
    return await _next(session, key, wanted.order_by(APPOINTMENTS.c.held_until))


async def lock_missed(session: AsyncSession, key: MasterKey, before: datetime) -> Appointment | None:
    """A confirmed appointment that began before an instant, locked, in the same way.

    Who met closed doors has missed nothing.
    """
    of_closed = exists().where(
        PLACES.c.appointment_id == APPOINTMENTS.c.id, PLACES.c.slot_id == SLOTS.c.id, SLOTS.c.closed
    )
    wanted = select(APPOINTMENTS).where(_TO_COME, APPOINTMENTS.c.starts_at < before, ~of_closed)
    return await _next(session, key, wanted.order_by(APPOINTMENTS.c.starts_at))


async def missed_since(
    session: AsyncSession, key: MasterKey, participants: Sequence[Participant], since: datetime
) -> Sequence[int]:
    """Who of these persons did not come to an appointment that began after an instant, by number."""
    numbers = {person_key(key, one.cnp): number for number, one in enumerate(participants)}
    missed = (
        select(PERSONS.c.person_key)
        .join_from(PERSONS, APPOINTMENTS)
        .where(
            PERSONS.c.person_key.in_(numbers),
            APPOINTMENTS.c.state == State.NO_SHOW,
            APPOINTMENTS.c.starts_at > since,
        )
    )
    return [numbers[one] for one in await session.scalars(missed)]


async def follow_person(session: AsyncSession, former_id: UUID, person_id: UUID) -> None:
    """Appointments of one account become another's."""
    theirs = update(APPOINTMENTS).where(APPOINTMENTS.c.person_id == former_id)
    await session.execute(theirs.values(person_id=person_id))


async def place_of(session: AsyncSession, office_id: UUID) -> tuple[Mapping[str, str], str | None]:
    """Names by language and address of the office of an appointment."""
    row = (
        await session.execute(select(OFFICES.c.names, OFFICES.c.address).where(OFFICES.c.id == office_id))
    ).one()
    return row.names, row.address


async def persons(session: AsyncSession, key: MasterKey, appointment_id: UUID) -> Sequence[Person]:
    """The persons of an appointment, in the order they were named."""
    found = await session.execute(_PERSONS_OF, {"of_id": appointment_id})
    return [
        Person(
            number=row.number,
            participant=_unsealed(key, appointment_id, row.number, row.sealed),
            state=PersonState(row.state),
            reason=row.reason,
        )
        for row in found
    ]


async def steps(session: AsyncSession, appointment_id: UUID) -> Sequence[Step]:
    """The steps of an appointment, the first one first."""
    found = await session.execute(_STEPS_OF, {"of_id": appointment_id})
    return [
        Step(
            row.version, State(row.state), row.at, Actor(ActorKind(row.actor_kind), row.actor_id), row.reason
        )
        for row in found
    ]


async def release_at(session: AsyncSession, now: datetime) -> datetime:
    """When places given back now come back to the public: after a random while by the rule tables."""
    legal = await rules.read(session, *slots.RELEASE_RULES)
    return slots.release_at(_CHANCE.random(), legal, now)


async def _add_persons(
    session: AsyncSession, key: MasterKey, appointment: Appointment, participants: Sequence[Participant]
) -> None:
    """Store the persons; in the order of their keys, so that two families never wait for each other."""
    family = types()[appointment.type].family
    rows = [
        {"appointment_id": appointment.id, **row_of_person(key, appointment, number, one)}
        for number, one in enumerate(participants)
    ]
    missing = await _insert_persons(session, rows)
    if missing:
        await _expire_holds(session, key, family, [row["person_key"] for row in missing], appointment)
        missing = await _insert_persons(session, missing)
    if missing:
        raise AlreadyBooked([row["number"] for row in missing])


async def _insert_persons(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Which of the rows could not be stored, because the person has another active appointment."""
    adding = (
        postgresql.insert(PERSONS)
        .values(sorted(rows, key=lambda row: row["person_key"]))
        .on_conflict_do_nothing(index_elements=["person_key", "family"], index_where=_IS_ACTIVE)
        .returning(PERSONS.c.number)
    )
    stored = set(await session.scalars(adding))
    return [row for row in rows if row["number"] not in stored]


async def _expire_holds(
    session: AsyncSession, key: MasterKey, family: str, person_keys: Sequence[bytes], instead: Appointment
) -> None:
    """End the holds of these persons that are over: they stand in the way of nobody."""
    theirs = select(PERSONS.c.appointment_id).where(
        PERSONS.c.person_key.in_(person_keys), PERSONS.c.family == family, _IS_ACTIVE
    )
    over = (
        select(APPOINTMENTS)
        .where(
            APPOINTMENTS.c.id.in_(theirs),
            APPOINTMENTS.c.state == State.HELD,
            APPOINTMENTS.c.held_until <= instead.created_at,
        )
        .order_by(APPOINTMENTS.c.id)
        .with_for_update(key_share=True)
    )
    for row in (await session.execute(over)).mappings().all():
        await move(session, key, _appointment(key, row), State.EXPIRED, SYSTEM, instead.created_at)


async def _activate(session: AsyncSession, appointment: Appointment) -> None:
    is_active = appointment.state in ACTIVE
    if is_active:
        mine = select(PERSONS.c.person_key, PERSONS.c.family, PERSONS.c.number).where(
            PERSONS.c.appointment_id == appointment.id
        )
        of_mine = mine.cte("mine")
        others = select(of_mine.c.number).join(
            PERSONS, (PERSONS.c.person_key == of_mine.c.person_key) & (PERSONS.c.family == of_mine.c.family)
        )
        taken = (await session.scalars(others.where(_IS_ACTIVE))).all()
        if taken:
            raise AlreadyBooked(taken)
    await session.execute(_ACTIVATE, {"of_id": appointment.id, "is_active": is_active})


async def _tell(
    session: AsyncSession, appointment: Appointment, actor: Actor, now: datetime, reason: str | None
) -> None:
    await _add_step(session, appointment, actor, now, reason)
    await outbox.record(session, events.of(appointment, reason), now)


async def _add_step(
    session: AsyncSession, appointment: Appointment, actor: Actor, now: datetime, reason: str | None
) -> None:
    step = {
        "appointment_id": appointment.id,
        "version": appointment.version,
        "state": appointment.state,
        "at": now,
        "actor_kind": actor.kind,
        "actor_id": actor.id,
        "reason": reason,
    }
    await session.execute(insert(STEPS), step)


async def _next(session: AsyncSession, key: MasterKey, wanted: Select[Any]) -> Appointment | None:
    return await _one(session, key, wanted.limit(1).with_for_update(skip_locked=True, key_share=True))


async def _one(session: AsyncSession, key: MasterKey, wanted: Select[Any]) -> Appointment | None:
    row = (await session.execute(wanted)).mappings().first()
    return _appointment(key, row) if row else None


def row_of(key: MasterKey, appointment: Appointment) -> dict[str, Any]:
    """The row of an appointment."""
    contact = appointment.contact
    return {
        **{name: getattr(appointment, name) for name in _COPIED},
        "code_key": code_key(key, appointment.code),
        "code": key.seal(appointment.code.encode(), f"code:{appointment.id}"),
        "contact": key.seal(orjson.dumps([contact.email, contact.phone]), f"contact:{appointment.id}")
        if contact
        else None,
        "situation": _situation(key, appointment),
    }


def row_of_person(key: MasterKey, appointment: Appointment, number: int, one: Participant) -> dict[str, Any]:
    """The row of a person of an appointment, without the appointment's id."""
    return {
        "number": number,
        "family": types()[appointment.type].family,
        "person_key": person_key(key, one.cnp),
        "tail_key": _tail_key(key, appointment.id, one.last_four),
        "sealed": _sealed(key, appointment.id, number, one),
    }


def _situation(key: MasterKey, appointment: Appointment) -> bytes | None:
    if not appointment.situation:
        return None
    return key.seal(orjson.dumps(dict(appointment.situation)), f"situation:{appointment.id}")


def _appointment(key: MasterKey, row: RowMapping) -> Appointment:
    own = row["id"]
    contact, situation = row["contact"], row["situation"]
    facts = {name: row[name] for name in _COPIED}
    facts |= {
        "state": State(row["state"]),
        "channel": Channel(row["channel"]),
        "language": Language(row["language"]),
        "code": key.unseal(row["code"], f"code:{own}").decode(),
        "contact": Contact(*orjson.loads(key.unseal(contact, f"contact:{own}"))) if contact else None,
        "situation": orjson.loads(key.unseal(situation, f"situation:{own}")) if situation else {},
    }
    return Appointment(**facts)


def _sealed(key: MasterKey, appointment_id: UUID, number: int, one: Participant) -> bytes:
    said = orjson.dumps([one.family_name, one.given_name, one.cnp.number])
    return key.seal(said, f"person:{appointment_id}:{number}")


def _unsealed(key: MasterKey, appointment_id: UUID, number: int, sealed: bytes) -> Participant:
    family_name, given_name, cnp = orjson.loads(key.unseal(sealed, f"person:{appointment_id}:{number}"))
    return Participant(family_name, given_name, Cnp(cnp))


def _tail_key(key: MasterKey, appointment_id: UUID, last_four: str) -> bytes:
    return key.digest(Purpose.PEOPLE, f"tail:{appointment_id}:{last_four}")
