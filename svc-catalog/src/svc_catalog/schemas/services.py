"""What the API shows of services. A number that comes from a law is shown with its rule, for a day."""

from datetime import date
from typing import Annotated, Final, Self, TypeVar

from pydantic import Field

from hub_core.language import Language
from hub_core.rules import Rule, Rules, Unit
from hub_service.schemas import Id, Instant, Int32, LegalDate, LocalisedText, Resource, to_z

from ..domain.services import (
    Audience,
    ChannelKind,
    Cost,
    IdentificationMeans,
    MinimumAssurance,
    PaymentMethod,
    RedressKind,
    ServiceStatus,
    SignatureKind,
    SilenceEffect,
    Sophistication,
    StepActor,
    SubmissionMode,
    TimeUnit,
)
from ..storage.services import ProvidedCard, ProvidedService
from .institutions import ContactView
from .searching import Fit, FitOfItem
from .vocabulary import (
    Amount,
    CountyCode,
    InstitutionCode,
    KeywordsView,
    LifeEvent,
    RuleCode,
    ServiceCode,
    Topic,
    Verified,
    Version,
)

ViewT = TypeVar("ViewT", bound=Resource)

_CURRENCY: Final = "RON"
"""The money of every legal amount (`hub_core.rules.Unit.LEI`)."""

MediaType = Annotated[
    str, Field(max_length=100, pattern=r"^[a-z]+/[a-z0-9.+-]+$", examples=["application/pdf"])
]
WebAddress = Annotated[str, Field(max_length=500, json_schema_extra={"format": "uri"})]


class LegalBasisView(Resource):
    """The act, and the article where it is known."""

    act: Annotated[
        str, Field(max_length=200, examples=["OG nr. 27/2002"], description="Short title, in Romanian.")
    ]
    article: Annotated[
        str | None, Field(max_length=100, examples=["art. 8 alin. (1)"], description="Article, in Romanian.")
    ]
    url: Annotated[WebAddress | None, Field(description="Where its text can be read.")]


class TermView(Resource):
    """A legal term, as it holds on the day that was asked for."""

    rule: RuleCode
    value: Annotated[Int32, Field(ge=1, examples=[30], description="How many of the unit.")]
    unit: Annotated[Unit, Field(description="What is counted.")]
    legal_basis: Annotated[
        str, Field(max_length=500, examples=["OG 27/2002 art. 8(1)"], description="Where it comes from.")
    ]
    verified: Verified

    @classmethod
    def of(cls, rule: Rule) -> Self:
        """The view of a rule that gives a term."""
        return cls(
            rule=rule.code,
            value=rule.whole,
            unit=rule.unit,
            legal_basis=rule.legal_basis,
            verified=rule.verified,
        )


class NamedTermView(Resource):
    """A further term of the procedure."""

    purpose: Annotated[LocalisedText, Field(description="What the term is for.")]
    term: Annotated[TermView, Field(description="The term.")]
    conditional: Annotated[bool, Field(description="Whether it holds only in some cases.")]


class AverageTimeView(Resource):
    """How long it takes on the average, as the provider says."""

    value: Annotated[Int32, Field(ge=1, examples=[5], description="How many of the unit.")]
    unit: Annotated[TimeUnit, Field(description="What is counted.")]
    verified: Verified


class MoneyView(Resource):
    """An amount of money."""

    amount: Annotated[Amount, Field(examples=["0.00"], description="With two decimals.")]
    currency: Annotated[
        str, Field(max_length=3, pattern=r"^[A-Z]{3}$", examples=["RON"], description="ISO 4217.")
    ]


class CostView(Resource):
    """What a service costs; 0.00 when it is free."""

    rule: RuleCode
    price: Annotated[MoneyView, Field(description="What is paid.")]
    note: Annotated[
        LocalisedText | None, Field(description="In which case, when it is not the same for all.")
    ]
    payment_methods: Annotated[list[PaymentMethod], Field(max_length=10, description="How it may be paid.")]
    channels: Annotated[
        list[ChannelKind], Field(max_length=10, description="The channels it holds for; empty for all.")
    ]
    legal_basis: Annotated[
        str, Field(max_length=500, description="Where it comes from.", examples=["OG 27/2002 art. 8(1)"])
    ]
    verified: Verified

    @classmethod
    def on_day(cls, cost: Cost, rules: Rules, on: date, **more: object) -> Self:
        """The view of a cost, as its rule sets it on a day; `NoRule` when it sets nothing then."""
        rule = rules.on(cost.rule, on)
        price = {"amount": rule.value, "currency": _CURRENCY}
        return shown(cls, cost, price=price, legal_basis=rule.legal_basis, verified=rule.verified, **more)


class ChannelView(Resource):
    """A way to use a service."""

    kind: Annotated[ChannelKind, Field(description="What sort of channel it is.")]
    url: Annotated[WebAddress | None, Field(description="Its address, where it has one of its own.")]
    hours: Annotated[LocalisedText | None, Field(description="When it is open, where it is not always.")]
    note: Annotated[LocalisedText, Field(description="How it is used, and by whom.")]
    verified: Verified


