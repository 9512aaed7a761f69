"""Free places: HTTP and nothing else.

Equal questions at the same moment are answered once. An answer is true for that moment only, so that a
cache has to ask whether it still holds (ETag). A question that was asked in the same words before is known:
when a day opens everybody asks the same, and reading it would cost more than answering.
"""

from datetime import datetime
from typing import Annotated, Final, TypeVar

from fastapi import Query, Request, Response

from hub_core import clock
from hub_core.county import BY_CODE
from hub_core.problem import FieldError
from hub_service import policy
from hub_service.dependencies import Now, Session
from hub_service.problems import InvalidRequest
from hub_service.routing import Router, conditional
from hub_service.schemas import Id, LegalDate
from hub_service.shortcuts import Shortcut

from ..dependencies import Shared
from ..domain.availability import Circle
from ..domain.offices import Point
from ..errors.offices import BookingOfficeNotFound, PointIncomplete
from ..operations import availability as operations
from ..operations.availability import Near, Wanted
from ..schemas import availability as views
from ..schemas.availability import AvailabilityView, NearestPlacesView
from ..schemas.offices import CountyCode
from ..schemas.types import TypeCode

_CACHE: Final = {"cache-control": "public, no-cache"}
_JSON: Final = "application/json"
_KNOWN: Final = 4_096
_LONGEST: Final = 256
"""Bytes of a question that is remembered: nobody fills the memory with words of their own."""
_DEGREES: Final = "Instead of a county: a point, in degrees (WGS 84); two decimals are read."

_Type = Annotated[
    TypeCode, Query(alias="type", description="What for: the code of something that can be booked.")
]
_Persons = Annotated[
    int, Query(ge=1, le=100, description="For how many persons, who come together.", examples=[1])
]
_County = Annotated[CountyCode | None, Query(description="The county, by its vehicle code.")]

T = TypeVar("T")

router = Router(prefix="/passport-booking/v1", tags=["availability"])


@router.get(
    "/availability",
    summary="See what is free",
    response_model=AvailabilityView,
    **policy.public(raises=[BookingOfficeNotFound]),
)
async def read_availability(
    request: Request,
    now: Now,
    type_: _Type,
    persons: _Persons = 1,
    county: _County = None,
    office_id: Annotated[Id | None, Query(description="One office, instead of a county.")] = None,
    first: Annotated[LegalDate | None, Query(description="From this day on; today.")] = None,
    last: Annotated[
        LegalDate | None, Query(description="Until this day; the last that can be booked.")
    ] = None,
) -> Response:
    """The free days and hours of an office, or of every office that serves a county.

    A range of up to 31 days is shown with its hours, a longer one with its days alone. For several persons
    an interval is shown when they find places in it, or in it and those that follow it at the same
    counters. Only what can be booked at this moment is shown.
    """
    where = _one_of("office_id", county, office_id)
    wanted = Wanted(type_, persons, where, first, last)
    answer = await _answer(request, wanted, now)
    _keep(request, wanted)
    return answer


def _keep(request: Request, wanted: Wanted) -> None:
    known, words = request.app.state.known_questions, request.scope["query_string"]
    if len(known) >= _KNOWN:
        known.clear()
    if len(words) <= _LONGEST:
        known[words] = wanted


async def _answer(request: Request, wanted: Wanted, now: datetime) -> Response:
    state = request.app.state

    async def answer() -> bytes:
        async with state.hub.database.sessions() as session:
            return views.availability(await operations.find(session, wanted, now))

    return Response(await state.shared.share(wanted, answer), media_type=_JSON, headers=_CACHE)


async def look_again(request: Request) -> Response | None:
    """What is free, asked in words that were understood before; None for others."""
    wanted = request.app.state.known_questions.get(request.scope["query_string"])
    if wanted is None:
        return None
    return conditional(request, await _answer(request, wanted, clock.now()))


LOOKING_AGAIN: Final = Shortcut("GET", f"{router.prefix}/availability", look_again)
"""The short way of `read_availability`."""


@router.get(
    "/availability/nearest",
    summary="Find the first free places around",
    response_model=NearestPlacesView,
    **policy.public(raises=[PointIncomplete]),
)
async def find_nearest_places(
    session: Session,
    shared: Shared,
    now: Now,
    type_: _Type,
    persons: _Persons = 1,
    county: _County = None,
    latitude: Annotated[float | None, Query(ge=-90, le=90, description=_DEGREES, examples=[46.77])] = None,
    longitude: Annotated[float | None, Query(ge=-180, le=180, description=_DEGREES, examples=[23.59])] = None,
    km: Annotated[int, Query(ge=1, le=1_000, description="How far from the point, in kilometres.")] = 50,
    last: Annotated[
        LegalDate | None, Query(description="Until this day; the last that can be booked.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=20, description="How many offices at most.")] = operations.SUGGESTED,
) -> Response:
    """The first free interval of each office in a county and next to it, or around a point.

    In counties the earliest is first, of equal hours that of the county; around a point the nearest.
    """
    if (latitude is None) != (longitude is None):
        raise PointIncomplete
    around = None
    if latitude is not None and longitude is not None:
        # to a kilometre: more would say where somebody lives
        around = Circle(Point(round(latitude, 2), round(longitude, 2)), km)
    near = Near(type_, persons, _one_of("latitude", county, around), last, limit)

    async def answer() -> bytes:
        return views.nearest(await operations.find_nearest(session, near, now))

    return Response(await shared.share(near, answer), media_type=_JSON, headers=_CACHE)


def _one_of(name: str, county: str | None, other: T | None) -> str | T:
    """The county or the other, whichever is given; `name` is what the other is asked for by."""
    if county is not None and county not in BY_CODE:
        raise InvalidRequest(errors=[FieldError("query/county", "unknown", "This county is not known")])
    if county is not None and other is None:
        return county
    if county is None and other is not None:
        return other
    raise InvalidRequest(errors=[FieldError(f"query/{name}", "one-of", "Name one place to look at")])
