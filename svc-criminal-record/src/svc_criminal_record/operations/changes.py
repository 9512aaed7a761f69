"""How officers end a certificate or an extract before its day, or put a right certificate in its place."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import ids
from hub_core.decisions import OwnCase
from hub_core.problem import FieldError
from hub_core.rules import Option, Rules
from hub_events import outbox
from hub_service import rules
from hub_service.access import Action
from hub_service.policy import Official
from hub_service.problems import InvalidRequest, NotFound
from hub_service.purpose import Stated

from .. import clients
from ..documents.models import Document, PersonHolder
from ..domain import changes
from ..domain.certificates import Certificate, RevocationReason, Standing
from ..domain.changes import Change, Decision, Kind
from ..domain.holders import Holder, Organisation, Person
from ..domain.motives import MOTIVES_RULE, OTHER
from ..domain.requests import ISSUE_RULES
from ..errors.changes import ChangeProposed
from ..errors.registers import RecordsUnavailable
from ..events.certificates import CertificateIssued
from ..events.changes import CertificateRevoked, CertificateSuperseded
from ..issuing import Means, ToIssue, read_content
from ..storage import certificates, extracts, requests
from ..storage import changes as storage
from . import matches, officers
from .matches import Candidate

NO_PERSON: Final = "An organisation is named by its register."
EXTRACT_ENDS: Final = "An extract is revoked; its institution asks for a new one."
_RESOURCE: Final = "certificate"


@dataclass(frozen=True, slots=True, repr=False)
class Names:
    """How a correction is to name a person, by the document that was shown."""

    family_name: str
    given_name: str
    birth_date: date

    def of(self, holder: Person) -> Person:
        """The person, named so."""
        return replace(
            holder,
            family_name=self.family_name,
            given_name=self.given_name,
            birth_date=self.birth_date,
        )


@dataclass(frozen=True, slots=True, repr=False)
class OpenedCertificate:
    """A certificate with its history; `candidates` is none while the register does not answer."""

    certificate: Certificate
    standing: Standing
    document: Document
    changes: Sequence[Change]
    candidates: Sequence[Candidate] | None


@dataclass(frozen=True, slots=True, repr=False)
class OpenedChange:
    """A change with its reason in words, and of which certificate it is."""

    change: Change
    words: str
    certificate: Certificate


async def open_certificate(
    session: AsyncSession,
    means: Means,
    official: Official,
    certificate_id: UUID,
    purpose: Stated,
    now: datetime,
) -> OpenedCertificate:
    """A certificate, what became of it and what the register says now; a line of it stays.

    `NoRecordsUnit`, `NotFound`, `OwnCase`, `ServiceUnavailable`.
    """
    own = await officers.own_key(means.identity, means.key, official)
    async with session.begin():
        certificate = await _find(session, official, certificate_id, own, locked=False)
        document = await _document(session, means, certificate)
        await _leave_line(session, official, certificate, Action.READ, purpose, now)
        return OpenedCertificate(
            certificate=certificate,
            standing=certificate.standing(now),
            document=document,
            changes=await storage.of_certificate(session, certificate_id),
            candidates=await _candidates(means, certificate, _holder(document)),
        )


async def find_certificate(
    session: AsyncSession, official: Official, series: str, number: int
) -> Certificate:
    """The certificate with a series and a number, as on paper. `NoRecordsUnit`, `NotFound`."""
    async with session.begin():
        await officers.must_be_of_a_unit(session, official)
        found = await certificates.by_number(session, series, number)
        if found is None:
            raise NotFound
        return found


async def propose(
    session: AsyncSession,
    means: Means,
    official: Official,
    certificate_id: UUID,
    kind: Kind,
    reason: RevocationReason,
    words: str,
    reference: str | None,
    names: Names | None,
    purpose: Stated,
    now: datetime,
) -> OpenedChange:
    """Propose to revoke a certificate, or to put one in its place that says what the register's record does.

    `NoRecordsUnit`, `NotFound`, `OwnCase`, `CertificateEnded`, `ChangeProposed`, `ServiceUnavailable`; and
    for a correction `MatchNotFound`, `InvalidRequest`, `RecordsUnavailable`.
    """
    own = await officers.own_key(means.identity, means.key, official)
    async with session.begin():
        certificate = await _find(session, official, certificate_id, own)
        changes.refuse_ended(certificate.standing(now))
        choice = named = None
        if kind is Kind.CORRECTION:
            if certificate.extract_id is not None:
                raise InvalidRequest(errors=[FieldError("/kind", "revoked-only", EXTRACT_ENDS)])
            holder = await _holder_now(session, means, certificate)
            if names is not None:
                holder = named = _named(holder, names)
            found = await means.records.find(holder)
            match = matches.chosen(means.key, certificate_id, holder, found, reference)
            choice = matches.reference_of(means.key, certificate_id, match)
        change = Change(
            id=ids.new_id(),
            certificate_id=certificate_id,
            kind=kind,
            reason=reason,
            institution_id=official.institution_id,
            proposed_by=official.person_id,
            proposed_at=now,
            match=choice,
        )
        if not await storage.add(session, means.key, change, words, named):
            raise ChangeProposed
        await _leave_line(session, official, certificate, Action.CHANGE, purpose, now)
        return OpenedChange(change, words, certificate)


async def to_decide(
    session: AsyncSession, official: Official, *, after: UUID | None, limit: int
) -> Sequence[Change]:
    """What the officer's unit has not decided on, oldest first. `NoRecordsUnit`."""
    async with session.begin():
        await officers.must_be_of_a_unit(session, official)
        return await storage.to_decide(session, official.institution_id, after=after, limit=limit)


