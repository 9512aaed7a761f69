"""A driver's record, as its driver and officers are shown it."""

from collections.abc import Mapping
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field

from hub_service import schemas

from ..domain.entries import Entry
from ..domain.grounds import Ground
from ..domain.points import Group, PointState, Standstill
from ..domain.proces_verbale import Contest, Line, Payment
from ..domain.suspensions import State, Suspension
from ..operations.records import Record, Right
from .contests import LinePetitionView
from .offences import Money, OffenceCode
from .terms import Days, TrafficTermView

PenaltyPoints = Annotated[
    int,
    Field(
        ge=0, le=1000, description="Penalty points.", json_schema_extra={"format": "int32", "examples": [7]}
    ),
]


class StandstillView(schemas.Resource):
    """Days on which points did not expire, because a court had a complaint (OUG 195/2002 art. 103 (4))."""

    since: Annotated[schemas.LegalDate, Field(description="The first of them.")]
    until: Annotated[
        schemas.LegalDate | None,
        Field(description="The day from which they expire again; null while the court has not decided."),
    ]
    line_id: Annotated[schemas.Id, Field(description="The report against which the complaint is.")]

    @classmethod
    def of(cls, still: Standstill) -> Self:
        """The view of a standstill."""
        return cls(since=still.since, until=still.until, line_id=still.proces_verbal_id)


class PointGroupView(schemas.Resource):
    """The penalty points of one offence, and until when they count."""

    line_id: Annotated[schemas.Id | None, Field(description="The report in which they were given.")]
    offence: Annotated[OffenceCode | None, Field(description="The offence.")]
    found_on: Annotated[schemas.LegalDate, Field(description="The day of finding.")]
    points: PenaltyPoints
    state: Annotated[PointState, Field(description="Whether they count, or what ended them.")]
    first_last_day: Annotated[
        schemas.LegalDate, Field(description="The last day on which they would count had nothing stopped it.")
    ]
    last_day: Annotated[
        schemas.LegalDate | None,
        Field(description="The last day on which they count; null while their expiry stands still."),
    ]
    standstills: Annotated[
        list[StandstillView], Field(max_length=50, description="Why the last day is later, in order.")
    ]
    ended_on: Annotated[
        schemas.LegalDate | None, Field(description="The first day on which they no longer count.")
    ]

    @classmethod
    def of(cls, group: Group) -> Self:
        """The view of a group."""
        return cls(
            line_id=group.proces_verbal_id,
            offence=group.offence,
            found_on=group.found_on,
            points=group.points,
            state=group.state,
            first_last_day=group.first_last_day,
            last_day=group.last_day,
            standstills=[StandstillView.of(still) for still in group.standstills],
            ended_on=group.ended_on,
        )


class PointChangeView(schemas.Resource):
    """How many points are left from a day on."""

    on: Annotated[schemas.LegalDate, Field(description="The day.")]
    points: PenaltyPoints


class PointForecastView(schemas.Resource):
    """What becomes of the points if no further offence is found."""

    changes: Annotated[
        list[PointChangeView], Field(max_length=200, description="Each day on which some fall away.")
    ]
    none_left_on: Annotated[
        schemas.LegalDate | None,
        Field(description="The first day with 0 points; null without points, or where no day can be told."),
    ]
    stands_still: Annotated[
        bool, Field(description="True while a complaint in court stops the expiry of some.", examples=[False])
    ]


class NextSuspensionView(schemas.Resource):
    """What stands between now and a suspension for points."""

    points_left: Annotated[
        PenaltyPoints, Field(description="An offence of so many points suspends the right to drive.")
    ]
    ground: Annotated[Ground, Field(description="Whether it would be the first time or again.")]
    days: Annotated[Days, Field(description="For how many days.")]


class CategoryValidityView(schemas.Resource):
    """For how long a category is issued; the last day on the licence itself decides."""

    category: Annotated[str, Field(max_length=4, description="The category.", examples=["B"])]
    years: Annotated[
        int,
        Field(
            ge=1,
            le=100,
            description="Its administrative validity in years, from the issue.",
            json_schema_extra={"format": "int32", "examples": [10]},
        ),
    ]


