"""What is kept of institutions and their officials."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from ..domain.officials import Official
from ..storage import institutions as storage


async def keep_official(session: AsyncSession, official: Official) -> None:
    """Keep who has which role where; what is heard late changes nothing."""
    async with session.begin():
        await storage.keep_official(session, official)


async def keep_institution(
    session: AsyncSession, institution_id: UUID, names: Mapping[str, str], version: int
) -> None:
    """Keep an institution's names; what is heard late changes nothing."""
    async with session.begin():
        await storage.keep_institution(session, institution_id, names, version)
