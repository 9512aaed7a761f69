"""What is told of appointments: where they stand; never who comes, nor how to reach them."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, ClassVar, Final, Self
from uuid import UUID

from pydantic import BaseModel, Field

from hub_events.envelope import Event

from ..domain.appointments import Appointment
from ..domain.reminders import Reminder
from ..domain.states import Channel, State


class Facts(BaseModel):
    """What every event of an appointment says."""

    appointment_id: UUID = Field(description="The appointment")
    office_id: UUID = Field(description="The office where it is")
    type: str = Field(description="What it is for: the code of something that can be booked")
    starts_at: datetime = Field(description="When it begins, UTC")
    size: int = Field(ge=1, description="How many persons come")
    person_id: UUID | None = Field(description="Whose account it is; none for who booked without one")
    channel: Channel = Field(description="How it came to be")
    reason: str | None = Field(description="The code of the reason, if there is one")

    @classmethod
    def of(cls, appointment: Appointment, reason: str | None = None) -> Self:
        """The event of an appointment that has just come where it is."""
        said = {name: getattr(appointment, name) for name in _SAID if name in cls.model_fields}
        return cls.model_validate({"appointment_id": appointment.id, "reason": reason, **said})


_SAID: Final = (
    *("office_id", "type", "starts_at", "size", "person_id", "channel"),
    *("held_until", "state", "replaces_id", "has_priority", "version"),
)


class AppointmentHeld(Facts, Event):
    """A place is held, and is lost unless it is confirmed in time."""

    subject: ClassVar[str] = "hub.passport-booking.appointment.held.v1"
    key_field: ClassVar[str] = "appointment_id"

    held_until: datetime = Field(description="When the hold ends, UTC")
    replaces_id: UUID | None = Field(description="The appointment for which an office gives this one")


class AppointmentMessageRequested(Facts, Event):
    """Somebody waits for the message that confirms a hold, and asks for it again."""

    subject: ClassVar[str] = "hub.passport-booking.appointment.message-requested.v1"
    key_field: ClassVar[str] = "appointment_id"

    held_until: datetime = Field(description="When the hold ends, UTC")


class AppointmentConfirmed(Facts, Event):
    """An appointment stands."""

    subject: ClassVar[str] = "hub.passport-booking.appointment.confirmed.v1"
    key_field: ClassVar[str] = "appointment_id"


class AppointmentExpired(Facts, Event):
    """A hold has ended without having been confirmed."""

    subject: ClassVar[str] = "hub.passport-booking.appointment.expired.v1"
    key_field: ClassVar[str] = "appointment_id"


class AppointmentCancelled(Facts, Event):
    """An appointment was given up, or taken away by the office: `state` says which."""

    subject: ClassVar[str] = "hub.passport-booking.appointment.cancelled.v1"
    key_field: ClassVar[str] = "appointment_id"

    state: State = Field(description="CANCELLED_BY_CITIZEN or CANCELLED_BY_OFFICE")


class AppointmentMoved(Facts, Event):
    """An appointment is at another time now, perhaps at another office."""

    subject: ClassVar[str] = "hub.passport-booking.appointment.moved.v1"
    key_field: ClassVar[str] = "appointment_id"

    previous_office_id: UUID = Field(description="Where it was")
    previous_starts_at: datetime = Field(description="When it was, UTC")

    @classmethod
    def from_to(cls, before: Appointment, after: Appointment) -> Self:
        """The event of an appointment that was elsewhere."""
        was = {"previous_office_id": before.office_id, "previous_starts_at": before.starts_at}
        return cls.model_validate({**Facts.of(after).model_dump(), **was, "version": after.version})


class AppointmentCheckedIn(Facts, Event):
    """The people of an appointment have come."""

    subject: ClassVar[str] = "hub.passport-booking.appointment.checked-in.v1"
    key_field: ClassVar[str] = "appointment_id"


class AppointmentServed(Facts, Event):
    """At least one of the people of an appointment was served."""

    subject: ClassVar[str] = "hub.passport-booking.appointment.served.v1"
    key_field: ClassVar[str] = "appointment_id"


class AppointmentRefused(Facts, Event):
    """Nobody of an appointment could be served; `reason` says why."""

    subject: ClassVar[str] = "hub.passport-booking.appointment.refused.v1"
    key_field: ClassVar[str] = "appointment_id"


class AppointmentMissed(Facts, Event):
    """Nobody came in time."""

    subject: ClassVar[str] = "hub.passport-booking.appointment.missed.v1"
    key_field: ClassVar[str] = "appointment_id"


class AppointmentReminded(Facts, Event):
    """An appointment comes near, and its people are reminded of it; each reminder is told once."""

    subject: ClassVar[str] = "hub.passport-booking.appointment.reminded.v1"
    key_field: ClassVar[str] = "appointment_id"

    reminder: Reminder = Field(description="FIRST, a day before, or SECOND, some hours before")

    @classmethod
    def told(cls, facts: Mapping[str, Any], reminder: Reminder) -> Self:
        """The event of an appointment with these facts."""
        return cls.model_validate({"reason": None, **facts, "reminder": reminder})


_OF_STATE: Final[Mapping[State, Callable[[Appointment, str | None], Event]]] = {
    State.HELD: AppointmentHeld.of,
    State.CONFIRMED: AppointmentConfirmed.of,
    State.CHECKED_IN: AppointmentCheckedIn.of,
    State.SERVED: AppointmentServed.of,
    State.EXPIRED: AppointmentExpired.of,
    State.CANCELLED_BY_CITIZEN: AppointmentCancelled.of,
    State.CANCELLED_BY_OFFICE: AppointmentCancelled.of,
    State.NO_SHOW: AppointmentMissed.of,
    State.REFUSED_AT_DESK: AppointmentRefused.of,
}


def of(appointment: Appointment, reason: str | None = None) -> Event:
    """The event of the state that an appointment has just come to."""
    return _OF_STATE[appointment.state](appointment, reason)
