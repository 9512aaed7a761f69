"""Conditions on what is known about an applicant: who may use a service, which evidence, which cost.

A condition is data. It asks for facts by their codes, such as `age` or `citizenship`; a number that
comes from a law is named by its rule, not written down.

    { all_of = [ { fact = "age", at_least = "capacity.full-age" }, { fact = "person", one_of = ["SELF"] } ] }

The facts are in `data/facts.toml`. Each kind of condition is a class below, its keys are those of the
record; conditions that are known in part are judged in three values.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, TypeAlias

from hub_core.rules import Rules

_STRICT = {"extra": "forbid"}  # so that a record in a file is one kind of condition or none


@dataclass(frozen=True, slots=True)
class OneOf:
    """The fact is one of these codes; a yes-or-no fact is `YES` or `NO`."""

    __pydantic_config__ = _STRICT

    fact: str
    one_of: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AtLeast:
    """The fact, a number, is not below the value of the rule."""

    __pydantic_config__ = _STRICT

    fact: str
    at_least: str


@dataclass(frozen=True, slots=True)
class AtMost:
    """The fact, a number, is not above the value of the rule."""

    __pydantic_config__ = _STRICT

    fact: str
    at_most: str


@dataclass(frozen=True, slots=True)
class Below:
    """The fact, a number, is below the value of the rule."""

    __pydantic_config__ = _STRICT

    fact: str
    below: str


Leaf: TypeAlias = OneOf | AtLeast | AtMost | Below
"""A condition on one fact."""


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part holds."""

    __pydantic_config__ = _STRICT

    all_of: "tuple[Condition, ...]"


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one part holds."""

    __pydantic_config__ = _STRICT

    any_of: "tuple[Condition, ...]"


@dataclass(frozen=True, slots=True)
class NoneOf:
    """No part holds."""

    __pydantic_config__ = _STRICT

    none_of: "tuple[Condition, ...]"


Condition: TypeAlias = OneOf | AtLeast | AtMost | Below | AllOf | AnyOf | NoneOf

Value: TypeAlias = str | int | None
"""A code (of a yes-or-no fact `YES` or `NO`) or a number; `None` where the fact is known not to apply."""


class Truth(StrEnum):
    """What the known facts say of a condition."""

    HOLDS = "HOLDS"
    FAILS = "FAILS"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The truth, why it fails, and what would have to be known to say more.

    `missing` are facts, in the order in which the condition names them; `failed` the smallest parts
    that made it fail. A part of the condition that can no longer matter misses nothing.
    """

    truth: Truth
    missing: tuple[str, ...] = ()
    failed: tuple[Condition, ...] = ()


_HOLDS: Final = Verdict(Truth.HOLDS)


def evaluate(condition: Condition, facts: Mapping[str, Value], rules: Rules, on: date) -> Verdict:
    """What these facts say of a condition, with the numbers of the day `on`.

    A fact that is not there is not known (Kleene's logic of three values): more facts never turn what
    holds into what fails, nor back. Raises `NoRule` where a number that is needed has no rule that day.
    """
    if isinstance(condition, AllOf):
        return join([evaluate(part, facts, rules, on) for part in condition.all_of])
    if isinstance(condition, AnyOf):
        return _any([evaluate(part, facts, rules, on) for part in condition.any_of])
    if isinstance(condition, NoneOf):
        return _none(condition, [evaluate(part, facts, rules, on) for part in condition.none_of])
    if condition.fact not in facts:
        return Verdict(Truth.UNKNOWN, missing=(condition.fact,))
    holds = _holds(condition, facts[condition.fact], rules, on)
    return _HOLDS if holds else Verdict(Truth.FAILS, failed=(condition,))


def join(parts: Sequence[Verdict]) -> Verdict:
    """The verdict on conditions that must all hold."""
    if any(part.truth is Truth.FAILS for part in parts):
        return _failed(parts)
    return _unknown(parts) if any(part.truth is Truth.UNKNOWN for part in parts) else _HOLDS


def facts(condition: Condition) -> tuple[str, ...]:
    """The facts that a condition asks for, each once, in its order."""
    return tuple(dict.fromkeys(leaf.fact for leaf in _leaves(condition)))


def rules(condition: Condition) -> frozenset[str]:
    """The rules that give the numbers of a condition."""
    named = (_rule(leaf) for leaf in _leaves(condition))
    return frozenset(rule for rule in named if rule is not None)


def _leaves(condition: Condition) -> Iterator[Leaf]:
    parts: tuple[Condition, ...]
    match condition:
        case AllOf(parts) | AnyOf(parts) | NoneOf(parts):
            for part in parts:
                yield from _leaves(part)
        case _:
            yield condition


def _rule(leaf: Leaf) -> str | None:
    match leaf:
        case AtLeast(_, rule) | AtMost(_, rule) | Below(_, rule):
            return rule
        case _:
            return None


def _holds(leaf: Leaf, value: Value, rules: Rules, on: date) -> bool:
    if isinstance(leaf, OneOf):
        return value in leaf.one_of
    if not isinstance(value, int):
        return False
    match leaf:
        case AtLeast(_, rule):
            return value >= rules.on(rule, on).value
        case AtMost(_, rule):
            return value <= rules.on(rule, on).value
        case Below(_, rule):
            return value < rules.on(rule, on).value


def _any(parts: Sequence[Verdict]) -> Verdict:
    if any(part.truth is Truth.HOLDS for part in parts):
        return _HOLDS
    return _unknown(parts) if any(part.truth is Truth.UNKNOWN for part in parts) else _failed(parts)


def _none(condition: NoneOf, parts: Sequence[Verdict]) -> Verdict:
    pairs = zip(condition.none_of, parts, strict=True)
    held = tuple(part for part, verdict in pairs if verdict.truth is Truth.HOLDS)
    if held:
        return Verdict(Truth.FAILS, failed=(NoneOf(held),))
    return _unknown(parts) if any(part.truth is Truth.UNKNOWN for part in parts) else _HOLDS


def _unknown(parts: Sequence[Verdict]) -> Verdict:
    missing = dict.fromkeys(fact for part in parts for fact in part.missing)
    return Verdict(Truth.UNKNOWN, missing=tuple(missing))


def _failed(parts: Sequence[Verdict]) -> Verdict:
    return Verdict(Truth.FAILS, failed=tuple(each for part in parts for each in part.failed))
