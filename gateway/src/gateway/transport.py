"""The data plane: a raw ASGI application under uvicorn, aiohttp's client as the pool to the services.

It moves bytes and keeps time; every decision is the door's. Bodies stream both ways in the pieces they
come in, each side waiting for the other, and a client that leaves takes its upstream request along.
"""

import asyncio
import math
import time
from collections.abc import AsyncIterator, Mapping
from functools import cache
from http import HTTPStatus
from types import TracebackType
from typing import Final, Self

import aiohttp
import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from yarl import URL

from hub_core.problem import Problem
from hub_service import problems

from .door import Door
from .errors import BadGateway, GatewayTimeout, RequestTimeout
from .table import Terms
from .visit import CLIENT_LEFT, Head, Visit

_log: Final = structlog.get_logger("transport")
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_BODILESS: Final = frozenset({HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED})
_CONNECTIONS: Final = 256
"""Most connections to one service."""
_IDLE: Final = 4.0
"""Seconds that an unused connection is kept: uvicorn closes its own after 5, and a POST that meets that
moment would fail."""
_LONGEST_HEADER: Final = 32_768
"""Bytes of a header in an answer: an address to be redirected to can be long."""
_LOOK_AFTER: Final = 1.0
"""Seconds until a request is worth the cost of watching whether its client is still there."""
_SOON: Final = {"retry-after": "1"}
_LATER: Final = {"retry-after": "5"}


class _BrokenOff(Exception):
    """The upstream connection ended before the answer's head."""


class _ClientLeft(Exception):
    """The client closed its connection."""


def open_session() -> aiohttp.ClientSession:
    """The pool of connections to the services; needs a running event loop."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0, limit_per_host=_CONNECTIONS, keepalive_timeout=_IDLE),
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=None),
        skip_auto_headers=("Accept", "Accept-Encoding", "Content-Type", "User-Agent"),
        auto_decompress=False,
        max_line_size=_LONGEST_HEADER,
        max_field_size=_LONGEST_HEADER,
    )


class Transport:
    """The ASGI application for HTTP; `pages` serves what no service does."""

    def __init__(
        self, door: Door, session: aiohttp.ClientSession, upstreams: Mapping[str, str], pages: ASGIApp
    ) -> None:
        self._door = door
        self._session = session
        self._upstreams = upstreams
        self._pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Carry one request."""
        client = scope["client"]
        head = Head(
            method=scope["method"],
            path=scope["raw_path"],
            query=scope["query_string"],
            headers=scope["headers"],
            version=scope["http_version"],
            client=client[0] if client else "unknown",
        )
        visit = self._door.enter(head, time.monotonic())
        try:
            await self._carry(visit, scope, receive, send)
        except Problem as problem:
            await self._refuse(visit, problem, send)
        except _ClientLeft:
            visit.status = CLIENT_LEFT
        except Exception:
            _log.exception("fault")
            await self._refuse(visit, problems.InternalError(), send)
        finally:
            self._door.conclude(visit, time.monotonic())

    async def _carry(self, visit: Visit, scope: Scope, receive: Receive, send: Send) -> None:
        door = self._door
        door.examine(visit)
        if token := door.recognise(visit):
            await door.inquire(visit, token)
        door.admit(visit)
        if visit.preflight:
            start = {"type": "http.response.start", "status": 204, "headers": door.outward(visit, ())}
            await send(start)
            visit.status = HTTPStatus.NO_CONTENT
            await send({"type": "http.response.body", "body": b""})
        elif visit.terms is None:
            await self._show_page(visit, scope, receive, send)
        else:
            await self._exchange(visit, visit.terms, receive, send)

    async def _refuse(self, visit: Visit, problem: Problem, send: Send) -> None:
        if visit.status:  # the answer has begun: only breaking it off tells the client
            visit.status = problem.status
            return
        status, headers, body = self._door.refusal(visit, problem)
        if b"expect" in visit.fields.known or isinstance(problem, RequestTimeout):
            # whether the rest of the body ever comes, nobody knows
            headers.append((b"connection", b"close"))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        visit.status, visit.sent = status, len(body)
        await send({"type": "http.response.body", "body": body})

    async def _show_page(self, visit: Visit, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = self._door.outward(visit, message["headers"])
                visit.status = message["status"]
            else:
                visit.sent += len(message.get("body", b""))
            await send(message)

        scope = dict(scope)
        try:
            await self._pages(scope, receive, send_dressed)
        finally:
            if route := scope.get("route"):
                visit.template = route.path

    async def _exchange(self, visit: Visit, terms: Terms, receive: Receive, send: Send) -> None:
        upload = _Upload(visit, terms, receive)
        try:
            with _Watch(upload, receive):
                async with upload.clock:
                    answer = await self._ask(visit, terms, upload)
                    try:
                        if not answer.content.is_eof():
                            upload.answered()
                        await self._relay(visit, answer, send)
                    finally:
                        answer.close()  # does nothing when the answer was read to its end
        except TimeoutError as error:
            raise upload.late() from error
        except aiohttp.ClientConnectorError as error:
            raise problems.ServiceUnavailable(headers=_SOON) from error
        except (_BrokenOff, aiohttp.ClientError) as error:
            raise upload.failure or BadGateway(headers=_SOON) from error

    async def _ask(self, visit: Visit, terms: Terms, upload: "_Upload") -> aiohttp.ClientResponse:
        """Send the request on, until the head of its answer comes."""
        head = visit.head
        target = head.path + b"?" + head.query if head.query else head.path
        url = URL(self._upstreams[terms.service] + target.decode("ascii"), encoded=True)
        headers = [
            (name.decode(), value.decode("utf-8", "replace")) for name, value in self._door.inward(visit)
        ]
        body = await upload.open()
        if visit.fields.length and not isinstance(body, bytes):
            headers.append(("content-length", str(visit.fields.length)))
        tries = 2 if body is None and head.method in _SAFE else 1
        while True:
            tries -= 1
            try:
                return await self._session.request(
                    head.method,
                    url,
                    headers=headers,
                    data=body,
                    allow_redirects=False,
                    timeout=_connecting(terms.connect),
                    middlewares=(_break_once,),
                )
            except (_BrokenOff, aiohttp.ClientConnectorError):
                if not tries:
                    raise

    async def _relay(self, visit: Visit, answer: aiohttp.ClientResponse, send: Send) -> None:
        given = [(name.lower(), value) for name, value in answer.raw_headers]
        bodiless = answer.status in _BODILESS
        if bodiless:
            given = [pair for pair in given if pair[0] != b"content-length"]
        headers = self._door.outward(visit, given)
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        visit.status = answer.status
        if bodiless or visit.head.method == "HEAD":
            await send({"type": "http.response.body", "body": b""})
            return
        content, more = answer.content, True
        while more:
            piece = await content.readany()
            more = not content.at_eof()
            visit.sent += len(piece)
            await send({"type": "http.response.body", "body": piece, "more_body": more})


@cache
def _connecting(seconds: float) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=None, sock_connect=seconds)


