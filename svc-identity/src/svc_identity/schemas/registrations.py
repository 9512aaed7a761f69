"""Bodies about registration requests."""

from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from hub_core.cnp import CnpField
from hub_core.text import Line, Text
from hub_service import schemas

from ..domain.proofing import DocumentKind
from ..domain.registration import Evidence, Reason, RegisterCheck, Request, State, Stated, Step, steps
from ..operations.registration_decisions import Opened

_MESSAGE_LONGEST = 2000

InstitutionId = Annotated[schemas.Id, Field(description="The institution, as the catalog knows it.")]
BirthDate = Annotated[schemas.LegalDate, Field(description="Date of birth.", examples=["1985-03-12"])]
Country = Annotated[
    str,
    Field(
        pattern=r"^[A-Z]{2}$", max_length=2, description="A country (ISO 3166-1 alpha-2).", examples=["DE"]
    ),
]
Kind = Annotated[DocumentKind, Field(description="Which document.", examples=["PASSPORT"])]
Message = Annotated[
    Text,
    Field(
        min_length=3,
        max_length=_MESSAGE_LONGEST,
        description="What the person is to do; the person reads it.",
        examples=["Please send both sides of the residence permit."],
    ),
]
Standing = Annotated[State, Field(description="Where the request stands.", examples=["SUBMITTED"])]
OpenSteps = Annotated[
    list[Step],
    Field(max_length=8, description="The steps that are open now.", examples=[["CLAIM", "EXPIRE"]]),
]
SubmittedAt = Annotated[schemas.Instant, Field(description="When the person sent it.")]
ExpiresAt = Annotated[
    schemas.Instant | None, Field(description="When it ends if its turn does not come; null while in work.")
]
DecidedAt = Annotated[schemas.Instant | None, Field(description="When it was decided or has expired.")]
Version = Annotated[schemas.Int32, Field(description="Grows with each step; the ETag.", examples=[2])]
Reasoned = Annotated[
    Reason | None, Field(description="Why it was rejected.", examples=["DOCUMENT_NOT_READABLE"])
]
Told = Annotated[
    str,
    Field(
        max_length=_MESSAGE_LONGEST,
        description="What the institution asks the person to do.",
        examples=["The copy cannot be read; please send it again."],
    ),
]


class ForeignDocument(schemas.Resource):
    """A document of somebody who has no CNP."""

    kind: Kind
    number: Annotated[
        Line,
        Field(min_length=3, max_length=40, description="Series and number.", examples=["C01X00T47"]),
    ]
    issued_by: Annotated[Country, Field(description="The issuing state (ISO 3166-1 alpha-2).")]


class SubmitRegistration(schemas.Resource):
    """What a person says of themselves: with a CNP, or with a document where there is none."""

    institution_id: InstitutionId
    birth_date: BirthDate
    citizenship: Annotated[Country, Field(description="Citizenship (ISO 3166-1 alpha-2).")]
    cnp: Annotated[CnpField | None, Field(description="The personal number, for those who have one.")] = None
    document: Annotated[
        ForeignDocument | None, Field(description="For those who have no personal number.")
    ] = None

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.cnp is None) == (self.document is None):
            raise PydanticCustomError("cnp_or_document", "Give either the personal number or a document.")
        return self

    def stated(self) -> Stated:
        """What was stated."""
        return Stated(
            birth_date=self.birth_date,
            citizenship=self.citizenship,
            cnp=self.cnp,
            document=self.document.kind if self.document else None,
            document_number=self.document.number if self.document else "",
            issued_by=self.document.issued_by if self.document else "",
        )


class ReturnRegistration(schemas.Resource):
    """What is missing."""

    message: Message


class ApproveRegistration(schemas.Resource):
    """The document the official has seen."""

    document: Kind


class RejectRegistration(schemas.Resource):
    """Why not, and what the person can do."""

    reason: Annotated[Reason, Field(description="Why.", examples=["DOCUMENT_NOT_READABLE"])]
    message: Message


