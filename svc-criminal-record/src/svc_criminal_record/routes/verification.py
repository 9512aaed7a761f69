"""Verification by anybody: HTTP and nothing else."""

from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Path, Request, Response

from hub_core.principal import Assurance
from hub_documents import checking
from hub_service import paging, policy, schemas
from hub_service.dependencies import Now, Session
from hub_service.routing import Router

from ..dependencies import Checking, Keys, Trusted
from ..domain.verification import Seal
from ..errors.certificates import CertificateNotFound
from ..errors.verification import FileNotPdf, VerifiedTooOften
from ..operations import certificates
from ..operations import verifying as operations
from ..schemas.verification import CertificateVerificationView, VerificationView, VerifyCertificate

READ: Final = "criminal-record:read"

UPLOADS: Final = dict.fromkeys(
    ("/criminal-record/v1/verifications/file", "/verify/file"), checking.MOST_BYTES
)
"""Where larger bodies are taken, with the bytes they may have."""
_PDF: Final = "application/pdf"

router = Router(prefix="/criminal-record/v1", tags=["verification"])


def _taking_a_pdf(policies: dict[str, Any]) -> dict[str, Any]:
    """The policy of an operation whose body is a PDF file."""
    schema = {"type": "string", "format": "binary", "maxLength": checking.MOST_BYTES}
    body = {
        "description": "The file as it was issued.",
        "required": True,
        "content": {_PDF: {"schema": schema}},
    }
    return {**policies, "openapi_extra": {**policies["openapi_extra"], "requestBody": body}}


@router.post(
    "/verifications",
    summary="Verify a certificate by its code",
    **policy.public(raises=(VerifiedTooOften,), asks=True),
)
async def verify_certificate(
    body: VerifyCertificate, session: Session, keys: Keys, now: Now, response: Response
) -> VerificationView:
    """How the certificate with this code stands now. No account is needed.

    The holder is told that it was verified, never by whom. A code that does not exist is answered in the
    same form and in the same time. It takes no Idempotency-Key: the answer is kept nowhere, and asking
    again is another verification.
    """
    response.headers["cache-control"] = "no-store"
    async with operations.in_time():
        return VerificationView.of(await operations.verify_code(session, keys, body.code, body.by(), now))


@router.post(
    "/verifications/file",
    summary="Verify a certificate by its file",
    **_taking_a_pdf(policy.public(raises=(VerifiedTooOften, FileNotPdf), asks=True)),
)
async def verify_certificate_file(
    request: Request,
    session: Session,
    keys: Keys,
    anchors: Trusted,
    checker: Checking,
    now: Now,
    response: Response,
) -> VerificationView:
    """Whether this file is a certificate exactly as it was issued, and how it stands now.

    The body is the file itself, at most 10 MiB; it is not kept. What was changed, by a single byte or by
    something added, is NOT_FOUND, and `seal` says what is the matter. The holder is told as for a code.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _PDF:
        raise FileNotPdf
    response.headers["cache-control"] = "no-store"
    verdict = await checker.check(request.stream(), anchors.trust, now)
    seal = Seal(verdict.outcome.value)
    sha256 = bytes.fromhex(verdict.sha256)
    async with operations.in_time():
        return VerificationView.of(await operations.verify_file(session, keys, sha256, seal, now))


@router.get(
    "/certificates/{certificate_id}/verifications",
    summary="List the verifications of your certificate",
    **policy.operation(READ, assurance=Assurance.SUBSTANTIAL, mandate=True, raises=(CertificateNotFound,)),
)
async def list_verifications(
    certificate_id: Annotated[schemas.Id, Path(description="The certificate's identifier.")],
    asked: paging.Asked,
    person: policy.Person,
    session: Session,
    now: Now,
) -> paging.Page[CertificateVerificationView]:
    """When your certificate was verified, how, and what was answered; newest first.

    Who verified it is not known: anybody may, without an account.
    """
    found = await certificates.list_verifications(
        session, certificate_id, person, now, before=asked.after(UUID), limit=asked.rows
    )
    return asked.page(found, position=lambda one: (one.id,), view=CertificateVerificationView.of)
