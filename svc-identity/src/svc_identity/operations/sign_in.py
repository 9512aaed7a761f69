"""Signing in: with a password, and what every sign-in ends with."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import ids
from hub_core.language import Language
from hub_core.principal import Assurance

from ..domain import device, login_name, rules, throttle
from ..domain import means as all_means
from ..domain import session as sessions
from ..domain.account import Account, State
from ..domain.assurance import level_of, lower
from ..domain.grant import hash_of
from ..domain.login_name import LoginName
from ..domain.means import Change
from ..domain.rules import RuleId
from ..domain.session import Method, Session
from ..domain.throttle import Policy
from ..master_key import Purpose
from ..provider import Provider
from ..storage import accounts, means
from ..storage import sessions as storage
from . import security, tries


@dataclass(frozen=True, slots=True)
class Browser:
    """Where a sign-in comes from.

    `address` is the caller's network address; `device_cookie` and `session_secret` are what the
    browser's cookies hold, empty when there are none.
    """

    address: str
    user_agent: str
    device_cookie: str
    session_secret: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """What comes with a sign-in form; the last four are those of `Browser`."""

    email: str
    password: str
    address: str
    user_agent: str
    device_cookie: str
    session_secret: str

    @property
    def browser(self) -> Browser:
        """Where it comes from."""
        return Browser(self.address, self.user_agent, self.device_cookie, self.session_secret)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What the browser keeps after a sign-in that was right."""

    session_secret: str
    device_cookie: str
    language: Language


@dataclass(frozen=True, slots=True)
class SecondStepNeeded:
    """The password was right, and is not enough: what the browser keeps until the second factor."""

    secret: str


async def sign_in(
    session: AsyncSession, provider: Provider, attempt: Attempt, now: datetime
) -> SignedIn | SecondStepNeeded | None:
    """Sign a person in; `None` when the password is wrong or there is no such account.

    Which of the two is told neither by the answer nor by the work done for it. The try is counted
    before and the session made after the slow hash, in a transaction each, so that no connection
    waits for the hash. Raises `TooManyTries`.
    """
    name = _login_name(attempt.email)
    email_key = name.key if name else attempt.email.casefold()
    async with session.begin():
        account = await accounts.by_email(session, email_key) if name else None
        policies = policies_of(provider, attempt.browser, account, email_key, now)
        await tries.take(session, policies, now)
    right = await provider.passwords.verify(account.password_hash if account else None, attempt.password)
    if account is None or account.state is not State.CREATED or not right:
        return None
    rehashed = None
    if account.password_hash and provider.passwords.is_outdated(account.password_hash):
        rehashed = await provider.passwords.hash(attempt.password)
    async with session.begin():
        await tries.settle(session, policies, now)
        if rehashed:
            await accounts.store_password_hash(session, account.id, rehashed)
        if (await means.of(session, account.id)).needs_second_step:
            secret = secrets.token_urlsafe(32)
            await means.add_second_step(session, all_means.await_second(hash_of(secret), account.id, now))
            return SecondStepNeeded(secret)
        return await open_session(session, provider, account, (Method.PASSWORD,), attempt.browser, now)


async def open_session(
    session: AsyncSession,
    provider: Provider,
    account: Account,
    methods: tuple[Method, ...],
    browser: Browser,
    now: datetime,
    *,
    bound: Assurance = Assurance.HIGH,
) -> SignedIn:
    """Sign an account in by these means, within the caller's transaction.

    The session's secret is a new one each time (no fixation), also for the same session. `bound` is the
    level that another provider gave to this sign-in. The owner is told of a device not seen before.
    """
    level = level_of(methods, lower(account.assurance, bound), now)
    described = device.describe(browser.user_agent)
    key = provider.master_key.of(Purpose.DEVICES)
    known = device.recognise(browser.device_cookie, key, account.id, now) is not None
    is_new = now - (account.confirmed_at or now) < rules.duration(RuleId.ACCOUNT_NEW, now)
    first = is_new and not await storage.has_any(session, account.id)
    secret = secrets.token_urlsafe(32)
    held = await storage.lock_by_secret(session, hash_of(browser.session_secret))
    if held is not None and held.account_id == account.id and sessions.is_live(held, now):
        await storage.store(session, sessions.renew(held, hash_of(secret), methods, level, now))
    else:
        begun = sessions.begin(ids.new_id(), account.id, hash_of(secret), described, methods, level, now)
        await storage.add(session, begun)
    if not known and not first:
        await security.tell(session, account.id, Change.NEW_DEVICE, described, now)
    nonce = secrets.token_bytes(device.NONCE_BYTES)
    remembered = device.remember(browser.device_cookie, key, account.id, nonce, now)
    return SignedIn(secret, remembered, account.language)


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


def policies_of(
    provider: Provider,
    browser: Browser,
    account: Account | None,
    name: str,
    now: datetime,
    *,
    step: str = "",
) -> dict[bytes, Policy]:
    """What a try counts on: a device that the account knows has a counter of its own.

    Others count on the account, by what it is called, and on their network address. `step` keeps the
    tries of a second factor apart.
    """
    key = provider.master_key
    known = None
    if account is not None:
        known = device.recognise(browser.device_cookie, key.of(Purpose.DEVICES), account.id, now)
    if known is not None:
        return {tries.key(key, f"{step}device", known.hex()): throttle.DEVICE}
    account_key = tries.key(key, f"{step}account", name)
    return {account_key: throttle.ACCOUNT} | address_policy(provider, browser)


def address_policy(provider: Provider, browser: Browser) -> dict[bytes, Policy]:
    """What a try counts on that names no account: the network address."""
    return {
        tries.key(provider.master_key, "address", tries.network(browser.address)): throttle.ADDRESS,
    }
