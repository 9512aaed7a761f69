"""Bodies about acting for others."""

from datetime import datetime
from typing import Annotated, Final, Literal, Self

from pydantic import Field

from hub_core import clock
from hub_core.cnp import CnpField
from hub_core.cui import Cui
from hub_core.text import Line
from hub_service import schemas

from ..domain import capacity, mandate_guard, offer_code
from ..domain.mandate import EndCause, State
from ..domain.mandate_guard import Obstacle
from ..domain.mandate_type import Bounds, MandateType, PrincipalKind
from ..domain.organisation import Organisation, OrganisationSource
from ..operations.mandate_parties import Shown
from ..operations.mandate_requests import Proof
from ..operations.representation import Offered

PURPOSE_LONGEST: Final = 200
REASON_LONGEST: Final = 500
EVIDENCE_LONGEST: Final = 200

Service = Annotated[
    str,
    Field(
        pattern=r"^[a-z][a-z-]*:[a-z][a-z-]*$",
        max_length=64,
        description="A service, by the scope that opens it.",
        examples=["petitions:write"],
    ),
]
Purpose = Annotated[
    Line,
    Field(
        max_length=PURPOSE_LONGEST,
        description="What it is for; empty for any purpose.",
        examples=["Corespondența cu primăria"],
    ),
]
Reason = Annotated[
    Line,
    Field(
        max_length=REASON_LONGEST,
        description="Why; both sides can read it.",
        examples=["Nu mai este nevoie."],
    ),
]
Evidence = Annotated[
    Line,
    Field(
        min_length=1,
        max_length=EVIDENCE_LONGEST,
        description="The act it comes from: kind, number, date and who issued it.",
        examples=["Procură autentică 1234/20.11.2026, BNP Ionescu"],
    ),
]
CodeText = Annotated[
    str,
    Field(
        min_length=1,
        max_length=offer_code.LONGEST,
        pattern=r"^[A-Za-z0-9 -]+$",
        description="The code that the giver of the mandate was shown; blanks and dashes do not matter.",
        examples=["K7QP-9M2X-0RTA-3ZC8"],
    ),
]


class _Bounded(schemas.Resource):
    """What a mandate is for and how long."""

    services: Annotated[
        list[Service],
        Field(
            default_factory=list,
            max_length=50,
            description="The services; empty means all that the type allows.",
        ),
    ]
    purpose: Purpose = ""
    valid_from: Annotated[
        schemas.LegalDate | None, Field(description="The first day; today when left out.")
    ] = None
    valid_to: Annotated[
        schemas.LegalDate | None,
        Field(description="The last day; three years when left out (Civil Code art. 2015)."),
    ] = None

    def bounds(self, now: datetime) -> Bounds:
        """The bounds, as a value."""
        return Bounds(
            services=tuple(self.services),
            purpose=self.purpose,
            valid_from=self.valid_from or clock.local_date(now),
            valid_to=self.valid_to,
        )


class OfferMandate(_Bounded):
    """A mandate that a person gives, in their own name or for an organisation they represent by law.

    DELEGATE needs its services named. NOTARIAL_PROXY and LAWYER need the act they come from, and an
    institution whose officials look at it.
    """

    type: Annotated[
        Literal[MandateType.DELEGATE, MandateType.NOTARIAL_PROXY, MandateType.LAWYER],
        Field(description="By what the representative will act.", examples=["DELEGATE"]),
    ]
    organisation_id: Annotated[
        schemas.Id | None, Field(description="The organisation that gives it; your own name when left out.")
    ] = None
    evidence_ref: Evidence | None = None
    institution_id: Annotated[
        schemas.Id | None, Field(description="The institution whose officials look at the act.")
    ] = None

    def proof(self) -> Proof | None:
        """The act, as a value; none unless both of its members are there."""
        if self.evidence_ref is None or self.institution_id is None:
            return None
        return Proof(self.evidence_ref, self.institution_id)


class OfferForInstitution(_Bounded):
    """A mandate that the head of an institution gives to one of its officials."""

    evidence_ref: Evidence


class AskForMandate(_Bounded):
    """A mandate that an act gives: an official looks at the act and at whom it names."""

    type: Annotated[
        Literal[MandateType.GUARDIAN, MandateType.NOTARIAL_PROXY, MandateType.LAWYER],
        Field(description="By what you act.", examples=["GUARDIAN"]),
    ]
    principal_cnp: Annotated[CnpField, Field(description="The CNP of the person you act for.")]
    evidence_ref: Evidence
    institution_id: Annotated[
        schemas.Id, Field(description="The institution whose officials look at the act.")
    ]

    def proof(self) -> Proof:
        """The act, as a value."""
        return Proof(self.evidence_ref, self.institution_id)


class RepresentCompany(schemas.Resource):
    """The company that the trade register says one represents."""

    cui: Annotated[
        Cui, Field(description="The fiscal number, with RO before it or not.", examples=["18547290"])
    ]


class AcceptOffer(schemas.Resource):
    """The code of an offered mandate."""

    code: CodeText


class EndMandate(schemas.Resource):
    """Why a mandate ends, if one wants to say so."""

    reason: Reason = ""


class GiveReason(schemas.Resource):
    """Why an official decides against a mandate."""

    reason: Annotated[Reason, Field(min_length=3)]


