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
from typing import Final, Self
from uuid import UUID

from hub_core.decisions import FourEyes, OwnCase

from ..errors.review import ChangedSince, ClaimedByColleague, NotClaimed, NotInReview
from .products import Channel, Product
from .requests import Request
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


class InviteReason(StrEnum):
    """Why somebody is asked to come to a counter, as they read it."""

    IDENTITY_TO_PROVE = "IDENTITY_TO_PROVE"
    DOCUMENTS_TO_SHOW = "DOCUMENTS_TO_SHOW"


STEPS: Final = {
    State.MANUAL_REVIEW: (Step.CLAIM, Step.RELEASE, Step.ISSUE, Step.INVITE, Step.REFUSE),
    State.NEEDS_COUNTER: (Step.CLAIM, Step.RELEASE, Step.ISSUE, Step.REFUSE),
}


@dataclass(frozen=True, slots=True)
class Queued:
    """A request as the queue shows it: nothing of whose it is, nor of what the register says.

    `claimed_by` has it in hand until `claimed_until`; both are none when nobody has.
    """

    id: UUID
    number: int
    product: Product
    channel: Channel
    state: State
    submitted_at: datetime
    due_on: date
    alarm_on: date
    counter_until: date | None
    waits_for_second: bool
    claimed_by: UUID | None
    claimed_until: datetime | None

    @classmethod
    def of(cls, request: Request, now: datetime, lasts: timedelta) -> Self:
        """A request in the queue, when a claim holds for `lasts`."""
        is_held = is_claimed(request, now, lasts)
        return cls(
            id=request.id,
            number=request.number,
            product=request.product,
            channel=request.channel,
            state=request.state,
            submitted_at=request.submitted_at,
            due_on=request.due_on,
            alarm_on=request.alarm_on,
            counter_until=request.counter_until,
            waits_for_second=request.proposed_by is not None,
            claimed_by=request.claimed_by if is_held else None,
            claimed_until=request.claimed_at + lasts if is_held and request.claimed_at else None,
        )


def is_unit(code: str) -> bool:
    """Whether the catalog's code is that of a police unit that keeps the criminal record."""
    return _UNITS.fullmatch(code) is not None


def is_seen_by(request: Request, institution_id: UUID) -> bool:
    """Whether officers of a unit find the request: it came online, or to their own counter."""
    return request.institution_id in (None, institution_id)


def is_claimed(request: Request, now: datetime, lasts: timedelta) -> bool:
    """Whether an officer has the request in hand; a claim is over after `lasts`."""
    return request.claimed_at is not None and now < request.claimed_at + lasts


def is_held_by(request: Request, officer: UUID, now: datetime, lasts: timedelta) -> bool:
    """Whether this officer has the request in hand."""
    return request.claimed_by == officer and is_claimed(request, now, lasts)


def steps(state: State) -> tuple[Step, ...]:
    """The steps that are open for an officer; none when the request does not wait for one."""
    return STEPS.get(state, ())


def claim(request: Request, officer: UUID, now: datetime, lasts: timedelta) -> Request:
    """The request in the officer's hand, from now; claiming again begins anew.

    `NotInReview`, `OwnCase` for who asked or is asked about, `ClaimedByColleague`, and `FourEyes` for
    who was the first of two officers.
    """
    refuse_step(request, Step.CLAIM)
    refuse_own_case(request, officer)
    if is_claimed(request, now, lasts) and request.claimed_by != officer:
        raise ClaimedByColleague
    if request.proposed_by == officer:
        raise FourEyes
    return replace(request, claimed_by=officer, claimed_at=now)


def note(request: Request, since: ReviewReason | None) -> Request:
    """The request, with what has come in between since it was sent."""
    reasons = {*request.review_reasons, *({since} if since else ())}
    return replace(request, review_reasons=tuple(sorted(reasons)))


def refuse_unseen(request: Request, since: ReviewReason | None) -> None:
    """`ChangedSince` for what has come in between and was not noted when the request was claimed."""
    if since is not None and since not in request.review_reasons:
        raise ChangedSince


def release(request: Request, officer: UUID, now: datetime, lasts: timedelta) -> Request:
    """The request, back in the queue. `NotInReview`, `NotClaimed`."""
    hold(request, officer, now, lasts, Step.RELEASE)
    return replace(request, claimed_by=None, claimed_at=None)


def hold(request: Request, officer: UUID, now: datetime, lasts: timedelta, step: Step) -> None:
    """Refuse a step to who has not the request in hand: `NotInReview`, `OwnCase`, `NotClaimed`."""
    refuse_step(request, step)
    refuse_own_case(request, officer)
    if not is_held_by(request, officer, now, lasts):
        raise NotClaimed


def takes_two(request: Request, doubled: Collection[str]) -> bool:
    """Whether two officers have to agree: for one of the reasons of review in the rule table.

    What the register holds has no say in it, so that how long it takes tells nothing.
    """
    return not set(doubled).isdisjoint(request.review_reasons)


def agree(request: Request, officer: UUID, match: bytes, doubled: Collection[str]) -> Request | None:
    """The request as it waits for another officer, or none when the certificate may be issued now.

    Two officers agree when each has chosen the same match; who chooses another one becomes the first.
    `FourEyes` for who was the first already.
    """
    if not takes_two(request, doubled):
        return None
    if request.proposed_by == officer:
        raise FourEyes
    if request.proposed_match is not None and compare_digest(request.proposed_match, match):
        return None
    return replace(request, proposed_by=officer, proposed_match=match, claimed_by=None, claimed_at=None)


def refuse_own_case(request: Request, officer: UUID) -> None:
    """`OwnCase` for who asked, also for another, and for whom it is about."""
    if officer in (request.holder_id, request.acting_person_id):
        raise OwnCase


def refuse_step(request: Request, step: Step) -> None:
    """`NotInReview` unless the step is open."""
    if step not in steps(request.state):
        raise NotInReview(request.state, steps(request.state))
