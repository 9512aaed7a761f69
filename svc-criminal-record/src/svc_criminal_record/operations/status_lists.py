"""Status lists: which certificates are without effect, for who asks nobody."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from ..errors.status_lists import StatusListNotFound
from ..storage import status_lists as storage


async def without_effect(session: AsyncSession, number: int) -> Sequence[int]:
    """The indexes in a list of certificates that were revoked or superseded, in order.

    Raises `StatusListNotFound`.
    """
    async with session.begin():
        if not await storage.exists(session, number):
            raise StatusListNotFound
        return sorted(await storage.without_effect(session, number))
