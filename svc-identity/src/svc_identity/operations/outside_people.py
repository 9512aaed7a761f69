"""Who somebody that an outside provider knows is here: found in the register, or by a number from abroad."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.cnp import Cnp
from hub_events import outbox

from ..domain import account as accounts
from ..domain.account import Account
from ..domain.means import Link
from ..domain.outside import Said
from ..domain.person import Person, Scheme, Source
from ..domain.population import RegisteredPerson
from ..errors.means import IdentityTaken, OutsideRefused
from ..events.people import PersonMerged, PersonVerified
from ..provider import Provider
from ..storage import access_log, people
from ..storage import accounts as account_storage
from ..storage import means as storage
from . import identities


async def establish(
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


async def registered_as(provider: Provider, said: Said) -> RegisteredPerson | None:
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
