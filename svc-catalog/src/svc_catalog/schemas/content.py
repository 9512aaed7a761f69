"""The content of an entry as its provider writes it: the whole of it, as `domain.services.Service` has it.

A draft may lack almost everything; what it must have is found when it is to be published. A number
that comes from a law is never written, its rule is named.
"""

from typing import Annotated, Any, Final, Self, TypeAlias

from pydantic import Field, TypeAdapter

from hub_core.language import Language
from hub_core.text import Line, Text
from hub_service.schemas import Id, Int32, Resource

from ..domain.institutions import ContactKind
from ..domain.services import (
    Audience,
    ChannelKind,
    IdentificationMeans,
    MinimumAssurance,
    PaymentMethod,
    RedressKind,
    Service,
    SignatureKind,
    SilenceEffect,
    Sophistication,
    StepActor,
    SubmissionMode,
    TimeUnit,
)
from .evidence import EvidenceCode
from .services import MediaType
from .vocabulary import CountyCode, LifeEvent, RuleCode, ServiceCode, Topic, Verified

_SERVICE: Final = TypeAdapter(Service)

Code = Annotated[
    str, Field(max_length=64, pattern=r"^[a-z0-9][a-z0-9_.-]*$", examples=["full-age"], description="Short.")
]
FactCode = Annotated[
    str,
    Field(max_length=64, pattern=r"^[a-z][a-z0-9_-]*$", examples=["age"], description="Code of a fact."),
]
FactAnswer = Annotated[str, Field(max_length=64, pattern=r"^[A-Z0-9][A-Z0-9_]*$", examples=["SELF"])]
Channels = Annotated[
    tuple[ChannelKind, ...], Field(max_length=10, description="The channels it holds for; empty for all.")
]
Url = Annotated[str, Field(max_length=500, pattern=r"^https?://", json_schema_extra={"format": "uri"})]
Word = Annotated[Line, Field(max_length=100)]
Citation = Annotated[Line, Field(min_length=1, max_length=200, examples=["OG nr. 27/2002"])]


def _text(language: str, example: str) -> Any:
    return Field(max_length=20_000, examples=[example], description=f"The {language} text.")


def _words(language: str, example: str) -> Any:
    return Field(max_length=100, examples=[[example]], description=f"In {language}.")


class WrittenText(Resource):
    """A text as it is written so far; an empty one is missing. Romanian is the official one."""

    ro: Annotated[Text, _text("Romanian, official", "Programare la ghișeu")] = ""
    hu: Annotated[Text | None, _text("Hungarian", "Időpontfoglalás")] = None
    en: Annotated[Text, _text("English", "Appointment at a counter")] = ""


class WrittenKeywords(Resource):
    """What people call a thing when they do not use its name."""

    ro: Annotated[tuple[Word, ...], _words("Romanian", "programare")] = ()
    hu: Annotated[tuple[Word, ...], _words("Hungarian", "időpont")] = ()
    en: Annotated[tuple[Word, ...], _words("English", "appointment")] = ()


class FactIsOneOf(Resource):
    """The fact is one of these codes; a yes-or-no fact is `YES` or `NO`."""

    fact: FactCode
    one_of: Annotated[tuple[FactAnswer, ...], Field(min_length=1, max_length=50, description="The codes.")]


class FactIsAtLeast(Resource):
    """The fact, a number, is not below the value of the rule."""

    fact: FactCode
    at_least: RuleCode


class FactIsAtMost(Resource):
    """The fact, a number, is not above the value of the rule."""

    fact: FactCode
    at_most: RuleCode


class FactIsBelow(Resource):
    """The fact, a number, is below the value of the rule."""

    fact: FactCode
    below: RuleCode


class AllHold(Resource):
    """Every part holds."""

    all_of: Annotated[
        "tuple[WrittenCondition, ...]", Field(min_length=1, max_length=20, description="The parts.")
    ]


class AnyHolds(Resource):
    """At least one part holds."""

    any_of: Annotated[
        "tuple[WrittenCondition, ...]", Field(min_length=1, max_length=20, description="The parts.")
    ]


class NoneHolds(Resource):
    """No part holds."""

    none_of: Annotated[
        "tuple[WrittenCondition, ...]", Field(min_length=1, max_length=20, description="The parts.")
    ]


WrittenCondition: TypeAlias = (
    FactIsOneOf | FactIsAtLeast | FactIsAtMost | FactIsBelow | AllHold | AnyHolds | NoneHolds
)
When = Annotated[WrittenCondition | None, Field(description="For whom it holds; null for all.")]


class WrittenLegalBasis(Resource):
    """An act, with the article and the address of its text where known."""

    act: Annotated[Citation, Field(description="Short title, in Romanian.")]
    article: Annotated[
        Line | None, Field(max_length=100, examples=["art. 8 alin. (1)"], description="In Romanian.")
    ] = None
    url: Annotated[Url | None, Field(description="Where its text can be read.")] = None


