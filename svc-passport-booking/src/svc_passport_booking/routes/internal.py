"""Questions of other services."""

from uuid import UUID

from fastapi import APIRouter

from hub_service import policy
from hub_service.dependencies import Now, Session
from hub_service.problems import NotFound

from ..dependencies import Keys
from ..operations import guests
from ..operations.messages import message_of
from ..schemas.guests import EmailCodeMessageView
from ..schemas.messages import MessageView

CONTACT = "passport-booking.contact:read"

router = APIRouter(prefix="/internal/v1", redirect_slashes=False)


@router.get("/appointments/{appointment_id}/message", **policy.internal(CONTACT))
async def get_message(appointment_id: UUID, session: Session, keys: Keys, now: Now) -> MessageView:
    """What a message about an appointment tells, and to whom it goes; asked at the moment of sending."""
    return MessageView.of(await message_of(session, keys, appointment_id, now))


@router.get("/email-codes/{code_id}/message", **policy.internal(CONTACT))
async def get_email_code_message(
    code_id: UUID, session: Session, keys: Keys, now: Now
) -> EmailCodeMessageView:
    """Where a code goes, and the code; 404 when it is out of date or used."""
    found = await guests.message(session, keys, code_id, now)
    if found is None:
        raise NotFound
    return EmailCodeMessageView.of(found)
