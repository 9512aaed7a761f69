"""Who may claim and decide, and when it takes two."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from hub_core import ids
from hub_core.decisions import FourEyes, OwnCase
from hub_core.language import Language
from svc_criminal_record.domain import review
from svc_criminal_record.domain.holders import Organisation
from svc_criminal_record.domain.products import Channel, Product
from svc_criminal_record.domain.requests import Request
from svc_criminal_record.domain.review import Step
from svc_criminal_record.domain.states import TRANSITIONS, ReviewReason, State
from svc_criminal_record.errors.review import ClaimedByColleague, NotClaimed, NotInReview

NOON = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
SORIN, MARIA, ANA = ids.new_id(), ids.new_id(), ids.new_id()
HOMONYM = (ReviewReason.HOMONYM,)
DOUBLED = {"HOMONYM", "SHARED_NUMBER"}
FIRST, SECOND = b"first match", b"second match"


def a_request(**special: Any) -> Request:
    facts: dict[str, Any] = {
        "id": ids.new_id(),
        "number": 41,
        "product": Product.CRIMINAL_RECORD,
        "channel": Channel.ONLINE,
        "state": State.MANUAL_REVIEW,
        "holder": Organisation(name="Exemplu SRL", cui="18547290"),
        "holder_key": b"key",
        "holder_id": ANA,
        "acting_person_id": ANA,
        "mandate_id": None,
        "motive": "angajare",
        "motive_text": None,
        "county": "CJ",
        "institution_id": None,
        "language": Language.RO,
        "requested_on": date(2026, 11, 23),
        "submitted_at": NOON,
        "due_on": date(2026, 11, 26),
        "alarm_on": date(2026, 11, 25),
        "review_reasons": (ReviewReason.BORN_ABROAD,),
    }
    return Request(**(facts | special))


def claimed(by: Any = SORIN, **special: Any) -> Request:
    return a_request(claimed_by=by, claimed_at=NOON, **special)


@pytest.mark.parametrize("whose", ["holder_id", "acting_person_id"])
def test_nobody_claims_the_own_request_nor_one_made_for_another(whose: str) -> None:
    with pytest.raises(OwnCase):
        review.claim(a_request(**{whose: SORIN}), SORIN, NOON, HOUR)
    with pytest.raises(OwnCase):
        review.hold(claimed(**{whose: SORIN}), SORIN, NOON, HOUR, Step.ISSUE)


def test_one_officer_at_a_time_has_a_request_in_hand() -> None:
    held = review.claim(a_request(), SORIN, NOON, HOUR)
    assert (held.claimed_by, held.claimed_at) == (SORIN, NOON)
    with pytest.raises(ClaimedByColleague):
        review.claim(held, MARIA, NOON + HOUR - timedelta(seconds=1), HOUR)


def test_a_claim_is_over_after_its_time() -> None:
    taken = review.claim(claimed(), MARIA, NOON + HOUR, HOUR)
    assert taken.claimed_by == MARIA
    with pytest.raises(NotClaimed):
        review.hold(claimed(), SORIN, NOON + HOUR, HOUR, Step.ISSUE)


def test_claiming_again_begins_anew() -> None:
    later = NOON + timedelta(minutes=50)
    assert review.claim(claimed(), SORIN, later, HOUR).claimed_at == later


def test_only_who_has_it_in_hand_releases_it() -> None:
    assert review.release(claimed(), SORIN, NOON, HOUR).claimed_by is None
    with pytest.raises(NotClaimed):
        review.release(claimed(), MARIA, NOON, HOUR)


@pytest.mark.parametrize("state", [one for one in State if one not in review.STEPS])
def test_what_does_not_wait_for_an_officer_is_not_claimed(state: State) -> None:
    with pytest.raises(NotInReview) as refused:
        review.claim(a_request(state=state), SORIN, NOON, HOUR)
    assert refused.value.facts == {"state": state, "steps": "-"}


def test_who_is_at_the_counter_is_not_invited_again() -> None:
    with pytest.raises(NotInReview):
        review.hold(claimed(state=State.NEEDS_COUNTER), SORIN, NOON, HOUR, Step.INVITE)


def test_every_step_leads_where_the_machine_of_states_leads() -> None:
    leads = {Step.ISSUE: State.ISSUED, Step.INVITE: State.NEEDS_COUNTER, Step.REFUSE: State.REJECTED}
    for state, steps in review.STEPS.items():
        assert {leads[step] for step in steps if step in leads} <= TRANSITIONS[state]


def test_one_officer_is_enough_where_the_rule_does_not_ask_for_two() -> None:
    assert review.agree(claimed(), SORIN, FIRST, DOUBLED) is None


def test_two_officers_issue_what_both_chose() -> None:
    waiting = review.agree(claimed(review_reasons=HOMONYM), SORIN, FIRST, DOUBLED)
    assert waiting is not None
    assert (waiting.proposed_by, waiting.proposed_match, waiting.claimed_by) == (SORIN, FIRST, None)
    assert review.agree(review.claim(waiting, MARIA, NOON, HOUR), MARIA, FIRST, DOUBLED) is None


def test_the_same_officer_is_not_the_second() -> None:
    waiting = a_request(review_reasons=HOMONYM, proposed_by=SORIN, proposed_match=FIRST)
    with pytest.raises(FourEyes):
        review.claim(waiting, SORIN, NOON, HOUR)
    with pytest.raises(FourEyes):
        review.agree(replace(waiting, claimed_by=SORIN, claimed_at=NOON), SORIN, FIRST, DOUBLED)


def test_who_chooses_otherwise_becomes_the_first() -> None:
    waiting = claimed(MARIA, review_reasons=HOMONYM, proposed_by=SORIN, proposed_match=FIRST)
    other = review.agree(waiting, MARIA, SECOND, DOUBLED)
    assert other is not None
    assert (other.proposed_by, other.proposed_match, other.claimed_by) == (MARIA, SECOND, None)


def test_a_request_of_a_counter_is_seen_at_that_unit_only() -> None:
    here, there = ids.new_id(), ids.new_id()
    assert review.is_seen_by(a_request(institution_id=here), here)
    assert not review.is_seen_by(a_request(institution_id=here), there)
    assert review.is_seen_by(a_request(), there)


@pytest.mark.parametrize(
    ("code", "is_one"),
    [("DCJSEO", True), ("IPJ-CJ", True), ("DGPMB", True), ("DGP", False), ("ISU-CJ", False)],
)
def test_only_the_units_that_keep_the_record_review(code: str, is_one: bool) -> None:
    assert review.is_unit(code) is is_one
