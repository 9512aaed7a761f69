"""At the counters of an office: who has come in time, who is next, and how each person's visit ends."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from hub_core.clock import local_date
from hub_core.cnp import Cnp
from hub_core.language import Language
from hub_core.phone import Phone
from hub_core.rules import Rules

from ..errors.desk import ArrivedEarly, DayIsOver, NotWhoIsBooked, StillExpected
from .appointments import Appointment, Participant, Person
from .states import PersonState, State

EARLY_RULE: Final = "booking.early"
LATE_RULE: Final = "booking.late"
RECEIVED_LATE: Final = "RECEIVED_LATE"
"""The note of who came too late, and was received because a desk was free."""


class RefusalReason(StrEnum):
    """Why somebody at a counter could not be served."""

    IDENTITY_MISMATCH = "IDENTITY_MISMATCH"
    DOCUMENTS_MISSING = "DOCUMENTS_MISSING"
    PAYMENT_MISSING = "PAYMENT_MISSING"
    CONSENT_MISSING = "CONSENT_MISSING"
    MINOR_NOT_PRESENT = "MINOR_NOT_PRESENT"
    NO_GROUNDS = "NO_GROUNDS"
    WRONG_TYPE = "WRONG_TYPE"
    OTHER = "OTHER"


LEFT: Final = "LEFT"
"""The reason of an appointment whose people checked in and were gone when they were called."""


class Source(StrEnum):
    """Where the place of a walk-in comes from."""

    FREE = "FREE"
    CANCELLED = "CANCELLED"
    NO_SHOW = "NO_SHOW"


@dataclass(frozen=True, slots=True, repr=False)
class Outcome:
    """How the visit of the person with a number ended.

    Who was served has the number of their application, and perhaps a telephone to which they want to be
    told when it can be fetched; who was refused, a reason.
    """

    number: int
    state: PersonState
    application_number: str | None = None
    phone: Phone | None = None
    reason: RefusalReason | None = None


@dataclass(frozen=True, slots=True, repr=False)
class WalkIn:
    """People who came without an appointment."""

    type: str
    participants: Sequence[Participant]
    language: Language


@dataclass(frozen=True, slots=True)
class Overview:
    """An office at this moment of its day, in appointments; `leftover_places` can go to walk-ins."""

    expected: int
    waiting: int
    at_desks: int
    served: int
    refused: int
    missed: int
    leftover_places: int


def is_late(appointment: Appointment, legal: Rules, now: datetime) -> bool:
    """Whether its people come later than is tolerated; the last tolerated minute is in time.

    Raises `ArrivedEarly` before check-in begins, `DayIsOver` after its day.
    """
    day = local_date(appointment.starts_at)
    if local_date(now) > day:
        raise DayIsOver
    early, late = (timedelta(minutes=legal.on(rule, day).whole) for rule in (EARLY_RULE, LATE_RULE))
    if now < appointment.starts_at - early:
        raise ArrivedEarly(minutes=int(early.total_seconds()) // 60)
    return now > appointment.starts_at + late


def must_be_booked(persons: Sequence[Person], shown: Sequence[Cnp]) -> None:
    """`NotWhoIsBooked` unless each of these personal numbers is that of a person of the appointment."""
    booked = {one.participant.cnp for one in persons}
    others = [place for place, cnp in enumerate(shown) if cnp not in booked]
    if others:
        raise NotWhoIsBooked(others)


def must_be_missed(appointment: Appointment, legal: Rules, now: datetime) -> None:
    """`StillExpected` while its people would still be in time."""
    late = legal.on(LATE_RULE, local_date(appointment.starts_at)).whole
    if now <= appointment.starts_at + timedelta(minutes=late):
        raise StillExpected(minutes=late)


def are_all_named(persons: Collection[Person], outcomes: Sequence[Outcome]) -> bool:
    """Whether there is one outcome for each person."""
    return sorted(one.number for one in outcomes) == sorted(one.number for one in persons)


def end_of(outcomes: Sequence[Outcome]) -> tuple[State, str | None]:
    """Where the appointment comes to: SERVED when one person was; else why not, as of the first."""
    if any(one.state is PersonState.SERVED for one in outcomes):
        return State.SERVED, None
    reason = next((one.reason for one in outcomes if one.reason), None)
    return State.REFUSED_AT_DESK, reason or LEFT
