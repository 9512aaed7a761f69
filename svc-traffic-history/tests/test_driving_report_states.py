"""Every transition of a report of aggressive driving, and no other (11.5)."""

from datetime import timedelta
from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from svc_traffic_history.domain import driving_reports as domain
from svc_traffic_history.domain.driving_reports import OPEN, REASONS, TRANSITIONS, Reason, State
from svc_traffic_history.errors.driving_reports import DrivingReportStands
from svc_traffic_history.operations.checking import Requirement
from svc_traffic_history.schemas import driving_report_words

from .build_driving_reports import NOON, a_driving_report

MAY = {
    (State.AWAITING_VIDEO, State.SUBMITTED),
    (State.AWAITING_VIDEO, State.CLOSED),
    (State.SUBMITTED, State.ELIGIBILITY_CHECK),
    (State.SUBMITTED, State.NO_SANCTION),
    (State.ELIGIBILITY_CHECK, State.NOT_ELIGIBLE),
    (State.ELIGIBILITY_CHECK, State.UNDER_REVIEW),
    (State.ELIGIBILITY_CHECK, State.NO_SANCTION),
    (State.ELIGIBILITY_CHECK, State.SUBMITTED),  # handed over to another county
    (State.UNDER_REVIEW, State.SUBMITTED),
    (State.UNDER_REVIEW, State.OWNER_INQUIRY),
    (State.UNDER_REVIEW, State.SANCTIONED),
    (State.UNDER_REVIEW, State.NO_SANCTION),
    (State.UNDER_REVIEW, State.FORWARDED_CRIMINAL),
    (State.OWNER_INQUIRY, State.SANCTIONED),
    (State.OWNER_INQUIRY, State.NO_SANCTION),
    (State.OWNER_INQUIRY, State.FORWARDED_CRIMINAL),
    (State.SANCTIONED, State.CLOSED),
    (State.SANCTIONED, State.NO_SANCTION),
}
REASON = {state: min(reasons) for state, reasons in REASONS.items()}


@pytest.mark.parametrize(
    ("before", "after"),
    [pytest.param(*pair, id="-".join(pair)) for pair in product(State, State)],
)
def test_a_report_comes_from_each_state_to_its_next_ones_and_to_no_other(before: State, after: State) -> None:
    report = a_driving_report(state=before)
    if (before, after) in MAY:
        moved = domain.moved(report, after, REASON.get(after))
        assert (moved.state, moved.version) == (after, report.version + 1)
    else:
        with pytest.raises(DrivingReportStands) as refused:
            domain.moved(report, after, REASON.get(after))
        assert refused.value.facts == {"state": before.value}


@pytest.mark.parametrize(
    ("state", "reason"),
    [pytest.param(*pair, id="-".join(map(str, pair))) for pair in product(State, [None, *Reason])],
)
def test_a_state_has_its_own_reasons_and_no_others(state: State, reason: Reason | None) -> None:
    before = next((each for each in State if state in TRANSITIONS[each]), None)
    if before is None:
        return
    report = a_driving_report(state=before)
    if reason in REASONS.get(state, {None}):
        assert domain.moved(report, state, reason).reason is reason
    else:
        with pytest.raises(ValueError, match="is no reason"):
            domain.moved(report, state, reason)


@given(st.lists(st.sampled_from(State), max_size=12))
def test_whatever_is_tried_a_report_walks_along_the_transitions_and_ends(tried: list[State]) -> None:
    report = a_driving_report()
    walked = [report.state]
    for state in tried:
        try:
            report = domain.moved(report, state, REASON.get(state))
        except DrivingReportStands:
            assert state not in TRANSITIONS[report.state]
        else:
            walked.append(state)
    assert all(pair in MAY for pair in pairwise(walked))
    decided = [state for state in walked if state not in OPEN]
    assert len(set(decided)) == len(decided), "what was decided is decided once"
    assert report.version == len(walked)


@given(st.timedeltas(min_value=timedelta(hours=-2), max_value=timedelta(hours=2)))
def test_a_report_is_closed_from_the_hour_on_and_not_before(moved: timedelta) -> None:
    report = a_driving_report()
    now = report.upload_by + moved
    shown = domain.as_of(report, now)
    assert (shown.reason is Reason.NO_VIDEO) is (now >= report.upload_by)
    submitted = domain.moved(report, State.SUBMITTED, submitted_at=NOON)
    assert domain.as_of(submitted, now) is submitted


def test_each_state_and_reason_has_its_words_and_each_state_what_comes_next() -> None:
    assert set(driving_report_words.STATES) == set(driving_report_words.NEXT) == set(State)
    assert set(driving_report_words.REASONS) == set(Reason)
    assert set(driving_report_words.REQUIREMENTS) == set(Requirement)
    assert set().union(*REASONS.values()) == set(Reason)
