"""Deliveries on their way out: claimed, handed over, settled, told."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
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
from ..storage import institutions, orders, templates
from . import figures, following, order_events


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery to be sent now, and the names by language of the institution that it speaks of.

    `own` is the version of the institution's template that it is written by; none for one of the hub's.
    `sealed` are its values, where an institution has ordered it. `with_marks`: its recipient wants
    diacritics in text messages.
    """

    delivery: Delivery
    institution: Mapping[str, str]
    own: Template | None = None
    sealed: bytes | None = None
    with_marks: bool = False


async def claim(
    session: AsyncSession,
    channel: Channel,
    lane: Lane,
    limit: int,
    now: datetime,
    holder: int | None = None,
    held: Collection[UUID] = (),
) -> list[Claimed]:
    """Take up to so many due deliveries of a lane by a channel.

    Those that are too late, read or wanted no more end here; those that must not ring now go back.

    `holder` is who takes them: nobody else takes them over while it is connected, nor itself those that it
    still has (`held`).
    """
    async with session.begin():
        due = await storage.lock_due(session, channel, lane, limit, now, holder, held)
        if not due:
            return []
        wishes = await following.find_wishes(session, due, now)
        taken = [
            deliveries.claim(
                delivery,
                now,
                holder,
                is_wanted=delivery.id not in wishes.unwanted,
                hours=wishes.hours.get(delivery.id),
            )
            for delivery in due
        ]
        await storage.store(session, taken)
        await _tell_ends(session, taken, now)
        sending = [delivery for delivery in taken if delivery.state is State.SENDING]
        return [
            replace(claimed, with_marks=claimed.delivery.message.person_id in wishes.with_marks)
            for claimed in await with_what_they_name(session, sending)
        ]


async def with_what_they_name(session: AsyncSession, found: Sequence[Delivery]) -> list[Claimed]:
    """Deliveries with what their words are written of, in the caller's transaction."""
    asked = {delivery.message.institution_id for delivery in found if delivery.message.institution_id}
    names = await institutions.find_institution_names(session, asked) if asked else {}
    own = await templates.pinned_by(session, [delivery.message for delivery in found])
    sealed = await orders.find_sealed_of(session, [delivery.message for delivery in found])
    return [
        Claimed(
            delivery,
            names.get(delivery.message.institution_id, {}),
            own.get(delivery.message.id),
            sealed.get(delivery.message.id),
        )
        for delivery in found
    ]


async def find_due(
    session: AsyncSession, ways: Collection[tuple[Channel, Lane]], now: datetime
) -> list[tuple[Channel, Lane]]:
    """Those of these channels and lanes in which something is due."""
    return await storage.find_due(session, ways, now)


async def extend_leases(session: AsyncSession, held: Collection[Delivery], now: datetime) -> set[UUID]:
    """A sign of life for deliveries whose sending takes long; the ids of those still held."""
    async with session.begin():
        return await storage.extend_leases(session, held, now + deliveries.LEASE)


async def settle(session: AsyncSession, settled: Sequence[Delivery], now: datetime) -> set[UUID]:
    """Store what became of claimed deliveries, and tell of those that ended; the ids of those stored.

    Nothing is done for one that another sender has claimed since, or that a receipt has ended.
    """
    async with session.begin():
        stored = await storage.store(session, settled)
        await _tell_ends(session, [delivery for delivery in settled if delivery.id in stored], now)
    return stored


async def _tell_ends(session: AsyncSession, changed: Sequence[Delivery], now: datetime) -> None:
    """Tell which have ended; where one is not sent by its channel, its message goes on by its plan."""
    await figures.note(session, changed)
    await order_events.note(session, changed, now)
    told = [event for event in map(events.end_of, changed) if event]
    if told:
        await outbox.record_all(session, told, now)
    for delivery in changed:
        await following.fail_over(session, delivery, now)
