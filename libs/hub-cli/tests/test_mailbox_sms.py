"""The local gateways for text messages: two protocols, told to fail, to be slow, to lose reports."""

import asyncio
import base64
import json
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import httpx2
import pytest

from hub_cli.mailbox import app as mailbox
from hub_cli.mailbox import sms
from hub_cli.mailbox.store import Store

KEYS = sms.Keys("key", "report-secret", "AC1", "token")
NUMBER = "+40721000000"
TEXT = "Codul dumneavoastra: 1234"
JSON = f"/{sms.ALFA}/sms/2/text/advanced"
FORM = f"/{sms.BETA}/2010-04-01/Accounts/AC1/Messages.json"


@dataclass
class Listener:
    """Takes reports on the loopback address; `status` answers them."""

    url: str = ""
    status: int = 204
    reports: list[tuple[dict[str, str], str]] = field(default_factory=list)
    arrival: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {line.partition(": ")[0].lower(): line.partition(": ")[2] for line in head[1:-2]}
        body = (await reader.readexactly(int(headers["content-length"]))).decode()
        writer.write(f"HTTP/1.1 {self.status} x\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".encode())
        await writer.drain()
        writer.close()
        async with self.arrival:
            self.reports.append((headers, body))
            self.arrival.notify_all()

    async def until(self, count: int) -> list[tuple[dict[str, str], str]]:
        async with asyncio.timeout(10), self.arrival:
            await self.arrival.wait_for(lambda: len(self.reports) >= count)
        return self.reports


@pytest.fixture
async def listener() -> AsyncIterator[Listener]:
    made = Listener()
    server = await asyncio.start_server(made.take, "127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/receipts?delivery=delivery-1"
    yield made
    server.close()


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[httpx2.AsyncClient]:
    app = mailbox.create_app(tmp_path, 0, keys=KEYS)
    transport = httpx2.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(transport=transport, base_url="http://localhost") as made,
    ):
        yield made


async def by_json(client: httpx2.AsyncClient, url: str, key: str = "key", to: str = NUMBER) -> Any:
    destination = {"to": to.removeprefix("+"), "messageId": "delivery-1"}
    message = {"from": "MAI-HUB", "destinations": [destination], "text": TEXT, "notifyUrl": url}
    return await client.post(JSON, json={"messages": [message]}, headers={"authorization": f"App {key}"})


async def by_form(client: httpx2.AsyncClient, url: str, token: str = "token", to: str = NUMBER) -> Any:
    form = {"To": to, "From": "MAI-HUB", "Body": TEXT, "StatusCallback": url}
    return await client.post(FORM, data=form, auth=("AC1", token))


async def behave(client: httpx2.AsyncClient, **told: Any) -> None:
    assert (await client.put("/api/sms-behaviour", json=told)).status_code == 204


async def items(client: httpx2.AsyncClient) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = (await client.get("/api/messages")).json()["items"]
    return listed


async def test_alfa_takes_a_message_and_reports_it_by_basic(
    client: httpx2.AsyncClient, listener: Listener
) -> None:
    answer = await by_json(client, listener.url)
    assert answer.json()["messages"][0]["status"]["name"] == "PENDING_ACCEPTED"
    (item,) = await items(client)
    assert (item["channel"], item["provider"], item["sender"]) == ("SMS", "alfa", "MAI-HUB")
    assert (item["message_id"], item["recipients"], item["text"]) == ("delivery-1", [NUMBER], TEXT)
    assert item["sms_parts"] == 1
    ((headers, body),) = await listener.until(1)
    assert base64.b64decode(headers["authorization"].removeprefix("Basic ")) == b"alfa:report-secret"
    (result,) = json.loads(body)["results"]
    assert (result["messageId"], result["status"]["name"]) == ("delivery-1", "DELIVERED_TO_HANDSET")


async def test_beta_takes_a_message_and_reports_it_by_a_signed_form(
    client: httpx2.AsyncClient, listener: Listener
) -> None:
    answer = await by_form(client, listener.url)
    assert answer.status_code == 201
    assert answer.json()["status"] == "queued"
    (item,) = await items(client)
    assert (item["provider"], item["message_id"], item["recipients"]) == ("beta", "delivery-1", [NUMBER])
    ((headers, body),) = await listener.until(1)
    form = {name: values[0] for name, values in parse_qs(body).items()}
    assert (form["MessageSid"], form["MessageStatus"]) == (answer.json()["sid"], "delivered")
    assert headers["x-twilio-signature"] == sms.sign("token", listener.url, form)


def test_the_signature_of_a_form_is_that_of_the_published_example() -> None:
    form = {
        "To": "+18005551212",
        "Digits": "1234",
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+14158675309",
        "From": "+14158675309",
    }
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    assert sms.sign("12345", url, form) == "RSOYDt4T1cUTdK1PDd93/VVr8B8="


