"""Questions of other services."""

from uuid import UUID

from fastapi import APIRouter, Request

from hub_service import personal_data, policy
from hub_service.dependencies import Now, Session, Texts
from hub_service.problems import NotFound

from ..dependencies import Keys, Known
from ..domain.states import State
from ..operations import applications, calendar, guests
from ..operations.messages import message_of, waiting_message_of
from ..operations.personal_data import held_of
from ..schemas.applications import ApplicationMessageView, MovedAnswers, MovedLines
from ..schemas.calendar import file_of
from ..schemas.guests import EmailCodeMessageView
from ..schemas.messages import MessageView, WaitingMessageView
from ..schemas.personal_data import personal_data as show

CONTACT = "passport-booking.contact:read"
PRODUCTION = "passport-booking.applications:write"

router = APIRouter(prefix="/internal/v1", redirect_slashes=False)


@router.get("/appointments/{appointment_id}/message", **policy.internal(CONTACT))
async def get_message(
    appointment_id: UUID, session: Session, keys: Keys, texts: Texts, now: Now, request: Request
) -> MessageView:
    """What a message about an appointment tells, and to whom it goes; asked at the moment of sending."""
    found = await message_of(session, keys, appointment_id, now)
    if found.appointment.state is not State.CONFIRMED:
        return MessageView.of(found)
    noted = await calendar.note(session, found.appointment)
    return MessageView.of(found, file_of(noted, texts, request.app.state.hub.settings.public_origin))


@router.get("/email-codes/{code_id}/message", **policy.internal(CONTACT))
async def get_email_code_message(
    code_id: UUID, session: Session, keys: Keys, now: Now
) -> EmailCodeMessageView:
    """Where a code goes, and the code; 404 when it is out of date or used."""
    found = await guests.message(session, keys, code_id, now)
    if found is None:
        raise NotFound
    return EmailCodeMessageView.of(found)


@router.get("/waiting-entries/{entry_id}/message", **policy.internal(CONTACT))
async def get_waiting_message(entry_id: UUID, session: Session, keys: Keys) -> WaitingMessageView:
    """What a message about an entry of the waiting list tells, and to whom it goes."""
    return WaitingMessageView.of(await waiting_message_of(session, keys, entry_id))


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


@router.get("/people/{person_id}/export", **policy.internal(personal_data.SCOPE))
async def get_personal_data(
    person_id: UUID, session: Session, keys: Keys, people: Known, texts: Texts, now: Now
) -> personal_data.PersonalData:
    """What this service holds of a person, for the copy they asked for."""
    return show(texts, await held_of(session, keys, people, person_id), now)
