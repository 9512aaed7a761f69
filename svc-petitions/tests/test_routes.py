"""Who may come first, then what each operation answers, then what bad input gets."""

import asyncio
import base64
import hashlib
import json
from collections.abc import Awaitable, Callable
from copy import copy
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx2
import pytest
from dirty_equals import IsPartialDict, IsStr, IsUUID
from joserfc.jwk import OKPKey
from nats.aio.client import Client

from hub_core import clock, ids
from hub_events import envelope
from hub_testing.identity import FakeIdentity
from svc_petitions.domain.institutions import Institution
from svc_petitions.events.petitions import PetitionRegistered

PETITIONS = "/petitions/v1/petitions"
MakeInstitution = Callable[..., Awaitable[Institution]]
OPERATIONS = [
    pytest.param("POST", PETITIONS, "petitions:write", id="file"),
    pytest.param("GET", PETITIONS, "petitions:read", id="list"),
    pytest.param("GET", f"{PETITIONS}/0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b70", "petitions:read", id="read"),
]


def problem(answer: httpx2.Response) -> dict[str, Any]:
    """The problem that was answered, its type as a slug; it must be shown as one."""
    assert answer.headers["content-type"] == "application/problem+json"
    shown: dict[str, Any] = answer.json()
    assert shown["status"] == answer.status_code
    return shown | {"type": shown["type"].rpartition("/problems/")[2]}


def pointers(answer: httpx2.Response) -> list[str]:
    """The members that a 422 names."""
    assert answer.status_code == 422
    shown = problem(answer)
    assert shown["type"] == "invalid-request"
    return [error["pointer"] for error in shown["errors"]]


