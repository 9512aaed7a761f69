"""Whether a report would be taken, and what can be reported: as it is asked and shown."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Self

from pydantic import ConfigDict, Field

from hub_core.language import Language
from hub_core.rules import Option
from hub_service import schemas
from hub_service.i18n import Texts

from ..domain import admissibility, plates
from ..operations.checking import Answer, Finding, Outcome, Question, Requirement
from . import driving_report_words as words
from .driving_report_parts import (
    ASKED,
    CompetentUnitView,
    EventPlace,
    EventPlate,
    EventTime,
    InWords,
    ManoeuvreCode,
    Manoeuvres,
    Number,
    StateField,
)
from .driving_report_words import localised


class CheckDrivingReport(schemas.Resource):
    """What is known so far of something that might be reported."""

    model_config = ConfigDict(json_schema_extra={"examples": [ASKED]})

    event_time: EventTime | None = None
    place: Annotated[EventPlace | None, Field(description="Where it was.")] = None
    plate: Annotated[EventPlate | None, Field(description="The plate.")] = None
    manoeuvres: Manoeuvres = Field(default_factory=list)
    seen_by_chance: Annotated[
        bool | None,
        Field(description="Whether you were a participant in traffic and saw it directly and by chance."),
    ] = None

    def question(self) -> Question:
        """What was asked, as a value."""
        return Question(
            happened_at=self.event_time,
            place=self.place.value() if self.place else None,
            plate=self.plate.number if self.plate else None,
            plate_country=self.plate.country if self.plate else plates.ROMANIA,
            manoeuvres=tuple(self.manoeuvres),
            seen_by_chance=self.seen_by_chance,
        )


class RequirementView(schemas.Resource):
    """What a report has to be, and whether this one would be."""

    requirement: Annotated[Requirement, Field(description="Which requirement.", examples=["TIME"])]
    text: InWords
    outcome: Annotated[Outcome, Field(description="Whether it is met.", examples=["MET"])]
    problem: Annotated[
        str | None,
        Field(
            max_length=64,
            description="The type of the problem that a report would meet.",
            examples=["event-too-long-ago"],
        ),
    ]
    why: Annotated[schemas.LocalisedText | None, Field(description="Why it is not met.")]
    remedy: Annotated[schemas.LocalisedText | None, Field(description="What can be done instead.")]

    @classmethod
    def of(cls, finding: Finding, texts: Texts) -> Self:
        """The view of a finding."""
        problem = finding.problem
        return cls(
            requirement=finding.requirement,
            text=localised(texts, words.REQUIREMENTS[finding.requirement]),
            outcome=finding.outcome,
            problem=problem.type if problem else None,
            why=_filled(problem.detail, problem.facts, texts) if problem else None,
            remedy=localised(texts, problem.remedy) if problem else None,
        )


class OwnReportView(schemas.Resource):
    """A report of yours that may be of the same event."""

    id: Annotated[schemas.Id, Field(description="The report.")]
    number: Number
    happened_at: Annotated[schemas.Instant, Field(description="When its event was.")]
    state: StateField


class DrivingReportCheckView(schemas.Resource):
    """Whether a report would be taken."""

    is_admissible: Annotated[
        bool, Field(description="Whether nothing that was told stands against it.", examples=[True])
    ]
    requirements: Annotated[
        list[RequirementView], Field(max_length=10, description="Each requirement, in order.")
    ]
    last_day: Annotated[
        schemas.LegalDate | None, Field(description="The last day for sending a report of this event.")
    ]
    left_today: Annotated[schemas.Int32, Field(description="How many more may be sent today.", examples=[3])]
    plate: Annotated[
        EventPlate | None, Field(description="The plate as it is written; null where it is none.")
    ]
    plate_kind: Annotated[
        plates.Kind | None, Field(description="What the plate says of its vehicle.", examples=["STANDARD"])
    ]
    competent: Annotated[CompetentUnitView | None, Field(description="Who would decide.")]
    alike: Annotated[
        list[OwnReportView],
        Field(max_length=20, description="Reports of yours that may be of the same event."),
    ]

    @classmethod
    def of(cls, answer: Answer, texts: Texts) -> Self:
        """The view of an answer."""
        plate = answer.plate
        return cls(
            is_admissible=answer.is_admissible,
            requirements=[RequirementView.of(finding, texts) for finding in answer.findings],
            last_day=answer.last_day,
            left_today=answer.left_today,
            plate=EventPlate(number=plate.text, country=plate.country) if plate else None,
            plate_kind=plate.kind if plate else None,
            competent=CompetentUnitView.of(answer.institution, texts),
            alike=[
                OwnReportView(id=each.id, number=each.label, happened_at=each.happened_at, state=each.state)
                for each in answer.alike
            ],
        )


class ManoeuvreView(schemas.Resource):
    """A manoeuvre that is aggressive driving."""

    code: ManoeuvreCode
    text: InWords

    @classmethod
    def of(cls, option: Option) -> Self:
        """The view of an option of the rule table."""
        texts = {Language(name).value: text for name, text in option.texts.items()}
        return cls(code=option.code, text=schemas.LocalisedText.of(texts))


class ElsewhereView(schemas.Resource):
    """What is not reported here, and where it goes."""

    code: Annotated[str, Field(max_length=32, description="Stable, for programs.", examples=["PARKING"])]
    what: Annotated[schemas.LocalisedText, Field(description="What it is.")]
    where: Annotated[schemas.LocalisedText, Field(description="Who takes it.")]
    service: Annotated[
        str | None,
        Field(max_length=64, description="The service of the catalog that takes it.", examples=["petition"]),
    ]
    phone: Annotated[str | None, Field(max_length=16, description="The number to call.", examples=["112"])]

    @classmethod
    def of(cls, each: words.Elsewhere, texts: Texts) -> Self:
        """The view of what goes elsewhere."""
        return cls(
            code=each.code,
            what=localised(texts, each.what),
            where=localised(texts, each.where),
            service=each.service,
            phone=each.phone,
        )


class DeclarationView(schemas.Resource):
    """The declaration on one's own responsibility, as it is now."""

    version: Annotated[
        str,
        Field(
            max_length=32,
            description="Its version: it is sent with the report.",
            examples=[admissibility.DECLARATION],
        ),
    ]
    text: Annotated[
        schemas.LocalisedText,
        Field(description="What is declared, and what a false declaration means (Penal Code art. 326)."),
    ]


