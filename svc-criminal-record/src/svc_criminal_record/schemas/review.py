"""Bodies of the review by officers."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Final, Self
from uuid import UUID

from pydantic import Field, field_validator

from hub_core.text import Text
from hub_service import schemas

from ..domain.holders import Holder, Person
from ..domain.products import Channel, Product
from ..domain.records import CompanyMatch, Entry, PersonMatch
from ..domain.requests import Step as Passed
from ..domain.review import OF_OFFICERS, InviteReason, Queued, Step, steps
from ..domain.states import RefusalReason, ReviewReason, State
from ..operations.matches import Candidate
from ..operations.review import Opened, Outcome
from .counter import VisitBody
from .motives import MotiveCode

_WORDS_MOST: Final = 2_000

RequestId = Annotated[schemas.Id, Field(description="The request.")]
Number = Annotated[
    int,
    Field(
        ge=1,
        le=2**53 - 1,
        strict=True,
        description="The number of the request.",
        examples=[1048],
        json_schema_extra={"format": "int64"},
    ),
]
ProductAsked = Annotated[Product, Field(description="What was asked for.", examples=["CRIMINAL_RECORD"])]
ChannelUsed = Annotated[Channel, Field(description="Where it was asked for.", examples=["ONLINE"])]
Standing = Annotated[State, Field(description="Where the request stands.", examples=["MANUAL_REVIEW"])]
Reference = Annotated[
    str,
    Field(
        min_length=64,
        max_length=64,
        pattern=r"^[0-9a-f]{64}$",
        description="Stands for a record of the register with what it says: another one when that changes.",
        examples=["5b2c1f0e9d8a7c6b5a4f3e2d1c0b9a8f7e6d5c4b3a2f1e0d9c8b7a6f5e4d3c2b"],
    ),
]
Words = Annotated[
    Text,
    Field(
        min_length=10,
        max_length=_WORDS_MOST,
        description="The reason in words.",
        examples=["Datele din cerere nu sunt cele din actul de identitate prezentat."],
    ),
]
Name = Annotated[str, Field(max_length=200, description="As the source writes it.", examples=["Popescu"])]
Born = Annotated[schemas.LegalDate, Field(description="Date of birth.", examples=["1985-03-12"])]
PersonalNumber = Annotated[
    str | None, Field(max_length=13, description="The CNP, if there is one.", examples=["1850312149006"])
]
Said = Annotated[str, Field(max_length=2_000, description="In the register's words.", examples=["412/2019"])]


class Claim(StrEnum):
    """Who has a request in hand."""

    NOBODY = "NOBODY"
    YOU = "YOU"
    COLLEAGUE = "COLLEAGUE"


class QueuedRequestView(schemas.Resource):
    """A request in the queue: enough to choose the next one, and nothing of whose it is."""

    id: RequestId
    number: Number
    product: ProductAsked
    channel: ChannelUsed
    state: Standing
    submitted_at: Annotated[schemas.Instant, Field(description="When it was asked for.")]
    due_on: Annotated[schemas.LegalDate, Field(description="The last day of the legal term.")]
    is_late: Annotated[bool, Field(description="Whether the day of its alarm has come.")]
    claim: Annotated[Claim, Field(description="Who has it in hand.", examples=["NOBODY"])]
    claimed_until: Annotated[schemas.Instant | None, Field(description="When the claim is over by itself.")]
    waits_for_second: Annotated[bool, Field(description="Whether another officer has to agree.")]
    counter_until: Annotated[
        schemas.LegalDate | None, Field(description="The last day for coming to the counter, if invited.")
    ]
    open_steps: Annotated[
        list[Step], Field(max_length=8, description="What an officer may do.", examples=[["CLAIM"]])
    ]

    @classmethod
    def of(cls, queued: Queued, officer: UUID, today: date) -> Self:
        """The view of a request in the queue, for one officer."""
        return cls(
            id=queued.id,
            number=queued.number,
            product=queued.product,
            channel=queued.channel,
            state=queued.state,
            submitted_at=queued.submitted_at,
            due_on=queued.due_on,
            is_late=queued.alarm_on <= today,
            claim=_claim(queued, officer),
            claimed_until=queued.claimed_until,
            waits_for_second=queued.waits_for_second,
            counter_until=queued.counter_until,
            open_steps=list(steps(queued.state)),
        )


class HolderView(schemas.Resource):
    """Whose record is asked for, as the request has it: a person, or an organisation with its CUI."""

    family_name: Annotated[
        str | None, Field(max_length=200, description="Of a person.", examples=["Popescu"])
    ]
    given_name: Annotated[str | None, Field(max_length=200, description="Of a person.", examples=["Ana"])]
    birth_date: Annotated[schemas.LegalDate | None, Field(description="Of a person.")]
    cnp: PersonalNumber
    document: Annotated[
        str | None,
        Field(
            max_length=200,
            description="What a person without a CNP is known by.",
            examples=["MD PASSPORT AB12345"],
        ),
    ]
    citizenship: Annotated[
        str | None, Field(max_length=2, description="ISO 3166-1 alpha-2.", examples=["RO"])
    ]
    died_on: Annotated[schemas.LegalDate | None, Field(description="Of a person who has died.")]
    organisation_name: Annotated[
        str | None, Field(max_length=400, description="Of an organisation.", examples=["Exemplu SRL"])
    ]
    cui: Annotated[str | None, Field(max_length=10, description="Of an organisation.", examples=["18547290"])]

    @classmethod
    def of(cls, holder: Holder) -> Self:
        """The view of a holder."""
        person = holder if isinstance(holder, Person) else None
        organisation = None if isinstance(holder, Person) else holder
        return cls(
            family_name=person.family_name if person else None,
            given_name=person.given_name if person else None,
            birth_date=person.birth_date if person else None,
            cnp=person.cnp if person else None,
            document=person.document if person else None,
            citizenship=person.citizenship if person else None,
            died_on=person.died_on if person else None,
            organisation_name=organisation.name if organisation else None,
            cui=organisation.cui if organisation else None,
        )


class EntryView(schemas.Resource):
    """A judgment in evidence."""

    court: Said
    judgment: Said
    judged_on: Annotated[schemas.LegalDate, Field(description="The day of the judgment.")]
    offence: Said
    penalty: Said
    final_on: Annotated[schemas.LegalDate | None, Field(description="The day on which it became final.")]
    execution: Said

    @classmethod
    def of(cls, entry: Entry) -> Self:
        """The view of an entry."""
        return cls(
            court=entry.court,
            judgment=entry.judgment,
            judged_on=entry.judged_on,
            offence=entry.offence,
            penalty=entry.penalty,
            final_on=entry.final_on,
            execution=entry.execution,
        )


class PersonRecordView(schemas.Resource):
    """A person as the register has them."""

    cnp: PersonalNumber
    family_name: Name
    given_name: Name
    former_names: Annotated[
        list[Name], Field(max_length=20, description="Names borne before.", examples=[["Ionescu"]])
    ]
    birth_date: Born
    birth_place: Name
    born_abroad: Annotated[bool, Field(description="Whether it lies abroad.")]
    father: Annotated[str, Field(max_length=200, description="First name of the father.", examples=["Ion"])]
    mother: Annotated[str, Field(max_length=200, description="First name of the mother.", examples=["Maria"])]

    @classmethod
    def of(cls, match: PersonMatch) -> Self:
        """The view of a person in the register."""
        return cls(
            cnp=match.cnp,
            family_name=match.family_name,
            given_name=match.given_name,
            former_names=list(match.former_names),
            birth_date=match.birth_date,
            birth_place=match.birth_place,
            born_abroad=match.born_abroad,
            father=match.father,
            mother=match.mother,
        )


class OrganisationRecordView(schemas.Resource):
    """A legal person as the register has it."""

    cui: Annotated[str, Field(max_length=10, description="Its fiscal number.", examples=["18547290"])]
    name: Annotated[str, Field(max_length=400, description="Its name.", examples=["Exemplu SRL"])]
    number: Annotated[
        str | None,
        Field(max_length=40, description="That of the trade register.", examples=["J2015000900124"]),
    ]
    dissolved_on: Annotated[schemas.LegalDate | None, Field(description="When it was dissolved.")]

    @classmethod
    def of(cls, match: CompanyMatch) -> Self:
        """The view of a legal person in the register."""
        return cls(cui=match.cui, name=match.name, number=match.number, dissolved_on=match.dissolved_on)


class CandidateView(schemas.Resource):
    """A record of the register that may be the holder's; exactly one of person and organisation is there."""

    reference: Reference
    person: Annotated[PersonRecordView | None, Field(description="A natural person.")]
    organisation: Annotated[OrganisationRecordView | None, Field(description="A legal person.")]
    update_pending: Annotated[bool, Field(description="Whether the register has an update in work.")]
    entries: Annotated[list[EntryView], Field(max_length=500, description="What stands in evidence.")]

    @classmethod
    def of(cls, candidate: Candidate) -> Self:
        """The view of a record."""
        match = candidate.match
        return cls(
            reference=candidate.reference,
            person=PersonRecordView.of(match) if isinstance(match, PersonMatch) else None,
            organisation=OrganisationRecordView.of(match) if isinstance(match, CompanyMatch) else None,
            update_pending=match.update_pending,
            entries=[EntryView.of(entry) for entry in match.entries],
        )