class StepView(Resource):
    """A step of the procedure."""

    actor: Annotated[StepActor, Field(description="Who takes it.")]
    text: Annotated[LocalisedText, Field(description="What is done.")]
    channels: Annotated[
        list[ChannelKind], Field(max_length=10, description="The channels it is taken in; empty for all.")
    ]


class InputView(Resource):
    """Evidence that is asked for."""

    evidence: Annotated[
        str, Field(max_length=64, description="Code of the type of evidence.", examples=["identity-card"])
    ]
    mandatory: Annotated[bool, Field(description="Whether it must be there, from whom it is asked.")]
    conditional: Annotated[bool, Field(description="Whether it is asked only in some cases.")]
    channels: Annotated[
        list[ChannelKind], Field(max_length=10, description="The channels it is asked in; empty for all.")
    ]
    note: Annotated[LocalisedText | None, Field(description="In which case, or in what form.")]


class OutputView(Resource):
    """What the applicant gets."""

    code: Annotated[
        str,
        Field(max_length=64, description="Short code of the document or result.", examples=["certificate"]),
    ]
    title: Annotated[LocalisedText, Field(description="What it is called.")]
    signature: Annotated[SignatureKind, Field(description="The electronic signature that it bears.")]
    formats: Annotated[list[MediaType], Field(max_length=10, description="Media types; empty on paper.")]
    validity: Annotated[TermView | None, Field(description="How long it is valid, where it ends.")]
    legal_effect: Annotated[LocalisedText | None, Field(description="What it is good for.")]


class RequirementView(Resource):
    """Who may use the service."""

    code: Annotated[
        str, Field(max_length=64, description="Short code of the requirement.", examples=["citizen"])
    ]
    text: Annotated[LocalisedText, Field(description="What must hold.")]
    otherwise: Annotated[LocalisedText, Field(description="What to do when it does not.")]
    channels: Annotated[
        list[ChannelKind], Field(max_length=10, description="The channels it concerns; empty for all.")
    ]
    instead: Annotated[
        list[ServiceCode], Field(max_length=10, description="Services for whoever does not meet it.")
    ]
    legal_basis: Annotated[LegalBasisView | None, Field(description="Where it comes from.")]


class SilenceView(Resource):
    """What it means when no answer comes in time."""

    effect: Annotated[SilenceEffect, Field(description="Whether silence is approval.")]
    text: Annotated[LocalisedText, Field(description="What it means, and what one can do.")]
    legal_basis: Annotated[LegalBasisView | None, Field(description="Where it comes from.")]


class RedressView(Resource):
    """What one can do against a decision or silence."""

    kind: Annotated[RedressKind, Field(description="What sort of redress it is.")]
    text: Annotated[LocalisedText, Field(description="What one can do.")]
    authority: Annotated[LocalisedText | None, Field(description="Where one turns to.")]
    term: Annotated[TermView | None, Field(description="By when, where it is known.")]
    legal_basis: Annotated[LegalBasisView | None, Field(description="Where it comes from.")]
    verified: Verified


class SuspensionView(Resource):
    """Why a service is suspended."""

    reason: Annotated[LocalisedText, Field(description="Why.")]
    alternative: Annotated[LocalisedText, Field(description="What to use meanwhile.")]
    since: Annotated[LegalDate, Field(description="The first day.")]
    until: Annotated[LegalDate | None, Field(description="The last day, where it is known.")]


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
    last_confirmed_at: Annotated[
        Instant | None, Field(description="When the provider last said that the entry is right.")
    ]
    stale: Annotated[bool, Field(description="Whether the provider has not confirmed it in time.")]

    @classmethod
    def of(cls, provided: ProvidedService) -> Self:
        """The view of a service with its provider."""
        return shown(cls, provided.service, **_provided(provided))


class FoundService(ServiceSummary):
    """A service, in a list that can be searched."""

    match: FitOfItem

    @staticmethod
    def as_stored(provided: ProvidedCard, match: Fit | None) -> dict[str, object]:
        """What is shown of a service that was found, past its values: a list is read often."""
        shown = dict(provided.card)
        confirmed = provided.confirmed_at
        return shown | {
            "provider": {
                "id": shown.pop("provider_id"),
                "code": provided.provider_code,
                "names": provided.provider_names,
            },
            "last_confirmed_at": to_z(confirmed) if confirmed else None,
            "stale": provided.stale,
            "match": match,
        }


