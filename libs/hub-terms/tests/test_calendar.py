"""The days on which offices work."""

from datetime import date, timedelta

import pytest

from hub_core.rules import NoRule, Rules
from hub_terms import calendar
from hub_terms.calendar import Calendar, NotCounted, Reason

from .build import CALENDAR, CODES, LABOUR_CODE, a_list


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
    assert calendar.is_working_day(day, CODES) is works


def test_a_granted_day_is_one_without_work() -> None:
    monday = date(2026, 12, 28)
    assert calendar.is_working_day(monday, CODES)
    assert not calendar.is_working_day(monday, CODES, granted={monday})


def test_the_calendar_says_why_offices_do_not_work() -> None:
    granted = Calendar(CALENDAR.legal, {date(2026, 12, 28): "HG nr. 1/2026"})
    assert CALENDAR.why_off(date(2026, 11, 27)) is None
    assert CALENDAR.why_off(date(2026, 11, 28)) == NotCounted(date(2026, 11, 28), Reason.WEEKEND)
    assert CALENDAR.why_off(date(2026, 11, 30)) == NotCounted(
        date(2026, 11, 30), Reason.HOLIDAY, "11-30", LABOUR_CODE
    )
    assert granted.why_off(date(2026, 12, 28)) == NotCounted(
        date(2026, 12, 28), Reason.GRANTED, None, "HG nr. 1/2026"
    )


def test_a_holiday_on_a_weekend_is_told_as_the_holiday() -> None:
    found = CALENDAR.why_off(date(2027, 5, 1))
    assert found
    assert (found.reason, found.code) == (Reason.HOLIDAY, "05-01")


def test_a_bridge_day_of_one_institution_is_not_one_of_another() -> None:
    christmas = date(2026, 12, 25)
    bridged = Calendar(CALENDAR.legal, {date(2026, 12, 28): "HG nr. 1/2026"})
    assert CALENDAR.roll_forward(christmas) == date(2026, 12, 28)
    assert bridged.roll_forward(christmas) == date(2026, 12, 29)


def test_a_holiday_counts_from_the_day_that_its_law_holds() -> None:
    legal = Rules(
        [a_list(*CODES, valid_to=date(2026, 12, 31)), a_list(*CODES, "03-08", valid_from=date(2027, 1, 1))]
    )
    changing = Calendar(legal)
    assert changing.is_working_day(date(2025, 3, 10))
    assert changing.why_off(date(2027, 3, 8)) == NotCounted(
        date(2027, 3, 8), Reason.HOLIDAY, "03-08", LABOUR_CODE
    )


def test_a_day_without_a_list_of_holidays_is_an_error_and_no_working_day() -> None:
    with pytest.raises(NoRule):
        CALENDAR.why_off(date(2023, 12, 29))


@pytest.mark.parametrize("year", range(2024, 2060))
def test_the_three_days_of_easter_and_two_of_pentecost_are_off(year: int) -> None:
    sunday = calendar.easter(year)
    off = [day for n in (-2, 0, 1, 49, 50) if (day := CALENDAR.why_off(sunday + timedelta(days=n)))]
    assert [day.reason for day in off] == [Reason.HOLIDAY] * 5
