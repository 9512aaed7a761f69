"""The wording of institutions: plain words with names in them, read once into a tree. No I/O.

    Programarea {{ code }} este la {{ day }}.{{# place }} Locul: {{ place }}.{{/ place }}

`{{ name }}` stands for a value, `{{# name }}…{{/ name }}` is said where there is one, and
`{{^ name }}…{{/ name }}` where there is none. There is nothing else: no expression, loop, filter or call.
Those who write it are not those who run it, and a sandbox around a whole language is as safe as its last
release; of this tree it is known which values it takes, how long it can become, and that it ends.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeAlias

NAME: Final = r"[a-z][a-z0-9_]{0,39}"
"""What a value may be called."""
_TAG: Final = re.compile(r"\{\{\s*([#^/]?)\s*(.*?)\s*\}\}", re.DOTALL)
_NAME: Final = re.compile(NAME)


class Malformed(ValueError):
    """The words cannot be read; `code` says why: `placeholder`, `section-open`, `section-nested`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Value:
    """Where a value stands."""

    name: str


@dataclass(frozen=True, slots=True)
class When:
    """What is said only where a value is given, or only where it is not."""

    name: str
    given: bool
    parts: "tuple[str | Value, ...]"


Tree: TypeAlias = tuple[str | Value | When, ...]


@lru_cache(maxsize=4096)
def parse(words: str) -> Tree:
    """The tree of a wording; raises `Malformed`."""
    tree: list[str | Value | When] = []
    inside: list[str | Value] | None = None
    about, given = "", True
    for sign, name, text in _tokens(words):
        if sign is None:
            (tree if inside is None else inside).append(text)
        elif _NAME.fullmatch(name) is None:
            raise Malformed("placeholder")
        elif sign == "":
            (tree if inside is None else inside).append(Value(name))
        elif sign == "/":
            if inside is None or name != about:
                raise Malformed("section-open")
            tree.append(When(about, given, tuple(inside)))
            inside = None
        elif inside is not None:
            raise Malformed("section-nested")
        else:
            inside, about, given = [], name, sign == "#"
    if inside is not None:
        raise Malformed("section-open")
    return tuple(tree)


def fill(tree: Tree, values: Mapping[str, str]) -> str:
    """The words with the values; one that is missing or empty counts as not given, and says nothing."""
    said: list[str] = []
    for part in tree:
        if isinstance(part, When):
            if bool(values.get(part.name)) is part.given:
                said.append(fill(part.parts, values))
        else:
            said.append(part if isinstance(part, str) else values.get(part.name, ""))
    return "".join(said)


def names(tree: Tree) -> frozenset[str]:
    """Every value that the words take or ask about."""
    return frozenset(_names(tree))


def unguarded(tree: Tree) -> frozenset[str]:
    """The values that the words take also where they are not given."""
    free: set[str] = set()
    for part in tree:
        if isinstance(part, Value):
            free.add(part.name)
        elif isinstance(part, When):
            own = {part.name} if part.given else set()
            free |= unguarded(part.parts) - own
    return frozenset(free)


def spoken(tree: Tree) -> str:
    """The fixed words alone, as one text; what stands for a value is a blank."""
    return "".join(
        part if isinstance(part, str) else spoken(part.parts) if isinstance(part, When) else " "
        for part in tree
    )


def _names(tree: Tree) -> Iterable[str]:
    for part in tree:
        if isinstance(part, When):
            yield part.name
            yield from _names(part.parts)
        elif isinstance(part, Value):
            yield part.name


def _tokens(words: str) -> Iterable[tuple[str | None, str, str]]:
    """Fixed words as (none, "", words), and tags as (sign, name, "")."""
    at = 0
    for tag in _TAG.finditer(words):
        yield from _fixed(words[at : tag.start()])
        yield tag[1], tag[2], ""
        at = tag.end()
    yield from _fixed(words[at:])


def _fixed(words: str) -> Iterable[tuple[None, str, str]]:
    if "{{" in words or "}}" in words:
        raise Malformed("placeholder")
    if words:
        yield None, "", words
