"""What became of deliveries, on its way into the database."""

import asyncio
from collections.abc import Callable
from typing import Final

from sqlalchemy.exc import DataError, IntegrityError, SQLAlchemyError

from hub_core import clock
from hub_service.chassis import Resources

from .domain.deliveries import Delivery
from .operations import sending

DATABASE_AWAY: Final = (SQLAlchemyError, OSError)
_AT_ONCE: Final = 256
_AGAIN_SECONDS: Final = 0.2


class Settling:
    """Stores what gathered while the last ones were stored, at once; no timer runs.

    However long the database is away: a sent message must not go again.
    """

    def __init__(self, warn: Callable[[Exception], None]) -> None:
        self._warn = warn
        self._waiting: list[tuple[Delivery, asyncio.Future[bool]]] = []
        self._storing: asyncio.Task[None] | None = None

    async def settle(self, hub: Resources, settled: Delivery) -> bool:
        """Store what became of a claimed delivery; False when another sender has taken it since."""
        held: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append((settled, held))
        if self._storing is None or self._storing.done():
            self._storing = asyncio.create_task(self._store_all(hub))
        return await held

    def close(self) -> None:
        """Give up what could not be stored: it is taken over when its lease ends."""
        if self._storing is not None:
            self._storing.cancel()

    async def _store_all(self, hub: Resources) -> None:
        while self._waiting:
            taken, self._waiting = self._waiting[:_AT_ONCE], self._waiting[_AT_ONCE:]
            try:
                await self._store(hub, taken)
            except Exception:  # of one of them; each is tried for itself, and that one's failure is its own
                for one in taken:
                    await self._store_one(hub, one)

    async def _store_one(self, hub: Resources, one: tuple[Delivery, asyncio.Future[bool]]) -> None:
        try:
            await self._store(hub, [one])
        except Exception as error:
            _, held = one
            if not held.done():
                held.set_exception(error)

    async def _store(self, hub: Resources, taken: list[tuple[Delivery, asyncio.Future[bool]]]) -> None:
        while True:
            try:
                async with hub.database.sessions() as session:
                    stored = await sending.settle(session, [settled for settled, _ in taken], clock.now())
            except (IntegrityError, DataError):
                raise
            except DATABASE_AWAY as error:
                self._warn(error)
                await asyncio.sleep(_AGAIN_SECONDS)
            else:
                break
        for settled, held in taken:
            if not held.done():
                held.set_result(settled.id in stored)
