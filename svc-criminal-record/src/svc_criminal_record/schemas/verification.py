"""Verifications, as a caller is shown them."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field

from hub_service.schemas import STORABLE, Id, Instant, LegalDate, Resource

from ..domain.certificates import Standing
from ..domain.verification import Answer, DocumentType, Seal, Verification, Way
from .motives import MotiveView


class CodeWay(StrEnum):
    """Where a code was taken from."""

    CODE = "CODE"
    QR = "QR"


class VerifyCertificate(Resource):
    """The code of a certificate."""

    code: Annotated[
        str,
        Field(
            max_length=64,
            pattern=STORABLE,
            description=(
                "The verification code. Case, blanks and hyphens do not count; O is read as 0, I and L "
                "as 1. What cannot be a code is answered like a code that does not exist."
            ),
            examples=["K7QF-2M9X-T4PA-8WDC"],
        ),
    ]
    way: Annotated[
        CodeWay, Field(description="Whether it was typed or came with the QR code; the holder is told.")
    ] = CodeWay.CODE

    def by(self) -> Way:
        """The way as the domain calls it."""
        return Way(self.way.value)


class VerificationView(Resource):
    """How a certificate stands. The form is the same for every answer; what there is not, is null.

    It says neither what stands in the certificate nor whether anything does.
    """

    standing: Annotated[
        Standing,
        Field(
            description=(
                "VALID; EXPIRED after its last day; REVOKED by the issuer; SUPERSEDED by a corrected one; "
                "NOT_FOUND for a code that does not exist, or a file that is not exactly one of ours."
            )
        ),
    ]
    verified_at: Annotated[Instant, Field(description="When this answer was given; it holds for then.")]
    document: Annotated[DocumentType | None, Field(description="What kind of document it is.")]
    number: Annotated[
        str | None, Field(max_length=32, description="Series and number.", examples=["CJ 0048213"])
    ]
    issued_on: Annotated[LegalDate | None, Field(description="The day of issue.")]
    valid_until: Annotated[LegalDate | None, Field(description="The last day of validity.")]
    motive: Annotated[
        MotiveView | None, Field(description="What it was asked for: it is good for nothing else.")
    ]
    holder_initials: Annotated[
        str | None,
        Field(max_length=32, description="The holder's initials, given names first.", examples=["A. M. P."]),
    ]
    holder_last_four: Annotated[
        str | None,
        Field(
            max_length=4,
            pattern=r"^.{4}$",
            description="The last four digits of the holder's CNP or CUI.",
            examples=["9000"],
        ),
    ]
    revoked_on: Annotated[LegalDate | None, Field(description="The day of revocation; no reason is told.")]
    file_sha256: Annotated[
        str | None,
        Field(
            max_length=64,
            pattern=r"^[0-9a-f]{64}$",
            description="SHA-256 of the file as it was issued.",
            examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
        ),
    ]
    seal: Annotated[
        Seal | None,
        Field(
            description=(
                "What the seal of the file says: INTACT; ALTERED since it was sealed; UNTRUSTED, sealed by "
                "somebody else; REVOKED_SEAL, with a certificate that was revoked; NOT_SEALED; NOT_A_PDF, "
                "or one that cannot be read. Null where no file was given."
            )
        ),
    ]

    @classmethod
    def of(cls, answer: Answer) -> Self:
        """The view of an answer."""
        certificate, hint = answer.certificate, answer.hint
        return cls(
            standing=answer.standing,
            verified_at=answer.at,
            document=answer.document,
            number=certificate and certificate.label,
            issued_on=certificate and certificate.issued_on,
            valid_until=certificate and certificate.valid_until,
            motive=answer.motive and MotiveView.of(answer.motive),
            holder_initials=hint and hint.initials,
            holder_last_four=hint and hint.last_four,
            revoked_on=answer.revoked_on,
            file_sha256=certificate and certificate.file_sha256.hex(),
            seal=answer.seal,
        )


class CertificateVerificationView(Resource):
    """One verification, for the holder. Who it was is not known."""

    id: Annotated[Id, Field(description="The verification's identifier.")]
    at: Annotated[Instant, Field(description="When it was verified.")]
    way: Annotated[Way, Field(description="By the code typed, by the QR code, or by the file.")]
    standing: Annotated[Standing, Field(description="What was answered.")]

    @classmethod
    def of(cls, verification: Verification) -> Self:
        """The view of a verification."""
        return cls(
            id=verification.id, at=verification.at, way=verification.way, standing=verification.standing
        )
