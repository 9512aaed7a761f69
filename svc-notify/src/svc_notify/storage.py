"""Rows in, domain values out."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    FromClause,
    RowMapping,
    and_,
    bindparam,
    exists,
    func,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.language import Language
from hub_core.principal import Role
from hub_events import copies

from .domain.deliveries import Channel, Delivery, Failure, State
from .domain.kinds import Lane
from .domain.officials import Official
from .tables import DELIVERIES, INSTITUTIONS, OFFICIALS, SANDBOX_PEOPLE

_CHANGING: Final = (
    "state",
    "attempts",
    "due_at",
    "ended_at",
    "language",
    "reply_code",
    "failure",
    "version",
)
_ADD: Final = (
    insert(DELIVERIES).on_conflict_do_nothing(index_elements=[DELIVERIES.c.once]).returning(DELIVERIES.c.id)
)
_LOCK_DUE: Final = (
    select(DELIVERIES)
    .where(DELIVERIES.c.lane == bindparam("in_lane"), DELIVERIES.c.due_at <= bindparam("now"))
    .order_by(DELIVERIES.c.due_at)
    .limit(bindparam("at_most"))
    .with_for_update(skip_locked=True)
)
_STORE_LOCKED: Final = update(DELIVERIES).where(DELIVERIES.c.id == bindparam("delivery_id"))
_STORE_IF_HELD: Final = _STORE_LOCKED.where(DELIVERIES.c.version == bindparam("held_version")).returning(
    DELIVERIES.c.id
)


async def add(session: AsyncSession, delivery: Delivery) -> bool:
    """Store a new delivery; False, and nothing stored, where there is one of the same `once`."""
    values = {column.name: getattr(delivery, column.name) for column in DELIVERIES.c}
    return (await session.execute(_ADD, values)).first() is not None


async def lock_due(session: AsyncSession, lane: Lane, limit: int, now: datetime) -> list[Delivery]:
    """The deliveries of a lane that are due, the longest waiting first, locked.

    Those that another sender is taking at this moment are passed over.
    """
    due = await session.execute(_LOCK_DUE, {"in_lane": lane, "now": now, "at_most": limit})
    return [_delivery(row) for row in due.mappings()]


async def store_locked(session: AsyncSession, changed: Sequence[Delivery]) -> None:
    """Store what became of deliveries that this transaction has locked."""
    await session.execute(_STORE_LOCKED, [_changes(delivery) for delivery in changed])


async def store_if_held(session: AsyncSession, changed: Delivery) -> bool:
    """Store what became of a claimed delivery; not, if it was claimed by another since then."""
    changes = {**_changes(changed), "held_version": changed.version - 1}
    return (await session.execute(_STORE_IF_HELD, changes)).first() is not None


async def extend_leases(session: AsyncSession, held: Collection[Delivery], until: datetime) -> set[UUID]:
    """Extend the leases of claimed deliveries that are still held; the ids of those.

    What is locked is passed over: it is being handed over or settled, and nobody can claim it.
    """
    claims = [(delivery.id, delivery.version) for delivery in held]
    free = (
        select(DELIVERIES.c.id)
        .where(tuple_(DELIVERIES.c.id, DELIVERIES.c.version).in_(claims))
        .with_for_update(skip_locked=True)
    )
    extended = await session.execute(
        update(DELIVERIES).where(DELIVERIES.c.id.in_(free)).values(due_at=until).returning(DELIVERIES.c.id)
    )
    return set(extended.scalars())


async def find_of_person(
    session: AsyncSession, person_id: UUID, before: UUID | None, limit: int
) -> list[Delivery]:
    """A person's messages, the newest first; those older than the message `before`."""
    found = select(DELIVERIES).where(DELIVERIES.c.person_id == person_id)
    if before:
        found = found.where(DELIVERIES.c.id < before)
    rows = await session.execute(found.order_by(DELIVERIES.c.id.desc()).limit(limit))
    return [_delivery(row) for row in rows.mappings()]


async def find_all_of_person(session: AsyncSession, person_id: UUID) -> list[Delivery]:
    """Every message to a person, the oldest first."""
    found = select(DELIVERIES).where(DELIVERIES.c.person_id == person_id).order_by(DELIVERIES.c.id)
    return [_delivery(row) for row in (await session.execute(found)).mappings()]


