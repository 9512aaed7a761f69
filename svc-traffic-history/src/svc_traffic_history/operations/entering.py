"""Entries come into the ledger, and it is noted when the points of their driver are looked at next."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.clock import local_date
from hub_service import rules

from ..domain import expiries as domain
from ..domain import points
from ..domain.expiries import Expiries
from ..storage import expiries, ledger
from ..storage.ledger import Recorded


async def enter(session: AsyncSession, driver_id: UUID, now: datetime, *recorded: Recorded) -> None:
    """Add entries of a driver whom the caller has locked; one that is there already changes nothing."""
    if not recorded:
        return
    await ledger.add(session, driver_id, *recorded)
    found = await looked_at(session, driver_id, now)
    day = min(found.to_tell, default=found.look_on)
    await expiries.look_again(session, driver_id, day)


async def looked_at(session: AsyncSession, driver_id: UUID, now: datetime) -> Expiries:
    """Which expiries of a driver are to be told now, and when to look again."""
    held = await ledger.of_driver(session, driver_id)
    told = await expiries.told(session, driver_id)
    legal = await rules.read(session, *points.RULES)
    recorded_on = {each.entry.id: local_date(each.recorded_at) for each in held.recorded}
    return domain.find(held.entries, recorded_on, told, local_date(now), legal)
