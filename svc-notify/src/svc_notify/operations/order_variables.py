"""What orders say, opened for who writes it, and forgotten in the end."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_service import rules

from ..domain import orders
from ..keys import MasterKey
from ..storage import orders as storage

_AT_ONCE: Final = 1_000


async def opened(
    session: AsyncSession, keys: MasterKey, order_ids: Collection[UUID]
) -> Mapping[UUID, Mapping[str, str]]:
    """The template's values by order, without those that were forgotten; in the caller's transaction."""
    found = await storage.find_sealed(session, order_ids)
    return {order_id: storage.unseal(keys, order_id, sealed) for order_id, sealed in found.items()}


async def forget(session: AsyncSession, now: datetime) -> int:
    """Forget the values of some orders that could be sent until long enough ago; how many."""
    async with session.begin():
        legal = await rules.read(session, orders.WORDS_KEPT)
        return await storage.forget_words(session, orders.words_kept_until(legal, now), _AT_ONCE)