async def file(client: httpx2.AsyncClient, headers: dict[str, str], body: dict[str, Any]) -> dict[str, Any]:
    answer = await client.post(PETITIONS, json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    filed: dict[str, Any] = answer.json()
    return filed


# Who may.


@pytest.mark.parametrize(("method", "path", "scope"), OPERATIONS)
async def test_without_a_token_nobody_comes_in(
    client: httpx2.AsyncClient, body: dict[str, Any], method: str, path: str, scope: str
) -> None:
    answer = await client.request(method, path, json=body if method == "POST" else None)
    assert answer.status_code == 401
    assert problem(answer)["type"] == "invalid-token"
    assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize(("method", "path", "scope"), OPERATIONS)
@pytest.mark.parametrize(
    "claims",
    [
        pytest.param({"aud": "another-house"}, id="another audience"),
        pytest.param({"iss": "https://elsewhere.example.org"}, id="another issuer"),
        pytest.param({"now": datetime(2026, 1, 1).astimezone()}, id="expired"),
        pytest.param({"exp": None}, id="without an end"),
        pytest.param({"kind": "client", "sub": "demo-portal"}, id="of an application"),
        pytest.param({"kind": "service", "sub": "notify"}, id="of a service"),
        pytest.param({"mandate": str(UUID(int=1))}, id="under a mandate of nobody"),
        pytest.param({"act_for": str(UUID(int=2))}, id="for another person without a mandate"),
    ],
)
async def test_a_token_that_is_not_meant_for_this_is_refused(
    client: httpx2.AsyncClient,
    signed_in: Any,
    body: dict[str, Any],
    method: str,
    path: str,
    scope: str,
    claims: dict[str, Any],
) -> None:
    headers = signed_in(scopes={scope}, **claims)
    answer = await client.request(method, path, json=body if method == "POST" else None, headers=headers)
    assert answer.status_code == 401
    assert problem(answer)["type"] == "invalid-token"


@pytest.mark.parametrize(("method", "path", "scope"), OPERATIONS)
async def test_a_forged_token_is_refused(
    client: httpx2.AsyncClient,
    fake_identity: FakeIdentity,
    signed_in: Any,
    body: dict[str, Any],
    method: str,
    path: str,
    scope: str,
) -> None:
    forger = copy(fake_identity)
    forger._key = OKPKey.generate_key("Ed25519", {"kid": fake_identity._key.kid})
    unsigned = signed_in(scopes={scope})["authorization"].rpartition(".")[0] + "."
    for token in (f"Bearer {forger.token(scopes={scope})}", unsigned, "Bearer x", "Basic eDp5", "Bearer"):
        answer = await client.request(
            method, path, json=body if method == "POST" else None, headers={"authorization": token}
        )
        assert answer.status_code == 401, token
        assert problem(answer)["type"] == "invalid-token"


@pytest.mark.parametrize(("method", "path", "scope"), OPERATIONS)
async def test_without_the_scope_the_application_may_not(
    client: httpx2.AsyncClient, signed_in: Any, body: dict[str, Any], method: str, path: str, scope: str
) -> None:
    other = {"petitions:read", "petitions:write", "account:read"} - {scope}
    answer = await client.request(
        method, path, json=body if method == "POST" else None, headers=signed_in(scopes=other)
    )
    assert answer.status_code == 403
    assert problem(answer)["type"] == "insufficient-scope"
    assert 'error="insufficient_scope"' in answer.headers["www-authenticate"]
    assert scope in answer.headers["www-authenticate"]


async def test_another_persons_petition_is_not_there(
    client: httpx2.AsyncClient, as_ana: dict[str, str], as_ion: dict[str, str], body: dict[str, Any]
) -> None:
    hers = (await file(client, as_ana, body))["id"]
    absent = ids.new_id()
    refused, missing = [
        await client.get(f"{PETITIONS}/{petition_id}", headers=as_ion) for petition_id in (hers, absent)
    ]
    assert refused.status_code == missing.status_code == 404
    tells_apart = {"instance", "trace_id"}
    assert {name: value for name, value in problem(refused).items() if name not in tells_apart} == {
        name: value for name, value in problem(missing).items() if name not in tells_apart
    }
    assert problem(refused)["type"] == "petition-not-found"


async def test_a_list_shows_ones_own_petitions_only(
    client: httpx2.AsyncClient, as_ana: dict[str, str], as_ion: dict[str, str], body: dict[str, Any]
) -> None:
    await file(client, as_ana, body)
    for filters in ({}, {"institution_id": body["institution_id"]}, {"kind": body["kind"]}):
        answer = await client.get(PETITIONS, params=filters, headers=as_ion)
        assert answer.json() == {"items": [], "next_cursor": None}


# Filing.


async def test_a_petition_gets_its_number_and_term_at_once(
    client: httpx2.AsyncClient,
    ana: UUID,
    as_ana: dict[str, str],
    body: dict[str, Any],
    dgp: Institution,
) -> None:
    answer = await client.post(PETITIONS, json=body, headers=as_ana)
    today = clock.local_date(clock.now())
    assert answer.status_code == 201
    assert answer.json() == {
        "id": IsUUID(7),
        "number": 1,
        "year": today.year,
        "registration_label": f"1/{today:%d.%m.%Y}",
        "registered_at": IsStr(regex=r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"),
        "registered_on": today.isoformat(),
        "answer_due_on": (today + timedelta(days=30)).isoformat(),
        "answer_rule": {"rule_id": "petition.answer", "legal_basis": "OG nr. 27/2002 art. 8 alin. (1)"},
        "state": "REGISTERED",
        "institution": {
            "id": str(dgp.id),
            "code": "DGP",
            "names": {"ro": dgp.names["ro"], "hu": None, "en": dgp.names["en"]},
        },
        "kind": "REQUEST",
        "subject": body["subject"],
        "text": body["text"],
        "language": "ro",
        "content_sha256": IsStr(regex="[0-9a-f]{64}"),
        "acting_person_id": str(ana),
        "on_behalf_of": None,
        "mandate_id": None,
        "standing": "OWN",
        "sandbox": False,
    }
    assert answer.headers["location"] == f"{PETITIONS}/{answer.json()['id']}"


async def test_what_was_filed_is_read_again_at_its_address(
    client: httpx2.AsyncClient, as_ana: dict[str, str], body: dict[str, Any]
) -> None:
    filed = await client.post(PETITIONS, json=body, headers=as_ana)
    read = await client.get(filed.headers["location"], headers=as_ana)
    assert read.status_code == 200
    assert read.content == filed.content
    assert read.headers["etag"] == filed.headers["etag"]
    again = await client.get(
        filed.headers["location"], headers=as_ana | {"if-none-match": read.headers["etag"]}
    )
    assert again.status_code == 304
    assert again.content == b""


async def test_the_receipt_is_the_hash_of_what_was_sent(
    client: httpx2.AsyncClient, as_ana: dict[str, str], body: dict[str, Any]
) -> None:
    filed = await file(client, as_ana, body)
    canonical = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert filed["content_sha256"] == hashlib.sha256(canonical.encode()).hexdigest()


async def test_numbers_run_on_within_an_institution_and_apart_from_others(
    client: httpx2.AsyncClient,
    as_ana: dict[str, str],
    as_ion: dict[str, str],
    body: dict[str, Any],
    an_institution: MakeInstitution,
) -> None:
    elsewhere = body | {"institution_id": str((await an_institution()).id)}
    filings = [(as_ana, body), (as_ion, body), (as_ana, elsewhere), (as_ana, body)]
    assert [(await file(client, *filing))["number"] for filing in filings] == [1, 2, 1, 3]


async def test_letters_of_old_keyboards_are_normalised(
    client: httpx2.AsyncClient, as_ana: dict[str, str], body: dict[str, Any]
) -> None:
    filed = await file(client, as_ana, body | {"subject": "  Ţara şi pes\u0327tii ", "text": "aţi\r\nşti\r"})
    assert filed["subject"] == "Țara și peștii"
    assert filed["text"] == "ați\nști"


async def test_a_text_of_the_greatest_length_is_accepted(
    client: httpx2.AsyncClient, as_ana: dict[str, str], body: dict[str, Any]
) -> None:
    longest = body | {"subject": "ș" * 200, "text": "ő" * 50_000, "language": "hu"}
    assert (await file(client, as_ana, longest))["text"] == longest["text"]


async def test_the_others_are_told_what_happened_and_none_of_its_words(
    client: httpx2.AsyncClient, nats_operator: Client, ana: UUID, as_ana: dict[str, str], body: dict[str, Any]
) -> None:
    """The whole way: our outbox, the relay, the stream."""
    heard = await nats_operator.subscribe(PetitionRegistered.subject)
    filed = await file(client, as_ana, body)
    async with asyncio.timeout(10):
        async for message in heard.messages:
            told = envelope.decode(PetitionRegistered, message.data)
            if told.key == filed["id"]:
                break
    await heard.unsubscribe()
    assert json.loads(message.data)["data"] == {
        "petition_id": filed["id"],
        "person_id": str(ana),
        "acting_person_id": str(ana),
        "mandate_id": None,
        "institution_id": body["institution_id"],
        "number": filed["number"],
        "year": filed["year"],
        "registered_on": filed["registered_on"],
        "answer_due_on": filed["answer_due_on"],
        "kind": "REQUEST",
        "channel": "ONLINE",
        "version": 1,
    }


# Once, however often it is sent.


async def test_two_equal_requests_at_one_instant_make_one_petition(
    client: httpx2.AsyncClient, as_ana: dict[str, str], body: dict[str, Any]
) -> None:
    headers = as_ana | {"idempotency-key": "k-1"}
    answers = await asyncio.gather(*(client.post(PETITIONS, json=body, headers=headers) for _ in range(2)))
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].content == answers[1].content
    assert answers[0].headers["location"] == answers[1].headers["location"]
    assert sorted(answer.headers.get("idempotent-replay", "") for answer in answers) == ["", "true"]
    listed = await client.get(PETITIONS, headers=as_ana)
    assert len(listed.json()["items"]) == 1
    assert (await file(client, as_ana, body))["number"] == 2


async def test_a_key_is_not_for_another_request(
    client: httpx2.AsyncClient, as_ana: dict[str, str], body: dict[str, Any]
) -> None:
    headers = as_ana | {"idempotency-key": "k-1"}
    first = await client.post(PETITIONS, json=body, headers=headers)
    other = await client.post(PETITIONS, json=body | {"subject": "Alt subiect"}, headers=headers)
    assert (first.status_code, other.status_code) == (201, 422)
    assert problem(other)["type"] == "idempotency-key-reused"


async def test_the_same_key_of_two_people_makes_two_petitions(
    client: httpx2.AsyncClient, as_ana: dict[str, str], as_ion: dict[str, str], body: dict[str, Any]
) -> None:
    key = {"idempotency-key": "k-1"}
    answers = [await client.post(PETITIONS, json=body, headers=who | key) for who in (as_ana, as_ion)]
    assert [answer.json()["number"] for answer in answers] == [1, 2]


async def test_a_refused_request_takes_neither_number_nor_key(
    client: httpx2.AsyncClient, as_ana: dict[str, str], body: dict[str, Any]
) -> None:
    headers = as_ana | {"idempotency-key": "k-1"}
    refused = await client.post(PETITIONS, json=body | {"subject": ""}, headers=headers)
    assert refused.status_code == 422
    accepted = await client.post(PETITIONS, json=body, headers=headers)
    assert (accepted.status_code, accepted.json()["number"]) == (201, 1)


# Lists.


async def test_a_list_is_read_page_by_page_newest_first(
    client: httpx2.AsyncClient, as_ana: dict[str, str], body: dict[str, Any]
) -> None:
    filed = [(await file(client, as_ana, body))["number"] for _ in range(5)]
    address, pages = f"{PETITIONS}?limit=2", []
    while address:
        answer = await client.get(address, headers=as_ana)
        pages.append([item["number"] for item in answer.json()["items"]])
        address = answer.links["next"]["url"] if answer.json()["next_cursor"] else ""
        assert ("link" in answer.headers) == bool(address)
    assert pages == [[5, 4], [3, 2], [1]]
    assert filed == [1, 2, 3, 4, 5]


async def test_a_list_leaves_out_the_texts(
    client: httpx2.AsyncClient, as_ana: dict[str, str], body: dict[str, Any]
) -> None:
    filed = await file(client, as_ana, body)
    listed = (await client.get(PETITIONS, headers=as_ana)).json()["items"]
    del filed["text"]
    assert listed == [filed]


async def test_a_list_can_be_narrowed_by_institution_and_kind(
    client: httpx2.AsyncClient, as_ana: dict[str, str], body: dict[str, Any], an_institution: MakeInstitution
) -> None:
    elsewhere = str((await an_institution()).id)
    for special in ({}, {"kind": "PROPOSAL"}, {"institution_id": elsewhere}):
        await file(client, as_ana, body | special)

    async def found(**filters: str) -> list[tuple[str, str]]:
        answer = await client.get(PETITIONS, params=filters, headers=as_ana)
        return [(item["institution"]["id"], item["kind"]) for item in answer.json()["items"]]

    here = body["institution_id"]
    assert await found(institution_id=elsewhere) == [(elsewhere, "REQUEST")]
    assert await found(institution_id=here) == [(here, "PROPOSAL"), (here, "REQUEST")]
    assert await found(kind="REQUEST") == [(elsewhere, "REQUEST"), (here, "REQUEST")]
    assert await found(kind="PROPOSAL", institution_id=here) == [(here, "PROPOSAL")]
    assert await found(kind="COMPLAINT") == []


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("limit=0", "query/limit"),
        ("limit=201", "query/limit"),
        ("limit=two", "query/limit"),
        ("cursor=*", "query/cursor"),
        ("cursor=AAAA", "query/cursor"),
        ("cursor=WzFd", "query/cursor"),  # [1]
        ("cursor=W10", "query/cursor"),  # []
        ("kind=COMPLIMENT", "query/kind"),
        ("institution_id=1", "query/institution_id"),
        ("sort=number", "query/sort"),
    ],
)
async def test_a_list_refuses_what_it_does_not_understand(
    client: httpx2.AsyncClient, as_ana: dict[str, str], query: str, pointer: str
) -> None:
    assert pointers(await client.get(f"{PETITIONS}?{query}", headers=as_ana)) == [pointer]


