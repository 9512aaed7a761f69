"""Drafts, answers and questions to petitioners: rows in, domain values out."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.language import Language
from hub_events.statements import Part

from ..domain.files import Solution
from ..domain.handling import Answer, Clarification, Draft
from ..tables.files import CLARIFICATIONS, DRAFTS

_ANSWER: Final = frozenset(Answer.__dataclass_fields__)
_NOT_SHOWN: Final = frozenset({"institution_id", "sent_by"})
_OF_FILE: Final = DRAFTS.c.petition_id == bindparam("of_petition")
_IN_HAND: Final = Part(select(DRAFTS).where(_OF_FILE, DRAFTS.c.returned_at.is_(None)))
_SENT: Final = Part(select(DRAFTS).where(_OF_FILE, DRAFTS.c.sent_at.is_not(None)))
_NEXT: Final = select(func.coalesce(func.max(DRAFTS.c.ordinal), 0) + 1).where(_OF_FILE).scalar_subquery()
_WRITTEN: Final = ("institution_id", "drafted_by", "drafted_at", *sorted(_ANSWER))
_ADD: Final = Part(
    insert(DRAFTS)
    .inline()
    .values(
        {"petition_id": bindparam("of_petition"), "ordinal": _NEXT}
        | {name: bindparam(name) for name in _WRITTEN}
    )
)


async def in_hand(session: AsyncSession, petition_id: UUID) -> Draft | None:
    """The draft that was not returned, if there is one; it may be the answer already."""
    row = await _IN_HAND.first(session, of_petition=petition_id)
    return _draft_of(row) if row else None


async def sent(session: AsyncSession, petition_id: UUID) -> Draft | None:
    """The answer, once it was sent."""
    row = await _SENT.first(session, of_petition=petition_id)
    return _draft_of(row) if row else None


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
    """Store what was written; the draft before was returned. Whoever adds holds the petition's row locked."""
    written: dict[str, Any] = {name: getattr(answer, name) for name in _ANSWER}
    await _ADD.all(
        session,
        of_petition=petition_id,
        institution_id=institution_id,
        drafted_by=official,
        drafted_at=now,
        **written,
    )


async def note(session: AsyncSession, draft: Draft, **changed: Any) -> None:
    """Store what has happened with a draft."""
    given = {f"new_{name}": value for name, value in changed.items()}
    noting = _noting(*sorted(changed))
    await noting.all(session, of_petition=draft.petition_id, of_draft=draft.ordinal, **given)


@cache
def _noting(*changed: str) -> Part:
    mine = update(DRAFTS).where(_OF_FILE, DRAFTS.c.ordinal == bindparam("of_draft"))
    return Part(mine.values({name: bindparam(f"new_{name}") for name in changed}))


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


def _draft_of(row: Any) -> Draft:
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
