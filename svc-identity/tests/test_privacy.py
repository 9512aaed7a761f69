"""A person's rights on their data: the copy, requests to an institution, and the end of an account."""

import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID
from zipfile import ZipFile

import asyncpg
import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_core import clock, ids
from hub_core.language import Language
from hub_core.principal import Assurance, Role
from hub_events.session import Session
from hub_service import i18n
from hub_service.personal_data import PersonalData, Section
from hub_testing import rules as numbers
from svc_identity.documents import copy
from svc_identity.domain import data_request, legal, rules
from svc_identity.domain.account import Account
from svc_identity.domain.data_request import RESTRICTED, Answer, Field, Kind, State, Step, Wanted
from svc_identity.domain.person import Identifier, Person, Scheme, Source
from svc_identity.domain.rules import RuleId
from svc_identity.errors.privacy import StateForbids, TermOver
from svc_identity.operations import deletion, exports, keys, retention
from svc_identity.provider import Provider
from svc_identity.schemas.privacy import AskAboutData
from svc_identity.seed import DGCTI, IPJ_CV
from svc_identity.storage import authorizations, people

READ, WRITE, DECIDE, PEOPLE = "privacy:read", "privacy:write", "privacy:decide", "people:read"
EXPORTS = "/identity/v1/me/exports"
REQUESTS = "/identity/v1/me/data-requests"
OFFICE = "/identity/v1/data-requests"
STATED = {"purpose": 'DATA_PROTECTION;file="9/2026"'}
LAW = numbers.values(Path(__file__).parents[2] / "svc-catalog/contract/rules.json")
NOON = datetime.fromisoformat("2026-11-30T10:00:00+00:00")
SYNTHETIC = "1850312149006"


# Terms and states.


def a_request(kind: Kind = Kind.RECTIFICATION, field: Field | None = Field.BIRTH_DATE) -> Any:
    return data_request.receive(ids.new_id(), ids.new_id(), IPJ_CV, Wanted(kind, field, "…", None), NOON, LAW)


@pytest.mark.parametrize(
    ("received", "due"),
    [
        (date(2026, 11, 30), date(2026, 12, 30)),
        (date(2027, 1, 31), date(2027, 2, 28)),
        (date(2028, 1, 31), date(2028, 2, 29)),
        (date(2026, 12, 15), date(2027, 1, 15)),
    ],
)
def test_an_answer_is_due_after_a_month(received: date, due: date) -> None:
    assert legal.months_after(received, [legal.DATA_REQUEST_ANSWER], LAW) == due


def test_an_extended_term_is_three_months_from_the_receipt() -> None:
    extended = data_request.extend(a_request(), "complex", NOON + timedelta(days=30), LAW)
    assert (extended.state, extended.due_on) == (State.EXTENDED, date(2027, 2, 28))
    with pytest.raises(StateForbids):
        data_request.extend(extended, "again", NOON, LAW)


def test_after_the_first_month_nothing_is_extended() -> None:
    with pytest.raises(TermOver):
        data_request.extend(a_request(), "late", NOON + timedelta(days=31), LAW)


def test_what_is_forwarded_is_contested_until_the_answer() -> None:
    forwarded = data_request.forward(a_request(), "SNIEP", NOON)
    assert forwarded.marks == {"CONTESTED:BIRTH_DATE"}
    assert data_request.grant(forwarded, Answer("done"), ids.new_id(), NOON).marks == set()


def test_only_a_rectification_is_forwarded() -> None:
    with pytest.raises(StateForbids):
        data_request.forward(a_request(Kind.ERASURE, None), "SNIEP", NOON)


@pytest.mark.parametrize("kind", [Kind.RESTRICTION, Kind.OBJECTION])
def test_a_granted_restriction_marks_the_person(kind: Kind) -> None:
    assert data_request.grant(a_request(kind, None), Answer("yes"), ids.new_id(), NOON).marks == {RESTRICTED}


@pytest.mark.parametrize("state", [State.GRANTED, State.REFUSED, State.WITHDRAWN])
def test_what_has_ended_stays_so(state: State) -> None:
    assert replace(a_request(), state=state).steps == frozenset()
    assert Step.WITHDRAW in a_request().steps


