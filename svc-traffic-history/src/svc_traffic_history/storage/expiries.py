"""When points are looked at, and what was told: rows in, values out."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from hub_events.statements import Part

from ..tables.drivers import DRIVERS
from ..tables.expiries import EXPIRIES, EXPIRY_LOOKS

_TOLD: Final = Part(select(EXPIRIES.c.day).where(EXPIRIES.c.driver_id == bindparam("of_driver")))
_looking = insert(EXPIRY_LOOKS).values(driver_id=bindparam("driver_id"), look_on=bindparam("look_on"))
_LOOK: Final = Part(
    _looking.on_conflict_do_update(index_elements=["driver_id"], set_={"look_on": _looking.excluded.look_on})
)


async def told(session: AsyncSession, driver_id: UUID) -> set[date]:
    """The days of which a driver was told."""
    return {row["day"] for row in await _TOLD.all(session, of_driver=driver_id)}


async def tell(session: AsyncSession, driver_id: UUID, day: date, now: datetime) -> None:
    """Note that a driver was told of a day; the caller has locked them."""
    await session.execute(insert(EXPIRIES).values(driver_id=driver_id, day=day, told_at=now))


async def look_again(session: AsyncSession, driver_id: UUID, on: date | None) -> None:
    """Note when the points of a driver are looked at next."""
    await _LOOK.all(session, driver_id=driver_id, look_on=on)


async def due(session: AsyncSession, today: date, limit: int) -> Sequence[UUID]:
    """Some drivers whose points are to be looked at, locked; who is in other hands is passed over."""
    found = await session.execute(
        select(EXPIRY_LOOKS.c.driver_id)
        .join(DRIVERS, DRIVERS.c.id == EXPIRY_LOOKS.c.driver_id)
        .where(EXPIRY_LOOKS.c.look_on <= today)
        .order_by(EXPIRY_LOOKS.c.look_on)
        .limit(limit)
        .with_for_update(of=DRIVERS, skip_locked=True)
    )
    return found.scalars().all()
