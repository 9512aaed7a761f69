"""Which provider takes how much: points move away from one that does badly, and come back by themselves."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_testing import rules
from svc_notify.domain import providers
from svc_notify.domain.providers import Health, Measured, Policy, Standing

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
POLICY = Policy.on(rules.values(Path(__file__).parents[2] / "svc-catalog/contract/rules.json"), NOON.date())
WELL = Measured(attempts=100, taken=100)
SLOW = Measured(attempts=100, slow=20, taken=100)
DEAD = Measured(attempts=100, failed=100)
HOMES = st.dictionaries(st.sampled_from(["a", "b", "c"]), st.integers(0, 100), min_size=1)
MEASURED = st.sampled_from([Measured(), WELL, SLOW, DEAD, Measured(taken=50, attempts=50, late=10)])


def two() -> tuple[Standing, ...]:
    return providers.begin({"a": 50, "b": 50})


def weights(standings: tuple[Standing, ...]) -> dict[str, int]:
    return {each.name: each.weight for each in standings}


@pytest.mark.parametrize(
    ("measured", "expected"),
    [
        (Measured(), Health.GOOD),
        (WELL, Health.GOOD),
        (Measured(attempts=2, failed=2), Health.GOOD),
        (Measured(attempts=3, failed=3), Health.FAILING),
        (Measured(attempts=100, slow=14), Health.GOOD),
        (Measured(attempts=100, slow=15), Health.BAD),
        (Measured(attempts=100, slow=10, failed=5), Health.BAD),
        (Measured(attempts=100, slow=49), Health.BAD),
        (Measured(attempts=100, slow=30, failed=20), Health.FAILING),
        (Measured(attempts=100, taken=100, late=14), Health.GOOD),
        (Measured(attempts=100, taken=100, late=15), Health.BAD),
        (Measured(attempts=100, taken=100, late=100), Health.BAD),
    ],
    ids=lambda value: str(value) if isinstance(value, Health) else repr(value)[9:-1].replace(" ", ""),
)
def test_how_a_provider_does(measured: Measured, expected: Health) -> None:
    assert providers.health(measured, POLICY) is expected


def test_a_slow_provider_gives_a_step_of_points_at_each_check() -> None:
    after = providers.shift(two(), {"a": SLOW, "b": WELL}, POLICY, NOON)
    assert weights(after) == {"a": 40, "b": 60}
    assert weights(providers.shift(after, {"a": SLOW, "b": WELL}, POLICY, NOON)) == {"a": 30, "b": 70}


def test_a_failing_provider_gives_all_its_points_at_once() -> None:
    after = providers.shift(two(), {"a": DEAD, "b": WELL}, POLICY, NOON)
    assert weights(after) == {"a": 0, "b": 100}
    assert providers.order(after, 0.0) == ("b", "a")
    assert providers.order(after, 0.999) == ("b", "a")


def test_nothing_moves_where_all_do_badly() -> None:
    assert providers.shift(two(), {"a": DEAD, "b": SLOW}, POLICY, NOON) == two()


def test_a_slow_provider_has_shifted_within_a_minute_of_checks() -> None:
    standings, now = two(), NOON
    while now <= NOON + timedelta(minutes=1):
        standings = providers.shift(standings, {"a": SLOW, "b": WELL}, POLICY, now)
        now += POLICY.check
    assert weights(standings) == {"a": 0, "b": 100}


def test_points_come_back_in_steps_and_not_before_their_time() -> None:
    low = providers.shift(two(), {"a": DEAD, "b": WELL}, POLICY, NOON)
    early = NOON + POLICY.back - timedelta(seconds=1)
    assert providers.shift(low, {"b": WELL}, POLICY, early) == low
    first = providers.shift(low, {"b": WELL}, POLICY, NOON + POLICY.back)
    assert weights(first) == {"a": 10, "b": 90}
    assert providers.shift(first, {"b": WELL}, POLICY, NOON + POLICY.back + POLICY.check) == first
    assert weights(providers.shift(first, {"b": WELL}, POLICY, NOON + 2 * POLICY.back)) == {"a": 20, "b": 80}


def test_one_that_comes_back_too_early_goes_again_and_waits_anew() -> None:
    low = providers.shift(two(), {"a": DEAD}, POLICY, NOON)
    tried = providers.shift(low, {}, POLICY, NOON + POLICY.back)
    again = providers.shift(tried, {"a": DEAD}, POLICY, NOON + POLICY.back + POLICY.check)
    assert weights(again) == {"a": 0, "b": 100}
    assert providers.shift(again, {}, POLICY, NOON + 2 * POLICY.back) == again


def test_one_without_points_takes_them_only_from_one_that_fails() -> None:
    low = providers.shift(two(), {"a": DEAD}, POLICY, NOON)
    assert weights(providers.shift(low, {"b": SLOW}, POLICY, NOON + POLICY.check)) == {"a": 0, "b": 100}
    assert weights(providers.shift(low, {"b": SLOW}, POLICY, NOON + POLICY.back)) == {"a": 10, "b": 90}
    assert weights(providers.shift(low, {"b": DEAD}, POLICY, NOON + POLICY.check)) == {"a": 100, "b": 0}


def test_weights_of_three_go_to_those_that_do_well_in_proportion() -> None:
    three = providers.begin({"a": 60, "b": 30, "c": 10})
    after = providers.shift(three, {"a": DEAD}, POLICY, NOON)
    assert weights(after) == {"a": 0, "b": 75, "c": 25}


@given(HOMES)
def test_new_providers_have_all_points_together(homes: dict[str, int]) -> None:
    begun = providers.begin(homes)
    assert sum(each.weight for each in begun) == 100
    assert all(each.weight == each.home for each in begun)
    assert any(homes.values()) is False or all(each.home == 0 for each in begun if not homes[each.name])


@given(HOMES, st.lists(st.dictionaries(st.sampled_from(["a", "b", "c"]), MEASURED), max_size=60))
def test_whatever_is_measured_the_weights_are_all_points_together_and_some_provider_has_them(
    homes: dict[str, int], checks: list[dict[str, Measured]]
) -> None:
    standings, now = providers.begin(homes), NOON
    for measured in checks:
        standings = providers.shift(standings, measured, POLICY, now)
        now += timedelta(minutes=1)
        assert sum(each.weight for each in standings) == 100
        assert all(0 <= each.weight <= 100 for each in standings)
        assert max(each.weight for each in standings) > 0


@given(HOMES, st.lists(st.dictionaries(st.sampled_from(["a", "b", "c"]), MEASURED), max_size=20))
def test_whatever_happened_the_weights_come_home_once_all_do_well(
    homes: dict[str, int], checks: list[dict[str, Measured]]
) -> None:
    begun = standings = providers.begin(homes)
    now = NOON
    for measured in checks:
        standings = providers.shift(standings, measured, POLICY, now)
        now += POLICY.check
    for _ in range(10):
        now += POLICY.back
        standings = providers.shift(standings, {}, POLICY, now)
    assert weights(standings) == weights(begun)


@given(HOMES, st.floats(0, 1, exclude_max=True))
def test_everybody_is_tried_in_the_end_and_first_one_that_has_points(
    homes: dict[str, int], chance: float
) -> None:
    standings = providers.begin(homes)
    tried = providers.order(standings, chance)
    assert sorted(tried) == sorted(homes)
    assert weights(standings)[tried[0]] > 0


def test_the_first_is_drawn_by_the_weights() -> None:
    standings = providers.shift(two(), {"a": SLOW}, POLICY, NOON)
    drawn = [providers.order(standings, chance / 100)[0] for chance in range(100)]
    assert (drawn.count("a"), drawn.count("b")) == (40, 60)


def test_a_change_of_time_alone_gives_nobody_more_than_home() -> None:
    standings = (replace(two()[0], weight=45, changed_at=NOON), replace(two()[1], weight=55))
    after = providers.shift(standings, {}, POLICY, NOON + POLICY.back)
    assert weights(after) == {"a": 50, "b": 50}
