"""Reports of aggressive driving as Open311 GeoReport has them: found again by their reporter."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from ..domain.driving_reports import Reason
from ..domain.georeport import MOST, Search
from ..domain.institutions import Institution
from ..errors.driving_reports import DrivingReportNotFound
from ..keys import MasterKey
from ..storage import georeport as storage
from ..storage import institutions
from . import driving_reports
from .driving_reports import Shown

_PAGE: Final = 100


@dataclass(frozen=True, slots=True, repr=False)
class Found:
    """A report as its reporter sees it, who decides about it, and when it last changed."""

    shown: Shown
    institution: Institution | None
    changed_at: datetime


async def read(
    session: AsyncSession, key: MasterKey, person_id: UUID, report_id: UUID, now: datetime
) -> Found:
    """A report of somebody; another's is not found. `DrivingReportNotFound`."""
    shown = await driving_reports.read(session, key, person_id, report_id, now)
    return Found(shown, shown.institution, max(step.at for step in shown.steps))


async def search(
    session: AsyncSession, key: MasterKey, person_id: UUID, wanted: Search, now: datetime
) -> Sequence[Found]:
    """Those of somebody's own reports that are meant, the last first; what is not theirs is left out."""
    if wanted.ids:
        found = []
        for report_id in wanted.ids:
            with suppress(DrivingReportNotFound):
                found.append(await read(session, key, person_id, report_id, now))
        return found
    meant = await _meant(session, key, person_id, wanted, now)
    ids = {each.report.id for each in meant}
    async with session.begin():
        changes = await storage.changes(session, ids)
        units = {
            unit: await institutions.find(session, unit)
            for unit in {each.report.institution_id for each in meant}
        }
    return [Found(each, units[each.report.institution_id], _changed(each, changes)) for each in meant]


async def _meant(
    session: AsyncSession, key: MasterKey, person_id: UUID, wanted: Search, now: datetime
) -> Sequence[Shown]:
    meant: list[Shown] = []
    after = None
    while len(meant) < MOST:
        page = await driving_reports.listed(session, key, person_id, now, after, _PAGE)
        meant += [each for each in page if wanted.takes(each.state, each.report.sent_at)]
        if len(page) < _PAGE or page[-1].report.sent_at < wanted.first:
            break
        after = page[-1].report.id
    return meant[:MOST]


def _changed(shown: Shown, changes: Mapping[UUID, datetime]) -> datetime:
    """When a report came to where it is; one that waits in vain for its recording when its time was over."""
    if shown.reason is Reason.NO_VIDEO:
        return shown.report.upload_by
    return changes[shown.report.id]
