"""Applications: rows in, domain values out."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import RowMapping, Select, func, insert, or_, select, tuple_, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.language import Language
from hub_events import outbox

from ..domain.applications import Application, Stage
from ..domain.appointments import Actor
from ..errors.desk import ApplicationNumberUsed
from ..events.applications import ApplicationStateChanged
from ..keys import MasterKey, Purpose
from ..tables.applications import APPLICATION_STEPS, APPLICATIONS
from ..tables.appointments import PERSONS

_COPIED: Final = tuple(field.name for field in fields(Application) if field.name != "phone")
_ROW: Final = select(APPLICATIONS)


def search_key(key: MasterKey, end_digits: str, applied_on: date) -> bytes:
    """By which an application is found without its number."""
    return key.digest(Purpose.PEOPLE, f"application:{end_digits}:{applied_on.isoformat()}")


async def add(
    session: AsyncSession, key: MasterKey, application: Application, actor: Actor, now: datetime
) -> None:
    """Store a new application with its first step and its event; `ApplicationNumberUsed`."""
    adding = (
        postgresql.insert(APPLICATIONS)
        .values({name: getattr(application, name) for name in _COPIED} | _sealed(key, application))
        .on_conflict_do_nothing(index_elements=["number"])
        .returning(APPLICATIONS.c.id)
    )
    if await session.scalar(adding) is None:
        raise ApplicationNumberUsed
    await _tell(session, application, actor, now)


async def move(session: AsyncSession, application: Application, actor: Actor, now: datetime) -> None:
    """Store the state that an application has come to, with its step and its event; its row is locked."""
    changed = {name: getattr(application, name) for name in ("state", "changed_at", "version")}
    await session.execute(update(APPLICATIONS).where(APPLICATIONS.c.id == application.id).values(changed))
    await _tell(session, application, actor, now)


async def store_phone(session: AsyncSession, key: MasterKey, application: Application) -> None:
    """Store where to tell that it can be fetched; its row is locked."""
    changed = _sealed(key, application) | {"phone_since": application.phone_since}
    await session.execute(update(APPLICATIONS).where(APPLICATIONS.c.id == application.id).values(changed))


async def read(session: AsyncSession, key: MasterKey, application_id: UUID) -> Application | None:
    """An application."""
    return await _one(session, key, _ROW.where(APPLICATIONS.c.id == application_id))


async def lock(session: AsyncSession, key: MasterKey, application_id: UUID) -> Application | None:
    """An application; its row is locked until the transaction ends."""
    return await _one(session, key, _ROW.where(APPLICATIONS.c.id == application_id).with_for_update())


async def lock_by_number(session: AsyncSession, key: MasterKey, number: str) -> Application | None:
    """The application with a number, locked in the same way."""
    return await _one(session, key, _ROW.where(APPLICATIONS.c.number == number).with_for_update())


async def lock_numbers(
    session: AsyncSession, key: MasterKey, numbers: Collection[str]
) -> Mapping[str, Application]:
    """The applications with these numbers, locked in one order."""
    wanted = _ROW.where(APPLICATIONS.c.number.in_(numbers)).order_by(APPLICATIONS.c.number)
    rows = (await session.execute(wanted.with_for_update())).mappings()
    return {row["number"]: _application(key, row) for row in rows}


async def state_of(
    session: AsyncSession, *, number: str | None = None, key: bytes | None = None
) -> tuple[Stage, date] | None:
    """State and last change (a local day) of the one application with a number, or with a search key.

    None when there is none, and when there are several: one statement with one row, whatever it finds.
    """
    mine = APPLICATIONS.c.number == number if number is not None else APPLICATIONS.c.search_key == key
    day = func.timezone("Europe/Bucharest", func.min(APPLICATIONS.c.changed_at))
    found = select(func.count(), func.min(APPLICATIONS.c.state), day).where(mine)
    count, state, changed = (await session.execute(found)).one()
    return (Stage(state), changed.date()) if count == 1 else None


async def of_office(
    session: AsyncSession,
    key: MasterKey,
    office_id: UUID,
    state: Stage,
    after: UUID | None,
    limit: int,
) -> Sequence[Application]:
    """The applications of an office in a state, the oldest first, after the application `after`."""
    wanted = _ROW.where(APPLICATIONS.c.office_id == office_id, APPLICATIONS.c.state == state)
    if after:
        wanted = wanted.where(APPLICATIONS.c.id > after)
    return await _all(session, key, wanted.order_by(APPLICATIONS.c.id).limit(limit))


async def of_person(
    session: AsyncSession, key: MasterKey, person_id: UUID, person_key: bytes | None
) -> Sequence[Application]:
    """The applications of an account's appointments, and a person's own at others'; the oldest first."""
    mine = APPLICATIONS.c.person_id == person_id
    if person_key is not None:
        own = select(PERSONS.c.appointment_id, PERSONS.c.number).where(PERSONS.c.person_key == person_key)
        mine = or_(mine, tuple_(APPLICATIONS.c.appointment_id, APPLICATIONS.c.person_number).in_(own))
    return await _all(session, key, _ROW.where(mine).order_by(APPLICATIONS.c.id))


async def follow_person(session: AsyncSession, former_id: UUID, person_id: UUID) -> None:
    """Applications of one account become another's."""
    theirs = update(APPLICATIONS).where(APPLICATIONS.c.person_id == former_id)
    await session.execute(theirs.values(person_id=person_id))


async def _tell(session: AsyncSession, application: Application, actor: Actor, now: datetime) -> None:
    step = {
        "application_id": application.id,
        "version": application.version,
        "state": application.state,
        "at": now,
        "actor_kind": actor.kind,
        "actor_id": actor.id,
    }
    await session.execute(insert(APPLICATION_STEPS), step)
    await outbox.record(session, ApplicationStateChanged.of(application), now)


async def _one(session: AsyncSession, key: MasterKey, wanted: Select[Any]) -> Application | None:
    return next(iter(await _all(session, key, wanted)), None)


async def _all(session: AsyncSession, key: MasterKey, wanted: Select[Any]) -> Sequence[Application]:
    return [_application(key, row) for row in (await session.execute(wanted)).mappings()]


def _sealed(key: MasterKey, application: Application) -> dict[str, bytes | None]:
    phone = application.phone
    return {"phone": key.seal(phone.encode(), f"phone:{application.id}") if phone else None}


def _application(key: MasterKey, row: RowMapping) -> Application:
    phone = row["phone"]
    facts = {name: row[name] for name in _COPIED} | {
        "state": Stage(row["state"]),
        "language": Language(row["language"]),
        "phone": key.unseal(phone, f"phone:{row['id']}").decode() if phone else None,
    }
    return Application(**facts)
