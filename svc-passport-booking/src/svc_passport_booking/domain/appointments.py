"""An appointment: who comes when for what, how long it is held, and where it may go.

`now` is an argument; instants are UTC.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from hub_core.clock import local_date
from hub_core.cnp import Cnp
from hub_core.language import Language
from hub_core.rules import Rules

from ..errors.appointments import AppointmentState, TooLateToChange
from .slots import Slot
from .states import ACTIVE, TRANSITIONS, ActorKind, Channel, PersonState, State

CANCEL_RULE: Final = "booking.cancel-until"
_LAST_DIGITS: Final = 4


@dataclass(frozen=True, slots=True)
class Actor:
    """Who made a step; guests and the system have no id."""

    kind: ActorKind
    id: UUID | None = None


SYSTEM: Final = Actor(ActorKind.SYSTEM)
GUEST: Final = Actor(ActorKind.GUEST)


@dataclass(frozen=True, slots=True, repr=False)
class Participant:
    """Somebody an appointment is for, as their papers name them. Names are fixed: no place can be sold."""

    family_name: str
    given_name: str
    cnp: Cnp

    @property
    def last_four(self) -> str:
        """The last four digits of the CNP, by which a guest opens the appointment with its code."""
        return self.cnp.number[-_LAST_DIGITS:]


@dataclass(frozen=True, slots=True, repr=False)
class Person:
    """A participant within an appointment, from number 0, and what became of them."""

    number: int
    participant: Participant
    state: PersonState = PersonState.EXPECTED
    reason: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Contact:
    """Where to write to somebody without an account."""

    email: str
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One step of an appointment: the state it came to with a version."""

    version: int
    state: State
    at: datetime
    actor: Actor
    reason: str | None


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Appointment:
    """One appointment of `size` persons.

    `person_id` is whose account it is, and `contact` says where to write to who has none. While it is HELD
    it ends exactly at `held_until`. `situation` is what the list of documents depends on. `replaces_id` is
    the appointment that an office took away, for which this one was given with priority. `desk` is the
    counter that called it, at `called_at`, after its people had checked in at `arrived_at`; `version` grows
    with each change.
    """

    id: UUID
    code: str
    office_id: UUID
    pool_id: UUID
    type: str
    state: State
    channel: Channel
    starts_at: datetime
    ends_at: datetime
    size: int
    language: Language
    created_at: datetime
    person_id: UUID | None = None
    contact: Contact | None = None
    situation: Mapping[str, str] = field(default_factory=dict)
    held_until: datetime | None = None
    confirmed_at: datetime | None = None
    ended_at: datetime | None = None
    end_reason: str | None = None
    replaces_id: UUID | None = None
    has_priority: bool = False
    arrived_at: datetime | None = None
    called_at: datetime | None = None
    desk: str | None = None
    version: int = 1


def as_of(appointment: Appointment, now: datetime) -> Appointment:
    """The appointment as it stands now: a hold is over at its very end, whoever has noted it."""
    return _expired(appointment) if _is_over(appointment, now) else appointment


def move(
    appointment: Appointment, to: State, now: datetime, reason: str | None = None, **changed: Any
) -> Appointment:
    """The appointment in its next state; `AppointmentState` when there is no way there.

    A hold that is over can only become EXPIRED, and no other can.
    """
    if to is State.EXPIRED and _is_over(appointment, now):
        return replace(_expired(appointment), **changed)
    state = as_of(appointment, now).state
    possible = TRANSITIONS[state] - {State.EXPIRED}
    if to not in possible:
        raise AppointmentState(state, possible)
    own: dict[str, Any] = {"held_until": None, "ended_at": None, "end_reason": None}
    if to is State.CONFIRMED:
        own["confirmed_at"] = now
    if to not in ACTIVE:
        own |= {"ended_at": now, "end_reason": reason}
    return replace(appointment, state=to, version=appointment.version + 1, **(own | changed))


def put_elsewhere(appointment: Appointment, slots: Sequence[Slot], now: datetime) -> Appointment:
    """The appointment at other slots, in order of time; `AppointmentState` unless it is confirmed."""
    state = as_of(appointment, now).state
    if state is not State.CONFIRMED:
        raise AppointmentState(state, TRANSITIONS[state] - {State.EXPIRED})
    return replace(
        appointment,
        office_id=slots[0].office_id,
        pool_id=slots[0].pool_id,
        starts_at=slots[0].starts_at,
        ends_at=slots[-1].ends_at,
        version=appointment.version + 1,
    )


def must_be_in_time(appointment: Appointment, legal: Rules, now: datetime) -> None:
    """`TooLateToChange` when so little is left that the place would go to nobody."""
    minutes = legal.on(CANCEL_RULE, local_date(appointment.starts_at)).whole
    if now > appointment.starts_at - timedelta(minutes=minutes):
        raise TooLateToChange(minutes=minutes)


def _is_over(appointment: Appointment, now: datetime) -> bool:
    return (
        appointment.state is State.HELD
        and appointment.held_until is not None
        and appointment.held_until <= now
    )


def _expired(appointment: Appointment) -> Appointment:
    return replace(
        appointment,
        state=State.EXPIRED,
        ended_at=appointment.held_until,
        version=appointment.version + 1,
    )
