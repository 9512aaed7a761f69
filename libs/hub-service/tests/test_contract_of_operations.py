"""What `api.md` promises of every operation, seen through a small service."""

import asyncio
import threading

import pytest
from fastapi import FastAPI
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import text

from hub_core.ids import new_id
from hub_core.principal import Assurance
from hub_service import contract, schemas

NOTES = "/notes/v1/notes"


async def count(app, table):
    async with app.state.hub.database.engine.connect() as connection:
        return await connection.scalar(text(f"SELECT count(*) FROM {table}"))


# Who may


async def test_without_a_token_one_is_asked_to_sign_in(client):
    answer = await client.get(NOTES)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "another"},
        {"exp": 1_700_000_000},
        {"iss": "https://elsewhere.example"},
        {"sub": "not-a-person"},
    ],
    ids=["audience", "expired", "issuer", "subject"],
)
async def test_a_token_for_something_else_is_refused(client, signed_in, claims):
    answer = await client.get(NOTES, headers=signed_in(scopes={"notes:read"}, **claims))
    assert answer.status_code == 401
    assert answer.json()["type"].endswith("/problems/invalid-token")


async def test_a_forged_token_is_refused(client, ana):
    head, claims, signature = ana["authorization"].split(".")
    forged = {"authorization": f"{head}.{claims}.{signature[::-1]}"}
    assert (await client.get(NOTES, headers=forged)).status_code == 401


async def test_a_missing_scope_is_named(client, signed_in):
    answer = await client.post(NOTES, json={"title": "a"}, headers=signed_in(scopes={"notes:read"}))
    assert answer.status_code == 403
    assert 'scope="notes:write"' in answer.headers["www-authenticate"]


INSTITUTION = str(new_id())


@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"roles": ["REGISTRAR"]},
        {"institution": INSTITUTION},
        {"roles": ["CLERK", "ADMIN"], "institution": INSTITUTION},
    ],
    ids=["a citizen", "no institution", "no role", "other roles"],
)
async def test_only_an_official_with_the_role_may(client, signed_in, claims):
    answer = await client.get("/notes/v1/registers", headers=signed_in(scopes={"notes:read"}, **claims))
    assert answer.status_code == 403
    assert answer.json()["type"].endswith("/problems/role-required")
    assert "HEAD, REGISTRAR" in answer.json()["detail"]


async def test_an_official_acts_for_the_institution_of_the_token(client, signed_in):
    headers = signed_in(scopes={"notes:read"}, roles=["HEAD", "CLERK"], institution=INSTITUTION)
    answer = await client.get("/notes/v1/registers", headers=headers)
    assert answer.json() == {"institution": INSTITUTION, "roles": "CLERK HEAD"}


async def test_a_role_nobody_knows_makes_the_token_worthless(client, signed_in):
    headers = signed_in(scopes={"notes:read"}, roles=["EMPEROR"], institution=INSTITUTION)
    assert (await client.get("/notes/v1/registers", headers=headers)).status_code == 401


async def test_a_weak_sign_in_is_asked_to_step_up(client, signed_in):
    answer = await client.get("/notes/v1/secrets", headers=signed_in(scopes={"notes:read"}))
    assert answer.status_code == 403
    assert 'acr_values="high"' in answer.headers["www-authenticate"]
    strong = signed_in(scopes={"notes:read"}, assurance=Assurance.HIGH)
    assert (await client.get("/notes/v1/secrets", headers=strong)).status_code == 200


async def test_a_mandate_is_refused_where_none_is_foreseen(client, signed_in):
    headers = signed_in(scopes={"notes:read"}, mandate=str(new_id()), act_for=str(new_id()))
    assert (await client.get(NOTES, headers=headers)).status_code == 401


# Safe to repeat


async def test_two_equal_posts_at_once_make_one_note_and_equal_answers(app, client, ana):
    key = {**ana, "idempotency-key": "k-1"}
    answers = await asyncio.gather(*[client.post(NOTES, json={"title": "a"}, headers=key) for _ in range(8)])
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert sum("idempotent-replay" in answer.headers for answer in answers) == 7
    assert await count(app, "notes") == await count(app, "outbox") == 1


async def test_the_same_key_with_another_body_is_refused(client, ana):
    key = {**ana, "idempotency-key": "k-2"}
    await client.post(NOTES, json={"title": "a"}, headers=key)
    answer = await client.post(NOTES, json={"title": "b"}, headers=key)
    assert answer.status_code == 422
    assert answer.json()["type"].endswith("/problems/idempotency-key-reused")


