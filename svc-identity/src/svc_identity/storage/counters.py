"""Counters of tries."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from ..domain.throttle import Counter
from ..tables.accounts import COUNTERS


async def lock(session: AsyncSession, keys: Iterable[bytes], now: datetime) -> dict[bytes, Counter]:
    """The counters of these keys, new ones from zero; locked, always in the same order."""
    ordered = sorted(keys)
    fresh = [{"key": key, "count": 0, "last_at": now} for key in ordered]
    await session.execute(insert(COUNTERS).values(fresh).on_conflict_do_nothing())
    wanted = select(COUNTERS).where(COUNTERS.c.key.in_(ordered)).order_by(COUNTERS.c.key).with_for_update()
    rows = (await session.execute(wanted)).mappings()
    return {row["key"]: Counter(row["count"], row["last_at"]) for row in rows}


async def store(session: AsyncSession, key: bytes, counter: Counter) -> None:
    """Store a counter that is locked."""
    values = {"count": counter.count, "last_at": counter.last_at}
    await session.execute(COUNTERS.update().where(COUNTERS.c.key == key).values(values))


async def purge(session: AsyncSession, before: datetime) -> None:
    """Forget the counters that nothing was counted on since then."""
    await session.execute(delete(COUNTERS).where(COUNTERS.c.last_at < before))
