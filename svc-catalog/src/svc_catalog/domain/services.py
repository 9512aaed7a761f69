"""Services: what one can ask for, from whom, how, at what cost and by when."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final
from uuid import UUID, uuid5

from . import text
from .text import Index, Keywords, Question, Texts

_NAMESPACE: Final = UUID("b7a0c7c5-52f4-5d0b-8f3e-2f1d9a6e4c10")


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


class ChannelKind(StrEnum):
    """A way to use a service."""

    WEB = "WEB"
    MOBILE = "MOBILE"
    COUNTER = "COUNTER"
    POST = "POST"
    EMAIL = "EMAIL"
    PHONE = "PHONE"


class TermUnit(StrEnum):
    """What a legal term counts."""

    HOURS = "HOURS"
    CALENDAR_DAYS = "CALENDAR_DAYS"
    WORKING_DAYS = "WORKING_DAYS"
    MONTHS = "MONTHS"


class StepActor(StrEnum):
    """Who takes a step."""

    APPLICANT = "APPLICANT"
    AUTHORITY = "AUTHORITY"


@dataclass(frozen=True, slots=True)
class LegalBasis:
    """The act, by its Romanian short title, and the article where it is known."""

    act: str
    article: str | None = None


@dataclass(frozen=True, slots=True)
class Term:
    """A legal term. `verified` says whether the value was read in a source that agrees with others."""

    value: int
    unit: TermUnit
    legal_basis: LegalBasis
    verified: bool


@dataclass(frozen=True, slots=True)
class NamedTerm:
    """A further term of the procedure, and what it is for."""

    purpose: Texts
    term: Term


@dataclass(frozen=True, slots=True)
class Money:
    """An amount with two decimals."""

    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Cost:
    """What a service costs; `condition` says in which case, when it is not the same for all."""

    price: Money
    verified: bool
    legal_basis: LegalBasis | None = None
    condition: Texts | None = None


@dataclass(frozen=True, slots=True)
class Channel:
    """A way to use the service, with its address where it has one."""

    kind: ChannelKind
    note: Texts
    verified: bool
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the procedure, in order."""

    actor: StepActor
    text: Texts


@dataclass(frozen=True, slots=True)
class Redress:
    """What one can do against a decision or silence."""

    text: Texts
    verified: bool
    authority: Texts | None = None
    term: Term | None = None
    legal_basis: LegalBasis | None = None


@dataclass(frozen=True, slots=True)
class Service:
    """An entry of the catalog (OMAI 136/2020 art. 8(3), CPSV-AP). `life_events` are open codes.

    `costs` is empty when the cost is not confirmed; a free service has a cost of 0.
    `legal_deadline` is the authority's, `None` when no law sets one.
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
    min_age: int | None = None
    costs: tuple[Cost, ...] = ()
    legal_deadline: Term | None = None
    further_terms: tuple[NamedTerm, ...] = ()
    legal_basis: tuple[LegalBasis, ...] = ()
    redress: tuple[Redress, ...] = ()
    version: int = 1

    @property
    def sort_key(self) -> str:
        """Its place in the list: by Romanian title."""
        return text.sort_key(self.title.ro)

    def index(self) -> Index:
        """What a search finds it by."""
        return text.index(
            [self.code, *self.title.all()],
            [*self.summary.all(), *self.description.all(), *self.keywords.all()],
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
