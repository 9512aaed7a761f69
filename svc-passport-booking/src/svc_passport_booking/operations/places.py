"""Places that were given back: whose time has come, they go to who waits for one, or to everybody."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from ..keys import MasterKey
from ..storage import slots
from . import offers


async def release_due(session: AsyncSession, key: MasterKey, now: datetime) -> int:
    """Give every release whose time has come to who waits, the rest to the public; how many there were."""
    released = 0
    while await _release_one(session, key, now):
        released += 1
    return released


async def _release_one(session: AsyncSession, key: MasterKey, now: datetime) -> bool:
    async with session.begin():
        due = await slots.pop_due(session, now)
        if due is None:
            return False
        slot_id, places = due
        (slot,) = await slots.lock(session, [slot_id])
        planned = slot.planned - (slot.taken - places)
        offered = await offers.offer(session, key, slot, min(places, max(0, planned)), now)
        if offered < places:
            await slots.free(session, {slot_id: places - offered})
    return True
