import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.limits import Limiter, Policy

SECOND = 1_000_000_000
UNTIMED = settings(deadline=None)  # the machine may be busy
POLICY = Policy("p", quota=10, window=60, burst=4)

policies = st.builds(
    lambda burst, more, window: Policy("p", burst + more, window, burst),
    st.integers(1, 20),
    st.integers(1, 20),
    st.integers(1, 100),
)
pauses = st.lists(st.one_of(st.just(0), st.integers(0, 20 * SECOND)), min_size=1, max_size=150)


@UNTIMED
@given(policies, pauses)
def test_no_window_ever_holds_more_than_the_quota(policy: Policy, waits: list[int]) -> None:
    limiter, now, passed = Limiter(policy), 0, []
    for wait in waits:
        now += wait
        if limiter.take("k", now).allowed:
            passed.append(now)
    for end in passed:
        within = [at for at in passed if end - policy.window * SECOND <= at <= end]
        assert len(within) <= policy.quota


@UNTIMED
@given(policies, pauses)
def test_retry_after_is_honest(policy: Policy, waits: list[int]) -> None:
    limiter, now = Limiter(policy), 0
    for wait in waits:
        now += wait
        verdict = limiter.take("k", now)
        if not verdict.allowed:
            assert limiter.look("k", now + verdict.reset * SECOND).allowed
            assert verdict.reset == 1 or not limiter.look("k", now + (verdict.reset - 1) * SECOND - 1).allowed


@UNTIMED
@given(policies, pauses)
def test_what_is_said_to_remain_does(policy: Policy, waits: list[int]) -> None:
    limiter, now = Limiter(policy), 0
    for wait in waits:
        now += wait
        verdict = limiter.take("k", now)
    taken = 0
    while limiter.take("k", now).allowed:
        taken += 1
    assert taken == verdict.remaining
    if verdict.remaining < policy.burst:
        assert limiter.take("k", now + verdict.reset * SECOND).allowed


@UNTIMED
@given(policies, pauses, st.integers(1, 5))
def test_looking_counts_nothing_and_says_what_taking_says(
    policy: Policy, waits: list[int], looks: int
) -> None:
    limiter, now = Limiter(policy), 0
    for wait in waits:
        now += wait
        seen = [limiter.look("k", now).allowed for _ in range(looks)]
        assert set(seen) == {limiter.take("k", now).allowed}


def test_a_burst_passes_and_then_requests_trickle() -> None:
    limiter = Limiter(POLICY)
    assert [limiter.take("k", 0).allowed for _ in range(5)] == [True, True, True, True, False]
    assert limiter.take("k", 0).reset == 10
    assert limiter.take("k", 10 * SECOND).allowed
    assert not limiter.take("k", 10 * SECOND).allowed


def test_a_refused_request_costs_nothing() -> None:
    limiter = Limiter(POLICY)
    for _ in range(100):
        limiter.take("k", 0)
    assert limiter.take("k", 10 * SECOND).allowed


def test_keys_do_not_share() -> None:
    limiter = Limiter(POLICY)
    for _ in range(4):
        limiter.take("a", 0)
    assert not limiter.take("a", 0).allowed
    assert limiter.take("b", 0).remaining == 3


def test_a_costly_request_counts_for_several() -> None:
    limiter = Limiter(POLICY)
    assert limiter.take("k", 0, weight=3).remaining == 1
    assert not limiter.take("k", 0, weight=2).allowed
    assert limiter.take("k", 0).allowed


def test_the_fields_are_structured() -> None:
    limiter = Limiter(POLICY)
    assert POLICY.field == b'"p";q=10;w=60'
    assert POLICY.remaining_field(limiter.take("k", 0)) == b'"p";r=3;t=10'


def test_those_who_owe_nothing_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.limits._SWEEP_AT", 100)
    limiter = Limiter(POLICY)
    for number in range(100):
        limiter.take(f"old {number}", 0)
    for number in range(50):
        limiter.take(f"new {number}", 100 * SECOND)
    assert len(limiter._arrivals) == 50


def test_scaling_keeps_the_shape() -> None:
    assert POLICY.scaled(3) == Policy("p", 30, 60, 12)
    assert POLICY.scaled(0.01) == Policy("p", 2, 60, 1)


@pytest.mark.parametrize(("quota", "window", "burst"), [(4, 60, 4), (4, 60, 5), (4, 60, 0), (4, 0, 2)])
def test_a_policy_that_cannot_hold_is_refused(quota: int, window: int, burst: int) -> None:
    with pytest.raises(ValueError, match="burst"):
        Policy("p", quota, window, burst)
