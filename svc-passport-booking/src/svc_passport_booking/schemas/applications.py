"""Bodies of applications after they were handed in."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Final, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, model_validator

from hub_core import cnp
from hub_core.language import Language
from hub_core.phone import PhoneField
from hub_service import schemas

from ..domain import applications as domain
from ..domain.applications import Answer, Application, Moved, Stage
from ..operations.applications import Message, Pair
from ..reference.types import types
from .types import TypeCode

_NUMBER: Final = "CJ-2026-104837"
_PAIR: Final[dict[str, JsonValue]] = {"number": _NUMBER, "cnp_end": "312129003"}
_MOST_LINES: Final = 1_000


def _no_personal_number(text: str) -> str:
    if any(cnp.find(text)):
        raise ValueError("a personal number is no number of an application")
    return domain.read_number(text)


ApplicationNumber = Annotated[
    str,
    Field(
        min_length=4,
        max_length=32,
        pattern=r"^ *[A-Za-z0-9][A-Za-z0-9 ./-]*[A-Za-z0-9] *$",
        description="The number of the application, as on the receipt.",
        json_schema_extra={"examples": [_NUMBER]},
    ),
    AfterValidator(_no_personal_number),
]
End = Annotated[
    str,
    Field(
        pattern=r"^[0-9]{9}$",
        max_length=9,
        description="The last nine digits of the personal number.",
        json_schema_extra={"examples": ["312129003"]},
    ),
]
Where = Annotated[Stage, Field(description="How far it has come.", examples=["PERSONALISED"])]


class ApplicationView(schemas.Resource):
    """An application, as its office sees it."""

    id: Annotated[schemas.Id, Field(description="The application's identifier.")]
    number: ApplicationNumber
    type: Annotated[TypeCode, Field(description="What was asked for.")]
    state: Where
    applied_on: Annotated[schemas.LegalDate, Field(description="The day it was handed in.")]
    changed_at: Annotated[schemas.Instant, Field(description="When it came to this state.")]
    appointment_id: Annotated[schemas.Id, Field(description="The appointment at which it was handed in.")]
    person_number: Annotated[
        schemas.Int32, Field(description="The person of the appointment, from 0.", examples=[0])
    ]
    wants_message: Annotated[bool, Field(description="Whether a message is wanted when it can be fetched.")]
    open_states: Annotated[
        list[Stage], Field(max_length=7, description="What it can become.", examples=[["SENT"]])
    ]

    @classmethod
    def of(cls, one: Application) -> Self:
        """The view of an application."""
        return cls(
            id=one.id,
            number=one.number,
            type=one.type,
            state=one.state,
            applied_on=one.applied_on,
            changed_at=one.changed_at,
            appointment_id=one.appointment_id,
            person_number=one.person_number,
            wants_message=one.phone is not None,
            open_states=sorted(domain.following(one.state, types()[one.type].stages)),
        )


class MoveApplication(schemas.Resource):
    """Where it has come to."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"state": "APPROVED"}]})

    state: Where


class AskApplicationState(schemas.Resource):
    """The number, or the last nine digits of the personal number with the day: one of the two ways."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"number": _NUMBER}, {"cnp_end": "312129003", "applied_on": "2026-11-20"}]
        }
    )

    number: Annotated[ApplicationNumber | None, Field(description="The number of the application.")] = None
    cnp_end: Annotated[End | None, Field(description="The last nine digits of the personal number.")] = None
    applied_on: Annotated[
        schemas.LegalDate | None, Field(description="The day on which it was handed in.")
    ] = None

    @model_validator(mode="after")
    def _is_one_way(self) -> Self:
        pair = (self.cnp_end is not None, self.applied_on is not None)
        if pair not in {(True, True), (False, False)} or any(pair) == (self.number is not None):
            raise ValueError("give the number, or the nine digits with the day")
        return self

    def asked(self) -> str | Pair:
        """What was given."""
        if self.cnp_end is not None and self.applied_on is not None:
            return Pair(self.cnp_end, self.applied_on)
        return self.number or ""


class ApplicationStateView(schemas.Resource):
    """How far an application has come; both null for none, and for several under the same digits and day."""

    state: Annotated[Stage | None, Field(description="How far it has come.", examples=["PERSONALISED"])]
    changed_on: Annotated[schemas.LegalDate | None, Field(description="The day it came there.")]

    @classmethod
    def of(cls, found: tuple[Stage, date] | None) -> Self:
        """The view of a state."""
        return cls(state=found[0] if found else None, changed_on=found[1] if found else None)


class StopPickUpMessage(schemas.Resource):
    """The application of which no message is wanted any more."""

    model_config = ConfigDict(json_schema_extra={"examples": [_PAIR]})

    number: ApplicationNumber
    cnp_end: End


class AskPickUpMessage(StopPickUpMessage):
    """The application, and where to tell that it can be fetched."""

    model_config = ConfigDict(json_schema_extra={"examples": [{**_PAIR, "phone": "+40745123456"}]})

    phone: Annotated[PhoneField, Field(description="A Romanian mobile number.")]


class PickUpMessageView(schemas.Resource):
    """Whether a message is sent when the application can be fetched."""

    is_wanted: Annotated[bool, Field(description="Whether one is sent.")]
    phone: Annotated[
        str | None, Field(max_length=20, description="To whom, masked.", examples=["+40******456"])
    ]

    @classmethod
    def of(cls, application: Application) -> Self:
        """The view of what is wanted."""
        phone = application.phone
        return cls(is_wanted=phone is not None, phone=masked(phone))


class MovedLine(BaseModel):
    """A line of the production system: the application with a number has come to a state."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    number: ApplicationNumber
    state: Stage

    def value(self) -> Moved:
        """The line as a value."""
        return Moved(self.number, self.state)


class MovedLines(BaseModel):
    """Lines of the production system, in their order."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    lines: Annotated[list[MovedLine], Field(min_length=1, max_length=_MOST_LINES)]


class MovedAnswers(BaseModel):
    """What became of each line, in the order they were sent."""

    answers: list[Answer]

    @classmethod
    def of(cls, answers: Sequence[Answer]) -> Self:
        """The answers of a batch."""
        return cls(answers=list(answers))


class ApplicationMessageView(BaseModel):
    """What a message about an application tells; `phone` is none for whom no message is wanted."""

    number: str
    type: str
    type_names: dict[Language, str]
    state: Stage
    language: Language
    phone: str | None
    office_names: dict[str, str]
    office_address: str | None

    @classmethod
    def of(cls, message: Message) -> Self:
        """What is told."""
        one = message.application
        return cls(
            number=one.number,
            type=one.type,
            type_names=dict(types()[one.type].names),
            state=one.state,
            language=one.language,
            phone=one.phone,
            office_names=dict(message.office_names),
            office_address=message.office_address,
        )


def masked(phone: str | None) -> str | None:
    """A telephone number for the screen: `+40******456`."""
    return phone[:3] + "*" * (len(phone) - 6) + phone[-3:] if phone else None