# Bad input.


@pytest.mark.parametrize(
    ("special", "pointer"),
    [
        pytest.param({"text": ""}, "/text", id="empty text"),
        pytest.param({"text": " \n\t "}, "/text", id="text of blanks"),
        pytest.param({"text": "x" * 100_000}, "/text", id="100 kB of text"),
        pytest.param({"text": "x" * 50_001}, "/text", id="one character too many"),
        pytest.param({"text": "nul \x00"}, "/text", id="NUL in the text"),
        pytest.param({"text": "bell \x07"}, "/text", id="control character in the text"),
        pytest.param({"text": "half \ud800"}, "/text", id="half of a character"),
        pytest.param({"text": 5}, "/text", id="number for a text"),
        pytest.param({"text": None}, "/text", id="null for a text"),
        pytest.param({"text": ["x"]}, "/text", id="list for a text"),
        pytest.param({"subject": ""}, "/subject", id="empty subject"),
        pytest.param({"subject": "x" * 201}, "/subject", id="subject too long"),
        pytest.param({"subject": "two\nlines"}, "/subject", id="subject of two lines"),
        pytest.param({"subject": "nul \x00"}, "/subject", id="NUL in the subject"),
        pytest.param({"kind": "COMPLIMENT"}, "/kind", id="unknown kind"),
        pytest.param({"kind": "request"}, "/kind", id="kind in small letters"),
        pytest.param({"language": "de"}, "/language", id="unknown language"),
        pytest.param({"language": ""}, "/language", id="empty language"),
        pytest.param({"institution_id": "DGP"}, "/institution_id", id="code for an identifier"),
        pytest.param({"institution_id": 7}, "/institution_id", id="number for an identifier"),
        pytest.param({"priority": "HIGH"}, "/priority", id="unknown field"),
        pytest.param({"number": 1}, "/number", id="number of one's own choice"),
    ],
)
async def test_wrong_content_is_named_by_its_pointer(
    client: httpx2.AsyncClient,
    as_ana: dict[str, str],
    body: dict[str, Any],
    special: dict[str, Any],
    pointer: str,
) -> None:
    answer = await client.post(
        PETITIONS,
        content=json.dumps(body | special),  # as ASCII, so that halves of characters can be sent
        headers=as_ana | {"content-type": "application/json"},
    )
    assert pointers(answer) == [pointer]