async def _break_once(
    request: aiohttp.ClientRequest, send: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    """Keep aiohttp from repeating a request by itself: it would repeat PUT and DELETE as well."""
    try:
        return await send(request)
    except aiohttp.ClientConnectorError:
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        raise _BrokenOff from error


class _Upload:
    """The body of a request on its way in: counted, timed, and cut off where its terms say.

    `clock` is the exchange's: while the body comes, the client has `first_byte` seconds for each
    piece, then the service has them for the head of its answer, and `total` bounds the whole.
    """

    def __init__(self, visit: Visit, terms: Terms, receive: Receive) -> None:
        self._receive = receive
        self._terms = terms
        self._loop = asyncio.get_running_loop()
        self._end = self._loop.time() + terms.total if terms.total else math.inf
        self._length = visit.fields.length
        self._received = 0
        self._awaited = False
        self._answered = False
        self.complete = self._length == 0
        self.failure: Exception | None = None
        self.clock = asyncio.timeout_at(self._bound())

    async def open(self) -> bytes | AsyncIterator[bytes] | None:
        """The body: none, whole when it is already here, else piece by piece."""
        if self._length == 0:
            return None
        first = await self._next()
        return first if self.complete else self._pieces(first)

    def answered(self) -> None:
        """The service's answer has begun; from here only `total` counts."""
        self._answered = True
        self.clock.reschedule(self._bound())

    def late(self) -> Problem:
        """The problem when time has run out, by whose turn it was."""
        if self._awaited and not self._answered:
            return RequestTimeout()
        return GatewayTimeout(headers=_LATER)

    async def _pieces(self, piece: bytes) -> AsyncIterator[bytes]:
        yield piece
        while not self.complete:
            yield await self._next()

    async def _next(self) -> bytes:
        self._awaited = True
        message = await self._receive()
        self._awaited = False
        if message["type"] == "http.disconnect":
            self.failure = _ClientLeft()
            raise self.failure
        piece: bytes = message.get("body", b"")
        self._received += len(piece)
        if self._received > self._terms.body:
            self.failure = problems.ContentTooLarge(limit=self._terms.body)
            raise self.failure
        self.complete = not message.get("more_body", False)
        self.clock.reschedule(self._bound())
        return piece

    def _bound(self) -> float | None:
        bound = self._end if self._answered else min(self._loop.time() + self._terms.first_byte, self._end)
        return None if bound == math.inf else bound


class _Watch:
    """Ends a longer exchange when its client has left; short ones are not worth a task."""

    def __init__(self, upload: _Upload, receive: Receive) -> None:
        self._upload = upload
        self._receive = receive
        self._exchange = asyncio.current_task()
        self._listening: asyncio.Task[None] | None = None
        self._left = False

    def __enter__(self) -> Self:
        self._timer = asyncio.get_running_loop().call_later(_LOOK_AFTER, self._look)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        if self._listening:
            self._listening.cancel()
        if self._left and self._exchange and isinstance(error, asyncio.CancelledError):
            self._exchange.uncancel()
            raise _ClientLeft from error

    def _look(self) -> None:
        if self._upload.complete:
            self._listening = asyncio.create_task(self._listen())
        else:  # the body's own reader sees the client leave
            self._timer = asyncio.get_running_loop().call_later(_LOOK_AFTER, self._look)

    async def _listen(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._left = True
        if self._exchange:
            self._exchange.cancel()
