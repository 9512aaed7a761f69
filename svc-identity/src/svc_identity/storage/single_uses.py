"""Assertions of clients, proofs of keys and answers of passkeys, each of which serves once."""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from ..tables.single_uses import SINGLE_USES


async def spend(session: AsyncSession, digest: bytes, until: datetime) -> bool:
    """Remember what was shown; false when it was shown before, also by another replica."""
    shown = insert(SINGLE_USES).values(digest=digest, until=until).on_conflict_do_nothing()
    return (await session.execute(shown.returning(SINGLE_USES.c.digest))).first() is not None


async def purge(session: AsyncSession, before: datetime) -> None:
    """Forget what could not be shown again then."""
    await session.execute(delete(SINGLE_USES).where(SINGLE_USES.c.until < before))
