"""Changing a password, and having a forgotten one reset by e-mail."""

from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import ids
from hub_core.problem import Problem
from hub_events import outbox

from .. import common_passwords
from ..domain import confirmation as confirmations
from ..domain import device as devices
from ..domain import password
from ..domain.account import Account
from ..domain.confirmation import Confirmation, Outcome, Purpose
from ..domain.login_name import LoginName
from ..domain.means import Change
from ..domain.session import EndReason
from ..errors.accounts import CodeExpired, WrongCode
from ..errors.means import PasswordRefused, WrongPassword
from ..events.accounts import EmailConfirmationRequested
from ..master_key import Purpose as KeyPurpose
from ..provider import Provider
from ..storage import accounts as storage
from ..storage import means as means_storage
from . import security, sessions, tries
from .means import Owner, allowed
from .sign_in import Browser, policies_of


class Ended(StrEnum):
    """How a try to give an account another password ended."""

    CHANGED = "CHANGED"
    WRONG_PASSWORD = "WRONG_PASSWORD"
    WRONG_CODE = "WRONG_CODE"
    CODE_EXPIRED = "CODE_EXPIRED"
    REFUSED = "REFUSED"


_PROBLEMS: Final[dict[Ended, type[Problem]]] = {
    Ended.WRONG_PASSWORD: WrongPassword,
    Ended.WRONG_CODE: WrongCode,
    Ended.CODE_EXPIRED: CodeExpired,
    Ended.REFUSED: PasswordRefused,
}


async def change(
    session: AsyncSession,
    provider: Provider,
    owner: Owner,
    old: str | None,
    new: str,
    browser: Browser,
    now: datetime,
) -> None:
    """As `try_change`; raises `WrongPassword`, `PasswordRefused` too."""
    _raise(await try_change(session, provider, owner, old, new, browser, now))


async def try_change(
    session: AsyncSession,
    provider: Provider,
    owner: Owner,
    old: str | None,
    new: str,
    browser: Browser,
    now: datetime,
) -> Ended:
    """Give an account another password; its other sessions end.

    The present password is needed, unless there is none: then a fresh sign-in is. Raises `SignInAgain`,
    `TooManyTries`.
    """
    async with session.begin():
        account = await storage.read(session, owner.account_id)
        if account is None or account.password_hash is None:
            account, *_ = await allowed(session, owner, now)
        if _is_flawed(account, new, now):
            return Ended.REFUSED
        policies = policies_of(provider, browser, account, account.email_key, now)
        await tries.take(session, policies, now)
    held = account.password_hash
    if held is not None and not await provider.passwords.verify(held, old or ""):
        return Ended.WRONG_PASSWORD
    hashed = await provider.passwords.hash(new)
    described = devices.describe(browser.user_agent)
    async with session.begin():
        await tries.settle(session, policies, now)
        await _store(
            session,
            account.id,
            hashed,
            Change.PASSWORD_CHANGED,
            now,
            device=described,
            but=owner.session_id,
        )
    return Ended.CHANGED


async def ask_reset(
    session: AsyncSession, provider: Provider, email: LoginName, address: str, now: datetime
) -> Confirmation:
    """Have a code sent that lets the owner of the address choose another password; raises `TooManyTries`.

    For an address without an account everything is the same, but no code comes.
    """
    async with session.begin():
        await tries.take(session, tries.code_policies(provider.master_key, email.key, address), now)
        account = await storage.by_email(session, email.key)
        confirmation = confirmations.begin(
            ids.new_id(), account.id if account else None, Purpose.PASSWORD_RESET, now
        )
        await storage.add_confirmation(session, confirmation)
        await outbox.record(session, EmailConfirmationRequested.of(confirmation), now)
    return confirmation


async def reset(
    session: AsyncSession, provider: Provider, confirmation_id: UUID, code: str, new: str, now: datetime
) -> None:
    """As `try_reset`; raises `WrongCode`, `CodeExpired`, `PasswordRefused`."""
    _raise(await try_reset(session, provider, confirmation_id, code, new, now))


async def try_reset(
    session: AsyncSession, provider: Provider, confirmation_id: UUID, code: str, new: str, now: datetime
) -> Ended:
    """Choose another password with the code that was sent; all sessions of the account end.

    It signs nobody in: a second factor stays needed. The session must not be part of a unit of work that
    an error rolls back: a wrong try counts.
    """
    hashed = await provider.passwords.hash(new)
    async with session.begin():
        confirmation = await storage.confirmation(session, confirmation_id)
        match await _try(session, provider, confirmation, code, now):
            case Outcome.WRONG:
                return Ended.WRONG_CODE
            case Outcome.EXPIRED:
                return Ended.CODE_EXPIRED
        account = None
        if confirmation is not None and confirmation.account_id is not None:
            account = await storage.read(session, confirmation.account_id)
        if confirmation is None or account is None:
            return Ended.CODE_EXPIRED
        if _is_flawed(account, new, now):
            return Ended.REFUSED
        await storage.remove_confirmation(session, confirmation.id)
        await _store(session, account.id, hashed, Change.PASSWORD_RESET, now)
    return Ended.CHANGED


async def _try(
    session: AsyncSession, provider: Provider, confirmation: Confirmation | None, code: str, now: datetime
) -> Outcome:
    if confirmation is None or confirmation.purpose is not Purpose.PASSWORD_RESET:
        return Outcome.WRONG
    expected = confirmations.code(provider.master_key.of(KeyPurpose.CODES), confirmation)
    # for an address without an account no code is right
    given = code if confirmation.account_id else ""
    tried, outcome = confirmations.attempt(confirmation, given, expected, now)
    if outcome is not Outcome.CONFIRMED:
        await storage.store_confirmation(session, tried)
    return outcome


def _is_flawed(account: Account, new: str, now: datetime) -> bool:
    own = (account.email, account.given_name, account.family_name)
    return password.flaw(new, now, common_passwords.contains, own) is not None


def _raise(ended: Ended) -> None:
    if ended is not Ended.CHANGED:
        raise _PROBLEMS[ended]


async def _store(
    session: AsyncSession,
    account_id: UUID,
    hashed: str,
    change_made: Change,
    now: datetime,
    *,
    device: str = "",
    but: UUID | None = None,
) -> None:
    reason = EndReason(change_made.value)
    await sessions.end_all(session, account_id, reason, now, but=but)
    await storage.store_password_hash(session, account_id, hashed)
    await means_storage.end_second_steps(session, account_id)
    await security.tell(session, account_id, change_made, device, now)
