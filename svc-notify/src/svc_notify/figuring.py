"""What the clock does for the figures: what was noted is added up."""

from datetime import timedelta
from typing import Final

from hub_service import workers
from hub_service.chassis import Resources
from hub_service.workers import Worker

from .operations import figures

_EVERY: Final = timedelta(seconds=5)


def adding() -> Worker:
    """The worker of the figures."""
    return workers.every("figures", _EVERY, add_up)


async def add_up(hub: Resources) -> None:
    """Add up what was noted, in small transactions."""
    more = True
    while more:
        async with hub.database.sessions() as session:
            more = await figures.add_up(session)
