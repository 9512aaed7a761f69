"""Suspensions of the right to drive (OUG 195/2002 art. 100-106)."""

from datetime import date, timedelta

import pytest

from hub_core import ids
from hub_core.decisions import FourEyes
from hub_core.rules import Rules
from svc_traffic_history.domain import suspensions
from svc_traffic_history.domain.grounds import Ground
from svc_traffic_history.domain.suspensions import Period, State, Suspension
from svc_traffic_history.errors.suspensions import NotReducible, SuspensionDateWrong, SuspensionStands

from .build import a_suspension, ended

MARIA = ids.new_id()
HELD = date(2010, 1, 1)


@pytest.mark.parametrize(
    ("reached_on", "ground", "days"),
    [
        (date(2026, 9, 30), Ground.POINTS_AGAIN, 60),  # 11 months and 29 days after the end
        (date(2026, 10, 1), Ground.POINTS_AGAIN, 60),
        (date(2026, 10, 2), Ground.POINTS, 30),  # 12 months and a day
    ],
)
def test_edge_50_gathered_again_within_12_months_after_the_end_is_60_days(
    legal: Rules, reached_on: date, ground: Ground, days: int
) -> None:
    before = [ended(Ground.POINTS, date(2025, 10, 1))]
    assert suspensions.for_points(before, reached_on, legal) == Period((ground,), increased=False, days=days)


@pytest.mark.parametrize("state", [State.RUNNING, State.REDUCED, State.STAYED_BY_COURT, State.WITHDRAWN])
def test_a_suspension_whose_last_day_has_passed_is_over_before_the_clock_says_so(
    legal: Rules, state: State
) -> None:
    over = a_suspension(state=state, begins_on=date(2026, 7, 2), ends_on=date(2026, 7, 31))
    again = suspensions.for_points([over], date(2026, 8, 1), legal)
    assert (again.days == 60) is (state in (State.RUNNING, State.REDUCED))
    assert suspensions.for_points([over], date(2026, 7, 31), legal).days == 30


def test_the_first_time_is_30_days_whatever_offences_suspended_before(legal: Rules) -> None:
    before = [ended(Ground.CLASS_2, date(2026, 8, 1))]
    assert suspensions.for_points(before, date(2026, 9, 1), legal).days == 30


@pytest.mark.parametrize(
    ("grounds", "days"),
    [
        ((Ground.CLASS_2,), 30),
        ((Ground.CLASS_3,), 60),
        ((Ground.SPEED_50,), 90),
        ((Ground.SPEED_70,), 120),
        ((Ground.CRIME,), 180),
        ((Ground.CLASS_2, Ground.CLASS_3), 90),
        ((Ground.CLASS_2, Ground.CLASS_2), 60),
    ],
)
def test_the_days_of_one_report_add_up(legal: Rules, grounds: tuple[Ground, ...], days: int) -> None:
    assert suspensions.for_offences(grounds, [], date(2026, 9, 1), legal).days == days


@pytest.mark.parametrize(
    ("committed_on", "days"), [(date(2026, 9, 1), 60), (date(2026, 10, 1), 60), (date(2026, 10, 2), 30)]
)
def test_a_new_offence_within_two_months_after_the_last_suspension_adds_30_days(
    legal: Rules, committed_on: date, days: int
) -> None:
    before = [ended(Ground.CLASS_2, date(2026, 8, 1))]
    made = suspensions.for_offences([Ground.CLASS_2], before, committed_on, legal)
    assert (made.days, made.increased) == (days, days == 60)


def running(legal: Rules, made: Suspension | None = None) -> Suspension:
    """Begins on 10 September 2026."""
    made = made or a_suspension()
    told = suspensions.communicate(made, MARIA, date(2026, 9, 5), legal)
    return suspensions.begin(suspensions.hand_in(told, date(2026, 9, 9)), date(2026, 9, 9))


def test_a_suspension_goes_its_way(legal: Rules) -> None:
    made = suspensions.propose(
        ids.new_id(),
        ids.new_id(),
        ids.new_id(),
        Period((Ground.POINTS,), increased=False, days=30),
        date(2026, 9, 1),
        ids.new_id(),
        date(2026, 9, 2),
        legal,
    )
    assert (made.state, made.notice_by) == (State.PROPOSED, date(2026, 9, 11))
    told = suspensions.communicate(made, MARIA, date(2026, 9, 5), legal)
    assert (told.state, told.hand_in_by) == (State.COMMUNICATED, date(2026, 9, 10))
    begun = running(legal)
    assert (begun.begins_on, begun.ends_on) == (date(2026, 9, 10), date(2026, 10, 9))
    assert [begun.suspends_on(date(2026, 9, 9)), begun.suspends_on(date(2026, 9, 10))] == [False, True]
    assert [begun.suspends_on(date(2026, 10, 9)), begun.suspends_on(date(2026, 10, 10))] == [True, False]
    with pytest.raises(SuspensionDateWrong):
        suspensions.end(begun, date(2026, 10, 9))
    assert suspensions.end(begun, date(2026, 10, 10)).state is State.ENDED


