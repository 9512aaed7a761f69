"""What registrars enter: HTTP and nothing else."""

from typing import Annotated

from fastapi import Path, Response

from hub_service import policy, purpose, schemas
from hub_service.dependencies import Now, Session
from hub_service.routing import Router

from ..dependencies import Keys, registering
from ..errors.attachments import AttachmentUnknown, TooManyAttachments
from ..errors.entries import ParentNeeded, ReceivedOnWrong
from ..errors.files import FileNotFound
from ..errors.information import ComplainedAlready, NotARequestForInformation, NothingToComplainOf
from ..errors.petitions import InstitutionAcceptsNoPetitions, InstitutionUnknown
from ..errors.special_procedures import SpecialProcedureApplies
from ..operations import entries as operations
from ..schemas.entries import EnterPetition, SlipView
from ..schemas.petitioners import SignaturesView, SignatureView

router = Router(prefix="/petitions/v1", tags=["entries"])

FileId = Annotated[schemas.Id, Path(description="The petition.")]


@router.post(
    "/entries",
    status_code=201,
    summary="Enter what came another way",
    **registering(
        *(
            ReceivedOnWrong,
            ParentNeeded,
            SpecialProcedureApplies,
            InstitutionUnknown,
            InstitutionAcceptsNoPetitions,
        ),
        *(TooManyAttachments, AttachmentUnknown, purpose.PurposeRequired),
        *(FileNotFound, NotARequestForInformation, NothingToComplainOf, ComplainedAlready),
    ),
)
async def enter_petition(
    body: EnterPetition,
    official: policy.Acting,
    stated: purpose.Given,
    session: Session,
    keys: Keys,
    now: Now,
    response: Response,
) -> SlipView:
    """Register what came by post, by e-mail, by telephone or at the counter of your institution.

    The date of registration is today, whenever it came in (OMAI 33/2020); the answer says whether it
    reached the register in time, and is the slip for the petitioner. One without petitioners is anonymous:
    it is registered all the same, and filed away by a head.
    """
    response.headers["cache-control"] = "no-store"
    wanted = body.wanted(official.institution_id)
    slip = await operations.enter(session, keys, official, wanted, stated, now)
    response.headers["location"] = f"{router.prefix}/files/{slip.petition.id}/slip"
    return SlipView.of(slip)


@router.get("/files/{file_id}/slip", summary="Print the slip of a petition", **registering(FileNotFound))
async def get_slip(
    file_id: FileId, official: policy.Acting, session: Session, keys: Keys, now: Now, response: Response
) -> SlipView:
    """The slip again: number, date, and the code by which anybody who has it sees how it stands."""
    response.headers["cache-control"] = "no-store"
    return SlipView.of(await operations.slip_of(session, keys, official, file_id, now))


@router.get(
    "/files/{file_id}/petitioners",
    summary="See who signed a petition",
    **registering(FileNotFound, purpose.PurposeRequired),
)
async def list_petitioners(
    file_id: FileId,
    official: policy.Acting,
    stated: purpose.Given,
    session: Session,
    keys: Keys,
    now: Now,
    response: Response,
) -> SignaturesView:
    """Names and addresses of who signed it; who has an account sees in their log that you looked."""
    response.headers["cache-control"] = "no-store"
    found = await operations.petitioners_of(session, keys, official, file_id, stated, now)
    return SignaturesView(items=[SignatureView.of(signature) for signature in found])