@pytest.mark.parametrize("member", ["institution_id", "kind", "subject", "text", "language"])
async def test_every_member_is_needed(
    client: httpx2.AsyncClient, as_ana: dict[str, str], body: dict[str, Any], member: str
) -> None:
    del body[member]
    assert pointers(await client.post(PETITIONS, json=body, headers=as_ana)) == [f"/{member}"]


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b'{"text": }', b"\xff\xfe", b'{"text": "\x01"}', b"NaN"],
    ids=["nothing", "cut off", "no value", "not UTF-8", "raw control character", "NaN"],
)
async def test_malformed_json_is_refused(
    client: httpx2.AsyncClient, as_ana: dict[str, str], content: bytes
) -> None:
    answer = await client.post(
        PETITIONS, content=content, headers=as_ana | {"content-type": "application/json"}
    )
    assert answer.status_code in {400, 422}
    assert problem(answer)["type"] in {"malformed-request", "invalid-request"}


@pytest.mark.parametrize("content", [b"[]", b'"text"', b"null", b"5"])
async def test_a_body_that_is_no_object_is_refused(
    client: httpx2.AsyncClient, as_ana: dict[str, str], content: bytes
) -> None:
    answer = await client.post(
        PETITIONS, content=content, headers=as_ana | {"content-type": "application/json"}
    )
    assert pointers(answer) == [""]


