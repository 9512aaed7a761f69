"""What differs between two versions of an entry, member by member; parts of lists are known by meaning."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, Final

from .conditions import AllOf, AnyOf, AtLeast, AtMost, Below, NoneOf, OneOf
from .institutions import Contact
from .services import (
    AverageTime,
    Channel,
    Cost,
    Input,
    LegalBasis,
    NamedTerm,
    Output,
    Redress,
    Requirement,
    Service,
    Step,
)

_OF_ENTRY: Final = frozenset({"id", "code", "version"})
_WHOLE: Final = (AllOf, AnyOf, NoneOf, OneOf, AtLeast, AtMost, Below, LegalBasis, AverageTime)
"""What is shown as one value and not member by member."""
_MEANING: Final[dict[type, Callable[[Any], object]]] = {
    Channel: lambda channel: channel.kind,
    Step: lambda step: step.actor,
    Input: lambda wanted: wanted.evidence,
    Output: lambda output: output.code,
    Requirement: lambda requirement: requirement.code,
    Cost: lambda cost: cost.rule,
    NamedTerm: lambda term: term.rule,
    Redress: lambda redress: redress.kind,
    Contact: lambda contact: contact.kind,
    LegalBasis: lambda basis: basis.act,
}


@dataclass(frozen=True, slots=True)
class Part:
    """A member, and in a list the one that is meant."""

    member: str
    item: object = None


@dataclass(frozen=True, slots=True)
class Difference:
    """What a member was and what it is; `None` where it was not there. `path` leads to it.

    `pointer` is a JSON pointer into the newer version, into the older for what was taken out.
    """

    path: tuple[Part, ...]
    pointer: str
    was: object
    now: object


def differences(was: Service, now: Service) -> list[Difference]:
    """Every difference of content, in the order of the model."""
    return [
        difference
        for field in fields(Service)
        if field.name not in _OF_ENTRY
        for difference in _of_member(was, now, field.name, (), "")
    ]


def _of_member(
    was: object, now: object, member: str, path: tuple[Part, ...], pointer: str
) -> Iterator[Difference]:
    before, after = getattr(was, member), getattr(now, member)
    here = f"{pointer}/{member}"
    if _is_list(before) and _is_list(after) and (_has_parts(before) or _has_parts(after)):
        yield from _of_list(before, after, member, path, here)
    else:
        yield from _of_value(before, after, (*path, Part(member)), here)


def _of_value(was: object, now: object, path: tuple[Part, ...], pointer: str) -> Iterator[Difference]:
    if was == now:
        return
    if type(was) is type(now) and is_dataclass(was) and not isinstance(was, _WHOLE):
        for field in fields(was):
            yield from _of_member(was, now, field.name, path, pointer)
    else:
        yield Difference(path, pointer, was, now)


def _of_list(
    was: Sequence[Any], now: Sequence[Any], member: str, path: tuple[Part, ...], pointer: str
) -> Iterator[Difference]:
    pairs = _pairs(was, now)
    for new, old in pairs:
        item = now[new]
        yield from _of_value(was[old], item, (*path, Part(member, item)), f"{pointer}/{new}")
    kept_old, kept_new = {old for _, old in pairs}, {new for new, _ in pairs}
    for place, item in enumerate(was):
        if place not in kept_old:
            yield Difference((*path, Part(member)), f"{pointer}/{place}", item, None)
    for place, item in enumerate(now):
        if place not in kept_new:
            yield Difference((*path, Part(member)), f"{pointer}/{place}", None, item)
    order = [old for _, old in pairs]
    if order != sorted(order):
        yield Difference((*path, Part(member)), pointer, tuple(was), tuple(now))


def _pairs(was: Sequence[Any], now: Sequence[Any]) -> list[tuple[int, int]]:
    """Which new part is which old one: first those that are the same, then those that mean the same."""
    found: dict[int, int] = {}
    for known in (_itself, _meaning):
        old = _by_meaning(was, known, set(found.values()))
        for key, place in _by_meaning(now, known, set(found)).items():
            if key in old:
                found[place] = old[key]
    return sorted(found.items())


def _by_meaning(
    items: Sequence[Any], known: Callable[[Any], Any], taken: set[int]
) -> dict[tuple[object, int], int]:
    """The places of parts that are not taken, by what they are known by and which of these they are."""
    seen: Counter[object] = Counter()
    places = {}
    for place, item in enumerate(items):
        if place not in taken:
            places[known(item), seen[known(item)]] = place
            seen[known(item)] += 1
    return places


def _itself(item: Any) -> object:
    return item


def _meaning(item: Any) -> object:
    return _MEANING.get(type(item), _itself)(item)


def _is_list(value: object) -> bool:
    return isinstance(value, tuple)


def _has_parts(value: Sequence[Any]) -> bool:
    return any(is_dataclass(part) for part in value)
