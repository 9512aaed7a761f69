"""How long a text message is: GSM 7-bit (3GPP TS 23.038) or UCS-2, in parts (TS 23.040)."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

_BASIC: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION: Final = frozenset("\f^{}\\[~]|€")
_BEYOND_UCS_2: Final = 0xFFFF


class Alphabet(StrEnum):
    """The alphabet that a text forces: one character outside GSM-7 makes all of it UCS-2."""

    GSM_7 = "GSM-7"
    UCS_2 = "UCS-2"


@dataclass(frozen=True, slots=True)
class Length:
    """The cost of a text: its alphabet and the number of parts that are sent and paid."""

    alphabet: Alphabet
    parts: int


def measure(text: str) -> Length:
    """The alphabet and parts of a text: 160 septets or 153 a part; 70 UTF-16 units or 67 a part.

    A character of two units (`€` in GSM-7, an emoji in UCS-2) is never cut between two parts.
    """
    if all(char in _BASIC or char in _EXTENSION for char in text):
        units = [2 if char in _EXTENSION else 1 for char in text]
        return Length(Alphabet.GSM_7, _parts(units, alone=160, joined=153))
    units = [2 if ord(char) > _BEYOND_UCS_2 else 1 for char in text]
    return Length(Alphabet.UCS_2, _parts(units, alone=70, joined=67))


def _parts(units: list[int], alone: int, joined: int) -> int:
    if sum(units) <= alone:
        return 1
    parts, used = 1, 0
    for unit in units:
        if used + unit > joined:
            parts, used = parts + 1, 0
        used += unit
    return parts
