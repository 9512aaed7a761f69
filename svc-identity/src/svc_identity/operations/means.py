"""What an account can be signed in to with: apps, recovery codes, passkeys and links, seen and changed."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import ids
from hub_service.problems import NotFound

from .. import one_time_codes, passkeys
from ..domain import means as all_means
from ..domain import recovery, rules
from ..domain.account import Account
from ..domain.means import Authenticator, Change, Means, Passkey
from ..domain.rules import RuleId
from ..domain.session import Session
from ..errors.means import (
    AlreadySetUp,
    LastMeans,
    NotSetUp,
    PasskeyRefused,
    SecondFactorNeeded,
    SignInAgain,
    WrongOneTimeCode,
)
from ..master_key import MasterKey, Purpose
from ..passkeys import Ceremony, Party
from ..provider import Provider
from ..storage import accounts, sessions, single_uses
from ..storage import means as storage
from . import security, tries
from .sign_in import Browser, policies_of


@dataclass(frozen=True, slots=True)
class Owner:
    """Who changes their means: an account, and the sign-in by which they do it."""

    account_id: UUID
    session_id: UUID


@dataclass(frozen=True, slots=True)
class SetUp:
    """What an app needs: the secret in base32, and the address that the picture shows."""

    secret: str
    address: str


async def read(session: AsyncSession, account_id: UUID) -> Means:
    """What the account can be signed in to with."""
    async with session.begin():
        return await storage.of(session, account_id)


async def may_change(session: AsyncSession, signed_in: Session, now: datetime) -> bool:
    """Whether this sign-in may change the means of its account."""
    async with session.begin():
        return all_means.may_change(signed_in, await storage.of(session, signed_in.account_id), now)


async def allowed(session: AsyncSession, owner: Owner, now: datetime) -> tuple[Account, Session, Means]:
    """Within the caller's transaction: the account, if this sign-in may change its means.

    Raises `SignInAgain`, and `NotFound` for an account that is gone. The session's row is locked.
    """
    signed_in = await sessions.lock(session, owner.session_id)
    account = await accounts.read(session, owner.account_id)
    if account is None or signed_in is None or signed_in.account_id != account.id:
        raise NotFound
    held = await storage.of(session, account.id)
    if signed_in.ended_at is not None or not all_means.may_change(signed_in, held, now):
        raise SignInAgain(int(rules.duration(RuleId.FRESH_SIGN_IN, now).total_seconds()))
    return account, signed_in, held


# ── apps that show one-time codes ──


async def begin_authenticator(
    session: AsyncSession, provider: Provider, owner: Owner, now: datetime
) -> SetUp:
    """Make a secret for an app; it counts once a code has come. Raises `SignInAgain`, `AlreadySetUp`."""
    async with session.begin():
        account, _, held = await allowed(session, owner, now)
        if held.has_authenticator:
            raise AlreadySetUp
        secret = one_time_codes.make_secret()
        sealed = seal_authenticator(provider.master_key, account.id, secret)
        await storage.put_authenticator(session, Authenticator(account.id, sealed, 0, now))
    return _set_up(secret, account)


async def waiting_authenticator(
    session: AsyncSession, provider: Provider, owner: Owner, now: datetime
) -> SetUp:
    """The secret that waits for its first code, shown again. Raises `SignInAgain`, `NotSetUp`."""
    async with session.begin():
        account, _, held = await allowed(session, owner, now)
    if held.authenticator is None or held.has_authenticator:
        raise NotSetUp
    return _set_up(authenticator_secret(provider.master_key, held.authenticator), account)


async def confirm_authenticator(
    session: AsyncSession, provider: Provider, owner: Owner, code: str, browser: Browser, now: datetime
) -> list[str]:
    """As `try_authenticator`; raises `WrongOneTimeCode` too."""
    codes = await try_authenticator(session, provider, owner, code, browser, now)
    if codes is None:
        raise WrongOneTimeCode
    return codes


async def try_authenticator(
    session: AsyncSession, provider: Provider, owner: Owner, code: str, browser: Browser, now: datetime
) -> list[str] | None:
    """The app counts from now on; the new recovery codes, if the account had none left.

    None when the code is wrong. Raises `SignInAgain`, `NotSetUp`, `TooManyTries`. The session must not be
    part of a unit of work that an error rolls back: a wrong try counts.
    """
    async with session.begin():
        account, signed_in, held = await allowed(session, owner, now)
        waiting = await storage.lock_authenticator(session, account.id)
        if waiting is None or waiting.confirmed_at is not None:
            raise NotSetUp
        policies = policies_of(provider, browser, account, str(account.id), now, step="second-")
        await tries.take(session, policies, now)
        secret = authenticator_secret(provider.master_key, waiting)
        step = one_time_codes.step_of(secret, code, waiting.last_step, now)
        if step is None:
            return None
        await tries.settle(session, policies, now)
        await storage.put_authenticator(session, replace(waiting, last_step=step, confirmed_at=now))
        codes = [] if held.recovery_codes else await _make_codes(session, provider, account.id, now)
        await sessions.store(session, all_means.strengthen(signed_in))
        await security.tell(session, account.id, Change.AUTHENTICATOR_ADDED, signed_in.device, now)
    return codes


async def remove_authenticator(session: AsyncSession, owner: Owner, now: datetime) -> None:
    """The app counts no more. Raises `SignInAgain`, `NotFound`."""
    async with session.begin():
        account, signed_in, held = await allowed(session, owner, now)
        if not held.has_authenticator:
            raise NotFound
        await storage.remove_authenticator(session, account.id)
        await _drop_codes(session, account.id, now)
        await security.tell(session, account.id, Change.AUTHENTICATOR_REMOVED, signed_in.device, now)


# ── recovery codes ──


async def make_recovery_codes(
    session: AsyncSession, provider: Provider, owner: Owner, now: datetime
) -> list[str]:
    """New codes, shown this once; those before are worth nothing.

    Raises `SignInAgain`, `SecondFactorNeeded`.
    """
    async with session.begin():
        account, signed_in, held = await allowed(session, owner, now)
        if not held.needs_second_step:
            raise SecondFactorNeeded
        codes = await _make_codes(session, provider, account.id, now)
        await security.tell(session, account.id, Change.RECOVERY_CODES_MADE, signed_in.device, now)
    return codes


def recovery_digest(master_key: MasterKey, account_id: UUID, code: str) -> bytes:
    """What a recovery code is known by."""
    return master_key.digest(Purpose.FACTORS, f"recovery:{account_id}:{code}")


# ── passkeys ──


async def passkey_options(
    session: AsyncSession, provider: Provider, owner: Owner, browser: str, now: datetime
) -> str:
    """What a browser needs to make a passkey, as JSON. Raises `SignInAgain`."""
    async with session.begin():
        account, _, held = await allowed(session, owner, now)
    return passkeys.registration_options(
        party(provider), browser, account.id, account.email, held.passkeys, now
    )


async def add_passkey(
    session: AsyncSession, provider: Provider, owner: Owner, browser: str, said: str, name: str, now: datetime
) -> list[str]:
    """Register the passkey that a browser has made; the new recovery codes, if the account had none left.

    Raises `SignInAgain`, `PasskeyRefused`.
    """
    answer = passkeys.read(said)
    async with session.begin():
        account, signed_in, held = await allowed(session, owner, now)
        if answer is None or len(held.passkeys) >= rules.value(RuleId.PASSKEYS_MOST, now):
            raise PasskeyRefused
        if not await spend(session, provider, Ceremony.REGISTER, browser, answer.challenge, now):
            raise PasskeyRefused
        made = passkeys.verify_registration(party(provider), answer)
        if made is None:
            raise PasskeyRefused
        public_key, sign_count, synced = made
        passkey = Passkey(
            id=ids.new_id(),
            account_id=account.id,
            credential_id=answer.credential_id,
            public_key=public_key,
            sign_count=sign_count,
            synced=synced,
            transports=answer.transports,
            name=name,
            created_at=now,
        )
        if not await storage.add_passkey(session, passkey):
            raise PasskeyRefused
        codes = [] if held.recovery_codes else await _make_codes(session, provider, account.id, now)
        await sessions.store(session, all_means.strengthen(signed_in))
        await security.tell(session, account.id, Change.PASSKEY_ADDED, signed_in.device, now)
    return codes


async def rename_passkey(session: AsyncSession, account_id: UUID, passkey_id: UUID, name: str) -> Passkey:
    """Give one of one's passkeys another name. Raises `NotFound`."""
    async with session.begin():
        renamed = await storage.rename_passkey(session, account_id, passkey_id, name)
    if renamed is None:
        raise NotFound
    return renamed


