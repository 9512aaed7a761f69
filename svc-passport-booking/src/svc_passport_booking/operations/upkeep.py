"""What the clock does with appointments: each one a transaction of its own."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.clock import local_date
from hub_service import rules

from ..domain.appointments import SYSTEM, Appointment
from ..domain.states import State
from ..keys import MasterKey
from ..storage import appointments as storage
from ..storage import desk

LATE_RULE: Final = "booking.late"
_NOT_ENDED: Final = "NOT_ENDED"
"""The reason of an appointment whose end no desk noted on its day."""


async def expire_due(session: AsyncSession, key: MasterKey, now: datetime) -> int:
    """Note that holds are over, so that their places go to others; how many there were."""
    return await _each(session, key, State.EXPIRED, now, lambda: storage.lock_over(session, key, now))


async def note_missed(session: AsyncSession, key: MasterKey, now: datetime) -> int:
    """Note who has not come in the time that is tolerated; how many appointments there were."""
    async with session.begin():
        minutes = (await rules.read(session, LATE_RULE)).on(LATE_RULE, local_date(now)).whole
    before = now - timedelta(minutes=minutes)
    return await _each(session, key, State.NO_SHOW, now, lambda: storage.lock_missed(session, key, before))


async def end_forgotten(session: AsyncSession, key: MasterKey, now: datetime) -> int:
    """End what was checked in on a day that is over, so that its people may book again; how many it was."""
    return await _each(
        session, key, State.REFUSED_AT_DESK, now, lambda: desk.lock_forgotten(session, key, now), _NOT_ENDED
    )


async def _each(
    session: AsyncSession,
    key: MasterKey,
    to: State,
    now: datetime,
    lock_next: Callable[[], Awaitable[Appointment | None]],
    reason: str | None = None,
) -> int:
    done = 0
    while True:
        async with session.begin():
            found = await lock_next()
            if found is None:
                return done
            await storage.move(session, key, found, to, SYSTEM, now, reason)
        done += 1
