"""Audiences: who asks to be received, when they are, and what was said there. `now` is an argument.

    REQUESTED → SCHEDULED → CONFIRMED → HELD

A request is a petition of the kind AUDIENCE: its number and its term are those of the petition.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from hub_core.rules import Rule

from ..errors.audiences import (
    AudienceNotYet,
    AudienceStateForbids,
    AudienceTooLong,
    SittingCancelled,
    SittingNotToCome,
)
from .states import PetitionState

DURATION_RULE: Final = "audience.duration"
"""The longest that one person may be received for, in minutes."""
REMINDER_RULE: Final = "audience.reminder"
"""How many hours before it people are reminded of an audience."""
PLACES_MOST: Final = 100
FUNCTION_MAX: Final = 200
PLACE_MAX: Final = 300
REASON_MAX: Final = 2_000
NOTE_MAX: Final = 10_000
PRESENT_MOST: Final = 20
PROMISES_MOST: Final = 20
PROMISE_MAX: Final = 500


class AudienceState(StrEnum):
    """Where a request for an audience stands."""

    REQUESTED = "REQUESTED"
    SCHEDULED = "SCHEDULED"
    CONFIRMED = "CONFIRMED"
    HELD = "HELD"
    MISSED = "MISSED"
    IN_WRITING = "IN_WRITING"
    DECLINED = "DECLINED"
    CANCELLED = "CANCELLED"
    FORWARDED = "FORWARDED"


_GIVEN_UP: Final = frozenset({AudienceState.DECLINED, AudienceState.CANCELLED, AudienceState.FORWARDED})
_LEFT: Final = _GIVEN_UP | {
    *(AudienceState.REQUESTED, AudienceState.IN_WRITING, AudienceState.HELD, AudienceState.MISSED),
}
TRANSITIONS: Final[Mapping[AudienceState, frozenset[AudienceState]]] = {
    AudienceState.REQUESTED: frozenset({AudienceState.SCHEDULED, AudienceState.IN_WRITING}) | _GIVEN_UP,
    # A sitting that is cancelled offers the next: scheduled anew, at another hour.
    AudienceState.SCHEDULED: frozenset({AudienceState.SCHEDULED, AudienceState.CONFIRMED}) | _LEFT,
    AudienceState.CONFIRMED: frozenset({AudienceState.SCHEDULED}) | _LEFT,
    # Who was to be answered in writing may be received all the same.
    AudienceState.IN_WRITING: frozenset({AudienceState.SCHEDULED}) | _GIVEN_UP,
    # At another institution of the hub it is asked for anew.
    AudienceState.FORWARDED: frozenset({AudienceState.REQUESTED}),
    **dict.fromkeys(
        (AudienceState.HELD, AudienceState.MISSED, AudienceState.DECLINED, AudienceState.CANCELLED),
        frozenset(),
    ),
}
WAITING: Final = frozenset({AudienceState.SCHEDULED, AudienceState.CONFIRMED})
"""The states in which somebody has a place that is to come."""
PLACED: Final = WAITING | {AudienceState.HELD, AudienceState.MISSED}
"""The states in which a place is somebody's."""
OPEN: Final = WAITING | {AudienceState.REQUESTED}
"""The states in which somebody waits to be received."""

AT_REGISTRY: Final = frozenset({PetitionState.REGISTERED, PetitionState.TRIAGE})
"""Where the file of a request stands while nobody answers it in writing."""
FOLLOWS: Final[Mapping[PetitionState, Mapping[AudienceState, AudienceState]]] = {
    PetitionState.CLASSED: dict.fromkeys(OPEN | {AudienceState.IN_WRITING}, AudienceState.DECLINED),
    PetitionState.WITHDRAWN: dict.fromkeys(OPEN | {AudienceState.IN_WRITING}, AudienceState.CANCELLED),
    PetitionState.FORWARDED: dict.fromkeys(OPEN | {AudienceState.IN_WRITING}, AudienceState.FORWARDED),
    PetitionState.REGISTERED: {AudienceState.FORWARDED: AudienceState.REQUESTED},
    PetitionState.ASSIGNED: {AudienceState.REQUESTED: AudienceState.IN_WRITING},
    PetitionState.JOINED: {AudienceState.REQUESTED: AudienceState.IN_WRITING},
}
"""What becomes of an audience when its file goes there by another way."""


