import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

LIMIT = 1_048_576
PUBLIC = "/petitions/v1/public"


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def problem(answer: bytes) -> Any:
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"\r\ncontent-type: application/problem+json\r\n" in head
    assert b"\r\nx-request-id: " in head
    assert b"\r\nratelimit: " in head
    assert b"\r\nserver: " not in head
    return json.loads(body)


@pytest.mark.parametrize(
    "request_",
    [
        b"nonsense\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\nhost: a\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\nhost: a\r\n\r\n",
        b"GET / HTTP/1.1\r\nhost: a\r\nbroken\r\n\r\n",
        b"GET / HTTP/1.1\r\nhost : a\r\n\r\n",
        b"GET / HTTP/1.1\r\nhost: a\r\nx: a\x00b\r\n\r\n",
        b"GET / HTTP/1.1\r\nhost: a\r\nx: a\x01b\r\n\r\n",
        b"GET / HTTP/1.1\r\nhost: a\r\nx: a\r\n b\r\n\r\n",
        b"GET / HTTP/1.1\r\nhost: a\nx: b\n\n",
        b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello",
        b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: five\r\n\r\nhello",
        b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ],
)
async def test_what_is_not_http_is_refused_as_a_problem(raw: Any, request_: bytes) -> None:
    answer = await raw(request_)
    assert status(answer) == 400
    assert problem(answer)["type"].endswith("/problems/malformed-request")
    assert b"\r\nconnection: close\r\n" in answer


@pytest.mark.parametrize(
    "head",
    [
        b"GET " + PUBLIC.encode() + b" HTTP/1.1\r\n\r\n",
        b"GET " + PUBLIC.encode() + b" HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n",
        b"GET " + PUBLIC.encode() + b" HTTP/1.1\r\nhost: a/b\r\n\r\n",
        b"POST "
        + PUBLIC.encode()
        + b" HTTP/1.1\r\nhost: a\r\ntransfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        b"POST "
        + PUBLIC.encode()
        + b" HTTP/1.1\r\nhost: a\r\nidempotency-key: 1\r\nidempotency-key: 2\r\n\r\n",
    ],
)
async def test_headers_that_contradict_each_other_are_refused(raw: Any, service: Any, head: bytes) -> None:
    answer = await raw(head)
    assert status(answer) == 400
    assert problem(answer)["type"].endswith("/problems/conflicting-headers")
    assert service.seen == []


@pytest.mark.parametrize(
    "path",
    [
        "//petitions/v1/public",
        "/petitions//v1",
        "/petitions/../x",
        "/petitions/%2e%2e/x",
        "/petitions/a%2fb",
        "/a%00b",
    ],
)
async def test_ambiguous_addresses_are_refused(raw: Any, path: str) -> None:
    answer = await raw(f"GET {path} HTTP/1.1\r\nhost: a\r\n\r\n".encode())
    assert status(answer) == 400
    assert problem(answer)["type"].endswith("/problems/malformed-request")


async def test_a_control_character_in_the_query_is_refused(raw: Any) -> None:
    assert status(await raw(f"GET {PUBLIC}?a=%00 HTTP/1.1\r\nhost: a\r\n\r\n".encode())) == 400
    assert status(await raw(f"GET {PUBLIC}?a=\x01 HTTP/1.1\r\nhost: a\r\n\r\n".encode())) == 400


async def test_an_address_without_end_is_refused(client: httpx2.AsyncClient) -> None:
    answer = await client.get(PUBLIC, params={"q": "x" * 9000})
    assert answer.status_code == 414
    assert answer.json()["type"].endswith("/problems/address-too-long")


async def test_too_many_headers_are_refused(client: httpx2.AsyncClient) -> None:
    answer = await client.get(PUBLIC, headers={f"x-{number}": "1" for number in range(120)})
    assert answer.status_code == 431


async def test_a_head_without_end_is_given_up(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET /healthz HTTP/1.1\r\nhost: a\r\n\r\nGET / HTTP/1.1\r\n")
    async with asyncio.timeout(5):
        await reader.readuntil(b"ok")
        writer.write((b"x: " + b"a" * 65 + b"\r\n") * 937)
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b'"}HTTP/1.1 431')
        assert json.loads(await reader.read())["type"].endswith("/problems/headers-too-large")
    writer.close()


