"""What is told of a certificate that ends before its day; the reason is for the holder to ask."""

from datetime import datetime
from typing import ClassVar, Self
from uuid import UUID

from pydantic import Field

from hub_events.envelope import Event

from ..domain.certificates import Certificate
from ..domain.products import Product


class CertificateRevoked(Event):
    """A certificate, or an extract, is without effect from now on."""

    subject: ClassVar[str] = "hub.criminal-record.certificate.revoked.v1"
    key_field: ClassVar[str] = "certificate_id"

    certificate_id: UUID = Field(description="The certificate")
    product: Product = Field(description="What it was")
    holder_id: UUID | None = Field(description="The person or organisation, if the hub knows them")
    extract_id: UUID | None = Field(description="The item that an extract was issued for; none for others")
    institution_id: UUID | None = Field(description="The institution that holds an extract; none for others")
    revoked_at: datetime = Field(description="From when it is without effect")

    @classmethod
    def of(cls, certificate: Certificate, institution_id: UUID | None, at: datetime) -> Self:
        """The event of what was in effect until now; an extract is held by an institution."""
        return cls(
            certificate_id=certificate.id,
            extract_id=certificate.extract_id,
            institution_id=institution_id,
            product=certificate.product,
            holder_id=certificate.holder_id,
            revoked_at=at,
            version=certificate.version + 1,
        )


class CertificateSuperseded(Event):
    """Another certificate has taken the place of one that was wrong."""

    subject: ClassVar[str] = "hub.criminal-record.certificate.superseded.v1"
    key_field: ClassVar[str] = "certificate_id"

    certificate_id: UUID = Field(description="The certificate that was wrong")
    superseded_by: UUID = Field(description="The one in its place")
    product: Product = Field(description="What they are")
    holder_id: UUID | None = Field(description="The person or organisation, if the hub knows them")
    superseded_at: datetime = Field(description="From when it is without effect")

    @classmethod
    def of(cls, certificate: Certificate, by: Certificate) -> Self:
        """The event of a certificate and the one in its place."""
        return cls(
            certificate_id=certificate.id,
            superseded_by=by.id,
            product=certificate.product,
            holder_id=certificate.holder_id,
            superseded_at=by.issued_at,
            version=certificate.version + 1,
        )
