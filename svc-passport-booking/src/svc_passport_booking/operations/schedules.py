"""Slots are made ahead, as the hours of the counters say."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.clock import local_date
from hub_core.rules import Rules
from hub_service import rules

from ..domain import schedules as domain
from ..domain.schedules import Calendar, Changed, Timetable
from ..storage import offices
from ..storage import schedules as storage

WINDOW: Final = "booking.window"
HOLIDAYS: Final = "calendar.holidays"
_MARGIN: Final = timedelta(days=7)
"""How long nobody needs to look after the service before the window shortens."""


async def keep_ahead(session: AsyncSession, now: datetime) -> int:
    """Make the slots of the window for booking and a week more; how many are new."""
    async with session.begin():
        legal = await rules.read(session, WINDOW)
    today = local_date(now)
    window = timedelta(days=legal.on(WINDOW, today).whole)
    return await generate(session, today + window + _MARGIN, now)


async def generate(session: AsyncSession, until: date, now: datetime) -> int:
    """Make the slots of every pool up to a local day that are not made yet; how many are new.

    What is there stays as it is. Pools with the same hours are made together, each such group in a
    transaction of its own; to do it again, or in several processes, changes nothing.
    """
    today = local_date(now)
    async with session.begin():
        made = await storage.planned_until(session)
    by_first_day: dict[date, list[UUID]] = {}
    for pool_id, last in made.items():
        by_first_day.setdefault(max(today, last + timedelta(days=1)) if last else today, []).append(pool_id)
    return sum(
        [await _extend(session, pool_ids, first, until) for first, pool_ids in sorted(by_first_day.items())]
    )


async def follow_holidays(session: AsyncSession, now: datetime) -> int:
    """Bring the slots of days that have become legal holidays, or are none any more, to that; how many days.

    Who had booked on a day that is closed now is moved with priority.
    """
    today = local_date(now)
    async with session.begin():
        window = timedelta(days=(await rules.read(session, WINDOW)).on(WINDOW, today).whole)
        days = await calendar(session, today, today + window + _MARGIN)
        shut = await storage.shut_pools(session, [day for day in days.days if not days.is_off(day)])
        opened = {day: await storage.open_pools(session, day) for day in days.days if days.is_off(day)}
    return sum(
        [
            await _follow(session, day, pools, now)
            for day, pools in sorted({**opened, **shut}.items())
            if pools
        ]
    )


async def _follow(session: AsyncSession, day: date, pools: Collection[UUID], now: datetime) -> bool:
    async with session.begin():
        await offices.lock_pools(session, pools)
        before = await storage.count_open(session, pools, day)
        await replan(session, pools, day, day, now)
        return await storage.count_open(session, pools, day) != before


async def replan(
    session: AsyncSession,
    pool_ids: Collection[UUID],
    first: date,
    last: date | None,
    now: datetime,
    since: datetime | None = None,
) -> frozenset[UUID]:
    """Bring the slots that are made of pools to what now holds, from a day to a last one (None: all).

    In the caller's transaction, who holds the pools locked. Slots that have begun, or began before `since`,
    stay as they are, and so does what is booked. The pools at which somebody has booked what is closed now:
    they are moved.
    """
    since = min(since or now, now)
    made = await storage.planned_until(session)
    end = max((day for pool_id in pool_ids if (day := made.get(pool_id))), default=first)
    first, last = max(first, local_date(now)), min(last or end, end)
    days = await calendar(session, first, last)
    existing = await storage.lock_slots(session, pool_ids, first, last)
    moving: set[UUID] = set()
    changed: list[Changed] = []
    for pool_id, timetable in (await storage.timetables(session, pool_ids, first)).items():
        to_come = [slot for slot in existing.get(pool_id, ()) if slot.starts_at >= since]
        plan = domain.replan(to_come, timetable, days)
        await storage.make_slots(session, [pool_id], [each for each in plan.new if each[0].starts_at > now])
        changed += plan.changed
        booked = {slot.id for slot in to_come if slot.taken and not slot.closed}
        if any(each.closed and each.id in booked for each in plan.changed):
            moving.add(pool_id)
    await storage.keep_closed_days(session, pool_ids)
    await storage.change_slots(session, changed)
    return frozenset(moving)


async def calendar(session: AsyncSession, first: date, last: date) -> Calendar:
    """The days off from a day to a last one, each by the rule that holds on it."""
    legal = await rules.read(session, HOLIDAYS)
    days = (date.fromordinal(each) for each in range(first.toordinal(), last.toordinal() + 1))
    return Calendar(
        holidays={day: _codes(legal, day) for day in days},
        granted=await storage.granted_days(session, first),
    )


async def _extend(session: AsyncSession, pool_ids: list[UUID], first: date, last: date) -> int:
    if last < first:
        return 0
    async with session.begin():
        held = await offices.lock_pools(session, pool_ids)
        alike: dict[Timetable, list[UUID]] = {}
        for pool_id, timetable in (await storage.timetables(session, held, first)).items():
            alike.setdefault(timetable, []).append(pool_id)
        days = await calendar(session, first, last)
        made = [
            await storage.make_slots(session, pools, domain.replan((), timetable, days).new)
            for timetable, pools in alike.items()
        ]
        await storage.keep_closed_days(session, pool_ids)
        return sum(made)


def _codes(legal: Rules, day: date) -> tuple[str, ...]:
    return tuple(option.code for option in legal.on(HOLIDAYS, day).options)