async def test_alfa_knows_a_repetition_and_beta_does_not(
    client: httpx2.AsyncClient, listener: Listener
) -> None:
    await by_form(client, listener.url)
    await by_form(client, listener.url)
    assert (await client.get("/api/copies")).json() == {"delivery-1": 2}
    assert (await by_json(client, listener.url)).json()["messages"][0]["status"]["groupName"] == "PENDING"
    again = (await by_json(client, listener.url)).json()["messages"][0]["status"]
    assert again["name"] == "REJECTED_DUPLICATE_MESSAGE_ID"
    assert (await client.get("/api/copies")).json() == {"delivery-1": 3}
    assert "3 copies" in (await client.get("/")).text


async def test_who_has_not_the_key_is_refused(client: httpx2.AsyncClient, listener: Listener) -> None:
    assert (await by_json(client, listener.url, key="other")).status_code == 401
    assert (await by_form(client, listener.url, token="other")).status_code == 401
    assert await items(client) == []


async def test_what_is_no_message_is_refused(client: httpx2.AsyncClient, listener: Listener) -> None:
    assert (await by_json(client, listener.url, to="x")).status_code == 400
    assert (await by_form(client, listener.url, to="0721")).json()["code"] == 21211
    assert await items(client) == []


async def test_one_refuses_when_told_and_takes_nothing(
    client: httpx2.AsyncClient, listener: Listener
) -> None:
    await behave(client, provider="alfa", status=503, times=1)
    assert (await by_json(client, listener.url)).status_code == 503
    assert await items(client) == []
    assert (await by_form(client, listener.url)).status_code == 201
    assert (await by_json(client, listener.url)).status_code == 200


async def test_both_refuse_until_told_otherwise(client: httpx2.AsyncClient, listener: Listener) -> None:
    await behave(client, status=429)
    for _ in range(2):
        assert (await by_json(client, listener.url)).status_code == 429
        assert (await by_form(client, listener.url)).status_code == 429
    assert (await client.delete("/api/sms-behaviour")).status_code == 204
    assert (await by_json(client, listener.url)).status_code == 200


async def test_a_slow_one_has_taken_the_message_before_it_answers(
    client: httpx2.AsyncClient, listener: Listener
) -> None:
    await behave(client, provider="beta", seconds=30)
    asked = asyncio.create_task(by_form(client, listener.url))
    async with asyncio.timeout(10):
        while not await items(client):
            await asyncio.sleep(0)
    assert not asked.done()
    asked.cancel()


async def test_reports_are_lost_doubled_or_bad_news_when_told(
    client: httpx2.AsyncClient, listener: Listener
) -> None:
    await behave(client, provider="beta", reports="LOST", times=1)
    await by_form(client, listener.url)
    await behave(client, provider="beta", reports="UNDELIVERED", report_copies=2)
    sid = (await by_form(client, listener.url)).json()["sid"]
    bodies = [parse_qs(body) for _, body in await listener.until(2)]
    assert [(form["MessageSid"], form["MessageStatus"]) for form in bodies] == [([sid], ["undelivered"])] * 2


async def test_a_report_that_is_not_taken_comes_again(client: httpx2.AsyncClient, listener: Listener) -> None:
    listener.status = 503
    await by_json(client, listener.url)
    await listener.until(1)
    listener.status = 204
    first, second = await listener.until(2)
    assert first[1] == second[1]


async def test_the_page_of_a_message_says_which_gateway_took_it(
    client: httpx2.AsyncClient, listener: Listener
) -> None:
    await by_form(client, listener.url)
    page = (await client.get("/messages/1")).text
    assert "the gateway beta" in page
    assert "MAI-HUB" in page
    assert "1 part" in page


def test_a_file_of_before_gateways_is_read_on(tmp_path: Path) -> None:
    file = tmp_path / "messages.sqlite"
    older = sqlite3.connect(file)
    older.executescript(
        """CREATE TABLE messages (id INTEGER PRIMARY KEY AUTOINCREMENT, received_at TEXT NOT NULL,
           channel TEXT NOT NULL, message_id TEXT NOT NULL, sender TEXT NOT NULL, recipients TEXT NOT NULL,
           subject TEXT NOT NULL, raw BLOB NOT NULL);
           CREATE VIEW shown AS SELECT *, 1 AS copies FROM messages;
           INSERT INTO messages VALUES (1, '2026-11-23T10:00:00+00:00', 'SMS', 'a', '', '[]', '', x'61');"""
    )
    older.close()
    store = Store(file)
    (message,) = store.newest(None, None, 10)
    assert (message.message_id, message.provider) == ("a", "")
    store.close()


async def test_behaviour_that_makes_no_sense_is_refused(client: httpx2.AsyncClient) -> None:
    assert (await client.put("/api/sms-behaviour", json={"status": 200})).status_code == 422
    assert (await client.put("/api/sms-behaviour", json={"provider": "gamma"})).status_code == 422
