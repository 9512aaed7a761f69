"""Bodies of the counters of an office."""

from collections.abc import Sequence
from typing import Annotated, Final, Self

from pydantic import ConfigDict, Field, JsonValue, model_validator

from hub_core.cnp import Cnp, CnpField
from hub_core.language import Language
from hub_core.phone import PhoneField
from hub_service import schemas

from ..domain.appointments import Appointment, Person
from ..domain.desk import Outcome, Overview, RefusalReason, Source, WalkIn
from ..domain.states import Channel, PersonState, State
from ..operations.appointments import Shown
from .applications import ApplicationNumber
from .appointments import NamedPerson
from .types import TypeCode

_SERVED: Final[dict[str, JsonValue]] = {
    "number": 0,
    "outcome": "SERVED",
    "application_number": "CJ-2026-104837",
}
_REFUSED: Final[dict[str, JsonValue]] = {"number": 1, "outcome": "REFUSED", "reason": "DOCUMENTS_MISSING"}
_ANA: Final[dict[str, JsonValue]] = {"family_name": "Popescu", "given_name": "Ana", "cnp": "2850312129003"}

Counter = Annotated[
    str,
    Field(
        min_length=1,
        max_length=32,
        pattern=r"^[A-Za-z0-9 .-]+$",
        description="The counter, as the people who wait read it.",
        examples=["3"],
    ),
]
Number = Annotated[
    schemas.Int32,
    Field(le=19, description="The person's number in the appointment, from 0.", examples=[0]),
]


class DeskAppointmentView(schemas.Resource):
    """An appointment in the day of an office: nothing of whose it is; opening it says that."""

    id: Annotated[schemas.Id, Field(description="The appointment's identifier.")]
    type: Annotated[TypeCode, Field(description="What it is for.")]
    state: Annotated[State, Field(description="Where it stands.", examples=["CHECKED_IN"])]
    channel: Annotated[Channel, Field(description="How it came to be.", examples=["ONLINE"])]
    starts_at: Annotated[schemas.Instant, Field(description="When it begins.")]
    ends_at: Annotated[schemas.Instant, Field(description="When it ends.")]
    size: Annotated[schemas.Int32, Field(ge=1, description="How many persons come.", examples=[1])]
    has_priority: Annotated[bool, Field(description="Whether an office gave it for one that it took away.")]
    arrived_at: Annotated[schemas.Instant | None, Field(description="When its people checked in.")]
    called_at: Annotated[schemas.Instant | None, Field(description="When they were called to a counter.")]
    desk: Annotated[str | None, Field(max_length=32, description="That counter.", examples=["3"])]
    end_reason: Annotated[
        str | None, Field(max_length=32, description="Why nobody was served.", examples=["DOCUMENTS_MISSING"])
    ]

    @classmethod
    def of(cls, one: Appointment) -> Self:
        """The view of an appointment."""
        return cls(**{name: getattr(one, name) for name in DeskAppointmentView.model_fields})


class DeskPersonView(schemas.Resource):
    """Somebody who comes, as the appointment names them."""

    number: Number
    family_name: Annotated[str, Field(max_length=100, description="Family name.", examples=["Popescu"])]
    given_name: Annotated[str, Field(max_length=100, description="First name.", examples=["Ana"])]
    cnp: Annotated[str, Field(max_length=13, description="The personal number.", examples=["2850312129003"])]
    state: Annotated[PersonState, Field(description="What became of them.", examples=["EXPECTED"])]
    reason: Annotated[
        str | None,
        Field(max_length=32, description="Why, if they were refused.", examples=["DOCUMENTS_MISSING"]),
    ]

    @classmethod
    def of(cls, person: Person) -> Self:
        """The view of a person."""
        return cls(
            number=person.number,
            family_name=person.participant.family_name,
            given_name=person.participant.given_name,
            cnp=person.participant.cnp.number,
            state=person.state,
            reason=person.reason,
        )


class OpenedAppointmentView(schemas.Resource):
    """An appointment with its persons."""

    appointment: Annotated[DeskAppointmentView, Field(description="The appointment.")]
    persons: Annotated[
        list[DeskPersonView], Field(max_length=20, description="Who comes, in the order they were named.")
    ]

    @classmethod
    def of(cls, shown: Shown) -> Self:
        """The view of an opened appointment."""
        return cls(
            appointment=DeskAppointmentView.of(shown.appointment),
            persons=[DeskPersonView.of(one) for one in shown.persons],
        )


class FindAtDesk(schemas.Resource):
    """Whom to look for: exactly one of the two."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"code": "K7QF2M9X"}]})

    cnp: Annotated[CnpField | None, Field(description="The personal number of who has come.")] = None
    code: Annotated[
        str | None,
        Field(
            min_length=1,
            max_length=40,
            pattern=schemas.STORABLE,
            description="The code of the appointment, however it is typed.",
            examples=["K7QF2M9X"],
        ),
    ] = None

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if (self.cnp is None) == (self.code is None):
            raise ValueError("give the personal number or the code")
        return self

    def shown(self) -> Cnp | str:
        """What was given."""
        return self.cnp or self.code or ""


class CheckIn(schemas.Resource):
    """Who has come, by the documents that they show."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"cnps": ["2850312129003"]}]})

    cnps: Annotated[
        list[CnpField],
        Field(
            min_length=1,
            max_length=20,
            description="The personal numbers on the documents that were shown: those of the booking.",
        ),
    ]
    is_desk_free: Annotated[
        bool, Field(description="That who is late is received all the same, for a desk is free.")
    ] = False


