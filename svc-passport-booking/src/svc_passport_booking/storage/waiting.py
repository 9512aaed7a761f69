"""The waiting list: rows in, domain values out."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy import (
    RowMapping,
    Select,
    and_,
    any_,
    bindparam,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.clock import local_date
from hub_core.cnp import Cnp
from hub_core.language import Language

from ..domain import codes
from ..domain.appointments import Contact, Participant
from ..domain.slots import Slot
from ..domain.states import State as AppointmentState
from ..domain.waiting import EndReason, Entry, Kind, State, Told
from ..errors.waiting import AlreadyWaiting
from ..keys import MasterKey, Purpose
from ..tables.appointments import APPOINTMENTS, PERSONS
from ..tables.offices import OFFICES, POOL_TYPES
from ..tables.openings import OPENINGS
from ..tables.waiting import WAITING, WAITING_OFFERS, WAITING_PERSONS
from .appointments import person_key

_SEALED: Final = frozenset({"code", "contact"})
_COPIED: Final = tuple(field.name for field in fields(Entry) if field.name not in _SEALED)
_CHANGING: Final = (
    *("state", "end_reason", "ended_at", "has_priority", "rank", "offered_id", "offered_slot_id"),
    *("offered_until", "unanswered", "version"),
)
_IS_ACTIVE: Final = text("waiting_persons.is_active")
_STORE: Final = (
    update(WAITING)
    .where(WAITING.c.id == bindparam("row_id"))
    .values({name: bindparam(name) for name in _CHANGING})
)
_ORDER: Final = (
    WAITING.c.has_priority.desc(),
    WAITING.c.opening_id.is_(None),
    WAITING.c.rank,
    WAITING.c.seq,
)
"""Who is asked first: whom an office moved, then a draw's winners, then who joined first."""


def code_key(key: MasterKey, code: str) -> bytes:
    """By which an entry is found by its code, however it was typed."""
    return key.digest(Purpose.CODES, f"waiting:{codes.read(code)}")


async def add(
    session: AsyncSession, key: MasterKey, entry: Entry, family: str, participants: Sequence[Participant]
) -> Entry:
    """Store a new entry with its persons; raises `AlreadyWaiting`."""
    await session.execute(insert(WAITING), _values(key, entry))
    rows = [
        {
            "entry_id": entry.id,
            "number": number,
            "family": family,
            "opening_id": entry.opening_id,
            "person_key": person_key(key, one.cnp),
            "tail_key": _tail_key(key, entry.id, one.last_four),
            "sealed": key.seal(
                orjson.dumps([one.family_name, one.given_name, one.cnp.number]),
                f"waiting-person:{entry.id}:{number}",
            ),
        }
        for number, one in enumerate(participants)
    ]
    adding = (
        postgresql.insert(WAITING_PERSONS)
        .values(sorted(rows, key=lambda row: row["person_key"]))
        .on_conflict_do_nothing(index_elements=["person_key", "family", "opening_id"], index_where=_IS_ACTIVE)
        .returning(WAITING_PERSONS.c.number)
    )
    stored = set(await session.scalars(adding))
    if missing := set(range(len(rows))) - stored:
        raise AlreadyWaiting(missing)
    return entry


async def booked(
    session: AsyncSession,
    key: MasterKey,
    family: str,
    participants: Sequence[Participant],
    now: datetime,
    *,
    firmly: bool = False,
) -> list[int]:
    """Which of these persons have an active appointment of a family, by number; a hold that is over is none.

    `firmly`: of those that are held, none counts.
    """
    keys = {person_key(key, one.cnp): number for number, one in enumerate(participants)}
    confirmed = APPOINTMENTS.c.state != AppointmentState.HELD
    stands = confirmed if firmly else or_(confirmed, APPOINTMENTS.c.held_until > now)
    wanted = select(PERSONS.c.person_key).where(
        PERSONS.c.person_key.in_(keys), PERSONS.c.family == family, PERSONS.c.is_active, stands
    )
    found = await session.scalars(wanted.join(APPOINTMENTS))
    return sorted(keys[each] for each in found)


async def store(session: AsyncSession, entry: Entry) -> None:
    """Store what has changed of an entry; who holds its row locked may. Its persons end with it."""
    await session.execute(_STORE, {name: getattr(entry, name) for name in _CHANGING} | {"row_id": entry.id})
    if entry.state is State.ENDED:
        mine = WAITING_PERSONS.c.entry_id == entry.id
        await session.execute(update(WAITING_PERSONS).where(mine).values(is_active=False))


