"""When pools are open, and the slots that come of it: rows in, domain values out."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any, Final, cast
from uuid import UUID

from sqlalchemy import (
    Boolean,
    ColumnElement,
    CursorResult,
    Date,
    DateTime,
    SmallInteger,
    Uuid,
    column,
    delete,
    exists,
    func,
    insert,
    literal_column,
    select,
    true,
    update,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy.dialects.postgresql import ARRAY, BIGINT
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import ids
from hub_core.clock import BUCHAREST, local_date

from ..domain.openings import State as OpeningState
from ..domain.schedules import (
    BridgeDay,
    Changed,
    Closure,
    DayException,
    ExistingSlot,
    Hours,
    PlannedSlot,
    Timetable,
    Weekly,
)
from ..tables.offices import BRIDGE_DAYS, CLOSURES, EXCEPTIONS, POOLS, SCHEDULES
from ..tables.openings import OPENINGS
from ..tables.slots import SLOTS

_MOST_SHOWN: Final = 200
_INSTANT: Final = DateTime(timezone=True)
_IN_FORCE: Final = BRIDGE_DAYS.c.withdrawn_at.is_(None)
_AT_ONCE: Final = 10
"""Pools: on the first day all are new, and one statement for all would take longer than one may."""


async def add_weekly(session: AsyncSession, weeks: Mapping[UUID, Sequence[Weekly]]) -> None:
    """Store hours of weekdays, by pool."""
    rows = [
        {
            "id": ids.new_id(),
            "pool_id": pool_id,
            "weekday": each.weekday,
            "opens": each.hours.opens,
            "closes": each.hours.closes,
            "slot_minutes": each.hours.slot_minutes,
            "counters": each.hours.counters,
            "valid_from": each.valid_from,
            "valid_to": each.valid_to,
        }
        for pool_id, week in weeks.items()
        for each in week
    ]
    if rows:
        await session.execute(insert(SCHEDULES), rows)


async def timetables(
    session: AsyncSession, pool_ids: Collection[UUID], first: date
) -> Mapping[UUID, Timetable]:
    """When these pools are open from a day on."""
    held = await session.execute(
        select(SCHEDULES)
        .where(
            SCHEDULES.c.pool_id.in_(pool_ids),
            SCHEDULES.c.valid_to.is_(None) | (SCHEDULES.c.valid_to >= first),
        )
        .order_by(SCHEDULES.c.pool_id, SCHEDULES.c.weekday, SCHEDULES.c.valid_from, SCHEDULES.c.opens)
    )
    weekly: dict[UUID, list[Weekly]] = {}
    for row in held.mappings():
        week = Weekly(row["weekday"], _hours(row), row["valid_from"], row["valid_to"])
        weekly.setdefault(row["pool_id"], []).append(week)
    excepted = await _exceptions(session, pool_ids, first)
    interrupted = await session.execute(
        select(POOLS.c.id, CLOSURES.c.starts_at, CLOSURES.c.ends_at)
        .join(POOLS, POOLS.c.office_id == CLOSURES.c.office_id)
        .where(
            POOLS.c.id.in_(pool_ids),
            CLOSURES.c.reopened_at.is_(None),
            CLOSURES.c.ends_at > _midnight(first),
        )
        .order_by(CLOSURES.c.id)
    )
    closures: dict[UUID, list[Closure]] = {}
    for pool_id, starts_at, ends_at in interrupted:
        closures.setdefault(pool_id, []).append(Closure(starts_at, ends_at))
    return {
        pool_id: Timetable(
            weekly=tuple(weekly.get(pool_id, ())),
            exceptions=excepted.get(pool_id, ()),
            closures=tuple(closures.get(pool_id, ())),
        )
        for pool_id in pool_ids
    }


async def replace_week(session: AsyncSession, pool_id: UUID, first: date, week: Sequence[Weekly]) -> None:
    """Let these hours hold from a day on; those that held before end the day before."""
    await session.execute(
        delete(SCHEDULES).where(SCHEDULES.c.pool_id == pool_id, SCHEDULES.c.valid_from >= first)
    )
    await session.execute(
        update(SCHEDULES)
        .where(
            SCHEDULES.c.pool_id == pool_id,
            SCHEDULES.c.valid_to.is_(None) | (SCHEDULES.c.valid_to >= first),
        )
        .values(valid_to=first - timedelta(days=1))
    )
    await add_weekly(session, {pool_id: week})


async def replace_exception(
    session: AsyncSession, pool_id: UUID, day: date, exception: DayException | None
) -> None:
    """Let this hold on a day; None: what holds in any week."""
    await session.execute(delete(EXCEPTIONS).where(EXCEPTIONS.c.pool_id == pool_id, EXCEPTIONS.c.day == day))
    if exception is None:
        return
    stretches: list[dict[str, Any]] = [asdict(each) for each in exception.hours] or [{}]
    fixed = {"pool_id": pool_id, "day": day, "reason": exception.reason}
    await session.execute(
        insert(EXCEPTIONS), [fixed | stretch | {"id": ids.new_id()} for stretch in stretches]
    )


async def granted_days(session: AsyncSession, first: date) -> frozenset[date]:
    """The days off that the government grants, from a day on."""
    found = await session.execute(select(BRIDGE_DAYS.c.day).where(BRIDGE_DAYS.c.day >= first, _IN_FORCE))
    return frozenset(found.scalars())


async def bridge_days(session: AsyncSession, first: date) -> list[BridgeDay]:
    """The next days off that the government grants, from a day on, by day."""
    query = select(BRIDGE_DAYS.c.day, BRIDGE_DAYS.c.legal_basis, BRIDGE_DAYS.c.declared_at)
    found = await session.execute(
        query.where(BRIDGE_DAYS.c.day >= first, _IN_FORCE).order_by(BRIDGE_DAYS.c.day).limit(_MOST_SHOWN)
    )
    return [BridgeDay(*row) for row in found]


async def grant(session: AsyncSession, granted: BridgeDay, official: UUID) -> int:
    """Store a day off; declared again, it has the newer legal basis. Its version."""
    storing = postgresql_insert(BRIDGE_DAYS).values(asdict(granted) | {"declared_by": official})
    changed = {
        "legal_basis": storing.excluded.legal_basis,
        "withdrawn_at": None,
        "version": BRIDGE_DAYS.c.version + 1,
    }
    stored = storing.on_conflict_do_update(index_elements=[BRIDGE_DAYS.c.day], set_=changed)
    version: int = (await session.execute(stored.returning(BRIDGE_DAYS.c.version))).scalar_one()
    return version


async def withdraw(session: AsyncSession, day: date, now: datetime) -> tuple[BridgeDay, int] | None:
    """Take a day off back; what it was and its version, None when it was none."""
    gone = await session.execute(
        update(BRIDGE_DAYS)
        .where(BRIDGE_DAYS.c.day == day, _IN_FORCE)
        .values(withdrawn_at=now, version=BRIDGE_DAYS.c.version + 1)
        .returning(
            *(BRIDGE_DAYS.c[name] for name in ("day", "legal_basis", "declared_at")), BRIDGE_DAYS.c.version
        )
    )
    row = gone.one_or_none()
    return (BridgeDay(row.day, row.legal_basis, row.declared_at), row.version) if row else None


async def planned_until(session: AsyncSession) -> Mapping[UUID, date | None]:
    """Every pool, with the local day of its last slot; none where it has none yet."""
    last = (
        select(SLOTS.c.starts_at)
        .where(SLOTS.c.pool_id == POOLS.c.id)
        .order_by(SLOTS.c.starts_at.desc())
        .limit(1)
        .lateral()
    )
    found = await session.execute(
        select(POOLS.c.id, last.c.starts_at).outerjoin(last, true()).order_by(POOLS.c.id)
    )
    return {pool_id: starts_at and local_date(starts_at) for pool_id, starts_at in found}


async def open_pools(session: AsyncSession, day: date) -> list[UUID]:
    """The pools that have a slot on a day which is not closed, and no hours of its own for the day."""
    is_open = exists().where(
        SLOTS.c.pool_id == POOLS.c.id,
        SLOTS.c.starts_at >= _midnight(day),
        SLOTS.c.starts_at < _midnight(day + timedelta(days=1)),
        ~SLOTS.c.closed,
    )
    excepted = exists().where(EXCEPTIONS.c.pool_id == POOLS.c.id, EXCEPTIONS.c.day == day)
    found = await session.execute(select(POOLS.c.id).where(is_open, ~excepted).order_by(POOLS.c.id))
    return [*found.scalars()]


async def shut_pools(session: AsyncSession, days: Collection[date]) -> Mapping[date, list[UUID]]:
    """The pools with hours of the week on these days and no open slot on them, by day.

    Left out are those that have other hours for the day, or no slots yet on a later day.
    """
    given = func.unnest(sql_cast([*days], ARRAY(Date)))
    asked = given.table_valued(column("day", Date), name="asked").render_derived()
    day = asked.c.day
    is_open = exists().where(
        SLOTS.c.pool_id == POOLS.c.id,
        SLOTS.c.starts_at >= _beginning(day),
        SLOTS.c.starts_at < _beginning(day + 1),
        ~SLOTS.c.closed,
    )
    is_made = exists().where(SLOTS.c.pool_id == POOLS.c.id, SLOTS.c.starts_at >= _beginning(day + 1))
    has_hours = exists().where(
        SCHEDULES.c.pool_id == POOLS.c.id,
        SCHEDULES.c.weekday == func.date_part(literal_column("'isodow'"), day),
        SCHEDULES.c.valid_from <= day,
        SCHEDULES.c.valid_to.is_(None) | (SCHEDULES.c.valid_to >= day),
    )
    excepted = exists().where(EXCEPTIONS.c.pool_id == POOLS.c.id, EXCEPTIONS.c.day == day)
    wanted = (
        select(day, POOLS.c.id)
        .select_from(POOLS.join(asked, true()))
        .where(has_hours, is_made, ~is_open, ~excepted)
    )
    found: dict[date, list[UUID]] = {}
    for of_day, pool_id in await session.execute(wanted.order_by(day, POOLS.c.id)):
        found.setdefault(of_day, []).append(pool_id)
    return found


async def count_open(session: AsyncSession, pool_ids: Collection[UUID], day: date) -> int:
    """How many slots of these pools are open on a day."""
    found = await session.scalar(
        select(func.count()).where(
            SLOTS.c.pool_id.in_(pool_ids),
            SLOTS.c.starts_at >= _midnight(day),
            SLOTS.c.starts_at < _midnight(day + timedelta(days=1)),
            ~SLOTS.c.closed,
        )
    )
    return found or 0


async def lock_slots(
    session: AsyncSession, pool_ids: Collection[UUID], first: date, last: date | None
) -> Mapping[UUID, list[ExistingSlot]]:
    """The slots of pools from a day to a last one, None: all, locked in the order of their ids."""
    query = (
        select(
            *(SLOTS.c.pool_id, SLOTS.c.id, SLOTS.c.starts_at, SLOTS.c.minutes),
            *(SLOTS.c.planned, SLOTS.c.taken, SLOTS.c.closed),
        )
        .where(SLOTS.c.pool_id.in_(pool_ids), SLOTS.c.starts_at >= _midnight(first))
        .order_by(SLOTS.c.id)
        .with_for_update(key_share=True)
    )
    if last is not None:
        query = query.where(SLOTS.c.starts_at < _midnight(last + timedelta(days=1)))
    found: dict[UUID, list[ExistingSlot]] = {}
    for pool_id, *facts in await session.execute(query):
        found.setdefault(pool_id, []).append(ExistingSlot(*facts))
    return found


async def make_slots(
    session: AsyncSession, pool_ids: Collection[UUID], new: Sequence[tuple[PlannedSlot, bool]]
) -> int:
    """Make the same slots, each with whether it is closed, in several pools; how many are new."""
    ordered = sorted(pool_ids) if new else []
    parts = [ordered[first : first + _AT_ONCE] for first in range(0, len(ordered), _AT_ONCE)]
    return sum([await _make_slots(session, part, new) for part in parts])


async def _make_slots(
    session: AsyncSession, pool_ids: Sequence[UUID], new: Sequence[tuple[PlannedSlot, bool]]
) -> int:
    pools = (
        func.unnest(sql_cast([*pool_ids], ARRAY(Uuid)))
        .table_valued(column("pool_id", Uuid), name="pools")
        .render_derived()
    )
    planned = (
        func.unnest(
            sql_cast([slot.starts_at for slot, _ in new], ARRAY(_INSTANT)),
            sql_cast([slot.minutes for slot, _ in new], ARRAY(SmallInteger)),
            sql_cast([slot.counters for slot, _ in new], ARRAY(SmallInteger)),
            sql_cast([closed for _, closed in new], ARRAY(Boolean)),
        )
        .table_valued(
            column("starts_at", _INSTANT),
            column("minutes", SmallInteger),
            column("planned", SmallInteger),
            column("closed", Boolean),
            name="planned",
        )
        .render_derived()
    )
    columns = planned.c
    made = await session.execute(
        postgresql_insert(SLOTS)
        .from_select(
            ["pool_id", "starts_at", "minutes", "planned", "capacity", "closed"],
            select(
                *(pools.c.pool_id, columns.starts_at, columns.minutes),
                *(columns.planned, columns.planned, columns.closed),
            )
            .select_from(pools.join(planned, true()))
            .order_by(pools.c.pool_id, columns.starts_at),
        )
        .on_conflict_do_nothing()
    )
    return cast("CursorResult[Any]", made).rowcount


async def keep_closed_days(session: AsyncSession, pool_ids: Collection[UUID]) -> None:
    """Let new slots of days whose opening is announced be booked from that instant on, as the others."""
    await session.execute(
        update(SLOTS)
        .where(
            SLOTS.c.pool_id == OPENINGS.c.pool_id,
            OPENINGS.c.pool_id.in_(pool_ids),
            OPENINGS.c.state != OpeningState.OPEN,
            SLOTS.c.starts_at >= _beginning(OPENINGS.c.days_from),
            SLOTS.c.starts_at < _beginning(OPENINGS.c.days_to + 1),
            SLOTS.c.opens_at.is_(None),
        )
        .values(opens_at=OPENINGS.c.opens_at)
    )


async def change_slots(session: AsyncSession, changed: Sequence[Changed]) -> None:
    """Store what planning anew does with slots; there is room for what is taken, whatever is planned."""
    if not changed:
        return
    new = (
        func.unnest(
            sql_cast([each.id for each in changed], ARRAY(BIGINT)),
            sql_cast([each.minutes for each in changed], ARRAY(SmallInteger)),
            sql_cast([each.planned for each in changed], ARRAY(SmallInteger)),
            sql_cast([each.closed for each in changed], ARRAY(Boolean)),
        )
        .table_valued(
            column("id", BIGINT),
            column("minutes", SmallInteger),
            column("planned", SmallInteger),
            column("closed", Boolean),
            name="new",
        )
        .render_derived()
    )
    await session.execute(
        update(SLOTS)
        .where(SLOTS.c.id == new.c.id)
        .values(
            minutes=new.c.minutes,
            planned=new.c.planned,
            capacity=func.greatest(new.c.planned, SLOTS.c.taken),
            closed=new.c.closed,
        )
    )


async def _exceptions(
    session: AsyncSession, pool_ids: Collection[UUID], first: date
) -> Mapping[UUID, tuple[DayException, ...]]:
    found = await session.execute(
        select(EXCEPTIONS)
        .where(EXCEPTIONS.c.pool_id.in_(pool_ids), EXCEPTIONS.c.day >= first)
        .order_by(EXCEPTIONS.c.pool_id, EXCEPTIONS.c.day, EXCEPTIONS.c.opens)
    )
    by_pool: dict[UUID, list[DayException]] = {}
    rows = found.mappings().all()
    for (pool_id, day), group in groupby(rows, key=lambda row: (row["pool_id"], row["day"])):
        stretches = [*group]
        hours = tuple(_hours(row) for row in stretches if row["opens"] is not None)
        by_pool.setdefault(pool_id, []).append(DayException(day, hours, stretches[0]["reason"]))
    return {pool_id: tuple(each) for pool_id, each in by_pool.items()}


def _hours(row: Mapping[Any, Any]) -> Hours:
    return Hours(row["opens"], row["closes"], row["slot_minutes"], row["counters"])


def _beginning(day: ColumnElement[date]) -> ColumnElement[datetime]:
    """When a local day begins."""
    return func.timezone(BUCHAREST.key, sql_cast(day, DateTime))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), BUCHAREST)
