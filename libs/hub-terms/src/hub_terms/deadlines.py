"""A deadline that explains itself.

counted = deadlines.count(Fact("REGISTERED", registered_on), Term.of(rule), Calendar(legal))
counted.target            # the last day for the office, by the stricter count
counted.limit             # the same, moved to a working day
counted.citizen_end       # the last day for the citizen, by the milder count
counted.explain()         # all of it with the reasons, ready for JSON
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, Final, Self

from hub_core.rules import Counting, Unit

from . import calendar_file
from .calendar import Calendar, NotCounted, Reason
from .calendar_file import Entry
from .terms import Term

_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Fact:
    """What a term runs from, or what ended it: a code of the caller's, and its legal date."""

    code: str
    on: date


@dataclass(frozen=True, slots=True)
class Extension:
    """More time: `term` is added, or, as a `whole`, takes the place of the first one from its start."""

    term: Term
    decided_on: date
    reason: str
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Pause:
    """Days on which the term stands still, both ends among them.

    One that still lasts is given until today: its deadline moves with each day.
    """

    first: date
    last: date
    reason: str


@dataclass(frozen=True, slots=True)
class Step:
    """One part of the count: what was counted, and the last day with it."""

    term: Term
    ends_on: date
    extension: Extension | None = None


@dataclass(frozen=True, slots=True)
class End:
    """A last day by one way of counting: `counted` is moved past the days in `moved_past` to `on`."""

    counting: Counting
    counted: date
    moved_past: tuple[NotCounted, ...]
    on: date


