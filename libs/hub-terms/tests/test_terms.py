"""How terms are counted: the worked examples of the law, and what holds for every term."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_core.clock import BUCHAREST, local_date
from hub_core.rules import Counting, Unit
from hub_terms import terms
from hub_terms.terms import Term

from .build import CALENDAR, days, working_days

DAYS = st.dates(date(2025, 1, 1), date(2090, 12, 31))

EXAMPLES = {
    "30 days from Monday 2 November 2026": ("2026-11-02", 30, "12-02", "12-02", "12-03", "12-03"),
    "30 and 15 days from Monday 2 November 2026": ("2026-11-02", 45, "12-17", "12-17", "12-18", "12-18"),
    "30 days from Saturday 31 October 2026": ("2026-10-31", 30, "11-30", "12-02", "12-01", "12-02"),
    "forwarding from Friday 27 November 2026": ("2026-11-27", 5, "12-02", "12-02", "12-03", "12-03"),
    "Law 544 from Saturday 21 November 2026": ("2026-11-21", 10, "12-01", "12-02", "12-02", "12-02"),
    "half of a fine from Friday 11 December 2026": ("2026-12-11", 15, "12-26", "12-28", "12-27", "12-28"),
    "15 days to Good Friday 2027": ("2027-04-15", 15, "04-30", "05-04", "05-01", "05-04"),
    "15 days from Wednesday 10 September 2025": ("2025-09-10", 15, "09-25", "09-25", "09-26", "09-26"),
}
"""Day of the fact, days, civil end, the same rolled, procedural end, the same rolled."""


@pytest.mark.parametrize("example", EXAMPLES)
def test_days_are_counted_as_in_the_worked_examples(example: str) -> None:
    fact, n, *ends = EXAMPLES[example]
    start = date.fromisoformat(fact)
    civil, rolled, procedural, procedural_rolled = (date.fromisoformat(f"{start.year}-{end}") for end in ends)
    assert terms.end_civil(start, n) == civil
    assert CALENDAR.roll_forward(civil) == rolled
    assert terms.end_procedural(start, n) == procedural
    assert CALENDAR.roll_forward(procedural) == procedural_rolled


@pytest.mark.parametrize(
    ("start", "n", "end"),
    [
        (date(2026, 11, 26), 3, date(2026, 12, 3)),
        (date(2026, 12, 23), 3, date(2026, 12, 29)),
        (date(2027, 4, 29), 1, date(2027, 5, 4)),
    ],
    ids=["from Thursday 26 November 2026", "from Wednesday 23 December 2026", "from Maundy Thursday 2027"],
)
def test_working_days_pass_over_weekends_and_holidays(start: date, n: int, end: date) -> None:
    assert terms.end_working(start, n, CALENDAR) == end


def test_six_months_of_validity_from_31_august_end_on_28_february_a_sunday() -> None:
    end = terms.end_months(date(2026, 8, 31), 6)
    assert end == date(2027, 2, 28)
    assert CALENDAR.roll_forward(end) == date(2027, 3, 1)


def test_months_and_weeks_end_on_the_corresponding_day() -> None:
    assert terms.end_months(date(2027, 8, 31), 6) == date(2028, 2, 29)
    assert terms.end_months(date(2026, 12, 15), 1) == date(2027, 1, 15)
    assert terms.end_months(date(2026, 3, 31), -1) == date(2026, 2, 28)
    assert terms.end_months(date(2026, 10, 1), -10) == date(2025, 12, 1)
    assert terms.end_months(date(2026, 10, 1), 2) == date(2026, 12, 1)
    assert terms.end_weeks(date(2026, 11, 21), 2) == date(2026, 12, 5)
    assert days(2, unit=Unit.YEARS).end(date(2028, 2, 29), CALENDAR) == date(2030, 2, 28)


def test_hours_run_by_the_hour_or_from_the_next_midnight() -> None:
    posted = datetime(2026, 11, 20, 15, 30, tzinfo=BUCHAREST)
    assert terms.end_hours(posted, 24) == datetime(2026, 11, 21, 15, 30, tzinfo=BUCHAREST)
    assert terms.end_hours_procedural(posted, 24) == datetime(2026, 11, 22, tzinfo=BUCHAREST)


def test_an_hour_is_an_hour_when_the_clocks_are_set_back() -> None:
    posted = datetime(2026, 10, 24, 12, 0, tzinfo=BUCHAREST)
    assert terms.end_hours(posted, 24) == datetime(2026, 10, 25, 11, 0, tzinfo=BUCHAREST)
    assert terms.end_hours_procedural(posted, 24) == datetime(2026, 10, 25, 23, 0, tzinfo=BUCHAREST)


def test_the_last_day_lasts_until_midnight_local_time() -> None:
    last = date(2026, 12, 2)
    assert terms.is_in_time(datetime(2026, 12, 2, 21, 59, 59, tzinfo=UTC), last)
    assert not terms.is_in_time(datetime(2026, 12, 2, 22, 0, tzinfo=UTC), last)


def test_edge_59_two_seconds_around_midnight_are_two_dates_and_two_terms() -> None:
    saturday = local_date(datetime(2026, 10, 31, 23, 59, 59, tzinfo=BUCHAREST))
    sunday = local_date(datetime(2026, 11, 1, 0, 0, 1, tzinfo=BUCHAREST))
    assert (saturday, sunday) == (date(2026, 10, 31), date(2026, 11, 1))
    assert terms.end_civil(saturday, 30) == date(2026, 11, 30)
    assert terms.end_civil(sunday, 30) == date(2026, 12, 1)


@pytest.mark.parametrize("last", [date(2026, 11, 30), date(2026, 12, 1)])
def test_edge_60_an_end_on_one_of_two_holidays_in_a_row_moves_past_both(last: date) -> None:
    assert CALENDAR.roll_forward(last) == date(2026, 12, 2)


def test_edge_61_forwarding_is_in_time_on_day_five_and_late_on_day_six() -> None:
    last = terms.end_civil(date(2026, 11, 27), 5)
    assert terms.is_in_time(datetime(2026, 12, 2, 23, 59, tzinfo=BUCHAREST), last)
    assert not terms.is_in_time(datetime(2026, 12, 3, 0, 0, tzinfo=BUCHAREST), last)


def test_edge_72_a_notice_nine_days_before_the_term_is_too_late_where_ten_are_asked_for() -> None:
    term_ends = date(2026, 12, 20)
    latest = days(10).before(term_ends, CALENDAR)
    assert latest == date(2026, 12, 10)
    assert terms.is_in_time(datetime(2026, 12, 10, 12, tzinfo=BUCHAREST), latest)
    assert not terms.is_in_time(datetime(2026, 12, 11, 12, tzinfo=BUCHAREST), latest)


def test_two_working_days_before_the_term_pass_over_the_days_off() -> None:
    assert terms.working_days_before(date(2026, 12, 2), 2, CALENDAR) == date(2026, 11, 26)
    assert terms.working_days_before(date(2026, 11, 30), 2, CALENDAR) == date(2026, 11, 26)
    assert days(2, unit=Unit.MONTHS).before(date(2026, 12, 31), CALENDAR) == date(2026, 10, 31)
    assert days(1, unit=Unit.YEARS).before(date(2028, 2, 29), CALENDAR) == date(2027, 2, 28)


def test_who_was_born_on_a_leap_day_comes_of_age_by_the_rule() -> None:
    assert terms.birthday(date(2008, 2, 29), 18, 1) == date(2026, 3, 1)
    assert terms.birthday(date(2008, 2, 29), 18, 0) == date(2026, 2, 28)
    assert terms.birthday(date(2008, 2, 29), 16, 1) == date(2024, 2, 29)


@pytest.mark.parametrize(
    ("amount", "unit", "counting"),
    [
        (0, Unit.CALENDAR_DAYS, Counting.CIVIL),
        (1, Unit.HOURS, Counting.CIVIL),
        (1, Unit.MONTHS, Counting.ELAPSED),
    ],
)
def test_what_ends_on_no_day_is_no_term(amount: int, unit: Unit, counting: Counting) -> None:
    with pytest.raises(ValueError, match="not a term"):
        Term(amount, unit, counting, "petition.answer", "OG nr. 27/2002")


@given(DAYS, st.integers(1, 60))
def test_working_days_end_on_the_working_day_with_that_many_from_the_next_day_on(start: date, n: int) -> None:
    end = terms.end_working(start, n, CALENDAR)
    passed = [date.fromordinal(each) for each in range(start.toordinal() + 1, end.toordinal() + 1)]
    assert CALENDAR.is_working_day(end)
    assert sum(CALENDAR.is_working_day(day) for day in passed) == n


@given(DAYS, st.integers(1, 60))
def test_what_is_done_so_long_before_a_day_is_in_time_for_it(day: date, n: int) -> None:
    before = terms.working_days_before(day, n, CALENDAR)
    assert CALENDAR.is_working_day(before)
    assert terms.end_working(before, n, CALENDAR) <= CALENDAR.roll_forward(day)
    assert days(n).before(day, CALENDAR) + timedelta(days=n) == day


@given(DAYS)
def test_a_day_rolls_to_the_first_working_day_that_is_not_before_it(day: date) -> None:
    rolled = CALENDAR.roll_forward(day)
    assert rolled >= day
    assert CALENDAR.is_working_day(rolled)
    assert not any(CALENDAR.is_working_day(day + timedelta(days=n)) for n in range((rolled - day).days))
    assert CALENDAR.roll_forward(rolled) == rolled


@given(DAYS, st.integers(1, 40), st.integers(1, 40))
def test_a_longer_term_never_ends_earlier(start: date, one: int, other: int) -> None:
    shorter, longer = sorted((one, other))
    for unit in (Unit.CALENDAR_DAYS, Unit.WORKING_DAYS, Unit.MONTHS, Unit.YEARS):
        short, long = (days(n, unit=unit).end(start, CALENDAR) for n in (shorter, longer))
        assert start < short <= long
    assert working_days(shorter).end(start, CALENDAR) >= terms.end_civil(start, shorter)
