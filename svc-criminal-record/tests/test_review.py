"""The review of requests by officers: who may, one at a time, two where a rule says so."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import httpx2
import pytest
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_core import clock, ids
from hub_core.principal import Assurance, Kind, Principal, Role
from hub_events.session import Session
from hub_service.policy import Official
from svc_criminal_record.issuing import Means
from svc_criminal_record.operations import review

from .officers import API, PURPOSE, REVIEWS, AddDesk, Desk, key
from .outside import JUDGMENT, Outside

BOTH = frozenset({"criminal-record:read", "criminal-record:write"})
Ask = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture
async def elsewhere(add_desk: AddDesk) -> Desk:
    """Officials of an institution that keeps no criminal record."""
    return await add_desk("DGP")


@pytest.fixture
def ask(client: httpx2.AsyncClient, signed_in: Any) -> Ask:
    """Make `ask(person)`: a request of theirs, as they are answered."""

    async def make(person: UUID, **special: Any) -> dict[str, Any]:
        headers = signed_in(person, BOTH, assurance=Assurance.SUBSTANTIAL) | key()
        answer = await client.post(f"{API}/requests", json={"motive": "angajare"} | special, headers=headers)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    return make


@pytest.fixture
async def waiting(outside: Outside, ask: Ask) -> str:
    """A request of somebody who was born abroad."""
    return str((await ask(outside.add_person(born_abroad=True)))["id"])


@pytest.fixture
async def doubtful(outside: Outside, ask: Ask) -> str:
    """A request of somebody who has a homonym with entries."""
    ana = outside.add_person()
    number = f"CNP:{outside.number_of(ana)}"
    [own] = outside.matches[number]
    outside.matches[number] = [own, replace(own, cnp=None, father="Costel", entries=(JUDGMENT,))]
    return str((await ask(ana))["id"])


def slug(answer: httpx2.Response) -> str:
    return str(answer.json()["type"]).rpartition("/")[2]


# Who may.


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ""),
        ("GET", "/{}"),
        ("POST", "/{}/claim"),
        ("POST", "/{}/release"),
        ("POST", "/{}/issue"),
        ("POST", "/{}/invite"),
        ("POST", "/{}/refuse"),
    ],
)
async def test_no_citizen_and_no_other_official_comes_near_the_queue(
    client: httpx2.AsyncClient,
    desk: Desk,
    elsewhere: Desk,
    signed_in: Any,
    waiting: str,
    method: str,
    path: str,
) -> None:
    bodies = {"issue": {"match": None}, "invite": {"reason": "IDENTITY_TO_PROVE"}}
    body = bodies.get(path.rpartition("/")[2], {"reason": "NO_MANDATE", "text": "nu există împuternicire"})

    async def refused(headers: dict[str, str]) -> tuple[int, str]:
        sent = {"json": body} if path.rpartition("/")[2] in {"issue", "invite", "refuse"} else {}
        answer = await client.request(
            method, REVIEWS + path.format(waiting), headers=headers | PURPOSE | key(), **sent
        )
        return answer.status_code, slug(answer)

    citizen = signed_in(ids.new_id(), BOTH, assurance=Assurance.SUBSTANTIAL)
    assert await refused(citizen) == (403, "insufficient-scope")
    as_citizen = signed_in(ids.new_id(), {"criminal-record:decide"}, assurance=Assurance.SUBSTANTIAL)
    assert await refused(as_citizen) == (403, "role-required")
    assert await refused(desk.officer(None, Role.CLERK)) == (403, "role-required")
    assert await refused(desk.officer(assurance=Assurance.LOW)) == (403, "insufficient-user-authentication")
    assert await refused(elsewhere.officer()) == (403, "no-records-unit")
    assert await refused(elsewhere.officer(None, Role.HEAD)) == (403, "no-records-unit")


async def test_nobody_claims_the_own_request(desk: Desk, outside: Outside, ask: Ask) -> None:
    sorin = outside.add_person(born_abroad=True)
    own = await ask(sorin)
    answer = await desk.claim(own["id"], desk.officer(sorin))
    assert (answer.status_code, slug(answer)) == (403, "own-case")


async def test_nobody_claims_what_was_asked_under_the_own_number(
    desk: Desk, outside: Outside, ask: Ask
) -> None:
    asked = outside.add_person(born_abroad=True)
    request = await ask(asked)
    the_same = ids.new_id()
    outside.people[the_same] = outside.people[asked] | {"person_id": str(the_same)}
    answer = await desk.claim(request["id"], desk.officer(the_same))
    assert (answer.status_code, slug(answer)) == (403, "own-case")


async def test_opening_takes_a_claim_and_a_purpose(
    client: httpx2.AsyncClient, desk: Desk, waiting: str
) -> None:
    officer = desk.officer()
    unclaimed = await client.get(f"{REVIEWS}/{waiting}", headers=officer)
    assert (unclaimed.status_code, slug(unclaimed)) == (409, "certificate-request-not-claimed")
    await desk.claim(waiting, officer)
    without = {name: value for name, value in officer.items() if name != "purpose"}
    unsaid = await client.get(f"{REVIEWS}/{waiting}", headers=without)
    assert (unsaid.status_code, slug(unsaid)) == (400, "purpose-required")


# The queue and claims.


async def test_the_queue_says_nothing_of_whose_a_request_is(
    client: httpx2.AsyncClient, desk: Desk, waiting: str
) -> None:
    officer = desk.officer()
    items, cursor = [], ""
    while cursor is not None:
        asked = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await client.get(REVIEWS, params=asked, headers=officer)).json()
        items += page["items"]
        cursor = page["next_cursor"]
    assert [item["due_on"] for item in items] == sorted(item["due_on"] for item in items)
    [item] = [one for one in items if one["id"] == waiting]
    assert sorted(item) == sorted(
        [
            *("id", "number", "product", "channel", "state", "submitted_at", "due_on", "is_late", "claim"),
            *("claimed_until", "waits_for_second", "counter_until", "open_steps"),
        ]
    )
    assert (item["claim"], item["is_late"], item["waits_for_second"]) == ("NOBODY", False, False)
    one = await client.get(REVIEWS, params={"number": item["number"]}, headers=officer)
    assert [found["id"] for found in one.json()["items"]] == [waiting]


async def test_a_claim_is_seen_by_colleagues_and_given_back(
    client: httpx2.AsyncClient, desk: Desk, waiting: str
) -> None:
    sorin, maria = desk.officer(), desk.officer()
    claimed = (await desk.claim(waiting, sorin)).json()
    assert (claimed["claim"], claimed["claimed_until"] is None) == ("YOU", False)
    refused = await desk.claim(waiting, maria)
    assert (refused.status_code, slug(refused)) == (409, "certificate-request-claimed")
    shown = await client.get(REVIEWS, params={"number": claimed["number"]}, headers=maria)
    assert [item["claim"] for item in shown.json()["items"]] == ["COLLEAGUE"]
    released = await client.post(f"{REVIEWS}/{waiting}/release", headers=sorin | key())
    assert released.json()["claim"] == "NOBODY"
    assert (await desk.claim(waiting, maria)).status_code == 200


async def test_of_officers_at_the_same_instant_one_has_the_request(desk: Desk, waiting: str) -> None:
    answers = await asyncio.gather(*(desk.claim(waiting, desk.officer()) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409, 409]


async def test_a_claim_is_over_after_an_hour(
    desk: Desk, sessions: async_sessionmaker[Session], means: Means, waiting: str, verified: Any
) -> None:
    await desk.claim(waiting, desk.officer())
    later = clock.now() + timedelta(minutes=61)
    async with sessions() as session:
        claimed = await review.claim(session, means, verified(desk.unit), UUID(waiting), later)
    assert claimed.claimed_until == later + timedelta(minutes=60)


@pytest.fixture
def verified() -> Callable[[UUID], Official]:
    """Make an officer of a unit, as operations are given one."""

    def make(unit: UUID) -> Official:
        person, roles = ids.new_id(), frozenset({Role.RECORDS_OFFICER})
        principal = Principal(
            kind=Kind.PERSON,
            subject=str(person),
            assurance=Assurance.SUBSTANTIAL,
            scopes=frozenset({"criminal-record:decide"}),
            client_id="tests",
            roles=roles,
            institution_id=unit,
        )
        return Official(person, unit, roles, principal)

    return make


# Decisions.


async def test_an_officer_issues_for_the_record_that_was_chosen(
    client: httpx2.AsyncClient, desk: Desk, waiting: str, looking: asyncpg.Connection
) -> None:
    officer_id = ids.new_id()
    officer = desk.officer(officer_id)
    opened = await desk.in_hand(waiting, officer)
    assert opened["review_reasons"] == ["BORN_ABROAD"]
    assert (opened["holder"]["family_name"], opened["takes_two"]) == ("Popescu", False)
    [candidate] = opened["candidates"]
    assert candidate["person"]["birth_place"] == "Sfântu Gheorghe"
    issued = await desk.step(waiting, "issue", {"match": candidate["reference"]}, officer)
    assert issued.status_code == 200, issued.text
    assert issued.json()["request"]["state"] == "ISSUED"
    assert await looking.fetchval(
        'SELECT id FROM "criminal-record".certificates WHERE request_id = $1', UUID(waiting)
    ) == UUID(issued.json()["certificate"])
    steps = await looking.fetch(
        'SELECT state, actor_kind, actor_id FROM "criminal-record".steps '
        "WHERE request_id = $1 ORDER BY number",
        UUID(waiting),
    )
    assert tuple(steps[-1]) == ("ISSUED", "OFFICIAL", officer_id)


async def test_each_reading_and_decision_leaves_a_line(
    desk: Desk, waiting: str, looking: asyncpg.Connection
) -> None:
    officer_id = ids.new_id()
    officer = desk.officer(officer_id)
    await desk.in_hand(waiting, officer)
    await desk.step(waiting, "invite", {"reason": "IDENTITY_TO_PROVE"}, officer)
    lines = await looking.fetch(
        """SELECT convert_from(body, 'UTF8')::jsonb->'data' AS line FROM "criminal-record".outbox
        WHERE subject = 'hub.criminal-record.record.accessed.v1' ORDER BY seq"""
    )
    own = [line for line in (json.loads(row["line"]) for row in lines) if line["actor_id"] == str(officer_id)]
    assert [(line["action"], line["file"]) for line in own] == [("READ", "41/2026"), ("DECIDE", "41/2026")]


async def test_what_the_register_says_otherwise_since_is_not_issued(
    desk: Desk, outside: Outside, ask: Ask
) -> None:
    ana = outside.add_person(born_abroad=True)
    request = await ask(ana)
    officer = desk.officer()
    opened = await desk.in_hand(request["id"], officer)
    number = f"CNP:{outside.number_of(ana)}"
    outside.matches[number] = [replace(outside.matches[number][0], entries=(JUDGMENT,))]
    body = {"match": opened["candidates"][0]["reference"]}
    refused = await desk.step(request["id"], "issue", body, officer)
    assert (refused.status_code, slug(refused)) == (409, "register-match-not-found")


@pytest.mark.parametrize(
    ("since", "reason"),
    [({"died_on": "2026-11-20"}, "HOLDER_DIED"), ({"family_name": "Ionescu"}, "IDENTITY_DIFFERS")],
)
async def test_nobody_issues_without_having_seen_what_has_come_in_between(
    desk: Desk, outside: Outside, ask: Ask, since: dict[str, str], reason: str
) -> None:
    ana = outside.add_person(born_abroad=True)
    request = await ask(ana)
    officer = desk.officer()
    opened = await desk.in_hand(request["id"], officer)
    outside.people[ana] |= since
    body = {"match": opened["candidates"][0]["reference"]}
    refused = await desk.step(request["id"], "issue", body, officer)
    assert (refused.status_code, slug(refused)) == (409, "certificate-request-changed-since")
    seen = await desk.in_hand(request["id"], officer)
    assert seen["review_reasons"] == sorted(["BORN_ABROAD", reason])
    issued = await desk.step(request["id"], "issue", body, officer)
    assert issued.json()["request"]["state"] == "ISSUED", issued.text


async def test_whose_mandate_has_ended_is_told_nothing_more(
    client: httpx2.AsyncClient, desk: Desk, outside: Outside, signed_in: Any, looking: asyncpg.Connection
) -> None:
    ana, ion = outside.add_person(born_abroad=True), outside.add_person()
    mandate = outside.add_mandate(ana, ion)
    acting = {"mandate": str(mandate), "act_for": str(ana), "assurance": Assurance.SUBSTANTIAL}
    headers = signed_in(ion, BOTH, **acting) | key()
    made = (await client.post(f"{API}/requests", json={"motive": "angajare"}, headers=headers)).json()
    outside.mandates[mandate]["carries"] = False
    officer = desk.officer()
    assert "MANDATE_ENDED" in (await desk.in_hand(made["id"], officer))["review_reasons"]
    await desk.step(made["id"], "invite", {"reason": "IDENTITY_TO_PROVE"}, officer)
    body = await looking.fetchval(
        """SELECT convert_from(body, 'UTF8')::jsonb->'data' FROM "criminal-record".outbox
        WHERE key = $1 AND subject = 'hub.criminal-record.request.state-changed.v1'""",
        made["id"],
    )
    told = json.loads(body)
    assert (told["holder_id"], told["acting_person_id"]) == (str(ana), None)


async def test_nobody_is_issued_a_certificate_past_the_own_record(desk: Desk, waiting: str) -> None:
    officer = desk.officer()
    await desk.in_hand(waiting, officer)
    refused = await desk.step(waiting, "issue", {"match": None}, officer)
    assert refused.json()["errors"][0]["code"] == "own-record"


async def test_who_is_in_no_register_stands_in_nothing(desk: Desk, outside: Outside, ask: Ask) -> None:
    ana = outside.add_person()
    outside.matches[f"CNP:{outside.number_of(ana)}"] = []
    request = await ask(ana)
    officer = desk.officer()
    assert (await desk.in_hand(request["id"], officer))["candidates"] == []
    issued = await desk.step(request["id"], "issue", {"match": None}, officer)
    assert issued.json()["request"]["state"] == "ISSUED"


async def test_two_officers_issue_where_a_homonym_is(desk: Desk, doubtful: str) -> None:
    sorin, maria = desk.officer(), desk.officer()
    opened = await desk.in_hand(doubtful, sorin)
    assert (opened["review_reasons"], opened["takes_two"]) == (["HOMONYM"], True)
    own, other = [one["reference"] for one in opened["candidates"]]
    first = (await desk.step(doubtful, "issue", {"match": own}, sorin)).json()
    assert (first["request"]["state"], first["request"]["waits_for_second"]) == ("MANUAL_REVIEW", True)
    assert (first["certificate"], first["request"]["claim"]) == (None, "NOBODY")
    again = await desk.claim(doubtful, sorin)
    assert (again.status_code, slug(again)) == (403, "four-eyes")
    seen = await desk.in_hand(doubtful, maria)
    assert own not in str({name: value for name, value in seen.items() if name != "candidates"})
    second = (await desk.step(doubtful, "issue", {"match": own}, maria)).json()
    assert (second["request"]["state"], second["certificate"] is None) == ("ISSUED", False)
    assert other != own


async def test_officers_who_disagree_issue_nothing(desk: Desk, doubtful: str) -> None:
    sorin, maria = desk.officer(), desk.officer()
    own, other = [one["reference"] for one in (await desk.in_hand(doubtful, sorin))["candidates"]]
    await desk.step(doubtful, "issue", {"match": own}, sorin)
    await desk.claim(doubtful, maria)
    second = (await desk.step(doubtful, "issue", {"match": other}, maria)).json()
    assert (second["request"]["state"], second["certificate"]) == ("MANUAL_REVIEW", None)
    await desk.claim(doubtful, sorin)
    third = (await desk.step(doubtful, "issue", {"match": other}, sorin)).json()
    assert third["request"]["state"] == "ISSUED"


async def test_a_refusal_is_read_with_its_reason_and_what_can_be_done(
    client: httpx2.AsyncClient, desk: Desk, outside: Outside, ask: Ask, signed_in: Any
) -> None:
    ana = outside.add_person(born_abroad=True)
    request = await ask(ana)
    officer = desk.officer()
    await desk.claim(request["id"], officer)
    body = {"reason": "IDENTITY_NOT_CONFIRMED", "text": "Datele nu sunt cele din registru."}
    refused = (await desk.step(request["id"], "refuse", body, officer)).json()
    assert refused["request"]["state"] == "REJECTED"
    headers = signed_in(ana, BOTH, assurance=Assurance.SUBSTANTIAL)
    told = (await client.get(f"{API}/requests/{request['id']}", headers=headers)).json()
    assert told["refusal_reason"] == "IDENTITY_NOT_CONFIRMED"
    assert told["refusal_text"] == "Datele nu sunt cele din registru."
    assert [one["code"] for one in told["redress"]] == ["NEW_REQUEST", "PRIOR_COMPLAINT", "COURT"]
    assert (await ask(ana))["id"] != request["id"]


async def test_that_nobody_came_is_not_said_by_an_officer(desk: Desk, waiting: str) -> None:
    officer = desk.officer()
    await desk.claim(waiting, officer)
    body = {"reason": "DID_NOT_COME", "text": "Nu s-a prezentat nimeni."}
    assert (await desk.step(waiting, "refuse", body, officer)).status_code == 422


async def test_who_is_invited_reads_why_and_until_when(
    client: httpx2.AsyncClient, desk: Desk, outside: Outside, ask: Ask, signed_in: Any
) -> None:
    ana = outside.add_person(born_abroad=True)
    request = await ask(ana)
    assert request["invited_for"] is None
    officer = desk.officer()
    await desk.claim(request["id"], officer)
    await desk.step(request["id"], "invite", {"reason": "DOCUMENTS_TO_SHOW"}, officer)
    headers = signed_in(ana, BOTH, assurance=Assurance.SUBSTANTIAL)
    read = (await client.get(f"{API}/requests/{request['id']}", headers=headers)).json()
    until = clock.local_date(clock.now()) + timedelta(days=30)
    assert (read["invited_for"], read["counter_until"]) == ("DOCUMENTS_TO_SHOW", until.isoformat())
    given_up = await client.post(f"{API}/requests/{request['id']}/cancel", headers=headers | key())
    assert (given_up.json()["state"], given_up.json()["invited_for"]) == ("CANCELLED", None)


async def test_who_is_invited_is_decided_on_at_a_counter(
    client: httpx2.AsyncClient, desk: Desk, waiting: str
) -> None:
    officer = desk.officer()
    opened = await desk.in_hand(waiting, officer)
    invited = (await desk.step(waiting, "invite", {"reason": "IDENTITY_TO_PROVE"}, officer)).json()
    days = clock.local_date(clock.now()) + timedelta(days=30)
    assert (invited["request"]["state"], invited["request"]["counter_until"]) == (
        "NEEDS_COUNTER",
        days.isoformat(),
    )
    at_counter = {"state": "NEEDS_COUNTER", "number": opened["request"]["number"]}
    listed = await client.get(REVIEWS, params=at_counter, headers=officer)
    assert [item["id"] for item in listed.json()["items"]] == [waiting]
    await desk.claim(waiting, officer)
    choice = {"match": opened["candidates"][0]["reference"]}
    nobody = await desk.step(waiting, "issue", choice, officer)
    assert nobody.json()["errors"][0]["pointer"] == "/visit"
    card = {
        "kind": "IDENTITY_CARD",
        "number": "CJ 900001",
        "issued_by": "SPCLEP Cluj-Napoca",
        "issued_on": "2024-03-01",
        "valid_until": "2031-03-01",
    }
    over = choice | {"visit": {"applicant": "HOLDER", "documents": [card | {"valid_until": "2026-01-01"}]}}
    assert (await desk.step(waiting, "issue", over, officer)).json()["errors"][0]["code"] == "over"
    come = choice | {"visit": {"applicant": "HOLDER", "documents": [card]}}
    issued = await desk.step(waiting, "issue", come, officer)
    assert issued.json()["request"]["state"] == "ISSUED"


async def test_what_was_cancelled_meanwhile_is_not_decided(
    client: httpx2.AsyncClient, desk: Desk, outside: Outside, ask: Ask, signed_in: Any
) -> None:
    ana = outside.add_person(born_abroad=True)
    request = await ask(ana)
    officer = desk.officer()
    await desk.claim(request["id"], officer)
    headers = signed_in(ana, BOTH, assurance=Assurance.SUBSTANTIAL) | key()
    await client.post(f"{API}/requests/{request['id']}/cancel", headers=headers)
    late = await desk.step(request["id"], "invite", {"reason": "IDENTITY_TO_PROVE"}, officer)
    assert (late.status_code, slug(late)) == (409, "certificate-request-not-in-review")


async def test_without_the_register_a_request_is_opened_and_not_issued(
    desk: Desk, outside: Outside, waiting: str
) -> None:
    officer = desk.officer()
    opened = await desk.in_hand(waiting, officer)
    outside.is_away = True
    try:
        assert (await desk.open(waiting, officer))["candidates"] is None
        body = {"match": opened["candidates"][0]["reference"]}
        answer = await desk.step(waiting, "issue", body, officer)
        assert (answer.status_code, slug(answer)) == (503, "records-unavailable")
    finally:
        outside.is_away = False


# What the citizen sees.


@pytest.mark.parametrize("ways", ["create", "read", "list"])
async def test_a_request_in_review_looks_alike_with_entries_and_without(
    client: httpx2.AsyncClient, outside: Outside, ask: Ask, signed_in: Any, ways: str
) -> None:
    own = {"id", "number", "label", "at", "submitted_at", "acting_person_id"}

    def plain(body: Any) -> Any:
        """The answer without what is of its own in any two requests: ids, numbers, times."""
        if isinstance(body, dict):
            return {name: "…" if name in own else plain(value) for name, value in body.items()}
        return [plain(one) for one in body] if isinstance(body, list) else body

    seen = []
    for entries in ((), (JUDGMENT,) * 3):
        person = outside.add_person(born_abroad=True, entries=entries)
        made = await ask(person)
        headers = signed_in(person, BOTH, assurance=Assurance.SUBSTANTIAL)
        path = f"{API}/requests" + (f"/{made['id']}" if ways == "read" else "")
        answer = await client.get(path, headers=headers)
        body = made if ways == "create" else answer.json()
        names = sorted(set(answer.headers) - {"date"})
        seen.append((plain(body), names, answer.status_code))
    assert seen[0] == seen[1]
    assert "MANUAL_REVIEW" in str(seen[0])
