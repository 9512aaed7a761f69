"""What files are found by: hashes of their words, so that an index holds no word and no institution's mix."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import blake2b
from typing import Final
from uuid import UUID

from hub_core.language import Language

from .words import LANGUAGES, lexemes, stem, telling, words

_BYTES: Final = 8
_BANDS: Final = 8
_ROWS: Final = 3
"""Texts whose words are alike to 0.8 share a band with 99 %, to 0.3 with 20 %, to 0.1 with 1 %."""
_MULTIPLIERS: Final = tuple(
    int.from_bytes(blake2b(bytes([each]), digest_size=_BYTES).digest()) | 1 for each in range(_BANDS * _ROWS)
)
_MASK: Final = 2**64 - 1
_MONTHS: Final = 12
_NEW_MOST: Final = 10
ALIKE: Final = 0.5
"""The likeness from which somebody else's petition is suggested as the same."""
ALIKE_OF_SAME: Final = 0.2
"""The same of one by the same petitioner."""


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A month of the time in which files are made, as their identifiers (UUIDv7) say it."""

    number: int

    @classmethod
    def of(cls, file_id: UUID) -> "Month":
        """The month in which an identifier was made."""
        return cls.at(datetime.fromtimestamp((file_id.int >> 80) / 1000, UTC))

    @classmethod
    def at(cls, instant: datetime) -> "Month":
        """The month of an instant."""
        day = instant.astimezone(UTC)
        return cls(day.year * _MONTHS + day.month - 1)


def windows(first_year: int, last: Month) -> list[list[Month]]:
    """The months to look through, one list after the other: the last one, the year before it, the rest.

    A word that many files have fills a page from the first, one that few have costs no more in the last:
    so a search takes as long however many files there are.
    """
    every = [Month(number) for number in range(last.number, first_year * _MONTHS - 2, -1)]
    parts = (every[:1], every[1 : 1 + _MONTHS], every[1 + _MONTHS :])
    return [months for months in parts if months]


def keys(institution_id: UUID, file_id: UUID, subject: str, text: str, language: Language) -> list[int]:
    """What a file is found by at an institution, and what it is like others by; signed numbers of 8 bytes."""
    there = lexemes(f"{subject}\n{text}", language)
    return [
        *_hashes(_prefix(institution_id, Month.of(file_id)), there),
        *bands(institution_id, there),
    ]


def asked(institution_id: UUID, months: Sequence[Month], question: str) -> list[list[int]]:
    """For each word of a question, the keys of which a file has one, in one of these months."""
    said = telling(question) or words(question)
    readings = [{stem(language, word.folded) for language in LANGUAGES} for word in said]
    prefixes = [_prefix(institution_id, month) for month in months]
    return [[key for prefix in prefixes for key in _hashes(prefix, each)] for each in readings]


def bands(institution_id: UUID, there: Collection[str]) -> list[int]:
    """By what a text is found that has most of these words (min-wise hashing); none for no words."""
    if not there:
        return []
    least = [min(places) for places in zip(*map(_places, there), strict=True)]
    rows = (least[start : start + _ROWS] for start in range(0, len(least), _ROWS))
    named = (f"{band}:{row}" for band, row in enumerate(rows))
    return list(_hashes(institution_id.bytes + b"~", named))


@lru_cache(maxsize=4_096)
def _places(word: str) -> tuple[int, ...]:
    """Where a word stands in each of the orders by which the least is looked for."""
    number = int.from_bytes(blake2b(word.encode(), digest_size=_BYTES).digest())
    return tuple((number * each & _MASK) >> 16 for each in _MULTIPLIERS)


@dataclass(frozen=True, slots=True)
class Likeness:
    """How much two texts are alike: their common words of all their words, and what only the first says."""

    share: float
    new_words: Sequence[str]


def likeness(text: str, other: str, language: Language) -> Likeness:
    """How much a text is like another one; both are taken for texts of one language."""
    mine, others = lexemes(text, language), lexemes(other, language)
    share = len(mine & others) / (len(mine | others) or 1)
    new = (word.written for word in telling(text) if stem(language, word.folded) not in others)
    return Likeness(share, list(dict.fromkeys(new))[:_NEW_MOST])


def _prefix(institution_id: UUID, month: Month) -> bytes:
    return institution_id.bytes + month.number.to_bytes(4)


def _hashes(prefix: bytes, said: Iterable[str]) -> Iterable[int]:
    begun = blake2b(prefix, digest_size=_BYTES)
    for each in said:
        whole = begun.copy()
        whole.update(each.encode())
        yield int.from_bytes(whole.digest(), signed=True)