@dataclass(frozen=True, slots=True)
class Deadline:
    """A term that runs from a fact, with everything that its end follows from.

    For the office the count is the stricter one (civil), for the citizen the milder (free days). What
    has `ended` it leaves its days as they were: a deadline that was missed stays missed.
    """

    start: Fact
    first_day: date
    steps: tuple[Step, ...]
    pauses: tuple[Pause, ...]
    not_counted: tuple[NotCounted, ...]
    office: End
    citizen: End
    ended: Fact | None = None

    @property
    def term(self) -> Term:
        """The term as it was before any extension."""
        return self.steps[0].term

    @property
    def extensions(self) -> tuple[Extension, ...]:
        """What gave more time, in order."""
        return tuple(step.extension for step in self.steps if step.extension)

    @property
    def target(self) -> date:
        """The last day for the office: the last day that is counted, holiday or not."""
        return self.office.counted

    @property
    def limit(self) -> date:
        """The last day for the office, moved to a working day."""
        return self.office.on

    @property
    def citizen_end(self) -> date:
        """The last day for the citizen: free days, moved to a working day."""
        return self.citizen.on

    @property
    def end(self) -> date:
        """The last day as the rule itself says that it is counted."""
        match self.term.counting:
            case Counting.CIVIL:
                return self.target
            case Counting.CIVIL_MOVED:
                return self.limit
            case _:
                return self.citizen_end

    def ended_by(self, fact: Fact) -> Self:
        """The deadline with what ended it: an answer, or that the matter was sent on."""
        return replace(self, ended=fact)

    def days_left(self, today: date) -> int:
        """Days from today to the target, negative once it has passed."""
        return (self.target - today).days

    def days_late(self, today: date) -> int:
        """Days by which the target was missed: until today, or until what ended it."""
        return max(0, -self.days_left(self.ended.on if self.ended else today))

    def is_late(self, today: date) -> bool:
        """Whether the target has passed, or had passed before it was ended."""
        return self.days_late(today) > 0

    def share_passed_on(self, percent: int) -> date:
        """The first day on which so much of the time to the target has passed."""
        whole = (self.target - self.start.on).days
        return self.start.on + timedelta(days=-(-whole * percent // 100))

    def as_ics(self, entry: Entry) -> str:
        """The target as a day in a calendar (RFC 5545); once it is ended the day is cancelled there."""
        return calendar_file.of_day(self.target, entry, is_cancelled=self.ended is not None)

    def explain(self) -> dict[str, Any]:
        """The deadline as plain data: dates ISO 8601, codes for the reasons; no text, so no language."""
        return {
            "start": _fact(self.start),
            "first_day": self.first_day.isoformat(),
            "steps": [_step(step) for step in self.steps],
            "pauses": [
                {"first": pause.first.isoformat(), "last": pause.last.isoformat(), "reason": pause.reason}
                for pause in self.pauses
            ],
            "days_not_counted": [_day(day) for day in self.not_counted],
            "office": {
                "counting": self.office.counting.value,
                "target": self.target.isoformat(),
                "moved_past": [_day(day) for day in self.office.moved_past],
                "limit": self.limit.isoformat(),
            },
            "citizen": {
                "counting": self.citizen.counting.value,
                "counted": self.citizen.counted.isoformat(),
                "moved_past": [_day(day) for day in self.citizen.moved_past],
                "end": self.citizen_end.isoformat(),
            },
            "end": self.end.isoformat(),
            "ended": _fact(self.ended) if self.ended else None,
        }


def count(
    start: Fact,
    term: Term,
    calendar: Calendar,
    *,
    extensions: Sequence[Extension] = (),
    pauses: Sequence[Pause] = (),
) -> Deadline:
    """The deadline of a term that runs from a fact.

    Extensions are counted on from the last day of what they extend; in the same unit they are one longer
    term. Days of a pause that would have been counted are counted after it. `ValueError` for pauses that
    overlap, run backwards, or begin before the term.
    """
    paused = _days_of(start.on, pauses)
    counted, (ends_on, left_out) = [term], _end(start.on, [term], calendar, paused)
    steps = [Step(term, ends_on)]
    for extension in extensions:
        counted = [extension.term] if extension.whole else [*counted, extension.term]
        ends_on, left_out = _end(start.on, counted, calendar, paused)
        steps.append(Step(extension.term, ends_on, extension))
    office = _moved(Counting.CIVIL, ends_on, calendar)
    in_days = counted[-1].unit is Unit.CALENDAR_DAYS
    return Deadline(
        start=start,
        first_day=start.on + _DAY,
        steps=tuple(steps),
        pauses=tuple(pauses),
        not_counted=(NotCounted(start.on, Reason.FIRST_DAY), *left_out),
        office=office,
        citizen=_moved(Counting.FREE_DAYS, ends_on + _DAY, calendar) if in_days else office,
    )


def _days_of(start: date, pauses: Sequence[Pause]) -> frozenset[date]:
    if any(pause.first <= start or pause.last < pause.first for pause in pauses):
        raise ValueError("a pause begins in the term and runs forward")
    if any(after.first <= before.last for before, after in pairwise(pauses)):
        raise ValueError("pauses follow one another")
    return frozenset(day for pause in pauses for day in _days(pause.first, pause.last))


def _end(
    start: date, terms: Iterable[Term], calendar: Calendar, paused: frozenset[date]
) -> tuple[date, list[NotCounted]]:
    """The last day of terms that follow one another, and the days that were left out on the way."""
    left_out: list[NotCounted] = []
    for term in _joined(terms):

        def why_not(day: date, works: bool = term.unit is Unit.WORKING_DAYS) -> NotCounted | None:
            off = calendar.why_off(day) if works else None
            return off or (NotCounted(day, Reason.PAUSED) if day in paused else None)

        end = term.end(start, calendar)
        lost = sum(_is_lost(why_not(day)) for day in _days(start + _DAY, end)) if paused else 0
        while lost:
            end += _DAY
            lost -= why_not(end) is None
        left_out += [found for day in _days(start + _DAY, end) if (found := why_not(day))]
        start = end
    return start, left_out


def _is_lost(found: NotCounted | None) -> bool:
    return found is not None and found.reason is Reason.PAUSED


def _joined(terms: Iterable[Term]) -> list[Term]:
    joined: list[Term] = []
    for term in terms:
        if joined and joined[-1].unit is term.unit:
            joined[-1] = replace(joined[-1], amount=joined[-1].amount + term.amount)
        else:
            joined.append(term)
    return joined


def _moved(counting: Counting, counted: date, calendar: Calendar) -> End:
    past = calendar.days_off_from(counted)
    return End(counting, counted, past, counted + len(past) * _DAY)


def _days(first: date, last: date) -> Iterable[date]:
    return (date.fromordinal(each) for each in range(first.toordinal(), last.toordinal() + 1))


def _fact(fact: Fact) -> dict[str, str]:
    return {"code": fact.code, "on": fact.on.isoformat()}


def _day(day: NotCounted) -> dict[str, str | None]:
    return {
        "day": day.day.isoformat(),
        "reason": day.reason.value,
        "code": day.code,
        "legal_basis": day.legal_basis,
    }


def _step(step: Step) -> dict[str, Any]:
    extension = step.extension
    return {
        "amount": step.term.amount,
        "unit": step.term.unit.value,
        "counting": step.term.counting.value,
        "rule_id": step.term.rule_id,
        "legal_basis": step.term.legal_basis,
        "ends_on": step.ends_on.isoformat(),
        "extension": extension
        and {
            "decided_on": extension.decided_on.isoformat(),
            "reason": extension.reason,
            "whole": extension.whole,
        },
    }
