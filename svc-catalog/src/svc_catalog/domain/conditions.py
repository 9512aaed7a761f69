"""Conditions on what is known about an applicant: who may use a service, which evidence, which cost.

A condition is data. It asks for facts by their codes, such as `age` or `citizenship`; a number that
comes from a law is named by its rule, not written down.

    { all_of = [ { fact = "age", at_least = "capacity.full-age" }, { fact = "person", one_of = ["SELF"] } ] }
"""

from dataclasses import dataclass
from typing import TypeAlias

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
class Below:
    """The fact, a number, is below the value of the rule."""

    __pydantic_config__ = _STRICT

    fact: str
    below: str


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


Condition: TypeAlias = OneOf | AtLeast | Below | AllOf | AnyOf | NoneOf
