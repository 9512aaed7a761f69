"""A partner tries an application in the sandbox, with people of its own, and shows that it conforms."""

import asyncio
import base64
import hashlib
import json
import secrets
import subprocess
import sys
from collections.abc import Callable
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit
from uuid import UUID

import asyncpg
import httpx2
import pytest
import requests
from joserfc.jwk import ECKey

from hub_cli import hub as parts
from hub_cli import roles
from hub_cli.browser import Browser
from hub_cli.place import Place, State

from ..conftest import Hub
from .person import PETITIONS, Person

pytestmark = pytest.mark.xdist_group("hub")

PROGRAM = Path(__file__).parents[2] / "docs" / "examples" / "conformance.py"
OWNER = "ana.popescu@example.org"
CLIENTS = "/identity/v1/clients"
SCOPES = ["openid", "offline_access", "petitions:read", "petitions:write", "messages:read"]
BY_SECRET = {
    "application_type": "web",
    "profile": "OPENID",
    "authentication": "client_secret_basic",
    "grant_types": [
        "authorization_code",
        "refresh_token",
        "urn:ietf:params:oauth:grant-type:token-exchange",
    ],
}
BY_KEY = {
    "application_type": "web",
    "profile": "FAPI",
    "authentication": "private_key_jwt",
    "dpop_bound": True,
    "grant_types": ["authorization_code", "refresh_token"],
}
CALLBACK = "https://institution.example.org/callback"


@pytest.fixture
async def owner(hub: Hub) -> Any:
    async with httpx2.AsyncClient(base_url=hub.origin, timeout=20) as client:
        person = Person(client, OWNER, "openid clients:read clients:write petitions:read petitions:write")
        await person.sign_in()
        yield person


async def registered(owner: Person, folder: Path, described: dict[str, Any]) -> dict[str, Any]:
    """An application of the owner's with test people; the two files that the program reads."""
    body = described | {
        "names": dict.fromkeys(("ro", "hu", "en"), f"Under test {secrets.token_hex(3)}"),
        "redirect_uris": [CALLBACK],
        "scopes": SCOPES,
    }
    key = ECKey.generate_key("P-256", {"kid": "2026", "use": "sig", "alg": "ES256"})
    if described is BY_KEY:
        body["jwks"] = [key.as_dict(private=False)]
    client_id = (await owner.post(CLIENTS, body))["client_id"]
    client: dict[str, Any] = {"client_id": client_id, "redirect_uri": CALLBACK, "scope": " ".join(SCOPES)}
    if described is BY_KEY:
        client["private_key"] = key.as_dict(private=True)
    else:
        client["client_secret"] = (await put(owner, f"{CLIENTS}/{client_id}/secret", {}))["client_secret"]
    people = await put(owner, f"{CLIENTS}/{client_id}/test-people")
    for name, held in (("client", client), ("people", people)):
        (folder / f"{name}.json").write_text(json.dumps(held))
    return people | {"client_id": client_id}


async def put(owner: Person, path: str, body: Any = None) -> dict[str, Any]:
    headers = {"authorization": f"Bearer {owner.token}"}
    answer = await owner.client.put(path, headers=headers, **({} if body is None else {"json": body}))
    assert answer.status_code == 200, answer.text
    given: dict[str, Any] = answer.json()
    return given


def conformance(hub: Hub, folder: Path) -> tuple[subprocess.CompletedProcess[str], dict[str, Any]]:
    command = (
        sys.executable,
        str(PROGRAM),
        hub.origin,
        "client.json",
        "people.json",
        "--report",
        "report.json",
    )
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=300)
    return done, json.loads((folder / "report.json").read_text())


