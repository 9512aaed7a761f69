"""The process is killed between any two steps of an act: one number, one document, one event of each.

Beside it `tests/faults/kills.py` kills every process of a whole hub by chance.
"""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from unittest import mock
from urllib.parse import urlsplit
from uuid import UUID

import asyncpg
import httpx2
import nats
import nats.js.errors
import pytest

from hub_core import clock, ids
from hub_documents import verification
from hub_documents.store import Store
from hub_service.database import Database
from hub_testing import mortal
from hub_testing.mortal import Mortal, Place, apart
from svc_petitions import keys
from svc_petitions.commands import verify_register
from svc_petitions.domain.institutions import Institution
from svc_petitions.manifest import MANIFEST
from svc_petitions.operations import answer_documents, institutions
from svc_petitions.operations.answer_documents import AnswerMeans
from svc_petitions.settings import Settings

from .conftest import BOTH
from .office import API, PETITIONS, Office, key

SCRIPT = Path(__file__).with_name("mortal.py")
RULES = Path(__file__).parents[2] / "svc-catalog/contract/rules.json"
KEPT = ("kept the answer", "committed", "published")
DOCUMENT = ("sealed", "half stored", "stored", "wrote where it lies", "committed the document")
"""Points of the document, which is made when the answer was sent: nobody waits for them."""
STEPS = {
    "sign": ("moved", "noted the draft", *KEPT[:2]),
    "send": ("moved many", "moved", "took the number", "noted the draft", *KEPT, *DOCUMENT),
    "file": ("took the number", "wrote the petition", "recorded the event", *KEPT),
    "forward": ("took the number", "took both numbers", "moved", "noted the way", "moved twice", *KEPT),
    "join": ("moved many", "moved", *KEPT),
}
TOLD = {
    "sign": Counter[str](),
    "send": Counter({"hub.petitions.petition.answered.v1": 2}),
    "file": Counter({"hub.petitions.petition.registered.v1": 1}),
    "forward": Counter({"hub.petitions.petition.forwarded.v1": 1, "hub.petitions.file.opened.v1": 1}),
    "join": Counter({"hub.petitions.petition.joined.v1": 1}),
}
"""What is told of each act, of one petition that is joined to another."""
ENTERED = {"send": Counter(OUT=1), "file": Counter(IN=1), "forward": Counter(OUT=1, IN=1)}


@pytest.fixture(scope="module")
async def place() -> AsyncIterator[Place]:
    """Servers of these tests' own: elsewhere another process of the service would do the work."""
    async with apart(MANIFEST, RULES) as made:
        yield made


@pytest.fixture(scope="module")
def variables(
    place: Place, fake_identity: Any, seal_authority: str, trust_folder: Path, tmp_path_factory: Any
) -> dict[str, str]:
    """What the process is told."""
    return mortal.variables(place, MANIFEST.name, fake_identity) | {
        "HUB_PETITIONS_STORE": tmp_path_factory.mktemp("documents").as_uri(),
        "HUB_PETITIONS_TRUST": str(trust_folder),
        "HUB_PETITIONS_SEALS": str(tmp_path_factory.mktemp("seals")),
        "HUB_PETITIONS_SEALS_URL": seal_authority,
    }


@pytest.fixture(scope="module")
def settings(variables: dict[str, str]) -> Settings:
    with mortal.told(variables):
        return Settings()


@pytest.fixture(scope="module")
async def service(variables: dict[str, str], tmp_path_factory: Any) -> AsyncIterator[Mortal]:
    async with mortal.started(SCRIPT, variables, tmp_path_factory.mktemp("log") / "mortal.log") as made:
        yield made


@pytest.fixture
async def looking(place: Place) -> AsyncIterator[asyncpg.Connection]:
    async with mortal.looking_at(place) as made:
        yield made


@pytest.fixture
async def client(service: Mortal) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=service.url, timeout=30) as made:
        yield made


@pytest.fixture
async def office(service: Mortal, client: httpx2.AsyncClient, settings: Settings, signed_in: Any) -> Office:
    """A new institution that a living process knows, and its officials."""
    if not service.is_alive:
        await service.start()
    made = Office(client, signed_in, await an_institution_known_to(settings))
    await made.open()
    return made


async def an_institution_known_to(settings: Settings) -> UUID:
    """A new institution that accepts petitions."""
    database = Database(settings)
    names = {"ro": "Direcția Generală de Pașapoarte"}
    made = Institution(
        id=ids.new_id(),
        code="DGP",
        names=names,
        accepts_petitions=True,
        valid_from=date(2007, 1, 1),
        valid_to=None,
        version=1,
    )
    async with database.sessions() as session:
        await institutions.keep(session, made)
    await database.close()
    return made.id


async def sweep(settings: Settings) -> None:
    """What the clock does an hour later, without the clock."""
    database = Database(settings)
    means = AnswerMeans(
        key=master(settings),
        identity=mock.NonCallableMock(),
        press=mock.NonCallableMock(),
        store=store(settings),
        origin="",
    )
    async with database.sessions() as session:
        await answer_documents.sweep(session, means, clock.now() + timedelta(hours=2))
    await database.close()


def master(settings: Settings) -> keys.MasterKey:
    return keys.derived_from(settings.petitions_key.get_secret_value())


def store(settings: Settings) -> Store:
    return Store.open(settings.petitions_store, master(settings).of(keys.Purpose.DOCUMENTS))


async def drained(looking: asyncpg.Connection) -> None:
    """Return when all is told."""
    async with asyncio.timeout(30):
        while await looking.fetchval("SELECT count(*) FROM petitions.outbox WHERE published_at IS NULL"):
            await asyncio.sleep(0.01)


