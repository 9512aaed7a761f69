"""What a person asks an institution about their data: rectification, erasure, restriction, objection.

GDPR art. 16, 17, 18 and 21. An answer is due within a month; within that month the term may be
extended by two more, with reasons (art. 12(3)). Data that a register of the state owns are changed
there: the request is forwarded, and the field is marked as contested until the answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from hub_core import clock
from hub_core.rules import Rules

from ..errors.privacy import StateForbids, TermOver
from .legal import DATA_REQUEST_ANSWER, DATA_REQUEST_EXTENSION, months_after


class Kind(StrEnum):
    """Which right is used."""

    RECTIFICATION = "RECTIFICATION"
    ERASURE = "ERASURE"
    RESTRICTION = "RESTRICTION"
    OBJECTION = "OBJECTION"


class Field(StrEnum):
    """Which of the data are wrong."""

    GIVEN_NAME = "GIVEN_NAME"
    FAMILY_NAME = "FAMILY_NAME"
    BIRTH_DATE = "BIRTH_DATE"
    PERSONAL_NUMBER = "PERSONAL_NUMBER"
    OTHER = "OTHER"


class State(StrEnum):
    """Where a request stands; the last three are final."""

    RECEIVED = "RECEIVED"
    EXTENDED = "EXTENDED"
    FORWARDED = "FORWARDED"
    GRANTED = "GRANTED"
    REFUSED = "REFUSED"
    WITHDRAWN = "WITHDRAWN"


class Step(StrEnum):
    """What can be done with a request."""

    EXTEND = "extend"
    FORWARD = "forward"
    GRANT = "grant"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"


_ENDS: Final = frozenset({Step.GRANT, Step.REFUSE, Step.WITHDRAW})
_OPEN: Final[Mapping[State, frozenset[Step]]] = {
    State.RECEIVED: _ENDS | {Step.EXTEND, Step.FORWARD},
    State.EXTENDED: _ENDS | {Step.FORWARD},
    State.FORWARDED: _ENDS | {Step.EXTEND},
    State.GRANTED: frozenset(),
    State.REFUSED: frozenset(),
    State.WITHDRAWN: frozenset(),
}
_LONGEST: Final = (DATA_REQUEST_ANSWER, DATA_REQUEST_EXTENSION)
RESTRICTED: Final = "RESTRICTED"
"""The mark of a person whose data are stored only."""
_RESTRICTING: Final = (Kind.RESTRICTION, Kind.OBJECTION)


@dataclass(frozen=True, slots=True)
class Request:
    """One request to one institution; `field` says what is wrong, for a rectification.

    `kept_until` is the end of the retention term that an erasure was refused for.
    """

    id: UUID
    person_id: UUID
    institution_id: UUID
    kind: Kind
    field: Field | None
    details: str
    state: State
    received_at: datetime
    due_on: date
    version: int
    extended_at: datetime | None = None
    extension_reason: str | None = None
    forwarded_to: str | None = None
    forwarded_at: datetime | None = None
    answer: str | None = None
    legal_basis: str | None = None
    kept_until: date | None = None
    answered_by: UUID | None = None
    ended_at: datetime | None = None

    @property
    def steps(self) -> frozenset[Step]:
        """What can be done now."""
        steps = _OPEN[self.state]
        if self.kind is not Kind.RECTIFICATION:
            steps -= {Step.FORWARD}
        return steps - {Step.EXTEND} if self.extended_at else steps

    @property
    def marks(self) -> frozenset[str]:
        """What the person's data are marked with because of this request."""
        if self.state is State.FORWARDED and self.field:
            return frozenset({f"CONTESTED:{self.field}"})
        if self.state is State.GRANTED and self.kind in _RESTRICTING:
            return frozenset({RESTRICTED})
        return frozenset()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person asks for, and of which institution."""

    kind: Kind
    field: Field | None
    details: str
    institution_id: UUID | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What an institution answers; a refusal names its legal basis, and a retention term its end."""

    text: str
    legal_basis: str | None = None
    kept_until: date | None = None


def receive(
    request_id: UUID, person_id: UUID, institution_id: UUID, wanted: Wanted, now: datetime, legal: Rules
) -> Request:
    """The request as it was received."""
    return Request(
        id=request_id,
        person_id=person_id,
        institution_id=institution_id,
        kind=wanted.kind,
        field=wanted.field,
        details=wanted.details,
        state=State.RECEIVED,
        received_at=now,
        due_on=months_after(clock.local_date(now), [DATA_REQUEST_ANSWER], legal),
        version=1,
    )


def extend(request: Request, reason: str, now: datetime, legal: Rules) -> Request:
    """The longer term, with the reason, by the rules of the day of receipt; `TermOver` after the first."""
    _must_be_open(request, Step.EXTEND)
    if clock.local_date(now) > request.due_on:
        raise TermOver(due_on=request.due_on.isoformat())
    return replace(
        request,
        state=State.EXTENDED if request.state is State.RECEIVED else request.state,
        due_on=months_after(clock.local_date(request.received_at), _LONGEST, legal),
        extended_at=now,
        extension_reason=reason,
        version=request.version + 1,
    )


def forward(request: Request, register: str, now: datetime) -> Request:
    """Pass a rectification on to the owner of the register that the data come from."""
    _must_be_open(request, Step.FORWARD)
    return replace(
        request,
        state=State.FORWARDED,
        forwarded_to=register,
        forwarded_at=now,
        version=request.version + 1,
    )


def grant(request: Request, given: Answer, by: UUID, now: datetime) -> Request:
    """Do as the person asked."""
    return _end(request, Step.GRANT, State.GRANTED, given, by, now)


def refuse(request: Request, given: Answer, by: UUID, now: datetime) -> Request:
    """Do not, and say by which law."""
    return _end(request, Step.REFUSE, State.REFUSED, given, by, now)


def withdraw(request: Request, now: datetime) -> Request:
    """The person takes the request back."""
    _must_be_open(request, Step.WITHDRAW)
    return replace(request, state=State.WITHDRAWN, ended_at=now, version=request.version + 1)


def _end(request: Request, step: Step, state: State, given: Answer, by: UUID, now: datetime) -> Request:
    _must_be_open(request, step)
    return replace(
        request,
        state=state,
        answer=given.text,
        legal_basis=given.legal_basis,
        kept_until=given.kept_until,
        answered_by=by,
        ended_at=now,
        version=request.version + 1,
    )


def _must_be_open(request: Request, step: Step) -> None:
    if step not in request.steps:
        raise StateForbids(request.state, request.steps)
