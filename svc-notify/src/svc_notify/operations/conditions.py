"""Orders with a condition: their institution is asked when they are due, outside of every transaction."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.rules import Rules
from hub_service import rules
from hub_service.outside import NoAnswer, Outside

from ..domain import conditions, orders
from ..domain.orders import Order, OrderState
from ..keys import MasterKey, Purpose
from ..storage import order_events
from ..storage import orders as storage


async def claim(
    session: AsyncSession, each: int, busy: Collection[UUID], now: datetime
) -> tuple[list[Order], Rules]:
    """Orders to ask about now, up to so many of each institution that is not busy, and the legal numbers.

    Nobody else asks about them before the lease has ended.
    """
    async with session.begin():
        legal = await rules.read(session, orders.CONDITION_AGAIN, orders.CONDITION_TIMEOUT)
        due = await storage.lock_asking(session, each, busy, now)
        if due:
            await storage.postpone(session, [order.id for order in due], now + conditions.LEASE)
    return due, legal


async def ask(outside: Outside, keys: MasterKey, order: Order, legal: Rules, now: datetime) -> bool | None:
    """What the institution answers; none where it does not, or not in time."""
    secret = conditions.secret_of(
        keys.of(Purpose.WEBHOOKS), order.by.institution_id, is_sandbox=order.by.is_sandbox
    )
    body, headers = conditions.question(order), conditions.headers(secret, order, now)
    try:
        said = await outside.post(order.condition or "", body, headers, conditions.timeout(legal, now))
    except NoAnswer:
        return None
    return conditions.read(said.status, said.body)


async def settle(
    session: AsyncSession, asked: Order, answer: bool | None, legal: Rules, now: datetime
) -> OrderState:
    """Keep what the answer means for an order that still waits; where it stands then."""
    async with session.begin():
        order = await storage.find(session, asked.by, asked.id, lock=True)
        if order is None or order.state is not OrderState.WAITING:
            return OrderState.CANCELLED
        settled = conditions.settle(order, answer, legal, now)
        await storage.store(session, [settled])
        if settled.state is not OrderState.WAITING:
            await order_events.add(session, [(settled.id, settled.state, None)], now)
    return settled.state
