"""After people have been through the hub, nothing that machines keep names one of them.

A person validates an account at a counter, a mother acts for her child, clerks look people up, and all
of them make mistakes: personal numbers where none belongs, refused sign-ins. Then every log, span, event,
access line and status is searched for any valid CNP and for the names and addresses that were used.
"""

import asyncio
import base64
import hashlib
import json
import re
import secrets
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit
from zipfile import ZipFile

import asyncpg
import httpx2
import nats
import pytest
from nats.js.errors import NotFoundError

from hub_cli import hub as parts
from hub_cli import roles
from hub_cli.broker import OPERATOR
from hub_cli.browser import Browser
from hub_cli.place import Place, State
from hub_core import manifest
from hub_core.text import fold
from hub_testing.personal import personal_numbers
from hub_testing.traces import Span, TraceSink

from ..conftest import Hub

pytestmark = pytest.mark.xdist_group("hub")

CALLBACK = "http://127.0.0.1:8765/callback"
PASSWORD = "demo-parola-2026"
SCOPES = (
    *("openid", "account:read", "account:write", "privacy:read", "privacy:write"),
    *("petitions:read", "petitions:write", "mandates:read", "mandates:write"),
)
OFFICE = ("openid", "staff", "people:read", "people:verify", "privacy:decide")
SIGN_UPS = 4
"""How many times the journey asks for an account; the last of its requests is one of them."""
CODE = re.compile(r"(?<!\d)\d{4} ?\d{4}(?!\d)")
FAMILY = ("2850312149008", "1830702409011", "5110914409024", "6160520409035")


@dataclass
class Used:
    """What must be found nowhere: numbers, and words that name people."""

    numbers: set[str] = field(default_factory=lambda: set(FAMILY))
    words: set[str] = field(default_factory=lambda: {"ana.popescu@example.org", "elena.marin@example.org"})


# The journey.


def application(hub: Hub) -> str:
    """An application that may ask for everything the journey needs."""
    client_id = f"journey-{secrets.token_hex(4)}"
    described = {
        "client_id": client_id,
        "client_name": dict.fromkeys(("ro", "hu", "en"), "Journey"),
        "application_type": "native",
        "token_endpoint_auth_method": "none",
        "redirect_uris": [CALLBACK],
        "scope": " ".join({*SCOPES, *OFFICE}),
    }
    file = hub.folder / f"{client_id}.json"
    file.write_text(json.dumps({"clients": [described]}))
    put = hub.run("clients", "put", str(file))
    assert put.returncode == 0, put.stdout + put.stderr
    return client_id


def sign_in(hub: Hub, client_id: str, email: str, password: str, scopes: Iterable[str]) -> dict[str, str]:
    """The headers of a person's token, had in a browser."""
    verifier = secrets.token_urlsafe(48)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": CALLBACK,
        "scope": " ".join(scopes),
        "state": secrets.token_urlsafe(8),
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    browser = Browser(ends_at=CALLBACK)
    browser.open(f"{hub.origin}/oauth2/authorize?{urlencode(asked)}")
    browser.submit({"username": email, "current-password": password})
    if not browser.address.startswith(CALLBACK):
        browser.submit({})
    code = dict(parse_qsl(urlsplit(browser.address).query))["code"]
    exchange = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": CALLBACK,
        "client_id": client_id,
        "code_verifier": verifier,
    }
    answer = httpx2.post(f"{hub.origin}/oauth2/token", data=exchange)
    assert answer.status_code == 200, answer.text
    return {"authorization": f"Bearer {answer.json()['access_token']}"}


def somebody(hub: Hub) -> dict[str, str]:
    """A living adult of the population register whom no demo account belongs to.

    Nobody called Crăciun: a holiday is, and the table of holidays is told.
    """
    registers = Place(hub.folder, State.read(hub.folder).ports).registers
    with sqlite3.connect(f"file:{registers}?mode=ro", uri=True) as connection:
        connection.row_factory = sqlite3.Row
        chosen = connection.execute(
            """SELECT * FROM people WHERE died_on IS NULL AND birth_date BETWEEN '1960' AND '2000'
               AND length(family_name) > 5 AND family_name <> 'Crăciun'
               AND cnp NOT IN (SELECT now FROM former)
               AND cnp NOT IN (?, ?, ?, ?) ORDER BY random() LIMIT 1""",
            FAMILY,
        ).fetchone()
    return dict(chosen)


