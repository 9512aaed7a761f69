"""Figures of the counters: whole months for the public, days for an office.

Days are counted once they are over and months are told once they are over, so that nobody learns from two
readings what happened in between. No count under five is told, nor what would give one away.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from hub_core.masking import Masked, mask
from hub_terms.terms import end_months

LONGEST_MINUTES: Final = 600
"""Times at the counters are told in whole minutes; longer ones were forgotten to be ended."""
NO_PLACE: Final = "NONE"
"""The kind of FIRST_PLACE where there was none in the window."""


class Measure(StrEnum):
    """What is counted; some have a kind after a colon: the reason, the minutes, the days."""

    BOOKED = "BOOKED"
    PLACES = "PLACES"
    TAKEN = "TAKEN"
    ATTENDED = "ATTENDED"
    MISSED = "MISSED"
    SERVED = "SERVED"
    REFUSED = "REFUSED"
    WAITED = "WAITED"
    AT_DESK = "AT_DESK"
    FIRST_PLACE = "FIRST_PLACE"
    COUNTED = "COUNTED"


@dataclass(frozen=True, slots=True)
class Figure:
    """What a month amounts to in one respect, in a county."""

    month: date
    county: str
    measure: str
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A month, in the whole country or in a county; what is not told is none.

    `fill` is the part of the places that was taken, `missed` the part of the appointments to which nobody
    came, `days` half of the days' waiting for the first free place (none where half had no place at all).
    """

    bookings: int | None
    fill: float | None
    missed: float | None
    days: int | None


@dataclass(frozen=True, slots=True)
class Month:
    """A month, by its first day, and its counties by code."""

    month: date
    whole: Part
    by_county: Mapping[str, Part]


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeFigures:
    """What days amount to at an office, in persons, appointments and minutes."""

    bookings: int
    attended: int
    missed: int
    served: int
    refused_by_reason: Mapping[str, int]
    waited: int | None
    at_desk: int | None


def months(figures: Iterable[Figure]) -> list[Month]:
    """The months of these figures, the latest first."""
    by_month: dict[date, list[Figure]] = {}
    for figure in figures:
        by_month.setdefault(figure.month, []).append(figure)
    return [_month(month, by_month[month]) for month in sorted(by_month, reverse=True)]


def of_office(amounts: Mapping[str, int]) -> OfficeFigures:
    """What the amounts of an office by measure tell."""
    refused = _kinds(amounts, Measure.REFUSED)
    return OfficeFigures(
        bookings=amounts.get(Measure.BOOKED, 0),
        attended=amounts.get(Measure.ATTENDED, 0),
        missed=amounts.get(Measure.MISSED, 0),
        served=amounts.get(Measure.SERVED, 0),
        refused_by_reason=refused,
        waited=_median(_kinds(amounts, Measure.WAITED)),
        at_desk=_median(_kinds(amounts, Measure.AT_DESK)),
    )


def first_of_month(day: date) -> date:
    """The first day of a day's month."""
    return day.replace(day=1)


def last_whole_month(counted_until: date) -> date:
    """The first day of the last month that is counted to its end, when the last counted day is this."""
    return end_months(first_of_month(counted_until + timedelta(days=1)), -1)


def _month(month: date, figures: Sequence[Figure]) -> Month:
    counties: dict[str, dict[str, int]] = {}
    whole: dict[str, int] = {}
    for figure in figures:
        for part in (counties.setdefault(figure.county, {}), whole):
            part[figure.measure] = part.get(figure.measure, 0) + figure.amount
    told: dict[Measure, tuple[int | None, Masked]] = {
        measure: mask({county: part.get(measure, 0) for county, part in counties.items()})
        for measure in (Measure.BOOKED, Measure.TAKEN, Measure.ATTENDED, Measure.MISSED)
    }
    return Month(
        month=month,
        whole=_part(whole, {measure: total for measure, (total, _) in told.items()}),
        by_county={
            county: _part(part, {measure: shown.get(county) for measure, (_, shown) in told.items()})
            for county, part in sorted(counties.items())
        },
    )


def _part(amounts: Mapping[str, int], told: Mapping[Measure, int | None]) -> Part:
    attended, missed, taken = told[Measure.ATTENDED], told[Measure.MISSED], told[Measure.TAKEN]
    came = None if attended is None or missed is None else attended + missed
    return Part(
        bookings=told[Measure.BOOKED],
        fill=_share(taken, amounts.get(Measure.PLACES, 0)),
        missed=_share(missed, came),
        days=_median(_kinds(amounts, Measure.FIRST_PLACE)),
    )


def _share(part: int | None, whole: int | None) -> float | None:
    return None if part is None or not whole else round(part / whole, 3)


def _kinds(amounts: Mapping[str, int], measure: Measure) -> dict[str, int]:
    split = {name.partition(":"): amount for name, amount in amounts.items()}
    return {kind: amount for (name, colon, kind), amount in split.items() if colon and name == measure}


def _median(counts: Mapping[str, int]) -> int | None:
    """By nearest rank; none where that is NO_PLACE, or nothing was counted."""
    rank = math.ceil(sum(counts.values()) / 2)
    for kind in sorted(counts.keys() - {NO_PLACE}, key=int):
        rank -= counts[kind]
        if rank <= 0:
            return int(kind)
    return None