async def test_a_body_of_two_mebibytes_is_too_large(
    client: httpx2.AsyncClient, as_ana: dict[str, str], body: dict[str, Any]
) -> None:
    answer = await client.post(PETITIONS, json=body | {"text": "x" * 2 * 1024 * 1024}, headers=as_ana)
    assert answer.status_code == 413
    assert problem(answer)["type"] == "content-too-large"


async def test_a_body_of_another_type_is_refused(
    client: httpx2.AsyncClient, as_ana: dict[str, str], body: dict[str, Any]
) -> None:
    answer = await client.post(PETITIONS, data=body, headers=as_ana)
    assert answer.status_code == 415
    assert problem(answer)["type"] == "unsupported-media-type"


async def test_an_unknown_institution_is_refused(
    client: httpx2.AsyncClient, as_ana: dict[str, str], body: dict[str, Any]
) -> None:
    answer = await client.post(PETITIONS, json=body | {"institution_id": str(ids.new_id())}, headers=as_ana)
    assert answer.status_code == 422
    assert problem(answer) == IsPartialDict(
        type="institution-unknown",
        title="Instituția nu este cunoscută",
        errors=[
            {
                "pointer": "/institution_id",
                "code": "institution-unknown",
                "detail": "Nu există nicio instituție cu identificatorul dat.",
            }
        ],
    )


