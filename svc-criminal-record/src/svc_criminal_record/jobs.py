"""What the clock does: one operation each."""

from datetime import timedelta
from typing import Any, Final

from hub_core import clock
from hub_service import workers

from .operations import statistics, verifying


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
