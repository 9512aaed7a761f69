"""The waiting list and draws, as a caller sends and sees them."""

from collections.abc import Sequence
from typing import Annotated, Any, Final, Literal, Self
from uuid import UUID

from pydantic import ConfigDict, Field, JsonValue

from hub_core.language import Language
from hub_core.phone import PhoneField
from hub_service import schemas

from ..domain.appointments import Participant
from ..domain.waiting import EndReason, Entry, Kind, State, WaitingWish
from ..operations.waiting import DrawWish, Shown, Unknown
from .appointments import AccountPerson, AnyPerson, GuestPair, NamedPerson
from .guests import GuestProof
from .offices import CountyCode
from .types import TypeCode

_ANA: Final[dict[str, JsonValue]] = {"family_name": "Popescu", "given_name": "Ana", "cnp": "2850312129009"}
_WAIT: Final[dict[str, JsonValue]] = {
    "type": "PE",
    "county": "CJ",
    "days_from": "2026-12-01",
    "days_to": "2026-12-18",
}
_PROOF: Final[dict[str, JsonValue]] = {
    "code_id": "0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b70",
    "code": "204816",
}
_PAIR: Final[dict[str, JsonValue]] = {"code": "K7QF2M9X", "last_four": "9009"}

LanguageField = Annotated[
    Language, Field(description="In which language you are written to (ISO 639-1).", examples=["ro"])
]


class _AccountPersons(schemas.Resource):
    persons: Annotated[
        list[AnyPerson],
        Field(min_length=1, max_length=20, description="Who comes. Names cannot be changed afterwards."),
    ]

    def needs_account(self) -> bool:
        """Whether somebody is meant who is not named."""
        return any(isinstance(one, AccountPerson) for one in self.persons)

    def participants(self, account: Participant | None) -> Sequence[Participant]:
        """The persons as values; `account` is who is not named."""
        named = [one.participant() if isinstance(one, NamedPerson) else account for one in self.persons]
        return [one for one in named if one is not None]


class _GuestPersons(schemas.Resource):
    persons: Annotated[
        list[NamedPerson],
        Field(min_length=1, max_length=20, description="Who comes. Names cannot be changed afterwards."),
    ]
    proof: Annotated[
        GuestProof,
        Field(description="The code from an e-mail: it confirms the address to which places are offered."),
    ]
    phone: Annotated[PhoneField | None, Field(description="A telephone number.")] = None
    consents: Annotated[
        Literal[True],
        Field(description="That what is sent may be processed for the appointment.", examples=[True]),
    ]

    def participants(self) -> Sequence[Participant]:
        """The persons as values."""
        return [one.participant() for one in self.persons]

    def unknown(self, address: str) -> Unknown:
        """Who sends it, as a value."""
        return Unknown(self.proof.value(), address, self.phone.e164 if self.phone else None)


class _Wanted(schemas.Resource):
    type: Annotated[TypeCode, Field(description="What it is for; see the list of types.")]
    county: Annotated[CountyCode, Field(description="In which county you would come, by its vehicle code.")]
    office_id: Annotated[
        schemas.Id | None, Field(description="Only at this office; at any that serves the county without.")
    ] = None
    days_from: Annotated[
        schemas.LegalDate, Field(description="The first day that suits you.", examples=["2026-12-01"])
    ]
    days_to: Annotated[
        schemas.LegalDate, Field(description="The last day that suits you.", examples=["2026-12-18"])
    ]
    language: LanguageField = Language.RO

    def _wish(self, participants: Sequence[Participant]) -> WaitingWish:
        return WaitingWish(
            type=self.type,
            county=self.county,
            office_id=self.office_id,
            days_from=self.days_from,
            days_to=self.days_to,
            participants=participants,
            language=self.language,
        )


class JoinWaitingList(_Wanted, _AccountPersons):
    """What somebody with an account wants to wait for."""

    model_config = ConfigDict(json_schema_extra={"examples": [{**_WAIT, "persons": [{"account": True}]}]})

    def wish(self, account: Participant | None) -> WaitingWish:
        """What was sent, as a value; `account` is who is not named."""
        return self._wish(self.participants(account))


class JoinWaitingListAsGuest(_Wanted, _GuestPersons):
    """What somebody without an account wants to wait for."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{**_WAIT, "persons": [_ANA], "proof": _PROOF, "consents": True}]}
    )

    def wish(self) -> WaitingWish:
        """What was sent, as a value."""
        return self._wish(self.participants())


class JoinDraw(_AccountPersons):
    """Who takes part in a draw, and for what."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"type": "PE", "persons": [{"account": True}]}]}
    )

    type: Annotated[TypeCode, Field(description="What it is for; see the list of types.")]
    language: LanguageField = Language.RO

    def wish(self, opening_id: UUID, account: Participant | None) -> DrawWish:
        """What was sent, as a value; `account` is who is not named."""
        return DrawWish(opening_id, self.type, self.participants(account), self.language)


