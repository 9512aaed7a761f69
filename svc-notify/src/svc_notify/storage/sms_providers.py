"""Providers of text messages: rows in, domain values out."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from ..domain.providers import COUNTED, Measured, Policy, Standing
from ..tables.deliveries import DELIVERIES
from ..tables.sms_providers import MEASUREMENTS, PROCESSES, PROVIDERS

_COUNTED = ("attempts", "failed", "slow", "taken", "in_time")


async def find(session: AsyncSession, names: Collection[str]) -> tuple[Standing, ...]:
    """The standings of these providers, by name."""
    found = select(PROVIDERS).where(PROVIDERS.c.name.in_(names)).order_by(PROVIDERS.c.name)
    return tuple(
        Standing(row.name, row.home, row.weight, row.changed_at) for row in await session.execute(found)
    )


async def lock_all(session: AsyncSession) -> tuple[Standing, ...]:
    """The standings of every provider, locked until the transaction ends."""
    found = select(PROVIDERS).order_by(PROVIDERS.c.name).with_for_update()
    return tuple(
        Standing(row.name, row.home, row.weight, row.changed_at) for row in await session.execute(found)
    )


async def lock_due(session: AsyncSession, before: datetime) -> bool:
    """Whether no process has checked since then; if so nobody else checks until the transaction ends."""
    due = select(PROVIDERS.c.name).where(PROVIDERS.c.checked_at <= before).order_by(PROVIDERS.c.name)
    return (await session.execute(due.with_for_update(skip_locked=True))).first() is not None


async def replace_all(session: AsyncSession, standings: Iterable[Standing], now: datetime) -> None:
    """Let these be all providers there are."""
    await session.execute(delete(PROVIDERS))
    added = insert(PROVIDERS).on_conflict_do_nothing()
    await session.execute(added, [_row(each, now) for each in standings])


async def store(session: AsyncSession, standings: Iterable[Standing], now: datetime) -> None:
    """Store what a check has made of them."""
    for each in standings:
        changes = _row(each, now)
        await session.execute(update(PROVIDERS).where(PROVIDERS.c.name == each.name).values(changes))


async def add_counts(session: AsyncSession, rows: Iterable[Mapping[str, object]]) -> None:
    """Add to what was measured: `provider`, `begun_at` and any of the counts."""
    # in one order, so that processes that add to the same rows never wait for each other in a circle
    ordered = sorted(
        ({**dict.fromkeys(_COUNTED, 0), **row} for row in rows),
        key=lambda row: (str(row["provider"]), str(row["begun_at"])),
    )
    if not ordered:
        return
    added = insert(MEASUREMENTS)
    counts = {name: MEASUREMENTS.c[name] + added.excluded[name] for name in _COUNTED}
    await session.execute(
        added.on_conflict_do_update(index_elements=["provider", "begun_at"], set_=counts), ordered
    )


async def measured(session: AsyncSession, policy: Policy, now: datetime) -> dict[str, Measured]:
    """What each provider did of late, as far as it did anything."""
    rows = MEASUREMENTS.c
    lately = rows.begun_at > now - policy.window
    before = now - policy.late - COUNTED  # what was taken at the end of the time has had as long
    old = and_(rows.begun_at > before - policy.late_window, rows.begun_at <= before)
    asked = (
        select(
            rows.provider,
            func.coalesce(func.sum(rows.attempts).filter(lately), 0).label("attempts"),
            func.coalesce(func.sum(rows.failed).filter(lately), 0).label("failed"),
            func.coalesce(func.sum(rows.slow).filter(lately), 0).label("slow"),
            func.coalesce(func.sum(rows.taken).filter(old), 0).label("taken"),
            func.coalesce(func.sum(func.greatest(rows.taken - rows.in_time, 0)).filter(old), 0).label("late"),
        )
        .where(rows.begun_at > before - policy.late_window, rows.begun_at <= now)
        .group_by(rows.provider)
    )
    return {
        row.provider: Measured(row.attempts, row.failed, row.slow, row.taken, row.late)
        for row in await session.execute(asked)
    }


async def taken_at(session: AsyncSession, delivery_id: UUID) -> datetime | None:
    """When a message was taken over, as far as that is known."""
    found = select(DELIVERIES.c.ended_at).where(DELIVERIES.c.id == delivery_id)
    return await session.scalar(found)


async def forget(session: AsyncSession, before: datetime) -> None:
    """Drop what was measured before that, and processes not seen since."""
    await session.execute(delete(MEASUREMENTS).where(MEASUREMENTS.c.begun_at < before))
    await session.execute(delete(PROCESSES).where(PROCESSES.c.seen_at < before))


async def see_process(session: AsyncSession, process_id: UUID, now: datetime) -> None:
    """Note that a process hands messages over."""
    seen = insert(PROCESSES).values(id=process_id, seen_at=now)
    await session.execute(seen.on_conflict_do_update(index_elements=["id"], set_={"seen_at": now}))


async def count_processes(session: AsyncSession, since: datetime) -> int:
    """How many processes were seen since then."""
    return await session.scalar(select(func.count()).where(PROCESSES.c.seen_at > since)) or 0


def _row(standing: Standing, now: datetime) -> dict[str, object]:
    return {
        "name": standing.name,
        "home": standing.home,
        "weight": standing.weight,
        "changed_at": standing.changed_at,
        "checked_at": now,
    }
