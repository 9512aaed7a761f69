"""The invented people of an application in the sandbox: made as a set, put back as new, removed."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import cui, ids
from hub_core.cnp import Cnp
from hub_core.county import COUNTIES
from hub_core.principal import Assurance
from hub_events import outbox
from hub_service.problems import NotFound

from .. import one_time_codes
from ..domain import account as accounts
from ..domain import login_name, mandate_type, sandbox_person, throttle
from ..domain import mandate as mandates
from ..domain.account import Profile
from ..domain.client import Client
from ..domain.mandate import EndCause
from ..domain.mandate_type import MandateType, PrincipalKind
from ..domain.means import Authenticator
from ..domain.organisation import Organisation, OrganisationSource
from ..domain.person import Identifier, Person, Scheme, Source
from ..domain.sandbox_person import DESCRIPTIONS, Description, Kind, SandboxPerson
from ..domain.session import EndReason
from ..errors.sandbox import NotInSandbox, OnlyInItsApplication
from ..events.sandbox import SandboxPersonCreated, SandboxPersonRemoved
from ..provider import Provider
from ..storage import accounts as account_storage
from ..storage import applications, conduct, legal, means, organisations, people, privacy
from ..storage import mandates as mandate_storage
from ..storage import sandbox_people as storage
from ..storage.sandbox_people import Shown
from . import consents, mandate_ends, sessions, tries
from .means import seal_authenticator

_COUNTY_CODES: Final = frozenset(code for county in COUNTIES for code in county.cnp_codes)
_MOST: Final = len(Kind)


@dataclass(frozen=True, slots=True)
class Fresh:
    """A set just made, and how its people sign in: given out this once.

    `password` is that of them all; `authenticator_secret` is in base32, of the one with a second factor.
    """

    people: Sequence[Shown]
    password: str
    authenticator_secret: str


async def list_of(
    session: AsyncSession, owner_id: UUID, client_id: str, *, after: UUID | None, limit: int
) -> Sequence[Shown]:
    """The invented people of one's own application, in the order of their making; `NotFound`."""
    async with session.begin():
        _own(await applications.read(session, client_id), owner_id)
        return await storage.shown(session, client_id, after=after, limit=limit)


async def renew(
    session: AsyncSession, provider: Provider, owner_id: UUID, client_id: str, now: datetime
) -> Fresh:
    """Make the people of one's own application, or put them back as new.

    Those before are removed with all that hangs on them, and the new ones have ids of their own. The
    try is counted before the slow hash. Raises `NotFound`, `NotInSandbox`, `TooManyTries`.
    """
    async with session.begin():
        _sandbox(await applications.read(session, client_id), owner_id)
        counter = tries.key(provider.master_key, "sandbox-people", client_id)
        await tries.take(session, {counter: throttle.SANDBOX_RESETS}, now)
    password = secrets.token_urlsafe(18)
    made = _Making(session, provider, client_id, await provider.passwords.hash(password), now)
    async with session.begin():
        _sandbox(await applications.lock(session, client_id), owner_id)
        await remove_of(session, client_id, now)
        await conduct.forget(session, client_id)
        secret = await made.everybody()
        return Fresh(await storage.shown(session, client_id, after=None, limit=_MOST), password, secret)


async def remove(session: AsyncSession, owner_id: UUID, client_id: str, now: datetime) -> None:
    """Remove the people of one's own application; without any nothing changes. `NotFound`."""
    async with session.begin():
        _own(await applications.lock(session, client_id), owner_id)
        await remove_of(session, client_id, now)


async def refuse(session: AsyncSession, person_id: UUID) -> None:
    """Raise `OnlyInItsApplication` for somebody invented."""
    async with session.begin():
        if await storage.client_of(session, person_id) is not None:
            raise OnlyInItsApplication


async def remove_of(session: AsyncSession, client_id: str, now: datetime) -> None:
    """Remove the people of an application, within the caller's transaction, which has locked it."""
    for person in await storage.of_client(session, client_id):
        for mandate in await mandate_storage.lock_of_person(session, person.person_id):
            await mandate_ends.end_locked(session, mandate, EndCause.REGISTER, now)
        await sessions.end_all(session, person.person_id, EndReason.SANDBOX_RESET, now)
        await privacy.forget_exports_of(session, person.person_id)
        await consents.end_all(session, person.person_id, now)
        await storage.forget(session, person)
        await outbox.record(session, SandboxPersonRemoved.of(person), now)