@pytest.mark.parametrize(
    "body",
    [
        {"kind": "RECTIFICATION", "details": "Numele este greșit."},
        {"kind": "ERASURE", "field": "GIVEN_NAME", "details": "Ștergeți tot."},
        {"kind": "ERASURE", "details": ""},
    ],
)
def test_a_request_says_what_it_is_about(body: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        AskAboutData.model_validate(body)


# Requests to an institution.


@pytest.fixture
async def dpo(staff: Any) -> Any:
    return await staff(Role.DPO, scopes={DECIDE})


@pytest.fixture
def ask(client: httpx2.AsyncClient, signed_in: Any, ana: Account) -> Callable[..., Awaitable[Any]]:
    async def make(kind: str = "ERASURE", field: str | None = None, institution: UUID = IPJ_CV) -> Any:
        body = {"kind": kind, "details": "Vă rog.", "institution_id": str(institution)}
        answer = await client.post(
            REQUESTS, headers=signed_in(ana.id, {WRITE}), json=body | ({"field": field} if field else {})
        )
        assert answer.status_code == 201, answer.text
        return answer.json()

    return make


async def test_an_erasure_is_refused_where_a_term_runs_and_the_person_reads_which(
    client: httpx2.AsyncClient, signed_in: Any, ana: Account, dpo: Any, ask: Any
) -> None:
    asked = await ask()
    path = f"{OFFICE}/{asked['id']}"
    queue = (await client.get(OFFICE, headers=dpo.headers, params={"state": "RECEIVED"})).json()["items"]
    assert asked["id"] in [one["id"] for one in queue]
    assert "details" not in queue[0]
    opened = (await client.get(path, headers=dpo.headers | STATED)).json()
    assert opened["steps"] == ["extend", "grant", "refuse", "withdraw"]
    bare = await client.post(f"{path}/refuse", headers=dpo.headers | STATED, json={"answer": "Nu se poate."})
    assert bare.status_code == 422
    body = {"answer": "Registrul se păstrează.", "legal_basis": "Legea 16/1996", "kept_until": "2036-12-31"}
    refused = await client.post(f"{path}/refuse", headers=dpo.headers | STATED, json=body)
    assert refused.json()["request"]["state"] == "REFUSED"
    seen = (await client.get(f"{REQUESTS}/{asked['id']}", headers=signed_in(ana.id, {READ}))).json()
    assert (seen["answer"], seen["legal_basis"], seen["kept_until"]) == tuple(body.values())
    again = await client.post(f"{path}/grant", headers=dpo.headers | STATED, json={"answer": "Totuși da."})
    assert again.json()["type"].endswith("/problems/state-forbids")


async def test_a_contested_field_is_marked_for_officials(
    client: httpx2.AsyncClient, ana: Account, dpo: Any, ask: Any, staff: Any
) -> None:
    asked = await ask("RECTIFICATION", "GIVEN_NAME")
    body = {"register_owner": "SNIEP (DGEP)"}
    await client.post(f"{OFFICE}/{asked['id']}/forward", headers=dpo.headers | STATED, json=body)
    clerk = await staff(Role.CLERK, scopes={PEOPLE})
    found = await client.get(
        f"/identity/v1/people/{ana.id}", headers=clerk.headers | {"purpose": "COUNTER_SERVICE"}
    )
    assert found.json()["marks"] == ["CONTESTED:GIVEN_NAME"]


async def test_restricted_data_are_opened_for_some_purposes_only(
    client: httpx2.AsyncClient, ana: Account, dpo: Any, ask: Any, staff: Any
) -> None:
    asked = await ask("RESTRICTION")
    path = f"{OFFICE}/{asked['id']}/grant"
    await client.post(path, headers=dpo.headers | STATED, json={"answer": "Datele doar se păstrează."})
    clerk = await staff(Role.CLERK, scopes={PEOPLE})
    person = f"/identity/v1/people/{ana.id}"
    refused = await client.get(person, headers=clerk.headers | {"purpose": "COUNTER_SERVICE"})
    assert refused.json()["type"].endswith("/problems/processing-restricted")
    duty = {"purpose": 'LEGAL_OBLIGATION;file="1/2026"'}
    assert (await client.get(person, headers=clerk.headers | duty)).status_code == 200


async def test_another_institution_and_oneself_decide_nothing(
    client: httpx2.AsyncClient, signed_in: Any, ask: Any, staff: Any, ana: Account
) -> None:
    asked = await ask()
    other = await staff(Role.DPO, institution=DGCTI, scopes={DECIDE})
    answer = {"json": {"answer": "Da, desigur."}}
    path = f"{OFFICE}/{asked['id']}/grant"
    assert (await client.post(path, headers=other.headers | STATED, **answer)).status_code == 404
    oneself = await staff(Role.DPO, account=ana, scopes={DECIDE})
    own = await client.post(path, headers=oneself.headers | STATED, **answer)
    assert own.json()["type"].endswith("/problems/own-case")
    auditor = await staff(Role.AUDITOR, scopes={DECIDE})
    assert (await client.post(path, headers=auditor.headers | STATED, **answer)).status_code == 403
    unstated = await client.get(f"{OFFICE}/{asked['id']}", headers=auditor.headers)
    assert unstated.json()["type"].endswith("/problems/purpose-required")


async def test_without_an_institution_the_operator_answers_and_an_unknown_one_never(
    client: httpx2.AsyncClient, signed_in: Any, ana: Account, dpo: Any
) -> None:
    mine = signed_in(ana.id, {WRITE})
    body = {"kind": "OBJECTION", "details": "Mă opun."}
    assert (await client.post(REQUESTS, headers=mine, json=body)).json()["institution_id"] == str(DGCTI)
    unknown = await client.post(REQUESTS, headers=mine, json=body | {"institution_id": str(ids.new_id())})
    assert unknown.json()["type"].endswith("/problems/unknown-institution")


# The copy.


Held = Mapping[str, PersonalData]


@pytest.fixture
def strong(signed_in: Any, ana: Account) -> dict[str, str]:
    made: dict[str, str] = signed_in(ana.id, {READ}, Assurance.SUBSTANTIAL)
    return made


@pytest.fixture
async def make_all(
    sessions: async_sessionmaker[Session], provider: Provider, app: Any
) -> Callable[..., Awaitable[None]]:
    """Make every copy that is asked for."""

    async def ask(_: UUID) -> Held:
        titles = dict.fromkeys(Language, "Petiții")
        labels = {"text": dict.fromkeys(Language, "Text")}
        section = Section(name="petitions", title=titles, labels=labels, items=[{"text": "șțăîâ őű"}])
        return {"petitions": PersonalData(sections=[section])}

    async def make(ask: Callable[[UUID], Awaitable[Held]] = ask, now: datetime | None = None) -> None:
        async with sessions() as session:
            await keys.refresh(session, provider, clock.now())
            while await exports.make_next(session, provider, app.state.hub.texts, ask, now or clock.now()):
                pass

    return make


async def test_a_copy_needs_a_strong_sign_in(
    client: httpx2.AsyncClient, signed_in: Any, ana: Account
) -> None:
    weak = signed_in(ana.id, {READ})
    for method, path in (("POST", EXPORTS), ("GET", f"{EXPORTS}/{ids.new_id()}/file")):
        body = {"json": {"language": "ro"}} if method == "POST" else {}
        answer = await client.request(method, path, headers=weak, **body)
        assert answer.status_code == 403
        assert 'acr_values="substantial"' in answer.headers["www-authenticate"]


async def test_a_copy_holds_ones_own_data_signed_and_nobody_elses(
    client: httpx2.AsyncClient,
    strong: dict[str, str],
    ana: Account,
    make_all: Any,
    session: Session,
    provider: Provider,
    looking: asyncpg.Connection,
) -> None:
    async with session.begin():
        await people.add(
            session,
            Person(ana.id, "Popescu", "Ana", date(1985, 3, 12), None, Source.DOCUMENT, 1, NOON, NOON),
        )
        number = Identifier(Scheme.CNP, "2960229" + ids.new_id().hex[:6])
        await people.add_identifier(session, provider.master_key, ana.id, number, NOON)
    asked = await client.post(EXPORTS, headers=strong, json={"language": "ro"})
    assert (asked.status_code, asked.json()["state"]) == (202, "REQUESTED")
    twice = await client.post(EXPORTS, headers=strong, json={"language": "ro"})
    assert twice.json()["id"] == asked.json()["id"]
    path = f"{EXPORTS}/{asked.json()['id']}"
    early = await client.get(f"{path}/file", headers=strong)
    assert early.status_code in (200, 409)  # the service's own job may have been quicker
    await make_all()
    shown = (await client.get(path, headers=strong)).json()
    fetched = await client.get(f"{path}/file", headers=strong)
    assert fetched.headers["content-type"] == "application/zip"
    assert hashlib.sha256(fetched.content).hexdigest() == shown["sha256"]
    with ZipFile(BytesIO(fetched.content)) as packed:
        files = {name: packed.read(name) for name in packed.namelist()}
    assert files.keys() >= {"identity.json", "copy.pdf", "manifest.json", "manifest.jws"}
    jwks = KeySet.import_key_set((await client.get("/oauth2/jwks")).json())
    claims = jwt.decode(files["manifest.jws"].decode(), jwks, algorithms=["ES256"]).claims
    assert claims["files"] == {
        name: hashlib.sha256(content).hexdigest()
        for name, content in files.items()
        if not name.startswith("manifest")
    }
    held = {one["name"]: one["items"] for one in json.loads(files["identity.json"])["sections"]}
    assert held["account"][0]["email"] == ana.email
    assert held["numbers"][0]["value"] == number.value
    assert files["copy.pdf"].startswith(b"%PDF-")
    sealed = await looking.fetchval("SELECT sealed FROM data_exports WHERE id = $1", UUID(shown["id"]))
    assert b"PK" not in sealed[:64]
    assert ana.email.encode() not in sealed


async def test_a_copy_is_its_owners_alone_and_gone_after_seven_days(
    client: httpx2.AsyncClient,
    signed_in: Any,
    strong: dict[str, str],
    make_all: Any,
    session: Session,
    looking: asyncpg.Connection,
) -> None:
    asked = (await client.post(EXPORTS, headers=strong, json={"language": "hu"})).json()
    await make_all()
    path = f"{EXPORTS}/{asked['id']}"
    other = signed_in(ids.new_id(), {READ}, Assurance.SUBSTANTIAL)
    for address in (path, f"{path}/file"):
        assert (await client.get(address, headers=other)).status_code == 404
    shown = (await client.get(path, headers=strong)).json()
    term = datetime.fromisoformat(shown["expires_at"]) - datetime.fromisoformat(shown["ready_at"])
    assert term == timedelta(days=7)
    await exports.expire(session, clock.now() + timedelta(days=7))
    assert (await client.get(f"{path}/file", headers=strong)).status_code == 410
    query = "SELECT sealed FROM data_exports WHERE id = $1"
    assert await looking.fetchval(query, UUID(asked["id"])) is None


async def test_a_copy_waits_for_a_service_that_is_away(
    sessions: async_sessionmaker[Session], ana: Account, make_all: Any, looking: asyncpg.Connection
) -> None:
    async with sessions() as session:
        later = clock.now() + timedelta(days=400)  # nobody else makes it meanwhile
        wanted = await exports.request(session, ana.id, Language.EN, later)

    async def away(_: UUID) -> Held:
        raise httpx2.ConnectError("away")

    with pytest.raises(httpx2.ConnectError):
        await make_all(away, later)
    query = "SELECT attempts, due_at FROM data_exports WHERE id = $1"
    row = await looking.fetchrow(query, wanted.id)
    assert row["attempts"] == 1
    assert row["due_at"] > later
    await looking.execute("DELETE FROM data_exports WHERE id = $1", wanted.id)


@pytest.mark.parametrize("language", Language)
def test_the_pdf_speaks_the_persons_language(language: Language) -> None:
    texts = i18n.Texts([i18n.folder_of(copy.__file__.replace("/documents", ""))])
    section = Section(
        name="account",
        title=dict.fromkeys(Language, "Țară, își, ő, ű"),
        labels={"at": dict.fromkeys(Language, "Când")},
        items=[{"at": "2026-11-22T10:00:00+00:00"}, {"at": True}, {"at": ["a", "b"]}],
    )
    held = {"identity": PersonalData(sections=[section])}
    pdf = copy.render(held, "Ștefan Kőszegi", language, texts, NOON)
    assert pdf.startswith(b"%PDF-1.7")
    assert b"pdfaid" in pdf


# The end of an account.


async def test_a_person_is_told_what_goes_and_what_stays(
    client: httpx2.AsyncClient, signed_in: Any, ana: Account
) -> None:
    headers = signed_in(ana.id, {READ}) | {"accept-language": "ro"}
    shown = (await client.get("/identity/v1/me/deletion", headers=headers)).json()
    assert any("parola" in one for one in shown["goes"])
    assert {one["legal_basis"] for one in shown["stays"]} >= {rules.legal_basis(RuleId.ACCESS_LOG_KEPT, NOON)}


async def test_a_deleted_account_is_gone_with_its_sign_ins_at_once(
    client: httpx2.AsyncClient,
    signed_in: Any,
    ana: Account,
    a_browser: Any,
    looking: asyncpg.Connection,
) -> None:
    await a_browser().sign_in(ana)
    mine = signed_in(ana.id, {READ, WRITE, "account:read"})
    unsure = await client.post("/identity/v1/me/deletion", headers=mine, json={"understood": False})
    assert unsure.status_code == 422
    deleted = await client.post("/identity/v1/me/deletion", headers=mine, json={"understood": True})
    assert deleted.status_code == 204
    assert (await client.get("/identity/v1/me", headers=mine)).status_code == 404
    for table in ("accounts", "sessions", "grants"):
        column = "id" if table == "accounts" else "account_id"
        assert await looking.fetchval(f"SELECT count(*) FROM {table} WHERE {column} = $1", ana.id) == 0
    subjects = await looking.fetch("SELECT subject FROM outbox WHERE key = $1", str(ana.id))
    assert "hub.identity.account.deleted.v1" in [row["subject"] for row in subjects]


async def test_an_official_in_office_is_not_deleted(client: httpx2.AsyncClient, staff: Any) -> None:
    clerk = await staff(Role.CLERK, scopes={WRITE})
    answer = await client.post("/identity/v1/me/deletion", headers=clerk.headers, json={"understood": True})
    assert answer.json()["type"].endswith("/problems/still-in-office")


async def test_an_account_that_nobody_validated_or_used_is_forgotten_after_thirty_days(
    session: Session, a_person: Any, a_browser: Any, looking: asyncpg.Connection
) -> None:
    unused, used, waiting, young = [await a_person() for _ in range(4)]
    await a_browser().sign_in(used)
    old = clock.now() - timedelta(days=31)
    async with session.begin():  # an application of theirs may have an answer for them one day
        await authorizations.consent(session, waiting.id, "demo-portal", frozenset({"openid"}), old)
    await looking.execute(
        "UPDATE accounts SET confirmed_at = $1 WHERE id = ANY($2)", old, [unused.id, used.id, waiting.id]
    )
    found = await deletion.unvalidated(session, clock.now(), after=None, limit=10_000)
    assert unused.id in found
    assert not {used.id, waiting.id, young.id} & set(found)
    assert await deletion.delete_unvalidated(session, unused.id, clock.now())
    assert not await deletion.delete_unvalidated(session, used.id, clock.now())


async def test_ended_requests_are_forgotten_after_their_term(
    session: Session, ask: Any, dpo: Any, client: httpx2.AsyncClient, looking: asyncpg.Connection
) -> None:
    asked = await ask()
    path = f"{OFFICE}/{asked['id']}/grant"
    await client.post(path, headers=dpo.headers | STATED, json={"answer": "S-a șters."})
    assert (await retention.forget(session, clock.now()))["requests"] == 0
    later = clock.now() + timedelta(days=3 * 366)
    assert (await retention.forget(session, later))["requests"] >= 1
    count = "SELECT count(*) FROM data_requests WHERE id = $1"
    assert await looking.fetchval(count, UUID(asked["id"])) == 0


# The pages.


async def test_a_person_disputes_and_asks_by_page(
    browser: Any, ana: Account, staff: Any, client: httpx2.AsyncClient, looking: asyncpg.Connection
) -> None:
    await staff(Role.CLERK)  # the institutions are known
    await browser.sign_in(ana, address="/account/sign-in?next=privacy")
    await browser.follow()
    assert browser.page.title.startswith("Your data and your rights")
    assert "Have a copy made" not in browser.answer.text
    wrong = await browser.post("/account/privacy/requests", kind="RECTIFICATION", details="Greșit.")
    assert wrong.status_code == 422
    await browser.post(
        "/account/privacy/requests", kind="RECTIFICATION", field="GIVEN_NAME", details="Greșit."
    )
    await browser.follow()
    assert "received" in browser.answer.text
    withdraw = [one["action"] for one in browser.page.all("form") if one["action"].endswith("/withdraw")]
    await browser.post(withdraw[0])
    await browser.follow()
    assert "taken back" in browser.answer.text


async def test_a_person_deletes_their_account_by_page(browser: Any, ana: Account) -> None:
    await browser.sign_in(ana)
    await browser.get("/account/privacy")
    assert (await browser.post("/account/privacy/delete")).status_code == 422
    await browser.post("/account/privacy/delete", understood="yes")
    await browser.follow()
    assert "Your account is deleted." in browser.answer.text


async def test_a_weak_sign_in_fetches_nothing_by_page(browser: Any, ana: Account) -> None:
    await browser.sign_in(ana)
    await browser.get("/account/privacy")
    assert (await browser.post("/account/privacy/export")).status_code == 403
    assert (await browser.get(f"/account/privacy/exports/{ids.new_id()}")).status_code == 403


@pytest.mark.parametrize("page", ["access", "privacy", "access/0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b70/dispute"])
async def test_the_pages_are_for_who_is_signed_in(browser: Any, page: str) -> None:
    answer = await browser.get(f"/account/{page}")
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/account/sign-in?next=")
