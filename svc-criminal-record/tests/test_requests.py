"""Asking for a certificate, getting it, giving it up: by oneself, for another, for an organisation."""

import asyncio
import json
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg
import httpx2
import pytest

from hub_core import ids
from hub_core.principal import Assurance

from .outside import JUDGMENT, Outside

NOBODYS = "0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b70"
REQUESTS = "/criminal-record/v1/requests"
BOTH = frozenset({"criminal-record:read", "criminal-record:write"})
BODY = {"motive": "angajare"}
NOT_BORN_HERE = {"born_abroad": True}


@pytest.fixture
def ana(outside: Outside) -> UUID:
    """A person of this test."""
    return outside.add_person()


@pytest.fixture
def as_(signed_in: Any) -> Any:
    """Make `as_(person)`: headers with both scopes, at SUBSTANTIAL."""

    def make(person: UUID, **special: Any) -> dict[str, str]:
        headers: dict[str, str] = signed_in(person, BOTH, assurance=Assurance.SUBSTANTIAL, **special)
        return headers

    return make


def a_key() -> dict[str, str]:
    return {"idempotency-key": str(ids.new_id())}


def slug(answer: httpx2.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].rpartition("/")[2]


async def count(looking: asyncpg.Connection, what: str, person: UUID) -> int:
    found: int = await looking.fetchval(
        f'SELECT count(*) FROM "criminal-record".{what} WHERE holder_id = $1', person
    )
    return found


async def events(looking: asyncpg.Connection, *keys: Any) -> list[str]:
    rows = await looking.fetch(
        'SELECT subject FROM "criminal-record".outbox WHERE key = ANY($1) ORDER BY seq',
        [str(one) for one in keys],
    )
    return [row["subject"].removeprefix("hub.criminal-record.") for row in rows]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", REQUESTS),
        ("GET", REQUESTS),
        ("GET", f"{REQUESTS}/{NOBODYS}"),
        ("POST", f"{REQUESTS}/{NOBODYS}/cancel"),
        ("GET", f"/criminal-record/v1/certificates/{NOBODYS}"),
        ("GET", f"/criminal-record/v1/certificates/{NOBODYS}/file"),
        ("POST", f"/criminal-record/v1/certificates/{NOBODYS}/credential"),
    ],
)
async def test_who_may_not_is_told_why(
    client: httpx2.AsyncClient, ana: UUID, signed_in: Any, method: str, path: str
) -> None:
    body = BODY if path == REQUESTS else {}
    sent: dict[str, Any] = {"json": body} if method == "POST" else {}
    assert slug(await client.request(method, path, **sent)) == (401, "invalid-token")
    without = await client.request(method, path, **sent, headers=signed_in(ana, {"petitions:write"}))
    assert slug(without) == (403, "insufficient-scope")
    low = await client.request(method, path, **sent, headers=signed_in(ana, BOTH))
    assert slug(low) == (403, "insufficient-user-authentication")


async def test_an_unambiguous_request_is_answered_with_its_certificate(
    client: httpx2.AsyncClient, ana: UUID, as_: Any, looking: asyncpg.Connection
) -> None:
    answer = await client.post(REQUESTS, json=BODY, headers=as_(ana) | a_key())
    assert answer.status_code == 201, answer.text
    said = answer.json()
    assert (said["state"], said["motive"], said["product"]) == ("ISSUED", "angajare", "CRIMINAL_RECORD")
    assert [step["state"] for step in said["steps"]] == ["SUBMITTED", "AUTO_CHECK", "ISSUED"]
    certificate = said["certificate"]
    assert certificate["label"].startswith("CJ ")
    assert answer.headers["location"] == f"{REQUESTS}/{said['id']}"
    assert await events(looking, said["id"], certificate["id"]) == [
        "certificate.issued.v1",
        "request.submitted.v1",
    ]
    shown = await client.get(f"/criminal-record/v1/certificates/{certificate['id']}", headers=as_(ana))
    assert (shown.json()["standing"], shown.json()["request_id"]) == ("VALID", said["id"])


