"""What everybody is told of how messages go."""

from datetime import date
from typing import Annotated, Self

from pydantic import Field

from hub_service.schemas import Int32, Resource

from ..domain import figures
from ..domain.kinds import Lane
from ..domain.messages import Channel

_Count = Annotated[int, Field(ge=0, le=2**53 - 1, json_schema_extra={"format": "int64"})]


class FigureView(Resource):
    """Messages of one day by one channel in one lane; counts are null where there were too few to tell."""

    day: Annotated[
        date,
        Field(
            description="When their sending ended, Europe/Bucharest.",
            examples=["2026-11-22"],
            json_schema_extra={"maxLength": 10},
        ),
    ]
    channel: Annotated[Channel, Field(description="The way they went.", examples=["EMAIL"])]
    lane: Annotated[
        str,
        Field(
            max_length=16,
            pattern="^(CODE|NOTICE|REMINDER|BULK)$",
            description="CODE: one-time codes; NOTICE: notices; REMINDER: reminders; BULK: news to many.",
            examples=["NOTICE"],
        ),
    ]
    messages: Annotated[_Count | None, Field(description="How many there were.", examples=[1042])]
    handed_over: Annotated[
        _Count | None, Field(description="How many the server of the channel took over.", examples=[1040])
    ]
    within_ten_seconds: Annotated[
        _Count | None,
        Field(description="How many of these within 10 seconds from when they could go.", examples=[1039]),
    ]
    share: Annotated[
        str | None,
        Field(
            max_length=6,
            pattern=r"^[01]\.[0-9]{4}$",
            description="`within_ten_seconds` of `messages`, rounded down.",
            examples=["0.9971"],
        ),
    ]
    fewer_than: Annotated[
        Int32 | None,
        Field(description="There were fewer than so many: too few to tell their figures.", examples=[20]),
    ]

    @classmethod
    def of(cls, one: figures.Figure) -> Self:
        """A figure that may be told."""
        return cls(
            **_cell(one),
            messages=one.messages,
            handed_over=one.handed_over,
            within_ten_seconds=one.soon,
            share=f"{int(one.share * 10_000) / 10_000:.4f}",
            fewer_than=None,
        )

    @classmethod
    def untold(cls, one: figures.Figure, least: int) -> Self:
        """One of too few messages."""
        counts = dict.fromkeys(("messages", "handed_over", "within_ten_seconds", "share"))
        return cls(**_cell(one), **counts, fewer_than=least)


class FiguresView(Resource):
    """How many messages were handed over within ten seconds, over the last 30 days."""

    first_day: Annotated[
        date,
        Field(
            description="The first day counted.", examples=["2026-10-25"], json_schema_extra={"maxLength": 10}
        ),
    ]
    last_day: Annotated[
        date,
        Field(
            description="The last one, which may go on.",
            examples=["2026-11-23"],
            json_schema_extra={"maxLength": 10},
        ),
    ]
    items: Annotated[
        list[FigureView],
        Field(
            max_length=1000,
            description="By day, the newest first, channel and lane; what was empty is missing.",
        ),
    ]

    @classmethod
    def of(cls, shown: figures.Figures) -> Self:
        """The figures as they are told."""
        views = [FigureView.of(one) for one in shown.told]
        views += [FigureView.untold(one, shown.least) for one in shown.untold]
        lanes, channels = [lane.name for lane in Lane], list(Channel)
        views.sort(key=lambda one: (-one.day.toordinal(), channels.index(one.channel), lanes.index(one.lane)))
        return cls(first_day=shown.first, last_day=shown.last, items=views)


def _cell(one: figures.Figure) -> dict[str, object]:
    return {"day": one.day, "channel": one.channel, "lane": one.lane.name}
