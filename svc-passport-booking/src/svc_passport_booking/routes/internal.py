"""Questions of other services."""

from uuid import UUID

from fastapi import APIRouter

from hub_service import policy
from hub_service.dependencies import Now, Session
from hub_service.problems import NotFound

from ..dependencies import Keys
from ..operations import applications, guests
from ..operations.messages import message_of
from ..schemas.applications import ApplicationMessageView, MovedAnswers, MovedLines
from ..schemas.guests import EmailCodeMessageView
from ..schemas.messages import MessageView

CONTACT = "passport-booking.contact:read"
PRODUCTION = "passport-booking.applications:write"

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


@router.get("/applications/{application_id}/message", **policy.internal(CONTACT))
async def get_application_message(
    application_id: UUID, session: Session, keys: Keys
) -> ApplicationMessageView:
    """What a message about an application tells, and to which telephone, if one is wanted."""
    return ApplicationMessageView.of(await applications.message_of(session, keys, application_id))


@router.post("/applications/states", **policy.internal(PRODUCTION))
async def move_applications(body: MovedLines, session: Session, keys: Keys, now: Now) -> MovedAnswers:
    """What the production system says of applications; a line that comes again changes nothing."""
    lines = [line.value() for line in body.lines]
    return MovedAnswers.of(await applications.move_all(session, keys, lines, now))
