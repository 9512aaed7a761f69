"""What the public and the offices are told of the counters in figures."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.clock import local_date
from hub_service import rules
from hub_service.policy import Official
from hub_terms.terms import end_months

from ..domain import statistics
from ..domain.statistics import Month, OfficeFigures, first_of_month, last_whole_month
from ..storage import statistics as storage
from . import officials

MONTHS: Final = 12
"""Months that are told unless others are asked for."""
MONTHS_MOST: Final = 36
DAYS_MOST: Final = 366
_DAYS: Final = 30
_WINDOW_RULE: Final = "booking.window"
_SETTLED: Final = timedelta(hours=1)
"""After midnight, so that what was begun before it has ended."""


@dataclass(frozen=True, slots=True)
class Statistics:
    """Months, the latest first, and the last day that was counted; none before anything was."""

    months: Sequence[Month]
    counted_until: date | None


@dataclass(frozen=True, slots=True)
class OfficeStatistics:
    """The figures of an office from a day to a last one."""

    first: date
    last: date
    figures: OfficeFigures


async def read_statistics(
    session: AsyncSession, type_code: str, first: date | None, last: date | None
) -> Statistics:
    """The whole months from `first` to `last`, each named by its first day; the last twelve unless named."""
    async with session.begin():
        counted = await storage.counted_until(session)
        if counted is None:
            return Statistics([], None)
        end = min(last or date.max, last_whole_month(counted))
        longest = end_months(end, 1 - MONTHS_MOST)
        start = max(first, longest) if first else end_months(end, 1 - MONTHS)
        figures = await storage.by_month(session, type_code, start, end_months(end, 1))
    return Statistics(statistics.months(figures), counted)


async def read_office(
    session: AsyncSession,
    official: Official,
    office_id: UUID,
    first: date | None,
    last: date | None,
    now: datetime,
) -> OfficeStatistics:
    """The figures of an office's days, both included, 366 at most; the last thirty unless named.

    Raises `BookingOfficeNotFound`.
    """
    end = last or local_date(now) - timedelta(days=1)
    start = max(first or end - timedelta(days=_DAYS - 1), end - timedelta(days=DAYS_MOST - 1))
    async with session.begin():
        await officials.office_of(session, official, office_id)
        amounts = await storage.of_office(session, office_id, start, end)
    return OfficeStatistics(start, end, statistics.of_office(amounts))


async def count_days(session: AsyncSession, now: datetime) -> None:
    """Count the days that are over and were not counted yet; nothing changes that was.

    How far the first free places are away is noted with the last of them: it is known at this moment only.
    """
    over = local_date(now - _SETTLED) - timedelta(days=1)
    async with session.begin():
        counted = await storage.counted_until(session)
        first = counted + timedelta(days=1) if counted else await storage.first_day(session)
        if first is None or first > over:
            return
        window = (await rules.read(session, _WINDOW_RULE)).on(_WINDOW_RULE, local_date(now)).whole
        await storage.count(session, first, over)
        await storage.note_first_places(session, over, now, window)


def month_of(written: str) -> date:
    """The first day of a month written `2026-11`."""
    return first_of_month(date.fromisoformat(f"{written}-01"))
