"""The process is killed between any two steps of issuing a history: one document, one event, no lost file."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx2
import pytest

from hub_core import clock, cnp, ids
from hub_core.principal import Assurance
from hub_documents.store import Store
from hub_service.database import Database
from hub_testing import mortal
from hub_testing.mortal import Mortal, Place
from svc_traffic_history import keys
from svc_traffic_history.domain.drivers import Driver, Licence
from svc_traffic_history.keys import Purpose
from svc_traffic_history.operations import history_documents
from svc_traffic_history.settings import Settings
from svc_traffic_history.storage import drivers

SCRIPT = Path(__file__).with_name("mortal.py")
RULES = Path(__file__).parents[2] / "svc-catalog/contract/rules.json"
DOCUMENTS = "/traffic-history/v1/history-documents"
SCOPES = frozenset({"traffic-history:read", "traffic-history:write"})
POINTS = {
    "sealed": 0,
    "half stored": 1,
    "stored a part": 1,
    "wrote where it lies": 1,
    "recorded an event": 1,
    "kept the answer": 1,
    "committed the document": 0,
}
"""Each point, and how many files without a row are left behind."""


@pytest.fixture
async def looking(place: Place) -> AsyncIterator[asyncpg.Connection]:
    async with mortal.looking_at(place) as made:
        yield made


@pytest.mark.parametrize(("point", "left"), POINTS.items(), ids=[*POINTS])
async def test_who_asks_again_has_one_document_and_what_was_left_behind_is_swept(
    service: Mortal,
    variables: dict[str, str],
    looking: asyncpg.Connection,
    signed_in: Any,
    point: str,
    left: int,
) -> None:
    settings = Settings(database_dsn=variables["HUB_DATABASE_DSN"])
    master = keys.derived_from(settings.traffic_history_key.get_secret_value())
    store = Store.open(variables["HUB_TRAFFIC_HISTORY_STORE"], master.of(Purpose.DOCUMENTS))
    database = Database(settings)
    made = Driver(
        id=ids.new_id(),
        cnp=cnp.complete(f"2850312149{900 + [*POINTS].index(point)}"[:12]).number,
        family_name="Popescu",
        given_name="Ana",
        licence=Licence(
            number="C00900123X", categories=("B",), held_since=date(2010, 5, 1), valid_to=date(2031, 5, 1)
        ),
        person_id=ids.new_id(),
        asked_at=clock.now(),
    )
    async with database.sessions() as session, session.begin():
        await drivers.keep(session, master, made)
    headers = signed_in(made.person_id, SCOPES, Assurance.SUBSTANTIAL)
    headers |= {"idempotency-key": str(ids.new_id())}
    async with httpx2.AsyncClient(base_url=service.url, timeout=30) as client:
        await service.start(point)
        with pytest.raises(httpx2.TransportError):
            await client.post(DOCUMENTS, json={"motive": "angajare"}, headers=headers)
        await service.death()
        await service.start()
        answers = [
            await client.post(DOCUMENTS, json={"motive": "angajare"}, headers=headers) for _ in range(2)
        ]
        assert [answer.status_code for answer in answers] == [201, 201], answers[0].text
        assert answers[0].content == answers[1].content
        listed = await client.get(DOCUMENTS, headers=headers)
        assert listed.json()["items"] == [answers[0].json()]
        file = await client.get(f"{DOCUMENTS}/{answers[0].json()['id']}/file", headers=headers)
        assert file.content.startswith(b"%PDF")
    rows = await looking.fetch(
        "SELECT body FROM outbox WHERE subject = 'hub.traffic-history.history-document.issued.v1'"
    )
    told = [json.loads(row["body"])["data"] for row in rows]
    assert [each["person_id"] for each in told].count(str(made.person_id)) == 1
    await service.kill()
    async with asyncio.timeout(30), database.sessions() as session:
        assert await history_documents.sweep(session, store, clock.now() + timedelta(hours=2)) == left
    known = await looking.fetch(
        "SELECT file_key FROM history_documents WHERE person_id = $1", UUID(str(made.person_id))
    )
    names = {name async for name in store.names(clock.now() + timedelta(hours=2))}
    assert {row["file_key"] for row in known} <= names
    await database.close()
