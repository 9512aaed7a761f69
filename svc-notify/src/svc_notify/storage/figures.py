"""Figures: rows in, values out."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Final

from sqlalchemy import delete, func, insert, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession

from ..domain.figures import Figure
from ..domain.kinds import Lane
from ..domain.messages import Channel
from ..tables.figures import FIGURES, NOTES

_CELL: Final = ("day", "channel", "lane")
_COUNTS: Final = ("handed_over", "soon", "failed")


async def note(session: AsyncSession, figures: Sequence[Figure]) -> None:
    """Note what has just ended."""
    await session.execute(insert(NOTES), [asdict(one) for one in figures])


async def add_notes(session: AsyncSession, limit: int) -> int:
    """Add some of the notes to the figures; how many. Those that another is adding are passed by."""
    first = select(NOTES.c.id).order_by(NOTES.c.id).limit(limit).with_for_update(skip_locked=True)
    taken = delete(NOTES).where(NOTES.c.id.in_(first)).returning(NOTES).cte("taken")
    # Stored in one order for all: two that add at once never wait for each other in a ring.
    sums = (
        select(*(taken.c[name] for name in _CELL), *(func.sum(taken.c[name]).label(name) for name in _COUNTS))
        .group_by(*(taken.c[name] for name in _CELL))
        .order_by(*(taken.c[name] for name in _CELL))
    )
    adding = postgresql.insert(FIGURES).from_select([*_CELL, *_COUNTS], sums)
    added = adding.on_conflict_do_update(
        index_elements=_CELL,
        set_={name: FIGURES.c[name] + adding.excluded[name] for name in _COUNTS},
    ).cte("added")
    counted = select(func.count()).select_from(taken).add_cte(added)
    return (await session.execute(counted)).scalar_one()


async def find(session: AsyncSession, since: date) -> list[Figure]:
    """The figures from a day on."""
    rows = await session.execute(select(FIGURES).where(FIGURES.c.day >= since))
    return [
        Figure(**{**row, "channel": Channel(row["channel"]), "lane": Lane(row["lane"])})
        for row in rows.mappings()
    ]
