"""A recording that was taken: HTTP and nothing else."""

from typing import Annotated

from fastapi import Path

from hub_core.principal import Assurance
from hub_service import paging, policy, schemas
from hub_service.dependencies import Session
from hub_service.routing import Router

from ..dependencies import REPORTS_READ, Keys
from ..errors.driving_reports import DrivingReportNotFound
from ..operations import custody
from ..schemas.videos import CustodyLineView

router = Router(prefix="/traffic-history/v1", tags=["videos"])

ReportId = Annotated[schemas.Id, Path(description="The report.")]


@router.get(
    "/driving-reports/{driving_report_id}/custody",
    summary="List who had the recording of your report in hand",
    **policy.operation(REPORTS_READ, assurance=Assurance.SUBSTANTIAL, raises=(DrivingReportNotFound,)),
)
async def list_custody_lines(
    driving_report_id: ReportId, person: policy.Person, keys: Keys, session: Session, asked: paging.Asked
) -> paging.Page[CustodyLineView]:
    """The chain of custody, the first line first: each is bound to the one before by SHA-256.

    It says what was done and when, and whether an officer did it, not which. With all lines anybody can
    check that none was changed, left out or put in: the last link that you hold vouches for all before it.
    """
    after = asked.after(int)
    lines = await custody.shown_to_reporter(
        session, keys, person.person_id, driving_report_id, after or 0, asked.rows
    )
    return asked.page(lines, position=lambda line: (line.number,), view=CustodyLineView.of)