class Mode(StrEnum):
    """How people are received."""

    IN_PERSON = "IN_PERSON"
    VIDEO = "VIDEO"


class Reply(StrEnum):
    """What the person says to the hour that they were given."""

    CONFIRM = "CONFIRM"
    OTHER_DATE = "OTHER_DATE"
    CANCEL = "CANCEL"


REPLIES: Final[Mapping[Reply, AudienceState]] = {
    Reply.CONFIRM: AudienceState.CONFIRMED,
    Reply.CANCEL: AudienceState.CANCELLED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitting:
    """Hours in which a dignitary or officer receives people, one after the other.

    `function` is who receives, never a name; `host_id` is the official, where known. `taken` is how many of
    the places are somebody's.
    """

    id: UUID
    institution_id: UUID
    function: str
    host_id: UUID | None
    mode: Mode
    place: str
    starts_at: datetime
    minutes: int
    places: int
    topics: Sequence[str]
    made_by: UUID
    cancelled_at: datetime | None = None
    cancel_reason: str | None = None
    taken: int = 0

    @property
    def ends_at(self) -> datetime:
        """When the last one goes."""
        return self.hour(self.places + 1)

    def hour(self, place: int) -> datetime:
        """When the one at this place is received; the first place is 1."""
        return self.starts_at + timedelta(minutes=self.minutes * (place - 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """A request for an audience, and the place that it was given."""

    petition_id: UUID
    institution_id: UUID
    topic: str | None
    state: AudienceState
    version: int
    person_id: UUID | None
    sitting_id: UUID | None = None
    place: int | None = None
    follow_up_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class AudienceFile:
    """An audience with its number, and the sitting where it has a place."""

    audience: Audience
    number: int
    year: int
    file_state: PetitionState
    registered_at: datetime
    registered_on: date
    answer_due_on: date
    acting_person_id: UUID | None
    language: str
    sitting: Sitting | None

    @property
    def label(self) -> str:
        """Number and date in the register of the institution that has it."""
        return f"{self.number}/{self.registered_on:%d.%m.%Y}"

    @property
    def without_place(self) -> AudienceState:
        """Where it goes from a place that is given up: back to the registry, or on in writing alone."""
        is_waiting = self.file_state in AT_REGISTRY
        return AudienceState.REQUESTED if is_waiting else AudienceState.IN_WRITING

    @property
    def hour(self) -> datetime | None:
        """When the person is received; none without a place."""
        if self.sitting is None or self.audience.place is None:
            return None
        return self.sitting.hour(self.audience.place)

    @property
    def ends_at(self) -> datetime | None:
        """When the next one is received."""
        if self.sitting is None or self.audience.place is None:
            return None
        return self.sitting.hour(self.audience.place + 1)


@dataclass(frozen=True, slots=True)
class Promise:
    """What was promised, and until when."""

    what: str
    until: date


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Minutes:
    """What was said in an audience; `present` are functions, never names."""

    present: Sequence[str]
    said: str
    promises: Sequence[Promise]
    written_by: UUID
    written_at: datetime


@dataclass(frozen=True, slots=True)
class AudienceStep:
    """A step of an audience: never changed, never taken away."""

    version: int
    at: datetime
    came_from: AudienceState
    state: AudienceState
    reason: str | None
    note: str | None


def refuse_step(state: AudienceState, to: AudienceState) -> None:
    """`AudienceStateForbids` unless an audience in this state may go there."""
    if to not in TRANSITIONS[state]:
        raise AudienceStateForbids(state, to, sorted(TRANSITIONS[state]))


def refuse_long(minutes: int, duration: Rule) -> None:
    """`AudienceTooLong` for more minutes than the rule gives each person."""
    if minutes > duration.whole:
        raise AudienceTooLong(duration.whole, duration.legal_basis)


def refuse_past(sitting: Sitting, hour: datetime, now: datetime) -> None:
    """`SittingCancelled` and `SittingNotToCome` for a place where nobody can be received any more."""
    if sitting.cancelled_at is not None:
        raise SittingCancelled
    if hour <= now:
        raise SittingNotToCome


def refuse_early(hour: datetime, now: datetime) -> None:
    """`AudienceNotYet` for what is said of an audience that has not begun."""
    if now < hour:
        raise AudienceNotYet
