"""Where an appointment stands, and where it may go."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class State(StrEnum):
    """The states of an appointment."""

    HELD = "HELD"
    CONFIRMED = "CONFIRMED"
    CHECKED_IN = "CHECKED_IN"
    SERVED = "SERVED"
    EXPIRED = "EXPIRED"
    CANCELLED_BY_CITIZEN = "CANCELLED_BY_CITIZEN"
    CANCELLED_BY_OFFICE = "CANCELLED_BY_OFFICE"
    NO_SHOW = "NO_SHOW"
    REFUSED_AT_DESK = "REFUSED_AT_DESK"


TRANSITIONS: Final[Mapping[State, frozenset[State]]] = {
    State.HELD: frozenset(
        {State.CONFIRMED, State.EXPIRED, State.CANCELLED_BY_CITIZEN, State.CANCELLED_BY_OFFICE}
    ),
    State.CONFIRMED: frozenset(
        {State.CHECKED_IN, State.NO_SHOW, State.CANCELLED_BY_CITIZEN, State.CANCELLED_BY_OFFICE}
    ),
    State.CHECKED_IN: frozenset({State.SERVED, State.REFUSED_AT_DESK}),
    State.SERVED: frozenset(),
    State.EXPIRED: frozenset(),
    State.CANCELLED_BY_CITIZEN: frozenset(),
    State.CANCELLED_BY_OFFICE: frozenset(),
    State.NO_SHOW: frozenset({State.CHECKED_IN}),
    State.REFUSED_AT_DESK: frozenset(),
}
"""NO_SHOW to CHECKED_IN: who comes too late is received where the desk is free, with a note."""
ACTIVE: Final = frozenset({State.HELD, State.CONFIRMED, State.CHECKED_IN})
"""The states in which the persons of an appointment can have no other of the same family."""


class PersonState(StrEnum):
    """What became of one person of an appointment."""

    EXPECTED = "EXPECTED"
    SERVED = "SERVED"
    REFUSED = "REFUSED"
    ABSENT = "ABSENT"


class Channel(StrEnum):
    """How an appointment came to be."""

    ONLINE = "ONLINE"
    COUNTER = "COUNTER"
    OFFER = "OFFER"
    OFFICE = "OFFICE"


class ActorKind(StrEnum):
    """Who made a step."""

    PERSON = "PERSON"
    GUEST = "GUEST"
    OFFICIAL = "OFFICIAL"
    SYSTEM = "SYSTEM"
