"""A person whose identity was established, by a register or by the state that issued a document."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID


class Scheme(StrEnum):
    """Which kind of number: not everybody has a CNP (a person from abroad comes with EIDAS)."""

    CNP = "CNP"
    EIDAS = "EIDAS"
    NIF = "NIF"
    PASSPORT = "PASSPORT"


class Source(StrEnum):
    """Who says so."""

    POPULATION_REGISTER = "POPULATION_REGISTER"
    EIDAS = "EIDAS"
    DOCUMENT = "DOCUMENT"


@dataclass(frozen=True, slots=True)
class Identifier:
    """A number as it is written in its scheme: 13 digits of a CNP, `DE/RO/…` of eIDAS."""

    scheme: Scheme
    value: str


@dataclass(frozen=True, slots=True)
class Person:
    """What the source says of a person. `id` is the account's id where the person has an account."""

    id: UUID
    family_name: str
    given_name: str
    birth_date: date
    died_on: date | None
    source: Source
    version: int
    established_at: datetime
    checked_at: datetime
