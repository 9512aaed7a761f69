"""Verification by anybody: HTTP and nothing else."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import Path, Response

from hub_core.principal import Assurance
from hub_service import paging, policy, schemas
from hub_service.dependencies import Now, Session
from hub_service.routing import Router

from ..dependencies import Keys
from ..errors.certificates import CertificateNotFound
from ..errors.verification import VerifiedTooOften
from ..operations import verifying as operations
from ..schemas.verification import CertificateVerificationView, VerificationView, VerifyCertificate

READ: Final = "criminal-record:read"

router = Router(prefix="/criminal-record/v1", tags=["verification"])


@router.post(
    "/verifications",
    summary="Verify a certificate by its code",
    **policy.public(raises=(VerifiedTooOften,)),
)
async def verify_certificate(
    body: VerifyCertificate, session: Session, keys: Keys, now: Now, response: Response
) -> VerificationView:
    """How the certificate with this code stands now. No account is needed.

    The holder is told that it was verified, never by whom. A code that does not exist is answered in the
    same form and in the same time.
    """
    response.headers["cache-control"] = "no-store"
    return VerificationView.of(await operations.verify_code(session, keys, body.code, body.by(), now))


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
) -> paging.Page[CertificateVerificationView]:
    """When your certificate was verified, how, and what was answered; newest first.

    Who verified it is not known: anybody may, without an account.
    """
    found = await operations.list_verifications(
        session, certificate_id, person, asked.after(UUID), asked.rows
    )
    return asked.page(found, position=lambda one: (one.id,), view=CertificateVerificationView.of)
