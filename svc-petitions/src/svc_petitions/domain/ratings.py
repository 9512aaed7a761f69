"""What petitioners think of how they were answered: a score each, told in sums alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from hub_core.clock import local_date
from hub_core.masking import mask
from hub_core.rules import Rules

from .statistics import Period

RATING_RULE: Final = "petition.rating"
"""For how many days after the answer was sent it can be rated."""
WORST: Final = 1
BEST: Final = 5


@dataclass(frozen=True, slots=True)
class Rating:
    """A petitioner's score of an institution's answer, from `WORST` to `BEST`."""

    petition_id: UUID
    institution_id: UUID
    score: int
    rated_on: date


@dataclass(frozen=True, slots=True)
class Answered:
    """Who answered a petition, and when the answer was sent."""

    institution_id: UUID
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class Scores:
    """The ratings of an institution in a period: how many, and what they sum up to."""

    institution_id: UUID
    amount: int
    total: int


@dataclass(frozen=True, slots=True)
class Average:
    """As many ratings as can be told, and their average, to one decimal."""

    ratings: int | None
    score: float | None


@dataclass(frozen=True, slots=True)
class Opinion:
    """A period: the whole, and each institution."""

    period: Period
    whole: Average
    by_institution: Mapping[UUID, Average]


def last_day(answered: Answered, legal: Rules) -> date:
    """The last day on which an answer can be rated."""
    day = local_date(answered.sent_at)
    return day + timedelta(days=legal.on(RATING_RULE, day).whole)


def opinion(period: Period, scores: Sequence[Scores], least: int) -> Opinion:
    """What may be told of the ratings of a period: none of fewer than `least`, nor what would give one away.

    An average is told where the number is.
    """
    whole, told = mask({str(one.institution_id): one.amount for one in scores}, least)
    return Opinion(
        period,
        _average(whole, sum(one.total for one in scores)),
        {one.institution_id: _average(told.get(str(one.institution_id)), one.total) for one in scores},
    )


def _average(amount: int | None, total: int) -> Average:
    return Average(amount, round(total / amount, 1)) if amount else Average(amount, None)
