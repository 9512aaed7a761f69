"""People and organisations for whom others act: known here by what registers say of them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import ids
from hub_core.cnp import Cnp

from ..domain.company import Company
from ..domain.organisation import Organisation, OrganisationSource
from ..domain.person import Identifier, Person, Scheme, Source
from ..domain.population import RegisteredPerson
from ..errors.mandates import IdentityNotEstablished
from ..provider import Provider
from ..storage import organisations, people


async def number_of(session: AsyncSession, provider: Provider, person_id: UUID) -> Cnp:
    """The CNP of a person, in the caller's transaction; `IdentityNotEstablished` without one."""
    number = await people.identifier_of(session, provider.master_key, person_id, Scheme.CNP)
    if number is None:
        raise IdentityNotEstablished
    return Cnp(number.value)


async def establish_person(
    session: AsyncSession, provider: Provider, entry: RegisteredPerson, now: datetime
) -> Person:
    """The person of an entry, in the caller's transaction: the one we know, or one with an id of its own."""
    numbers = [Identifier(Scheme.CNP, cnp.number) for cnp in (entry.cnp, *entry.former)]
    for number in sorted(numbers, key=lambda one: one.value):
        await people.lock_number(session, provider.master_key, number)
    for number in numbers:
        known = await people.by_identifier(session, provider.master_key, number)
        if known is not None:
            return known
    person = Person(
        id=ids.new_id(),
        family_name=entry.family_name,
        given_name=entry.given_name,
        birth_date=entry.birth_date,
        died_on=entry.died_on,
        source=Source.POPULATION_REGISTER,
        version=1,
        established_at=now,
        checked_at=now,
    )
    await people.add(session, person)
    await people.add_identifier(session, provider.master_key, person.id, numbers[0], now)
    return person


async def establish_organisation(session: AsyncSession, company: Company, now: datetime) -> Organisation:
    """The organisation of an entry of the trade register, in the caller's transaction."""
    told = Organisation(
        id=ids.new_id(),
        cui=company.cui,
        trade_number=company.number,
        name=company.name,
        source=OrganisationSource.TRADE_REGISTER,
        version=1,
        checked_at=now,
    )
    return await organisations.put(session, told)
