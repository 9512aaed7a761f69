"""What a form may be filled in with: as little as forms ask, and never a personal number."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.language import Language
from hub_service.problems import NotFound

from ..storage import accounts, organisations, people


@dataclass(frozen=True, slots=True)
class Applicant:
    """A person who fills in a form for themselves; the date of birth where a register has said it."""

    given_name: str
    family_name: str
    birth_date: date | None
    email: str
    language: Language


@dataclass(frozen=True, slots=True)
class Principal:
    """Whom somebody acts for: a person, or an organisation.

    It is what the mandate itself shows to the representative, so that no record is opened for it.
    """

    given_name: str | None = None
    family_name: str | None = None
    organisation_name: str | None = None
    organisation_cui: str | None = None


async def of_applicant(session: AsyncSession, person_id: UUID) -> Applicant:
    """An applicant, with the names a register has said before those the person has; `NotFound`."""
    async with session.begin():
        account = await accounts.read(session, person_id)
        person = await people.read(session, person_id)
    if account is None:
        raise NotFound
    named = person or account
    return Applicant(
        given_name=named.given_name,
        family_name=named.family_name,
        birth_date=person.birth_date if person else None,
        email=account.email,
        language=account.language,
    )


async def of_principal(session: AsyncSession, principal_id: UUID) -> Principal:
    """The person or organisation that somebody acts for; `NotFound`."""
    async with session.begin():
        person = await people.read(session, principal_id)
        organisation = await organisations.read(session, principal_id) if person is None else None
    if person is not None:
        return Principal(given_name=person.given_name, family_name=person.family_name)
    if organisation is not None:
        return Principal(organisation_name=organisation.name, organisation_cui=organisation.cui)
    raise NotFound


async def name_of(session: AsyncSession, principal_id: UUID) -> str:
    """What a person or organisation is called, by a register before what they say themselves; `NotFound`."""
    async with session.begin():
        person = await people.read(session, principal_id) or await accounts.read(session, principal_id)
        organisation = await organisations.read(session, principal_id) if person is None else None
    if person is not None:
        return f"{person.given_name} {person.family_name}"
    if organisation is not None:
        return organisation.name
    raise NotFound