class DrivingLicenceView(schemas.Resource):
    """The Romanian driving licence."""

    number: Annotated[str, Field(max_length=16, description="Its number.", examples=["C00123456V"])]
    categories: Annotated[
        list[Annotated[str, Field(max_length=4, examples=["B"])]],
        Field(max_length=19, description="Its categories."),
    ]
    held_since: Annotated[schemas.LegalDate, Field(description="When the first licence was obtained.")]
    valid_to: Annotated[schemas.LegalDate, Field(description="Its last day.")]
    validities: Annotated[
        list[CategoryValidityView],
        Field(max_length=19, description="For how long each category is issued, as the law is today."),
    ]


class TrafficSuspensionView(schemas.Resource):
    """A suspension of the right to drive."""

    id: Annotated[schemas.Id, Field(description="The suspension.")]
    driver_id: Annotated[schemas.Id, Field(description="The driver.")]
    line_id: Annotated[schemas.Id, Field(description="The report that it follows from.")]
    grounds: Annotated[
        list[Ground], Field(max_length=20, description="Why; the days of several add up (art. 104^1).")
    ]
    increased: Annotated[
        bool, Field(description="Whether it is longer for a new offence soon after (art. 103 (2)).")
    ]
    days: Annotated[Days, Field(description="For how many days it was imposed.")]
    state: Annotated[State, Field(description="Where it stands.")]
    notice_by: Annotated[schemas.LegalDate, Field(description="By when it is communicated.")]
    communicated_on: Annotated[schemas.LegalDate | None, Field(description="When it was communicated.")]
    hand_in_by: Annotated[schemas.LegalDate | None, Field(description="By when the licence is handed in.")]
    handed_in_on: Annotated[schemas.LegalDate | None, Field(description="When the licence was handed in.")]
    begins_on: Annotated[schemas.LegalDate | None, Field(description="Its first day.")]
    ends_on: Annotated[
        schemas.LegalDate | None, Field(description="Its last day; on the next one the right is back.")
    ]
    reduced_by: Annotated[Days, Field(description="The days that the test took off (art. 104).")]
    version: Annotated[schemas.Int32, Field(description="Grows with each step.", examples=[1])]

    @classmethod
    def of(cls, suspension: Suspension) -> Self:
        """The view of a suspension."""
        return cls(
            id=suspension.id,
            driver_id=suspension.driver_id,
            line_id=suspension.proces_verbal_id,
            grounds=list(suspension.period.grounds),
            increased=suspension.period.increased,
            days=suspension.period.days,
            state=suspension.state,
            notice_by=suspension.notice_by,
            communicated_on=suspension.communicated_on,
            hand_in_by=suspension.hand_in_by,
            handed_in_on=suspension.handed_in_on,
            begins_on=suspension.begins_on,
            ends_on=suspension.ends_on,
            reduced_by=suspension.reduced_by,
            version=suspension.version,
        )


class DriverRecordView(schemas.Resource):
    """A driver's record on a day."""

    on: Annotated[schemas.LegalDate, Field(description="The day.")]
    as_of: Annotated[schemas.Instant | None, Field(description="When the police register last answered.")]
    is_white: Annotated[
        bool, Field(description="Whether nothing was ever recorded (istoric alb).", examples=[False])
    ]
    right: Annotated[Right, Field(description="Whether the driver may drive.")]
    taken_on: Annotated[
        schemas.LegalDate | None,
        Field(description="Since when the licence is annulled or withdrawn; null where it is not."),
    ]
    suspension: Annotated[TrafficSuspensionView | None, Field(description="What suspends the right today.")]
    suspensions: Annotated[
        list[TrafficSuspensionView], Field(max_length=200, description="Every suspension, in order.")
    ]
    licence: Annotated[
        DrivingLicenceView | None, Field(description="The licence; null for who has no Romanian one.")
    ]
    points: PenaltyPoints
    limit: Annotated[PenaltyPoints, Field(description="From so many points the right is suspended.")]
    groups: Annotated[
        list[PointGroupView], Field(max_length=500, description="The points of each offence, in order.")
    ]
    forecast: Annotated[PointForecastView, Field(description="Without a further offence.")]
    next_suspension: Annotated[NextSuspensionView, Field(description="What is between now and one.")]

    @classmethod
    def of(cls, record: Record) -> Self:
        """The view of a record."""
        licence = record.driver.licence
        forecast = record.forecast
        return cls(
            on=record.on,
            as_of=record.as_of,
            is_white=record.is_white,
            right=record.right,
            taken_on=record.taken.on if record.taken else None,
            suspension=TrafficSuspensionView.of(record.suspension) if record.suspension else None,
            suspensions=[TrafficSuspensionView.of(each) for each in record.suspensions],
            licence=DrivingLicenceView(
                number=licence.number,
                categories=list(licence.categories),
                held_since=licence.held_since,
                valid_to=licence.valid_to,
                validities=[
                    CategoryValidityView(category=category, years=years)
                    for category, years in record.validities.items()
                ],
            )
            if licence
            else None,
            points=record.balance.points,
            limit=record.balance.limit,
            groups=[PointGroupView.of(group) for group in record.balance.groups],
            forecast=PointForecastView(
                changes=[PointChangeView(on=each.on, points=each.points) for each in forecast.changes],
                none_left_on=forecast.none_left_on,
                stands_still=forecast.stands_still,
            ),
            next_suspension=NextSuspensionView(
                points_left=record.balance.distance,
                ground=record.next_period.grounds[0],
                days=record.next_period.days,
            ),
        )