@pytest.mark.parametrize(
    "special",
    [
        pytest.param({"accepts_petitions": False}, id="accepts none"),
        pytest.param({"valid_to": date(2024, 12, 31)}, id="closed"),
        pytest.param({"valid_from": date(2099, 1, 1)}, id="not open yet"),
    ],
)
async def test_an_institution_that_takes_no_petitions_is_refused(
    client: httpx2.AsyncClient,
    as_ana: dict[str, str],
    body: dict[str, Any],
    an_institution: MakeInstitution,
    special: dict[str, Any],
) -> None:
    deaf = await an_institution(**special)
    answer = await client.post(
        PETITIONS,
        json=body | {"institution_id": str(deaf.id)},
        headers=as_ana | {"accept-language": "hu-HU,en;q=0.5"},
    )
    assert answer.status_code == 422
    assert answer.headers["content-language"] == "hu"
    shown = problem(answer)
    assert shown["type"] == "institution-accepts-no-petitions"
    assert shown["title"] == "Az intézmény nem fogad petíciókat"
    assert [error["pointer"] for error in shown["errors"]] == ["/institution_id"]


async def test_an_identifier_that_is_none_is_refused(
    client: httpx2.AsyncClient, as_ana: dict[str, str]
) -> None:
    assert pointers(await client.get(f"{PETITIONS}/123", headers=as_ana)) == ["path/petition_id"]


async def test_nothing_else_may_be_done_to_a_petition(
    client: httpx2.AsyncClient, as_ana: dict[str, str], body: dict[str, Any]
) -> None:
    filed = await file(client, as_ana, body)
    for method in ("DELETE", "PUT", "PATCH"):
        answer = await client.request(method, f"{PETITIONS}/{filed['id']}", headers=as_ana)
        assert answer.status_code == 405
        assert "GET" in answer.headers["allow"]


# The copy of a person's data.


async def test_another_service_is_told_what_is_held_of_a_person(
    client: httpx2.AsyncClient,
    as_ana: dict[str, str],
    as_ion: dict[str, str],
    body: dict[str, Any],
    signed_in: Any,
) -> None:
    filed = await file(client, as_ana, body)
    await file(client, as_ion, body)
    person_id = signed_in_person(as_ana)
    path = f"/internal/v1/people/{person_id}/export"
    assert (await client.get(path, headers=as_ana)).status_code == 403
    service = signed_in(scopes={"personal-data:read"}, kind="service", sub="identity")
    [section, *_] = (await client.get(path, headers=service)).json()["sections"]
    assert section["title"]["ro"] == "Petiții în numele dumneavoastră"
    [held] = section["items"]
    assert held["text"] == filed["text"]
    assert set(held) == set(section["labels"])


def signed_in_person(headers: dict[str, str]) -> str:
    payload = headers["authorization"].split(".")[1]
    claims: dict[str, str] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return claims["sub"]
