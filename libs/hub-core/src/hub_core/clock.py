"""Time: UTC for machines, Europe/Bucharest for law."""

from datetime import UTC, date, datetime
from typing import Final
from zoneinfo import ZoneInfo

BUCHAREST: Final = ZoneInfo("Europe/Bucharest")


def now() -> datetime:
    """The present instant, in UTC. Called at the edge only; rules are given `now`."""
    return datetime.now(UTC)


def local_date(instant: datetime) -> date:
    """The legal date of an instant: the calendar day in Europe/Bucharest."""
    return instant.astimezone(BUCHAREST).date()
