"""The activation code: shown to a person by the hub, told to the clerk at a counter."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from . import rules
from .rules import RuleId
from .throttle import Policy

LENGTH: Final = 8
ALPHABET: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without 0, 1, I and O, which people read as each other: 40 bits in a code."""

CODES_ASKED: Final = Policy(5, timedelta(minutes=1), timedelta(hours=1), timedelta(days=1))
"""Codes asked for by one person."""
CODES_TRIED: Final = Policy(10, timedelta(seconds=1), timedelta(minutes=15), timedelta(hours=1))
"""Wrong codes entered by one official."""


@dataclass(frozen=True, slots=True)
class ActivationCode:
    """The one code of an account; only a keyed digest of it is stored."""

    account_id: UUID
    digest: bytes
    tries: int
    made_at: datetime
    expires_at: datetime


def begin(account_id: UUID, digest: bytes, now: datetime) -> ActivationCode:
    """A code that was just shown; it replaces the one before."""
    validity = rules.duration(RuleId.ACTIVATION_VALIDITY, now)
    return ActivationCode(account_id, digest, 0, now, now + validity)


def is_open(code: ActivationCode, now: datetime) -> bool:
    """Whether the code could still be used: its time and its tries are not over."""
    return now < code.expires_at and code.tries < rules.value(RuleId.ACTIVATION_TRIES, code.made_at)


def attempt(code: ActivationCode) -> ActivationCode:
    """The code after a clerk has entered it once more."""
    return replace(code, tries=code.tries + 1)


def text(choose: Callable[[str], str]) -> str:
    """A new code in the form people see, `K7QF-2M9X`; `choose` picks a letter unpredictably."""
    letters = "".join(choose(ALPHABET) for _ in range(LENGTH))
    return f"{letters[:4]}-{letters[4:]}"


def normalise(typed: str) -> str:
    """A code as it is compared: capitals without blanks and hyphens."""
    return "".join(typed.upper().replace("-", " ").split())
