"""Where a petition stands, and where it may go (OG 27/2002).

    REGISTERED → TRIAGE → ASSIGNED → IN_ANALYSIS → DRAFTED → APPROVED → SIGNED → ANSWERED → ARCHIVED

An extension is a fact, not a state, and a clarification that is asked for does not stop the clock.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class PetitionState(StrEnum):
    """Where a petition stands. One sent online is registered at once, also at night."""

    REGISTERED = "REGISTERED"
    TRIAGE = "TRIAGE"
    ASSIGNED = "ASSIGNED"
    IN_ANALYSIS = "IN_ANALYSIS"
    AWAITING_CLARIFICATION = "AWAITING_CLARIFICATION"
    DRAFTED = "DRAFTED"
    APPROVED = "APPROVED"
    SIGNED = "SIGNED"
    ANSWERED = "ANSWERED"
    FORWARDED = "FORWARDED"
    JOINED = "JOINED"
    CLASSED = "CLASSED"
    WITHDRAWN = "WITHDRAWN"
    ARCHIVED = "ARCHIVED"


_HANDED_ON: Final = frozenset({PetitionState.ASSIGNED, PetitionState.JOINED, PetitionState.WITHDRAWN})
_WRITTEN: Final = frozenset({PetitionState.IN_ANALYSIS, PetitionState.ASSIGNED, PetitionState.WITHDRAWN})

TRANSITIONS: Final[Mapping[PetitionState, frozenset[PetitionState]]] = {
    PetitionState.REGISTERED: frozenset(
        {PetitionState.TRIAGE, PetitionState.JOINED, PetitionState.WITHDRAWN}
    ),
    PetitionState.TRIAGE: frozenset({PetitionState.CLASSED, PetitionState.FORWARDED}) | _HANDED_ON,
    PetitionState.ASSIGNED: frozenset({PetitionState.IN_ANALYSIS, PetitionState.TRIAGE}) | _HANDED_ON,
    PetitionState.IN_ANALYSIS: frozenset(
        {PetitionState.AWAITING_CLARIFICATION, PetitionState.DRAFTED, PetitionState.TRIAGE}
    )
    | _HANDED_ON,
    PetitionState.AWAITING_CLARIFICATION: frozenset({PetitionState.IN_ANALYSIS, PetitionState.DRAFTED})
    | _HANDED_ON,
    PetitionState.DRAFTED: frozenset({PetitionState.APPROVED}) | _WRITTEN,
    PetitionState.APPROVED: frozenset({PetitionState.SIGNED}) | _WRITTEN,
    # A head takes it back where one of its authors has come to be complained of before it was sent.
    PetitionState.SIGNED: frozenset({PetitionState.ANSWERED, PetitionState.ASSIGNED}),
    PetitionState.ANSWERED: frozenset({PetitionState.ARCHIVED}),
    # At another institution of the hub it begins anew, with a number and a clock of its own.
    PetitionState.FORWARDED: frozenset({PetitionState.REGISTERED, PetitionState.ARCHIVED}),
    # Its leader's answer answers it; when its leader ends otherwise, or it asks for something else as
    # well, it stands by itself again.
    PetitionState.JOINED: frozenset({PetitionState.ANSWERED, PetitionState.TRIAGE, PetitionState.WITHDRAWN}),
    PetitionState.CLASSED: frozenset({PetitionState.ARCHIVED}),
    PetitionState.WITHDRAWN: frozenset({PetitionState.ARCHIVED}),
    PetitionState.ARCHIVED: frozenset(),
}

ENDED: Final = frozenset(
    {
        PetitionState.ANSWERED,
        PetitionState.FORWARDED,
        PetitionState.CLASSED,
        PetitionState.WITHDRAWN,
        PetitionState.ARCHIVED,
    }
)
"""The states in which no clock runs any more."""
OPEN: Final = frozenset(PetitionState) - ENDED - {PetitionState.JOINED}
"""The states in which somebody has to act: these are in the lists of work, each with its term.

One that is joined is there by its leader, whose term is the earliest of all.
"""
EXTENDABLE: Final = frozenset({PetitionState.IN_ANALYSIS, PetitionState.AWAITING_CLARIFICATION})
"""The states in which the term may be extended (art. 9)."""
JOINABLE: Final = frozenset(
    {
        PetitionState.REGISTERED,
        PetitionState.TRIAGE,
        PetitionState.ASSIGNED,
        PetitionState.IN_ANALYSIS,
        PetitionState.AWAITING_CLARIFICATION,
    }
)
"""The states in which a petition may be joined to another, or lead others."""


def may_go(state: PetitionState, to: PetitionState) -> bool:
    """Whether this step is open; what changes in one state and keeps it is always open until the end."""
    return to in TRANSITIONS[state] or (to is state and state not in ENDED)
