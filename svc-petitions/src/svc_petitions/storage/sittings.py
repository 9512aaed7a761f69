"""Sittings and their places: rows in, domain values out."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import RowMapping, Select, exists, func, insert, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from ..domain.audiences import Mode, Sitting
from ..errors.audiences import SittingNotFound
from ..tables.audiences import AUDIENCE_PLACES, AUDIENCES, SITTINGS

_STORED: Final = tuple(SITTINGS.c[name] for name in Sitting.__dataclass_fields__ if name != "taken")
_TAKEN: Final = (
    select(func.count())
    .where(AUDIENCES.c.sitting_id == SITTINGS.c.id)
    .scalar_subquery()
    .correlate(SITTINGS)
    .label("taken")
)


async def add(session: AsyncSession, sitting: Sitting) -> None:
    """Store a sitting with its places."""
    row = {column.name: getattr(sitting, column.name) for column in _STORED}
    await session.execute(insert(SITTINGS), row | {"topics": [*sitting.topics]})
    places = [
        {
            "sitting_id": sitting.id,
            "place": place,
            "starts_at": sitting.hour(place),
            "ends_at": sitting.hour(place + 1),
        }
        for place in range(1, sitting.places + 1)
    ]
    await session.execute(insert(AUDIENCE_PLACES), places)


async def read(session: AsyncSession, sitting_id: UUID, institution_id: UUID) -> Sitting:
    """A sitting of an institution. `SittingNotFound`, also for another institution's."""
    return await _one(session, _of(sitting_id, institution_id))


async def share(session: AsyncSession, sitting_id: UUID, institution_id: UUID) -> Sitting:
    """The same, and nobody cancels it until the transaction ends. `SittingNotFound`."""
    return await _one(session, _of(sitting_id, institution_id).with_for_update(read=True, of=SITTINGS))


async def lock(session: AsyncSession, sitting_id: UUID, institution_id: UUID) -> Sitting:
    """The same, and nobody gives places of it until the transaction ends. `SittingNotFound`."""
    return await _one(session, _of(sitting_id, institution_id).with_for_update(of=SITTINGS))


async def cancel(session: AsyncSession, sitting: Sitting, reason: str, now: datetime) -> None:
    """Note that a sitting does not take place."""
    which = update(SITTINGS).where(SITTINGS.c.id == sitting.id)
    await session.execute(which.values(cancelled_at=now, cancel_reason=reason))


async def share_next(session: AsyncSession, sitting: Sitting, now: datetime) -> Sequence[Sitting]:
    """Sittings to come in which the same function receives, the earliest first; nobody cancels them."""
    wanted = (
        select(*_STORED, _TAKEN)
        .where(
            SITTINGS.c.institution_id == sitting.institution_id,
            SITTINGS.c.function == sitting.function,
            SITTINGS.c.cancelled_at.is_(None),
            SITTINGS.c.starts_at > max(now, sitting.starts_at),
        )
        .order_by(SITTINGS.c.starts_at, SITTINGS.c.id)
        .limit(10)
        .with_for_update(read=True, of=SITTINGS)
    )
    return [_sitting(row) for row in (await session.execute(wanted)).mappings()]


async def free_place(session: AsyncSession, sitting_id: UUID, now: datetime) -> int | None:
    """The first free place to come that nobody else is taking at this moment, locked; or none."""
    place = AUDIENCE_PLACES.c
    is_taken = exists().where(AUDIENCES.c.sitting_id == place.sitting_id, AUDIENCES.c.place == place.place)
    wanted = (
        select(place.place)
        .where(place.sitting_id == sitting_id, place.starts_at > now, ~is_taken)
        .order_by(place.place)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    found: int | None = (await session.execute(wanted)).scalar()
    return found


async def of_institution(
    session: AsyncSession,
    institution_id: UUID,
    since: datetime,
    *,
    after: tuple[datetime, UUID] | None,
    limit: int,
    is_open: bool,
) -> Sequence[Sitting]:
    """The sittings that begin since then, in their order; those not cancelled alone, if `is_open`."""
    wanted = _of(None, institution_id).where(SITTINGS.c.starts_at >= since)
    if is_open:
        wanted = wanted.where(SITTINGS.c.cancelled_at.is_(None))
    if after is not None:
        wanted = wanted.where(tuple_(SITTINGS.c.starts_at, SITTINGS.c.id) > after)
    rows = await session.execute(wanted.order_by(SITTINGS.c.starts_at, SITTINGS.c.id).limit(limit))
    return [_sitting(row) for row in rows.mappings()]


def _of(sitting_id: UUID | None, institution_id: UUID) -> Select[Any]:
    wanted = select(*_STORED, _TAKEN).where(SITTINGS.c.institution_id == institution_id)
    return wanted if sitting_id is None else wanted.where(SITTINGS.c.id == sitting_id)


async def _one(session: AsyncSession, wanted: Select[Any]) -> Sitting:
    row = (await session.execute(wanted)).mappings().first()
    if row is None:
        raise SittingNotFound
    return _sitting(row)


def _sitting(row: RowMapping) -> Sitting:
    return Sitting(**{**row, "mode": Mode(row["mode"])})