async def test_who_sends_it_in_another_way_gets_the_same_answer_by_the_ordinary_one(
    client: httpx2.AsyncClient, outside: Outside, as_: Any
) -> None:
    def shape(said: Any) -> Any:
        return {name: shape(one) for name, one in said.items()} if isinstance(said, dict) else type(said)

    answers = []
    for media_type in ("application/json", "application/json; charset=utf-8"):
        headers = as_(outside.add_person()) | a_key() | {"content-type": media_type}
        answers.append(await client.post(REQUESTS, content=json.dumps(BODY), headers=headers))
    short, ordinary = answers
    assert (short.status_code, ordinary.status_code) == (201, 201)
    assert set(short.headers) == set(ordinary.headers)
    assert short.headers["content-type"] == ordinary.headers["content-type"]
    assert short.headers["etag"] == ordinary.headers["etag"]
    assert shape(short.json()) == shape(ordinary.json())
    assert list(short.json()) == list(ordinary.json())
    assert short.json()["steps"][0]["at"][-1] == ordinary.json()["steps"][0]["at"][-1] == "Z"


async def test_the_file_is_sealed_and_its_etag_is_its_digest(
    client: httpx2.AsyncClient, ana: UUID, as_: Any
) -> None:
    said = (await client.post(REQUESTS, json=BODY, headers=as_(ana))).json()["certificate"]
    file = await client.get(said["file"], headers=as_(ana))
    assert file.headers["content-type"] == "application/pdf"
    assert file.headers["cache-control"] == "private, no-store"
    assert file.content.startswith(b"%PDF-1.7")
    assert b"/ETSI.CAdES.detached" in file.content
    shown = (await client.get(f"/criminal-record/v1/certificates/{said['id']}", headers=as_(ana))).json()
    assert file.headers["etag"] == f'"{shown["file_sha256"]}"'
    assert len(file.content) == shown["file_bytes"]
    again = await client.get(said["file"], headers=as_(ana) | {"if-none-match": file.headers["etag"]})
    assert again.status_code == 304


async def test_what_is_another_persons_is_not_there(
    client: httpx2.AsyncClient, ana: UUID, as_: Any, outside: Outside
) -> None:
    said = (await client.post(REQUESTS, json=BODY, headers=as_(ana))).json()
    ion = as_(outside.add_person())
    assert slug(await client.get(f"{REQUESTS}/{said['id']}", headers=ion))[0] == 404
    assert slug(await client.post(f"{REQUESTS}/{said['id']}/cancel", headers=ion))[0] == 404
    for path in ("", "/file"):
        where = f"/criminal-record/v1/certificates/{said['certificate']['id']}{path}"
        assert slug(await client.get(where, headers=ion)) == (404, "certificate-not-found")
    assert (await client.get(REQUESTS, headers=ion)).json()["items"] == []


async def test_one_a_day_for_each_motive_and_yours_is_named(
    client: httpx2.AsyncClient, ana: UUID, as_: Any
) -> None:
    first = (await client.post(REQUESTS, json=BODY, headers=as_(ana))).json()
    second = await client.post(REQUESTS, json=BODY, headers=as_(ana) | a_key())
    assert slug(second) == (409, "certificate-asked-already")
    assert second.headers["location"] == f"{REQUESTS}/{first['id']}"
    assert first["id"] in second.json()["errors"][0]["detail"]
    other = await client.post(REQUESTS, json={"motive": "studii"}, headers=as_(ana))
    assert other.status_code == 201


async def test_200_equal_requests_at_the_same_instant_make_one_certificate(
    client: httpx2.AsyncClient, ana: UUID, as_: Any, looking: asyncpg.Connection
) -> None:
    one_key = a_key()
    answers = await asyncio.gather(
        *(
            client.post(REQUESTS, json=BODY, headers=as_(ana) | (one_key if turn % 2 else a_key()))
            for turn in range(200)
        )
    )
    made = {answer.json()["id"] for answer in answers if answer.status_code == 201}
    assert len(made) == 1
    assert {answer.status_code for answer in answers} <= {201, 409, 503}
    assert (await count(looking, "certificates", ana), await count(looking, "requests", ana)) == (1, 1)


