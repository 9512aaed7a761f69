"""Requests that officers enter at their counter: the same engine, printed there."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import ids
from hub_core.clock import local_date
from hub_core.language import Language
from hub_service import rules
from hub_service.access import Action
from hub_service.policy import Official
from hub_service.problems import InvalidRequest, NotFound
from hub_service.purpose import Stated

from ..domain import counter, requests, review
from ..domain.certificates import Certificate, Standing
from ..domain.counter import Paper, Visit
from ..domain.holders import Holder
from ..domain.products import Channel, Product
from ..domain.requests import SUBMIT_RULES, Request
from ..domain.states import State
from ..errors.certificates import CertificateOver
from ..errors.counter import NotAtYourCounter
from ..errors.requests import AskedAlready
from ..issuing import Means
from ..storage import certificates, holders, institutions, visits
from ..storage import requests as storage
from . import issuing, officers

_RULES: Final = (*SUBMIT_RULES, *issuing.DECIDE_RULES, *counter.RULES)


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Wanted:
    """What an officer enters; `document` is that of a holder without a CNP."""

    product: Product
    motive: str
    motive_text: str | None
    language: Language
    holder: Holder
    document: Paper | None
    visit: Visit


@dataclass(frozen=True, slots=True, repr=False)
class Entered:
    """A request of the counter, with its certificate once that is issued: the latest, if it was corrected."""

    request: Request
    certificate: Certificate | None


async def enter(
    session: AsyncSession, means: Means, official: Official, wanted: Wanted, purpose: Stated, now: datetime
) -> Entered:
    """A request of who has come to the counter; unambiguous ones are issued in the same transaction.

    Whom the hub knows by an earlier request finds it in the own account, with its line in the access log;
    an officer looks at it where the population register says that they died or bear another name.

    `NoRecordsUnit`, `OwnCase`, `InvalidRequest`, `MotiveUnknown`, `MotiveTextMisplaced`, `AskedAlready`,
    `ServiceUnavailable`.
    """
    today = local_date(now)
    own = await officers.own_key(means.identity, means.key, official)
    async with session.begin():
        await officers.must_be_of_a_unit(session, official)
        legal = await rules.read(session, *_RULES)
        requests.motive_of(legal, wanted.motive, wanted.motive_text, today)
        flaws = [
            *counter.holder_flaws(wanted.product, wanted.holder, wanted.document, today),
            *counter.visit_flaws(wanted.holder, wanted.motive, wanted.visit, legal, today),
        ]
        if flaws:
            raise InvalidRequest(errors=flaws)
        holder_key = holders.key_of(means.key, wanted.holder.number)
        officers.refuse_own_record(own, holder_key, *visits.keys_of(means.key, wanted.visit))
        unit = await institutions.find(session, official.institution_id)
        request = requests.submit(
            request_id=ids.new_id(),
            product=wanted.product,
            channel=Channel.COUNTER,
            holder=wanted.holder,
            holder_key=holder_key,
            motive=wanted.motive,
            motive_text=wanted.motive_text,
            language=wanted.language,
            legal=legal,
            now=now,
            holder_id=await storage.known_holder(session, holder_key),
            county=unit.county if unit else None,
            institution_id=official.institution_id,
            papers=visits.noted(None, wanted.visit),
        )
        request = requests.move(request, State.AUTO_CHECK, now)
        review.refuse_own_case(request, official.person_id)
        actor = officers.actor(official)
        added = await storage.add(session, means.key, request, requests.first_steps(request, actor))
        if added is None:
            raise AskedAlready(None)
        request = added
        await officers.leave_line(session, official, request, Action.CREATE, purpose, now)
        reason = await issuing.since(means, request, legal)
        if reason:
            request = await issuing.review(session, means, request, frozenset({reason}), now)
        else:
            request, _ = await issuing.decide(session, means, request, now, legal)
        await storage.tell(session, request)
        return await _entered(session, request)


async def read(session: AsyncSession, means: Means, official: Official, request_id: UUID) -> Entered:
    """A request of the officer's own counter. `NoRecordsUnit`, `NotFound`."""
    async with session.begin():
        return await _read(session, means, official, request_id)


async def fetch(
    session: AsyncSession,
    means: Means,
    official: Official,
    request_id: UUID,
    purpose: Stated,
    now: datetime,
) -> bytes:
    """The PDF of a certificate that was asked for at the officer's counter, to be printed there.

    Of a corrected one the certificate in its place; a line of it stays. `NoRecordsUnit`,
    `NotAtYourCounter`, `CertificateOver`.
    """
    async with session.begin():
        try:
            entered = await _read(session, means, official, request_id)
        except NotFound as error:
            raise NotAtYourCounter from error
        if entered.certificate is None:
            raise NotAtYourCounter
        if entered.certificate.standing(now) is not Standing.VALID:
            raise CertificateOver
        await officers.leave_line(session, official, entered.request, Action.EXPORT, purpose, now)
    return await means.issuer.store.get(entered.certificate.file_key)


async def _read(session: AsyncSession, means: Means, official: Official, request_id: UUID) -> Entered:
    await officers.must_be_of_a_unit(session, official)
    request = await storage.read(session, means.key, request_id)
    if request is None or request.institution_id != official.institution_id:
        raise NotFound
    return await _entered(session, request)


async def _entered(session: AsyncSession, request: Request) -> Entered:
    return Entered(request, await certificates.latest_of_request(session, request.id))
