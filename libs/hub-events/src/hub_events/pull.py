"""A durable pull consumer, kept supplied: bound again after whatever happens to the broker.

nats-py's own `fetch` waits for a whole batch once the first message is there, and makes a task for each.
"""

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from typing import Final

import nats.errors
import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js.api import Header, StatusCode

from . import backoff, connection

_log: Final = structlog.get_logger("consumer")

_ACK_WAIT: Final = 30.0
_REQUEST_SECONDS: Final = 30.0
_SIGN_OF_LIFE_SECONDS: Final = 5.0
_SILENCE_SECONDS: Final = 2.5 * _SIGN_OF_LIFE_SECONDS
_LOOK_SECONDS: Final = 0.5
_ENDED: Final = (StatusCode.NO_MESSAGES, StatusCode.REQUEST_TIMEOUT)


class Pull:
    """Keeps one request open for as many messages as there are free hands.

    `take` is given each message, in the order of delivery, and must not fail; `free` says how many more
    can be taken; `in_hand` are those the broker is to be told of while they are being worked on.
    """

    def __init__(
        self,
        nats: Client,
        stream: str,
        durable: str,
        *,
        take: Callable[[Msg], None],
        free: Callable[[], int],
        in_hand: Callable[[], list[Msg]],
    ) -> None:
        self._nats = nats
        self._js = nats.jetstream()
        self._stream = stream
        self._durable = durable
        self._next = f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{durable}"
        self._take = take
        self._free = free
        self._in_hand = in_hand
        self._stopping = False
        self._changed = asyncio.Event()
        self._asked_for = 0
        self._heard_at = 0.0
        self._refusal = ""
        self._log = _log.bind(stream=stream, consumer=durable)

    def stop(self) -> None:
        """Ask for nothing more; `run` returns."""
        self._stopping = True
        self._changed.set()

    def look(self) -> None:
        """A hand has become free."""
        self._changed.set()

    async def run(self) -> None:
        """Supply messages until stopped; a broker that is away is waited for."""
        failures = 0
        while not self._stopping:
            try:
                await connection.until_connected(self._nats)
                await self._attend()
                failures = 0
            except (nats.errors.Error, OSError) as error:
                failures += 1
                self._log.warning("consumer not bound", error=type(error).__name__, failures=failures)
                await self._changed_within(backoff.delay(failures, first=0.2, longest=5))

    async def _attend(self) -> None:
        """Bind, and ask for messages until the connection was a new one or we stop."""
        connected = self._nats.stats["reconnects"]
        info = await self._js.consumer_info(self._stream, self._durable)
        replies = self._nats.new_inbox()
        heard = await self._nats.subscribe(replies, cb=self._receive)
        beating = asyncio.create_task(self._keep_alive((info.config.ack_wait or _ACK_WAIT) / 3))
        self._asked_for, self._refusal = 0, ""
        self._log.info("consumer bound")
        try:
            while not self._stopping and self._nats.stats["reconnects"] == connected:
                await self._ask_for_more(replies)
                await self._changed_within(_LOOK_SECONDS)
        finally:
            beating.cancel()
            with suppress(nats.errors.Error):
                if self._nats.is_connected:  # takes what is here already: the broker would wait in vain
                    await heard.drain()  # type: ignore[no-untyped-call]  # nats-py annotates it nowhere
                else:
                    await heard.unsubscribe()

    async def _ask_for_more(self, replies: str) -> None:
        time = asyncio.get_running_loop().time()
        if self._refusal:
            raise nats.errors.Error(self._refusal)
        if self._asked_for > 0:
            if time - self._heard_at > _SILENCE_SECONDS:
                raise TimeoutError
            return
        free = self._free()
        if free > 0:
            self._asked_for, self._heard_at = free, time
            await self._nats.publish(self._next, _request(free), reply=replies)

    async def _receive(self, message: Msg) -> None:
        """Take a delivery, or note what the broker says of the request."""
        self._heard_at = asyncio.get_running_loop().time()
        headers = message.headers or {}
        status = headers.get(Header.STATUS)
        if status == StatusCode.CONTROL_MESSAGE:
            return
        if status:
            self._asked_for = 0
            if status not in _ENDED:
                self._refusal = f"{status} {headers.get(Header.DESCRIPTION, '')}"
        else:
            self._asked_for -= 1
            self._take(message)
        if self._asked_for <= 0:
            self._changed.set()

    async def _keep_alive(self, period: float) -> None:
        """Tell the broker of everything in hand that it is being worked on."""
        while True:
            await asyncio.sleep(period)
            for message in self._in_hand():
                with suppress(nats.errors.Error, OSError):
                    await message.in_progress()

    async def _changed_within(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._changed.wait()
        self._changed.clear()


def _request(batch: int) -> bytes:
    nanoseconds = 1_000_000_000
    return json.dumps(
        {
            "batch": batch,
            "expires": int(_REQUEST_SECONDS * nanoseconds),
            "idle_heartbeat": int(_SIGN_OF_LIFE_SECONDS * nanoseconds),
        }
    ).encode()