Basis = Annotated[WrittenLegalBasis | None, Field(description="Where it comes from.")]


class WrittenChannel(Resource):
    """A way to use the service."""

    kind: Annotated[ChannelKind, Field(description="What sort of channel it is.")]
    note: Annotated[WrittenText, Field(description="How it is used, and by whom.")] = WrittenText()
    verified: Verified = False
    url: Annotated[Url | None, Field(description="Its address, where it has one of its own.")] = None
    hours: Annotated[WrittenText | None, Field(description="When it is open, where it is not always.")] = None


class WrittenStep(Resource):
    """A step of the procedure."""

    actor: Annotated[StepActor, Field(description="Who takes it.")]
    text: Annotated[WrittenText, Field(description="What is done.")] = WrittenText()
    channels: Channels = ()


class WrittenRequirement(Resource):
    """Who may use the service."""

    code: Code
    text: Annotated[WrittenText, Field(description="What must hold.")] = WrittenText()
    otherwise: Annotated[WrittenText, Field(description="What to do when it does not.")] = WrittenText()
    condition: Annotated[
        WrittenCondition | None, Field(description="The same as data; null when nobody is asked for it.")
    ] = None
    legal_basis: Basis = None
    channels: Channels = ()
    instead: Annotated[
        tuple[ServiceCode, ...], Field(max_length=20, description="Services to use instead.")
    ] = ()


class WrittenInput(Resource):
    """Evidence that is asked for."""

    evidence: EvidenceCode
    mandatory: Annotated[bool, Field(description="Whether it must be there, from whom it is asked.")] = True
    condition: When = None
    note: Annotated[WrittenText | None, Field(description="In which case, or in what form.")] = None
    channels: Channels = ()


class WrittenOutput(Resource):
    """What the applicant gets."""

    code: Code
    title: Annotated[WrittenText, Field(description="What it is called.")] = WrittenText()
    signature: Annotated[SignatureKind, Field(description="The electronic signature that it bears.")] = (
        SignatureKind.NONE
    )
    formats: Annotated[
        tuple[MediaType, ...], Field(max_length=10, description="Media types; empty on paper.")
    ] = ()
    validity: RuleCode | None = None
    legal_effect: Annotated[WrittenText | None, Field(description="What it is good for.")] = None


class WrittenCost(Resource):
    """A fee, by the rule that sets it."""

    rule: RuleCode
    condition: When = None
    note: Annotated[WrittenText | None, Field(description="For whom it is, in words.")] = None
    payment_methods: Annotated[
        tuple[PaymentMethod, ...], Field(max_length=10, description="How it may be paid.")
    ] = ()
    channels: Channels = ()


class WrittenAverageTime(Resource):
    """How long it takes on the average: no term of a law."""

    value: Annotated[Int32, Field(ge=1, examples=[5], description="How many of the unit.")]
    unit: Annotated[TimeUnit, Field(description="What is counted.")]
    verified: Verified = False


class WrittenTerm(Resource):
    """A further term of the procedure."""

    purpose: Annotated[WrittenText, Field(description="What the term is for.")] = WrittenText()
    rule: RuleCode
    condition: When = None


class WrittenSilence(Resource):
    """What it means when no answer comes in time."""

    effect: Annotated[SilenceEffect, Field(description="Whether silence is approval.")]
    text: Annotated[WrittenText, Field(description="What it means, and what one can do.")] = WrittenText()
    legal_basis: Basis = None


class WrittenRedress(Resource):
    """What one can do against a decision or silence."""

    kind: Annotated[RedressKind, Field(description="What sort of redress it is.")]
    text: Annotated[WrittenText, Field(description="What one can do.")] = WrittenText()
    verified: Verified = False
    authority: Annotated[WrittenText | None, Field(description="Where one turns to.")] = None
    term: RuleCode | None = None
    legal_basis: Basis = None


class WrittenContact(Resource):
    """Whom to ask about this service."""

    kind: Annotated[ContactKind, Field(description="What sort of contact it is.")]
    value: Annotated[
        Line,
        Field(
            min_length=1,
            max_length=500,
            examples=["+40800800624"],
            description="A telephone number in E.164, an e-mail or web address, or a postal address.",
        ),
    ]
    purpose: Annotated[WrittenText, Field(description="What it is for.")] = WrittenText()
    verified: Verified = False


