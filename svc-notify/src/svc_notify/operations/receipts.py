"""What is reported of deliveries after they were taken over."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_events import outbox

from ..domain import deliveries
from ..domain.deliveries import Delivery, Failure
from ..events import deliveries as events
from ..storage import deliveries as storage
from . import following, order_events


class Known(NamedTuple):
    """A delivery by what its provider calls it."""

    provider: str
    provider_ref: str


async def delivered(
    session: AsyncSession,
    which: UUID | Known,
    now: datetime,
    *,
    provider: str | None = None,
    provider_ref: str | None = None,
) -> bool:
    """A delivery is where its recipient reads; False where that changes nothing, or there is no such one.

    It ends one that is still queued or being sent too: the answer to the attempt was lost, and nothing is
    sent again.
    """
    async with session.begin():
        delivery = await _lock(session, which)
        arrived = delivery and deliveries.deliver(delivery, now, provider, provider_ref)
        if arrived is None:
            return False
        await _store(session, arrived, now)
    return True


async def bounced(
    session: AsyncSession, which: UUID | Known, failure: Failure, now: datetime
) -> list[Delivery] | None:
    """A delivery came back: its message goes on by its plan at once (edge case 86); what is queued for that.

    None where that changes nothing, or there is no such delivery.
    """
    async with session.begin():
        delivery = await _lock(session, which)
        returned = delivery and deliveries.bounce(delivery, failure, now)
        if returned is None:
            return None
        await _store(session, returned, now)
        return await following.fail_over(session, returned, now)


async def _lock(session: AsyncSession, which: UUID | Known) -> Delivery | None:
    if isinstance(which, Known):
        return await storage.lock_known(session, which.provider, which.provider_ref)
    return await storage.lock(session, which)


async def _store(session: AsyncSession, ended: Delivery, now: datetime) -> None:
    await storage.store(session, [ended])
    await order_events.note(session, [ended], now)
    told = events.end_of(ended)
    if told:
        await outbox.record(session, told, now)
