"""When counters are open, as a caller is shown it and as a head sends it."""

from datetime import date, time
from typing import Annotated, Final, Self

from pydantic import Field

from hub_core.text import Line
from hub_service.schemas import Id, Instant, LegalDate, Resource

from ..domain.closures import ClosureReason, OfficeClosure
from ..domain.offices import Pool
from ..domain.schedules import BridgeDay, DayException, Hours, Timetable, Weekly

_MOST_COUNTERS: Final = 200
LocalTime = Annotated[
    str,
    Field(
        max_length=5,
        pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$",
        examples=["08:30"],
        description="Local time, Europe/Bucharest.",
    ),
]
Weekday = Annotated[
    int,
    Field(
        ge=1,
        le=7,
        strict=True,
        json_schema_extra={"format": "int32"},
        examples=[1],
        description="Day of the week (ISO 8601: 1 is Monday).",
    ),
]
Reason = Annotated[
    Line,
    Field(min_length=1, max_length=200, examples=["Instruirea personalului"], description="Why."),
]


class StretchView(Resource):
    """A stretch of a day: so many counters, in slots of so many minutes."""

    opens: LocalTime
    closes: LocalTime
    slot_minutes: Annotated[
        int,
        Field(
            ge=1,
            le=240,
            strict=True,
            json_schema_extra={"format": "int32"},
            examples=[10],
            description="How long a slot is.",
        ),
    ]
    counters: Annotated[
        int,
        Field(
            ge=1,
            le=_MOST_COUNTERS,
            strict=True,
            json_schema_extra={"format": "int32"},
            examples=[4],
            description="How many counters are open: so many people come at a time.",
        ),
    ]

    @classmethod
    def of(cls, hours: Hours) -> Self:
        """The view of hours."""
        return cls(
            opens=f"{hours.opens:%H:%M}",
            closes=f"{hours.closes:%H:%M}",
            slot_minutes=hours.slot_minutes,
            counters=hours.counters,
        )

    def value(self) -> Hours:
        """The hours that are meant."""
        return Hours(
            time.fromisoformat(self.opens),
            time.fromisoformat(self.closes),
            self.slot_minutes,
            self.counters,
        )


class WeekdayHours(StretchView):
    """Hours of a weekday."""

    weekday: Weekday


class WeekdayHoursView(WeekdayHours):
    """Hours of a weekday, with the days on which they hold."""

    valid_from: Annotated[LegalDate, Field(description="The first day on which they hold.")]
    valid_to: Annotated[LegalDate | None, Field(description="The last day; null while they go on.")]

    @classmethod
    def of_week(cls, weekly: Weekly) -> Self:
        """The view of a weekday's hours."""
        return cls(
            **StretchView.of(weekly.hours).model_dump(),
            weekday=weekly.weekday,
            valid_from=weekly.valid_from,
            valid_to=weekly.valid_to,
        )


class ExceptionView(Resource):
    """What holds on one day instead."""

    day: Annotated[LegalDate, Field(description="The day.")]
    hours: Annotated[
        list[StretchView], Field(max_length=20, description="The hours; empty: nobody is received.")
    ]
    reason: Reason

    @classmethod
    def of(cls, exception: DayException) -> Self:
        """The view of an exception."""
        return cls(
            day=exception.day,
            hours=[StretchView.of(each) for each in exception.hours],
            reason=exception.reason,
        )


class TimetableView(Resource):
    """When counters are open, from today on. On legal holidays they are closed."""

    pool_id: Annotated[Id, Field(description="The counters.")]
    office_id: Annotated[Id, Field(description="Their office.")]
    week: Annotated[
        list[WeekdayHoursView],
        Field(max_length=2_000, description="By weekday, with what holds later after what holds now."),
    ]
    exceptions: Annotated[
        list[ExceptionView], Field(max_length=2_000, description="Days with other hours, by day.")
    ]

    @classmethod
    def of(cls, pool: Pool, timetable: Timetable) -> Self:
        """The view of a timetable."""
        return cls(
            pool_id=pool.id,
            office_id=pool.office_id,
            week=[WeekdayHoursView.of_week(each) for each in timetable.weekly],
            exceptions=[ExceptionView.of(each) for each in timetable.exceptions],
        )


class ChangeWeek(Resource):
    """Hours that hold from a day on."""

    valid_from: Annotated[LegalDate, Field(description="The first day on which they hold.")]
    week: Annotated[
        list[WeekdayHours],
        Field(max_length=140, description="All of them, by weekday; a day without any is closed."),
    ]


class ExceptDay(Resource):
    """What holds on one day instead."""

    hours: Annotated[
        list[StretchView],
        Field(max_length=20, description="The hours; empty: nobody is received, who had booked is moved."),
    ]
    reason: Reason

    def value(self, day: date) -> DayException:
        """The exception that is meant."""
        return DayException(day, tuple(each.value() for each in self.hours), self.reason)


class BridgeDayView(Resource):
    """A day off that the government grants besides the legal holidays."""

    day: Annotated[LegalDate, Field(description="The day.")]
    legal_basis: Annotated[
        Line,
        Field(
            min_length=1,
            max_length=200,
            examples=["Hotărârea Guvernului nr. 1/2027"],
            description="The decision that grants it.",
        ),
    ]
    declared_at: Annotated[Instant, Field(description="When it was declared here.")]

    @classmethod
    def of(cls, granted: BridgeDay) -> Self:
        """The view of a bridge day."""
        return cls(day=granted.day, legal_basis=granted.legal_basis, declared_at=granted.declared_at)


class BridgeDaysView(Resource):
    """The bridge days from today on."""

    items: Annotated[list[BridgeDayView], Field(max_length=200, description="By day.")]


class DeclareBridgeDay(Resource):
    """A day off by a decision of the government."""

    legal_basis: Annotated[
        Line,
        Field(
            min_length=1,
            max_length=200,
            examples=["Hotărârea Guvernului nr. 1/2027"],
            description="The decision that grants it.",
        ),
    ]


class ClosureView(Resource):
    """A period in which nobody is received at an office."""

    id: Annotated[Id, Field(description="The closure.")]
    office_id: Annotated[Id, Field(description="The office.")]
    starts_at: Annotated[Instant, Field(description="From when.")]
    ends_at: Annotated[Instant, Field(description="Until when.")]
    reason: Annotated[ClosureReason, Field(description="Why.")]
    note: Annotated[
        str | None,
        Field(max_length=500, examples=["Incendiu la parter"], description="What happened, for people."),
    ]
    reopened_at: Annotated[Instant | None, Field(description="When it was opened again before the end.")]

    @classmethod
    def of(cls, closure: OfficeClosure) -> Self:
        """The view of a closure."""
        return cls(
            id=closure.id,
            office_id=closure.office_id,
            starts_at=closure.starts_at,
            ends_at=closure.ends_at,
            reason=closure.reason,
            note=closure.note,
            reopened_at=closure.reopened_at,
        )


class ClosuresView(Resource):
    """The closures of an office that are not over."""

    items: Annotated[list[ClosureView], Field(max_length=200, description="By their beginning.")]


class CloseOffice(Resource):
    """From when until when nobody is received at an office."""

    starts_at: Annotated[
        Instant | None, Field(description="From when on; without it from now on.", examples=[None])
    ] = None
    ends_at: Annotated[Instant, Field(description="Until when; it can be opened earlier.")]
    reason: Annotated[ClosureReason, Field(description="Why.")]
    note: Annotated[
        Line | None,
        Field(
            max_length=500,
            examples=["Incendiu la parter"],
            description="What happened, for people: no names.",
        ),
    ] = None
