"""The waiting list of who has no account: HTTP and nothing else."""

from typing import Final

from fastapi import Response

from hub_service import policy
from hub_service.dependencies import Now, Session
from hub_service.routing import Router

from ..dependencies import Address, Keys, SessionApart
from ..errors.appointments import AppointmentNotFound
from ..errors.guests import EmailProofRequired, ProofRefused, TriedTooOften
from ..errors.waiting import AlreadyWaiting, DaysNotBookable, WaitingEntryNotFound, WaitingState
from ..operations import waiting as operations
from ..operations.timing import in_time
from ..schemas.appointments import GuestPair
from ..schemas.waiting import AskEarlierPlaceAsGuest, JoinWaitingListAsGuest, WaitingEntryView
from .waiting import ACCEPTING, JOINING

PROVING: Final = (ProofRefused, EmailProofRequired)
_OPENED: Final = (WaitingEntryNotFound, TriedTooOften)

router = Router(prefix="/passport-booking/v1", tags=["waiting"])


@router.post(
    "/guest-waiting-entries",
    status_code=201,
    summary="Join the waiting list without an account",
    **policy.public(raises=(*JOINING, DaysNotBookable, *PROVING)),
)
async def join_waiting_list_as_guest(
    body: JoinWaitingListAsGuest,
    apart: SessionApart,
    session: Session,
    keys: Keys,
    address: Address,
    now: Now,
) -> WaitingEntryView:
    """Wait for a place, by the same rules as with an account.

    Offers go to the e-mail address that the code has confirmed; ask for a code first. The answer's code,
    with the last four digits of a personal number in the entry, opens it again.
    """
    return WaitingEntryView.of(
        await operations.join(apart, session, keys, body.wish(), body.unknown(address), now)
    )


@router.post(
    "/guest-waiting-entries/find",
    summary="Find an entry by its code",
    **policy.public(raises=_OPENED, asks=True),
)
async def find_guest_waiting_entry(
    body: GuestPair,
    apart: SessionApart,
    session: Session,
    keys: Keys,
    address: Address,
    now: Now,
    response: Response,
) -> WaitingEntryView:
    """The entry with this code, with its position, for who knows the last four digits of a number in it.

    Every wrong pair is answered in the same form and in the same time. The answer is kept nowhere.
    """
    response.headers["cache-control"] = "no-store"
    async with in_time():
        shown = await operations.find_as_guest(apart, session, keys, body.opened(address), now)
    return WaitingEntryView.of(shown)


@router.post(
    "/guest-waiting-entries/accept",
    summary="Take the offered place by the code",
    **policy.public(raises=(*ACCEPTING, TriedTooOften)),
)
async def accept_guest_offer(
    body: GuestPair, apart: SessionApart, session: Session, keys: Keys, address: Address, now: Now
) -> WaitingEntryView:
    """Have the appointment that is held for you, or yours moved. The link in the message does the same."""
    async with in_time():
        shown = await operations.accept_as_guest(apart, session, keys, body.opened(address), now)
    return WaitingEntryView.of(shown)


@router.post(
    "/guest-waiting-entries/decline",
    summary="Let the offered place go by the code",
    **policy.public(raises=(*_OPENED, WaitingState)),
)
async def decline_guest_offer(
    body: GuestPair, apart: SessionApart, session: Session, keys: Keys, address: Address, now: Now
) -> WaitingEntryView:
    """The place goes to the next one; you keep your turn for another."""
    async with in_time():
        shown = await operations.decline_as_guest(apart, session, keys, body.opened(address), now)
    return WaitingEntryView.of(shown)


@router.post(
    "/guest-waiting-entries/leave",
    summary="Leave the waiting list by the code",
    **policy.public(raises=_OPENED),
)
async def leave_guest_waiting_list(
    body: GuestPair, apart: SessionApart, session: Session, keys: Keys, address: Address, now: Now
) -> WaitingEntryView:
    """Wait no longer; a place that is offered to you goes to the next one. Repeating it changes nothing."""
    async with in_time():
        shown = await operations.leave_as_guest(apart, session, keys, body.opened(address), now)
    return WaitingEntryView.of(shown)


@router.post(
    "/guest-appointments/earlier",
    status_code=201,
    summary="Ask by the code to be told of an earlier place",
    **policy.public(raises=(AppointmentNotFound, TriedTooOften, AlreadyWaiting, DaysNotBookable)),
)
async def ask_earlier_place_as_guest(
    body: AskEarlierPlaceAsGuest,
    apart: SessionApart,
    session: Session,
    keys: Keys,
    address: Address,
    now: Now,
) -> WaitingEntryView:
    """Be told once of each place at the same office before your confirmed appointment.

    The rule is that of asking with an account.
    """
    async with in_time():
        shown = await operations.ask_for_earlier_as_guest(
            apart, session, keys, body.opened(address), body.days_from, now
        )
    return WaitingEntryView.of(shown)
