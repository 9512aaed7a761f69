"""What certificates may be asked for."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.rules import Option
from hub_service import rules

from ..domain.motives import MOTIVES_RULE


async def motives(session: AsyncSession, on: date) -> Sequence[Option]:
    """The motives of a day, in the order of the list."""
    async with session.begin():
        legal = await rules.read(session, MOTIVES_RULE)
    return legal.on(MOTIVES_RULE, on).options
