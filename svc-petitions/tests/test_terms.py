"""The clock of a file: what its last day follows from, and when somebody is warned of it."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_core.clock import local_date
from hub_terms.calendar import Calendar
from hub_terms.terms import working_days_before
from hub_testing import rules
from svc_petitions.domain import terms
from svc_petitions.domain.states import PetitionState
from svc_petitions.domain.terms import Course, Earlier, Place, Reach, TermWarning

LEGAL = rules.values(Path(__file__).parents[2] / "svc-catalog/contract/rules.json")
DAYS = st.dates(date(2026, 1, 1), date(2060, 12, 31))


def a_course(registered_on: date = date(2026, 11, 2), days: int = 30, **special: Any) -> Course:
    facts: dict[str, Any] = {
        "state": PetitionState.IN_ANALYSIS,
        "registered_on": registered_on,
        "answer_due_on": registered_on + timedelta(days=days),
        "answer_rule_id": "petition.answer",
        "answer_legal_basis": "OG nr. 27/2002 art. 8 alin. (1)",
    }
    return Course(**(facts | special))


def an_information_request(registered_on: date = date(2026, 11, 21), **special: Any) -> Course:
    return a_course(
        registered_on,
        10,
        answer_rule_id="public-information.answer",
        answer_legal_basis="Legea nr. 544/2001",
        **special,
    )


def explained(course: Course) -> dict[str, Any]:
    return terms.clock(course, (), LEGAL).deadline.explain()


def test_a_petition_is_answered_in_thirty_days_from_the_day_after_its_registration() -> None:
    told = explained(a_course(date(2026, 10, 31)))
    assert told["start"] == {"code": "REGISTERED", "on": "2026-10-31"}
    assert told["first_day"] == "2026-11-01"
    assert [(step["amount"], step["rule_id"]) for step in told["steps"]] == [(30, "petition.answer")]
    assert told["office"]["target"] == "2026-11-30"
    assert [day["code"] for day in told["office"]["moved_past"]] == ["11-30", "12-01"]
    assert told["office"]["limit"] == told["citizen"]["end"] == "2026-12-02"


def test_an_extension_is_a_step_of_its_own_with_its_day_and_reason() -> None:
    told = explained(
        a_course(
            days=45,
            extended_on=date(2026, 11, 20),
            extended_until=date(2026, 12, 17),
            extension_reason="Se cercetează la fața locului",
        )
    )
    first, more = told["steps"]
    assert (first["amount"], first["ends_on"], first["extension"]) == (30, "2026-12-02", None)
    assert (more["amount"], more["ends_on"], more["rule_id"]) == (15, "2026-12-17", "petition.extension")
    assert more["extension"] == {
        "decided_on": "2026-11-20",
        "reason": "Se cercetează la fața locului",
        "whole": False,
    }


def test_a_request_for_information_has_ten_days_and_five_for_a_refusal() -> None:
    clock = terms.clock(an_information_request(), (), LEGAL)
    assert clock.deadline.target == date(2026, 12, 1)
    assert clock.deadline.limit == date(2026, 12, 2)
    assert clock.refuse_by == date(2026, 11, 26)
    assert terms.clock(a_course(), (), LEGAL).refuse_by is None


def test_a_complex_request_for_information_has_thirty_days_in_all() -> None:
    course = an_information_request()
    assert terms.extension_most(course, LEGAL) == 20
    told = explained(
        an_information_request(
            answer_due_on=date(2026, 12, 21),
            extended_on=date(2026, 12, 1),
            extended_until=date(2026, 12, 21),
        )
    )
    assert [(step["amount"], step["rule_id"]) for step in told["steps"]] == [
        (10, "public-information.answer"),
        (30, "public-information.extended-answer"),
    ]
    assert told["steps"][1]["extension"]["whole"] is True


def test_a_petition_is_extended_by_fifteen_days_at_most() -> None:
    assert terms.extension_most(a_course(), LEGAL) == 15


def test_edge_61_the_five_days_for_sending_on_contain_two_holidays_and_are_not_longer_for_it() -> None:
    assert terms.forward_by(date(2026, 11, 27), LEGAL) == date(2026, 12, 2)
    waiting = a_course(date(2026, 11, 27), state=PetitionState.TRIAGE)
    assert terms.clock(waiting, (), LEGAL).forward_by == date(2026, 12, 2)
    assert terms.clock(a_course(), (), LEGAL).forward_by is None


def test_edge_62_each_institution_has_its_own_clock() -> None:
    first = Earlier(
        institution_id=UUID(int=1),
        registered_on=date(2026, 11, 2),
        answer_due_on=date(2026, 12, 2),
        forward_by=date(2026, 11, 7),
        forwarded_on=date(2026, 11, 6),
    )
    here = a_course(date(2026, 11, 9), answer_rule_id="petition.answer-forwarded", is_forwarded=True)
    clock = terms.clock(here, (first,), LEGAL)
    assert clock.deadline.start.code == "FORWARDED"
    assert clock.deadline.target == date(2026, 12, 9)
    assert clock.earlier == (first,)


def test_edge_71_information_asked_for_inside_a_petition_has_a_clock_of_its_own() -> None:
    day = date(2026, 11, 2)
    petition, information = a_course(day), an_information_request(day)
    assert terms.clock(petition, (), LEGAL).deadline.target == date(2026, 12, 2)
    assert terms.clock(information, (), LEGAL).deadline.target == date(2026, 11, 12)


def test_edge_72_a_clarification_that_is_asked_for_stops_no_clock() -> None:
    waiting = a_course(state=PetitionState.AWAITING_CLARIFICATION)
    assert explained(waiting) == explained(a_course())
    assert explained(waiting)["pauses"] == []


def test_a_closed_file_keeps_its_last_day_and_its_lateness() -> None:
    late = terms.clock(a_course(closed_on=date(2026, 12, 5)), (), LEGAL).deadline
    assert late.target == date(2026, 12, 2)
    assert late.days_late(date(2027, 5, 1)) == 3


@given(DAYS, st.integers(1, 15), st.booleans())
def test_the_end_of_an_explanation_is_the_stored_day(registered_on: date, more: int, extended: bool) -> None:
    for make, days in ((a_course, 30), (an_information_request, 10)):
        until = registered_on + timedelta(days=days + more)
        special = {"answer_due_on": until, "extended_on": registered_on, "extended_until": until}
        course = make(registered_on, **(special if extended else {}))
        clock = terms.clock(course, (), LEGAL)
        assert clock.deadline.target == course.answer_due_on
        assert clock.deadline.steps[0].ends_on == registered_on + timedelta(days=days)


def first_days(registered: date, due: date) -> dict[TermWarning, date]:
    """The day on which each warning is first the furthest."""
    first: dict[TermWarning, date] = {}
    for n in range((due - registered).days + 2):
        day = registered + timedelta(days=n)
        first.setdefault(Reach.on(day, LEGAL).warning(registered, due), day)
    return first


def test_warnings_come_at_half_at_five_days_at_two_working_days_and_after_the_last() -> None:
    assert first_days(date(2026, 10, 12), date(2026, 11, 11)) == {
        TermWarning.NONE: date(2026, 10, 12),
        TermWarning.SHARE: date(2026, 10, 27),
        TermWarning.DAYS: date(2026, 11, 6),
        TermWarning.LAST: date(2026, 11, 9),
        TermWarning.OVERDUE: date(2026, 11, 12),
    }


def test_where_holidays_come_before_the_end_the_last_working_days_come_before_the_fifth_day() -> None:
    assert first_days(date(2026, 11, 2), date(2026, 12, 2)) == {
        TermWarning.NONE: date(2026, 11, 2),
        TermWarning.SHARE: date(2026, 11, 17),
        TermWarning.LAST: date(2026, 11, 26),
        TermWarning.OVERDUE: date(2026, 12, 3),
    }


@given(DAYS, st.integers(1, 45), st.integers(0, 60))
def test_a_warning_is_the_furthest_that_its_rule_has_come_to(registered: date, days: int, later: int) -> None:
    due, today = registered + timedelta(days=days), registered + timedelta(days=later)
    calendar = Calendar(LEGAL)
    reached = {
        TermWarning.NONE: True,
        TermWarning.SHARE: later * 100 >= days * 50,
        TermWarning.DAYS: due - timedelta(days=5) <= today,
        TermWarning.LAST: working_days_before(due, 2, calendar) <= today,
        TermWarning.OVERDUE: due < today,
    }
    furthest = max(warning for warning, is_reached in reached.items() if is_reached)
    assert Reach.on(today, LEGAL).warning(registered, due) is furthest


@given(DAYS, st.integers(1, 45))
def test_warnings_only_go_further(registered: date, days: int) -> None:
    due = registered + timedelta(days=days)
    told = [Reach.on(registered + timedelta(days=n), LEGAL).warning(registered, due) for n in range(days + 2)]
    assert told == sorted(told)
    assert told[-1] is TermWarning.OVERDUE


@pytest.mark.parametrize(
    ("handler", "told"),
    [(None, [1]), (1, [1]), (2, [1, 2]), (3, [2, 3]), (4, [1, 4])],
)
def test_the_handler_hears_of_a_term_and_who_is_above_them(handler: int | None, told: list[int]) -> None:
    """1 heads the institution, 2 works under 1 and 3 under 2; of 4 nobody knows where they work."""
    places = [
        Place(UUID(int=one), UUID(int=above) if above else None) for one, above in ((1, 0), (2, 1), (3, 2))
    ]
    assert terms.warned(UUID(int=handler) if handler else None, places) == tuple(
        UUID(int=one) for one in told
    )


def test_edge_59_the_last_second_of_saturday_and_the_first_of_sunday_are_two_terms() -> None:
    saturday = local_date(datetime(2026, 10, 31, 21, 59, 59, tzinfo=UTC))
    sunday = local_date(datetime(2026, 10, 31, 22, 0, 1, tzinfo=UTC))
    assert explained(a_course(saturday))["office"]["target"] == "2026-11-30"
    assert explained(a_course(sunday))["office"]["target"] == "2026-12-01"


@pytest.mark.parametrize("registered_on", [date(2026, 10, 31), date(2026, 11, 1)])
def test_edge_60_a_term_that_ends_on_either_holiday_has_the_same_limit(registered_on: date) -> None:
    assert terms.clock(a_course(registered_on), (), LEGAL).deadline.limit == date(2026, 12, 2)


def test_a_bridge_day_moves_the_petitioners_day_and_not_the_stricter_one_of_the_office() -> None:
    """Thirty days from 26.11.2026 end on Saturday 26.12., free days on Sunday; Monday the 28th is granted."""
    course, granted = a_course(date(2026, 11, 26)), {date(2026, 12, 28): "HG nr. 1/2026"}
    without, counted = (terms.clock(course, (), LEGAL, days).deadline for days in ({}, granted))
    assert without.citizen_end == date(2026, 12, 28)
    assert counted.citizen_end == date(2026, 12, 29)
    assert counted.limit == date(2026, 12, 29)
    assert counted.target == without.target == date(2026, 12, 26)
    [*_, moved] = counted.explain()["citizen"]["moved_past"]
    assert (moved["day"], moved["reason"], moved["legal_basis"]) == ("2026-12-28", "GRANTED", "HG nr. 1/2026")
