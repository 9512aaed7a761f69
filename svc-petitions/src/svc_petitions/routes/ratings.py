"""Ratings of answers: HTTP and nothing else."""

from typing import Annotated, Final

from fastapi import Path, Query, Response

from hub_service import policy, schemas
from hub_service.dependencies import Now, Session
from hub_service.routing import Router

from ..errors.handling import NotAnsweredYet
from ..errors.petitions import PetitionNotFound
from ..errors.ratings import AlreadyRated, RatingClosed
from ..errors.statistics import PeriodNotCounted
from ..operations import ratings as operations
from ..schemas.ratings import RateAnswer, RatingsView, RatingView
from .petitions import WRITE

_FRESH: Final = {"cache-control": "public, max-age=3600"}

router = Router(prefix="/petitions/v1", tags=["ratings"])

PetitionId = Annotated[schemas.Id, Path(description="The petition's identifier.")]
Period = Annotated[
    str,
    Query(
        pattern=r"^20[0-9]{2}(-H[12])?$",
        max_length=7,
        description="A half-year or a year that is over.",
        examples=["2026-H1"],
    ),
]


@router.post(
    "/petitions/{petition_id}/rating",
    summary="Rate the answer to a petition",
    status_code=201,
    **policy.operation(
        WRITE, mandate=True, raises=(PetitionNotFound, NotAnsweredYet, RatingClosed, AlreadyRated)
    ),
)
async def rate_petition_answer(
    petition_id: PetitionId, body: RateAnswer, person: policy.Person, session: Session, now: Now
) -> RatingView:
    """Say once how content you are with an answer. The institution sees sums, never who gave which score."""
    return RatingView.of(await operations.rate(session, person, petition_id, body.score, now))


@router.get(
    "/ratings",
    summary="Read how content petitioners were",
    **policy.public(raises=(PeriodNotCounted,)),
)
async def get_petition_ratings(session: Session, now: Now, response: Response, period: Period) -> RatingsView:
    """How many answers of each institution were rated in a period that is over, and their average score."""
    response.headers.update(_FRESH)
    return RatingsView.of(await operations.read(session, period, now))
