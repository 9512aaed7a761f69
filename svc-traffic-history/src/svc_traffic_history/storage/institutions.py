"""Our copy of the institutions."""

from dataclasses import asdict
from datetime import date
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from hub_events import copies

from ..domain.institutions import COUNTY_POLICE, Institution
from ..tables.institutions import INSTITUTIONS


async def find(session: AsyncSession, institution_id: UUID) -> Institution | None:
    """Our copy of an institution, or None when we have not heard of it."""
    found = await session.execute(select(INSTITUTIONS).where(INSTITUTIONS.c.id == institution_id))
    row = found.mappings().one_or_none()
    return Institution(**row) if row else None


async def police_of(session: AsyncSession, county: str, on: date) -> Institution | None:
    """The police inspectorate of a county on a day."""
    found = await session.execute(
        select(INSTITUTIONS)
        .where(
            INSTITUTIONS.c.kind == COUNTY_POLICE,
            INSTITUTIONS.c.county == county,
            INSTITUTIONS.c.valid_from <= on,
            or_(INSTITUTIONS.c.valid_to.is_(None), INSTITUTIONS.c.valid_to >= on),
        )
        .order_by(INSTITUTIONS.c.valid_from.desc(), INSTITUTIONS.c.id)
        .limit(1)
    )
    row = found.mappings().one_or_none()
    return Institution(**row) if row else None


async def keep(session: AsyncSession, changed: Institution) -> None:
    """Keep an institution as the catalog told it, unless we already hold a newer version."""
    await copies.keep(session, INSTITUTIONS, asdict(changed))
