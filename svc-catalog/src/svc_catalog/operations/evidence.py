"""What can be done with types of evidence: load, decide, store, each in one transaction."""

from collections.abc import Sequence
from datetime import datetime

from hub_events.session import Session

from ..domain import versions
from ..domain.changes import ChangeKind
from ..domain.evidence import EvidenceType
from ..errors.evidence import EvidenceTypeNotFound
from ..storage import changes
from ..storage import evidence as storage


async def find(session: Session, after: str | None, limit: int) -> list[EvidenceType]:
    """At most `limit` types after a code."""
    async with session.begin():
        return await storage.find(session, after, limit)


async def read(session: Session, code: str) -> EvidenceType:
    """The type of a code."""
    async with session.begin():
        found = await storage.read(session, [code])
    if code not in found:
        raise EvidenceTypeNotFound
    return found[code]


async def load(session: Session, wanted: Sequence[EvidenceType], now: datetime) -> int:
    """Bring the types to the wanted state; how many were new or changed. What is not named stays."""
    async with session.begin():
        known = await storage.lock(session)
        changed = versions.successors(wanted, known)
        await storage.put(session, changed, now)
        told = {each.code: each.version for each in changed}
        await changes.note_all(session, ChangeKind.EVIDENCE_TYPE, told, now)
    return len(changed)
