"""Where and when places are free: nothing is stored, and nothing is offered that would be refused."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from hub_core.clock import local_date
from hub_core.problem import FieldError
from hub_events.session import Session
from hub_service import rules
from hub_service.problems import InvalidRequest

from ..domain import availability as domain
from ..domain.availability import MOST_WITH_HOURS, Circle, Days, FirstPlace, OfficeDays, OfficeHours
from ..errors.offices import BookingOfficeNotFound
from ..reference.neighbours import neighbours
from ..reference.types import types
from ..storage import availability as storage
from ..storage import offices as directory

WINDOW: Final = "booking.window"
MOST_PERSONS: Final = "booking.max-persons"
SUGGESTED: Final = 5
"""How many of the first places around are told to who finds nothing where they asked."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What for, for how many persons; at an office, or at all that serve a county; between which days."""

    type: str
    persons: int
    where: UUID | str
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Near:
    """What for, for how many persons; in a county and those next to it, or in a circle; until which day."""

    type: str
    persons: int
    where: str | Circle
    last: date | None = None
    limit: int = SUGGESTED


@dataclass(frozen=True, slots=True)
class Availability:
    """What is free on those of the days asked for that are `bookable` now.

    `nearest` are the first places in the same county and next to it, if there is nothing.
    """

    bookable: Days
    offices: Sequence[OfficeHours] | Sequence[OfficeDays]
    nearest: Sequence[FirstPlace]


async def find(session: Session, wanted: Wanted, now: datetime) -> Availability:
    """The offices in question with their free hours; with the days alone where more are asked for.

    Raises `InvalidRequest` and `BookingOfficeNotFound`.
    """
    bookable = await _bookable(session, wanted.type, wanted.persons, now)
    asked = Days(wanted.first or bookable.first, wanted.last or bookable.last)
    if wanted.first and wanted.last and not asked.count:
        raise _flawed("last", "order", "The last day is before the first")
    days = bookable.within(asked.first, asked.last)
    offices: Sequence[OfficeHours] | Sequence[OfficeDays]
    if asked.count <= MOST_WITH_HOURS:
        found = await storage.hours(session, wanted.where, wanted.type, days, now)
        offices = [OfficeHours(each.office, each.free.for_persons(wanted.persons)) for each in found]
        is_free = any(each.free.ids for each in offices)
    else:
        offices = await storage.days(session, wanted.where, wanted.type, wanted.persons, days, now)
        is_free = any(each.days for each in offices)
    if is_free or not days.count:
        return Availability(bookable, offices, ())
    county = wanted.where
    if isinstance(county, UUID):
        county = offices[0].office.county if offices else await _county_of(session, county)
    counties = [county, *neighbours()[county]]
    nearest = await storage.first_in_counties(
        session, counties, wanted.type, wanted.persons, days, now, SUGGESTED
    )
    return Availability(bookable, offices, nearest)


async def _county_of(session: Session, office_id: UUID) -> str:
    """The county of an office that does not serve what is asked for; `BookingOfficeNotFound`."""
    async with session.begin():
        office = await directory.read(session, office_id)
    if office is None:
        raise BookingOfficeNotFound
    return office.county


async def find_nearest(session: Session, near: Near, now: datetime) -> list[FirstPlace]:
    """The first free place of each office around; raises `InvalidRequest`.

    In counties the earliest first, of equal hours those in the county; in a circle the nearest.
    """
    days = (await _bookable(session, near.type, near.persons, now)).within(None, near.last)
    if isinstance(near.where, Circle):
        found = await storage.first_around(session, near.where, near.type, near.persons, days, now)
        return domain.nearest(found, near.where, near.limit)
    counties = [near.where, *neighbours()[near.where]]
    return await storage.first_in_counties(session, counties, near.type, near.persons, days, now, near.limit)


async def _bookable(session: Session, type_: str, persons: int, now: datetime) -> Days:
    """The days that can be booked now; `InvalidRequest` when what is asked for never can."""
    legal = await rules.read_apart(session, WINDOW, MOST_PERSONS)
    today = local_date(now)
    if type_ not in types():
        raise _flawed("type", "unknown", "This type is not known")
    if persons > legal.on(MOST_PERSONS, today).whole:
        raise _flawed("persons", "too-many", "An appointment is not for so many persons")
    return Days.bookable(now, legal.on(WINDOW, today).whole)


def _flawed(name: str, code: str, detail: str) -> InvalidRequest:
    return InvalidRequest(errors=[FieldError(f"query/{name}", code, detail)])
