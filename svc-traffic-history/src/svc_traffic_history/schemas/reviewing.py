"""Reports of aggressive driving as officers are shown them, and what they send."""

from typing import Annotated, Final, Self

from pydantic import Field, model_validator

from hub_core.county import BY_CODE
from hub_service import schemas
from hub_service.schemas import STORABLE

from ..domain.driving_reports import DrivingReport, Event, Reason, State
from ..domain.owner_inquiries import Holder, HolderKind, Inquiry, Outcome, Part
from ..domain.reviewing import NoSanctionReason, NotEligibleReason, Vehicle
from ..operations.reviewing import File, Listed
from ..operations.sanctioning import ACCIDENT, AGGRESSIVE, Sanction
from ..storage.driving_reports import Step
from ..storage.reviewing import Recording

_MOST: Final = 200
_CNP: Final = 13
Label = Annotated[
    str,
    Field(
        max_length=20,
        pattern=r"^CA-[0-9]{4}-[0-9]{6,}$",
        description="The number of the report.",
        examples=["CA-2026-000123"],
    ),
]
Manoeuvres = Annotated[
    list[
        Annotated[
            str, Field(max_length=2, pattern=r"^[a-z]{1,2}$", description="A manoeuvre.", examples=["a"])
        ]
    ],
    Field(max_length=20, description="The manoeuvres that were reported, by the letters of the law."),
]
CountyCode = Annotated[
    str,
    Field(pattern=f"^({'|'.join(BY_CODE)})$", max_length=2, description="The county.", examples=["CV"]),
]
Plate = Annotated[
    str, Field(max_length=16, description="The plate, as it was reported.", examples=["CV 12 JON"])
]
Name = Annotated[
    str,
    Field(min_length=1, max_length=400, pattern=STORABLE, description="The name.", examples=["Ana Popescu"]),
]
Note = Annotated[
    str | None,
    Field(
        min_length=2,
        max_length=4000,
        pattern=STORABLE,
        description="What the officer writes down, for officers only; it is stored encrypted.",
        examples=["Numărul se vede la secunda 14."],
    ),
]
DaysLeft = Annotated[
    int,
    Field(
        ge=-100_000,
        le=100_000,
        description="Days until the last one on which a sanction can be applied; negative after it.",
        json_schema_extra={"format": "int32", "examples": [112]},
    ),
]


class DrivingReportFileView(schemas.Resource):
    """A report in a list of officers: nobody is named, nor is the vehicle."""

    id: Annotated[schemas.Id, Field(description="The report.")]
    number: Label
    state: Annotated[State, Field(description="How far it has come.")]
    reason: Annotated[Reason | None, Field(description="Why it ended there.")]
    manoeuvres: Manoeuvres
    county: CountyCode
    happened_at: Annotated[schemas.Instant, Field(description="When it was, as the reporter says.")]
    submitted_at: Annotated[schemas.Instant | None, Field(description="When the report was whole.")]
    barred_after: Annotated[
        schemas.LegalDate, Field(description="The last day on which a sanction can be applied.")
    ]
    days_left: DaysLeft
    vehicle: Annotated[
        Vehicle | None,
        Field(description="What the register of vehicles says of the plate; null before it is taken up."),
    ]
    officer_id: Annotated[schemas.Id | None, Field(description="The officer who took it up.")]
    joined_to: Annotated[
        schemas.Id | None, Field(description="The report of the same event whose steps it takes.")
    ]

    @classmethod
    def of(cls, listed: Listed) -> Self:
        """The view of a report in a list."""
        return cls(**_facts(listed.report), days_left=listed.days_left)


