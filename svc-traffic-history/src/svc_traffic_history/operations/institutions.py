"""What the catalog tells of institutions."""

from sqlalchemy.ext.asyncio import AsyncSession

from ..domain.institutions import Institution
from ..storage import institutions as storage


async def keep(session: AsyncSession, changed: Institution) -> None:
    """Keep our copy; repeated and late news change nothing."""
    async with session.begin():
        await storage.keep(session, changed)
