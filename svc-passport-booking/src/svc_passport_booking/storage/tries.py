"""Tries: counted, and forgotten when they hold nobody up any more."""

from datetime import datetime, timedelta

from sqlalchemy import case, delete
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession

from ..tables.guests import TRIES


async def count(session: AsyncSession, key: bytes, period: timedelta, now: datetime) -> tuple[int, datetime]:
    """Count one more try on a key: how many it has with this one, and since when. Who tries it too waits."""
    over = TRIES.c.since <= now - period
    counted = (
        postgresql.insert(TRIES)
        .values(key=key, since=now, count=1)
        .on_conflict_do_update(
            index_elements=[TRIES.c.key],
            set_={
                "since": case((over, now), else_=TRIES.c.since),
                "count": case((over, 1), else_=TRIES.c.count + 1),
            },
        )
        .returning(TRIES.c.count, TRIES.c.since)
    )
    number, since = (await session.execute(counted)).one()
    return number, since


async def forget(session: AsyncSession, before: datetime) -> None:
    """Forget the counts that began before an instant."""
    await session.execute(delete(TRIES).where(TRIES.c.since < before))
