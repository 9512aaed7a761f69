"""Codes on the slips of registration: letters and digits that nobody mistakes for one another."""

import unicodedata
from typing import Final

LENGTH_RULE: Final = "petition.code-length"
_ALPHABET: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def code_of(chance: bytes) -> str:
    """The code of as many characters as there are random bytes (`K7QF2M9X`)."""
    return "".join(_ALPHABET[byte % len(_ALPHABET)] for byte in chance)


def read(typed: str) -> str:
    """The code that was meant: case, blanks and signs between do not count."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", typed).upper() if sign.isalnum())
