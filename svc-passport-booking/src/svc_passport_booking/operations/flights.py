"""Equal questions at the same moment are asked once."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class Flights(Generic[T]):
    """Shares an answer among all who ask the same while the one before them is being answered.

    No answer was begun before its question was asked: who has just booked sees what that changed. Of equal
    questions one is at work and one waits, however many come.
    """

    def __init__(self) -> None:
        self._working: dict[Hashable, asyncio.Task[T]] = {}
        self._waiting: dict[Hashable, asyncio.Task[T]] = {}

    async def share(self, question: Hashable, answer: Callable[[], Awaitable[T]]) -> T:
        """The answer to a question; what `answer` raises is raised to all who share it."""
        shared = self._waiting.get(question)
        if shared is None:
            before = self._working.get(question)
            shared = asyncio.create_task(self._answer(question, before, answer))
            self._waiting[question] = shared
        return await asyncio.shield(shared)

    async def _answer(
        self, question: Hashable, before: asyncio.Task[T] | None, answer: Callable[[], Awaitable[T]]
    ) -> T:
        if before is not None:
            await asyncio.wait([before])
        mine = self._working[question] = self._waiting.pop(question)
        try:
            return await answer()
        finally:
            if self._working.get(question) is mine:
                del self._working[question]
