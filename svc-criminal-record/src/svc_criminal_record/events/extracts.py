"""What is told of extracts: what came of an institution's question, never about what nor what was found."""

from typing import ClassVar, Self
from uuid import UUID

from pydantic import Field

from hub_events.envelope import Event

from ..domain.extracts import Batch, Extract, ExtractState


class ExtractDecided(Event):
    """An institution has asked for somebody's extract, and it was decided."""

    subject: ClassVar[str] = "hub.criminal-record.extract.decided.v1"
    key_field: ClassVar[str] = "extract_id"

    extract_id: UUID = Field(description="The item of the institution's batch")
    batch_id: UUID = Field(description="The batch")
    institution_id: UUID = Field(description="The institution that asked")
    person_id: UUID | None = Field(description="Who was asked about, if they have let this institution ask")
    state: ExtractState = Field(description="What came of it")

    @classmethod
    def of(cls, extract: Extract, batch: Batch, person_id: UUID | None) -> Self:
        """The event of an item just decided; it is decided once, so its version is 1."""
        return cls(
            extract_id=extract.id,
            batch_id=batch.id,
            institution_id=batch.institution_id,
            person_id=person_id,
            state=extract.state,
            version=1,
        )
