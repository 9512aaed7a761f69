"""The invented people of applications in the sandbox."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import RowMapping, delete, exists, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.language import Language
from hub_core.principal import Assurance

from ..domain.mandate import State
from ..domain.mandate_type import MandateType
from ..domain.sandbox_person import Kind, SandboxPerson
from ..tables.accounts import ACCOUNTS
from ..tables.mandates import MANDATES, ORGANISATIONS
from ..tables.people import PEOPLE
from ..tables.sandbox import SANDBOX_PEOPLE


@dataclass(frozen=True, slots=True)
class Shown:
    """Somebody invented, as the owner of the application sees them.

    `email` is none for who has no account. `mandate_id` is under which they act for `acts_for`.
    """

    person: SandboxPerson
    email: str | None
    given_name: str
    family_name: str
    birth_date: date | None
    language: Language | None
    assurance: Assurance | None
    mandate_id: UUID | None
    mandate_type: MandateType | None
    acts_for: UUID | None
    company: str | None
    company_cui: str | None


async def add(session: AsyncSession, person: SandboxPerson) -> None:
    """Note that somebody is invented, and for whom."""
    await session.execute(insert(SANDBOX_PEOPLE).values(asdict(person)))


async def of_client(session: AsyncSession, client_id: str) -> Sequence[SandboxPerson]:
    """Everybody who was invented for an application, in the order of their making."""
    wanted = select(SANDBOX_PEOPLE).where(SANDBOX_PEOPLE.c.client_id == client_id)
    rows = await session.execute(wanted.order_by(SANDBOX_PEOPLE.c.person_id))
    return [_person(row) for row in rows.mappings()]


async def client_of(session: AsyncSession, person_id: UUID) -> str | None:
    """The application for which somebody was invented; none for everybody else."""
    wanted = select(SANDBOX_PEOPLE.c.client_id).where(SANDBOX_PEOPLE.c.person_id == person_id)
    found: str | None = (await session.execute(wanted)).scalar()
    return found


async def shown(session: AsyncSession, client_id: str, *, after: UUID | None, limit: int) -> Sequence[Shown]:
    """The same people with what is known of them; `after` is the last of the page before."""
    wanted = _SHOWN.where(SANDBOX_PEOPLE.c.client_id == client_id)
    if after is not None:
        wanted = wanted.where(SANDBOX_PEOPLE.c.person_id > after)
    rows = await session.execute(wanted.order_by(SANDBOX_PEOPLE.c.person_id).limit(limit))
    return [_shown(row) for row in rows.mappings()]


async def forget(session: AsyncSession, person: SandboxPerson) -> None:
    """Delete somebody invented with all that hangs on them: account, identity, mandates, their company.

    Nobody is deleted who does not stand in the table of invented people.
    """
    is_invented = exists().where(SANDBOX_PEOPLE.c.person_id == person.person_id)
    await session.execute(delete(ACCOUNTS).where(ACCOUNTS.c.id == person.person_id, is_invented))
    await session.execute(delete(PEOPLE).where(PEOPLE.c.id == person.person_id, is_invented))
    if person.organisation_id is not None:
        theirs = exists().where(SANDBOX_PEOPLE.c.organisation_id == person.organisation_id)
        await session.execute(
            delete(ORGANISATIONS).where(ORGANISATIONS.c.id == person.organisation_id, theirs)
        )
    await session.execute(delete(SANDBOX_PEOPLE).where(SANDBOX_PEOPLE.c.person_id == person.person_id))


_SHOWN: Final = (
    select(
        *SANDBOX_PEOPLE.c,
        ACCOUNTS.c.email,
        ACCOUNTS.c.given_name.label("account_given_name"),
        ACCOUNTS.c.family_name.label("account_family_name"),
        ACCOUNTS.c.language,
        ACCOUNTS.c.assurance,
        PEOPLE.c.given_name,
        PEOPLE.c.family_name,
        PEOPLE.c.birth_date,
        MANDATES.c.id.label("mandate_id"),
        MANDATES.c.type.label("mandate_type"),
        MANDATES.c.principal_person_id,
        MANDATES.c.principal_organisation_id,
        ORGANISATIONS.c.name.label("company"),
        ORGANISATIONS.c.cui,
    )
    .select_from(SANDBOX_PEOPLE)
    .outerjoin(ACCOUNTS, ACCOUNTS.c.id == SANDBOX_PEOPLE.c.person_id)
    .outerjoin(PEOPLE, PEOPLE.c.id == SANDBOX_PEOPLE.c.person_id)
    .outerjoin(
        MANDATES,
        (MANDATES.c.representative_id == SANDBOX_PEOPLE.c.person_id) & (MANDATES.c.state == State.ACTIVE),
    )
    .outerjoin(ORGANISATIONS, ORGANISATIONS.c.id == SANDBOX_PEOPLE.c.organisation_id)
)


def _person(row: RowMapping) -> SandboxPerson:
    return SandboxPerson(**{**row, "kind": Kind(row["kind"])})


def _shown(row: RowMapping) -> Shown:
    own = {column.name: row[column.name] for column in SANDBOX_PEOPLE.c}
    return Shown(
        person=SandboxPerson(**{**own, "kind": Kind(row["kind"])}),
        email=row["email"],
        given_name=row["account_given_name"] or row["given_name"],
        family_name=row["account_family_name"] or row["family_name"],
        birth_date=row["birth_date"],
        language=Language(row["language"]) if row["language"] else None,
        assurance=Assurance(row["assurance"]) if row["assurance"] else None,
        mandate_id=row["mandate_id"],
        mandate_type=MandateType(row["mandate_type"]) if row["mandate_type"] else None,
        acts_for=row["principal_person_id"] or row["principal_organisation_id"],
        company=row["company"],
        company_cui=row["cui"],
    )
