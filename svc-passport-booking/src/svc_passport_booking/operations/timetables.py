"""When counters are open: read by everybody, changed by the head of their office."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.clock import local_date
from hub_service.policy import Official
from hub_service.problems import PreconditionFailed

from ..domain import schedules as domain
from ..domain.changes import Change, ChangeKind
from ..domain.offices import Pool
from ..domain.schedules import DayException, Hours, Timetable, Weekly
from ..errors.offices import DayIsOver, ExceptionNotFound, HoursOverlap, PoolNotFound
from ..storage import changes, offices
from ..storage import schedules as storage
from .officials import office_of
from .schedules import replan


async def read(session: AsyncSession, pool_id: UUID, now: datetime) -> tuple[Pool, Timetable]:
    """A pool, and when it is open from today on; raises `PoolNotFound`."""
    async with session.begin():
        return await _read(session, pool_id, now)


async def change_week(
    session: AsyncSession,
    official: Official,
    pool_id: UUID,
    version: int,
    first: date,
    week: Sequence[tuple[int, Hours]],
    now: datetime,
) -> tuple[Pool, Timetable]:
    """Let other hours hold from a day on, by weekday; those of before end the day before.

    What is booked stays, what is free follows. Raises `PoolNotFound`, `BookingOfficeNotFound`,
    `PreconditionFailed`, `DayIsOver`, `HoursOverlap`.
    """
    _must_be_to_come(first, now)
    for _, stretches in groupby(sorted(week, key=lambda each: each[0]), key=lambda each: each[0]):
        _must_fit([hours for _, hours in stretches])
    async with session.begin():
        pool = await _lock(session, official, pool_id, version)
        before = (await storage.timetables(session, [pool_id], first))[pool_id].weekly
        after = [Weekly(weekday, hours, first) for weekday, hours in week]
        await storage.replace_week(session, pool_id, first, after)
        moving = await replan(session, [pool_id], first, None, now)
        await _note(
            *(session, official, pool, ChangeKind.WEEK),
            {"week": [_week(each) for each in before]},
            {"valid_from": first.isoformat(), "week": [_week(each) for each in after]},
            is_moving=bool(moving),
            now=now,
        )
        return await _read(session, pool_id, now)


async def except_day(
    session: AsyncSession,
    official: Official,
    pool_id: UUID,
    version: int,
    exception: DayException,
    now: datetime,
) -> tuple[Pool, Timetable]:
    """Let other hours hold on one day; where nobody is received then, who had booked is moved.

    Raises what `change_week` raises.
    """
    _must_fit(exception.hours)
    return await _change_day(session, official, pool_id, version, exception.day, exception, now)


async def restore_day(
    session: AsyncSession, official: Official, pool_id: UUID, version: int, day: date, now: datetime
) -> tuple[Pool, Timetable]:
    """Let on a day hold what holds in any week; raises also `ExceptionNotFound`."""
    return await _change_day(session, official, pool_id, version, day, None, now)


async def _change_day(
    session: AsyncSession,
    official: Official,
    pool_id: UUID,
    version: int,
    day: date,
    exception: DayException | None,
    now: datetime,
) -> tuple[Pool, Timetable]:
    _must_be_to_come(day, now)
    async with session.begin():
        pool = await _lock(session, official, pool_id, version)
        before = (await storage.timetables(session, [pool_id], day))[pool_id].exception(day)
        if exception is None and before is None:
            raise ExceptionNotFound
        await storage.replace_exception(session, pool_id, day, exception)
        moving = await replan(session, [pool_id], day, day, now)
        await _note(
            *(session, official, pool, ChangeKind.EXCEPTION, _day(before), _day(exception)),
            is_moving=bool(moving),
            now=now,
        )
        return await _read(session, pool_id, now)


async def _read(session: AsyncSession, pool_id: UUID, now: datetime) -> tuple[Pool, Timetable]:
    pool = await offices.read_pool(session, pool_id)
    if pool is None:
        raise PoolNotFound
    return pool, (await storage.timetables(session, [pool_id], local_date(now)))[pool_id]


async def _lock(session: AsyncSession, official: Official, pool_id: UUID, version: int) -> Pool:
    """The pool, of an office of the official's institution, locked in the version that they had read."""
    pool = await offices.read_pool(session, pool_id)
    if pool is None:
        raise PoolNotFound
    await office_of(session, official, pool.office_id)
    if (await offices.lock_pools(session, [pool_id]))[pool_id] != version:
        raise PreconditionFailed
    await offices.bump(session, [pool_id])
    return pool


async def _note(
    session: AsyncSession,
    official: Official,
    pool: Pool,
    kind: ChangeKind,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
    *,
    is_moving: bool,
    now: datetime,
) -> None:
    change = Change(
        office_id=pool.office_id,
        pool_id=pool.id,
        kind=kind,
        before=before,
        after=after,
        person_id=official.person_id,
        at=now,
        is_moving=is_moving,
    )
    await changes.add(session, [change])


def _must_be_to_come(day: date, now: datetime) -> None:
    if day < local_date(now):
        raise DayIsOver


def _must_fit(hours: Sequence[Hours]) -> None:
    if domain.overlapping(hours) or any(each.opens >= each.closes for each in hours):
        raise HoursOverlap


def _week(each: Weekly) -> dict[str, Any]:
    return {
        "weekday": each.weekday,
        **_stretch(each.hours),
        "valid_from": each.valid_from.isoformat(),
        "valid_to": each.valid_to and each.valid_to.isoformat(),
    }


def _day(exception: DayException | None) -> dict[str, Any] | None:
    if exception is None:
        return None
    return {
        "day": exception.day.isoformat(),
        "hours": [_stretch(each) for each in exception.hours],
        "reason": exception.reason,
    }


def _stretch(hours: Hours) -> dict[str, Any]:
    return asdict(hours) | {"opens": f"{hours.opens:%H:%M}", "closes": f"{hours.closes:%H:%M}"}
