"""Tries: counted, and forgotten when they hold nobody up any more."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ARRAY, DateTime, LargeBinary, bindparam, case, delete, func, literal, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession

from hub_service.database import Statement

from ..tables.guests import TRIES

_NOW: Final = bindparam("now", type_=DateTime(timezone=True))
_EACH: Final = func.unnest(bindparam("keys", type_=ARRAY(LargeBinary))).column_valued("each")
_IS_OVER: Final = TRIES.c.since <= bindparam("over", type_=DateTime(timezone=True))
# In the order of the keys: two callers who count the same never wait for each other.
_COUNT: Final = Statement(
    postgresql.insert(TRIES)
    .from_select(["key", "since", "count"], select(_EACH, _NOW, literal(1)).order_by(_EACH))
    .on_conflict_do_update(
        index_elements=[TRIES.c.key],
        set_={
            "since": case((_IS_OVER, _NOW), else_=TRIES.c.since),
            "count": case((_IS_OVER, 1), else_=TRIES.c.count + 1),
        },
    )
    .returning(TRIES.c.key, TRIES.c.count, TRIES.c.since)
)


async def count(
    session: AsyncSession, keys: Collection[bytes], period: timedelta, now: datetime
) -> Mapping[bytes, tuple[int, datetime]]:
    """Count one more try on each key, for good: how many it has with this one, and since when.

    Apart from the session's transaction: whatever becomes of it, and the next one waits for no other work.
    """
    rows = await _COUNT.all(session, keys=[*keys], now=now, over=now - period)
    return {row["key"]: (row["count"], row["since"]) for row in rows}


async def forget(session: AsyncSession, before: datetime) -> None:
    """Forget the counts that began before an instant."""
    await session.execute(delete(TRIES).where(TRIES.c.since < before))
