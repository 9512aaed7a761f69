"""Signing in with a password."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import ids
from hub_core.language import Language

from ..domain import device, login_name, throttle
from ..domain import session as sessions
from ..domain.account import Account, State
from ..domain.assurance import level_of
from ..domain.grant import hash_of
from ..domain.login_name import LoginName
from ..domain.session import Method, Session
from ..domain.throttle import Policy
from ..master_key import Purpose
from ..provider import Provider
from ..storage import accounts
from ..storage import sessions as storage
from . import tries


@dataclass(frozen=True, slots=True)
class Attempt:
    """What comes with a sign-in form.

    `address` is the caller's network address; `device_cookie` and `session_secret` are what the
    browser's cookies hold, empty when there are none.
    """

    email: str
    password: str
    address: str
    user_agent: str
    device_cookie: str
    session_secret: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What the browser keeps after a sign-in that was right."""

    session_secret: str
    device_cookie: str
    language: Language


async def sign_in(
    session: AsyncSession, provider: Provider, attempt: Attempt, now: datetime
) -> SignedIn | None:
    """Sign a person in; `None` when the password is wrong or there is no such account.

    Which of the two is told neither by the answer nor by the work done for it. The try is counted
    before and the session made after the slow hash, in a transaction each, so that no connection
    waits for the hash. Raises `TooManyTries`.
    """
    name = _login_name(attempt.email)
    email_key = name.key if name else attempt.email.casefold()
    async with session.begin():
        account = await accounts.by_email(session, email_key) if name else None
        policies = _policies(provider, attempt, email_key, account, now)
        await tries.take(session, policies, now)
    right = await provider.passwords.verify(account.password_hash if account else None, attempt.password)
    if account is None or account.state is not State.CREATED or not right:
        return None
    rehashed = None
    if account.password_hash and provider.passwords.is_outdated(account.password_hash):
        rehashed = await provider.passwords.hash(attempt.password)
    async with session.begin():
        for key, policy in sorted(policies.items()):
            if policy is throttle.ADDRESS:  # right for one account says nothing of the next
                await tries.forgive(session, [key], now)
            else:
                await tries.forget(session, key, now)
        if rehashed:
            await accounts.store_password_hash(session, account.id, rehashed)
        session_secret = await _open(session, account, attempt, now)
    remembered = device.remember(
        attempt.device_cookie,
        provider.master_key.of(Purpose.DEVICES),
        account.id,
        secrets.token_bytes(device.NONCE_BYTES),
        now,
    )
    return SignedIn(session_secret, remembered, account.language)


async def _open(session: AsyncSession, account: Account, attempt: Attempt, now: datetime) -> str:
    """The secret of the browser's session: a new one each time (no fixation), also for the same session."""
    secret = secrets.token_urlsafe(32)
    methods = (Method.PASSWORD,)
    level = level_of(methods, account.assurance, now)
    held = await storage.lock_by_secret(session, hash_of(attempt.session_secret))
    if held is not None and held.account_id == account.id and sessions.is_live(held, now):
        await storage.store(session, sessions.renew(held, hash_of(secret), methods, level, now))
    else:
        described = device.describe(attempt.user_agent)
        begun = sessions.begin(ids.new_id(), account.id, hash_of(secret), described, methods, level, now)
        await storage.add(session, begun)
    return secret


async def recognise(session: AsyncSession, session_secret: str, now: datetime) -> Session | None:
    """Who is signed in at a browser, by its cookie; notes that it was seen."""
    if not session_secret:
        return None
    async with session.begin():
        held = await storage.by_secret(session, hash_of(session_secret))
        if held is None or not sessions.is_live(held, now):
            return None
        seen = sessions.see(held, now)
        if seen is not held:
            await storage.note_seen(session, seen.id, now)
    return seen


def _login_name(text: str) -> LoginName | None:
    try:
        return login_name.parse(text)
    except ValueError:
        return None


def _policies(
    provider: Provider, attempt: Attempt, email_key: str, account: Account | None, now: datetime
) -> dict[bytes, Policy]:
    known = None
    if account is not None:
        known = device.recognise(
            attempt.device_cookie, provider.master_key.of(Purpose.DEVICES), account.id, now
        )
    if known is not None:
        return {tries.key(provider.master_key, "device", known.hex()): throttle.DEVICE}
    return {
        tries.key(provider.master_key, "account", email_key): throttle.ACCOUNT,
        tries.key(provider.master_key, "address", tries.network(attempt.address)): throttle.ADDRESS,
    }
