"""The process is killed between decision, seal, file, row and event: one certificate, one number, one event.

Beside it `tests/faults/kills.py` kills every process of a whole hub by chance.
"""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import asyncpg
import httpx2
import nats
import nats.js.errors
import pytest

from hub_core import clock, ids
from hub_core.principal import Assurance
from hub_documents import anchors, verification
from hub_service.database import Database
from hub_testing.listener import Answer, Asked, Listener
from hub_testing.mortal import Mortal, Place, apart, looking_at, started, told
from hub_testing.mortal import variables as environment
from svc_criminal_record import keys
from svc_criminal_record.domain.records import PersonMatch
from svc_criminal_record.issuing import Means, press
from svc_criminal_record.manifest import MANIFEST
from svc_criminal_record.operations import upkeep
from svc_criminal_record.settings import Settings

from .mortal import POINTS
from .outside import Outside

MORTAL = Path(__file__).with_name("mortal.py")
RULES = Path(__file__).parents[2] / "svc-catalog/contract/rules.json"
REQUESTS = "/criminal-record/v1/requests"
SCOPES = frozenset({"criminal-record:read", "criminal-record:write"})
ISSUED = "hub.criminal-record.certificate.issued.v1"
OF_THE_CLOCK = [point for point in POINTS if point not in {"told of the request", "kept the answer"}]
"""Points that are met without anybody who waits for an answer."""


class Register(Outside):
    """The national register and svc-identity, for a process that is not ours."""

    def __init__(self, fake_identity: Any) -> None:
        super().__init__()
        self._identity = fake_identity
        self.listener = Listener(self._respond)

    def somebody(self) -> UUID:
        """A person whom all know."""
        person = self.add_person()
        self._identity.answer(f"/internal/v1/people/{person}/identity", self.people[person])
        return person

    def _respond(self, asked: Asked) -> Answer:
        if self.is_away:
            return Answer(b"", "application/json", 503)
        found = self.matches[f"CNP:{json.loads(asked.body)['cnp']}"]
        told = [asdict(one) for one in found if isinstance(one, PersonMatch)]
        return Answer(json.dumps({"matches": told}, default=str).encode(), "application/json")


@pytest.fixture(scope="module")
async def place() -> AsyncIterator[Place]:
    """Servers of these tests' own: elsewhere another process of the service would do the work."""
    async with apart(MANIFEST, RULES) as made:
        yield made


@pytest.fixture(scope="module")
def register(fake_identity: Any) -> Any:
    made = Register(fake_identity)
    made.listener.start()
    yield made
    made.listener.stop()


@pytest.fixture(scope="module")
def variables(
    place: Place, fake_identity: Any, register: Register, trust_folder: Path, tmp_path_factory: Any
) -> dict[str, str]:
    """What the process is told."""
    return environment(place, MANIFEST.name, fake_identity) | {
        "HUB_CRIMINAL_RECORD_REGISTER_URL": register.listener.url,
        "HUB_CRIMINAL_RECORD_STORE": tmp_path_factory.mktemp("documents").as_uri(),
        "HUB_CRIMINAL_RECORD_TRUST": str(trust_folder),
    }


@pytest.fixture(scope="module")
async def mortal(variables: dict[str, str], tmp_path_factory: Any) -> AsyncIterator[Mortal]:
    async with started(MORTAL, variables, tmp_path_factory.mktemp("log") / "mortal.log") as made:
        yield made


@pytest.fixture(scope="module")
def settings(variables: dict[str, str]) -> Settings:
    with told(variables):
        return Settings()


@pytest.fixture
async def looking(place: Place) -> AsyncIterator[asyncpg.Connection]:
    async with looking_at(place) as made:
        yield made


@pytest.fixture
async def client(mortal: Mortal) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=mortal.url, timeout=30) as made:
        yield made


@pytest.fixture
def somebody(register: Register, signed_in: Any) -> Any:
    """Make `somebody()`: the headers of a request of a person of its own, to be repeated."""

    def make() -> dict[str, str]:
        headers: dict[str, str] = signed_in(register.somebody(), SCOPES, assurance=Assurance.SUBSTANTIAL)
        return headers | {"idempotency-key": str(ids.new_id())}

    return make


async def ask(client: httpx2.AsyncClient, headers: dict[str, str]) -> httpx2.Response | None:
    """The answer; none when the process died over it."""
    try:
        return await client.post(REQUESTS, json={"motive": "angajare"}, headers=headers)
    except httpx2.TransportError:
        return None


