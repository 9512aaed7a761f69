"""Codes that people read and type: sixteen symbols of Crockford's base 32, eighty bits of chance.

>>> code = code_of(secrets.token_bytes(RANDOM_BYTES))
>>> grouped(code, "P")
'P-K7QF-2M9X-T4PA-8WDC'
>>> read("p k7qf2m9x-t4pa-8wdc", "P")
'K7QF2M9XT4PA8WDC'

A letter before the code says whose it is; codes without one are those of the first who gave any.
"""

import unicodedata
from typing import Final

_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MISREAD: Final = str.maketrans("OIL", "011")
_LENGTH: Final = 16
_GROUP: Final = 4

RANDOM_BYTES: Final = 10
"""What a code is made of."""


def code_of(chance: bytes) -> str:
    """The code of `RANDOM_BYTES` random bytes, without hyphens (`K7QF2M9XT4PA8WDC`)."""
    number = int.from_bytes(chance)
    return "".join(_ALPHABET[number >> 5 * place & 31] for place in reversed(range(_LENGTH)))


def grouped(code: str, letter: str = "") -> str:
    """The code as people read and type it, with the letter before it if it has one."""
    groups = [code[start : start + _GROUP] for start in range(0, _LENGTH, _GROUP)]
    return "-".join([letter, *groups] if letter else groups)


def letter(typed: str) -> str:
    """The letter before a code; empty for a code that has none, and for what cannot be a code."""
    kept = _kept(typed)
    return kept[0] if len(kept) == _LENGTH + 1 else ""


def read(typed: str, letter: str = "") -> str | None:
    """The code that was meant, without hyphens and without its `letter`; None for what cannot be one.

    Case, blanks and signs between do not count, and a letter that looks like a digit is that digit.
    """
    kept = _kept(typed)
    if len(kept) > _LENGTH:
        kept = kept.removeprefix(letter)
    code = kept.translate(_MISREAD)
    return code if len(code) == _LENGTH and set(code) <= set(_ALPHABET) else None


def _kept(typed: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFKC", typed).upper() if sign.isalnum())
