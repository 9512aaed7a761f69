"""What anybody is told of a certificate: whether it stands, and by what it is recognised. Never what it says.

An answer costs the same whatever it is, so every step is taken for what is not there as well.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from hub_core import clock
from hub_core.rules import Option

from .certificates import Standing
from .hints import Hint

LIMIT_RULE: Final = "criminal-record.verifications-a-code"
PERIOD_RULE: Final = "criminal-record.verifications-period"


class Way(StrEnum):
    """By what somebody verified."""

    CODE = "CODE"
    QR = "QR"
    FILE = "FILE"


class DocumentType(StrEnum):
    """What kind of document was issued."""

    CRIMINAL_RECORD = "CRIMINAL_RECORD"
    INTEGRITY = "INTEGRITY"
    EXTRACT = "EXTRACT"


class Seal(StrEnum):
    """What the seal of a file says."""

    INTACT = "INTACT"
    ALTERED = "ALTERED"
    UNTRUSTED = "UNTRUSTED"
    REVOKED_SEAL = "REVOKED_SEAL"
    NOT_SEALED = "NOT_SEALED"
    NOT_A_PDF = "NOT_A_PDF"


@dataclass(frozen=True, slots=True, repr=False)
class Issued:
    """What verification needs of a certificate; `hint` is still encrypted."""

    id: UUID
    holder_id: UUID | None
    document: DocumentType
    series: str
    number: int
    motive: str
    hint: bytes
    issued_on: date
    valid_until: date
    file_sha256: bytes
    revoked_at: datetime | None
    is_superseded: bool
    version: int

    def standing(self, today: date) -> Standing:
        """How it stands on a day; the end that somebody decided goes before the one that time brought."""
        if self.revoked_at:
            return Standing.REVOKED
        if self.is_superseded:
            return Standing.SUPERSEDED
        return Standing.EXPIRED if today > self.valid_until else Standing.VALID

    @property
    def label(self) -> str:
        """The series and the number, as they are printed: `CJ 0048213`."""
        return f"{self.series} {self.number:07d}"

    @property
    def revoked_on(self) -> date | None:
        """The day of the revocation, Europe/Bucharest."""
        return clock.local_date(self.revoked_at) if self.revoked_at else None


@dataclass(frozen=True, slots=True, repr=False)
class Answer:
    """The answer to who verifies, the same form for all; `certificate` and `hint` are None for NOT_FOUND."""

    standing: Standing
    at: datetime
    certificate: Issued | None
    hint: Hint | None
    motive: Option | None
    seal: Seal | None


@dataclass(frozen=True, slots=True)
class Verification:
    """One verification of a certificate, as its holder is told of it: nothing of who asked."""

    id: UUID
    certificate_id: UUID
    at: datetime
    way: Way
    standing: Standing


def wait(count: int, limit: int, since: datetime, period: timedelta, now: datetime) -> int:
    """How many seconds to wait with another try, 0 for not at all; `count` are the tries with this one."""
    if count <= limit:
        return 0
    return max(1, int((since + period - now).total_seconds()) + 1)
