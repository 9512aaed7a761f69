"""Reports of aggressive driving in figures, for the public.

A year is counted up to the end of the last month that is over, so that nobody learns from two readings of
one day what happened in between. No small count is told, nor what would give one away.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from hub_core.masking import mask


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """How many reports came, were found eligible, led to a sanction that stands, and were decided.

    `median_days` is the median of the days from a report's arrival to its decision, none without one.
    """

    reports: int
    accepted: int
    sanctioned: int
    decided: int
    median_days: float | None


NOTHING = Counted(reports=0, accepted=0, sanctioned=0, decided=0, median_days=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The same as it may be told: none where a count is small or would give one away."""

    reports: int | None
    accepted: int | None
    sanctioned: int | None
    median_days: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """A year in figures, up to the day before `until`; parts by county, month (`2026-10`) and manoeuvre."""

    year: int
    until: date
    whole: Figures
    by_county: Mapping[str, Figures]
    by_month: Mapping[str, Figures]
    by_manoeuvre: Mapping[str, Figures]


def counted_until(today: date, year: int) -> date:
    """The first day that is not counted of a year: the first of this month, or of the next year."""
    return min(today.replace(day=1), date(year + 1, 1, 1))


def last_counted_year(today: date) -> int:
    """The year of the last month that is over."""
    return today.year if today.month > 1 else today.year - 1


def told(counted: Counted, least: int) -> Figures:
    """A whole, as it may be told."""
    reports = _shown({"all": counted.reports}, least).get("all")
    accepted = _shown({"of": counted.accepted, "not": counted.reports - counted.accepted}, least).get("of")
    sanctioned = _shown({"of": counted.sanctioned, "not": counted.reports - counted.sanctioned}, least).get(
        "of"
    )
    is_hidden = reports is None
    return Figures(
        reports=reports,
        accepted=None if is_hidden else accepted,
        sanctioned=None if is_hidden else sanctioned,
        median_days=None if is_hidden else _median(counted, least),
    )


def parts_told(parts: Mapping[str, Counted], least: int) -> Mapping[str, Figures]:
    """The parts of a whole by code, none of which can be worked out from the others and the whole."""
    reports = _shown({code: part.reports for code, part in parts.items()}, least)
    accepted = _part_of({code: part.accepted for code, part in parts.items()}, parts, reports, least)
    sanctioned = _part_of({code: part.sanctioned for code, part in parts.items()}, parts, accepted, least)
    return {
        code: Figures(
            reports=reports.get(code),
            accepted=accepted.get(code),
            sanctioned=sanctioned.get(code),
            median_days=None if reports.get(code) is None else _median(part, least),
        )
        for code, part in parts.items()
    }


def _part_of(
    counts: Mapping[str, int],
    parts: Mapping[str, Counted],
    before: Mapping[str, int | None],
    least: int,
) -> Mapping[str, int | None]:
    """What is counted among others: withheld where those are, or where the few others would show."""
    withheld = {
        code
        for code, count in counts.items()
        if before.get(code) is None or 0 < parts[code].reports - count < least
    }
    return _shown(counts, least, withheld)


def _median(counted: Counted, least: int) -> float | None:
    return counted.median_days if counted.decided >= least else None


def _shown(counts: Mapping[str, int], least: int, withheld: Collection[str] = ()) -> Mapping[str, int | None]:
    total, shown = mask(counts, least, withheld)
    return shown if total is not None else dict.fromkeys(counts)
