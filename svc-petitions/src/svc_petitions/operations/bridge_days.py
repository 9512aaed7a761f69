"""Days off that the government grants, as svc-passport-booking tells of them."""

from sqlalchemy.ext.asyncio import AsyncSession

from ..domain.bridge_days import BridgeDay
from ..storage import bridge_days


async def keep(session: AsyncSession, told: BridgeDay) -> None:
    """Keep what was told of a day; the newest version wins, in whatever order they come."""
    async with session.begin():
        await bridge_days.keep(session, told)