class DuplicateView(schemas.Resource):
    """Another report about the vehicle at nearly the same time: perhaps of the same event."""

    id: Annotated[schemas.Id, Field(description="The report.")]
    number: Label
    state: Annotated[State, Field(description="How far it has come.")]
    happened_at: Annotated[schemas.Instant, Field(description="When it was, as its reporter says.")]
    metres: Annotated[
        schemas.Int32 | None,
        Field(description="How far apart; null where one of them has no coordinates.", examples=[350]),
    ]
    joined_to: Annotated[schemas.Id | None, Field(description="The report that it is joined to already.")]

    @classmethod
    def of(cls, report: DrivingReport, metres: int | None) -> Self:
        """The view of a duplicate."""
        return cls(
            id=report.id,
            number=report.label,
            state=report.state,
            happened_at=report.happened_at,
            metres=metres,
            joined_to=report.joined_to,
        )


class FileStepView(schemas.Resource):
    """A step of a report."""

    state: Annotated[State, Field(description="Where it came to.")]
    reason: Annotated[Reason | None, Field(description="Why.")]
    note: Annotated[
        str | None,
        Field(max_length=4000, description="What the officer wrote down.", examples=["Se vede la 0:14."]),
    ]
    at: Annotated[schemas.Instant, Field(description="When.")]
    actor_id: Annotated[
        schemas.Id | None, Field(description="The officer or the reporter; null for the clock.")
    ]

    @classmethod
    def of(cls, step: Step) -> Self:
        """The view of a step."""
        return cls(state=step.state, reason=step.reason, note=step.note, at=step.at, actor_id=step.actor_id)


class HolderBody(schemas.Resource):
    """A person by CNP, or a company by CUI."""

    kind: Annotated[HolderKind, Field(description="What they are.")]
    number: Annotated[
        str,
        Field(
            pattern=r"^[0-9]{2,13}$", max_length=13, description="The CNP or the CUI.", examples=["990000013"]
        ),
    ]
    name: Name

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if (len(self.number) == _CNP) is not (self.kind is HolderKind.PERSON):
            raise ValueError("a person has a number of 13 digits, a company a shorter one")
        return self

    @classmethod
    def of(cls, holder: Holder) -> Self:
        """The view of a holder."""
        return cls(kind=holder.kind, number=holder.number, name=holder.name)

    def value(self) -> Holder:
        """The holder."""
        return Holder(self.kind, self.number, self.name)


class OwnerInquiryView(schemas.Resource):
    """An inquiry to the owner or the user of the vehicle."""

    id: Annotated[schemas.Id, Field(description="The inquiry.")]
    part: Annotated[Part, Field(description="In what part they were asked.")]
    asked: Annotated[HolderBody | None, Field(description="Who was asked; null once it was deleted by rule.")]
    asked_on: Annotated[schemas.LegalDate, Field(description="The day of the question.")]
    answer_by: Annotated[schemas.LegalDate, Field(description="The last day for the answer.")]
    answered_on: Annotated[schemas.LegalDate | None, Field(description="The day of the answer.")]
    outcome: Annotated[Outcome | None, Field(description="What came of it; null while it is open.")]
    named: Annotated[HolderBody | None, Field(description="Who drove, or who is asked next.")]

    @classmethod
    def of(cls, inquiry: Inquiry) -> Self:
        """The view of an inquiry."""
        return cls(
            id=inquiry.id,
            part=inquiry.part,
            asked=HolderBody.of(inquiry.asked) if inquiry.asked else None,
            asked_on=inquiry.asked_on,
            answer_by=inquiry.answer_by,
            answered_on=inquiry.answered_on,
            outcome=inquiry.outcome,
            named=HolderBody.of(inquiry.named) if inquiry.named else None,
        )


class FileRecordingView(schemas.Resource):
    """The recording of a report."""

    size: Annotated[
        int,
        Field(
            ge=0,
            le=2**40,
            description="Bytes.",
            json_schema_extra={"format": "int64", "examples": [31_457_280]},
        ),
    ]
    sha256: Annotated[
        str,
        Field(
            pattern=r"^[0-9a-f]{64}$",
            max_length=64,
            description="SHA-256 of the whole, as it arrived.",
            examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
        ),
    ]

    @classmethod
    def of(cls, recording: Recording) -> Self:
        """The view of a recording."""
        return cls(size=recording.size, sha256=recording.sha256.hex())


