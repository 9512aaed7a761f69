"""Who may: refusals first."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx2
import pytest

from svc_identity.domain.account import Account

READ, WRITE = "account:read", "account:write"
GATEWAY = ("gateway", "secret-of-the-gateway")
NOTIFY = ("notify", "secret-of-notify")
SOMEBODY = "0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b70"
WITH_BODY = ("/identity/v1/me/phone", "/identity/v1/me/phone/confirm")


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("GET", "/identity/v1/me", READ),
        ("PATCH", "/identity/v1/me", WRITE),
        ("GET", "/identity/v1/me/sessions", READ),
        ("POST", f"/identity/v1/me/sessions/{SOMEBODY}/end", WRITE),
        ("GET", "/identity/v1/me/means", READ),
        ("GET", "/identity/v1/me/security-changes", READ),
        ("POST", "/identity/v1/me/authenticator", WRITE),
        ("POST", "/identity/v1/me/authenticator/remove", WRITE),
        ("POST", "/identity/v1/me/recovery-codes", WRITE),
        ("POST", f"/identity/v1/me/passkeys/{SOMEBODY}/remove", WRITE),
        ("POST", "/identity/v1/me/links/roeid/remove", WRITE),
        ("GET", "/identity/v1/me/phone", READ),
        ("POST", "/identity/v1/me/phone", WRITE),
        ("POST", "/identity/v1/me/phone/new-code", WRITE),
        ("POST", "/identity/v1/me/phone/confirm", WRITE),
        ("POST", "/identity/v1/me/phone/remove", WRITE),
    ],
)
async def test_an_operation_wants_a_token_with_its_scope(
    client: httpx2.AsyncClient, signed_in: Any, method: str, path: str, scope: str
) -> None:
    body = {"json": {}} if method == "PATCH" or path in WITH_BODY else {}
    answer = await client.request(method, path, **body)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    other = WRITE if scope == READ else READ
    answer = await client.request(method, path, headers=signed_in(scopes={other}), **body)
    assert answer.status_code == 403
    assert f'scope="{scope}"' in answer.headers["www-authenticate"]


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "another"},
        {"iss": "https://elsewhere.example"},
        {"exp": 1},
        {"kind": "service", "sub": "notify"},
        {"mandate": SOMEBODY},
    ],
)
async def test_a_token_of_another_kind_is_refused(
    client: httpx2.AsyncClient, signed_in: Any, claims: dict[str, Any]
) -> None:
    answer = await client.get("/identity/v1/me", headers=signed_in(scopes={READ}, **claims))
    assert answer.status_code == 401
    assert answer.json()["type"].endswith("/problems/invalid-token")


async def test_an_access_token_is_no_internal_token(
    client: httpx2.AsyncClient, flow: Any, ana: Account
) -> None:
    given = await flow.tokens(ana, scope="account:read")
    answer = await client.get("/identity/v1/me", headers={"authorization": f"Bearer {given['access_token']}"})
    assert answer.status_code == 401


async def test_an_id_token_is_no_internal_token(client: httpx2.AsyncClient, flow: Any, ana: Account) -> None:
    given = await flow.tokens(ana)
    answer = await client.get("/identity/v1/me", headers={"authorization": f"Bearer {given['id_token']}"})
    assert answer.status_code == 401


@pytest.mark.parametrize(
    "auth",
    [None, ("gateway", "wrong"), ("nobody", "secret-of-the-gateway"), ("", ""), ("gateway", "")],
)
@pytest.mark.parametrize("path", ["/internal/v1/tokens/resolve", "/internal/v1/tokens"])
async def test_a_service_without_its_secret_is_refused(
    client: httpx2.AsyncClient, path: str, auth: tuple[str, str] | None
) -> None:
    answer = await client.post(path, json={"token": "hub_at_x"}, auth=auth)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Basic")
    assert answer.json()["type"].endswith("/problems/invalid-service-credentials")


@pytest.mark.parametrize("header", ["Basic", "Basic !!!", "Basic /w==", "Bearer x", "Basic Z2F0ZXdheQ=="])
async def test_credentials_that_cannot_be_read_are_refused(client: httpx2.AsyncClient, header: str) -> None:
    answer = await client.post("/internal/v1/tokens", headers={"authorization": header})
    assert answer.status_code == 401


async def test_only_the_gateway_resolves_tokens(client: httpx2.AsyncClient, flow: Any, ana: Account) -> None:
    given = await flow.tokens(ana)
    answer = await client.post(
        "/internal/v1/tokens/resolve", json={"token": given["access_token"]}, auth=NOTIFY
    )
    assert answer.status_code == 401
    assert answer.json()["type"].endswith("/problems/invalid-service-credentials")


@pytest.mark.parametrize(
    "path",
    [
        f"/internal/v1/people/{SOMEBODY}/contact",
        f"/internal/v1/email-confirmations/{SOMEBODY}",
        f"/internal/v1/phone-confirmations/{SOMEBODY}",
    ],
)
async def test_contacts_and_codes_want_their_scope(
    client: httpx2.AsyncClient, signed_in: Any, path: str
) -> None:
    assert (await client.get(path)).status_code == 401
    assert (await client.get(path, auth=NOTIFY)).status_code == 401
    assert (await client.get(path, headers=signed_in(scopes={READ}))).status_code == 403
    allowed = signed_in(scopes={"identity.contact:read"}, kind="service", sub="notify")
    assert (await client.get(path, headers=allowed)).status_code == 404


@pytest.mark.parametrize(
    "path", [f"/internal/v1/people/{SOMEBODY}/form-data", f"/internal/v1/principals/{SOMEBODY}/form-data"]
)
async def test_what_forms_are_filled_in_with_wants_its_scope(
    client: httpx2.AsyncClient, signed_in: Any, path: str
) -> None:
    assert (await client.get(path)).status_code == 401
    assert (await client.get(path, headers=signed_in(scopes={READ}))).status_code == 403
    other = signed_in(scopes={"identity.contact:read"}, kind="service", sub="notify")
    assert (await client.get(path, headers=other)).status_code == 403
    allowed = signed_in(scopes={"identity.form-data:read"}, kind="service", sub="catalog")
    assert (await client.get(path, headers=allowed)).status_code == 404


async def test_a_person_sees_and_ends_only_their_own_sessions(
    client: httpx2.AsyncClient,
    signed_in: Any,
    a_browser: Any,
    a_person: Callable[..., Awaitable[Account]],
) -> None:
    ana, ion = await a_person(), await a_person()
    await a_browser().sign_in(ana)
    mine = (await client.get("/identity/v1/me/sessions", headers=signed_in(ana.id, {READ}))).json()["items"]
    assert len(mine) == 1
    others = await client.get("/identity/v1/me/sessions", headers=signed_in(ion.id, {READ}))
    assert others.json() == {"items": [], "next_cursor": None}
    path = f"/identity/v1/me/sessions/{mine[0]['id']}/end"
    assert (await client.post(path, headers=signed_in(ion.id, {WRITE}))).status_code == 404
    assert (await client.post(path, headers=signed_in(ana.id, {WRITE}))).status_code == 204
    after = await client.get("/identity/v1/me/sessions", headers=signed_in(ana.id, {READ}))
    assert after.json()["items"] == []
