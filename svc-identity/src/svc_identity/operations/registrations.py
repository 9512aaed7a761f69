"""Registration requests: from a person's asking to an institution's decision (C25)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import clock, ids
from hub_core.principal import Assurance, Role
from hub_events import outbox
from hub_events.envelope import Event
from hub_service import access
from hub_service.access import Action
from hub_service.policy import Official
from hub_service.problems import NotFound, PreconditionFailed
from hub_service.purpose import Stated as Purpose

from ..domain import recognition, rules
from ..domain import registration as registrations
from ..domain.account import Account
from ..domain.official import Institution
from ..domain.population import RegisteredPerson
from ..domain.proofing import DocumentKind, Verification, Way, fits
from ..domain.registration import Evidence, Reason, RegisterCheck, Request, State, Stated
from ..domain.rules import RuleId
from ..errors.officials import UnknownInstitution
from ..errors.proofing import IdentityNotConfirmed
from ..errors.registration import (
    AlreadyRecognised,
    EvidenceMissing,
    EvidenceNotNeeded,
    RegistrationOpen,
    TooMuchEvidence,
    TransitionRefused,
    UnreadableFile,
)
from ..events.access import RecordAccessed
from ..events.registrations import (
    RegistrationApproved,
    RegistrationClaimed,
    RegistrationCompleted,
    RegistrationExpired,
    RegistrationRejected,
    RegistrationReturned,
    RegistrationSubmitted,
)
from ..provider import Provider
from ..storage import accounts, officials, privacy
from ..storage import proofing as verifications
from ..storage import registrations as storage
from . import identities, proofing

LEGAL_BASIS: Final = "GDPR art. 6(1)(e)"
_AT_ONCE: Final = 100


@dataclass(frozen=True, slots=True)
class Opened:
    """A request as its institution sees it; `stated` is none once it was rejected or has expired."""

    request: Request
    account: Account
    stated: Stated | None
    evidence: Sequence[Evidence]


@dataclass(frozen=True, slots=True)
class Named:
    """A person's own request with the names of its institution by language."""

    request: Request
    institution: Mapping[str, str]


async def submit(
    session: AsyncSession,
    provider: Provider,
    account_id: UUID,
    institution_id: UUID,
    stated: Stated,
    now: datetime,
) -> Request:
    """A person asks an institution to know them; the register is asked where there is a CNP.

    What the register said is for the officials, not for the person. Raises `UnknownInstitution`,
    `AlreadyRecognised`, `RegistrationOpen`, `RegisterUnavailable`.
    """
    async with session.begin():
        account = await _applicant(session, account_id, institution_id, now)
    check = await _check(session, provider, account, stated, now)
    request = registrations.submit(ids.new_id(), account_id, institution_id, check, now)
    async with session.begin():
        await _applicant(session, account_id, institution_id, now)
        await storage.add(session, provider.master_key, request, stated)
        await outbox.record(session, RegistrationSubmitted.of(request), now)
    return request


async def list_own(
    session: AsyncSession, account_id: UUID, *, before: UUID | None, limit: int
) -> Sequence[Request]:
    """A person's own requests, newest first."""
    async with session.begin():
        return await storage.of_account(session, account_id, before=before, limit=limit)


async def list_named(
    session: AsyncSession, account_id: UUID, *, before: UUID | None, limit: int
) -> list[Named]:
    """A person's own requests with the names of the institutions, newest first."""
    async with session.begin():
        found = await storage.of_account(session, account_id, before=before, limit=limit)
        names = await privacy.names_of(session, {request.institution_id for request in found})
    return [Named(request, names.get(request.institution_id, {})) for request in found]


