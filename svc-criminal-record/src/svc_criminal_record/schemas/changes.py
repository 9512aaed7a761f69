"""Bodies about revoking and correcting certificates."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import Field, model_validator

from hub_service import schemas

from ..domain.certificates import Certificate, RevocationReason, Standing
from ..domain.changes import Change, Decision, Kind
from ..domain.products import Product
from ..operations.changes import Names, OpenedCertificate, OpenedChange
from .counter import FamilyName, GivenName
from .motives import MotiveCode
from .review import CandidateView, Reference, Words

CertificateId = Annotated[schemas.Id, Field(description="The certificate.")]
Label = Annotated[
    str, Field(max_length=32, description="Series and number, as on paper.", examples=["CJ 0048213"])
]
Changed = Annotated[Kind, Field(description="What is proposed.", examples=["REVOCATION"])]
Reasoned = Annotated[RevocationReason, Field(description="Why.", examples=["ISSUED_IN_ERROR"])]


class IssuedCertificateView(schemas.Resource):
    """A certificate as officers find it by its series and number: nothing of what it says."""

    id: CertificateId
    label: Label
    product: Annotated[Product, Field(description="What it is.", examples=["CRIMINAL_RECORD"])]
    motive: Annotated[MotiveCode, Field(description="What it is for.")]
    issued_at: Annotated[schemas.Instant, Field(description="When it was issued.")]
    valid_until: Annotated[schemas.LegalDate, Field(description="Its last day.")]
    standing: Annotated[Standing, Field(description="How it stands.", examples=["VALID"])]
    revoked_at: Annotated[schemas.Instant | None, Field(description="When it was revoked.")]
    revocation_reason: Annotated[
        RevocationReason | None, Field(description="Why it was revoked.", examples=["ISSUED_IN_ERROR"])
    ]
    superseded_by: Annotated[schemas.Id | None, Field(description="The certificate that took its place.")]
    extract_id: Annotated[
        schemas.Id | None,
        Field(description="The item of a batch that an institution was given it for; else null."),
    ]

    @classmethod
    def of(cls, certificate: Certificate, now: datetime) -> Self:
        """The view of a certificate."""
        return cls(
            id=certificate.id,
            label=certificate.label,
            product=certificate.product,
            motive=certificate.motive,
            issued_at=certificate.issued_at,
            valid_until=certificate.valid_until,
            standing=certificate.standing(now),
            revoked_at=certificate.revoked_at,
            revocation_reason=certificate.revocation_reason,
            superseded_by=certificate.superseded_by,
            extract_id=certificate.extract_id,
        )


class ChangeView(schemas.Resource):
    """A revocation or correction, proposed or decided; its reason in words is shown when it is opened."""

    id: Annotated[schemas.Id, Field(description="The change.")]
    certificate_id: CertificateId
    kind: Changed
    reason: Reasoned
    proposed_by: Annotated[schemas.Id, Field(description="The officer who proposed it.")]
    proposed_at: Annotated[schemas.Instant, Field(description="When it was proposed.")]
    decided_by: Annotated[schemas.Id | None, Field(description="The head who decided.")]
    decided_at: Annotated[schemas.Instant | None, Field(description="When it was decided.")]
    decision: Annotated[Decision | None, Field(description="What was decided.", examples=["APPROVED"])]

    @classmethod
    def of(cls, change: Change) -> Self:
        """The view of a change."""
        return cls(
            id=change.id,
            certificate_id=change.certificate_id,
            kind=change.kind,
            reason=change.reason,
            proposed_by=change.proposed_by,
            proposed_at=change.proposed_at,
            decided_by=change.decided_by,
            decided_at=change.decided_at,
            decision=change.decision,
        )


class OpenedCertificateView(schemas.Resource):
    """A certificate with what became of it, and with what the register says now."""

    certificate: Annotated[IssuedCertificateView, Field(description="The certificate.")]
    changes: Annotated[
        list[ChangeView], Field(max_length=200, description="What was proposed and decided, oldest first.")
    ]
    candidates: Annotated[
        list[CandidateView] | None,
        Field(max_length=100, description="Who may be the holder; null while the register does not answer."),
    ]

    @classmethod
    def of(cls, opened: OpenedCertificate, now: datetime) -> Self:
        """The view of an opened certificate."""
        found = opened.candidates
        return cls(
            certificate=IssuedCertificateView.of(opened.certificate, now),
            changes=[ChangeView.of(change) for change in opened.changes],
            candidates=None if found is None else [CandidateView.of(one) for one in found],
        )


class CorrectedNames(schemas.Resource):
    """A person's names and date of birth, as the document shows them that the officer has seen."""

    family_name: FamilyName
    given_name: GivenName
    birth_date: Annotated[schemas.LegalDate, Field(description="Date of birth.", examples=["1985-03-12"])]

    def value(self) -> Names:
        """The names."""
        return Names(self.family_name, self.given_name, self.birth_date)


class ProposeCertificateChange(schemas.Resource):
    """What is wrong with a certificate; for a correction, which record of the register is right."""

    certificate_id: CertificateId
    kind: Changed
    reason: Reasoned
    text: Words
    match: Annotated[
        Reference | None,
        Field(description="For a correction: the record; null when none that was shown is the holder's."),
    ] = None
    names: Annotated[
        CorrectedNames | None,
        Field(description="For a correction, where the names on the certificate are what is wrong."),
    ] = None

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Self:
        if self.kind is Kind.REVOCATION and (self.match or self.names):
            raise ValueError("a revocation takes neither a record nor names")
        return self


class DecideCertificateChange(schemas.Resource):
    """What the head says."""

    decision: Annotated[Decision, Field(description="Once.", examples=["APPROVED"])]


class OpenedChangeView(schemas.Resource):
    """A change with its reason in words, and the certificate."""

    change: Annotated[ChangeView, Field(description="The change.")]
    text: Words
    certificate: Annotated[IssuedCertificateView, Field(description="The certificate.")]

    @classmethod
    def of(cls, opened: OpenedChange, now: datetime) -> Self:
        """The view of an opened change."""
        return cls(
            change=ChangeView.of(opened.change),
            text=opened.words,
            certificate=IssuedCertificateView.of(opened.certificate, now),
        )