class PassedStepView(schemas.Resource):
    """A step that the request has taken."""

    state: Annotated[State, Field(description="The state it came to.", examples=["AUTO_CHECK"])]
    at: Annotated[schemas.Instant, Field(description="When.")]
    reason: Annotated[
        str | None,
        Field(max_length=64, description="A code, if there is one.", examples=["IDENTITY_TO_PROVE"]),
    ]

    @classmethod
    def of(cls, step: Passed) -> Self:
        """The view of a step."""
        return cls(state=step.state, at=step.at, reason=step.reason)


class OpenedRequestView(schemas.Resource):
    """A request in hand, with what the register says beside it."""

    request: Annotated[QueuedRequestView, Field(description="The request.")]
    holder: Annotated[HolderView, Field(description="Whose record it is.")]
    motive: Annotated[MotiveCode, Field(description="What it is for.")]
    motive_text: Annotated[
        str | None,
        Field(
            max_length=300, description="Another motive, in the person's words.", examples=["dosar de tutelă"]
        ),
    ]
    review_reasons: Annotated[
        list[ReviewReason],
        Field(max_length=20, description="Why an officer looks at it.", examples=[["HOMONYM"]]),
    ]
    takes_two: Annotated[bool, Field(description="Whether two officers have to agree on issuing it.")]
    candidates: Annotated[
        list[CandidateView] | None,
        Field(max_length=100, description="Who may be the holder; null while the register does not answer."),
    ]
    steps: Annotated[list[PassedStepView], Field(max_length=50, description="What has happened so far.")]

    @classmethod
    def of(cls, opened: Opened, officer: UUID, today: date) -> Self:
        """The view of a request in an officer's hand."""
        request = opened.request
        return cls(
            request=QueuedRequestView.of(opened.queued, officer, today),
            holder=HolderView.of(request.holder),
            motive=request.motive,
            motive_text=request.motive_text,
            review_reasons=sorted(request.review_reasons),
            takes_two=opened.takes_two,
            candidates=None
            if opened.candidates is None
            else [CandidateView.of(one) for one in opened.candidates],
            steps=[PassedStepView.of(step) for step in opened.steps],
        )


