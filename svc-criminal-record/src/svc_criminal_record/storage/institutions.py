"""The copy of the catalog's institutions: rows in, domain values out."""

from collections.abc import Collection, Mapping
from dataclasses import asdict
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from hub_events import copies

from ..domain.institutions import Institution
from ..tables.extracts import INSTITUTIONS


async def find(session: AsyncSession, institution_id: UUID) -> Institution | None:
    """Our copy of an institution; none when it was not heard of."""
    found = await session.execute(select(INSTITUTIONS).where(INSTITUTIONS.c.id == institution_id))
    row = found.mappings().one_or_none()
    return Institution(**row) if row else None


async def find_all(session: AsyncSession, institution_ids: Collection[UUID]) -> Mapping[UUID, Institution]:
    """Our copies of these institutions, by id."""
    found = await session.execute(select(INSTITUTIONS).where(INSTITUTIONS.c.id.in_(institution_ids)))
    return {row["id"]: Institution(**row) for row in found.mappings()}


async def copy(session: AsyncSession, changed: Institution) -> None:
    """Keep an institution as the catalog told it, unless a newer version is held already."""
    await copies.keep(session, INSTITUTIONS, asdict(changed))
