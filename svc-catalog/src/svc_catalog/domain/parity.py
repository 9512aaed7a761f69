"""The same entry in each language: nothing missing, and the same numbers of the same things.

English is there wherever Romanian is; Hungarian is there everywhere or nowhere. Legal terms, fees
and ages are rules and so the same in each language; these checks are for what is written in words.
"""

from collections import Counter
from collections.abc import Collection, Iterator
from decimal import Decimal
from typing import Final

from hub_core.language import Language
from hub_core.problem import FieldError
from hub_core.rules import Unit

from . import figures, pointers
from .figures import Figure
from .services import Service
from .text import Keywords, Texts

ROMANIAN: Final = "The Romanian text is missing; it is the official one."
ENGLISH: Final = "The English text is missing."
HUNGARIAN: Final = "The Hungarian text is missing here, but other texts of the entry have it."
NUMBERS: Final = "The numbers in this text are not those of the Romanian text."
UNITS: Final = "A number in this text counts something else than in the Romanian text."
TEXTS: Final = (ROMANIAN, ENGLISH, HUNGARIAN, NUMBERS, UNITS)

_MISSING: Final = {
    Language.RO: ("romanian-missing", ROMANIAN),
    Language.HU: ("hungarian-missing", HUNGARIAN),
    Language.EN: ("english-missing", ENGLISH),
}


def findings(service: Service) -> Iterator[FieldError]:
    """Where the languages of an entry differ, by JSON pointer to the text."""
    texts = list(pointers.find(service, Texts))
    needed = {Language.RO, Language.EN}
    if any((each.hu or "").strip() for _, each in texts):
        needed.add(Language.HU)
    for pointer, each in texts:
        yield from _of_text(pointer, each, needed)
    for pointer, keywords in pointers.find(service, Keywords):
        yield from _of_keywords(pointer, keywords, needed)


def by_language(texts: Texts) -> dict[Language, str]:
    """The languages of a text that say something."""
    written = {Language.RO: texts.ro, Language.HU: texts.hu or "", Language.EN: texts.en}
    return {language: text for language, text in written.items() if text.strip()}


def _of_text(pointer: str, texts: Texts, needed: Collection[Language]) -> Iterator[FieldError]:
    written = by_language(texts)
    for language in Language:
        if language in needed and language not in written:
            yield FieldError(f"{pointer}/{language}", *_MISSING[language])
    official = figures.figures(written.get(Language.RO, ""), Language.RO)
    for language, text in written.items():
        translated = figures.figures(text, language)
        if _values(translated) != _values(official):
            yield FieldError(f"{pointer}/{language}", "numbers-differ", NUMBERS)
        elif _count_else(translated, official):
            yield FieldError(f"{pointer}/{language}", "units-differ", UNITS)


def _of_keywords(pointer: str, keywords: Keywords, needed: Collection[Language]) -> Iterator[FieldError]:
    words = {Language.RO: keywords.ro, Language.HU: keywords.hu, Language.EN: keywords.en}
    if any(words.values()):
        for language, written in words.items():
            if language in needed and not written:
                yield FieldError(f"{pointer}/{language}", *_MISSING[language])


def _values(found: Collection[Figure]) -> Counter[Decimal]:
    return Counter(each.value for each in found)


def _count_else(translated: Collection[Figure], official: Collection[Figure]) -> bool:
    """Whether a number that both texts give counts different things in them."""
    mine, theirs = _units(translated), _units(official)
    return any(mine[value] != theirs[value] for value in mine.keys() & theirs.keys())


def _units(found: Collection[Figure]) -> dict[Decimal, Counter[Unit]]:
    units: dict[Decimal, Counter[Unit]] = {}
    for each in found:
        if each.unit is not None:
            units.setdefault(each.value, Counter())[each.unit] += 1
    return units
