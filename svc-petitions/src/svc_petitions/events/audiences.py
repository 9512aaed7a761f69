"""What is told of audiences: where they stand and when, never what they are about."""

from datetime import datetime
from typing import Any, ClassVar, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from hub_events.envelope import Event

from ..domain.audiences import AudienceFile, AudienceState


class _OfAudience(BaseModel):
    model_config = ConfigDict(frozen=True)

    petition_id: UUID = Field(description="The petition that asks for it")
    person_id: UUID | None = Field(description="Who asks, if they have an account")
    acting_person_id: UUID | None = Field(description="The person who filed it online, if one did")
    institution_id: UUID = Field(description="The institution that has its file")
    number: int = Field(ge=1, description="Its number in that institution's register of the year")
    year: int = Field(description="The year of the register")
    state: AudienceState = Field(description="Where it stands now")
    sitting_id: UUID | None = Field(description="The sitting in which it has a place")
    starts_at: datetime | None = Field(description="When the person is received")


class AudienceChanged(_OfAudience, Event):
    """A request for an audience has taken a step."""

    subject: ClassVar[str] = "hub.petitions.audience.changed.v1"
    key_field: ClassVar[str] = "petition_id"

    came_from: AudienceState = Field(description="Where it stood before")
    reason: str | None = Field(max_length=64, description="A code, if there is one")

    @classmethod
    def of(cls, one: AudienceFile, came_from: AudienceState, reason: str | None) -> Self:
        """The event of an audience that has just taken a step."""
        return cls(**_facts(one), came_from=came_from, reason=reason)


class AudienceReminded(_OfAudience, Event):
    """An audience comes near, and its person is reminded of it."""

    subject: ClassVar[str] = "hub.petitions.audience.reminded.v1"
    key_field: ClassVar[str] = "petition_id"

    @classmethod
    def of(cls, one: AudienceFile) -> Self:
        """The event of an audience that comes near."""
        return cls(**_facts(one))


def _facts(one: AudienceFile) -> dict[str, Any]:
    return {
        "petition_id": one.audience.petition_id,
        "person_id": one.audience.person_id,
        "acting_person_id": one.acting_person_id,
        "institution_id": one.audience.institution_id,
        "number": one.number,
        "year": one.year,
        "state": one.audience.state,
        "sitting_id": one.audience.sitting_id,
        "starts_at": one.hour,
        "version": one.audience.version,
    }
