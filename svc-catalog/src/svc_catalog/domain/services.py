"""Services: what one can ask for, from whom, how, at what cost and by when.

The model of an entry: OMAI 136/2020 art. 8(3), Regulation (EU) 2018/1724 (single digital gateway)
art. 10, CPSV-AP 3.2. A number that comes from a law is never in an entry: it names the rule.
"""

from dataclasses import dataclass, fields
from datetime import date
from enum import IntEnum, StrEnum
from typing import Final, TypeAlias
from uuid import UUID, uuid5

from hub_core.language import Language

from . import conditions, text
from .conditions import Condition
from .institutions import Contact
from .text import Index, Keywords, Question, Texts

_NAMESPACE: Final = UUID("b7a0c7c5-52f4-5d0b-8f3e-2f1d9a6e4c10")

RuleCode: TypeAlias = str
"""The code of a rule of the rule tables, such as `petition.answer`."""


class ServiceStatus(StrEnum):
    """Where an entry stands in its life."""

    DRAFT = "DRAFT"
    IN_REVIEW = "IN_REVIEW"
    PILOT = "PILOT"
    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"
    RETIRED = "RETIRED"


PUBLISHED: Final = frozenset({ServiceStatus.PILOT, ServiceStatus.ACTIVE, ServiceStatus.SUSPENDED})


class Audience(StrEnum):
    """Whom a service is for."""

    CITIZENS = "CITIZENS"
    BUSINESSES = "BUSINESSES"
    PUBLIC_INSTITUTIONS = "PUBLIC_INSTITUTIONS"
    MINISTRY_STAFF = "MINISTRY_STAFF"
    ROMANIAN_CITIZENS = "ROMANIAN_CITIZENS"
    FOREIGN_CITIZENS = "FOREIGN_CITIZENS"


class MinimumAssurance(StrEnum):
    """The lowest level of assurance a service asks for; NONE: no sign-in."""

    NONE = "NONE"
    LOW = "LOW"
    SUBSTANTIAL = "SUBSTANTIAL"
    HIGH = "HIGH"


class IdentificationMeans(StrEnum):
    """By what an applicant may be identified."""

    HUB_ACCOUNT = "HUB_ACCOUNT"
    ROEID = "ROEID"
    ELECTRONIC_IDENTITY_CARD = "ELECTRONIC_IDENTITY_CARD"
    EIDAS = "EIDAS"
    IDENTITY_DOCUMENT = "IDENTITY_DOCUMENT"


class SignatureKind(StrEnum):
    """An electronic signature by its strength (Regulation (EU) 910/2014); NONE: none is asked for."""

    NONE = "NONE"
    SIMPLE = "SIMPLE"
    ADVANCED = "ADVANCED"
    QUALIFIED = "QUALIFIED"


class SubmissionMode(StrEnum):
    """How an application reaches the provider."""

    ONLINE = "ONLINE"
    PRINT_AND_SIGN = "PRINT_AND_SIGN"
    COUNTER = "COUNTER"


class ChannelKind(StrEnum):
    """A way to use a service."""

    WEB = "WEB"
    MOBILE = "MOBILE"
    COUNTER = "COUNTER"
    POST = "POST"
    EMAIL = "EMAIL"
    PHONE = "PHONE"


class StepActor(StrEnum):
    """Who takes a step."""

    APPLICANT = "APPLICANT"
    AUTHORITY = "AUTHORITY"


class TimeUnit(StrEnum):
    """What an average time counts."""

    MINUTES = "MINUTES"
    HOURS = "HOURS"
    CALENDAR_DAYS = "CALENDAR_DAYS"
    WORKING_DAYS = "WORKING_DAYS"
    MONTHS = "MONTHS"


class PaymentMethod(StrEnum):
    """How a fee may be paid."""

    ONLINE = "ONLINE"
    BANK = "BANK"
    CASH = "CASH"
    CARD_AT_COUNTER = "CARD_AT_COUNTER"


class SilenceEffect(StrEnum):
    """What it means when no answer comes in time."""

    NONE = "NONE"
    TACIT_APPROVAL = "TACIT_APPROVAL"


