"""HTTP questions of a service to others: an httpx2 client that asks plain questions itself.

A question through httpx2 takes 1.0 ms of CPU, a plain one of this client 0.2 (docs/adr/0033). Who asks and
who tests meets httpx2 only.
"""

import asyncio
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Final, NamedTuple
from urllib.request import getproxies

import httptools
import httpx2
import orjson

SECONDS: Final = 5.0
"""How long an answer may take, unless the question says otherwise."""
_AT_ONCE: Final = 100
"""Connections."""
_KEPT_SECONDS: Final = 4.0
"""Less than servers keep a silent connection (uvicorn: 5), so that none is used in the moment of its end."""
_ADDRESS: Final = re.compile(r"http://([A-Za-z0-9.-]+)(?::([0-9]{1,5}))?(/[A-Za-z0-9._~!$&'()*+,;=:@%/?-]*)")
_HEADER: Final = re.compile(r"[A-Za-z-]+: [\x20-\x7e]*")
_OURS: Final = frozenset({"accept-encoding", "connection", "content-length", "host", "transfer-encoding"})
"""Headers that every plain question has, or none."""
_METHODS: Final = ("GET", "POST")
_MORE: Final = ("data", "files", "params", "cookies", "auth", "follow_redirects", "extensions")
_ABSENT: Final = (None, httpx2.USE_CLIENT_DEFAULT)
_FIRST_FINAL: Final = 200
_DELIMITING: Final = frozenset({b"content-length", b"transfer-encoding"})


class Answer(httpx2.Response):
    """An answer that was read to its end; it knows its question only where it is a failure."""

    def __init__(self, status: int, headers: Sequence[tuple[bytes, bytes]], content: bytes) -> None:
        super().__init__(status, headers=headers, stream=httpx2.ByteStream(b""))
        self._read = content

    @property
    def content(self) -> bytes:
        """The body."""
        return self._read

    def raise_for_status(self) -> httpx2.Response:
        """Itself; `httpx2.HTTPStatusError` unless it is a success."""
        return self if self.is_success else super().raise_for_status()


class Client(httpx2.AsyncClient):
    """Asks over connections that are kept; raises `httpx2.HTTPError`.

    A plain question is a GET or POST without TLS, with headers and a body; its answer has to come within
    its seconds as a whole. What has more, and every question where the environment names a proxy, goes
    httpx2's own way.
    """

    def __init__(self) -> None:
        super().__init__(timeout=SECONDS)
        self._has_proxy = bool(getproxies().keys() - {"no"})
        self._silent: defaultdict[tuple[str, int], list[_Connection]] = defaultdict(list)
        self._turns = asyncio.Semaphore(_AT_ONCE)

    async def __aexit__(
        self,
        kind: type[BaseException] | None = None,
        failure: BaseException | None = None,
        trace: TracebackType | None = None,
    ) -> None:
        """End every connection."""
        for connections in self._silent.values():
            for connection in connections:
                connection.end()
        await super().__aexit__(kind, failure, trace)

    async def request(self, method: str, url: httpx2.URL | str, **asked: Any) -> httpx2.Response:
        """The answer to a question, read to its end."""
        question = None if self._has_proxy else _plain(method, url, asked)
        if question is None:
            return await super().request(method, url, **asked)
        try:
            async with asyncio.timeout(question.seconds), self._turns:
                told = await self._ask(question)
        except TimeoutError as error:
            raise _of(httpx2.ReadTimeout("no answer in time"), method, url) from error
        except OSError as error:
            raise _of(httpx2.NetworkError(type(error).__name__), method, url) from error
        except httptools.HttpParserError as error:
            raise _of(httpx2.RemoteProtocolError(type(error).__name__), method, url) from error
        answer = Answer(*told)
        if not answer.is_success:
            answer.request = httpx2.Request(method, url)
        return answer

    async def _ask(self, question: "_Question") -> "_Told":
        silent, loop = self._silent[question.to], asyncio.get_running_loop()
        connection = None
        while silent and connection is None:
            found = silent.pop()
            if found.is_open and loop.time() - found.silent_since < _KEPT_SECONDS:
                connection = found
            else:
                found.end()
        if connection is None:
            _, connection = await loop.create_connection(_Connection, *question.to)
        told = await connection.ask(question.text)
        if connection.is_open:
            connection.silent_since = loop.time()
            silent.append(connection)
        return told


