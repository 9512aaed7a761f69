"""Questions over HTTP: what a server may do to who asks."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx2
import pytest

from hub_service.asking import Client

KEPT = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Type: application/json\r\n\r\n{}"


@dataclass
class Server:
    """Answers each question with the next of some bytes; `None` is silence, and `b""` the end."""

    answers: list[bytes | None]
    url: str = ""
    asked: list[bytes] = field(default_factory=list)
    connections: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        while head := await self._head(reader):
            length = next(
                int(line.split(b":")[1])
                for line in [*head.lower().split(b"\r\n"), b"content-length: 0"]
                if line.startswith(b"content-length:")
            )
            self.asked.append(head + await reader.readexactly(length))
            answer = self.answers.pop(0)
            if answer is None:
                continue
            writer.write(answer)
            if not answer or b"Connection: close" in answer:
                break
        writer.close()

    async def _head(self, reader: asyncio.StreamReader) -> bytes:
        try:
            return await reader.readuntil(b"\r\n\r\n")
        except (asyncio.IncompleteReadError, ConnectionError):
            return b""


@asynccontextmanager
async def answering(*answers: bytes | None) -> AsyncIterator[Server]:
    """A server on a port of its own."""
    server = Server(list(answers))
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    server.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    async with listening:
        yield server


async def test_questions_one_after_the_other_share_a_connection() -> None:
    async with answering(KEPT, KEPT) as server, Client() as http:
        assert (await http.post(f"{server.url}/find?a=1", json={"cui": "ș"})).json() == {}
        assert (await http.get(f"{server.url}/", headers={"authorization": "Bearer a"})).json() == {}
    first, second = server.asked
    assert first.startswith(b"POST /find?a=1 HTTP/1.1\r\nhost: 127.0.0.1:")
    assert b"content-type: application/json\r\n" in first
    assert first.endswith('\r\n\r\n{"cui":"ș"}'.encode())
    assert b"\r\nauthorization: Bearer a\r\n" in second
    assert server.connections == 1


async def test_questions_at_the_same_time_have_connections_of_their_own() -> None:
    async with answering(*[KEPT] * 8) as server, Client() as http:
        answers = await asyncio.gather(*(http.get(f"{server.url}/") for _ in range(8)))
    assert [answer.status_code for answer in answers] == [200] * 8
    assert server.connections == 8


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n",
        b"HTTP/1.1 103 Early Hints\r\nLink: </>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nabc",
        b"HTTP/1.0 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc",
    ],
    ids=["in pieces", "after a hint", "up to the end", "of an old server"],
)
async def test_an_answer_is_read_to_its_end(answer: bytes) -> None:
    async with answering(answer, KEPT) as server, Client() as http:
        assert (await http.get(f"{server.url}/")).content == b"abc"
        assert (await http.get(f"{server.url}/")).content == b"{}"


@pytest.mark.parametrize(
    ("answer", "raised"),
    [
        (b"", httpx2.NetworkError),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\na", httpx2.NetworkError),
        (b"<html>Connection: close", httpx2.RemoteProtocolError),
        (None, httpx2.TimeoutException),
    ],
    ids=["none", "half of one", "nonsense", "silence"],
)
async def test_without_an_answer_the_question_fails_and_the_next_has_another_connection(
    answer: bytes | None, raised: type[httpx2.HTTPError]
) -> None:
    async with answering(answer, KEPT) as server, Client() as http:
        with pytest.raises(raised):
            await http.post(f"{server.url}/", content=b"a", timeout=0.2)
        assert (await http.get(f"{server.url}/")).content == b"{}"
    assert server.connections == 2


async def test_where_nobody_listens_the_question_fails() -> None:
    async with answering() as server:
        pass
    async with Client() as http:
        with pytest.raises(httpx2.NetworkError) as fault:
            await http.get(f"{server.url}/")
    assert str(fault.value.request.url).startswith(server.url)


async def test_a_connection_that_the_server_has_ended_meanwhile_is_not_used() -> None:
    ends = KEPT.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    async with answering(ends, KEPT) as server, Client() as http:
        for _ in range(2):
            assert (await http.get(f"{server.url}/")).is_success
    assert server.connections == 2


async def test_a_failure_knows_its_question_and_no_redirect_is_followed() -> None:
    moved = b"HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n"
    async with answering(moved) as server, Client() as http:
        answer = await http.get(f"{server.url}/a")
    assert str(answer.request.url) == f"{server.url}/a"
    with pytest.raises(httpx2.HTTPStatusError):
        answer.raise_for_status()


async def test_a_header_never_becomes_two() -> None:
    async with answering(KEPT) as server, Client() as http:
        with pytest.raises(httpx2.LocalProtocolError):
            await http.get(f"{server.url}/", headers={"a": "b\r\nc: d"})
    assert not any(b"\r\nc: d" in asked for asked in server.asked)


async def test_what_is_not_plain_goes_its_usual_way() -> None:
    async with answering(KEPT) as server, Client() as http:
        assert (await http.post(f"{server.url}/ă b", auth=("a", "b"), params={"c": "d"})).is_success
    (asked,) = server.asked
    assert asked.startswith(b"POST /%C4%83%20b?c=d HTTP/1.1\r\n")
    assert b"uthorization: Basic YTpi" in asked


async def test_a_question_that_was_given_up_leaves_no_answer_for_the_next() -> None:
    async with answering(None, KEPT) as server, Client() as http:
        given_up = asyncio.create_task(http.get(f"{server.url}/first"))
        while not server.asked:
            await asyncio.sleep(0)
        given_up.cancel()
        await asyncio.wait([given_up])
        assert (await http.get(f"{server.url}/second")).content == b"{}"
    assert server.connections == 2
