"""Figures of the counters: HTTP and nothing else."""

from typing import Annotated, Final

from fastapi import Query, Response

from hub_service import policy, schemas
from hub_service.dependencies import Now, Session
from hub_service.routing import Router

from ..dependencies import at_desk
from ..operations import statistics as operations
from ..schemas.statistics import BookingStatisticsView, DeskStatisticsView
from ..schemas.types import TypeCode
from .desk import OfficeId

_FRESH: Final = "public, max-age=3600"

router = Router(prefix="/passport-booking/v1", tags=["statistics"])

_Month = Annotated[
    str | None,
    Query(
        pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$",
        max_length=7,
        description="A month, `YYYY-MM`.",
        examples=["2026-10"],
    ),
]


@router.get("/statistics", summary="Read the counters in figures", **policy.public())
async def get_booking_statistics(
    session: Session,
    response: Response,
    of_type: Annotated[
        TypeCode, Query(alias="type", description="Of the counters that serve this.", examples=["PE"])
    ],
    first: _Month = None,
    last: _Month = None,
) -> BookingStatisticsView:
    """Bookings, how full the counters were, who did not come, and how far away the first place was.

    By month and county; twelve months unless named, at most 36. Counts under five are not told, nor what
    would let one be worked out; months are told once they are over.
    """
    response.headers["cache-control"] = _FRESH
    return BookingStatisticsView.of(
        await operations.read_statistics(
            session,
            of_type,
            operations.month_of(first) if first else None,
            operations.month_of(last) if last else None,
        )
    )


@router.get("/desks/{office_id}/statistics", summary="Read an office in figures", **at_desk())
async def get_desk_statistics(
    office_id: OfficeId,
    official: policy.Acting,
    session: Session,
    now: Now,
    first: Annotated[schemas.LegalDate | None, Query(description="The first day.")] = None,
    last: Annotated[schemas.LegalDate | None, Query(description="The last day.")] = None,
) -> DeskStatisticsView:
    """How long people waited and were served, and why some were refused; the last 30 days unless named.

    At most 366 days. How many wait at this moment stands in the overview of the day.
    """
    return DeskStatisticsView.of(await operations.read_office(session, official, office_id, first, last, now))
