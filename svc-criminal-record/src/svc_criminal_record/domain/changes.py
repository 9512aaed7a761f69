"""How a certificate ends before its day: one officer proposes, a head decides.

A revocation ends it; a correction puts a new one in its place. Nothing is deleted. An extract, which an
institution holds, is revoked only: it asks for a new one, on a consent that is in force then.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from hub_core.decisions import FourEyes

from ..errors.changes import CertificateEnded, ChangeDecided
from .certificates import RevocationReason, Standing


class Kind(StrEnum):
    """What is proposed."""

    REVOCATION = "REVOCATION"
    CORRECTION = "CORRECTION"


class Decision(StrEnum):
    """What the head says."""

    APPROVED = "APPROVED"
    DECLINED = "DECLINED"


@dataclass(frozen=True, slots=True)
class Change:
    """A revocation or a correction, proposed or decided.

    `match` is the reference of the register's record that a correction is made of; the reason in words
    is stored encrypted beside it.
    """

    id: UUID
    certificate_id: UUID
    kind: Kind
    reason: RevocationReason
    institution_id: UUID
    proposed_by: UUID
    proposed_at: datetime
    match: bytes | None = None
    decided_by: UUID | None = None
    decided_at: datetime | None = None
    decision: Decision | None = None


def refuse_ended(standing: Standing) -> None:
    """`CertificateEnded` for a certificate that is not good any more."""
    if standing is not Standing.VALID:
        raise CertificateEnded(standing=standing.value)


def decide(change: Change, head: UUID, decision: Decision, now: datetime) -> Change:
    """The change as decided. `ChangeDecided`; `FourEyes` for who proposed it."""
    if change.decision is not None:
        raise ChangeDecided
    if change.proposed_by == head:
        raise FourEyes
    return replace(change, decided_by=head, decided_at=now, decision=decision)
