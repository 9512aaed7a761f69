"""The offices of the first day and their slots.

    hub seed          # or: await seed()

The files under `data/` are the truth of the first day; what is there already stays as it is.
"""

import structlog

from hub_core import clock
from hub_service.database import Database

from .operations import offices, schedules
from .reference import offices as reference
from .settings import Settings

_log = structlog.get_logger("passport-booking")


async def seed(settings: Settings | None = None) -> None:
    """Load the offices, and make the slots that can be booked."""
    database = Database(settings or Settings())
    try:
        async with database.sessions() as session:
            pools = await offices.load(session, reference.offices(), reference.weeks())
            slots = await schedules.keep_ahead(session, clock.now())
    finally:
        await database.close()
    _log.info("offices loaded", new_pools=pools, new_slots=slots)
