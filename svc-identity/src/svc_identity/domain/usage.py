"""How clients are used: requests by hour and class of answer."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

CLASSES: Final = ("2xx", "3xx", "4xx", "429", "5xx")
"""The classes of answers that are told apart; 429, a limit that was reached, is one of its own."""
LONGEST: Final = timedelta(days=92)
"""The longest time that one question covers."""


@dataclass(frozen=True, slots=True)
class Count:
    """So many requests of a client in one hour (UTC) were answered with this class of status."""

    client_id: str
    hour: datetime
    status_class: str
    requests: int


@dataclass(frozen=True, slots=True)
class DayOfUse:
    """The requests of a day in Bucharest, by class of status."""

    day: date
    requests: dict[str, int]
