"""Whether somebody can use a service, with what evidence, at what cost and by when, before they sign in.

What the law asks the catalog to show of a procedure (Regulation (EU) 2018/1724 art. 10), for one case.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Generic, TypeVar

from hub_core.rules import Rules

from . import conditions
from .conditions import Condition, Truth, Value, Verdict
from .facts import Fact, Facts
from .services import Channel, ChannelKind, Cost, Input, NamedTerm, Requirement, Service

T = TypeVar("T")


class Outcome(StrEnum):
    """Whether the service can be used, as far as that is known."""

    ELIGIBLE = "ELIGIBLE"
    NOT_ELIGIBLE = "NOT_ELIGIBLE"
    MORE_NEEDED = "MORE_NEEDED"


class Purpose(StrEnum):
    """What the answer to a question decides."""

    REQUIREMENT = "REQUIREMENT"
    CHANNEL = "CHANNEL"
    EVIDENCE = "EVIDENCE"
    COST = "COST"
    TERM = "TERM"


@dataclass(frozen=True, slots=True)
class Question:
    """A fact that still matters, and what for."""

    fact: Fact
    purposes: tuple[Purpose, ...]


@dataclass(frozen=True, slots=True)
class Part(Generic[T]):
    """A part of the entry that concerns this case; not `certain` while it depends on what is not known."""

    value: T
    certain: bool


@dataclass(frozen=True, slots=True)
class Assessment:
    """What an entry says of one case.

    `unmet` are the requirements that fail, `told` those nobody asks about and that must hold too. A
    channel is certain when nothing that is not known can close it. Who may use the service in no way
    is asked nothing more and told no evidence, cost or term.
    """

    outcome: Outcome
    questions: tuple[Question, ...]
    unmet: tuple[Requirement, ...]
    told: tuple[Requirement, ...]
    channels: tuple[Part[Channel], ...] = ()
    inputs: tuple[Part[Input], ...] = ()
    costs: tuple[Part[Cost], ...] = ()
    terms: tuple[Part[NamedTerm], ...] = ()


@dataclass(frozen=True, slots=True)
class _Judged(Generic[T]):
    value: T
    verdict: Verdict

    @property
    def fails(self) -> bool:
        return self.verdict.truth is Truth.FAILS

    @property
    def part(self) -> Part[T]:
        return Part(self.value, certain=self.verdict.truth is Truth.HOLDS)


@dataclass(frozen=True, slots=True)
class _Case:
    """What is known, with what it takes to judge by it."""

    known: Mapping[str, Value]
    rules: Rules
    on: date

    def judge(self, value: T, condition: Condition | None) -> _Judged[T]:
        if condition is None:
            return _Judged(value, Verdict(Truth.HOLDS))
        return _Judged(value, conditions.evaluate(condition, self.known, self.rules, self.on))


def assess(
    service: Service, known: Mapping[str, Value], catalog: Facts, rules: Rules, on: date
) -> Assessment:
    """What an entry says of the case with these facts, with the numbers of the day `on`.

    Raises `NoRule` where a number that is needed has no rule that day.
    """
    case = _Case(catalog.complete(known, rules, on), rules, on)
    judged = [case.judge(each, each.condition) for each in service.requirements]
    channels = [_open(channel, judged) for channel in service.channels]
    general = [each for each in judged if not each.value.channels]
    unmet = tuple(each.value for each in judged if each.fails)
    told = tuple(each.value for each in judged if each.value.condition is None)
    usable = [each for each in channels if not each.fails]
    if any(each.fails for each in general) or (channels and not usable):
        return Assessment(Outcome.NOT_ELIGIBLE, (), unmet, told)

    kinds = {each.value.kind for each in usable}
    inputs = [case.judge(each, each.condition) for each in service.inputs if _meets(each.channels, kinds)]
    costs = [case.judge(each, each.condition) for each in service.costs if _meets(each.channels, kinds)]
    terms = [case.judge(each, each.condition) for each in service.further_terms]
    settled = all(each.part.certain for each in general) and (
        not channels or any(each.part.certain for each in usable)
    )
    asked = [
        *_missing(Purpose.REQUIREMENT, general),
        *_missing(Purpose.CHANNEL, usable),
        *_missing(Purpose.EVIDENCE, inputs),
        *_missing(Purpose.COST, costs),
        *_missing(Purpose.TERM, terms),
    ]
    return Assessment(
        Outcome.ELIGIBLE if settled else Outcome.MORE_NEEDED,
        _questions(asked, catalog, case),
        unmet,
        told,
        channels=_parts(usable),
        inputs=_parts(inputs),
        costs=_parts(costs),
        terms=_parts(terms),
    )


def _open(channel: Channel, requirements: Iterable[_Judged[Requirement]]) -> _Judged[Channel]:
    """Whether the requirements that concern a channel let it be used."""
    concerned = [each.verdict for each in requirements if channel.kind in each.value.channels]
    return _Judged(channel, conditions.join(concerned))


def _meets(wanted: tuple[ChannelKind, ...], usable: set[ChannelKind]) -> bool:
    return not wanted or not usable.isdisjoint(wanted)


def _parts(judged: Iterable[_Judged[T]]) -> tuple[Part[T], ...]:
    return tuple(each.part for each in judged if not each.fails)


def _missing(purpose: Purpose, judged: Iterable[_Judged[T]]) -> Iterator[tuple[str, Purpose]]:
    return ((fact, purpose) for each in judged for fact in each.verdict.missing)


def _questions(asked: Iterable[tuple[str, Purpose]], catalog: Facts, case: _Case) -> tuple[Question, ...]:
    """What to ask: first what decides whether the service can be used, each in the order of the catalog.

    Instead of a fact that may not apply, what tells whether it does is asked.
    """
    purposes: dict[str, list[Purpose]] = {}
    for missing, purpose in asked:
        for fact in catalog.first_asked(missing, case.known, case.rules, case.on):
            held = purposes.setdefault(fact, [])
            if purpose not in held:
                held.append(purpose)
    ordered = [Question(fact, tuple(purposes[fact.code])) for fact in catalog.in_order(purposes)]
    return tuple(sorted(ordered, key=lambda each: Purpose.REQUIREMENT not in each.purposes))
