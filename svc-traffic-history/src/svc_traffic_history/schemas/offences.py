"""Offences, as a caller is shown them."""

from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import Field

from hub_core.language import Language
from hub_service.schemas import LegalDate, LocalisedText, Resource

from ..domain.grounds import Ground
from ..domain.offences import FineClass
from ..operations.offences import Listed

OffenceCode = Annotated[
    str,
    Field(
        pattern=r"^[a-z0-9]+([.-][a-z0-9]+)*$",
        max_length=64,
        json_schema_extra={"examples": ["speed-21"]},
    ),
]
"""The code of an offence."""

Lei = Annotated[
    str,
    Field(pattern=r"^\d{1,9}\.\d{2}$", max_length=12, json_schema_extra={"examples": ["405.00"]}),
]
"""An amount with two places."""


class Money(Resource):
    """An amount of money."""

    amount: Annotated[Lei, Field(description="The amount, with two places.")]
    currency: Annotated[Literal["RON"], Field(description="The currency (ISO 4217).")]

    @classmethod
    def of(cls, value: Decimal) -> Self:
        """The view of an amount in lei."""
        return cls(amount=f"{value:.2f}", currency="RON")


def localised(texts: Any) -> LocalisedText:
    """A text of the rule tables."""
    return LocalisedText.of({str(Language(name)): text for name, text in texts.items()})


class OffenceView(Resource):
    """An offence, as the law has it on the day that was asked about."""

    code: Annotated[OffenceCode, Field(description="The code that other answers name.")]
    name: Annotated[LocalisedText, Field(description="What it is.")]
    fine_class: Annotated[FineClass, Field(description="The class of its fine.")]
    article: Annotated[LocalisedText, Field(description="The article of OUG 195/2002 that gives the fine.")]
    least_fine: Annotated[Money, Field(description="The least fine.")]
    most_fine: Annotated[Money, Field(description="The largest fine.")]
    penalty_points: Annotated[
        int,
        Field(
            ge=0,
            le=6,
            description="Penalty points: 2, 3, 4 or 6, and 0 for what has none.",
            json_schema_extra={"format": "int32"},
        ),
    ]
    points_article: Annotated[
        LocalisedText | None, Field(description="The article that gives the penalty points.")
    ]
    suspension: Annotated[Ground | None, Field(description="Why it suspends the right to drive.")]
    suspension_days: Annotated[
        int | None,
        Field(
            ge=1,
            le=365,
            description="For how many days it suspends the right to drive.",
            json_schema_extra={"format": "int32"},
        ),
    ]

    @classmethod
    def of(cls, listed: Listed) -> Self:
        """The view of an offence."""
        offence = listed.offence
        return cls(
            code=offence.code,
            name=localised(offence.names),
            fine_class=offence.fine_class,
            article=localised(offence.article),
            least_fine=Money.of(listed.least),
            most_fine=Money.of(listed.most),
            penalty_points=offence.penalty_points,
            points_article=localised(offence.points_article) if offence.points_article else None,
            suspension=offence.ground,
            suspension_days=listed.suspension_days,
        )


class OffencesView(Resource):
    """The offences of a day."""

    on: Annotated[LegalDate, Field(description="The day whose law this is.")]
    items: Annotated[list[OffenceView], Field(max_length=200, description="In the order of the list.")]
