"""What the catalog tells of institutions."""

from sqlalchemy.ext.asyncio import AsyncSession

from ..domain.institutions import Institution
from ..storage import institutions as storage


async def copy_institution(session: AsyncSession, changed: Institution) -> None:
    """Keep what was told; the newest version wins, in whatever order they come."""
    async with session.begin():
        await storage.copy(session, changed)