class FoundOffenceView(schemas.Resource):
    """An offence of a report, with what was applied for it."""

    entry_id: Annotated[schemas.Id, Field(description="The entry of the ledger.")]
    offence: Annotated[OffenceCode | None, Field(description="The offence.")]
    article: Annotated[
        str | None,
        Field(
            max_length=120,
            description="What was applied, of OUG 195/2002.",
            examples=["art. 100 alin. (2), art. 108 alin. (1) lit. b) pct. 2"],
        ),
    ]
    committed_on: Annotated[schemas.LegalDate | None, Field(description="The day of the offence.")]
    points: PenaltyPoints
    fine: Annotated[Money | None, Field(description="The fine that was applied.")]

    @classmethod
    def of(cls, entry: Entry, articles: Mapping[UUID, str]) -> Self:
        """The view of an entry."""
        return cls(
            entry_id=entry.id,
            offence=entry.offence,
            article=articles.get(entry.id),
            committed_on=entry.committed_on,
            points=entry.points,
            fine=Money.of(entry.fine) if entry.fine is not None else None,
        )


class TrafficLineView(schemas.Resource):
    """One contravention report of a record: what, where, how much, until when."""

    id: Annotated[schemas.Id, Field(description="The report.")]
    series: Annotated[str, Field(max_length=8, description="Its series.", examples=["PCV"])]
    number: Annotated[str, Field(max_length=16, description="Its number.", examples=["0123456"])]
    found_at: Annotated[schemas.Instant, Field(description="When the offences were found.")]
    county: Annotated[str, Field(max_length=2, description="In which county.", examples=["CV"])]
    place: Annotated[str, Field(max_length=200, description="Where.", examples=["DN12, km 20"])]
    offences: Annotated[list[FoundOffenceView], Field(max_length=20, description="What was found.")]
    fine: Annotated[Money, Field(description="All fines together.")]
    half: Annotated[Money, Field(description="What settles them in time (Law 203/2018).")]
    paid: Annotated[Money, Field(description="What was paid.")]
    outstanding: Annotated[Money, Field(description="What settles them today.")]
    payment: Annotated[Payment, Field(description="How far they are paid.")]
    contest: Annotated[Contest, Field(description="Whether a court has a complaint, or how it decided.")]
    communicated_on: Annotated[schemas.LegalDate | None, Field(description="When it was handed over.")]
    half_payment: Annotated[TrafficTermView | None, Field(description="The term for paying half.")]
    complaint: Annotated[TrafficTermView | None, Field(description="The term for the complaint in court.")]
    petition: Annotated[
        LinePetitionView | None,
        Field(description="The last petition by which its driver contests it; null where there is none."),
    ]

    @classmethod
    def of(cls, line: Line, record: Record) -> Self:
        """The view of a line of a record."""
        report = line.proces_verbal
        contest = record.petitions.get(report.id)
        return cls(
            id=report.id,
            series=report.series,
            number=report.number,
            found_at=report.found_at,
            county=report.county,
            place=report.place,
            offences=[FoundOffenceView.of(entry, record.articles) for entry in line.offences],
            fine=Money.of(line.fine),
            half=Money.of(line.half),
            paid=Money.of(line.paid),
            outstanding=Money.of(line.outstanding),
            payment=line.payment,
            contest=line.contest,
            communicated_on=line.communicated_on,
            half_payment=TrafficTermView.of(line.half_payment, record.on),
            complaint=TrafficTermView.of(line.complaint, record.on),
            petition=LinePetitionView.of(contest) if contest else None,
        )
