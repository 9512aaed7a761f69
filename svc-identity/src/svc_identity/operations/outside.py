"""Signing in, signing up and linking by an outside identity provider.

People are found by the number that the provider knows them by, never by their e-mail address.
"""

import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import ids
from hub_core.cnp import Cnp
from hub_core.language import Language
from hub_core.principal import Assurance
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
from ..domain.person import Identifier, Person, Scheme, Source
from ..domain.population import RegisteredPerson, Sex
from ..domain.rules import RuleId
from ..domain.session import Method
from ..errors.means import IdentityTaken, LinkRemoved, OutsideRefused
from ..events.accounts import EmailConfirmationRequested
from ..events.people import PersonMerged, PersonVerified
from ..master_key import MasterKey
from ..provider import Provider
from ..settings import OutsideProvider
from ..storage import access_log, people
from ..storage import accounts as account_storage
from ..storage import means as storage
from ..storage import sessions as session_storage
from . import identities, security, tries
from .means import Owner, allowed
from .sign_in import Browser, SignedIn, open_session

_JOURNEY: Final = "outside-journey"
_ARRIVAL: Final = "outside-arrival"


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
    return Begun(address, _seal(provider.master_key, _JOURNEY, asdict(journey)))


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
    journey = _journey(provider.master_key, carried, now)
    if journey is None or journey.provider != name or not secrets.compare_digest(journey.state, state):
        raise OutsideRefused
    said = await provider.outside.redeem(chosen, journey, code, returns_to(provider, name), now)
    if said is None:
        raise OutsideRefused
    registered = await _registered(provider, said)
    if journey.linker is not None:
        await _link(session, provider, said, registered, journey.linker, now)
        return Returned(None, None, journey.onward)
    async with session.begin():
        person = await people.by_identifier(session, provider.master_key, said.identifier)
        account = await account_storage.read(session, person.id) if person else None
        if person is None or account is None:
            if person is not None and person.died_on is not None:
                raise OutsideRefused
            return Arrived(
                _seal(provider.master_key, _ARRIVAL, _written(said, registered, now)), journey.request_id
            )
        await _remember(session, account.id, said, device.describe(browser.user_agent), now)
        signed_in = await open_session(
            session, provider, account, (Method.FEDERATED,), browser, now, bound=said.level
        )
    return Returned(signed_in, journey.request_id, journey.onward)


def arrival(provider: Provider, carried: str, now: datetime) -> Said | None:
    """Who stands on the sign-up page, as the provider has said; none when that was too long ago."""
    held = _unseal(provider.master_key, _ARRIVAL, carried)
    if held is None or held["ends_at"] <= now.timestamp():
        return None
    return _said(held)


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
    held = _unseal(provider.master_key, _ARRIVAL, carried.decode()) if carried else None
    if held is not None:
        await _establish(session, provider, account, _said(held), _entry(held), now)


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
        await _establish(session, provider, account, said, registered, now)
        await security.tell(session, account.id, Change.IDENTITY_LINKED, signed_in.device, now)


async def _owner(session: AsyncSession, session_id: UUID) -> Owner:
    held = await session_storage.lock(session, session_id)
    if held is None:
        raise OutsideRefused
    return Owner(held.account_id, held.id)


async def _establish(
    session: AsyncSession,
    provider: Provider,
    account: Account,
    said: Said,
    registered: RegisteredPerson | None,
    now: datetime,
) -> None:
    """The account is that of this person from now on, at the provider's level if it had a lower one."""
    if registered is not None:
        person = await identities.establish(session, provider, account, registered, now)
        source = Source.POPULATION_REGISTER
    else:
        person = await _establish_foreigner(session, provider, account, said, now)
        source = Source.EIDAS
    if not account.assurance.meets(said.level):
        raised = accounts.validate(account, said.level, person.family_name, person.given_name)
        await account_storage.store(session, raised)
        await outbox.record(session, PersonVerified.of(raised, source), now)
    await storage.put_link(session, Link(account.id, said.provider, said.level, now))


