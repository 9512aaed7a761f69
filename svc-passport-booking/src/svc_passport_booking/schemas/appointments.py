"""Appointments, as a caller sends and sees them."""

from collections.abc import Sequence
from typing import Annotated, Any, Final, Literal, Self

from pydantic import ConfigDict, Field, JsonValue, StringConstraints

from hub_core.cnp import CnpField
from hub_core.language import Language
from hub_core.phone import PhoneField
from hub_core.text import Line
from hub_service import schemas

from ..domain.appointments import Appointment, Contact, Participant, Person
from ..domain.booking import Wish
from ..domain.states import Channel, PersonState, State
from ..operations.appointments import Opened, Shown
from .guests import Email, GuestProof
from .types import TypeCode

_ANA: Final[dict[str, JsonValue]] = {"family_name": "Popescu", "given_name": "Ana", "cnp": "2850312129003"}
_WISH: Final[dict[str, JsonValue]] = {"slot_id": 48213, "type": "PE"}
_CONTACT: Final[dict[str, JsonValue]] = {"email": "ana.popescu@example.com"}
_PROOF: Final[dict[str, JsonValue]] = {
    "code_id": "0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b70",
    "code": "204816",
}
_PAIR: Final[dict[str, JsonValue]] = {"code": "K7QF2M9X", "last_four": "9003"}

SlotId = Annotated[
    int,
    Field(
        ge=1,
        le=2**53 - 1,
        strict=True,
        description="The interval from which on places are taken, as availability names it.",
        json_schema_extra={"format": "int64", "examples": [48213]},
    ),
]
CNP_CHECKS: Final = (
    "Beyond its form its first digit, date, county, serial and check digit are checked, and that the birth "
    "is not still to come (422 with a pointer)."
)
"""What no JSON Schema says of a CNP."""
Name = Annotated[Line, Field(min_length=1, max_length=100)]
StateField = Annotated[
    State,
    Field(
        description="Where it stands: HELD until `held_until` unless it is confirmed before.",
        examples=["CONFIRMED"],
    ),
]
Situation = Annotated[
    dict[
        Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=64)],
        Annotated[str, StringConstraints(pattern=r"^[A-Z0-9_-]+$", max_length=64)],
    ],
    Field(
        max_length=20,
        description="What the list of documents depends on, by the questions of the catalog's entry.",
        examples=[{"lost_or_stolen": "NO"}],
    ),
]


class NamedPerson(schemas.Resource):
    """Somebody who comes, as the papers name them."""

    model_config = ConfigDict(json_schema_extra={"examples": [_ANA]})

    family_name: Annotated[Name, Field(description="Family name.", examples=["Popescu"])]
    given_name: Annotated[Name, Field(description="First name or names.", examples=["Ana Maria"])]
    cnp: Annotated[CnpField, Field(description=f"The personal number; written out masked. {CNP_CHECKS}")]

    def participant(self) -> Participant:
        """The person as a value."""
        return Participant(self.family_name, self.given_name, self.cnp)


class AccountPerson(schemas.Resource):
    """Who signed in, or whom they act for, as the population register names them."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"account": True}]})

    account: Annotated[Literal[True], Field(description="Always true.", examples=[True])]


class _Wanted(schemas.Resource):
    slot_id: SlotId
    type: Annotated[TypeCode, Field(description="What it is for; see the list of types.")]
    language: Annotated[
        Language, Field(description="In which language you are written to (ISO 639-1).", examples=["ro"])
    ] = Language.RO
    situation: Annotated[Situation, Field(default_factory=dict)]


AnyPerson = Annotated[NamedPerson | AccountPerson, schemas.either(AccountPerson, "account", NamedPerson)]
"""Somebody who comes, named or by the account."""


class BookAppointment(_Wanted):
    """Places to be booked by who is signed in."""

    model_config = ConfigDict(json_schema_extra={"examples": [{**_WISH, "persons": [{"account": True}]}]})

    persons: Annotated[
        list[AnyPerson],
        Field(min_length=1, max_length=20, description="Who comes. Names cannot be changed afterwards."),
    ]

    def needs_account(self) -> bool:
        """Whether somebody is meant who is not named."""
        return any(isinstance(one, AccountPerson) for one in self.persons)

    def wish(self, account: Participant | None) -> Wish:
        """What was sent, as a value; `account` is who is not named."""
        named = [one.participant() if isinstance(one, NamedPerson) else account for one in self.persons]
        return Wish(
            slot_id=self.slot_id,
            type=self.type,
            participants=[one for one in named if one is not None],
            language=self.language,
            situation=self.situation,
        )


class ContactDetails(schemas.Resource):
    """Where to write to somebody without an account."""

    email: Annotated[Email, Field(description="To it goes the message by which the hold is confirmed.")]
    phone: Annotated[PhoneField | None, Field(description="A telephone number.")] = None


class BookGuestAppointment(_Wanted):
    """Places to be held for somebody without an account."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{**_WISH, "persons": [_ANA], "contact": _CONTACT, "proof": _PROOF, "consents": True}]
        }
    )

    persons: Annotated[
        list[NamedPerson],
        Field(min_length=1, max_length=20, description="Who comes. Names cannot be changed afterwards."),
    ]
    contact: Annotated[ContactDetails, Field(description="Where to write to.")]
    proof: Annotated[
        GuestProof, Field(description="That somebody is there: a solved challenge, or a code by e-mail.")
    ]
    consents: Annotated[
        Literal[True],
        Field(description="That what is sent may be processed for the appointment.", examples=[True]),
    ]

    def wish(self) -> Wish:
        """What was sent, as a value."""
        phone = self.contact.phone
        return Wish(
            slot_id=self.slot_id,
            type=self.type,
            participants=[one.participant() for one in self.persons],
            language=self.language,
            contact=Contact(self.contact.email, phone.e164 if phone else None),
            situation=self.situation,
        )


