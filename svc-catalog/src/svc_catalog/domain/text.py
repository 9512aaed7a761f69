"""Text in the three languages, and the search that ignores diacritics, case and the order of words."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from hub_core.text import fold

SORT_KEY_LENGTH: Final = 200
_WORD_LENGTH: Final = 64  # PostgreSQL takes words of up to 2 kB, and one letter may fold into several
_WORD: Final = re.compile(r"[^\W_]+")
_FILLERS: Final = frozenset(
    _WORD.findall("a ai al ale cu de din in la pe pentru prin sau si az egy es and for of the")
)


@dataclass(frozen=True, slots=True)
class Texts:
    """One text in each language; Romanian is the official one, Hungarian may be missing."""

    ro: str
    en: str
    hu: str | None = None

    def all(self) -> list[str]:
        """Every language that is there."""
        return [text for text in (self.ro, self.hu, self.en) if text]


@dataclass(frozen=True, slots=True)
class Keywords:
    """What people call a thing when they do not use its name, by language."""

    ro: tuple[str, ...] = ()
    hu: tuple[str, ...] = ()
    en: tuple[str, ...] = ()

    def all(self) -> list[str]:
        """Every language together."""
        return [*self.ro, *self.hu, *self.en]


class Match(IntEnum):
    """How well something fits a question; the smaller, the better."""

    EXACT = 0
    """a name or a code is what was asked for"""
    BEGINNING = 1
    """a name begins with it"""
    NAME = 2
    """every word begins a word of the names"""
    TEXT = 3
    """every word begins a word of the names, keywords or texts"""


@dataclass(frozen=True, slots=True)
class Index:
    """What a search finds something by: its whole names, the words of them, all other words."""

    labels: tuple[str, ...]
    name_words: frozenset[str]
    other_words: frozenset[str]


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody looks for: the whole of it, and its words; without words nothing is found."""

    label: str
    words: tuple[str, ...]


def words(text: str) -> list[str]:
    """The words of a text, folded: letters and digits only (`IPJ-CV, Brașov` → ipj, cv, brasov)."""
    return [word[:_WORD_LENGTH] for word in _WORD.findall(fold(text))]


def label(text: str) -> str:
    """A whole name in the form it is compared in (`IPJ-CV` → `ipj cv`)."""
    return " ".join(words(text))


def sort_key(text: str) -> str:
    """Where a name stands in a list; short enough for a cursor, for the id decides between equals."""
    return label(text)[:SORT_KEY_LENGTH]


def index(names: Iterable[str], others: Iterable[str]) -> Index:
    """The index of something called `names` and described by `others`."""
    labels = tuple(dict.fromkeys(label(name) for name in names))
    name_words = frozenset(word for each in labels for word in each.split())
    other_words = frozenset(word for text in others for word in words(text))
    return Index(labels, name_words, other_words - name_words)


def question(text: str) -> Question | None:
    """The question in a search box; `None` when it is blank. Filler words count only when alone."""
    if not text.strip():
        return None
    asked = words(text)
    telling = [word for word in asked if word not in _FILLERS]
    return Question(" ".join(asked), tuple(dict.fromkeys(telling or asked)))
