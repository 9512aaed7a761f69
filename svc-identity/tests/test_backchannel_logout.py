"""Back-channel logout: clients are told that a session has ended, whatever happens meanwhile."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

import asyncpg
import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from hub_core import clock
from hub_core.language import Language
from svc_identity.callbacks import Callbacks, Unreachable
from svc_identity.domain import logout
from svc_identity.domain.account import Account
from svc_identity.domain.client import ApplicationType, Authentication, Client, SubjectType
from svc_identity.domain.grant import hash_of
from svc_identity.operations import backchannel, registration

SECRET = "a-secret-of-a-confidential-client"
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


# ── the rules ──


def test_pauses_grow_to_an_hour_and_end_after_a_day() -> None:
    message = logout.begin(UUID(int=1), "app", UUID(int=2), UUID(int=3), NOON)
    pauses, now = [], NOON
    while not logout.is_given_up(message, now):
        now = message.due_at
        message = logout.try_(message, now)
        pauses.append((message.due_at - now).total_seconds())
    assert pauses[:11] == [5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600]
    assert set(pauses[11:]) == {3600}
    assert timedelta(hours=23) < now - NOON <= timedelta(days=1)


@pytest.mark.parametrize(
    ("address", "outside", "embedded"),
    [
        ("https://app.example.org/logout?a=b", True, True),
        ("https://app.example.org:8443/logout", True, True),
        ("http://app.example.org/logout", False, False),
        ("http://127.0.0.1:9000/logout", False, True),
        ("http://[::1]:9000/logout", False, True),
        ("http://localhost:9000/logout", False, True),
        ("https://user@app.example.org/logout", False, False),
        ("https://app.example.org/logout#x", False, False),
        ("https:///logout", False, False),
        ("ftp://app.example.org/logout", False, False),
        ("/logout", False, False),
    ],
)
def test_an_address_is_https_or_the_own_machine(address: str, *, outside: bool, embedded: bool) -> None:
    assert logout.address_allowed(address, embedded=False) is outside
    assert logout.address_allowed(address, embedded=True) is embedded


@pytest.mark.parametrize(
    "machine",
    [
        *("10.0.0.1", "172.16.5.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "224.0.0.1"),
        *("::ffff:10.0.0.1", "fe80::1", "fd00::1", "::", "ff02::1"),
    ],
)
def test_a_private_network_is_never_asked(machine: str) -> None:
    assert not logout.host_allowed(ip_address(machine), embedded=False)
    assert not logout.host_allowed(ip_address(machine), embedded=True)


def test_the_own_machine_is_asked_in_the_embedded_run_only() -> None:
    for machine in ("127.0.0.1", "::1", "::ffff:127.0.0.1"):
        assert not logout.host_allowed(ip_address(machine), embedded=False)
        assert logout.host_allowed(ip_address(machine), embedded=True)
    assert logout.host_allowed(ip_address("1.1.1.1"), embedded=False)


# ── sending ──


async def test_a_message_goes_to_the_machine_that_was_looked_at_under_its_own_name() -> None:
    seen: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        seen.append(request)
        return httpx2.Response(204)

    callbacks = Callbacks(embedded=True, transport=httpx2.MockTransport(answer))
    await callbacks.post("https://localhost/logout?a=b", {"logout_token": "x"})
    (request,) = seen
    assert request.url.host in ("127.0.0.1", "::1")
    assert (request.headers["host"], request.extensions["sni_hostname"]) == ("localhost", "localhost")
    assert request.url.raw_path == b"/logout?a=b"


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("http://app.example.org/logout", "not allowed"),
        ("https://127.0.0.1/logout", "private network"),
        ("https://192.168.0.1/logout", "private network"),
        ("https://nowhere.invalid/logout", "no address"),
    ],
)
async def test_a_message_is_not_sent_where_it_must_not_go(address: str, reason: str) -> None:
    with pytest.raises(Unreachable, match=reason):
        await Callbacks(embedded=False).post(address, {})


@pytest.mark.parametrize("status", [302, 307, 400, 404, 500])
async def test_anything_but_done_is_a_failure_and_no_redirect_is_followed(status: int) -> None:
    asked: list[httpx2.URL] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request.url)
        return httpx2.Response(status, headers={"location": "http://127.0.0.1/elsewhere"})

    with pytest.raises(Unreachable, match=str(status)):
        await Callbacks(embedded=True, transport=httpx2.MockTransport(answer)).post("http://127.0.0.1/x", {})
    assert len(asked) == 1


# ── the journey ──


@dataclass
class Receiver:
    """The back channel of a client: keeps the logout tokens, answers with what it is told to."""

    address: str = ""
    answers: list[int] = field(default_factory=list)
    heard: asyncio.Queue[str] = field(default_factory=asyncio.Queue)

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(head.partition("content-length: ")[2].partition("\r\n")[0])
        body = (await reader.readexactly(length)).decode()
        status = self.answers.pop(0) if self.answers else 204
        writer.write(f"HTTP/1.1 {status} X\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".encode())
        await writer.drain()
        writer.close()
        await writer.wait_closed()
        self.heard.put_nowait(parse_qs(body)["logout_token"][0])

    async def next(self) -> str:
        return await asyncio.wait_for(self.heard.get(), 10)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    made = Receiver()
    server = await asyncio.start_server(made.take, "127.0.0.1", 0)
    made.address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/logout"
    async with server:
        yield made


MakeClient = Callable[..., Awaitable[Client]]


@pytest.fixture
def a_client(sessions: Any, receiver: Receiver, an_id: Any) -> MakeClient:
    """Store `a_client(subject_type=…)`, which wants to be told."""

    async def make(**given: Any) -> Client:
        made = Client(
            id=f"app-{an_id()}",
            names=dict.fromkeys(Language, "App"),
            authentication=Authentication.SECRET_BASIC,
            application_type=ApplicationType.WEB,
            secret_hash=hash_of(SECRET),
            redirect_uris=("https://app.example.org/callback",),
            post_logout_redirect_uris=(),
            scopes=frozenset({"openid", "email", "offline_access"}),
            created_at=clock.now(),
            backchannel_logout_uri=receiver.address,
        )
        made = replace(made, **given)
        async with sessions() as session:
            await registration.put_client(session, made)
        return made

    return make


async def sign_out(flow: Any) -> None:
    await flow.browser.get("/account/sign-out")
    await flow.browser.post("/account/sign-out")


def claims_of(token: str) -> dict[str, Any]:
    payload = token.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return claims


async def left(looking: asyncpg.Connection, app: Client) -> list[int]:
    rows = await looking.fetch("SELECT tries FROM logout_messages WHERE client_id = $1", app.id)
    return [row["tries"] for row in rows]


async def test_a_client_is_told_that_the_person_signed_out(
    a_flow: Any, a_client: MakeClient, receiver: Receiver, ana: Account, client: httpx2.AsyncClient
) -> None:
    app = await a_client(subject_type=SubjectType.PAIRWISE)
    flow = a_flow(app=app)
    known = claims_of((await flow.tokens(ana))["id_token"])
    await sign_out(flow)
    token = await receiver.next()
    keys = KeySet.import_key_set((await client.get("/oauth2/jwks")).json())
    read = jwt.decode(token, keys, algorithms=["ES256"])
    assert read.header["typ"] == "logout+jwt"
    claims = read.claims
    assert claims.pop("jti")
    assert claims.pop("exp") - claims.pop("iat") == 120
    assert claims == {
        "iss": "http://localhost:8080",
        "aud": app.id,
        "sub": known["sub"],
        "sid": known["sid"],
        "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
    }


async def test_a_logout_token_is_no_hint(
    a_flow: Any, a_client: MakeClient, receiver: Receiver, ana: Account
) -> None:
    app = await a_client()
    flow = a_flow(app=app)
    await flow.tokens(ana)
    await sign_out(flow)
    again = a_flow(app=app)
    await again.ask(id_token_hint=await receiver.next())
    assert again.returned()["error"] == "invalid_request"


async def test_every_client_of_the_session_is_told_and_no_other(
    a_flow: Any, a_client: MakeClient, receiver: Receiver, ana: Account, looking: asyncpg.Connection
) -> None:
    one, two, silent = await a_client(), await a_client(), await a_client(backchannel_logout_uri=None)
    elsewhere = a_flow(app=one)
    await elsewhere.tokens(ana)
    flow = a_flow(app=one)
    await flow.tokens(ana)
    for app in (two, silent):
        await a_flow(app=app, browser=flow.browser).tokens(ana)
    await sign_out(flow)
    told = [claims_of(await receiver.next()) for _ in range(2)]
    assert {claims["aud"] for claims in told} == {one.id, two.id}
    assert len({claims["sid"] for claims in told}) == 1
    assert receiver.heard.empty()


async def test_a_client_that_was_away_is_told_later_by_the_same_message(
    a_flow: Any,
    a_client: MakeClient,
    receiver: Receiver,
    ana: Account,
    session: Any,
    provider: Any,
    looking: asyncpg.Connection,
) -> None:
    receiver.answers = [503, 302]
    app = await a_client()
    flow = a_flow(app=app)
    await flow.tokens(ana)
    await sign_out(flow)
    first = claims_of(await receiver.next())
    assert await left(looking, app) == [1]
    now = clock.now()
    await backchannel.deliver(session, provider, now + timedelta(seconds=6))
    second = claims_of(await receiver.next())
    await backchannel.deliver(session, provider, now + timedelta(seconds=20))
    third = claims_of(await receiver.next())
    assert first["jti"] == second["jti"] == third["jti"]
    assert third["iat"] > first["iat"]
    assert await left(looking, app) == []


async def test_a_client_that_is_away_for_ever_is_given_up(
    a_flow: Any,
    a_client: MakeClient,
    receiver: Receiver,
    ana: Account,
    session: Any,
    provider: Any,
    looking: asyncpg.Connection,
) -> None:
    receiver.answers = [500] * 10
    app = await a_client()
    flow = a_flow(app=app)
    await flow.tokens(ana)
    await sign_out(flow)
    await receiver.next()
    await backchannel.deliver(session, provider, clock.now() + timedelta(days=1))
    await receiver.next()
    assert await left(looking, app) == []


async def test_an_ended_family_alone_tells_nobody(
    a_flow: Any, a_client: MakeClient, ana: Account, looking: asyncpg.Connection
) -> None:
    app = await a_client()
    flow = a_flow(app=app)
    given = await flow.tokens(ana)
    await flow.client.post("/oauth2/revoke", data={"token": given["refresh_token"]}, auth=(app.id, SECRET))
    assert await left(looking, app) == []


async def test_back_channel_logout_is_told(client: httpx2.AsyncClient) -> None:
    said = (await client.get("/.well-known/openid-configuration")).json()
    assert said["backchannel_logout_supported"] is True
    assert said["backchannel_logout_session_supported"] is True