async def certificate_of(
    client: httpx2.AsyncClient, headers: dict[str, str], request_id: str
) -> dict[str, Any]:
    """The certificate of a request, once it is issued."""
    async with asyncio.timeout(30):
        while True:
            said = (await client.get(f"{REQUESTS}/{request_id}", headers=headers)).json()
            if said["state"] == "ISSUED":
                given: dict[str, Any] = said["certificate"]
                return given


async def is_told_once(place: Any, looking: asyncpg.Connection) -> bool:
    """Whether every certificate has one event in the outbox, and the stream the same ones once each."""
    async with asyncio.timeout(30):
        while await looking.fetchval(
            'SELECT count(*) FROM "criminal-record".outbox WHERE published_at IS NULL'
        ):
            await asyncio.sleep(0.01)
    certificates = {
        str(row["id"]) for row in await looking.fetch('SELECT id FROM "criminal-record".certificates')
    }
    stream, told, after = place[2].jetstream(), [], 0
    while True:
        try:
            message = await stream.get_msg("CRIMINAL_RECORD", after + 1, ISSUED, next=True)
        except nats.js.errors.NotFoundError:
            break
        told.append(json.loads(message.data)["data"]["certificate_id"])
        after = message.seq
    recorded = await looking.fetch('SELECT key FROM "criminal-record".outbox WHERE subject = $1', ISSUED)
    return Counter(told) == Counter(certificates) == Counter(row["key"] for row in recorded)


async def sweep(settings: Settings) -> None:
    """What the clock does an hour later, without the clock."""
    key, database = keys.derived_from(settings.criminal_record_key.get_secret_value()), Database(settings)
    async with httpx2.AsyncClient() as http, database.sessions() as session:
        means = Means(key=key, identity=Outside(), records=Outside(), issuer=press(settings, key, http))
        await upkeep.sweep(session, means, clock.now() + timedelta(hours=2))
    await database.close()


async def files_are_whole(settings: Settings, looking: asyncpg.Connection) -> bool:
    """Whether each certificate has its file, as it was sealed, and no other file is there."""
    key = keys.derived_from(settings.criminal_record_key.get_secret_value())
    trust = anchors.read(settings.criminal_record_trust).trust
    rows = await looking.fetch('SELECT file_key, file_sha256 FROM "criminal-record".certificates')
    async with httpx2.AsyncClient() as http:
        store = press(settings, key, http).store
    for row in rows:
        verdict = verification.verify(await store.get(row["file_key"]), trust, clock.now())
        assert verdict.outcome is verification.Outcome.INTACT
        assert verdict.sha256 == row["file_sha256"].hex()
    folder = Path(urlsplit(settings.criminal_record_store).path)
    there = {str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()}
    return there == {row["file_key"] for row in rows}


@pytest.mark.parametrize("point", POINTS)
async def test_who_asks_and_asks_again_when_the_process_died_has_one_certificate(
    mortal: Mortal,
    client: httpx2.AsyncClient,
    somebody: Any,
    place: Any,
    settings: Settings,
    looking: asyncpg.Connection,
    point: str,
) -> None:
    headers = somebody()
    await mortal.start(point)
    first = await ask(client, headers)
    await mortal.death()
    assert first is None or point == "published"
    await mortal.start()
    answer = await ask(client, headers)
    assert answer is not None
    assert (answer.status_code, answer.json()["state"]) == (201, "ISSUED")
    assert ("idempotent-replay" in answer.headers) == (point in {"committed", "published"})
    again = await ask(client, headers)
    assert again is not None
    assert again.content == answer.content
    assert await is_told_once(place, looking)
    await mortal.kill()
    await sweep(settings)
    assert await files_are_whole(settings, looking)


async def test_what_waited_for_the_register_is_issued_once_though_the_process_dies_at_each_point(
    mortal: Mortal,
    client: httpx2.AsyncClient,
    somebody: Any,
    register: Register,
    place: Any,
    settings: Settings,
    looking: asyncpg.Connection,
) -> None:
    register.is_away = True
    await mortal.start()
    waiting = []
    for headers in [somebody() for _ in range(3)]:
        answer = await ask(client, headers)
        assert answer is not None
        assert (answer.status_code, answer.json()["state"]) == (201, "AUTO_CHECK")
        waiting.append((headers, answer.json()["id"]))
    await mortal.kill()
    register.is_away = False
    for point in OF_THE_CLOCK:
        await mortal.start(point)
        await mortal.death()
    await mortal.start()
    given = [await certificate_of(client, headers, request) for headers, request in waiting]
    assert len({one["label"] for one in given}) == len(waiting)
    assert await is_told_once(place, looking)
    await mortal.kill()
    await sweep(settings)
    assert await files_are_whole(settings, looking)
