"""What officers do with requests that need a look: the queue, and each step of one who has claimed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.clock import local_date
from hub_core.problem import FieldError
from hub_core.rules import Rules
from hub_service import rules
from hub_service.access import Action
from hub_service.policy import Official
from hub_service.problems import InvalidRequest, NotFound
from hub_service.purpose import Stated
from hub_terms.terms import end_civil

from ..domain import counter, review
from ..domain.certificates import Certificate
from ..domain.counter import Visit
from ..domain.motives import MOTIVES_RULE
from ..domain.requests import ISSUE_RULES, Request
from ..domain.requests import Step as Passed
from ..domain.review import CLAIM_RULE, COUNTER_RULE, FOUR_EYES_RULE, InviteReason, Queued, Step
from ..domain.states import RefusalReason, State
from ..errors.registers import RecordsUnavailable
from ..issuing import Means
from ..storage import requests as storage
from ..storage import review as reading
from ..storage import visits
from . import issuing, matches, officers
from .matches import Candidate

VISIT_MISSING: Final = "Say who has come to the counter, and what was shown."
_DECISION_RULES: Final = (CLAIM_RULE, FOUR_EYES_RULE, *ISSUE_RULES, *counter.RULES)


@dataclass(frozen=True, slots=True, repr=False)
class Opened:
    """A request in hand; `candidates` is none while the register does not answer."""

    request: Request
    queued: Queued
    takes_two: bool
    candidates: Sequence[Candidate] | None
    steps: Sequence[Passed]


@dataclass(frozen=True, slots=True, repr=False)
class Outcome:
    """A request after a step, with the certificate that the step issued."""

    queued: Queued
    certificate: Certificate | None = None


async def queue(
    session: AsyncSession,
    official: Official,
    state: State,
    now: datetime,
    *,
    number: int | None,
    after: tuple[date, UUID] | None,
    limit: int,
) -> Sequence[Queued]:
    """Those in a state, what is due first first. `NoRecordsUnit`."""
    async with session.begin():
        await officers.must_be_of_a_unit(session, official)
        lasts = _lasts(await rules.read(session, CLAIM_RULE), now)
        return await reading.queue(
            session,
            official.institution_id,
            state,
            number=number,
            after=after,
            limit=limit,
            now=now,
            lasts=lasts,
        )


async def claim(
    session: AsyncSession, means: Means, official: Official, request_id: UUID, now: datetime
) -> Queued:
    """Take a request in hand, or hold it for longer; what has come in between since it was sent is noted.

    `NoRecordsUnit`, `NotFound`, `NotInReview`, `OwnCase`, `ClaimedByColleague`, `FourEyes`,
    `ServiceUnavailable`.
    """
    own = await officers.own_key(means.identity, means.key, official)
    async with session.begin():
        request = await _lock(session, means, official, request_id)
        officers.refuse_own_record(own, request.holder_key)
        legal = await rules.read(session, CLAIM_RULE, MOTIVES_RULE)
        lasts = _lasts(legal, now)
        claimed = review.claim(request, official.person_id, now, lasts)
        claimed = review.note(claimed, await issuing.since(means, request, legal))
        await storage.store(session, means.key, claimed)
        return Queued.of(claimed, now, lasts)


async def release(
    session: AsyncSession, means: Means, official: Official, request_id: UUID, now: datetime
) -> Queued:
    """Give a request back to the queue. `NoRecordsUnit`, `NotFound`, `NotInReview`, `NotClaimed`."""
    async with session.begin():
        request = await _lock(session, means, official, request_id)
        lasts = _lasts(await rules.read(session, CLAIM_RULE), now)
        released = review.release(request, official.person_id, now, lasts)
        await storage.store(session, means.key, released)
        return Queued.of(released, now, lasts)


async def open_request(
    session: AsyncSession,
    means: Means,
    official: Official,
    request_id: UUID,
    purpose: Stated,
    now: datetime,
) -> Opened:
    """A request that the officer has in hand, with the register's records beside it; a line of it stays.

    `NoRecordsUnit`, `NotFound`, `NotInReview`, `OwnCase`, `NotClaimed`.
    """
    async with session.begin():
        legal = await rules.read(session, CLAIM_RULE, FOUR_EYES_RULE)
        request = await _hold(session, means, official, request_id, Step.CLAIM, legal, now)
        await officers.leave_line(session, official, request, Action.READ, purpose, now)
        return Opened(
            request=request,
            queued=Queued.of(request, now, _lasts(legal, now)),
            takes_two=review.takes_two(request, _doubled(legal, now)),
            candidates=await _candidates(means, request),
            steps=await storage.steps(session, request_id),
        )


async def issue(
    session: AsyncSession,
    means: Means,
    official: Official,
    request_id: UUID,
    reference: str | None,
    visit: Visit | None,
    purpose: Stated,
    now: datetime,
) -> Outcome:
    """Issue the certificate of what the register says of one record, or be the first of two to say so.

    Who was invited has come: `visit` says who, with what. As `open_request`, and `ChangedSince`, `FourEyes`,
    `MatchNotFound`, `InvalidRequest`, `RecordsUnavailable`, `ServiceUnavailable`.
    """
    async with session.begin():
        legal = await rules.read(session, *_DECISION_RULES)
        request = await _hold(session, means, official, request_id, Step.ISSUE, legal, now)
        review.refuse_unseen(request, await issuing.since(means, request, legal))
        request = await _visited(means, official, request, visit, legal, now)
        found = await means.records.find(request.holder)
        match = matches.chosen(means.key, request.id, request.holder, found, reference)
        choice = matches.reference_of(means.key, request.id, match)
        waiting = review.agree(request, official.person_id, choice, _doubled(legal, now))
        await officers.leave_line(session, official, request, Action.DECIDE, purpose, now)
        if waiting is not None:
            await storage.store(session, means.key, waiting)
            return Outcome(Queued.of(waiting, now, _lasts(legal, now)))
        actor = officers.actor(official)
        issued, certificate = await issuing.issue(session, means, request, match, actor, now, legal)
        return Outcome(Queued.of(issued, now, _lasts(legal, now)), certificate)


async def invite(
    session: AsyncSession,
    means: Means,
    official: Official,
    request_id: UUID,
    reason: InviteReason,
    purpose: Stated,
    now: datetime,
) -> Outcome:
    """Ask the person to come to a counter, within the term of the rule table. As `open_request`."""
    today = local_date(now)
    async with session.begin():
        legal = await rules.read(session, CLAIM_RULE, COUNTER_RULE)
        request = await _hold(session, means, official, request_id, Step.INVITE, legal, now)
        until = end_civil(today, legal.on(COUNTER_RULE, today).whole)
        await officers.leave_line(session, official, request, Action.DECIDE, purpose, now)
        invited = await storage.move(
            session,
            means.key,
            request,
            State.NEEDS_COUNTER,
            officers.actor(official),
            now,
            reason=reason,
            counter_until=until,
        )
        return Outcome(Queued.of(invited, now, _lasts(legal, now)))


async def refuse(
    session: AsyncSession,
    means: Means,
    official: Official,
    request_id: UUID,
    reason: RefusalReason,
    text: str,
    purpose: Stated,
    now: datetime,
) -> Outcome:
    """Say no, and why; the person is told what can be done against it. As `open_request`."""
    async with session.begin():
        legal = await rules.read(session, CLAIM_RULE)
        request = await _hold(session, means, official, request_id, Step.REFUSE, legal, now)
        await officers.leave_line(session, official, request, Action.DECIDE, purpose, now)
        refused = await storage.move(
            session,
            means.key,
            request,
            State.REJECTED,
            officers.actor(official),
            now,
            reason=reason,
            refusal_reason=reason,
            refusal_text=text,
        )
        return Outcome(Queued.of(refused, now, _lasts(legal, now)))


async def _lock(session: AsyncSession, means: Means, official: Official, request_id: UUID) -> Request:
    await officers.must_be_of_a_unit(session, official)
    request = await storage.lock(session, means.key, request_id)
    if request is None or not review.is_seen_by(request, official.institution_id):
        raise NotFound
    return request


async def _hold(
    session: AsyncSession,
    means: Means,
    official: Official,
    request_id: UUID,
    step: Step,
    legal: Rules,
    now: datetime,
) -> Request:
    request = await _lock(session, means, official, request_id)
    review.hold(request, official.person_id, now, _lasts(legal, now), step)
    return request


async def _candidates(means: Means, request: Request) -> Sequence[Candidate] | None:
    try:
        return matches.candidates(means.key, request.id, await means.records.find(request.holder))
    except RecordsUnavailable:
        return None


async def _visited(
    means: Means, official: Official, request: Request, visit: Visit | None, legal: Rules, now: datetime
) -> Request:
    """The request with the visit noted; who was invited has to have come."""
    if visit is None:
        if request.state is State.NEEDS_COUNTER:
            raise InvalidRequest(errors=[FieldError("/visit", "missing", VISIT_MISSING)])
        return request
    flaws = counter.visit_flaws(request.holder, request.motive, visit, legal, local_date(now))
    if flaws:
        raise InvalidRequest(errors=flaws)
    own = await officers.own_key(means.identity, means.key, official)
    officers.refuse_own_record(own, *visits.keys_of(means.key, visit))
    return replace(request, papers=visits.noted(request.papers, visit))


def _lasts(legal: Rules, now: datetime) -> timedelta:
    return timedelta(minutes=legal.on(CLAIM_RULE, local_date(now)).whole)


def _doubled(legal: Rules, now: datetime) -> frozenset[str]:
    return frozenset(option.code for option in legal.on(FOUR_EYES_RULE, local_date(now)).options)
