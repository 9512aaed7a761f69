"""Verification codes: sixteen symbols of Crockford's base 32, eighty bits of chance."""

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


def grouped(code: str) -> str:
    """The code as people read and type it (`K7QF-2M9X-T4PA-8WDC`)."""
    return "-".join(code[start : start + _GROUP] for start in range(0, _LENGTH, _GROUP))


def letter(typed: str) -> str:
    """The letter before the code of a document that another service has sealed; empty for all others."""
    kept = _kept(typed)
    return kept[0] if len(kept) == _LENGTH + 1 else ""


def read(typed: str) -> str | None:
    """The code that was meant, without hyphens; None for what cannot be one.

    Case, blanks and signs between do not count, and a letter that looks like a digit is that digit.
    """
    code = _kept(typed).translate(_MISREAD)
    return code if len(code) == _LENGTH and set(code) <= set(_ALPHABET) else None


def _kept(typed: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFKC", typed).upper() if sign.isalnum())