class RedressKind(StrEnum):
    """A way to have a decision or silence looked at again."""

    ADMINISTRATIVE = "ADMINISTRATIVE"
    COURT = "COURT"
    CORRECTION = "CORRECTION"
    OTHER = "OTHER"


class Sophistication(IntEnum):
    """How far a service goes online."""

    INFORMATION = 1
    ONE_WAY = 2
    TWO_WAY = 3
    TRANSACTION = 4
    PERSONALISED = 5


@dataclass(frozen=True, slots=True)
class LegalBasis:
    """The act, by its Romanian short title, with the article and the address of its text where known."""

    act: str
    article: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class NamedTerm:
    """A further term of the procedure, and what it is for; `condition` says for whom it is."""

    purpose: Texts
    rule: RuleCode
    condition: Condition | None = None


@dataclass(frozen=True, slots=True)
class AverageTime:
    """How long it takes on the average, as the provider says: no term of a law."""

    value: int
    unit: TimeUnit
    verified: bool


@dataclass(frozen=True, slots=True)
class Cost:
    """A fee, by the rule that sets it (0 where the service is free).

    `condition` says for whom it is, `note` says the same in words; empty `channels` means all of them.
    """

    rule: RuleCode
    condition: Condition | None = None
    note: Texts | None = None
    payment_methods: tuple[PaymentMethod, ...] = ()
    channels: tuple[ChannelKind, ...] = ()


