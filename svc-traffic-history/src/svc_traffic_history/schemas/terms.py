"""Terms of a driver, with what their last days follow from."""

from datetime import date
from typing import Annotated, Self

from pydantic import Field

from hub_core.rules import Counting
from hub_service import schemas
from hub_terms.calendar import NotCounted, Reason
from hub_terms.deadlines import Deadline

Days = Annotated[int, Field(ge=0, le=1000, json_schema_extra={"format": "int32", "examples": [30]})]


class DayPassedOverView(schemas.Resource):
    """A day on which no term can end."""

    day: Annotated[schemas.LegalDate, Field(description="The day.")]
    reason: Annotated[Reason, Field(description="Why.", examples=["HOLIDAY"])]
    code: Annotated[
        str | None,
        Field(max_length=32, description="Which holiday (rule `calendar.holidays`).", examples=["12-26"]),
    ]

    @classmethod
    def of(cls, day: NotCounted) -> Self:
        """The view of a day."""
        return cls(day=day.day, reason=day.reason, code=day.code)


class TrafficTermView(schemas.Resource):
    """A term of the driver, with what its last day follows from."""

    last_day: Annotated[schemas.LegalDate, Field(description="The last day, until 24:00.")]
    runs_from: Annotated[schemas.LegalDate, Field(description="The day of the communication.")]
    days: Annotated[Days, Field(description="How many days.")]
    counting: Annotated[Counting, Field(description="FREE_DAYS: neither the first nor the last is counted.")]
    counted: Annotated[schemas.LegalDate, Field(description="Where the count ends.")]
    moved_past: Annotated[
        list[DayPassedOverView], Field(max_length=31, description="Days off that the end is moved past.")
    ]
    legal_basis: Annotated[
        str, Field(max_length=200, description="The law.", examples=["Legea nr. 203/2018"])
    ]
    is_open: Annotated[bool, Field(description="Whether it still runs today.", examples=[True])]

    @classmethod
    def of(cls, deadline: Deadline | None, on: date) -> Self | None:
        """The view of a term on a day; none before the communication."""
        if deadline is None:
            return None
        return cls(
            last_day=deadline.citizen_end,
            runs_from=deadline.start.on,
            days=deadline.term.amount,
            counting=deadline.citizen.counting,
            counted=deadline.citizen.counted,
            moved_past=[DayPassedOverView.of(day) for day in deadline.citizen.moved_past],
            legal_basis=deadline.term.legal_basis,
            is_open=on <= deadline.citizen_end,
        )
