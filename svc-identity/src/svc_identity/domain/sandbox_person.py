"""The invented people of an application in the sandbox: of which kinds they are, and how each is made up."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from hub_core import cnp
from hub_core.clock import local_date
from hub_core.cnp import Cnp
from hub_core.language import Language
from hub_core.principal import Assurance

SERIALS: Final = range(900, 1000)
"""The serials of personal numbers that stand for nobody; what else tells two of them apart is drawn."""

_COMPANY_PREFIX: Final = "99"
"""No fiscal number of ten digits that begins so has been given out."""


class Kind(StrEnum):
    """What a partner meets: one of each is in a set."""

    VALIDATED = "VALIDATED"
    UNVALIDATED = "UNVALIDATED"
    HUNGARIAN = "HUNGARIAN"
    SECOND_FACTOR = "SECOND_FACTOR"
    FOREIGNER = "FOREIGNER"
    PARENT = "PARENT"
    CHILD = "CHILD"
    COMPANY_REPRESENTATIVE = "COMPANY_REPRESENTATIVE"


@dataclass(frozen=True, slots=True)
class Description:
    """What people of a kind have in common. `age` in years; an account `signs_in`, a child has none."""

    given_name: str
    family_name: str
    age: int
    is_male: bool = False
    language: Language = Language.RO
    assurance: Assurance = Assurance.SUBSTANTIAL
    signs_in: bool = True


DESCRIPTIONS: Final[Mapping[Kind, Description]] = {
    Kind.VALIDATED: Description("Maria", "Probescu", 41),
    Kind.UNVALIDATED: Description("Andrei", "Probescu", 33, is_male=True, assurance=Assurance.LOW),
    Kind.HUNGARIAN: Description("Ilona", "Próbáné", 58, language=Language.HU),
    Kind.SECOND_FACTOR: Description("Vlad", "Codreanu-Probă", 29, is_male=True),
    Kind.FOREIGNER: Description("Jane", "Sample", 37, language=Language.EN),
    Kind.PARENT: Description("Elena", "Probescu-Stan", 38),
    Kind.CHILD: Description("Matei", "Probescu-Stan", 9, is_male=True, signs_in=False),
    Kind.COMPANY_REPRESENTATIVE: Description("Radu", "Firmescu", 47, is_male=True),
}
COMPANY_NAME: Final = "Probă Servicii SRL"


@dataclass(frozen=True, slots=True)
class SandboxPerson:
    """Somebody invented for one application: nobody else's, and nobody else signs them in.

    `organisation_id` is the invented company that they represent.
    """

    person_id: UUID
    client_id: str
    kind: Kind
    created_at: datetime
    organisation_id: UUID | None = None


def login_of(kind: Kind, client_id: str) -> str:
    """By what somebody signs in, also after a reset: an address that no mail reaches (RFC 6761)."""
    return f"{kind.lower().replace('_', '-')}@{client_id}.test"


def birth_date(description: Description, draw: Callable[[int], int], now: datetime) -> date:
    """A day on which somebody of this age may be born; `draw(n)` gives a number below n."""
    return date(local_date(now).year - description.age - 1, draw(12) + 1, draw(28) + 1)


def number_of(
    description: Description, born: date, draw: Callable[[int], int], counties: Collection[str]
) -> Cnp:
    """A personal number that stands for nobody, of somebody born on this day."""
    first = (1 if description.is_male else 2) + (0 if born.year < _MILLENNIUM else 4)
    county = sorted(counties)[draw(len(counties))]
    return cnp.complete(f"{first}{born:%y%m%d}{county}{SERIALS[draw(len(SERIALS))]}")


_MILLENNIUM: Final = 2000


def company_digits(draw: Callable[[int], int]) -> str:
    """The digits of a fiscal number that nobody has, without its check digit."""
    return f"{_COMPANY_PREFIX}{draw(10_000_000):07}"