class PrincipalView(schemas.Resource):
    """In whose name things are done."""

    kind: Annotated[PrincipalKind, Field(description="What the principal is.", examples=["PERSON"])]
    id: Annotated[
        schemas.Id | None, Field(description="Their identifier; null while an official has yet to say it.")
    ]
    name: Annotated[
        str,
        Field(
            max_length=300, description="Their name; empty while it is not known.", examples=["Maria Popescu"]
        ),
    ]
    age: Annotated[
        schemas.Int32 | None, Field(description="Full years today; null for who is no person.", examples=[15])
    ]
    acts_with_consent: Annotated[
        bool, Field(description="Whether they are a minor who acts in person, with consent (from 14 to 18).")
    ]


class MandateView(schemas.Resource):
    """A mandate."""

    id: Annotated[schemas.Id, Field(description="The mandate's identifier.")]
    type: Annotated[MandateType, Field(description="By what the representative acts.", examples=["PARENT"])]
    principal: PrincipalView
    representative_id: Annotated[
        schemas.Id | None, Field(description="Who acts; null until somebody has accepted.")
    ]
    representative_name: Annotated[
        str, Field(max_length=201, description="Their name; empty until then.", examples=["Ana Popescu"])
    ]
    services: Annotated[list[Service], Field(max_length=50, description="The services it may be used for.")]
    purpose: Purpose
    valid_from: Annotated[schemas.LegalDate, Field(description="The first day.")]
    valid_to: Annotated[
        schemas.LegalDate | None, Field(description="The last day; null as long as the register says so.")
    ]
    evidence_ref: Annotated[
        str,
        Field(
            max_length=EVIDENCE_LONGEST,
            description="The act it comes from; empty without one.",
            examples=["Sentința 12/2026"],
        ),
    ]
    institution_id: Annotated[
        schemas.Id | None, Field(description="The institution whose officials look at the act.")
    ]
    state: Annotated[State, Field(description="Where it stands.", examples=["ACTIVE"])]
    usable: Annotated[
        bool,
        Field(description="Whether it may be used today; a register may still be asked when it is."),
    ]
    created_at: Annotated[schemas.Instant, Field(description="When it was given or asked for.")]
    verified_at: Annotated[
        schemas.Instant | None, Field(description="When a register, the giver or an official vouched for it.")
    ]
    ended_at: Annotated[schemas.Instant | None, Field(description="When it ended.")]
    end_cause: Annotated[EndCause | None, Field(description="Why it ended.", examples=["TERM"])]
    reason: Annotated[
        str,
        Field(
            max_length=REASON_LONGEST,
            description="What was said with the end; may be empty.",
            examples=["Nu mai este nevoie."],
        ),
    ]

    @classmethod
    def of(cls, shown: Shown, now: datetime) -> Self:
        """The view of a mandate on the day of `now`."""
        held = shown.mandate
        met = mandate_guard.obstacle(
            held, shown.held.principal, shown.held.representative, now, shown.held.legal
        )
        return cls(
            id=held.id,
            type=held.type,
            principal=_principal(shown, now),
            representative_id=held.representative_id,
            representative_name=shown.representative_name,
            services=sorted(held.scopes),
            purpose=held.purpose,
            valid_from=held.valid_from,
            valid_to=held.valid_to,
            evidence_ref=held.evidence_ref,
            institution_id=held.institution_id,
            state=held.state,
            usable=met in (None, Obstacle.REGISTER_SILENT),
            created_at=held.created_at,
            verified_at=held.verified_at,
            ended_at=held.ended_at,
            end_cause=held.end_cause,
            reason=held.reason,
        )


class MandatesView(schemas.Resource):
    """Mandates that a register has just given."""

    items: Annotated[list[MandateView], Field(max_length=200, description="The mandates.")]


class OfferView(schemas.Resource):
    """An offered mandate and its code."""

    mandate: MandateView
    code: Annotated[
        str,
        Field(
            max_length=offer_code.LONGEST,
            pattern=r"^[A-Za-z0-9 -]+$",
            description="Give it to the one who will act for you; it is shown this once.",
            examples=["K7QP-9M2X-0RTA-3ZC8"],
        ),
    ]
    expires_at: Annotated[schemas.Instant, Field(description="Until when the code can be used.")]

    @classmethod
    def of(cls, offered: Offered, now: datetime) -> Self:
        """The view of an offer just made."""
        return cls(
            mandate=MandateView.of(offered.shown, now), code=offered.code, expires_at=offered.expires_at
        )


class OrganisationView(schemas.Resource):
    """An organisation, as its register knows it."""

    id: Annotated[schemas.Id, Field(description="The organisation's identifier in the hub.")]
    cui: Annotated[str, Field(max_length=10, description="Its fiscal number.", examples=["18547290"])]
    trade_number: Annotated[
        str | None,
        Field(max_length=32, description="Its number in the trade register.", examples=["J2024012345007"]),
    ]
    name: Annotated[str, Field(max_length=300, description="Its name.", examples=["Exemplu SRL"])]
    source: Annotated[OrganisationSource, Field(description="Who says so.", examples=["TRADE_REGISTER"])]
    checked_at: Annotated[schemas.Instant, Field(description="When the register was last asked.")]

    @classmethod
    def of(cls, organisation: Organisation) -> Self:
        """The view of an organisation."""
        return cls(
            id=organisation.id,
            cui=organisation.cui,
            trade_number=organisation.trade_number,
            name=organisation.name,
            source=organisation.source,
            checked_at=organisation.checked_at,
        )


def _principal(shown: Shown, now: datetime) -> PrincipalView:
    born = shown.held.principal.birth_date
    return PrincipalView(
        kind=shown.mandate.principal_kind,
        id=shown.mandate.principal_id,
        name=shown.principal_name,
        age=None if born is None else max(capacity.age_on(born, now, shown.held.legal), 0),
        acts_with_consent=born is not None and capacity.acts_with_consent(born, now, shown.held.legal),
    )
