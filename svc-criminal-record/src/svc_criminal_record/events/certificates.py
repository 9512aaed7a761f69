"""What is told of certificates: that there is one, whose, until when; never what it says or is for."""

from datetime import date, datetime
from typing import ClassVar, Self
from uuid import UUID

from pydantic import Field

from hub_events.envelope import Event

from ..domain.certificates import Certificate
from ..domain.products import Product


class CertificateIssued(Event):
    """A certificate was sealed and can be fetched."""

    subject: ClassVar[str] = "hub.criminal-record.certificate.issued.v1"
    key_field: ClassVar[str] = "certificate_id"

    certificate_id: UUID = Field(description="The certificate")
    request_id: UUID | None = Field(description="The request it answers; none for a correction or an extract")
    product: Product = Field(description="What it is")
    holder_id: UUID | None = Field(description="The person or organisation, if the hub knows them")
    issued_at: datetime = Field(description="The instant of issue")
    valid_until: date = Field(description="Its last day")

    @classmethod
    def of(cls, certificate: Certificate) -> Self:
        """The event of a certificate just issued."""
        return cls(
            certificate_id=certificate.id,
            request_id=certificate.request_id,
            product=certificate.product,
            holder_id=certificate.holder_id,
            issued_at=certificate.issued_at,
            valid_until=certificate.valid_until,
            version=certificate.version,
        )
