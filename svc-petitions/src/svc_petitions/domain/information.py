"""Administrative complaints about public information (Legea 544/2001 art. 21). No I/O.

Who was refused information, or got no answer in the term, complains to the head of the institution, in the
term that runs from learning of it, by the milder count.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from hub_core.rules import Rules
from hub_terms import deadlines
from hub_terms.calendar import Calendar
from hub_terms.deadlines import Deadline, Fact
from hub_terms.terms import Term

from ..errors.information import (
    ComplainedTooLate,
    LearnedOnWrong,
    NotARequestForInformation,
    NothingToComplainOf,
)
from .files import Solution
from .states import PetitionState
from .terms import COMPLAINT_RULE, Course

SUBJECT: Final = "Reclamație administrativă la solicitarea nr. {label}"
"""What a complaint is about, as the register says it."""

_ENDED_OTHERWISE: Final = frozenset({PetitionState.FORWARDED, PetitionState.CLASSED, PetitionState.WITHDRAWN})


class Ground(StrEnum):
    """What somebody complains of."""

    REFUSAL = "REFUSAL"
    SILENCE = "SILENCE"


@dataclass(frozen=True, slots=True)
class Grievance:
    """What can be complained of, and the first day on which it could be known."""

    ground: Ground
    on: date


@dataclass(frozen=True, slots=True, repr=False)
class Complaint:
    """What the requester sends; `learned_on` is given by who learned of the refusal or the silence later."""

    text: str
    language: str
    learned_on: date | None = None


def grievance(course: Course, counted: Deadline, today: date) -> Grievance | None:
    """What can be complained of on a day: an answer that does not give it all, or none in the term.

    Silence is known when the term is over by the milder count; who sees it by the stricter one may
    complain from then on.
    """
    if not course.is_information or course.state in _ENDED_OTHERWISE:
        return None
    if course.closed_on is None:
        return Grievance(Ground.SILENCE, counted.citizen_end) if today > counted.target else None
    if course.solution in (None, Solution.FAVOURABLE):
        return None
    return Grievance(Ground.REFUSAL, course.closed_on)


def complain_by(of: Grievance, learned_on: date | None, legal: Rules, calendar: Calendar) -> date:
    """The last day for the complaint, by the milder count and moved past days off."""
    on = max(of.on, learned_on or of.on)
    fact = Fact(of.ground.value, on)
    return deadlines.count(fact, Term.of(legal.on(COMPLAINT_RULE, on)), calendar).citizen_end


def refuse_complaint(
    course: Course, counted: Deadline, complaint: Complaint, legal: Rules, calendar: Calendar, today: date
) -> Grievance:
    """What is complained of, if it can be.

    Else `NotARequestForInformation`, `NothingToComplainOf`, `LearnedOnWrong`, `ComplainedTooLate`.
    """
    if not course.is_information:
        raise NotARequestForInformation
    found = grievance(course, counted, today)
    if found is None:
        raise NothingToComplainOf
    learned_on = complaint.learned_on
    if learned_on is not None and not (course.closed_on or counted.target) <= learned_on <= today:
        raise LearnedOnWrong
    last = complain_by(found, learned_on, legal, calendar)
    if today > last:
        raise ComplainedTooLate(last)
    return found
