"""What is held of a person, and what of it goes when their account does."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from ..domain.appointments import Appointment
from ..domain.states import ACTIVE, State
from ..keys import MasterKey
from ..tables.applications import APPLICATIONS
from ..tables.appointments import APPOINTMENTS, PERSONS
from ..tables.offices import OFFICES
from ..tables.waiting import WAITING, WAITING_PERSONS
from . import appointments as storage

_AT_ONCE: Final = 500
_KEPT: Final = (*ACTIVE, State.SERVED)
"""The appointments that are still to come, and those at which an application was handed in."""


async def appointments_of(
    session: AsyncSession, key: MasterKey, person_id: UUID, person_key: bytes | None
) -> Sequence[Appointment]:
    """The appointments of an account, and those that others made for the person; the oldest first."""
    mine = APPOINTMENTS.c.person_id == person_id
    if person_key is not None:
        for_me = select(PERSONS.c.appointment_id).where(PERSONS.c.person_key == person_key)
        mine = or_(mine, APPOINTMENTS.c.id.in_(for_me))
    return await storage.find_all(session, key, select(APPOINTMENTS).where(mine).order_by(APPOINTMENTS.c.id))


async def office_names(session: AsyncSession) -> Mapping[UUID, str]:
    """The Romanian name of every office."""
    found = await session.execute(select(OFFICES.c.id, OFFICES.c.names["ro"].astext))
    return {row[0]: row[1] for row in found}


async def forget_guests(session: AsyncSession, before: datetime, now: datetime) -> int:
    """Forget who had no account of appointments and entries that ended before; how many of them, at most 500.

    Who is doing so already is passed over.
    """
    over = (
        select(APPOINTMENTS.c.id)
        .where(
            APPOINTMENTS.c.person_id.is_(None),
            APPOINTMENTS.c.forgotten_at.is_(None),
            APPOINTMENTS.c.state != State.SERVED,
            APPOINTMENTS.c.ended_at < before,
        )
        .order_by(APPOINTMENTS.c.ended_at)
        .limit(_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    ended = (await session.scalars(over)).all()
    await session.execute(delete(PERSONS).where(PERSONS.c.appointment_id.in_(ended)))
    booked = update(APPOINTMENTS).where(APPOINTMENTS.c.id.in_(ended))
    await session.execute(booked.values(contact=None, situation=None, forgotten_at=now))
    waited = (
        select(WAITING.c.id)
        .where(WAITING.c.contact.is_not(None), WAITING.c.ended_at < before)
        .order_by(WAITING.c.ended_at)
        .limit(_AT_ONCE - len(ended))
        .with_for_update(skip_locked=True)
    )
    left = (await session.scalars(waited)).all()
    await session.execute(delete(WAITING_PERSONS).where(WAITING_PERSONS.c.entry_id.in_(left)))
    await session.execute(update(WAITING).where(WAITING.c.id.in_(left)).values(contact=None))
    return len(ended) + len(left)


async def erase(session: AsyncSession, person_id: UUID) -> None:
    """Forget what no law makes the offices keep of an account that is gone.

    Who came to appointments that led to nothing, contacts and situations, entries of the waiting list that
    have ended, and telephone numbers.
    """
    over = (APPOINTMENTS.c.person_id == person_id, APPOINTMENTS.c.state.not_in(_KEPT))
    await session.execute(
        delete(PERSONS).where(PERSONS.c.appointment_id.in_(select(APPOINTMENTS.c.id).where(*over)))
    )
    await session.execute(
        update(APPOINTMENTS).where(*over).values(person_id=None, contact=None, situation=None)
    )
    waited = (WAITING.c.person_id == person_id, WAITING.c.ended_at.is_not(None))
    await session.execute(
        delete(WAITING_PERSONS).where(WAITING_PERSONS.c.entry_id.in_(select(WAITING.c.id).where(*waited)))
    )
    await session.execute(update(WAITING).where(*waited).values(person_id=None, contact=None))
    told = update(APPLICATIONS).where(APPLICATIONS.c.person_id == person_id)
    await session.execute(told.values(phone=None, phone_since=None))
