"""Natural batches: while one batch is being stored the next one gathers, and each hears its own outcome.

    gathering = Gathering(store, apart=lambda order: {order.key}, told=lambda error: None)
    outcome = await gathering.put(order)

No timer runs: who comes alone is stored alone (docs/adr/0035).
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Hashable, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from hub_events.session import is_away

from .problems import ServiceUnavailable

_AT_ONCE: Final = 128
_WAITING: Final = 2_000
"""More than this would wait longer than a caller does: they are told to come again."""

Item = TypeVar("Item")
Outcome = TypeVar("Outcome")


@dataclass(frozen=True, slots=True)
class _Waiting(Generic[Item, Outcome]):
    item: Item
    outcome: "asyncio.Future[Outcome]"


class Gathering(Generic[Item, Outcome]):
    """What this process is storing.

    `store` is given a batch and gives each one's outcome, in order; it is one transaction, so that an error
    says that nothing of the batch is stored. Of two items that share something in `apart`, such as an
    Idempotency-Key, the second waits for the next batch. `told` says which outcome an error is to the item
    whose fault it is; None: it is raised.
    """

    def __init__(
        self,
        store: Callable[[Sequence[Item]], Awaitable[Sequence[Outcome]]],
        *,
        apart: Callable[[Item], Collection[Hashable]],
        told: Callable[[Exception], Outcome | None],
    ) -> None:
        self._store = store
        self._apart = apart
        self._told = told
        self._waiting: deque[_Waiting[Item, Outcome]] = deque()
        self._writer: asyncio.Task[None] | None = None

    async def put(self, item: Item) -> Outcome:
        """The outcome of an item, stored together with whatever waits; raises `ServiceUnavailable`."""
        if len(self._waiting) >= _WAITING:
            raise ServiceUnavailable(headers={"retry-after": "1"})
        outcome: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(item, outcome))
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write())
        return await outcome

    async def _write(self) -> None:
        """Store batch after batch until nobody waits.

        One at a time: two at once would have half as many items each, and on one row the second would wait
        for the first all the same.
        """
        while self._waiting:
            batch = self._gather()
            try:
                await self._store_all(batch)
            except Exception as error:  # whoever waits has to hear of it
                if len(batch) == 1 or is_away(error):
                    self._fail(batch, error)
                else:
                    await self._store_one_by_one(batch)

    def _gather(self) -> list[_Waiting[Item, Outcome]]:
        batch: list[_Waiting[Item, Outcome]] = []
        seen: set[Hashable] = set()
        for _ in range(min(len(self._waiting), _AT_ONCE)):
            one = self._waiting.popleft()
            own = set(self._apart(one.item)) - {None}
            if seen & own:
                self._waiting.append(one)
            else:
                seen |= own
                batch.append(one)
        return batch

    async def _store_all(self, batch: Sequence[_Waiting[Item, Outcome]]) -> None:
        outcomes = await self._store([one.item for one in batch])
        for one, outcome in zip(batch, outcomes, strict=True):
            if not one.outcome.done():
                one.outcome.set_result(outcome)

    async def _store_one_by_one(self, batch: Sequence[_Waiting[Item, Outcome]]) -> None:
        """What failed together is tried again apart: only whose fault it was hears of it."""
        for number, one in enumerate(batch):
            try:
                await self._store_all([one])
            except Exception as error:  # as above
                self._fail([one], error)
                if is_away(error):
                    self._fail(batch[number + 1 :], error)
                    return

    def _fail(self, batch: Sequence[_Waiting[Item, Outcome]], error: Exception) -> None:
        outcome = self._told(error)
        for one in batch:
            if one.outcome.done():
                continue
            if outcome is None:
                one.outcome.set_exception(error)
            else:
                one.outcome.set_result(outcome)
