"""What is told of a record: that something came, never what."""

from typing import ClassVar
from uuid import UUID

from pydantic import Field

from hub_events.envelope import Event


class LineChanged(Event):
    """A contravention report was recorded, or something about one: communicated, paid, contested, decided."""

    subject: ClassVar[str] = "hub.traffic-history.line.changed.v1"
    key_field: ClassVar[str] = "proces_verbal_id"

    driver_id: UUID = Field(description="The driver")
    person_id: UUID | None = Field(description="The person in the hub; none who never asked")
    proces_verbal_id: UUID = Field(description="The report")


class SuspensionMoved(Event):
    """A suspension of the right to drive was proposed, or took a step."""

    subject: ClassVar[str] = "hub.traffic-history.suspension.moved.v1"
    key_field: ClassVar[str] = "suspension_id"

    suspension_id: UUID = Field(description="The suspension")
    driver_id: UUID = Field(description="The driver")
    person_id: UUID | None = Field(description="The person in the hub; none who never asked")
