"""What is told of verifications."""

from typing import ClassVar, Self
from uuid import UUID

from pydantic import Field

from hub_events.envelope import Event

from ..domain.certificates import Certificate
from ..domain.verification import Verification, Way


class CertificateVerified(Event):
    """Somebody verified a certificate. Its holder is told; who it was is not known."""

    subject: ClassVar[str] = "hub.criminal-record.certificate.verified.v1"
    key_field: ClassVar[str] = "certificate_id"

    certificate_id: UUID = Field(description="The certificate")
    verification_id: UUID = Field(description="The verification")
    person_id: UUID | None = Field(
        description="Whose certificate it is: a person or an organisation; null without an account"
    )
    way: Way = Field(description="By the code, by the QR code or by the file")

    @classmethod
    def of(cls, certificate: Certificate, verification: Verification) -> Self:
        """The event of a verification."""
        return cls(
            certificate_id=certificate.id,
            verification_id=verification.id,
            person_id=certificate.holder_id,
            way=verification.way,
            version=certificate.version,
        )
