"""The status feed of orders: what became of them gets a position, and is read by it.

A position is given after the commit of what it numbers, by whoever holds the end of the feed, so who reads
on from one misses nothing that is committed later.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from hub_service import rules

from ..domain import orders
from ..domain.deliveries import Delivery, State
from ..domain.orders import Ordering
from ..errors.orders import OrderEventsForgotten
from ..storage import order_events as storage
from ..storage.order_events import OrderEvent

BATCH: Final = 1_000
_TOLD: Final = frozenset({State.SENT, State.DELIVERED, State.BOUNCED, State.FAILED, State.EXPIRED})
"""A delivery that was given up because its message was read is not told: nobody learns who reads when."""


@dataclass(frozen=True, slots=True)
class Page:
    """States in their order; `next` is the position to read on from, also where there are none."""

    events: Sequence[OrderEvent]
    next: int


async def note(session: AsyncSession, deliveries: Sequence[Delivery], now: datetime) -> None:
    """Keep and tell what became of deliveries that institutions have ordered; in the caller's transaction."""
    told = [
        (
            delivery.message.sender.order_id,
            delivery.channel,
            delivery.state,
            orders.shown(delivery.channel, delivery.state),
        )
        for delivery in deliveries
        if delivery.message.sender and delivery.state in _TOLD
    ]
    await storage.note(session, told, now)


async def place(session: AsyncSession) -> int:
    """Give positions to what has arrived, up to `BATCH`; how many."""
    async with session.begin():
        return await storage.place(session, BATCH) if await storage.has_arrivals(session) else 0


async def read(session: AsyncSession, by: Ordering, after: int | None, limit: int) -> Page:
    """What became of an institution's orders after a position, or from the oldest that is kept.

    Raises `OrderEventsForgotten` when states after the position are no longer kept.
    """
    async with session.begin():
        last, forgotten, found = await storage.read(session, by, after or 0, limit)
    if after is not None and after < forgotten:
        raise OrderEventsForgotten
    return Page(found, found[-1].position if len(found) == limit else max(after or 0, last))


async def forget(session: AsyncSession, now: datetime) -> int:
    """Remove some of the states that were kept for as long as the rule says; how many."""
    async with session.begin():
        legal = await rules.read(session, orders.EVENTS_KEPT)
        return await storage.forget(session, orders.events_kept_since(legal, now), BATCH)
