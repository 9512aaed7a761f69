"""Drafts, answers and questions to petitioners: rows in, domain values out."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, RowMapping, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.language import Language

from ..domain.files import Solution
from ..domain.handling import Answer, Clarification, Draft
from ..tables.files import CLARIFICATIONS, DRAFTS

_ANSWER: Final = frozenset(Answer.__dataclass_fields__)
_NOT_SHOWN: Final = frozenset({"institution_id", "sent_by"})


async def in_hand(session: AsyncSession, petition_id: UUID) -> Draft | None:
    """The draft that was not returned, if there is one; it may be the answer already."""
    return await _draft(session, (DRAFTS.c.petition_id == petition_id) & DRAFTS.c.returned_at.is_(None))


async def sent(session: AsyncSession, petition_id: UUID) -> Draft | None:
    """The answer, once it was sent."""
    return await _draft(session, (DRAFTS.c.petition_id == petition_id) & DRAFTS.c.sent_at.is_not(None))


async def all_of(session: AsyncSession, petition_id: UUID) -> Sequence[Draft]:
    """Every draft of a file, in order."""
    wanted = select(DRAFTS).where(DRAFTS.c.petition_id == petition_id).order_by(DRAFTS.c.ordinal)
    return [_draft_of(row) for row in (await session.execute(wanted)).mappings()]


async def add_draft(
    session: AsyncSession,
    petition_id: UUID,
    institution_id: UUID,
    answer: Answer,
    official: UUID,
    now: datetime,
) -> None:
    """Store what was written; the draft before was returned."""
    ordinal = await _next(session, DRAFTS.c.ordinal, DRAFTS.c.petition_id == petition_id)
    written: dict[str, Any] = {name: getattr(answer, name) for name in _ANSWER}
    await session.execute(
        insert(DRAFTS),
        {
            **written,
            "petition_id": petition_id,
            "ordinal": ordinal,
            "institution_id": institution_id,
            "drafted_by": official,
            "drafted_at": now,
        },
    )


async def note(session: AsyncSession, draft: Draft, **changed: Any) -> None:
    """Store what has happened with a draft."""
    mine = (DRAFTS.c.petition_id == draft.petition_id) & (DRAFTS.c.ordinal == draft.ordinal)
    await session.execute(update(DRAFTS).where(mine).values(changed))


async def ask(session: AsyncSession, petition_id: UUID, question: str, official: UUID, now: datetime) -> None:
    """Store a question to the petitioner."""
    mine = CLARIFICATIONS.c.petition_id == petition_id
    ordinal = await _next(session, CLARIFICATIONS.c.ordinal, mine)
    row = {
        "petition_id": petition_id,
        "ordinal": ordinal,
        "question": question,
        "asked_by": official,
        "asked_at": now,
    }
    await session.execute(insert(CLARIFICATIONS), row)


async def answer_last(session: AsyncSession, petition_id: UUID, answer: str, now: datetime) -> None:
    """Store what the petitioner answered to the questions that wait."""
    waiting = (CLARIFICATIONS.c.petition_id == petition_id) & CLARIFICATIONS.c.answer.is_(None)
    await session.execute(update(CLARIFICATIONS).where(waiting).values(answer=answer, answered_at=now))


async def clarifications(session: AsyncSession, petition_id: UUID) -> Sequence[Clarification]:
    """What the petitioner was asked, in order."""
    shown = (CLARIFICATIONS.c[name] for name in Clarification.__dataclass_fields__)
    wanted = select(*shown).where(CLARIFICATIONS.c.petition_id == petition_id)
    found = await session.execute(wanted.order_by(CLARIFICATIONS.c.ordinal))
    return [Clarification(**row) for row in found.mappings()]


async def _next(session: AsyncSession, ordinal: ColumnElement[int], mine: ColumnElement[bool]) -> int:
    """Whoever adds holds the row of the petition locked."""
    last = (await session.execute(select(func.max(ordinal)).where(mine))).scalar()
    return (last or 0) + 1


async def _draft(session: AsyncSession, mine: ColumnElement[bool]) -> Draft | None:
    row = (await session.execute(select(DRAFTS).where(mine))).mappings().first()
    return _draft_of(row) if row else None


def _draft_of(row: RowMapping) -> Draft:
    language = row["courtesy_language"]
    answer = Answer(
        solution=Solution(row["solution"]),
        text=row["text"],
        legal_basis=row["legal_basis"],
        courtesy_language=Language(language) if language else None,
        courtesy_text=row["courtesy_text"],
    )
    return Draft(
        answer=answer,
        **{name: value for name, value in row.items() if name not in _ANSWER and name not in _NOT_SHOWN},
    )
