"""Figures: counted from the petitions of a month, read by period."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    Integer,
    Select,
    String,
    and_,
    case,
    cast,
    false,
    func,
    literal,
    select,
    true,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession

from ..domain.institutions import Institution
from ..domain.states import PetitionState
from ..domain.statistics import NO_TOPIC, Figure, Outcome, Timeliness
from ..tables.choices import CHOICES
from ..tables.files import FORWARDINGS, STEPS
from ..tables.institutions import INSTITUTIONS
from ..tables.petitions import PETITIONS
from ..tables.registers import REGISTERS
from ..tables.statistics import FIGURES

_NO_INSTITUTION: Final = UUID(int=0)
"""Under which stands that a month was counted."""
_NOTHING: Final = "COUNTED"
_CODE: Final = String(32)


async def last_counted(session: AsyncSession) -> date | None:
    """The first day of the last month that was counted; none before the first."""
    month: date | None = await session.scalar(select(func.max(FIGURES.c.month)))
    return month


async def first_counted(session: AsyncSession) -> date | None:
    """The first day of the first month that was counted; none before that."""
    month: date | None = await session.scalar(select(func.min(FIGURES.c.month)))
    return month


async def first_year(session: AsyncSession) -> int | None:
    """The year of the first register; none before the first petition."""
    year: int | None = await session.scalar(select(func.min(REGISTERS.c.year)))
    return year


async def count(session: AsyncSession, first: date, until: date, today: date) -> None:
    """Count the petitions registered from the first day of a month to before another, as they are today."""
    for counted in (_registered(first, until, today), _sent_on(first, until)):
        await session.execute(postgresql.insert(FIGURES).from_select(list(FIGURES.c.keys()), counted))
    mark = {
        "month": first,
        "institution_id": _NO_INSTITUTION,
        **dict.fromkeys(("kind", "channel", "topic", "outcome", "timeliness"), _NOTHING),
        **dict.fromkeys(("amount", "extended", "days"), 0),
    }
    await session.execute(postgresql.insert(FIGURES), mark)


async def figures(session: AsyncSession, first: date, last: date) -> Sequence[Figure]:
    """The figures of the months of a period."""
    columns = FIGURES.c
    by = (
        *(columns.institution_id, columns.kind, columns.channel),
        *(columns.topic, columns.outcome, columns.timeliness),
    )
    sums = (cast(func.sum(each), Integer) for each in (columns.amount, columns.extended, columns.days))
    wanted = select(*by, *sums).where(
        columns.month >= first, columns.month <= last, columns.institution_id != _NO_INSTITUTION
    )
    return [Figure(*row) for row in await session.execute(wanted.group_by(*by))]


async def institutions(session: AsyncSession, wanted: Sequence[UUID]) -> Sequence[Institution]:
    """The institutions of these ids, by code."""
    rows = await session.execute(
        select(INSTITUTIONS).where(INSTITUTIONS.c.id.in_(wanted)).order_by(INSTITUTIONS.c.code)
    )
    return [Institution(**row) for row in rows.mappings()]


def _registered(first: date, until: date, today: date) -> Select[Any]:
    """What is where it was registered last; a forwarded one counts where it was, by `_sent_on`."""
    columns = PETITIONS.c
    archived_from = (
        select(STEPS.c.came_from)
        .where(STEPS.c.petition_id == columns.id, STEPS.c.state == PetitionState.ARCHIVED)
        .limit(1)
        .scalar_subquery()
    )
    state = case((columns.state == PetitionState.ARCHIVED, archived_from), else_=columns.state)
    outcome = case(
        (columns.leader_id.is_not(None), Outcome.JOINED),
        (state == PetitionState.ANSWERED, func.coalesce(columns.solution, Outcome.ANSWERED)),
        (state.in_([PetitionState.CLASSED, PetitionState.WITHDRAWN]), state),
        else_=Outcome.OPEN,
    )
    timeliness = case(
        (columns.closed_on <= columns.answer_due_on, Timeliness.IN_TERM),
        (columns.closed_on.is_not(None), Timeliness.LATE),
        (columns.answer_due_on < today, Timeliness.LATE),
        else_=Timeliness.RUNNING,
    )
    counted = _counted(
        first,
        columns.institution_id,
        outcome,
        timeliness,
        extended=columns.extended_at.is_not(None),
        days=columns.closed_on - columns.registered_on,
    )
    return counted.select_from(PETITIONS).where(
        columns.registered_on >= first, columns.registered_on < until, state != PetitionState.FORWARDED
    )


def _sent_on(first: date, until: date) -> Select[Any]:
    columns = FORWARDINGS.c
    timeliness = case((columns.forwarded_on <= columns.forward_by, Timeliness.IN_TERM), else_=Timeliness.LATE)
    counted = _counted(
        first,
        columns.institution_id,
        literal(Outcome.FORWARDED.value),
        timeliness,
        extended=false(),
        days=columns.forwarded_on - columns.registered_on,
    )
    return counted.join_from(FORWARDINGS, PETITIONS, PETITIONS.c.id == columns.petition_id).where(
        columns.registered_on >= first, columns.registered_on < until
    )


def _topic(institution_id: ColumnElement[UUID]) -> ColumnElement[str]:
    """The topic of what the registry of an institution has chosen last for a petition."""
    columns = CHOICES.c
    chosen = (
        select(columns.topic)
        .where(columns.petition_id == PETITIONS.c.id, columns.institution_id == institution_id)
        .order_by(columns.ordinal.desc())
        .limit(1)
        .correlate(PETITIONS, FORWARDINGS)
        .scalar_subquery()
    )
    return func.coalesce(chosen, NO_TOPIC).label("topic")


def _counted(
    month: date,
    institution_id: ColumnElement[UUID],
    outcome: ColumnElement[str],
    timeliness: ColumnElement[str],
    *,
    extended: ColumnElement[bool],
    days: ColumnElement[Any],
) -> Select[Any]:
    by = (
        institution_id,
        PETITIONS.c.kind,
        PETITIONS.c.channel,
        _topic(institution_id),
        cast(outcome, _CODE).label("outcome"),
        cast(timeliness, _CODE).label("timeliness"),
    )
    return select(
        cast(literal(month), Date),
        *by,
        func.count(),
        func.count().filter(and_(true(), extended)),
        cast(func.coalesce(func.sum(days), 0), BigInteger),
    ).group_by(*by)