async def test_the_same_key_replays_the_answer(
    client: httpx2.AsyncClient, ana: UUID, as_: Any, looking: asyncpg.Connection
) -> None:
    key = a_key()
    first = await client.post(REQUESTS, json=BODY, headers=as_(ana) | key)
    again = await client.post(REQUESTS, json=BODY, headers=as_(ana) | key)
    assert (again.status_code, again.headers["idempotent-replay"]) == (201, "true")
    assert again.content == first.content
    assert await count(looking, "certificates", ana) == 1


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"motive": "vacanta"}, (422, "motive-unknown")),
        ({"motive": "angajare", "motive_text": "la fabrică"}, (422, "motive-text-misplaced")),
        ({"motive": "alt-motiv"}, (422, "motive-text-misplaced")),
        ({"motive": "alt-motiv", "motive_text": "x" * 301}, (422, "invalid-request")),
        ({}, (422, "invalid-request")),
    ],
)
async def test_a_motive_is_one_of_the_list(
    client: httpx2.AsyncClient, ana: UUID, as_: Any, body: dict[str, str], expected: tuple[int, str]
) -> None:
    assert slug(await client.post(REQUESTS, json=body, headers=as_(ana))) == expected


@pytest.mark.parametrize(
    ("identity", "expected"),
    [
        ({"died_on": "2026-11-01"}, "holder-has-died"),
        ({"is_romanian": False}, "not-romanian-citizen"),
        ({"birth_date": "2012-05-01"}, "holder-too-young"),
        ({"cnp": None}, "holder-unknown"),
    ],
)
async def test_who_is_not_served_online_is_told_where_to_go(
    client: httpx2.AsyncClient,
    ana: UUID,
    as_: Any,
    outside: Outside,
    looking: asyncpg.Connection,
    identity: dict[str, Any],
    expected: str,
) -> None:
    outside.people[ana] |= identity
    assert slug(await client.post(REQUESTS, json=BODY, headers=as_(ana))) == (403, expected)
    assert await count(looking, "requests", ana) == 0


async def test_who_no_register_has_confirmed_is_not_served(client: httpx2.AsyncClient, as_: Any) -> None:
    nobody = await client.post(REQUESTS, json=BODY, headers=as_(ids.new_id()))
    assert slug(nobody) == (403, "holder-unknown")


async def test_without_identity_nothing_is_stored(
    client: httpx2.AsyncClient, ana: UUID, as_: Any, outside: Outside, looking: asyncpg.Connection
) -> None:
    outside.is_identity_away = True
    answer = await client.post(REQUESTS, json=BODY, headers=as_(ana))
    outside.is_identity_away = False
    assert slug(answer) == (503, "service-unavailable")
    assert await count(looking, "requests", ana) == 0


@pytest.mark.parametrize(
    "special",
    [
        NOT_BORN_HERE,
        {"former_names": ("Ionescu",)},
        {"update_pending": True},
        {"given_name": "ALINA"},
        {"update_pending": True, "entries": (JUDGMENT,)},
    ],
)
async def test_what_is_not_unambiguous_is_reviewed_and_nobody_is_told_why(
    client: httpx2.AsyncClient, outside: Outside, as_: Any, special: dict[str, Any]
) -> None:
    person = outside.add_person(**special)
    said = (await client.post(REQUESTS, json=BODY, headers=as_(person))).json()
    assert (said["state"], said["certificate"]) == ("MANUAL_REVIEW", None)
    assert [step["state"] for step in said["steps"]] == ["SUBMITTED", "AUTO_CHECK", "MANUAL_REVIEW"]
    told = str(said)
    assert not any(word in told for word in ("BORN", "FORMER", "PENDING", "DIFFERS", "entries", "furt"))


