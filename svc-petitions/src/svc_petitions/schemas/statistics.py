"""Figures of petitions, as the public is shown them."""

from typing import Annotated, Final, Self

from pydantic import Field

from hub_service.schemas import Int32, LegalDate, Resource

from ..domain.statistics import NO_TOPIC, Part, Period
from ..operations.statistics import Periods, Statistics
from .institutions import AddresseeView

_HIDDEN: Final = "Null where a small count would be told, or could be worked out."
_CODES_MOST: Final = 30
_STRUCTURES_MOST: Final = 20_000
_TOPICS_MOST: Final = 1_000
_PERIODS_MOST: Final = 200


class _PartView(Resource):
    registered: Annotated[
        Int32 | None, Field(description=f"Petitions registered in the period. {_HIDDEN}", examples=[15_733])
    ]
    in_term_share: Annotated[
        float | None,
        Field(
            ge=0,
            le=1,
            json_schema_extra={"format": "double"},
            description=f"The part of those whose term is over that ended within it. {_HIDDEN}",
            examples=[0.961],
        ),
    ]
    average_days: Annotated[
        float | None,
        Field(
            ge=0,
            json_schema_extra={"format": "double"},
            description=f"Average from registration to the end, in days. {_HIDDEN}",
            examples=[18.4],
        ),
    ]
    extended: Annotated[
        Int32 | None, Field(description=f"How many had their term extended. {_HIDDEN}", examples=[412])
    ]


class WholePeriodView(_PartView):
    """All petitions of the period."""


class CodeFiguresView(_PartView):
    """The petitions that have something in common."""

    code: Annotated[
        str, Field(max_length=32, pattern=r"^[A-Z0-9_]+$", description="What it is.", examples=["ONLINE"])
    ]


class TopicFiguresView(_PartView):
    """The petitions of one topic of the directory of attributions."""

    topic: Annotated[
        str,
        Field(
            max_length=64,
            description="The topic of the structure that the registry has chosen of those suggested; "
            f"{NO_TOPIC} where it has chosen none.",
            examples=["PASSPORTS"],
        ),
    ]


class StructureFiguresView(_PartView):
    """The petitions of one institution."""

    institution: Annotated[AddresseeView, Field(description="The institution.")]


class PeriodView(Resource):
    """A half-year or a year."""

    period: Annotated[str, Field(max_length=7, description="The half-year or year.", examples=["2026-H1"])]
    first: Annotated[LegalDate, Field(description="Its first day.")]
    last: Annotated[LegalDate, Field(description="Its last day.")]

    @classmethod
    def of(cls, period: Period) -> Self:
        """The view of a period."""
        return cls(period=period.code, first=period.first, last=period.last)


class StatisticsPeriodsView(Resource):
    """Which periods are counted, and which is next."""

    items: Annotated[
        list[PeriodView],
        Field(
            max_length=_PERIODS_MOST,
            description="What can be read, the latest first; empty before the first.",
        ),
    ]
    next: Annotated[PeriodView, Field(description="The half-year that is counted next.")]
    next_on: Annotated[
        LegalDate,
        Field(
            description="The first day on which it can be: the longest term of its last petition has passed."
        ),
    ]

    @classmethod
    def of(cls, periods: Periods) -> Self:
        """The view of the periods."""
        return cls(
            items=[PeriodView.of(period) for period in periods.counted],
            next=PeriodView.of(periods.next),
            next_on=periods.next_on,
        )


class PetitionStatisticsView(Resource):
    """A half-year or a year in figures."""

    period: Annotated[str, Field(max_length=7, description="The half-year or year.", examples=["2026-H1"])]
    first: Annotated[LegalDate, Field(description="Its first day.")]
    last: Annotated[LegalDate, Field(description="Its last day.")]
    whole: Annotated[WholePeriodView, Field(description="All petitions.")]
    by_channel: Annotated[
        list[CodeFiguresView], Field(max_length=_CODES_MOST, description="By the way they came.")
    ]
    by_kind: Annotated[list[CodeFiguresView], Field(max_length=_CODES_MOST, description="By kind.")]
    by_outcome: Annotated[
        list[CodeFiguresView],
        Field(
            max_length=_CODES_MOST,
            description="By solution; FORWARDED, JOINED, CLASSED, WITHDRAWN, or OPEN where none was given.",
        ),
    ]
    by_topic: Annotated[
        list[TopicFiguresView],
        Field(max_length=_TOPICS_MOST, description="By what they are about."),
    ]
    by_structure: Annotated[
        list[StructureFiguresView], Field(max_length=_STRUCTURES_MOST, description="By institution.")
    ]

    @classmethod
    def of(cls, told: Statistics) -> Self:
        """The view of the figures."""
        report = told.report

        def by_code(parts: dict[str, Part]) -> list[CodeFiguresView]:
            return [CodeFiguresView(code=code, **_members(part)) for code, part in parts.items()]

        return cls(
            period=report.period.code,
            first=report.period.first,
            last=report.period.last,
            whole=WholePeriodView(**_members(report.whole)),
            by_channel=by_code(dict(report.by_channel)),
            by_kind=by_code(dict(report.by_kind)),
            by_outcome=by_code(dict(report.by_outcome)),
            by_topic=[
                TopicFiguresView(topic=topic, **_members(part)) for topic, part in report.by_topic.items()
            ],
            by_structure=[
                StructureFiguresView(
                    institution=AddresseeView.of(institution), **_members(report.by_structure[one])
                )
                for one, institution in told.institutions.items()
            ],
        )


def _members(part: Part) -> dict[str, int | float | None]:
    return {
        "registered": part.registered,
        "in_term_share": part.in_term,
        "average_days": part.days,
        "extended": part.extended,
    }