@dataclass(frozen=True, slots=True)
class _Making:
    """One set in the making, within the caller's transaction."""

    session: AsyncSession
    provider: Provider
    client_id: str
    password_hash: str
    now: datetime

    async def everybody(self) -> str:
        """Make one person of each kind; the secret of the one with a second factor."""
        made = {kind: await self._person(kind) for kind in Kind}
        await self._mandate(MandateType.PARENT, PrincipalKind.PERSON, made[Kind.CHILD], made[Kind.PARENT])
        company = await self._company()
        await self._mandate(
            MandateType.LEGAL_REP, PrincipalKind.ORGANISATION, company, made[Kind.COMPANY_REPRESENTATIVE]
        )
        for kind, person_id in made.items():
            represents = company if kind is Kind.COMPANY_REPRESENTATIVE else None
            person = SandboxPerson(person_id, self.client_id, kind, self.now, represents)
            await storage.add(self.session, person)
            await outbox.record(self.session, SandboxPersonCreated.of(person), self.now)
        return await self._second_factor(made[Kind.SECOND_FACTOR])

    async def _person(self, kind: Kind) -> UUID:
        description, person_id = DESCRIPTIONS[kind], ids.new_id()
        if description.signs_in:
            name = login_name.parse(sandbox_person.login_of(kind, self.client_id))
            profile = Profile(description.given_name, description.family_name, description.language)
            started = accounts.start(person_id, name, profile, self.password_hash, self.now)
            account = replace(accounts.confirm(started, self.now), assurance=description.assurance)
            await account_storage.add(self.session, account)
        if description.assurance is not Assurance.LOW:
            await self._establish(kind, description, person_id)
        return person_id

    async def _establish(self, kind: Kind, description: Description, person_id: UUID) -> None:
        """Who they are; nobody is asked, for no register knows them."""
        born = sandbox_person.birth_date(description, secrets.randbelow, self.now)
        abroad = kind is Kind.FOREIGNER
        person = Person(
            id=person_id,
            family_name=description.family_name,
            given_name=description.given_name,
            birth_date=born,
            died_on=None,
            source=Source.EIDAS if abroad else Source.POPULATION_REGISTER,
            version=1,
            established_at=self.now,
            checked_at=self.now,
        )
        key = self.provider.master_key
        await people.add(self.session, person)
        while True:
            number = _number_abroad() if abroad else _number(description, person)
            await people.lock_number(self.session, key, number)
            if await people.by_identifier(self.session, key, number) is None:
                await people.add_identifier(self.session, key, person_id, number, self.now)
                return

    async def _mandate(
        self, of: MandateType, principal: PrincipalKind, principal_id: UUID, representative_id: UUID
    ) -> None:
        last_day = None
        if of is MandateType.PARENT:
            child = await people.read(self.session, principal_id)
            last_day = (
                mandate_type.last_day_of_minor(child.birth_date, self.now, await legal.read(self.session))
                if child
                else None
            )
        made = mandates.from_register(
            ids.new_id(), of, principal, principal_id, representative_id, last_day, self.now
        )
        await mandate_storage.add(self.session, made)

    async def _company(self) -> UUID:
        """A company of its own: one that is known already would keep its id."""
        while True:
            made = Organisation(
                id=ids.new_id(),
                cui=cui.complete(sandbox_person.company_digits(secrets.randbelow)),
                trade_number=None,
                name=sandbox_person.COMPANY_NAME,
                source=OrganisationSource.TRADE_REGISTER,
                version=1,
                checked_at=self.now,
            )
            if await organisations.add(self.session, made):
                return made.id

    async def _second_factor(self, account_id: UUID) -> str:
        secret = one_time_codes.make_secret()
        sealed = seal_authenticator(self.provider.master_key, account_id, secret)
        await means.put_authenticator(
            self.session, Authenticator(account_id, sealed, 0, self.now, confirmed_at=self.now)
        )
        return secret


def _number(description: Description, person: Person) -> Identifier:
    drawn: Cnp = sandbox_person.number_of(description, person.birth_date, secrets.randbelow, _COUNTY_CODES)
    return Identifier(Scheme.CNP, drawn.number)


def _number_abroad() -> Identifier:
    """As eIDAS writes them, of a state that there is not (ISO 3166-1 leaves XX to its users)."""
    return Identifier(Scheme.EIDAS, f"XX/RO/{secrets.token_hex(8)}")


def _own(found: Client | None, owner_id: UUID) -> Client:
    if found is None or found.owner_id != owner_id:
        raise NotFound
    return found


def _sandbox(found: Client | None, owner_id: UUID) -> None:
    if not _own(found, owner_id).is_sandbox:
        raise NotInSandbox
