"""How petitioners rate the answers they had, and what everybody is told of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.clock import local_date
from hub_core.principal import Principal
from hub_service import rules
from hub_service.access import Action

from ..domain import ratings as domain
from ..domain.institutions import Institution
from ..domain.ratings import Opinion, Rating
from ..domain.statistics import Period
from ..errors.handling import NotAnsweredYet
from ..errors.petitions import PetitionNotFound
from ..errors.ratings import AlreadyRated, RatingClosed
from ..errors.statistics import PeriodNotCounted
from ..storage import petitions, statistics
from ..storage import ratings as storage
from .petitions import acting_of, note_access
from .statistics import SMALL_COUNT_RULE


@dataclass(frozen=True, slots=True)
class Told:
    """A period, with the institutions that it names by id."""

    opinion: Opinion
    institutions: Mapping[UUID, Institution]


async def rate(
    session: AsyncSession, caller: Principal, petition_id: UUID, score: int, now: datetime
) -> Rating:
    """Rate the answer to a petition in the caller's name, once, within the days of the rule.

    Raises `PetitionNotFound`, `NotAnsweredYet`, `RatingClosed`, `AlreadyRated`. The institution never
    learns who gave which score.
    """
    async with session.begin():
        petition = await petitions.petition_of(session, acting_of(caller), petition_id)
        if petition is None:
            raise PetitionNotFound
        await note_access(session, caller, Action.CHANGE, petition_id, now)
        answered = await storage.answered(session, petition_id)
        if answered is None:
            raise NotAnsweredYet
        legal = await rules.read(session, domain.RATING_RULE)
        today = local_date(now)
        if today > domain.last_day(answered, legal):
            raise RatingClosed
        rating = Rating(petition_id, answered.institution_id, score, today)
        if not await storage.add(session, rating):
            raise AlreadyRated
        return rating


async def read(session: AsyncSession, code: str, now: datetime) -> Told:
    """What petitioners thought in a period that is over; what was told of it never changes.

    Raises `PeriodNotCounted`.
    """
    period = Period.read(code)
    if period.last >= local_date(now):
        raise PeriodNotCounted
    async with session.begin():
        legal = await rules.read(session, SMALL_COUNT_RULE)
        scores = await storage.scores(session, period.first, period.last)
        named = await statistics.institutions(session, [one.institution_id for one in scores])
    opinion = domain.opinion(period, scores, legal.on(SMALL_COUNT_RULE, local_date(now)).whole)
    return Told(opinion, {one.id: one for one in named})