class FileCoordinatesView(schemas.Resource):
    """A place on the map, WGS 84."""

    latitude: Annotated[
        str,
        Field(max_length=16, pattern=r"^-?[0-9.]+$", description="Degrees north.", examples=["45.863600"]),
    ]
    longitude: Annotated[
        str,
        Field(max_length=16, pattern=r"^-?[0-9.]+$", description="Degrees east.", examples=["25.787500"]),
    ]

    @classmethod
    def of(cls, event: Event) -> Self | None:
        """The view of where an event was; none without coordinates."""
        if event.latitude is None or event.longitude is None:
            return None
        return cls(latitude=str(event.latitude), longitude=str(event.longitude))


class OpenedDrivingReportView(DrivingReportFileView):
    """A report as the officers who decide on it see it."""

    reporter: Annotated[Name | None, Field(description="Who reports; null once it was deleted by rule.")]
    plate: Annotated[Plate | None, Field(description="The plate; null once it was deleted by rule.")]
    plate_country: Annotated[
        str | None,
        Field(
            pattern=r"^[A-Z]{2}$", max_length=2, description="The state that gave the plate.", examples=["RO"]
        ),
    ]
    place: Annotated[
        str | None, Field(max_length=2000, description="Where it was, in words.", examples=["DN12, km 20"])
    ]
    coordinates: Annotated[
        FileCoordinatesView | None, Field(description="The place on the map; null where none was given.")
    ]
    description: Annotated[
        str | None,
        Field(max_length=10_000, description="What the reporter says.", examples=["A frânat brusc."]),
    ]
    earlier_reports: Annotated[
        schemas.Int32, Field(description="Other events reported about the same plate.", examples=[3])
    ]
    earlier_sanctions: Annotated[
        schemas.Int32, Field(description="How many of them led to a sanction.", examples=[1])
    ]
    duplicates: Annotated[
        list[DuplicateView], Field(max_length=_MOST, description="What may be of the same event.")
    ]
    joined: Annotated[
        list[DuplicateView],
        Field(max_length=_MOST, description="The reports that take the steps of this one."),
    ]
    steps: Annotated[list[FileStepView], Field(max_length=_MOST, description="Its steps, in order.")]
    inquiries: Annotated[
        list[OwnerInquiryView], Field(max_length=_MOST, description="Who was asked who drove, in order.")
    ]
    recording: Annotated[
        FileRecordingView | None, Field(description="The recording; null once it was deleted by rule.")
    ]
    proces_verbal_id: Annotated[
        schemas.Id | None, Field(description="The contravention report in the driver's record.")
    ]

    @classmethod
    def of_file(cls, file: File) -> Self:
        """The view of a file."""
        report, event = file.report, file.report.event
        who = report.reporter
        return cls(
            **_facts(report),
            days_left=file.days_left,
            reporter=f"{who.family_name} {who.given_name}" if who else None,
            plate=event.plate if event else None,
            plate_country=event.plate_country if event else None,
            place=event.place if event else None,
            coordinates=FileCoordinatesView.of(event) if event else None,
            description=event.description if event else None,
            earlier_reports=file.earlier.reports,
            earlier_sanctions=file.earlier.sanctioned,
            duplicates=[DuplicateView.of(each, metres) for each, metres in file.duplicates[:_MOST]],
            joined=[DuplicateView.of(each, None) for each in file.joined[:_MOST]],
            steps=[FileStepView.of(step) for step in file.steps],
            inquiries=[OwnerInquiryView.of(each) for each in file.inquiries],
            recording=FileRecordingView.of(file.recording) if file.recording else None,
            proces_verbal_id=report.proces_verbal_id,
        )


class WriteNote(schemas.Resource):
    """What an officer writes down with a step."""

    note: Note = None


