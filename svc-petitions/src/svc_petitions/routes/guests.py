"""Petitions without an account: HTTP and nothing else."""

from fastapi import Response

from hub_service import policy
from hub_service.dependencies import Lang, Now, Session
from hub_service.routing import Router

from ..dependencies import Address, Keys, SessionApart
from ..errors.attachments import AttachmentUnknown, TooManyAttachments
from ..errors.guests import ProofRefused, TriedTooOften
from ..errors.petitions import InstitutionAcceptsNoPetitions, InstitutionUnknown
from ..errors.special_procedures import SpecialProcedureApplies
from ..operations import guests as operations
from ..schemas.entries import GuestSlipView
from ..schemas.guests import FileGuestPetition, PetitionCodeView, RequestPetitionCode

router = Router(prefix="/petitions/v1", tags=["guests"])


@router.post(
    "/email-codes",
    status_code=202,
    summary="Ask for a code to file without an account",
    **policy.public(raises=(TriedTooOften,)),
)
async def request_petition_code(
    body: RequestPetitionCode,
    apart: SessionApart,
    session: Session,
    keys: Keys,
    address: Address,
    language: Lang,
    now: Now,
) -> PetitionCodeView:
    """Six digits by e-mail, which show that the address is yours; good for one petition.

    The answer is the same for every address. The e-mail is in the language of Accept-Language.
    """
    return PetitionCodeView.of(
        await operations.send_code(apart, session, keys, body.email, language, address, now)
    )


@router.post(
    "/guest-petitions",
    status_code=201,
    summary="File a petition without an account",
    **policy.public(
        raises=(
            ProofRefused,
            TriedTooOften,
            SpecialProcedureApplies,
            TooManyAttachments,
            AttachmentUnknown,
            InstitutionUnknown,
            InstitutionAcceptsNoPetitions,
        )
    ),
)
async def file_guest_petition(
    body: FileGuestPetition,
    apart: SessionApart,
    session: Session,
    keys: Keys,
    address: Address,
    now: Now,
    response: Response,
) -> GuestSlipView:
    """File a petition with your name, your postal address and an e-mail address that is yours.

    It gets its number at once, as one by an account does. The code in the answer opens with the number
    how the petition stands, its steps and its answer. Number, code and term come by e-mail, too. Files are
    uploaded before, with the same code.
    """
    response.headers["cache-control"] = "no-store"
    filed = await operations.file(
        apart,
        session,
        keys,
        body.submission(),
        body.petitioner.identity(),
        body.proof.value(),
        address,
        now,
    )
    return GuestSlipView.of(filed)
