"""Types of evidence: rows in, domain values out."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

from pydantic import TypeAdapter
from sqlalchemy import select

from hub_events.session import Session

from ..domain.evidence import EvidenceType
from ..tables.evidence import EVIDENCE_TYPES
from . import ranking

_EVIDENCE: Final = TypeAdapter(EvidenceType)


async def find(session: Session, after: str | None, limit: int) -> list[EvidenceType]:
    """The types after a code, in the order of their codes."""
    columns = EVIDENCE_TYPES.c
    query = select(columns.content).order_by(columns.code).limit(limit)
    rows = await session.scalars(query.where(columns.code > after) if after else query)
    return [_EVIDENCE.validate_python(content) for content in rows]


async def read(session: Session, codes: Collection[str]) -> dict[str, EvidenceType]:
    """The types of these codes by code; what is not known is not among them."""
    rows = await session.scalars(select(EVIDENCE_TYPES.c.content).where(EVIDENCE_TYPES.c.code.in_(codes)))
    return {each.code: each for each in map(_EVIDENCE.validate_python, rows)}


async def lock(session: Session) -> list[EvidenceType]:
    """Every type, locked against other changes until the transaction ends."""
    rows = await session.scalars(select(EVIDENCE_TYPES.c.content).with_for_update())
    return [_EVIDENCE.validate_python(content) for content in rows]


async def put(session: Session, changed: Sequence[EvidenceType], now: datetime) -> None:
    """Store these versions, each over the one before it."""
    rows = [
        {
            "id": each.id,
            "code": each.code,
            "version": each.version,
            "content": _EVIDENCE.dump_python(each, mode="json"),
            "changed_at": now,
        }
        for each in changed
    ]
    await ranking.put(session, EVIDENCE_TYPES, rows)