async def read(session: AsyncSession, key: MasterKey, entry_id: UUID) -> Entry | None:
    """An entry."""
    return await _one(session, key, select(WAITING).where(WAITING.c.id == entry_id))


async def lock(session: AsyncSession, key: MasterKey, entry_id: UUID) -> Entry | None:
    """An entry; its row is locked until the transaction ends."""
    return await _one(session, key, select(WAITING).where(WAITING.c.id == entry_id).with_for_update())


async def by_code(session: AsyncSession, key: MasterKey, code: str, last_four: str) -> Entry | None:
    """The entry with a code, if one of its persons' CNP ends so; its row is locked."""
    wanted = select(WAITING).where(WAITING.c.code_key == code_key(key, code)).with_for_update()
    found = await _one(session, key, wanted)
    if found is None:
        return None
    tail = _tail_key(key, found.id, last_four)
    fits = select(WAITING_PERSONS.c.number).where(
        WAITING_PERSONS.c.entry_id == found.id, WAITING_PERSONS.c.tail_key == tail
    )
    return found if (await session.scalars(fits)).first() is not None else None


async def of_account(
    session: AsyncSession, key: MasterKey, person_id: UUID, *, before: UUID | None, limit: int
) -> Sequence[Entry]:
    """The entries of an account, newest first."""
    wanted = select(WAITING).where(WAITING.c.person_id == person_id)
    if before:
        wanted = wanted.where(WAITING.c.id < before)
    found = await session.execute(wanted.order_by(WAITING.c.id.desc()).limit(limit))
    return [_entry(key, row) for row in found.mappings()]


async def follow_person(session: AsyncSession, former_id: UUID, person_id: UUID) -> None:
    """Entries of one account become another's."""
    theirs = update(WAITING).where(WAITING.c.person_id == former_id)
    await session.execute(theirs.values(person_id=person_id))


async def participants(session: AsyncSession, key: MasterKey, entry_id: UUID) -> Sequence[Participant]:
    """The persons of an entry, in the order they were named."""
    wanted = select(WAITING_PERSONS).where(WAITING_PERSONS.c.entry_id == entry_id)
    found = await session.execute(wanted.order_by(WAITING_PERSONS.c.number))
    said = [orjson.loads(key.unseal(row.sealed, f"waiting-person:{entry_id}:{row.number}")) for row in found]
    return [Participant(family_name, given_name, Cnp(cnp)) for family_name, given_name, cnp in said]


async def ahead(session: AsyncSession, entry: Entry) -> int:
    """How many entries would be asked before this one for a place that both could take.

    Those that wait for the same topic, on a day and at an office that this one waits for too.
    """
    mine = select(WAITING.c.seq).where(WAITING.c.id == entry.id).scalar_subquery()
    waits = WAITING.c.state != State.ENDED
    if entry.opening_id is not None:
        before = func.coalesce(WAITING.c.rank, 0) < (entry.rank or 0)
        theirs = [WAITING.c.opening_id == entry.opening_id]
    else:
        first = WAITING.c.seq < mine
        before = first if not entry.has_priority else and_(first, WAITING.c.has_priority)
        if not entry.has_priority:
            before = or_(before, WAITING.c.has_priority)
        theirs = [
            WAITING.c.opening_id.is_(None),
            WAITING.c.kind == entry.kind,
            WAITING.c.topic == entry.topic,
            WAITING.c.county == entry.county,
            WAITING.c.days_from <= entry.days_to,
            WAITING.c.days_to >= entry.days_from,
        ]
        if entry.office_id is not None:
            theirs.append(or_(WAITING.c.office_id.is_(None), WAITING.c.office_id == entry.office_id))
    counted = select(func.count()).where(WAITING.c.id != entry.id, waits, before, *theirs)
    return await session.scalar(counted) or 0


