"""Reports of aggressive driving in figures, as the public is shown them."""

from typing import Annotated, Final, Self

from pydantic import Field

from hub_service.schemas import Int32, LegalDate, Resource

from ..domain.report_statistics import Figures, Statistics
from .officers import County

_HIDDEN: Final = "Null where a small count would be told, or could be worked out."


class _FiguresView(Resource):
    reports: Annotated[Int32 | None, Field(description=f"Reports that came. {_HIDDEN}", examples=[512])]
    accepted: Annotated[
        Int32 | None, Field(description=f"How many were found eligible. {_HIDDEN}", examples=[126])
    ]
    sanctioned: Annotated[
        Int32 | None,
        Field(description=f"How many led to a sanction that stands. {_HIDDEN}", examples=[84]),
    ]
    median_days: Annotated[
        float | None,
        Field(
            ge=0,
            json_schema_extra={"format": "double"},
            description=f"Median of the days from arrival to decision. {_HIDDEN}",
            examples=[23.5],
        ),
    ]


class AllDrivingReportsView(_FiguresView):
    """All reports of the year."""


class CountyDrivingReportsView(_FiguresView):
    """The reports of a county."""

    county: County


class MonthDrivingReportsView(_FiguresView):
    """The reports of a month."""

    month: Annotated[
        str,
        Field(max_length=7, pattern=r"^20[0-9]{2}-[0-9]{2}$", description="The month.", examples=["2026-10"]),
    ]


class ManoeuvreDrivingReportsView(_FiguresView):
    """The reports of a manoeuvre; one of several counts with each."""

    manoeuvre: Annotated[
        str,
        Field(max_length=2, pattern=r"^[a-z]{1,2}$", description="The letter of the law.", examples=["a"]),
    ]


class DrivingReportStatisticsView(Resource):
    """A year in figures."""

    year: Annotated[
        int,
        Field(
            ge=2025,
            le=2099,
            description="The year.",
            json_schema_extra={"format": "int32", "examples": [2026]},
        ),
    ]
    until: Annotated[
        LegalDate, Field(description="What came or happened from this day on is not counted yet.")
    ]
    whole: Annotated[AllDrivingReportsView, Field(description="All reports.")]
    by_county: Annotated[list[CountyDrivingReportsView], Field(max_length=50, description="By county.")]
    by_month: Annotated[
        list[MonthDrivingReportsView], Field(max_length=12, description="By month of arrival.")
    ]
    by_manoeuvre: Annotated[
        list[ManoeuvreDrivingReportsView], Field(max_length=50, description="By manoeuvre.")
    ]

    @classmethod
    def of(cls, told: Statistics) -> Self:
        """The view of the figures."""
        return cls(
            year=told.year,
            until=told.until,
            whole=AllDrivingReportsView(**_members(told.whole)),
            by_county=[
                CountyDrivingReportsView(county=code, **_members(part))
                for code, part in told.by_county.items()
            ],
            by_month=[
                MonthDrivingReportsView(month=code, **_members(part)) for code, part in told.by_month.items()
            ],
            by_manoeuvre=[
                ManoeuvreDrivingReportsView(manoeuvre=code, **_members(part))
                for code, part in told.by_manoeuvre.items()
            ],
        )


def _members(figures: Figures) -> dict[str, int | float | None]:
    return {
        "reports": figures.reports,
        "accepted": figures.accepted,
        "sanctioned": figures.sanctioned,
        "median_days": figures.median_days,
    }