async def test_anothers_key_is_another_key(app, client, ana, signed_in):
    other = signed_in(person_id=new_id(), scopes={"notes:write"})
    for caller in (ana, other):
        answer = await client.post(NOTES, json={"title": "a"}, headers={**caller, "idempotency-key": "k"})
        assert answer.status_code == 201
    assert await count(app, "notes") == 2


async def test_a_refused_request_leaves_its_key_free(app, client, ana):
    key = {**ana, "idempotency-key": "k-3"}
    assert (await client.post(NOTES, json={"title": "taken"}, headers=key)).status_code == 409
    assert await count(app, "idempotency_keys") == 0
    assert (await client.post(NOTES, json={"title": "free"}, headers=key)).status_code == 201


@pytest.mark.parametrize("key", ["", "x" * 256, "cu spațiu"], ids=["empty", "long", "not-ascii"])
async def test_a_key_of_another_form_is_refused(client, ana, key):
    headers = {**ana, "idempotency-key": key.encode()}
    answer = await client.post(NOTES, json={"title": "a"}, headers=headers)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "header/idempotency-key"


# Safe to race


async def test_a_held_version_is_not_sent_again(client, ana):
    first = await client.get(NOTES, headers=ana)
    again = await client.get(NOTES, headers={**ana, "if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    await client.post(NOTES, json={"title": "new"}, headers=ana)
    assert (
        await client.get(NOTES, headers={**ana, "if-none-match": first.headers["etag"]})
    ).status_code == 200


# Bad input


async def post(client, ana, content, content_type="application/json"):
    return await client.post(NOTES, content=content, headers={**ana, "content-type": content_type})


async def test_malformed_json_is_400(client, ana):
    for content in (b'{"title": ', b"\xff\xfe", b"[" * 100_000):
        answer = await post(client, ana, content)
        assert answer.status_code == 400
        assert answer.json()["type"].endswith("/problems/malformed-request")


async def test_another_content_type_is_415(client, ana):
    assert (await post(client, ana, b"title=a", "application/x-www-form-urlencoded")).status_code == 415


async def test_a_body_over_a_mebibyte_is_413_declared_or_not(client, ana):
    async def in_chunks():
        for _ in range(33):
            yield b" " * 32_768

    for content in (b" " * 2_097_152, in_chunks()):
        answer = await post(client, ana, content)
        assert answer.status_code == 413
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({}, "/title", "missing"),
        ({"title": "a", "titel": "b"}, "/titel", "extra_forbidden"),
        ({"title": 7}, "/title", "string_type"),
        ({"title": ""}, "/title", "string_too_short"),
        ({"title": "a" * 21}, "/title", "string_too_long"),
        ({"title": "a\x00b"}, "/title", "value_error"),
        ({"title": "a\nb"}, "/title", "value_error"),
    ],
)
async def test_each_wrong_member_is_pointed_at(app, client, ana, body, pointer, code):
    answer = await client.post(NOTES, json=body, headers=ana)
    assert answer.status_code == 422
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [(pointer, code)]
    assert await count(app, "notes") == 0


async def test_an_unknown_query_parameter_is_refused(client, ana):
    answer = await client.get(NOTES, params={"limt": 5}, headers=ana)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "query/limt"


@pytest.mark.parametrize(
    "parameters", [{"limit": 0}, {"limit": 201}, {"cursor": "WzFd%"}, {"cursor": "Zm9v"}]
)
async def test_a_wrong_page_is_refused(client, ana, parameters):
    assert (await client.get(NOTES, params=parameters, headers=ana)).status_code == 422


async def test_an_unknown_address_and_a_wrong_method(client):
    assert (await client.get("/notes/v1/nothing")).status_code == 404
    wrong = await client.delete(NOTES)
    assert (wrong.status_code, wrong.headers["allow"]) == (405, "GET, POST")


# Lists


async def test_every_note_is_on_exactly_one_page(client, ana):
    for number in range(7):
        await client.post(NOTES, json={"title": f"note {number}"}, headers=ana)
    seen, address = [], f"{NOTES}?limit=3"
    while address:
        answer = await client.get(address, headers=ana)
        seen += [note["title"] for note in answer.json()["items"]]
        address = answer.links.get("next", {}).get("url")
    assert seen == [f"note {number}" for number in range(7)]


# Texts and faults


async def test_problems_speak_the_callers_language(client):
    titles = {}
    for language in ("ro", "hu", "en", "de, en;q=0.1"):
        answer = await client.get(NOTES, headers={"accept-language": language})
        titles[answer.headers["content-language"]] = answer.json()["title"]
    assert titles == {
        "ro": "Vă rugăm să vă autentificați",
        "hu": "Kérjük, jelentkezzen be",
        "en": "Please sign in",
    }


