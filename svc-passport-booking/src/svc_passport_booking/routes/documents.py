"""What to bring: HTTP and nothing else.

Questions are bodies and not addresses, for addresses are logged and kept in histories.
"""

from fastapi import Depends, Response

from hub_service import policy
from hub_service.dependencies import Now, Session
from hub_service.routing import Router

from ..dependencies import Address, Entries, Keys, SessionApart
from ..errors.appointments import AppointmentNotFound, NumberOfTheFuture, OutsideWindow, TooManyPersons
from ..errors.guests import TriedTooOften
from ..operations import appointments
from ..operations import documents as operations
from ..operations.timing import in_time
from ..schemas.appointments import GuestPair
from ..schemas.documents import AskDocuments, DocumentsView
from .appointments import READ, AppointmentId


async def _keep_nowhere(response: Response) -> None:
    response.headers["cache-control"] = "no-store"


router = Router(prefix="/passport-booking/v1", tags=["documents"], dependencies=[Depends(_keep_nowhere)])


@router.post(
    "/documents",
    summary="Ask what to bring",
    **policy.public(raises=(TooManyPersons, NumberOfTheFuture, OutsideWindow), asks=True),
)
async def ask_documents(body: AskDocuments, session: Session, entries: Entries, now: Now) -> DocumentsView:
    """What each person would bring on a day, before anything is booked: by their age on that day.

    Answer the questions in `situation` and ask again; what does not concern a person is passed over.
    Nothing is stored.
    """
    return DocumentsView.of(await operations.ask(session, entries, body.case(), now))


@router.get(
    "/appointments/{appointment_id}/documents",
    summary="Read what to bring to an appointment",
    **policy.operation(READ, mandate=True, raises=(AppointmentNotFound,)),
)
async def get_appointment_documents(
    appointment_id: AppointmentId,
    person: policy.Person,
    session: Session,
    keys: Keys,
    entries: Entries,
    now: Now,
) -> DocumentsView:
    """What each person brings on the day of the appointment, by the situation that was told at booking.

    Who has a birthday in between that changes it is warned.
    """
    shown = await appointments.read(session, keys, appointment_id, person, now)
    return DocumentsView.of(await operations.of_appointment(session, entries, shown))


@router.post(
    "/guest-appointments/documents",
    summary="Read what to bring to an appointment, by its code",
    **policy.public(raises=(AppointmentNotFound, TriedTooOften), asks=True),
)
async def find_guest_appointment_documents(
    body: GuestPair,
    apart: SessionApart,
    session: Session,
    keys: Keys,
    entries: Entries,
    address: Address,
    now: Now,
) -> DocumentsView:
    """The same for who has no account, by the code and the last four digits of a personal number in it."""
    async with in_time():
        shown = await appointments.find_as_guest(apart, session, keys, body.opened(address), now)
    return DocumentsView.of(await operations.of_appointment(session, entries, shown))