@pytest.mark.parametrize(
    ("special", "is_away", "state"),
    [({}, False, "ISSUED"), (NOT_BORN_HERE, False, "MANUAL_REVIEW"), ({}, True, "AUTO_CHECK")],
)
async def test_what_is_answered_is_what_is_read_afterwards(
    client: httpx2.AsyncClient, outside: Outside, as_: Any, special: Any, is_away: bool, state: str
) -> None:
    person = outside.add_person(**special)
    outside.is_away = is_away
    answer = await client.post(REQUESTS, json=BODY, headers=as_(person))
    outside.is_away = False
    said = answer.json()
    read = await client.get(f"{REQUESTS}/{said['id']}", headers=as_(person))
    assert (said["state"], read.json(), read.headers["etag"]) == (state, said, answer.headers["etag"])
    assert said["number"] > 0


@pytest.mark.parametrize("special", [{}, NOT_BORN_HERE])
async def test_where_a_request_has_come_to_at_once_is_told_with_its_sending(
    client: httpx2.AsyncClient, outside: Outside, as_: Any, looking: asyncpg.Connection, special: Any
) -> None:
    """One message is made of it; each later step is told as such."""
    person = outside.add_person(**special)
    said = (await client.post(REQUESTS, json=BODY, headers=as_(person))).json()
    if special:
        await client.post(f"{REQUESTS}/{said['id']}/cancel", headers=as_(person))
    rows = await looking.fetch(
        """SELECT subject, convert_from(body, 'UTF8')::jsonb->'data' AS data
        FROM "criminal-record".outbox WHERE key = $1 ORDER BY seq""",
        said["id"],
    )
    told = [(row["subject"].split(".")[-2], json.loads(row["data"])) for row in rows]
    later = [("state-changed", "CANCELLED")] if special else []
    assert [(what, data["state"]) for what, data in told] == [("submitted", said["state"]), *later]
    assert [data["version"] for _, data in told] == [3, 4][: len(told)]


async def test_with_and_without_entries_all_but_the_file_is_the_same(
    client: httpx2.AsyncClient, outside: Outside, as_: Any, looking: asyncpg.Connection
) -> None:
    shapes = []
    for entries in ((), (JUDGMENT,)):
        person = outside.add_person(entries=entries)
        answer = await client.post(REQUESTS, json=BODY, headers=as_(person))
        said = answer.json()
        certificate = await client.get(
            f"/criminal-record/v1/certificates/{said['certificate']['id']}", headers=as_(person)
        )
        told = await looking.fetch(
            'SELECT subject, body FROM "criminal-record".outbox WHERE key = ANY($1) ORDER BY seq',
            [said["id"], said["certificate"]["id"]],
        )
        assert not any(b"ntries" in row["body"] or b"angajare" in row["body"] for row in told)
        shapes.append(
            (
                answer.status_code,
                sorted(said),
                said["state"],
                [step["state"] for step in said["steps"]],
                sorted(certificate.json()),
                [row["subject"] for row in told],
            )
        )
    assert shapes[0] == shapes[1]


async def test_another_motive_is_read_by_an_officer(
    client: httpx2.AsyncClient, ana: UUID, as_: Any, looking: asyncpg.Connection
) -> None:
    body = {"motive": "alt-motiv", "motive_text": "dosar de tutelă"}
    said = (await client.post(REQUESTS, json=body, headers=as_(ana))).json()
    assert (said["state"], said["motive_text"]) == ("MANUAL_REVIEW", "dosar de tutelă")
    held = await looking.fetchval(
        'SELECT motive_text FROM "criminal-record".requests WHERE id = $1', UUID(said["id"])
    )
    assert "tutelă".encode() not in held


async def test_a_request_is_given_up_before_it_is_decided_and_the_day_is_free_again(
    client: httpx2.AsyncClient, outside: Outside, as_: Any
) -> None:
    person = outside.add_person(**NOT_BORN_HERE)
    first = (await client.post(REQUESTS, json=BODY, headers=as_(person))).json()
    for _ in range(2):
        given_up = await client.post(f"{REQUESTS}/{first['id']}/cancel", headers=as_(person))
        assert (given_up.status_code, given_up.json()["state"]) == (200, "CANCELLED")
    second = await client.post(REQUESTS, json=BODY, headers=as_(person))
    assert (second.status_code, second.json()["id"] != first["id"]) == (201, True)