class IssueCertificate(schemas.Resource):
    """Which record of the register is the holder's, and who came where the person was invited."""

    match: Annotated[
        Reference | None, Field(description="The record; null when none that was shown is the holder's.")
    ]
    visit: Annotated[
        VisitBody | None, Field(description="Who came to the counter; for a request that waits for it.")
    ] = None


class InviteToCounter(schemas.Resource):
    """Why the person is to come."""

    reason: Annotated[InviteReason, Field(description="The person reads it.", examples=["IDENTITY_TO_PROVE"])]


class RefuseRequest(schemas.Resource):
    """Why not."""

    reason: Annotated[
        RefusalReason, Field(description="The person reads it.", examples=["IDENTITY_NOT_CONFIRMED"])
    ]
    text: Words

    @field_validator("reason")
    @classmethod
    def _is_of_officers(cls, reason: RefusalReason) -> RefusalReason:
        if reason not in OF_OFFICERS:
            raise ValueError("that nobody came, the calendar says")
        return reason


class DecidedRequestView(schemas.Resource):
    """A request after a step of an officer."""

    request: Annotated[QueuedRequestView, Field(description="The request.")]
    certificate: Annotated[
        schemas.Id | None, Field(description="The certificate, when it was issued by this step.")
    ]

    @classmethod
    def of(cls, outcome: Outcome, officer: UUID, today: date) -> Self:
        """The view of what a step led to."""
        made = outcome.certificate
        return cls(
            request=QueuedRequestView.of(outcome.queued, officer, today),
            certificate=made.id if made else None,
        )


def _claim(queued: Queued, officer: UUID) -> Claim:
    if queued.claimed_by is None:
        return Claim.NOBODY
    return Claim.YOU if queued.claimed_by == officer else Claim.COLLEAGUE
