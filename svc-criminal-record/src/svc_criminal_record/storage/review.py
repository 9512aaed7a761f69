"""The queue of officers: rows in, domain values out; nothing that is encrypted is read."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, RowMapping, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from ..domain.products import Channel, Product
from ..domain.review import Queued
from ..domain.states import State
from ..tables.requests import REQUESTS

_SHOWN: Final = (
    *(REQUESTS.c.id, REQUESTS.c.number, REQUESTS.c.product, REQUESTS.c.channel, REQUESTS.c.state),
    *(REQUESTS.c.submitted_at, REQUESTS.c.due_on, REQUESTS.c.alarm_on, REQUESTS.c.counter_until),
    *(REQUESTS.c.proposed_by, REQUESTS.c.claimed_by, REQUESTS.c.claimed_at),
)
_BY_DAY: Final = {State.MANUAL_REVIEW: REQUESTS.c.due_on, State.NEEDS_COUNTER: REQUESTS.c.counter_until}
"""By which day those in a state are worked on; each has its index."""


async def queue(
    session: AsyncSession,
    institution_id: UUID,
    state: State,
    *,
    number: int | None,
    after: tuple[date, UUID] | None,
    limit: int,
    now: datetime,
    lasts: timedelta,
) -> Sequence[Queued]:
    """Those in a state that officers of a unit find, what is due first first, after a day and a request."""
    day: ColumnElement[Any] = _BY_DAY[state]
    wanted = select(*_SHOWN).where(
        REQUESTS.c.state == state.value,
        or_(REQUESTS.c.institution_id.is_(None), REQUESTS.c.institution_id == institution_id),
    )
    if number is not None:
        wanted = wanted.where(REQUESTS.c.number == number)
    if after is not None:
        wanted = wanted.where(tuple_(day, REQUESTS.c.id) > tuple_(*after))
    found = await session.execute(wanted.order_by(day, REQUESTS.c.id).limit(limit))
    return [_queued(row, now, lasts) for row in found.mappings()]


def _queued(row: RowMapping, now: datetime, lasts: timedelta) -> Queued:
    claimed_at: datetime | None = row["claimed_at"]
    is_held = claimed_at is not None and now < claimed_at + lasts
    return Queued(
        id=row["id"],
        number=row["number"],
        product=Product(row["product"]),
        channel=Channel(row["channel"]),
        state=State(row["state"]),
        submitted_at=row["submitted_at"],
        due_on=row["due_on"],
        alarm_on=row["alarm_on"],
        counter_until=row["counter_until"],
        waits_for_second=row["proposed_by"] is not None,
        claimed_by=row["claimed_by"] if is_held else None,
        claimed_until=claimed_at + lasts if claimed_at is not None and is_held else None,
    )
