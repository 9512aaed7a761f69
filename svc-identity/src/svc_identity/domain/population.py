"""What the population register says of a person, and who their relatives are."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from hub_core.cnp import Cnp


class Sex(StrEnum):
    """The sex that the civil status acts name."""

    MALE = "MALE"
    FEMALE = "FEMALE"


class Kin(StrEnum):
    """What a relative is to the person asked about: their CHILD, their PARENT, their GUARDIAN."""

    SPOUSE = "SPOUSE"
    CHILD = "CHILD"
    PARENT = "PARENT"
    SIBLING = "SIBLING"
    GUARDIAN = "GUARDIAN"


@dataclass(frozen=True, slots=True)
class RegisteredPerson:
    """One entry. `cnp` is the number in force; `former` are those it replaced, oldest first."""

    cnp: Cnp
    family_name: str
    given_name: str
    birth_date: date
    sex: Sex
    died_on: date | None = None
    former: tuple[Cnp, ...] = ()


@dataclass(frozen=True, slots=True)
class Relative:
    """Somebody close to the person asked about."""

    kind: Kin
    cnp: Cnp
