"""Offices and pools: rows in, domain values out."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, exists, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import aggregate_order_by, insert
from sqlalchemy.ext.asyncio import AsyncSession

from ..domain.offices import Office, Pool
from ..tables.offices import OFFICES, POOL_TYPES, POOLS


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which offices of the day `on` are wanted: those that serve a county, those that serve a type."""

    on: date
    county: str | None = None
    type: str | None = None


async def put(session: AsyncSession, offices: Sequence[Office]) -> Collection[UUID]:
    """Store the offices that are not there yet, with their pools; the ids of the pools that are new."""
    pools = [pool for office in offices for pool in office.pools]
    types = [(pool, of_type) for pool in pools for of_type in pool.types]
    await session.execute(insert(OFFICES).on_conflict_do_nothing(), [_office_row(each) for each in offices])
    made = await session.execute(
        insert(POOLS)
        .values(
            [
                {
                    "id": pool.id,
                    "office_id": pool.office_id,
                    "code": pool.code,
                    "names": dict(pool.names),
                    "version": pool.version,
                }
                for pool in pools
            ]
        )
        .on_conflict_do_nothing()
        .returning(POOLS.c.id)
    )
    new = frozenset(made.scalars())
    await session.execute(
        insert(POOL_TYPES).on_conflict_do_nothing(),
        [{"office_id": pool.office_id, "type": of_type, "pool_id": pool.id} for pool, of_type in types],
    )
    return new


async def find(
    session: AsyncSession, wanted: Wanted, after: tuple[str, str] | None = None, limit: int | None = None
) -> list[Office]:
    """The offices with their pools, by county and code, after a county and code."""
    query = (
        select(OFFICES)
        .where(
            OFFICES.c.valid_from <= wanted.on,
            OFFICES.c.valid_to.is_(None) | (OFFICES.c.valid_to >= wanted.on),
        )
        .order_by(OFFICES.c.county, OFFICES.c.code)
        .limit(limit)
    )
    if wanted.county is not None:
        query = query.where(OFFICES.c.serves.contains([wanted.county]))
    if wanted.type is not None:
        served = exists().where(POOL_TYPES.c.office_id == OFFICES.c.id, POOL_TYPES.c.type == wanted.type)
        query = query.where(served)
    if after is not None:
        query = query.where(tuple_(OFFICES.c.county, OFFICES.c.code) > tuple_(*after))
    rows = (await session.execute(query)).mappings().all()
    pools = await _pools(session, [row["id"] for row in rows])
    return [_office(row, pools.get(row["id"], ())) for row in rows]


async def read(session: AsyncSession, office_id: UUID) -> Office | None:
    """An office with its pools."""
    row = (await session.execute(select(OFFICES).where(OFFICES.c.id == office_id))).mappings().one_or_none()
    return _office(row, (await _pools(session, [office_id])).get(office_id, ())) if row else None


async def pool_of(session: AsyncSession, office_id: UUID, of_type: str) -> Pool | None:
    """The counters of an office that serve a type; none where it is not served."""
    serving = select(POOL_TYPES.c.pool_id).where(
        POOL_TYPES.c.office_id == office_id, POOL_TYPES.c.type == of_type
    )
    found = await session.execute(_SELECT_POOLS.where(POOLS.c.id.in_(serving)))
    row = found.mappings().one_or_none()
    return _pool(row) if row else None


async def read_pool(session: AsyncSession, pool_id: UUID) -> Pool | None:
    """A pool."""
    row = (await session.execute(_SELECT_POOLS.where(POOLS.c.id == pool_id))).mappings().one_or_none()
    return _pool(row) if row else None


async def offices_of_pools(session: AsyncSession) -> Mapping[UUID, UUID]:
    """The office of every pool."""
    found = await session.execute(select(POOLS.c.id, POOLS.c.office_id))
    return {row.id: row.office_id for row in found}


async def lock_pools(session: AsyncSession, pool_ids: Iterable[UUID] | None = None) -> Mapping[UUID, int]:
    """Lock pools, all of them where none are named, in the order of their ids; the version of each.

    Who changes when they are open takes this lock, and so does who makes their slots.
    """
    query = select(POOLS.c.id, POOLS.c.version).order_by(POOLS.c.id).with_for_update()
    if pool_ids is not None:
        query = query.where(POOLS.c.id.in_([*pool_ids]))
    return {row.id: row.version for row in await session.execute(query)}


async def bump(session: AsyncSession, pool_ids: Collection[UUID]) -> None:
    """Count a change of these pools."""
    await session.execute(update(POOLS).where(POOLS.c.id.in_(pool_ids)).values(version=POOLS.c.version + 1))


_SELECT_POOLS: Select[Any] = (
    select(
        *(POOLS.c.id, POOLS.c.office_id, POOLS.c.code, POOLS.c.names, POOLS.c.version),
        func.array_agg(aggregate_order_by(POOL_TYPES.c.type, POOL_TYPES.c.type)).label("types"),
    )
    .join(POOL_TYPES, POOL_TYPES.c.pool_id == POOLS.c.id)
    .group_by(POOLS.c.id)
    .order_by(POOLS.c.code)
)


async def _pools(session: AsyncSession, office_ids: Collection[UUID]) -> Mapping[UUID, Sequence[Pool]]:
    found: dict[UUID, list[Pool]] = {}
    for row in (await session.execute(_SELECT_POOLS.where(POOLS.c.office_id.in_(office_ids)))).mappings():
        found.setdefault(row["office_id"], []).append(_pool(row))
    return found


def _pool(row: Mapping[Any, Any]) -> Pool:
    return Pool(**{**row, "types": tuple(row["types"])})


def _office(row: Mapping[Any, Any], pools: Iterable[Pool]) -> Office:
    return Office(**{**row, "serves": tuple(row["serves"]), "pools": tuple(pools)})


def _office_row(office: Office) -> dict[str, Any]:
    return {
        "id": office.id,
        "code": office.code,
        "institution_id": office.institution_id,
        "county": office.county,
        "serves": [*office.serves],
        "names": dict(office.names),
        "address": office.address,
        "latitude": office.latitude,
        "longitude": office.longitude,
        "valid_from": office.valid_from,
        "valid_to": office.valid_to,
        "version": office.version,
    }
