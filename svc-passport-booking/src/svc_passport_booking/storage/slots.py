"""Slots: how many places are taken, kept by conditional updates that the table's constraint stands behind.

Who locks several rows locks them in the order of their ids, and before any row of a person.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import RowMapping, bindparam, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from ..domain.slots import Origin, Slot
from ..errors.slots import SlotTaken
from ..tables.appointments import PLACES
from ..tables.offices import POOL_TYPES, POOLS
from ..tables.slots import RELEASES, SLOTS

_COPIED: Final = ("id", "pool_id", "starts_at", "minutes", "planned", "taken", "closed", "opens_at")
_SLOT: Final = select(*(SLOTS.c[name] for name in _COPIED), POOLS.c.office_id).join_from(SLOTS, POOLS)
_OF_ID: Final = SLOTS.c.id == bindparam("slot_id")
_CHOSEN: Final = select(SLOTS.c.pool_id, SLOTS.c.starts_at).where(_OF_ID).cte("chosen")
_FOLLOWING: Final = (
    _SLOT.join(_CHOSEN, SLOTS.c.pool_id == _CHOSEN.c.pool_id)
    .where(SLOTS.c.starts_at >= _CHOSEN.c.starts_at)
    .order_by(SLOTS.c.starts_at)
    .limit(bindparam("at_most"))
)
_MORE: Final = SLOTS.c.taken + bindparam("places")
_TAKE: Final = (
    update(SLOTS)
    .where(_OF_ID, ~SLOTS.c.closed, SLOTS.c.planned >= _MORE)
    .values(taken=_MORE)
    .returning(SLOTS.c.id)
)
_GONE: Final = (
    delete(PLACES)
    .where(PLACES.c.appointment_id == bindparam("of_appointment"))
    .returning(PLACES.c.slot_id, PLACES.c.places)
    .cte("gone")
)
_COOL: Final = insert(RELEASES).from_select(
    ["slot_id", "places", "due_at", "origin"],
    select(_GONE.c.slot_id, _GONE.c.places, bindparam("due_at"), bindparam("origin")),
)


async def find(session: AsyncSession, slot_id: int) -> Slot | None:
    """A slot as it is now; others may change it."""
    row = (await session.execute(_SLOT.where(_OF_ID), {"slot_id": slot_id})).mappings().first()
    return _slot(row) if row else None


async def lock(session: AsyncSession, ids: Collection[int]) -> Sequence[Slot]:
    """These slots, by id; nobody else takes or gives back a place of theirs before the transaction ends."""
    wanted = _SLOT.where(SLOTS.c.id.in_(sorted(ids))).order_by(SLOTS.c.id)
    rows = await session.execute(wanted.with_for_update(of=SLOTS, key_share=True))
    return [_slot(row) for row in rows.mappings()]


async def consecutive(session: AsyncSession, slot_id: int, size: int) -> Sequence[Slot]:
    """A slot and those of its pool that follow it without a gap, `size` at most, in order of time.

    More than one are locked. None at all when there is no such slot.
    """
    found = await session.execute(_FOLLOWING, {"slot_id": slot_id, "at_most": size})
    row: list[Slot] = []
    for slot in map(_slot, found.mappings()):
        if row and slot.starts_at != row[-1].ends_at:
            break
        row.append(slot)
    if size == 1:
        return row
    locked = await lock(session, [slot.id for slot in row])
    return sorted(locked, key=lambda slot: slot.starts_at)


async def take(session: AsyncSession, places: Mapping[int, int]) -> None:
    """Take places by slot; `SlotTaken` unless every slot has them, and then nothing may be committed."""
    for slot_id, number in sorted(places.items()):
        if (await session.execute(_TAKE, {"slot_id": slot_id, "places": number})).first() is None:
            raise SlotTaken


async def give_back(
    session: AsyncSession, appointment_id: UUID, due_at: datetime | None, origin: Origin
) -> None:
    """Give the places of an appointment back: they cool until `due_at`, or are free at once without one."""
    if due_at is not None:
        await session.execute(
            _COOL, {"of_appointment": appointment_id, "due_at": due_at, "origin": origin.value}
        )
        return
    mine = delete(PLACES).where(PLACES.c.appointment_id == appointment_id)
    gone = await session.execute(mine.returning(PLACES.c.slot_id, PLACES.c.places))
    await free(session, {row.slot_id: row.places for row in gone})


async def free(session: AsyncSession, places: Mapping[int, int]) -> None:
    """Places by slot that nobody has any more; what the schedule no longer plans goes with them."""
    for slot_id, number in sorted(places.items()):
        left = SLOTS.c.taken - number
        changed: dict[str, Any] = {"taken": left, "capacity": func.greatest(SLOTS.c.planned, left)}
        await session.execute(update(SLOTS).where(SLOTS.c.id == slot_id).values(changed))


async def serves(session: AsyncSession, slot: Slot, type_code: str) -> bool:
    """Whether the counters of a slot serve something that can be booked."""
    served = select(POOL_TYPES.c.pool_id).where(
        POOL_TYPES.c.office_id == slot.office_id, POOL_TYPES.c.type == type_code
    )
    return await session.scalar(served) == slot.pool_id


async def pop_due(session: AsyncSession, now: datetime) -> tuple[int, int] | None:
    """Slot and places of a release whose time has come, which is gone with the commit; else none."""
    due = select(RELEASES.c.id).where(RELEASES.c.due_at <= now).order_by(RELEASES.c.due_at)
    first = due.limit(1).with_for_update(skip_locked=True).scalar_subquery()
    gone = delete(RELEASES).where(RELEASES.c.id == first).returning(RELEASES.c.slot_id, RELEASES.c.places)
    row = (await session.execute(gone)).first()
    return (row.slot_id, row.places) if row else None


async def keep(session: AsyncSession, slot_id: int, places: int, until: datetime) -> None:
    """Keep places that are taken for somebody who may move there: they come free when it lapses."""
    kept = {"slot_id": slot_id, "places": places, "due_at": until, "origin": Origin.KEPT.value}
    await session.execute(insert(RELEASES), kept)


async def end_keeping(session: AsyncSession, slot_id: int, places: int, until: datetime) -> bool:
    """Take back that places are kept; False when they are not any more. The caller does what comes next."""
    kept = select(RELEASES.c.id).where(
        RELEASES.c.slot_id == slot_id,
        RELEASES.c.places == places,
        RELEASES.c.due_at == until,
        RELEASES.c.origin == Origin.KEPT.value,
    )
    first = kept.limit(1).with_for_update().scalar_subquery()
    gone = delete(RELEASES).where(RELEASES.c.id == first).returning(RELEASES.c.id)
    return (await session.execute(gone)).first() is not None


def _slot(row: RowMapping) -> Slot:
    return Slot(**row)
