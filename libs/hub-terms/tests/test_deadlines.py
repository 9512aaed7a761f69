"""Deadlines that explain themselves."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_core.rules import Counting, Unit
from hub_terms import deadlines
from hub_terms.calendar import Calendar, NotCounted, Reason
from hub_terms.calendar_file import Entry
from hub_terms.deadlines import Deadline, Extension, Fact, Pause
from hub_terms.terms import Term

from .build import CALENDAR, LABOUR_CODE, days, working_days

DAYS = st.dates(date(2025, 1, 1), date(2090, 12, 31))


def registered(day: date) -> Fact:
    return Fact("REGISTERED", day)


def counted(
    day: date, term: Term, *, extensions: tuple[Extension, ...] = (), pauses: tuple[Pause, ...] = ()
) -> Deadline:
    return deadlines.count(registered(day), term, CALENDAR, extensions=extensions, pauses=pauses)


def ends(deadline: Deadline) -> tuple[date, date, date]:
    return deadline.target, deadline.limit, deadline.citizen_end


@pytest.mark.parametrize(
    ("start", "term", "target", "limit", "citizen"),
    [
        (date(2026, 11, 2), days(30), date(2026, 12, 2), date(2026, 12, 2), date(2026, 12, 3)),
        (date(2026, 10, 31), days(30), date(2026, 11, 30), date(2026, 12, 2), date(2026, 12, 2)),
        (date(2026, 11, 27), days(5), date(2026, 12, 2), date(2026, 12, 2), date(2026, 12, 3)),
        (date(2026, 11, 21), days(10), date(2026, 12, 1), date(2026, 12, 2), date(2026, 12, 2)),
        (date(2026, 12, 11), days(15), date(2026, 12, 26), date(2026, 12, 28), date(2026, 12, 28)),
        (date(2027, 4, 15), days(15), date(2027, 4, 30), date(2027, 5, 4), date(2027, 5, 4)),
        (date(2025, 9, 10), days(15), date(2025, 9, 25), date(2025, 9, 25), date(2025, 9, 26)),
        (date(2026, 11, 26), working_days(3), date(2026, 12, 3), date(2026, 12, 3), date(2026, 12, 3)),
        (date(2026, 12, 23), working_days(3), date(2026, 12, 29), date(2026, 12, 29), date(2026, 12, 29)),
        (date(2027, 4, 29), working_days(1), date(2027, 5, 4), date(2027, 5, 4), date(2027, 5, 4)),
        (
            date(2026, 8, 31),
            days(6, unit=Unit.MONTHS),
            date(2027, 2, 28),
            date(2027, 3, 1),
            date(2027, 3, 1),
        ),
    ],
)
def test_the_office_has_the_stricter_end_and_the_citizen_the_milder(
    start: date, term: Term, target: date, limit: date, citizen: date
) -> None:
    assert ends(counted(start, term)) == (target, limit, citizen)


@pytest.mark.parametrize(
    ("counting", "end"),
    [
        (Counting.CIVIL, date(2026, 12, 26)),
        (Counting.CIVIL_MOVED, date(2026, 12, 28)),
        (Counting.FREE_DAYS, date(2026, 12, 28)),
    ],
)
def test_the_rule_says_which_end_is_its_own(counting: Counting, end: date) -> None:
    assert counted(date(2026, 12, 11), days(15, counting=counting)).end == end


def test_an_extension_is_counted_on_from_the_end_of_the_term() -> None:
    extension = Extension(days(15, rule_id="petition.extension"), date(2026, 11, 20), "INQUIRY")
    deadline = counted(date(2026, 11, 2), days(30), extensions=(extension,))
    assert ends(deadline) == (date(2026, 12, 17), date(2026, 12, 17), date(2026, 12, 18))
    assert [step.ends_on for step in deadline.steps] == [date(2026, 12, 2), date(2026, 12, 17)]
    assert deadline.extensions == (extension,)
    assert deadline.term == days(30)


def test_an_extension_to_a_whole_takes_the_place_of_the_term() -> None:
    whole = Extension(
        days(30, rule_id="public-information.extended-answer"), date(2026, 11, 28), "", whole=True
    )
    deadline = counted(date(2026, 11, 21), days(10), extensions=(whole,))
    assert [step.ends_on for step in deadline.steps] == [date(2026, 12, 1), date(2026, 12, 21)]


def test_months_that_follow_months_are_one_term() -> None:
    month = days(1, unit=Unit.MONTHS)
    extended = counted(date(2026, 12, 31), month, extensions=(Extension(month, date(2027, 1, 1), ""),))
    assert extended.target == date(2027, 2, 28)
    longer = counted(date(2027, 1, 31), month, extensions=(Extension(month, date(2027, 2, 1), ""),))
    assert longer.target == date(2027, 3, 31)


def test_an_extension_in_another_unit_begins_where_the_term_ends() -> None:
    extension = Extension(working_days(2), date(2026, 11, 20), "")
    deadline = counted(date(2026, 10, 28), days(30), extensions=(extension,))
    assert [step.ends_on for step in deadline.steps] == [date(2026, 11, 27), date(2026, 12, 3)]
    assert [day.day.day for day in deadline.not_counted] == [28, 28, 29, 30, 1]


def test_days_of_a_pause_are_counted_after_it() -> None:
    pause = Pause(date(2026, 11, 10), date(2026, 11, 12), "EXPERTISE")
    deadline = counted(date(2026, 11, 2), days(30), pauses=(pause,))
    assert deadline.target == date(2026, 12, 5)
    assert [day for day in deadline.not_counted if day.reason is Reason.PAUSED] == [
        NotCounted(date(2026, 11, 10) + timedelta(days=n), Reason.PAUSED) for n in range(3)
    ]


def test_days_off_in_a_pause_take_nothing_from_working_days() -> None:
    over_the_weekend = Pause(date(2026, 11, 27), date(2026, 11, 30), "EXPERTISE")
    deadline = counted(date(2026, 11, 25), working_days(3), pauses=(over_the_weekend,))
    assert deadline.target == date(2026, 12, 3)
    assert [day.reason for day in deadline.not_counted] == [
        Reason.FIRST_DAY,
        Reason.PAUSED,
        Reason.WEEKEND,
        Reason.WEEKEND,
        Reason.HOLIDAY,
        Reason.HOLIDAY,
    ]


def test_a_pause_after_the_end_changes_nothing() -> None:
    pause = Pause(date(2026, 12, 3), date(2026, 12, 20), "")
    assert counted(date(2026, 11, 2), days(30), pauses=(pause,)).target == date(2026, 12, 2)


@pytest.mark.parametrize(
    "pauses",
    [
        (Pause(date(2026, 11, 2), date(2026, 11, 5), ""),),
        (Pause(date(2026, 11, 5), date(2026, 11, 4), ""),),
        (Pause(date(2026, 11, 5), date(2026, 11, 7), ""), Pause(date(2026, 11, 7), date(2026, 11, 8), "")),
    ],
)
def test_pauses_lie_in_the_term_and_follow_one_another(pauses: tuple[Pause, ...]) -> None:
    with pytest.raises(ValueError, match="pause"):
        counted(date(2026, 11, 2), days(30), pauses=pauses)


def test_forwarding_ends_one_clock_and_the_other_starts_at_its_own_registration() -> None:
    here = counted(date(2026, 11, 27), days(30)).ended_by(Fact("FORWARDED", date(2026, 12, 2)))
    there = counted(date(2026, 12, 3), days(30, rule_id="petition.answer-forwarded"))
    assert not here.is_late(date(2027, 3, 1))
    assert there.target == date(2027, 1, 2)


def test_what_was_missed_stays_missed_once_it_is_ended() -> None:
    deadline = counted(date(2026, 11, 2), days(30))
    assert deadline.days_left(date(2026, 12, 2)) == 0
    assert not deadline.is_late(date(2026, 12, 2))
    assert deadline.days_late(date(2026, 12, 3)) == 1
    answered = deadline.ended_by(Fact("ANSWERED", date(2026, 12, 5)))
    assert answered.days_late(date(2026, 12, 3)) == answered.days_late(date(2027, 6, 1)) == 3


def test_a_share_of_the_term_has_passed_on_a_day() -> None:
    deadline = counted(date(2026, 11, 2), days(30))
    assert deadline.share_passed_on(50) == date(2026, 11, 17)
    assert counted(date(2026, 11, 27), days(5)).share_passed_on(50) == date(2026, 11, 30)
    assert deadline.share_passed_on(100) == deadline.target


def test_a_deadline_explains_itself_as_plain_data() -> None:
    extension = Extension(days(15, rule_id="petition.extension"), date(2026, 11, 20), "INQUIRY")
    deadline = counted(date(2026, 10, 16), days(30), extensions=(extension,))
    told = json.loads(json.dumps(deadline.ended_by(Fact("ANSWERED", date(2026, 11, 27))).explain()))
    assert told == {
        "start": {"code": "REGISTERED", "on": "2026-10-16"},
        "first_day": "2026-10-17",
        "steps": [
            {
                "amount": 30,
                "unit": "CALENDAR_DAYS",
                "counting": "CIVIL",
                "rule_id": "petition.answer",
                "legal_basis": "OG nr. 27/2002 art. 8 alin. (1)",
                "ends_on": "2026-11-15",
                "extension": None,
            },
            {
                "amount": 15,
                "unit": "CALENDAR_DAYS",
                "counting": "CIVIL",
                "rule_id": "petition.extension",
                "legal_basis": "OG nr. 27/2002 art. 8 alin. (1)",
                "ends_on": "2026-11-30",
                "extension": {"decided_on": "2026-11-20", "reason": "INQUIRY", "whole": False},
            },
        ],
        "pauses": [],
        "days_not_counted": [{"day": "2026-10-16", "reason": "FIRST_DAY", "code": None, "legal_basis": None}],
        "office": {
            "counting": "CIVIL",
            "target": "2026-11-30",
            "moved_past": [
                {"day": "2026-11-30", "reason": "HOLIDAY", "code": "11-30", "legal_basis": LABOUR_CODE},
                {"day": "2026-12-01", "reason": "HOLIDAY", "code": "12-01", "legal_basis": LABOUR_CODE},
            ],
            "limit": "2026-12-02",
        },
        "citizen": {
            "counting": "FREE_DAYS",
            "counted": "2026-12-01",
            "moved_past": [
                {"day": "2026-12-01", "reason": "HOLIDAY", "code": "12-01", "legal_basis": LABOUR_CODE}
            ],
            "end": "2026-12-02",
        },
        "end": "2026-11-30",
        "ended": {"code": "ANSWERED", "on": "2026-11-27"},
    }


def test_a_pause_is_explained_too() -> None:
    pause = Pause(date(2026, 11, 10), date(2026, 11, 10), "EXPERTISE")
    told = counted(date(2026, 11, 2), days(30), pauses=(pause,)).explain()
    assert told["pauses"] == [{"first": "2026-11-10", "last": "2026-11-10", "reason": "EXPERTISE"}]
    assert [day["reason"] for day in told["days_not_counted"]] == ["FIRST_DAY", "PAUSED"]
    assert told["ended"] is None


def test_a_deadline_is_a_day_in_a_calendar_until_it_is_ended() -> None:
    entry = Entry(
        UUID(int=1), 3, datetime(2026, 11, 2, 9, tzinfo=UTC), "Termen; ăîș", "a\nb", "http://localhost"
    )
    deadline = counted(date(2026, 11, 2), days(30))
    file = deadline.as_ics(entry)
    assert file.startswith("BEGIN:VCALENDAR\r\n")
    assert file.endswith("END:VCALENDAR\r\n")
    assert "DTSTART;VALUE=DATE:20261202\r\nDTEND;VALUE=DATE:20261203\r\nSTATUS:CONFIRMED\r\n" in file
    assert "SUMMARY:Termen\\; ăîș\r\nDESCRIPTION:a\\nb\r\n" in file
    ended = deadline.ended_by(Fact("ANSWERED", date(2026, 11, 20)))
    assert ended.as_ics(entry) == file.replace("CONFIRMED", "CANCELLED")


@st.composite
def deadlines_of_all_kinds(draw: st.DrawFn) -> Deadline:
    start = draw(DAYS)
    units = st.sampled_from([Unit.CALENDAR_DAYS, Unit.WORKING_DAYS, Unit.MONTHS])
    terms = st.builds(lambda n, unit: days(n, unit=unit), st.integers(1, 45), units)
    pauses, day = [], start
    for gap, length in draw(st.lists(st.tuples(st.integers(1, 20), st.integers(0, 20)), max_size=3)):
        pauses.append(Pause(day + timedelta(days=gap), day + timedelta(days=gap + length), ""))
        day = pauses[-1].last
    more = st.builds(Extension, terms, st.just(start), st.just(""), st.booleans())
    extensions = tuple(draw(st.lists(more, max_size=2)))
    return counted(start, draw(terms), extensions=extensions, pauses=tuple(pauses))


@given(deadlines_of_all_kinds())
def test_no_end_comes_before_a_stricter_one_and_none_that_moves_is_a_day_off(deadline: Deadline) -> None:
    assert deadline.start.on < deadline.target <= deadline.limit <= deadline.citizen_end
    assert CALENDAR.is_working_day(deadline.limit)
    assert CALENDAR.is_working_day(deadline.citizen_end)


@given(deadlines_of_all_kinds())
def test_every_explanation_can_be_counted_again(deadline: Deadline) -> None:
    again = deadlines.count(
        deadline.start,
        deadline.term,
        CALENDAR,
        extensions=deadline.extensions,
        pauses=deadline.pauses,
    )
    assert again == deadline
    assert json.loads(json.dumps(deadline.explain())) == deadline.explain()


@given(DAYS, st.integers(1, 60), st.sampled_from([Unit.CALENDAR_DAYS, Unit.WORKING_DAYS]), st.data())
def test_the_days_left_out_are_all_that_lies_between_the_start_and_the_end_beside_the_term(
    start: date, amount: int, unit: Unit, data: st.DataObject
) -> None:
    first = start + timedelta(days=data.draw(st.integers(1, 90)))
    pause = Pause(first, first + timedelta(days=data.draw(st.integers(0, 30))), "")
    deadline = counted(start, days(amount, unit=unit), pauses=(pause,))
    assert (deadline.target - start).days + 1 == amount + len(deadline.not_counted)


@given(DAYS, st.integers(1, 60), st.integers(1, 60))
def test_an_extension_in_days_is_the_longer_term(start: date, amount: int, more: int) -> None:
    for unit in (Unit.CALENDAR_DAYS, Unit.WORKING_DAYS, Unit.MONTHS):
        extended = counted(
            start, days(amount, unit=unit), extensions=(Extension(days(more, unit=unit), start, ""),)
        )
        assert ends(extended) == ends(counted(start, days(amount + more, unit=unit)))


@given(deadlines_of_all_kinds(), st.dates(date(2025, 1, 1), date(2099, 12, 31)))
def test_what_ended_a_deadline_moves_none_of_its_days(deadline: Deadline, day: date) -> None:
    ended = deadline.ended_by(Fact("ANSWERED", day))
    assert ends(ended) == ends(deadline)
    assert replace(ended, ended=None) == deadline
    assert ended.is_late(date(2099, 12, 31)) is (day > deadline.target)


def test_a_bridge_day_moves_the_limit_and_never_the_target() -> None:
    bridged = Calendar(CALENDAR.legal, {date(2026, 12, 28): "HG nr. 1/2026"})
    deadline = deadlines.count(registered(date(2026, 12, 11)), days(15), bridged)
    assert ends(deadline) == (date(2026, 12, 26), date(2026, 12, 29), date(2026, 12, 29))
    assert deadline.office.moved_past[-1] == NotCounted(
        date(2026, 12, 28), Reason.GRANTED, None, "HG nr. 1/2026"
    )
