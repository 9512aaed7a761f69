"""Review by officers: one at a time, never in the own case, two of them where a rule says so.

    MANUAL_REVIEW → ISSUED | NEEDS_COUNTER | REJECTED
    NEEDS_COUNTER → ISSUED | REJECTED

A claim comes before every step, and ends by itself.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from hmac import compare_digest
from typing import Final
from uuid import UUID

from hub_core.decisions import FourEyes, OwnCase

from ..errors.review import ClaimedByColleague, NotClaimed, NotInReview
from .products import Channel, Product
from .states import RefusalReason, ReviewReason, State

CLAIM_RULE: Final = "criminal-record.claim"
COUNTER_RULE: Final = "criminal-record.counter-visit"
FOUR_EYES_RULE: Final = "criminal-record.four-eyes"
REDRESS_RULE: Final = "criminal-record.redress"

OF_OFFICERS: Final = frozenset(RefusalReason) - {RefusalReason.DID_NOT_COME}
"""The reasons an officer may give; that nobody came, the calendar says."""
_UNITS: Final = re.compile(r"IGPR|DCJSEO|DGPMB|IPJ-[A-Z]{1,2}")


class Step(StrEnum):
    """What an officer does with a request."""

    CLAIM = "CLAIM"
    RELEASE = "RELEASE"
    ISSUE = "ISSUE"
    INVITE = "INVITE"
    REFUSE = "REFUSE"


STEPS: Final = {
    State.MANUAL_REVIEW: (Step.CLAIM, Step.RELEASE, Step.ISSUE, Step.INVITE, Step.REFUSE),
    State.NEEDS_COUNTER: (Step.CLAIM, Step.RELEASE, Step.ISSUE, Step.REFUSE),
}


@dataclass(frozen=True, slots=True)
class Case:
    """What review goes by: nothing of the holder, and nothing of what the register says.

    `institution_id` is the unit of a request at a counter; what was asked for online may be reviewed by
    any unit. `proposed_by` is the first of two officers, `proposed_match` what that one chose.
    """

    id: UUID
    number: int
    product: Product
    channel: Channel
    state: State
    submitted_at: datetime
    due_on: date
    alarm_on: date
    reasons: frozenset[ReviewReason]
    version: int
    institution_id: UUID | None = None
    holder_id: UUID | None = None
    acting_person_id: UUID | None = None
    claimed_by: UUID | None = None
    claimed_at: datetime | None = None
    proposed_by: UUID | None = None
    proposed_match: bytes | None = None
    counter_until: date | None = None


def is_unit(code: str) -> bool:
    """Whether the catalog's code is that of a police unit that keeps the criminal record."""
    return _UNITS.fullmatch(code) is not None


def is_seen_by(case: Case, institution_id: UUID) -> bool:
    """Whether officers of a unit find the request: it came online, or to their own counter."""
    return case.institution_id in (None, institution_id)


def is_claimed(case: Case, now: datetime, lasts: timedelta) -> bool:
    """Whether an officer has the request in hand; a claim is over after `lasts`."""
    return case.claimed_at is not None and now < case.claimed_at + lasts


def is_held_by(case: Case, officer: UUID, now: datetime, lasts: timedelta) -> bool:
    """Whether this officer has the request in hand."""
    return case.claimed_by == officer and is_claimed(case, now, lasts)


def steps(case: Case) -> tuple[Step, ...]:
    """The steps that are open for an officer; none when the request does not wait for one."""
    return STEPS.get(case.state, ())


def claim(case: Case, officer: UUID, now: datetime, lasts: timedelta) -> Case:
    """The case in the officer's hand, from now; claiming again begins anew.

    `NotInReview`, `OwnCase` for who asked or is asked about, `ClaimedByColleague`, and `FourEyes` for
    who was the first of two officers.
    """
    refuse_step(case, Step.CLAIM)
    refuse_own_case(case, officer)
    if is_claimed(case, now, lasts) and case.claimed_by != officer:
        raise ClaimedByColleague
    if case.proposed_by == officer:
        raise FourEyes
    return replace(case, claimed_by=officer, claimed_at=now)


def release(case: Case, officer: UUID, now: datetime, lasts: timedelta) -> Case:
    """The case, back in the queue. `NotInReview`, `NotClaimed`."""
    hold(case, officer, now, lasts, Step.RELEASE)
    return replace(case, claimed_by=None, claimed_at=None)


def hold(case: Case, officer: UUID, now: datetime, lasts: timedelta, step: Step) -> None:
    """Refuse a step to who has not the request in hand: `NotInReview`, `OwnCase`, `NotClaimed`."""
    refuse_step(case, step)
    refuse_own_case(case, officer)
    if not is_held_by(case, officer, now, lasts):
        raise NotClaimed


def takes_two(case: Case, doubled: Collection[str]) -> bool:
    """Whether two officers have to agree: for one of the reasons of review in the rule table.

    What the register holds has no say in it, so that how long it takes tells nothing.
    """
    return not case.reasons.isdisjoint(doubled)


def agree(case: Case, officer: UUID, match: bytes, doubled: Collection[str]) -> Case | None:
    """The case as it waits for another officer, or none when the certificate may be issued now.

    Two officers agree when each has chosen the same match; who chooses another one becomes the first.
    `FourEyes` for who was the first already.
    """
    if not takes_two(case, doubled):
        return None
    if case.proposed_by == officer:
        raise FourEyes
    if case.proposed_match is not None and compare_digest(case.proposed_match, match):
        return None
    return replace(case, proposed_by=officer, proposed_match=match, claimed_by=None, claimed_at=None)


def refuse_own_case(case: Case, officer: UUID) -> None:
    """`OwnCase` for who asked, also for another, and for whom it is about."""
    if officer in (case.holder_id, case.acting_person_id):
        raise OwnCase


def refuse_step(case: Case, step: Step) -> None:
    """`NotInReview` unless the step is open."""
    if step not in steps(case):
        raise NotInReview(case.state, steps(case))
