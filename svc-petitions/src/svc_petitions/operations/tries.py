"""Counting tries, so that nobody finds a code out by trying, or floods an address."""

from collections.abc import Iterable
from datetime import datetime
from functools import partial

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.tries import Try
from hub_service import tries

from ..domain.tries import LIMITS
from ..errors.guests import TriedTooOften
from ..keys import MasterKey, Purpose


async def take(session: AsyncSession, key: MasterKey, counted: Iterable[Try], now: datetime) -> None:
    """Count one try of each; `TriedTooOften` (429, Retry-After) when one of them is over its limit.

    The session is one of its own, apart from the Idempotency-Key's: what fails later counts as well.
    """
    seconds = await tries.take(session, partial(key.digest, Purpose.PEOPLE), LIMITS, counted, now)
    if seconds:
        raise TriedTooOften(headers={"retry-after": str(seconds)})
