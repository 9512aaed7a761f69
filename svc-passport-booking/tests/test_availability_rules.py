"""What is offered, without a database."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_core.county import BY_CODE
from svc_passport_booking.domain import slots
from svc_passport_booking.domain.availability import Circle, Days, FreeSlots
from svc_passport_booking.domain.offices import Point
from svc_passport_booking.errors.slots import SlotTaken
from svc_passport_booking.operations.flights import Flights
from svc_passport_booking.reference.neighbours import neighbours

from .build import NOON, a_slot

CLUJ, ORADEA, BUCHAREST = Point(46.77, 23.59), Point(47.05, 21.92), Point(44.43, 26.10)


@pytest.mark.parametrize(
    ("now", "first", "last"),
    [
        ("2026-11-22T21:59:59Z", date(2026, 11, 22), date(2027, 2, 20)),
        ("2026-11-22T22:00:00Z", date(2026, 11, 23), date(2027, 2, 21)),
    ],
)
def test_the_window_moves_at_midnight_in_romania(now: str, first: date, last: date) -> None:
    days = Days.bookable(datetime.fromisoformat(now), 90)
    assert (days.first, days.last, days.count) == (first, last, 91)
    assert days.begins_at <= datetime.fromisoformat(now)


def test_a_day_on_which_the_clock_changes_is_shorter_or_longer() -> None:
    for day, hours in ((date(2027, 3, 28), 23), (date(2026, 10, 25), 25), (date(2026, 11, 22), 24)):
        span = Days(day, day)
        assert span.ends_at.astimezone(UTC) - span.begins_at.astimezone(UTC) == timedelta(hours=hours)


def test_what_is_asked_for_outside_the_window_is_left_out() -> None:
    window = Days(date(2026, 11, 22), date(2027, 2, 20))
    assert window.within(date(2026, 1, 1), None) == window
    assert window.within(date(2027, 2, 20), date(2027, 12, 31)).each == [date(2027, 2, 20)]
    assert window.within(date(2027, 2, 21), None).each == []


rows = st.lists(
    st.tuples(st.integers(0, 4), st.sampled_from([0, 0, 0, 10]), st.sampled_from([7, 10])), max_size=12
)


@given(rows, st.integers(1, 6))
def test_what_is_offered_is_what_a_booking_would_get(row: list[tuple[int, int, int]], persons: int) -> None:
    """The same places, pauses between intervals, and lengths, seen by the booking and by availability."""
    day, begins = [], NOON + timedelta(hours=1)
    for number, (free, pause, minutes) in enumerate(row):
        begins += timedelta(minutes=pause)
        day.append(a_slot(id=number + 1, starts_at=begins, minutes=minutes, planned=4, taken=4 - free))
        begins += timedelta(minutes=minutes)
    free = [each for each in day if each.free(NOON)]
    shown = FreeSlots(
        [each.id for each in free],
        [int(each.starts_at.timestamp()) for each in free],
        [each.minutes for each in free],
        [each.free(NOON) for each in free],
    )
    assert [*shown.for_persons(persons).ids] == [each.id for each in day if is_given(day, each, persons)]


def is_given(day: list[slots.Slot], chosen: slots.Slot, persons: int) -> bool:
    following = [chosen]
    for slot in day[day.index(chosen) + 1 :]:
        if slot.starts_at != following[-1].ends_at:
            break
        following.append(slot)
    try:
        return sum(slots.spread(following, persons, NOON).values()) == persons
    except SlotTaken:
        return False


def test_distances_are_those_of_the_map() -> None:
    assert CLUJ.km_to(ORADEA) == pytest.approx(130, abs=3)
    assert CLUJ.km_to(BUCHAREST) == pytest.approx(324, abs=3)
    assert CLUJ.km_to(CLUJ) == 0


@given(st.floats(43, 49), st.floats(20, 30), st.floats(43, 49), st.floats(20, 30), st.integers(1, 1000))
def test_the_square_holds_the_circle(a: float, b: float, c: float, d: float, kilometres: int) -> None:
    circle, other = Circle(Point(a, b), kilometres), Point(c, d)
    low, high = circle.corners
    inside = low.latitude <= c <= high.latitude and low.longitude <= d <= high.longitude
    assert inside or circle.centre.km_to(other) > kilometres


def test_every_county_has_neighbours_and_each_pair_stands_on_both_sides() -> None:
    assert neighbours().keys() == BY_CODE.keys()
    for county, others in neighbours().items():
        assert sorted({*others}) == [*others]
        assert county not in others
        assert all(county in neighbours()[other] for other in others)


def test_who_finds_nothing_in_the_capital_is_told_of_those_around_it() -> None:
    assert {"IF", "GR", "CL", "TR", "IL"} <= {*neighbours()["B"]}
    assert "BT" in neighbours()["SV"]


class Answers:
    """A question that is answered when the test says so."""

    def __init__(self) -> None:
        self.begun = 0
        self.may_end = asyncio.Event()

    async def __call__(self) -> int:
        self.begun += 1
        mine = self.begun
        await self.may_end.wait()
        if mine == 3:
            raise LookupError
        return mine


async def asked(flights: Flights[int], answers: Answers, times: int, question: Any = "q") -> list[Any]:
    tasks = [asyncio.create_task(flights.share(question, answers)) for _ in range(times)]
    while not answers.begun:
        await asyncio.sleep(0)
    return tasks


async def test_equal_questions_are_answered_once_and_never_from_before_they_were_asked() -> None:
    flights, answers = Flights[int](), Answers()
    [first] = await asked(flights, answers, 1)
    later = await asked(flights, answers, 50)
    answers.may_end.set()
    assert await first == 1
    assert await asyncio.gather(*later) == [2] * 50
    assert answers.begun == 2


async def test_other_questions_do_not_wait() -> None:
    flights, answers = Flights[int](), Answers()
    await asked(flights, answers, 1)
    other = Answers()
    other.may_end.set()
    assert await flights.share("another", other) == 1
    answers.may_end.set()


async def test_what_goes_wrong_is_told_to_all_and_forgotten() -> None:
    flights, answers = Flights[int](), Answers()
    answers.begun = 2
    failed = [asyncio.create_task(flights.share("q", answers)) for _ in range(3)]
    answers.may_end.set()
    told = await asyncio.gather(*failed, return_exceptions=True)
    assert [type(each) for each in told] == [LookupError] * 3
    assert await flights.share("q", answers) == 4


async def test_who_goes_away_takes_nobody_along() -> None:
    flights, answers = Flights[int](), Answers()
    first, second = await asked(flights, answers, 2)
    first.cancel()
    answers.may_end.set()
    assert await second == 1
