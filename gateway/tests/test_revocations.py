import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import nats
import pytest
from nats.aio.client import Client

from gateway.revocations import CLIENTS, SESSIONS, Revocations
from hub_cli.broker import OPERATOR, NatsBox, User


def event(session_id: str) -> bytes:
    return json.dumps({"specversion": "1.0", "type": SESSIONS, "data": {"session_id": session_id}}).encode()


class Heard:
    """What was told to the memory of tokens, to be waited for."""

    def __init__(self) -> None:
        self.sessions: asyncio.Queue[str] = asyncio.Queue()

    def revoke(self, session_id: str, now: float) -> None:
        assert now > 0
        self.sessions.put_nowait(session_id)

    async def next(self) -> str:
        async with asyncio.timeout(5):
            return await self.sessions.get()


async def until(condition: Any) -> None:
    """Turn the event loop until something holds; what it waits for has no event of its own."""
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(15):
        while not condition():
            turned = loop.create_future()
            loop.call_later(0.005, turned.set_result, None)
            await turned


@pytest.fixture
async def broker(tmp_path: Path) -> AsyncIterator[NatsBox]:
    box = NatsBox(tmp_path, durable=False)
    box.configure([User("gateway", (), (SESSIONS, CLIENTS, "_INBOX.gateway.>"))])
    box.start()
    yield box
    box.stop()


async def operator(box: NatsBox) -> Client:
    return await nats.connect(box.url, nkeys_seed_str=box.seed(OPERATOR))


async def test_revocations_are_heard_and_missed_ones_are_known(broker: NatsBox) -> None:
    heard, news = Heard(), Revocations(beat=0.05)
    assert (news.connected, news.epoch) == (False, 0)
    following = asyncio.create_task(news.follow(broker.url, broker.seed("gateway"), heard.revoke))
    await until(lambda: news.connected)
    assert news.epoch == 1

    client = await operator(broker)
    await client.publish(SESSIONS, event("s1"))
    assert await heard.next() == "s1"
    await client.publish(CLIENTS, json.dumps({"type": CLIENTS, "data": {"client_id": "app-1"}}).encode())
    assert await heard.next() == "client app-1"
    assert news.epoch == 1
    await client.publish(SESSIONS, b"not an event")
    await until(lambda: news.epoch == 2)
    await client.close()

    broker.stop()
    await until(lambda: not news.connected)
    assert news.epoch == 2
    broker.spawn()
    await until(lambda: news.connected)
    assert news.epoch == 3

    client = await operator(broker)
    await client.publish(SESSIONS, event("s2"))
    assert await heard.next() == "s2"
    await client.close()
    following.cancel()
    await asyncio.wait([following])
    assert not news.connected


async def test_a_revoked_session_is_out_at_once(
    client: httpx2.AsyncClient, port: int, identity: Any, nats_operator: Client
) -> None:
    headers = {"authorization": f"Bearer {(token := identity.sign_in(sid='s-revoked'))}"}
    async with asyncio.timeout(5):
        while not (await client.get("/status")).json()["broker"]:
            pass
    assert (await client.get("/petitions/v1/petitions", headers=headers)).status_code == 200
    assert (await client.get("/petitions/v1/petitions", headers=headers)).status_code == 200
    assert identity.asked == [token]
    del identity.known[token]
    await nats_operator.publish(SESSIONS, event("s-revoked"))
    await nats_operator.flush()
    async with asyncio.timeout(1):
        while (await client.get("/petitions/v1/petitions", headers=headers)).status_code == 200:
            pass
    answer = await client.get("/petitions/v1/petitions", headers=headers)
    assert answer.status_code == 401
