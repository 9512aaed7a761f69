"""Reports of aggressive driving, the reporter's side: HTTP and nothing else."""

from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Path, Response

from hub_core.clock import local_date
from hub_service import paging, policy, schemas
from hub_service.dependencies import Now, Session, Texts
from hub_service.problems import ServiceUnavailable
from hub_service.routing import Router

from ..dependencies import REPORTS_READ, REPORTS_WRITE, Asking, Keys, reporting
from ..errors.driving_reports import (
    DeclarationNeeded,
    DeclarationOutdated,
    DrivingReportLimit,
    DrivingReportNotFound,
    DrivingReportStands,
    EventHourTwice,
    EventInFuture,
    EventTimeUnknown,
    EventTooLongAgo,
    ManoeuvreUnknown,
    NotByChance,
    PlaceNeeded,
    PlaceNotHere,
    PlateUnknown,
    ReporterIdentityNeeded,
)
from ..operations import checking
from ..operations import driving_reports as operations
from ..schemas.driving_report_checks import CheckDrivingReport, DrivingReportCheckView, ManoeuvresView
from ..schemas.driving_reports import DrivingReportSummaryView, DrivingReportView, SendDrivingReport

router = Router(prefix="/traffic-history/v1/driving-reports", tags=["driving reports"])
SENDING: Final[dict[str, Any]] = reporting(
    REPORTS_WRITE,
    *(ReporterIdentityNeeded, DrivingReportLimit, ServiceUnavailable),
    *(DeclarationNeeded, DeclarationOutdated, NotByChance),
    *(EventTimeUnknown, EventHourTwice, EventInFuture, EventTooLongAgo),
    *(ManoeuvreUnknown, PlaceNeeded, PlaceNotHere, PlateUnknown),
)

DrivingReportId = Annotated[schemas.Id, Path(description="The report.")]


@router.get("/manoeuvres", summary="List manoeuvres that are aggressive driving", **policy.public())
async def list_driving_manoeuvres(session: Session, texts: Texts, now: Now) -> ManoeuvresView:
    """What can be reported today, on which conditions and with which declaration, and what goes elsewhere."""
    return ManoeuvresView.of(await operations.conditions(session, now), local_date(now), texts)


@router.post("", status_code=201, summary="Report aggressive driving", **SENDING)
async def send_driving_report(
    body: SendDrivingReport,
    person: policy.Person,
    means: Asking,
    session: Session,
    texts: Texts,
    now: Now,
    response: Response,
) -> DrivingReportView:
    """Report what you saw directly and by chance, as a participant in traffic (OUG 195/2002 art. 109^1).

    The answer has the number, where the recording is uploaded and until when, and who decides. Sending it
    signs it; without the recording in time it is closed, and can be sent again.
    """
    shown = await operations.send(session, means, person, body.wish(), now)
    response.headers.update({"location": f"{router.prefix}/{shown.report.id}", "etag": _etag(shown)})
    return DrivingReportView.of(shown, texts)


@router.post(
    "/check",
    summary="Ask whether a report would be taken",
    **reporting(REPORTS_WRITE, ServiceUnavailable, asks=True),
)
async def check_driving_report(
    body: CheckDrivingReport, person: policy.Person, means: Asking, session: Session, texts: Texts, now: Now
) -> DrivingReportCheckView:
    """Which requirement is not met and why, the last day for sending, and reports of yours that are alike.

    Nothing is kept of the question; what it leaves out is not judged.
    """
    answer = await checking.check(session, means, person.person_id, body.question(), now)
    return DrivingReportCheckView.of(answer, texts)


@router.get("", summary="List your reports of aggressive driving", **reporting(REPORTS_READ))
async def list_driving_reports(
    asked: paging.Asked, person: policy.Person, keys: Keys, session: Session, texts: Texts, now: Now
) -> paging.Page[DrivingReportSummaryView]:
    """What you reported and where each stands, newest first."""
    found = await operations.listed(session, keys, person.person_id, now, asked.after(UUID), asked.rows)
    return asked.page(
        found,
        position=lambda shown: (shown.report.id,),
        view=lambda shown: DrivingReportSummaryView.listed(shown, texts),
    )


@router.get(
    "/{driving_report_id}",
    summary="Read a report of aggressive driving",
    **reporting(REPORTS_READ, DrivingReportNotFound),
)
async def get_driving_report(
    driving_report_id: DrivingReportId,
    person: policy.Person,
    keys: Keys,
    session: Session,
    texts: Texts,
    now: Now,
    response: Response,
) -> DrivingReportView:
    """Each step of a report of yours with its reason, what comes next and by when; never who drove."""
    shown = await operations.read(session, keys, person.person_id, driving_report_id, now)
    response.headers["etag"] = _etag(shown)
    return DrivingReportView.of(shown, texts)


@router.post(
    "/{driving_report_id}/cancel",
    summary="Take a report of aggressive driving back",
    **reporting(REPORTS_WRITE, DrivingReportNotFound, DrivingReportStands),
)
async def cancel_driving_report(
    driving_report_id: DrivingReportId,
    person: policy.Person,
    keys: Keys,
    session: Session,
    texts: Texts,
    now: Now,
    response: Response,
) -> DrivingReportView:
    """Take back a report that waits for its recording; repeating it changes nothing."""
    shown = await operations.cancel(session, keys, person.person_id, driving_report_id, now)
    response.headers["etag"] = _etag(shown)
    return DrivingReportView.of(shown, texts)


def _etag(shown: operations.Shown) -> str:
    return f'"{shown.report.version}"'
