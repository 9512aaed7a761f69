"""What is told of days off that the government grants."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from hub_events.envelope import Event


class BridgeDayDeclared(Event):
    """A day off was declared, or declared again by another act: offices do not work, terms move past it."""

    subject: ClassVar[str] = "hub.passport-booking.bridge-day.declared.v1"
    key_field: ClassVar[str] = "day"

    day: date = Field(description="The day")
    legal_basis: str = Field(description="The government's decision")
    institution_id: UUID | None = Field(description="Whose day off it is; null: of every public institution")


class BridgeDayRemoved(Event):
    """A day off was taken back: it is a working day."""

    subject: ClassVar[str] = "hub.passport-booking.bridge-day.removed.v1"
    key_field: ClassVar[str] = "day"

    day: date = Field(description="The day")
    legal_basis: str = Field(description="The government's decision by which it was one")
    institution_id: UUID | None = Field(description="Whose day off it was; null: of every public institution")