async def test_what_is_issued_is_not_given_up(client: httpx2.AsyncClient, ana: UUID, as_: Any) -> None:
    said = (await client.post(REQUESTS, json=BODY, headers=as_(ana))).json()
    refused = await client.post(f"{REQUESTS}/{said['id']}/cancel", headers=as_(ana))
    assert slug(refused) == (409, "certificate-request-state")


async def test_a_request_is_read_again_only_when_it_has_changed(
    client: httpx2.AsyncClient, ana: UUID, as_: Any
) -> None:
    made = await client.post(REQUESTS, json=BODY, headers=as_(ana))
    where = made.headers["location"]
    read = await client.get(where, headers=as_(ana))
    assert (read.json(), read.headers["etag"]) == (made.json(), made.headers["etag"])
    same = await client.get(where, headers=as_(ana) | {"if-none-match": read.headers["etag"]})
    assert same.status_code == 304


async def test_requests_are_listed_newest_first_by_pages_and_by_state(
    client: httpx2.AsyncClient, ana: UUID, as_: Any
) -> None:
    made = [
        (await client.post(REQUESTS, json={"motive": motive}, headers=as_(ana))).json()["id"]
        for motive in ("angajare", "studii", "adoptie")
    ]
    first = (await client.get(REQUESTS, params={"limit": 2}, headers=as_(ana))).json()
    rest = await client.get(REQUESTS, params={"limit": 2, "cursor": first["next_cursor"]}, headers=as_(ana))
    listed = [one["id"] for one in (*first["items"], *rest.json()["items"])]
    assert (listed, rest.json()["next_cursor"]) == (made[::-1], None)
    assert all(one["certificate"]["label"] for one in first["items"])
    none = await client.get(REQUESTS, params={"state": "MANUAL_REVIEW"}, headers=as_(ana))
    assert none.json()["items"] == []


async def test_a_representative_asks_within_the_mandate_and_the_principal_sees_it(
    client: httpx2.AsyncClient, ana: UUID, as_: Any, outside: Outside, looking: asyncpg.Connection
) -> None:
    ion = outside.add_person()
    mandate = outside.add_mandate(ana, ion, purpose="angajare")
    as_ion = as_(ion, mandate=str(mandate), act_for=str(ana))
    outside_purpose = await client.post(REQUESTS, json={"motive": "studii"}, headers=as_ion)
    assert slug(outside_purpose) == (403, "mandate-does-not-carry")
    said = (await client.post(REQUESTS, json=BODY, headers=as_ion)).json()
    assert (said["acting_person_id"], said["mandate_id"]) == (str(ion), str(mandate))
    own = await client.post(REQUESTS, json=BODY, headers=as_(ana))
    assert slug(own) == (409, "certificate-asked-already")
    assert own.headers["location"].endswith(said["id"])
    await client.get(said["certificate"]["file"], headers=as_ion)
    lines = await looking.fetch(
        """SELECT body FROM "criminal-record".outbox WHERE convert_from(body, 'UTF8') LIKE $1
           AND subject = 'hub.criminal-record.record.accessed.v1'""",
        f"%{ana}%",
    )
    assert len(lines) == 2
    assert (await client.get(REQUESTS, headers=as_(ana))).json()["items"][0]["id"] == said["id"]


async def test_a_mandate_that_is_over_or_another_persons_carries_nothing(
    client: httpx2.AsyncClient, ana: UUID, as_: Any, outside: Outside
) -> None:
    ion = outside.add_person()
    over = outside.add_mandate(ana, ion, carries=False)
    others = outside.add_mandate(ana, outside.add_person())
    elsewhere = outside.add_mandate(outside.add_person(), ion)
    for mandate in (over, others, elsewhere, ids.new_id()):
        headers = as_(ion, mandate=str(mandate), act_for=str(ana))
        refused = await client.post(REQUESTS, json=BODY, headers=headers)
        assert slug(refused) == (403, "mandate-does-not-carry")


