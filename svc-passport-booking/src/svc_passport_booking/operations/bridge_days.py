"""Days off that the government grants: declared for all offices at once."""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.clock import local_date
from hub_events import outbox
from hub_service.policy import Official

from ..domain.changes import Change, ChangeKind
from ..domain.schedules import BridgeDay
from ..errors.offices import BridgeDayNotFound, BridgeDaysElsewhere, DayIsOver
from ..events.bridge_days import BridgeDayDeclared, BridgeDayRemoved
from ..reference.offices import declares_bridge_days
from ..storage import changes, offices
from ..storage import schedules as storage
from .schedules import replan


async def find(session: AsyncSession, now: datetime) -> list[BridgeDay]:
    """The days from today on."""
    async with session.begin():
        return await storage.bridge_days(session, local_date(now))


async def declare(
    session: AsyncSession, official: Official, day: date, legal_basis: str, now: datetime
) -> BridgeDay:
    """Declare a day off: no counter receives anybody, and who had booked is moved with priority.

    A counter that an exception opens on the day stays open. Raises `BridgeDaysElsewhere`, `DayIsOver`.
    """
    _must_declare(official, day, now)
    granted = BridgeDay(day, legal_basis, now)
    async with session.begin():
        pools = await offices.lock_pools(session)
        before = next((each for each in await storage.bridge_days(session, day) if each.day == day), None)
        version = await storage.grant(session, granted, official.person_id)
        moving = await replan(session, pools, day, day, now)
        # The government grants it to all public institutions, not to who declares it here.
        told = BridgeDayDeclared(day=day, legal_basis=legal_basis, institution_id=None, version=version)
        await outbox.record(session, told, now)
        await _note(session, official, before, granted, moving, now)
    return granted


async def withdraw(session: AsyncSession, official: Official, day: date, now: datetime) -> None:
    """Take a day off back: its counters open again, who was moved stays where they are.

    Raises `BridgeDaysElsewhere`, `DayIsOver`, `BridgeDayNotFound`.
    """
    _must_declare(official, day, now)
    async with session.begin():
        pools = await offices.lock_pools(session)
        withdrawn = await storage.withdraw(session, day, now)
        if withdrawn is None:
            raise BridgeDayNotFound
        before, version = withdrawn
        told = BridgeDayRemoved(day=day, legal_basis=before.legal_basis, institution_id=None, version=version)
        await outbox.record(session, told, now)
        moving = await replan(session, pools, day, day, now)
        await _note(session, official, before, None, moving, now)


def _must_declare(official: Official, day: date, now: datetime) -> None:
    if official.institution_id != declares_bridge_days():
        raise BridgeDaysElsewhere
    if day < local_date(now):
        raise DayIsOver


async def _note(
    session: AsyncSession,
    official: Official,
    before: BridgeDay | None,
    after: BridgeDay | None,
    moving: Collection[UUID],
    now: datetime,
) -> None:
    """In the history of every office."""
    pools: dict[UUID, set[UUID]] = {}
    for pool_id, office_id in (await offices.offices_of_pools(session)).items():
        pools.setdefault(office_id, set()).add(pool_id)
    await changes.add(
        session,
        [
            Change(
                office_id=office_id,
                pool_id=None,
                kind=ChangeKind.BRIDGE_DAY,
                before=_shown(before),
                after=_shown(after),
                person_id=official.person_id,
                at=now,
                is_moving=not mine.isdisjoint(moving),
            )
            for office_id, mine in pools.items()
        ],
    )


def _shown(granted: BridgeDay | None) -> dict[str, str] | None:
    return {"day": granted.day.isoformat(), "legal_basis": granted.legal_basis} if granted else None
