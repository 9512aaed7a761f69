"""Ratings: rows in, sums out."""

from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import Integer, cast, func, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession

from ..domain.ratings import Answered, Rating, Scores
from ..tables.files import DRAFTS
from ..tables.petitions import PETITIONS
from ..tables.ratings import RATINGS

_ANSWERED_WITH: Final = func.coalesce(PETITIONS.c.leader_id, PETITIONS.c.id)


async def answered(session: AsyncSession, petition_id: UUID) -> Answered | None:
    """Who answered a petition, or the one that it is joined to; none while nobody has."""
    wanted = (
        select(DRAFTS.c.institution_id, DRAFTS.c.sent_at)
        .join(PETITIONS, DRAFTS.c.petition_id == _ANSWERED_WITH)
        .where(PETITIONS.c.id == petition_id, DRAFTS.c.sent_at.is_not(None))
    )
    row = (await session.execute(wanted)).first()
    return Answered(row.institution_id, row.sent_at) if row else None


async def add(session: AsyncSession, rating: Rating) -> bool:
    """Store a rating; whether it is the first of its petition."""
    adding = postgresql.insert(RATINGS).values(
        petition_id=rating.petition_id,
        institution_id=rating.institution_id,
        score=rating.score,
        rated_on=rating.rated_on,
    )
    added = adding.on_conflict_do_nothing().returning(RATINGS.c.petition_id)
    return (await session.execute(added)).first() is not None


async def find(session: AsyncSession, petition_id: UUID) -> Rating | None:
    """How a petition's answer was rated."""
    row = (await session.execute(select(RATINGS).where(RATINGS.c.petition_id == petition_id))).mappings()
    found = row.first()
    return Rating(**found) if found else None


async def scores(session: AsyncSession, first: date, last: date) -> Sequence[Scores]:
    """The ratings of a period, by institution."""
    wanted = (
        select(RATINGS.c.institution_id, func.count(), cast(func.sum(RATINGS.c.score), Integer))
        .where(RATINGS.c.rated_on.between(first, last))
        .group_by(RATINGS.c.institution_id)
    )
    return [Scores(*row) for row in await session.execute(wanted)]
