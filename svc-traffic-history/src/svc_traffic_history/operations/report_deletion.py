"""Recordings and personal data of reports are deleted by rule; figures and the chain of custody stay."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.clock import local_date
from hub_service import rules

from ..domain import reviewing as domain
from ..keys import MasterKey
from ..storage import driving_reports as reports_storage
from ..storage import owner_inquiries
from ..storage import reviewing as storage
from . import videos
from .videos import VideoMeans

_SOME: Final = 100


async def say_how_long(session: AsyncSession, key: MasterKey) -> int:
    """Say of some reports that came to an end how long they are kept, by the rule of that day; how many."""
    async with session.begin():
        legal = await rules.read(session, *domain.KEPT_RULES)
        over = await storage.over(session, key, _SOME)
        for report, ended_at in over:
            until = domain.kept_until(report, local_date(ended_at), legal)
            await storage.keep_until(session, report.id, until)
    return len(over)


async def delete_what_is_over(session: AsyncSession, means: VideoMeans, now: datetime) -> int:
    """Delete what has been kept long enough of some reports; how many. `VideosUnavailable`.

    First the recording, then what is personal, each in a transaction of its own: who is killed in between
    leaves a report that is still to be deleted.
    """
    async with session.begin():
        some = await storage.to_delete(session, local_date(now), _SOME)
    for report_id in some:
        await videos.delete(session, means, report_id, now)
        await _forget(session, means.key, report_id, now)
    return len(some)


async def _forget(session: AsyncSession, key: MasterKey, report_id: UUID, now: datetime) -> None:
    async with session.begin():
        await reports_storage.lock(session, key, report_id)
        await owner_inquiries.forget(session, report_id)
        await storage.forget(session, report_id, now)
