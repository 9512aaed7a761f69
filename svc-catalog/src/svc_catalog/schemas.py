"""What the API shows. Every text is a map of languages, as the catalog holds it."""

from decimal import Decimal
from typing import Annotated, Self

from pydantic import Field, PlainSerializer, WithJsonSchema

from hub_service.schemas import Id, Int32, LegalDate, LocalisedText, Resource

from .domain.institutions import ContactKind, Institution, InstitutionKind
from .domain.services import Audience, ChannelKind, MinimumAssurance, ServiceStatus, StepActor, TermUnit
from .storage import ProvidedService

InstitutionCode = Annotated[
    str, Field(max_length=32, pattern=r"^[A-Za-z0-9-]+$", examples=["IPJ-CV"], description="Its short code.")
]
ServiceCode = Annotated[
    str, Field(max_length=64, pattern=r"^[a-z0-9-]+$", examples=["petition"], description="Its short code.")
]
CountyCode = Annotated[
    str,
    Field(max_length=2, pattern=r"^[A-Z]{1,2}$", examples=["CV"], description="Vehicle code of a county."),
]
Topic = Annotated[
    str,
    Field(max_length=64, pattern=r"^[A-Z][A-Z0-9_]*$", examples=["PASSPORTS"], description="Open code."),
]
LifeEvent = Annotated[
    str,
    Field(
        max_length=64, pattern=r"^[A-Z][A-Z0-9_]*$", examples=["TRAVELLING_ABROAD"], description="Open code."
    ),
]
Verified = Annotated[
    bool, Field(description="Whether it was read in a source that does not contradict another.")
]
Version = Annotated[Int32, Field(ge=1, examples=[1], description="Grows with every change of the content.")]
Amount = Annotated[
    Decimal,
    PlainSerializer(lambda amount: f"{amount:.2f}", return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^[0-9]{1,12}\.[0-9]{2}$", "maxLength": 15}),
]
Words = Annotated[
    list[Annotated[str, Field(max_length=100)]],
    Field(max_length=100, description="Words people use, in this language."),
]


class KeywordsView(Resource):
    """What people call a thing when they do not use its name."""

    ro: Words
    hu: Words
    en: Words


class AttributionView(Resource):
    """Something an institution deals with."""

    topic: Topic
    text: Annotated[LocalisedText, Field(description="What it deals with.")]
    keywords: Annotated[KeywordsView, Field(description="Words people look for it by.")]
    verified: Verified


class AliasView(Resource):
    """A former name or abbreviation."""

    name: Annotated[
        str, Field(max_length=200, examples=["DEPABD"], description="The former name, as it was.")
    ]
    valid_from: Annotated[LegalDate | None, Field(description="First day of the name, where it is known.")]
    valid_to: Annotated[LegalDate | None, Field(description="Last day of the name, where it is known.")]
    verified: Verified


class ContactView(Resource):
    """A way to reach an institution."""

    kind: Annotated[ContactKind, Field(description="What sort of contact it is.")]
    value: Annotated[
        str,
        Field(
            max_length=500,
            examples=["+40800800624"],
            description="A telephone number in E.164, an e-mail or web address, or a postal address.",
        ),
    ]
    purpose: Annotated[LocalisedText, Field(description="What it is for.")]
    verified: Verified


class InstitutionView(Resource):
    """An institution with what it deals with."""

    id: Annotated[Id, Field(description="The institution's id, the same in every installation.")]
    code: InstitutionCode
    version: Version
    names: Annotated[LocalisedText, Field(description="Its names; only the Romanian one is official.")]
    kind: Annotated[InstitutionKind, Field(description="What sort of body it is.")]
    parent_id: Annotated[Id | None, Field(description="The institution it is part of or subordinate to.")]
    counties: Annotated[
        list[CountyCode],
        Field(max_length=42, description="The counties it is competent for; empty for the whole country."),
    ]
    accepts_petitions: Annotated[bool, Field(description="Whether a petition can be addressed to it.")]
    attributions: Annotated[list[AttributionView], Field(max_length=100, description="What it deals with.")]
    aliases: Annotated[list[AliasView], Field(max_length=100, description="What it was called before.")]
    contacts: Annotated[list[ContactView], Field(max_length=100, description="How it is reached.")]
    valid_from: Annotated[LegalDate, Field(description="First day in this directory.")]
    valid_to: Annotated[LegalDate | None, Field(description="Last day; null while it goes on.")]
    successor_id: Annotated[Id | None, Field(description="The institution that took over its work.")]
    verified: Verified

    @classmethod
    def of(cls, institution: Institution) -> Self:
        """The view of an institution."""
        return cls.model_validate(institution, from_attributes=True)


class LegalBasisView(Resource):
    """The act, and the article where it is known."""

    act: Annotated[
        str, Field(max_length=200, examples=["OG nr. 27/2002"], description="Short title, in Romanian.")
    ]
    article: Annotated[
        str | None, Field(max_length=100, examples=["art. 8 alin. (1)"], description="Article, in Romanian.")
    ]


class TermView(Resource):
    """A legal term."""

    value: Annotated[Int32, Field(ge=1, examples=[30], description="How many of the unit.")]
    unit: Annotated[TermUnit, Field(description="What is counted.")]
    legal_basis: Annotated[LegalBasisView, Field(description="Where the term comes from.")]
    verified: Verified


class NamedTermView(Resource):
    """A further term of the procedure."""

    purpose: Annotated[LocalisedText, Field(description="What the term is for.")]
    term: Annotated[TermView, Field(description="The term.")]


class MoneyView(Resource):
    """An amount of money."""

    amount: Annotated[Amount, Field(examples=["0.00"], description="With two decimals.")]
    currency: Annotated[
        str, Field(max_length=3, pattern=r"^[A-Z]{3}$", examples=["RON"], description="ISO 4217.")
    ]


class CostView(Resource):
    """What a service costs; 0.00 when it is free."""

    price: Annotated[MoneyView, Field(description="What is paid.")]
    condition: Annotated[
        LocalisedText | None, Field(description="In which case, when it is not the same for all.")
    ]
    legal_basis: Annotated[LegalBasisView | None, Field(description="Where it comes from.")]
    verified: Verified


class ChannelView(Resource):
    """A way to use a service."""

    kind: Annotated[ChannelKind, Field(description="What sort of channel it is.")]
    url: Annotated[
        str | None,
        Field(
            max_length=500,
            json_schema_extra={"format": "uri"},
            description="Its address, where it has one of its own.",
        ),
    ]
    note: Annotated[LocalisedText, Field(description="How it is used, and by whom.")]
    verified: Verified


class StepView(Resource):
    """A step of the procedure."""

    actor: Annotated[StepActor, Field(description="Who takes it.")]
    text: Annotated[LocalisedText, Field(description="What is done.")]


class RedressView(Resource):
    """What one can do against a decision or silence."""

    text: Annotated[LocalisedText, Field(description="What one can do.")]
    authority: Annotated[LocalisedText | None, Field(description="Where one turns to.")]
    term: Annotated[TermView | None, Field(description="By when, where it is known.")]
    legal_basis: Annotated[LegalBasisView | None, Field(description="Where it comes from.")]
    verified: Verified


class ProviderView(Resource):
    """The institution that gives a service."""

    id: Annotated[Id, Field(description="The institution's id.")]
    code: InstitutionCode
    names: Annotated[LocalisedText, Field(description="Its names; only the Romanian one is official.")]


class ServiceSummary(Resource):
    """A service, in a list."""

    id: Annotated[Id, Field(description="The entry's id, the same in every installation.")]
    code: ServiceCode
    version: Version
    status: Annotated[ServiceStatus, Field(description="PILOT, ACTIVE or SUSPENDED: others are not shown.")]
    title: Annotated[LocalisedText, Field(description="What it is called.")]
    summary: Annotated[LocalisedText, Field(description="What it is, in a sentence.")]
    provider: Annotated[ProviderView, Field(description="Who gives it.")]
    audiences: Annotated[list[Audience], Field(max_length=20, description="Whom it is for.")]
    life_events: Annotated[
        list[LifeEvent], Field(max_length=50, description="The situations it is needed in.")
    ]
    min_assurance: Annotated[
        MinimumAssurance, Field(description="Lowest level of assurance online; NONE: no sign-in.")
    ]

    @classmethod
    def of(cls, provided: ProvidedService) -> Self:
        """The view of a service with its provider."""
        service = provided.service
        provider = ProviderView.model_validate(
            {"id": service.provider_id, "code": provided.provider_code, "names": provided.provider_names},
            from_attributes=True,
        )
        shown = {name: getattr(service, name) for name in cls.model_fields if name != "provider"}
        return cls.model_validate({**shown, "provider": provider}, from_attributes=True)


class ServiceView(ServiceSummary):
    """A service, whole."""

    description: Annotated[LocalisedText, Field(description="What it gives, to whom, under what rules.")]
    min_age: Annotated[
        Int32 | None, Field(le=150, examples=[18], description="Lowest age online, in years; null when none.")
    ]
    channels: Annotated[list[ChannelView], Field(max_length=20, description="The ways to use it.")]
    costs: Annotated[
        list[CostView], Field(max_length=20, description="What it costs; empty when that is not confirmed.")
    ]
    legal_deadline: Annotated[
        TermView | None, Field(description="The authority's term; null when no law sets one.")
    ]
    further_terms: Annotated[
        list[NamedTermView], Field(max_length=20, description="Other terms of the procedure.")
    ]
    steps: Annotated[list[StepView], Field(max_length=50, description="What is done, in order.")]
    legal_basis: Annotated[
        list[LegalBasisView], Field(max_length=50, description="The acts that it rests on.")
    ]
    redress: Annotated[
        list[RedressView], Field(max_length=20, description="What one can do against a decision or silence.")
    ]
    keywords: Annotated[KeywordsView, Field(description="Words people look for it by.")]
