"""An appointment as a file for calendars: HTTP and nothing else."""

from fastapi import Request, Response

from hub_service import policy
from hub_service.dependencies import Now, Session, Texts
from hub_service.routing import Router

from ..dependencies import Address, Keys, SessionApart
from ..errors.appointments import AppointmentNotFound
from ..errors.guests import TriedTooOften
from ..operations import appointments
from ..operations import calendar as operations
from ..operations.appointments import Shown
from ..operations.timing import in_time
from ..schemas import calendar as views
from ..schemas.appointments import GuestPair
from .appointments import READ, AppointmentId

router = Router(prefix="/passport-booking/v1", tags=["documents"])


class CalendarResponse(Response):
    """A file for calendars (RFC 5545)."""

    media_type = "text/calendar"


@router.get(
    "/appointments/{appointment_id}/calendar",
    summary="Fetch an appointment for your calendar",
    response_class=CalendarResponse,
    **policy.operation(READ, mandate=True, raises=(AppointmentNotFound,)),
)
async def get_appointment_calendar(
    appointment_id: AppointmentId,
    person: policy.Person,
    session: Session,
    keys: Keys,
    texts: Texts,
    now: Now,
    request: Request,
) -> Response:
    """The appointment as an iCalendar file (RFC 5545), as it stands now.

    A calendar that has it already takes the later version in its place: moved, or cancelled.
    """
    shown = await appointments.read(session, keys, appointment_id, person, now)
    return await file_of(session, shown, texts, request)


@router.post(
    "/guest-appointments/calendar",
    summary="Fetch an appointment for your calendar, by its code",
    response_class=CalendarResponse,
    **policy.public(raises=(AppointmentNotFound, TriedTooOften), asks=True),
)
async def find_guest_appointment_calendar(
    body: GuestPair,
    apart: SessionApart,
    session: Session,
    keys: Keys,
    texts: Texts,
    address: Address,
    now: Now,
    request: Request,
) -> Response:
    """The same for who has no account, by the code and the last four digits of a personal number in it."""
    async with in_time():
        shown = await appointments.find_as_guest(apart, session, keys, body.opened(address), now)
    return await file_of(session, shown, texts, request)


async def file_of(session: Session, shown: Shown, texts: Texts, request: Request) -> CalendarResponse:
    """The file of an appointment that was opened."""
    noted = await operations.note(session, shown.appointment)
    origin = request.app.state.hub.settings.public_origin
    headers = {
        "cache-control": "private, no-store",
        "content-disposition": 'attachment; filename="appointment.ics"',
        "content-language": noted.appointment.language,
        "x-content-type-options": "nosniff",
    }
    return CalendarResponse(views.file_of(noted, texts, origin), headers=headers)
