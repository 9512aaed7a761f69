"""A report of aggressive driving becomes a sanction in the driver's ledger, and ends with it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.clock import local_date
from hub_core.rules import Rules
from hub_service import rules
from hub_service.access import Action
from hub_service.policy import Official
from hub_service.purpose import Stated

from ..domain import driving_reports as reports
from ..domain import fines
from ..domain import reviewing as domain
from ..domain.driving_reports import Reason, State
from ..errors.registers import DriverNotFound
from ..keys import MasterKey
from ..storage import driving_reports as reports_storage
from ..storage import ledger
from ..storage import reviewing as storage
from . import officers, recording
from .means import Means
from .recording import Found, Report
from .registering import take_in
from .reviewing import Held, Listed, hold, listed, must_decide, step

AGGRESSIVE: Final = "aggressive-driving"
ACCIDENT: Final = "aggressive-driving-accident"
"""The codes of the offence in the list of the law."""
_SOME: Final = 100
_FIRST: Final = UUID(int=0)


@dataclass(frozen=True, slots=True, repr=False)
class Sanction:
    """The contravention report as the officer wrote it, and the driver's number. The day is the event's."""

    driver_cnp: str
    series: str
    number: str
    found_at: datetime
    place: str
    offence: str
    fine_points: int


async def sanction(
    session: AsyncSession,
    means: Means,
    official: Official,
    report_id: UUID,
    made: Sanction,
    note: str | None,
    purpose: Stated,
    now: datetime,
) -> Listed:
    """Record the contravention report in the driver's ledger, and let the report be sanctioned, or neither.

    `DrivingReportNotFound`, `OwnCase`, `DrivingReportStands`, `ReportJoined`, `HeadDecides`, `FourEyes`,
    `ReportTimeBarred`, `DriverNotFound`, `DriverRegisterUnavailable`, and what recording raises.
    """
    own = await officers.own_number(means, official)
    told = await means.register.find(made.driver_cnp)
    if told is None:
        raise DriverNotFound
    async with session.begin():
        held = await hold(session, means, official, own, report_id, Action.DECIDE, purpose, now)
        domain.must_be(held.report, domain.EXAMINED)
        must_decide(held.report, official)
        domain.must_be_in_time(held.every, local_date(now))
        known = await take_in(session, means.key, told, None, now)
        driver = await officers.hold(session, means, official, own, known.id, Action.CREATE, purpose, now)
        proces_verbal_id = await recording.record(session, official, driver, _report(made, held.report), now)
        held = await step(
            session,
            means.key,
            held,
            State.SANCTIONED,
            official,
            now,
            note=note,
            proces_verbal_id=proces_verbal_id,
            decided_at=now,
        )
        return listed(held, now)


async def follow_decisions(session: AsyncSession, key: MasterKey, now: datetime) -> int:
    """Close the reports whose sanction is final, end those whose sanction fell; how many.

    Each in a transaction of its own.
    """
    number, after = 0, _FIRST
    while True:
        async with session.begin():
            legal = await rules.read(session, *fines.RULES)
            some = await storage.sanctioned(session, after, _SOME)
        for report_id, proces_verbal_id in some:
            number += await _follow(session, key, report_id, proces_verbal_id, legal, now)
        if len(some) < _SOME:
            return number
        after = some[-1][0]


async def bar(session: AsyncSession, key: MasterKey, now: datetime) -> int:
    """End the reports for which no fine can be applied any more; how many, each in its own transaction."""
    number = 0
    while True:
        async with session.begin():
            some = await storage.barred(session, local_date(now), _SOME)
        done = sum([await _bar(session, key, report_id, now) for report_id in some])
        number += done
        if len(some) < _SOME or not done:
            return number


async def _follow(
    session: AsyncSession,
    key: MasterKey,
    report_id: UUID,
    proces_verbal_id: UUID,
    legal: Rules,
    now: datetime,
) -> bool:
    async with session.begin():
        found = await ledger.report(session, proces_verbal_id)
        if found is None:
            return False
        held = await _hold(session, key, report_id)
        entries = (await ledger.of_driver(session, found.driver_id)).entries
        of_report = [entry for entry in entries if entry.proces_verbal_id == proces_verbal_id]
        end = domain.after_sanction(of_report, legal, local_date(now))
        if held is None or held.report.state is not State.SANCTIONED or end is None:
            return False
        to, reason = end
        await step(session, key, held, to, None, now, reason=reason)
    return True


async def _bar(session: AsyncSession, key: MasterKey, report_id: UUID, now: datetime) -> bool:
    async with session.begin():
        held = await _hold(session, key, report_id)
        if held is None or not domain.is_barred(held.report, local_date(now)):
            return False
        if held.report.state not in reports.OPEN:
            return False
        if held.report.joined_to is not None:  # its leader's day may be a later one
            alone = reports.changed(held.report, joined_to=None)
            await reports_storage.change(session, alone)
            held = Held(alone, ())
        await step(
            session, key, held, State.NO_SANCTION, None, now, reason=Reason.TIME_BARRED, decided_at=now
        )
    return True


async def _hold(session: AsyncSession, key: MasterKey, report_id: UUID) -> Held | None:
    """A report, locked with those that follow it, for the clock."""
    report = await reports_storage.find(session, key, report_id)
    if report is None or report.event is None:
        return None
    await storage.lock_vehicle(session, key, report.event.plate)
    locked = await reports_storage.lock(session, key, report_id)
    return Held(locked, await storage.joined_to(session, key, report_id)) if locked else None


def _report(made: Sanction, report: reports.DrivingReport) -> Report:
    return Report(
        series=made.series,
        number=made.number,
        found_at=made.found_at,
        county=report.county,
        place=made.place,
        offences=[Found(made.offence, local_date(report.happened_at), made.fine_points)],
    )
