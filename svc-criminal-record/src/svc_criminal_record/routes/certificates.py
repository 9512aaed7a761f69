"""Certificates of holders: HTTP and nothing else."""

from typing import Annotated, Final

from fastapi import Path, Response

from hub_core.principal import Assurance
from hub_documents import wallet
from hub_service import policy, schemas
from hub_service.dependencies import Now, Session
from hub_service.routing import Router

from ..dependencies import Issuing
from ..domain.certificates import Certificate
from ..errors.certificates import (
    CertificateNotFound,
    CertificateOver,
    DocumentsUnavailable,
    WalletKeyInvalid,
)
from ..operations import certificates as operations
from ..schemas.certificates import CertificateView, CreateCredential, CredentialView
from .requests import READ

router = Router(prefix="/criminal-record/v1", tags=["requests"])

CertificateId = Annotated[schemas.Id, Path(description="The certificate's identifier.")]
_PRIVATE: Final = "private, no-store"


class PdfResponse(Response):
    """A sealed file for its holder alone."""

    media_type = "application/pdf"


def sealed_file(certificate: Certificate, content: bytes) -> PdfResponse:
    """The answer with a sealed file; its ETag is the file's SHA-256."""
    headers = {
        "etag": f'"{certificate.file_sha256.hex()}"',
        "cache-control": _PRIVATE,
        "content-disposition": f'attachment; filename="{certificate.label.replace(" ", "-")}.pdf"',
        "x-content-type-options": "nosniff",
    }
    return PdfResponse(content, headers=headers)


@router.get(
    "/certificates/{certificate_id}",
    summary="Read a certificate",
    **policy.operation(READ, assurance=Assurance.SUBSTANTIAL, mandate=True, raises=(CertificateNotFound,)),
)
async def get_certificate(
    certificate_id: CertificateId, person: policy.Person, session: Session, now: Now
) -> CertificateView:
    """A certificate in your name: how it stands, until when. What it says stands in its file only."""
    return CertificateView.of(await operations.read(session, certificate_id, person, now), now)


@router.get(
    "/certificates/{certificate_id}/file",
    summary="Fetch the sealed file of a certificate",
    response_class=PdfResponse,
    **policy.operation(
        READ,
        assurance=Assurance.SUBSTANTIAL,
        mandate=True,
        raises=(CertificateNotFound, CertificateOver, DocumentsUnavailable),
    ),
)
async def get_certificate_file(
    certificate_id: CertificateId, person: policy.Person, session: Session, issuing: Issuing, now: Now
) -> Response:
    """The PDF as it was sealed (PDF/A-2a, PAdES), while the certificate is valid; the ETag is its SHA-256."""
    certificate, content = await operations.file(session, issuing, certificate_id, person, now)
    return sealed_file(certificate, content)


@router.post(
    "/certificates/{certificate_id}/credential",
    status_code=201,
    summary="Put a certificate into a wallet",
    **policy.operation(
        READ,
        assurance=Assurance.SUBSTANTIAL,
        raises=(CertificateNotFound, CertificateOver, WalletKeyInvalid),
    ),
)
async def create_certificate_credential(
    certificate_id: CertificateId,
    body: CreateCredential,
    person: policy.Person,
    session: Session,
    issuing: Issuing,
    now: Now,
    response: Response,
) -> CredentialView:
    """The same facts as an SD-JWT VC, of which the holder shows what is needed; for the holder only."""
    response.headers["cache-control"] = _PRIVATE
    made = await operations.credential(session, issuing, certificate_id, body.key(), person, now)
    return CredentialView(format=wallet.KIND, credential=made)
