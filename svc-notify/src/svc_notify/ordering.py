"""What the clock does for orders: what is due goes out, its states get positions, what was kept goes."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Final
from uuid import UUID

import structlog
from sqlalchemy.exc import SQLAlchemyError

from hub_core import clock
from hub_core.rules import Rules
from hub_service import workers
from hub_service.chassis import Resources
from hub_service.outside import Outside
from hub_service.workers import Worker

from .domain.deliveries import Delivery
from .domain.kinds import Lane
from .domain.orders import Order
from .keys import MasterKey
from .operations import conditions, order_events, order_variables, releasing

_log: Final = structlog.get_logger("orders")
_POLL_SECONDS: Final = 0.5
"""How late an order is seen that another process has accepted, or whose time has come."""
_ASKED_AT_ONCE: Final = 64
_ASKED_OF_EACH: Final = 4
_FORGET_EVERY: Final = timedelta(minutes=10)


class Releasing:
    """Writes the messages of orders that are due, until cancelled; `wake` it when some were accepted.

    A turn takes a few hundred of each lane, what matters most first, so a batch delays nothing for long.
    """

    def __init__(self, queued: Callable[[Sequence[Delivery]], None]) -> None:
        self._queued = queued
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Orders were accepted."""
        self._woken.set()

    async def run(self, hub: Resources) -> None:
        """Release what is due; a database that is away is asked again."""
        while True:
            self._woken.clear()
            try:
                while await self._turn(hub):
                    pass
            except (SQLAlchemyError, OSError) as error:
                _log.warning("no orders released", error=type(error).__name__)
            with suppress(TimeoutError):
                async with asyncio.timeout(_POLL_SECONDS):
                    await self._woken.wait()

    async def _turn(self, hub: Resources) -> bool:
        """One batch of each lane; whether more may be due."""
        is_more = False
        for lane in Lane:
            async with hub.database.sessions() as session:
                due, queued = await releasing.release(session, lane, clock.now())
            if queued:
                self._queued(queued)
            is_more = is_more or due == releasing.BATCH
        return is_more


class Asking:
    """Asks institutions whether what is due is still to be sent, until cancelled.

    Few questions at once, and few of one institution: whose address is slow delays only its own.
    """

    def __init__(self, outside: Outside, keys: MasterKey, released: Releasing) -> None:
        self._outside = outside
        self._keys = keys
        self._released = released
        self._asked: dict[asyncio.Task[None], UUID] = {}
        self._answered = asyncio.Event()

    async def run(self, hub: Resources) -> None:
        """Ask about what is due; a database that is away is asked again."""
        try:
            while True:
                self._answered.clear()
                try:
                    await self._claim(hub)
                except (SQLAlchemyError, OSError) as error:
                    _log.warning("no conditions asked", error=type(error).__name__)
                with suppress(TimeoutError):
                    async with asyncio.timeout(_POLL_SECONDS):
                        await self._answered.wait()
        finally:
            for task in self._asked:
                task.cancel()

    async def _claim(self, hub: Resources) -> None:
        busy = set(self._asked.values())
        if len(self._asked) >= _ASKED_AT_ONCE:
            return
        async with hub.database.sessions() as session:
            due, legal = await conditions.claim(session, _ASKED_OF_EACH, busy, clock.now())
        for order in due:
            task = asyncio.create_task(self._ask(hub, order, legal))
            self._asked[task] = order.by.institution_id
            task.add_done_callback(self._ended)

    async def _ask(self, hub: Resources, order: Order, legal: Rules) -> None:
        answer = await conditions.ask(self._outside, self._keys, order, legal, clock.now())
        async with hub.database.sessions() as session:
            await conditions.settle(session, order, answer, legal, clock.now())
        if answer:
            self._released.wake()

    def _ended(self, task: asyncio.Task[None]) -> None:
        institution = self._asked.pop(task)
        if institution not in self._asked.values():
            self._answered.set()
        if not task.cancelled() and (error := task.exception()):
            _log.error("condition not settled", error=type(error).__name__)


def keeping(released: Releasing, asking: Asking) -> list[Worker]:
    """The workers of orders."""
    return [
        workers.with_rules(Worker("orders-due", released.run)),
        workers.with_rules(Worker("orders-conditions", asking.run)),
        Worker("orders-positions", _place),
        workers.every("orders-forget", _FORGET_EVERY, _forget),
    ]


async def _place(hub: Resources) -> None:
    while True:
        try:
            await _until_none(hub, order_events.place)
        except (SQLAlchemyError, OSError) as error:
            _log.warning("no order events placed", error=type(error).__name__)
        await asyncio.sleep(_POLL_SECONDS)


async def _forget(hub: Resources) -> None:
    await _until_none(hub, lambda session: order_events.forget(session, clock.now()))
    await _until_none(hub, lambda session: order_variables.forget(session, clock.now()))


async def _until_none(hub: Resources, act: Callable[..., Awaitable[int]]) -> None:
    """Act in small transactions until one finds nothing."""
    done = 1
    while done:
        async with hub.database.sessions() as session:
            done = await act(session)
