"""What to bring, as a caller asks for it and is shown it."""

from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field

from hub_core.cnp import CnpField
from hub_service.schemas import Int32, LegalDate, LocalisedText, Resource, either

from ..domain.documents import Birthday
from ..operations.documents import Case, Documents, Needed
from .appointments import CNP_CHECKS, Situation
from .types import TypeCode

_TEXT = Field(max_length=64, pattern=r"^[a-z0-9_-]+$")


class BroughtPerson(Resource):
    """Somebody who comes, by their personal number."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"cnp": "5121203129009"}]})

    cnp: Annotated[
        CnpField,
        Field(description=f"The personal number; it tells the age. It is kept nowhere. {CNP_CHECKS}"),
    ]


class BornPerson(Resource):
    """Somebody who comes, by their day of birth."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"birth_date": "2012-12-03"}]})

    birth_date: Annotated[
        LegalDate, Field(description="Not after today. It tells the age. It is kept nowhere.")
    ]


class AskDocuments(Resource):
    """An appointment that is still to be booked. It is answered and forgotten."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "PE",
                    "day": "2026-12-04",
                    "persons": [{"birth_date": "2012-12-03"}],
                    "situation": {"citizenship": "RO", "parents_situation": "BOTH_PARENTS"},
                }
            ]
        }
    )

    type: Annotated[TypeCode, Field(description="What it is for; see the list of types.")]
    day: Annotated[LegalDate, Field(description="The day of the appointment.")]
    persons: Annotated[
        list[Annotated[BroughtPerson | BornPerson, either(BornPerson, "birth_date", BroughtPerson)]],
        Field(min_length=1, max_length=20, description="Who comes."),
    ]
    situation: Annotated[Situation, Field(default_factory=dict)]

    def case(self) -> Case:
        """What was sent, as a value."""
        persons = [one.cnp if isinstance(one, BroughtPerson) else one.birth_date for one in self.persons]
        return Case(self.type, self.day, persons, self.situation)


class BirthdayView(Resource):
    """An age that somebody reaches between the booking and the appointment, or soon after it."""

    age: Annotated[Int32, Field(description="The age that is reached.")]
    on: Annotated[LegalDate, Field(description="The day on which it is reached.")]
    text: Annotated[LocalisedText, Field(description="What it changes.")]

    @classmethod
    def of(cls, birthday: Birthday) -> Self:
        """The view of a birthday."""
        return cls(age=birthday.age, on=birthday.on, text=LocalisedText.of(_texts(birthday.text)))


class BroughtDocumentView(Resource):
    """Something to bring."""

    evidence: Annotated[str, _TEXT, Field(description="Its code in the catalog.", examples=["photos"])]
    title: Annotated[LocalisedText, Field(description="What it is called.")]
    note: Annotated[LocalisedText | None, Field(description="In which case, or in what form.")]
    mandatory: Annotated[bool, Field(description="Whether it must be there.")]
    certain: Annotated[
        bool, Field(description="False while it depends on facts that are not known: see `questions`.")
    ]


class ObstacleView(Resource):
    """What must hold, and what to do otherwise."""

    code: Annotated[str, _TEXT, Field(description="Its short code.", examples=["parents"])]
    text: Annotated[LocalisedText, Field(description="What must hold.")]
    otherwise: Annotated[LocalisedText, Field(description="What to do when it does not.")]


class SituationAnswerView(Resource):
    """A possible answer."""

    code: Annotated[str, Field(max_length=64, description="What `situation` names.", examples=["YES"])]
    text: Annotated[LocalisedText, Field(description="What it says.")]


class SituationQuestionView(Resource):
    """What would have to be known to say more: a fact for `situation`."""

    fact: Annotated[str, _TEXT, Field(description="The fact.", examples=["former_passport"])]
    question: Annotated[LocalisedText, Field(description="How somebody is asked.")]
    help: Annotated[LocalisedText | None, Field(description="More about the question.")]
    answers: Annotated[list[SituationAnswerView], Field(max_length=50, description="The possible answers.")]
    highest: Annotated[Int32 | None, Field(description="The greatest number, where a number is asked for.")]


class NeededView(Resource):
    """What one person brings."""

    number: Annotated[Int32, Field(description="Who it is, in the order they were named, from 0.")]
    age: Annotated[
        Int32 | None, Field(description="Full years on the day; null where the number does not tell it.")
    ]
    birthdays: Annotated[
        list[BirthdayView],
        Field(max_length=10, description="A warning: until then the list may have been another."),
    ]
    outcome: Annotated[
        Literal["ELIGIBLE", "NOT_ELIGIBLE", "MORE_NEEDED"] | None,
        Field(description="Whether it can be asked for in this situation; null while the catalog is away."),
    ]
    documents: Annotated[list[BroughtDocumentView], Field(max_length=50, description="What to bring.")]
    unmet: Annotated[list[ObstacleView], Field(max_length=50, description="What stands in the way.")]
    told: Annotated[
        list[ObstacleView], Field(max_length=50, description="What must hold too, and nobody asks about.")
    ]
    questions: Annotated[
        list[SituationQuestionView], Field(max_length=100, description="What would have to be known.")
    ]

    @classmethod
    def of(cls, needed: Needed) -> Self:
        """The view of what a person brings."""
        told = needed.assessment
        return cls.model_validate(
            {
                "number": needed.number,
                "age": needed.age,
                "birthdays": [BirthdayView.of(each) for each in needed.birthdays],
                "outcome": told.outcome if told else None,
                "documents": told.evidence if told else [],
                "unmet": told.unmet if told else [],
                "told": told.told if told else [],
                "questions": told.questions if told else [],
            },
            from_attributes=True,
        )


class DocumentsView(Resource):
    """What each person brings to an appointment."""

    day: Annotated[LegalDate, Field(description="The day for which it holds.")]
    is_complete: Annotated[
        bool,
        Field(description="False while the catalog cannot be asked: ages are told, documents are not."),
    ]
    persons: Annotated[list[NeededView], Field(max_length=20, description="In the order they were named.")]

    @classmethod
    def of(cls, found: Documents) -> Self:
        """The view of what is brought."""
        return cls(
            day=found.day,
            is_complete=all(each.assessment for each in found.persons),
            persons=[NeededView.of(each) for each in found.persons],
        )


def _texts(texts: Any) -> dict[str, str]:
    return {str(language): text for language, text in texts.items()}
