"""Offices and their pools: where people are received, and by which counters for what."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from math import asin, cos, radians, sin, sqrt
from typing import Final
from uuid import UUID, uuid5

EARTH_KM: Final = 6371.0088
"""The mean radius (IUGG)."""


@dataclass(frozen=True, slots=True)
class Point:
    """A place on earth: degrees, WGS 84."""

    latitude: float
    longitude: float

    def km_to(self, other: "Point") -> float:
        """The distance on the sphere (haversine)."""
        north, east = radians(other.latitude - self.latitude), radians(other.longitude - self.longitude)
        chord = (
            sin(north / 2) ** 2
            + cos(radians(self.latitude)) * cos(radians(other.latitude)) * sin(east / 2) ** 2
        )
        return 2 * EARTH_KM * asin(sqrt(chord))


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """The counters of an office that serve the same `types`; `version` grows when its hours change."""

    id: UUID
    office_id: UUID
    code: str
    names: Mapping[str, str]
    types: tuple[str, ...]
    version: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """Where people are received.

    `institution_id` is whose officials work there; `serves` are the counties, its own among them, by
    vehicle code; `valid_to` is the last day.
    """

    id: UUID
    code: str
    institution_id: UUID
    county: str
    serves: tuple[str, ...]
    names: Mapping[str, str]
    valid_from: date
    valid_to: date | None = None
    address: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    pools: tuple[Pool, ...] = ()
    version: int = 1

    @property
    def point(self) -> Point | None:
        """Where it is, if that is known."""
        if self.latitude is None or self.longitude is None:
            return None
        return Point(self.latitude, self.longitude)

    def is_there(self, on: date) -> bool:
        """Whether the office exists on a day."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


def pool_id(office_id: UUID, code: str) -> UUID:
    """The id of a pool of the reference data: the same in every installation."""
    return uuid5(office_id, code)
