"""The clock of a file: by which day it is answered, and what that day follows from.

A petition is answered in the term of OG 27/2002 art. 8, which the head may extend once (art. 9); one that
was sent on has the clock of its new institution. A request under Legea 544/2001 has a shorter one, that
becomes the longer one when the petitioner is told of it in time. Nothing else moves a term.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum
from typing import Final, Self
from uuid import UUID

from hub_core.clock import local_date
from hub_core.rules import Counting, Rule, Rules, Unit
from hub_terms import deadlines
from hub_terms.calendar import HOLIDAYS, Calendar
from hub_terms.deadlines import Deadline, Extension, Fact
from hub_terms.terms import Term, end_civil, end_working

from .files import File, Solution
from .petitions import Registration
from .states import PetitionState

EXTENSION_RULE: Final = "petition.extension"
FORWARDING_RULE: Final = "petition.forwarding"
INFORMATION_RULE: Final = "public-information.answer"
EXTENDED_INFORMATION_RULE: Final = "public-information.extended-answer"
REFUSAL_RULE: Final = "public-information.refusal"
SHARE_RULE: Final = "petition.warning-share"
DAYS_RULE: Final = "petition.warning"
LAST_RULE: Final = "petition.warning-last"
COMPLAINT_RULE: Final = "public-information.complaint"
REFUSALS: Final = frozenset({Solution.PARTLY_FAVOURABLE, Solution.UNFAVOURABLE})
"""The solutions by which information, or a part of it, is refused."""

_COMPLAINTS: Final = frozenset({"public-information.complaint-answer", "petition.prior-complaint"})
_NONE: Final[Mapping[date, str]] = {}
_ONE_DAY: Final = timedelta(days=1)


def rules_of(answer_rule_id: str) -> tuple[str, ...]:
    """The codes that explaining a term takes, beside that of the answer itself."""
    return (
        *(HOLIDAYS, answer_rule_id, EXTENSION_RULE, FORWARDING_RULE),
        *(EXTENDED_INFORMATION_RULE, REFUSAL_RULE, COMPLAINT_RULE),
    )


WARNING_RULES: Final = (HOLIDAYS, SHARE_RULE, DAYS_RULE, LAST_RULE)


class TermWarning(IntEnum):
    """How far a term has come; each is told once, and of several at once the last alone."""

    NONE = 0
    SHARE = 1
    """The share of the term has passed after which attention is first drawn."""
    DAYS = 2
    """Few calendar days are left."""
    LAST = 3
    """The working days before the term have come in which the answer should be ready."""
    OVERDUE = 4
    """The last day has passed without an answer."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Course:
    """What the term of a file follows from: its registration, its extension, its end.

    Of what `is_split` from another petition, `registered_on` is the day of that one's registration.
    `is_taken_over` says that it is the term of a petition joined to it, which ends before its own extended
    one: then the extension is none of its term's.
    """

    state: PetitionState
    registered_on: date
    answer_due_on: date
    answer_rule_id: str
    answer_legal_basis: str
    is_forwarded: bool = False
    is_split: bool = False
    solution: Solution | None = None
    is_taken_over: bool = False
    extended_on: date | None = None
    extended_from: date | None = None
    extended_until: date | None = None
    extension_reason: str | None = None
    closed_on: date | None = None

    @classmethod
    def of(cls, file: File) -> Self:
        """The course of a file at the institution that has it."""
        is_extended = file.extended_until == file.answer_due_on
        return cls(
            state=file.state,
            registered_on=file.clock_from,
            answer_due_on=file.answer_due_on,
            answer_rule_id=file.answer_rule_id,
            answer_legal_basis=file.answer_legal_basis,
            is_forwarded=file.forwarded_from is not None,
            is_split=file.runs_from is not None,
            solution=file.solution,
            is_taken_over=file.extended_until is not None and not is_extended,
            extended_on=local_date(file.extended_at) if file.extended_at and is_extended else None,
            extended_from=file.extended_from if is_extended else None,
            extended_until=file.extended_until if is_extended else None,
            extension_reason=file.extension_reason if is_extended else None,
            closed_on=file.closed_on,
        )

    @classmethod
    def begun(cls, entry: Registration) -> Self:
        """The course of what nobody handles: it is registered, and stays so."""
        return cls(
            state=PetitionState.REGISTERED,
            registered_on=entry.registered_on,
            answer_due_on=entry.answer_due_on,
            answer_rule_id=entry.answer_rule_id,
            answer_legal_basis=entry.answer_legal_basis,
        )

    @property
    def is_information(self) -> bool:
        """Whether the clock is that of Legea 544/2001."""
        return self.answer_rule_id == INFORMATION_RULE

    @property
    def refused_on(self) -> date | None:
        """The day on which information, or a part of it, was refused; none where it was not."""
        return self.closed_on if self.is_information and self.solution in REFUSALS else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """The clock at an institution that has sent the file on: it ended there on `forwarded_on`."""

    institution_id: UUID
    registered_on: date
    answer_due_on: date
    forward_by: date
    forwarded_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """The term of a file, explained.

    `forward_by` is the last day for sending it on (art. 6^1), while that is still to be decided;
    `refuse_by` the last for refusing information with reasons, `is_refusal_late` whether it was refused
    after that; `complain_by` the last day for an administrative complaint about it, where there is one;
    `earlier` are the clocks of who had it before.
    """

    deadline: Deadline
    forward_by: date | None
    refuse_by: date | None
    is_refusal_late: bool | None
    earlier: Collection[Earlier]
    complain_by: date | None = None


