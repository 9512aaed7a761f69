"""Places that came free, offered to who waits: one at a time, in the order of the list."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import ids
from hub_core.clock import local_date
from hub_events import outbox
from hub_service import rules

from ..domain import codes
from ..domain import waiting as domain
from ..domain.appointments import SYSTEM, Appointment
from ..domain.slots import Slot
from ..domain.states import Channel
from ..domain.states import State as AppointmentState
from ..domain.waiting import EndReason, Entry, Minutes, Told
from ..errors.appointments import AlreadyBooked
from ..events.waiting import WaitingLeft, WaitingOffered, WaitingTold
from ..keys import MasterKey
from ..reference.types import types
from ..storage import appointments, slots
from ..storage import waiting as storage

RULES: Final = (domain.OFFER_RULE, domain.DRAW_OFFER_RULE, domain.UNANSWERED_RULE, codes.LENGTH_RULE)
"""The legal numbers of offers."""


async def offer(session: AsyncSession, key: MasterKey, slot: Slot, places: int, now: datetime) -> int:
    """Offer places of a slot that nobody has to who waits; how many stay taken by that.

    The caller's transaction holds the slot locked, and the places are taken in it: those that were offered
    belong to appointments that are held or to who has one and may move it, the rest is the caller's to
    give to the public.
    """
    if slot.closed or slot.starts_at <= now:
        return 0
    legal = await rules.read(session, *RULES)
    minutes = Minutes.of(legal, now)
    length = legal.on(codes.LENGTH_RULE, local_date(now)).whole
    left, passed = places, list[UUID]()
    while left:
        entry = await storage.lock_next(session, key, slot, left, passed, now)
        if entry is None:
            break
        passed.append(entry.id)
        until = domain.offered_until(entry, slot, minutes, now)
        if until is not None and await _hold_for(session, key, entry, slot, until, length, now):
            left -= entry.size
    if slot.opens_at is None or slot.opens_at <= now:
        left -= await _tell_alerts(session, key, slot, left, minutes, now)
    return places - left


async def settle(session: AsyncSession, key: MasterKey, now: datetime) -> int:
    """Take note of every offer that was answered or has lapsed, and end what waits for days gone by."""
    settled = 0
    while await _settle_one(session, key, now) or await _end_one(session, key, now):
        settled += 1
    return settled


async def note_outcome(
    session: AsyncSession, entry: Entry, offer: AppointmentState | None, now: datetime
) -> Entry:
    """What has become of an entry with an offer, stored and told; the caller holds its row locked."""
    minutes = Minutes.of(await rules.read(session, *RULES), now)
    settled = domain.settled(entry, offer, minutes, now)
    if settled != entry:
        await put(session, settled, now)
    return settled


async def put(session: AsyncSession, entry: Entry, now: datetime) -> None:
    """Store an entry that has changed; its end is told. The caller holds its row locked."""
    await storage.store(session, entry)
    if entry.state is domain.State.ENDED:
        await outbox.record(session, WaitingLeft.of(entry), now)


async def _hold_for(
    session: AsyncSession,
    key: MasterKey,
    entry: Entry,
    slot: Slot,
    until: datetime,
    length: int,
    now: datetime,
) -> bool:
    """Hold a place for somebody; False when one of them has an appointment already."""
    people = await storage.participants(session, key, entry.id)
    wanted = Appointment(
        id=ids.new_id(),
        code=codes.code_of(secrets.token_bytes(length)),
        office_id=slot.office_id,
        pool_id=slot.pool_id,
        type=entry.type,
        state=AppointmentState.HELD,
        channel=Channel.OFFER,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        size=entry.size,
        language=entry.language,
        created_at=now,
        person_id=entry.person_id,
        contact=entry.contact,
        held_until=until,
        replaces_id=entry.appointment_id,
        has_priority=entry.has_priority,
    )
    try:
        async with session.begin_nested():
            held = await appointments.add(session, key, wanted, people, {slot.id: entry.size}, SYSTEM)
    except AlreadyBooked:
        family = types()[entry.type].family
        if await storage.booked(session, key, family, people, now, firmly=True):
            await put(session, domain.end(entry, EndReason.BOOKED, now), now)
        return False
    offered = domain.offered(entry, slot.id, held.id, until)
    await storage.note(session, entry.id, slot.id, Told.OFFERED, now)
    await put(session, offered, now)
    await outbox.record(session, WaitingOffered.to(offered, slot), now)
    return True


async def _tell_alerts(
    session: AsyncSession, key: MasterKey, slot: Slot, left: int, minutes: Minutes, now: datetime
) -> int:
    """Keep a place for the first who asked for an earlier one, or tell them all; how many are kept."""
    alerts = await storage.lock_alerts(session, key, slot, left) if left else ()
    until = now + minutes.offer
    kept = 0
    if alerts and until < slot.starts_at and not await storage.was_kept(session, slot.id):
        first = alerts[0]
        kept = first.size
        await slots.keep(session, slot.id, kept, until)
        await storage.note(session, first.id, slot.id, Told.KEPT, now)
        offered = domain.offered(first, slot.id, None, until)
        await put(session, offered, now)
        await outbox.record(session, WaitingOffered.to(offered, slot), now)
        alerts = alerts[1:]
    await _tell(session, [each for each in alerts if each.size <= left - kept], slot, now)
    return kept


async def _tell(session: AsyncSession, alerts: Sequence[Entry], slot: Slot, now: datetime) -> None:
    for each in alerts:
        told = domain.told(each)
        await storage.note(session, each.id, slot.id, Told.TOLD, now)
        await put(session, told, now)
        await outbox.record(session, WaitingTold.to(told, slot), now)


async def _settle_one(session: AsyncSession, key: MasterKey, now: datetime) -> bool:
    async with session.begin():
        found = await storage.lock_to_settle(session, key, now)
        if found is None:
            return False
        await note_outcome(session, *found, now)
    return True


async def _end_one(session: AsyncSession, key: MasterKey, now: datetime) -> bool:
    async with session.begin():
        found = await storage.lock_over(session, key, now)
        if found is None:
            return False
        await put(session, domain.end(found, EndReason.OVER, now), now)
    return True
