"""Hours become slots; what is booked stays."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from hub_core.clock import BUCHAREST, local_date
from hub_testing import rules
from svc_passport_booking.domain import schedules
from svc_passport_booking.domain.schedules import (
    Calendar,
    Closure,
    DayException,
    ExistingSlot,
    Hours,
    PlannedSlot,
    Timetable,
    Weekly,
)

LEGAL = rules.values(Path(__file__).parents[2] / "svc-catalog/contract/rules.json")
MONDAY = date(2026, 11, 23)


def hours(opens: str, closes: str, minutes: int = 10, counters: int = 3) -> Hours:
    return Hours(time.fromisoformat(opens), time.fromisoformat(closes), minutes, counters)


def every_day(*stretches: Hours) -> Timetable:
    return Timetable(
        weekly=tuple(Weekly(weekday, each, date(2026, 1, 1)) for weekday in range(1, 8) for each in stretches)
    )


def days(first: date, count: int = 1, granted: tuple[date, ...] = ()) -> Calendar:
    known = [first + timedelta(days=number) for number in range(count)]
    codes = {day: tuple(o.code for o in LEGAL.on("calendar.holidays", day).options) for day in known}
    return Calendar(codes, granted)


def local_starts(day: date, *stretches: Hours) -> list[str]:
    return [f"{slot.starts_at.astimezone(BUCHAREST):%H:%M}" for slot in schedules.slots_of(day, stretches)]


def existing(slot: PlannedSlot, number: int, taken: int = 0, *, closed: bool = False) -> ExistingSlot:
    return ExistingSlot(number, slot.starts_at, slot.minutes, slot.counters, taken, closed)


def test_slots_fill_the_hours_and_a_rest_too_short_for_one_has_none() -> None:
    assert local_starts(MONDAY, hours("08:30", "09:05")) == ["08:30", "08:40", "08:50"]


def test_an_hour_that_does_not_exist_has_no_slots() -> None:
    starts = local_starts(date(2027, 3, 28), hours("02:30", "04:30", 30))
    assert starts == ["02:30", "04:00"]


def test_an_hour_that_comes_twice_has_slots_once() -> None:
    found = schedules.slots_of(date(2026, 10, 25), (hours("02:30", "04:30", 30),))
    assert [slot.starts_at.isoformat() for slot in found] == [
        "2026-10-24T23:30:00+00:00",
        "2026-10-25T00:00:00+00:00",
        "2026-10-25T00:30:00+00:00",
        "2026-10-25T02:00:00+00:00",
    ]


def test_the_same_local_hour_is_another_instant_in_summer_and_in_winter() -> None:
    nine = (hours("09:00", "09:10"),)
    assert schedules.slots_of(date(2026, 7, 20), nine)[0].starts_at == datetime(2026, 7, 20, 6, tzinfo=UTC)
    assert schedules.slots_of(MONDAY, nine)[0].starts_at == datetime(2026, 11, 23, 7, tzinfo=UTC)


def test_nobody_is_received_on_good_friday_of_the_orthodox_but_on_that_of_the_catholics() -> None:
    week = every_day(hours("09:00", "10:00"))
    assert schedules.replan((), week, days(date(2026, 4, 10))).new == ()
    assert len(schedules.replan((), week, days(date(2026, 4, 3))).new) == 6


def test_hours_hold_from_their_first_day_to_their_last() -> None:
    week = Timetable(
        weekly=(
            Weekly(1, hours("09:00", "10:00", counters=1), date(2026, 1, 1), MONDAY),
            Weekly(1, hours("09:00", "10:00", counters=2), MONDAY + timedelta(days=1)),
        )
    )
    made = schedules.replan((), week, days(MONDAY, 15)).new
    assert [slot.counters for slot, _ in made] == [1] * 6 + [2] * 6  # 30 November is a holiday


def test_an_exception_takes_the_place_of_the_hours_and_opens_a_holiday() -> None:
    national_day = date(2026, 12, 1)
    week = every_day(hours("09:00", "10:00"))
    shorter = DayException(MONDAY, (hours("09:00", "09:30"),), "training")
    opened = DayException(national_day, (hours("10:00", "10:10"),), "as announced")
    timetable = Timetable(weekly=week.weekly, exceptions=(shorter, opened))
    assert len(schedules.replan((), timetable, days(MONDAY)).new) == 3
    assert len(schedules.replan((), timetable, days(national_day)).new) == 1
    assert schedules.replan((), week, days(national_day)).new == ()


def test_a_bridge_day_closes_what_was_made_and_makes_nothing() -> None:
    week = every_day(hours("09:00", "09:20"))
    made = [existing(slot, number, taken=2) for number, (slot, _) in enumerate(planned(week))]
    replanned = schedules.replan(made, week, days(MONDAY, granted=(MONDAY,)))
    assert replanned.new == ()
    assert [(each.planned, each.closed) for each in replanned.changed] == [(0, True), (0, True)]


def test_a_bridge_day_that_is_taken_back_opens_the_slots_again() -> None:
    week = every_day(hours("09:00", "09:20"))
    made = [
        ExistingSlot(number, slot.starts_at, slot.minutes, 0, 0, closed=True)
        for number, (slot, _) in enumerate(planned(week))
    ]
    replanned = schedules.replan(made, week, days(MONDAY))
    assert [(each.planned, each.closed) for each in replanned.changed] == [(3, False), (3, False)]


def test_slots_that_are_made_while_an_office_is_closed_are_closed() -> None:
    nine = datetime(2026, 11, 23, 7, tzinfo=UTC)
    week = every_day(hours("09:00", "09:30"))
    closed = Timetable(weekly=week.weekly, closures=(Closure(nine, nine + timedelta(minutes=20)),))
    assert [is_closed for _, is_closed in schedules.replan((), closed, days(MONDAY)).new] == [
        True,
        True,
        False,
    ]


def test_fewer_counters_leave_what_is_booked() -> None:
    before, after = every_day(hours("09:00", "09:10", counters=5)), every_day(hours("09:00", "09:10"))
    made = [existing(planned(before)[0][0], 1, taken=5)]
    [change] = schedules.replan(made, after, days(MONDAY)).changed
    assert (change.planned, change.closed) == (3, False)


def test_who_comes_in_a_slot_that_the_hours_no_longer_have_takes_a_counter_of_those_it_overlaps() -> None:
    before, after = every_day(hours("09:00", "10:00")), every_day(hours("09:00", "10:00", minutes=15))
    made = [existing(slot, number, taken=1) for number, (slot, _) in enumerate(planned(before))]
    replanned = schedules.replan(made, after, days(MONDAY))
    # Booked to be there at 9:00, 9:10 (until 9:20), 9:20, 9:30 …; 9:00 and 9:30 are starts of both.
    assert {f"{slot.starts_at:%H:%M}": slot.counters for slot, _ in replanned.new} == {"07:15": 1, "07:45": 1}
    assert {each.id: each.planned for each in replanned.changed} == {0: 2, 1: 0, 2: 0, 3: 2, 4: 0, 5: 0}


def test_an_empty_slot_takes_the_new_length_and_a_booked_one_keeps_its_own() -> None:
    before, after = every_day(hours("09:00", "09:20")), every_day(hours("09:00", "09:20", minutes=20))
    start = planned(before)[0][0]
    [empty] = schedules.replan([existing(start, 1)], after, days(MONDAY)).changed
    assert empty.minutes == 20
    assert schedules.replan([existing(start, 1, taken=1)], after, days(MONDAY)).changed == ()


def planned(timetable: Timetable) -> tuple[tuple[PlannedSlot, bool], ...]:
    return schedules.replan((), timetable, days(MONDAY)).new


_STRETCH = st.builds(
    lambda opens, length, minutes, counters: Hours(
        time(opens // 60, opens % 60),
        time((opens + length) // 60, (opens + length) % 60),
        minutes,
        counters,
    ),
    opens=st.integers(0, 600),
    length=st.integers(10, 800),
    minutes=st.integers(5, 60),
    counters=st.integers(1, 20),
)


@given(
    day=st.dates(date(2026, 1, 1), date(2028, 12, 31)),
    before=_STRETCH,
    after=_STRETCH,
    taken=st.lists(st.integers(0, 20)),
    is_granted=st.booleans(),
)
def test_planning_anew_touches_no_booking_and_a_second_time_changes_nothing(
    day: date, before: Hours, after: Hours, taken: list[int], is_granted: bool
) -> None:
    made = [
        existing(slot, number, taken=min(slot.counters, taken[number]) if number < len(taken) else 0)
        for number, (slot, _) in enumerate(schedules.replan((), every_day(before), days(day)).new)
    ]
    asked = days(day, granted=(day,) if is_granted else ())
    changed = schedules.replan(made, every_day(after), asked)
    by_id = {each.id: each for each in changed.changed}
    stored = [
        ExistingSlot(
            each.id,
            each.starts_at,
            by_id[each.id].minutes if each.id in by_id else each.minutes,
            by_id[each.id].planned if each.id in by_id else each.planned,
            each.taken,
            by_id[each.id].closed if each.id in by_id else each.closed,
        )
        for each in made
    ] + [
        existing(slot, len(made) + number, closed=is_closed)
        for number, (slot, is_closed) in enumerate(changed.new)
    ]
    assert all(slot.minutes == made[slot.id].minutes for slot in stored[: len(made)] if slot.taken)
    assert all(0 <= slot.planned <= after.counters for slot in stored)
    assert all(local_date(slot.starts_at) == day for slot in stored)
    assert all(slot.closed for slot in stored) if is_granted else not any(slot.closed for slot in stored)
    again = schedules.replan(stored, every_day(after), asked)
    assert (again.new, again.changed) == ((), ())
