import asyncio
import smtplib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette

from hub_cli.mailbox import app as mailbox
from hub_cli.mailbox import content


@asynccontextmanager
async def running(folder: Path, refuse: int = 0) -> AsyncIterator[tuple[httpx2.AsyncClient, int]]:
    app: Starlette = mailbox.create_app(folder, 0, refuse)
    transport = httpx2.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(transport=transport, base_url="http://localhost") as client,
    ):
        yield client, app.state.smtp_port


@pytest.fixture
async def box(tmp_path: Path) -> AsyncIterator[tuple[httpx2.AsyncClient, int]]:
    async with running(tmp_path) as started:
        yield started


def an_email(to: str = "ana@example.org", message_id: str = "<1@hub.example>") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "hub@hub.example", to, "Înregistrată: nr. 7"
    message["Message-ID"] = message_id
    message.set_content("Vedeți http://localhost:8080/account/.\n<script>alert(1)</script>\n")
    message.add_alternative("<p>Nr. <b>7</b></p><script>alert(1)</script>", subtype="html")
    return message


async def send(port: int, message: EmailMessage) -> None:
    def deliver() -> None:
        with smtplib.SMTP("127.0.0.1", port, timeout=5) as client:
            client.send_message(message)

    await asyncio.to_thread(deliver)


async def items(client: httpx2.AsyncClient, **asked: Any) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = (await client.get("/api/messages", params=asked)).json()["items"]
    return listed


async def test_an_email_is_kept_with_its_parts(box: tuple[httpx2.AsyncClient, int]) -> None:
    client, port = box
    await send(port, an_email())
    (item,) = await items(client)
    assert item["recipients"] == ["ana@example.org"]
    assert item["subject"] == "Înregistrată: nr. 7"
    assert item["message_id"] == "<1@hub.example>"
    assert item["text"].startswith("Vedeți")
    assert "<b>7</b>" in item["html"]
    assert item["copies"] == 1


async def test_copies_of_one_message_are_counted(box: tuple[httpx2.AsyncClient, int]) -> None:
    client, port = box
    for _ in range(3):
        await send(port, an_email())
    await send(port, an_email(message_id="<2@hub.example>"))
    assert (await client.get("/api/copies")).json() == {"<1@hub.example>": 3, "<2@hub.example>": 1}
    assert [item["copies"] for item in await items(client)] == [3, 3, 3, 1]
    assert "3 copies" in (await client.get("/")).text


async def test_messages_are_found_by_recipient_and_place(box: tuple[httpx2.AsyncClient, int]) -> None:
    client, port = box
    await send(port, an_email(to="Ana@Example.org"))
    await send(port, an_email(to="ion@example.org"))
    assert [item["id"] for item in await items(client, to="ana@example.org")] == [1]
    assert [item["id"] for item in await items(client, after=1)] == [2]
    assert [item["id"] for item in await items(client, limit=1)] == [1]
    assert "ion@example.org" not in (await client.get("/", params={"to": "ana@example.org"})).text


async def test_what_was_accepted_is_there_after_a_restart(tmp_path: Path) -> None:
    async with running(tmp_path) as (_, port):
        await send(port, an_email())
    async with running(tmp_path) as (client, _):
        assert len(await items(client)) == 1
        assert (await client.delete("/api/messages")).status_code == 204
        assert await items(client) == []


async def test_it_refuses_when_told(box: tuple[httpx2.AsyncClient, int]) -> None:
    client, port = box
    assert (await client.put("/api/refusal", json={"code": 451, "times": 2})).status_code == 204
    with pytest.raises(smtplib.SMTPDataError) as refused:
        await send(port, an_email())
    assert refused.value.smtp_code == 451
    with pytest.raises(smtplib.SMTPDataError):
        await send(port, an_email())
    await send(port, an_email())
    assert len(await items(client)) == 1


async def test_it_refuses_from_the_start_until_told_otherwise(tmp_path: Path) -> None:
    async with running(tmp_path, refuse=421) as (client, port):
        for _ in range(2):
            with pytest.raises(smtplib.SMTPException):
                await send(port, an_email())
        assert (await client.delete("/api/refusal")).status_code == 204
        await send(port, an_email())
        assert (await client.put("/api/refusal", json={"code": 550})).status_code == 422


async def test_the_pages_show_and_do_not_run_what_came(box: tuple[httpx2.AsyncClient, int]) -> None:
    client, port = box
    await send(port, an_email())
    listed = await client.get("/")
    assert '<html lang="en">' in listed.text
    assert "http-equiv" not in listed.text
    assert '<meta http-equiv="refresh" content="5">' in (await client.get("/?refresh=5")).text
    assert "script-src" not in listed.headers["content-security-policy"]
    assert listed.headers["content-security-policy"].startswith("default-src 'none'")
    shown = (await client.get("/messages/1")).text
    assert '<a href="http://localhost:8080/account/" rel="noreferrer">' in shown
    assert "<script>" not in shown
    assert 'sandbox="allow-popups' in shown
    part = await client.get("/messages/1/html")
    assert "sandbox" in part.headers["content-security-policy"]
    assert "Subject:" in (await client.get("/messages/1/raw")).text
    assert (await client.get("/messages/2")).status_code == 404


async def test_a_page_of_another_origin_cannot_ask_it(box: tuple[httpx2.AsyncClient, int]) -> None:
    client, _ = box
    assert (await client.get("/", headers={"host": "evil.example"})).status_code == 400


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("ș" * 70, 1),
        ("ș" * 71, 2),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
    ],
)
def test_the_parts_of_an_sms(text: str, parts: int) -> None:
    assert content.sms_parts(text) == parts
