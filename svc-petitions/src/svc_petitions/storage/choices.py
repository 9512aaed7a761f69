"""What the registry has chosen: rows in, domain values out."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import RowMapping, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from ..domain.choices import Choice
from ..tables.choices import CHOICES

_CHOICE: TypeAdapter[Choice] = TypeAdapter(Choice)


async def add(session: AsyncSession, choice: Choice) -> None:
    """Store a choice; whoever adds holds the row of the petition locked."""
    others = [asdict(one) | {"structure_id": str(one.structure_id)} for one in choice.others]
    row: dict[str, Any] = asdict(choice) | {"others": others}
    await session.execute(insert(CHOICES), row)


async def next_ordinal(session: AsyncSession, petition_id: UUID) -> int:
    """The ordinal of a further choice for a petition."""
    last = select(func.max(CHOICES.c.ordinal)).where(CHOICES.c.petition_id == petition_id)
    return (await session.scalar(last) or 0) + 1


async def last(session: AsyncSession, petition_id: UUID, institution_id: UUID) -> Choice | None:
    """What the registry of an institution has chosen last for a file."""
    mine = select(CHOICES).where(
        CHOICES.c.petition_id == petition_id, CHOICES.c.institution_id == institution_id
    )
    row = (await session.execute(mine.order_by(CHOICES.c.ordinal.desc()).limit(1))).mappings().first()
    return _choice(row) if row else None


async def of_petition(session: AsyncSession, petition_id: UUID) -> Sequence[Choice]:
    """Everything that was chosen for a petition, in order."""
    wanted = select(CHOICES).where(CHOICES.c.petition_id == petition_id).order_by(CHOICES.c.ordinal)
    return [_choice(row) for row in (await session.execute(wanted)).mappings()]


def _choice(row: RowMapping) -> Choice:
    return _CHOICE.validate_python(dict(row))
