"""Ratings of answers: what petitioners give, and what everybody sees."""

from typing import Annotated, Self

from pydantic import Field

from hub_service.schemas import Id, Int32, LegalDate, Resource

from ..domain.ratings import BEST, WORST, Average, Rating
from ..operations.ratings import Told
from .institutions import AddresseeView

_SCORE = "How content the petitioner is with the answer: 1 not at all, 5 very."
_HIDDEN = "Null where a small count would be told, or could be worked out."


class RateAnswer(Resource):
    """A petitioner's opinion of an answer."""

    score: Annotated[int, Field(ge=WORST, le=BEST, description=_SCORE, examples=[4])]


class RatingView(Resource):
    """The rating as it was given."""

    petition_id: Annotated[Id, Field(description="The petition.")]
    score: Annotated[Int32, Field(ge=WORST, le=BEST, description=_SCORE, examples=[4])]
    rated_on: Annotated[LegalDate, Field(description="The day, in Europe/Bucharest.")]

    @classmethod
    def of(cls, rating: Rating) -> Self:
        """The view of a rating."""
        return cls(petition_id=rating.petition_id, score=rating.score, rated_on=rating.rated_on)


class AverageView(Resource):
    """Ratings in sum."""

    ratings: Annotated[Int32 | None, Field(ge=0, description=f"How many. {_HIDDEN}", examples=[640])]
    average: Annotated[
        float | None,
        Field(
            ge=WORST,
            le=BEST,
            json_schema_extra={"format": "double"},
            description=f"Their average, to one decimal. {_HIDDEN}",
            examples=[4.2],
        ),
    ]


class InstitutionRatingsView(AverageView):
    """The ratings of the answers of one institution."""

    institution: Annotated[AddresseeView, Field(description="The institution.")]


class RatingsView(Resource):
    """What petitioners thought in a period of how they were answered."""

    period: Annotated[str, Field(max_length=7, description="The half-year or year.", examples=["2026-H1"])]
    whole: Annotated[AverageView, Field(description="All answers.")]
    by_institution: Annotated[
        list[InstitutionRatingsView], Field(max_length=20_000, description="By who answered.")
    ]

    @classmethod
    def of(cls, told: Told) -> Self:
        """The view of a period."""
        return cls(
            period=told.opinion.period.code,
            whole=AverageView(**_members(told.opinion.whole)),
            by_institution=[
                InstitutionRatingsView(
                    institution=AddresseeView.of(one), **_members(told.opinion.by_institution[one.id])
                )
                for one in told.institutions.values()
            ],
        )


def _members(average: Average) -> dict[str, float | int | None]:
    return {"ratings": average.ratings, "average": average.score}
