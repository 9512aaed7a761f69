"""What the clock does: one operation each."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import clock
from hub_service import tries, workers
from hub_service.workers import Worker

from .keys import MasterKey
from .operations import (
    closures,
    guests,
    offers,
    openings,
    personal_data,
    places,
    reminders,
    schedules,
    statistics,
    upkeep,
)

_Act = Callable[[AsyncSession, MasterKey, datetime], Awaitable[int]]


async def _keep_ahead(hub: Any) -> None:
    async with hub.database.sessions() as session:
        await schedules.keep_ahead(session, clock.now())
        await schedules.follow_holidays(session, clock.now())


KEEP_AHEAD: Final = workers.every("keep-slots-ahead", timedelta(hours=1), _keep_ahead)
"""The slots of the window are there before anybody looks for them, and follow the law on holidays."""


async def _count_days(hub: Any) -> None:
    async with hub.database.sessions() as session:
        await statistics.count_days(session, clock.now())


COUNT_DAYS: Final = workers.every("count-days", timedelta(minutes=15), _count_days)
"""Days that are over are counted, once."""


async def _forget_guests(hub: Any) -> None:
    async with hub.database.sessions() as session:
        await personal_data.forget_guests(session, clock.now())


FORGET_GUESTS: Final = workers.every("forget-guests", timedelta(hours=1), _forget_guests)
"""Who came without an account is forgotten after a term."""


async def _forget_proofs(hub: Any) -> None:
    async with hub.database.sessions() as session:
        await guests.forget(session, clock.now())
        await tries.forget(session, clock.now())


FORGET_PROOFS: Final = workers.every("forget-proofs", timedelta(hours=1), _forget_proofs)
"""Challenges, codes and counts of tries that are out of date are forgotten."""


def of_appointments(key: MasterKey) -> list[Worker]:
    """Holds end, days open, places come back, people are moved, who does not come is noted."""

    def every(name: str, period: timedelta, act: _Act) -> Worker:
        async def run(hub: Any) -> None:
            async with hub.database.sessions() as session:
                await act(session, key, clock.now())

        return workers.every(name, period, run)

    return [
        every("expire-holds", timedelta(seconds=2), upkeep.expire_due),
        every("move-people", timedelta(seconds=2), closures.move_people),
        every("open-days", timedelta(seconds=5), openings.open_due),
        every("release-places", timedelta(seconds=2), places.release_due),
        every("settle-offers", timedelta(seconds=2), offers.settle),
        every("end-forgotten", timedelta(minutes=10), upkeep.end_forgotten),
        every("note-missed", timedelta(seconds=30), upkeep.note_missed),
    ]


async def _remind(hub: Any) -> None:
    async with hub.database.sessions() as session:
        await reminders.remind_due(session, clock.now())


REMIND: Final = workers.every("remind", timedelta(seconds=30), _remind)
"""Who has an appointment is reminded of it."""
