"""Own copies of the catalog's institutions and of officials."""

from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, and_, exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.principal import Role
from hub_events import copies

from ..domain.officials import Official
from ..tables.people import INSTITUTIONS, OFFICIALS


async def keep_institution(
    session: AsyncSession, institution_id: UUID, names: Mapping[str, str], version: int
) -> None:
    """Keep an institution's names, unless newer ones are kept already."""
    told = {"id": institution_id, "names": dict(names), "version": version}
    await copies.keep(session, INSTITUTIONS, told)


async def find_institution_names(
    session: AsyncSession, institution_ids: Collection[UUID]
) -> dict[UUID | None, dict[str, str]]:
    """Names of institutions by language; an institution not heard of yet is missing."""
    if not institution_ids:
        return {}
    found = select(INSTITUTIONS.c.id, INSTITUTIONS.c.names).where(INSTITUTIONS.c.id.in_(institution_ids))
    return {row.id: row.names for row in await session.execute(found)}


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


def _has(officials: FromClause, role: Role, on: date) -> ColumnElement[bool]:
    columns = officials.c
    return and_(columns.role == role, columns.is_granted, columns.valid_from <= on, columns.valid_to >= on)
