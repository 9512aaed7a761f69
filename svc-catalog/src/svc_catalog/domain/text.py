"""Text in the three languages, and the search that ignores diacritics, case, endings and order."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from typing import Final, TypeAlias

from Stemmer import Stemmer

from hub_core.language import Language
from hub_core.text import fold

SORT_KEY_LENGTH: Final = 200
EDITION: Final = 3
"""The number of the rules by which indexes are made; what was made by others is made anew."""

_WORD_LENGTH: Final = 64  # PostgreSQL takes words of up to 2 kB, and one letter may fold into several
_STEM_LENGTH: Final = 3
_WORD: Final = re.compile(r"[^\W_]+")
_FILLERS: Final = frozenset(
    _WORD.findall(
        "a ai al ale am as ca ce cand cat cu cum cui de despre din este eu face fac facut fara i il imi "
        "in la le ma mea meu mi nevoie o obtin pe pentru pot prin sa sau se si sunt trebuie un unde unei "
        "unui va vreau az be egy el es ha hogy hogyan hol hova kell ki le lehet meg mennyi mert mi mikor "
        "mit nekem nem szeretnek szukseges tudok van vagy an and apply are can do does for from get have "
        "how i is it me my need of on or renew the to want what when where which who with you your "
    )
)
_STEMMERS: Final = {
    Language.RO: Stemmer("romanian"),
    Language.HU: Stemmer("hungarian"),
    Language.EN: Stemmer("english"),
}

Said: TypeAlias = tuple[Language, str]
"""A text and its language."""


@dataclass(frozen=True, slots=True)
class Texts:
    """One text in each language; Romanian is the official one, Hungarian may be missing."""

    ro: str
    en: str
    hu: str | None = None

    def all(self) -> list[str]:
        """Every language that is there."""
        return [text for _, text in self.said()]

    def said(self) -> list[Said]:
        """Every language that is there, with its name."""
        texts = ((Language.RO, self.ro), (Language.HU, self.hu), (Language.EN, self.en))
        return [(language, text) for language, text in texts if text]

    def said_in(self, language: Language) -> str:
        """The text in a language; the Romanian one where it is missing."""
        said: str | None = getattr(self, language)
        return said or self.ro


@dataclass(frozen=True, slots=True)
class Keywords:
    """What people call a thing when they do not use its name, by language: the usual word first."""

    ro: tuple[str, ...] = ()
    hu: tuple[str, ...] = ()
    en: tuple[str, ...] = ()

    def all(self) -> list[str]:
        """Every language together."""
        return [*self.ro, *self.hu, *self.en]

    def said(self) -> list[Said]:
        """Every language together, each word with its language."""
        lists = ((Language.RO, self.ro), (Language.HU, self.hu), (Language.EN, self.en))
        return [(language, word) for language, words in lists for word in words]

    def usual(self) -> list[str]:
        """The usual word of each language."""
        return [words[0] for words in (self.ro, self.hu, self.en) if words]


class Match(IntEnum):
    """How well something fits a question; the smaller, the better."""

    EXACT = 0
    """a name or a code is what was asked for"""
    CALLED = 1
    """the first keyword of a language is what was asked for: people call it so"""
    BEGINNING = 2
    """a name begins with it"""
    NAME = 3
    """every word is one of the names, begins one or differs by its ending"""
    KEYWORD = 4
    """so with names and keywords"""
    SUMMARY = 5
    """so with names, keywords and the summary"""
    TEXT = 6
    """so with all texts"""


CORRECTED: Final = 10
"""Added to the match where words were read as others that differ by an error of typing."""
PARTIAL: Final = 20
"""Added, with `STEP` for each word that is missing, where not every word is found."""
STEP: Final = 10
WORST: Final = PARTIAL + STEP * 200 + max(Match)
"""No match is worse: a question has fewer words than that."""


@dataclass(frozen=True, slots=True)
class Index:
    """What a search finds something by: its names, what people usually call it, the lexemes of its texts.

    A lexeme is a folded word, or a stem with its language (`ro=pasaport`).
    """

    labels: tuple[str, ...]
    calls: tuple[str, ...]
    names: frozenset[str]
    keywords: frozenset[str]
    summary: frozenset[str]
    text: frozenset[str]

    @property
    def vocabulary(self) -> frozenset[str]:
        """Its words, by which errors of typing are told."""
        return frozenset(
            lexeme for lexeme in self.names | self.keywords | self.summary | self.text if "=" not in lexeme
        )


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody looks for: the whole of it, and its words, each with the words it may be read as.

    Without words nothing is found. `worse` is added to the match of what is found; `every` says whether
    all words have to be there.
    """

    label: str
    words: tuple[tuple[str, ...], ...]
    worse: int = 0
    every: bool = True

    def fits(self, texts: Texts) -> bool:
        """Whether every word, in one of its readings, begins a word of one of the languages."""
        return any(self._missing(text) == 0 for text in texts.all())

    def best(self, texts: Texts) -> str:
        """The text in the language that has the most of the words; the official one among equals."""
        return min(texts.all(), key=self._missing)

    def _missing(self, text: str) -> int:
        there = words(text)
        return sum(
            not any(each.startswith(reading) for each in there for reading in readings)
            for readings in self.words
        )


