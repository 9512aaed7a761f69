"""Figures for the public: HTTP and nothing else."""

from typing import Annotated, Final

from fastapi import Query, Response

from hub_service import policy
from hub_service.dependencies import Session
from hub_service.routing import Router

from ..domain.products import Product
from ..operations import statistics as operations
from ..schemas.statistics import StatisticsView

_FRESH: Final = "public, max-age=3600"

router = Router(prefix="/criminal-record/v1", tags=["statistics"])

_Month = Annotated[
    str | None,
    Query(
        pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$",
        max_length=7,
        description="A month, `YYYY-MM`.",
        examples=["2026-10"],
    ),
]


@router.get("/statistics", summary="Read the service in figures", **policy.public())
async def get_record_statistics(
    session: Session,
    response: Response,
    product: Annotated[Product, Query(description="Which certificate.")] = Product.CRIMINAL_RECORD,
    first: _Month = None,
    last: _Month = None,
) -> StatisticsView:
    """Requests, issues, refusals and times by month, county and channel; twelve months unless named.

    At most 36 months. Counts under five are not told, nor what would let one be worked out; months are
    told once they are over.
    """
    response.headers["cache-control"] = _FRESH
    return StatisticsView.of(
        await operations.read_statistics(
            session,
            product,
            operations.month_of(first) if first else None,
            operations.month_of(last) if last else None,
        )
    )
