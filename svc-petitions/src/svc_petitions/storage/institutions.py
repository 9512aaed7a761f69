"""Our copy of the institutions."""

from dataclasses import asdict
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from hub_events import copies

from ..domain.institutions import Institution
from ..tables.institutions import INSTITUTIONS


async def find(session: AsyncSession, institution_id: UUID) -> Institution | None:
    """Our copy of an institution, or None when we have not heard of it."""
    found = await session.execute(select(INSTITUTIONS).where(INSTITUTIONS.c.id == institution_id))
    row = found.mappings().first()
    return Institution(**row) if row else None


async def keep(session: AsyncSession, changed: Institution) -> None:
    """Keep an institution as the catalog told it, unless we already hold a newer version."""
    await copies.keep(session, INSTITUTIONS, asdict(changed))
