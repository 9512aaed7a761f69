"""Officers of the traffic police and reports of aggressive driving: HTTP and nothing else."""

from datetime import date, datetime
from typing import Annotated, Final
from uuid import UUID

from fastapi import Path, Query

from hub_core.decisions import FourEyes
from hub_service import paging, policy, purpose, schemas
from hub_service.dependencies import Now, Session
from hub_service.routing import Router

from ..dependencies import Asking, reviewing
from ..domain.driving_reports import Reason, State
from ..errors.driving_reports import DrivingReportNotFound, DrivingReportStands
from ..errors.offences import OffenceUnknown
from ..errors.owner_inquiries import AnswerDayWrong, InquiryAnswered, InquiryNotFound, InquiryOpen
from ..errors.recording import FactDayWrong, FineOutOfBounds, ReportKnown
from ..errors.registers import DriverNotFound, DriverRegisterUnavailable, VehicleRegisterUnavailable
from ..errors.reviewing import (
    CountyUnknown,
    HeadDecides,
    NobodyToAsk,
    NotTheSameEvent,
    ReportJoined,
    ReportLeads,
    ReportNotJoined,
    ReportTimeBarred,
)
from ..operations import joining, owner_inquiries, sanctioning
from ..operations import reviewing as operations
from ..schemas.reviewing import (
    AskOwner,
    DrivingReportFileView,
    EndWithoutSanction,
    FindNotEligible,
    HandOver,
    JoinReport,
    OpenedDrivingReportView,
    RecordAnswer,
    SanctionDriver,
    WriteNote,
)

_STEP: Final = (DrivingReportNotFound, DrivingReportStands, ReportJoined)
_DECISION: Final = (*_STEP, HeadDecides, FourEyes)

router = Router(prefix="/traffic-history/v1/driving-report-files", tags=["driving report files"])

ReportId = Annotated[schemas.Id, Path(description="The report.")]


@router.get("", summary="List reports of aggressive driving in a state", **reviewing())
async def list_driving_report_files(
    official: policy.Acting,
    means: Asking,
    session: Session,
    asked: paging.Asked,
    now: Now,
    state: Annotated[State, Query(description="Where they stand.")] = State.SUBMITTED,
) -> paging.Page[DrivingReportFileView]:
    """Those of the own institution, the one that came first first. Nobody is named."""
    after = asked.position((datetime, UUID))
    rows = await operations.in_state(
        session, means, official, state, (after[0], after[1]) if after else None, asked.rows, now
    )
    return asked.page(
        rows,
        position=lambda each: (each.report.submitted_at, each.report.id),
        view=DrivingReportFileView.of,
    )


@router.get("/expiring", summary="List reports whose time is nearly over", **reviewing())
async def list_expiring_driving_report_files(
    official: policy.Acting, means: Asking, session: Session, asked: paging.Asked, now: Now
) -> paging.Page[DrivingReportFileView]:
    """Open ones of the own institution for which a sanction will soon be impossible, the nearest first."""
    after = asked.position((date, UUID))
    rows = await operations.near_the_bar(
        session, means, official, (after[0], after[1]) if after else None, asked.rows, now
    )
    return asked.page(
        rows,
        position=lambda each: (each.report.barred_after, each.report.id),
        view=DrivingReportFileView.of,
    )


@router.get("/{report_id}", summary="Open a report of aggressive driving", **reviewing(DrivingReportNotFound))
async def open_driving_report_file(
    report_id: ReportId,
    official: policy.Acting,
    stated: purpose.Given,
    means: Asking,
    session: Session,
    now: Now,
) -> OpenedDrivingReportView:
    """With reporter, vehicle, and what else was reported about it. The reporter sees that it was opened."""
    file = await operations.open_file(session, means, official, report_id, stated, now)
    return OpenedDrivingReportView.of_file(file)


@router.post(
    "/{report_id}/take",
    summary="Take up a report of aggressive driving",
    **reviewing(*_STEP, VehicleRegisterUnavailable),
)
async def take_driving_report_file(
    report_id: ReportId,
    official: policy.Acting,
    stated: purpose.Given,
    means: Asking,
    session: Session,
    now: Now,
) -> DrivingReportFileView:
    """The register of vehicles says of what kind the vehicle is: of one with priority a head decides."""
    listed = await operations.take(session, means, official, report_id, stated, now)
    return DrivingReportFileView.of(listed)


@router.post("/{report_id}/eligible", summary="Find a report eligible", **reviewing(*_STEP))
async def find_driving_report_eligible(
    body: WriteNote,
    report_id: ReportId,
    official: policy.Acting,
    stated: purpose.Given,
    means: Asking,
    session: Session,
    now: Now,
) -> DrivingReportFileView:
    """Its recording shows day, hour and place, the plate and the manoeuvre: it is examined."""
    listed = await operations.find_eligible(session, means, official, report_id, body.note, stated, now)
    return DrivingReportFileView.of(listed)


@router.post("/{report_id}/not-eligible", summary="Find a report not eligible", **reviewing(*_DECISION))
async def find_driving_report_not_eligible(
    body: FindNotEligible,
    report_id: ReportId,
    official: policy.Acting,
    stated: purpose.Given,
    means: Asking,
    session: Session,
    now: Now,
) -> DrivingReportFileView:
    """The reporter is told the reason, not the note."""
    reason = Reason(body.reason.value)
    listed = await operations.decide(
        session, means, official, report_id, State.NOT_ELIGIBLE, reason, body.note, stated, now
    )
    return DrivingReportFileView.of(listed)


