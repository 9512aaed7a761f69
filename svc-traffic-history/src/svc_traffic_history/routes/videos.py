"""A recording that was taken: HTTP and nothing else."""

from typing import Annotated, Any

from fastapi import Path, Response

from hub_core.principal import Assurance
from hub_core.problem import Problem
from hub_service import paging, policy, schemas
from hub_service.dependencies import Now, Session
from hub_service.routing import Router

from ..dependencies import REPORTS_READ, Documents, Keys
from ..errors.documents import TrafficSealAway, TrafficStoreAway
from ..errors.driving_reports import DrivingReportNotFound
from ..errors.videos import VideoNotFound
from ..operations import custody, receipts
from ..schemas.videos import CustodyLineView

router = Router(prefix="/traffic-history/v1", tags=["videos"])

ReportId = Annotated[schemas.Id, Path(description="The report.")]


def _giving_a_pdf(*raises: type[Problem]) -> dict[str, Any]:
    said = policy.operation(REPORTS_READ, assurance=Assurance.SUBSTANTIAL, raises=raises)
    file = {"schema": {"type": "string", "format": "binary", "maxLength": 1_048_576}}
    answer = {"description": "The receipt", "content": {"application/pdf": file}}
    return said | {"responses": {200: answer, **said["responses"]}}


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


@router.get(
    "/driving-reports/{driving_report_id}/receipt",
    summary="Get the receipt of your recording",
    response_class=Response,
    **_giving_a_pdf(DrivingReportNotFound, VideoNotFound, TrafficSealAway, TrafficStoreAway),
)
async def get_video_receipt(
    driving_report_id: ReportId,
    person: policy.Person,
    archive: Documents,
    keys: Keys,
    session: Session,
    now: Now,
) -> Response:
    """A sealed PDF: what arrived and when, its SHA-256, and what the police do with it.

    It names the link of the chain of custody up to which it vouches for the chain.
    """
    report, content = await receipts.fetch(session, archive, keys, person.person_id, driving_report_id, now)
    headers = {
        "cache-control": "no-store",
        "content-disposition": f'attachment; filename="{report.label}.pdf"',
    }
    return Response(content, media_type="application/pdf", headers=headers)
