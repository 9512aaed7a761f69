"""New days: announced, opened at the minute that follows from the seed, or given by draw."""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import ids
from hub_core.clock import local_date
from hub_events import outbox
from hub_service import rules
from hub_service.policy import Official

from ..domain import openings as domain
from ..domain.openings import Kind, Opening, Plan, State
from ..domain.waiting import DRAW_OFFER_RULE
from ..errors.openings import OpeningNotFound, OpeningOverlaps
from ..errors.waiting import NotServedThere
from ..events.openings import DayAnnounced
from ..keys import MasterKey
from ..storage import offices, slots, waiting
from ..storage import openings as storage
from . import offers
from .officials import office_of

_SHOWN_FOR: Final = timedelta(days=90)
"""How long an opening that is over can still be looked up in the list."""


async def announce(
    session: AsyncSession, key: MasterKey, official: Official, office_id: UUID, plan: Plan, now: datetime
) -> Opening:
    """Announce that new days of an office's counters will be opened; all learn of it at the same time.

    Raises `BookingOfficeNotFound`, `NotServedThere`, `DaysNotOpenable`, `OpeningTooSoon`,
    `OpeningOverlaps`.
    """
    async with session.begin():
        office = await office_of(session, official, office_id)
        if plan.pool_id not in {pool.id for pool in office.pools}:
            raise NotServedThere
        await offices.lock_pools(session, [plan.pool_id])
        legal = await rules.read(session, *domain.RULES)
        seed = secrets.token_bytes(domain.SEED_BYTES)
        opening = domain.announce(plan, office_id, ids.new_id(), seed, legal, official.person_id, now)
        if await storage.overlaps(session, opening):
            raise OpeningOverlaps
        await storage.add(session, key, opening)
        await _hold_back(session, opening, now)
        await outbox.record(session, DayAnnounced.of(opening), now)
    return opening


async def find(
    session: AsyncSession,
    key: MasterKey,
    now: datetime,
    *,
    office_id: UUID | None,
    type_code: str | None,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> Sequence[Opening]:
    """Openings that are to come, and those of the last months with what proves them, in order of time."""
    async with session.begin():
        return await storage.find(
            session,
            key,
            office_id=office_id,
            type_code=type_code,
            since=now - _SHOWN_FOR,
            after=after,
            limit=limit,
        )


async def read(session: AsyncSession, key: MasterKey, opening_id: UUID) -> Opening:
    """An opening; raises `OpeningNotFound`."""
    async with session.begin():
        found = await storage.read(session, key, opening_id)
    if found is None:
        raise OpeningNotFound
    return found


async def drawn(
    session: AsyncSession, key: MasterKey, opening_id: UUID, after: int | None, limit: int
) -> Sequence[tuple[int, UUID]]:
    """In which order a draw asks, after a place in it; nothing before it was drawn. `OpeningNotFound`."""
    async with session.begin():
        if await storage.read(session, key, opening_id) is None:
            raise OpeningNotFound
        return await waiting.ranked(session, opening_id, after or 0, limit)


async def open_due(session: AsyncSession, key: MasterKey, now: datetime) -> int:
    """Open what is due, and see that days which are announced stay closed until then; how many were due.

    Slots that the schedule makes after an announcement are held back as those before it.
    """
    async with session.begin():
        for opening in await storage.lock_to_come(session, key):
            await _hold_back(session, opening, now)
    opened = 0
    while await _open_one(session, key, now):
        opened += 1
    return opened


async def _hold_back(session: AsyncSession, opening: Opening, now: datetime) -> None:
    """Who was drawn is asked before everybody: a draw's days are the public's when that is over."""
    opens_at = opening.opens_at
    if opening.kind is Kind.DRAW:
        legal = await rules.read(session, DRAW_OFFER_RULE)
        opens_at += timedelta(minutes=legal.on(DRAW_OFFER_RULE, local_date(now)).whole)
    await storage.open_slots_from(session, opening, opens_at)


async def _open_one(session: AsyncSession, key: MasterKey, now: datetime) -> bool:
    async with session.begin():
        opening = await storage.lock_due(session, key, now)
        if opening is None:
            return False
        if opening.kind is Kind.RANDOM_MINUTE:
            await storage.store(session, replace(opening, state=State.OPEN, opened_at=opening.opens_at))
            return True
        if opening.state is State.ANNOUNCED:
            order = domain.order(opening.seed, await waiting.entries_of_draw(session, opening.id))
            await waiting.rank(session, {entry: place for place, entry in enumerate(order, 1)})
            await storage.store(session, replace(opening, state=State.DRAWN))
        free = await storage.slots_of(session, opening)
    for slot_id in free:
        async with session.begin():
            await _offer_free(session, key, slot_id, now)
    async with session.begin():
        await storage.lock(session, key, opening.id)
        await storage.open_slots_from(session, opening, now)
        await storage.store(session, replace(opening, state=State.OPEN, opened_at=now))
    return True


async def _offer_free(session: AsyncSession, key: MasterKey, slot_id: int, now: datetime) -> None:
    """Offer the free places of a slot to who was drawn, in their order."""
    (slot,) = await slots.lock(session, [slot_id])
    free = 0 if slot.closed else max(0, slot.planned - slot.taken)
    if free == 0:
        return
    await slots.take(session, {slot_id: free})
    offered = await offers.offer(session, key, slot, free, now)
    await slots.free(session, {slot_id: free - offered})
