"""What the public is told of reports of aggressive driving in figures."""

import asyncio
from datetime import date, datetime, time
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.clock import BUCHAREST, local_date
from hub_service import rules

from ..domain import report_statistics as domain
from ..domain.report_statistics import Statistics
from ..storage import report_statistics as storage

SMALL_COUNT_RULE: Final = "aggressive-driving.small-count"
_MOST: Final = 100
"""How many years up to a day are kept."""


class Kept:
    """What this process has counted: up to a day that has passed it is the same whenever it is counted.

    Who comes first counts, the others wait; so many at once cost one question to the database.
    """

    def __init__(self) -> None:
        self._told: dict[tuple[int, date, int], Statistics] = {}
        self._counting = asyncio.Lock()

    async def read(self, session: AsyncSession, year: int | None, now: datetime) -> Statistics:
        """The reports of a year in figures; of that of the last month that is over, unless one is named."""
        today = local_date(now)
        year = year or domain.last_counted_year(today)
        until = domain.counted_until(today, year)
        async with session.begin():
            least = (await rules.read(session, SMALL_COUNT_RULE)).on(SMALL_COUNT_RULE, today).whole
        async with self._counting:
            if (year, until, least) not in self._told:
                if len(self._told) == _MOST:
                    self._told.clear()
                self._told[year, until, least] = await _count(session, year, until, least)
            return self._told[year, until, least]


async def _count(session: AsyncSession, year: int, until: date, least: int) -> Statistics:
    async with session.begin():
        whole, by_county, by_month, by_manoeuvre = await storage.count(
            session, _midnight(date(year, 1, 1)), _midnight(until)
        )
    return Statistics(
        year=year,
        until=until,
        whole=domain.told(whole, least),
        by_county=domain.parts_told(by_county, least),
        by_month=domain.parts_told(by_month, least),
        by_manoeuvre=domain.parts_told(by_manoeuvre, least),
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), BUCHAREST)
