"""Offices: found, read, loaded."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_service.policy import Official

from ..domain.changes import Change
from ..domain.offices import Office, Point
from ..domain.schedules import Weekly
from ..errors.offices import BookingOfficeNotFound
from ..storage import changes, schedules
from ..storage import offices as storage
from ..storage.offices import Wanted
from .officials import office_of


async def find(
    session: AsyncSession, wanted: Wanted, after: tuple[str, str] | None, limit: int
) -> list[Office]:
    """The offices that are wanted, by county and code, after a county and code."""
    async with session.begin():
        return await storage.find(session, wanted, after, limit)


async def find_near(
    session: AsyncSession, wanted: Wanted, point: Point, limit: int
) -> list[tuple[Office, float]]:
    """The offices that are wanted, the nearest first, each with its distance in kilometres."""
    async with session.begin():
        found = await storage.find(session, wanted)
    far = [(office, point.km_to(office.point)) for office in found if office.point]
    return sorted(far, key=lambda each: (each[1], each[0].code))[:limit]


async def read(session: AsyncSession, office_id: UUID) -> Office:
    """An office; raises `BookingOfficeNotFound`."""
    async with session.begin():
        office = await storage.read(session, office_id)
    if office is None:
        raise BookingOfficeNotFound
    return office


async def load(
    session: AsyncSession, offices: Sequence[Office], weeks: Mapping[UUID, Sequence[Weekly]]
) -> int:
    """Store offices that are not there yet, their pools with the hours of the first day; how many pools.

    What is there stays as it is.
    """
    async with session.begin():
        new = await storage.put(session, offices)
        await schedules.add_weekly(session, {pool: week for pool, week in weeks.items() if pool in new})
    return len(new)


async def history(
    session: AsyncSession, official: Official, office_id: UUID, before: int | None, limit: int
) -> list[Change]:
    """Who changed what of an office, the newest first, before one; raises what `office_of` raises."""
    async with session.begin():
        await office_of(session, official, office_id)
        return await changes.find(session, office_id, before, limit)