def words(text: str) -> list[str]:
    """The words of a text, folded: letters and digits only (`IPJ-CV, Brașov` → ipj, cv, brasov)."""
    return [word[:_WORD_LENGTH] for word in _WORD.findall(fold(text))]


def label(text: str) -> str:
    """A whole name in the form it is compared in (`IPJ-CV` → `ipj cv`)."""
    return " ".join(words(text))


def sort_key(text: str) -> str:
    """Where a name stands in a list; short enough for a cursor, for the id decides between equals."""
    return label(text)[:SORT_KEY_LENGTH]


@lru_cache(maxsize=65_536)
def stem(language: Language, word: str) -> str | None:
    """The lexeme that unites the forms of a folded word in a language; `None` for short ones and numbers.

    Snowball's algorithms, on the folded word on both sides, for people write without diacritics.
    """
    found = str(_STEMMERS[language].stemWord(word))
    return f"{language}={found}" if len(found) >= _STEM_LENGTH and found.isalpha() else None


def forms(label: str) -> list[str]:
    """A label, and what is left of it when its words lose their endings, in each language."""
    asked = label.split()
    united = (" ".join(stem(language, word) or word for word in asked) for language in Language)
    return list(dict.fromkeys([label, *united]))


def index(
    names: Iterable[Said],
    calls: Iterable[str] = (),
    keywords: Iterable[Said] = (),
    summary: Iterable[Said] = (),
    texts: Iterable[Said] = (),
) -> Index:
    """The index of something: names, usual words, keywords, what it is in short, all that is said of it."""
    names = list(names)
    in_names = _lexemes(names)
    in_keywords = _lexemes(keywords) - in_names
    in_summary = _lexemes(summary) - in_names - in_keywords
    return Index(
        labels=tuple(dict.fromkeys(label(name) for _, name in names)),
        calls=tuple(dict.fromkeys(form for call in calls for form in forms(label(call)))),
        names=in_names,
        keywords=in_keywords,
        summary=in_summary,
        text=_lexemes(texts) - in_names - in_keywords - in_summary,
    )


def _lexemes(said: Iterable[Said]) -> frozenset[str]:
    found: set[str] = set()
    for language, text in said:
        for word in words(text):
            found.add(word)
            united = stem(language, word)
            if united:
                found.add(united)
    return frozenset(found)


def question(text: str) -> Question | None:
    """The question in a search box; `None` when it is blank. Filler words count only when alone."""
    if not text.strip():
        return None
    asked = words(text)
    telling = [word for word in asked if word not in _FILLERS]
    return Question(" ".join(asked), tuple((word,) for word in dict.fromkeys(telling or asked)))


def stems(word: str) -> list[str]:
    """The stems of a word whose language is not known."""
    found = (stem(language, word) for language in Language)
    return [each for each in found if each is not None]
