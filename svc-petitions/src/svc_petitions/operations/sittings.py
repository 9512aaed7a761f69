"""Sittings: published, listed, cancelled. One function a verb, one transaction each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import ids
from hub_core.clock import local_date
from hub_service import rules
from hub_service.policy import Official

from ..domain import audiences as domain
from ..domain.audiences import AudienceFile, AudienceState, Mode, Sitting
from ..errors.audiences import ReceivedInSitting, SittingTooSoon
from ..storage import audiences
from ..storage import sittings as storage
from .handling import actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A sitting as it is to be published."""

    function: str
    host_id: UUID | None
    mode: Mode
    place: str
    starts_at: datetime
    minutes: int
    places: int
    topics: Sequence[str]


@dataclass(frozen=True, slots=True)
class Cancelled:
    """A sitting that does not take place: how many were offered the next, how many wait again."""

    sitting: Sitting
    offered: int
    waiting: int


async def publish(session: AsyncSession, official: Official, wanted: Wanted, now: datetime) -> Sitting:
    """Publish a sitting of somebody of the official's institution. `SittingTooSoon`, `AudienceTooLong`."""
    if wanted.starts_at <= now:
        raise SittingTooSoon
    async with session.begin():
        legal = await rules.read(session, domain.DURATION_RULE)
        domain.refuse_long(wanted.minutes, legal.on(domain.DURATION_RULE, local_date(wanted.starts_at)))
        sitting = Sitting(
            id=ids.new_id(),
            institution_id=official.institution_id,
            function=wanted.function,
            host_id=wanted.host_id,
            mode=wanted.mode,
            place=wanted.place,
            starts_at=wanted.starts_at,
            minutes=wanted.minutes,
            places=wanted.places,
            topics=wanted.topics,
            made_by=official.person_id,
        )
        await storage.add(session, sitting)
    return sitting


async def sittings_of(
    session: AsyncSession,
    institution_id: UUID,
    since: datetime,
    *,
    after: tuple[datetime, UUID] | None,
    limit: int,
    is_open: bool = False,
) -> Sequence[Sitting]:
    """The sittings of an institution that begin since then; those not cancelled alone, if `is_open`."""
    async with session.begin():
        return await storage.of_institution(
            session, institution_id, since, after=after, limit=limit, is_open=is_open
        )


async def cancel(
    session: AsyncSession, official: Official, sitting_id: UUID, reason: str, now: datetime
) -> Cancelled:
    """Cancel a sitting: who has a place gets one of the next of the same function, else waits again.

    Each of them is told. Raises `SittingNotFound`, `SittingCancelled`, `SittingNotToCome`.
    """
    async with session.begin():
        sitting = await storage.lock(session, sitting_id, official.institution_id)
        domain.refuse_past(sitting, sitting.ends_at, now)
        people = await audiences.lock_waiting(session, sitting.id)
        to_come = await storage.share_next(session, sitting, now) if people else []
        await storage.cancel(session, sitting, reason, now)
        offered = sum([await _offer(session, official, one, to_come, reason, now) for one in people])
        cancelled = await storage.read(session, sitting_id, official.institution_id)
    return Cancelled(cancelled, offered, len(people) - offered)


async def _offer(
    session: AsyncSession,
    official: Official,
    one: AudienceFile,
    to_come: Sequence[Sitting],
    reason: str,
    now: datetime,
) -> bool:
    """Give somebody the first free place of the next sittings; whether there was one."""
    for sitting in to_come:
        place = await storage.free_place(session, sitting.id, now)
        if place is None:
            continue
        try:
            await audiences.move(
                *(session, one, AudienceState.SCHEDULED, actor(official), now),
                at=(sitting, place),
                reason="SITTING_CANCELLED",
                note=reason,
            )
        except ReceivedInSitting:  # by another request
            continue
        return True
    await audiences.move(
        *(session, one, one.without_place, actor(official), now),
        reason="SITTING_CANCELLED",
        note=reason,
    )
    return False
