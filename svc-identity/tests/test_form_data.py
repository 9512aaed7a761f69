"""What a form is filled in with: little, and never a personal number."""

from datetime import UTC, date, datetime
from typing import Any

import httpx2
import pytest
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_core import cui, ids
from hub_events.session import Session
from svc_identity.domain.account import Account
from svc_identity.domain.organisation import Organisation, OrganisationSource
from svc_identity.domain.person import Person, Source
from svc_identity.storage import organisations, people

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)


@pytest.fixture
def as_catalog(signed_in: Any) -> dict[str, str]:
    made: dict[str, str] = signed_in(scopes={"identity.form-data:read"}, kind="service", sub="catalog")
    return made


@pytest.fixture
async def established(sessions: async_sessionmaker[Session], ana: Account) -> Person:
    """Ana as the register writes her."""
    person = Person(
        id=ana.id,
        family_name="POPESCU",
        given_name="ANA-MARIA",
        birth_date=date(1985, 3, 12),
        died_on=None,
        source=Source.POPULATION_REGISTER,
        version=1,
        established_at=NOW,
        checked_at=NOW,
    )
    async with sessions() as session, session.begin():
        await people.add(session, person)
    return person


async def test_what_a_person_says_of_themselves_is_filled_in(
    client: httpx2.AsyncClient, as_catalog: dict[str, str], ana: Account
) -> None:
    answer = await client.get(f"/internal/v1/people/{ana.id}/form-data", headers=as_catalog)
    assert answer.json() == {
        "given_name": ana.given_name,
        "family_name": ana.family_name,
        "birth_date": None,
        "email": ana.email,
        "language": ana.language,
    }


async def test_what_a_register_says_goes_before(
    client: httpx2.AsyncClient, as_catalog: dict[str, str], ana: Account, established: Person
) -> None:
    answer = await client.get(f"/internal/v1/people/{ana.id}/form-data", headers=as_catalog)
    said = answer.json()
    assert (said["given_name"], said["family_name"]) == ("ANA-MARIA", "POPESCU")
    assert (said["birth_date"], said["email"]) == ("1985-03-12", ana.email)


async def test_of_a_principal_only_the_names_are_told(
    client: httpx2.AsyncClient, as_catalog: dict[str, str], established: Person
) -> None:
    path = f"/internal/v1/principals/{established.id}/form-data"
    assert (await client.get(path, headers=as_catalog)).json() == {
        "given_name": "ANA-MARIA",
        "family_name": "POPESCU",
        "organisation_name": None,
        "organisation_cui": None,
    }


async def test_of_an_organisation_its_name_and_number_are_told(
    client: httpx2.AsyncClient, as_catalog: dict[str, str], sessions: async_sessionmaker[Session]
) -> None:
    company = Organisation(
        id=ids.new_id(),
        cui=cui.complete("7654321"),
        trade_number=None,
        name="Exemplu SRL",
        source=OrganisationSource.TRADE_REGISTER,
        version=1,
        checked_at=NOW,
    )
    async with sessions() as session, session.begin():
        await organisations.add(session, company)
    path = f"/internal/v1/principals/{company.id}/form-data"
    said = (await client.get(path, headers=as_catalog)).json()
    assert (said["organisation_name"], said["organisation_cui"]) == (company.name, company.cui)
    assert (said["given_name"], said["family_name"]) == (None, None)


@pytest.fixture
def as_petitions(signed_in: Any) -> dict[str, str]:
    made: dict[str, str] = signed_in(scopes={"identity.names:read"}, kind="service", sub="petitions")
    return made


async def test_a_name_is_told_only_to_a_service_that_may_ask(
    client: httpx2.AsyncClient, as_catalog: dict[str, str], ana: Account
) -> None:
    address = f"/internal/v1/principals/{ana.id}/name"
    assert (await client.get(address)).status_code == 401
    assert (await client.get(address, headers=as_catalog)).status_code == 403


async def test_a_name_comes_alone_and_of_nobody_none(
    client: httpx2.AsyncClient, as_petitions: dict[str, str], ana: Account
) -> None:
    answer = await client.get(f"/internal/v1/principals/{ana.id}/name", headers=as_petitions)
    assert answer.json() == {"name": f"{ana.given_name} {ana.family_name}"}
    unknown = await client.get(f"/internal/v1/principals/{ids.new_id()}/name", headers=as_petitions)
    assert unknown.status_code == 404


async def test_a_name_is_as_a_register_writes_it(
    client: httpx2.AsyncClient, as_petitions: dict[str, str], established: Person
) -> None:
    answer = await client.get(f"/internal/v1/principals/{established.id}/name", headers=as_petitions)
    assert answer.json() == {"name": "ANA-MARIA POPESCU"}


async def test_an_organisation_has_a_name_too(
    client: httpx2.AsyncClient, as_petitions: dict[str, str], sessions: async_sessionmaker[Session]
) -> None:
    company = Organisation(
        id=ids.new_id(),
        cui=cui.complete("7654323"),
        trade_number=None,
        name="Ionescu Construct SRL",
        source=OrganisationSource.TRADE_REGISTER,
        version=1,
        checked_at=NOW,
    )
    async with sessions() as session, session.begin():
        await organisations.add(session, company)
    answer = await client.get(f"/internal/v1/principals/{company.id}/name", headers=as_petitions)
    assert answer.json() == {"name": "Ionescu Construct SRL"}
