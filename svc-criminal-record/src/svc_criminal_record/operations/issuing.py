"""Deciding on a request: what the register says makes a certificate, or a case for an officer."""

from datetime import datetime
from typing import Final
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.rules import Rules
from hub_documents.render import Unprintable
from hub_service import rules

from ..clients import check_mandate, find_person
from ..domain import matching, requests
from ..domain.certificates import Certificate
from ..domain.holders import Organisation, Person
from ..domain.records import Match, Matches
from ..domain.requests import ISSUE_RULES, SYSTEM, Actor, Request
from ..domain.states import ReviewReason, State
from ..errors.certificates import DocumentsUnavailable, SealOutOfForce
from ..errors.registers import RecordsUnavailable
from ..events.certificates import CertificateIssued
from ..issuing import Means, ToIssue
from ..storage import requests as storage

WRITE: Final = "criminal-record:write"
"""The scope that a mandate has to carry."""
DECIDE_RULES: Final = (*ISSUE_RULES, "criminal-record.register-down")
"""The legal numbers that a decision needs."""
_log = structlog.get_logger("requests")


async def decide(
    session: AsyncSession, means: Means, request: Request, now: datetime, legal: Rules
) -> tuple[Request, Certificate | None]:
    """Go on with a request in AUTO_CHECK whose row is locked, in the caller's transaction.

    Unambiguous: ISSUED, with its certificate. Ambiguous: MANUAL_REVIEW. Register away: it stays where it
    is, and is reviewed once that has lasted too long; without a seal in force or a store for the file it
    waits. Whether entries stand changes nothing of this.
    """
    try:
        matches = await means.records.find(request.holder)
    except RecordsUnavailable:
        return await _wait(session, means, request, now, legal), None
    reasons = matching.reasons(request.holder, matches, request.motive)
    if not reasons:
        try:
            return await issue(session, means, request, _own(request, matches), SYSTEM, now, legal)
        except (SealOutOfForce, DocumentsUnavailable) as away:
            _log.error("nothing can be issued", request_id=str(request.id), why=away.type)
            return request, None
        except Unprintable:
            reasons = frozenset({ReviewReason.UNPRINTABLE})
    return await review(session, means, request, reasons, now), None


async def issue(
    session: AsyncSession,
    means: Means,
    request: Request,
    match: Match | None,
    actor: Actor,
    now: datetime,
    legal: Rules,
) -> tuple[Request, Certificate]:
    """The request, ISSUED with a certificate that says what the register's record does.

    For the machine and for officers alike; the row is locked. Raises `RequestState`, `Unprintable`.
    """
    requests.move(request, State.ISSUED, now)
    certificate = await certify(session, means, request, match, now, legal)
    issued = await storage.move(
        session, means.key, request, State.ISSUED, actor, now, also=[CertificateIssued.of(certificate)]
    )
    return issued, certificate


async def certify(
    session: AsyncSession, means: Means, request: Request, match: Match | None, now: datetime, legal: Rules
) -> Certificate:
    """The certificate of a request, by its motive as the list had it on the day of the request.

    Nobody is told of it yet.
    """
    return await means.issuer.issue(
        session,
        ToIssue(
            product=request.product,
            holder=request.holder,
            holder_key=request.holder_key,
            holder_id=request.holder_id,
            match=match,
            motive=requests.option_of(legal, request.motive, request.requested_on),
            motive_text=request.motive_text,
            requested_on=request.requested_on,
            request_id=request.id,
        ),
        legal,
        now,
    )


async def review(
    session: AsyncSession, means: Means, request: Request, reasons: frozenset[ReviewReason], now: datetime
) -> Request:
    """The request in the officers' queue; why, only they see."""
    return await storage.move(
        session,
        means.key,
        request,
        State.MANUAL_REVIEW,
        SYSTEM,
        now,
        review_reasons=tuple(sorted(reasons)),
    )


async def go_on(session: AsyncSession, means: Means, after: UUID | None, now: datetime) -> Request | None:
    """Go on with the next request that waits for the register, after this one; none when there is none.

    Who has died since, and a mandate that has ended since, are for an officer.
    """
    async with session.begin():
        request = await storage.lock_to_check(session, means.key, after)
        if request is None:
            return None
        legal = await rules.read(session, *DECIDE_RULES)
        if request.state is State.SUBMITTED:
            request = await storage.move(session, means.key, request, State.AUTO_CHECK, SYSTEM, now)
        reason = await since(means, request, legal)
        if reason:
            return await review(session, means, request, frozenset({reason}), now)
        decided, _ = await decide(session, means, request, now, legal)
        return decided


async def since(means: Means, request: Request, legal: Rules) -> ReviewReason | None:
    """What has come in between since the request was sent; `legal` has the motives.

    Raises `ServiceUnavailable`.
    """
    if isinstance(request.holder, Person) and request.holder_id:
        person = await find_person(means.identity, request.holder_id)
        if person is None or not matching.is_still(request.holder, person):
            return ReviewReason.IDENTITY_DIFFERS
        if person.died_on is not None:
            return ReviewReason.HOLDER_DIED
    if request.mandate_id and request.acting_person_id:
        motive = requests.option_of(legal, request.motive, request.requested_on)
        answer = await check_mandate(
            means.identity, request.mandate_id, request.acting_person_id, WRITE, requests.wordings(motive)
        )
        if answer is None or not answer.carries:
            return ReviewReason.MANDATE_ENDED
    return None


async def _wait(
    session: AsyncSession, means: Means, request: Request, now: datetime, legal: Rules
) -> Request:
    """The request, kept while the register is away, or given to an officer."""
    since = request.register_down_since or now
    if requests.is_given_up(request, since, now, legal):
        return await review(session, means, request, frozenset({ReviewReason.REGISTER_DOWN}), now)
    if request.register_down_since is None:
        request = requests.note_outage(request, now)
        await storage.store(session, means.key, request)
    return request


def _own(request: Request, matches: Matches) -> Match | None:
    holder = request.holder
    if isinstance(holder, Organisation):
        return matches[0] if matches else None
    return matching.own_match(holder, matching.people(matches))
