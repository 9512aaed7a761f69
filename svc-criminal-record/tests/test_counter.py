"""Requests at the counter: who may enter them, for whom, and what is printed."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg
import httpx2
import pytest

from hub_core import clock, ids
from hub_core.principal import Assurance, Role
from svc_criminal_record.domain.records import CompanyMatch

from .officers import API, CHANGES, COUNTER, DECIDE, PURPOSE, AddDesk, Desk, key
from .outside import JUDGMENT, Outside

Enter = Callable[..., Awaitable[httpx2.Response]]
CARD = {
    "kind": "IDENTITY_CARD",
    "number": "CJ 900001",
    "issued_by": "SPCLEP Cluj-Napoca",
    "issued_on": "2024-03-01",
    "valid_until": "2031-03-01",
}
BIRTH = CARD | {"kind": "BIRTH_CERTIFICATE", "valid_until": None}
POWER = CARD | {"kind": "POWER_OF_ATTORNEY", "issued_by": "BNP Exemplu", "motive": "angajare"}
PASSPORT = CARD | {"kind": "PASSPORT", "number": "MD 12 345", "issued_in": "MD", "issued_by": "ASP"}
VISITOR = {"family_name": "Popescu", "given_name": "Elena"}
AT_COUNTER = {"purpose": "COUNTER_SERVICE"}


@pytest.fixture
def enter(client: httpx2.AsyncClient, desk: Desk) -> Enter:
    """Make `enter(**what_is_special)`: an adult asks in person."""

    async def make(officer: dict[str, str] | None = None, **special: Any) -> httpx2.Response:
        body = {
            "product": "CRIMINAL_RECORD",
            "motive": "angajare",
            "visit": {"applicant": "HOLDER", "documents": [CARD]},
        }
        headers = (officer or desk.officer()) | key()
        return await client.post(COUNTER, json=body | special, headers=headers)

    return make


def person(outside: Outside, **special: Any) -> dict[str, Any]:
    """Somebody whom the register knows, as their identity card says."""
    said = outside.people[outside.add_person(**special)]
    return {name: said[name] for name in ("family_name", "given_name", "birth_date", "cnp")} | {
        "citizenship": "RO"
    }


def slug(answer: httpx2.Response) -> str:
    return str(answer.json()["type"]).rpartition("/")[2]


def pointers(answer: httpx2.Response) -> set[str]:
    assert answer.status_code == 422, answer.text
    return {error["pointer"] for error in answer.json()["errors"]}


async def test_only_officers_of_a_records_unit_enter_requests(
    enter: Enter,
    desk: Desk,
    add_desk: AddDesk,
    outside: Outside,
    signed_in: Any,
) -> None:
    ana = person(outside)
    citizen = signed_in(ids.new_id(), DECIDE, assurance=Assurance.SUBSTANTIAL)
    assert slug(await enter(citizen, person=ana)) == "role-required"
    town_hall = await add_desk("DGP")
    assert slug(await enter(town_hall.officer(), person=ana)) == "no-records-unit"


async def test_no_officer_enters_the_own_request_nor_comes_as_proxy(
    enter: Enter, desk: Desk, outside: Outside
) -> None:
    sorin = outside.add_person()
    said = outside.people[sorin]
    own = {name: said[name] for name in ("family_name", "given_name", "birth_date", "cnp")}
    refused = await enter(desk.officer(sorin), person=own | {"citizenship": "RO"})
    assert (refused.status_code, slug(refused)) == (403, "own-case")
    visit = {
        "applicant": "PROXY",
        "visitor": VISITOR | {"cnp": said["cnp"]},
        "documents": [CARD, POWER],
    }
    by_self = await enter(desk.officer(sorin), person=person(outside), visit=visit)
    assert (by_self.status_code, slug(by_self)) == (403, "own-case")


async def test_an_adult_leaves_with_the_certificate(
    client: httpx2.AsyncClient, enter: Enter, desk: Desk, outside: Outside, looking: asyncpg.Connection
) -> None:
    entered = await enter(person=person(outside))
    assert entered.status_code == 201, entered.text
    assert entered.json()["state"] == "ISSUED"
    officer = desk.officer()
    file = await client.get(entered.json()["certificate"], headers=officer | AT_COUNTER)
    assert file.headers["content-type"] == "application/pdf"
    assert file.content.startswith(b"%PDF-1.7")
    row = await looking.fetchrow(
        'SELECT channel, institution_id, county, papers FROM "criminal-record".requests WHERE id = $1',
        UUID(entered.json()["id"]),
    )
    assert (row["channel"], row["institution_id"], row["county"]) == ("COUNTER", desk.unit, "CJ")
    assert b"900001" not in row["papers"]


async def test_another_unit_does_not_find_it(
    client: httpx2.AsyncClient,
    enter: Enter,
    add_desk: AddDesk,
    outside: Outside,
) -> None:
    entered = (await enter(person=person(outside))).json()
    other = (await add_desk("IPJ-BV")).officer()
    seen = await client.get(f"{COUNTER}/{entered['id']}", headers=other)
    assert (seen.status_code, slug(seen)) == (404, "not-found")
    file = await client.get(entered["certificate"], headers=other)
    assert (file.status_code, slug(file)) == (404, "certificate-not-of-your-counter")


async def test_one_a_day_for_a_motive_at_the_counter_and_online_together(
    client: httpx2.AsyncClient, enter: Enter, outside: Outside, signed_in: Any
) -> None:
    ana = outside.add_person()
    headers = signed_in(
        ana, {"criminal-record:read", "criminal-record:write"}, assurance=Assurance.SUBSTANTIAL
    )
    online = await client.post(
        "/criminal-record/v1/requests", json={"motive": "angajare"}, headers=headers | key()
    )
    assert online.status_code == 201
    said = {name: outside.people[ana][name] for name in ("family_name", "given_name", "birth_date", "cnp")}
    again = await enter(person=said | {"citizenship": "RO"})
    assert (again.status_code, slug(again)) == (409, "certificate-asked-already")
    assert online.json()["id"] not in again.text
    assert (await enter(person=said | {"citizenship": "RO"}, motive="studii")).status_code == 201


async def test_whom_the_hub_knows_finds_it_in_the_own_account(
    client: httpx2.AsyncClient, enter: Enter, outside: Outside, signed_in: Any, looking: asyncpg.Connection
) -> None:
    ana = outside.add_person()
    headers = signed_in(
        ana, {"criminal-record:read", "criminal-record:write"}, assurance=Assurance.SUBSTANTIAL
    )
    path = "/criminal-record/v1/requests"
    await client.post(path, json={"motive": "angajare"}, headers=headers | key())
    said = {name: outside.people[ana][name] for name in ("family_name", "given_name", "birth_date", "cnp")}
    entered = (await enter(person=said | {"citizenship": "RO"}, motive="studii")).json()
    listed = (await client.get(path, headers=headers)).json()["items"]
    assert entered["id"] in {item["id"] for item in listed}
    lines = await looking.fetch(
        """SELECT convert_from(body, 'UTF8')::jsonb->'data' AS line FROM "criminal-record".outbox
        WHERE subject = 'hub.criminal-record.record.accessed.v1'"""
    )
    of_ana = [
        one for one in (json.loads(row["line"]) for row in lines) if one["subject_person_id"] == str(ana)
    ]
    assert [(line["action"], line["resource_id"]) for line in of_ana] == [("CREATE", entered["id"])]


@pytest.mark.parametrize("said", [{"died_on": "2026-11-01"}, {"family_name": "Ionescu"}])
async def test_nobody_is_issued_at_a_counter_what_the_population_register_contradicts(
    client: httpx2.AsyncClient, enter: Enter, outside: Outside, signed_in: Any, said: dict[str, str]
) -> None:
    """By a power of somebody who has died since, or under a name of before."""
    ana = outside.add_person()
    headers = signed_in(
        ana, {"criminal-record:read", "criminal-record:write"}, assurance=Assurance.SUBSTANTIAL
    )
    await client.post("/criminal-record/v1/requests", json={"motive": "studii"}, headers=headers | key())
    shown = {name: outside.people[ana][name] for name in ("family_name", "given_name", "birth_date", "cnp")}
    outside.people[ana] |= said
    visit = {"applicant": "PROXY", "visitor": VISITOR, "documents": [CARD, POWER]}
    entered = await enter(person=shown | {"citizenship": "RO"}, visit=visit)
    assert (entered.status_code, entered.json()["state"]) == (201, "MANUAL_REVIEW")


async def test_a_request_at_two_counters_at_the_same_instant_is_one(enter: Enter, outside: Outside) -> None:
    ana = person(outside)
    answers = await asyncio.gather(*(enter(person=ana) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409]


async def test_the_integrity_certificate_is_of_the_same_engine(
    client: httpx2.AsyncClient, enter: Enter, desk: Desk, outside: Outside
) -> None:
    ana = person(outside)
    assert (await enter(person=ana)).json()["state"] == "ISSUED"
    integrity = await enter(person=ana, product="INTEGRITY")
    assert (integrity.status_code, integrity.json()["state"]) == (201, "ISSUED")
    again = await enter(person=ana, product="INTEGRITY")
    assert slug(again) == "certificate-asked-already"


async def test_a_child_comes_with_a_parent_and_a_minor_of_fourteen_in_person(
    enter: Enter, outside: Outside
) -> None:
    today = clock.local_date(clock.now())
    child = person(outside, birth_date=date(today.year - 9, 1, 5))
    alone = await enter(person=child)
    assert pointers(alone) == {"/visit/applicant", "/visit/reasons", "/visit/documents"}
    parent = {
        "applicant": "PARENT",
        "visitor": VISITOR,
        "documents": [CARD, BIRTH],
        "reasons": "Înscriere la un club sportiv",
    }
    assert (await enter(person=child, visit=parent)).status_code == 201
    minor = person(outside, birth_date=date(today.year - 16, 1, 5))
    assert pointers(await enter(person=minor, visit=parent)) == {"/visit/applicant"}
    assert (await enter(person=minor)).status_code == 201


async def test_a_proxy_shows_a_power_for_this_motive(enter: Enter, outside: Outside) -> None:
    ana = person(outside)
    proxy = {"applicant": "PROXY", "visitor": VISITOR, "documents": [CARD, POWER]}
    other = await enter(person=ana, visit=proxy, motive="permis-port-arma")
    assert pointers(other) == {"/visit/documents/1/motive"}
    assert (await enter(person=ana, visit=proxy)).status_code == 201


async def test_a_foreigner_without_a_number_is_known_by_a_passport_and_reviewed(
    enter: Enter, outside: Outside
) -> None:
    foreigner = {"family_name": "Ivanova", "given_name": "Olga", "birth_date": "1990-06-30"}
    holder = foreigner | {"citizenship": "MD", "document": PASSPORT}
    visit = {"applicant": "HOLDER", "documents": [PASSPORT]}
    assert pointers(await enter(person=foreigner | {"citizenship": "MD"}, visit=visit)) == {
        "/person/document"
    }
    entered = await enter(person=holder, visit=visit)
    assert (entered.status_code, entered.json()["state"]) == (201, "MANUAL_REVIEW")
    assert entered.json()["certificate"] is None
    typed = holder | {"document": PASSPORT | {"number": "md12345"}}
    assert slug(await enter(person=typed, visit=visit)) == "certificate-asked-already"


async def test_an_organisation_comes_by_its_representative(enter: Enter, outside: Outside) -> None:
    outside.matches["CUI:18547290"] = [
        CompanyMatch(
            cui="18547290",
            name="Exemplu SRL",
            number=None,
            dissolved_on=None,
            update_pending=False,
            entries=(),
        )
    ]
    company = {"name": "Exemplu SRL", "cui": "RO18547290"}
    extract = CARD | {"kind": "REGISTRY_EXTRACT"}
    visit = {"applicant": "REPRESENTATIVE", "visitor": VISITOR, "documents": [CARD, extract]}
    entered = await enter(organisation=company, visit=visit, motive="licitatie")
    assert (entered.status_code, entered.json()["state"]) == (201, "ISSUED")
    integrity = await enter(organisation=company, visit=visit, motive="licitatie", product="INTEGRITY")
    assert pointers(integrity) == {"/product"}


async def test_what_needs_a_look_at_the_counter_is_reviewed_there_only(
    enter: Enter, desk: Desk, add_desk: AddDesk, outside: Outside
) -> None:
    entered = (await enter(person=person(outside, born_abroad=True, entries=(JUDGMENT,)))).json()
    assert entered["state"] == "MANUAL_REVIEW"
    other = await add_desk("IPJ-BV")
    assert (await other.claim(entered["id"], other.officer())).status_code == 404
    officer = desk.officer()
    opened = await desk.in_hand(entered["id"], officer)
    assert opened["candidates"][0]["entries"][0]["judgment"] == "412/2019"
    body = {"match": opened["candidates"][0]["reference"]}
    assert (await desk.step(entered["id"], "issue", body, officer)).json()["request"]["state"] == "ISSUED"


async def test_a_person_or_an_organisation_is_entered(enter: Enter, outside: Outside) -> None:
    both = await enter(person=person(outside), organisation={"name": "Exemplu", "cui": "18547290"})
    assert both.status_code == 422
    assert (await enter()).status_code == 422


async def test_what_was_corrected_is_printed_and_what_was_revoked_is_not(
    client: httpx2.AsyncClient, enter: Enter, desk: Desk, outside: Outside, looking: asyncpg.Connection
) -> None:
    entered = (await enter(person=person(outside))).json()
    officer = desk.officer()

    async def change(certificate: UUID, **special: Any) -> dict[str, Any]:
        body = {"certificate_id": str(certificate), "reason": "HOLDER_DATA_WRONG", "text": "Numele e greșit."}
        proposed = await client.post(CHANGES, json=body | special, headers=officer | key())
        decided = await client.post(
            f"{CHANGES}/{proposed.json()['change']['id']}/decide",
            json={"decision": "APPROVED"},
            headers=desk.officer(None, Role.HEAD) | key(),
        )
        assert decided.status_code == 200, decided.text
        said: dict[str, Any] = decided.json()["certificate"]
        return said

    first = await looking.fetchval(
        'SELECT id FROM "criminal-record".certificates WHERE request_id = $1', UUID(entered["id"])
    )
    before = (await client.get(entered["certificate"], headers=officer)).content
    opened = (await client.get(f"{API}/issued-certificates/{first}", headers=officer)).json()
    match = opened["candidates"][0]["reference"]
    newer = (await change(first, kind="CORRECTION", match=match))["superseded_by"]
    printed = await client.get(entered["certificate"], headers=officer)
    assert (printed.status_code, printed.content == before) == (200, False)
    await change(newer, kind="REVOCATION")
    over = await client.get(entered["certificate"], headers=officer)
    assert (over.status_code, slug(over)) == (410, "certificate-over")


async def test_printing_takes_a_purpose(
    client: httpx2.AsyncClient, enter: Enter, desk: Desk, outside: Outside
) -> None:
    entered = (await enter(person=person(outside))).json()
    officer = {name: value for name, value in desk.officer().items() if name not in PURPOSE}
    assert slug(await client.get(entered["certificate"], headers=officer)) == "purpose-required"
