"""What the API asks and shows of eligibility: facts without a name, and what an entry says of them."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Self

from pydantic import Field

from hub_core.rules import Rules
from hub_service.schemas import Int32, LegalDate, LocalisedText, Resource

from ..domain.eligibility import Assessment, Outcome, Part, Purpose, Question
from ..domain.evidence import EvidenceType
from ..domain.facts import Fact, FactKind
from ..domain.services import Audience, Channel, ChannelKind, Input, MinimumAssurance, ServiceStatus
from ..operations.eligibility import Assessed
from ..storage.services import ProvidedService
from . import services
from .evidence import EvidenceCode
from .services import (
    AverageTimeView,
    ChannelView,
    CostView,
    MediaType,
    NamedTermView,
    RequirementView,
    ServiceSummary,
    SuspensionView,
    TermView,
)
from .vocabulary import LifeEvent, ServiceCode, Version

FactCode = Annotated[
    str,
    Field(max_length=64, pattern=r"^[a-z][a-z0-9_]*$", examples=["citizenship"], description="Its code."),
]
AnswerCode = Annotated[
    str,
    Field(max_length=64, pattern=r"^[A-Z][A-Z0-9_]*$", examples=["RO"], description="Code of an answer."),
]
KnownFacts = Annotated[
    dict[FactCode, AnswerCode | Int32],
    Field(
        max_length=100,
        examples=[{"person": "SELF", "age": 34, "citizenship": "RO"}],
        description="What is known so far, by the codes of facts. Ages, never dates of birth; no names, "
        "no personal numbers.",
    ),
]
Day = Annotated[
    LegalDate | None, Field(description="The day of the application or the appointment; today when absent.")
]


class AskEligibility(Resource):
    """A case, as far as it is known. It is answered and forgotten."""

    facts: KnownFacts
    on: Day = None


class AskEligibilities(AskEligibility):
    """A case, and the services that are looked through."""

    life_event: Annotated[LifeEvent, Field(description="The situation the services are needed in.")]
    audience: Annotated[Audience | None, Field(description="Only those for this audience.")] = None


class AnswerView(Resource):
    """A possible answer."""

    code: AnswerCode
    text: Annotated[LocalisedText, Field(description="What it says.")]


class FactView(Resource):
    """A fact, and the question that asks for it."""

    fact: FactCode
    kind: Annotated[FactKind, Field(description="What the answer is.")]
    question: Annotated[LocalisedText, Field(description="The question, as a citizen is asked.")]
    help: Annotated[LocalisedText | None, Field(description="More about the question.")]
    answers: Annotated[
        list[AnswerView], Field(max_length=50, description="The possible answers; empty for a number.")
    ]
    highest: Annotated[Int32 | None, Field(description="The greatest number, for a number.")]

    @classmethod
    def of(cls, fact: Fact) -> Self:
        """The view of a fact."""
        return cls.model_validate(_fact(fact), from_attributes=True)


class FactsView(Resource):
    """The catalog of facts."""

    items: Annotated[
        list[FactView], Field(max_length=200, description="Every fact, in the order in which one asks.")
    ]


class QuestionView(FactView):
    """A question whose answer still matters."""

    decides: Annotated[
        list[Purpose],
        Field(max_length=5, description="What the answer decides; REQUIREMENT: whether one may use it."),
    ]

    @classmethod
    def asked(cls, question: Question) -> Self:
        """The view of a question."""
        return cls.model_validate(_fact(question.fact) | {"decides": question.purposes}, from_attributes=True)


Certain = Annotated[
    bool, Field(description="False while it depends on facts that are not known: it may not concern you.")
]


class CaseChannelView(ChannelView):
    """A way to use the service that is open in this case."""

    sign_in: Annotated[
        MinimumAssurance, Field(description="Level of assurance that it asks for; NONE: no sign-in.")
    ]
    certain: Certain


class CaseEvidenceView(Resource):
    """Evidence that is asked for in this case."""

    evidence: EvidenceCode
    title: Annotated[LocalisedText, Field(description="What it is called.")]
    note: Annotated[LocalisedText | None, Field(description="In which case, or in what form.")]
    mandatory: Annotated[bool, Field(description="Whether it must be there.")]
    channels: Annotated[
        list[ChannelKind], Field(max_length=10, description="The channels it is asked in; empty for all.")
    ]
    consent: Annotated[
        LocalisedText | None,
        Field(description="What one agrees to instead: the authority takes it from a register itself."),
    ]
    formats: Annotated[list[MediaType], Field(max_length=10, description="Media types of an upload.")]
    certain: Certain


class CaseCostView(CostView):
    """A cost in this case."""

    certain: Certain


class CaseTermView(NamedTermView):
    """A further term in this case."""

    certain: Certain


class AssessmentView(Resource):
    """What an entry says of a case: can I use this, what do I need, at what cost, how long does it take."""

    service: ServiceCode
    version: Version
    status: Annotated[ServiceStatus, Field(description="SUSPENDED: see `suspension`.")]
    on: Annotated[LegalDate, Field(description="The day for which it holds.")]
    outcome: Annotated[
        Outcome,
        Field(description="MORE_NEEDED: the questions that decide it are first among `questions`."),
    ]
    questions: Annotated[
        list[QuestionView],
        Field(max_length=100, description="What would have to be known to say more, in order."),
    ]
    unmet: Annotated[
        list[RequirementView],
        Field(
            max_length=50,
            description="Requirements that are not met, and what to do otherwise; with `channels`, only "
            "these are closed.",
        ),
    ]
    told: Annotated[
        list[RequirementView],
        Field(max_length=50, description="Requirements that must hold too, and that nobody asks about here."),
    ]
    channels: Annotated[list[CaseChannelView], Field(max_length=20, description="The ways that are open.")]
    evidence: Annotated[list[CaseEvidenceView], Field(max_length=50, description="What is to be proved.")]
    costs: Annotated[
        list[CaseCostView], Field(max_length=20, description="What it costs; empty when not confirmed.")
    ]
    legal_deadline: Annotated[
        TermView | None, Field(description="The authority's term; null when no law sets one.")
    ]
    average_time: Annotated[AverageTimeView | None, Field(description="How long it takes on the average.")]
    further_terms: Annotated[list[CaseTermView], Field(max_length=20, description="Other terms.")]
    suspension: Annotated[SuspensionView | None, Field(description="Why it is suspended, when it is.")]

    @classmethod
    def of(cls, assessed: Assessed, on: date) -> Self:
        """The view of what an entry says of a case."""
        service, assessment, rules = assessed.provided.service, assessed.assessment, assessed.rules
        return cls.model_validate(
            {
                "service": service.code,
                "version": service.version,
                "status": service.status,
                "on": on,
                "outcome": assessment.outcome,
                "questions": [QuestionView.asked(each) for each in assessment.questions],
                "unmet": assessment.unmet,
                "told": assessment.told,
                "channels": [_channel(each, service.min_assurance) for each in assessment.channels],
                "evidence": [_evidence(each, assessed.evidence) for each in assessment.inputs],
                "costs": [
                    CaseCostView.on_day(each.value, rules, on, certain=each.certain)
                    for each in assessment.costs
                ],
                "legal_deadline": _term(service.legal_deadline, rules, on),
                "average_time": service.average_time,
                "further_terms": [
                    services.shown(
                        CaseTermView,
                        each.value,
                        term=_term(each.value.rule, rules, on),
                        conditional=each.value.condition is not None,
                        certain=each.certain,
                    )
                    for each in assessment.terms
                ],
                "suspension": service.suspension,
            },
            from_attributes=True,
        )


class ServiceOutcomeView(Resource):
    """A service, with whether it can be used."""

    service: Annotated[ServiceSummary, Field(description="The service.")]
    outcome: Annotated[Outcome, Field(description="Whether it can be used, as far as that is known.")]
    unmet: Annotated[
        list[RequirementView], Field(max_length=50, description="Requirements that are not met.")
    ]


class EligibilitiesView(Resource):
    """What one can use in a situation."""

    on: Annotated[LegalDate, Field(description="The day for which it holds.")]
    items: Annotated[
        list[ServiceOutcomeView],
        Field(max_length=50, description="What can be used first, then what may be, then what cannot."),
    ]
    questions: Annotated[
        list[QuestionView],
        Field(
            max_length=100, description="What would have to be known to say more: what decides most first."
        ),
    ]

    @classmethod
    def of(cls, found: list[tuple[ProvidedService, Assessment]], on: date) -> Self:
        """The view of what several entries say of a case."""
        order = {Outcome.ELIGIBLE: 0, Outcome.MORE_NEEDED: 1, Outcome.NOT_ELIGIBLE: 2}
        deciding = [
            question
            for _, assessment in found
            for question in assessment.questions
            if assessment.outcome is Outcome.MORE_NEEDED and Purpose.REQUIREMENT in question.purposes
        ]
        codes = [question.fact.code for question in deciding]
        by_code = {question.fact.code: question for question in deciding}
        return cls.model_validate(
            {
                "on": on,
                "items": [
                    {
                        "service": ServiceSummary.of(provided),
                        "outcome": assessment.outcome,
                        "unmet": assessment.unmet,
                    }
                    for provided, assessment in sorted(found, key=lambda each: order[each[1].outcome])
                ],
                "questions": [
                    QuestionView.asked(by_code[code])
                    for code in sorted(by_code, key=codes.count, reverse=True)
                ],
            },
            from_attributes=True,
        )


def _fact(fact: Fact) -> dict[str, object]:
    return {
        "fact": fact.code,
        "kind": fact.kind,
        "question": fact.question,
        "help": fact.help,
        "answers": fact.answers,
        "highest": fact.highest,
    }


def _channel(part: Part[Channel], sign_in: MinimumAssurance) -> CaseChannelView:
    online = part.value.kind in {ChannelKind.WEB, ChannelKind.MOBILE}
    return services.shown(
        CaseChannelView,
        part.value,
        sign_in=sign_in if online else MinimumAssurance.NONE,
        certain=part.certain,
    )


def _evidence(part: Part[Input], known: Mapping[str, EvidenceType]) -> CaseEvidenceView:
    needed, kind = part.value, known[part.value.evidence]
    return services.shown(
        CaseEvidenceView,
        needed,
        title=kind.title,
        consent=kind.register.consent if kind.register else None,
        formats=kind.formats,
        certain=part.certain,
    )


def _term(code: str | None, rules: Rules, on: date) -> TermView | None:
    return TermView.of(rules.on(code, on)) if code else None
