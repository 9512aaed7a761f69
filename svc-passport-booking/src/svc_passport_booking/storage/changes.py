"""The history of changes: rows in, domain values out."""

from collections.abc import Sequence
from dataclasses import asdict
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from ..domain.changes import Change, ChangeKind
from ..tables.offices import CHANGES


async def add(session: AsyncSession, changes: Sequence[Change]) -> None:
    """Note changes."""
    if changes:
        rows = [{name: value for name, value in asdict(each).items() if name != "seq"} for each in changes]
        await session.execute(insert(CHANGES), rows)


async def find(session: AsyncSession, office_id: UUID, before: int | None, limit: int) -> list[Change]:
    """The changes of an office, the newest first, before one."""
    query = select(CHANGES).where(CHANGES.c.office_id == office_id).order_by(CHANGES.c.seq.desc())
    if before is not None:
        query = query.where(CHANGES.c.seq < before)
    rows = (await session.execute(query.limit(limit))).mappings()
    return [Change(**{**row, "kind": ChangeKind(row["kind"])}) for row in rows]
