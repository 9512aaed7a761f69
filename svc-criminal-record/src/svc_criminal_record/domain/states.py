"""Where a request stands, and where it may go."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class State(StrEnum):
    """The states of a request; a certificate's own end (expired, revoked, superseded) stands with it."""

    SUBMITTED = "SUBMITTED"
    AUTO_CHECK = "AUTO_CHECK"
    MANUAL_REVIEW = "MANUAL_REVIEW"
    NEEDS_COUNTER = "NEEDS_COUNTER"
    ISSUED = "ISSUED"
    REJECTED = "REJECTED"
    CANCELLED = "CANCELLED"


TRANSITIONS: Final[Mapping[State, frozenset[State]]] = {
    State.SUBMITTED: frozenset({State.AUTO_CHECK, State.CANCELLED}),
    State.AUTO_CHECK: frozenset({State.ISSUED, State.MANUAL_REVIEW, State.CANCELLED}),
    State.MANUAL_REVIEW: frozenset({State.ISSUED, State.NEEDS_COUNTER, State.REJECTED, State.CANCELLED}),
    State.NEEDS_COUNTER: frozenset({State.ISSUED, State.REJECTED, State.CANCELLED}),
    State.ISSUED: frozenset(),
    State.REJECTED: frozenset(),
    State.CANCELLED: frozenset(),
}
OPEN: Final = frozenset({State.SUBMITTED, State.AUTO_CHECK, State.MANUAL_REVIEW})
"""The states in which the legal term runs: none may last longer than the term."""
FREES_THE_DAY: Final = frozenset({State.CANCELLED, State.REJECTED})
"""Who was refused or gave up may ask again on the same day."""


class ReviewReason(StrEnum):
    """Why a request is looked at by an officer; the citizen is told that it is, and never why."""

    IDENTITY_DIFFERS = "IDENTITY_DIFFERS"
    BORN_ABROAD = "BORN_ABROAD"
    FOREIGN_NUMBER = "FOREIGN_NUMBER"
    HOMONYM = "HOMONYM"
    FORMER_NAMES = "FORMER_NAMES"
    UPDATE_PENDING = "UPDATE_PENDING"
    SHARED_NUMBER = "SHARED_NUMBER"
    REGISTER_DOWN = "REGISTER_DOWN"
    OTHER_MOTIVE = "OTHER_MOTIVE"
    HOLDER_DIED = "HOLDER_DIED"
    MANDATE_ENDED = "MANDATE_ENDED"
    UNPRINTABLE = "UNPRINTABLE"


class RefusalReason(StrEnum):
    """Why a request was refused, as the citizen reads it."""

    IDENTITY_NOT_CONFIRMED = "IDENTITY_NOT_CONFIRMED"
    NO_MANDATE = "NO_MANDATE"
    PURPOSE_OUTSIDE_MANDATE = "PURPOSE_OUTSIDE_MANDATE"
    MOTIVE_NOT_ACCEPTED = "MOTIVE_NOT_ACCEPTED"
    REPRESENTATION_NOT_PROVED = "REPRESENTATION_NOT_PROVED"
    DID_NOT_COME = "DID_NOT_COME"
