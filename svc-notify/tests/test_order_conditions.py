"""Whether an order is still to be sent is asked of its institution when its time has come."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from hub_core import clock, ids
from hub_service.schemas import to_z
from svc_notify.domain import conditions

from .partners import Partner
from .sending_institution import Sending, a_template, approve
from .test_orders import events, problem, until


@pytest.fixture
async def sending(service: Any, schema: Any, signed_in: Any) -> Sending:
    """An institution of this test, with its template."""
    made = Sending(service.client, signed_in)
    await approve(schema.app_dsn, a_template(made.institution))
    return made


@pytest.fixture
async def server() -> AsyncIterator[Partner]:
    """The institution's server."""
    made = Partner()
    await made.open()
    yield made
    await made.close()


def says(answer: object) -> Any:
    """What the server answers."""
    return (200, {"content-type": "application/json"}, json.dumps(answer).encode())


async def test_a_yes_sends_it_and_the_question_is_signed_and_tells_nothing_of_the_person(
    sending: Sending, server: Partner, ana: UUID
) -> None:
    server.answer = lambda _: says({"send": True})
    order_id = (await sending.place(ana, condition=server.url, reference="R-1")).json()["id"]
    await until(sending, order_id, "SENT")
    (asked,) = server.received
    assert asked.event == {"order_id": order_id, "reference": "R-1"}
    shown = (await sending.get("condition-secret")).json()["secret"]
    assert asked.is_signed_with(base64.b64decode(shown.removeprefix("whsec_")))
    assert asked.id == order_id


async def test_a_no_ends_it(
    sending: Sending, server: Partner, ana: UUID, looking: asyncpg.Connection
) -> None:
    server.answer = lambda _: says({"send": False})
    order_id = (await sending.place(ana, condition=server.url)).json()["id"]
    await until(sending, order_id, "DECLINED")
    assert [one["state"] for one in await events(sending, 1)] == ["DECLINED"]
    row = await looking.fetchrow("SELECT sealed, due_at FROM notify.orders WHERE id = $1", UUID(order_id))
    assert (row["sealed"], row["due_at"]) == (None, None)


async def test_without_an_answer_it_is_asked_again_and_others_are_not_held_up(
    sending: Sending, server: Partner, ana: UUID, looking: asyncpg.Connection
) -> None:
    answers = iter([(500, {}, b""), says({"send": "yes"}), says({"send": True})])
    server.answer = lambda _: next(answers)
    waiting = (await sending.place(ana, condition=server.url)).json()["id"]
    other = (await sending.place(ana)).json()["id"]
    await until(sending, other, "SENT")
    for times in (1, 2):
        async with asyncio.timeout(10):
            while (await asked_of(looking, waiting)) < times:
                await asyncio.sleep(0.02)
        await looking.execute("UPDATE notify.orders SET due_at = now() WHERE id = $1", UUID(waiting))
    await until(sending, waiting, "SENT")
    assert len(server.received) == 3


async def asked_of(looking: asyncpg.Connection, order_id: str) -> int:
    return int(await looking.fetchval("SELECT asked FROM notify.orders WHERE id = $1", UUID(order_id)))


async def test_nobody_is_asked_about_a_cancelled_order(sending: Sending, server: Partner, ana: UUID) -> None:
    later = to_z(clock.now() + timedelta(days=1))
    order_id = (await sending.place(ana, condition=server.url, send_at=later)).json()["id"]
    await sending.post(f"orders/{order_id}/cancel")
    sent = (await sending.place(ana)).json()["id"]
    await until(sending, sent, "SENT")
    assert server.received == []


@pytest.mark.parametrize(
    "address",
    [
        "http://cityhall.example.ro/x",
        "https://169.254.169.254.:443/x",
        "https://a@b.ro/",
        "https://x.ro:8443/",
    ],
    ids=["plain-http", "odd-name", "credentials", "other-port"],
)
async def test_an_address_that_the_hub_does_not_call_is_refused(sending: Sending, address: str) -> None:
    answer = await sending.place(ids.new_id(), condition=address)
    assert problem(answer) == (422, "order-unsound")
    assert answer.json()["errors"][0]["pointer"] == "/condition"


def test_only_a_plain_yes_or_no_is_an_answer() -> None:
    assert conditions.read(200, b'{"send": true}') is True
    assert conditions.read(200, b'{"send": false}') is False
    for status, body in (
        (200, b""),
        (200, b'{"send": 1}'),
        (200, b"[]"),
        (204, b'{"send": true}'),
        (302, b""),
    ):
        assert conditions.read(status, body) is None


def test_each_institution_and_its_sandbox_have_secrets_of_their_own() -> None:
    one, two = ids.new_id(), ids.new_id()
    made = {
        conditions.secret_of(b"k" * 32, institution, is_sandbox=sandbox)
        for institution in (one, two)
        for sandbox in (True, False)
    }
    assert len(made) == 4


async def test_an_address_that_is_silent_holds_up_no_other_institution(
    sending: Sending, server: Partner, schema: Any, ana: UUID
) -> None:
    """Few of one institution are asked about at once, and others are asked meanwhile."""
    slow = Partner()
    await slow.open()
    silent, other = asyncio.Event(), Sending(sending.client, sending.signed_in)
    await approve(schema.app_dsn, a_template(other.institution))

    async def say_nothing(_: Any) -> Any:
        await silent.wait()
        return says({"send": False})

    slow.answer = say_nothing
    server.answer = lambda _: says({"send": True})
    for _ in range(8):
        await sending.place(ids.new_id(), condition=slow.url)
    await slow.until(1)
    order_id = (await other.place(ana, condition=server.url)).json()["id"]
    await until(other, order_id, "SENT")
    assert slow.most_at_once <= 4
    silent.set()
    await slow.close()
