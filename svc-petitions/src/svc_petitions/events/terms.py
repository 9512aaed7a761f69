"""What is told of terms."""

from collections.abc import Collection
from datetime import date
from typing import ClassVar, Literal, Self
from uuid import UUID

from pydantic import Field

from hub_events.envelope import Event

from ..domain.files import File
from ..domain.petitions import PetitionKind
from ..domain.states import PetitionState
from ..domain.terms import TermWarning


class TermWarned(Event):
    """The term of an answer has come far, or is over: its handler and the head hear of it."""

    subject: ClassVar[str] = "hub.petitions.term.warned.v1"
    key_field: ClassVar[str] = "petition_id"

    petition_id: UUID = Field(description="The petition")
    institution_id: UUID = Field(description="The institution that has it")
    number: int = Field(ge=1, description="Its number in that institution's register of the year")
    year: int = Field(description="The year of the register")
    kind: PetitionKind = Field(description="What it is")
    state: PetitionState = Field(description="Where it stands")
    answer_due_on: date = Field(description="The last day for the answer")
    warning: Literal["SHARE", "DAYS", "LAST", "OVERDUE"] = Field(
        description="SHARE: part of the term has passed; DAYS: few days are left; LAST: the working days "
        "before the end have come; OVERDUE: the last day has passed"
    )
    days_left: int = Field(description="Days to the last one, negative after it")
    handler_id: UUID | None = Field(description="The official who works on it")
    compartment_id: UUID | None = Field(description="The compartment")
    person_ids: tuple[UUID, ...] = Field(description="Who is to hear of it: officials of the institution")

    @classmethod
    def of(cls, file: File, warning: TermWarning, people: Collection[UUID], today: date) -> Self:
        """The event of a file whose term has come so far."""
        same = ("institution_id", "number", "year", "kind", "state", "answer_due_on", "handler_id")
        return cls.model_validate(
            {
                **{name: getattr(file, name) for name in (*same, "compartment_id", "version")},
                "petition_id": file.id,
                "warning": warning.name,
                "days_left": (file.answer_due_on - today).days,
                "person_ids": tuple(people),
            }
        )
