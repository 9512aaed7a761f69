"""Working days: Monday to Friday without the legal holidays (Labour Code art. 139).

>>> from datetime import date
>>> is_working_day(date(2026, 4, 10), ["easter-2", "12-25"])
False
"""

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import Final

_EASTER: Final = "easter"
_SATURDAY: Final = 5
_TO_GREGORIAN: Final = timedelta(days=13)
"""What the Julian calendar lags behind, from 1900 to 2099."""


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
    return day in {_date(code, day.year) for code in holidays}


def is_working_day(day: date, holidays: Iterable[str], granted: Collection[date] = ()) -> bool:
    """Whether offices work on a day; `granted` are the days off that the government gives besides."""
    return day.weekday() < _SATURDAY and day not in granted and not is_holiday(day, holidays)


def _date(code: str, year: int) -> date:
    if code.startswith(_EASTER):
        return easter(year) + timedelta(days=int(code.removeprefix(_EASTER) or 0))
    return date.fromisoformat(f"{year}-{code}")
