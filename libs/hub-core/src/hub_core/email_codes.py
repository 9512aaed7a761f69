"""Codes by e-mail: who has not signed in shows that an address is theirs.

>>> code_of(42)
'000042'
"""

import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from .language import Language

DIGITS: Final = 6


@dataclass(frozen=True, slots=True, repr=False)
class EmailCode:
    """A code that was sent to an address. It is good once, until it expires."""

    id: UUID
    email: str
    code: str
    language: Language
    created_at: datetime
    expires_at: datetime
    wrong: int = 0
    spent_at: datetime | None = None

    def is_good(self, most_wrong: int, now: datetime) -> bool:
        """Whether it can still be used: neither used nor out of date nor guessed at too often."""
        return self.spent_at is None and now < self.expires_at and self.wrong < most_wrong

    def fits(self, code: str) -> bool:
        """Whether it is this code; the time of the answer tells nothing."""
        return hmac.compare_digest(self.code.encode(), code.encode())


def code_of(chance: int) -> str:
    """The six digits of a random number."""
    return f"{chance % 10**DIGITS:0{DIGITS}}"


def normal(email: str) -> str:
    """One form for all writings of an address."""
    return email.strip().lower()
