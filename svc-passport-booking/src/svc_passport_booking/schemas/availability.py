"""Free places, as a caller is shown them.

An answer holds thousands of hours. It is put together of plain values and never read into these models,
which say what it is; a test holds the two together.
"""

from bisect import bisect_left
from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Annotated, Any, Final

import orjson
from pydantic import Field

from hub_core.clock import BUCHAREST
from hub_service.schemas import Id, Instant, Int32, LegalDate, LocalisedText, Resource, to_z

from ..domain.availability import Days, FirstPlace, OfficeCard, OfficeHours
from ..operations.availability import SUGGESTED, Availability
from .offices import CountyCode, ShortCode

_HOUR: Final = 3_600
_DAY: Final = 86_400
_EPOCH: Final = date(1970, 1, 1).toordinal()
_CLOCK: Final = [f"{minute // 60:02d}:{minute % 60:02d}" for minute in range(_DAY // 60)]

SlotId = Annotated[
    int,
    Field(ge=1, le=2**63 - 1, json_schema_extra={"format": "int64"}, description="What a booking names."),
]
LocalTime = Annotated[
    str,
    Field(
        max_length=5,
        pattern=r"^[0-2][0-9]:[0-5][0-9]$",
        json_schema_extra={"examples": ["08:30"]},
        description="When it begins, local time in Romania.",
    ),
]
Places = Annotated[
    Int32, Field(description="Places of this interval alone; the next ones have room for more persons.")
]


class HourView(Resource):
    """An interval from which on there are places for so many persons."""

    slot_id: SlotId
    at: LocalTime
    places: Places


class DayView(Resource):
    """A day with free places."""

    day: Annotated[LegalDate, Field(description="The day.")]
    hours: Annotated[
        list[HourView] | None,
        Field(max_length=1_440, description="Null when more than 31 days were asked for: ask for this day."),
    ]


class OfficeView(Resource):
    """An office, beside its free places."""

    office_id: Annotated[Id, Field(description="The office.")]
    code: Annotated[ShortCode, Field(description="Its code in the catalog's directory.")]
    county: Annotated[CountyCode, Field(description="The county it lies in.")]
    name: Annotated[LocalisedText, Field(description="What it is called.")]
    address: Annotated[
        str | None,
        Field(
            max_length=500,
            json_schema_extra={"examples": ["Str. Avram Iancu 1, Cluj-Napoca"]},
            description="Where it is, when that is known.",
        ),
    ]
    latitude: Annotated[float | None, Field(ge=-90, le=90, description="In degrees, WGS 84.")]
    longitude: Annotated[float | None, Field(ge=-180, le=180, description="In degrees, WGS 84.")]


class OfficeAvailabilityView(OfficeView):
    """An office with its free days."""

    days: Annotated[list[DayView], Field(max_length=366, description="Only those with free places.")]


class NearestView(OfficeView):
    """An office around, with its first free interval."""

    slot_id: SlotId
    day: Annotated[LegalDate, Field(description="Its day.")]
    at: LocalTime
    starts_at: Annotated[Instant, Field(description="The same as an instant.")]
    places: Places
    distance_km: Annotated[
        float | None,
        Field(
            ge=0,
            le=21_000,
            description="How far it is from the point asked for, in a straight line; null in counties.",
        ),
    ]


class AvailabilityView(Resource):
    """What is free where one asked."""

    bookable_from: Annotated[LegalDate, Field(description="The first day that can be booked now: today.")]
    bookable_until: Annotated[LegalDate, Field(description="The last day that can be booked now.")]
    items: Annotated[
        list[OfficeAvailabilityView],
        Field(
            max_length=200, description="Every office that serves it, by code; also those with no day free."
        ),
    ]
    nearest: Annotated[
        list[NearestView],
        Field(
            max_length=SUGGESTED,
            description="When nothing is free: the first places on these days, in the county and next to it.",
        ),
    ]


class NearestPlacesView(Resource):
    """The first free places around."""

    items: Annotated[list[NearestView], Field(max_length=20, description="One for each office.")]


def availability(found: Availability) -> bytes:
    """The JSON of an `AvailabilityView`."""
    return orjson.dumps(
        {
            "bookable_from": found.bookable.first,
            "bookable_until": found.bookable.last,
            "items": [
                _office(each.office)
                | {"days": _days(each) if isinstance(each, OfficeHours) else _alone(each.days)}
                for each in found.offices
            ],
            "nearest": [_nearest(each) for each in found.nearest],
        }
    )


def nearest(found: Sequence[FirstPlace]) -> bytes:
    """The JSON of a `NearestPlacesView`."""
    return orjson.dumps({"items": [_nearest(each) for each in found]})


def _office(card: OfficeCard) -> dict[str, Any]:
    place = card.place
    names = {language: card.names.get(language) for language in ("ro", "hu", "en")}
    return {
        "office_id": str(card.id),
        "code": card.code,
        "county": card.county,
        "name": names,
        "address": card.address,
        "latitude": place.latitude if place else None,
        "longitude": place.longitude if place else None,
    }


def _alone(days: Sequence[date]) -> list[dict[str, Any]]:
    return [{"day": day, "hours": None} for day in days]


def _days(office: OfficeHours) -> list[dict[str, Any]]:
    """The free slots by local day."""
    free, days, number = office.free, [], 0
    while number < len(free.ids):
        day, begins, ends = _day((free.starts[number] + _offset(free.starts[number] // _HOUR)) // _DAY)
        end = bisect_left(free.starts, ends, number)
        starts = free.starts[number:end]
        if ends - begins == _DAY:
            clock = [_CLOCK[(start - begins) // 60] for start in starts]
        else:  # on this day the clock is put forward or back
            clock = [_CLOCK[(start + _offset(start // _HOUR)) % _DAY // 60] for start in starts]
        shown = zip(free.ids[number:end], clock, free.places[number:end], strict=True)
        hours = [{"slot_id": slot_id, "at": at, "places": places} for slot_id, at, places in shown]
        days.append({"day": day, "hours": hours})
        number = end
    return days


@lru_cache(maxsize=1_024)
def _day(number: int) -> tuple[date, int, int]:
    """A local day by its number since 1970, and when it begins and ends, in seconds since 1970."""
    day = date.fromordinal(_EPOCH + number)
    span = Days(day, day)
    return day, int(span.begins_at.timestamp()), int(span.ends_at.timestamp())


@lru_cache(maxsize=8_192)
def _offset(hour: int) -> int:
    """How many seconds local time is ahead of UTC in an hour since 1970."""
    ahead = datetime.fromtimestamp(hour * _HOUR, BUCHAREST).utcoffset()
    return 0 if ahead is None else int(ahead.total_seconds())


def _nearest(place: FirstPlace) -> dict[str, Any]:
    local = place.starts_at.astimezone(BUCHAREST)
    return _office(place.office) | {
        "slot_id": place.slot_id,
        "day": local.date(),
        "at": f"{local:%H:%M}",
        "starts_at": to_z(place.starts_at),
        "places": place.places,
        "distance_km": None if place.distance_km is None else round(place.distance_km, 1),
    }