class JoinDrawAsGuest(_GuestPersons):
    """Who takes part in a draw without an account, and for what."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"type": "PE", "persons": [_ANA], "proof": _PROOF, "consents": True}]}
    )

    type: Annotated[TypeCode, Field(description="What it is for; see the list of types.")]
    language: LanguageField = Language.RO

    def wish(self, opening_id: UUID) -> DrawWish:
        """What was sent, as a value."""
        return DrawWish(opening_id, self.type, self.participants(), self.language)


class AskEarlierPlace(schemas.Resource):
    """From which day on an earlier place would suit."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"days_from": "2026-12-01"}]})

    days_from: Annotated[
        schemas.LegalDate, Field(description="The first day that suits you.", examples=["2026-12-01"])
    ]


class AskEarlierPlaceAsGuest(GuestPair):
    """The appointment, and from which day on an earlier place would suit."""

    model_config = ConfigDict(json_schema_extra={"examples": [{**_PAIR, "days_from": "2026-12-01"}]})

    days_from: Annotated[
        schemas.LegalDate, Field(description="The first day that suits you.", examples=["2026-12-01"])
    ]


class WaitingPersonView(schemas.Resource):
    """Somebody who waits."""

    family_name: Annotated[str, Field(max_length=100, description="Family name.", examples=["Popescu"])]
    given_name: Annotated[str, Field(max_length=100, description="First name.", examples=["Ana"])]
    cnp: Annotated[
        str, Field(max_length=13, description="The personal number, masked.", examples=["*********9009"])
    ]


class WaitingSummaryView(schemas.Resource):
    """An entry in the waiting list, without its persons."""

    id: Annotated[schemas.Id, Field(description="The entry's identifier.")]
    code: Annotated[
        str,
        Field(
            max_length=16,
            description="The code by which it is found together with four digits.",
            examples=["K7QF2M9X"],
        ),
    ]
    kind: Annotated[
        Kind,
        Field(
            description="PLACE; ALERT for who has an appointment and would come earlier.", examples=["PLACE"]
        ),
    ]
    type: Annotated[TypeCode, Field(description="What it is for.")]
    county: Annotated[CountyCode, Field(description="In which county.")]
    office_id: Annotated[schemas.Id | None, Field(description="Only at this office, if it is named.")]
    size: Annotated[schemas.Int32, Field(ge=1, description="How many persons come.", examples=[1])]
    days_from: Annotated[schemas.LegalDate, Field(description="The first day that suits.")]
    days_to: Annotated[schemas.LegalDate, Field(description="The last day that suits.")]
    state: Annotated[
        State,
        Field(
            description="WAITING; OFFERED while a place is kept, until `offered_until`; ENDED.",
            examples=["WAITING"],
        ),
    ]
    end_reason: Annotated[
        EndReason | None,
        Field(
            description="Why it has ended: BOOKED, LEFT, UNANSWERED, or OVER when the days have passed.",
            examples=[None],
        ),
    ]
    language: LanguageField
    joined_at: Annotated[schemas.Instant, Field(description="When you joined: the order goes by it.")]
    ended_at: Annotated[schemas.Instant | None, Field(description="When it ended.")]
    has_priority: Annotated[
        bool, Field(description="Whether an office had to move you: you are asked before others.")
    ]
    opening_id: Annotated[schemas.Id | None, Field(description="The draw it takes part in.")]
    rank: Annotated[
        schemas.Int32 | None,
        Field(description="Its place in the draw, once it was drawn.", examples=[None]),
    ]
    appointment_id: Annotated[
        schemas.Id | None,
        Field(description="The appointment that an office took away, or that would be moved."),
    ]
    offered_id: Annotated[
        schemas.Id | None, Field(description="The appointment that is held for you as an offer.")
    ]
    offered_until: Annotated[schemas.Instant | None, Field(description="Until when the offer is open.")]

    @classmethod
    def listed(cls, entry: Entry) -> Self:
        """The view of an entry in a list."""
        return cls(**_members(entry))


class WaitingEntryView(WaitingSummaryView):
    """An entry in the waiting list, with its position."""

    persons: Annotated[
        Sequence[WaitingPersonView],
        Field(max_length=20, description="Who waits, in the order they were named."),
    ]
    ahead: Annotated[
        schemas.Int32 | None,
        Field(
            description=(
                "How many entries are asked before yours for a place that would suit you: 0 when you are "
                "next. Null when you do not wait, or before a draw."
            ),
            examples=[3],
        ),
    ]

    @classmethod
    def of(cls, shown: Shown) -> Self:
        """The view of an entry."""
        persons = [
            WaitingPersonView(family_name=one.family_name, given_name=one.given_name, cnp=one.cnp.masked)
            for one in shown.participants
        ]
        return cls(**_members(shown.entry), persons=persons, ahead=shown.ahead)


def _members(entry: Entry) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in WaitingSummaryView.model_fields}
