"""What is told of applications: how far they have come; never whose they are by name or number."""

from typing import ClassVar, Self
from uuid import UUID

from pydantic import Field

from hub_events.envelope import Event

from ..domain.applications import Application, Stage


class ApplicationStateChanged(Event):
    """An application has come to another state, or has just been handed in."""

    subject: ClassVar[str] = "hub.passport-booking.application.state-changed.v1"
    key_field: ClassVar[str] = "application_id"

    application_id: UUID = Field(description="The application")
    office_id: UUID = Field(description="The office where it was handed in")
    type: str = Field(description="What was asked for: the code of something that can be booked")
    state: Stage = Field(description="The state it has come to")
    person_id: UUID | None = Field(description="Whose account the appointment was; none for who had none")
    wants_message: bool = Field(description="Whether a text message is wanted when it can be fetched")

    @classmethod
    def of(cls, application: Application) -> Self:
        """The event of an application that has just come where it is."""
        return cls(
            application_id=application.id,
            office_id=application.office_id,
            type=application.type,
            state=application.state,
            person_id=application.person_id,
            wants_message=application.phone is not None,
            version=application.version,
        )
