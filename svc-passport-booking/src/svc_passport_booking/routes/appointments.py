"""Appointments of who is signed in: HTTP and nothing else."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import Path, Response

from hub_core.principal import Assurance
from hub_service import paging, policy, schemas
from hub_service.dependencies import Now, Session
from hub_service.routing import Router

from ..dependencies import Keys, Known
from ..domain.booking import Booker
from ..errors.appointments import (
    AccountUnknown,
    AlreadyBooked,
    AppointmentNotFound,
    AppointmentState,
    DidNotCome,
    NumberOfTheFuture,
    OutsideWindow,
    PersonNamedTwice,
    TooLateToChange,
    TooManyAppointments,
    TooManyPersons,
    TypeNotServed,
)
from ..errors.slots import SlotNotFound, SlotTaken
from ..operations import appointments as operations
from ..operations import people
from ..schemas.appointments import (
    AppointmentSummaryView,
    AppointmentView,
    BookAppointment,
    RescheduleAppointment,
)

READ: Final = "appointments:read"
WRITE: Final = "appointments:write"
NEW_PLACES: Final = (SlotNotFound, SlotTaken, OutsideWindow, TypeNotServed)
"""What stands against other places for an appointment."""
NEW_APPOINTMENT: Final = (
    *NEW_PLACES,
    *(TooManyPersons, PersonNamedTwice, NumberOfTheFuture, AlreadyBooked, DidNotCome),
)
"""What stands against a new appointment."""
router = Router(prefix="/passport-booking/v1", tags=["appointments"])
BOOKING: Final = policy.operation(
    WRITE, mandate=True, raises=(*NEW_APPOINTMENT, AccountUnknown, TooManyAppointments)
)
"""Who may book, and what stands against it."""

AppointmentId = Annotated[schemas.Id, Path(description="The appointment's identifier.")]


@router.post(
    "/appointments",
    status_code=201,
    summary="Book an appointment",
    **BOOKING,
)
async def book_appointment(
    body: BookAppointment,
    person: policy.Person,
    session: Session,
    keys: Keys,
    known: Known,
    now: Now,
    response: Response,
) -> AppointmentView:
    """Book places for yourself or your family, in one interval or in intervals that follow one another.

    All persons get a place or none. It is CONFIRMED at once for who signed in at the level SUBSTANTIAL;
    for others it is HELD, and ends at `held_until` unless it is confirmed by the message that was sent.
    An account has ten active appointments at most (rule `booking.active-per-account`).
    """
    account = await people.participant(known, operations.account_of(person)) if body.needs_account() else None
    shown = await operations.book(session, keys, body.wish(account), Booker(person), now)
    response.headers["location"] = f"{router.prefix}/appointments/{shown.appointment.id}"
    response.headers["etag"] = etag(shown)
    return AppointmentView.of(shown)


@router.get("/appointments", summary="List your appointments", **policy.operation(READ, mandate=True))
async def list_appointments(
    asked: paging.Asked, person: policy.Person, session: Session, keys: Keys, now: Now
) -> paging.Page[AppointmentSummaryView]:
    """The appointments in your name, newest first."""
    found = await operations.find(session, keys, person, now, before=asked.after(UUID), limit=asked.rows)
    return asked.page(found, position=lambda one: (one.id,), view=AppointmentSummaryView.listed)


@router.get(
    "/appointments/{appointment_id}",
    summary="Read an appointment",
    **policy.operation(READ, mandate=True, raises=(AppointmentNotFound,)),
)
async def get_appointment(
    appointment_id: AppointmentId,
    person: policy.Person,
    session: Session,
    keys: Keys,
    now: Now,
    response: Response,
) -> AppointmentView:
    """An appointment in your name, as it stands now. Another's is not found, as if it did not exist."""
    shown = await operations.read(session, keys, appointment_id, person, now)
    response.headers["etag"] = etag(shown)
    return AppointmentView.of(shown)


@router.post(
    "/appointments/{appointment_id}/confirm",
    summary="Confirm an appointment that is held for you",
    **policy.operation(
        WRITE,
        assurance=Assurance.SUBSTANTIAL,
        mandate=True,
        raises=(AppointmentNotFound, AppointmentState),
    ),
)
async def confirm_appointment(
    appointment_id: AppointmentId,
    person: policy.Person,
    session: Session,
    keys: Keys,
    now: Now,
    response: Response,
) -> AppointmentView:
    """Confirm what is held in your name: a place that was offered to you, or that an office gave you."""
    shown = await operations.confirm(session, keys, appointment_id, person, now)
    response.headers["etag"] = etag(shown)
    return AppointmentView.of(shown)


@router.post(
    "/appointments/{appointment_id}/cancel",
    summary="Give an appointment up",
    **policy.operation(WRITE, mandate=True, raises=(AppointmentNotFound, AppointmentState, TooLateToChange)),
)
async def cancel_appointment(
    appointment_id: AppointmentId,
    person: policy.Person,
    session: Session,
    keys: Keys,
    now: Now,
    response: Response,
) -> AppointmentView:
    """Give an appointment up: its places go to others after a random while. Repeating it changes nothing."""
    shown = await operations.cancel(session, keys, appointment_id, person, now)
    response.headers["etag"] = etag(shown)
    return AppointmentView.of(shown)


@router.post(
    "/appointments/{appointment_id}/reschedule",
    summary="Move an appointment to another time",
    **policy.operation(
        WRITE,
        mandate=True,
        raises=(AppointmentNotFound, AppointmentState, TooLateToChange, *NEW_PLACES),
    ),
)
async def reschedule_appointment(
    appointment_id: AppointmentId,
    body: RescheduleAppointment,
    person: policy.Person,
    session: Session,
    keys: Keys,
    now: Now,
    response: Response,
) -> AppointmentView:
    """Have a confirmed appointment at another time, at any office, in one step.

    You keep what you have unless all persons get a place there. The code stays the same.
    """
    shown = await operations.reschedule(session, keys, appointment_id, body.slot_id, person, now)
    response.headers["etag"] = etag(shown)
    return AppointmentView.of(shown)


def etag(shown: operations.Shown) -> str:
    """The version of the appointment."""
    return f'"{shown.appointment.version}"'
