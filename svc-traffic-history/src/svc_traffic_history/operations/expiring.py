"""The clock: who had points that have expired is told, once for each day on which some did."""

from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.clock import local_date
from hub_events import outbox

from ..events.ledger import PointsExpired
from ..keys import MasterKey
from ..storage import drivers
from ..storage import expiries as storage
from . import entering

_SOME: Final = 100


async def tell_what_expired(session: AsyncSession, key: MasterKey, now: datetime) -> int:
    """Look at some drivers whose day has come, and tell what expired; at how many it has looked."""
    async with session.begin():
        due = await storage.due(session, local_date(now), _SOME)
        for driver_id in due:
            driver = await drivers.find(session, key, driver_id)
            if driver is None:
                raise LookupError("a driver who is looked at and not there")
            found = await entering.looked_at(session, driver_id, now)
            before = len(await storage.told(session, driver_id))
            for version, day in enumerate(found.to_tell, before + 1):
                await storage.tell(session, driver_id, day, now)
                told = PointsExpired(driver_id=driver_id, person_id=driver.person_id, version=version)
                await outbox.record(session, told, now)
            await storage.look_again(session, driver_id, found.look_on)
    return len(due)
