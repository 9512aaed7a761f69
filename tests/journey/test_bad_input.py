"""What is wrong gets a clear problem and changes nothing; what is away gets time. Through the gateway."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from hub_cli import demo
from hub_cli.place import Place, State

from ..conftest import Hub
from ..faults import petitions

pytestmark = pytest.mark.xdist_group("hub")

PETITIONS = "/petitions/v1/petitions"


@pytest.fixture(scope="session")
async def somebody(hub: Hub) -> tuple[str, str]:
    """E-mail address and token of a person."""
    return await asyncio.to_thread(demo.somebody, Place(hub.folder, State.read(hub.folder).ports))


@pytest.fixture
def token(somebody: tuple[str, str]) -> str:
    return somebody[1]


@pytest.fixture
def email(somebody: tuple[str, str]) -> str:
    return somebody[0]


@pytest.fixture
async def client(hub: Hub, token: str) -> AsyncIterator[httpx2.AsyncClient]:
    headers = {"authorization": f"Bearer {token}", "accept-language": "en"}
    async with httpx2.AsyncClient(base_url=hub.origin, headers=headers, timeout=20) as client:
        yield client


@pytest.fixture
async def petition(client: httpx2.AsyncClient) -> dict[str, Any]:
    [institution, *_] = await petitions.choose_institutions(client)
    return {
        "institution_id": institution,
        "kind": "REQUEST",
        "subject": "Programul ghișeului",
        "text": "Vă rog să îmi comunicați programul.",
        "language": "ro",
    }


async def filed(client: httpx2.AsyncClient) -> int:
    answer = await client.get(PETITIONS, params={"limit": 200})
    return len(answer.json()["items"])


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"subjetc": "a"}, "/subjetc"),
        ({"subject": 7}, "/subject"),
        ({"subject": "a\x00b"}, "/subject"),
        ({"text": ""}, "/text"),
        ({"text": " \n "}, "/text"),
        ({"text": "a" * 100_000}, "/text"),
        ({"text": "a\x1bb"}, "/text"),
        ({"kind": "WISH"}, "/kind"),
        ({"institution_id": "MAI"}, "/institution_id"),
        ({"institution_id": "0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b70"}, "/institution_id"),
    ],
)
async def test_each_wrong_value_is_pointed_at(
    client: httpx2.AsyncClient, petition: dict[str, Any], change: dict[str, Any], pointer: str
) -> None:
    before = await filed(client)
    answer = await client.post(PETITIONS, json=petition | change)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert await filed(client) == before


async def test_malformed_json_and_too_much_of_it(client: httpx2.AsyncClient) -> None:
    headers = {"content-type": "application/json"}
    assert (await client.post(PETITIONS, content=b'{"kind": ', headers=headers)).status_code == 400
    assert (await client.post(PETITIONS, content=b" " * 2_097_152, headers=headers)).status_code == 413


async def test_cedilla_letters_are_taken_and_normalised(
    client: httpx2.AsyncClient, petition: dict[str, Any]
) -> None:
    answer = await client.post(PETITIONS, json=petition | {"subject": "Înştiinţare"})
    assert answer.status_code == 201
    assert answer.json()["subject"] == "Înștiințare"


async def test_a_token_that_is_none_of_ours_is_refused(hub: Hub, client: httpx2.AsyncClient) -> None:
    forged = {"authorization": f"Bearer hub_at_{'A' * 43}"}
    signed = {"authorization": "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0."}
    for headers in (forged, signed, {"authorization": "Basic YTpi"}):
        answer = await client.get(PETITIONS, headers=headers)
        assert (answer.status_code, answer.json()["title"]) == (401, "Please sign in")


async def test_a_service_is_not_open_at_its_own_door(hub: Hub, token: str) -> None:
    address = f"http://127.0.0.1:{hub.port('petitions')}{PETITIONS}"
    async with httpx2.AsyncClient() as direct:
        assert (await direct.get(address)).status_code == 401
        headers = {"authorization": f"Bearer {token}"}
        assert (await direct.get(address, headers=headers)).status_code == 401
    async with httpx2.AsyncClient(base_url=hub.origin) as client:
        for inside in (
            "/internal/v1/jwks",
            "/identity/v1/../../internal/v1/jwks",
            "/healthz/../internal/v1/jwks",
        ):
            assert (await client.get(inside)).status_code in (400, 404)


async def test_two_equal_posts_at_one_instant_are_one_petition(
    client: httpx2.AsyncClient, petition: dict[str, Any]
) -> None:
    before = await filed(client)
    headers = {"idempotency-key": str(uuid4())}
    answers = await asyncio.gather(
        *(client.post(PETITIONS, json=petition, headers=headers) for _ in range(2))
    )
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].content == answers[1].content
    assert await filed(client) == before + 1


async def test_without_the_broker_a_petition_is_accepted_and_told_later(
    hub: Hub, client: httpx2.AsyncClient, email: str, petition: dict[str, Any]
) -> None:
    nats = next(p for p in State.read(hub.folder).processes if p.name == "nats")
    os.kill(nats.pid, signal.SIGSTOP)
    try:
        answer = await client.post(PETITIONS, json=petition)
    finally:
        os.kill(nats.pid, signal.SIGCONT)
    assert answer.status_code == 201
    await mailed(hub, email, answer.json())


async def test_a_mail_server_that_refuses_is_tried_again(
    hub: Hub, client: httpx2.AsyncClient, email: str, petition: dict[str, Any]
) -> None:
    async with httpx2.AsyncClient(base_url=hub.mailbox) as mailbox:
        await mailbox.put("/api/refusal", json={"code": 451, "times": 1})
    answer = await client.post(PETITIONS, json=petition)
    assert answer.status_code == 201
    await mailed(hub, email, answer.json())


async def mailed(hub: Hub, email: str, petition: dict[str, Any]) -> None:
    number, date = petition["registration_label"].split("/")
    await hub.letter(email, f"{number} din {date}", petition["institution"]["names"]["ro"])
