"""The process is killed at any point of an order's way: it is there, once, and goes out once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx2
import pytest

from hub_core import ids
from hub_testing import mortal
from hub_testing.mortal import Mortal, Place
from svc_notify.manifest import MANIFEST

from .conftest import RULES
from .mortal_orders import POINTS
from .sending_institution import GIVEN, KEY, Sending, a_template, approve

SCRIPT = Path(__file__).with_name("mortal_orders.py")
BATCH = 2_500


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


async def test_what_was_ordered_is_stored_whole_and_goes_out_once_wherever_the_process_is_killed(
    place: Place, service: Mortal, signed_in: Any
) -> None:
    """One process after the other dies, each at another point; who got no answer sends the same key again."""
    database, *_ = place
    async with httpx2.AsyncClient(base_url=service.url, timeout=30) as client:
        sending = Sending(client, signed_in)
        await approve(database.app_dsn, a_template(sending.institution))
        ordered = 0
        for point in POINTS:
            is_batch = "batch" in point
            path = "batches" if is_batch else "orders"
            people = [str(ids.new_id()) for _ in range(BATCH if is_batch else 1)]
            body: dict[str, Any] = {"template": KEY}
            if is_batch:
                body["items"] = [{"person_id": person, "variables": GIVEN} for person in people]
            else:
                body |= {"person_id": people[0], "variables": GIVEN}
            headers = sending.headers
            await service.start(point)
            with suppress(httpx2.TransportError):
                await client.post(f"/notify/v1/{path}", json=body, headers=headers)
            await service.death()
            await service.start()
            answer = await client.post(f"/notify/v1/{path}", json=body, headers=headers)
            assert answer.status_code == 201, (point, answer.text)
            again = await client.post(f"/notify/v1/{path}", json=body, headers=headers)
            assert again.content == answer.content
            ordered += len(people)
        async with mortal.looking_at(place) as looking:
            assert await looking.fetchval("SELECT count(*) FROM orders") == ordered
            async with asyncio.timeout(60):
                while await looking.fetchval("SELECT count(*) FROM orders WHERE state = 'WAITING'"):
                    await asyncio.sleep(0.1)
            sent = await looking.fetchrow(
                "SELECT count(*) AS messages, count(DISTINCT order_id) AS orders FROM messages"
            )
            queued = await looking.fetchval("SELECT count(*) FROM order_events WHERE state = 'QUEUED'")
    assert (sent["messages"], sent["orders"], queued) == (ordered, ordered, ordered)
