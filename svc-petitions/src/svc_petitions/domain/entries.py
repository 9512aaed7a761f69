"""What a registrar enters: paper, telephone, e-mail, the counter (OMAI 33/2020). No I/O."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

REACH_RULE: Final = "petition.reach-register"
"""In how many working days what came another way reaches the register (OMAI 33/2020)."""


@dataclass(frozen=True, slots=True)
class Entered:
    """How a petition came to the register: on which day to the institution, and which official entered it."""

    received_on: date
    by: UUID


def register_by(received_on: date, working_days: int, is_working: Callable[[date], bool]) -> date:
    """The last day on which what came in on a day may reach the register: so many working days after."""
    day = received_on
    while working_days > 0:
        day += timedelta(days=1)
        working_days -= is_working(day)
    return day