class EntryContent(Resource):
    """The whole content of one version of an entry."""

    title: Annotated[WrittenText, Field(description="What the service is called.")]
    summary: Annotated[WrittenText, Field(description="What it is, in a sentence.")] = WrittenText()
    description: Annotated[WrittenText, Field(description="What it gives, to whom, under what rules.")] = (
        WrittenText()
    )
    keywords: Annotated[WrittenKeywords, Field(description="Words people look for it by.")] = (
        WrittenKeywords()
    )
    authority_id: Annotated[Id | None, Field(description="Who decides, where that is not the provider.")] = (
        None
    )
    audiences: Annotated[tuple[Audience, ...], Field(max_length=20, description="Whom it is for.")] = ()
    life_events: Annotated[
        tuple[LifeEvent, ...], Field(max_length=50, description="The situations it is needed in.")
    ] = ()
    topics: Annotated[tuple[Topic, ...], Field(max_length=50, description="What it is about.")] = ()
    counties: Annotated[
        tuple[CountyCode, ...],
        Field(max_length=42, description="Where it is given; empty for the whole country."),
    ] = ()
    min_age: Annotated[RuleCode | None, Field(description="The rule of the lowest age online.")] = None
    min_assurance: Annotated[
        MinimumAssurance, Field(description="Lowest level of assurance online; NONE: no sign-in.")
    ] = MinimumAssurance.LOW
    identification: Annotated[
        tuple[IdentificationMeans, ...], Field(max_length=10, description="By what one may be identified.")
    ] = ()
    accepted_formats: Annotated[
        tuple[MediaType, ...],
        Field(max_length=30, description="Types of electronic documents that are taken."),
    ] = ()
    accepted_signatures: Annotated[
        tuple[SignatureKind, ...],
        Field(max_length=4, description="The electronic signatures that are taken."),
    ] = ()
    reception: Annotated[WrittenText | None, Field(description="How electronic documents are received.")] = (
        None
    )
    submission: Annotated[SubmissionMode, Field(description="How an application reaches the provider.")] = (
        SubmissionMode.ONLINE
    )
    exceptions: Annotated[WrittenText | None, Field(description="What cannot be done online.")] = None
    form: Annotated[ServiceCode | None, Field(description="Code of its form, where it has one.")] = None
    channels: Annotated[
        tuple[WrittenChannel, ...], Field(max_length=20, description="The ways to use it.")
    ] = ()
    steps: Annotated[
        tuple[WrittenStep, ...], Field(max_length=50, description="What is done, in order.")
    ] = ()
    requirements: Annotated[
        tuple[WrittenRequirement, ...], Field(max_length=50, description="Who may use it.")
    ] = ()
    inputs: Annotated[
        tuple[WrittenInput, ...], Field(max_length=50, description="The evidence that is asked for.")
    ] = ()
    outputs: Annotated[tuple[WrittenOutput, ...], Field(max_length=20, description="What one gets.")] = ()
    costs: Annotated[
        tuple[WrittenCost, ...], Field(max_length=20, description="What it costs; empty when not confirmed.")
    ] = ()
    legal_deadline: Annotated[RuleCode | None, Field(description="The rule of the authority's term.")] = None
    average_time: Annotated[
        WrittenAverageTime | None, Field(description="How long it takes on the average.")
    ] = None
    further_terms: Annotated[
        tuple[WrittenTerm, ...], Field(max_length=20, description="Other terms of the procedure.")
    ] = ()
    silence: Annotated[
        WrittenSilence | None, Field(description="What it means when no answer comes in time.")
    ] = None
    redress: Annotated[
        tuple[WrittenRedress, ...], Field(max_length=20, description="What one can do against a decision.")
    ] = ()
    legal_basis: Annotated[
        tuple[WrittenLegalBasis, ...], Field(max_length=50, description="The acts that it rests on.")
    ] = ()
    contacts: Annotated[
        tuple[WrittenContact, ...],
        Field(max_length=20, description="Whom to ask; empty: the provider's contacts."),
    ] = ()
    languages: Annotated[
        tuple[Language, ...], Field(max_length=3, description="The languages it is given in.")
    ] = ()
    related: Annotated[
        tuple[ServiceCode, ...], Field(max_length=20, description="Services of the same kind.")
    ] = ()
    requires: Annotated[
        tuple[ServiceCode, ...], Field(max_length=20, description="Services needed before.")
    ] = ()
    sophistication: Annotated[
        Sophistication | None,
        Field(description="1 information, 2 one-way, 3 two-way, 4 transaction, 5 personalised."),
    ] = None
    digitalisation_percent: Annotated[
        Int32 | None, Field(le=100, examples=[90], description="How much of it is digital, inside too.")
    ] = None
    established_year: Annotated[
        Int32 | None, Field(le=9999, examples=[1995], description="The year in which it was founded.")
    ] = None

    @classmethod
    def of(cls, service: Service) -> Self:
        """The content of a version."""
        return cls.model_validate(_SERVICE.dump_python(service, include=set(cls.model_fields)))

    def service(self, **of_entry: object) -> Service:
        """The content as a domain value; `of_entry` is what belongs to the entry and not to a version."""
        return _SERVICE.validate_python(self.model_dump() | of_entry)
