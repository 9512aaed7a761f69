"""Figures, as the public is shown them."""

from typing import Annotated, Self

from pydantic import Field

from hub_service.schemas import Int32, LegalDate, Resource

from ..domain.statistics import Group, Month, Times
from ..operations.statistics import MONTHS_MOST, Statistics

_HIDDEN = "Null where it is under five, or would let a count under five be worked out."

Count = Annotated[Int32 | None, Field(json_schema_extra={"examples": [412]})]
"""A count; null where it is not told."""
Seconds = Annotated[
    float | None, Field(ge=0, le=10**8, json_schema_extra={"format": "double", "examples": [0.891]})
]
"""A time in seconds."""


class TimesView(Resource):
    """How long an issue took, from the request on."""

    median: Annotated[
        Seconds, Field(description="Half took no longer, within an eighth. Null for fewer than five.")
    ]
    p99: Annotated[
        Seconds, Field(description="Of a hundred, 99 took no longer. Null for fewer than a hundred.")
    ]

    @classmethod
    def of(cls, times: Times) -> Self:
        """The view of times."""
        return cls(median=times.median, p99=times.p99)


class GroupView(Resource):
    """The part of a month in one county or channel."""

    code: Annotated[
        str,
        Field(
            max_length=16,
            pattern=r"^[A-Z]*$",
            description="The code of the county (empty where it is not known) or of the channel.",
            json_schema_extra={"examples": ["CJ"]},
        ),
    ]
    requests: Annotated[Count, Field(description=f"Requests. {_HIDDEN}")]
    issued: Annotated[Count, Field(description=f"Certificates and extracts issued. {_HIDDEN}")]
    seconds_to_issue: Annotated[TimesView, Field(description="How long an issue took.")]

    @classmethod
    def of(cls, group: Group) -> Self:
        """The view of a group."""
        return cls(
            code=group.code,
            requests=group.requests,
            issued=group.issued,
            seconds_to_issue=TimesView.of(group.times),
        )


class RefusalsView(Resource):
    """How many requests were refused for one reason."""

    reason: Annotated[
        str,
        Field(
            max_length=32,
            pattern=r"^[A-Z_]+$",
            description="The reason; NO_CONSENT of institutions' requests.",
            json_schema_extra={"examples": ["IDENTITY_NOT_CONFIRMED"]},
        ),
    ]
    count: Annotated[Count, Field(description=f"How many. {_HIDDEN}")]


class MonthView(Resource):
    """What a whole month amounts to."""

    month: Annotated[
        str,
        Field(
            pattern=r"^[0-9]{4}-[0-9]{2}$",
            max_length=7,
            description="The month.",
            json_schema_extra={"examples": ["2026-10"]},
        ),
    ]
    requests: Annotated[Count, Field(description=f"Requests. {_HIDDEN}")]
    issued: Annotated[Count, Field(description=f"Certificates and extracts issued. {_HIDDEN}")]
    automatic: Annotated[Count, Field(description=f"Of them, issued at once. {_HIDDEN}")]
    by_hand: Annotated[Count, Field(description=f"Of them, looked at by an officer. {_HIDDEN}")]
    manual_share: Annotated[
        float | None,
        Field(
            ge=0,
            le=1,
            description="The part that an officer has looked at; null where it cannot be told.",
            json_schema_extra={"format": "double", "examples": [0.031]},
        ),
    ]
    seconds_to_issue: Annotated[TimesView, Field(description="How long an issue took.")]
    refused: Annotated[Count, Field(description=f"Requests refused. {_HIDDEN}")]
    refused_by_reason: Annotated[list[RefusalsView], Field(max_length=50, description="The same by reason.")]
    by_channel: Annotated[list[GroupView], Field(max_length=10, description="The month by channel.")]
    by_county: Annotated[list[GroupView], Field(max_length=60, description="The month by county.")]

    @classmethod
    def of(cls, month: Month) -> Self:
        """The view of a month."""
        return cls(
            month=f"{month.month:%Y-%m}",
            requests=month.requests,
            issued=month.issued,
            automatic=month.automatic,
            by_hand=month.by_hand,
            manual_share=month.manual_share,
            seconds_to_issue=TimesView.of(month.times),
            refused=month.refused,
            refused_by_reason=[
                RefusalsView(reason=reason, count=count)
                for reason, count in sorted(month.refused_by_reason.items())
            ],
            by_channel=[GroupView.of(group) for group in month.by_channel],
            by_county=[GroupView.of(group) for group in month.by_county],
        )


class StatisticsView(Resource):
    """The service in figures."""

    counted_until: Annotated[
        LegalDate | None, Field(description="The last day that was counted; null before any was.")
    ]
    months: Annotated[
        list[MonthView], Field(max_length=MONTHS_MOST, description="Whole months, the latest first.")
    ]

    @classmethod
    def of(cls, statistics: Statistics) -> Self:
        """The view of the figures."""
        return cls(
            counted_until=statistics.counted_until,
            months=[MonthView.of(month) for month in statistics.months],
        )
