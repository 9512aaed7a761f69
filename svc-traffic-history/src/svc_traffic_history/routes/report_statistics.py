"""Reports of aggressive driving in figures: HTTP and nothing else."""

from typing import Annotated, Final

from fastapi import Query, Response

from hub_service import policy
from hub_service.dependencies import Now, Session
from hub_service.routing import Router

from ..dependencies import Counted
from ..schemas.report_statistics import DrivingReportStatisticsView

_FRESH: Final = {"cache-control": "public, max-age=3600"}

router = Router(prefix="/traffic-history/v1", tags=["driving reports"])


@router.get(
    "/driving-reports/statistics", summary="Read reports of aggressive driving in figures", **policy.public()
)
async def get_driving_report_statistics(
    session: Session,
    now: Now,
    response: Response,
    counted: Counted,
    year: Annotated[
        int | None,
        Query(
            ge=2025,
            le=2099,
            description="A year; that of the last month that is over, where left out.",
            json_schema_extra={"format": "int32"},
            examples=[2026],
        ),
    ] = None,
) -> DrivingReportStatisticsView:
    """Reports, how many were eligible and sanctioned, days to a decision; by county, month, manoeuvre.

    Counted up to the end of the last month that is over. Small counts are not told, nor what would let one
    be worked out.
    """
    response.headers.update(_FRESH)
    return DrivingReportStatisticsView.of(await counted.read(session, year, now))
