"""What orders say is forgotten in the end."""

from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from hub_service import rules

from ..domain import orders
from ..storage import orders as storage

_AT_ONCE: Final = 1_000


async def forget(session: AsyncSession, now: datetime) -> int:
    """Forget the values of some orders that could be sent until long enough ago; how many."""
    async with session.begin():
        legal = await rules.read(session, orders.WORDS_KEPT)
        return await storage.forget_words(session, orders.words_kept_until(legal, now), _AT_ONCE)