async def get_of_person(session: AsyncSession, person_id: UUID, delivery_id: UUID) -> Delivery | None:
    """One message of a person's."""
    found = select(DELIVERIES).where(DELIVERIES.c.id == delivery_id, DELIVERIES.c.person_id == person_id)
    row = (await session.execute(found)).mappings().one_or_none()
    return _delivery(row) if row else None


async def put_sandbox_person(session: AsyncSession, person_id: UUID, **told: object) -> None:
    """Note what was told of somebody invented."""
    new = {"person_id": person_id, "is_removed": False} | told
    put = insert(SANDBOX_PEOPLE).values(new)
    await session.execute(put.on_conflict_do_update(index_elements=["person_id"], set_=told))


async def is_removed(session: AsyncSession, person_id: UUID) -> bool:
    """Whether somebody invented is no more; until the transaction ends that does not change."""
    wanted = select(SANDBOX_PEOPLE.c.is_removed).where(SANDBOX_PEOPLE.c.person_id == person_id)
    return bool((await session.execute(wanted.with_for_update(read=True))).scalar())


async def forget_sandbox(session: AsyncSession, person_id: UUID) -> None:
    """Delete the messages to a person who is known to be invented, and no more; else nothing.

    The database decides: who uses it may delete no message by themselves.
    """
    await session.execute(select(func.forget_sandbox_messages(person_id)))


async def keep_institution(
    session: AsyncSession, institution_id: UUID, names: Mapping[str, str], version: int
) -> None:
    """Keep an institution's names, unless newer ones are kept already."""
    told = {"id": institution_id, "names": dict(names), "version": version}
    await copies.keep(session, INSTITUTIONS, told)


async def keep_official(session: AsyncSession, official: Official) -> None:
    """Keep an appointment, unless a newer version is kept already."""
    await copies.keep(session, OFFICIALS, asdict(official))


async def find_officials(
    session: AsyncSession, role: Role, institution_id: UUID | None, on: date
) -> list[UUID]:
    """Who has a role on a day, at an institution or at any."""
    columns = OFFICIALS.c
    found = select(columns.person_id).where(_has(OFFICIALS, role, on))
    if institution_id is not None:
        found = found.where(columns.institution_id == institution_id)
    return list(await session.scalars(found.distinct().order_by(columns.person_id)))


async def find_records_heads(session: AsyncSession, institution_id: UUID | None, on: date) -> list[UUID]:
    """Who heads on a day an institution, or any, where somebody keeps the criminal record."""
    heads, officers = OFFICIALS.alias(), OFFICIALS.alias()
    keeps = exists().where(
        officers.c.institution_id == heads.c.institution_id, _has(officers, Role.RECORDS_OFFICER, on)
    )
    found = select(heads.c.person_id).where(_has(heads, Role.HEAD, on), keeps)
    if institution_id is not None:
        found = found.where(heads.c.institution_id == institution_id)
    return list(await session.scalars(found.distinct().order_by(heads.c.person_id)))


async def find_institution_names(
    session: AsyncSession, institution_ids: Collection[UUID]
) -> dict[UUID | None, dict[str, str]]:
    """Names of institutions by language; an institution not heard of yet is missing."""
    if not institution_ids:
        return {}
    found = select(INSTITUTIONS.c.id, INSTITUTIONS.c.names).where(INSTITUTIONS.c.id.in_(institution_ids))
    return {row.id: row.names for row in await session.execute(found)}


def _has(officials: FromClause, role: Role, on: date) -> ColumnElement[bool]:
    columns = officials.c
    return and_(columns.role == role, columns.is_granted, columns.valid_from <= on, columns.valid_to >= on)


def _changes(delivery: Delivery) -> dict[str, Any]:
    return {"delivery_id": delivery.id, **{name: getattr(delivery, name) for name in _CHANGING}}


def _delivery(row: RowMapping) -> Delivery:
    return Delivery(
        **{
            **row,
            "channel": Channel(row["channel"]),
            "lane": Lane(row["lane"]),
            "state": State(row["state"]),
            "language": Language(row["language"]) if row["language"] else None,
            "failure": Failure(row["failure"]) if row["failure"] else None,
        }
    )
