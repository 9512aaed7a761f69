"""Booking: what stands for and against a new appointment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from hub_core.clock import local_date
from hub_core.language import Language
from hub_core.principal import Assurance, Principal
from hub_core.rules import Rules

from ..errors.appointments import (
    NumberOfTheFuture,
    OutsideWindow,
    PersonNamedTwice,
    TooManyAppointments,
    TooManyPersons,
)
from . import codes
from .appointments import GUEST, Actor, Appointment, Contact, Participant
from .slots import Slot
from .states import ActorKind, Channel, State

ACCOUNT_RULE: Final = "booking.active-per-account"
NO_SHOW_RULE: Final = "booking.no-show-block"
RULES: Final = (
    *("booking.window", "booking.hold", "booking.max-persons"),
    *(codes.LENGTH_RULE, ACCOUNT_RULE, NO_SHOW_RULE),
)
"""The legal numbers that a booking needs."""


@dataclass(frozen=True, slots=True, repr=False)
class Wish:
    """What somebody wants to book: places from a slot on, for these persons."""

    slot_id: int
    type: str
    participants: Sequence[Participant]
    language: Language
    contact: Contact | None = None
    situation: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Booker:
    """Who books: who signed in, perhaps to act for another, or a guest.

    What somebody books who is not known well enough is only held until they confirm it.
    """

    principal: Principal | None = None

    @property
    def person_id(self) -> UUID | None:
        """Whose account it is."""
        return (self.principal.on_behalf_of or self.principal.person_id) if self.principal else None

    @property
    def is_known(self) -> bool:
        """Whether the sign-in is strong enough for an appointment at once."""
        return self.principal is not None and self.principal.assurance.meets(Assurance.SUBSTANTIAL)

    @property
    def actor(self) -> Actor:
        """Who makes the first step."""
        return Actor(ActorKind.PERSON, self.principal.person_id) if self.principal else GUEST


def must_be_sound(participants: Sequence[Participant], legal: Rules, now: datetime) -> None:
    """Raise what is wrong with the persons: `TooManyPersons`, `PersonNamedTwice`, `NumberOfTheFuture`."""
    today = local_date(now)
    most = legal.on("booking.max-persons", today).whole
    if len(participants) > most:
        raise TooManyPersons(most=most)
    named: set[str] = set()
    for number, one in enumerate(participants):
        if one.cnp.number in named:
            raise PersonNamedTwice(number)
        named.add(one.cnp.number)
        if one.cnp.birth_date is not None and one.cnp.birth_date > today:
            raise NumberOfTheFuture(number)


def must_be_in_window(slot: Slot, legal: Rules, now: datetime) -> None:
    """`OutsideWindow` for a day after the last one of the window, which is counted in Bucharest."""
    today = local_date(now)
    days = legal.on("booking.window", today).whole
    if local_date(slot.starts_at) > today + timedelta(days=days):
        raise OutsideWindow(days=days)


def must_have_room(active: int, legal: Rules, now: datetime) -> None:
    """`TooManyAppointments` for an account with as many active appointments as it may have."""
    most = legal.on(ACCOUNT_RULE, local_date(now)).whole
    if active >= most:
        raise TooManyAppointments(most=most)


def book(
    wish: Wish,
    slots: Sequence[Slot],
    booker: Booker,
    appointment_id: UUID,
    chance: bytes,
    legal: Rules,
    now: datetime,
) -> Appointment:
    """The appointment at these slots, in order of time: CONFIRMED, or HELD until it is confirmed.

    `chance` are at least as many random bytes as a code has characters.
    """
    today = local_date(now)
    minutes = legal.on("booking.hold", today).whole
    return Appointment(
        id=appointment_id,
        code=codes.code_of(chance[: legal.on(codes.LENGTH_RULE, today).whole]),
        office_id=slots[0].office_id,
        pool_id=slots[0].pool_id,
        type=wish.type,
        state=State.CONFIRMED if booker.is_known else State.HELD,
        channel=Channel.ONLINE,
        starts_at=slots[0].starts_at,
        ends_at=slots[-1].ends_at,
        size=len(wish.participants),
        language=wish.language,
        created_at=now,
        person_id=booker.person_id,
        contact=wish.contact,
        situation=wish.situation,
        held_until=None if booker.is_known else now + timedelta(minutes=minutes),
        confirmed_at=now if booker.is_known else None,
    )
