"""What is written to the people of an appointment."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from ..domain import appointments as domain
from ..domain.appointments import Appointment
from ..domain.states import State
from ..domain.waiting import Entry
from ..errors.appointments import AppointmentNotFound
from ..errors.waiting import WaitingEntryNotFound
from ..keys import MasterKey
from ..storage import appointments as storage
from ..storage import waiting
from .appointments import digits_of, secret_of


@dataclass(frozen=True, slots=True, repr=False)
class Message:
    """An appointment as it stands now, where it is, and what confirms it while it is held."""

    appointment: Appointment
    office_names: Mapping[str, str]
    office_address: str | None
    secret: str | None
    digits: str | None


@dataclass(frozen=True, slots=True, repr=False)
class WaitingMessage:
    """An entry of the waiting list, and the office where it waits, if it is one."""

    entry: Entry
    office_names: Mapping[str, str]
    office_address: str | None


async def waiting_message_of(session: AsyncSession, key: MasterKey, entry_id: UUID) -> WaitingMessage:
    """What a message about an entry tells; raises `WaitingEntryNotFound`."""
    async with session.begin():
        found = await waiting.read(session, key, entry_id)
        if found is None:
            raise WaitingEntryNotFound
        names, address = await storage.place_of(session, found.office_id) if found.office_id else ({}, None)
    return WaitingMessage(found, names, address)


async def place_of(session: AsyncSession, appointment: Appointment) -> tuple[Mapping[str, str], str | None]:
    """Names by language and address of where an appointment is."""
    async with session.begin():
        return await storage.place_of(session, appointment.office_id)


async def message_of(session: AsyncSession, key: MasterKey, appointment_id: UUID, now: datetime) -> Message:
    """What a message about an appointment tells; raises `AppointmentNotFound`."""
    async with session.begin():
        found = await storage.read(session, key, appointment_id)
        if found is None:
            raise AppointmentNotFound
        names, address = await storage.place_of(session, found.office_id)
    shown = domain.as_of(found, now)
    is_held = shown.state is State.HELD
    return Message(
        appointment=shown,
        office_names=names,
        office_address=address,
        secret=secret_of(key, found.id) if is_held else None,
        digits=digits_of(key, found.id) if is_held else None,
    )
