"""What an entry names must be there: institutions, rules with a value, evidence, other services.

A number that stands in a text must be one that a rule of the entry gives: what the law says is read
from the rules, and a text that says something else is found before it is published.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from hub_core.problem import FieldError
from hub_core.rules import TIME_UNITS, NoRule, Rules, Unit

from . import conditions, figures, parity, pointers
from .conditions import AllOf, AnyOf, AtLeast, AtMost, Below, Condition, NoneOf, OneOf
from .services import AverageTime, Cost, RuleCode, Service
from .text import Texts

PROVIDER: Final = "The institution is not in the catalog."
CONTACT: Final = "Say whom to ask, here or at the provider (Regulation (EU) 2018/1724 art. 10(1)(b))."
RULE: Final = "No rule with this code has a value today."
NO_TERM: Final = "This rule gives no term."
NO_MONEY: Final = "This rule gives no amount of money."
PAYMENT: Final = "Say how the fee may be paid (Regulation (EU) 2018/1724 art. 10(1)(f))."
EVIDENCE: Final = "No type of evidence has this code (Regulation (EU) 2018/1724 art. 10(1)(d))."
FACT: Final = "No fact has this code, so nobody could be asked for it."
SERVICE: Final = "No published service has this code."
NUMBER: Final = "A number in this text is not one that a rule of the entry gives."
TEXTS: Final = (PROVIDER, CONTACT, RULE, NO_TERM, NO_MONEY, PAYMENT, EVIDENCE, FACT, SERVICE, NUMBER)

_RULED: Final = frozenset(
    {Unit.HOURS, Unit.CALENDAR_DAYS, Unit.WORKING_DAYS, Unit.MONTHS, Unit.YEARS, Unit.LEI}
)
_CONDITIONS: Final[tuple[type[Condition], ...]] = (OneOf, AtLeast, AtMost, Below, AllOf, AnyOf, NoneOf)


@dataclass(frozen=True, slots=True)
class Known:
    """What is in the catalog on the day `on`, as far as an entry names it.

    `reachable` says of each institution that exists whether it has a contact of its own.
    """

    on: date
    rules: Rules
    reachable: Mapping[UUID, bool]
    evidence: Collection[str]
    facts: frozenset[str]
    services: Collection[str]


def services(service: Service) -> frozenset[str]:
    """The codes of the other services that an entry names."""
    return frozenset(code for _, code in _services(service))


def findings(service: Service, known: Known) -> Iterator[FieldError]:
    """What an entry names and is not there, by JSON pointer."""
    yield from _of_institutions(service, known)
    yield from _of_rules(service, known)
    for place, wanted in enumerate(service.inputs):
        if wanted.evidence not in known.evidence:
            yield FieldError(f"/inputs/{place}/evidence", "evidence-unknown", EVIDENCE)
    for pointer, code in _services(service):
        if code not in known.services:
            yield FieldError(pointer, "service-unknown", SERVICE)
    yield from _of_numbers(service, known)


def _of_institutions(service: Service, known: Known) -> Iterator[FieldError]:
    if service.provider_id not in known.reachable:
        yield FieldError("/provider_id", "institution-unknown", PROVIDER)
    elif not service.contacts and not known.reachable[service.provider_id]:
        yield FieldError("/contacts", "contact-missing", CONTACT)
    if service.authority_id is not None and service.authority_id not in known.reachable:
        yield FieldError("/authority_id", "institution-unknown", PROVIDER)


def _of_rules(service: Service, known: Known) -> Iterator[FieldError]:
    for pointer, code in _terms(service):
        if _unit(code, known) is None:
            yield FieldError(pointer, "rule-unknown", RULE)
        elif _unit(code, known) not in TIME_UNITS:
            yield FieldError(pointer, "rule-no-term", NO_TERM)
    for place, cost in enumerate(service.costs):
        yield from _of_cost(f"/costs/{place}", cost, known)
    for pointer, condition in _conditions(service):
        if any(_unit(code, known) is None for code in conditions.rules(condition)):
            yield FieldError(pointer, "rule-unknown", RULE)
        if not known.facts.issuperset(conditions.facts(condition)):
            yield FieldError(pointer, "fact-unknown", FACT)


def _of_cost(pointer: str, cost: Cost, known: Known) -> Iterator[FieldError]:
    unit = _unit(cost.rule, known)
    if unit is None:
        yield FieldError(f"{pointer}/rule", "rule-unknown", RULE)
    elif unit is not Unit.LEI:
        yield FieldError(f"{pointer}/rule", "rule-no-money", NO_MONEY)
    elif known.rules.on(cost.rule, known.on).value and not cost.payment_methods:
        yield FieldError(f"{pointer}/payment_methods", "payment-missing", PAYMENT)


def _terms(service: Service) -> Iterator[tuple[str, RuleCode]]:
    """The rules of terms, ages and validities, each with its pointer."""
    for member, code in (("min_age", service.min_age), ("legal_deadline", service.legal_deadline)):
        if code is not None:
            yield f"/{member}", code
    for place, named in enumerate(service.further_terms):
        yield f"/further_terms/{place}/rule", named.rule
    for place, output in enumerate(service.outputs):
        if output.validity is not None:
            yield f"/outputs/{place}/validity", output.validity
    for place, redress in enumerate(service.redress):
        if redress.term is not None:
            yield f"/redress/{place}/term", redress.term


def _services(service: Service) -> Iterator[tuple[str, str]]:
    named = {"related": service.related, "requires": service.requires} | {
        f"requirements/{place}/instead": requirement.instead
        for place, requirement in enumerate(service.requirements)
    }
    for member, codes in named.items():
        for place, code in enumerate(codes):
            yield f"/{member}/{place}", code


def _of_numbers(service: Service, known: Known) -> Iterator[FieldError]:
    given = set(_given(service.rules, service.average_time, known))
    for pointer, texts in pointers.find(service, Texts):
        for language, text in parity.by_language(texts).items():
            for figure in figures.figures(text, language):
                if figure.unit in _RULED and (figure.value, figure.unit) not in given:
                    yield FieldError(f"{pointer}/{language}", "number-without-rule", NUMBER)


def _given(
    codes: Iterable[RuleCode], average: AverageTime | None, known: Known
) -> Iterator[tuple[Decimal, Unit]]:
    """The numbers that an entry may write, for its rules give them."""
    if average is not None:
        yield Decimal(average.value), Unit(average.unit)
    for code in codes:
        if _unit(code, known) is not None:
            rule = known.rules.on(code, known.on)
            yield rule.value, rule.unit


def _unit(code: RuleCode, known: Known) -> Unit | None:
    try:
        return known.rules.on(code, known.on).unit
    except NoRule:
        return None


def _conditions(service: Service) -> Iterator[tuple[str, Condition]]:
    return pointers.find(service, _CONDITIONS)