@pytest.mark.parametrize(
    ("described", "skipped"),
    [
        pytest.param(BY_KEY, {"mandate"}, id="an institution by FAPI 2.0"),
        pytest.param(BY_SECRET, {"client-assertion"}, id="a front end with a secret"),
    ],
)
async def test_an_application_conforms_and_has_it_in_writing(
    hub: Hub, owner: Person, tmp_path: Path, described: dict[str, Any], skipped: set[str]
) -> None:
    people = await registered(owner, tmp_path, described)
    done, report = await asyncio.to_thread(conformance, hub, tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    results = {one["id"]: one["result"] for one in report["checks"]}
    assert {check for check, result in results.items() if result == "SKIP"} == skipped
    assert report["summary"] == {"pass": len(results) - len(skipped), "fail": 0, "skip": len(skipped)}
    await seen_to(
        owner, people["client_id"], {"IDEMPOTENCY_KEY_SENT", "RETRY_AFTER_HONOURED", "CODE_REPLAYED"}
    )
    written = json.dumps(report)
    assert people["password"] not in written
    assert not any(one["person_id"] in written for one in people["items"])


async def seen_to(owner: Person, client_id: str, behaviours: set[str]) -> None:
    """Wait until the hub has noted what the program did, right and wrong on purpose."""
    async with asyncio.timeout(20):
        while True:
            listed = await items(owner.client, f"{CLIENTS}/{client_id}/conformance", owner.token)
            if behaviours <= {one["behaviour"] for one in listed if one["first_seen_at"]}:
                break
            await asyncio.sleep(0.2)


class Portal:
    """A front end in the sandbox, and a browser for its test people."""

    def __init__(self, owner: Person, client: dict[str, Any]) -> None:
        self.http = owner.client
        self.origin = str(owner.client.base_url).rstrip("/")
        self.id, self.auth = client["client_id"], (client["client_id"], client["client_secret"])

    async def sign_in(self, username: str, password: str) -> str:
        """An access token of a test person."""
        verifier = secrets.token_urlsafe(48)
        asked = {
            "client_id": self.id,
            "response_type": "code",
            "redirect_uri": CALLBACK,
            "scope": "openid petitions:read petitions:write messages:read",
            "code_challenge": encoded(hashlib.sha256(verifier.encode()).digest()),
            "code_challenge_method": "S256",
        }
        address = f"{self.origin}/oauth2/authorize?{urlencode(asked)}"
        back = await asyncio.to_thread(agree, address, username, password)
        given = await self.http.post(
            "/oauth2/token",
            data={
                "grant_type": "authorization_code",
                "code": back["code"],
                "redirect_uri": CALLBACK,
                "code_verifier": verifier,
            },
            auth=self.auth,
        )
        assert given.status_code == 200, given.text
        token: str = given.json()["access_token"]
        return token


def agree(address: str, username: str, password: str) -> dict[str, str]:
    browser = Browser(ends_at=CALLBACK)
    browser.open(address)
    browser.submit({"username": username, "current-password": password})
    if not browser.address.startswith(CALLBACK):
        browser.submit({})
    return dict(parse_qsl(urlsplit(browser.address).query))


def encoded(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


async def items(client: httpx2.AsyncClient, path: str, token: str) -> list[dict[str, Any]]:
    answer = await client.get(path, headers={"authorization": f"Bearer {token}"})
    assert answer.status_code == 200, answer.text
    listed: list[dict[str, Any]] = answer.json()["items"]
    return listed


async def an_institution(client: httpx2.AsyncClient) -> str:
    listed = (await client.get("/catalog/v1/institutions?limit=200")).json()["items"]
    return str(next(one["id"] for one in listed if one["accepts_petitions"]))


async def test_a_reset_leaves_nothing_of_test_people_and_everything_of_others(
    hub: Hub, owner: Person, tmp_path: Path
) -> None:
    before = await registered(owner, tmp_path, BY_SECRET)
    portal = Portal(owner, json.loads((tmp_path / "client.json").read_text()))
    username = next(one["username"] for one in before["items"] if one["kind"] == "VALIDATED")
    token = await portal.sign_in(username, before["password"])
    institution = await an_institution(owner.client)
    body = {
        "institution_id": institution,
        "kind": "REQUEST",
        "subject": "Probă",
        "text": "Aceasta este o probă.",
        "language": "ro",
    }
    real = await owner.post(PETITIONS, body)
    tested = [await owner.post(PETITIONS, body, token) for _ in range(2)]
    following = await owner.post(PETITIONS, body)
    assert [one["number"] for one in tested] == [1, 2]
    assert following["number"] == real["number"] + 1
    async with asyncio.timeout(20):
        while len(await items(owner.client, "/notify/v1/messages", token)) < 2:
            await asyncio.sleep(0.1)

    people = {one["person_id"] for one in before["items"]}
    after = await put(owner, f"{CLIENTS}/{portal.id}/test-people")
    async with asyncio.timeout(1):
        while True:
            ended = await owner.client.get(PETITIONS, headers={"authorization": f"Bearer {token}"})
            if ended.status_code == 401:
                break
    async with asyncio.timeout(20):
        while await left_of(hub, people):
            await asyncio.sleep(0.1)
    fresh = await portal.sign_in(username, after["password"])
    assert await items(owner.client, PETITIONS, fresh) == []
    listed = [one["id"] for one in await items(owner.client, f"{PETITIONS}?limit=200", owner.token)]
    assert {real["id"], following["id"]} <= set(listed)
    assert not {one["id"] for one in tested} & set(listed)


async def left_of(hub: Hub, people: set[str]) -> int:
    """How many petitions and messages of these people the services still hold."""
    server, _ = parts.servers(Place(hub.folder, State.read(hub.folder).ports))
    connection = await asyncpg.connect(server.dsn(roles.DATABASE))
    try:
        return await connection.fetchval(
            "SELECT (SELECT count(*) FROM petitions.sandbox_petitions WHERE person_id = ANY($1::uuid[]))"
            " + (SELECT count(*) FROM notify.messages WHERE person_id = ANY($1::uuid[]))"
            " + (SELECT count(*) FROM identity.accounts WHERE id = ANY($1::uuid[]))",
            [UUID(one) for one in people],
        )
    finally:
        await connection.close()


async def test_the_examples_work_one_after_the_other_as_they_are_printed(hub: Hub, tmp_path: Path) -> None:
    await asyncio.to_thread(sandbox, hub, tmp_path, "new", "Portalul orașului", CALLBACK)
    first = json.loads((tmp_path / "people.json").read_text())
    assert (tmp_path / "client.json").stat().st_mode & 0o777 == 0o600
    done, _ = await asyncio.to_thread(conformance, hub, tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    said = await asyncio.to_thread(sandbox, hub, tmp_path, "reset")
    second = json.loads((tmp_path / "people.json").read_text())
    assert f"VALIDATED               {first['items'][0]['username']}" in said
    assert first["password"] != second["password"]


def sandbox(hub: Hub, folder: Path, *arguments: str) -> str:
    """Run the other program, and sign the owner in at the address it prints; what it said after that."""
    program = (sys.executable, str(PROGRAM.with_name("sandbox.py")), hub.origin, *arguments)
    with subprocess.Popen(
        program, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as running:
        assert running.stdout
        browser = Browser(ends_at="https://nowhere.example.org")
        browser.open(running.stdout.readline().removeprefix("open: ").strip())
        browser.submit({"username": OWNER, "current-password": "demo-parola-2026"})
        if not browser.address.startswith("http://127.0.0.1"):
            browser.submit({})
        said = running.stdout.read()
    assert running.returncode == 0, said
    return said


# The program itself: a hub that breaks a promise does not pass.


def without(name: str) -> Callable[[requests.Response], None]:
    """Answers lose a header."""

    def spoil(answer: requests.Response) -> None:
        answer.headers.pop(name, None)

    return spoil


def with_header(name: str, value: str, only: str = "") -> Callable[[requests.Response], None]:
    """Answers get a header, or another value of it; `only` those whose value begins so."""

    def spoil(answer: requests.Response) -> None:
        if answer.headers.get(name, "").startswith(only):
            answer.headers[name] = value

    return spoil


def with_member(name: str, value: object) -> Callable[[requests.Response], None]:
    """Answers in JSON that have this member get another value of it."""

    def spoil(answer: requests.Response) -> None:
        if "json" in answer.headers.get("content-type", ""):
            body = answer.json()
            if isinstance(body, dict) and name in body:
                answer._content = json.dumps(body | {name: value}).encode()

    return spoil


def with_status(status: int, instead_of: int) -> Callable[[requests.Response], None]:
    """Answers of one status get another."""

    def spoil(answer: requests.Response) -> None:
        if answer.status_code == instead_of:
            answer.status_code = status

    return spoil


BROKEN = [
    ("discovery", with_member("issuer", "https://elsewhere.example.org")),
    ("discovery", with_member("code_challenge_methods_supported", ["plain"])),
    ("pushed-request", with_status(200, 410)),
    ("pushed-request", with_member("error", "server_error")),
    ("sign-in", with_member("token_type", "Bearer")),
    ("code-once", with_status(200, 400)),
    ("dpop", with_header("dpop-nonce", "n")),
    ("dpop", with_status(200, 401)),
    ("refresh", with_status(200, 400)),
    ("problem", with_header("content-type", "application/json", only="application/problem+json")),
    ("problem", without("www-authenticate")),
    ("problem", with_member("trace_id", None)),
    ("unknown-field", with_member("errors", [])),
    ("idempotency-key", without("idempotent-replay")),
    ("idempotency-key", with_status(201, 422)),
    ("sandbox-mark", with_member("sandbox", value=False)),
    ("sandbox-mark", with_member("registration_label", "1/22.11.2026")),
    ("etag", with_header("etag", 'W/"1"')),
    ("etag", with_status(200, 304)),
    ("paging", without("link")),
    ("paging", with_member("next_cursor", None)),
    ("not-yours", with_status(200, 404)),
    ("mandate", with_member("on_behalf_of", None)),
    ("too-many", without("ratelimit")),
    ("too-many", without("retry-after")),
]


@pytest.fixture(scope="module")
def program() -> Any:
    found = spec_from_file_location("conformance", PROGRAM)
    assert found
    assert found.loader
    made = module_from_spec(found)
    sys.modules["conformance"] = made
    found.loader.exec_module(made)
    yield made
    del sys.modules["conformance"]


async def test_a_hub_that_breaks_a_promise_does_not_pass(
    hub: Hub, owner: Person, tmp_path: Path, program: Any
) -> None:
    await registered(owner, tmp_path, BY_SECRET)
    client, people = (json.loads((tmp_path / f"{name}.json").read_text()) for name in ("client", "people"))
    checks = {one.id: one for one in program.CHECKS}

    def outcome(check: str, spoil: Callable[[requests.Response], None]) -> str:
        application = program.Application(hub.origin, client, people)
        application.http.hooks["response"].append(lambda answer, **_: spoil(answer))
        result: str = checks[check].outcome(application).result
        return result

    passed = [
        (check, number)
        for number, (check, spoil) in enumerate(BROKEN)
        if await asyncio.to_thread(outcome, check, spoil) != "FAIL"
    ]
    assert passed == []


def test_every_check_names_a_paragraph_of_the_contract(program: Any) -> None:
    contract = (PROGRAM.parents[1] / "api.md").read_text()
    headings = {line.removeprefix("## ") for line in contract.splitlines() if line.startswith("## ")}
    assert {one.paragraph for one in program.CHECKS} <= headings
    assert len({one.id for one in program.CHECKS}) == len(program.CHECKS)


@pytest.mark.parametrize("origin", ["http://127.0.0.1:9", "not an address"])
def test_without_a_hub_it_says_that_it_cannot_begin(tmp_path: Path, origin: str) -> None:
    described = {"client_id": "app", "redirect_uri": CALLBACK, "scope": "openid"}
    (tmp_path / "client.json").write_text(json.dumps(described))
    (tmp_path / "people.json").write_text(json.dumps({"password": "-", "items": []}))
    command = (sys.executable, str(PROGRAM), origin, "client.json", "people.json")
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout.splitlines()[-1][:13]) == (2, "cannot begin:")
