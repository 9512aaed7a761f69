"""The facts that conditions ask for: what each is called, how a citizen is asked, what can be answered.

Nothing here says who somebody is: the age is asked and not the date of birth, never a personal number.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from hub_core.rules import Rules

from . import conditions
from .conditions import Condition, Truth, Value
from .text import Texts

YES: Final = "YES"
NO: Final = "NO"


class FactKind(StrEnum):
    """What the answer to a question is."""

    YES_NO = "YES_NO"
    NUMBER = "NUMBER"
    CODE = "CODE"


@dataclass(frozen=True, slots=True)
class Answer:
    """One of the answers that a fact of kind CODE may have."""

    code: str
    text: Texts


_YES_OR_NO: Final = (
    Answer(YES, Texts(ro="Da", en="Yes", hu="Igen")),
    Answer(NO, Texts(ro="Nu", en="No", hu="Nem")),
)


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact, and the question that asks for it. A NUMBER is a whole one from 0 to `highest`.

    Where `when` fails the fact does not apply: it is not asked, and no condition on it holds.
    """

    code: str
    kind: FactKind
    question: Texts
    help: Texts | None = None
    options: tuple[Answer, ...] = ()
    highest: int | None = None
    when: Condition | None = None

    @property
    def answers(self) -> tuple[Answer, ...]:
        """The possible answers; none for a number."""
        return _YES_OR_NO if self.kind is FactKind.YES_NO else self.options

    def allows(self, value: Value) -> bool:
        """Whether this may be the answer."""
        if self.highest is not None:
            return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= self.highest
        return any(answer.code == value for answer in self.answers)


class Facts:
    """The catalog of facts, in the order in which one would ask."""

    __slots__ = ("_by_code", "_rank")

    def __init__(self, facts: Iterable[Fact]) -> None:
        self._by_code: Final = {fact.code: fact for fact in facts}
        self._rank: Final = {code: rank for rank, code in enumerate(self._by_code)}

    def __iter__(self) -> Iterator[Fact]:
        return iter(self._by_code.values())

    def get(self, code: str) -> Fact | None:
        """The fact of a code."""
        return self._by_code.get(code)

    def in_order(self, codes: Iterable[str]) -> list[Fact]:
        """These facts in the order in which one would ask, each once."""
        return [self._by_code[code] for code in sorted(set(codes), key=self._rank.__getitem__)]

    def complete(self, known: Mapping[str, Value], rules: Rules, on: date) -> dict[str, Value]:
        """What is known, with the facts that by that do not apply (`None`), whatever was said of them."""
        whole = dict(known)
        for fact in self._by_code.values():
            if fact.when and conditions.evaluate(fact.when, whole, rules, on).truth is Truth.FAILS:
                whole[fact.code] = None
        return whole

    def first_asked(self, code: str, known: Mapping[str, Value], rules: Rules, on: date) -> list[str]:
        """What to ask for a fact that is not known: itself, or the facts that tell whether it applies."""
        when = self._by_code[code].when
        verdict = conditions.evaluate(when, known, rules, on) if when else None
        if verdict is None or verdict.truth is not Truth.UNKNOWN:
            return [code]
        return [first for fact in verdict.missing for first in self.first_asked(fact, known, rules, on)]