async def list_askable(session: AsyncSession, account_id: UUID, now: datetime) -> list[Institution]:
    """The institutions that a person may ask now, by code; none once the account is validated.

    Left out are those that know the person already, and those whose decision they wait for.
    """
    async with session.begin():
        account = await accounts.find(session, account_id)
        if account is None or account.assurance is not Assurance.LOW:
            return []
        known = await storage.recognitions(session, account_id)
        waited_for = await storage.waited_for(session, account_id)
        found = await officials.open_institutions(session, clock.local_date(now))
    return [one for one in found if one.id not in known and one.id not in waited_for]


async def read_own(session: AsyncSession, account_id: UUID, registration_id: UUID) -> Request:
    """A person's own request; `NotFound`."""
    async with session.begin():
        return _own(account_id, await storage.read(session, registration_id))


async def add_evidence(
    session: AsyncSession,
    provider: Provider,
    account_id: UUID,
    registration_id: UUID,
    content: bytes,
    now: datetime,
) -> Evidence:
    """Add a copy of a document to one's own request, where no register can be asked.

    Raises `NotFound`, `UnreadableFile`, `EvidenceNotNeeded`, `TooMuchEvidence`, `TransitionRefused`.
    """
    kind = registrations.media_type(content)
    async with session.begin():
        request = _own(account_id, await storage.lock(session, registration_id))
        if request.state not in (State.SUBMITTED, State.NEEDS_COMPLETION):
            raise TransitionRefused(request.state, registrations.steps(request))
        if request.check is not RegisterCheck.NOT_POSSIBLE:
            raise EvidenceNotNeeded
        if kind is None:
            raise UnreadableFile
        most = rules.value(RuleId.REGISTRATION_DOCUMENTS, now)
        if await storage.count_evidence(session, registration_id) >= most:
            raise TooMuchEvidence(most=most)
        evidence = Evidence(ids.new_id(), registration_id, kind, len(content), now)
        await storage.add_evidence(session, provider.master_key, evidence, content)
    return evidence


async def complete(session: AsyncSession, account_id: UUID, registration_id: UUID, now: datetime) -> Request:
    """A person has completed their request as the official asked; `NotFound`, `TransitionRefused`."""
    async with session.begin():
        request = _own(account_id, await storage.lock(session, registration_id))
        completed = registrations.complete(request, now)
        return await _take(session, completed, RegistrationCompleted.of(completed), now)


async def list_at(
    session: AsyncSession,
    official: Official,
    states: Collection[State],
    *,
    after: UUID | None,
    limit: int,
) -> Sequence[Request]:
    """The requests at the official's institution in these states, oldest first."""
    async with session.begin():
        return await storage.of_institution(
            session, official.institution_id, states, after=after, limit=limit
        )


async def open_request(
    session: AsyncSession,
    provider: Provider,
    official: Official,
    registration_id: UUID,
    purpose: Purpose,
    now: datetime,
) -> Opened:
    """A request with what the person states; a line of it stays. `NotFound` for another institution's."""
    async with session.begin():
        request = _at(official, await storage.read(session, registration_id))
        await _leave_line(session, official, request, Action.READ, purpose, now)
        return await _opened(session, provider, request)


async def open_evidence(
    session: AsyncSession,
    provider: Provider,
    official: Official,
    registration_id: UUID,
    evidence_id: UUID,
    purpose: Purpose,
    now: datetime,
) -> tuple[str, bytes]:
    """Media type and content of a copy; a line of it stays. `NotFound`, also after the decision."""
    async with session.begin():
        request = _at(official, await storage.read(session, registration_id))
        found = await storage.content_of(session, provider.master_key, registration_id, evidence_id)
        if found is None:
            raise NotFound
        await _leave_line(session, official, request, Action.READ, purpose, now)
    return found


async def claim(
    session: AsyncSession,
    provider: Provider,
    official: Official,
    registration_id: UUID,
    version: int,
    now: datetime,
) -> Request:
    """Take a request in hand. Raises `NotFound`, `OwnCase`, `PreconditionFailed`, `TransitionRefused`."""
    await _ask_of(session, provider, official, registration_id)
    async with session.begin():
        request = await _lock(session, official, registration_id, version)
        claimed = registrations.claim(request, official.person_id, now)
        return await _take(session, claimed, RegistrationClaimed.of(claimed), now)


