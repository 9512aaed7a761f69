"""What Open311 GeoReport v2 says of driving reports: open or closed, and which span is asked."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from ..errors.open311 import RequestSpanTooLong
from .driving_reports import OPEN, State

SERVICE: Final = "aggressive-driving-report"
"""The one thing that is reported: the code of its entry in the catalog."""
JURISDICTION: Final = "ro"
"""The jurisdiction that is served: the country, by ISO 3166-1."""
SPAN: Final = timedelta(days=90)
"""How far apart the dates of a search may be; without dates the latest such span is meant."""
MOST: Final = 1000
"""How many requests an answer has at most."""


class Status(StrEnum):
    """The two states that GeoReport knows."""

    OPEN = "open"
    CLOSED = "closed"


def status(state: State) -> Status:
    """Open while the reporter or officers have something to do, closed from then on."""
    return Status.OPEN if state in {*OPEN, State.AWAITING_VIDEO} else Status.CLOSED


@dataclass(frozen=True, slots=True)
class Search:
    """Which of somebody's reports are meant; with `ids`, those and nothing else counts."""

    ids: tuple[UUID, ...]
    codes: Collection[str]
    statuses: Collection[Status]
    first: datetime
    last: datetime

    def takes(self, state: State, sent_at: datetime) -> bool:
        """Whether a report is meant that was sent at an instant and has come to a state."""
        if self.codes and SERVICE not in self.codes:
            return False
        if self.statuses and status(state) not in self.statuses:
            return False
        return self.first <= sent_at <= self.last


def span(start: datetime | None, end: datetime | None, now: datetime) -> tuple[datetime, datetime]:
    """The first and the last moment of a search; with one of them, the other is a span away.

    Raises `RequestSpanTooLong` for two that are too far from each other or in the wrong order.
    """
    last = end or (start + SPAN if start else now)
    first = start or last - SPAN
    if not timedelta() <= last - first <= SPAN:
        raise RequestSpanTooLong(days=SPAN.days)
    return first, last
