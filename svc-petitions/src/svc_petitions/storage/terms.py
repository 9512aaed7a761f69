"""Terms of files: rows in, domain values out."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from ..domain.files import File
from ..domain.terms import Course, Earlier, Place, Reach, TermWarning
from ..tables.files import FORWARDINGS, MEMBERS
from ..tables.petitions import OPEN, PETITIONS
from .files import COLUMNS, file_of

_EARLIER: Final = tuple(FORWARDINGS.c[name] for name in Earlier.__dataclass_fields__)
_WHOLE: Final = 100


async def course_of(session: AsyncSession, petition_id: UUID) -> tuple[Course, UUID]:
    """What the term of a petition in earnest follows from, and which institution has it."""
    row = (await session.execute(select(*COLUMNS).where(PETITIONS.c.id == petition_id))).mappings().one()
    file = file_of(row)
    return Course.of(file), file.institution_id


async def earlier(session: AsyncSession, petition_id: UUID) -> Sequence[Earlier]:
    """The clocks of the institutions that had a petition before, the first one first."""
    wanted = select(*_EARLIER).where(FORWARDINGS.c.petition_id == petition_id)
    return [
        Earlier(**row) for row in (await session.execute(wanted.order_by(FORWARDINGS.c.ordinal))).mappings()
    ]


async def warn(session: AsyncSession, reach: Reach, limit: int) -> list[tuple[File, TermWarning]]:
    """Note the furthest warning that open files have come to and was not told; which files, and how far.

    Each is locked until the transaction ends; those that somebody else holds wait for the next time.
    """
    table, found = PETITIONS, list[tuple[File, TermWarning]]()
    passed: ColumnElement[Any] = (reach.today - table.c.registered_on) * _WHOLE
    whole: ColumnElement[Any] = (table.c.answer_due_on - table.c.registered_on) * reach.percent
    reached: dict[TermWarning, ColumnElement[bool]] = {
        TermWarning.OVERDUE: table.c.answer_due_on <= reach.overdue,
        TermWarning.LAST: table.c.answer_due_on <= reach.last,
        TermWarning.DAYS: table.c.answer_due_on <= reach.days,
        TermWarning.SHARE: passed >= whole,
    }
    for warning, has_come in reached.items():
        waiting = (
            select(table.c.id)
            .where(OPEN, table.c.warned < warning, has_come)
            .order_by(table.c.warned, table.c.answer_due_on, table.c.id)  # as the index has them
            .limit(limit - len(found))
            .with_for_update(skip_locked=True)
        )
        noted = update(table).where(table.c.id.in_(waiting)).values(warned=warning).returning(*COLUMNS)
        found += [(file_of(row), warning) for row in (await session.execute(noted)).mappings()]
    return found


async def places(session: AsyncSession, institution_ids: Collection[UUID]) -> dict[UUID, list[Place]]:
    """Who works under whom, by institution."""
    wanted = select(MEMBERS.c.institution_id, MEMBERS.c.person_id, MEMBERS.c.superior_id)
    known: dict[UUID, list[Place]] = {}
    for row in await session.execute(wanted.where(MEMBERS.c.institution_id.in_(institution_ids))):
        known.setdefault(row.institution_id, []).append(Place(row.person_id, row.superior_id))
    return known


async def overdue(
    session: AsyncSession,
    institution_id: UUID,
    today: date,
    *,
    after: tuple[date, UUID] | None,
    limit: int,
) -> Sequence[File]:
    """The open files of an institution whose last day has passed, the longest overdue first."""
    table = PETITIONS
    wanted = select(*COLUMNS).where(
        OPEN, table.c.institution_id == institution_id, table.c.answer_due_on < today
    )
    position = tuple_(table.c.answer_due_on, table.c.id)
    if after is not None:
        wanted = wanted.where(position > tuple_(*after))
    rows = await session.execute(wanted.order_by(table.c.answer_due_on, table.c.id).limit(limit))
    return [file_of(row) for row in rows.mappings()]
