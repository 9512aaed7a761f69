"""The people of the demo accounts, their families, and Ion's company: invented, with fixed numbers."""

from dataclasses import dataclass
from datetime import date
from typing import Final

CLIENT_ID: Final = "hub"
"""The hub, as the identity providers outside know it."""
LOA: Final = "http://eidas.europa.eu/LoA/"
"""Before each of `LEVELS`: the name of a level of assurance in their tokens."""
LEVELS: Final = ("low", "substantial", "high")


@dataclass(frozen=True, slots=True)
class Person:
    """An entry of the population register; `sex` is MALE or FEMALE."""

    cnp: str
    family_name: str
    given_name: str
    birth_date: date
    sex: str
    died_on: date | None = None


@dataclass(frozen=True, slots=True)
class Representative:
    """Who represents a company from `since` to the day before `until`."""

    cnp: str
    since: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Company:
    """An entry of the trade register; `number` is the one of the form of 26 July 2024."""

    cui: str
    number: str
    name: str
    representatives: tuple[Representative, ...]
    dissolved_on: date | None = None


ANA: Final = Person("2850312149008", "Popescu", "Ana", date(1985, 3, 12), "FEMALE")
MIHAI: Final = Person("1830702409011", "Popescu", "Mihai", date(1983, 7, 2), "MALE")
ANDREI: Final = Person("5110914409024", "Popescu", "Andrei", date(2011, 9, 14), "MALE")
IOANA: Final = Person("6160520409035", "Popescu", "Ioana", date(2016, 5, 20), "FEMALE")
ION: Final = Person("1790115129041", "Ionescu", "Ion", date(1979, 1, 15), "MALE")
ISTVAN: Final = Person("1900820149050", "Kovács", "István", date(1990, 8, 20), "MALE")
JANE: Final = Person("8920229409065", "Doe", "Jane", date(1992, 2, 29), "FEMALE")

PEOPLE: Final = (ANA, MIHAI, ANDREI, IOANA, ION, ISTVAN, JANE)
COUPLES: Final = ((ANA, MIHAI),)
FAMILIES: Final = (((ANA, MIHAI), (ANDREI, IOANA)),)
"""Parents and their children."""

COMPANY: Final = Company(
    "990000013",
    "J2015000900124",
    "Ionescu Construct SRL",
    (
        Representative(ION.cnp, date(2015, 4, 1)),
        Representative(ISTVAN.cnp, date(2015, 4, 1), date(2023, 1, 1)),
    ),
)
