"""The days on which offices work."""

from datetime import date

import pytest

from hub_terms import calendar

HOLIDAYS = [
    *("01-01", "01-02", "01-06", "01-07", "01-24", "easter-2", "easter", "easter+1", "05-01", "06-01"),
    *("easter+49", "easter+50", "08-15", "11-30", "12-01", "12-25", "12-26"),
]


@pytest.mark.parametrize(
    ("year", "sunday"), [(2024, date(2024, 5, 5)), (2026, date(2026, 4, 12)), (2027, date(2027, 5, 2))]
)
def test_easter_is_that_of_the_orthodox_church(year: int, sunday: date) -> None:
    assert calendar.easter(year) == sunday


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 4, 3), True),  # the Catholic Good Friday
        (date(2026, 4, 10), False),
        (date(2026, 4, 13), False),
        (date(2026, 6, 1), False),
        (date(2027, 6, 21), False),
        (date(2026, 11, 27), True),
        (date(2026, 11, 28), False),
        (date(2026, 11, 30), False),
        (date(2026, 12, 1), False),
        (date(2026, 12, 2), True),
    ],
)
def test_offices_work_on_weekdays_that_are_no_holidays(day: date, works: bool) -> None:
    assert calendar.is_working_day(day, HOLIDAYS) is works


def test_a_granted_day_is_one_without_work() -> None:
    monday = date(2026, 12, 28)
    assert calendar.is_working_day(monday, HOLIDAYS)
    assert not calendar.is_working_day(monday, HOLIDAYS, granted={monday})