def clock(
    course: Course, earlier: Collection[Earlier], legal: Rules, granted: Mapping[date, str] = _NONE
) -> Clock:
    """The term of a file with all that it follows from; it ends on the stored day, or nothing does.

    `granted` are the days off that the government gives besides the legal holidays: no day of the
    petitioner ends on one, and the stricter day of the institution stays where it is.
    """
    on = course.registered_on
    counted = deadline(course, legal, Calendar(legal, granted))
    refuse_by = end_civil(on, legal.on(REFUSAL_RULE, on).whole) if course.is_information else None
    refused_on = course.refused_on
    return Clock(
        deadline=counted,
        forward_by=forward_by(on, legal) if course.state in _TO_BE_SENT else None,
        refuse_by=refuse_by,
        is_refusal_late=refused_on > refuse_by if refused_on and refuse_by else None,
        earlier=earlier,
    )


_TO_BE_SENT: Final = frozenset({PetitionState.REGISTERED, PetitionState.TRIAGE})


def forward_by(registered_on: date, legal: Rules) -> date:
    """The last day for sending on what is not for this institution; later it is late, and still sent."""
    return end_civil(registered_on, legal.on(FORWARDING_RULE, registered_on).whole)


def deadline(course: Course, legal: Rules, calendar: Calendar) -> Deadline:
    """The deadline of the answer. Its target is the stored day: what was applied is not applied anew."""
    start = _start(course, legal)
    extensions = () if course.extended_until is None else (_extension(course, course.extended_until, legal),)
    first = course.answer_due_on if course.extended_until is None else _first_end(course, legal)
    term = Term(
        (first - start.on).days,
        Unit.CALENDAR_DAYS,
        Counting.CIVIL,
        course.answer_rule_id,
        course.answer_legal_basis,
    )
    counted = deadlines.count(start, term, calendar, extensions=extensions)
    return counted.ended_by(Fact("CLOSED", course.closed_on)) if course.closed_on else counted


def _start(course: Course, legal: Rules) -> Fact:
    """What the term runs from: the registration, or that of an earlier petition which was joined to it."""
    whole = legal.on(course.answer_rule_id, course.registered_on).whole
    first = course.answer_due_on if course.extended_until is None else _first_end(course, legal)
    if course.is_taken_over or first < end_civil(course.registered_on, whole):
        return Fact("JOINED", first - timedelta(days=whole))
    if course.is_split:
        return Fact("SPLIT", course.registered_on)
    return Fact("FORWARDED" if course.is_forwarded else "REGISTERED", course.registered_on)


def extension_most(course: Course, legal: Rules) -> int:
    """By how many days the term may be extended at most: art. 9, or up to the longer term of Law 544.

    That of a complaint is not extended.
    """
    if course.answer_rule_id in _COMPLAINTS:
        return 0
    if course.is_information:
        longer = legal.on(EXTENDED_INFORMATION_RULE, course.registered_on).whole
        return longer - (course.answer_due_on - course.registered_on).days
    return legal.on(EXTENSION_RULE, course.registered_on).whole


def _first_end(course: Course, legal: Rules) -> date:
    """The last day as it was before the extension."""
    if course.extended_from is not None:
        return course.extended_from
    return end_civil(course.registered_on, legal.on(course.answer_rule_id, course.registered_on).whole)


def _extension(course: Course, until: date, legal: Rules) -> Extension:
    decided_on = course.extended_on or course.registered_on
    begins, rule = (
        (course.registered_on, legal.on(EXTENDED_INFORMATION_RULE, course.registered_on))
        if course.is_information
        else (_first_end(course, legal), legal.on(EXTENSION_RULE, course.registered_on))
    )
    term = Term((until - begins).days, rule.unit, Counting.CIVIL, rule.code, rule.legal_basis)
    return Extension(term, decided_on, course.extension_reason or "", whole=course.is_information)


@dataclass(frozen=True, slots=True)
class Reach:
    """How far each warning reaches on a day: to terms that end by `overdue`, `last`, `days`.

    The first one reaches those of which `percent` of the days from registration to the end have passed.
    """

    today: date
    percent: int
    days: date
    last: date
    overdue: date

    @classmethod
    def on(cls, today: date, legal: Rules) -> Self:
        """What the rules of a day say."""

        def rule(code: str) -> Rule:
            return legal.on(code, today)

        return cls(
            today=today,
            percent=rule(SHARE_RULE).whole,
            days=today + timedelta(days=rule(DAYS_RULE).whole),
            last=end_working(today, rule(LAST_RULE).whole, Calendar(legal)),
            overdue=today - _ONE_DAY,
        )

    def warning(self, registered_on: date, answer_due_on: date) -> TermWarning:
        """The furthest warning that a term has come to."""
        if answer_due_on <= self.overdue:
            return TermWarning.OVERDUE
        if answer_due_on <= self.last:
            return TermWarning.LAST
        if answer_due_on <= self.days:
            return TermWarning.DAYS
        whole, passed = (answer_due_on - registered_on).days, (self.today - registered_on).days
        return TermWarning.SHARE if passed * 100 >= whole * self.percent else TermWarning.NONE


@dataclass(frozen=True, slots=True)
class Place:
    """Where an official stands: `superior_id` is none for who heads the institution."""

    person_id: UUID
    superior_id: UUID | None


def warned(handler_id: UUID | None, places: Collection[Place]) -> tuple[UUID, ...]:
    """Who hears of a term: the handler and who is above them, or who heads the institution."""
    above = {place.superior_id for place in places if place.person_id == handler_id} - {None}
    heads = {place.person_id for place in places if place.superior_id is None}
    return tuple(sorted(one for one in {handler_id} | (above or heads) if one))