async def open_change(
    session: AsyncSession, means: Means, official: Official, change_id: UUID, purpose: Stated, now: datetime
) -> OpenedChange:
    """A change of the officer's unit with its reason in words; a line of it stays.

    `NoRecordsUnit`, `NotFound`, `OwnCase`, `ServiceUnavailable`.
    """
    own = await officers.own_key(means.identity, means.key, official)
    async with session.begin():
        change = _here(official, await storage.read(session, change_id))
        certificate = await _find(session, official, change.certificate_id, own, locked=False)
        await _leave_line(session, official, certificate, Action.READ, purpose, now)
        return OpenedChange(change, await storage.words(session, means.key, change_id), certificate)


async def decide(
    session: AsyncSession,
    means: Means,
    official: Official,
    change_id: UUID,
    decision: Decision,
    purpose: Stated,
    now: datetime,
) -> OpenedChange:
    """The head's decision; an approved change takes effect with the same commit.

    `NoRecordsUnit`, `NotFound`, `OwnCase`, `ChangeDecided`, `FourEyes`, `CertificateEnded`,
    `ServiceUnavailable`; for a correction `MatchNotFound` when the register says something else now, and
    `RecordsUnavailable`.
    """
    own = await officers.own_key(means.identity, means.key, official)
    async with session.begin():
        change = _here(official, await storage.lock(session, change_id))
        certificate = await _find(session, official, change.certificate_id, own)
        decided = changes.decide(change, official.person_id, decision, now)
        if decision is Decision.APPROVED:
            changes.refuse_ended(certificate.standing(now))
            if change.kind is Kind.REVOCATION:
                await _revoke(session, certificate, change, now)
            else:
                await _correct(session, means, certificate, change, now)
        await storage.store(session, decided)
        await _leave_line(session, official, certificate, Action.DECIDE, purpose, now)
        words = await storage.words(session, means.key, change_id)
        after = await certificates.read(session, certificate.id)
        return OpenedChange(decided, words, after or certificate)


async def _revoke(session: AsyncSession, certificate: Certificate, change: Change, now: datetime) -> None:
    """End a certificate, or an extract that an institution holds."""
    await certificates.revoke(session, certificate, change.reason, now)
    extract_id = certificate.extract_id
    holding = await extracts.institution_of(session, extract_id) if extract_id else None
    await outbox.record(session, CertificateRevoked.of(certificate, holding, now), now)


