"""The waiting list: who waits, who is asked first, and what becomes of an offer.

The rule, as people read it: a place that comes free is offered to one person at a time, and kept for
them for the minutes of the rule table. First come those whom an office had to move, then who joined
first; a family is passed over where its places do not fit, and keeps its turn. Who declines keeps
their turn for other places; who does not answer twice leaves the list. Only when nobody waits for a
place, the first of those who have an appointment and asked for an earlier one is told, and it is kept
for them once; then the others are told, and it belongs to whoever moves first.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from hub_core.clock import local_date
from hub_core.language import Language
from hub_core.rules import Rules

from ..errors.waiting import DaysNotBookable, WaitingState
from .appointments import Contact, Participant
from .slots import Slot
from .states import State as AppointmentState

OFFER_RULE: Final = "booking.offer"
DRAW_OFFER_RULE: Final = "booking.draw-offer"
UNANSWERED_RULE: Final = "booking.offers-unanswered"
WINDOW_RULE: Final = "booking.window"


class Kind(StrEnum):
    """What somebody waits for."""

    PLACE = "PLACE"
    ALERT = "ALERT"


class State(StrEnum):
    """Where an entry stands."""

    WAITING = "WAITING"
    OFFERED = "OFFERED"
    ENDED = "ENDED"


class EndReason(StrEnum):
    """Why an entry has ended."""

    BOOKED = "BOOKED"
    LEFT = "LEFT"
    UNANSWERED = "UNANSWERED"
    OVER = "OVER"


class Told(StrEnum):
    """What somebody was told of a place."""

    OFFERED = "OFFERED"
    KEPT = "KEPT"
    TOLD = "TOLD"


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Entry:
    """Somebody who waits, with `size` persons, for a place on a day from `days_from` to `days_to`.

    `office_id` is None for any office that serves the county. `appointment_id` is the appointment that an
    office took away, or the one that an ALERT's earlier place is to replace. While it is OFFERED,
    `offered_id` is the appointment that is held for them (none for an ALERT, whose place is only kept).
    `rank` is the place in the draw `opening_id`. `unanswered` counts offers that lapsed.
    """

    id: UUID
    kind: Kind
    code: str
    type: str
    topic: str
    county: str
    office_id: UUID | None
    size: int
    days_from: date
    days_to: date
    state: State
    language: Language
    joined_at: datetime
    person_id: UUID | None = None
    contact: Contact | None = None
    end_reason: EndReason | None = None
    ended_at: datetime | None = None
    has_priority: bool = False
    appointment_id: UUID | None = None
    opening_id: UUID | None = None
    rank: int | None = None
    offered_id: UUID | None = None
    offered_slot_id: int | None = None
    offered_until: datetime | None = None
    unanswered: int = 0
    version: int = 1


@dataclass(frozen=True, slots=True, repr=False)
class WaitingWish:
    """What somebody wants to wait for."""

    type: str
    county: str
    office_id: UUID | None
    days_from: date
    days_to: date
    participants: Sequence[Participant]
    language: Language


@dataclass(frozen=True, slots=True)
class Minutes:
    """How long an offer is open, and how many may lapse; by the rule tables of a day."""

    offer: timedelta
    draw_offer: timedelta
    unanswered: int

    @classmethod
    def of(cls, legal: Rules, now: datetime) -> "Minutes":
        """The numbers of today."""
        today = local_date(now)
        return cls(
            offer=timedelta(minutes=legal.on(OFFER_RULE, today).whole),
            draw_offer=timedelta(minutes=legal.on(DRAW_OFFER_RULE, today).whole),
            unanswered=legal.on(UNANSWERED_RULE, today).whole,
        )


def must_be_bookable(days_from: date, days_to: date, legal: Rules, now: datetime) -> None:
    """`DaysNotBookable` unless there is a day to wait for, today or within the window."""
    today = local_date(now)
    last = today + timedelta(days=legal.on(WINDOW_RULE, today).whole)
    if not (days_from <= days_to and days_to >= today and days_from <= last):
        raise DaysNotBookable


def offered_until(entry: Entry, slot: Slot, minutes: Minutes, now: datetime) -> datetime | None:
    """Until when a place would be held for somebody; None when that is too close to its hour."""
    until = now + (minutes.draw_offer if entry.opening_id else minutes.offer)
    return until if until < slot.starts_at else None


def offered(entry: Entry, slot_id: int, offered_id: UUID | None, until: datetime) -> Entry:
    """The entry with an offer; the caller has seen that it waits."""
    return _changed(
        entry, state=State.OFFERED, offered_id=offered_id, offered_slot_id=slot_id, offered_until=until
    )


def told(entry: Entry) -> Entry:
    """The entry after its people were told of a place that is everybody's."""
    return _changed(entry)


def must_be_offered(entry: Entry, now: datetime) -> datetime:
    """Until when an offer is open; `WaitingState` unless there is one now."""
    if entry.state is not State.OFFERED or entry.offered_until is None or entry.offered_until <= now:
        raise WaitingState(State.WAITING if entry.state is State.OFFERED else entry.state)
    return entry.offered_until


def settled(entry: Entry, offer: AppointmentState | None, minutes: Minutes, now: datetime) -> Entry:
    """What has become of an entry with an offer; `offer` is the state of its appointment, None for an ALERT.

    It has ended when the offer was taken, waits again when it was declined or lapsed, and leaves the list
    after as many lapses as the rule tables allow.
    """
    if entry.state is not State.OFFERED or entry.offered_until is None:
        return entry
    is_over = entry.offered_until <= now
    if offer is None:
        return waits_again(entry) if is_over else entry
    if offer in (AppointmentState.HELD, AppointmentState.EXPIRED):
        is_open = offer is AppointmentState.HELD and not is_over
        return entry if is_open else _lapsed(entry, minutes, now)
    return _answered(entry, offer, now)


def _lapsed(entry: Entry, minutes: Minutes, now: datetime) -> Entry:
    lapsed = replace(waits_again(entry), unanswered=entry.unanswered + 1)
    return lapsed if lapsed.unanswered < minutes.unanswered else _ended(lapsed, EndReason.UNANSWERED, now)


def _answered(entry: Entry, offer: AppointmentState, now: datetime) -> Entry:
    if offer is AppointmentState.CANCELLED_BY_OFFICE:
        return replace(waits_again(entry), has_priority=True)
    if offer is AppointmentState.CANCELLED_BY_CITIZEN:
        return waits_again(entry)
    return _ended(entry, EndReason.BOOKED, now)


def end(entry: Entry, reason: EndReason, now: datetime) -> Entry:
    """The entry at its end; `WaitingState` when it has ended before."""
    if entry.state is State.ENDED:
        raise WaitingState(entry.state)
    return _ended(entry, reason, now)


def waits_again(entry: Entry) -> Entry:
    """The entry without its offer."""
    return _changed(entry, state=State.WAITING, offered_id=None, offered_slot_id=None, offered_until=None)


def _ended(entry: Entry, reason: EndReason, now: datetime) -> Entry:
    return _changed(
        entry,
        state=State.ENDED,
        end_reason=reason,
        ended_at=now,
        offered_id=None,
        offered_slot_id=None,
        offered_until=None,
    )


def _changed(entry: Entry, **changed: Any) -> Entry:
    return replace(entry, version=entry.version + 1, **changed)
