"""What the trade register says of a company and of who may sign for it."""

from dataclasses import dataclass
from datetime import date

from hub_core.cnp import Cnp


@dataclass(frozen=True, slots=True)
class Representative:
    """Somebody who represents a company from `since` to the day before `until`."""

    cnp: Cnp
    since: date
    until: date | None = None

    def represents(self, on: date) -> bool:
        """Whether they may sign on that day."""
        return self.since <= on and (self.until is None or on < self.until)


@dataclass(frozen=True, slots=True)
class Company:
    """One entry: `cui` the bare fiscal number, `number` that of the trade register (`J2024012345007`).

    A company that is `dissolved_on` a day acts no more from that day on.
    """

    cui: str
    number: str
    name: str
    representatives: tuple[Representative, ...]
    dissolved_on: date | None = None
