"""Terms in days and months (Civil Code art. 2551-2553), and ages."""

import calendar
from datetime import date, timedelta
from typing import Final

_LEAP_DAY: Final = (2, 29)
_MONTHS: Final = 12


def end_of_days(start: date, days: int) -> date:
    """The last day of a term in days: the first is not counted, the last is (art. 2553)."""
    return start + timedelta(days=days)


def end_of_months(start: date, months: int) -> date:
    """The last day of a term in months: the day of the same number, or the month's last (art. 2552).

    It is not moved past a holiday: 31.08.2026 and six months is 28.02.2027, a Sunday.
    """
    year, month = divmod(start.year * _MONTHS + start.month - 1 + months, _MONTHS)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(start.day, last))


def birthday(birth_date: date, age: int, leap_shift: int) -> date:
    """The day on which somebody reaches an age, from 00:00 local time.

    Who was born on 29 February reaches it in other years `leap_shift` days after the 28th.
    """
    year = birth_date.year + age
    if (birth_date.month, birth_date.day) == _LEAP_DAY and not calendar.isleap(year):
        return date(year, 2, 28) + timedelta(days=leap_shift)
    return birth_date.replace(year=year)