async def told(place: Place, looking: asyncpg.Connection, petition_ids: list[str]) -> Counter[str]:
    """What the stream holds of these petitions, by subject; each event of the outbox is there once."""
    await drained(looking)
    stream, found, after = place[2].jetstream(), [], 0
    with suppress(nats.js.errors.NotFoundError):
        while True:
            message = await stream.get_msg("PETITIONS", after + 1, "hub.>", next=True)
            found.append(json.loads(message.data or b""))
            after = message.seq or 0
    recorded = {str(row["id"]) for row in await looking.fetch("SELECT id FROM petitions.outbox")}
    assert Counter(event["id"] for event in found) == Counter(recorded)
    return Counter(event["type"] for event in found if event["subject"] in petition_ids)


async def verify_registers(office: Office, others: list[Office], folder: Path) -> Counter[str]:
    """Export the registers of these institutions, verify each offline, and count the lines by direction."""
    lines: Counter[str] = Counter()
    for one in (office, *others):
        exported = await one.client.get(
            f"{API}/registers/{clock.local_date(clock.now()).year}/csv", headers=one.as_(one.registrar)
        )
        assert exported.status_code == 200, exported.text
        file = folder / f"{one.id}.csv"
        file.write_bytes(exported.content)
        assert verify_register.main([str(file)]) == 0
        lines += Counter(line.split(",")[3] for line in exported.text.splitlines()[1:])
    return lines


@pytest.mark.parametrize(
    ("act", "point"), [(act, point) for act, points in STEPS.items() for point in points]
)
async def test_who_asks_again_when_the_process_died_finds_it_done_once(
    service: Mortal,
    client: httpx2.AsyncClient,
    office: Office,
    settings: Settings,
    place: Place,
    looking: asyncpg.Connection,
    signed_in: Any,
    trust_folder: Path,
    tmp_path: Path,
    act: str,
    point: str,
) -> None:
    headers = signed_in(ids.new_id(), BOTH)
    elsewhere = Office(client, signed_in, await an_institution_known_to(settings))
    body = {
        "institution_id": str(office.id),
        "kind": "REQUEST",
        "subject": "Programul ghișeului",
        "text": "Vă rog să îmi comunicați programul de lucru cu publicul.",
        "language": "ro",
    }

    async def file() -> str:
        answer = await client.post(PETITIONS, json=body, headers=headers | key())
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    leader, joined = await file(), await file()
    if act in ("sign", "send"):
        assert (await office.step(leader, "join", office.head, {"petition_ids": [joined]})).status_code == 200
        await office.bring(leader, "SIGNED" if act == "send" else "APPROVED")
    elif act == "forward":
        await office.bring(leader, "TRIAGE")
    petition_ids = [leader, joined]
    before = await told(place, looking, petition_ids), await verify_registers(office, [elsewhere], tmp_path)

    one = office.as_(office.registrar if act == "send" else office.head) | key()
    sending: dict[str, Callable[[], Awaitable[httpx2.Response]]] = {
        "sign": lambda: client.post(f"{API}/files/{leader}/sign", headers=one),
        "send": lambda: client.post(f"{API}/files/{leader}/send", headers=one),
        "file": lambda: client.post(PETITIONS, json=body, headers=headers | again),
        "forward": lambda: client.post(
            f"{API}/files/{leader}/forward",
            json={"institution_id": str(elsewhere.id), "reason": "competent"},
            headers=one,
        ),
        "join": lambda: client.post(
            f"{API}/files/{leader}/join", json={"petition_ids": [joined]}, headers=one
        ),
    }
    again = key()

    async def ask() -> httpx2.Response | None:
        """The answer; none when the process died over it."""
        try:
            return await sending[act]()
        except httpx2.TransportError:
            return None

    await service.start(point)
    first = await ask()
    await service.death()
    was_told = point in ("published", *DOCUMENT)
    assert first is None or was_told
    await service.start()
    answer = await ask()
    assert answer is not None
    assert answer.is_success, answer.text
    assert ("idempotent-replay" in answer.headers) == (was_told or point == "committed")
    twice = await ask()
    assert twice is not None
    assert twice.content == answer.content

    if act == "file":
        petition_ids.append(answer.json()["id"])
    assert await told(place, looking, petition_ids) - before[0] == TOLD[act]
    entered = await verify_registers(office, [elsewhere], tmp_path)
    assert entered - before[1] == ENTERED.get(act, Counter())
    if act == "send":
        await is_one_document(settings, looking, leader, trust_folder)


async def is_one_document(
    settings: Settings, looking: asyncpg.Connection, petition_id: str, trust_folder: Path
) -> None:
    """Once made, it is whole and the only file of these institutions' that no sweep takes."""
    async with asyncio.timeout(30):
        while not await looking.fetchval(
            "SELECT count(*) FROM petitions.answer_documents WHERE petition_id = $1", petition_id
        ):
            await asyncio.sleep(0.02)
    row = await looking.fetchrow(
        """SELECT d.*, (SELECT count(*) FROM petitions.register_entries e
               WHERE e.petition_id = d.petition_id AND direction = 'OUT') AS numbers
           FROM petitions.answer_documents d WHERE petition_id = $1""",
        petition_id,
    )
    assert row
    assert row["numbers"] == 1
    content = await store(settings).get(row["file_key"])
    trust = verification.trust_in(trust_folder / "root.pem")
    verdict = verification.verify(content, trust, clock.now())
    assert (verdict.outcome, verdict.sha256) == (verification.Outcome.INTACT, row["file_sha256"].hex())
    await sweep(settings)
    folder = Path(urlsplit(settings.petitions_store).path)
    there = {str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()}
    known = await looking.fetch("SELECT file_key FROM petitions.answer_documents")
    assert there == {one["file_key"] for one in known}
