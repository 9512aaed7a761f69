"""What the clock does: one operation each."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from hub_core import clock
from hub_service import workers
from hub_service.workers import Worker

from .keys import MasterKey
from .operations import suspending


def ending(key: MasterKey) -> Worker:
    """Suspensions end on the day after their last one."""
    return workers.every("end-suspensions", timedelta(minutes=10), _end(key))


def _end(key: MasterKey) -> Callable[[Any], Any]:
    async def end(hub: Any) -> None:
        async with hub.database.sessions() as session:
            while await suspending.end_what_is_over(session, key, clock.now()):
                pass

    return end