async def lock_next(
    session: AsyncSession, key: MasterKey, slot: Slot, places: int, passed: Sequence[UUID], now: datetime
) -> Entry | None:
    """Who is asked next for at most so many places of a slot, locked; those `passed` over are left out.

    Before a slot opens only the winners of its draw are asked.
    """
    opening = select(OPENINGS.c.id).where(
        OPENINGS.c.pool_id == slot.pool_id,
        OPENINGS.c.days_from <= local_date(slot.starts_at),
        OPENINGS.c.days_to >= local_date(slot.starts_at),
    )
    drawn = and_(WAITING.c.rank.is_not(None), WAITING.c.opening_id.in_(opening))
    is_open = slot.opens_at is None or slot.opens_at <= now
    wanted = _matching(slot, places).where(
        WAITING.c.kind == Kind.PLACE,
        WAITING.c.id.not_in(passed),
        or_(drawn, WAITING.c.opening_id.is_(None)) if is_open else drawn,
    )
    return await _one(session, key, _locked(wanted.order_by(*_ORDER).limit(1)))


async def lock_alerts(session: AsyncSession, key: MasterKey, slot: Slot, places: int) -> Sequence[Entry]:
    """Those who have a later appointment and asked to be told of an earlier place, in order, locked."""
    later = exists().where(
        APPOINTMENTS.c.id == WAITING.c.appointment_id,
        APPOINTMENTS.c.state == AppointmentState.CONFIRMED,
        APPOINTMENTS.c.starts_at > slot.starts_at,
    )
    wanted = _matching(slot, places).where(WAITING.c.kind == Kind.ALERT, later).order_by(WAITING.c.seq)
    rows = await session.execute(_locked(wanted))
    return [_entry(key, row) for row in rows.mappings()]


async def was_kept(session: AsyncSession, slot_id: int) -> bool:
    """Whether a place of a slot was kept for an alert before."""
    kept = select(WAITING_OFFERS.c.entry_id).where(
        WAITING_OFFERS.c.slot_id == slot_id, WAITING_OFFERS.c.kind == Told.KEPT
    )
    return (await session.scalars(kept.limit(1))).first() is not None


async def note(session: AsyncSession, entry_id: UUID, slot_id: int, told: Told, now: datetime) -> None:
    """Keep that somebody was told of a slot: it does not happen twice."""
    values = {"entry_id": entry_id, "slot_id": slot_id, "kind": told, "at": now}
    await session.execute(insert(WAITING_OFFERS), values)


async def lock_to_settle(
    session: AsyncSession, key: MasterKey, now: datetime
) -> tuple[Entry, AppointmentState | None] | None:
    """The next entry whose offer was answered or has lapsed, locked, with the state of its appointment."""
    answered = APPOINTMENTS.c.state != AppointmentState.HELD
    wanted = (
        select(WAITING, APPOINTMENTS.c.state.label("offer"))
        .outerjoin(APPOINTMENTS, APPOINTMENTS.c.id == WAITING.c.offered_id)
        .where(WAITING.c.state == State.OFFERED, or_(WAITING.c.offered_until <= now, answered))
        .order_by(WAITING.c.offered_until)
        .limit(1)
    )
    row = (await session.execute(_locked(wanted))).mappings().first()
    if row is None:
        return None
    return _entry(key, row), AppointmentState(row["offer"]) if row["offer"] else None


async def lock_over(session: AsyncSession, key: MasterKey, now: datetime) -> Entry | None:
    """The next entry whose days have passed, or which is the alert of an appointment that has ended."""
    ended = exists().where(
        APPOINTMENTS.c.id == WAITING.c.appointment_id, APPOINTMENTS.c.state != AppointmentState.CONFIRMED
    )
    wanted = select(WAITING).where(
        WAITING.c.state == State.WAITING,
        or_(WAITING.c.days_to < local_date(now), and_(WAITING.c.kind == Kind.ALERT, ended)),
    )
    return await _one(session, key, _locked(wanted.order_by(WAITING.c.seq).limit(1)))


async def lock_alerts_of(session: AsyncSession, key: MasterKey, appointment_id: UUID) -> Sequence[Entry]:
    """The entries that wait for an earlier place than an appointment's, locked."""
    wanted = select(WAITING).where(
        WAITING.c.appointment_id == appointment_id,
        WAITING.c.kind == Kind.ALERT,
        WAITING.c.state != State.ENDED,
    )
    rows = await session.execute(wanted.with_for_update())
    return [_entry(key, row) for row in rows.mappings()]


async def offer_state(session: AsyncSession, entry: Entry) -> AppointmentState | None:
    """Where the appointment stands that is offered to somebody; None when it is none."""
    if entry.offered_id is None:
        return None
    wanted = select(APPOINTMENTS.c.state).where(APPOINTMENTS.c.id == entry.offered_id)
    return AppointmentState((await session.scalars(wanted)).one())


