"""When reports of aggressive driving last came to another step."""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from ..tables.driving_reports import DRIVING_REPORT_STEPS


async def changes(session: AsyncSession, report_ids: Collection[UUID]) -> Mapping[UUID, datetime]:
    """The instant of the last step of each report."""
    steps = DRIVING_REPORT_STEPS.c
    found = await session.execute(
        select(steps.driving_report_id, func.max(steps.at).label("at"))
        .where(steps.driving_report_id.in_(report_ids))
        .group_by(steps.driving_report_id)
    )
    return {row["driving_report_id"]: row["at"] for row in found.mappings()}