async def create_account(hub: Hub, client: httpx2.AsyncClient, person: dict[str, str], email: str) -> None:
    """Make an account with the names of the register, and confirm its address."""
    body = {
        "email": email,
        "password": PASSWORD,
        "given_name": person["given_name"],
        "family_name": person["family_name"],
        "language": "ro",
    }
    started = await client.post("/identity/v1/accounts", json=body)
    assert started.status_code == 202, started.text
    async with httpx2.AsyncClient(base_url=hub.mailbox) as mailbox, asyncio.timeout(20):
        while True:
            found = (await mailbox.get("/api/messages", params={"to": email})).json()["items"]
            codes = [code for message in found for code in CODE.findall(message["text"])]
            if codes:
                break
            await asyncio.sleep(0.05)
    confirm = {"confirmation_id": started.json()["confirmation_id"], "code": codes[0].replace(" ", "")}
    assert (await client.post("/identity/v1/accounts/confirm", json=confirm)).status_code == 204


async def take_the_journey(hub: Hub, used: Used) -> None:
    client_id = await asyncio.to_thread(application, hub)
    person = somebody(hub)
    email = f"{fold(person['family_name'])}.{secrets.token_hex(4)}@example.org"
    used.numbers.add(person["cnp"])
    used.words |= {email, f"{person['given_name']} {person['family_name']}", person["family_name"]}

    async def token(of: str, scopes: Iterable[str]) -> dict[str, str]:
        return await asyncio.to_thread(sign_in, hub, client_id, of, PASSWORD, scopes)

    async with httpx2.AsyncClient(base_url=hub.origin, timeout=30) as client:
        await create_account(hub, client, person, email)
        own, mother = await token(email, SCOPES), await token("ana.popescu@example.org", SCOPES)
        clerk = await token("elena.marin@example.org", OFFICE)
        await validate_at_the_counter(client, own, clerk, person)
        await act_for_others(client, mother, person["cnp"])
        await look_people_up(client, own, clerk, person["cnp"])
        await fetch_a_copy(client, mother)
        await make_mistakes(client, own, person)


async def validate_at_the_counter(
    client: httpx2.AsyncClient, own: dict[str, str], clerk: dict[str, str], person: dict[str, str]
) -> None:
    code = (await client.post("/identity/v1/me/activation-codes", headers=own)).json()["code"]
    stated = clerk | {"purpose": "COUNTER_SERVICE"}
    seen = {"code": code, "document": "IDENTITY_CARD", "valid_until": "2034-01-01"}
    tries = (
        (person["cnp"][:12] + str((int(person["cnp"][12]) + 1) % 10), person["birth_date"]),
        (FAMILY[0], person["birth_date"]),
        (person["cnp"], person["birth_date"]),
    )
    answers = []
    for number, born in tries:
        body = seen | {"cnp": number, "birth_date": born}
        answers.append(await client.post("/identity/v1/verifications", headers=stated, json=body))
    assert [answer.is_success for answer in answers] == [False, False, True], answers[-1].text


async def act_for_others(client: httpx2.AsyncClient, mother: dict[str, str], number: str) -> None:
    made = await client.post("/identity/v1/parental-mandates", headers=mother)
    assert made.is_success, made.text
    offer = {"type": "DELEGATE", "purpose": f"pentru {number}", "services": [number]}
    await client.post("/identity/v1/mandate-offers", headers=mother, json=offer)
    await client.post("/identity/v1/mandate-requests", headers=mother, json={"principal_cnp": number})
    assert (await client.get("/identity/v1/mandates", headers=mother)).is_success


async def look_people_up(
    client: httpx2.AsyncClient, own: dict[str, str], clerk: dict[str, str], number: str
) -> None:
    me = (await client.get("/identity/v1/me", headers=own)).json()["person_id"]
    stated = clerk | {"purpose": 'CASE_HANDLING;file="77/2026"'}
    search = "/identity/v1/people/search"
    found = await client.post(search, headers=stated, json={"cnp": number})
    assert found.json()["person_id"] == me
    assert (await client.post(search, headers=stated, json={"cnp": "1850312149006"})).status_code == 404
    assert (await client.get(f"/identity/v1/people/{me}", headers=stated)).is_success
    async with asyncio.timeout(20):
        lines: list[Any] = []
        while len(lines) < 3:  # the validation, the search, the look-up
            lines = (await client.get("/identity/v1/me/access-log", headers=own)).json()["items"]
            await asyncio.sleep(0.05)
    reason = {"reason": f"Nu am cerut nimic, CNP {number}."}
    disputed = await client.post(
        f"/identity/v1/me/access-log/{lines[0]['id']}/dispute", headers=own, json=reason
    )
    assert disputed.status_code == 201, disputed.text


