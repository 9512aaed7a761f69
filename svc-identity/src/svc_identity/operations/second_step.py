"""The second step of a sign-in: a code of the app, a recovery code, or a passkey; and passkeys alone."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from .. import one_time_codes, passkeys
from ..domain import device, recovery
from ..domain import means as all_means
from ..domain.account import Account
from ..domain.grant import hash_of
from ..domain.means import Change, Means
from ..domain.session import Method
from ..errors.means import PasskeyRefused
from ..passkeys import Answer, Ceremony
from ..provider import Provider
from ..storage import accounts
from ..storage import means as storage
from . import means, security, tries
from .sign_in import Browser, SignedIn, address_policy, open_session, policies_of

_METHODS = (Method.PASSWORD, Method.ONE_TIME_CODE, Method.MULTIPLE)


async def look(session: AsyncSession, secret: str, now: datetime) -> Means | None:
    """What the waiting person can show; none when the password has to come again."""
    if not secret:
        return None
    async with session.begin():
        step = await storage.find_second_step(session, hash_of(secret))
        if step is None or not all_means.is_open(step, now):
            return None
        return await storage.of(session, step.account_id)


async def show_code(
    session: AsyncSession, provider: Provider, secret: str, text: str, browser: Browser, now: datetime
) -> SignedIn | None:
    """Sign in with a code after the password; `None` when it is wrong, of use before, or the step is over.

    Raises `TooManyTries`. Tries are counted before it is known whether they are right: in the step, which
    ends after a few, and on the account, where they only become slow.
    """
    async with session.begin():
        step = await storage.lock_second_step(session, hash_of(secret))
        account = await accounts.read(session, step.account_id) if step else None
        if step is None or account is None or not all_means.is_open(step, now):
            return None
        policies = policies_of(provider, browser, account, str(account.id), now, step="second-")
        await tries.take(session, policies, now)
        await storage.store_second_step(session, all_means.tried(step))
        if not await _is_right(session, provider, account, text, browser, now):
            return None
        await tries.settle(session, policies, now)
        await storage.end_second_step(session, step.secret_hash)
        return await open_session(session, provider, account, _METHODS, browser, now)


async def _is_right(
    session: AsyncSession, provider: Provider, account: Account, text: str, browser: Browser, now: datetime
) -> bool:
    code = "".join(text.split())
    if len(code) == one_time_codes.DIGITS and code.isascii() and code.isdigit():
        held = await storage.lock_authenticator(session, account.id)
        if held is None or held.confirmed_at is None:
            return False
        secret = means.authenticator_secret(provider.master_key, held)
        step = one_time_codes.step_of(secret, code, held.last_step, now)
        if step is not None:
            await storage.put_authenticator(session, replace(held, last_step=step))
        return step is not None
    read = recovery.read(text)
    if read is None:
        return False
    digest = means.recovery_digest(provider.master_key, account.id, read)
    if not await storage.spend_recovery_code(session, account.id, digest, now):
        return False
    described = device.describe(browser.user_agent)
    await security.tell(session, account.id, Change.RECOVERY_CODE_USED, described, now)
    return True


async def request_passkey(
    session: AsyncSession, provider: Provider, secret: str, browser: str, now: datetime
) -> str:
    """What a browser needs to ask for a passkey, as JSON: those of the waiting person, else any of ours."""
    waiting = await look(session, secret, now)
    return passkeys.request_options(means.party(provider), browser, waiting.passkeys if waiting else (), now)


async def show_passkey(
    session: AsyncSession, provider: Provider, said: str, browser: Browser, page: str, now: datetime
) -> SignedIn:
    """Sign in with a passkey, without a password or after it. Raises `PasskeyRefused`, `TooManyTries`.

    `page` names the browser that the challenge was made for. A challenge is answered once, right or wrong.
    """
    answer = passkeys.read(said)
    signed_in = None
    async with session.begin():
        policies = address_policy(provider, browser)
        await tries.take(session, policies, now)
        if answer is not None and await means.spend(
            session, provider, Ceremony.SIGN_IN, page, answer.challenge, now
        ):
            signed_in = await _sign_in(session, provider, answer, browser, now)
        if signed_in is not None:
            await tries.settle(session, policies, now)
    if signed_in is None:
        raise PasskeyRefused
    return signed_in


async def _sign_in(
    session: AsyncSession, provider: Provider, answer: Answer, browser: Browser, now: datetime
) -> SignedIn | None:
    passkey = await storage.lock_passkey(session, answer.credential_id)
    if passkey is None or answer.account_id not in (None, passkey.account_id):
        return None
    account = await accounts.read(session, passkey.account_id)
    sign_count = passkeys.verify_sign_in(means.party(provider), answer, passkey)
    if account is None or sign_count is None:
        return None
    await storage.note_passkey_used(session, passkey.id, sign_count, now)
    return await open_session(session, provider, account, passkey.methods, browser, now)
