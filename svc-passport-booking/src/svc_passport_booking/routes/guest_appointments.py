"""Appointments of who has no account: HTTP and nothing else."""

from typing import Final

from fastapi import Response

from hub_service import policy
from hub_service.dependencies import Now, Session
from hub_service.routing import Router

from ..dependencies import Address, Keys, SessionApart
from ..errors.appointments import (
    AppointmentNotFound,
    AppointmentState,
    ConfirmationWrong,
    TooLateToChange,
)
from ..errors.guests import ProofRefused, TriedTooOften
from ..operations import appointments as operations
from ..operations.timing import in_time
from ..schemas.appointments import (
    AppointmentView,
    BookGuestAppointment,
    ConfirmByDigits,
    ConfirmBySecret,
    GuestPair,
    RescheduleGuestAppointment,
)
from .appointments import NEW_APPOINTMENT, NEW_PLACES, etag

router = Router(prefix="/passport-booking/v1", tags=["guests"])
_OPENED: Final = (AppointmentNotFound, TriedTooOften)


@router.post(
    "/guest-appointments",
    status_code=201,
    summary="Hold an appointment without an account",
    **policy.public(raises=(*NEW_APPOINTMENT, ProofRefused, TriedTooOften)),
)
async def hold_guest_appointment(
    body: BookGuestAppointment,
    apart: SessionApart,
    session: Session,
    keys: Keys,
    address: Address,
    now: Now,
    response: Response,
) -> AppointmentView:
    """Hold places for yourself or your family until `held_until`; a message says how to confirm them.

    All persons get a place or none. What is not confirmed in time is lost. The proof is a solved challenge
    or a code by e-mail; where no place is given, it is still good for another.
    """
    shown = await operations.book_as_guest(
        apart, session, keys, body.wish(), body.proof.value(), address, now
    )
    response.headers["etag"] = etag(shown)
    return AppointmentView.of(shown)


@router.post(
    "/guest-appointments/find",
    summary="Find an appointment by its code",
    **policy.public(raises=_OPENED, asks=True),
)
async def find_guest_appointment(
    body: GuestPair,
    apart: SessionApart,
    session: Session,
    keys: Keys,
    address: Address,
    now: Now,
    response: Response,
) -> AppointmentView:
    """The appointment with this code, for who knows the last four digits of a personal number in it.

    Every wrong pair is answered in the same form and in the same time. The answer is kept nowhere.
    """
    response.headers["cache-control"] = "no-store"
    async with in_time():
        shown = await operations.find_as_guest(apart, session, keys, body.opened(address), now)
    response.headers["etag"] = etag(shown)
    return AppointmentView.of(shown)


@router.post(
    "/guest-appointments/cancel",
    summary="Give an appointment up by its code",
    **policy.public(raises=(*_OPENED, AppointmentState, TooLateToChange)),
)
async def cancel_guest_appointment(
    body: GuestPair,
    apart: SessionApart,
    session: Session,
    keys: Keys,
    address: Address,
    now: Now,
    response: Response,
) -> AppointmentView:
    """Give the appointment up: its places go to others after a random while. Repeating changes nothing."""
    async with in_time():
        shown = await operations.cancel_as_guest(apart, session, keys, body.opened(address), now)
    response.headers["etag"] = etag(shown)
    return AppointmentView.of(shown)


@router.post(
    "/guest-appointments/resend",
    status_code=202,
    summary="Have the message of a held appointment sent again",
    **policy.public(raises=(*_OPENED, AppointmentState)),
)
async def resend_guest_message(
    body: GuestPair,
    apart: SessionApart,
    session: Session,
    keys: Keys,
    address: Address,
    now: Now,
    response: Response,
) -> AppointmentView:
    """The message by which it is confirmed goes out again, to the same address; `held_until` stays."""
    async with in_time():
        shown = await operations.resend_as_guest(apart, session, keys, body.opened(address), now)
    response.headers["etag"] = etag(shown)
    return AppointmentView.of(shown)


@router.post(
    "/guest-appointments/reschedule",
    summary="Move an appointment by its code",
    **policy.public(raises=(*_OPENED, AppointmentState, TooLateToChange, *NEW_PLACES)),
)
async def reschedule_guest_appointment(
    body: RescheduleGuestAppointment,
    apart: SessionApart,
    session: Session,
    keys: Keys,
    address: Address,
    now: Now,
    response: Response,
) -> AppointmentView:
    """Have the appointment at another time, at any office, in one step. The code stays the same."""
    async with in_time():
        shown = await operations.reschedule_as_guest(
            apart, session, keys, body.opened(address), body.slot_id, now
        )
    response.headers["etag"] = etag(shown)
    return AppointmentView.of(shown)


@router.post(
    "/confirmations",
    summary="Confirm an appointment that is held",
    **policy.public(raises=(ConfirmationWrong, AppointmentState, TriedTooOften)),
)
async def create_confirmation(
    body: ConfirmBySecret | ConfirmByDigits,
    apart: SessionApart,
    session: Session,
    keys: Keys,
    now: Now,
    response: Response,
) -> AppointmentView:
    """Confirm a hold by the secret of the link in its message, or by the message's six digits; once.

    Opening the link confirms nothing: it leads to a page with a button.
    """
    if isinstance(body, ConfirmBySecret):
        shown = await operations.confirm_by_secret(session, keys, body.secret, now)
    else:
        shown = await operations.confirm_by_digits(
            apart, session, keys, body.appointment_id, body.digits, now
        )
    response.headers["etag"] = etag(shown)
    return AppointmentView.of(shown)
