import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

PUBLIC = "/petitions/v1/public"


async def start_answer(send: Any, status: int = 200, **headers: str) -> None:
    pairs = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": pairs})


async def test_a_request_arrives_as_it_was_sent(client: httpx2.AsyncClient) -> None:
    answer = await client.post(
        "/petitions/v1/public?q=%C8%99&q=a+b",
        content='{"text": "ș"}'.encode(),
        headers={
            "content-type": "application/json",
            "idempotency-key": "k-1",
            "purpose": 'CASE_HANDLING;file="1/2026"',
            "x-request-id": "my-request-1",
        },
    )
    got = answer.json()
    told = dict(got["headers"])
    assert (got["method"], got["path"], got["query"]) == ("POST", PUBLIC, "q=%C8%99&q=a+b")
    assert got["body"].encode("latin-1").decode() == '{"text": "ș"}'
    assert (told["content-type"], told["idempotency-key"]) == ("application/json", "k-1")
    assert told["purpose"] == 'CASE_HANDLING;file="1/2026"'
    assert told["x-request-id"] == answer.headers["x-request-id"] == "my-request-1"
    assert told["traceparent"].startswith("00-")
    assert "transfer-encoding" not in told
    assert told["content-length"] == "14"


@pytest.mark.parametrize(
    "path", ["/petitions/v1/public/a%20b", "/petitions/v1/public/%C8%99", "/petitions/v1/public/a:b@c"]
)
async def test_an_address_is_not_rewritten(client: httpx2.AsyncClient, path: str) -> None:
    assert (await client.get(path)).json()["path"] == path


async def test_an_answer_leaves_as_it_came_and_dressed(client: httpx2.AsyncClient, service: Any) -> None:
    @service.on(PUBLIC)
    async def tell(scope: Any, receive: Any, send: Any) -> None:
        given = {"content_length": "2", "etag": '"1"', "x_powered_by": "x", "cache_control": "max-age=5"}
        await start_answer(send, 201, **given)
        await send({"type": "http.response.body", "body": b"ok"})

    answer = await client.get(PUBLIC)
    assert (answer.status_code, answer.content) == (201, b"ok")
    assert answer.headers["etag"] == '"1"'
    assert answer.headers["cache-control"] == "max-age=5"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["ratelimit-policy"] == '"anonymous";q=100000;w=60'
    assert answer.headers["ratelimit"].startswith('"anonymous";r=')
    assert not {"server", "x-powered-by"} & answer.headers.keys()
    assert len(answer.headers.get_list("date")) == 1


async def test_head_has_the_headers_of_get_and_no_body(client: httpx2.AsyncClient, service: Any) -> None:
    @service.on(PUBLIC)
    async def tell(scope: Any, receive: Any, send: Any) -> None:
        await start_answer(send, content_length="2")
        await send({"type": "http.response.body", "body": b"ok"})

    for _ in range(2):
        answer = await client.head(PUBLIC)
        assert (answer.status_code, answer.headers["content-length"], answer.content) == (200, "2", b"")


@pytest.mark.parametrize(("status", "headers"), [(304, {"etag": '"1"', "content_length": "5"}), (204, {})])
async def test_answers_without_a_body_pass(
    client: httpx2.AsyncClient, service: Any, status: int, headers: dict[str, str]
) -> None:
    @service.on(PUBLIC)
    async def tell(scope: Any, receive: Any, send: Any) -> None:
        await start_answer(send, status, **(headers if status == 204 else {"etag": '"1"'}))
        await send({"type": "http.response.body", "body": b""})

    for _ in range(2):
        answer = await client.get(PUBLIC)
        assert (answer.status_code, answer.content) == (status, b"")
        assert "transfer-encoding" not in answer.headers


async def test_an_upstream_304_with_a_length_passes(client: httpx2.AsyncClient, dying: Any) -> None:
    dying[0].says = b'HTTP/1.1 304 Not Modified\r\netag: "1"\r\ncontent-length: 5\r\n\r\n'
    answer = await client.get("/dying/x")
    assert (answer.status_code, answer.headers["etag"]) == (304, '"1"')


async def test_redirects_are_for_the_client(client: httpx2.AsyncClient, service: Any) -> None:
    @service.on(PUBLIC)
    async def tell(scope: Any, receive: Any, send: Any) -> None:
        await start_answer(send, 303, location="/petitions/v1/public/1", content_length="0")
        await send({"type": "http.response.body", "body": b""})

    assert (await client.post(PUBLIC)).headers["location"] == "/petitions/v1/public/1"