async def _correct(
    session: AsyncSession, means: Means, certificate: Certificate, change: Change, now: datetime
) -> None:
    """Issue the certificate that takes the place of a wrong one."""
    legal = await rules.read(session, *ISSUE_RULES)
    document = await _document(session, means, certificate)
    named = await storage.named(session, means.key, change.id)
    holder = named or await _holder_now(session, means, certificate)
    found = await means.records.find(holder)
    match = matches.again(means.key, certificate.id, found, change.match or b"")
    made = await means.issuer.issue(
        session,
        ToIssue(
            product=certificate.product,
            holder=holder,
            holder_key=certificate.holder_key,
            holder_id=certificate.holder_id,
            match=match,
            motive=_motive(legal, certificate, document),
            motive_text=document.purpose.ro if certificate.motive == OTHER else None,
            requested_on=document.requested_on,
            corrects=certificate.label,
        ),
        legal,
        now,
    )
    await certificates.supersede(session, certificate, made.id)
    told = [CertificateIssued.of(made), CertificateSuperseded.of(certificate, made)]
    await outbox.record_all(session, told, now)


async def _find(
    session: AsyncSession, official: Official, certificate_id: UUID, own: bytes | None, *, locked: bool = True
) -> Certificate:
    """A certificate; with its row locked nobody else ends it meanwhile."""
    await officers.must_be_of_a_unit(session, official)
    reading = certificates.lock if locked else certificates.read
    certificate = await reading(session, certificate_id)
    if certificate is None:
        raise NotFound
    asked_by = await requests.asked_by(session, certificate.request_id) if certificate.request_id else None
    if official.person_id in (certificate.holder_id, asked_by):
        raise OwnCase
    officers.refuse_own_record(own, certificate.holder_key)
    return certificate


def _here(official: Official, change: Change | None) -> Change:
    if change is None or change.institution_id != official.institution_id:
        raise NotFound
    return change


async def _document(session: AsyncSession, means: Means, certificate: Certificate) -> Document:
    content = await certificates.content(session, means.key, certificate.id)
    if content is None:
        raise NotFound
    return read_content(content)


async def _holder_now(session: AsyncSession, means: Means, certificate: Certificate) -> Holder:
    """The holder as the population register has them now; who has no account, as the certificate says."""
    said = _holder(await _document(session, means, certificate))
    if isinstance(said, Person) and certificate.holder_id is not None:
        return await clients.find_person(means.identity, certificate.holder_id) or said
    return said


def _named(holder: Holder, names: Names) -> Person:
    if isinstance(holder, Person):
        return names.of(holder)
    raise InvalidRequest(errors=[FieldError("/names", "persons-only", NO_PERSON)])


def _holder(document: Document) -> Holder:
    holder = document.holder
    if isinstance(holder, PersonHolder):
        return Person(
            family_name=holder.family_name,
            given_name=holder.given_names,
            birth_date=holder.birth_date,
            cnp=holder.cnp,
            document=holder.identity_document,
            citizenship=holder.citizenship,
        )
    return Organisation(name=holder.name, cui=holder.cui, registration=holder.registration)


def _motive(legal: Rules, certificate: Certificate, document: Document) -> Option:
    options = legal.on(MOTIVES_RULE, document.requested_on).options
    return next(one for one in options if one.code == certificate.motive)


async def _candidates(means: Means, certificate: Certificate, holder: Holder) -> Sequence[Candidate] | None:
    try:
        return matches.candidates(means.key, certificate.id, await means.records.find(holder))
    except RecordsUnavailable:
        return None


async def _leave_line(
    session: AsyncSession,
    official: Official,
    certificate: Certificate,
    action: Action,
    purpose: Stated,
    now: datetime,
) -> None:
    if certificate.holder_id is not None:
        await officers.line(
            session, official, _RESOURCE, certificate.id, certificate.holder_id, action, purpose, now
        )
