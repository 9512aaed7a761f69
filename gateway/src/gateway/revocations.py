"""News of ended sessions and changed clients, over the broker: a moment after no cached token is left.

Core NATS, not JetStream: each replica must hear every event, and what was missed while away needs no
replay, because after a new connection the whole memory of tokens is dropped.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Any, Final

import nats.errors
import orjson
import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg

from hub_events import connection

from . import tokens

SESSIONS: Final = "hub.identity.token.revoked.v1"
CLIENTS: Final = "hub.identity.client.changed.v1"
_log: Final = structlog.get_logger("revocations")
_BEAT: Final = 3.0
_PATIENCE: Final = 2.0


class Revocations:
    """The subscription; `tokens.News` for the memory of tokens.

    A round trip to the broker every few seconds confirms the link. A connection whose other end is
    gone looks open for much longer than a revoked token may live, and one that was just made again
    has its subscription back a little later.
    """

    def __init__(self, beat: float = _BEAT) -> None:
        self._client: Client | None = None
        self._confirmed: int | None = None
        self._epoch = 0
        self._pause = beat

    @property
    def connected(self) -> bool:
        """Whether revocations arrive now."""
        client = self._client
        return client is not None and client.is_connected and client.stats["reconnects"] == self._confirmed

    @property
    def epoch(self) -> int:
        """Grows with every link that was confirmed anew; before it, events may have been missed."""
        return self._epoch

    async def follow(self, url: str, seed: str | None, revoke: Callable[[str, float], None]) -> None:
        """Connect, subscribe, and watch the link until cancelled."""
        self._client = client = await connection.connect(url, seed, "gateway")

        async def hear(message: Msg) -> None:
            try:
                revoke(_name(message.subject, orjson.loads(message.data)["data"]), time.monotonic())
            except (orjson.JSONDecodeError, KeyError, TypeError):
                _log.exception("unreadable revocation; all tokens are forgotten")
                self._epoch += 1

        try:
            for subject in (SESSIONS, CLIENTS):
                await client.subscribe(subject, cb=hear)
            while True:
                await self._confirm(client)
                await asyncio.sleep(self._pause)
        finally:
            await client.close()

    async def _confirm(self, client: Client) -> None:
        seen = client.stats["reconnects"]
        try:
            await client.flush(_PATIENCE)  # type: ignore[arg-type]  # it takes a float as well
        except (nats.errors.Error, TimeoutError, OSError):
            self._confirmed = None
            return
        if client.is_connected and seen == client.stats["reconnects"] and seen != self._confirmed:
            self._confirmed = seen
            self._epoch += 1


def _name(subject: str, told: dict[str, Any]) -> str:
    """What ends with an event: a session with all its tokens, or what is remembered of a client."""
    if subject == CLIENTS:
        return tokens.name_of_client(told["client_id"])
    session_id: str = told["session_id"]
    return session_id
