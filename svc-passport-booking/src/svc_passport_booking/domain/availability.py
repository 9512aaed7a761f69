"""Where and when places are free. Days are those of Europe/Bucharest; `now` is an argument."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from math import cos, inf, pi, radians
from typing import Final, Self
from uuid import UUID

from hub_core.clock import BUCHAREST, local_date

from .offices import EARTH_KM, Point

MOST_WITH_HOURS: Final = 31
"""Days of a question that is answered with its hours; the days of a longer one are told alone."""
_KM_OF_A_DEGREE: Final = pi * EARTH_KM / 180
_NARROWEST: Final = 0.01
"""Of what a degree of longitude may become near the poles."""


@dataclass(frozen=True, slots=True)
class Days:
    """The days from `first` to `last`; none when the last is before the first."""

    first: date
    last: date

    @classmethod
    def bookable(cls, now: datetime, window: int) -> Self:
        """The days on which a place can be booked now: today and the `window` days after it."""
        today = local_date(now)
        return cls(today, today + timedelta(days=window))

    def within(self, first: date | None, last: date | None) -> Self:
        """Those that are also between the two; an end that is not given is that of these days."""
        return type(self)(max(self.first, first or self.first), min(self.last, last or self.last))

    @property
    def count(self) -> int:
        """How many they are."""
        return max(0, (self.last - self.first).days + 1)

    @property
    def each(self) -> list[date]:
        """The days one by one."""
        return [self.first + timedelta(days=number) for number in range(self.count)]

    @property
    def begins_at(self) -> datetime:
        """Midnight before the first day."""
        return _midnight(self.first)

    @property
    def ends_at(self) -> datetime:
        """Midnight after the last day."""
        return _midnight(self.last + timedelta(days=1))


@lru_cache(maxsize=1_024)
def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), BUCHAREST).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Circle:
    """Everything at most so many kilometres from a point."""

    centre: Point
    km: int

    @property
    def corners(self) -> tuple[Point, Point]:
        """The south-western and the north-eastern corner of a square that holds the circle."""
        north = self.km / _KM_OF_A_DEGREE
        east = north / max(cos(radians(self.centre.latitude)), _NARROWEST)
        latitude, longitude = self.centre.latitude, self.centre.longitude
        return Point(latitude - north, longitude - east), Point(latitude + north, longitude + east)


@dataclass(frozen=True, slots=True)
class OfficeCard:
    """What is shown of an office beside its free places; `names` by language."""

    id: UUID
    code: str
    county: str
    names: Mapping[str, str]
    address: str | None
    place: Point | None


@dataclass(frozen=True, slots=True)
class FreeSlots:
    """Slots of one pool with places that can be booked, in the order of time.

    Number by number: the slot's id, its start in seconds since 1970, its minutes, its free places.
    """

    ids: Sequence[int] = ()
    starts: Sequence[int] = ()
    minutes: Sequence[int] = ()
    places: Sequence[int] = ()

    def for_persons(self, persons: int) -> Self:
        """Those from which on so many persons find places, in slots that follow one another."""
        if persons == 1:
            return self
        kept: list[int] = []
        room, next_start = 0, inf
        for number in range(len(self.ids) - 1, -1, -1):
            ends = self.starts[number] + self.minutes[number] * 60
            room = self.places[number] + (room if ends == next_start else 0)
            next_start = self.starts[number]
            if room >= persons:
                kept.append(number)
        kept.reverse()
        columns = (self.ids, self.starts, self.minutes, self.places)
        return type(self)(*([column[number] for number in kept] for column in columns))


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """An office with its free slots."""

    office: OfficeCard
    free: FreeSlots


@dataclass(frozen=True, slots=True)
class OfficeDays:
    """An office with the days on which it has a free place."""

    office: OfficeCard
    days: Sequence[date]


@dataclass(frozen=True, slots=True)
class FirstPlace:
    """The first free slot of an office; `distance_km` from where one asked, if that was a point."""

    office: OfficeCard
    slot_id: int
    starts_at: datetime
    places: int
    distance_km: float | None = None


def nearest(places: Sequence[FirstPlace], circle: Circle, limit: int) -> list[FirstPlace]:
    """Those within the circle, with how far each is, the nearest first and at most `limit`."""
    measured = [
        (circle.centre.km_to(each.office.place), each) for each in places if each.office.place is not None
    ]
    measured.sort(key=lambda one: (one[0], one[1].starts_at))
    reached = [replace(each, distance_km=far) for far, each in measured if far <= circle.km]
    return reached[:limit]
