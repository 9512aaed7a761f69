"""What a registrar enters: paper, telephone, e-mail, the counter (OMAI 33/2020). No I/O."""

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

REACH_RULE: Final = "petition.reach-register"
"""In how many working days what came another way reaches the register (OMAI 33/2020)."""


@dataclass(frozen=True, slots=True)
class Entered:
    """How a petition came to the register: on which day to the institution, and which official entered it.

    `runs_from` is the day from which its term runs, of one that lay inside of a registered petition.
    """

    received_on: date
    by: UUID
    runs_from: date | None = None
