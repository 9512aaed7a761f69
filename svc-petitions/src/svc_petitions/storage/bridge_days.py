"""Our copy of the days off that the government grants."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from hub_events import copies

from ..domain.bridge_days import EVERYWHERE, BridgeDay
from ..tables.bridge_days import BRIDGE_DAYS


async def keep(session: AsyncSession, told: BridgeDay) -> None:
    """Keep a day as it was told, unless we already hold a newer version."""
    await copies.keep(session, BRIDGE_DAYS, asdict(told))


async def granted(session: AsyncSession, institution_id: UUID) -> Mapping[date, str]:
    """The days off of an institution, with the act that gives each; its own act before that of all."""
    columns = BRIDGE_DAYS.c
    wanted = select(columns.day, columns.legal_basis).where(
        columns.institution_id.in_((EVERYWHERE, institution_id)), columns.is_granted
    )
    found = await session.execute(wanted.order_by(columns.institution_id))
    return {row.day: row.legal_basis for row in found}
