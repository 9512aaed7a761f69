"""What the clock does: one operation each."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import clock
from hub_service import workers
from hub_service.workers import Worker

from .dependencies import Opening
from .issuing import Means
from .operations import extracts, statistics, upkeep, verifying

_FRESH: Final = timedelta(minutes=15)
"""How often is asked anew what proves that the seal's certificates are in force."""
_AGAIN: Final = timedelta(seconds=10)
"""The same while something of it could not be had."""
_EXTRACTS_AT_ONCE: Final = 2
"""A worker of the press for each core; requests of people share them."""


async def _forget_tries(hub: Any) -> None:
    async with hub.database.sessions() as session:
        await verifying.forget_tries(session, clock.now())


FORGET_TRIES: Final = workers.every("forget-tries", timedelta(hours=1), _forget_tries)
"""Counts of tries that hold nobody up any more are forgotten."""


async def _count_days(hub: Any) -> None:
    async with hub.database.sessions() as session:
        await statistics.count_days(session, clock.now())


COUNT_DAYS: Final = workers.every("count-days", timedelta(minutes=15), _count_days)
"""Days that are over are counted for the public, once."""


def of_requests(opening: Opening) -> list[Worker]:
    """Requests that wait for the register go on; terms are watched; files that no row knows go."""

    def every(
        name: str, period: timedelta, act: Callable[[AsyncSession, Means, datetime], Awaitable[int]]
    ) -> Worker:
        async def run(hub: Any) -> None:
            async with hub.database.sessions() as session:
                await act(session, opening(hub), clock.now())

        return workers.every(name, period, run)

    async def stay_fresh(hub: Any) -> None:
        material = opening(hub).issuer.material
        while True:
            await material.refresh(clock.now())
            is_whole = material.evidence(clock.now()) is not None
            await asyncio.sleep((_FRESH if is_whole else _AGAIN).total_seconds())

    return [
        Worker("revocation", stay_fresh),
        every("go-on", timedelta(seconds=5), upkeep.go_on_with_all),
        every("alarm", timedelta(minutes=5), upkeep.alarm),
        every("close-not-come", timedelta(minutes=30), upkeep.close_not_come),
        every("sweep", timedelta(hours=1), upkeep.sweep),
    ]


def of_extracts(opening: Opening) -> Worker:
    """What institutions have asked for is decided, some at a time."""

    async def decide(hub: Any) -> None:
        async with hub.database.sessions() as session:
            await extracts.decide_all(session, opening(hub), clock.now)

    async def run(hub: Any) -> None:
        async with hub.database.sessions() as session:
            if not await extracts.is_any_open(session):
                return
        await asyncio.gather(*(decide(hub) for _ in range(_EXTRACTS_AT_ONCE)))
        async with hub.database.sessions() as session:
            await extracts.finish_batches(session, clock.now())

    return workers.every("extracts", timedelta(seconds=1), run)
