"""What the API shows of questions, advice and whom to call."""

from collections.abc import Collection
from datetime import datetime
from typing import Annotated, Self

from pydantic import Field

from hub_service.schemas import Id, Int32, LegalDate, LocalisedText, Resource

from ..domain.guidance import AdviceTopic, ContactPage, FaqCategory, Line
from ..storage.guidance import SourcedAdvice, VotedFaq
from .places import LocalTime
from .searching import Fit, FitOfItem
from .vocabulary import InstitutionCode, ServiceCode, Verified, Version

FaqCode = Annotated[
    str,
    Field(
        max_length=64,
        pattern=r"^[a-z0-9-]+$",
        examples=["petition-when-answer"],
        description="Its short code.",
    ),
]
AdviceCode = Annotated[
    str,
    Field(max_length=64, pattern=r"^[a-z0-9-]+$", examples=["bears"], description="Its short code."),
]
ReviewedOn = Annotated[LegalDate, Field(description="When somebody last read it and found it right.")]
Sentences = Annotated[list[LocalisedText], Field(max_length=20)]


class FaqView(Resource):
    """A question that people ask, with its answer."""

    id: Annotated[Id, Field(description="The question's id, the same in every installation.")]
    code: FaqCode
    version: Version
    category: Annotated[FaqCategory, Field(description="What it is about.")]
    question: Annotated[LocalisedText, Field(description="The question, as people ask it.")]
    answer: Annotated[LocalisedText, Field(description="The answer; numbers are on the services' entries.")]
    related_services: Annotated[
        list[ServiceCode], Field(max_length=20, description="The services that the answer speaks of.")
    ]
    reviewed_on: ReviewedOn
    helpful_votes: Annotated[Int32, Field(ge=0, examples=[12], description="How often it helped somebody.")]

    @classmethod
    def of(cls, voted: VotedFaq) -> Self:
        """The view of a question with its votes."""
        shown = {name: getattr(voted.faq, name) for name in cls.model_fields if hasattr(voted.faq, name)}
        members = {
            "related_services": list(voted.faq.services),
            "reviewed_on": voted.faq.reviewed_at,
            "helpful_votes": voted.helpful,
        }
        return cls.model_validate(shown | members, from_attributes=True)


class FoundFaq(FaqView):
    """A question in a list."""

    match: FitOfItem

    @classmethod
    def found(cls, voted: VotedFaq, match: Fit | None) -> Self:
        """The view of a question, and how well it fits what was asked."""
        return cls(**FaqView.of(voted).model_dump(), match=match)


class SourceView(Resource):
    """The structure that answers for the advice."""

    id: Annotated[Id, Field(description="The institution's id.")]
    code: InstitutionCode
    names: Annotated[LocalisedText, Field(description="Its names; only the Romanian one is official.")]


class AdviceView(Resource):
    """What to do about a danger, and what not."""

    id: Annotated[Id, Field(description="The advice's id, the same in every installation.")]
    code: AdviceCode
    version: Version
    topic: Annotated[AdviceTopic, Field(description="What it is about.")]
    months: Annotated[
        list[Annotated[Int32, Field(ge=1, le=12)]],
        Field(max_length=12, examples=[[11, 12, 1, 2, 3]], description="Its season; empty: the whole year."),
    ]
    source: Annotated[SourceView, Field(description="The structure that answers for it.")]
    title: Annotated[LocalisedText, Field(description="What it is called.")]
    summary: Annotated[LocalisedText, Field(description="In one sentence.")]
    do: Annotated[Sentences, Field(description="What to do, in short steps.")]
    avoid: Annotated[Sentences, Field(description="What not to do.")]
    call: Annotated[LocalisedText, Field(description="When and whom to call.")]
    reviewed_on: ReviewedOn

    @classmethod
    def of(cls, sourced: SourcedAdvice) -> Self:
        """The view of advice with its source."""
        advice = sourced.advice
        shown = {name: getattr(advice, name) for name in cls.model_fields if hasattr(advice, name)}
        source = {"id": advice.source_id, "code": sourced.source_code, "names": sourced.source_names}
        members = {"source": source, "reviewed_on": advice.reviewed_at}
        return cls.model_validate(shown | members, from_attributes=True)


class LineView(Resource):
    """A telephone line."""

    code: Annotated[
        str,
        Field(max_length=32, pattern=r"^[a-z-]+$", examples=["telverde"], description="Its short code."),
    ]
    institution: InstitutionCode
    number: Annotated[
        str,
        Field(
            max_length=16,
            pattern=r"^(112|\+[0-9]{6,15})$",
            examples=["+40800800624"],
            description="In E.164, or 112.",
        ),
    ]
    name: Annotated[LocalisedText, Field(description="What it is called.")]
    purpose: Annotated[LocalisedText, Field(description="What it is for.")]
    always: Annotated[bool, Field(description="Whether somebody answers day and night.")]
    opens: Annotated[LocalTime | None, Field(description="On working days; null when not confirmed.")]
    closes: Annotated[LocalTime | None, Field(description="On working days; null when not confirmed.")]
    open_now: Annotated[
        bool | None, Field(description="Whether somebody answers now; null when the hours are not known.")
    ]
    verified: Verified

    @classmethod
    def of(cls, line: Line, now: datetime, holidays: Collection[str]) -> Self:
        """The view of a line at a moment."""
        return cls(
            code=line.code,
            institution=line.institution,
            number=line.number,
            name=LocalisedText.model_validate(line.name, from_attributes=True),
            purpose=LocalisedText.model_validate(line.purpose, from_attributes=True),
            always=line.always,
            opens=f"{line.opens:%H:%M}" if line.opens else None,
            closes=f"{line.closes:%H:%M}" if line.closes else None,
            open_now=line.is_open(now, holidays),
            verified=line.verified,
        )


class ContactPageView(Resource):
    """Whom to call. Show the disclaimer before the numbers."""

    disclaimer: Annotated[LocalisedText, Field(description="What the line does, and what it does not take.")]
    lines: Annotated[list[LineView], Field(max_length=10, description="The lines; emergencies first.")]

    @classmethod
    def of(cls, page: ContactPage, now: datetime, holidays: Collection[str]) -> Self:
        """The view of the contact page at a moment."""
        return cls(
            disclaimer=LocalisedText.model_validate(page.disclaimer, from_attributes=True),
            lines=[LineView.of(line, now, holidays) for line in page.lines],
        )
