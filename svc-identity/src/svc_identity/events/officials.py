"""What is told of officials."""

from datetime import date
from typing import ClassVar, Self
from uuid import UUID

from hub_core.principal import Role
from hub_events.envelope import Event

from ..domain.official import Appointment, State


class AppointmentChanged(Event):
    """An official was appointed, approved, or the appointment was ended before its last day."""

    subject: ClassVar[str] = "hub.identity.appointment.changed.v1"
    key_field: ClassVar[str] = "appointment_id"

    appointment_id: UUID
    person_id: UUID
    institution_id: UUID
    role: Role
    valid_from: date
    valid_to: date
    state: State

    @classmethod
    def of(cls, appointment: Appointment) -> Self:
        """The event of an appointment's present version."""
        return cls(
            appointment_id=appointment.id,
            person_id=appointment.person_id,
            institution_id=appointment.institution_id,
            role=appointment.role,
            valid_from=appointment.valid_from,
            valid_to=appointment.valid_to,
            state=appointment.state,
            version=appointment.version,
        )