async def test_a_long_address_to_go_to_passes(client: httpx2.AsyncClient, service: Any) -> None:
    address = "/account/sign-in?request=" + "x" * 12_000

    @service.on(PUBLIC)
    async def tell(scope: Any, receive: Any, send: Any) -> None:
        await start_answer(send, 303, location=address, content_length="0")
        await send({"type": "http.response.body", "body": b""})

    assert (await client.get(PUBLIC)).headers["location"] == address


async def test_compressed_answers_stay_compressed(client: httpx2.AsyncClient, service: Any) -> None:
    @service.on(PUBLIC)
    async def tell(scope: Any, receive: Any, send: Any) -> None:
        await start_answer(send, content_encoding="br", content_length="3")
        await send({"type": "http.response.body", "body": b"\x01\x02\x03"})

    async with client.stream("GET", PUBLIC) as answer:
        assert [piece async for piece in answer.aiter_raw()] == [b"\x01\x02\x03"]


async def test_events_pass_as_they_happen(client: httpx2.AsyncClient, service: Any) -> None:
    happened = asyncio.Event()

    @service.on(PUBLIC)
    async def tell(scope: Any, receive: Any, send: Any) -> None:
        await start_answer(send, content_type="text/event-stream")
        await send({"type": "http.response.body", "body": b"data: 1\n\n", "more_body": True})
        await happened.wait()
        await send({"type": "http.response.body", "body": b"data: 2\n\n"})

    async with client.stream("GET", PUBLIC) as answer:
        pieces = answer.aiter_raw()
        assert await anext(pieces) == b"data: 1\n\n"
        happened.set()
        assert await anext(pieces) == b"data: 2\n\n"


async def test_an_upload_passes_as_it_comes(client: httpx2.AsyncClient, service: Any) -> None:
    arrived = asyncio.Event()
    lengths: list[int] = []

    @service.on("/petitions/v1/uploads/a")
    async def take(scope: Any, receive: Any, send: Any) -> None:
        more = True
        while more:
            message = await receive()
            lengths.append(len(message["body"]))
            more = message["more_body"]
            arrived.set()
        await start_answer(send, 204)
        await send({"type": "http.response.body", "body": b""})

    async def pieces() -> AsyncIterator[bytes]:
        yield b"a" * 1000
        await arrived.wait()
        for _ in range(50):
            yield b"a" * 100_000

    answer = await client.post("/petitions/v1/uploads/a", content=pieces())
    assert answer.status_code == 204
    assert sum(lengths) == 5_001_000
    assert lengths[0] == 1000


async def test_an_upload_with_a_length_keeps_it(client: httpx2.AsyncClient) -> None:
    answer = await client.post("/petitions/v1/uploads/a", content=b"a" * 3_000_000)
    told = dict(answer.json()["headers"])
    assert told["content-length"] == "3000000"
    assert "transfer-encoding" not in told


