"""Consents: who may give, read and revoke them; who else sees nothing of them."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import httpx2
import pytest
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_core import clock, cnp, ids
from hub_core.principal import Assurance, Kind
from hub_events.session import Session
from hub_terms import terms
from svc_criminal_record.domain.consents import Consent, ConsentState
from svc_criminal_record.domain.institutions import Institution
from svc_criminal_record.operations import institutions

BOTH = frozenset({"criminal-record:read", "criminal-record:write"})
CONSENTS = "/criminal-record/v1/consents"
CNP = "1850312149006"
Known = Callable[..., Awaitable[Institution]]


def today() -> date:
    return clock.local_date(clock.now())


@pytest.fixture
def known(sessions: async_sessionmaker[Session]) -> Known:
    """Make an institution known, with what is special of it."""

    async def make(**special: Any) -> Institution:
        facts: dict[str, Any] = {
            "id": ids.new_id(),
            "code": "ISJ-CJ",
            "names": {"ro": "Inspectoratul Școlar Județean Cluj", "en": "Cluj County School Inspectorate"},
            "county": "CJ",
            "valid_from": date(2007, 1, 1),
            "valid_to": None,
            "version": 1,
        }
        institution = Institution(**(facts | special))
        async with sessions() as session:
            await institutions.copy_institution(session, institution)
        return institution

    return make


@pytest.fixture
async def school(known: Known) -> Institution:
    return await known()


@pytest.fixture
def ana(fake_identity: Any) -> UUID:
    """A person whom the population register knows."""
    person_id = ids.new_id()
    fake_identity.answer(
        f"/internal/v1/people/{person_id}/identity",
        {
            "person_id": str(person_id),
            "cnp": CNP,
            "family_name": "Popescu",
            "given_name": "Ana",
            "birth_date": "1985-03-12",
            "died_on": None,
            "is_romanian": True,
        },
    )
    return person_id


@pytest.fixture
def as_ana(ana: UUID, signed_in: Any) -> dict[str, str]:
    made: dict[str, str] = signed_in(ana, BOTH, Assurance.SUBSTANTIAL)
    return made


def body(school: Institution, **special: Any) -> dict[str, Any]:
    until = today() + timedelta(days=30)
    return {
        "institution_id": str(school.id),
        "motive": "angajare",
        "valid_until": until.isoformat(),
    } | special


@pytest.mark.parametrize(
    ("scopes", "assurance", "status"),
    [
        (BOTH, Assurance.LOW, 403),
        ({"criminal-record:read"}, Assurance.SUBSTANTIAL, 403),
        ({"criminal-record:extract"}, Assurance.SUBSTANTIAL, 403),
    ],
)
async def test_only_who_signed_in_well_and_may_write_gives_a_consent(
    client: httpx2.AsyncClient,
    signed_in: Any,
    ana: UUID,
    school: Institution,
    scopes: Any,
    assurance: Assurance,
    status: int,
) -> None:
    headers = signed_in(ana, scopes, assurance)
    assert (await client.post(CONSENTS, json=body(school), headers=headers)).status_code == status


async def test_nobody_consents_for_another(
    client: httpx2.AsyncClient, signed_in: Any, ana: UUID, school: Institution
) -> None:
    under_mandate = signed_in(
        ana, BOTH, Assurance.SUBSTANTIAL, mandate=str(ids.new_id()), act_for=str(ids.new_id())
    )
    as_client = signed_in(
        None, BOTH, Assurance.SUBSTANTIAL, sub="register", kind=Kind.CLIENT, institution=str(school.id)
    )
    for headers in (under_mandate, as_client):
        assert (await client.post(CONSENTS, json=body(school), headers=headers)).status_code == 401


async def test_another_s_consent_is_not_there(
    client: httpx2.AsyncClient, signed_in: Any, as_ana: dict[str, str], school: Institution
) -> None:
    given = await client.post(CONSENTS, json=body(school), headers=as_ana)
    as_ion = signed_in(ids.new_id(), BOTH, Assurance.SUBSTANTIAL)
    address = given.headers["location"]
    assert (await client.get(address, headers=as_ion)).status_code == 404
    refused = await client.post(f"{address}/revoke", headers=as_ion)
    assert refused.json()["type"].endswith("/extract-consent-not-found")
    assert (await client.get(CONSENTS, headers=as_ion)).json()["items"] == []
    assert (await client.get(address, headers=as_ana)).json()["state"] == "IN_FORCE"


async def test_who_is_not_in_the_population_register_gives_none(
    client: httpx2.AsyncClient, signed_in: Any, school: Institution
) -> None:
    headers = signed_in(ids.new_id(), BOTH, Assurance.SUBSTANTIAL)
    refused = await client.post(CONSENTS, json=body(school), headers=headers)
    assert (refused.status_code, refused.json()["type"].split("/")[-1]) == (403, "holder-unknown")


async def test_a_minor_gives_none(
    client: httpx2.AsyncClient, signed_in: Any, fake_identity: Any, school: Institution
) -> None:
    """Who may not ask online for the own certificate lets nobody ask for an extract either."""
    minor, born = ids.new_id(), today().replace(year=today().year - 16, day=1)
    fake_identity.answer(
        f"/internal/v1/people/{minor}/identity",
        {
            "person_id": str(minor),
            "cnp": cnp.complete(f"6{born:%y%m%d}12900").number,
            "family_name": "Popescu",
            "given_name": "Maria",
            "birth_date": born.isoformat(),
            "died_on": None,
            "is_romanian": True,
        },
    )
    headers = signed_in(minor, BOTH, Assurance.SUBSTANTIAL)
    refused = await client.post(CONSENTS, json=body(school), headers=headers)
    assert (refused.status_code, refused.json()["type"].split("/")[-1]) == (403, "holder-too-young")


async def test_a_consent_is_given_listed_and_taken_back_at_once(
    client: httpx2.AsyncClient, as_ana: dict[str, str], school: Institution, looking: asyncpg.Connection
) -> None:
    given = await client.post(CONSENTS, json=body(school), headers=as_ana)
    assert given.status_code == 201
    shown = given.json()
    assert shown["institution"]["names"]["ro"] == "Inspectoratul Școlar Județean Cluj"
    assert (shown["state"], shown["revoked_at"], shown["motive"]) == ("IN_FORCE", None, "angajare")
    assert (await client.get(CONSENTS, headers=as_ana)).json()["items"] == [shown]
    for _ in "twice":
        revoked = await client.post(f"{given.headers['location']}/revoke", headers=as_ana)
        assert (revoked.status_code, revoked.json()["state"]) == (200, "REVOKED")
    row = await looking.fetchrow('SELECT * FROM "criminal-record".consents WHERE id = $1', UUID(shown["id"]))
    assert CNP.encode() not in row["holder_key"]
    again = (await client.get(CONSENTS, headers=as_ana)).json()["items"]
    assert [one["state"] for one in again] == ["REVOKED"]


async def test_a_new_consent_takes_the_place_of_the_one_before_also_at_the_same_instant(
    client: httpx2.AsyncClient, as_ana: dict[str, str], school: Institution, known: Known
) -> None:
    other = await known()
    answers = await asyncio.gather(
        *(client.post(CONSENTS, json=body(school), headers=as_ana) for _ in range(4)),
        client.post(CONSENTS, json=body(school, motive="studii"), headers=as_ana),
        client.post(CONSENTS, json=body(other), headers=as_ana),
    )
    assert {answer.status_code for answer in answers} == {201}
    states = [one["state"] for one in (await client.get(CONSENTS, headers=as_ana)).json()["items"]]
    assert sorted(states) == ["IN_FORCE"] * 3 + ["REVOKED"] * 3


@pytest.mark.parametrize(
    ("special", "slug"),
    [
        ({"institution_id": str(ids.new_id())}, "consent-institution-unknown"),
        ({"motive": "curiozitate"}, "motive-unknown"),
        ({"motive": "alt-motiv"}, "motive-unknown"),
        ({"valid_until": (today() - timedelta(days=1)).isoformat()}, "consent-term-unfit"),
        (
            {"valid_until": (terms.end_months(today(), 6) + timedelta(days=1)).isoformat()},
            "consent-term-unfit",
        ),
    ],
)
async def test_what_does_not_fit_is_refused(
    client: httpx2.AsyncClient,
    as_ana: dict[str, str],
    school: Institution,
    special: dict[str, str],
    slug: str,
) -> None:
    refused = await client.post(CONSENTS, json=body(school, **special), headers=as_ana)
    assert (refused.status_code, refused.json()["type"].split("/")[-1]) == (422, slug)


async def test_a_consent_lasts_for_six_months_at_most_and_for_a_day_at_least(
    client: httpx2.AsyncClient, as_ana: dict[str, str], school: Institution
) -> None:
    for last in (today(), terms.end_months(today(), 6)):
        given = await client.post(CONSENTS, json=body(school, valid_until=last.isoformat()), headers=as_ana)
        assert (given.status_code, given.json()["valid_until"]) == (201, last.isoformat())


async def test_an_institution_that_is_closed_is_let_ask_nothing(
    client: httpx2.AsyncClient, as_ana: dict[str, str], known: Known
) -> None:
    closed = await known(valid_to=today() - timedelta(days=1))
    refused = await client.post(CONSENTS, json=body(closed), headers=as_ana)
    assert refused.json()["type"].endswith("/consent-institution-unknown")


def test_a_last_day_ends_at_midnight_in_bucharest() -> None:
    consent = Consent(
        id=ids.new_id(),
        person_id=ids.new_id(),
        holder_key=b"k",
        institution_id=ids.new_id(),
        motive="angajare",
        given_at=datetime(2026, 11, 1, tzinfo=UTC),
        valid_until=date(2026, 11, 30),
    )
    assert consent.state(datetime(2026, 11, 30, 21, 59, tzinfo=UTC)) is ConsentState.IN_FORCE
    assert consent.state(datetime(2026, 11, 30, 22, tzinfo=UTC)) is ConsentState.EXPIRED