async def test_who_asks_for_another_never_learns_of_the_others_own_request(
    client: httpx2.AsyncClient, ana: UUID, as_: Any, outside: Outside
) -> None:
    """The same person under a second id: a child recorded before it had an account, for one."""
    await client.post(REQUESTS, json=BODY, headers=as_(ana))
    twin = outside.add_person()
    outside.people[twin] |= {"cnp": outside.number_of(ana)}
    refused = await client.post(REQUESTS, json=BODY, headers=as_(twin))
    assert slug(refused) == (409, "certificate-asked-already")
    assert "location" not in refused.headers
    assert "errors" not in refused.json()


async def test_an_organisation_asks_through_its_legal_representative(
    client: httpx2.AsyncClient, ana: UUID, as_: Any, outside: Outside
) -> None:
    firm, mandate = outside.add_company(ana)
    headers = as_(ana, mandate=str(mandate), act_for=str(firm))
    said = (await client.post(REQUESTS, json={"motive": "licitatie"}, headers=headers)).json()
    assert (said["state"], said["holder_kind"]) == ("ISSUED", "ORGANISATION")
    outside.mandates[mandate]["type"] = "NOTARIAL_PROXY"
    by_proxy = await client.post(REQUESTS, json=BODY, headers=headers)
    assert slug(by_proxy) == (403, "organisation-not-registered")
    gone, mandate = outside.add_company(ana, dissolved_on=date(2020, 1, 1))
    headers = as_(ana, mandate=str(mandate), act_for=str(gone))
    dissolved = await client.post(REQUESTS, json=BODY, headers=headers)
    assert slug(dissolved) == (403, "organisation-not-registered")


async def test_a_wallet_gets_the_same_facts_for_the_holder_alone(
    client: httpx2.AsyncClient, ana: UUID, as_: Any, outside: Outside
) -> None:
    said = (await client.post(REQUESTS, json=BODY, headers=as_(ana))).json()
    where = f"/criminal-record/v1/certificates/{said['certificate']['id']}/credential"
    made = await client.post(where, json={}, headers=as_(ana))
    assert (made.status_code, made.json()["format"]) == (201, "dc+sd-jwt")
    assert made.json()["credential"].count("~") > 5
    off_curve = {"kty": "EC", "crv": "P-256", "x": "A" * 43, "y": "B" * 43}
    refused = await client.post(where, json={"wallet_key": off_curve}, headers=as_(ana))
    assert slug(refused) == (422, "wallet-key-invalid")
    ion = outside.add_person()
    mandate = outside.add_mandate(ana, ion)
    by_proxy = await client.post(where, json={}, headers=as_(ion, mandate=str(mandate), act_for=str(ana)))
    assert by_proxy.status_code == 401


async def test_what_has_expired_or_was_revoked_is_not_given_out_any_more(
    client: httpx2.AsyncClient, ana: UUID, as_: Any, looking: asyncpg.Connection
) -> None:
    said = (await client.post(REQUESTS, json=BODY, headers=as_(ana))).json()["certificate"]
    for change, standing in (
        ("valid_until = '2026-01-01'", "EXPIRED"),
        ("revoked_at = now(), revocation_reason = 'ISSUED_IN_ERROR'", "REVOKED"),
    ):
        await looking.execute(
            f'UPDATE "criminal-record".certificates SET {change} WHERE id = $1', UUID(said["id"])
        )
        where = f"/criminal-record/v1/certificates/{said['id']}"
        assert (await client.get(where, headers=as_(ana))).json()["standing"] == standing
        assert slug(await client.get(said["file"], headers=as_(ana))) == (410, "certificate-over")
        over = await client.post(f"{where}/credential", json={}, headers=as_(ana))
        assert slug(over) == (410, "certificate-over")
