"""What a register of the state asks: who somebody is with their number, and what a mandate carries."""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx2
import pytest
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_core import clock, cui, ids
from hub_core.cnp import Cnp
from hub_events.session import Session
from svc_identity.domain.mandate import Mandate, State
from svc_identity.domain.mandate_type import MandateType, PrincipalKind
from svc_identity.domain.organisation import Organisation, OrganisationSource
from svc_identity.domain.person import Identifier, Person, Scheme, Source
from svc_identity.domain.population import RegisteredPerson, Sex
from svc_identity.provider import Provider
from svc_identity.storage import mandates as storage
from svc_identity.storage import organisations, people

BORN = date(1985, 3, 12)
Sessions = async_sessionmaker[Session]
MakePerson = Callable[..., Awaitable[tuple[Person, Cnp]]]


@pytest.fixture
def as_records(signed_in: Any) -> dict[str, str]:
    made: dict[str, str] = signed_in(
        scopes={"identity.identity:read", "identity.mandates:read"}, kind="service", sub="criminal-record"
    )
    return made


@pytest.fixture
def established(sessions: Sessions, provider: Provider, population: Any, a_cnp: Any) -> MakePerson:
    """Make `established(checked_at=…)`: somebody the register has said something of, then."""

    async def make(checked_at: datetime | None = None) -> tuple[Person, Cnp]:
        now = clock.now()
        person = Person(
            id=ids.new_id(),
            family_name="Popescu",
            given_name="Ana",
            birth_date=BORN,
            died_on=None,
            source=Source.POPULATION_REGISTER,
            version=1,
            established_at=now,
            checked_at=checked_at or now,
        )
        cnp = a_cnp(BORN)
        population.put(RegisteredPerson(cnp, "Popescu", "Ana", BORN, Sex.FEMALE))
        async with sessions() as session, session.begin():
            await people.add(session, person)
            number = Identifier(Scheme.CNP, cnp.number)
            await people.add_identifier(session, provider.master_key, person.id, number, now)
        return person, cnp

    return make


@pytest.fixture
def a_mandate(sessions: Sessions) -> Callable[..., Awaitable[Mandate]]:
    """Make `a_mandate(principal_id, representative_id, **what_is_special)`: a power of attorney in force."""

    async def make(principal: Any, representative: Any, **special: Any) -> Mandate:
        now = clock.now()
        facts: dict[str, Any] = {
            "id": ids.new_id(),
            "type": MandateType.NOTARIAL_PROXY,
            "principal_kind": PrincipalKind.PERSON,
            "principal_id": principal,
            "representative_id": representative,
            "given_by": None,
            "services": (),
            "purpose": "",
            "valid_from": clock.local_date(now),
            "valid_to": clock.local_date(now) + timedelta(days=30),
            "evidence_ref": "12/2026",
            "institution_id": None,
            "state": State.ACTIVE,
            "version": 1,
            "created_at": now,
            "checked_at": now,
        }
        mandate = Mandate(**(facts | special))
        async with sessions() as session, session.begin():
            await storage.add(session, mandate)
        return mandate

    return make


@pytest.mark.parametrize("path", ["people/{id}/identity", "mandates/{id}/check?scope=a&person_id={id}"])
async def test_only_a_service_that_was_given_the_scope_may_ask(
    client: httpx2.AsyncClient, signed_in: Any, path: str
) -> None:
    where = f"/internal/v1/{path.format(id=ids.new_id())}"
    assert (await client.get(where)).status_code == 401
    as_notify = signed_in(scopes={"identity.contact:read"}, kind="service", sub="notify")
    assert (await client.get(where, headers=as_notify)).status_code == 403


async def test_a_person_is_told_with_number_and_citizenship(
    client: httpx2.AsyncClient, as_records: dict[str, str], established: MakePerson
) -> None:
    person, cnp = await established()
    answer = await client.get(f"/internal/v1/people/{person.id}/identity", headers=as_records)
    assert answer.json() == {
        "person_id": str(person.id),
        "cnp": cnp.number,
        "family_name": "Popescu",
        "given_name": "Ana",
        "birth_date": "1985-03-12",
        "died_on": None,
        "is_romanian": True,
    }
    nobody = await client.get(f"/internal/v1/people/{ids.new_id()}/identity", headers=as_records)
    assert nobody.status_code == 404


async def test_who_has_died_since_yesterday_is_told_as_dead(
    client: httpx2.AsyncClient, as_records: dict[str, str], established: MakePerson, population: Any
) -> None:
    person, cnp = await established(checked_at=clock.now() - timedelta(days=1))
    population.put(RegisteredPerson(cnp, "Popescu", "Ana", BORN, Sex.FEMALE, date(2026, 11, 20)))
    path = f"/internal/v1/people/{person.id}/identity"
    assert (await client.get(path, headers=as_records)).json()["died_on"] == "2026-11-20"


@pytest.mark.parametrize(
    ("special", "scope", "purpose", "obstacle"),
    [
        ({}, "criminal-record:write", [], None),
        ({}, "criminal-record:write", ["angajare"], None),
        ({"purpose": "Angajare"}, "criminal-record:write", ["munkavállalás", "angajare"], None),
        ({"purpose": "Angajare"}, "criminal-record:write", ["permis port armă"], "PURPOSE"),
        ({"services": ("petitions:read",)}, "criminal-record:write", [], "SERVICE"),
        ({"type": MandateType.DELEGATE}, "criminal-record:write", [], "SERVICE"),
        ({"valid_to": date(2026, 1, 1), "valid_from": date(2025, 1, 1)}, "criminal-record:write", [], "PAST"),
    ],
)
async def test_a_mandate_carries_what_its_type_its_services_and_its_purpose_allow(
    client: httpx2.AsyncClient,
    as_records: dict[str, str],
    established: MakePerson,
    a_mandate: Any,
    special: dict[str, Any],
    scope: str,
    purpose: list[str],
    obstacle: str | None,
) -> None:
    (principal, _), (representative, _) = await established(), await established()
    mandate = await a_mandate(principal.id, representative.id, **special)
    answer = await client.get(
        f"/internal/v1/mandates/{mandate.id}/check",
        params={"scope": scope, "person_id": str(representative.id), "purpose": purpose},
        headers=as_records,
    )
    said = answer.json()
    assert (said["carries"], said["obstacle"]) == (obstacle is None, obstacle)
    assert said["principal_id"] == str(principal.id)


async def test_a_mandate_of_an_organisation_names_it(
    client: httpx2.AsyncClient,
    as_records: dict[str, str],
    established: MakePerson,
    a_mandate: Any,
    sessions: Sessions,
) -> None:
    company = Organisation(
        id=ids.new_id(),
        cui=cui.complete("7654322"),
        trade_number=None,
        name="Exemplu SRL",
        source=OrganisationSource.TRADE_REGISTER,
        version=1,
        checked_at=datetime(2026, 11, 22, 8, tzinfo=UTC),
    )
    async with sessions() as session, session.begin():
        await organisations.add(session, company)
    representative, _ = await established()
    mandate = await a_mandate(
        company.id,
        representative.id,
        type=MandateType.LEGAL_REP,
        principal_kind=PrincipalKind.ORGANISATION,
    )
    asked = {"scope": "criminal-record:write", "person_id": str(representative.id)}
    answer = await client.get(f"/internal/v1/mandates/{mandate.id}/check", params=asked, headers=as_records)
    said = answer.json()
    assert (said["organisation_name"], said["organisation_cui"]) == (company.name, company.cui)
    assert said["type"] == "LEGAL_REP"
