"""Offences: HTTP and nothing else."""

from typing import Annotated

from fastapi import Query

from hub_core.clock import local_date
from hub_service import policy, schemas
from hub_service.dependencies import Now, Session
from hub_service.routing import Router

from ..errors.offences import DayNotCovered
from ..operations import offences as operations
from ..schemas.offences import OffencesView, OffenceView

router = Router(prefix="/traffic-history/v1", tags=["offences"])


@router.get("/offences", summary="List traffic offences", **policy.public(raises=(DayNotCovered,)))
async def list_offences(
    session: Session,
    now: Now,
    on: Annotated[
        schemas.LegalDate | None, Query(description="The day of the offence; today when left out.")
    ] = None,
) -> OffencesView:
    """Class and fine, penalty points, suspension: by the law of the day on which it was committed."""
    day = on or local_date(now)
    items = [OffenceView.of(each) for each in await operations.listed(session, day)]
    return OffencesView(on=day, items=items)