async def remove_passkey(session: AsyncSession, owner: Owner, passkey_id: UUID, now: datetime) -> None:
    """Sign in with a passkey no more. Raises `SignInAgain`, `NotFound`, `LastMeans`."""
    async with session.begin():
        account, signed_in, held = await allowed(session, owner, now)
        if passkey_id not in {passkey.id for passkey in held.passkeys}:
            raise NotFound
        _keep_one(held)
        await storage.remove_passkey(session, account.id, passkey_id)
        await _drop_codes(session, account.id, now)
        await security.tell(session, account.id, Change.PASSKEY_REMOVED, signed_in.device, now)


async def spend(
    session: AsyncSession,
    provider: Provider,
    ceremony: Ceremony,
    browser: str,
    challenge: bytes,
    now: datetime,
) -> bool:
    """Within the caller's transaction: whether a challenge is ours, and was not answered before."""
    if not passkeys.is_ours(party(provider), ceremony, browser, challenge, now):
        return False
    digest = provider.master_key.digest(Purpose.FACTORS, f"challenge:{challenge.hex()}")
    ends_at = datetime.fromtimestamp(passkeys.ends(challenge), now.tzinfo)
    return await single_uses.spend(session, digest, ends_at)


def party(provider: Provider) -> Party:
    """Who asks for passkeys: the one public origin."""
    return Party(provider.issuer, provider.master_key)


