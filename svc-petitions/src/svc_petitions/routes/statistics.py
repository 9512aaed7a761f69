"""Figures for the public: HTTP and nothing else."""

from typing import Annotated, Final

from fastapi import Query, Response

from hub_service import policy
from hub_service.dependencies import Now, Session
from hub_service.routing import Router

from ..errors.statistics import PeriodNotCounted
from ..operations import statistics as operations
from ..schemas.statistics import PetitionStatisticsView, StatisticsPeriodsView

_FRESH: Final = {"cache-control": "public, max-age=3600"}
_TABLE: Final = "text/csv; charset=utf-8; header=present"
_CSV: Final = policy.public(raises=(PeriodNotCounted,))
_EXAMPLE: Final = "\r\n".join(
    (
        ",".join(operations.COLUMNS),
        "2026-H1,TOTAL,,,15733,0.961,18.4,412",
        "2026-H1,CHANNEL,ONLINE,,9120,0.968,17.9,205",
    )
)

router = Router(prefix="/petitions/v1", tags=["statistics"])

Period = Annotated[
    str | None,
    Query(
        pattern=r"^20[0-9]{2}(-H[12])?$",
        max_length=7,
        description="A half-year or a year; the last half-year that is counted, where left out.",
        examples=["2026-H1"],
    ),
]


@router.get(
    "/statistics",
    summary="Read petitions in figures",
    **policy.public(raises=(PeriodNotCounted,)),
)
async def get_petition_statistics(
    session: Session, now: Now, response: Response, period: Period = None
) -> PetitionStatisticsView:
    """A half-year or a year: how many, by channel, kind, solution, topic and structure, how fast.

    A period is counted once the terms of its last petitions have passed, and never changes after. Small
    counts are not told, nor what would let one be worked out.
    """
    response.headers.update(_FRESH)
    return PetitionStatisticsView.of(await operations.read_statistics(session, period, now))


@router.get("/statistics/periods", summary="List the periods that are counted", **policy.public())
async def list_petition_statistics_periods(
    session: Session, now: Now, response: Response
) -> StatisticsPeriodsView:
    """The half-years (OG 27/2002 art. 14) and years that can be read, and when the next one can be."""
    response.headers.update(_FRESH)
    return StatisticsPeriodsView.of(await operations.list_periods(session, now))


@router.get(
    "/statistics/csv",
    summary="Read petitions in figures, as a table",
    **_CSV
    | {
        "responses": _CSV["responses"]
        | {
            200: {
                "description": "The figures as CSV",
                "content": {
                    "text/csv": {"schema": {"type": "string", "maxLength": 10_000_000}, "example": _EXAMPLE}
                },
            }
        },
        "response_class": Response,
    },
)
async def export_petition_statistics(session: Session, now: Now, period: Period = None) -> Response:
    """The same figures as CSV (RFC 4180), a row for the whole and for each part; empty where not told."""
    told = await operations.read_statistics(session, period, now)
    return Response(operations.table(told), media_type=_TABLE, headers=_FRESH)
