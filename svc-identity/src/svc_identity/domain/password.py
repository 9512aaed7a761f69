"""Which passwords are taken: long enough, not endless, no rules of composition (NIST SP 800-63B)."""

import unicodedata
from datetime import datetime
from enum import StrEnum
from typing import Final

from . import rules
from .rules import RuleId

_REFUSED: Final = ("Cc", "Cs")
"""Control characters, NUL among them, and lone surrogates."""


def prepare(text: str) -> str:
    """The form that is hashed: NFC (RFC 8265, OpaqueString), so that every keyboard gives the same."""
    return unicodedata.normalize("NFC", text)


class Flaw(StrEnum):
    """Why a password is not taken."""

    TOO_SHORT = "TOO_SHORT"
    TOO_LONG = "TOO_LONG"
    CONTROL_CHARACTERS = "CONTROL_CHARACTERS"


def flaw(text: str, now: datetime) -> Flaw | None:
    """Why this password may not be chosen; none when it may."""
    prepared = prepare(text)
    if any(unicodedata.category(character) in _REFUSED for character in prepared):
        return Flaw.CONTROL_CHARACTERS
    if len(prepared) < rules.value(RuleId.PASSWORD_SHORTEST, now):
        return Flaw.TOO_SHORT
    if len(prepared) > rules.value(RuleId.PASSWORD_LONGEST, now):
        return Flaw.TOO_LONG
    return None
