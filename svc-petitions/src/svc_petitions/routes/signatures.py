"""Several who sign one petition: HTTP and nothing else."""

from typing import Annotated

from fastapi import Path, Response

from hub_service import policy, schemas
from hub_service.dependencies import Now, Session
from hub_service.routing import Router

from ..dependencies import Keys, SessionApart
from ..errors.files import FileStateForbids
from ..errors.guests import TriedTooOften
from ..errors.handling import CrimeReportGoesOn
from ..errors.petitions import PetitionNotFound
from ..errors.signatures import LastSignature, SignaturesClosed
from ..errors.status import StatusNotFound
from ..operations import signatures as operations
from ..schemas.entries import GuestSlipView
from ..schemas.status import AskStatus
from .petitions import READ, WRITE

router = Router(prefix="/petitions/v1", tags=["signatures"])

PetitionId = Annotated[schemas.Id, Path(description="The petition.")]


@router.get(
    "/petitions/{petition_id}/slip",
    summary="Get the slip of your petition",
    **policy.operation(READ, mandate=True, raises=(PetitionNotFound,)),
)
async def get_own_slip(
    petition_id: PetitionId, person: policy.Person, session: Session, keys: Keys, now: Now, response: Response
) -> GuestSlipView:
    """Number, date and code: who has them sees how it stands, and can sign it by their own account."""
    response.headers["cache-control"] = "no-store"
    return GuestSlipView.of(await operations.slip_of(session, keys, person, petition_id, now))


@router.post(
    "/signatures",
    status_code=201,
    summary="Sign a petition together with others",
    **policy.operation(WRITE, mandate=True, raises=(StatusNotFound, TriedTooOften, SignaturesClosed)),
)
async def sign_petition(
    body: AskStatus,
    person: policy.Person,
    apart: SessionApart,
    session: Session,
    keys: Keys,
    now: Now,
    response: Response,
) -> GuestSlipView:
    """Sign the petition whose slip you were given; it is answered to you, too.

    Who has signed it before gets the same answer again.
    """
    response.headers["cache-control"] = "no-store"
    return GuestSlipView.of(await operations.sign(apart, session, keys, person, body.value(), now))


@router.post(
    "/petitions/{petition_id}/signature/withdraw",
    status_code=204,
    summary="Withdraw your signature",
    **policy.operation(
        WRITE, mandate=True, raises=(PetitionNotFound, FileStateForbids, CrimeReportGoesOn, LastSignature)
    ),
)
async def withdraw_signature(
    petition_id: PetitionId, person: policy.Person, session: Session, now: Now
) -> None:
    """Stand behind a petition no more; it goes on for the others who signed it."""
    await operations.withdraw(session, person, petition_id, now)