async def fetch_a_copy(client: httpx2.AsyncClient, mother: dict[str, str]) -> None:
    """All that the services hold of a person, as the running hub puts it together."""
    asked = await client.post("/identity/v1/me/exports", headers=mother, json={"language": "ro"})
    assert asked.status_code == 202, asked.text
    path = f"/identity/v1/me/exports/{asked.json()['id']}"
    async with asyncio.timeout(30):
        while (await client.get(path, headers=mother)).json()["state"] != "READY":
            await asyncio.sleep(0.1)
    fetched = await client.get(f"{path}/file", headers=mother)
    with ZipFile(BytesIO(fetched.content)) as packed:
        held = {name: packed.read(name) for name in packed.namelist()}
    services = ("criminal-record", "identity", "notify", "passport-booking", "petitions", "traffic-history")
    assert held.keys() == {f"{each}.json" for each in services} | {
        "copy.pdf",
        "manifest.json",
        "manifest.jws",
    }
    assert FAMILY[0].encode() in held["identity.json"]
    assert not any(number.encode() in held["identity.json"] for number in FAMILY[1:])  # they are others'


async def make_mistakes(client: httpx2.AsyncClient, own: dict[str, str], person: dict[str, str]) -> None:
    """Numbers and names where none belongs."""
    number, name = person["cnp"], f"{person['given_name']} {person['family_name']}"
    for path in (
        f"/identity/v1/people/{number}",
        f"/identity/v1/me?cnp={number}",
        f"/petitions/v1/petitions/{number}?name={person['family_name']}",
        f"/petitions/v1/petitions?cursor={number}",
        f"/account/sign-in?next={number}",
        f"/{number}",
        f"/catalog/v1/institutions/{number}",
    ):
        await client.get(path, headers=own)
    for header in ("x-request-id", "purpose", "idempotency-key", "traceparent", "user-agent", "referer"):
        await client.get("/identity/v1/me", headers=own | {header: number})
    body = {"kind": number, "subject": name, "text": number, "cnp": number, "institution_id": number}
    for path in ("/petitions/v1/petitions", "/identity/v1/me/data-requests", "/identity/v1/accounts"):
        await client.post(path, headers=own | {"idempotency-key": number}, json=body)
    await client.post("/identity/v1/accounts", content=f'{{"email": "{number}", {name}')
    wrong = {
        "grant_type": "authorization_code",
        "client_id": number,
        "client_secret": number,
        "code": number,
        "redirect_uri": f"https://example.org/{number}",
    }
    await client.post("/oauth2/token", data=wrong, auth=(number, number))
    for login in (f"{number}@example.org", number, person["family_name"]):
        page = await client.get("/account/sign-in")
        form = {"csrf": "x", "email": login, "password": number}
        await client.post("/account/sign-in", data=form, headers={"referer": str(page.url)})
    refused = {"email": f"{number}@example.org", "password": number, "language": "ro"}
    await client.post("/identity/v1/accounts", json=refused | {"given_name": name, "family_name": number})


# The search.


def finds(place: str, text: str, used: Used) -> Iterator[str]:
    """What a text says of somebody; the place is named, what it says is not repeated."""
    numbers = {found.number for found in personal_numbers(text)}
    numbers |= {number for number in used.numbers if number in text}
    yield from (f"{place}: the personal number that ends with {number[-4:]}" for number in sorted(numbers))
    folded = text.casefold()
    yield from (f"{place}: {word}" for word in sorted(used.words) if word.casefold() in folded)


def logs(hub: Hub) -> Iterator[tuple[str, str]]:
    files = [path for path in hub.folder.rglob("*") if path.suffix == ".log" and path.is_file()]
    assert len(files) > 5
    for path in files:
        yield str(path.relative_to(hub.folder)), path.read_text("utf-8", "replace")


