"""What is told of the waiting list: who waits is an id; never a name, an address or a code."""

from datetime import datetime
from typing import ClassVar, Self
from uuid import UUID

from pydantic import BaseModel, Field

from hub_events.envelope import Event

from ..domain.slots import Slot
from ..domain.waiting import EndReason, Entry, Kind


class Facts(BaseModel):
    """What every event of an entry says."""

    entry_id: UUID = Field(description="The entry")
    kind: Kind = Field(description="PLACE, or ALERT of who has an appointment")
    type: str = Field(description="What it is for: the code of something that can be booked")
    size: int = Field(ge=1, description="How many persons wait together")
    person_id: UUID | None = Field(description="Whose account it is; none for who waits without one")
    opening_id: UUID | None = Field(description="The draw it takes part in, if there is one")

    @classmethod
    def of(cls, entry: Entry) -> Self:
        """The event of an entry that has just come where it is."""
        said = {
            name: getattr(entry, name)
            for name in ("kind", "type", "size", "person_id", "opening_id", "end_reason", "version")
            if name in cls.model_fields
        }
        return cls.model_validate({"entry_id": entry.id, **said})


class WaitingJoined(Facts, Event):
    """Somebody waits for a place."""

    subject: ClassVar[str] = "hub.passport-booking.waiting.joined.v1"
    key_field: ClassVar[str] = "entry_id"


class WaitingOffered(Facts, Event):
    """A place is kept for somebody who waits; it goes to the next one unless they take it in time.

    `appointment_id` is the appointment held for them; none for who has one and may move it.
    """

    subject: ClassVar[str] = "hub.passport-booking.waiting.offered.v1"
    key_field: ClassVar[str] = "entry_id"

    appointment_id: UUID | None = Field(description="The appointment that is held for them")
    office_id: UUID = Field(description="The office where it is")
    starts_at: datetime = Field(description="When it begins, UTC")
    offered_until: datetime = Field(description="When the offer ends, UTC")

    @classmethod
    def to(cls, entry: Entry, slot: Slot) -> Self:
        """The event of an entry that a place of a slot is offered to."""
        said = {
            "appointment_id": entry.offered_id,
            "office_id": slot.office_id,
            "starts_at": slot.starts_at,
            "offered_until": entry.offered_until,
        }
        return cls.model_validate({**Facts.of(entry).model_dump(), **said, "version": entry.version})


class WaitingTold(Facts, Event):
    """An earlier place is free for everybody: who asked for it is told once. Nothing is kept."""

    subject: ClassVar[str] = "hub.passport-booking.waiting.told.v1"
    key_field: ClassVar[str] = "entry_id"

    slot_id: int = Field(description="The interval")
    office_id: UUID = Field(description="The office where it is")
    starts_at: datetime = Field(description="When it begins, UTC")

    @classmethod
    def to(cls, entry: Entry, slot: Slot) -> Self:
        """The event of an entry that is told of a slot."""
        said = {"slot_id": slot.id, "office_id": slot.office_id, "starts_at": slot.starts_at}
        return cls.model_validate({**Facts.of(entry).model_dump(), **said, "version": entry.version})


class WaitingLeft(Facts, Event):
    """Somebody waits no longer; `end_reason` says why."""

    subject: ClassVar[str] = "hub.passport-booking.waiting.left.v1"
    key_field: ClassVar[str] = "entry_id"

    end_reason: EndReason = Field(description="BOOKED, LEFT, UNANSWERED, or OVER when the days have passed")
