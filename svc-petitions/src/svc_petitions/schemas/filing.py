"""Petitions that other services of the hub file."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Base64Bytes, BaseModel, ConfigDict, Field

from hub_core.language import Language
from hub_core.text import Line, Text

from ..domain import petitions as domain
from ..domain.attachments import NAME_MAX
from ..operations.filing import File, Filed


class FiledFile(BaseModel):
    """A file that belongs to it; `content` in Base64."""

    model_config = ConfigDict(hide_input_in_errors=True)

    name: Annotated[Line, Field(min_length=1, max_length=NAME_MAX)]
    content: Base64Bytes


class FileForPerson(BaseModel):
    """A petition of somebody who asked another service for it; `id` is the petition's."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    id: UUID
    person_id: UUID
    institution_id: UUID | None
    institution_code: Annotated[str, Field(max_length=32)]
    kind: domain.PetitionKind
    subject: Annotated[Line, Field(min_length=1, max_length=domain.SUBJECT_MAX)]
    text: Annotated[Text, Field(min_length=1, max_length=domain.TEXT_MAX)]
    language: Language
    files: Annotated[list[FiledFile], Field(max_length=5)]

    def value(self) -> Filed:
        """What is filed."""
        facts = {name: getattr(self, name) for name in type(self).model_fields if name != "files"}
        return Filed(**facts, files=[File(each.name, each.content) for each in self.files])


class FiledView(BaseModel):
    """The number that it has now."""

    id: UUID
    number: int
    year: int
    label: str
    registered_at: datetime
    answer_due_on: date
    institution_id: UUID

    @classmethod
    def of(cls, petition: domain.Petition) -> Self:
        """The view of a petition."""
        entry = petition.registration
        return cls(
            id=petition.id,
            number=entry.number,
            year=entry.year,
            label=petition.label,
            registered_at=entry.registered_at,
            answer_due_on=entry.answer_due_on,
            institution_id=petition.institution.id,
        )
