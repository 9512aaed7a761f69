"""A partner's endpoint on the loopback address, that answers as a test says."""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from svc_notify.domain import webhook_messages


@dataclass(frozen=True)
class Received:
    """One request, as it came."""

    headers: Mapping[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def event(self) -> dict[str, Any]:
        event: dict[str, Any] = json.loads(self.body)
        return event

    def is_signed_with(self, secret: bytes) -> bool:
        """Whether one of its signatures was made with the secret: HMAC of the standard, made anew."""
        said = b".".join((self.id.encode(), self.headers["webhook-timestamp"].encode(), self.body))
        wanted = base64.b64encode(hmac.digest(secret, said, hashlib.sha256)).decode()
        return f"v1,{wanted}" in self.headers["webhook-signature"].split(" ")


Answer = tuple[int, Mapping[str, str], bytes]
TAKEN: Answer = (204, {}, b"")


@dataclass
class Partner:
    """A server for HTTP. `secret` is what it answers challenges with; `answer` says what events get."""

    secret: bytes = b""
    received: list[Received] = field(default_factory=list)
    answer: Callable[[Received], Answer | Awaitable[Answer]] = lambda _: TAKEN
    at_once: int = 0
    most_at_once: int = 0
    port: int = 0

    def __post_init__(self) -> None:
        self._came = asyncio.Condition()
        self._writers: list[asyncio.StreamWriter] = []

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}/hook?token=very-secret"

    @property
    def ids(self) -> list[str]:
        return [one.id for one in self.received]

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        self._server.close()
        for writer in self._writers:
            writer.transport.abort()

    async def until(self, count: int) -> list[Received]:
        """What came, once it was so much; `TimeoutError` after ten seconds."""
        async with asyncio.timeout(10), self._came:
            await self._came.wait_for(lambda: len(self.received) >= count)
        return list(self.received)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.append(writer)
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
                headers = {
                    name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:])
                }
                body = await reader.readexactly(int(headers["content-length"]))
                status, more, content = await self._take(Received(headers, body))
                lines = [f"HTTP/1.1 {status} Said", *(f"{name}: {value}" for name, value in more.items())]
                if status != 204:
                    lines.append(f"content-length: {len(content)}")
                writer.write("\r\n".join([*lines, "", ""]).encode() + content)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _take(self, request: Received) -> Answer:
        if request.event.get("type") == webhook_messages.CHALLENGE:
            return self.meet(request)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            self.received.append(request)
            async with self._came:
                self._came.notify_all()
            answered = self.answer(request)
            return answered if isinstance(answered, tuple) else await answered
        finally:
            self.at_once -= 1

    def meet(self, request: Received) -> Answer:
        """What the guide says: sign the challenge."""
        at = datetime.fromtimestamp(int(request.headers["webhook-timestamp"]), UTC)
        text = request.event["data"]["challenge"].encode()
        answer = webhook_messages.sign(self.secret, request.id, at, text)
        return 200, {}, json.dumps({"answer": answer}).encode()