class ManoeuvresView(schemas.Resource):
    """What can be reported, on which conditions, and what goes elsewhere."""

    on: Annotated[schemas.LegalDate, Field(description="The day whose law this is.")]
    items: Annotated[list[ManoeuvreView], Field(max_length=20, description="The manoeuvres, by code.")]
    elsewhere: Annotated[
        list[ElsewhereView], Field(max_length=20, description="What is no aggressive driving.")
    ]
    report_within_days: Annotated[
        schemas.Int32, Field(description="Within so many days of the event a report is sent.", examples=[30])
    ]
    upload_within_hours: Annotated[
        schemas.Int32,
        Field(description="Within so many hours of sending the recording is uploaded.", examples=[1]),
    ]
    reports_a_day: Annotated[
        schemas.Int32, Field(description="So many reports may one person send in a day.", examples=[3])
    ]
    declaration: Annotated[DeclarationView, Field(description="What is declared with a report.")]

    @classmethod
    def of(cls, legal: admissibility.Conditions, on: date, texts: Texts) -> Self:
        """The view of the conditions of a day."""
        return cls(
            on=on,
            items=[ManoeuvreView.of(option) for option in legal.manoeuvres],
            elsewhere=[ElsewhereView.of(each, texts) for each in words.ELSEWHERE],
            report_within_days=legal.report_within_days,
            upload_within_hours=legal.upload_within_hours,
            reports_a_day=legal.reports_a_day,
            declaration=DeclarationView(
                version=admissibility.DECLARATION,
                text=localised(texts, words.DECLARATIONS[admissibility.DECLARATION]),
            ),
        )


def _filled(message: str, facts: Mapping[str, Any], texts: Texts) -> schemas.LocalisedText:
    return schemas.LocalisedText.of(
        {language.value: texts.translate(language, message).format_map(facts) for language in Language}
    )
