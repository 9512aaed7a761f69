"""Our copy of the institutions."""

from dataclasses import asdict
from typing import Final
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from hub_events import copies
from hub_events.statements import Part

from ..domain.institutions import Institution
from ..tables.institutions import INSTITUTIONS

_FIND: Final = Part(select(INSTITUTIONS).where(INSTITUTIONS.c.id == bindparam("institution_id")))


async def find(session: AsyncSession, institution_id: UUID) -> Institution | None:
    """Our copy of an institution, or None when we have not heard of it."""
    row = await _FIND.first(session, institution_id=institution_id)
    return Institution(**row) if row else None


async def find_by_code(session: AsyncSession, code: str) -> Institution | None:
    """The same by the code that the catalog gives it: the one that has it last."""
    having = select(INSTITUTIONS).where(INSTITUTIONS.c.code == code)
    found = await session.execute(having.order_by(INSTITUTIONS.c.valid_from.desc()).limit(1))
    row = found.mappings().one_or_none()
    return Institution(**row) if row else None


async def keep(session: AsyncSession, changed: Institution) -> None:
    """Keep an institution as the catalog told it, unless we already hold a newer version."""
    await copies.keep(session, INSTITUTIONS, asdict(changed))