class CallNext(schemas.Resource):
    """Which counter is free."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"desk": "3"}]})

    desk: Counter
    types: Annotated[
        list[TypeCode],
        Field(max_length=50, default_factory=list, description="What it serves; none named: everything."),
    ]


class CalledView(schemas.Resource):
    """Who was called."""

    appointment: Annotated[DeskAppointmentView | None, Field(description="Null while nobody waits.")]

    @classmethod
    def of(cls, called: Appointment | None) -> Self:
        """The view of a call."""
        return cls(appointment=DeskAppointmentView.of(called) if called else None)


class EndedVisit(schemas.Resource):
    """How the visit of one person ended."""

    model_config = ConfigDict(json_schema_extra={"examples": [_SERVED, _REFUSED]})

    number: Number
    outcome: Annotated[PersonState, Field(description="SERVED, REFUSED or ABSENT.", examples=["SERVED"])]
    application_number: Annotated[
        ApplicationNumber | None,
        Field(description="Of who was served, and only then: as the office's system gave it."),
    ] = None
    phone: Annotated[
        PhoneField | None,
        Field(
            description="Of who was served and wants to be told when it is ready: a Romanian mobile number."
        ),
    ] = None
    reason: Annotated[
        RefusalReason | None,
        Field(description="Of who was refused, and only then.", examples=["DOCUMENTS_MISSING"]),
    ] = None

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.outcome is PersonState.EXPECTED:
            raise ValueError("a visit ends with SERVED, REFUSED or ABSENT")
        if (self.outcome is PersonState.SERVED) != (self.application_number is not None):
            raise ValueError("who was served has the number of an application, and nobody else")
        if (self.outcome is PersonState.REFUSED) != (self.reason is not None):
            raise ValueError("who was refused is told why, and nobody else")
        if self.phone is not None and self.outcome is not PersonState.SERVED:
            raise ValueError("only who was served is told when it can be fetched")
        return self

    def value(self) -> Outcome:
        """What was sent, as a value."""
        return Outcome(self.number, self.outcome, self.application_number, self.phone, self.reason)


class EndVisit(schemas.Resource):
    """How the visit ended, for each person of the appointment."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"persons": [_SERVED, _REFUSED]}]})

    persons: Annotated[list[EndedVisit], Field(min_length=1, max_length=20, description="Each person once.")]

    def values(self) -> list[Outcome]:
        """What was sent, as values."""
        return [one.value() for one in self.persons]


class TakeWalkIn(schemas.Resource):
    """People who came without an appointment."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"type": "PE", "persons": [_ANA]}]})

    type: Annotated[TypeCode, Field(description="What they come for.")]
    persons: Annotated[
        list[NamedPerson],
        Field(min_length=1, max_length=20, description="Who they are, by the documents that they show."),
    ]
    language: Annotated[
        Language, Field(description="In which language they are written to (ISO 639-1).", examples=["ro"])
    ] = Language.RO

    def value(self) -> WalkIn:
        """What was sent, as a value."""
        return WalkIn(self.type, [one.participant() for one in self.persons], self.language)


class WalkInView(schemas.Resource):
    """An appointment of people who walked in: they wait to be called."""

    appointment: Annotated[DeskAppointmentView, Field(description="The appointment.")]
    places_from: Annotated[
        list[Source],
        Field(
            max_length=3,
            description="Where their places come from: free ones, ones given up, ones of who has not come.",
            examples=[["FREE"]],
        ),
    ]

    @classmethod
    def of(cls, taken: tuple[Appointment, Sequence[Source]]) -> Self:
        """The view of a walk-in."""
        return cls(appointment=DeskAppointmentView.of(taken[0]), places_from=list(taken[1]))


class OverviewView(schemas.Resource):
    """An office at this moment of its day, in appointments."""

    expected: Annotated[schemas.Int32, Field(description="Confirmed, and not here yet.", examples=[41])]
    waiting: Annotated[schemas.Int32, Field(description="Checked in, and not called yet.", examples=[6])]
    at_desks: Annotated[schemas.Int32, Field(description="Called, and not done.", examples=[4])]
    served: Annotated[schemas.Int32, Field(description="At least one person was served.", examples=[72])]
    refused: Annotated[schemas.Int32, Field(description="Nobody could be served.", examples=[3])]
    missed: Annotated[schemas.Int32, Field(description="Nobody came in time.", examples=[5])]
    leftover_places: Annotated[
        schemas.Int32,
        Field(description="Places of who has not come, which can go to walk-ins.", examples=[4]),
    ]

    @classmethod
    def of(cls, overview: Overview) -> Self:
        """The view of a day."""
        return cls(**{name: getattr(overview, name) for name in OverviewView.model_fields})
