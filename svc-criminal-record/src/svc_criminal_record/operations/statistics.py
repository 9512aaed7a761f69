"""What the public is told of the service in figures."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.clock import local_date
from hub_terms.terms import end_months

from ..domain import statistics
from ..domain.products import Product
from ..domain.statistics import Month, first_of_month, last_whole_month
from ..storage import statistics as storage

MONTHS: Final = 12
"""Months that are told unless others are asked for."""
MONTHS_MOST: Final = 36
_SETTLED: Final = timedelta(hours=1)
"""After midnight, so that what was begun before it has ended."""


@dataclass(frozen=True, slots=True)
class Statistics:
    """Months, the latest first, and the last day that was counted; none before anything was."""

    months: Sequence[Month]
    counted_until: date | None


async def read_statistics(
    session: AsyncSession, product: Product, first: date | None, last: date | None
) -> Statistics:
    """The whole months from `first` to `last`, each named by its first day; the last twelve unless named."""
    async with session.begin():
        counted = await storage.counted_until(session)
        if counted is None:
            return Statistics([], None)
        end = min(last or date.max, last_whole_month(counted))
        longest = end_months(end, 1 - MONTHS_MOST)
        start = max(first, longest) if first else end_months(end, 1 - MONTHS)
        figures = await storage.by_month(session, product, start, end_months(end, 1))
    return Statistics(statistics.months(figures), counted)


async def count_days(session: AsyncSession, now: datetime) -> None:
    """Count the days that are over and were not counted yet; nothing changes that was."""
    over = local_date(now - _SETTLED) - timedelta(days=1)
    async with session.begin():
        counted = await storage.counted_until(session)
        first = counted + timedelta(days=1) if counted else await storage.first_day(session)
        if first is not None and first <= over:
            await storage.count(session, first, over)


def month_of(text: str) -> date:
    """The first day of a month written `2026-11`."""
    return first_of_month(date.fromisoformat(f"{text}-01"))
