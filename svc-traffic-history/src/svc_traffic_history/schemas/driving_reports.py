"""Reports of aggressive driving, as a reporter sends and sees them: nothing of driver or owner."""

from datetime import date, datetime
from typing import Annotated, Any, Final, Self

from pydantic import ConfigDict, Field, JsonValue

from hub_core.phone import PhoneField
from hub_core.principal import Assurance
from hub_core.text import Line, Text
from hub_service import schemas
from hub_service.i18n import Texts

from ..domain import admissibility
from ..domain.driving_reports import DrivingReport, Reason, State
from ..operations.driving_reports import Shown, Wish
from ..storage.driving_reports import Step
from . import driving_report_words as words
from .driving_report_parts import (
    ASKED,
    CompetentUnitView,
    Declaration,
    EventPlace,
    EventPlate,
    EventTime,
    InWords,
    Manoeuvres,
    Number,
    StateField,
)
from .driving_report_words import localised
from .officers import County

_ADDRESS: Final = "/traffic-history/v1/driving-reports"
_SENT: Final[dict[str, JsonValue]] = ASKED | {
    "description": "A depășit coloana prin dreapta și a frânat brusc în fața mea.",
    "declaration": {"version": admissibility.DECLARATION, "agreed": True},
    "phone": "+40745123456",
    "address": "Strada Lungă nr. 1, 520001 Sfântu Gheorghe",
}

ReasonField = Annotated[
    Reason | None, Field(description="Why, where a reason is due.", examples=["NOT_AGGRESSIVE"])
]


class SendDrivingReport(schemas.Resource):
    """A report of aggressive driving; who reports says the token."""

    model_config = ConfigDict(json_schema_extra={"examples": [_SENT]})

    event_time: EventTime
    place: Annotated[EventPlace, Field(description="Where it was.")]
    plate: Annotated[EventPlate, Field(description="The plate.")]
    manoeuvres: Annotated[Manoeuvres, Field(min_length=1)]
    description: Annotated[
        Text | None,
        Field(
            max_length=2000,
            description="What happened, in your words.",
            examples=["A depășit coloana prin dreapta."],
        ),
    ] = None
    seen_by_chance: Annotated[
        bool,
        Field(description="Whether you were a participant in traffic and saw it directly and by chance."),
    ]
    declaration: Annotated[Declaration, Field(description="The declaration that you agreed to.")]
    phone: Annotated[PhoneField, Field(description="A telephone number at which you can be reached.")]
    address: Annotated[
        Line,
        Field(
            min_length=5,
            max_length=300,
            description="Your address for letters.",
            examples=["Strada Lungă nr. 1, 520001 Sfântu Gheorghe"],
        ),
    ]

    def wish(self) -> Wish:
        """What was sent, as a value."""
        return Wish(
            happened_at=self.event_time,
            place=self.place.value(),
            plate=self.plate.number,
            plate_country=self.plate.country,
            manoeuvres=tuple(self.manoeuvres),
            description=self.description or "",
            seen_by_chance=self.seen_by_chance,
            declaration=self.declaration.version,
            agreed=self.declaration.agreed,
            phone=self.phone.e164,
            address=self.address,
        )


class DrivingReportStepView(schemas.Resource):
    """A step of a report."""

    state: StateField
    text: InWords
    reason: ReasonField
    reason_text: Annotated[schemas.LocalisedText | None, Field(description="The reason in words.")]
    at: Annotated[schemas.Instant, Field(description="When it came there.")]

    @classmethod
    def of(cls, step: Step, texts: Texts) -> Self:
        """The view of a step: neither who took it nor what they noted."""
        return cls(
            state=step.state,
            text=localised(texts, words.STATES[step.state]),
            reason=step.reason,
            reason_text=_reason(step.reason, texts),
            at=step.at,
        )


class NextView(schemas.Resource):
    """What comes next, and by when."""

    text: Annotated[schemas.LocalisedText, Field(description="What comes next.")]
    by: Annotated[schemas.Instant | None, Field(description="Until when, where an instant ends it.")]
    by_day: Annotated[schemas.LegalDate | None, Field(description="The last day, where a day ends it.")]

    @classmethod
    def of(cls, shown: Shown, texts: Texts) -> Self:
        """What comes after the state of a report."""
        message, by, by_day = _next(shown)
        return cls(text=localised(texts, message), by=by, by_day=by_day)


class UploadView(schemas.Resource):
    """Where the recording is uploaded, and until when."""

    address: Annotated[
        str,
        Field(
            max_length=200,
            description="Where an upload is begun (tus 1.0, creation).",
            examples=[f"{_ADDRESS}/0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b70/video"],
        ),
    ]
    until: Annotated[schemas.Instant, Field(description="When it has to be finished.")]

    @classmethod
    def of(cls, report: DrivingReport) -> Self | None:
        """Where the recording of a report goes; none where it is not awaited."""
        if report.state is not State.AWAITING_VIDEO:
            return None
        return cls(address=f"{_ADDRESS}/{report.id}/video", until=report.upload_by)


