"""What anybody is told of a certificate: whether it stands, and by what it is recognised. Never what it says.

An answer costs the same whatever it is, so every step is taken for what is not there as well.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from hub_core.clock import local_date
from hub_core.rules import Option

from .certificates import Certificate, Standing
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
class Answer:
    """The answer to who verifies, the same form for all; `certificate` and `hint` are None for NOT_FOUND."""

    standing: Standing
    at: datetime
    certificate: Certificate | None
    hint: Hint | None
    motive: Option | None
    seal: Seal | None

    @property
    def document(self) -> DocumentType | None:
        """What kind of document it is."""
        if self.certificate is None:
            return None
        extracted = self.certificate.extract_id is not None
        return DocumentType.EXTRACT if extracted else DocumentType(self.certificate.product)

    @property
    def revoked_on(self) -> date | None:
        """The day of the revocation, Europe/Bucharest."""
        revoked_at = self.certificate and self.certificate.revoked_at
        return local_date(revoked_at) if revoked_at else None


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
