"""Reports of aggressive driving as Open311 GeoReport has them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.clock import local_date
from hub_core.rules import Option
from hub_service import rules

DECLARATION: Final = "2026-11-23"
MANOEUVRES: Final = "aggressive-driving.manoeuvres"


async def manoeuvres(session: AsyncSession, now: datetime) -> Sequence[Option]:
    """What the law of today calls aggressive driving (OUG 195/2002 art. 54^1 (2))."""
    async with session.begin():
        legal = await rules.read(session, MANOEUVRES)
    return legal.on(MANOEUVRES, local_date(now)).options
