"""The feed of events for partners: what is heard gets a position, and is read by it.

A position is given after the commit of what it numbers, by whoever holds the end of the feed, so positions
become visible in their order: who reads on from one misses nothing that is committed later.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_service import rules

from ..domain import feed
from ..domain.feed import Arrival, FeedEvent, Reader
from ..errors.feed import EventsForgotten
from ..storage import feed as storage
from . import webhook_sending

BATCH: Final = 500
_FORGOTTEN_AT_ONCE: Final = 1000
_LOOKED_AT: Final = 50_000
"""Positions that one question of an application looks at: which are its people's no index says."""


@dataclass(frozen=True, slots=True)
class Filter:
    """What of it a reader wants: types (`*` for the last parts), all without one; of one aggregate."""

    types: Collection[str] = ()
    subject: str | None = None

    def wants(self, event: FeedEvent) -> bool:
        """Whether it wants an event."""
        is_meant = not self.types or any(feed.matches(one, event.type) for one in self.types)
        return is_meant and self.subject in (None, event.subject)


@dataclass(frozen=True, slots=True)
class Page:
    """Events in their order; `next` is the position to read on from, also where there are none."""

    events: Sequence[FeedEvent]
    next: int


async def hear(session: AsyncSession, arrival: Arrival) -> None:
    """Keep an event for partners; it can be read once it has its position."""
    async with session.begin():
        await storage.add(session, feed.shown(arrival))


async def place(session: AsyncSession, now: datetime) -> Sequence[FeedEvent]:
    """Give positions to what has arrived, up to `BATCH`; those events. One caller at a time.

    What hangs on a position is done in the same transaction (`on_positions`).
    """
    async with session.begin():
        if not await storage.has_arrivals(session):
            return []
        last = await storage.lock_end(session)
        placed = await storage.place(session, last, BATCH, now)
        await on_positions(session, placed, now)
    return placed


async def on_positions(session: AsyncSession, events: Sequence[FeedEvent], now: datetime) -> None:
    """What else happens with events that have just got their positions, in the same transaction."""
    await webhook_sending.queue(session, events, now)


async def read(session: AsyncSession, reader: Reader, wanted: Filter, after: int | None, limit: int) -> Page:
    """What a reader may see after a position, or from the oldest that is kept.

    Raises `EventsForgotten` when events after the position are no longer kept.
    """
    async with session.begin():
        last, forgotten = await storage.ends(session)
        if after is None:
            after = forgotten
        elif after < forgotten:
            raise EventsForgotten
        stands_for_itself = reader.institution_id is None and reader.person_id is None
        until = min(last, after + _LOOKED_AT) if stands_for_itself else last
        types = feed.meant(wanted.types) if wanted.types else None
        found = await storage.read(session, reader, after, until, limit, types, wanted.subject)
    return Page(found, found[-1].position if len(found) == limit else max(after, until))


async def look(
    session: AsyncSession, after: int, limit: int
) -> tuple[Sequence[FeedEvent], Collection[feed.Consent]]:
    """Events after a position, whoever may see them, and the consents of the people they are about."""
    async with session.begin():
        events = await storage.between(session, after, limit)
        people = {event.person_id for event in events if event.person_id}
        return events, await storage.find_consents(session, people)


async def events_of(session: AsyncSession, person_id: UUID) -> Sequence[FeedEvent]:
    """The events about a person that are kept, for the copy of their data."""
    async with session.begin():
        return await storage.about(session, person_id)


async def keep_consent(
    session: AsyncSession,
    consent_id: UUID,
    client_id: str,
    person_id: UUID,
    scopes: Collection[str],
    version: int,
    told_at: datetime,
) -> None:
    """Keep that a person lets an application follow what happens with them; no other consent."""
    if feed.EVENTS_READ not in scopes:
        return
    async with session.begin():
        kept = await storage.keep_consent(session, consent_id, client_id, person_id, version)
        if kept is not None:
            agreed = {scope: kept.get(scope, told_at) for scope in scopes}
            await storage.set_consent(session, consent_id, agreed, version)


async def end_consent(
    session: AsyncSession, consent_id: UUID, client_id: str, person_id: UUID, told_at: datetime
) -> None:
    """Keep that a consent was withdrawn: its application sees nothing more of that person."""
    async with session.begin():
        await storage.end_consent(session, consent_id, client_id, person_id, told_at)


async def forget(session: AsyncSession, now: datetime) -> int:
    """Remove some of the events that were kept for as long as the rule says; how many."""
    async with session.begin():
        legal = await rules.read(session, feed.KEPT)
        before = feed.kept_since(legal, now)
        await storage.forget_consents(session, before)
        return await storage.forget(session, before, _FORGOTTEN_AT_ONCE)