async def test_a_large_answer_passes_whole(client: httpx2.AsyncClient, service: Any) -> None:
    @service.on(PUBLIC)
    async def tell(scope: Any, receive: Any, send: Any) -> None:
        await start_answer(send)
        for _ in range(80):
            await send({"type": "http.response.body", "body": b"a" * 100_000, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    assert len((await client.get(PUBLIC)).content) == 8_000_000


async def test_an_early_answer_to_an_upload_passes_and_the_pool_stays_clean(
    client: httpx2.AsyncClient, service: Any
) -> None:
    @service.on("/petitions/v1/uploads/early")
    async def refuse(scope: Any, receive: Any, send: Any) -> None:
        await start_answer(send, 409, content_length="2")
        await send({"type": "http.response.body", "body": b"no"})

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(30):
            yield b"a" * 100_000
            await asyncio.sleep(0)

    for _ in range(3):
        answer = await client.post("/petitions/v1/uploads/early", content=pieces())
        assert (answer.status_code, answer.content) == (409, b"no")
        assert (await client.get("/petitions/v1/public/1")).json()["path"] == "/petitions/v1/public/1"


async def left(port: int, request: bytes, until: asyncio.Event) -> None:
    """Send a request and go away when something has happened."""
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    await until.wait()
    writer.transport.abort()


@pytest.mark.parametrize("begun", [False, True])
async def test_a_client_that_leaves_takes_its_request_along(
    port: int, service: Any, monkeypatch: pytest.MonkeyPatch, *, begun: bool
) -> None:
    monkeypatch.setattr("gateway.transport._LOOK_AFTER", 0.01)
    reached, ended = asyncio.Event(), asyncio.Event()

    @service.on(PUBLIC)
    async def stall(scope: Any, receive: Any, send: Any) -> None:
        if begun:
            await start_answer(send)
            await send({"type": "http.response.body", "body": b"a", "more_body": True})
        reached.set()
        while (await receive())["type"] != "http.disconnect":
            pass
        ended.set()

    await left(port, f"GET {PUBLIC} HTTP/1.1\r\nhost: a\r\n\r\n".encode(), reached)
    async with asyncio.timeout(5):
        await ended.wait()


async def test_a_client_that_leaves_in_the_middle_of_its_body_is_no_request(port: int, service: Any) -> None:
    reached, ended = asyncio.Event(), asyncio.Event()

    @service.on("/petitions/v1/uploads/a")
    async def take(scope: Any, receive: Any, send: Any) -> None:
        while True:
            message = await receive()
            reached.set()
            if message["type"] == "http.disconnect":
                ended.set()
                return

    head = b"POST /petitions/v1/uploads/a HTTP/1.1\r\nhost: a\r\ncontent-length: 100000\r\n\r\n"
    await left(port, head + b"a" * 1000, reached)
    async with asyncio.timeout(5):
        await ended.wait()


async def test_a_service_that_is_down_is_said_to_be(client: httpx2.AsyncClient) -> None:
    for answer in (await client.get("/down/x"), await client.post("/down/x", content=b"{}")):
        assert answer.status_code == 503
        assert answer.headers["retry-after"] == "1"
        assert answer.json()["type"].endswith("/problems/service-unavailable")


@pytest.mark.parametrize(("method", "tries"), [("GET", 2), ("HEAD", 2), ("POST", 1), ("DELETE", 1)])
async def test_only_safe_requests_are_tried_again(
    client: httpx2.AsyncClient, dying: Any, method: str, tries: int
) -> None:
    answer = await client.request(method, "/dying/x")
    assert answer.status_code == 502
    assert answer.headers["retry-after"] == "1"
    assert len(dying[0].requests) == tries


@pytest.mark.parametrize(
    "says", [b"nonsense\r\n\r\n", b"HTTP/1.1 2000 x\r\n\r\n", b"HTTP/1.1 200 OK\r\nbro ken\r\n\r\n"]
)
async def test_what_is_not_http_from_a_service_is_a_bad_gateway(
    client: httpx2.AsyncClient, dying: Any, says: bytes
) -> None:
    dying[0].says = says
    answer = await client.get("/dying/x")
    assert answer.status_code == 502
    assert answer.json()["type"].endswith("/problems/bad-gateway")


@pytest.mark.parametrize(
    "says",
    [
        b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n",
    ],
)
async def test_a_broken_answer_is_seen_to_be_broken(
    client: httpx2.AsyncClient, dying: Any, says: bytes
) -> None:
    dying[0].says = says
    with pytest.raises(httpx2.RemoteProtocolError):
        await client.get("/dying/x")


async def test_a_slow_service_is_given_up(client: httpx2.AsyncClient, service: Any) -> None:
    ended = asyncio.Event()

    @service.on("/slow/x")
    async def stall(scope: Any, receive: Any, send: Any) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        ended.set()

    answer = await client.get("/slow/x")
    assert answer.status_code == 504
    assert answer.headers["retry-after"] == "5"
    assert answer.json()["type"].endswith("/problems/gateway-timeout")
    async with asyncio.timeout(5):
        await ended.wait()


async def test_an_answer_that_never_ends_is_cut_off(client: httpx2.AsyncClient, service: Any) -> None:
    @service.on("/slow/x")
    async def drip(scope: Any, receive: Any, send: Any) -> None:
        await start_answer(send)
        await send({"type": "http.response.body", "body": b"a", "more_body": True})
        while (await receive())["type"] != "http.disconnect":
            pass

    with pytest.raises(httpx2.RemoteProtocolError):
        await client.get("/slow/x")


async def test_a_client_that_stops_sending_is_told_so(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"POST /slow/x HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\nhalf")
    async with asyncio.timeout(5):
        answer = await reader.read()
    writer.close()
    assert answer.startswith(b"HTTP/1.1 408")
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["type"].endswith("/problems/request-timeout")


async def test_http_1_0_is_answered_and_closed(raw: Any) -> None:
    answer = await raw(f"GET {PUBLIC} HTTP/1.0\r\n\r\n".encode())
    assert answer.startswith(b"HTTP/1.1 200")
    assert b"\r\nconnection: close\r\n" in answer
