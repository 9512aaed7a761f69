"""Lists of work, each over an index of its own: rows in, domain values out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from ..domain.files import File
from ..domain.states import PetitionState
from ..tables.petitions import OPEN, PETITIONS
from .files import COLUMNS, file_of


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which open files: of a handler or a compartment, in a state; none of it is all of them."""

    handler_id: UUID | None = None
    compartment_id: UUID | None = None
    state: PetitionState | None = None


@dataclass(frozen=True, slots=True)
class Load:
    """How many files there are, how many of them are overdue, and how many are due within days."""

    all: int
    overdue: int
    soon: int


async def files(
    session: AsyncSession,
    institution_id: UUID,
    wanted: Wanted,
    *,
    after: tuple[date, UUID] | None,
    limit: int,
) -> Sequence[File]:
    """The open files, what is due first first, after a day and a file."""
    table = PETITIONS
    rows = select(*COLUMNS).where(_open(institution_id, wanted))
    if after is not None:
        rows = rows.where(tuple_(table.c.answer_due_on, table.c.id) > tuple_(*after))
    found = await session.execute(rows.order_by(table.c.answer_due_on, table.c.id).limit(limit))
    return [file_of(row) for row in found.mappings()]


async def count(
    session: AsyncSession, institution_id: UUID, wanted: Wanted, today: date, soon: date
) -> Sequence[tuple[PetitionState, Load]]:
    """How many open files there are, by their state; those due by the day `soon` are counted apart."""
    due = PETITIONS.c.answer_due_on
    counted = (
        select(
            PETITIONS.c.state,
            func.count(),
            func.count().filter(due < today),
            func.count().filter(due.between(today, soon)),
        )
        .where(_open(institution_id, wanted))
        .group_by(PETITIONS.c.state)
    )
    found = (await session.execute(counted)).all()
    loads = {PetitionState(state): Load(*figures) for state, *figures in found}
    return [(state, loads[state]) for state in PetitionState if state in loads]


async def joined(session: AsyncSession, leader_id: UUID, *, after: UUID | None, limit: int) -> Sequence[File]:
    """The files joined to one, in the order of their filing."""
    rows = select(*COLUMNS).where(PETITIONS.c.leader_id == leader_id)
    if after is not None:
        rows = rows.where(PETITIONS.c.id > after)
    found = await session.execute(rows.order_by(PETITIONS.c.id).limit(limit))
    return [file_of(row) for row in found.mappings()]


def _open(institution_id: UUID, wanted: Wanted) -> ColumnElement[bool]:
    asked = {
        PETITIONS.c.handler_id: wanted.handler_id,
        PETITIONS.c.compartment_id: wanted.compartment_id,
        PETITIONS.c.state: wanted.state,
    }
    return and_(
        PETITIONS.c.institution_id == institution_id,
        OPEN,
        *(column == value for column, value in asked.items() if value is not None),
    )