class FindNotEligible(WriteNote):
    """Why a report is not eligible."""

    reason: Annotated[NotEligibleReason, Field(description="The reason; the reporter is told.")]


class EndWithoutSanction(WriteNote):
    """Why there is no sanction."""

    reason: Annotated[NoSanctionReason, Field(description="The reason; the reporter is told.")]


class HandOver(schemas.Resource):
    """To whom a report is handed over, and why."""

    county: CountyCode
    note: Annotated[
        str,
        Field(
            min_length=2,
            max_length=4000,
            pattern=STORABLE,
            description="Why, for the officers there; it is stored encrypted.",
            examples=["Locul este în județul Harghita."],
        ),
    ]


class AskOwner(schemas.Resource):
    """Who is asked who drove."""

    part: Annotated[
        Part,
        Field(description="OWNER, or USER: who has the vehicle on lease or was named as having had it."),
    ] = Part.OWNER


class RecordAnswer(schemas.Resource):
    """What came of an inquiry."""

    outcome: Annotated[Outcome, Field(description="What came of it.")]
    on: Annotated[
        schemas.LegalDate, Field(description="The day of the answer; for NO_ANSWER one after the term.")
    ]
    named: Annotated[
        HolderBody | None,
        Field(description="Who drove (a person), or who had the vehicle; null where nobody was named."),
    ] = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        names_somebody = self.outcome in (Outcome.DRIVER_NAMED, Outcome.HANDED_ON)
        if names_somebody is (self.named is None):
            raise ValueError("who is named fits the outcome")
        is_driver = self.outcome is Outcome.DRIVER_NAMED
        if is_driver and self.named is not None and self.named.kind is not HolderKind.PERSON:
            raise ValueError("a person drives")
        return self


class SanctionDriver(WriteNote):
    """The contravention report by which the driver is sanctioned; county and day are those of the event."""

    driver_cnp: Annotated[
        str,
        Field(
            pattern=r"^[0-9]{13}$",
            max_length=13,
            description="The driver's personal number.",
            examples=["1790115129041"],
        ),
    ]
    series: Annotated[
        str, Field(pattern=r"^[A-Z0-9]{1,8}$", max_length=8, description="Its series.", examples=["PCV"])
    ]
    number: Annotated[
        str, Field(pattern=r"^[0-9]{1,12}$", max_length=12, description="Its number.", examples=["0123456"])
    ]
    found_at: Annotated[schemas.Instant, Field(description="When the offence was found.")]
    place: Annotated[
        str,
        Field(min_length=2, max_length=200, pattern=STORABLE, description="Where.", examples=["DN12, km 20"]),
    ]
    causes_accident: Annotated[
        bool,
        Field(description="Whether it caused an accident: another class of the law.", examples=[False]),
    ] = False
    fine_points: Annotated[
        int,
        Field(
            ge=1,
            le=100,
            strict=True,
            description="How many fine points are applied.",
            json_schema_extra={"format": "int32", "examples": [4]},
        ),
    ]

    def value(self) -> Sanction:
        """The sanction."""
        return Sanction(
            driver_cnp=self.driver_cnp,
            series=self.series,
            number=self.number,
            found_at=self.found_at,
            place=self.place,
            offence=ACCIDENT if self.causes_accident else AGGRESSIVE,
            fine_points=self.fine_points,
        )


class JoinReport(schemas.Resource):
    """The report that leads."""

    leader_id: Annotated[schemas.Id, Field(description="The report of the same event whose steps it takes.")]


def _facts(report: DrivingReport) -> dict[str, object]:
    return {
        "id": report.id,
        "number": report.label,
        "state": report.state,
        "reason": report.reason,
        "manoeuvres": list(report.manoeuvres),
        "county": report.county,
        "happened_at": report.happened_at,
        "submitted_at": report.submitted_at,
        "barred_after": report.barred_after,
        "vehicle": report.vehicle,
        "officer_id": report.officer_id,
        "joined_to": report.joined_to,
    }
