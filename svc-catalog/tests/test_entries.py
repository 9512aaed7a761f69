"""Entries in work, over HTTP: who may what, and the way of an entry to the people."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, get_args, get_type_hints
from uuid import UUID, uuid4

import asyncpg
import httpx2
import orjson
import pytest
from pydantic import BaseModel

from hub_core.principal import Assurance, Role
from hub_service.database import Database
from hub_service.settings import ServiceSettings
from svc_catalog.domain.conditions import AllOf, AnyOf, NoneOf
from svc_catalog.domain.institutions import institution_id
from svc_catalog.domain.services import Service, service_id
from svc_catalog.events.services import (
    EntryPublished,
    EntryResumed,
    EntryRetired,
    EntryStale,
    EntrySuspended,
)
from svc_catalog.operations import confirmations
from svc_catalog.reference.services import services
from svc_catalog.schemas.content import EntryContent

ENTRIES = "/catalog/v1/entries"
SERVICES = "/catalog/v1/services"
WHOLE = json.loads((Path(__file__).parent / "whole_entry.json").read_text(encoding="utf-8"))
REASON = "Serviciu nou, OMAI 1/2026"
IPJ_CV, IPJ_HR, DGCTI = (institution_id(code) for code in ("IPJ-CV", "IPJ-HR", "DGCTI"))
SUSPENSION = {
    "reason": {"ro": "Lucrări la sistem", "en": "Works on the system"},
    "alternative": {"ro": "La ghișeu", "en": "At a counter"},
    "until": "2027-01-31",
}
BODIES: dict[str, Any] = {
    "submit": None,
    "promote": None,
    "confirm": None,
    "check": None,
    "return": {"reasons": "Lipsește taxa."},
    "publish": {"status": "ACTIVE"},
    "suspend": SUSPENSION,
    "resume": {"reason": "S-a remediat"},
    "retire": {"reason": "Serviciul s-a desființat"},
    "discard": {"reason": "Nu mai este nevoie"},
    "versions": {"reason": "Se schimbă titlul"},
}


@dataclass
class Desk:
    """One official at work."""

    client: httpx2.AsyncClient
    headers: Mapping[str, str]

    async def get(self, path: str, **query: str) -> httpx2.Response:
        return await self.client.get(f"{ENTRIES}{path}", headers=self.headers, params=query)

    async def send(
        self, method: str, path: str, body: Any = None, *, etag: str | None = None
    ) -> httpx2.Response:
        headers = dict(self.headers) | ({"if-match": etag} if etag else {})
        return await self.client.request(method, f"{ENTRIES}{path}", headers=headers, json=body)

    async def create(self, code: str, content: Any = WHOLE) -> httpx2.Response:
        return await self.send("POST", "", {"code": code, "content": content, "reason": REASON})

    async def step(self, code: str, step: str, body: Any = None) -> httpx2.Response:
        """Take a step on the entry as it is now."""
        etag = (await self.get(f"/{code}")).headers["etag"]
        return await self.send("POST", f"/{code}/{step}", body or BODIES[step], etag=etag)

    async def revise(self, code: str, content: Any, reason: str = "Corectură") -> httpx2.Response:
        etag = (await self.get(f"/{code}")).headers["etag"]
        return await self.send("PUT", f"/{code}/draft", {"content": content, "reason": reason}, etag=etag)


@pytest.fixture
def desk(client: httpx2.AsyncClient, signed_in: Any) -> Any:
    """`desk(role, institution)`: an official with a person id of their own."""

    def sit(
        *roles: Role,
        at: UUID = IPJ_CV,
        person: UUID | None = None,
        scopes: tuple[str, ...] = ("catalog:read", "catalog:write"),
        assurance: Assurance = Assurance.SUBSTANTIAL,
    ) -> Desk:
        acting: dict[str, Any] = {"institution": str(at), "roles": [*roles]} if roles else {}
        return Desk(client, signed_in(person or uuid4(), scopes, assurance, **acting))

    return sit


@pytest.fixture
def editor(desk: Any) -> Desk:
    made: Desk = desk(Role.CATALOG_EDITOR)
    return made


@pytest.fixture
def publisher(desk: Any) -> Desk:
    made: Desk = desk(Role.CATALOG_PUBLISHER, at=DGCTI)
    return made


async def published(code: str, editor: Desk, publisher: Desk) -> None:
    assert (await editor.create(code)).status_code == 201
    assert (await editor.step(code, "submit")).status_code == 200
    answer = await publisher.step(code, "publish")
    assert answer.status_code == 200, answer.text


def slug(answer: httpx2.Response) -> str:
    return str(answer.json()["type"].rpartition("/")[2])


async def test_a_citizen_sees_nothing_of_entries_in_work(desk: Any) -> None:
    citizen = desk()
    for answer in (await citizen.get(""), await citizen.get("/petition"), await citizen.create("mine")):
        assert (answer.status_code, slug(answer)) == (403, "role-required")


async def test_other_roles_and_other_scopes_do_not_do(desk: Any) -> None:
    assert (await desk(Role.CLERK).get("/petition")).status_code == 403
    reader = desk(Role.CATALOG_EDITOR, scopes=("catalog:read",))
    assert slug(await reader.create("mine")) == "insufficient-scope"
    weak = desk(Role.CATALOG_EDITOR, assurance=Assurance.LOW)
    assert slug(await weak.create("mine")) == "insufficient-user-authentication"


@pytest.mark.parametrize("step", ["return", "publish", "promote", "suspend", "resume", "retire"])
async def test_an_editor_decides_nothing(editor: Desk, step: str) -> None:
    answer = await editor.send("POST", f"/petition/{step}", BODIES[step], etag='"1"')
    assert (answer.status_code, slug(answer)) == (403, "role-required")


@pytest.mark.parametrize("step", ["return", "publish", "promote", "suspend", "resume", "retire"])
async def test_a_publisher_of_another_institution_decides_nothing(desk: Any, step: str) -> None:
    answer = await desk(Role.CATALOG_PUBLISHER).send("POST", f"/petition/{step}", BODIES[step], etag='"1"')
    assert (answer.status_code, slug(answer)) == (403, "catalog-administrator-required")


@pytest.mark.parametrize("step", ["submit", "confirm", "discard", "versions"])
async def test_a_publisher_writes_nothing(publisher: Desk, step: str) -> None:
    answer = await publisher.send("POST", f"/petition/{step}", BODIES[step], etag='"1"')
    assert (answer.status_code, slug(answer)) == (403, "role-required")


async def test_another_institutions_entry_is_not_there(desk: Any, editor: Desk) -> None:
    await editor.create("only-ours")
    stranger = desk(Role.CATALOG_EDITOR, at=IPJ_HR)
    for path in ("/only-ours", "/only-ours/versions/1", "/only-ours/steps", "/only-ours/differences"):
        assert (await stranger.get(path)).status_code == 404
    for step in ("submit", "confirm", "discard", "versions", "check"):
        answer = await stranger.send("POST", f"/only-ours/{step}", BODIES[step], etag='"1"')
        assert answer.status_code == 404, step
    body = {"content": WHOLE, "reason": REASON}
    assert (await stranger.send("PUT", "/only-ours/draft", body, etag='"1"')).status_code == 404
    assert "only-ours" not in {each["code"] for each in (await stranger.get("", limit="200")).json()["items"]}


async def test_an_editor_of_the_administrator_edits_its_own_entries_only(desk: Any, editor: Desk) -> None:
    await editor.create("not-of-dgcti")
    both = desk(Role.CATALOG_EDITOR, Role.CATALOG_PUBLISHER, at=DGCTI)
    assert (await both.get("/not-of-dgcti")).status_code == 200
    assert (await both.step("not-of-dgcti", "submit")).status_code == 404


async def test_who_wrote_it_never_publishes_it(desk: Any) -> None:
    person = uuid4()
    both = desk(Role.CATALOG_EDITOR, Role.CATALOG_PUBLISHER, at=DGCTI, person=person)
    contact = {"kind": "PHONE", "value": "+40800800624", "purpose": {"ro": "Întrebări", "en": "Questions"}}
    await both.create("four-eyes", WHOLE | {"contacts": [contact]})
    await both.step("four-eyes", "submit")
    assert slug(await both.step("four-eyes", "publish")) == "four-eyes"
    other = desk(Role.CATALOG_PUBLISHER, at=DGCTI)
    assert (await other.step("four-eyes", "publish", {"status": "PILOT"})).status_code == 200
    assert slug(await both.step("four-eyes", "promote")) == "four-eyes"
    assert (await other.step("four-eyes", "promote")).json()["status"] == "ACTIVE"
    await other.step("four-eyes", "retire")


async def test_a_change_names_what_was_read(editor: Desk) -> None:
    await editor.create("raced")
    assert slug(await editor.send("POST", "/raced/submit")) == "precondition-required"
    for old in ('"7"', '"x"', "*"):
        assert slug(await editor.send("POST", "/raced/submit", etag=old)) == "precondition-failed"


async def test_a_refused_step_names_the_state_and_the_open_steps(editor: Desk, publisher: Desk) -> None:
    await editor.create("refused")
    answer = await publisher.step("refused", "publish")
    assert (answer.status_code, slug(answer)) == (409, "entry-state")
    assert answer.json()["detail"] == "Fișa este DRAFT. Pași posibili: REVISE, SUBMIT."


async def test_a_code_is_given_once(editor: Desk, desk: Any) -> None:
    assert (await editor.create("taken")).status_code == 201
    assert slug(await desk(Role.CATALOG_EDITOR, at=IPJ_HR).create("taken")) == "entry-exists"


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"titel": {"ro": "T"}}, "/content/titel"),
        ({"title": {"ro": "T", "de": "T"}}, "/content/title/de"),
        ({"legal_deadline": "30 days"}, "/content/legal_deadline"),
        ({"channels": [{"kind": "FAX"}]}, "/content/channels/0/kind"),
        ({"status": "ACTIVE"}, "/content/status"),
    ],
)
async def test_a_typing_error_is_refused(editor: Desk, wrong: dict[str, Any], pointer: str) -> None:
    answer = await editor.create("wrong", WHOLE | wrong)
    assert answer.status_code == 422
    assert pointer in {error["pointer"] for error in answer.json()["errors"]}


async def test_a_condition_is_one_kind_or_none(editor: Desk) -> None:
    requirement = {"code": "age", "condition": {"fact": "age", "one_of": ["A"], "at_least": "x"}}
    assert (await editor.create("wrong", WHOLE | {"requirements": [requirement]})).status_code == 422
    nested = {"all_of": [{"none_of": [{"fact": "person", "one_of": ["COMPANY"]}]}]}
    whole = WHOLE | {"requirements": [{"code": "age", "condition": nested}]}
    assert (await editor.create("conditional", whole)).status_code == 201
    content = (await editor.get("/conditional/versions/1")).json()["content"]
    assert content["requirements"][0]["condition"] == nested


async def test_a_repeated_creation_makes_one_entry(editor: Desk) -> None:
    body = {"code": "once-only", "content": WHOLE, "reason": REASON}
    headers = dict(editor.headers) | {"idempotency-key": str(uuid4())}
    first, second = [await editor.client.post(ENTRIES, headers=headers, json=body) for _ in range(2)]
    assert (first.status_code, second.content) == (201, first.content)


async def test_the_way_of_an_entry_to_the_people(
    client: httpx2.AsyncClient, editor: Desk, publisher: Desk, desk: Any, looking: asyncpg.Connection
) -> None:
    code = "road-works"
    lacking = {name: value for name, value in WHOLE.items() if name != "silence"}
    lacking["summary"] = {"ro": "În 30 de zile.", "en": "Within 20 days."}
    assert (await editor.create(code, lacking)).json()["status"] == "DRAFT"
    assert (await client.get(f"{SERVICES}/{code}")).status_code == 404

    waiting = await editor.step(code, "submit")
    assert waiting.json()["working_state"] == "IN_REVIEW"
    assert code in {each["code"] for each in (await publisher.get("", waiting="true")).json()["items"]}

    refused = await publisher.step(code, "publish")
    assert (refused.status_code, slug(refused)) == (422, "entry-incomplete")
    assert {(each["pointer"], each["code"]) for each in refused.json()["errors"]} == {
        ("/silence", "silence-missing"),
        ("/summary/en", "numbers-differ"),
        ("/summary/en", "number-without-rule"),
    }
    checked = await publisher.send("POST", f"/{code}/check")
    assert not checked.json()["publishable"]
    assert "Spuneți ce înseamnă lipsa răspunsului" in checked.json()["findings"][0]["detail"]

    returned = await publisher.step(code, "return")
    assert returned.json()["versions"][0]["returned_for"] == "Lipsește taxa."
    assert returned.json()["steps"] == ["REVISE", "SUBMIT"]
    await editor.revise(code, WHOLE)
    assert (await editor.send("POST", f"/{code}/check")).json() == {"publishable": True, "findings": []}
    await editor.step(code, "submit")
    shown = await publisher.step(code, "publish")
    assert (shown.status_code, shown.json()["published_version"]) == (200, 1)

    first = await client.get(f"{SERVICES}/{code}")
    assert (first.status_code, first.json()["status"], first.json()["stale"]) == (200, "ACTIVE", False)
    assert first.json()["last_confirmed_at"] is not None

    assert (await editor.step(code, "versions")).status_code == 201
    changed = WHOLE | {"title": {"ro": "Lucrări la drum", "en": "Road works"}}
    await editor.revise(code, changed)
    assert (await client.get(f"{SERVICES}/{code}")).headers["etag"] == first.headers["etag"]
    await editor.step(code, "submit")
    await publisher.step(code, "publish")
    second = await client.get(f"{SERVICES}/{code}")
    assert second.headers["etag"] != first.headers["etag"]
    assert (second.json()["version"], second.json()["title"]["en"]) == (2, "Road works")

    suspended = await publisher.step(code, "suspend")
    assert suspended.json()["suspension"]["until"] == "2027-01-31"
    seen = (await client.get(f"{SERVICES}/{code}")).json()
    assert (seen["status"], seen["suspension"]["alternative"]["en"]) == ("SUSPENDED", "At a counter")
    await publisher.step(code, "resume")
    await editor.step(code, "confirm")
    assert (await publisher.step(code, "retire")).json()["steps"] == []
    assert (await client.get(f"{SERVICES}/{code}")).status_code == 404

    log = (await editor.get(f"/{code}/steps", limit="200")).json()["items"]
    assert [line["step"] for line in reversed(log)] == [
        *("CREATE", "SUBMIT", "RETURN", "REVISE", "SUBMIT", "PUBLISH"),
        *("OPEN", "REVISE", "SUBMIT", "PUBLISH", "SUSPEND", "RESUME", "CONFIRM", "RETIRE"),
    ]
    assert log[-1]["reason"] == REASON
    told = await looking.fetch(
        "SELECT subject, body FROM catalog.outbox WHERE key = $1 ORDER BY seq", str(service_id(code))
    )
    assert [row["subject"] for row in told] == [
        each.subject for each in (EntryPublished, EntryPublished, EntrySuspended, EntryResumed, EntryRetired)
    ]
    versions = [orjson.loads(row["body"])["data"]["version"] for row in told]
    assert versions == sorted(set(versions))


async def test_two_versions_are_compared_for_people(
    client: httpx2.AsyncClient, editor: Desk, publisher: Desk
) -> None:
    code = "compared"
    await published(code, editor, publisher)
    await editor.step(code, "versions")
    await editor.revise(code, WHOLE | {"title": {"ro": "Lucrări la drum", "en": "Road works"}})
    compared = (await publisher.get(f"/{code}/differences")).json()
    assert (compared["was"], compared["now"]) == (1, 2)
    assert [(each["field"], each["was"], each["now"]) for each in compared["differences"]] == [
        ("Numele serviciului / în română", "Serviciu de probă", "Lucrări la drum"),
        ("Numele serviciului / în engleză", "Test service", "Road works"),
    ]
    written = await client.get(
        f"{ENTRIES}/{code}/differences",
        headers=dict(publisher.headers) | {"accept": "text/plain", "accept-language": "en"},
    )
    assert written.headers["content-type"] == "text/plain; charset=utf-8"
    assert "Name of the service / in English\n- Test service\n+ Road works" in written.text
    await publisher.step(code, "retire")


async def test_what_the_shapes_of_cpsv_ap_refuse_is_refused_in_their_words(
    editor: Desk, publisher: Desk
) -> None:
    await editor.create("shapeless", WHOLE | {"title": {}})
    await editor.step("shapeless", "submit")
    errors = (await publisher.step("shapeless", "publish")).json()["errors"]
    [breach] = [each for each in errors if each["code"] == "cpsv-ap"]
    assert breach["pointer"] == "/title"
    assert "Less than 1 values" in breach["detail"]


async def test_the_entries_of_the_release_have_a_history(publisher: Desk) -> None:
    entry = (await publisher.get("/petition")).json()
    assert (entry["status"], entry["published_version"]) == ("ACTIVE", 1)
    assert entry["versions"][0]["made_by"] is None
    assert entry["confirmed_at"] is None
    assert [line["step"] for line in (await publisher.get("/petition/steps")).json()["items"]] == ["LOAD"]


async def test_a_list_is_narrowed_and_walked(editor: Desk, publisher: Desk) -> None:
    await editor.create("listed-a")
    await editor.create("listed-b")
    drafts = (await editor.get("", status="DRAFT", limit="200")).json()["items"]
    assert {"listed-a", "listed-b"} <= {each["code"] for each in drafts}
    assert all(each["provider"] == "IPJ-CV" for each in drafts)
    found, cursor = [], None
    while True:
        page = (await publisher.get("", limit="7", **({"cursor": cursor} if cursor else {}))).json()
        found += [each["code"] for each in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert found == sorted(set(found))
    of_dsg = (await publisher.get("", provider="MAI-DSG", status="ACTIVE")).json()["items"]
    assert "petition" in {each["code"] for each in of_dsg}
    assert (await publisher.get("", stale="true")).json()["items"] == []


async def test_an_entry_that_nobody_confirms_is_stale_and_its_provider_is_told(
    client: httpx2.AsyncClient,
    settings: ServiceSettings,
    editor: Desk,
    publisher: Desk,
    looking: asyncpg.Connection,
) -> None:
    code = "forgotten"
    await published(code, editor, publisher)
    await looking.execute(
        "UPDATE catalog.entries SET due_on = $2, remind_on = $2 WHERE code = $1", code, date(2026, 1, 31)
    )
    database = Database(settings)
    now = datetime.now(UTC)
    async with database.sessions() as session:
        assert await confirmations.flag_stale(session, now) == 1
        assert await confirmations.flag_stale(session, now) == 0
        assert (await client.get(f"{SERVICES}/{code}")).json()["stale"]
        assert code in {each["code"] for each in (await publisher.get("", stale="true")).json()["items"]}
        assert await confirmations.flag_stale(session, now + timedelta(days=32)) == 1
    await database.close()
    told = [
        orjson.loads(row["body"])["data"]
        for row in await looking.fetch(
            "SELECT body FROM catalog.outbox WHERE subject = $1 AND key = $2 ORDER BY seq",
            EntryStale.subject,
            str(service_id(code)),
        )
    ]
    assert [(each["reminder"], each["due_on"]) for each in told] == [(1, "2026-01-31"), (2, "2026-01-31")]
    assert told[0]["titles"] == {"ro": "Serviciu de probă", "hu": "Serviciu de probă", "en": "Test service"}
    confirmed = (await editor.step(code, "confirm")).json()
    assert (confirmed["stale"], confirmed["reminders"]) == (False, 0)
    assert not (await client.get(f"{SERVICES}/{code}")).json()["stale"]
    await publisher.step(code, "retire")


def models(schema: Any) -> list[type[BaseModel]]:
    """The models that an annotation speaks of."""
    if isinstance(schema, type) and issubclass(schema, BaseModel):
        return [schema]
    return [found for part in get_args(schema) for found in models(part)]


def values(annotation: Any) -> list[type]:
    """The dataclasses that an annotation speaks of."""
    if is_dataclass(annotation):
        return [annotation]  # type: ignore[list-item]
    return [found for part in get_args(annotation) for found in values(part)]


def test_what_an_official_writes_is_the_whole_model() -> None:
    left = [(EntryContent, Service)]
    of_entry = {"id", "code", "status", "provider_id", "suspension", "version"}
    seen: set[type] = {AllOf, AnyOf, NoneOf}  # the parts of these are conditions again
    while left:
        schema, value = left.pop()
        names = {field.name for field in fields(value)} - (of_entry if value is Service else set())
        assert set(schema.model_fields) == names, value
        hints = get_type_hints(value)
        for name in names:
            pairs = zip(models(schema.model_fields[name].annotation), values(hints[name]), strict=True)
            left += [pair for pair in pairs if pair[1] not in seen]
        seen.add(value)
    assert len(seen) > 15


@pytest.mark.parametrize("service", services(), ids=lambda each: each.code)
def test_an_entry_comes_back_as_it_was_written(service: Service) -> None:
    sent = EntryContent.of(service).model_dump_json()
    kept = {
        name: getattr(service, name)
        for name in ("id", "code", "status", "provider_id", "suspension", "version")
    }
    assert EntryContent.model_validate_json(sent).service(**kept) == service