class RescheduleAppointment(schemas.Resource):
    """Where the appointment is to be instead."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"slot_id": 48213}]})

    slot_id: SlotId


class GuestPair(schemas.Resource):
    """By what a guest opens an appointment."""

    model_config = ConfigDict(json_schema_extra={"examples": [_PAIR]})

    code: Annotated[
        str,
        Field(
            min_length=1,
            max_length=40,
            pattern=schemas.STORABLE,
            description="The code of the appointment, however it is typed.",
            examples=["K7QF2M9X"],
        ),
    ]
    last_four: Annotated[
        str,
        Field(
            pattern=r"^[0-9]{4}$",
            max_length=4,
            description="The last four digits of the personal number of one of its persons.",
            examples=["9003"],
        ),
    ]

    def opened(self, address: str) -> Opened:
        """What was sent, as a value, with the network address of who sent it."""
        return Opened(self.code, self.last_four, address)


class RescheduleGuestAppointment(GuestPair):
    """The appointment, and where it is to be instead."""

    model_config = ConfigDict(json_schema_extra={"examples": [{**_PAIR, "slot_id": 48213}]})

    slot_id: SlotId


class ConfirmBySecret(schemas.Resource):
    """A hold to be confirmed by the link of its message."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"secret": "AZnypHwee3qdUj9qHI5LcEbJ6XyZ1pQf0a3hVd8mWc4"}]}
    )

    secret: Annotated[
        str,
        Field(
            max_length=64,
            pattern=r"^[A-Za-z0-9_-]+$",
            description="What stands after the # of the link.",
            examples=["AZnypHwee3qdUj9qHI5LcEbJ6XyZ1pQf0a3hVd8mWc4"],
        ),
    ]


class ConfirmByDigits(schemas.Resource):
    """A hold to be confirmed by the six digits of its message."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"appointment_id": "0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b70", "digits": "048213"}]
        }
    )

    appointment_id: Annotated[schemas.Id, Field(description="The appointment that is held.")]
    digits: Annotated[
        str,
        Field(pattern=r"^[0-9]{6}$", max_length=6, description="The six digits.", examples=["048213"]),
    ]


class PersonView(schemas.Resource):
    """Somebody who comes."""

    family_name: Annotated[str, Field(max_length=100, description="Family name.", examples=["Popescu"])]
    given_name: Annotated[str, Field(max_length=100, description="First name.", examples=["Ana"])]
    cnp: Annotated[
        str, Field(max_length=13, description="The personal number, masked.", examples=["*********9003"])
    ]
    state: Annotated[PersonState, Field(description="What became of them.", examples=["EXPECTED"])]
    reason: Annotated[
        str | None,
        Field(max_length=32, description="Why, if they were refused.", examples=["DOCUMENTS_MISSING"]),
    ]

    @classmethod
    def of(cls, person: Person) -> Self:
        """The view of a person."""
        return cls(
            family_name=person.participant.family_name,
            given_name=person.participant.given_name,
            cnp=person.participant.cnp.masked,
            state=person.state,
            reason=person.reason,
        )


class AppointmentSummaryView(schemas.Resource):
    """An appointment without its persons."""

    id: Annotated[schemas.Id, Field(description="The appointment's identifier.")]
    code: Annotated[
        str,
        Field(
            max_length=16,
            description="The code by which it is found together with four digits.",
            examples=["K7QF2M9X"],
        ),
    ]
    office_id: Annotated[schemas.Id, Field(description="The office where it is.")]
    type: Annotated[TypeCode, Field(description="What it is for.")]
    state: StateField
    channel: Annotated[Channel, Field(description="How it came to be.", examples=["ONLINE"])]
    starts_at: Annotated[schemas.Instant, Field(description="When it begins.")]
    ends_at: Annotated[schemas.Instant, Field(description="When it ends.")]
    size: Annotated[schemas.Int32, Field(ge=1, description="How many persons come.", examples=[1])]
    language: Annotated[Language, Field(description="In which language you are written to.", examples=["ro"])]
    created_at: Annotated[schemas.Instant, Field(description="When it was booked.")]
    held_until: Annotated[
        schemas.Instant | None, Field(description="Until when it is held, while it is not confirmed.")
    ]
    confirmed_at: Annotated[schemas.Instant | None, Field(description="When it was confirmed.")]
    ended_at: Annotated[schemas.Instant | None, Field(description="When it ended, one way or another.")]
    end_reason: Annotated[
        str | None,
        Field(max_length=32, description="The code of the reason why.", examples=["OFFICE_CLOSED"]),
    ]
    replaces_id: Annotated[
        schemas.Id | None, Field(description="The appointment that an office took away, for this one.")
    ]
    has_priority: Annotated[bool, Field(description="Whether it was given in place of that one.")]

    @classmethod
    def listed(cls, one: Appointment) -> Self:
        """The view of an appointment in a list."""
        return cls(**_members(one))


class AppointmentView(AppointmentSummaryView):
    """An appointment."""

    persons: Annotated[
        Sequence[PersonView], Field(max_length=20, description="Who comes, in the order they were named.")
    ]

    @classmethod
    def of(cls, shown: Shown) -> Self:
        """The view of an appointment."""
        return cls(**_members(shown.appointment), persons=[PersonView.of(one) for one in shown.persons])


def _members(one: Appointment) -> dict[str, Any]:
    return {name: getattr(one, name) for name in AppointmentSummaryView.model_fields}
