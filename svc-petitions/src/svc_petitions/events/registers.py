"""What is told of registers."""

from typing import ClassVar, Self
from uuid import UUID

from pydantic import Field

from hub_events.envelope import Event

from ..domain.registers import Entered, Line, Strike, StrikeReason


class EntryStruck(Event):
    """A number of a register was struck by a further line; it is never given again."""

    subject: ClassVar[str] = "hub.petitions.entry.struck.v1"
    key_field: ClassVar[str] = "petition_id"

    petition_id: UUID = Field(description="The petition that was entered under the number")
    institution_id: UUID = Field(description="Whose register it is")
    year: int = Field(description="The year of the register")
    number: int = Field(ge=1, description="The number that was struck")
    struck_by_year: int = Field(description="The register of the line that has struck it")
    struck_by_number: int = Field(ge=1, description="The number of the line that has struck it")
    reason: StrikeReason = Field(description="Why")
    official_id: UUID | None = Field(description="Who has struck it")

    @classmethod
    def of(cls, line: Line, strike: Strike, entered: Entered) -> Self:
        """The event of a line just entered that strikes another."""
        return cls(
            petition_id=line.petition_id,
            institution_id=line.institution_id,
            year=strike.year,
            number=strike.number,
            struck_by_year=entered.year,
            struck_by_number=entered.number,
            reason=strike.reason,
            official_id=line.entered_by,
            version=entered.number,
        )
