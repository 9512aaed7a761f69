"""Lists of work, each over an index of its own: rows in, domain values out."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, and_, bindparam, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from hub_events.statements import Part
from hub_service.database import Statement

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
    given = _given(institution_id, wanted)
    if after is not None:
        given |= {"after_day": after[0], "after_file": after[1]}
    found = await _listing(*sorted(given)).all(session, **given, most=limit)
    return [file_of(row) for row in found]


@cache
def _listing(*given: str) -> Statement:
    due, file_id = PETITIONS.c.answer_due_on, PETITIONS.c.id
    rows = select(*COLUMNS).where(_open(given))
    if "after_file" in given:
        last = tuple_(bindparam("after_day", type_=due.type), bindparam("after_file", type_=Uuid))
        rows = rows.where(tuple_(due, file_id) > last)
    return Statement(rows.order_by(due, file_id).limit(bindparam("most")))


async def count(
    session: AsyncSession, institution_id: UUID, wanted: Wanted, today: date, soon: date
) -> Sequence[tuple[PetitionState, Load]]:
    """How many open files there are, by their state; those due by the day `soon` are counted apart."""
    given = _given(institution_id, wanted)
    found = await _counting(*sorted(given)).all(session, **given, today=today, soon=soon)
    loads = {PetitionState(state): Load(*figures) for state, *figures in found}
    return [(state, loads[state]) for state in PetitionState if state in loads]


@cache
def _counting(*given: str) -> Part:
    due = PETITIONS.c.answer_due_on
    today, soon = bindparam("today", type_=due.type), bindparam("soon", type_=due.type)
    counted = select(
        PETITIONS.c.state,
        func.count().label("every"),
        func.count().filter(due < today).label("overdue"),
        func.count().filter(due.between(today, soon)).label("soon"),
    )
    return Part(counted.where(_open(given)).group_by(PETITIONS.c.state))


async def joined(session: AsyncSession, leader_id: UUID, *, after: UUID | None, limit: int) -> Sequence[File]:
    """The files joined to one, in the order of their filing."""
    rows = select(*COLUMNS).where(PETITIONS.c.leader_id == leader_id)
    if after is not None:
        rows = rows.where(PETITIONS.c.id > after)
    found = await session.execute(rows.order_by(PETITIONS.c.id).limit(limit))
    return [file_of(row) for row in found.mappings()]


def _given(institution_id: UUID, wanted: Wanted) -> dict[str, Any]:
    """What the columns of a list have to be, by their names."""
    asked = {"handler_id": wanted.handler_id, "compartment_id": wanted.compartment_id, "state": wanted.state}
    return {"institution_id": institution_id} | {
        name: value for name, value in asked.items() if value is not None
    }


def _open(given: Collection[str]) -> ColumnElement[bool]:
    return and_(OPEN, *(column == bindparam(column.name) for column in PETITIONS.c if column.name in given))
