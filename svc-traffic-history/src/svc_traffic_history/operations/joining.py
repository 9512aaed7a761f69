"""Reports of one event are joined: what becomes of the one that leads becomes of all."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.clock import local_date
from hub_service import rules
from hub_service.access import Action
from hub_service.policy import Official
from hub_service.purpose import Stated

from ..domain import driving_reports as reports
from ..domain import reviewing as domain
from ..domain.driving_reports import OPEN
from ..errors.reviewing import ReportNotJoined
from ..storage import driving_reports as reports_storage
from . import officers
from .means import Means
from .reviewing import Held, Listed, hold, listed, step


async def join(
    session: AsyncSession,
    means: Means,
    official: Official,
    report_id: UUID,
    leader_id: UUID,
    purpose: Stated,
    now: datetime,
) -> Listed:
    """Join a report to another of the same event; it comes to where that one is.

    `DrivingReportNotFound`, `OwnCase`, `DrivingReportStands`, `ReportJoined`, `ReportLeads`,
    `NotTheSameEvent`.
    """
    own = await officers.own_number(means, official)
    async with session.begin():
        leading = await hold(session, means, official, own, leader_id, Action.CHANGE, purpose, now)
        joining = await hold(session, means, official, own, report_id, Action.CHANGE, purpose, now)
        legal = await rules.read(session, *domain.RULES)
        leader = leading.report
        domain.must_join(leader, joining.report, legal, local_date(now), other_leads=bool(joining.joined))
        alike = {"officer_id": leader.officer_id, "vehicle": leader.vehicle}
        joined = reports.changed(joining.report, joined_to=leader.id, **alike)
        await reports_storage.change(session, joined)
        following = Held(joined, ())
        for state in domain.steps_to(joined, leader):
            following = await step(session, means.key, following, state, official, now)
        return listed(following, now)


async def separate(
    session: AsyncSession, means: Means, official: Official, report_id: UUID, purpose: Stated, now: datetime
) -> Listed:
    """Separate a report from the one that it was joined to, while nothing is decided; it stays where it is.

    `DrivingReportNotFound`, `OwnCase`, `DrivingReportStands`, `ReportNotJoined`.
    """
    own = await officers.own_number(means, official)
    async with session.begin():
        held = await hold(session, means, official, own, report_id, Action.CHANGE, purpose, now, follows=True)
        if held.report.joined_to is None:
            raise ReportNotJoined
        domain.must_be(held.report, OPEN)
        alone = Held(reports.changed(held.report, joined_to=None), ())
        await reports_storage.change(session, alone.report)
        return listed(alone, now)
