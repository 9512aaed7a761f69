"""Institutions as we know them, and the appointments of officials."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, RowMapping, Select, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.language import Language
from hub_core.principal import Role
from hub_events import copies

from ..domain.official import Appointment, Institution, State
from ..domain.session import Session
from ..tables.grants import GRANTS
from ..tables.officials import APPOINTMENTS, INSTITUTIONS
from ..tables.sessions import SESSIONS
from .sessions import session_of


async def copy_institution(session: AsyncSession, told: Institution) -> None:
    """Keep an institution as the catalog told it, unless we hold the same or a newer version."""
    await copies.keep(session, INSTITUTIONS, asdict(told))


async def institution(session: AsyncSession, institution_id: UUID) -> Institution | None:
    """An institution that we have heard of."""
    row = (await session.execute(select(INSTITUTIONS).where(INSTITUTIONS.c.id == institution_id))).mappings()
    found = row.first()
    return _institution(found) if found else None


async def open_institutions(session: AsyncSession, on: date) -> list[Institution]:
    """The institutions that exist on this day, by code."""
    wanted = select(INSTITUTIONS).where(*_open(on)).order_by(INSTITUTIONS.c.code)
    return [_institution(row) for row in (await session.execute(wanted)).mappings()]


async def offices(session: AsyncSession, person_id: UUID, on: date) -> list[Institution]:
    """The institutions that a person may act for on this day, by code."""
    wanted = (
        select(INSTITUTIONS)
        .where(
            INSTITUTIONS.c.id.in_(
                select(APPOINTMENTS.c.institution_id).where(
                    APPOINTMENTS.c.person_id == person_id, *_in_force(on)
                )
            ),
            *_open(on),
        )
        .order_by(INSTITUTIONS.c.code)
    )
    return [_institution(row) for row in (await session.execute(wanted)).mappings()]


async def appointments_at(
    session: AsyncSession, person_id: UUID, institution_id: UUID, on: date
) -> list[Appointment]:
    """The appointments of a person at an institution that hold on this day."""
    wanted = (
        select(APPOINTMENTS)
        .join(INSTITUTIONS, INSTITUTIONS.c.id == APPOINTMENTS.c.institution_id)
        .where(
            APPOINTMENTS.c.person_id == person_id,
            APPOINTMENTS.c.institution_id == institution_id,
            *_in_force(on),
            *_open(on),
        )
    )
    return [_appointment(row) for row in (await session.execute(wanted)).mappings()]


async def overlaps(session: AsyncSession, wanted: Appointment) -> bool:
    """Whether the person has this role there on some of the same days."""
    found = select(APPOINTMENTS.c.id).where(
        APPOINTMENTS.c.person_id == wanted.person_id,
        APPOINTMENTS.c.institution_id == wanted.institution_id,
        APPOINTMENTS.c.role == wanted.role,
        APPOINTMENTS.c.state != State.ENDED,
        APPOINTMENTS.c.valid_from <= wanted.valid_to,
        APPOINTMENTS.c.valid_to >= wanted.valid_from,
    )
    return (await session.execute(found.limit(1))).first() is not None


async def add(session: AsyncSession, appointment: Appointment) -> None:
    """Store a new appointment."""
    await session.execute(insert(APPOINTMENTS).values(asdict(appointment)))


async def store(session: AsyncSession, changed: Appointment) -> None:
    """Store an appointment that has changed."""
    await session.execute(update(APPOINTMENTS).where(APPOINTMENTS.c.id == changed.id).values(asdict(changed)))


async def lock(session: AsyncSession, appointment_id: UUID) -> Appointment | None:
    """An appointment; its row is locked until the transaction ends."""
    wanted = select(APPOINTMENTS).where(APPOINTMENTS.c.id == appointment_id).with_for_update()
    row = (await session.execute(wanted)).mappings().first()
    return _appointment(row) if row else None


async def read(session: AsyncSession, appointment_id: UUID) -> Appointment | None:
    """An appointment."""
    row = (await session.execute(select(APPOINTMENTS).where(APPOINTMENTS.c.id == appointment_id))).mappings()
    found = row.first()
    return _appointment(found) if found else None


async def of_institution(
    session: AsyncSession, institution_id: UUID, *, before: UUID | None, limit: int
) -> Sequence[Appointment]:
    """The appointments at an institution, newest first; `before` is the last of the page before."""
    wanted = select(APPOINTMENTS).where(APPOINTMENTS.c.institution_id == institution_id)
    return await _newest_first(session, wanted, before, limit)


async def of_person(
    session: AsyncSession, person_id: UUID, *, before: UUID | None, limit: int
) -> Sequence[Appointment]:
    """The appointments of a person, newest first."""
    wanted = select(APPOINTMENTS).where(APPOINTMENTS.c.person_id == person_id)
    return await _newest_first(session, wanted, before, limit)


async def lock_sessions(session: AsyncSession, person_id: UUID, institution_id: UUID) -> list[Session]:
    """The sessions in which a person acts for an institution; locked, in one order for all."""
    acting = select(GRANTS.c.session_id).where(
        GRANTS.c.account_id == person_id,
        GRANTS.c.institution_id == institution_id,
        GRANTS.c.ended_at.is_(None),
    )
    wanted = select(SESSIONS).where(SESSIONS.c.id.in_(acting)).order_by(SESSIONS.c.id).with_for_update()
    return [session_of(row) for row in (await session.execute(wanted)).mappings()]


async def _newest_first(
    session: AsyncSession, wanted: Select[Any], before: UUID | None, limit: int
) -> list[Appointment]:
    if before is not None:
        wanted = wanted.where(APPOINTMENTS.c.id < before)
    found = await session.execute(wanted.order_by(APPOINTMENTS.c.id.desc()).limit(limit))
    return [_appointment(row) for row in found.mappings()]


def _in_force(on: date) -> tuple[ColumnElement[bool], ...]:
    return (
        APPOINTMENTS.c.state == State.GRANTED,
        APPOINTMENTS.c.valid_from <= on,
        APPOINTMENTS.c.valid_to >= on,
    )


def _open(on: date) -> tuple[ColumnElement[bool], ...]:
    return (
        INSTITUTIONS.c.valid_from <= on,
        or_(INSTITUTIONS.c.valid_to.is_(None), INSTITUTIONS.c.valid_to >= on),
    )


def _institution(row: RowMapping) -> Institution:
    names = {Language(language): name for language, name in row["names"].items()}
    return Institution(**{**row, "names": names})


def _appointment(row: RowMapping) -> Appointment:
    return Appointment(**{**row, "role": Role(row["role"]), "state": State(row["state"])})
