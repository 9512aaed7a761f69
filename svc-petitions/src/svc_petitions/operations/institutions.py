"""Institutions, as the catalog tells of them."""

from sqlalchemy.ext.asyncio import AsyncSession

from ..domain.institutions import Institution
from ..storage import institutions


async def keep(session: AsyncSession, changed: Institution) -> None:
    """Keep what the catalog told of an institution; the newest version wins, in whatever order they come."""
    async with session.begin():
        await institutions.keep(session, changed)