async def test_a_fault_shows_and_logs_nothing_personal(client, capfd):
    answer = await client.get("/notes/v1/fault", headers={"x-request-id": "abcd-1234"})
    assert answer.status_code == 500
    assert answer.json()["type"].endswith("/problems/internal-error")
    assert answer.headers["x-request-id"] == "abcd-1234"
    logged = capfd.readouterr().out
    assert "RuntimeError" in logged
    assert '"request_id":"abcd-1234"' in logged
    assert "Popescu" not in logged + answer.text


async def test_a_personal_number_is_no_request_id(client, capfd):
    answer = await client.get("/notes/v1/fault", headers={"x-request-id": "1850312149006"})
    assert "1850312149006" not in answer.headers["x-request-id"] + capfd.readouterr().out


async def test_without_the_database_nothing_is_lost_but_time(build, running, ana):
    async with running(build(database_dsn="postgresql+asyncpg://nobody:secret@127.0.0.1:1/hub")) as client:
        answer = await client.post(NOTES, json={"title": "a"}, headers={**ana, "idempotency-key": "k"})
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
        assert (await client.get("/readyz")).status_code == 503
        assert (await client.get("/healthz")).status_code == 200
        assert (await client.get("/status")).json()["database"] is False


async def test_a_connection_that_is_just_ending_is_a_database_that_is_away(client):
    answer = await client.get("/notes/v1/ending")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")


# The document


async def test_others_are_answered_while_the_document_is_made_and_it_is_made_once(
    client, monkeypatch: pytest.MonkeyPatch
):
    begun, may_end, made = threading.Event(), threading.Event(), []

    def make(app: FastAPI, *_: object) -> dict[str, str]:
        begun.set()
        made.append(may_end.wait(10))
        return {"openapi": "3.1.0", "title": app.title}

    monkeypatch.setattr(contract, "document", make)
    hung_up, asked = (asyncio.create_task(client.get("/openapi.json")) for _ in range(2))
    await asyncio.to_thread(begun.wait, 10)
    assert (await client.get("/healthz")).status_code == 200
    hung_up.cancel()
    may_end.set()
    answer = await asked
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    assert answer.json()["openapi"] == "3.1.0"
    assert (await client.get("/openapi.json")).content == answer.content
    assert made == [True]


async def test_a_document_that_could_not_be_made_is_made_anew(client, monkeypatch: pytest.MonkeyPatch):
    with monkeypatch.context() as broken:
        broken.setattr(contract, "document", lambda *_: 1 / 0)
        assert (await client.get("/openapi.json")).status_code == 500
    assert (await client.get("/openapi.json")).json()["openapi"].startswith("3.1")


async def test_every_operation_says_who_may_and_what_can_go_wrong(app):
    document = app.openapi()
    assert document["openapi"].startswith("3.1")
    operations = {o["operationId"]: o for item in document["paths"].values() for o in item.values()}
    assert set(operations) == {
        *("keep", "list_notes", "count_notes", "read_secret", "read_register", "greet", "fail", "lose")
    }
    assert operations["keep"]["security"] == [{"hub": ["notes:write"]}]
    assert operations["keep"]["x-assurance"] == "low"
    assert operations["read_register"]["x-roles"] == ["HEAD", "REGISTRAR"]
    assert operations["greet"]["security"] == []
    answers = document["components"]["responses"]
    assert operations["keep"]["responses"]["409"] == {
        "$ref": "#/components/responses/TitleTakenOrIdempotencyKeyInUse"
    }
    assert answers["TitleTakenOrIdempotencyKeyInUse"]["x-problem-types"] == [
        "title-taken",
        "idempotency-key-in-use",
    ]
    assert "application/problem+json" in answers["InvalidRequestOrIdempotencyKeyReused"]["content"]
    assert document["x-problems"]["title-taken"]["status"] == 409
    schemas = document["components"]["schemas"]
    assert schemas["NewNote"]["additionalProperties"] is False
    assert "additionalProperties" not in schemas["Note"]


# The vocabulary


@pytest.mark.parametrize("value", ["0", 0, "20261121", "2026-11-21T00:00:00", "1795000000"])
def test_a_date_of_law_is_a_day_in_iso_8601_and_nothing_else(value):
    with pytest.raises(ValidationError):
        TypeAdapter(schemas.LegalDate).validate_python(value)


@pytest.mark.parametrize("value", ["0", 1_795_000_000, "2026-11-21", "2026-11-21T10:00:00"])
def test_an_instant_is_one_in_iso_8601_with_its_offset_and_nothing_else(value):
    with pytest.raises(ValidationError):
        TypeAdapter(schemas.Instant).validate_python(value)
