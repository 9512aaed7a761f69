"""A person's own registration requests: asking an institution to know them (C25)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import clock, ids
from hub_core.principal import Assurance
from hub_events import outbox
from hub_service.problems import NotFound

from ..domain import registration as registrations
from ..domain import rules
from ..domain.account import Account
from ..domain.official import Institution
from ..domain.proofing import fits
from ..domain.registration import Evidence, RegisterCheck, Request, State, Stated
from ..domain.rules import RuleId
from ..errors.officials import UnknownInstitution
from ..errors.registration import (
    AlreadyRecognised,
    EvidenceNotNeeded,
    RegistrationOpen,
    TooMuchEvidence,
    TransitionRefused,
    UnreadableFile,
)
from ..events.registrations import RegistrationCompleted, RegistrationSubmitted
from ..provider import Provider
from ..storage import accounts, officials, privacy
from ..storage import registrations as storage
from . import identities


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
        await storage.store(session, completed)
        await outbox.record(session, RegistrationCompleted.of(completed), now)
    return completed


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


def _own(account_id: UUID, request: Request | None) -> Request:
    if request is None or request.account_id != account_id:
        raise NotFound
    return request
