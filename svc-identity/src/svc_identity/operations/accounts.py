"""Making an account, confirming its address, reading and changing it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import ids
from hub_core.language import Language
from hub_events import outbox
from hub_service.problems import NotFound, PreconditionFailed

from ..domain import account as accounts
from ..domain import confirmation as confirmations
from ..domain import throttle
from ..domain.account import Account, Profile
from ..domain.confirmation import Confirmation, Purpose
from ..domain.login_name import LoginName
from ..errors.accounts import AccountExists, CodeExpired, NoMoreCodes, TooManyTries, WrongCode
from ..events.accounts import AccountCreated, EmailConfirmationRequested
from ..master_key import Purpose as KeyPurpose
from ..provider import Provider
from ..storage import accounts as storage
from . import outside, tries


@dataclass(frozen=True, slots=True)
class SignUp:
    """What a person gives to get an account."""

    email: LoginName
    password: str
    profile: Profile


class Ended(StrEnum):
    """How a try to confirm an address ended."""

    CREATED = "CREATED"
    ACCOUNT_EXISTS = "ACCOUNT_EXISTS"
    WRONG_CODE = "WRONG_CODE"
    CODE_EXPIRED = "CODE_EXPIRED"


@dataclass(frozen=True, slots=True)
class EmailToSend:
    """What the confirmation e-mail needs. `code` is for the owner of the address alone."""

    confirmation: Confirmation
    email: str
    language: Language
    code: str


async def sign_up(
    session: AsyncSession, provider: Provider, wanted: SignUp, address: str, now: datetime
) -> Confirmation:
    """Start an account and have a code sent to its address; raises `TooManyTries`.

    An address that has an account already is treated the same in every way, down to the e-mail:
    only its owner learns of the account, from `confirm`. Tries are counted before the slow hash,
    in a transaction of their own.
    """
    async with session.begin():
        await tries.take(session, tries.code_policies(provider.master_key, wanted.email.key, address), now)
    password_hash = await provider.passwords.hash(wanted.password)
    account = accounts.start(ids.new_id(), wanted.email, wanted.profile, password_hash, now)
    confirmation = confirmations.begin(ids.new_id(), account.id, Purpose.SIGN_UP, now)
    async with session.begin():
        await storage.add(session, account)
        await storage.add_confirmation(session, confirmation)
        await outbox.record(session, EmailConfirmationRequested.of(confirmation), now)
    return confirmation


async def send_new_code(
    session: AsyncSession, provider: Provider, confirmation_id: UUID, address: str, now: datetime
) -> Confirmation:
    """Have another code sent; the one before is worth nothing. Raises `NoMoreCodes`, `TooManyTries`."""
    async with session.begin():
        confirmation = await storage.confirmation(session, confirmation_id)
        if confirmation is None or not confirmations.can_renew(confirmation):
            raise NoMoreCodes
        pause = confirmations.wait_for_renewal(confirmation, now)
        if pause:
            raise TooManyTries(pause)
        await tries.take(session, await _renewal_policies(session, provider, confirmation, address), now)
        renewed = confirmations.renew(confirmation, now)
        await storage.store_confirmation(session, renewed)
        await outbox.record(session, EmailConfirmationRequested.of(renewed), now)
    return renewed


async def _renewal_policies(
    session: AsyncSession, provider: Provider, confirmation: Confirmation, address: str
) -> dict[bytes, throttle.Policy]:
    if confirmation.purpose is Purpose.PASSWORD_RESET:
        # the same for an address without an account; three codes at most for each that was asked for
        return tries.cause_policy(provider.master_key, address)
    account = await _started(session, confirmation)
    if account is None:
        raise NoMoreCodes
    return tries.code_policies(provider.master_key, account.email_key, address)


async def _started(session: AsyncSession, confirmation: Confirmation | None) -> Account | None:
    if confirmation is None or confirmation.account_id is None:
        return None
    return await storage.find(session, confirmation.account_id)


async def confirm(
    session: AsyncSession, provider: Provider, confirmation_id: UUID, code: str, now: datetime
) -> None:
    """Confirm an address; raises `WrongCode`, `CodeExpired`, `AccountExists`."""
    match await try_code(session, provider, confirmation_id, code, now):
        case Ended.WRONG_CODE:
            raise WrongCode
        case Ended.CODE_EXPIRED:
            raise CodeExpired
        case Ended.ACCOUNT_EXISTS:
            raise AccountExists


async def try_code(
    session: AsyncSession, provider: Provider, confirmation_id: UUID, code: str, now: datetime
) -> Ended:
    """Try a code; the right one makes the account, and again the same answer when it is repeated.

    A wrong try is stored like a right one: the session must not be part of a unit of work that an
    error rolls back.
    """
    async with session.begin():
        confirmation = await storage.confirmation(session, confirmation_id)
        if confirmation is None or confirmation.purpose is not Purpose.SIGN_UP:
            return Ended.WRONG_CODE
        expected = confirmations.code(provider.master_key.of(KeyPurpose.CODES), confirmation)
        tried, outcome = confirmations.attempt(confirmation, code, expected, now)
        await storage.store_confirmation(session, tried)
        if outcome is confirmations.Outcome.WRONG:
            return Ended.WRONG_CODE
        if outcome is not confirmations.Outcome.CONFIRMED:
            return Ended.CODE_EXPIRED
        return await _create(session, provider, await _started(session, confirmation), now)


async def _create(session: AsyncSession, provider: Provider, account: Account | None, now: datetime) -> Ended:
    if account is None:
        return Ended.CODE_EXPIRED
    await storage.lock_email(session, account.email_key)
    existing = await storage.by_email(session, account.email_key)
    if existing is not None:
        return Ended.CREATED if existing.id == account.id else Ended.ACCOUNT_EXISTS
    created = accounts.confirm(account, now)
    await storage.store(session, created)
    await outbox.record(session, AccountCreated.of(created), now)
    await outside.settle(session, provider, created, now)
    return Ended.CREATED


async def email_to_send(
    session: AsyncSession, provider: Provider, confirmation_id: UUID, now: datetime
) -> EmailToSend:
    """What the e-mail of a confirmation needs; `NotFound` when its code is spent or past."""
    async with session.begin():
        confirmation = await storage.confirmation(session, confirmation_id)
        account = await _started(session, confirmation)
    if confirmation is None or account is None or not confirmations.is_open(confirmation, now):
        raise NotFound
    code = confirmations.code(provider.master_key.of(KeyPurpose.CODES), confirmation)
    return EmailToSend(confirmation, account.email, account.language, code)


async def read(session: AsyncSession, person_id: UUID) -> Account:
    """The account of a person; `NotFound` when there is none that is open."""
    async with session.begin():
        account = await storage.read(session, person_id)
    if account is None:
        raise NotFound
    return account


async def change(
    session: AsyncSession,
    person_id: UUID,
    amend: Callable[[Profile], Profile],
    version: int | None = None,
) -> Account:
    """Change what a person says of themselves; `PreconditionFailed` unless `version` is the current one."""
    async with session.begin():
        account = await storage.find(session, person_id)
        if account is None or account.state is not accounts.State.CREATED:
            raise NotFound
        if version not in (None, account.version):
            raise PreconditionFailed
        now_said = Profile(account.given_name, account.family_name, account.language)
        changed = accounts.change(account, amend(now_said))
        if changed is not account:
            await storage.store(session, changed)
    return changed


async def choose_language(session: AsyncSession, person_id: UUID, language: Language) -> None:
    """Write to a person in this language from now on."""
    await change(session, person_id, lambda profile: replace(profile, language=language))
