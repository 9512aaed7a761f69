"""Places: counties, towns, communes and villages by their SIRUTA codes, and the offices in them."""

from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum
from typing import Final
from uuid import UUID, uuid5

from . import text
from .institutions import Contact
from .text import Texts

_NAMESPACE: Final = UUID("3f7f3f0a-6a3b-5b1e-9c55-0d6c1f4e7a92")


class PlaceKind(StrEnum):
    """What sort of place it is; the first four are administrative units of their own."""

    COUNTY = "COUNTY"
    MUNICIPALITY = "MUNICIPALITY"
    TOWN = "TOWN"
    COMMUNE = "COMMUNE"
    SECTOR = "SECTOR"
    """One of the six of Bucharest."""
    LOCALITY = "LOCALITY"
    """Part of a municipality or a town, also the one that bears its name."""
    VILLAGE = "VILLAGE"


@dataclass(frozen=True, slots=True)
class Place:
    """A unit of SIRUTA. A code is text, and stays with its place when the place changes its rank.

    `county` is a vehicle code; `parent` is the code of the unit it belongs to, `None` for a county.
    `seat` marks the place where the unit it belongs to has its seat.
    """

    siruta: str
    name: str
    kind: PlaceKind
    county: str
    parent: str | None
    urban: bool
    seat: bool = False

    @property
    def words(self) -> tuple[str, ...]:
        """What a search finds it by."""
        return tuple(text.words(self.name))

    @property
    def sort_key(self) -> str:
        """Its place in a list: by name."""
        return text.sort_key(self.name)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which places are wanted: words of the name, and where."""

    words: tuple[str, ...] = ()
    kinds: tuple[PlaceKind, ...] = ()
    county: str | None = None
    parent: str | None = None


class Weekday(StrEnum):
    """A day of the week."""

    MONDAY = "MONDAY"
    TUESDAY = "TUESDAY"
    WEDNESDAY = "WEDNESDAY"
    THURSDAY = "THURSDAY"
    FRIDAY = "FRIDAY"
    SATURDAY = "SATURDAY"
    SUNDAY = "SUNDAY"


@dataclass(frozen=True, slots=True)
class Opening:
    """From when until when a counter is open on these days, local time."""

    days: tuple[Weekday, ...]
    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class Office:
    """A counter of an institution. Without `hours` they are not confirmed, without an address neither.

    `verified` says whether the place was read in a source, `hours_verified` the same of the hours.
    `topics` are those of the institution's attributions that are dealt with here.
    """

    id: UUID
    code: str
    institution_id: UUID
    names: Texts
    siruta: str
    county: str
    topics: tuple[str, ...]
    valid_from: date
    verified: bool = False
    address: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    hours: tuple[Opening, ...] = ()
    hours_verified: bool = False
    access: Texts | None = None
    contacts: tuple[Contact, ...] = ()
    valid_to: date | None = None
    version: int = 1

    @property
    def sort_key(self) -> str:
        """Its place in a list: by county, then by name."""
        return text.sort_key(f"{self.county} {self.names.ro}")


@dataclass(frozen=True, slots=True)
class OfficeFilter:
    """Which offices of the day `on` are wanted; `institution` is an id or a code."""

    on: date
    county: str | None = None
    topic: str | None = None
    institution: UUID | str | None = None


def office_id(code: str) -> UUID:
    """The id of an office of the reference data: the same in every installation."""
    return uuid5(_NAMESPACE, f"office:{code}")