class DrivingReportLinks(schemas.Resource):
    """Where things of a report are asked for; null while there is none."""

    report: Annotated[str, Field(max_length=200, description="The report.", examples=[_ADDRESS])]
    cancel: Annotated[
        str | None, Field(max_length=200, description="To take it back.", examples=[f"{_ADDRESS}/…/cancel"])
    ]
    receipt: Annotated[
        str | None,
        Field(
            max_length=200, description="The receipt of the recording.", examples=[f"{_ADDRESS}/…/receipt"]
        ),
    ]
    custody: Annotated[
        str | None,
        Field(
            max_length=200,
            description="Who had the recording in hand.",
            examples=[f"{_ADDRESS}/…/custody"],
        ),
    ]

    @classmethod
    def of(cls, report: DrivingReport) -> Self:
        """The links of a report."""
        own = f"{_ADDRESS}/{report.id}"
        is_waiting, has_video = report.state is State.AWAITING_VIDEO, report.submitted_at is not None
        return cls(
            report=own,
            cancel=f"{own}/cancel" if is_waiting else None,
            receipt=f"{own}/receipt" if has_video else None,
            custody=f"{own}/custody" if has_video else None,
        )


class DrivingReportSummaryView(schemas.Resource):
    """A report in a list."""

    id: Annotated[schemas.Id, Field(description="The report.")]
    number: Number
    state: StateField
    text: InWords
    reason: ReasonField
    reason_text: Annotated[schemas.LocalisedText | None, Field(description="The reason in words.")]
    sent_at: Annotated[schemas.Instant, Field(description="When it was sent.")]
    happened_at: Annotated[schemas.Instant, Field(description="When the event was.")]
    county: County
    plate: Annotated[
        EventPlate | None, Field(description="The plate, as it was reported; null once it was deleted.")
    ]
    manoeuvres: Manoeuvres
    next: Annotated[NextView, Field(description="What comes next.")]

    @classmethod
    def listed(cls, shown: Shown, texts: Texts) -> Self:
        """The view of a report in a list."""
        return cls(**_summary(shown, texts))


class DrivingReportView(DrivingReportSummaryView):
    """A report, step by step."""

    place: Annotated[EventPlace | None, Field(description="Where it was; null once it was deleted.")]
    locality: Annotated[
        str | None,
        Field(
            max_length=120,
            description="The locality, as the register of administrative units names it.",
            examples=["MUNICIPIUL SFÂNTU GHEORGHE"],
        ),
    ]
    description: Annotated[
        str | None, Field(max_length=2000, description="Your words.", examples=["A frânat brusc."])
    ]
    declaration: Annotated[
        Declaration, Field(description="What you agreed to; its words are in the list of manoeuvres.")
    ]
    assurance: Annotated[
        Assurance, Field(description="How sure it was who signed when you sent it.", examples=["substantial"])
    ]
    competent: Annotated[CompetentUnitView | None, Field(description="Who decides.")]
    is_joined: Annotated[
        bool,
        Field(description="Whether others reported the same event: one decision is taken on all."),
    ]
    steps: Annotated[list[DrivingReportStepView], Field(max_length=50, description="Each step, in order.")]
    upload: Annotated[
        UploadView | None, Field(description="Where the recording goes; null where it is not awaited.")
    ]
    links: Annotated[DrivingReportLinks, Field(description="Where to go on.")]

    @classmethod
    def of(cls, shown: Shown, texts: Texts) -> Self:
        """The view of a report."""
        report = shown.report
        return cls(
            **_summary(shown, texts),
            place=EventPlace.of(report),
            locality=shown.locality.name if shown.locality else None,
            description=(report.event.description or None) if report.event else None,
            declaration=Declaration(version=report.declaration, agreed=True),
            assurance=Assurance(report.assurance),
            competent=CompetentUnitView.of(shown.institution, texts),
            is_joined=report.joined_to is not None,
            steps=[DrivingReportStepView.of(step, texts) for step in shown.steps],
            upload=UploadView.of(report),
            links=DrivingReportLinks.of(report),
        )


def _summary(shown: Shown, texts: Texts) -> dict[str, Any]:
    report = shown.report
    event = report.event
    return {
        "id": report.id,
        "number": report.label,
        "state": shown.state,
        "text": localised(texts, words.STATES[shown.state]),
        "reason": shown.reason,
        "reason_text": _reason(shown.reason, texts),
        "sent_at": report.sent_at,
        "happened_at": report.happened_at,
        "county": report.county,
        "plate": EventPlate(number=event.plate, country=event.plate_country) if event else None,
        "manoeuvres": list(report.manoeuvres),
        "next": NextView.of(shown, texts),
    }


def _next(shown: Shown) -> tuple[str, datetime | None, date | None]:
    report = shown.report
    message = words.NEXT[shown.state]
    if message == words.UPLOAD:
        return message, report.upload_by, None
    if message in (words.CHECK, words.REVIEW):
        return message, None, report.barred_after
    if shown.reason in (Reason.NO_VIDEO, Reason.CANCELLED) and shown.last_day is not None:
        return words.AGAIN, None, shown.last_day
    return message, None, None


def _reason(reason: Reason | None, texts: Texts) -> schemas.LocalisedText | None:
    return localised(texts, words.REASONS[reason]) if reason else None
