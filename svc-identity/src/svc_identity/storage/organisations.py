"""Organisations by their CUI."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from uuid import UUID

from sqlalchemy import RowMapping, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession

from ..domain.organisation import Organisation, OrganisationSource
from ..tables.mandates import ORGANISATIONS


async def put(session: AsyncSession, told: Organisation) -> Organisation:
    """Store what a register said of an organisation; one that is known keeps its id."""
    said = asdict(told)
    insert = postgresql.insert(ORGANISATIONS).values(said)
    kept = {name: insert.excluded[name] for name in ("trade_number", "name", "source", "checked_at")}
    put = insert.on_conflict_do_update(
        index_elements=["cui"], set_=kept | {"version": ORGANISATIONS.c.version + 1}
    ).returning(*ORGANISATIONS.c)
    return _organisation((await session.execute(put)).mappings().one())


async def add(session: AsyncSession, made: Organisation) -> bool:
    """Store an organisation unless one has its number; whether it was stored."""
    insert = postgresql.insert(ORGANISATIONS).values(asdict(made)).on_conflict_do_nothing()
    return (await session.execute(insert.returning(ORGANISATIONS.c.id))).first() is not None


async def read(session: AsyncSession, organisation_id: UUID) -> Organisation | None:
    """An organisation."""
    wanted = select(ORGANISATIONS).where(ORGANISATIONS.c.id == organisation_id)
    row = (await session.execute(wanted)).mappings().first()
    return _organisation(row) if row else None


async def named(session: AsyncSession, organisation_ids: Collection[UUID]) -> Sequence[Organisation]:
    """Those of these organisations that are known."""
    wanted = select(ORGANISATIONS).where(ORGANISATIONS.c.id.in_(organisation_ids))
    return [_organisation(row) for row in (await session.execute(wanted)).mappings()]


def _organisation(row: RowMapping) -> Organisation:
    return Organisation(**{**row, "source": OrganisationSource(row["source"])})
