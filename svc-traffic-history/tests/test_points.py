"""Penalty points: the balance at any date (OUG 195/2002 art. 103)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from hub_core.rules import Rule, Rules
from svc_traffic_history.domain import points
from svc_traffic_history.domain.entries import Entry, Outcome
from svc_traffic_history.domain.points import Change, PointState

from .build import contested, decided, found, suspended, taken_back

DAY = timedelta(days=1)


def not_on_the_last_day(legal: Rules) -> Rules:
    """The same law, were the last day not to count."""
    code = points.LAST_DAY_RULE
    (kept,) = legal.table(code)
    other = Rule(code, Decimal(0), kept.unit, kept.valid_from, None, "design")
    return Rules([*(rule for rule in legal if rule.code != code), other])


def balance_on(day: date, legal: Rules, *entries: Entry) -> int:
    return points.balance(entries, day, legal).points


def test_edge_47_an_offence_found_on_the_day_the_oldest_points_expire_adds_to_them(legal: Rules) -> None:
    oldest = found(date(2026, 3, 10), 4)
    others = [found(date(2026, 6, day), 5) for day in (1, 2)]
    offence = found(date(2026, 9, 10), 2)
    entries = [oldest, *others, offence]
    assert points.balance(entries[:-1], date(2026, 9, 10), legal).points == 14
    reached = points.reached(entries, date(2026, 9, 10), legal)
    assert reached is not None
    assert (reached.on, reached.points) == (date(2026, 9, 10), 16)
    assert balance_on(date(2026, 9, 11), legal, *entries) == 12
    assert points.reached(entries, date(2026, 9, 10), not_on_the_last_day(legal)) is None


@pytest.mark.parametrize("found_on", [date(2026, 8, 30), date(2026, 8, 31)])
def test_edge_48_points_of_the_end_of_august_expire_on_28_february(legal: Rules, found_on: date) -> None:
    offence = found(found_on, 4)
    assert balance_on(date(2027, 2, 28), legal, offence) == 4
    assert balance_on(date(2027, 3, 1), legal, offence) == 0


def four_reports() -> list[Entry]:
    return [found(date(2026, month, 10), 4) for month in (1, 2, 3, 4)]


def test_edge_49_a_complaint_against_one_of_four_reports_stops_the_expiry_of_all(legal: Rules) -> None:
    entries = four_reports()
    complaint = contested(entries[1], date(2026, 5, 10))
    waiting = points.balance([*entries, complaint], date(2027, 1, 31), legal)
    assert waiting.points == 16
    assert {group.state for group in waiting.groups} == {PointState.SUSPENDED_EXPIRY}
    assert {group.last_day for group in waiting.groups} == {None}
    assert balance_on(date(2027, 1, 31), legal, *entries) == 0


def test_edge_49_once_it_is_rejected_after_nine_months_each_runs_on_for_the_days_it_had_left(
    legal: Rules,
) -> None:
    entries = four_reports()
    final = decided(entries[1], date(2027, 2, 10))
    known = [*entries, contested(entries[1], date(2026, 5, 10)), final]
    after = points.balance(known, date(2027, 2, 10), legal)
    stood_still = date(2027, 2, 10) - date(2026, 5, 10)
    assert after.points == 16
    assert [group.last_day for group in after.groups] == [
        group.first_last_day + stood_still for group in after.groups
    ]
    assert after.groups[0].last_day == date(2027, 4, 12)
    for group in after.groups:  # the explanation
        (still,) = group.standstills
        assert (still.since, still.until) == (date(2026, 5, 10), date(2027, 2, 10))
        assert still.proces_verbal_id == entries[1].proces_verbal_id
    assert [change.points for change in points.forecast(after).changes] == [12, 8, 4, 0]


def test_a_complaint_stops_nothing_while_the_sum_stays_below_the_limit(legal: Rules) -> None:
    entries = four_reports()[:3]
    known = [*entries, contested(entries[0], date(2026, 5, 10))]
    assert balance_on(date(2026, 7, 11), legal, *known) == 8


def test_a_sum_that_arises_while_a_court_has_the_complaint_stops_from_its_registration(legal: Rules) -> None:
    entries = [found(date(2026, 1, 10), 6), found(date(2026, 1, 11), 6)]
    known = [*entries, contested(entries[0], date(2026, 5, 10)), found(date(2026, 7, 1), 4)]
    now = points.balance(known, date(2026, 9, 1), legal)
    assert now.points == 16
    assert {group.standstills[0].since for group in now.groups} == {date(2026, 5, 10), date(2026, 7, 2)}


def test_points_fall_only_where_the_complaint_is_admitted(legal: Rules) -> None:
    for outcome, left in (
        (Outcome.ADMITTED, 12),
        (Outcome.ADMITTED_IN_PART, 16),
        (Outcome.REJECTED, 16),
    ):
        entries = four_reports()
        known = [
            *entries,
            contested(entries[1], date(2026, 5, 10)),
            decided(entries[1], date(2026, 6, 10), outcome),
        ]
        assert balance_on(date(2026, 6, 9), legal, *known) == 16
        assert balance_on(date(2026, 6, 10), legal, *known) == left


def test_a_suspension_annuls_all_points(legal: Rules) -> None:
    known = [*four_reports(), suspended(date(2026, 5, 1))]
    assert balance_on(date(2026, 4, 30), legal, *known) == 16
    after = points.balance(known, date(2026, 5, 1), legal)
    assert (after.points, {group.state for group in after.groups}) == (0, {PointState.ANNULLED})
    assert points.reached(known, date(2026, 5, 2), legal) is None


def test_points_found_after_a_suspension_began_are_a_new_sum(legal: Rules) -> None:
    known = [*four_reports(), suspended(date(2026, 5, 1)), found(date(2026, 5, 2), 6)]
    assert balance_on(date(2026, 5, 2), legal, *known) == 6


def test_the_limit_is_reached_at_15_and_not_at_14(legal: Rules) -> None:
    fourteen = [found(date(2026, 5, 1), 6), found(date(2026, 5, 2), 6), found(date(2026, 5, 3), 2)]
    assert points.reached(fourteen, date(2026, 5, 3), legal) is None
    assert points.balance(fourteen, date(2026, 5, 3), legal).distance == 1
    fifteen = [*fourteen[:2], found(date(2026, 5, 3), 3)]
    reached = points.reached(fifteen, date(2026, 5, 3), legal)
    assert reached is not None
    assert reached.points == 15


def test_a_sum_that_was_reached_is_reached_although_points_have_expired_since(legal: Rules) -> None:
    known = four_reports()
    assert balance_on(date(2026, 10, 11), legal, *known) == 0
    reached = points.reached(known, date(2026, 10, 11), legal)
    assert reached is not None
    assert reached.on == date(2026, 4, 10)


def test_a_sum_that_a_court_broke_is_no_sum(legal: Rules) -> None:
    entries = four_reports()
    known = [
        *entries,
        contested(entries[0], date(2026, 5, 1)),
        decided(entries[0], date(2026, 6, 1), Outcome.ADMITTED),
    ]
    assert points.reached(known, date(2026, 5, 31), legal) is not None
    assert points.reached(known, date(2026, 6, 1), legal) is None


def test_what_was_taken_back_never_was(legal: Rules) -> None:
    offence = found(date(2026, 5, 1), 6)
    mistake = taken_back(offence, date(2026, 5, 20))
    assert balance_on(date(2026, 5, 2), legal, offence, mistake) == 0
    assert balance_on(date(2026, 5, 2), legal, offence, mistake, taken_back(mistake, date(2026, 5, 21))) == 6


def test_without_a_further_offence_there_are_0_points_on_30_may(legal: Rules) -> None:
    known = [found(date(2026, 10, 12), 3), found(date(2026, 11, 29), 4)]
    now = points.balance(known, date(2026, 11, 30), legal)
    told = points.forecast(now)
    assert now.points == 7
    assert told.changes == [Change(date(2027, 4, 13), 4), Change(date(2027, 5, 30), 0)]
    assert (told.none_left_on, told.stands_still) == (date(2027, 5, 30), False)


def test_a_forecast_says_no_last_day_while_expiry_stands_still(legal: Rules) -> None:
    entries = four_reports()
    now = points.balance([*entries, contested(entries[0], date(2026, 5, 1))], date(2026, 5, 2), legal)
    assert points.forecast(now) == points.Forecast([], None, stands_still=True)


def test_a_clean_record_has_no_points_and_no_forecast(legal: Rules) -> None:
    now = points.balance([], date(2026, 5, 2), legal)
    assert (now.points, now.distance) == (0, 15)
    assert points.forecast(now) == points.Forecast([], None, stands_still=False)
