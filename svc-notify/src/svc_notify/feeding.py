"""What keeps the feed going: positions are given, who waits is woken, and what was kept long enough goes."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Final

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import clock
from hub_service import workers
from hub_service.chassis import Resources
from hub_service.workers import Worker

from .operations import feed
from .operations.waiting import Waiting

_log: Final = structlog.get_logger("feed")
_POLL_SECONDS: Final = 1.0
"""How late an event is numbered whose process was killed before it could."""
_FORGET_EVERY: Final = timedelta(minutes=10)


class Placing:
    """Gives positions to what has arrived, until cancelled; `wake` it when something was committed."""

    def __init__(self, placed: Callable[[], None]) -> None:
        self._placed = placed
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Something has arrived."""
        self._woken.set()

    async def run(self, sessions: Callable[[], AsyncSession]) -> None:
        """Give positions; a database that is away is asked again."""
        while True:
            self._woken.clear()
            try:
                while await self._place(sessions) == feed.BATCH:
                    pass
            except (SQLAlchemyError, OSError) as error:
                _log.warning("no positions given", error=type(error).__name__)
            with suppress(TimeoutError):
                async with asyncio.timeout(_POLL_SECONDS):
                    await self._woken.wait()

    async def _place(self, sessions: Callable[[], AsyncSession]) -> int:
        async with sessions() as session:
            placed = await feed.place(session, clock.now())
        if placed:
            self._placed()
        return len(placed)


def keeping(placing: Placing, waiting: Waiting) -> list[Worker]:
    """The workers of the feed."""

    async def place(hub: Resources) -> None:
        await placing.run(hub.database.sessions)

    async def watch(hub: Resources) -> None:
        await waiting.run(hub.database.sessions)

    return [
        Worker("feed-positions", place),
        Worker("feed-waiting", watch),
        workers.every("feed-forget", _FORGET_EVERY, _forget),
    ]


async def _forget(hub: Resources) -> None:
    """Remove what was kept long enough, in small transactions."""
    removed = 1
    while removed:
        async with hub.database.sessions() as session:
            removed = await feed.forget(session, clock.now())
