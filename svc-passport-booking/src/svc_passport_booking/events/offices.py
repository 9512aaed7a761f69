"""What is told of offices that close."""

from datetime import datetime
from typing import ClassVar, Self
from uuid import UUID

from pydantic import Field

from hub_events.envelope import Event

from ..domain.closures import ClosureReason, OfficeClosure


class OfficeClosed(Event):
    """An office is closed by an incident, or will be; who had booked is moved with priority."""

    subject: ClassVar[str] = "hub.passport-booking.office.closed.v1"
    key_field: ClassVar[str] = "closure_id"

    office_id: UUID = Field(description="The office")
    closure_id: UUID = Field(description="The closure")
    starts_at: datetime = Field(description="From when nobody is received, UTC")
    ends_at: datetime = Field(description="Until when, UTC")
    reason: ClosureReason = Field(description="Why")

    @classmethod
    def of(cls, closure: OfficeClosure) -> Self:
        """The event of a new closure."""
        return cls(
            office_id=closure.office_id,
            closure_id=closure.id,
            starts_at=closure.starts_at,
            ends_at=closure.ends_at,
            reason=closure.reason,
            version=1,
        )


class OfficeReopened(Event):
    """An office receives people again, earlier than was told."""

    subject: ClassVar[str] = "hub.passport-booking.office.reopened.v1"
    key_field: ClassVar[str] = "closure_id"

    office_id: UUID = Field(description="The office")
    closure_id: UUID = Field(description="The closure that has ended")
    reopened_at: datetime = Field(description="When, UTC")

    @classmethod
    def of(cls, closure: OfficeClosure, at: datetime) -> Self:
        """The event of a closure that ends now."""
        return cls(office_id=closure.office_id, closure_id=closure.id, reopened_at=at, version=2)