async def entries_of_draw(session: AsyncSession, opening_id: UUID) -> Sequence[UUID]:
    """The entries that take part in a draw and have not left."""
    wanted = select(WAITING.c.id).where(WAITING.c.opening_id == opening_id, WAITING.c.state == State.WAITING)
    return (await session.scalars(wanted.order_by(WAITING.c.seq))).all()


async def rank(session: AsyncSession, ranks: Mapping[UUID, int]) -> None:
    """Give the entries of a draw their places in it."""
    if ranks:
        statement = (
            update(WAITING)
            .where(WAITING.c.id == bindparam("row_id"))
            .values(rank=bindparam("drawn"), version=WAITING.c.version + 1)
        )
        rows = [{"row_id": entry_id, "drawn": place} for entry_id, place in ranks.items()]
        connection = await session.connection()
        await connection.execute(statement, rows)


async def ranked(
    session: AsyncSession, opening_id: UUID, after: int, limit: int
) -> Sequence[tuple[int, UUID]]:
    """The places of a draw after one, each with its entry."""
    wanted = select(WAITING.c.rank, WAITING.c.id).where(
        WAITING.c.opening_id == opening_id, WAITING.c.rank > after
    )
    rows = await session.execute(wanted.order_by(WAITING.c.rank).limit(limit))
    return [(row.rank, row.id) for row in rows]


async def serves(session: AsyncSession, type_code: str, county: str, office_id: UUID | None) -> bool:
    """Whether an office, or any that serves a county, serves a type."""
    wanted = select(OFFICES.c.id).join(POOL_TYPES, POOL_TYPES.c.office_id == OFFICES.c.id)
    wanted = wanted.where(POOL_TYPES.c.type == type_code, literal(county) == any_(OFFICES.c.serves))
    if office_id is not None:
        wanted = wanted.where(OFFICES.c.id == office_id)
    return (await session.scalars(wanted.limit(1))).first() is not None


def _matching(slot: Slot, places: int) -> Select[Any]:
    """Entries that wait for a place like one of a slot, and have not been told of it."""
    asked = exists().where(WAITING_OFFERS.c.entry_id == WAITING.c.id, WAITING_OFFERS.c.slot_id == slot.id)
    day = local_date(slot.starts_at)
    served = select(POOL_TYPES.c.type).where(POOL_TYPES.c.pool_id == slot.pool_id)
    return (
        select(WAITING)
        .join(OFFICES, OFFICES.c.id == slot.office_id)
        .where(
            WAITING.c.state == State.WAITING,
            WAITING.c.county == any_(OFFICES.c.serves),
            or_(WAITING.c.office_id.is_(None), WAITING.c.office_id == OFFICES.c.id),
            WAITING.c.type.in_(served),
            WAITING.c.days_from <= day,
            WAITING.c.days_to >= day,
            WAITING.c.size <= places,
            ~asked,
        )
    )


def _locked(wanted: Select[Any]) -> Select[Any]:
    return wanted.with_for_update(of=WAITING, skip_locked=True)


async def _one(session: AsyncSession, key: MasterKey, wanted: Select[Any]) -> Entry | None:
    row = (await session.execute(wanted)).mappings().first()
    return _entry(key, row) if row else None


def _values(key: MasterKey, entry: Entry) -> dict[str, Any]:
    contact = entry.contact
    return {
        **{name: getattr(entry, name) for name in _COPIED},
        "code_key": code_key(key, entry.code),
        "code": key.seal(entry.code.encode(), f"waiting-code:{entry.id}"),
        "contact": key.seal(orjson.dumps([contact.email, contact.phone]), f"waiting-contact:{entry.id}")
        if contact
        else None,
    }


def _entry(key: MasterKey, row: RowMapping) -> Entry:
    own, contact = row["id"], row["contact"]
    facts = {name: row[name] for name in _COPIED}
    facts |= {
        "kind": Kind(row["kind"]),
        "state": State(row["state"]),
        "end_reason": EndReason(row["end_reason"]) if row["end_reason"] else None,
        "language": Language(row["language"]),
        "code": key.unseal(row["code"], f"waiting-code:{own}").decode(),
        "contact": Contact(*orjson.loads(key.unseal(contact, f"waiting-contact:{own}"))) if contact else None,
    }
    return Entry(**facts)


def _tail_key(key: MasterKey, entry_id: UUID, last_four: str) -> bytes:
    return key.digest(Purpose.PEOPLE, f"waiting-tail:{entry_id}:{last_four}")
