import asyncio
import json
import re
from typing import Any

import httpx2
import pytest

from gateway import main, table
from gateway.settings import GatewaySettings
from gateway.visit import CLIENT_LEFT

from_page = {"origin": "https://app.example"}


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


async def test_beyond_the_limit_a_caller_is_told_when_to_come_back(start: Any) -> None:
    async with start() as port, httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        answers = [await client.get("/scarce/x") for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert [answer.headers["ratelimit"] for answer in answers] == [
            '"scarce";r=1;t=30',
            '"scarce";r=0;t=30',
            '"scarce";r=0;t=30',
        ]
        assert {answer.headers["ratelimit-policy"] for answer in answers} == {'"scarce";q=4;w=60'}
        assert answers[2].headers["retry-after"] == "30"
        assert answers[2].json()["type"].endswith("/problems/too-many-requests")


async def test_the_signed_in_are_counted_by_client_and_person(start: Any, identity: Any) -> None:
    ana = {"sub": "ana", "client_id": "portal"}
    first, second = identity.sign_in(**ana), identity.sign_in(**ana)
    elsewhere = identity.sign_in(sub="ana", client_id="other")
    ion = identity.sign_in(sub="ion", client_id="portal")
    async with start() as port, httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:

        async def status(token: str) -> int:
            return (await client.get("/scarce/x", headers=bearer(token))).status_code

        assert [await status(first), await status(second), await status(first)] == [200, 200, 429]
        assert [await status(elsewhere), await status(ion)] == [200, 200]
        assert (await client.get("/scarce/x")).status_code == 200


async def test_a_plan_has_a_limit_of_its_own(start: Any, identity: Any) -> None:
    def people(client_id: str, plan: str) -> list[str]:
        return [identity.sign_in(sub=sub, client_id=client_id, plan=plan) for sub in ("ana", "ion")]

    async with start() as port, httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:

        async def statuses(who: list[str], path: str = "/petitions/v1/petitions") -> list[int]:
            answers = [await client.get(path, headers=bearer(one)) for one in who * 2]
            return [answer.status_code for answer in answers]

        # in the sandbox all people of a client share it, a partner's have one each
        assert await statuses(people("app-1", "SANDBOX")) == [200, 200, 200, 429]
        assert await statuses(people("bank", "PARTNER")) == [200, 200, 200, 200]
        # another plan keeps the general limit, and a costly operation its own
        assert await statuses(people("portal", "STANDARD") * 3) == [200] * 12
        assert await statuses(people("app-2", "SANDBOX") * 2, "/scarce/x") == [200] * 4 + [429] * 4


async def test_guessing_tokens_is_limited_by_address(start: Any, identity: Any) -> None:
    async with start() as port, httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        guesses = ["hub_at_" + letter * 43 for letter in "abcd"]
        answers = [await client.get("/scarce/x", headers=bearer(guess)) for guess in guesses]
        assert [answer.status_code for answer in answers] == [401, 401, 429, 429]
        assert identity.asked == guesses[:2]


async def test_the_scale_multiplies_every_quota(start: Any) -> None:
    async with (
        start(gateway_rate_scale=3.0) as port,
        httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client,
    ):
        answer = await client.get("/scarce/x")
        assert answer.headers["ratelimit-policy"] == '"scarce";q=12;w=60'
        assert answer.headers["ratelimit"] == '"scarce";r=5;t=10'


@pytest.mark.parametrize("path", ["/petitions/v1/petitions", "/nowhere", "/docs", "//", "/healthz"])
async def test_every_answer_says_what_is_left(client: httpx2.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert re.fullmatch(r'"anonymous";r=\d+;t=\d+', answer.headers["ratelimit"])
    assert answer.headers["ratelimit-policy"]
    assert answer.headers["x-request-id"]


async def test_pages_of_other_origins_may_call_the_api(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/petitions/v1/public", headers=from_page)
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in answer.headers
    exposed = answer.headers["access-control-expose-headers"].split(", ")
    assert {"ETag", "Idempotent-Replay", "RateLimit", "Retry-After", "X-Request-Id"} <= set(exposed)


async def test_the_browser_is_answered_before_it_has_a_token(
    client: httpx2.AsyncClient, service: Any
) -> None:
    asked = from_page | {
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization",
    }
    answer = await client.options("/petitions/v1/petitions", headers=asked)
    assert (answer.status_code, answer.content) == (204, b"")
    assert "POST" in answer.headers["access-control-allow-methods"]
    assert {"Authorization", "Idempotency-Key"} <= set(
        answer.headers["access-control-allow-headers"].split(", ")
    )
    assert answer.headers["access-control-max-age"]
    assert service.seen == []


async def test_pages_for_people_are_of_one_origin(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/account/sign-in", headers=from_page)
    assert "access-control-allow-origin" not in answer.headers
    asked = from_page | {"access-control-request-method": "POST"}
    assert (await client.options("/account/sign-in", headers=asked)).status_code == 401


async def test_origins_can_be_chosen(start: Any) -> None:
    async with (
        start(gateway_cors_origins=("https://app.example",)) as port,
        httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client,
    ):
        answer = await client.get("/petitions/v1/public", headers=from_page)
        assert answer.headers["access-control-allow-origin"] == "https://app.example"
        assert answer.headers["vary"] == "Origin"
        answer = await client.get("/petitions/v1/public", headers={"origin": "https://evil.example"})
        assert "access-control-allow-origin" not in answer.headers
        assert answer.headers["vary"] == "Origin"


async def lines(capture: pytest.CaptureFixture[str], count: int) -> list[dict[str, Any]]:
    """The access lines, as soon as there are `count` of them."""
    found: list[dict[str, Any]] = []
    async with asyncio.timeout(5):
        while len(found) < count:
            await asyncio.sleep(0)
            said = [json.loads(line) for line in capture.readouterr().out.splitlines() if line[:1] == "{"]
            found += [line for line in said if line["event"] == "request"]
    return found


async def test_a_request_leaves_one_line_without_its_address(
    client: httpx2.AsyncClient, identity: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    headers = bearer(identity.sign_in(client_id="demo-portal")) | {"x-request-id": "request-1"}
    await client.get("/petitions/v1/public/1900101000017?email=a@example.org", headers=headers)
    await client.get("/petitions/v1/1900101000017", headers=headers)
    await client.get("/1900101000017")
    await client.get("/problems/1900101000017")
    await client.get("/healthz")
    found = await lines(capsys, 4)
    assert [line["route"] for line in found] == [
        "/petitions/v1/public/{petition_id}",
        "/petitions/*",
        "-",
        "/problems/{slug}",
    ]
    assert found[0].keys() == {
        "event",
        "level",
        "timestamp",
        "method",
        "route",
        "status",
        "ms",
        "bytes",
        "client_id",
        "request_id",
        "trace_id",
    }
    assert (found[0]["status"], found[0]["client_id"], found[0]["request_id"]) == (
        200,
        "demo-portal",
        "request-1",
    )
    assert found[0]["bytes"] > 0
    assert "1900101000017" not in json.dumps(found)
    assert "example.org" not in json.dumps(found)


async def test_who_left_is_noted(port: int, service: Any, capsys: pytest.CaptureFixture[str]) -> None:
    reached = asyncio.Event()

    @service.on("/petitions/v1/uploads/a")
    async def take(scope: Any, receive: Any, send: Any) -> None:
        message = {"type": ""}
        while message["type"] != "http.disconnect":
            message = await receive()
            reached.set()
        reached.clear()

    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"POST /petitions/v1/uploads/a HTTP/1.1\r\nhost: a\r\ncontent-length: 100000\r\n\r\nx")
    await reached.wait()
    writer.transport.abort()
    (line,) = await lines(capsys, 1)
    assert (line["status"], line["route"]) == (CLIENT_LEFT, "/petitions/v1/uploads/{name}")


async def test_a_recorded_trace_has_the_gateways_span(start: Any, trace_sink: Any) -> None:
    given = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    async with (
        start(otlp_endpoint=trace_sink.url, gateway_trace_ratio=0.0) as port,
        httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client,
    ):
        await client.get("/petitions/v1/public")
        answer = await client.get("/petitions/v1/public/7", headers={"traceparent": given})
        (span,) = await trace_sink.until(lambda spans: len(spans) >= 1)
    assert span.trace_id == "4bf92f3577b34da6a3ce929d0e0e4736"
    assert (span.service, span.name) == ("gateway", "GET /petitions/v1/public/{petition_id}")
    told = dict(answer.json()["headers"])["traceparent"]
    assert told == f"00-{span.trace_id}-{span.span_id}-01"


def test_a_service_without_an_address_is_an_error_at_start() -> None:
    with pytest.raises(ValueError, match="no address for: catalog, criminal-record, notify"):
        main.Gateway(
            GatewaySettings(gateway_upstreams={"identity": "http://a", "petitions": "http://b"}), table.load()
        )


def test_the_factory_reads_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    names = table.load().services
    monkeypatch.setenv("HUB_GATEWAY_UPSTREAMS", json.dumps(dict.fromkeys(names, "http://127.0.0.1:1")))
    monkeypatch.setenv("HUB_GATEWAY_CORS_ORIGINS", '["https://app.example"]')
    monkeypatch.setenv("HUB_GATEWAY_RATE_SCALE", "50")
    assert callable(main.create_app())