async def events(hub: Hub) -> list[tuple[str, str]]:
    """Every message of every stream, dead letters too."""
    _, broker = parts.servers(Place(hub.folder, State.read(hub.folder).ports))
    client = await nats.connect(broker.url, nkeys_seed_str=broker.seed(OPERATOR))
    jetstream, found = client.jetstream(), []
    try:
        for stream in await jetstream.streams_info():
            name = str(stream.config.name)
            for seq in range(max(stream.state.first_seq, 1), stream.state.last_seq + 1):
                with suppress(NotFoundError):
                    message = await jetstream.get_msg(name, seq)
                    body = (message.data or b"").decode()
                    found.append((f"{name}/{seq} {message.subject}", f"{message.headers}\n{body}"))
    finally:
        await client.close()
    return found


async def lines(hub: Hub) -> list[tuple[str, str]]:
    rows = await database(hub, "SELECT seq, row_to_json(one)::text AS line FROM identity.access_lines one")
    return [(f"access line {row['seq']}", row["line"]) for row in rows]


async def database(hub: Hub, query: str, *arguments: Any) -> list[asyncpg.Record]:
    """What the database answers to somebody who may everything."""
    server, _ = parts.servers(Place(hub.folder, State.read(hub.folder).ports))
    connection = await asyncpg.connect(server.dsn(roles.DATABASE))
    try:
        rows: list[asyncpg.Record] = await connection.fetch(query, *arguments)
    finally:
        await connection.close()
    return rows


async def statuses(hub: Hub) -> list[tuple[str, str]]:
    ports, found = State.read(hub.folder).ports, []
    async with httpx2.AsyncClient() as client:
        for name in (one.name for one in manifest.installed()):
            for path in ("/status", "/readyz", "/metrics"):
                answer = await client.get(f"http://127.0.0.1:{ports[name]}{path}")
                found.append((f"{name}{path}", answer.text))
    return found


async def search(hub: Hub, spans: TraceSink, used: Used) -> tuple[list[str], dict[str, int]]:
    """What was found, and how many places of each kind were searched."""
    kept = {
        "log": list(logs(hub)),
        "span": [(f"spans {n}", body.decode("utf-8", "replace")) for n, body in enumerate(spans.bodies)],
        "event": await events(hub),
        "line": await lines(hub),
        "status": await statuses(hub),
    }
    found = [one for places in kept.values() for place, text in places for one in finds(place, text, used)]
    return found, {kind: len(places) for kind, places in kept.items()}


async def test_nothing_that_machines_keep_names_a_person(
    hub: Hub, spans: TraceSink, record_property: Any
) -> None:
    def sign_ups(seen: Sequence[Span]) -> int:
        return sum(span.name == "POST /identity/v1/accounts" for span in seen)

    used, before = Used(), sign_ups(spans.spans)
    await take_the_journey(hub, used)
    await spans.until(lambda seen: sign_ups(seen) >= before + SIGN_UPS, 15)
    found, searched = await search(hub, spans, used)
    assert found == []
    assert all(searched.values()), searched
    record_property("searched", searched)

    verified = await asyncio.to_thread(hub.run, "access-log", "verify")
    assert verified.returncode == 0, verified.stdout
    assert "as it was written" in verified.stdout
    await a_changed_line_is_found(hub)


@pytest.mark.parametrize(
    "planted",
    [
        '{"event":"request","path":"/people/2850312149008"}',
        "1850312149006",
        "sign-in of ana.popescu@EXAMPLE.org refused",
    ],
)
async def test_what_is_planted_is_found(hub: Hub, spans: TraceSink, planted: str) -> None:
    file: Path = hub.folder / "log" / "planted.log"
    file.write_text(f"a line before\n{planted}\n")
    found, _ = await search(hub, spans, Used())
    file.unlink()
    assert [one.partition(":")[0] for one in found] == ["log/planted.log"]


async def a_changed_line_is_found(hub: Hub) -> None:
    """Somebody who may everything changes a line; the command says which."""
    change = """UPDATE identity.access_lines SET file = $1
                WHERE seq = (SELECT max(seq) FROM identity.access_lines) RETURNING seq"""
    newest = "SELECT file FROM identity.access_lines ORDER BY seq DESC LIMIT 1"
    [before] = await database(hub, newest)
    [changed] = await database(hub, change, "1/1999")
    told = await asyncio.to_thread(hub.run, "access-log", "verify")
    await database(hub, change, before["file"])
    assert told.returncode == 1
    assert f"LINE_CHANGED at line {changed['seq']}" in told.stdout
