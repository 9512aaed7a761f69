"""What fits into a text message (3GPP TS 23.038 and TS 23.040). No I/O.

A text whose characters are all in the GSM alphabet goes with 7 bits each; a single other one makes the whole
text UCS-2, which is UTF-16 by what networks do. None of ă â î ș ț is in the GSM alphabet.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, Self

from hub_core.rules import Rules

GSM_RULE: Final = "sms.gsm"
GSM_PART_RULE: Final = "sms.gsm-part"
UCS2_RULE: Final = "sms.ucs2"
UCS2_PART_RULE: Final = "sms.ucs2-part"
RULES: Final = (GSM_RULE, GSM_PART_RULE, UCS2_RULE, UCS2_PART_RULE)

BASIC: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""The GSM 7 bit default alphabet (TS 23.038, 6.2.1), without the escape."""
EXTENSION: Final = frozenset("\f^{}\\[~]|€")
"""The extension table (6.2.1.1): each goes with an escape before it, and counts as two."""
_GSM: Final = BASIC | EXTENSION

_WITH_COMMA: Final = str.maketrans("şţŞŢ", "șțȘȚ")
_PLAIN: Final = str.maketrans(
    {
        "ő": "ö",
        "Ő": "Ö",
        "ű": "ü",
        "Ű": "Ü",
        **dict.fromkeys("„“”«»", '"'),
        **dict.fromkeys("\u2018\u2019\u201a", "'"),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2022\u2212", "-"),
    }
)
"""What looks most like a character that is not in the alphabet, where its letter without marks does not."""


class Alphabet(StrEnum):
    """How the characters of a text message are encoded."""

    GSM7 = "GSM7"
    UCS2 = "UCS2"


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one message takes, and a part of several, by alphabet."""

    gsm: int
    gsm_part: int
    ucs2: int
    ucs2_part: int

    @classmethod
    def on(cls, legal: Rules, day: date) -> Self:
        """The limits by the rules of a day."""
        return cls(*(legal.on(code, day).whole for code in RULES))


@dataclass(frozen=True, slots=True)
class Measure:
    """What a text takes: its alphabet, its length in units of that (septets or UTF-16 units), its parts."""

    alphabet: Alphabet
    units: int
    parts: int


def alphabet_of(text: str) -> Alphabet:
    """The smallest alphabet that has every character of a text."""
    return Alphabet.GSM7 if set(text) <= _GSM else Alphabet.UCS2


def measure(text: str, limits: Limits) -> Measure:
    """What a text takes; an empty one takes a message too."""
    alphabet = alphabet_of(text)
    return Measure(alphabet, sum(_units(text, alphabet)), len(split(text, limits)))


def split(text: str, limits: Limits) -> tuple[str, ...]:
    """The parts in which a text goes; joined again they are the text.

    No part ends in the middle of a character: neither between an escape and what it stands before, nor
    between two surrogates.
    """
    alphabet = alphabet_of(text)
    single, part = (
        (limits.gsm, limits.gsm_part) if alphabet is Alphabet.GSM7 else (limits.ucs2, limits.ucs2_part)
    )
    units = list(_units(text, alphabet))
    if sum(units) <= single:
        return (text,)
    starts, used = [0], 0
    for place, taken in enumerate(units):
        if used + taken > part:
            starts.append(place)
            used = 0
        used += taken
    return tuple(text[start:end] for start, end in zip(starts, [*starts[1:], len(text)], strict=True))


def corrected(text: str) -> str:
    """The text with each letter as one character, and ș and ț with the comma that Romanian has.

    Old keyboards write them with a cedilla, and some programs as two characters.
    """
    return unicodedata.normalize("NFC", text).translate(_WITH_COMMA)


def without_marks(text: str) -> str:
    """The text in the GSM alphabet, as readers take it without diacritics; what has no such form stays."""
    return "".join(map(_plain, corrected(text)))


def _plain(character: str) -> str:
    if character in _GSM:
        return character
    nearest = character.translate(_PLAIN)
    if nearest == character:
        parted = unicodedata.normalize("NFKD", character)
        nearest = "".join(each for each in parted if not unicodedata.combining(each))
    return nearest if nearest and set(nearest) <= _GSM else character


def _units(text: str, alphabet: Alphabet) -> Iterable[int]:
    if alphabet is Alphabet.GSM7:
        return (2 if character in EXTENSION else 1 for character in text)
    return (len(character.encode("utf-16-le")) // 2 for character in text)
