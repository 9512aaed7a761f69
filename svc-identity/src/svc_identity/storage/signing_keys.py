"""Signing keys."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from ..domain.signing_key import SigningKey, Use
from ..tables.signing_keys import SIGNING_KEYS


async def lock(session: AsyncSession) -> None:
    """Let one replica at a time make keys."""
    key = func.hashtextextended("identity:signing-keys", 0)
    await session.execute(select(func.pg_advisory_xact_lock(key)))


async def all_(session: AsyncSession) -> Sequence[SigningKey]:
    """Every key that is kept, in the order of their turns."""
    rows = (await session.execute(select(SIGNING_KEYS).order_by(SIGNING_KEYS.c.signs_from))).mappings()
    return [SigningKey(**{**row, "use": Use(row["use"])}) for row in rows]


async def add(session: AsyncSession, key: SigningKey) -> None:
    """Store a new key."""
    await session.execute(insert(SIGNING_KEYS).values(asdict(key)))


async def purge(session: AsyncSession, now: datetime) -> None:
    """Forget the keys that are no longer published."""
    await session.execute(delete(SIGNING_KEYS).where(SIGNING_KEYS.c.published_until < now))
