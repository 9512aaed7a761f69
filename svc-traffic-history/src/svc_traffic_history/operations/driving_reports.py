"""Reports of aggressive driving, the reporter's side: send, follow, take back."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from hub_events import outbox

from ..domain import driving_reports as domain
from ..domain.driving_reports import DrivingReport, State
from ..errors.driving_reports import UploadTimeOver
from ..events.driving_reports import DrivingReportMoved
from ..storage import driving_reports as storage


async def submitted(session: AsyncSession, report: DrivingReport, now: datetime) -> DrivingReport:
    """The recording of a report is whole and checked: officers have it from now on.

    Inside the transaction that ends the upload, which has locked the report. `DrivingReportStands`,
    `UploadTimeOver`.
    """
    if domain.is_overdue(report, now):
        raise UploadTimeOver
    moved = domain.moved(report, State.SUBMITTED, submitted_at=now)
    await storage.move(session, moved, now, report.reporter_id)
    await tell_moved(session, moved, now)
    return moved


async def close_overdue(session: AsyncSession, report: DrivingReport, now: datetime) -> DrivingReport:
    """The report as it stands now: closed when its recording should have been there by now.

    Inside the caller's transaction, which has locked the report.
    """
    if not domain.is_overdue(report, now):
        return report
    closed = domain.moved(report, State.CLOSED, domain.Reason.NO_VIDEO)
    await storage.move(session, closed, now, None)
    await tell_moved(session, closed, now)
    return closed


async def tell_moved(session: AsyncSession, report: DrivingReport, now: datetime) -> None:
    """Tell that a report has come to where it is, in the caller's transaction."""
    await outbox.record(
        session,
        DrivingReportMoved(
            driving_report_id=report.id,
            person_id=report.reporter_id,
            number=report.label,
            state=report.state.value,
            reason=report.reason.value if report.reason else None,
            upload_by=report.upload_by if report.state is State.AWAITING_VIDEO else None,
            version=report.version,
        ),
        now,
    )
