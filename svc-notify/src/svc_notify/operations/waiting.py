"""Who waits for an event: one look at the feed serves all that wait in a process."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from ..domain.feed import Reader, may_see
from . import feed
from .feed import Filter

MOST: Final = 500
"""So many wait in a process at once; who comes then is answered at once."""
_POLL_SECONDS: Final = 0.5
"""How late an event is seen that another process has placed."""
_AT_ONCE: Final = 500


class _Waiting:
    """One reader, and what it waits for."""

    def __init__(self, reader: Reader, wanted: Filter) -> None:
        self.reader = reader
        self.wanted = wanted
        self.came = asyncio.Event()


class Waiting:
    """Readers of this process that wait; `run` looks for what is new while there are any."""

    def __init__(self) -> None:
        self._waiting: set[_Waiting] = set()
        self._seen = 0
        self._moved = asyncio.Event()

    def moved(self) -> None:
        """The feed has grown here: look at once."""
        self._moved.set()

    async def until(self, reader: Reader, wanted: Filter, after: int, seconds: float) -> bool:
        """Wait for an event after a position that the reader may see and wants; whether one came.

        False at once where too many wait.
        """
        if len(self._waiting) >= MOST:
            return False
        self._seen = min(self._seen, after) if self._waiting else after
        one = _Waiting(reader, wanted)
        self._waiting.add(one)
        self._moved.set()
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await one.came.wait()
        finally:
            self._waiting.discard(one)
        return one.came.is_set()

    async def run(self, sessions: Callable[[], AsyncSession]) -> None:
        """Wake whoever an event came for, until cancelled."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(_POLL_SECONDS if self._waiting else None):
                    await self._moved.wait()
            self._moved.clear()
            while self._waiting and await self._look(sessions):
                pass

    async def _look(self, sessions: Callable[[], AsyncSession]) -> bool:
        """Look at what is new; whether there may be more."""
        after = self._seen
        async with sessions() as session:
            events, consents = await feed.look(session, after, _AT_ONCE)
        for one in self._waiting:
            if any(one.wanted.wants(event) and may_see(one.reader, event, consents) for event in events):
                one.came.set()
        if events and self._seen == after:
            self._seen = events[-1].position
        return len(events) == _AT_ONCE or self._seen < after
