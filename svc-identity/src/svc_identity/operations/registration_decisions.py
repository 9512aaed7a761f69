"""What an institution's officials see of registration requests, and decide on them (C25)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import ids
from hub_core.principal import Assurance, Role
from hub_events import outbox
from hub_events.envelope import Event
from hub_service import access
from hub_service.access import Action
from hub_service.policy import Official
from hub_service.problems import NotFound, PreconditionFailed
from hub_service.purpose import Stated as Purpose

from ..domain import recognition
from ..domain import registration as registrations
from ..domain.account import Account
from ..domain.population import RegisteredPerson
from ..domain.proofing import DocumentKind, Verification, Way, fits
from ..domain.registration import Evidence, Reason, Request, State, Stated
from ..errors.proofing import IdentityNotConfirmed
from ..errors.registration import EvidenceMissing
from ..events.access import RecordAccessed
from ..events.registrations import (
    RegistrationApproved,
    RegistrationClaimed,
    RegistrationRejected,
    RegistrationReturned,
)
from ..provider import Provider
from ..storage import accounts
from ..storage import proofing as verifications
from ..storage import registrations as storage
from . import identities, proofing
from .registration_ends import forget

LEGAL_BASIS: Final = "GDPR art. 6(1)(e)"


@dataclass(frozen=True, slots=True)
class Opened:
    """A request as its institution sees it; `stated` is none once it was rejected or has expired."""

    request: Request
    account: Account
    stated: Stated | None
    evidence: Sequence[Evidence]


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
        await forget(session, request)
        await _leave_line(session, official, request, Action.DECIDE, purpose, now)
        return await _take(session, rejected, RegistrationRejected.of(rejected), now)


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


def _at(official: Official, request: Request | None) -> Request:
    if request is None or request.institution_id != official.institution_id:
        raise NotFound
    return request


def _is_head(official: Official) -> bool:
    return Role.HEAD in official.roles
