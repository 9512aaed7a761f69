"""Validating an account at a counter: a code from the person, and what the clerk sees on the document."""

import secrets
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import clock, ids
from hub_core.cnp import Cnp
from hub_core.principal import Assurance
from hub_events import outbox
from hub_service import access
from hub_service.access import Action
from hub_service.policy import Official
from hub_service.problems import NotFound
from hub_service.purpose import Stated

from ..domain import account as accounts
from ..domain import activation
from ..domain.account import Account
from ..domain.activation import ActivationCode
from ..domain.person import Source
from ..domain.population import RegisteredPerson
from ..domain.proofing import DocumentKind, Verification, Way, fits
from ..errors.proofing import AlreadyVerified, DocumentExpired, IdentityNotConfirmed, WrongActivationCode
from ..events.access import RecordAccessed
from ..events.people import PersonVerified
from ..master_key import Purpose
from ..provider import Provider
from ..storage import accounts as account_storage
from ..storage import proofing as storage
from . import identities, tries

LEGAL_BASIS: Final = "Ordin MAI/MCID 150/21.085/2023"


@dataclass(frozen=True, slots=True)
class Seen:
    """What a clerk enters: the code the person tells, and what stands on the document."""

    code: str
    cnp: Cnp
    birth_date: date
    document: DocumentKind
    valid_until: date


@dataclass(frozen=True, slots=True)
class Shown:
    """A code for the eyes of its person, this once."""

    text: str
    code: ActivationCode


async def ask_code(session: AsyncSession, provider: Provider, account_id: UUID, now: datetime) -> Shown:
    """A new activation code; the one before is worth nothing. Raises `AlreadyVerified`, `TooManyTries`."""
    text = activation.text(secrets.choice)
    async with session.begin():
        account = await account_storage.read(session, account_id)
        if account is None:
            raise NotFound
        if account.assurance is not Assurance.LOW:
            raise AlreadyVerified
        counter = tries.key(provider.master_key, "activation-asked", str(account_id))
        await tries.take(session, {counter: activation.CODES_ASKED}, now)
        code = activation.begin(account_id, _digest(provider, text), now)
        await storage.put_code(session, code)
    return Shown(text, code)


async def verify(
    session: AsyncSession, provider: Provider, official: Official, seen: Seen, purpose: Stated, now: datetime
) -> Verification:
    """Validate the account that a code belongs to.

    Tries are stored although they are answered with an error: the session must not be part of a unit
    of work that an error rolls back. Raises `WrongActivationCode`, `TooManyTries`, `DocumentExpired`,
    `OwnCase`, `IdentityNotConfirmed`, `NumberTaken`, `AlreadyVerified`, `RegisterUnavailable`.
    """
    if seen.valid_until < clock.local_date(now):
        raise DocumentExpired
    account = await _account_of(session, provider, official, seen.code, now)
    if account is None:
        raise WrongActivationCode
    await identities.refuse_own_case(session, provider, official.person_id, account.id, None)
    registered = await provider.population.find(seen.cnp)
    if registered is not None:
        await identities.refuse_own_case(session, provider, official.person_id, account.id, registered)
        await identities.note(session, provider, registered, now)
    if registered is None or not fits(account.family_name, account.given_name, seen.birth_date, registered):
        raise IdentityNotConfirmed
    async with session.begin():
        code = await storage.lock_code(session, _digest(provider, seen.code))
        if code is None or code.account_id != account.id:
            raise WrongActivationCode
        verified = Verification(
            id=ids.new_id(),
            account_id=account.id,
            institution_id=official.institution_id,
            official_id=official.person_id,
            way=Way.COUNTER,
            document=seen.document,
            verified_at=now,
        )
        await validate(session, provider, account.id, registered, now)
        await storage.add_verification(session, verified)
        line = access.line(
            official.principal,
            action=Action.DECIDE,
            resource_type="account",
            resource_id=account.id,
            subject_person_id=account.id,
            purpose=purpose,
            legal_basis=LEGAL_BASIS,
        )
        await outbox.record(session, RecordAccessed.of(line), now)
        await tries.forget(session, _of_official(provider, official), now)
    return verified


async def validate(
    session: AsyncSession,
    provider: Provider,
    account_id: UUID,
    registered: RegisteredPerson,
    now: datetime,
) -> Account:
    """Raise an account to SUBSTANTIAL as the person of this entry, within the caller's transaction.

    Once, for ever: `AlreadyVerified` the second time; `NumberTaken` when the person has another account.
    """
    account = await account_storage.find(session, account_id)
    if account is None or account.state is not accounts.State.CREATED:
        raise NotFound
    if account.assurance is not Assurance.LOW:
        raise AlreadyVerified
    await identities.establish(session, provider, account, registered, now)
    validated = accounts.validate(
        account, Assurance.SUBSTANTIAL, registered.family_name, registered.given_name
    )
    await account_storage.store(session, validated)
    await storage.spend_code(session, account_id)
    await outbox.record(session, PersonVerified.of(validated, Source.POPULATION_REGISTER), now)
    return validated


async def _account_of(
    session: AsyncSession, provider: Provider, official: Official, text: str, now: datetime
) -> Account | None:
    """The account of an open code; the try is counted for the official and on the code."""
    async with session.begin():
        await tries.take(session, {_of_official(provider, official): activation.CODES_TRIED}, now)
        code = await storage.lock_code(session, _digest(provider, text))
        if code is None or not activation.is_open(code, now):
            return None
        await storage.note_try(session, activation.attempt(code))
        return await account_storage.read(session, code.account_id)


def _of_official(provider: Provider, official: Official) -> bytes:
    return tries.key(provider.master_key, "activation-tried", str(official.person_id))


def _digest(provider: Provider, text: str) -> bytes:
    return provider.master_key.digest(Purpose.CODES, f"activation:{activation.normalise(text)}")
