"""Tries are counted, so that nobody finds a code out by trying, nor takes what is everybody's.

    seconds = await tries.take(session, partial(key.digest, Purpose.PEOPLE), LIMITS, counted, now)
    if seconds:
        raise TriedTooOften(headers={"retry-after": str(seconds)})

Nothing stored names a person or an address: `digest` is a keyed hash.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import (
    ARRAY,
    Column,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    bindparam,
    case,
    delete,
    func,
    literal,
    select,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.clock import local_date
from hub_core.tries import Limits, Try, wait

from . import rules
from .database import Statement

TRIES: Final = Table(
    "tries",
    MetaData(),
    Column("key", LargeBinary, primary_key=True, comment="Keyed hash of what is counted and of whom"),
    Column("since", DateTime(timezone=True), nullable=False),
    Column("count", Integer, nullable=False),
    Index("ix_tries_since", "since"),
    comment="How often something was tried; no person and no address can be read from it",
)
_KEPT: Final = timedelta(days=1)
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


def attach(metadata: MetaData) -> None:
    """Add the table of counts to a service's metadata, for its migrations."""
    TRIES.to_metadata(metadata)


async def take(
    session: AsyncSession,
    digest: Callable[[str], bytes],
    limits: Limits,
    counted: Iterable[Try],
    now: datetime,
) -> int:
    """Count one more try of each, for good; seconds to wait where one is over its limit, else 0.

    Apart from the session's transaction: whatever becomes of it, and the next one waits for no other work.
    """
    today = local_date(now)
    held = {digest(f"try:{each}"): limits.most[each.counted] for each in counted}
    async with session.begin():
        legal = await rules.read(session, limits.period, *{*held.values()})
    period = timedelta(minutes=legal.on(limits.period, today).whole)
    rows = await _COUNT.all(session, keys=[*held], now=now, over=now - period)
    return max(
        wait(row["count"], legal.on(held[row["key"]], today).whole, row["since"], period, now) for row in rows
    )


async def forget(session: AsyncSession, now: datetime) -> None:
    """Forget the counts that hold nobody up any more."""
    async with session.begin():
        await session.execute(delete(TRIES).where(TRIES.c.since < now - _KEPT))
