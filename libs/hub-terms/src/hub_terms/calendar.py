"""Working days: Monday to Friday without the legal holidays (Labour Code art. 139).

>>> from datetime import date
>>> is_working_day(date(2026, 4, 10), ["easter-2", "12-25"])
False

`Calendar` says it of each day by the rule of that day, and why:

    days = Calendar(legal, granted={date(2026, 12, 28): "HG nr. …"})
    days.why_off(date(2026, 11, 30))     # NotCounted(…, Reason.HOLIDAY, "11-30", "Codul muncii art. 139")
    days.roll_forward(date(2026, 11, 30))                                        # date(2026, 12, 2)
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Final

from hub_core.rules import Rules

HOLIDAYS: Final = "calendar.holidays"
"""The rule whose options are the legal holidays."""

_EASTER: Final = "easter"
_SATURDAY: Final = 5
_DAY: Final = timedelta(days=1)
_TO_GREGORIAN: Final = timedelta(days=13)
"""What the Julian calendar lags behind, from 1900 to 2099."""


class Reason(StrEnum):
    """Why a day is not counted, or no term may end on it."""

    FIRST_DAY = "FIRST_DAY"
    """The day of the fact (Civil Code art. 2553)."""
    WEEKEND = "WEEKEND"
    HOLIDAY = "HOLIDAY"
    GRANTED = "GRANTED"
    """A day off that the government gives to public offices."""
    PAUSED = "PAUSED"
    """The term stood still."""


@dataclass(frozen=True, slots=True)
class NotCounted:
    """A day and why it is not counted; a holiday has its code, what rests on an act has its citation."""

    day: date
    reason: Reason
    code: str | None = None
    legal_basis: str | None = None


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days on which offices do not work.

    `legal` has the rule `calendar.holidays`, read by the day in question (`NoRule` for a day without a
    list). `granted` are the bridge days of a year and an institution, with the act that gives each.
    """

    legal: Rules
    granted: Mapping[date, str] = field(default_factory=dict)

    def why_off(self, day: date) -> NotCounted | None:
        """Why offices do not work on a day; None on a working day."""
        listed = self.legal.on(HOLIDAYS, day)
        code = _dates(tuple(option.code for option in listed.options), day.year).get(day)
        if code is not None:
            return NotCounted(day, Reason.HOLIDAY, code, listed.legal_basis)
        if day.weekday() >= _SATURDAY:
            return NotCounted(day, Reason.WEEKEND)
        if day in self.granted:
            return NotCounted(day, Reason.GRANTED, legal_basis=self.granted[day])
        return None

    def is_working_day(self, day: date) -> bool:
        """Whether offices work on a day."""
        return self.why_off(day) is None

    def days_off_from(self, day: date) -> tuple[NotCounted, ...]:
        """The days off that follow one another from a day on; none when offices work on it."""
        off: list[NotCounted] = []
        while found := self.why_off(day + len(off) * _DAY):
            off.append(found)
        return tuple(off)

    def roll_forward(self, day: date) -> date:
        """The day itself, or the next working day (Civil Code art. 2554, CPC art. 181 (2))."""
        return day + len(self.days_off_from(day)) * _DAY


def easter(year: int) -> date:
    """Orthodox Easter Sunday (Meeus' Julian algorithm), from 1900 to 2099."""
    moon = (19 * (year % 19) + 15) % 30
    sunday = (2 * (year % 4) + 4 * (year % 7) - moon + 34) % 7
    month, day = divmod(moon + sunday + 114, 31)
    return date(year, month, day + 1) + _TO_GREGORIAN


def is_holiday(day: date, holidays: Iterable[str]) -> bool:
    """Whether a day is a legal holiday: `MM-DD`, or `easter` with or without days before or after it.

    These are the codes of the rule `calendar.holidays`, as they hold on that day.
    """
    return day in _dates(tuple(holidays), day.year)


def is_working_day(day: date, holidays: Iterable[str], granted: Collection[date] = ()) -> bool:
    """Whether offices work on a day; `granted` are the days off that the government gives besides."""
    return day.weekday() < _SATURDAY and day not in granted and not is_holiday(day, holidays)


@lru_cache(maxsize=64)
def _dates(codes: tuple[str, ...], year: int) -> dict[date, str]:
    """The holidays of a year with their codes; of two on one day, the first in the list."""
    dates: dict[date, str] = {}
    for code in codes:
        dates.setdefault(_date(code, year), code)
    return dates


def _date(code: str, year: int) -> date:
    if code.startswith(_EASTER):
        return easter(year) + timedelta(days=int(code.removeprefix(_EASTER) or 0))
    return date.fromisoformat(f"{year}-{code}")
