"""Extracts for institutions: a batch is taken, its items are decided one by one, each is fetched."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import ids
from hub_core.clock import local_date
from hub_core.language import Language
from hub_core.principal import Assurance, Kind, Principal
from hub_documents.render import Unprintable
from hub_documents.store import Store
from hub_events import outbox
from hub_service import access, rules
from hub_service.access import Action, Channel
from hub_service.access import Result as Ended

from ..documents.models import Recipient
from ..domain import consents as consent_rules
from ..domain import extracts as domain
from ..domain import matching, requests
from ..domain.certificates import Certificate, Standing
from ..domain.consents import Consent
from ..domain.extracts import Batch, Counts, Extract, ExtractState, Result, Subject
from ..domain.motives import MOTIVES_RULE
from ..domain.products import Product
from ..domain.requests import ISSUE_RULES
from ..errors.certificates import CertificateOver, DocumentsUnavailable, SealOutOfForce
from ..errors.extracts import (
    ExtractBatchNotFound,
    ExtractNotFound,
    InstitutionClientRequired,
    ReferenceRepeated,
)
from ..errors.registers import RecordsUnavailable
from ..events.access import RecordAccessed
from ..events.certificates import CertificateIssued
from ..events.extracts import ExtractDecided
from ..issuing import Means, ToIssue
from ..keys import MasterKey
from ..storage import certificates, consents, holders, institutions
from ..storage import extracts as storage

_LEGAL_BASIS: Final = "Legea 290/2004 art. 20 alin. (7)"
_RESOURCE: Final = "criminal-record-extract"
_UNANSWERED: Final = 3
"""So many items in a row that go on waiting: something is away, not one record hard to read."""


@dataclass(frozen=True, slots=True, repr=False)
class Asked:
    """One person of a batch, as the institution names them; `reference` is its own."""

    reference: str
    subject: Subject


@dataclass(frozen=True, slots=True)
class Progress:
    """A batch, how many of its items stand where, and how many of the issued were revoked since."""

    batch: Batch
    counts: Counts
    revoked: int = 0


def institution_of(principal: Principal) -> UUID:
    """The institution that a client stands for; `InstitutionClientRequired` for everybody else."""
    if principal.kind is not Kind.CLIENT or principal.institution_id is None or principal.is_sandbox:
        raise InstitutionClientRequired
    return principal.institution_id


async def take_batch(
    session: AsyncSession,
    key: MasterKey,
    principal: Principal,
    motive: str,
    asked: Sequence[Asked],
    now: datetime,
) -> Progress:
    """Take a batch in; its items wait to be decided, but for those whose number is none.

    Raises `InstitutionClientRequired`, `MotiveUnknown`, `ReferenceRepeated`.
    """
    institution_id, today = institution_of(principal), local_date(now)
    _must_differ([one.reference for one in asked])
    batch = Batch(
        id=ids.new_id(),
        institution_id=institution_id,
        client_id=principal.client_id,
        motive=motive,
        created_at=now,
    )
    items = [_item(key, batch, one, now) for one in asked]
    async with session.begin():
        institution = await institutions.find(session, institution_id)
        if institution is None or not institution.is_there(today):
            raise InstitutionClientRequired
        consent_rules.must_have_motive(await rules.read(session, MOTIVES_RULE), motive, today)
        await storage.add(session, key, batch, items)
        return Progress(batch, await storage.counts(session, batch.id))


async def read_batch(session: AsyncSession, principal: Principal, batch_id: UUID) -> Progress:
    """A batch of the caller's institution; raises `InstitutionClientRequired`, `ExtractBatchNotFound`."""
    async with session.begin():
        batch = await _batch(session, principal, batch_id)
        counts = await storage.counts(session, batch.id)
        return Progress(batch, counts, await storage.revoked(session, batch.id))


async def list_batches(
    session: AsyncSession, principal: Principal, *, before: UUID | None, limit: int
) -> Sequence[Batch]:
    """The batches of the caller's institution, newest first; raises `InstitutionClientRequired`."""
    async with session.begin():
        return await storage.batches(session, institution_of(principal), before=before, limit=limit)


async def list_results(
    session: AsyncSession, principal: Principal, batch_id: UUID, *, after: UUID | None, limit: int
) -> Sequence[Result]:
    """The items of a batch, in the order in which they were asked for.

    Raises `InstitutionClientRequired`, `ExtractBatchNotFound`.
    """
    async with session.begin():
        batch = await _batch(session, principal, batch_id)
        return await storage.results(session, batch.id, after=after, limit=limit)


async def fetch_extract(
    session: AsyncSession, store: Store, principal: Principal, batch_id: UUID, extract_id: UUID, now: datetime
) -> tuple[Certificate, bytes]:
    """The sealed extract of an item, as PDF; the person sees that it was fetched.

    Raises `InstitutionClientRequired`, `ExtractBatchNotFound`, `ExtractNotFound`, `CertificateOver`.
    """
    async with session.begin():
        batch = await _batch(session, principal, batch_id)
        result = await storage.result(session, batch.id, extract_id)
        issued = result.certificate_id if result else None
        certificate = await certificates.read(session, issued) if issued else None
        if certificate is None:
            raise ExtractNotFound
        if certificate.standing(now) is not Standing.VALID:
            raise CertificateOver
        if certificate.holder_id is not None:
            await _leave_line(session, principal, extract_id, certificate.holder_id, now, Action.READ)
    return certificate, await store.get(certificate.file_key)


