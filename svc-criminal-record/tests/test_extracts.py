"""Extracts for institutions: who may ask, what they are told, and what nobody is told without a consent."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import httpx2
import orjson
import pytest
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_core import clock, cnp, ids
from hub_core.principal import Assurance, Kind, Role
from hub_events.session import Session
from svc_criminal_record.domain.consents import Consent
from svc_criminal_record.domain.institutions import Institution
from svc_criminal_record.issuing import Means, read_content
from svc_criminal_record.operations import extracts, institutions, status_lists
from svc_criminal_record.storage import certificates, consents, holders

from .officers import API, CHANGES, Desk, key
from .outside import JUDGMENT, Outside

BATCHES = "/criminal-record/v1/extract-batches"
EXTRACT = frozenset({"criminal-record:extract"})
UNKNOWN = cnp.complete("285031212999").number
Consenting = Callable[..., Awaitable[Consent]]
Asking = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture
async def school(sessions: async_sessionmaker[Session]) -> Institution:
    """An institution of this test."""
    made = Institution(
        id=ids.new_id(),
        code="ISJ-CJ",
        names={"ro": "Inspectoratul Școlar Județean Cluj"},
        county="CJ",
        valid_from=date(2007, 1, 1),
        valid_to=None,
        version=1,
    )
    async with sessions() as session:
        await institutions.copy_institution(session, made)
    return made


@pytest.fixture
def as_client(signed_in: Any) -> Callable[..., dict[str, str]]:
    """Make `as_client(institution_id)`: the headers of its machine client."""

    def make(institution_id: UUID | None, scopes: frozenset[str] = EXTRACT, **special: Any) -> dict[str, str]:
        claims = {
            "sub": "school-register",
            "kind": Kind.CLIENT,
            "client_id": "school-register",
            "sid": None,
            "institution": str(institution_id) if institution_id else None,
        }
        headers: dict[str, str] = signed_in(None, scopes, **(claims | special))
        return headers

    return make


@pytest.fixture
def as_school(school: Institution, as_client: Callable[..., dict[str, str]]) -> dict[str, str]:
    return as_client(school.id)


@pytest.fixture
def consenting(
    sessions: async_sessionmaker[Session], means: Means, outside: Outside, school: Institution
) -> Consenting:
    """A person has let the school ask."""

    async def give(person_id: UUID, **special: Any) -> Consent:
        now = clock.now()
        facts: dict[str, Any] = {
            "id": ids.new_id(),
            "person_id": person_id,
            "holder_key": holders.key_of(means.key, f"CNP:{outside.number_of(person_id)}"),
            "institution_id": school.id,
            "motive": "angajare",
            "given_at": now,
            "valid_until": clock.local_date(now) + timedelta(days=30),
        }
        consent = Consent(**(facts | special))
        async with sessions() as session, session.begin():
            await consents.add(session, consent)
        return consent

    return give


def person(outside: Outside, person_id: UUID, **special: Any) -> dict[str, Any]:
    named = {
        "reference": str(person_id),
        "cnp": outside.number_of(person_id),
        "family_name": "Popescu",
        "given_name": "Ana",
    }
    return named | special


@pytest.fixture
def asking(
    client: httpx2.AsyncClient,
    sessions: async_sessionmaker[Session],
    means: Means,
    as_school: dict[str, str],
) -> Asking:
    """Ask for extracts, let them be decided, and give the items by reference."""

    async def ask(*items: dict[str, Any], motive: str = "angajare") -> dict[str, Any]:
        body = {"motive": motive, "items": list(items)}
        taken = await client.post(BATCHES, json=body, headers=as_school)
        assert taken.status_code == 202, taken.text
        return await decided(client, sessions, means, taken.headers["location"], as_school)

    return ask


async def decided(
    client: httpx2.AsyncClient,
    sessions: async_sessionmaker[Session],
    means: Means,
    location: str,
    headers: dict[str, str],
) -> dict[str, Any]:
    async with asyncio.timeout(20), sessions() as session:
        while (await client.get(location, headers=headers)).json()["counts"]["waiting"]:
            await extracts.decide_all(session, means, clock.now)
    listed = (await client.get(f"{location}/items", headers=headers)).json()
    return {item["reference"]: item for item in listed["items"]}


async def found(looking: asyncpg.Connection, desk: Desk, item: dict[str, Any]) -> dict[str, Any]:
    """The extract of an item as officers find it, by the series and number on its pages."""
    asked = await looking.fetchrow(
        'SELECT series, number FROM "criminal-record".certificates WHERE extract_id = $1', UUID(item["id"])
    )
    answer = await desk.client.get(f"{API}/issued-certificates", params=dict(asked), headers=desk.officer())
    said: dict[str, Any] = answer.json()
    assert said["extract_id"] == item["id"]
    return said


async def propose(
    desk: Desk, certificate_id: str, officer: dict[str, str] | None = None, **special: str
) -> httpx2.Response:
    body = {
        "certificate_id": certificate_id,
        "kind": "REVOCATION",
        "reason": "ISSUED_IN_ERROR",
        "text": "Extrasul a fost eliberat pentru o altă persoană.",
    }
    headers = (officer or desk.officer()) | key()
    return await desk.client.post(CHANGES, json=body | special, headers=headers)


async def approve(desk: Desk, change: str, head: dict[str, str] | None = None) -> httpx2.Response:
    headers = (head or desk.officer(None, Role.HEAD)) | key()
    body = {"decision": "APPROVED"}
    return await desk.client.post(f"{CHANGES}/{change}/decide", json=body, headers=headers)


def slug(answer: httpx2.Response) -> str:
    return str(answer.json()["type"]).rpartition("/")[2]


async def lines_of(looking: asyncpg.Connection, person_id: UUID) -> list[dict[str, Any]]:
    rows = await looking.fetch(
        """SELECT body FROM "criminal-record".outbox
           WHERE subject = 'hub.criminal-record.record.accessed.v1' ORDER BY seq"""
    )
    lines = [orjson.loads(row["body"])["data"] for row in rows]
    return [line for line in lines if line["subject_person_id"] == str(person_id)]


# Who may.


async def test_only_a_client_that_stands_for_an_institution_asks(
    client: httpx2.AsyncClient,
    outside: Outside,
    school: Institution,
    as_client: Callable[..., dict[str, str]],
    signed_in: Any,
) -> None:
    body = {"motive": "angajare", "items": [person(outside, outside.add_person())]}
    official = {"institution": str(school.id), "roles": ["HEAD"]}
    refusals = {
        "insufficient-scope": [as_client(school.id, frozenset({"criminal-record:read"}))],
        "institution-client-required": [
            as_client(None),
            as_client(ids.new_id()),
            as_client(school.id, sandbox=True),
            signed_in(ids.new_id(), EXTRACT, Assurance.HIGH),
            signed_in(ids.new_id(), EXTRACT, Assurance.HIGH, **official),
        ],
    }
    for slug, callers in refusals.items():
        for headers in callers:
            refused = await client.post(BATCHES, json=body, headers=headers)
            assert (refused.status_code, refused.json()["type"].split("/")[-1]) == (403, slug)
    assert (await client.post(BATCHES, json=body)).status_code == 401


async def test_a_batch_is_not_there_for_another_institution_and_for_its_own_people(
    client: httpx2.AsyncClient,
    outside: Outside,
    consenting: Consenting,
    asking: Asking,
    as_client: Callable[..., dict[str, str]],
    signed_in: Any,
    sessions: async_sessionmaker[Session],
    school: Institution,
) -> None:
    ana = outside.add_person()
    await consenting(ana)
    document = (await asking(person(outside, ana)))[str(ana)]["document"]
    batch = document.partition("/items")[0]
    other = replace(school, id=ids.new_id())
    async with sessions() as session:
        await institutions.copy_institution(session, other)
    for address in (batch, f"{batch}/items", document):
        answer = await client.get(address, headers=as_client(other.id))
        assert (answer.status_code, answer.json()["type"].split("/")[-1]) == (404, "extract-batch-not-found")
        answer = await client.get(address, headers=signed_in(ana, EXTRACT, Assurance.HIGH))
        assert answer.status_code == 403
    listed = await client.get(BATCHES, headers=as_client(other.id))
    assert listed.json()["items"] == []


async def test_an_extract_is_revoked_by_two_officers_of_a_unit_and_is_not_corrected(
    desk: Desk, outside: Outside, consenting: Consenting, asking: Asking, looking: asyncpg.Connection
) -> None:
    ana = outside.add_person()
    await consenting(ana)
    issued = await found(looking, desk, (await asking(person(outside, ana)))[str(ana)])
    assert slug(await propose(desk, issued["id"], desk.officer(ana))) == "own-case"
    corrected = await propose(desk, issued["id"], kind="CORRECTION", reason="HOLDER_DATA_WRONG")
    assert corrected.json()["errors"][0]["pointer"] == "/kind"
    head = ids.new_id()
    change = (await propose(desk, issued["id"], desk.officer(head, Role.HEAD))).json()["change"]["id"]
    assert slug(await approve(desk, change, desk.officer())) == "role-required"
    assert slug(await approve(desk, change, desk.officer(head, Role.HEAD))) == "four-eyes"
    assert (await approve(desk, change)).json()["certificate"]["standing"] == "REVOKED"


# What they are told.


async def test_on_a_consent_in_force_the_sealed_extract_is_issued_and_the_person_sees_it(
    client: httpx2.AsyncClient,
    outside: Outside,
    consenting: Consenting,
    asking: Asking,
    as_school: dict[str, str],
    signed_in: Any,
    school: Institution,
    looking: asyncpg.Connection,
) -> None:
    ana = outside.add_person()
    consent = await consenting(ana)
    item = (await asking(person(outside, ana, reference="2026/117-4")))["2026/117-4"]
    assert item["state"] == "ISSUED"
    file = await client.get(item["document"], headers=as_school)
    assert (file.headers["content-type"], file.content[:8]) == ("application/pdf", b"%PDF-1.7")
    listed = await client.get(
        "/criminal-record/v1/extracts",
        headers=signed_in(ana, {"criminal-record:read"}, Assurance.SUBSTANTIAL),
    )
    [given] = listed.json()["items"]
    assert (given["consent_id"], given["institution"]["id"]) == (str(consent.id), str(school.id))
    lines = await lines_of(looking, ana)
    assert [(line["action"], line["result"], line["actor_id"]) for line in lines] == [
        ("EXPORT", "GRANTED", "school-register"),
        ("READ", "GRANTED", "school-register"),
    ]
    assert {line["institution_id"] for line in lines} == {str(school.id)}


async def test_a_revoked_extract_is_shown_as_such_to_everybody_who_holds_or_meets_it(
    client: httpx2.AsyncClient,
    desk: Desk,
    outside: Outside,
    consenting: Consenting,
    asking: Asking,
    as_school: dict[str, str],
    signed_in: Any,
    school: Institution,
    means: Means,
    sessions: async_sessionmaker[Session],
    looking: asyncpg.Connection,
) -> None:
    ana = outside.add_person()
    await consenting(ana)
    item = (await asking(person(outside, ana)))[str(ana)]
    assert (item["standing"], item["revoked_at"]) == ("VALID", None)
    issued = await found(looking, desk, item)
    certificate_id = UUID(issued["id"])
    async with sessions() as session:
        content = await certificates.content(session, means.key, certificate_id)
        place = await certificates.read(session, certificate_id)
    code = read_content(content or b"").code
    await approve(desk, (await propose(desk, issued["id"])).json()["change"]["id"])

    batch, _, _ = item["document"].partition("/items")
    [seen] = (await client.get(f"{batch}/items", headers=as_school)).json()["items"]
    assert (seen["state"], seen["standing"], seen["document"]) == ("ISSUED", "REVOKED", None)
    assert seen["revoked_at"]
    assert (await client.get(batch, headers=as_school)).json()["counts"]["revoked"] == 1
    refused = await client.get(item["document"], headers=as_school)
    assert (refused.status_code, slug(refused)) == (410, "certificate-over")

    verified = await client.post(f"{API}/verifications", json={"code": code})
    assert verified.json()["standing"] == "REVOKED"
    assert place is not None
    async with sessions() as session:
        assert place.status_index in await status_lists.without_effect(session, place.status_list)

    as_ana = signed_in(ana, {"criminal-record:read"}, Assurance.SUBSTANTIAL)
    [given] = (await client.get(f"{API}/extracts", headers=as_ana)).json()["items"]
    assert given["revoked_at"] == seen["revoked_at"]
    body = await looking.fetchval(
        """SELECT body FROM "criminal-record".outbox
           WHERE key = $1 AND subject = 'hub.criminal-record.certificate.revoked.v1'""",
        str(certificate_id),
    )
    told = orjson.loads(body)["data"]
    assert (told["extract_id"], told["institution_id"]) == (item["id"], str(school.id))
    assert told["holder_id"] == str(ana)


async def test_no_consent_says_the_same_of_who_is_known_and_of_who_is_not(
    outside: Outside, consenting: Consenting, asking: Asking, looking: asyncpg.Connection
) -> None:
    """None recorded, for another motive, to another institution, revoked, expired, of nobody known."""
    without, elsewhere, purpose, taken_back, past = (outside.add_person() for _ in range(5))
    today = clock.local_date(clock.now())
    await consenting(purpose, motive="studii")
    await consenting(taken_back, revoked_at=clock.now())
    await consenting(past, valid_until=today - timedelta(days=1))
    unknown = person(outside, without, cnp=UNKNOWN, reference="unknown")
    people = [person(outside, one) for one in (without, elsewhere, purpose, taken_back, past)]
    items = list((await asking(unknown, *people)).values())
    assert [(item["state"], item["document"]) for item in items] == [("NO_CONSENT", None)] * 6
    assert {frozenset(item) for item in items} == {frozenset(items[0])}
    assert await lines_of(looking, without) == []
    assert [line["result"] for line in await lines_of(looking, taken_back)] == ["REFUSED"]


async def test_without_a_consent_the_register_is_not_asked(outside: Outside, asking: Asking) -> None:
    ana = outside.add_person()
    outside.is_away = True
    try:
        assert (await asking(person(outside, ana)))[str(ana)]["state"] == "NO_CONSENT"
    finally:
        outside.is_away = False


async def test_what_the_register_does_not_answer_plainly_needs_a_look(
    outside: Outside, consenting: Consenting, asking: Asking
) -> None:
    pending, misnamed = outside.add_person(update_pending=True), outside.add_person()
    for one in (pending, misnamed):
        await consenting(one)
    items = await asking(person(outside, pending), person(outside, misnamed, given_name="Ioana"))
    assert {item["state"] for item in items.values()} == {"NEEDS_LOOK"}


async def test_who_has_entries_is_answered_like_who_has_none(
    outside: Outside, consenting: Consenting, asking: Asking
) -> None:
    without, entered = outside.add_person(), outside.add_person(entries=(JUDGMENT,))
    for one in (without, entered):
        await consenting(one)
    items = await asking(person(outside, without), person(outside, entered))
    assert [item["state"] for item in items.values()] == ["ISSUED", "ISSUED"]


async def test_what_is_no_number_is_invalid_and_the_rest_goes_on(
    client: httpx2.AsyncClient, outside: Outside, asking: Asking
) -> None:
    ana = outside.add_person()
    items = await asking(
        person(outside, ana),
        *(
            person(outside, ana, cnp=number, reference=f"invalid-{place}")
            for place, number in enumerate(("1850312149007", "185", "2990230400011", "abc"))
        ),
    )
    assert [item["state"] for item in items.values()] == ["NO_CONSENT", *["INVALID"] * 4]


async def test_while_the_register_is_away_items_wait(
    client: httpx2.AsyncClient,
    outside: Outside,
    consenting: Consenting,
    sessions: async_sessionmaker[Session],
    means: Means,
    as_school: dict[str, str],
) -> None:
    ana = outside.add_person()
    await consenting(ana)
    outside.is_away = True
    try:
        body = {"motive": "angajare", "items": [person(outside, ana)]}
        taken = await client.post(BATCHES, json=body, headers=as_school)
        async with sessions() as session:
            await extracts.decide_all(session, means, clock.now)
            assert await extracts.is_any_open(session)
        batch = (await client.get(taken.headers["location"], headers=as_school)).json()
        assert (batch["counts"]["waiting"], batch["finished_at"]) == (1, None)
    finally:
        outside.is_away = False
    items = await decided(client, sessions, means, taken.headers["location"], as_school)
    assert items[str(ana)]["state"] == "ISSUED"
    async with sessions() as session:
        await extracts.finish_batches(session, clock.now())
        assert not await extracts.is_any_open(session)
    assert (await client.get(taken.headers["location"], headers=as_school)).json()["finished_at"]


async def test_one_record_that_the_register_cannot_give_holds_up_nobody_else(
    client: httpx2.AsyncClient,
    outside: Outside,
    consenting: Consenting,
    sessions: async_sessionmaker[Session],
    means: Means,
    as_school: dict[str, str],
) -> None:
    unreadable, ana = outside.add_person(), outside.add_person()
    for one in (unreadable, ana):
        await consenting(one)
    outside.unanswered.add(outside.number_of(unreadable))
    body = {"motive": "angajare", "items": [person(outside, unreadable), person(outside, ana)]}
    taken = await client.post(BATCHES, json=body, headers=as_school)
    async with asyncio.timeout(20), sessions() as session:
        while True:
            await extracts.decide_all(session, means, clock.now)
            answer = await client.get(f"{taken.headers['location']}/items", headers=as_school)
            listed = answer.json()["items"]
            if listed[1]["state"] == "ISSUED":
                break
    assert listed[0]["state"] == "WAITING"
    outside.unanswered.clear()
    items = await decided(client, sessions, means, taken.headers["location"], as_school)
    assert items[str(unreadable)]["state"] == "ISSUED"


async def test_several_at_work_decide_each_item_once(
    client: httpx2.AsyncClient,
    outside: Outside,
    consenting: Consenting,
    sessions: async_sessionmaker[Session],
    means: Means,
    as_school: dict[str, str],
    looking: asyncpg.Connection,
) -> None:
    ana, ion = outside.add_person(), outside.add_person()
    await consenting(ana)
    items = [
        person(outside, one, reference=f"f-{place}") for place, one in enumerate((ana, ion, ion, ion) * 4)
    ]
    taken = await client.post(BATCHES, json={"motive": "angajare", "items": items}, headers=as_school)

    async def work() -> None:
        async with sessions() as session:
            await extracts.decide_all(session, means, clock.now)

    await asyncio.gather(*(work() for _ in range(4)))
    states = await decided(client, sessions, means, taken.headers["location"], as_school)
    assert sorted(item["state"] for item in states.values()) == ["ISSUED"] * 4 + ["NO_CONSENT"] * 12
    told = await looking.fetch(
        """SELECT body FROM "criminal-record".outbox
           WHERE subject = 'hub.criminal-record.extract.decided.v1'"""
    )
    batches = [orjson.loads(row["body"])["data"]["batch_id"] for row in told]
    assert batches.count(taken.json()["id"]) == 16
    issued = """SELECT count(*) FROM "criminal-record".certificates c
                JOIN "criminal-record".extracts e ON c.extract_id = e.id WHERE e.batch_id = $1"""
    assert await looking.fetchval(issued, UUID(taken.json()["id"])) == 4


async def test_a_consent_revoked_before_the_decision_is_revoked(
    client: httpx2.AsyncClient,
    outside: Outside,
    consenting: Consenting,
    sessions: async_sessionmaker[Session],
    means: Means,
    as_school: dict[str, str],
) -> None:
    """Edge case 30: consent revoked between the question and the decision."""
    ana = outside.add_person()
    consent = await consenting(ana)
    outside.is_away = True
    try:
        body = {"motive": "angajare", "items": [person(outside, ana)]}
        taken = await client.post(BATCHES, json=body, headers=as_school)
        async with sessions() as session, session.begin():
            await consents.revoke(session, consent.id, clock.now())
    finally:
        outside.is_away = False
    items = await decided(client, sessions, means, taken.headers["location"], as_school)
    assert items[str(ana)]["state"] == "NO_CONSENT"


async def test_a_thousand_people_are_one_call_however_often_it_is_repeated(
    client: httpx2.AsyncClient, outside: Outside, as_school: dict[str, str], looking: asyncpg.Connection
) -> None:
    ana = outside.add_person()
    items = [person(outside, ana, reference=f"f-{place}") for place in range(1000)]
    headers = as_school | {"idempotency-key": str(ids.new_id())}
    body = {"motive": "angajare", "items": items}
    first = await client.post(BATCHES, json=body, headers=headers)
    again = await client.post(BATCHES, json=body, headers=headers)
    assert (again.content, again.headers["idempotent-replay"]) == (first.content, "true")
    batch = UUID(first.json()["id"])
    wanted = 'SELECT count(*) FROM "criminal-record".extracts WHERE batch_id = $1'
    assert await looking.fetchval(wanted, batch) == 1000
    references, cursor = [], ""
    while cursor is not None:
        page = await client.get(
            f"{BATCHES}/{batch}/items", params=cursor and {"cursor": cursor}, headers=as_school
        )
        references += [item["reference"] for item in page.json()["items"]]
        cursor = page.json()["next_cursor"]
    assert references == [f"f-{place}" for place in range(1000)]
    await looking.execute(
        """UPDATE "criminal-record".extracts SET state = 'NO_CONSENT'
                             WHERE batch_id = $1 AND state = 'WAITING'""",
        batch,
    )


@pytest.mark.parametrize(
    ("special", "slug"),
    [
        ({"motive": "alt-motiv"}, "motive-unknown"),
        ({"items": []}, "invalid-request"),
        ({"items": 1001}, "invalid-request"),
        ({"items": "repeated"}, "extract-reference-repeated"),
        ({"items": "numbered"}, "invalid-request"),
    ],
)
async def test_a_batch_that_does_not_fit_is_refused_whole(
    client: httpx2.AsyncClient,
    outside: Outside,
    as_school: dict[str, str],
    special: dict[str, Any],
    slug: str,
) -> None:
    ana = outside.add_person()
    one = person(outside, ana)
    items = {
        1001: [person(outside, ana, reference=f"f-{place}") for place in range(1001)],
        "repeated": [one, one],
        "numbered": [one | {"reference": one["cnp"]}],
    }
    if not isinstance(special.get("items", []), list):
        special = {"items": items[special["items"]]}
    refused = await client.post(
        BATCHES, json={"motive": "angajare", "items": [one]} | special, headers=as_school
    )
    assert (refused.status_code, refused.json()["type"].split("/")[-1]) == (422, slug)
    assert one["cnp"] not in refused.text
