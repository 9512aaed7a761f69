"""Verification by anybody: HTTP and nothing else."""

from fastapi import Response

from hub_service import policy
from hub_service.dependencies import Now, Session
from hub_service.routing import Router

from ..dependencies import Keys
from ..errors.verification import VerifiedTooOften
from ..operations import verifying as operations
from ..schemas.verification import VerificationView, VerifyCertificate

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