async def _establish_foreigner(
    session: AsyncSession, provider: Provider, account: Account, said: Said, now: datetime
) -> Person:
    """The person of an eIDAS identifier (Implementing Regulation (EU) 2015/1501, annex): there is no CNP.

    Somebody who was recorded before under another id becomes this person. Raises `IdentityTaken` when the
    identifier leads to somebody with an account of their own, or the account is somebody else's.
    """
    key = provider.master_key
    await people.lock_number(session, key, said.identifier)
    own = await people.lock(session, account.id)
    former = await people.by_identifier(session, key, said.identifier)
    if former is not None and former.id == account.id and own is not None:
        return own
    if own is not None and not _is_same(own, said):
        raise IdentityTaken
    if former is not None and await account_storage.is_there(session, former.id):
        raise IdentityTaken
    person = own or Person(
        id=account.id,
        family_name=said.family_name,
        given_name=said.given_name,
        birth_date=said.birth_date,
        died_on=None,
        source=Source.EIDAS,
        version=1,
        established_at=now,
        checked_at=now,
    )
    if own is None:
        await people.add(session, person)
    if former is None:
        await people.add_identifier(session, key, account.id, said.identifier, now)
    else:
        await people.move(session, key, former.id, account.id)
        await access_log.remember_former(session, former.id, account.id)
        await outbox.record(session, PersonMerged.of(person, former.id), now)
    return person


def _is_same(own: Person, said: Said) -> bool:
    """Whether an established person is plausibly the one whom a provider abroad knows."""
    names = (own.family_name.casefold(), own.given_name.casefold())
    return (
        names == (said.family_name.casefold(), said.given_name.casefold())
        and own.birth_date == said.birth_date
    )


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


async def _registered(provider: Provider, said: Said) -> RegisteredPerson | None:
    """The register's entry of a CNP: what it says counts, not what the provider says.

    None for who has no CNP. Raises `OutsideRefused` for a number that nobody has, or of somebody who died.
    """
    if said.identifier.scheme is not Scheme.CNP:
        return None
    try:
        cnp = Cnp(said.identifier.value)
    except ValueError as error:
        raise OutsideRefused from error
    registered = await provider.population.find(cnp)
    if registered is None or registered.died_on is not None or registered.birth_date != said.birth_date:
        raise OutsideRefused
    return registered


def _find(provider: Provider, name: str) -> OutsideProvider:
    chosen = provider.outside.find(name)
    if chosen is None:
        raise NotFound
    return chosen


def _journey(master_key: MasterKey, carried: str, now: datetime) -> Journey | None:
    held = _unseal(master_key, _JOURNEY, carried)
    if held is None or held["ends_at"] <= now.timestamp():
        return None
    uuids = {name: UUID(held[name]) if held[name] else None for name in ("linker", "request_id")}
    return Journey(**{**held, **uuids})


def _written(said: Said, registered: RegisteredPerson | None, now: datetime) -> dict[str, Any]:
    ends_at = int((now + rules.duration(RuleId.OUTSIDE_OPEN, now)).timestamp())
    return {"said": asdict(said), "registered": registered and _as_json(registered), "ends_at": ends_at}


def _as_json(registered: RegisteredPerson) -> dict[str, Any]:
    numbers = {"cnp": registered.cnp.number, "former": [one.number for one in registered.former]}
    return {**asdict(registered), **numbers}


def _said(held: dict[str, Any]) -> Said:
    said = held["said"]
    number = said["identifier"]
    return Said(
        provider=said["provider"],
        identifier=Identifier(Scheme(number["scheme"]), number["value"]),
        family_name=said["family_name"],
        given_name=said["given_name"],
        birth_date=date.fromisoformat(said["birth_date"]),
        level=Assurance(said["level"]),
    )


def _entry(held: dict[str, Any]) -> RegisteredPerson | None:
    entry = held["registered"]
    if entry is None:
        return None
    return RegisteredPerson(
        cnp=Cnp(entry["cnp"]),
        family_name=entry["family_name"],
        given_name=entry["given_name"],
        birth_date=date.fromisoformat(entry["birth_date"]),
        sex=Sex(entry["sex"]),
        former=tuple(Cnp(one) for one in entry["former"]),
    )


def _seal(master_key: MasterKey, context: str, held: dict[str, Any]) -> str:
    sealed = master_key.seal(json.dumps(held, default=str).encode(), context)
    return urlsafe_b64encode(sealed).decode()


def _unseal(master_key: MasterKey, context: str, carried: str) -> dict[str, Any] | None:
    try:
        held: dict[str, Any] = json.loads(master_key.unseal(urlsafe_b64decode(carried), context))
    except (InvalidTag, Error, ValueError):
        return None
    return held