async def list_about(
    session: AsyncSession, person_id: UUID, *, before: UUID | None, limit: int
) -> Sequence[RowMapping]:
    """The extracts that were given about a person, newest first (`storage.extracts.about`)."""
    async with session.begin():
        return await storage.about(session, person_id, before=before, limit=limit)


async def decide_all(session: AsyncSession, means: Means, now: Callable[[], datetime]) -> None:
    """Decide what waits, each item at a moment of its own, until nothing does or the register is away."""
    after, unanswered = None, 0
    while unanswered < _UNANSWERED and (extract := await decide_next(session, means, after, now())):
        after = extract.id
        unanswered = unanswered + 1 if extract.state is ExtractState.WAITING else 0


async def decide_next(
    session: AsyncSession, means: Means, after: UUID | None, now: datetime
) -> Extract | None:
    """Decide the next item that waits, of those after the item `after`; none when there is none.

    The consent is held until the commit, so that what is revoked before is revoked for the item, too.
    An item goes on waiting while the register, the seal or the store is away.
    """
    async with session.begin():
        found = await storage.lock_waiting(session, means.key, after)
        if found is None:
            return None
        waiting, batch = found
        consent = await consents.hold(session, batch.institution_id, waiting.holder_key, batch.motive)
        state = ExtractState.NO_CONSENT
        if consent is not None and domain.may_be_given(consent, now):
            try:
                state = await _issue(session, means, waiting, batch, consent, now)
            except (RecordsUnavailable, SealOutOfForce, DocumentsUnavailable):
                return waiting
        decided = domain.decide(waiting, state, consent, now)
        await storage.store(session, decided)
        await _tell(session, decided, batch, consent, now)
    return decided


async def is_any_open(session: AsyncSession) -> bool:
    """Whether there is anything to decide or to finish."""
    return await storage.is_any_open(session)


async def finish_batches(session: AsyncSession, now: datetime) -> None:
    """Close the batches of which nothing waits any more."""
    async with session.begin():
        await storage.finish(session, now)


async def _issue(
    session: AsyncSession, means: Means, extract: Extract, batch: Batch, consent: Consent, now: datetime
) -> ExtractState:
    """Issue an extract unless an officer has to look; whether entries stand changes nothing of that."""
    holder = domain.holder_of(extract.subject)
    if holder is None:
        return ExtractState.NEEDS_LOOK
    matches = await means.records.find(holder)
    if matching.reasons(holder, matches, batch.motive):
        return ExtractState.NEEDS_LOOK
    legal = await rules.read(session, *ISSUE_RULES)
    institution = await institutions.find(session, batch.institution_id)
    what = ToIssue(
        product=Product.CRIMINAL_RECORD,
        holder=holder,
        holder_key=extract.holder_key,
        holder_id=consent.person_id,
        match=matching.own_match(holder, matching.people(matches)),
        motive=requests.option_of(legal, batch.motive, local_date(batch.created_at)),
        motive_text=None,
        requested_on=local_date(batch.created_at),
        extract_id=extract.id,
        recipient=Recipient(
            institution=institution.names[Language.RO] if institution else "",
            consent_given_on=local_date(consent.given_at),
            reference=extract.reference,
        ),
    )
    try:
        certificate = await means.issuer.issue(session, what, legal, now)
    except Unprintable:
        return ExtractState.NEEDS_LOOK
    await outbox.record(session, CertificateIssued.of(certificate), now)
    return ExtractState.ISSUED


async def _tell(
    session: AsyncSession, decided: Extract, batch: Batch, consent: Consent | None, now: datetime
) -> None:
    """Tell what came of an item; who once let the institution ask sees that it has, also when it may not."""
    person_id = consent.person_id if consent else None
    await outbox.record(session, ExtractDecided.of(decided, batch, person_id), now)
    if person_id is not None:
        client = Principal(
            kind=Kind.CLIENT,
            subject=batch.client_id,
            assurance=Assurance.LOW,
            scopes=frozenset(),
            client_id=batch.client_id,
            institution_id=batch.institution_id,
        )
        result = Ended.GRANTED if decided.state is ExtractState.ISSUED else Ended.REFUSED
        await _leave_line(session, client, decided.id, person_id, now, Action.EXPORT, Channel.JOB, result)


async def _leave_line(
    session: AsyncSession,
    principal: Principal,
    extract_id: UUID,
    person_id: UUID,
    now: datetime,
    action: Action,
    channel: Channel = Channel.API,
    result: Ended = Ended.GRANTED,
) -> None:
    line = access.line(
        principal,
        action=action,
        resource_type=_RESOURCE,
        resource_id=extract_id,
        subject_person_id=person_id,
        legal_basis=_LEGAL_BASIS,
        channel=channel,
        result=result,
    )
    await outbox.record(session, RecordAccessed.of(line), now)


async def _batch(session: AsyncSession, principal: Principal, batch_id: UUID) -> Batch:
    batch = await storage.read_batch(session, batch_id, institution_of(principal))
    if batch is None:
        raise ExtractBatchNotFound
    return batch


def _item(key: MasterKey, batch: Batch, asked: Asked, now: datetime) -> Extract:
    subject, state = domain.read(asked.subject, local_date(now))
    return Extract(
        id=ids.new_id(),
        batch_id=batch.id,
        reference=asked.reference,
        holder_key=holders.key_of(key, subject.number),
        subject=subject,
        state=state,
        decided_at=now if state is ExtractState.INVALID else None,
    )


def _must_differ(references: Sequence[str]) -> None:
    seen: set[str] = set()
    for place, reference in enumerate(references):
        if reference in seen:
            raise ReferenceRepeated(place)
        seen.add(reference)
