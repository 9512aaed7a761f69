"""Figures of the counters, as the public and the offices are shown them."""

from typing import Annotated, Self

from pydantic import Field

from hub_service.schemas import Int32, LegalDate, Resource

from ..domain.statistics import LONGEST_MINUTES, Month, Part
from ..operations.statistics import MONTHS_MOST, OfficeStatistics, Statistics

_HIDDEN = "Null where a count under five would be told, or could be worked out."

Share = Annotated[
    float | None, Field(ge=0, le=1, json_schema_extra={"format": "double", "examples": [0.913]})
]
"""A part of a whole; null where it is not told."""
Minutes = Annotated[Int32 | None, Field(le=LONGEST_MINUTES, json_schema_extra={"examples": [7]})]
"""Whole minutes; null where nobody was called."""


class _PartView(Resource):
    bookings: Annotated[
        Int32 | None, Field(description=f"Appointments that were confirmed. {_HIDDEN}", examples=[41_200])
    ]
    fill: Annotated[Share, Field(description=f"The part of the places that was taken. {_HIDDEN}")]
    no_show_share: Annotated[
        Share, Field(description=f"The part of the appointments to which nobody came. {_HIDDEN}")
    ]
    days_to_first_place: Annotated[
        Int32 | None,
        Field(
            description=(
                "Median of the days from a day to the first free place, each day at each office. Null where "
                "half of them had none, and where it was not noted."
            ),
            examples=[3],
        ),
    ]


class CountyFiguresView(_PartView):
    """A month in one county."""

    county: Annotated[
        str,
        Field(
            max_length=2, pattern=r"^[A-Z]{1,2}$", description="Vehicle code of the county.", examples=["CJ"]
        ),
    ]


class MonthFiguresView(_PartView):
    """What a whole month amounts to."""

    month: Annotated[
        str,
        Field(pattern=r"^[0-9]{4}-[0-9]{2}$", max_length=7, description="The month.", examples=["2026-10"]),
    ]
    by_county: Annotated[list[CountyFiguresView], Field(max_length=42, description="The month by county.")]

    @classmethod
    def of(cls, month: Month) -> Self:
        """The view of a month."""
        return cls(
            month=f"{month.month:%Y-%m}",
            **_members(month.whole),
            by_county=[
                CountyFiguresView(county=county, **_members(part)) for county, part in month.by_county.items()
            ],
        )


class BookingStatisticsView(Resource):
    """The counters in figures."""

    counted_until: Annotated[
        LegalDate | None, Field(description="The last day that was counted; null before any was.")
    ]
    months: Annotated[
        list[MonthFiguresView], Field(max_length=MONTHS_MOST, description="Whole months, the latest first.")
    ]

    @classmethod
    def of(cls, told: Statistics) -> Self:
        """The view of the figures."""
        return cls(
            counted_until=told.counted_until, months=[MonthFiguresView.of(month) for month in told.months]
        )


class RefusedView(Resource):
    """How many persons were refused for one reason."""

    reason: Annotated[
        str,
        Field(max_length=32, pattern=r"^[A-Z_]+$", description="The reason.", examples=["DOCUMENTS_MISSING"]),
    ]
    count: Annotated[Int32, Field(description="How many.", examples=[12])]


class DeskStatisticsView(Resource):
    """Days of an office in figures, for its officials."""

    first: Annotated[LegalDate, Field(description="The first day.")]
    last: Annotated[LegalDate, Field(description="The last day; days are counted once they are over.")]
    bookings: Annotated[Int32, Field(description="Appointments that were confirmed.", examples=[900])]
    attended: Annotated[Int32, Field(description="Appointments to which people came.", examples=[850])]
    missed: Annotated[Int32, Field(description="Appointments to which nobody came.", examples=[31])]
    served: Annotated[Int32, Field(description="Persons who were served.", examples=[1104])]
    refused_by_reason: Annotated[
        list[RefusedView], Field(max_length=50, description="Persons who were refused, by reason.")
    ]
    waited_minutes: Annotated[Minutes, Field(description="Median from check-in to the call.")]
    at_desk_minutes: Annotated[Minutes, Field(description="Median from the call to the end.")]

    @classmethod
    def of(cls, told: OfficeStatistics) -> Self:
        """The view of an office's figures."""
        figures = told.figures
        return cls(
            first=told.first,
            last=told.last,
            bookings=figures.bookings,
            attended=figures.attended,
            missed=figures.missed,
            served=figures.served,
            refused_by_reason=[
                RefusedView(reason=reason, count=count)
                for reason, count in sorted(figures.refused_by_reason.items())
            ],
            waited_minutes=figures.waited,
            at_desk_minutes=figures.at_desk,
        )


def _members(part: Part) -> dict[str, int | float | None]:
    return {
        "bookings": part.bookings,
        "fill": part.fill,
        "no_show_share": part.missed,
        "days_to_first_place": part.days,
    }