class ServiceView(ServiceSummary):
    """A service, whole, with its legal numbers as they hold on a day."""

    on: Annotated[LegalDate, Field(description="The day for which terms, fees and ages are shown.")]
    description: Annotated[LocalisedText, Field(description="What it gives, to whom, under what rules.")]
    authority_id: Annotated[Id | None, Field(description="Who decides, where that is not the provider.")]
    topics: Annotated[list[Topic], Field(max_length=50, description="What it is about.")]
    counties: Annotated[
        list[CountyCode], Field(max_length=42, description="Where it is given; empty for the whole country.")
    ]
    min_age: Annotated[TermView | None, Field(description="Lowest age online; null when there is none.")]
    identification: Annotated[
        list[IdentificationMeans], Field(max_length=10, description="By what one may be identified.")
    ]
    accepted_formats: Annotated[
        list[MediaType], Field(max_length=30, description="Types of electronic documents that are taken.")
    ]
    accepted_signatures: Annotated[
        list[SignatureKind], Field(max_length=4, description="The electronic signatures that are taken.")
    ]
    reception: Annotated[LocalisedText | None, Field(description="How electronic documents are received.")]
    submission: Annotated[SubmissionMode, Field(description="How an application reaches the provider.")]
    exceptions: Annotated[LocalisedText | None, Field(description="What cannot be done online.")]
    form: Annotated[
        str | None,
        Field(
            max_length=64,
            description="Code of its form, where it has one.",
            examples=["passport-application"],
        ),
    ]
    channels: Annotated[list[ChannelView], Field(max_length=20, description="The ways to use it.")]
    requirements: Annotated[list[RequirementView], Field(max_length=50, description="Who may use it.")]
    inputs: Annotated[list[InputView], Field(max_length=50, description="The evidence that is asked for.")]
    outputs: Annotated[list[OutputView], Field(max_length=20, description="What one gets.")]
    costs: Annotated[
        list[CostView], Field(max_length=20, description="What it costs; empty when that is not confirmed.")
    ]
    legal_deadline: Annotated[
        TermView | None, Field(description="The authority's term; null when no law sets one.")
    ]
    average_time: Annotated[AverageTimeView | None, Field(description="How long it takes on the average.")]
    further_terms: Annotated[
        list[NamedTermView], Field(max_length=20, description="Other terms of the procedure.")
    ]
    steps: Annotated[list[StepView], Field(max_length=50, description="What is done, in order.")]
    silence: Annotated[SilenceView | None, Field(description="What it means when no answer comes in time.")]
    redress: Annotated[
        list[RedressView], Field(max_length=20, description="What one can do against a decision or silence.")
    ]
    legal_basis: Annotated[
        list[LegalBasisView], Field(max_length=50, description="The acts that it rests on.")
    ]
    contacts: Annotated[
        list[ContactView], Field(max_length=20, description="Whom to ask; empty: the provider's contacts.")
    ]
    languages: Annotated[list[Language], Field(max_length=3, description="The languages it is given in.")]
    related: Annotated[list[ServiceCode], Field(max_length=20, description="Services of the same kind.")]
    requires: Annotated[list[ServiceCode], Field(max_length=20, description="Services needed before.")]
    sophistication: Annotated[
        Sophistication | None,
        Field(description="1 information, 2 one-way, 3 two-way, 4 transaction, 5 personalised."),
    ]
    digitalisation_percent: Annotated[
        Int32 | None, Field(le=100, examples=[90], description="How much of it is digital, inside too.")
    ]
    established_year: Annotated[
        Int32 | None, Field(le=9999, examples=[1995], description="The year in which it was founded.")
    ]
    suspension: Annotated[SuspensionView | None, Field(description="Why it is suspended, when it is.")]
    keywords: Annotated[KeywordsView, Field(description="Words people look for it by.")]

    @classmethod
    def on_day(cls, provided: ProvidedService, rules: Rules, on: date) -> Self:
        """The view of a service with its provider, and its numbers as they hold on a day.

        `hub_core.rules.NoRule` when a rule that the entry names has no value then.
        """
        service = provided.service

        def term(code: str | None) -> TermView | None:
            return TermView.of(rules.on(code, on)) if code else None

        return shown(
            cls,
            service,
            on=on,
            **_provided(provided),
            min_age=term(service.min_age),
            legal_deadline=term(service.legal_deadline),
            costs=[CostView.on_day(each, rules, on) for each in service.costs],
            further_terms=[
                shown(NamedTermView, each, term=term(each.rule), conditional=each.condition is not None)
                for each in service.further_terms
            ],
            inputs=[
                shown(InputView, each, conditional=each.condition is not None) for each in service.inputs
            ],
            outputs=[shown(OutputView, each, validity=term(each.validity)) for each in service.outputs],
            redress=[shown(RedressView, each, term=term(each.term)) for each in service.redress],
        )


def shown(view: type[ViewT], value: object, **instead: object) -> ViewT:
    """The view of a value, some of whose members are shown in another way or are not its own."""
    same = {name: getattr(value, name) for name in view.model_fields if name not in instead}
    return view.model_validate(same | instead, from_attributes=True)


def _provider(provided: ProvidedService) -> ProviderView:
    return ProviderView.model_validate(
        {
            "id": provided.service.provider_id,
            "code": provided.provider_code,
            "names": provided.provider_names,
        },
        from_attributes=True,
    )


def _provided(provided: ProvidedService) -> dict[str, object]:
    """What is shown of a service beside its content."""
    return {
        "provider": _provider(provided),
        "last_confirmed_at": provided.confirmed_at,
        "stale": provided.stale,
    }
