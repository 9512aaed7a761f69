"""Whatever entries there are, and in whatever order they come, the balance of a day is the same."""

from datetime import date, timedelta
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from hub_core.rules import Rules
from hub_terms.terms import end_months
from svc_traffic_history.domain import points, proces_verbale
from svc_traffic_history.domain.entries import Entry, Kind, Outcome
from svc_traffic_history.domain.points import PointState

from .build import a_report, contested, decided, found, suspended, taken_back

FIRST = date(2025, 1, 1)
DAYS = st.integers(0, 700).map(lambda days: FIRST + timedelta(days=days))
POINTS = st.sampled_from([2, 3, 4, 6])


@st.composite
def histories(draw: Any) -> list[Entry]:
    """Offences, complaints and decisions, suspensions and what was taken back, in the order of the facts."""
    entries = [found(draw(DAYS), draw(POINTS)) for _ in range(draw(st.integers(0, 9)))]
    for offence in list(entries):
        if draw(st.integers(0, 3)) == 0:
            registered = contested(offence, offence.on + timedelta(days=draw(st.integers(0, 60))))
            entries.append(registered)
            if draw(st.booleans()):
                later = registered.on + timedelta(days=draw(st.integers(0, 300)))
                entries.append(decided(offence, later, draw(st.sampled_from(list(Outcome)))))
    entries += [suspended(draw(DAYS)) for _ in range(draw(st.integers(0, 2)))]
    for entry in list(entries):
        if draw(st.integers(0, 7)) == 0:
            mistake = taken_back(entry, draw(DAYS))
            entries.append(mistake)
            if draw(st.integers(0, 2)) == 0:
                entries.append(taken_back(mistake, draw(DAYS)))
    return entries


@given(entries=histories(), day=DAYS, seed=st.integers(0, 10_000))
@settings(max_examples=300, deadline=None)
def test_the_balance_never_depends_on_the_order_in_which_entries_arrive(
    legal: Rules, entries: list[Entry], day: date, seed: int
) -> None:
    shuffled = list(entries)
    Random(seed).shuffle(shuffled)
    assert points.balance(entries, day, legal) == points.balance(shuffled, day, legal)
    assert points.reached(entries, day, legal) == points.reached(shuffled, day, legal)
    reports = [a_report(entry) for entry in entries if entry.kind is Kind.FOUND]
    assert proces_verbale.lines(reports, entries, day, legal) == proces_verbale.lines(
        reports[::-1], shuffled, day, legal
    )


@given(entries=histories(), day=DAYS)
@settings(max_examples=200, deadline=None)
def test_what_happened_later_changes_no_balance_of_before(
    legal: Rules, entries: list[Entry], day: date
) -> None:
    by_then = [entry for entry in entries if entry.on <= day or entry.kind is Kind.REVERSED]
    assert points.balance(entries, day, legal) == points.balance(by_then, day, legal)


@given(entries=histories(), day=DAYS)
@settings(max_examples=200, deadline=None)
def test_every_group_has_one_state_that_its_days_explain(
    legal: Rules, entries: list[Entry], day: date
) -> None:
    now = points.balance(entries, day, legal)
    for group in now.groups:
        assert group.found_on <= day
        assert (group.ended_on is None) is group.counts
        if group.state is PointState.ACTIVE:
            assert group.last_day is not None
            assert day <= group.last_day
        if group.state is PointState.EXPIRED:
            assert group.last_day is not None
            assert group.last_day < day
        if group.state is PointState.SUSPENDED_EXPIRY:
            assert any(still.until is None for still in group.standstills)
        if group.last_day is not None:
            assert group.last_day >= group.first_last_day
    falling = [now.points, *(change.points for change in points.forecast(now).changes)]
    assert falling == sorted(falling, reverse=True)
    assert falling[-1] >= 0


@given(entries=st.lists(st.builds(found, DAYS, POINTS), max_size=12), day=DAYS)
@settings(max_examples=200, deadline=None)
def test_without_courts_and_suspensions_points_count_for_six_months(
    legal: Rules, entries: list[Entry], day: date
) -> None:
    expected = sum(each.points for each in entries if each.on <= day <= end_months(each.on, 6))
    assert points.balance(entries, day, legal).points == expected


@given(entries=histories(), day=DAYS)
@settings(max_examples=100, deadline=None)
def test_a_forecast_comes_true_when_nothing_else_happens(
    legal: Rules, entries: list[Entry], day: date
) -> None:
    by_then = [entry for entry in entries if entry.on <= day or entry.kind is Kind.REVERSED]
    now = points.balance(by_then, day, legal)
    told = points.forecast(now)
    if not told.stands_still:
        for change in told.changes:
            assert points.balance(by_then, change.on, legal).points == change.points
