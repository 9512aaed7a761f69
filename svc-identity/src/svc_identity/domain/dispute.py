"""A person finds an access to their data unjustified; the institution's data protection officer answers."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from hub_core import clock
from hub_core.rules import Rules

from ..errors.privacy import NoOfficial, StateForbids
from .access_log import Line
from .legal import DATA_REQUEST_ANSWER, months_after


class State(StrEnum):
    """Where a dispute stands."""

    OPEN = "OPEN"
    ANSWERED = "ANSWERED"
    WITHDRAWN = "WITHDRAWN"


class Outcome(StrEnum):
    """What the institution found."""

    JUSTIFIED = "JUSTIFIED"
    UNJUSTIFIED = "UNJUSTIFIED"


@dataclass(frozen=True, slots=True)
class Dispute:
    """One dispute of one line; `due_on` is the last day for the answer (GDPR art. 12(3))."""

    id: UUID
    person_id: UUID
    line_id: UUID
    institution_id: UUID
    reason: str
    state: State
    opened_at: datetime
    due_on: date
    version: int
    outcome: Outcome | None = None
    answer: str | None = None
    answered_by: UUID | None = None
    ended_at: datetime | None = None


def open_(dispute_id: UUID, person_id: UUID, line: Line, reason: str, now: datetime, legal: Rules) -> Dispute:
    """Dispute a line; `NoOfficial` where no institution answers for it."""
    if line.access.institution_id is None:
        raise NoOfficial
    return Dispute(
        id=dispute_id,
        person_id=person_id,
        line_id=line.access.id,
        institution_id=line.access.institution_id,
        reason=reason,
        state=State.OPEN,
        opened_at=now,
        due_on=months_after(clock.local_date(now), [DATA_REQUEST_ANSWER], legal),
        version=1,
    )


def answer(dispute: Dispute, outcome: Outcome, text: str, by: UUID, now: datetime) -> Dispute:
    """Answer an open dispute; `StateForbids` otherwise."""
    _must_be_open(dispute)
    return replace(
        dispute,
        state=State.ANSWERED,
        outcome=outcome,
        answer=text,
        answered_by=by,
        ended_at=now,
        version=dispute.version + 1,
    )


def withdraw(dispute: Dispute, now: datetime) -> Dispute:
    """The person takes an open dispute back; `StateForbids` otherwise."""
    _must_be_open(dispute)
    return replace(dispute, state=State.WITHDRAWN, ended_at=now, version=dispute.version + 1)


def _must_be_open(dispute: Dispute) -> None:
    if dispute.state is not State.OPEN:
        raise StateForbids(dispute.state, ())
