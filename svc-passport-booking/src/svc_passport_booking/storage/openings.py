"""Openings of days: rows in, domain values out."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import RowMapping, Select, insert, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from ..domain.openings import Kind, Opening, State
from ..keys import MasterKey
from ..tables.offices import POOL_TYPES
from ..tables.openings import OPENINGS
from ..tables.slots import SLOTS

_COPIED: Final = tuple(field.name for field in fields(Opening) if field.name != "seed")


async def add(session: AsyncSession, key: MasterKey, opening: Opening) -> None:
    """Store an opening just announced."""
    values = {name: getattr(opening, name) for name in _COPIED}
    sealed = key.seal(opening.seed, _context(opening.id))
    await session.execute(insert(OPENINGS), {**values, "seed": sealed})


async def overlaps(session: AsyncSession, opening: Opening) -> bool:
    """Whether another opening of the same counters has one of its days."""
    wanted = select(OPENINGS.c.id).where(
        OPENINGS.c.pool_id == opening.pool_id,
        OPENINGS.c.days_from <= opening.days_to,
        OPENINGS.c.days_to >= opening.days_from,
    )
    return (await session.scalars(wanted.limit(1))).first() is not None


async def read(session: AsyncSession, key: MasterKey, opening_id: UUID) -> Opening | None:
    """An opening."""
    return await _one(session, key, select(OPENINGS).where(OPENINGS.c.id == opening_id))


async def find(
    session: AsyncSession,
    key: MasterKey,
    *,
    office_id: UUID | None,
    type_code: str | None,
    since: datetime,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> Sequence[Opening]:
    """Openings whose window ends after an instant, by the beginning of the window."""
    wanted = select(OPENINGS).where(OPENINGS.c.window_to > since)
    if office_id is not None:
        wanted = wanted.where(OPENINGS.c.office_id == office_id)
    if type_code is not None:
        serving = select(POOL_TYPES.c.pool_id).where(POOL_TYPES.c.type == type_code)
        wanted = wanted.where(OPENINGS.c.pool_id.in_(serving))
    if after is not None:
        wanted = wanted.where(tuple_(OPENINGS.c.window_from, OPENINGS.c.id) > tuple_(*after))
    found = await session.execute(wanted.order_by(OPENINGS.c.window_from, OPENINGS.c.id).limit(limit))
    return [_opening(key, row) for row in found.mappings()]


async def lock_due(session: AsyncSession, key: MasterKey, now: datetime) -> Opening | None:
    """The next opening whose instant has come and that is not open yet, locked."""
    wanted = select(OPENINGS).where(OPENINGS.c.opens_at <= now, OPENINGS.c.state != State.OPEN)
    wanted = wanted.order_by(OPENINGS.c.opens_at).limit(1).with_for_update(skip_locked=True)
    return await _one(session, key, wanted)


async def lock_to_come(session: AsyncSession, key: MasterKey) -> Sequence[Opening]:
    """Those that are not open yet, locked: nobody opens them meanwhile."""
    wanted = select(OPENINGS).where(OPENINGS.c.state != State.OPEN).order_by(OPENINGS.c.id)
    found = await session.execute(wanted.with_for_update(skip_locked=True))
    return [_opening(key, row) for row in found.mappings()]


async def lock(session: AsyncSession, key: MasterKey, opening_id: UUID) -> Opening | None:
    """An opening; its row is locked until the transaction ends."""
    return await _one(session, key, select(OPENINGS).where(OPENINGS.c.id == opening_id).with_for_update())


async def store(session: AsyncSession, opening: Opening) -> None:
    """Store where an opening stands; the caller holds its row locked."""
    changed = {"state": opening.state, "opened_at": opening.opened_at}
    await session.execute(update(OPENINGS).where(OPENINGS.c.id == opening.id).values(changed))


async def open_slots_from(session: AsyncSession, opening: Opening, opens_at: datetime) -> None:
    """Let the slots of an opening's days be booked from an instant on, and not before."""
    await session.execute(
        update(SLOTS)
        .where(
            SLOTS.c.pool_id == opening.pool_id,
            SLOTS.c.starts_at >= opening.begins,
            SLOTS.c.starts_at < opening.ends,
            SLOTS.c.opens_at.is_distinct_from(opens_at),
        )
        .values(opens_at=opens_at)
    )


async def slots_of(session: AsyncSession, opening: Opening) -> Sequence[int]:
    """The slots of an opening's days that have a free place, in order of time."""
    wanted = select(SLOTS.c.id).where(
        SLOTS.c.pool_id == opening.pool_id,
        SLOTS.c.is_free,
        SLOTS.c.starts_at >= opening.begins,
        SLOTS.c.starts_at < opening.ends,
    )
    return (await session.scalars(wanted.order_by(SLOTS.c.starts_at))).all()


async def _one(session: AsyncSession, key: MasterKey, wanted: Select[Any]) -> Opening | None:
    row = (await session.execute(wanted)).mappings().first()
    return _opening(key, row) if row else None


def _opening(key: MasterKey, row: RowMapping) -> Opening:
    facts = {name: row[name] for name in _COPIED}
    facts |= {"kind": Kind(row["kind"]), "state": State(row["state"])}
    return Opening(**facts, seed=key.unseal(row["seed"], _context(row["id"])))


def _context(opening_id: UUID) -> str:
    return f"opening:{opening_id}"