@dataclass(frozen=True, slots=True)
class Channel:
    """A way to use the service, with its address and hours where it has some of its own."""

    kind: ChannelKind
    note: Texts
    verified: bool
    url: str | None = None
    hours: Texts | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the procedure, in order; without channels it is the same in all of them."""

    actor: StepActor
    text: Texts
    channels: tuple[ChannelKind, ...] = ()


@dataclass(frozen=True, slots=True)
class Input:
    """Evidence asked for: its type, whether it must be there, and from whom it is asked.

    Empty `channels` means all of them.
    """

    evidence: str
    mandatory: bool = True
    condition: Condition | None = None
    note: Texts | None = None
    channels: tuple[ChannelKind, ...] = ()


@dataclass(frozen=True, slots=True)
class Output:
    """What the applicant gets. `validity` is a rule; `formats` are media types, empty on paper only."""

    code: str
    title: Texts
    signature: SignatureKind = SignatureKind.NONE
    formats: tuple[str, ...] = ()
    validity: RuleCode | None = None
    legal_effect: Texts | None = None


@dataclass(frozen=True, slots=True)
class Requirement:
    """Who may use the service. `otherwise` says what to do when that is not so.

    Without `condition` it is told and not asked beforehand (health, criminal records). With `channels`
    it concerns only these: whoever does not meet it takes another one. `instead` are other services.
    """

    code: str
    text: Texts
    otherwise: Texts
    condition: Condition | None = None
    legal_basis: LegalBasis | None = None
    channels: tuple[ChannelKind, ...] = ()
    instead: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Silence:
    """What it means when no answer comes in time (SDG art. 10(1)(h), OUG 27/2003)."""

    effect: SilenceEffect
    text: Texts
    legal_basis: LegalBasis | None = None


@dataclass(frozen=True, slots=True)
class Redress:
    """What one can do against a decision or silence."""

    kind: RedressKind
    text: Texts
    verified: bool
    authority: Texts | None = None
    term: RuleCode | None = None
    legal_basis: LegalBasis | None = None


@dataclass(frozen=True, slots=True)
class Suspension:
    """Why a service is suspended, what to use meanwhile, and its last day where it is known."""

    reason: Texts
    alternative: Texts
    since: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """What lists show of an entry."""

    id: UUID
    code: str
    version: int
    status: ServiceStatus
    title: Texts
    summary: Texts
    provider_id: UUID
    audiences: tuple[Audience, ...]
    life_events: tuple[str, ...]
    min_assurance: MinimumAssurance


@dataclass(frozen=True, slots=True)
class Service:
    """One version of an entry. `life_events` and `topics` are open codes.

    What it must have to be published is checked then: a draft may lack almost everything.
    `authority_id` is who decides, where that is not the provider; `accepted_formats` are the media
    types of electronic documents that are taken, `accepted_signatures` the signatures on them,
    `reception` how they are received (OMAI 136/2020 art. 8(3)). `exceptions` are the steps that
    cannot be taken online. `legal_deadline` is the authority's, `None` when no law sets one; no
    `costs` means that the cost is not confirmed. `min_age` is the rule of the lowest age online.
    """

    id: UUID
    code: str
    status: ServiceStatus
    title: Texts
    summary: Texts
    description: Texts
    provider_id: UUID
    audiences: tuple[Audience, ...]
    life_events: tuple[str, ...]
    min_assurance: MinimumAssurance
    channels: tuple[Channel, ...]
    steps: tuple[Step, ...]
    keywords: Keywords
    authority_id: UUID | None = None
    topics: tuple[str, ...] = ()
    counties: tuple[str, ...] = ()
    min_age: RuleCode | None = None
    identification: tuple[IdentificationMeans, ...] = ()
    accepted_formats: tuple[str, ...] = ()
    accepted_signatures: tuple[SignatureKind, ...] = ()
    reception: Texts | None = None
    submission: SubmissionMode = SubmissionMode.ONLINE
    exceptions: Texts | None = None
    form: str | None = None
    requirements: tuple[Requirement, ...] = ()
    inputs: tuple[Input, ...] = ()
    outputs: tuple[Output, ...] = ()
    costs: tuple[Cost, ...] = ()
    legal_deadline: RuleCode | None = None
    average_time: AverageTime | None = None
    further_terms: tuple[NamedTerm, ...] = ()
    silence: Silence | None = None
    redress: tuple[Redress, ...] = ()
    legal_basis: tuple[LegalBasis, ...] = ()
    contacts: tuple[Contact, ...] = ()
    languages: tuple[Language, ...] = ()
    related: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    sophistication: Sophistication | None = None
    digitalisation_percent: int | None = None
    established_year: int | None = None
    suspension: Suspension | None = None
    version: int = 1

    @property
    def sort_key(self) -> str:
        """Its place in the list: by Romanian title."""
        return text.sort_key(self.title.ro)

    @property
    def rules(self) -> frozenset[RuleCode]:
        """The rules that it names: terms, fees, ages, validities, the numbers of conditions."""
        named = (
            self.min_age,
            self.legal_deadline,
            *(cost.rule for cost in self.costs),
            *(term.rule for term in self.further_terms),
            *(output.validity for output in self.outputs),
            *(redress.term for redress in self.redress),
            *(rule for condition in self.conditions for rule in conditions.rules(condition)),
        )
        return frozenset(rule for rule in named if rule is not None)

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """Every condition that it sets: on who may use it, costs, evidence, terms."""
        of_parts = (
            *(requirement.condition for requirement in self.requirements),
            *(cost.condition for cost in self.costs),
            *(needed.condition for needed in self.inputs),
            *(term.condition for term in self.further_terms),
        )
        return tuple(condition for condition in of_parts if condition is not None)

    @property
    def card(self) -> Card:
        """What lists show of it."""
        return Card(**{field.name: getattr(self, field.name) for field in fields(Card)})

    def index(self) -> Index:
        """What a search finds it by."""
        return text.index(
            names=[(Language.EN, self.code), *self.title.said()],
            calls=self.keywords.usual(),
            keywords=self.keywords.said(),
            summary=self.summary.said(),
            texts=self.description.said(),
        )


@dataclass(frozen=True, slots=True)
class Filter:
    """Which published services are wanted; `provider` is an institution's id or code."""

    question: Question | None = None
    audience: Audience | None = None
    life_event: str | None = None
    provider: UUID | str | None = None


def service_id(code: str) -> UUID:
    """The id of an entry of the reference data: the same in every installation."""
    return uuid5(_NAMESPACE, f"service:{code}")
