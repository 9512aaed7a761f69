"""Orders of an institution: read and cancelled."""

from datetime import datetime
from uuid import UUID

from hub_events.session import Session

from ..domain import orders
from ..domain.orders import Order, Ordering
from ..errors.orders import OrderNotFound
from ..storage import order_events
from ..storage import orders as storage


async def read(session: Session, by: Ordering, order_id: UUID) -> Order:
    """An order; raises `OrderNotFound` for anybody else's."""
    async with session.begin():
        found = await storage.find(session, by, order_id)
    if found is None:
        raise OrderNotFound
    return found


async def find(
    session: Session, by: Ordering, reference: str, before: UUID | None, limit: int
) -> list[Order]:
    """The orders with a reference, the newest first."""
    async with session.begin():
        return await storage.find_by_reference(session, by, reference, before, limit)


async def cancel(session: Session, by: Ordering, order_id: UUID, now: datetime) -> Order:
    """An order that is not sent; raises `OrderNotFound`, `OrderNotWaiting`."""
    async with session.begin():
        found = await storage.find(session, by, order_id, lock=True)
        if found is None:
            raise OrderNotFound
        cancelled = orders.cancel(found, now)
        await storage.store(session, [cancelled])
        await order_events.add(session, [(cancelled.id, cancelled.state, None)], now)
    return cancelled