class RegistrationView(schemas.Resource):
    """A request as its person sees it."""

    id: Annotated[schemas.Id, Field(description="The request.")]
    institution_id: InstitutionId
    state: Standing
    open_steps: OpenSteps
    submitted_at: SubmittedAt
    expires_at: ExpiresAt
    decided_at: DecidedAt
    reason: Reasoned
    message: Told
    needs_document: Annotated[bool, Field(description="Whether a copy of a document is needed.")]
    version: Version

    @classmethod
    def of(cls, request: Request) -> Self:
        """The view of a request."""
        return cls(
            id=request.id,
            institution_id=request.institution_id,
            state=request.state,
            open_steps=list(steps(request)),
            submitted_at=request.submitted_at,
            expires_at=request.expires_at,
            decided_at=request.decided_at,
            reason=request.reason,
            message=request.message,
            needs_document=request.check is RegisterCheck.NOT_POSSIBLE,
            version=request.version,
        )


class QueuedRegistrationView(schemas.Resource):
    """A request in the queue of an institution: nothing of the person."""

    id: Annotated[schemas.Id, Field(description="The request.")]
    state: Standing
    register_check: Annotated[
        RegisterCheck, Field(description="What the register said when it came.", examples=["MATCHED"])
    ]
    reviewer_id: Annotated[schemas.Id | None, Field(description="The official who has it in hand.")]
    submitted_at: SubmittedAt
    expires_at: ExpiresAt
    decided_at: DecidedAt
    open_steps: OpenSteps
    version: Version

    @classmethod
    def of(cls, request: Request) -> Self:
        """The view of a request in a queue."""
        return cls(
            id=request.id,
            state=request.state,
            register_check=request.check,
            reviewer_id=request.reviewer_id,
            submitted_at=request.submitted_at,
            expires_at=request.expires_at,
            decided_at=request.decided_at,
            open_steps=list(steps(request)),
            version=request.version,
        )


class EvidenceView(schemas.Resource):
    """A copy of a document; it is deleted with the decision."""

    id: Annotated[schemas.Id, Field(description="The copy.")]
    media_type: Annotated[str, Field(max_length=32, description="Its type.", examples=["image/jpeg"])]
    size: Annotated[schemas.Int32, Field(description="Bytes.", examples=[204_800])]
    added_at: Annotated[schemas.Instant, Field(description="When it was sent.")]

    @classmethod
    def of(cls, evidence: Evidence) -> Self:
        """The view of a copy."""
        return cls(
            id=evidence.id, media_type=evidence.media_type, size=evidence.size, added_at=evidence.added_at
        )


class StatedView(schemas.Resource):
    """What the person states; the personal number is shown by its last four digits."""

    birth_date: BirthDate
    citizenship: Country
    cnp: Annotated[
        str | None,
        Field(max_length=13, description="The personal number, masked.", examples=["*********9008"]),
    ]
    document: Annotated[DocumentKind | None, Field(description="The document.", examples=["PASSPORT"])]
    document_number: Annotated[
        str, Field(max_length=40, description="Its series and number; may be empty.", examples=["RX123456"])
    ]
    issued_by: Annotated[
        str, Field(max_length=2, description="Its issuing state; may be empty.", examples=["RO"])
    ]

    @classmethod
    def of(cls, stated: Stated) -> Self:
        """The view of what was stated."""
        return cls(
            birth_date=stated.birth_date,
            citizenship=stated.citizenship,
            cnp=stated.cnp.masked if stated.cnp else None,
            document=stated.document,
            document_number=stated.document_number,
            issued_by=stated.issued_by,
        )


class OpenedRegistrationView(schemas.Resource):
    """A request as an official of its institution sees it."""

    request: Annotated[QueuedRegistrationView, Field(description="Where it stands.")]
    person_id: Annotated[schemas.Id, Field(description="The person.")]
    family_name: Annotated[str, Field(max_length=100, description="As in the account.", examples=["Doe"])]
    given_name: Annotated[str, Field(max_length=100, description="As in the account.", examples=["Jane"])]
    stated: Annotated[StatedView | None, Field(description="What the person states; null after a rejection.")]
    evidence: Annotated[
        list[EvidenceView], Field(max_length=20, description="Copies of documents, until the decision.")
    ]

    @classmethod
    def of(cls, opened: Opened) -> Self:
        """The view of an opened request."""
        return cls(
            request=QueuedRegistrationView.of(opened.request),
            person_id=opened.account.id,
            family_name=opened.account.family_name,
            given_name=opened.account.given_name,
            stated=StatedView.of(opened.stated) if opened.stated else None,
            evidence=[EvidenceView.of(one) for one in opened.evidence],
        )
