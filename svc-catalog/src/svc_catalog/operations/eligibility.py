"""Whether somebody can use a service: nothing is stored, not even that it was asked."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from hub_core.problem import FieldError
from hub_core.rules import Rules
from hub_events.session import Session
from hub_service.problems import InvalidRequest

from ..domain import conditions, eligibility, services
from ..domain.conditions import Value
from ..domain.eligibility import Assessment
from ..domain.evidence import EvidenceType
from ..domain.facts import Facts
from ..domain.rules import must_hold
from ..domain.services import Service
from ..errors.services import ServiceNotFound
from ..reference import facts as reference
from ..storage import evidence, rules
from ..storage import services as storage
from ..storage.services import ProvidedService

AT_ONCE: Final = 50
"""How many services are assessed in one request, at most."""


@dataclass(frozen=True, slots=True)
class Assessed:
    """A service with what it says of a case, the rules it names and the types of evidence it asks for."""

    provided: ProvidedService
    assessment: Assessment
    rules: Rules
    evidence: Mapping[str, EvidenceType]


async def assess(session: Session, code: str, known: Mapping[str, Value], on: date) -> Assessed:
    """What the published service of a code says of a case on a day.

    Raises `ServiceNotFound`, and `RuleNotInForce` when one of its rules has no value on that day.
    """
    catalog = _checked(known)
    async with session.begin():
        provided = await storage.get_published(session, code)
        if provided is None:
            raise ServiceNotFound
        needed_numbers = provided.service.rules | _rules_of(catalog)
        numbers = await rules.read(session, needed_numbers)
        needed = await evidence.read(session, {each.evidence for each in provided.service.inputs})
    must_hold(numbers, needed_numbers, on)
    assessment = eligibility.assess(provided.service, known, catalog, numbers, on)
    return Assessed(provided, assessment, numbers, needed)


async def assess_all(
    session: Session, wanted: services.Filter, known: Mapping[str, Value], on: date
) -> list[tuple[ProvidedService, Assessment]]:
    """What the published services that fit the filter say of a case, by title, at most `AT_ONCE`.

    Raises `RuleNotInForce` when one of their rules has no value on that day.
    """
    catalog = _checked(known)
    async with session.begin():
        found = await storage.find_whole(session, wanted, AT_ONCE)
        named = _rules_of_all(provided.service for provided in found) | _rules_of(catalog)
        numbers = await rules.read(session, named)
    must_hold(numbers, named, on)
    return [
        (provided, eligibility.assess(provided.service, known, catalog, numbers, on)) for provided in found
    ]


def _checked(known: Mapping[str, Value]) -> Facts:
    """The catalog of facts, when these are facts that it has and answers that it allows."""
    catalog = reference.facts()
    flaws = []
    for code, value in known.items():
        fact = catalog.get(code)
        if fact is None:
            flaws.append(FieldError(f"/facts/{code}", "unknown", "This fact is not known"))
        elif not fact.allows(value):
            flaws.append(FieldError(f"/facts/{code}", "answer", "This is not an answer to the question"))
    if flaws:
        raise InvalidRequest(errors=flaws)
    return catalog


def _rules_of(catalog: Facts) -> frozenset[str]:
    return frozenset().union(*(conditions.rules(fact.when) for fact in catalog if fact.when))


def _rules_of_all(found: Iterable[Service]) -> frozenset[str]:
    return frozenset().union(*(service.rules for service in found))
