"""Figures of petitions: half-years and years, for the public (OG 27/2002 art. 14).

A month is counted once, when the longest term of its last petition has passed, and never changes after:
nobody learns from two readings what happened in between. No small count is told, nor what would give one
away.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Final, Self
from uuid import UUID

from hub_core.masking import Masked, mask
from hub_terms.terms import end_months

_PERIOD: Final = re.compile(r"(20[0-9]{2})(?:-H([12]))?")
NO_TOPIC: Final = "UNSORTED"
"""The topic of what went to no structure that was suggested."""
_HALF: Final = 6
_YEAR: Final = 12


class Timeliness(StrEnum):
    """How a petition stood to its term when its month was counted."""

    IN_TERM = "IN_TERM"
    LATE = "LATE"
    RUNNING = "RUNNING"


class Outcome(StrEnum):
    """How petitions ended that were not answered for themselves; the others have their `Solution`."""

    ANSWERED = "ANSWERED"
    FORWARDED = "FORWARDED"
    JOINED = "JOINED"
    CLASSED = "CLASSED"
    WITHDRAWN = "WITHDRAWN"
    OPEN = "OPEN"


@dataclass(frozen=True, slots=True)
class Figure:
    """Petitions of a period that have all this in common; `days` are theirs from registration to the end."""

    institution_id: UUID
    kind: str
    channel: str
    topic: str
    outcome: str
    timeliness: str
    amount: int
    extended: int
    days: int


@dataclass(frozen=True, slots=True)
class Period:
    """A half-year or a year: `2026-H1`, `2026`."""

    code: str
    first: date
    last: date

    @classmethod
    def read(cls, code: str) -> "Period":
        """The period of a code; `ValueError` for what is none."""
        found = _PERIOD.fullmatch(code)
        if found is None:
            raise ValueError(code)
        year, half = int(found[1]), found[2]
        first = date(year, 1 + (_HALF if half == "2" else 0), 1)
        return cls(code, first, end_months(first, _HALF if half else _YEAR) - timedelta(days=1))

    @classmethod
    def half_of(cls, day: date) -> "Period":
        """The half-year that a day is in."""
        return cls.read(f"{day.year}-H{1 + (day.month - 1) // _HALF}")

    @classmethod
    def last_half(cls, counted: date) -> "Period":
        """The last half-year of which the last month is counted; `counted` is the last one's first day."""
        over = end_months(counted, 1)
        half = (over.month - 1) // _HALF
        return cls.read(f"{over.year}-H1" if half else f"{over.year - 1}-H2")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Petitions of a period; what is not told is none.

    `in_term` is the share of those whose term is over that ended within it, `days` the average from
    registration to the end, `extended` how many had a longer term.
    """

    registered: int | None
    in_term: float | None
    days: float | None
    extended: int | None


@dataclass(frozen=True, slots=True)
class Report:
    """A period in figures: the whole, and its parts by code. Structures go by id."""

    period: Period
    whole: Part
    by_channel: Mapping[str, Part]
    by_kind: Mapping[str, Part]
    by_outcome: Mapping[str, Part]
    by_topic: Mapping[str, Part]
    by_structure: Mapping[UUID, Part]


def report(period: Period, figures: Iterable[Figure], least: int) -> Report:
    """The figures of a period; no count under `least` is told."""
    every = list(figures)
    whole = _Counted.of(every)
    structures = _parts(every, lambda one: str(one.institution_id), least)
    return Report(
        period=period,
        whole=_part(whole, whole.amount, least),
        by_channel=_parts(every, lambda one: one.channel, least),
        by_kind=_parts(every, lambda one: one.kind, least),
        by_outcome=_parts(every, lambda one: one.outcome, least),
        by_topic=_parts(every, lambda one: one.topic, least),
        by_structure={UUID(code): part for code, part in structures.items()},
    )


def settled_by(month: date, longest: int) -> date:
    """The day from which a month can be counted: the longest term of its last petition has passed."""
    return end_months(month, 1) + timedelta(days=longest)


def counted_periods(first: date, until: date) -> list[Period]:
    """The half-years and years of which every month is counted, the latest first.

    Those are counted from `first` on, and before the month that begins on `until`.
    """
    years = range(first.year, until.year + 1)
    codes = (code for year in years for code in (f"{year}-H1", f"{year}-H2", f"{year}"))
    found = [period for period in map(Period.read, codes) if first <= period.first and period.last < until]
    return sorted(found, key=lambda period: (period.last, period.first), reverse=True)


def coming(until: date, longest: int) -> tuple[Period, date]:
    """The half-year that is counted next, and the first day on which it can be."""
    period = Period.half_of(until)
    return period, settled_by(period.last.replace(day=1), longest)


def _parts(figures: Iterable[Figure], code: Callable[[Figure], str], least: int) -> dict[str, Part]:
    """The parts of a period, none of which can be worked out from the others and the whole."""
    split: dict[str, list[Figure]] = {}
    for figure in figures:
        split.setdefault(code(figure), []).append(figure)
    counted = {each: _Counted.of(part) for each, part in sorted(split.items())}
    told = _told({each: one.amount for each, one in counted.items()}, (), least)
    parts = {each: _part(one, told.get(each), least) for each, one in counted.items()}

    def hidden(measure: str) -> Collection[str]:
        return [each for each, part in parts.items() if getattr(part, measure) is None]

    in_term = _told({each: one.late for each, one in counted.items()}, hidden("in_term"), least)
    days = _told({each: one.ended for each, one in counted.items()}, hidden("days"), least)
    extended = _told({each: one.extended for each, one in counted.items()}, hidden("extended"), least)
    return {
        each: replace(
            part,
            in_term=None if in_term.get(each) is None else part.in_term,
            days=None if days.get(each) is None else part.days,
            extended=None if extended.get(each) is None else part.extended,
        )
        for each, part in parts.items()
    }


def _told(counts: Mapping[str, int], withheld: Collection[str], least: int) -> Masked:
    return mask(counts, least, withheld)[1]


@dataclass(frozen=True, slots=True)
class _Counted:
    """What a part amounts to, before it is said what of it is told."""

    amount: int
    in_term: int
    late: int
    running: int
    ended: int
    extended: int
    days: int

    @classmethod
    def of(cls, figures: Collection[Figure]) -> Self:
        """The sums of figures."""
        over = {each: sum(one.amount for one in figures if one.timeliness == each) for each in Timeliness}
        return cls(
            amount=sum(one.amount for one in figures),
            in_term=over[Timeliness.IN_TERM],
            late=over[Timeliness.LATE],
            running=over[Timeliness.RUNNING],
            ended=sum(one.amount for one in figures if one.outcome != Outcome.OPEN),
            extended=sum(one.extended for one in figures),
            days=sum(one.days for one in figures if one.outcome != Outcome.OPEN),
        )


def _part(counted: _Counted, told: int | None, least: int) -> Part:
    if told is None or told < least:
        return Part(registered=None, in_term=None, days=None, extended=None)
    over = {"in_term": counted.in_term, "late": counted.late, "running": counted.running}
    shown = _told(over, (), least)
    extended = _told({"extended": counted.extended, "others": told - counted.extended}, (), least)
    return Part(
        registered=told,
        in_term=_share(shown.get("in_term"), shown.get("late")),
        days=round(counted.days / counted.ended, 1) if counted.ended >= least else None,
        extended=extended.get("extended"),
    )


def _share(part: int | None, rest: int | None) -> float | None:
    return None if part is None or rest is None or not part + rest else round(part / (part + rest), 3)
