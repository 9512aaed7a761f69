"""Batches of orders, through the service. Permission cases first."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from hub_core import clock, ids
from hub_core.principal import Kind
from hub_service.schemas import to_z
from svc_notify.domain import orders

from .sending_institution import GIVEN, KEY, Sending, a_template, approve

BATCHES = "/notify/v1/batches"


@pytest.fixture
async def sending(service: Any, schema: Any, signed_in: Any) -> Sending:
    """An institution of this test, with its template."""
    made = Sending(service.client, signed_in)
    await approve(schema.app_dsn, a_template(made.institution))
    return made


def a_batch(size: int, **special: Any) -> dict[str, Any]:
    """A batch for people who have no account."""
    items = [
        {"person_id": str(ids.new_id()), "variables": GIVEN, "reference": f"file-{number}"}
        for number in range(size)
    ]
    return {"template": KEY, "items": items} | special


def later() -> str:
    return to_z(clock.now() + timedelta(days=1))


def problem(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].rpartition("/")[2]


async def test_only_a_client_of_an_institution_sends_a_batch(sending: Sending) -> None:
    placed = (await sending.post("batches", a_batch(1, send_at=later()))).json()
    for claims, refused in (
        ({"scopes": {"events:read"}}, (403, "insufficient-scope")),
        ({"institution": None}, (403, "only-institutions-send")),
        ({"kind": Kind.PERSON, "sub": str(UUID(int=1))}, (403, "only-institutions-send")),
    ):
        token = sending.token(**claims)
        assert problem(await sending.client.post(BATCHES, json=a_batch(1), headers=token)) == refused
        one = f"{BATCHES}/{placed['id']}"
        assert problem(await sending.client.get(one, headers=token)) == refused
        assert problem(await sending.client.post(f"{one}/cancel", headers=token)) == refused


async def test_another_institution_s_batch_is_not_there(sending: Sending) -> None:
    placed = (await sending.post("batches", a_batch(2, send_at=later()))).json()
    other = Sending(sending.client, sending.signed_in)
    assert problem(await other.get(f"batches/{placed['id']}")) == (404, "batch-not-found")
    assert problem(await other.post(f"batches/{placed['id']}/cancel")) == (404, "batch-not-found")
    assert (await sending.get(f"batches/{placed['id']}")).json()["counts"]["waiting"] == 2


async def test_ten_thousand_are_accepted_in_one_request_once(
    sending: Sending, looking: asyncpg.Connection
) -> None:
    headers, wanted = sending.headers, a_batch(orders.BATCH_MOST, send_at=later())
    first = await sending.client.post(BATCHES, json=wanted, headers=headers)
    again = await sending.client.post(BATCHES, json=wanted, headers=headers)
    assert (first.status_code, again.status_code, again.content) == (201, 201, first.content)
    shown = first.json()
    assert first.headers["location"] == f"{BATCHES}/{shown['id']}"
    assert (shown["size"], shown["counts"]["waiting"]) == (10_000, 10_000)
    stored = "SELECT count(*) FROM notify.orders WHERE batch_id = $1 AND lane = 3"
    assert await looking.fetchval(stored, UUID(shown["id"])) == 10_000
    assert (await sending.get(f"batches/{shown['id']}")).json() == shown


async def test_a_batch_of_more_is_refused(sending: Sending) -> None:
    answer = await sending.post("batches", a_batch(orders.BATCH_MOST + 1))
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/items"


async def test_each_flaw_is_named_by_its_place_and_nothing_is_accepted(
    sending: Sending, looking: asyncpg.Connection
) -> None:
    wanted = a_batch(300)
    for number in (1, 299):
        wanted["items"][number]["variables"] = {"number": "<b>1</b>"}
    answer = await sending.post("batches", wanted)
    assert problem(answer) == (422, "order-unsound")
    pointers = [flaw["pointer"] for flaw in answer.json()["errors"]]
    assert pointers == ["/items/1/variables/number", "/items/299/variables/number"]
    for item in wanted["items"]:
        item["variables"] = {}
    assert len((await sending.post("batches", wanted)).json()["errors"]) == orders.FLAWS_SHOWN
    for table in ("orders", "order_batches"):
        asked = f"SELECT count(*) FROM notify.{table} WHERE institution_id = $1"
        assert await looking.fetchval(asked, sending.institution) == 0


async def test_a_batch_beyond_the_day_s_limit_changes_nothing(
    sending: Sending, looking: asyncpg.Connection
) -> None:
    now = clock.now()
    await looking.execute(
        "INSERT INTO notify.order_counts VALUES ($1, false, $2, 0, $3, 999990)",
        *(sending.institution, orders.minute_of(now), orders.day_of(now)),
    )
    assert problem(await sending.post("batches", a_batch(11))) == (429, "sending-limit-reached")
    assert (await sending.post("batches", a_batch(10, send_at=later()))).status_code == 201


async def test_what_has_not_gone_of_a_batch_is_cancelled(
    sending: Sending, looking: asyncpg.Connection
) -> None:
    placed = (await sending.post("batches", a_batch(20, send_at=later()))).json()
    cancelled = await sending.post(f"batches/{placed['id']}/cancel")
    assert cancelled.json()["counts"]["cancelled"] == 20
    left = "SELECT count(*) FROM notify.orders WHERE batch_id = $1 AND num_nonnulls(sealed, due_at) > 0"
    assert await looking.fetchval(left, UUID(placed["id"])) == 0
    assert (await sending.post(f"batches/{placed['id']}/cancel")).json() == cancelled.json()


async def test_a_batch_goes_out_and_its_counts_tell_how_far_it_is(
    sending: Sending, service: Any, ana: UUID
) -> None:
    wanted = a_batch(3)
    wanted["items"].append({"person_id": str(ana), "variables": GIVEN})
    batch_id = (await sending.post("batches", wanted)).json()["id"]
    async with asyncio.timeout(15):
        while True:
            counts = (await sending.get(f"batches/{batch_id}")).json()["counts"]
            if (counts["sent"], counts["failed"]) == (1, 3):
                break
            await asyncio.sleep(0.05)
    assert sum(counts.values()) == 4