async def give_back(
    session: AsyncSession,
    official: Official,
    registration_id: UUID,
    version: int,
    message: str,
    purpose: Purpose,
    now: datetime,
) -> Request:
    """Ask the person to complete a request. Raises as `approve`, but asks no register."""
    async with session.begin():
        request = await _lock(session, official, registration_id, version)
        returned = registrations.give_back(request, official.person_id, message, now, head=_is_head(official))
        await _leave_line(session, official, request, Action.DECIDE, purpose, now)
        return await _take(session, returned, RegistrationReturned.of(returned), now)


async def approve(
    session: AsyncSession,
    provider: Provider,
    official: Official,
    registration_id: UUID,
    version: int,
    document: DocumentKind,
    purpose: Purpose,
    now: datetime,
) -> Request:
    """Let the institution know the person at level SUBSTANTIAL, and where a rule says so the whole hub.

    The register is asked again where there is a CNP; copies of documents are deleted. Raises
    `NotFound`, `OwnCase`, `PreconditionFailed`, `TransitionRefused`, `NotYourReview`,
    `IdentityNotConfirmed`, `EvidenceMissing`, `RegisterUnavailable`.
    """
    registered = await _ask_of(session, provider, official, registration_id)
    async with session.begin():
        request = await _lock(session, official, registration_id, version)
        approved = registrations.approve(request, official.person_id, document, now, head=_is_head(official))
        opened = await _opened(session, provider, request)
        _refuse_unproven(opened, registered)
        await storage.forget_evidence(session, registration_id)
        await storage.recognise(
            session,
            request.account_id,
            request.institution_id,
            Assurance.SUBSTANTIAL,
            registration_id,
            now,
        )
        verified = Verification(
            id=ids.new_id(),
            account_id=request.account_id,
            institution_id=request.institution_id,
            official_id=official.person_id,
            way=Way.REGISTRATION,
            document=document,
            verified_at=now,
        )
        await verifications.add_verification(session, verified)
        is_hub_wide = recognition.is_hub_wide(request.institution_id, now)
        if is_hub_wide and registered is not None and opened.account.assurance is Assurance.LOW:
            await proofing.validate(session, provider, request.account_id, registered, now)
        await _leave_line(session, official, request, Action.DECIDE, purpose, now)
        return await _take(session, approved, RegistrationApproved.of(approved), now)


async def reject(
    session: AsyncSession,
    provider: Provider,
    official: Official,
    registration_id: UUID,
    version: int,
    reason: Reason,
    message: str,
    purpose: Purpose,
    now: datetime,
) -> Request:
    """Say no, why, and what the person can do; what they stated and sent is deleted. As `approve`."""
    await _ask_of(session, provider, official, registration_id)
    async with session.begin():
        request = await _lock(session, official, registration_id, version)
        rejected = registrations.reject(
            request, official.person_id, reason, message, now, head=_is_head(official)
        )
        await _forget(session, request)
        await _leave_line(session, official, request, Action.DECIDE, purpose, now)
        return await _take(session, rejected, RegistrationRejected.of(rejected), now)


async def expire(session: AsyncSession, now: datetime) -> int:
    """End the requests whose time is over, a hundred at most; how many there were."""
    async with session.begin():
        due = await storage.lock_due(session, now, _AT_ONCE)
        for request in due:
            await _forget(session, request)
            expired = registrations.expire(request, now)
            await _take(session, expired, RegistrationExpired.of(expired), now)
    return len(due)


