"""Deliveries on their way out: claimed, handed over, settled, told."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_events import outbox

from ..domain import deliveries
from ..domain.deliveries import Delivery, State
from ..domain.kinds import Lane
from ..domain.messages import Channel
from ..domain.templates import Template
from ..events import deliveries as events
from ..storage import deliveries as storage
from ..storage import institutions, templates
from . import figures, following


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery to be sent now, and the names by language of the institution that it speaks of.

    `own` is the version of the institution's template that it is written by; none for one of the hub's.
    """

    delivery: Delivery
    institution: Mapping[str, str]
    own: Template | None = None


async def claim(
    session: AsyncSession, channel: Channel, lane: Lane, limit: int, now: datetime
) -> list[Claimed]:
    """Take up to so many due deliveries of a lane by a channel; those too late for it end here."""
    async with session.begin():
        due = await storage.lock_due(session, channel, lane, limit, now)
        taken = [deliveries.claim(delivery, now) for delivery in due]
        if taken:
            await storage.store_locked(session, taken)
        for delivery in taken:
            await _tell_end(session, delivery, now)
        sending = [delivery for delivery in taken if delivery.state is State.SENDING]
        names = await institutions.find_institution_names(
            session,
            {delivery.message.institution_id for delivery in sending if delivery.message.institution_id},
        )
        own = await templates.pinned_by(session, [delivery.message for delivery in sending])
    return [
        Claimed(delivery, names.get(delivery.message.institution_id, {}), own.get(delivery.message.id))
        for delivery in sending
    ]


async def extend_leases(session: AsyncSession, held: Collection[Delivery], now: datetime) -> set[UUID]:
    """A sign of life for deliveries whose sending takes long; the ids of those still held."""
    async with session.begin():
        return await storage.extend_leases(session, held, now + deliveries.LEASE)


async def settle(session: AsyncSession, settled: Delivery, now: datetime) -> bool:
    """Store what became of a claimed delivery, and tell it if that is its end.

    False, and nothing done, when another sender has claimed it since.
    """
    async with session.begin():
        return await _settle(session, settled, now)


async def send(
    session: AsyncSession, sent: Delivery, now: datetime, hand_over: Callable[[], Awaitable[bool]]
) -> bool:
    """Hand a claimed delivery over while all that says so waits for the commit; nobody can claim it then.

    False, and nothing stored, when `hand_over` says that the message was not accepted, or when another
    sender has claimed the delivery since: then it is not even called.
    """
    async with session.begin() as transaction:
        accepted = await _settle(session, sent, now) and await hand_over()
        if not accepted:
            await transaction.rollback()
    return accepted


async def _settle(session: AsyncSession, settled: Delivery, now: datetime) -> bool:
    held = await storage.store_if_held(session, settled)
    if held:
        await _tell_end(session, settled, now)
    return held


async def _tell_end(session: AsyncSession, delivery: Delivery, now: datetime) -> None:
    await figures.note(session, [delivery])
    if delivery.state is State.SENT:
        await outbox.record(session, events.DeliverySent.of(delivery), now)
    elif delivery.failure:
        await outbox.record(session, events.DeliveryFailed.of(delivery, delivery.failure), now)
        if delivery.state is State.FAILED:
            await following.fail_over(session, delivery, now)
