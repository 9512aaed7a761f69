"""Questions of other services."""

from uuid import UUID

from fastapi import APIRouter, Request

from hub_service import personal_data, policy
from hub_service.dependencies import Now, Session, Texts
from hub_service.problems import NotFound

from ..dependencies import Filing, Keys
from ..operations import audiences, filing, guests
from ..operations import personal_data as operations
from ..schemas.audience_messages import AudienceMessageView
from ..schemas.filing import FiledView, FileForPerson
from ..schemas.guests import GuestLetterView, PetitionCodeMessageView
from ..schemas.personal_data import personal_data as show

CONTACT = "petitions.contact:read"
FILING = "petitions.filing:write"

router = APIRouter(prefix="/internal/v1", redirect_slashes=False)


@router.get("/people/{person_id}/export", **policy.internal(personal_data.SCOPE))
async def get_personal_data(
    person_id: UUID, session: Session, keys: Keys, texts: Texts
) -> personal_data.PersonalData:
    """What this service holds of a person, for the copy they asked for."""
    return show(texts, await operations.held_of(session, keys, person_id))


@router.post("/petitions", **policy.internal(FILING))
async def file_for_person(body: FileForPerson, session: Session, means: Filing, now: Now) -> FiledView:
    """File a petition for somebody; the same `id` again gives the petition that it gave before."""
    return FiledView.of(await filing.file_once(session, means, body.value(), now))


@router.get("/email-codes/{code_id}/message", **policy.internal(CONTACT))
async def get_petition_code_message(
    code_id: UUID, session: Session, keys: Keys, now: Now
) -> PetitionCodeMessageView:
    """Where a code goes, and the code; 404 when it is out of date or used."""
    found = await guests.message(session, keys, code_id, now)
    if found is None:
        raise NotFound
    return PetitionCodeMessageView.of(found)


@router.get("/audiences/{petition_id}/message", **policy.internal(CONTACT))
async def get_audience_message(
    petition_id: UUID, session: Session, keys: Keys, texts: Texts, request: Request
) -> AudienceMessageView:
    """What a message about an audience tells, and to whom it goes; asked at the moment of sending."""
    found = await audiences.message_of(session, keys, petition_id)
    return AudienceMessageView.of(found, texts, request.app.state.hub.settings.public_origin)


@router.get("/guest-petitions/{petition_id}/message", **policy.internal(CONTACT))
async def get_guest_letter(petition_id: UUID, session: Session, keys: Keys, now: Now) -> GuestLetterView:
    """Where news of a petition that was filed without an account go; 404 of any other one."""
    found = await guests.letter(session, keys, petition_id, now)
    if found is None:
        raise NotFound
    return GuestLetterView.of(found)
