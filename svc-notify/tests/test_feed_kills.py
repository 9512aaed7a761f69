"""The process is killed at any point of an event's way into the feed: the event is there, and once."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from hub_core import clock, ids
from hub_testing import mortal
from hub_testing.mortal import Mortal, Place
from svc_notify.manifest import MANIFEST

from .conftest import RULES
from .mortal_feed import POINTS

SCRIPT = Path(__file__).with_name("mortal_feed.py")
ARCHIVED = "hub.petitions.petition.archived.v1"
EXAMPLE = (
    Path(__file__).parents[2] / "svc-petitions/contract/events/petitions.petition.archived.v1.example.json"
)


@pytest.fixture(scope="module")
async def place() -> AsyncIterator[Place]:
    """Servers of this file's tests: elsewhere another process of the service would do the work."""
    async with mortal.apart(MANIFEST, RULES) as made:
        yield made


@pytest.fixture(scope="module")
async def service(place: Place, fake_identity: Any, tmp_path_factory: Any) -> AsyncIterator[Mortal]:
    """The service, in processes that die where a test says."""
    log = tmp_path_factory.mktemp("mortal") / "service.log"
    variables = mortal.variables(place, MANIFEST.name, fake_identity)
    async with mortal.started(SCRIPT, variables, log) as made:
        yield made


async def tell(place: Place, count: int, institution: str) -> list[str]:
    """Tell so many events of an institution as their publisher does; their ids."""
    *_, operator = place
    told = []
    for _ in range(count):
        event = json.loads(EXAMPLE.read_text())
        event |= {"id": str(ids.new_id()), "subject": str(ids.new_id()), "time": clock.now().isoformat()}
        event["data"]["institution_id"] = institution
        headers = {"Nats-Msg-Id": event["id"]}
        await operator.jetstream().publish(ARCHIVED, json.dumps(event).encode(), headers=headers)
        told.append(event["id"])
    return told


async def test_an_event_is_in_the_feed_once_wherever_the_process_is_killed(
    place: Place, service: Mortal, signed_in: Any
) -> None:
    """One process after the other dies, each at another point; a reader reads on from one to the next."""
    institution = str(ids.new_id())
    claims = {"kind": "client", "sub": "desk", "client_id": "desk", "sid": None, "institution": institution}
    headers = signed_in(scopes={"events:read"}, **claims)
    told: list[str] = []
    for point in POINTS:
        await service.start(point)
        told += await tell(place, 8, institution)
        await service.death()
    await service.start()
    seen: list[str] = []
    query: dict[str, Any] = {"wait": 10, "limit": 3}
    async with httpx2.AsyncClient(base_url=service.url, timeout=40) as client:
        while len(seen) < len(told):
            answer = await client.get("/notify/v1/events", headers=headers, params=query)
            assert answer.status_code == 200, answer.text
            page = answer.json()
            seen += [event["id"] for event in page["items"]]
            query["cursor"] = page["next_cursor"]
        again = await client.get("/notify/v1/events", headers=headers, params={"limit": 200})
    assert sorted(seen) == sorted(told)
    assert [event["id"] for event in again.json()["items"]] == seen
