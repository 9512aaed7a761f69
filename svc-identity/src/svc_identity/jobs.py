"""What the clock does: one operation each."""

import asyncio
from datetime import timedelta
from typing import Any, Final

from hub_core import clock
from hub_service import workers
from hub_service.workers import Worker

from .operations import access_log, keys, mandate_ends, registrations
from .provider import Provider

_APPEND_EVERY: Final = 0.5
"""Seconds between two looks for access lines."""
_CLOSE_EVERY: Final = timedelta(minutes=10)
_END_EVERY: Final = timedelta(minutes=1)
"""The longest pause between two looks for mandates that end by themselves."""
_A_MOMENT: Final = 0.05
_REGISTRATIONS_EVERY: Final = timedelta(minutes=10)


def of_privacy(provider: Provider) -> tuple[Worker, ...]:
    """What runs for the access log and for people's rights on their data."""

    async def close_days(hub: Any) -> None:
        now = clock.now()
        async with hub.database.sessions() as session:
            await keys.refresh(session, provider, now)
            await access_log.close_days(session, provider, now)

    return (
        Worker("access-log", _append),
        workers.every("access-log-days", _CLOSE_EVERY, close_days),
    )


async def _append(hub: Any) -> None:
    """Give access lines their place in the chain as they come."""
    while True:
        async with hub.database.sessions() as session:
            appended = await access_log.append(session, clock.now())
        if appended < access_log.BATCH:
            await asyncio.sleep(_APPEND_EVERY)


def of_mandates() -> Worker:
    """What ends mandates in the moment in which they end."""
    return Worker("identity-mandates", _end_mandates)


async def _end_mandates(hub: Any) -> None:
    while True:
        async with hub.database.sessions() as session:
            await mandate_ends.expire(session, clock.now())
            pause = await mandate_ends.next_end(session, clock.now(), _END_EVERY)
        await asyncio.sleep(pause.total_seconds() + _A_MOMENT)


def of_registrations() -> Worker:
    """Registration requests end when their time is over."""

    async def expire(hub: Any) -> None:
        async with hub.database.sessions() as session:
            while await registrations.expire(session, clock.now()):
                pass

    return workers.every("identity-registrations", _REGISTRATIONS_EVERY, expire)