async def _applicant(session: AsyncSession, account_id: UUID, institution_id: UUID, now: datetime) -> Account:
    """The account of somebody who may ask this institution; its row is locked."""
    account = await accounts.find(session, account_id)
    if account is None or await accounts.read(session, account_id) is None:
        raise NotFound
    institution = await officials.institution(session, institution_id)
    if institution is None or not institution.is_open(clock.local_date(now)):
        raise UnknownInstitution
    known = await storage.recognitions(session, account_id)
    if account.assurance is not Assurance.LOW or institution_id in known:
        raise AlreadyRecognised
    if await storage.has_open(session, account_id, institution_id):
        raise RegistrationOpen
    return account


async def _check(
    session: AsyncSession, provider: Provider, account: Account, stated: Stated, now: datetime
) -> RegisterCheck:
    if stated.cnp is None:
        return RegisterCheck.NOT_POSSIBLE
    registered = await provider.population.find(stated.cnp)
    if registered is None:
        return RegisterCheck.NOT_MATCHED
    await identities.note(session, provider, registered, now)
    matched = fits(account.family_name, account.given_name, stated.birth_date, registered)
    return RegisterCheck.MATCHED if matched else RegisterCheck.NOT_MATCHED


async def _ask_of(
    session: AsyncSession, provider: Provider, official: Official, registration_id: UUID
) -> RegisteredPerson | None:
    """What the register says of the applicant, after `OwnCase`; none when they have no CNP."""
    async with session.begin():
        request = _at(official, await storage.read(session, registration_id))
        stated = await storage.stated(session, provider.master_key, registration_id)
    await identities.refuse_own_case(session, provider, official.person_id, request.account_id, None)
    if stated is None or stated.cnp is None:
        return None
    registered = await provider.population.find(stated.cnp)
    await identities.refuse_own_case(session, provider, official.person_id, request.account_id, registered)
    return registered


def _refuse_unproven(opened: Opened, registered: RegisteredPerson | None) -> None:
    """Who has a CNP must fit the register now; who has none must have sent a document."""
    if opened.stated is not None and opened.stated.cnp is None:
        if not opened.evidence:
            raise EvidenceMissing
        return
    names = opened.account.family_name, opened.account.given_name
    if opened.stated is None or registered is None:
        raise IdentityNotConfirmed
    if not fits(*names, opened.stated.birth_date, registered):
        raise IdentityNotConfirmed


async def _opened(session: AsyncSession, provider: Provider, request: Request) -> Opened:
    account = await accounts.find(session, request.account_id)
    if account is None:
        raise NotFound
    stated = await storage.stated(session, provider.master_key, request.id)
    return Opened(request, account, stated, await storage.evidence_of(session, request.id))


async def _lock(session: AsyncSession, official: Official, registration_id: UUID, version: int) -> Request:
    request = _at(official, await storage.lock(session, registration_id))
    if request.version != version:
        raise PreconditionFailed
    return request


async def _take(session: AsyncSession, request: Request, event: Event, now: datetime) -> Request:
    await storage.store(session, request)
    await outbox.record(session, event, now)
    return request


async def _forget(session: AsyncSession, request: Request) -> None:
    await storage.forget_evidence(session, request.id)
    await storage.forget_stated(session, request.id)


async def _leave_line(
    session: AsyncSession,
    official: Official,
    request: Request,
    action: Action,
    purpose: Purpose,
    now: datetime,
) -> None:
    line = access.line(
        official.principal,
        action=action,
        resource_type="registration",
        resource_id=request.id,
        subject_person_id=request.account_id,
        purpose=purpose,
        legal_basis=LEGAL_BASIS,
    )
    await outbox.record(session, RecordAccessed.of(line), now)


def _own(account_id: UUID, request: Request | None) -> Request:
    if request is None or request.account_id != account_id:
        raise NotFound
    return request


def _at(official: Official, request: Request | None) -> Request:
    if request is None or request.institution_id != official.institution_id:
        raise NotFound
    return request


def _is_head(official: Official) -> bool:
    return Role.HEAD in official.roles
