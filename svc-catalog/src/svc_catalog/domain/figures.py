"""Numbers that stand in texts: figures, and what they count, in the three languages.

figures("în 30 de zile lucrătoare, 202,50 lei", Language.RO)
→ (30, WORKING_DAYS), (202.50, LEI)
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from hub_core.language import Language
from hub_core.rules import Unit
from hub_core.text import fold

_NUMBER: Final = r"\d{1,3}(?:[., ]\d{3})+(?:[.,]\d{1,2})?(?!\d)|\d+[.,]\d{1,2}(?!\d)|\d+"
_GROUPING: Final = re.compile(r"[., ](?=\d{3}(?!\d))")
_WORDS: Final[Mapping[Language, Mapping[str, int]]] = {
    Language.RO: {
        "doi": 2,
        "doua": 2,
        "trei": 3,
        "patru": 4,
        "cinci": 5,
        "sase": 6,
        "sapte": 7,
        "opt": 8,
        "noua": 9,
        "zece": 10,
        "douasprezece": 12,
        "cincisprezece": 15,
        "douazeci": 20,
        "treizeci": 30,
        "patruzeci": 40,
        "patruzeci si cinci": 45,
        "saizeci": 60,
        "nouazeci": 90,
    },
    Language.HU: {
        "ket": 2,
        "harom": 3,
        "negy": 4,
        "ot": 5,
        "hat": 6,
        "het": 7,
        "nyolc": 8,
        "kilenc": 9,
        "tiz": 10,
        "tizenket": 12,
        "tizenot": 15,
        "husz": 20,
        "harminc": 30,
        "negyven": 40,
        "negyvenot": 45,
        "hatvan": 60,
        "kilencven": 90,
    },
    Language.EN: {
        "two": 2,
        "three": 3,
        "four": 4,
        "five": 5,
        "six": 6,
        "seven": 7,
        "eight": 8,
        "nine": 9,
        "ten": 10,
        "twelve": 12,
        "fifteen": 15,
        "twenty": 20,
        "thirty": 30,
        "forty": 40,
        "forty-five": 45,
        "sixty": 60,
        "ninety": 90,
    },
}
_BETWEEN: Final = {Language.RO: r"\s+(?:de\s+)?", Language.HU: r"\s+", Language.EN: r"[\s-]+"}
_UNITS: Final[Mapping[Language, tuple[tuple[str, Unit], ...]]] = {
    Language.RO: (
        (r"minut(?:e|ele|elor)?", Unit.MINUTES),
        (r"or(?:a|e|ei|ele|elor)", Unit.HOURS),
        (r"zi\w*\s+(?:lucrat\w+|de\s+lucru)", Unit.WORKING_DAYS),
        (r"zi(?:le|lele|lelor|ua|lei)?", Unit.CALENDAR_DAYS),
        (r"lun(?:a|i|ii|ile|ilor)", Unit.MONTHS),
        (r"an(?:i|ii|ilor|ul|ului)?", Unit.YEARS),
        (r"le(?:i|ii|ilor|u)|ron", Unit.LEI),
    ),
    Language.HU: (
        (r"perc\w*", Unit.MINUTES),
        (r"ora\w*", Unit.HOURS),
        (r"munkanap\w*", Unit.WORKING_DAYS),
        (r"(?:naptari\s+)?nap\w*", Unit.CALENDAR_DAYS),
        (r"honap\w*", Unit.MONTHS),
        (r"ev(?!k)\w*", Unit.YEARS),
        (r"lej\w*|ron", Unit.LEI),
    ),
    Language.EN: (
        (r"minutes?", Unit.MINUTES),
        (r"hours?", Unit.HOURS),
        (r"(?:working|business)\s+days?", Unit.WORKING_DAYS),
        (r"(?:calendar\s+)?days?", Unit.CALENDAR_DAYS),
        (r"months?", Unit.MONTHS),
        (r"years?", Unit.YEARS),
        (r"lei|leu|ron", Unit.LEI),
    ),
}


@dataclass(frozen=True, slots=True)
class Figure:
    """A number in a text, and what it counts; no unit where it is no term and no money."""

    value: Decimal
    unit: Unit | None = None


def figures(text: str, language: Language) -> list[Figure]:
    """The numbers of a text, in its order: digits everywhere, words where a unit follows them.

    Separators of thousands and decimals are read in the manner of any of the languages. The words
    for one are articles as well, and are passed over.
    """
    return [_figure(found, language) for found in _PATTERNS[language].finditer(fold(text))]


def _figure(found: re.Match[str], language: Language) -> Figure:
    written = found["number"] or found["counted"]
    word = _WORDS[language].get(written)
    value = Decimal(word) if word else Decimal(_GROUPING.sub("", written).replace(",", "."))
    following = found["unit"] or found["unit_of_word"]
    return Figure(value, _unit(following, language) if following else None)


def _unit(written: str, language: Language) -> Unit:
    return next(unit for pattern, unit in _UNITS[language] if re.fullmatch(pattern, written))


def _pattern(language: Language) -> re.Pattern[str]:
    unit = "|".join(f"(?:{pattern})" for pattern, _ in _UNITS[language])
    words = "|".join(sorted(_WORDS[language], key=len, reverse=True))
    between = _BETWEEN[language]
    return re.compile(
        rf"(?P<number>{_NUMBER})(?:{between}(?P<unit>{unit})\b)?"
        rf"|\b(?P<counted>{words}){between}(?P<unit_of_word>{unit})\b"
    )


_PATTERNS: Final = {language: _pattern(language) for language in Language}
