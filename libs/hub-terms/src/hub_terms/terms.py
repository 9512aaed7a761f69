"""How terms are counted: from the day or the moment of a fact to the last day or moment.

The functions are named after the rule. The numbers are the caller's, from the rule tables.

>>> end_civil(date(2026, 11, 2), 30), end_procedural(date(2026, 11, 2), 30)
(datetime.date(2026, 12, 2), datetime.date(2026, 12, 3))
>>> end_months(date(2026, 8, 31), 6)
datetime.date(2027, 2, 28)
"""

from calendar import isleap, monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, Self

from hub_core.clock import BUCHAREST, local_date
from hub_core.rules import Counting, Rule, Unit

from .calendar import Calendar

_DAY: Final = timedelta(days=1)
_MONTHS: Final = 12
_WEEK: Final = 7
_LEAP_DAY: Final = (2, 29)
_DAY_UNITS: Final = frozenset({Unit.CALENDAR_DAYS, Unit.WORKING_DAYS, Unit.MONTHS, Unit.YEARS})


@dataclass(frozen=True, slots=True)
class Term:
    """How long, counted how, by which rule of the catalog and which law.

    `ValueError` for less than one, or for what does not end on a day.
    """

    amount: int
    unit: Unit
    counting: Counting
    rule_id: str
    legal_basis: str

    def __post_init__(self) -> None:
        if self.amount < 1 or self.unit not in _DAY_UNITS or self.counting is Counting.ELAPSED:
            raise ValueError(f"{self.rule_id}: not a term that ends on a day")

    @classmethod
    def of(cls, rule: Rule) -> Self:
        """The term that a row of a rule table gives; where the row names no counting it is civil."""
        return cls(rule.whole, rule.unit, rule.counting or Counting.CIVIL, rule.code, rule.legal_basis)

    def end(self, start: date, calendar: Calendar) -> date:
        """The last day by the civil count: not moved, whatever day it is."""
        match self.unit:
            case Unit.WORKING_DAYS:
                return end_working(start, self.amount, calendar)
            case Unit.MONTHS:
                return end_months(start, self.amount)
            case Unit.YEARS:
                return end_months(start, self.amount * _MONTHS)
            case _:
                return end_civil(start, self.amount)

    def before(self, day: date, calendar: Calendar) -> date:
        """The latest day that lies this long before another: who acts by its end acts in time."""
        match self.unit:
            case Unit.WORKING_DAYS:
                return working_days_before(day, self.amount, calendar)
            case Unit.MONTHS:
                return end_months(day, -self.amount)
            case Unit.YEARS:
                return end_months(day, -self.amount * _MONTHS)
            case _:
                return day - timedelta(days=self.amount)


def end_civil(start: date, days: int) -> date:
    """The last day of a term in days: the first is not counted, the last is (Civil Code art. 2553)."""
    return start + timedelta(days=days)


def end_procedural(start: date, days: int) -> date:
    """The last day of a term in free days: neither the first nor the last is counted (CPC art. 181)."""
    return start + timedelta(days=days + 1)


def end_working(start: date, days: int, calendar: Calendar) -> date:
    """The last day of a term in working days; the first day is not counted."""
    end = start
    for _ in range(days):
        end = calendar.roll_forward(end + _DAY)
    return end


def end_weeks(start: date, weeks: int) -> date:
    """The last day of a term in weeks: the same day of the last week (Civil Code art. 2552)."""
    return start + timedelta(days=weeks * _WEEK)


def end_months(start: date, months: int) -> date:
    """The last day of a term in months: the day of the same number, or the month's last (art. 2552).

    It is not moved past a holiday: 31.08.2026 and six months is 28.02.2027, a Sunday. Fewer than no
    months go back.
    """
    year, month = divmod(start.year * _MONTHS + start.month - 1 + months, _MONTHS)
    last = monthrange(year, month + 1)[1]
    return date(year, month + 1, min(start.day, last))


def end_hours(start: datetime, hours: int) -> datetime:
    """The end of hours that run from the moment of the fact, on weekends too; in UTC."""
    return start.astimezone(UTC) + timedelta(hours=hours)


def end_hours_procedural(start: datetime, hours: int) -> datetime:
    """The end of hours that run from 0:00 of the next day, local time (CPC art. 181); in UTC."""
    midnight = datetime.combine(local_date(start) + _DAY, time(), BUCHAREST)
    return end_hours(midnight, hours)


def is_in_time(received: datetime, last: date) -> bool:
    """Whether what was received, or posted, at an instant is in time: the last day lasts until 24:00."""
    return local_date(received) <= last


def working_days_before(day: date, days: int, calendar: Calendar) -> date:
    """The working day that lies so many working days before a day, whatever day that is."""
    for _ in range(days):
        day -= _DAY
        while not calendar.is_working_day(day):
            day -= _DAY
    return day


def birthday(birth_date: date, age: int, leap_shift: int) -> date:
    """The day on which somebody reaches an age, from 00:00 local time.

    Who was born on 29 February reaches it in other years `leap_shift` days after the 28th.
    """
    year = birth_date.year + age
    if (birth_date.month, birth_date.day) == _LEAP_DAY and not isleap(year):
        return date(year, 2, 28) + timedelta(days=leap_shift)
    return birth_date.replace(year=year)