def _of(fault: httpx2.HTTPError, method: str, url: httpx2.URL | str) -> httpx2.HTTPError:
    """A fault that knows its question: who asked several looks at which."""
    fault.request = httpx2.Request(method, url)
    return fault


class _Question(NamedTuple):
    to: tuple[str, int]
    text: bytes
    seconds: float


class _Told(NamedTuple):
    status: int
    headers: list[tuple[bytes, bytes]]
    content: bytes


def _plain(method: str, url: httpx2.URL | str, asked: Mapping[str, Any]) -> _Question | None:
    """What is sent for a question; `None` when it is none of the plain ones."""
    address = _ADDRESS.fullmatch(url) if isinstance(url, str) else None
    content, headers = asked.get("content") or b"", asked.get("headers") or {}
    seconds = asked.get("timeout", httpx2.USE_CLIENT_DEFAULT)
    seconds = SECONDS if seconds is httpx2.USE_CLIENT_DEFAULT else seconds
    if (
        address is None
        or method not in _METHODS
        or not (isinstance(content, bytes) and isinstance(headers, dict) and isinstance(seconds, float | int))
        or not _OURS.isdisjoint(map(str.lower, headers))
        or any(asked.get(name) not in _ABSENT for name in _MORE)
    ):
        return None
    host, port, path = address.groups(default="80")
    lines = [f"{name}: {value}" for name, value in headers.items()]
    if asked.get("json") is not None:
        content = orjson.dumps(asked["json"])
        lines.append("content-type: application/json")
    if not all(map(_HEADER.fullmatch, lines)):
        return None
    lines += ["accept-encoding: identity", f"content-length: {len(content)}"]
    head = "\r\n".join([f"{method} {path} HTTP/1.1", f"host: {host}:{port}", *lines])
    return _Question((host, int(port)), f"{head}\r\n\r\n".encode() + content, seconds)


class _Connection(asyncio.Protocol):
    """A connection for one question at a time."""

    def __init__(self) -> None:
        self.is_open = False
        self.silent_since = 0.0
        self._answer: asyncio.Future[_Told] | None = None
        self._headers: list[tuple[bytes, bytes]] = []
        self._parts: list[bytes] = []

    async def ask(self, question: bytes) -> _Told:
        """The answer; `OSError` or `HttpParserError` where there is none, and the connection has ended."""
        self._answer = asyncio.get_running_loop().create_future()
        self._begin()
        self._transport.write(question)
        try:
            return await self._answer
        except BaseException:
            self.end()
            raise
        finally:
            self._answer = None

    def end(self) -> None:
        """Let nothing more come."""
        self.is_open = False
        self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """asyncio: it can be written to."""
        self._transport: Any = transport
        self.is_open = True

    def connection_lost(self, exc: Exception | None) -> None:
        """asyncio: it has ended, and with it an answer whose length nobody said."""
        self.is_open = False
        if self._answer is None or self._answer.done():
            return
        if exc is None and self._headers and _DELIMITING.isdisjoint(dict(self._headers)):
            self.on_message_complete()
        else:
            self._answer.set_exception(exc or ConnectionResetError("without an answer"))

    def data_received(self, data: bytes) -> None:
        """asyncio: some bytes have come."""
        if self._answer is None:  # nobody has asked
            self.end()
            return
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as error:
            if not self._answer.done():
                self._answer.set_exception(error)

    def on_header(self, name: bytes, value: bytes) -> None:
        """httptools: one header."""
        self._headers.append((name.lower(), value))

    def on_body(self, body: bytes) -> None:
        """httptools: a part of the body."""
        self._parts.append(body)

    def on_message_complete(self) -> None:
        """httptools: that was all; what came before the answer itself (1xx) is passed over."""
        status = self._parser.get_status_code()
        if status < _FIRST_FINAL:
            self._headers, self._parts = [], []
        elif self._answer and not self._answer.done():
            self.is_open = self.is_open and self._parser.should_keep_alive()
            self._answer.set_result(_Told(status, self._headers, b"".join(self._parts)))

    def _begin(self) -> None:
        self._parser = httptools.HttpResponseParser(self)
        self._headers, self._parts = [], []
