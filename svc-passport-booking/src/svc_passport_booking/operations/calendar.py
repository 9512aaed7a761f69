"""An appointment for the calendar of its people."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from ..domain.appointments import Appointment
from ..domain.offices import Office
from ..errors.offices import BookingOfficeNotFound
from ..storage import appointments, offices


@dataclass(frozen=True, slots=True, repr=False)
class Noted:
    """An appointment, where it is, and when it was last changed."""

    appointment: Appointment
    office: Office
    changed_at: datetime


async def note(session: AsyncSession, appointment: Appointment) -> Noted:
    """What a calendar is told of an appointment."""
    async with session.begin():
        steps = await appointments.steps(session, appointment.id)
        office = await offices.read(session, appointment.office_id)
    if office is None:
        raise BookingOfficeNotFound
    # a hold that is over may not have been noted yet
    changed_at = max(step.at for step in steps)
    return Noted(appointment, office, max(changed_at, appointment.ended_at or changed_at))
