"""Signing in, signing up and linking by an outside identity provider.

People are found by the number that the provider knows them by, never by their e-mail address.
"""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import ids
from hub_core.language import Language
from hub_events import outbox
from hub_service.problems import NotFound

from ..domain import account as accounts
from ..domain import confirmation as confirmations
from ..domain import device, rules
from ..domain.account import Account, Profile
from ..domain.confirmation import Confirmation, Purpose
from ..domain.login_name import LoginName
from ..domain.means import Change, Link
from ..domain.outside import Journey, Said
from ..domain.population import RegisteredPerson
from ..domain.rules import RuleId
from ..domain.session import Method
from ..errors.means import LinkRemoved, OutsideRefused
from ..events.accounts import EmailConfirmationRequested
from ..provider import Provider
from ..settings import OutsideProvider
from ..storage import accounts as account_storage
from ..storage import means as storage
from ..storage import people
from ..storage import sessions as session_storage
from . import outside_people, outside_seals, security, tries
from .means import Owner, allowed
from .sign_in import Browser, SignedIn, open_session


@dataclass(frozen=True, slots=True)
class Begun:
    """Where the browser is sent, and what it carries meanwhile."""

    address: str
    carried: str


@dataclass(frozen=True, slots=True)
class Arrived:
    """Somebody who is known outside and has no account yet: what the browser carries to the sign-up page."""

    carried: str
    request_id: UUID | None


@dataclass(frozen=True, slots=True)
class Returned:
    """Somebody who came back and is signed in; `signed_in` is none for who has linked the identity."""

    signed_in: SignedIn | None
    request_id: UUID | None
    onward: str


def returns_to(provider: Provider, name: str) -> str:
    """The redirect address of a provider."""
    return f"{provider.issuer}/account/outside/{name}/return"


async def begin(
    provider: Provider,
    name: str,
    language: Language,
    now: datetime,
    *,
    linker: UUID | None = None,
    request_id: UUID | None = None,
    onward: str = "",
) -> Begun:
    """Send a browser to a provider. Raises `NotFound`, `ServiceUnavailable`."""
    chosen = _find(provider, name)
    journey = Journey(
        provider=name,
        state=secrets.token_urlsafe(24),
        nonce=secrets.token_urlsafe(24),
        verifier=secrets.token_urlsafe(48),
        ends_at=int((now + rules.duration(RuleId.OUTSIDE_OPEN, now)).timestamp()),
        linker=linker,
        request_id=request_id,
        onward=onward,
    )
    address = await provider.outside.send(chosen, journey, returns_to(provider, name), language, now)
    return Begun(address, outside_seals.seal_journey(provider.master_key, journey))


async def come_back(
    session: AsyncSession,
    provider: Provider,
    name: str,
    carried: str,
    state: str,
    code: str,
    browser: Browser,
    now: datetime,
) -> Returned | Arrived:
    """What becomes of who comes back from a provider: signed in, linked, or sent on to sign up.

    Raises `OutsideRefused` unless it is the answer to what this browser has asked, `LinkRemoved`,
    `IdentityTaken`, `SignInAgain`, and the problems of registers and providers that are away.
    """
    chosen = _find(provider, name)
    journey = outside_seals.read_journey(provider.master_key, carried, now)
    if journey is None or journey.provider != name or not secrets.compare_digest(journey.state, state):
        raise OutsideRefused
    said = await provider.outside.redeem(chosen, journey, code, returns_to(provider, name), now)
    if said is None:
        raise OutsideRefused
    registered = await outside_people.registered_as(provider, said)
    if journey.linker is not None:
        await _link(session, provider, said, registered, journey.linker, now)
        return Returned(None, None, journey.onward)
    async with session.begin():
        person = await people.by_identifier(session, provider.master_key, said.identifier)
        account = await account_storage.read(session, person.id) if person else None
        if person is None or account is None:
            if person is not None and person.died_on is not None:
                raise OutsideRefused
            sealed = outside_seals.seal_arrival(provider.master_key, said, registered, now)
            return Arrived(sealed, journey.request_id)
        await _remember(session, account.id, said, device.describe(browser.user_agent), now)
        signed_in = await open_session(
            session, provider, account, (Method.FEDERATED,), browser, now, bound=said.level
        )
    return Returned(signed_in, journey.request_id, journey.onward)


def arrival(provider: Provider, carried: str, now: datetime) -> Said | None:
    """Who stands on the sign-up page, as the provider has said; none when that was too long ago."""
    held = outside_seals.read_arrival(provider.master_key, carried)
    if held is None or held.ends_at <= now.timestamp():
        return None
    return held.said


async def sign_up(
    session: AsyncSession,
    provider: Provider,
    carried: str,
    email: LoginName,
    language: Language,
    address: str,
    now: datetime,
) -> Confirmation:
    """Start an account without a password for who has arrived; a code is sent to the address.

    Raises `OutsideRefused`, `TooManyTries`.
    """
    said = arrival(provider, carried, now)
    if said is None:
        raise OutsideRefused
    profile = Profile(said.given_name, said.family_name, language)
    account = accounts.start(ids.new_id(), email, profile, None, now)
    confirmation = confirmations.begin(ids.new_id(), account.id, Purpose.SIGN_UP, now)
    async with session.begin():
        await tries.take(session, tries.code_policies(provider.master_key, email.key, address), now)
        await account_storage.add(session, account)
        await account_storage.add_confirmation(session, confirmation)
        await storage.keep_arrival(session, account.id, carried.encode())
        await outbox.record(session, EmailConfirmationRequested.of(confirmation), now)
    return confirmation


async def settle(session: AsyncSession, provider: Provider, account: Account, now: datetime) -> None:
    """Let who has arrived be the person of the account just confirmed, within the caller's transaction.

    Nothing happens to an account that was made with a password. Raises `IdentityTaken`, `NumberTaken`.
    """
    carried = await storage.take_arrival(session, account.id)
    held = outside_seals.read_arrival(provider.master_key, carried.decode()) if carried else None
    if held is not None:
        await outside_people.establish(session, provider, account, held.said, held.registered, now)


async def _link(
    session: AsyncSession,
    provider: Provider,
    said: Said,
    registered: RegisteredPerson | None,
    linker: UUID,
    now: datetime,
) -> None:
    async with session.begin():
        account, signed_in, _ = await allowed(session, await _owner(session, linker), now)
        await outside_people.establish(session, provider, account, said, registered, now)
        await security.tell(session, account.id, Change.IDENTITY_LINKED, signed_in.device, now)


async def _owner(session: AsyncSession, session_id: UUID) -> Owner:
    held = await session_storage.lock(session, session_id)
    if held is None:
        raise OutsideRefused
    return Owner(held.account_id, held.id)


async def _remember(
    session: AsyncSession, account_id: UUID, said: Said, described: str, now: datetime
) -> None:
    """Note that a provider was used; raises `LinkRemoved` when the person does not want it any more.

    The first time the owner is told: the account was known by its number only.
    """
    link = await storage.find_link(session, account_id, said.provider)
    if link is not None and link.removed_at is not None:
        raise LinkRemoved
    known = link or Link(account_id, said.provider, said.level, now)
    await storage.put_link(session, replace(known, assurance=said.level, last_used_at=now))
    if link is None:
        await security.tell(session, account_id, Change.IDENTITY_LINKED, described, now)


def _find(provider: Provider, name: str) -> OutsideProvider:
    chosen = provider.outside.find(name)
    if chosen is None:
        raise NotFound
    return chosen
