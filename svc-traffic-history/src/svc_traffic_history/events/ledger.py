"""What is told of a record: that something came, never what."""

from typing import ClassVar, Self
from uuid import UUID

from pydantic import Field

from hub_events.envelope import Event

from ..domain.suspensions import Suspension


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

    @classmethod
    def of(cls, suspension: Suspension, person_id: UUID | None) -> Self:
        """What is told of a suspension."""
        return cls(
            suspension_id=suspension.id,
            driver_id=suspension.driver_id,
            person_id=person_id,
            version=suspension.version,
        )


class LicenceChanged(Event):
    """A licence was taken away or given back; its version counts the steps."""

    subject: ClassVar[str] = "hub.traffic-history.licence.changed.v1"
    key_field: ClassVar[str] = "driver_id"

    driver_id: UUID = Field(description="The driver")
    person_id: UUID | None = Field(description="The person in the hub; none who never asked")


class PointsExpired(Event):
    """Some points of a driver have expired; its version counts the days of which was told."""

    subject: ClassVar[str] = "hub.traffic-history.points.expired.v1"
    key_field: ClassVar[str] = "driver_id"

    driver_id: UUID = Field(description="The driver")
    person_id: UUID | None = Field(description="The person in the hub; none who never asked")
