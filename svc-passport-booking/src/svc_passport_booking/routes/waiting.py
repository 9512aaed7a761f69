"""The waiting list of who is signed in: HTTP and nothing else."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import Path, Response

from hub_core.principal import Assurance
from hub_service import paging, policy, schemas
from hub_service.dependencies import Now, Session
from hub_service.routing import Router

from ..dependencies import Keys, Known, SessionApart
from ..errors.appointments import (
    AccountUnknown,
    AlreadyBooked,
    AppointmentNotFound,
    AppointmentState,
    NumberOfTheFuture,
    PersonNamedTwice,
    TooLateToChange,
    TooManyPersons,
)
from ..errors.guests import TriedTooOften
from ..errors.waiting import (
    AlreadyWaiting,
    DaysNotBookable,
    NotServedThere,
    WaitingEntryNotFound,
    WaitingState,
)
from ..operations import people
from ..operations import waiting as operations
from ..operations.appointments import account_of
from ..schemas.waiting import AskEarlierPlace, JoinWaitingList, WaitingEntryView, WaitingSummaryView
from .appointments import NEW_PLACES, READ, WRITE, AppointmentId

PERSONS: Final = (TooManyPersons, PersonNamedTwice, NumberOfTheFuture, AlreadyBooked, AlreadyWaiting)
"""What stands against who wants to wait."""
JOINING: Final = (*PERSONS, NotServedThere, TriedTooOften)
ACCEPTING: Final = (
    *(WaitingEntryNotFound, WaitingState, AppointmentState, TooLateToChange),
    *NEW_PLACES,
)
"""What stands against taking a place that is kept."""

router = Router(prefix="/passport-booking/v1", tags=["waiting"])

EntryId = Annotated[schemas.Id, Path(description="The entry's identifier.")]


@router.post(
    "/waiting-entries",
    status_code=201,
    summary="Join the waiting list",
    **policy.operation(WRITE, mandate=True, raises=(*JOINING, DaysNotBookable, AccountUnknown)),
)
async def join_waiting_list(
    body: JoinWaitingList,
    person: policy.Person,
    apart: SessionApart,
    session: Session,
    keys: Keys,
    known: Known,
    now: Now,
    response: Response,
) -> WaitingEntryView:
    """Wait for a place for yourself or your family, in a county or at an office, on days that suit you.

    A place that comes free is offered to one entry at a time and kept for it for 15 minutes (rule
    `booking.offer`). First come those whom an office had to move, then who joined first. A family is
    passed over where its places do not fit, and keeps its turn. Who declines keeps their turn for other
    places; who lets two offers lapse leaves the list. Nobody is offered the same interval twice.
    """
    account = await people.participant(known, account_of(person)) if body.needs_account() else None
    shown = await operations.join(apart, session, keys, body.wish(account), person, now)
    response.headers["location"] = f"{router.prefix}/waiting-entries/{shown.entry.id}"
    return _view(shown, response)


@router.get("/waiting-entries", summary="List what you wait for", **policy.operation(READ, mandate=True))
async def list_waiting_entries(
    asked: paging.Asked, person: policy.Person, session: Session, keys: Keys, now: Now
) -> paging.Page[WaitingSummaryView]:
    """The entries in your name, newest first; each one alone has its position."""
    found = await operations.find(session, keys, person, now, before=asked.after(UUID), limit=asked.rows)
    return asked.page(found, position=lambda one: (one.id,), view=WaitingSummaryView.listed)


@router.get(
    "/waiting-entries/{entry_id}",
    summary="Read what you wait for",
    **policy.operation(READ, mandate=True, raises=(WaitingEntryNotFound,)),
)
async def get_waiting_entry(
    entry_id: EntryId, person: policy.Person, session: Session, keys: Keys, now: Now
) -> WaitingEntryView:
    """An entry in your name, with how many are asked before you. Another's is not found."""
    return WaitingEntryView.of(await operations.read(session, keys, entry_id, person, now))


@router.post(
    "/waiting-entries/{entry_id}/accept",
    summary="Take the place that is offered",
    **policy.operation(WRITE, assurance=Assurance.SUBSTANTIAL, mandate=True, raises=ACCEPTING),
)
async def accept_offer(
    entry_id: EntryId, person: policy.Person, session: Session, keys: Keys, now: Now, response: Response
) -> WaitingEntryView:
    """Have the appointment that is held for you, or your appointment moved to the place kept for you.

    Confirming the held appointment does the same.
    """
    return _view(await operations.accept(session, keys, entry_id, person, now), response)


@router.post(
    "/waiting-entries/{entry_id}/decline",
    summary="Let the offered place go",
    **policy.operation(WRITE, mandate=True, raises=(WaitingEntryNotFound, WaitingState)),
)
async def decline_offer(
    entry_id: EntryId, person: policy.Person, session: Session, keys: Keys, now: Now, response: Response
) -> WaitingEntryView:
    """The place goes to the next one; you keep your turn for another."""
    return _view(await operations.decline(session, keys, entry_id, person, now), response)


@router.post(
    "/waiting-entries/{entry_id}/leave",
    summary="Leave the waiting list",
    **policy.operation(WRITE, mandate=True, raises=(WaitingEntryNotFound,)),
)
async def leave_waiting_list(
    entry_id: EntryId, person: policy.Person, session: Session, keys: Keys, now: Now, response: Response
) -> WaitingEntryView:
    """Wait no longer; a place that is offered to you goes to the next one. Repeating it changes nothing."""
    return _view(await operations.leave(session, keys, entry_id, person, now), response)


@router.post(
    "/appointments/{appointment_id}/earlier",
    status_code=201,
    summary="Ask to be told of an earlier place",
    **policy.operation(WRITE, mandate=True, raises=(AppointmentNotFound, AlreadyWaiting, DaysNotBookable)),
)
async def ask_earlier_place(
    appointment_id: AppointmentId,
    body: AskEarlierPlace,
    person: policy.Person,
    session: Session,
    keys: Keys,
    now: Now,
    response: Response,
) -> WaitingEntryView:
    """Be told once of each place at the same office before your confirmed appointment.

    Who has no appointment is asked first. When nobody waits for a place, it is kept for the first who
    asked for an earlier one, for 15 minutes and once; then everybody else is told, and no place is kept:
    it belongs to whoever moves their appointment first.
    """
    shown = await operations.ask_for_earlier(session, keys, appointment_id, body.days_from, person, now)
    response.headers["location"] = f"{router.prefix}/waiting-entries/{shown.entry.id}"
    return _view(shown, response)


def _view(shown: operations.Shown, response: Response) -> WaitingEntryView:
    response.headers["etag"] = f'"{shown.entry.version}"'
    return WaitingEntryView.of(shown)