# ── outside providers ──


async def remove_link(session: AsyncSession, owner: Owner, name: str, now: datetime) -> None:
    """Be signed in by an outside provider no more. Raises `SignInAgain`, `NotFound`, `LastMeans`."""
    async with session.begin():
        account, signed_in, held = await allowed(session, owner, now)
        link = await storage.find_link(session, account.id, name)
        if link is None or link.removed_at is not None:
            raise NotFound
        _keep_one(held)
        await storage.put_link(session, replace(link, removed_at=now))
        await security.tell(session, account.id, Change.IDENTITY_REMOVED, signed_in.device, now)


def _keep_one(held: Means) -> None:
    if held.count <= 1:
        raise LastMeans


async def _drop_codes(session: AsyncSession, account_id: UUID, now: datetime) -> None:
    """Recovery codes stand in for a second factor: they go with the last one."""
    if not (await storage.of(session, account_id)).needs_second_step:
        await storage.replace_recovery_codes(session, account_id, [], now)


async def _make_codes(
    session: AsyncSession, provider: Provider, account_id: UUID, now: datetime
) -> list[str]:
    codes = [recovery.make() for _ in range(rules.value(RuleId.RECOVERY_CODES, now))]
    digests = [recovery_digest(provider.master_key, account_id, code) for code in codes]
    await storage.replace_recovery_codes(session, account_id, digests, now)
    return [recovery.shown(code) for code in codes]


def _set_up(secret: str, account: Account) -> SetUp:
    return SetUp(secret, one_time_codes.address(secret, account.email, "Hub"))


def authenticator_secret(master_key: MasterKey, held: Authenticator) -> str:
    """The secret of an app, in base32."""
    return master_key.unseal(held.sealed, _context(held.account_id)).decode()


def seal_authenticator(master_key: MasterKey, account_id: UUID, secret: str) -> bytes:
    """The same as it is stored."""
    return master_key.seal(secret.encode(), _context(account_id))


def _context(account_id: UUID) -> str:
    return f"authenticator:{account_id}"