def test_who_proposed_it_does_not_decide_on_it(legal: Rules) -> None:
    with pytest.raises(FourEyes):
        suspensions.communicate(a_suspension(proposed_by=MARIA), MARIA, date(2026, 9, 5), legal)


@pytest.mark.parametrize("state", list(State))
def test_a_step_that_is_not_open_is_refused_with_those_that_are(legal: Rules, state: State) -> None:
    stands = a_suspension(state=state, ends_on=date(2026, 10, 1))
    steps = {
        State.COMMUNICATED: lambda: suspensions.communicate(stands, MARIA, date(2026, 9, 5), legal),
        State.LICENCE_HANDED_IN: lambda: suspensions.hand_in(stands, date(2026, 9, 5)),
        State.RUNNING: lambda: suspensions.begin(stands, date(2026, 9, 5)),
        State.STAYED_BY_COURT: lambda: suspensions.stay(stands, date(2026, 9, 5)),
        State.WITHDRAWN: lambda: suspensions.withdraw(stands),
        State.ENDED: lambda: suspensions.end(stands, date(2026, 12, 1)),
    }
    for to, step in steps.items():
        if to in suspensions.TRANSITIONS[state]:
            assert step().state is to
        else:
            with pytest.raises(SuspensionStands):
                step()


def test_edge_51_two_offences_of_one_report_are_90_days_and_the_test_takes_30_off(legal: Rules) -> None:
    period = suspensions.for_offences([Ground.CLASS_2, Ground.CLASS_3], [], date(2026, 9, 1), legal)
    begun = running(legal, a_suspension(*period.grounds, days=period.days))
    reduced = suspensions.reduce(begun, HELD, date(2026, 9, 29), legal)
    assert (reduced.reduced_by, reduced.ends_on) == (30, date(2026, 11, 8))
    assert reduced.ends_on == begun.begins_on + timedelta(days=60 - 1)


@pytest.mark.parametrize(
    ("special", "held_since", "test_on", "reason"),
    [
        ({"grounds": (Ground.POINTS_AGAIN,)}, HELD, date(2026, 9, 20), "points-again"),
        ({"grounds": (Ground.SPEED_50,)}, HELD, date(2026, 9, 20), "speed-50"),
        ({"grounds": (Ground.CLASS_2, Ground.SPEED_70)}, HELD, date(2026, 9, 20), "speed-70"),
        ({"grounds": (Ground.CLASS_2,), "increased": True}, HELD, date(2026, 9, 20), "increased"),
        ({"grounds": (Ground.CLASS_2,)}, date(2025, 9, 2), date(2026, 9, 20), "licence-held"),
        ({"grounds": (Ground.CLASS_2,)}, None, date(2026, 9, 20), "licence-held"),
        ({"grounds": (Ground.CLASS_2,)}, HELD, date(2026, 9, 30), "test-too-late"),
        ({"grounds": (Ground.CLASS_2,)}, date(2025, 9, 1), date(2026, 9, 29), None),
        ({"grounds": (Ground.POINTS,)}, HELD, date(2026, 9, 29), None),
    ],
)
def test_edge_51_a_third_is_taken_off_only_under_the_conditions_of_the_law(
    legal: Rules, special: dict[str, object], held_since: date | None, test_on: date, reason: str | None
) -> None:
    grounds = special["grounds"]
    assert isinstance(grounds, tuple)
    period = Period(grounds, increased=bool(special.get("increased")), days=60)
    begun = running(legal, a_suspension(period=period))
    assert suspensions.why_not_reducible(begun, held_since, test_on, legal) == reason
    if reason:
        with pytest.raises(NotReducible):
            suspensions.reduce(begun, held_since, test_on, legal)
    else:
        assert suspensions.reduce(begun, held_since, test_on, legal).reduced_by == 20


def test_the_days_that_a_stay_left_run_later(legal: Rules) -> None:
    stayed = suspensions.stay(running(legal), date(2026, 9, 20))
    assert (stayed.days_left, stayed.suspends_on(date(2026, 9, 21))) == (20, False)
    again = suspensions.begin(stayed, date(2027, 2, 1))
    assert (again.begins_on, again.ends_on) == (date(2027, 2, 2), date(2027, 2, 21))


def test_what_was_stayed_may_come_to_nothing(legal: Rules) -> None:
    stayed = suspensions.stay(running(legal), date(2026, 9, 20))
    assert not suspensions.withdraw(stayed).suspends_on(date(2026, 9, 15))
