"""The copy of the catalog's legal numbers: those that this service applies."""

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.rules import Rules
from hub_service import rules

from ..domain.legal import CODES


async def read(session: AsyncSession) -> Rules:
    """Every one of them, for any day, in the caller's transaction."""
    return await rules.read(session, *CODES)