@router.post("/{report_id}/no-sanction", summary="End a report without a sanction", **reviewing(*_DECISION))
async def end_driving_report_without_sanction(
    body: EndWithoutSanction,
    report_id: ReportId,
    official: policy.Acting,
    stated: purpose.Given,
    means: Asking,
    session: Session,
    now: Now,
) -> DrivingReportFileView:
    """Of one that was examined. The reporter is told the reason, not the note."""
    reason = Reason(body.reason.value)
    listed = await operations.decide(
        session, means, official, report_id, State.NO_SANCTION, reason, body.note, stated, now
    )
    return DrivingReportFileView.of(listed)


@router.post(
    "/{report_id}/forward", summary="Forward a report to those who prosecute", **reviewing(*_DECISION)
)
async def forward_driving_report(
    body: WriteNote,
    report_id: ReportId,
    official: policy.Acting,
    stated: purpose.Given,
    means: Asking,
    session: Session,
    now: Now,
) -> DrivingReportFileView:
    """There is a sign of a crime; the chain of custody says that the recording went there."""
    listed = await operations.decide(
        session, means, official, report_id, State.FORWARDED_CRIMINAL, None, body.note, stated, now
    )
    return DrivingReportFileView.of(listed)


@router.post(
    "/{report_id}/sanction",
    summary="Sanction the driver",
    **reviewing(
        *_DECISION,
        ReportTimeBarred,
        DriverNotFound,
        DriverRegisterUnavailable,
        ReportKnown,
        OffenceUnknown,
        FineOutOfBounds,
        FactDayWrong,
    ),
)
async def sanction_reported_driver(
    body: SanctionDriver,
    report_id: ReportId,
    official: policy.Acting,
    stated: purpose.Given,
    means: Asking,
    session: Session,
    now: Now,
) -> DrivingReportFileView:
    """The contravention report enters the driver's record, and a suspension is proposed with it.

    Not after the last day on which a fine can be applied (OG 2/2001 art. 13).
    """
    listed = await sanctioning.sanction(
        session, means, official, report_id, body.value(), body.note, stated, now
    )
    return DrivingReportFileView.of(listed)


@router.post(
    "/{report_id}/hand-over",
    summary="Hand a report over to another county",
    **reviewing(*_STEP, CountyUnknown),
)
async def hand_over_driving_report(
    body: HandOver,
    report_id: ReportId,
    official: policy.Acting,
    stated: purpose.Given,
    means: Asking,
    session: Session,
    now: Now,
) -> DrivingReportFileView:
    """Its number stays; the officers there take it up anew, and those here see it no longer."""
    listed = await operations.hand_over(
        session, means, official, report_id, body.county, body.note, stated, now
    )
    return DrivingReportFileView.of(listed)


@router.post(
    "/{report_id}/owner-inquiries",
    status_code=201,
    summary="Ask who drove",
    **reviewing(*_STEP, NobodyToAsk, InquiryOpen, VehicleRegisterUnavailable),
)
async def ask_vehicle_owner(
    body: AskOwner,
    report_id: ReportId,
    official: policy.Acting,
    stated: purpose.Given,
    means: Asking,
    session: Session,
    now: Now,
) -> DrivingReportFileView:
    """The owner of the vehicle, or who had it, has to say who drove (OUG 195/2002 art. 39)."""
    listed = await owner_inquiries.ask(session, means, official, report_id, body.part, stated, now)
    return DrivingReportFileView.of(listed)


@router.post(
    "/{report_id}/owner-inquiries/{inquiry_id}/answer",
    summary="Record who drove",
    **reviewing(*_STEP, InquiryNotFound, InquiryAnswered, AnswerDayWrong),
)
async def record_owner_answer(
    body: RecordAnswer,
    report_id: ReportId,
    inquiry_id: Annotated[schemas.Id, Path(description="The inquiry.")],
    official: policy.Acting,
    stated: purpose.Given,
    means: Asking,
    session: Session,
    now: Now,
) -> DrivingReportFileView:
    """The answer, or that none came in time. Who reported learns nothing of it."""
    listed = await owner_inquiries.record_answer(
        session,
        means,
        official,
        report_id,
        inquiry_id,
        body.outcome,
        body.named.value() if body.named else None,
        body.on,
        stated,
        now,
    )
    return DrivingReportFileView.of(listed)


@router.post(
    "/{report_id}/join",
    summary="Join a report to another of the same event",
    **reviewing(*_STEP, ReportLeads, NotTheSameEvent),
)
async def join_driving_report(
    body: JoinReport,
    report_id: ReportId,
    official: policy.Acting,
    stated: purpose.Given,
    means: Asking,
    session: Session,
    now: Now,
) -> DrivingReportFileView:
    """It comes to where that one is, takes its steps and has its end."""
    listed = await joining.join(session, means, official, report_id, body.leader_id, stated, now)
    return DrivingReportFileView.of(listed)


@router.post(
    "/{report_id}/separate",
    summary="Separate a report from the one that leads",
    **reviewing(DrivingReportNotFound, DrivingReportStands, ReportNotJoined),
)
async def separate_driving_report(
    report_id: ReportId,
    official: policy.Acting,
    stated: purpose.Given,
    means: Asking,
    session: Session,
    now: Now,
) -> DrivingReportFileView:
    """While nothing is decided; it goes on from where it is."""
    listed = await joining.separate(session, means, official, report_id, stated, now)
    return DrivingReportFileView.of(listed)
