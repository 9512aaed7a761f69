"""Reports of aggressive driving as officers and the clock look for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import func, select, text, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from ..domain import videos
from ..domain.driving_reports import DrivingReport, State
from ..keys import MasterKey
from ..tables.driving_reports import DRIVING_REPORT_STEPS, DRIVING_REPORTS, OVER
from ..tables.videos import VIDEOS
from .driving_reports import of_row, plate_key

Place = tuple[datetime, UUID]
"""Where a list stands: when a report was submitted, and its id."""
# Written out, as their indexes have them: a condition with parameters finds no partial index.
_OPEN: Final = text("state IN ('SUBMITTED', 'ELIGIBILITY_CHECK', 'UNDER_REVIEW', 'OWNER_INQUIRY')")
_SANCTIONED: Final = text("state = 'SANCTIONED'")
_KEPT: Final = text("video_until IS NOT NULL AND deleted_at IS NULL")


@dataclass(frozen=True, slots=True)
class Recording:
    """The recording of a report: `size` in bytes, `sha256` of the whole."""

    video_id: UUID
    size: int
    sha256: bytes
    container: videos.Container


@dataclass(frozen=True, slots=True)
class Earlier:
    """What was reported about one vehicle besides: how many events, and how many had a sanction."""

    reports: int
    sanctioned: int


async def lock_vehicle(session: AsyncSession, key: MasterKey, plate: str) -> None:
    """Until the end of the transaction nobody else takes a step with reports about this vehicle.

    Reports that are joined are about one vehicle, so that no two transactions wait for each other's rows.
    """
    name = f"driving-reports-of:{plate_key(key, plate).hex()}"
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))


async def in_state(
    session: AsyncSession,
    key: MasterKey,
    institution_id: UUID,
    state: State,
    after: Place | None,
    limit: int,
) -> Sequence[DrivingReport]:
    """Reports of an institution in a state, the one that was submitted first first."""
    columns = DRIVING_REPORTS.c
    asked = select(DRIVING_REPORTS).where(
        columns.institution_id == institution_id,
        columns.state == state.value,
        columns.submitted_at.is_not(None),
    )
    if after is not None:
        asked = asked.where(tuple_(columns.submitted_at, columns.id) > after)
    found = await session.execute(asked.order_by(columns.submitted_at, columns.id).limit(limit))
    return [of_row(key, row) for row in found.mappings()]


async def near_the_bar(
    session: AsyncSession,
    key: MasterKey,
    institution_id: UUID,
    until: date,
    after: tuple[date, UUID] | None,
    limit: int,
) -> Sequence[DrivingReport]:
    """Open reports of an institution that are barred after a day until `until`, the nearest first."""
    columns = DRIVING_REPORTS.c
    asked = select(DRIVING_REPORTS).where(
        _OPEN, columns.institution_id == institution_id, columns.barred_after <= until
    )
    if after is not None:
        asked = asked.where(tuple_(columns.barred_after, columns.id) > after)
    found = await session.execute(asked.order_by(columns.barred_after, columns.id).limit(limit))
    return [of_row(key, row) for row in found.mappings()]


async def joined_to(session: AsyncSession, key: MasterKey, leader_id: UUID) -> Sequence[DrivingReport]:
    """The reports that are joined to one, locked, in the order of their ids."""
    found = await session.execute(
        select(DRIVING_REPORTS)
        .where(DRIVING_REPORTS.c.joined_to == leader_id)
        .order_by(DRIVING_REPORTS.c.id)
        .with_for_update()
    )
    return [of_row(key, row) for row in found.mappings()]


async def earlier(session: AsyncSession, key: MasterKey, report: DrivingReport) -> Earlier:
    """What else was reported about the vehicle of a report; joined reports are of one event."""
    if report.event is None:
        return Earlier(0, 0)
    columns = DRIVING_REPORTS.c
    event_id = report.joined_to or report.id
    found = await session.execute(
        select(func.count(), func.count(columns.proces_verbal_id))
        .select_from(DRIVING_REPORTS)
        .where(
            columns.plate_key == plate_key(key, report.event.plate),
            columns.submitted_at.is_not(None),
            columns.joined_to.is_(None),
            columns.id != event_id,
        )
    )
    reports, sanctioned = found.one()
    return Earlier(reports, sanctioned)


async def recording(session: AsyncSession, report_id: UUID) -> Recording | None:
    """The recording of a report; none where it has none, or no longer."""
    found = await session.execute(
        select(VIDEOS.c.id, VIDEOS.c.length, VIDEOS.c.sha256, VIDEOS.c.container).where(
            VIDEOS.c.driving_report_id == report_id,
            VIDEOS.c.state == videos.State.CHECKED.value,
            VIDEOS.c.deleted_at.is_(None),
        )
    )
    row = found.one_or_none()
    return Recording(row.id, row.length, row.sha256, videos.Container(row.container)) if row else None


async def barred(session: AsyncSession, today: date, limit: int) -> Sequence[UUID]:
    """Some open reports whose last day for a sanction has passed."""
    found = await session.execute(
        select(DRIVING_REPORTS.c.id)
        .where(_OPEN, DRIVING_REPORTS.c.barred_after < today)
        .order_by(DRIVING_REPORTS.c.barred_after, DRIVING_REPORTS.c.id)
        .limit(limit)
    )
    return found.scalars().all()


async def sanctioned(session: AsyncSession, after: UUID, limit: int) -> Sequence[tuple[UUID, UUID]]:
    """Some sanctioned reports that lead, with the contravention report of each, from an id on."""
    columns = DRIVING_REPORTS.c
    found = await session.execute(
        select(columns.id, columns.proces_verbal_id)
        .where(_SANCTIONED, columns.id > after, columns.joined_to.is_(None))
        .order_by(columns.id)
        .limit(limit)
    )
    return [(report_id, proces_verbal_id) for report_id, proces_verbal_id in found]


async def over(session: AsyncSession, key: MasterKey, limit: int) -> Sequence[tuple[DrivingReport, datetime]]:
    """Some reports that came to an end of which it is not said how long they are kept, with when it was.

    They are locked; those that somebody else has in hand are passed over.
    """
    steps = DRIVING_REPORT_STEPS.c
    found = await session.execute(
        select(DRIVING_REPORTS)
        .where(text(OVER))
        .order_by(DRIVING_REPORTS.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    reports = [of_row(key, row) for row in found.mappings()]
    last = await session.execute(
        select(steps.driving_report_id, func.max(steps.at).label("ended_at"))
        .where(steps.driving_report_id.in_([each.id for each in reports]))
        .group_by(steps.driving_report_id)
    )
    ended = {row.driving_report_id: row.ended_at for row in last}
    return [(each, ended[each.id]) for each in reports]


async def keep_until(session: AsyncSession, report_id: UUID, until: date) -> None:
    """Say how long recording and personal data of a report are kept; its steps stay as they are."""
    await session.execute(
        update(DRIVING_REPORTS).where(DRIVING_REPORTS.c.id == report_id).values(video_until=until)
    )


async def to_delete(session: AsyncSession, today: date, limit: int) -> Sequence[UUID]:
    """Some reports whose last day of keeping has passed."""
    found = await session.execute(
        select(DRIVING_REPORTS.c.id)
        .where(_KEPT, DRIVING_REPORTS.c.video_until < today)
        .order_by(DRIVING_REPORTS.c.video_until, DRIVING_REPORTS.c.id)
        .limit(limit)
    )
    return found.scalars().all()


async def forget(session: AsyncSession, report_id: UUID, now: datetime) -> None:
    """Delete what is personal of a report, and the notes of its steps; what is counted stays."""
    await session.execute(
        update(DRIVING_REPORTS)
        .where(DRIVING_REPORTS.c.id == report_id)
        .values(reporter=None, event=None, plate_key=None, deleted_at=now)
    )
    await session.execute(
        update(DRIVING_REPORT_STEPS)
        .where(
            DRIVING_REPORT_STEPS.c.driving_report_id == report_id, DRIVING_REPORT_STEPS.c.note.is_not(None)
        )
        .values(note=None)
    )