@pytest.mark.parametrize("method", ["TRACE", "PROPFIND", "CONNECT"])
async def test_other_methods_are_refused(raw: Any, method: str) -> None:
    answer = await raw(f"{method} {PUBLIC} HTTP/1.1\r\nhost: a\r\n\r\n".encode())
    assert status(answer) in {400, 405}
    problem(answer)


async def test_a_body_over_the_limit_is_refused_before_it_is_read(raw: Any, service: Any) -> None:
    head = f"POST {PUBLIC} HTTP/1.1\r\nhost: a\r\ncontent-length: {2 * LIMIT}\r\n\r\n"
    answer = await raw(head.encode())
    assert status(answer) == 413
    assert "1048576" in problem(answer)["detail"]
    assert service.seen == []


async def test_a_client_that_asks_first_is_told_at_once(raw: Any) -> None:
    head = f"POST {PUBLIC} HTTP/1.1\r\nhost: a\r\ncontent-length: {2 * LIMIT}\r\nexpect: 100-continue\r\n\r\n"
    answer = await raw(head.encode())
    assert status(answer) == 413
    assert b"\r\nconnection: close\r\n" in answer


async def test_a_client_that_asks_first_may_go_on(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(
        f"POST {PUBLIC} HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\nexpect: 100-continue\r\n\r\n".encode()
    )
    async with asyncio.timeout(5):
        assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        writer.write(b"{}")
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200")
    writer.close()


async def test_two_mebibytes_are_refused(client: httpx2.AsyncClient) -> None:
    answer = await client.post(PUBLIC, content=b"x" * 2 * LIMIT)
    assert answer.status_code == 413


async def test_chunks_over_the_limit_are_refused_as_they_come(client: httpx2.AsyncClient) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(32):
            yield b"x" * 65_536

    answer = await client.post(PUBLIC, content=chunks())
    assert answer.status_code == 413
    assert answer.json()["type"].endswith("/problems/content-too-large")


async def test_the_limit_itself_passes(client: httpx2.AsyncClient) -> None:
    answer = await client.post(PUBLIC, content=b"x" * LIMIT)
    assert len(answer.json()["body"]) == LIMIT


@pytest.mark.parametrize("chunk", [b"zz\r\nhello\r\n", b"5\r\nhelloXX", b"-1\r\n", b"5 ;\x00\r\nhello\r\n"])
async def test_bad_chunks_end_the_request(raw: Any, service: Any, chunk: bytes) -> None:
    head = f"POST {PUBLIC} HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n".encode()
    assert status(await raw(head + chunk)) == 400


async def test_a_smuggled_second_request_is_a_request_of_its_own(port: int, service: Any) -> None:
    """Pipelined requests are decided on one by one; nothing rides in on another's permission."""
    inner = b"GET /internal/v1/jwks HTTP/1.1\r\nhost: a\r\n\r\n"
    outer = f"POST {PUBLIC} HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\n{{}}".encode()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(outer + inner)
    async with asyncio.timeout(5):
        first = await reader.readuntil(b"\r\n\r\n")
        length = int(first.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        await reader.readexactly(length)
        second = await reader.readuntil(b"\r\n\r\n")
    writer.close()
    assert (status(first), status(second)) == (200, 404)
    assert {request["path"] for request in service.seen} == {PUBLIC}


async def test_a_body_inside_which_a_request_hides_stays_a_body(
    client: httpx2.AsyncClient, service: Any
) -> None:
    hidden = b"GET /internal/v1/jwks HTTP/1.1\r\nhost: a\r\n\r\n"
    answer = await client.post(f"{PUBLIC}?hidden", content=hidden)
    assert answer.json()["body"] == hidden.decode()
    assert [request["query"] for request in service.seen].count("hidden") == 1
    assert {request["path"] for request in service.seen} == {PUBLIC}


async def test_an_unknown_address_says_so(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/nowhere")
    assert answer.status_code == 404
    assert answer.json()["type"].endswith("/problems/not-found")


async def test_a_page_knows_its_methods(client: httpx2.AsyncClient) -> None:
    answer = await client.post("/docs")
    assert answer.status_code == 405
    assert set(answer.headers["allow"].split(", ")) == {"GET", "HEAD"}


async def test_an_upgrade_is_not_taken_and_ends_the_connection(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = f"GET {PUBLIC} HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n"
    writer.write(head.encode() + b"GET /internal/v1/jwks HTTP/1.1\r\nhost: a\r\n\r\n")
    async with asyncio.timeout(5):
        answer = await reader.read()
    writer.close()
    assert status(answer) == 200
    assert answer.count(b"HTTP/1.1 ") == 1
