"""Offices, for everybody: HTTP and nothing else."""

from typing import Annotated

from fastapi import Path, Query

from hub_core.clock import local_date
from hub_service import paging, policy, schemas
from hub_service.dependencies import Now, Session
from hub_service.paging import Page
from hub_service.routing import Router

from ..domain.offices import Office, Point
from ..errors.offices import BookingOfficeNotFound, PointIncomplete
from ..operations import offices as operations
from ..schemas.offices import BookingOfficeView, CountyCode
from ..schemas.types import TypeCode
from ..storage.offices import Wanted

router = Router(prefix="/passport-booking/v1/offices", tags=["offices"])

OfficeId = Annotated[schemas.Id, Path(description="The office.")]


@router.get("", summary="List the offices", **policy.public(raises=[PointIncomplete]))
async def list_booking_offices(
    asked: paging.Asked,
    session: Session,
    now: Now,
    county: Annotated[CountyCode | None, Query(description="Only those that serve this county.")] = None,
    of_type: Annotated[
        TypeCode | None, Query(alias="type", description="Only those that serve this.")
    ] = None,
    latitude: Annotated[
        float | None, Query(ge=-90, le=90, description="Degrees (WGS 84), with `longitude`.")
    ] = None,
    longitude: Annotated[
        float | None, Query(ge=-180, le=180, description="Degrees (WGS 84), with `latitude`.")
    ] = None,
) -> Page[BookingOfficeView]:
    """The offices of today, by county; near a point the nearest first, on one page."""
    wanted = Wanted(on=local_date(now), county=county, type=of_type)
    if (latitude is None) != (longitude is None):
        raise PointIncomplete
    if latitude is not None and longitude is not None:
        near = await operations.find_near(session, wanted, Point(latitude, longitude), asked.limit)
        return Page(items=[BookingOfficeView.of(*each) for each in near], next_cursor=None)
    position = asked.position((str, str))
    after = (position[0], position[1]) if position else None
    found = await operations.find(session, wanted, after, asked.rows)
    return asked.page(found, position=_position, view=BookingOfficeView.of)


@router.get("/{office_id}", summary="Read an office", **policy.public(raises=[BookingOfficeNotFound]))
async def read_booking_office(office_id: OfficeId, session: Session) -> BookingOfficeView:
    """One office and its counters, also one that is closed for good."""
    return BookingOfficeView.of(await operations.read(session, office_id))


def _position(office: Office) -> tuple[str, str]:
    return office.county, office.code
