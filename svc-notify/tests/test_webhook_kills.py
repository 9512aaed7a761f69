"""The process is killed at any point of handing events over: none is lost, none comes as another."""

import base64
import json
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import httpx2
import pytest

from hub_core import clock, ids
from hub_testing import mortal
from hub_testing.mortal import Mortal, Place
from svc_notify.manifest import MANIFEST

from .conftest import RULES
from .mortal_webhooks import POINTS
from .partners import Partner

SCRIPT = Path(__file__).with_name("mortal_webhooks.py")
ENDPOINTS = "/notify/v1/webhook-endpoints"
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
    """The service, in processes that die where the test says."""
    log = tmp_path_factory.mktemp("mortal") / "service.log"
    variables = mortal.variables(place, MANIFEST.name, fake_identity)
    allowed = {"HUB_OUTSIDE_ALLOWED": '["localhost"]'}
    async with mortal.started(SCRIPT, variables | allowed, log) as made:
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


async def active_endpoint(service: Mortal, headers: dict[str, str], partner: Partner) -> str:
    """An endpoint that is verified; its address."""
    async with httpx2.AsyncClient(base_url=service.url, timeout=40, headers=headers) as client:
        made = await client.post(ENDPOINTS, json={"address": partner.url})
        address = f"{ENDPOINTS}/{made.json()['id']}"
        shown = (await client.put(f"{address}/secret", json={})).json()["secret"]
        partner.secret = base64.b64decode(shown.removeprefix("whsec_"))
        assert (await client.put(f"{address}/verification")).status_code == 200
    return address


async def let_leases_end(place: Place) -> None:
    """What a killed process had claimed is free again now."""
    async with mortal.looking_at(place) as looking:
        connection: asyncpg.Connection = looking
        await connection.execute(
            "UPDATE webhook_deliveries SET due_at = now() - interval '1 day' WHERE due_at IS NOT NULL"
        )


async def test_no_event_is_lost_and_none_comes_as_another_wherever_the_process_is_killed(
    place: Place, service: Mortal, signed_in: Any
) -> None:
    partner, institution = Partner(), str(ids.new_id())
    await partner.open()
    claims = {"kind": "client", "sub": "desk", "client_id": "desk", "sid": None, "institution": institution}
    headers = signed_in(scopes={"events:read", "webhooks:read", "webhooks:write"}, **claims)
    await service.start()
    address = await active_endpoint(service, headers, partner)
    told: list[str] = []
    for point in POINTS:
        await service.start(point)
        told += await tell(place, 8, institution)
        await service.death()
        await let_leases_end(place)
    await service.start()
    async with httpx2.AsyncClient(base_url=service.url, timeout=40, headers=headers) as client:
        delivered: set[str] = set()
        while delivered != set(told):
            query = {"state": "DELIVERED", "limit": 200}
            page = (await client.get(f"{address}/deliveries", params=query)).json()
            delivered = {one["event_id"] for one in page["items"]}
            assert delivered <= set(told)
    await partner.close()
    came = Counter(partner.ids)
    assert came.keys() == set(told)
    assert all(one.is_signed_with(partner.secret) for one in partner.received)
    bodies = {(one.id, one.body) for one in partner.received}
    assert len(bodies) == len(told)
    again = sum(came.values()) - len(told)
    assert 0 < again <= 4 * len(POINTS)  # what was under way when it was killed: no more than four at once
