import asyncio
import json
from typing import Any

import httpx2
import pytest

GUESSED = "hub_at_" + "x" * 43


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/petitions/v1/petitions"),
        ("POST", "/petitions/v1/public/1"),
        ("GET", "/petitions/v1/public/1/files"),
        ("GET", "/petitions/"),
        ("GET", "/account/secret"),
        ("DELETE", "/petitions/v1/public"),
        ("OPTIONS", "/petitions/v1/public"),
    ],
)
async def test_what_the_table_does_not_name_needs_a_token(
    client: httpx2.AsyncClient, service: Any, method: str, path: str
) -> None:
    answer = await client.request(method, path)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == 'Bearer realm="hub"'
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"].endswith("/problems/invalid-token")
    assert service.seen == []


@pytest.mark.parametrize("path", ["/petitions/v1/public", "/petitions/v1/public/7"])
async def test_public_operations_need_none(client: httpx2.AsyncClient, identity: Any, path: str) -> None:
    answer = await client.get(path)
    assert answer.status_code == 200
    assert "authorization" not in dict(answer.json()["headers"])
    assert identity.asked == []


async def test_a_token_reaches_the_service_as_an_internal_one(
    client: httpx2.AsyncClient, identity: Any
) -> None:
    token = identity.sign_in()
    for path in ("/petitions/v1/petitions", "/petitions/v1/public"):
        told = dict((await client.get(path, headers=bearer(token))).json()["headers"])
        assert told["authorization"] == f"Bearer {identity.known[token]['internal_token']}"
    assert identity.asked == [token]


@pytest.mark.parametrize("path", ["/petitions/v1/petitions", "/petitions/v1/public"])
async def test_an_unknown_token_is_refused_even_where_none_is_needed(
    client: httpx2.AsyncClient, service: Any, path: str
) -> None:
    answer = await client.get(path, headers=bearer(GUESSED))
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == 'Bearer realm="hub", error="invalid_token"'
    assert [request["path"] for request in service.seen if request["path"].startswith("/petitions")] == []


@pytest.mark.parametrize(
    "header",
    [
        "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.",
        "Bearer hub_rt_" + "a" * 43,
        "Bearer hub_at_",
        "Basic dXNlcjpwYXNz",
        "Bearer",
        "nonsense",
    ],
)
async def test_other_credentials_are_refused_without_asking_identity(
    client: httpx2.AsyncClient, identity: Any, header: str
) -> None:
    answer = await client.get("/petitions/v1/petitions", headers={"authorization": header})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].endswith('error="invalid_token"')
    assert identity.asked == []


async def test_credentials_of_a_client_reach_the_endpoints_of_oauth_only(client: httpx2.AsyncClient) -> None:
    basic = {"authorization": "Basic dXNlcjpwYXNz"}
    told = dict((await client.post("/oauth2/token", headers=basic)).json()["headers"])
    assert told["authorization"] == "Basic dXNlcjpwYXNz"
    assert (await client.post("/account/sign-in", headers=basic)).status_code == 401


async def test_nobody_is_let_through_while_identity_is_away(
    client: httpx2.AsyncClient, identity: Any, service: Any
) -> None:
    token = identity.sign_in()
    identity.status = 500
    answer = await client.get("/petitions/v1/petitions", headers=bearer(token))
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "2"
    assert answer.json()["type"].endswith("/problems/service-unavailable")
    assert not [request for request in service.seen if request["path"].startswith("/petitions")]
    identity.status = 200
    assert (await client.get("/petitions/v1/petitions", headers=bearer(token))).status_code == 200


async def test_nobody_is_let_through_when_identity_refuses_the_gateway(
    client: httpx2.AsyncClient, identity: Any, service: Any
) -> None:
    @service.on("/internal/v1/tokens/resolve")
    async def refuse(scope: Any, receive: Any, send: Any) -> None:
        await send(
            {
                "type": "http.response.start",
                "status": 401,
                "headers": [(b"www-authenticate", b"Basic realm=x")],
            }
        )
        await send({"type": "http.response.body", "body": b""})

    answer = await client.get("/petitions/v1/petitions", headers=bearer(identity.sign_in()))
    service.on("/internal/v1/tokens/resolve")(identity.resolve)
    assert answer.status_code == 503


async def test_many_first_requests_ask_identity_once(client: httpx2.AsyncClient, identity: Any) -> None:
    token = identity.sign_in()
    identity.begun.clear()
    identity.gate.clear()
    asking = [
        asyncio.create_task(client.get("/petitions/v1/petitions", headers=bearer(token))) for _ in range(5)
    ]
    await identity.begun.wait()
    identity.gate.set()
    assert {answer.status_code for answer in await asyncio.gather(*asking)} == {200}
    assert identity.asked == [token]


@pytest.mark.parametrize(
    "path",
    [
        "/internal/v1/tokens/resolve",
        "/internal/v1/jwks",
        "/petitions/../internal/v1/jwks",
        "/petitions/%2e%2e/internal/v1/jwks",
        "//internal/v1/jwks",
        "/petitions//internal/v1/jwks",
    ],
)
async def test_the_inside_cannot_be_reached(raw: Any, service: Any, path: str) -> None:
    answer = await raw(f"GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n".encode())
    assert answer.startswith((b"HTTP/1.1 404", b"HTTP/1.1 400"))
    assert service.seen == []


async def test_what_a_client_says_about_itself_is_replaced(client: httpx2.AsyncClient, identity: Any) -> None:
    claimed = {
        "forwarded": "for=198.51.100.1;proto=https",
        "x-forwarded-for": "198.51.100.1",
        "x-forwarded-host": "evil.example",
        "x-forwarded-proto": "https",
        "x-real-ip": "198.51.100.1",
        "x-hub-subject": "admin",
        "host": "evil.example",
        "cookie": "session=1",
    } | bearer(identity.sign_in())
    got = (await client.get("/petitions/v1/petitions", headers=claimed)).json()["headers"]
    told = dict(got)
    assert len(told) == len(got)
    assert told["x-forwarded-for"] == "127.0.0.1"
    assert told["x-forwarded-host"] == told["host"] == "localhost:8080"
    assert told["x-forwarded-proto"] == "http"
    assert told["forwarded"] == 'for=127.0.0.1;host="localhost:8080";proto=http'
    assert not {"x-real-ip", "x-hub-subject", "cookie"} & told.keys()


async def test_cookies_reach_pages_only(client: httpx2.AsyncClient) -> None:
    got = (await client.get("/account/sign-in", headers={"cookie": "session=1"})).json()
    assert dict(got["headers"])["cookie"] == "session=1"


async def test_a_refusal_is_told_in_the_callers_language(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/petitions/v1/petitions", headers={"accept-language": "hu, en;q=0.5"})
    assert answer.headers["content-language"] == "hu"
    shown = answer.json()
    assert shown["status"] == 401
    assert shown["instance"] == "/petitions/v1/petitions"
    assert len(shown["trace_id"]) == 32
    assert json.dumps(shown)
