"""What is told of openings: what was announced; never the minute beforehand."""

from datetime import date, datetime
from typing import ClassVar, Self
from uuid import UUID

from pydantic import Field

from hub_events.envelope import Event

from ..domain.openings import Kind, Opening


class DayAnnounced(Event):
    """New days will be opened for booking within a window: all learn of it at the same time."""

    subject: ClassVar[str] = "hub.passport-booking.day.announced.v1"
    key_field: ClassVar[str] = "opening_id"

    opening_id: UUID = Field(description="The opening")
    office_id: UUID = Field(description="The office")
    pool_id: UUID = Field(description="The counters there")
    kind: Kind = Field(description="At a RANDOM_MINUTE of the window, or by DRAW among who joins in it")
    days_from: date = Field(description="The first of the days")
    days_to: date = Field(description="The last of the days")
    window_from: datetime = Field(description="When the window begins, UTC")
    window_to: datetime = Field(description="When it ends, UTC")
    commitment: str = Field(pattern=r"^[0-9a-f]{64}$", description="SHA-256 of the seed")

    @classmethod
    def of(cls, opening: Opening) -> Self:
        """The event of an opening just announced."""
        return cls(
            opening_id=opening.id,
            office_id=opening.office_id,
            pool_id=opening.pool_id,
            kind=opening.kind,
            days_from=opening.days_from,
            days_to=opening.days_to,
            window_from=opening.window_from,
            window_to=opening.window_to,
            commitment=opening.commitment.hex(),
            version=1,
        )
