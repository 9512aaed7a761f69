"""Clients that stand for themselves (RFC 6749, 4.4)."""

import base64
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import asyncpg
import httpx2
import pytest

from hub_core import clock, ids
from svc_identity.domain.client import Authentication, Client, GrantType
from svc_identity.operations import purge, registration

SECRET = "a-secret-of-a-confidential-client"
Resolve = Callable[[str], Awaitable[httpx2.Response]]


@pytest.fixture(scope="module")
async def register(sessions: Any, office: Client) -> Client:
    """A program of another institution that reads petitions as itself."""
    made = replace(
        office,
        id="register",
        scopes=frozenset({"openid", "offline_access", "petitions:read", "messages:read"}),
        grant_types=frozenset({GrantType.CLIENT_CREDENTIALS}),
    )
    async with sessions() as session:
        await registration.put_client(session, made)
    return made


@pytest.fixture
def ask(client: httpx2.AsyncClient, register: Client) -> Callable[..., Awaitable[httpx2.Response]]:
    """Ask the token endpoint for a token of the client itself."""

    async def post(**fields: str) -> httpx2.Response:
        sent = {"grant_type": "client_credentials"} | fields
        return await client.post("/oauth2/token", data=sent, auth=(register.id, SECRET))

    return post


def claims_of(resolved: httpx2.Response) -> dict[str, Any]:
    """What the internal token says."""
    payload = resolved.json()["internal_token"].split(".")[1]
    said: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return said


async def test_the_token_stands_for_the_client(
    ask: Any, resolve: Resolve, looking: asyncpg.Connection
) -> None:
    given = (await ask(scope="petitions:read")).json()
    assert given.keys() == {"access_token", "token_type", "expires_in", "scope"}
    assert given["scope"] == "petitions:read"
    resolved = (await resolve(given["access_token"])).json()
    claims = claims_of(await resolve(given["access_token"]))
    assert (claims["sub"], claims["kind"], claims["client_id"]) == ("register", "client", "register")
    assert (claims["acr"], claims["scope"], claims["roles"]) == ("low", "petitions:read", [])
    assert "sid" not in claims
    assert await looking.fetchval("SELECT count(*) FROM grants WHERE id = $1", resolved["session_id"]) == 1


async def test_it_stands_for_the_institution_that_an_administrator_has_named(
    ask: Any, resolve: Resolve, sessions: Any, register: Client
) -> None:
    for institution_id in (ids.new_id(), None):
        async with sessions() as session:
            await registration.put_client(session, replace(register, institution_id=institution_id))
        claims = claims_of(await resolve((await ask()).json()["access_token"]))
        assert claims.get("institution") == (str(institution_id) if institution_id else None)
        assert claims["roles"] == []


async def test_without_a_scope_it_gets_all_that_are_its_own(ask: Any) -> None:
    assert (await ask()).json()["scope"] == "petitions:read messages:read"


@pytest.mark.parametrize("scope", ["openid", "offline_access", "petitions:write", "petitions:read nonsense"])
async def test_a_scope_of_persons_or_of_nobody_is_refused(ask: Any, scope: str) -> None:
    answer = await ask(scope=scope)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_scope")


async def test_who_is_not_registered_for_it_is_refused(client: httpx2.AsyncClient, office: Client) -> None:
    sent = {"grant_type": "client_credentials"}
    for answer in (
        await client.post("/oauth2/token", data=sent, auth=(office.id, SECRET)),
        await client.post("/oauth2/token", data=sent | {"client_id": "demo-portal"}),
    ):
        assert (answer.status_code, answer.json()["error"]) == (400, "unauthorized_client")


async def test_a_public_client_never_stands_for_itself(
    client: httpx2.AsyncClient, sessions: Any, register: Client
) -> None:
    public = replace(register, id="public-register", authentication=Authentication.NONE, secret_hash=None)
    async with sessions() as session:
        await registration.put_client(session, public)
    sent = {"grant_type": "client_credentials", "client_id": public.id}
    assert (await client.post("/oauth2/token", data=sent)).json()["error"] == "unauthorized_client"


async def test_who_is_registered_for_it_alone_exchanges_no_code(ask: Any) -> None:
    answer = await ask(grant_type="authorization_code", code="x", redirect_uri="x", code_verifier="x" * 43)
    assert answer.json()["error"] == "unauthorized_client"


async def test_it_is_inspected_and_revoked_and_that_is_told_under_its_grant(
    client: httpx2.AsyncClient, ask: Any, resolve: Resolve, looking: asyncpg.Connection
) -> None:
    token = (await ask()).json()["access_token"]
    grant_id = (await resolve(token)).json()["session_id"]
    auth = ("register", SECRET)
    shown = (await client.post("/oauth2/introspect", data={"token": token}, auth=auth)).json()
    assert (shown["active"], shown["sub"]) == (True, "register")
    assert not {"sid", "acr", "auth_time"} & shown.keys()
    for _ in range(2):
        assert (await client.post("/oauth2/revoke", data={"token": token}, auth=auth)).status_code == 200
    assert (await resolve(token)).status_code == 401
    shown = (await client.post("/oauth2/introspect", data={"token": token}, auth=auth)).json()
    assert shown == {"active": False}
    wanted = "SELECT body FROM outbox WHERE subject = 'hub.identity.token.revoked.v1' AND key = $1"
    told = [json.loads(row["body"])["data"] for row in await looking.fetch(wanted, grant_id)]
    assert told == [{"version": 1, "session_id": grant_id, "reason": "TOKEN_REVOKED"}]


async def test_another_client_revokes_nothing(
    client: httpx2.AsyncClient, ask: Any, resolve: Resolve, office: Client
) -> None:
    token = (await ask()).json()["access_token"]
    await client.post("/oauth2/revoke", data={"token": token}, auth=(office.id, SECRET))
    assert (await resolve(token)).status_code == 200


async def test_userinfo_knows_no_client(client: httpx2.AsyncClient, ask: Any) -> None:
    token = (await ask()).json()["access_token"]
    answer = await client.get("/oauth2/userinfo", headers={"authorization": f"Bearer {token}"})
    assert answer.status_code == 401


async def test_it_is_forgotten_when_it_has_served_its_time(
    ask: Any, resolve: Resolve, session: Any, looking: asyncpg.Connection
) -> None:
    grant_id = (await resolve((await ask()).json()["access_token"])).json()["session_id"]
    wanted = "SELECT count(*) FROM grants WHERE id = $1"
    await purge.purge(session, clock.now())
    assert await looking.fetchval(wanted, grant_id) == 1
    await purge.purge(session, clock.now() + timedelta(minutes=11))
    assert await looking.fetchval(wanted, grant_id) == 0
