"""Orders that are due become messages."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from hub_core import ids
from hub_events.session import Session

from ..domain import orders
from ..domain.deliveries import Delivery
from ..domain.kinds import Lane
from ..domain.orders import Order, OrderState
from ..storage import deliveries, order_events, sandbox_people
from ..storage import orders as storage
from . import following

BATCH: Final = 500
BACKLOG: Final = 5_000
"""So many deliveries of the bulk lane wait at most: what is still an order can be cancelled."""


async def release(session: Session, lane: Lane, now: datetime) -> tuple[int, Sequence[Delivery]]:
    """Write the messages of orders of a lane that are due, up to `BATCH`; how many, and what was queued."""
    async with session.begin():
        room = BATCH
        if lane is Lane.BULK:
            room = min(BATCH, BACKLOG - await deliveries.count_waiting(session, lane, BACKLOG))
        due = await storage.lock_due(session, lane, room, now) if room > 0 else []
        return len(due), await go(session, due, now)


async def go(session: Session, due: Sequence[Order], now: datetime) -> Sequence[Delivery]:
    """What is queued of orders that are due and locked; in the caller's transaction."""
    if not due:
        return []
    people = {order.person_id for order in due}
    gone = await sandbox_people.lock_removed(session, people)
    invented = await sandbox_people.find_invented(
        session, {order.person_id for order in due if order.by.is_sandbox}
    )
    released = [orders.release(order, invented, gone, now) for order in due]
    await storage.store(session, released)
    told = [(order.id, state, channel) for order in released for state, channel in orders.tell(order)]
    await order_events.add(session, told, now)
    waits = await following.waits(session, now)
    messages = [
        orders.write(order, ids.new_id(), waits, now)
        for order in released
        if order.state is OrderState.QUEUED and order.ended_at is None
    ]
    return await following.begin(session, messages, now)
