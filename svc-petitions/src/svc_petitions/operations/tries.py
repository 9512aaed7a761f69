"""Counting tries, so that nobody finds a code out by trying, or floods an address."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.clock import local_date
from hub_service import rules

from ..domain import tries as domain
from ..domain.tries import LIMIT_RULES, PERIOD_RULE, Try
from ..errors.guests import TriedTooOften
from ..keys import MasterKey, Purpose
from ..storage import tries as storage

_KEPT: Final = timedelta(days=1)


async def take(session: AsyncSession, key: MasterKey, counted: Iterable[Try], now: datetime) -> None:
    """Count one try of each; `TriedTooOften` (429, Retry-After) when one of them is over its limit.

    The session is one of its own, apart from the Idempotency-Key's: what fails later counts as well.
    Nothing stored names a person or an address.
    """
    today = local_date(now)
    held = {key.digest(Purpose.PEOPLE, f"try:{each}"): LIMIT_RULES[each.counted] for each in counted}
    async with session.begin():
        legal = await rules.read(session, PERIOD_RULE, *{*held.values()})
    period = timedelta(minutes=legal.on(PERIOD_RULE, today).whole)
    found = await storage.count(session, held, period, now)
    longest = max(
        domain.wait(count, legal.on(held[digest], today).whole, since, period, now)
        for digest, (count, since) in found.items()
    )
    if longest:
        raise TriedTooOften(headers={"retry-after": str(longest)})


async def forget(session: AsyncSession, now: datetime) -> None:
    """Forget the counts that hold nobody up any more."""
    async with session.begin():
        await storage.forget(session, now - _KEPT)
