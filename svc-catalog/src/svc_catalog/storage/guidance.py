"""Questions and advice: rows in, domain values out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import Row, Select, func, or_, select
from sqlalchemy.dialects.postgresql import insert

from hub_events.session import Session

from ..domain import text
from ..domain.guidance import Advice, AdviceFilter, Faq, FaqFilter
from ..domain.text import Texts
from ..tables.guidance import ADVICE, FAQ_VOTES, FAQS
from ..tables.institutions import INSTITUTIONS
from . import ranking, vocabulary

_FAQ: Final = TypeAdapter(Faq)
_ADVICE: Final = TypeAdapter(Advice)
_TEXTS: Final = TypeAdapter(Texts)
_HELPFUL: Final = func.coalesce(FAQ_VOTES.c.helpful, 0)


@dataclass(frozen=True, slots=True)
class VotedFaq:
    """A question, and how often its answer helped."""

    faq: Faq
    helpful: int


FoundFaq = tuple[ranking.Position, VotedFaq]
"""A question in a list, and where the list stands with it."""


@dataclass(frozen=True, slots=True)
class SourcedAdvice:
    """Advice with the code and the names of the structure that answers for it."""

    advice: Advice
    source_code: str
    source_names: Texts


async def find_faqs(
    session: Session, wanted: FaqFilter, after: ranking.Position | None, limit: int
) -> list[FoundFaq]:
    """The questions that fit the filter, the best match first."""
    query = _with_votes(ranking.ranked(FAQS, wanted.question, after, [FAQS.c.content, _HELPFUL]))
    if wanted.category is not None:
        query = query.where(FAQS.c.category == wanted.category)
    if wanted.service is not None:
        query = query.where(FAQS.c.services.contains([wanted.service]))
    rows = await session.execute(query.limit(limit))
    return [(ranking.position(row), _faq(row)) for row in rows]


async def get_faq(session: Session, key: UUID | str) -> VotedFaq | None:
    """The question of an id or a code."""
    column = FAQS.c.id if isinstance(key, UUID) else FAQS.c.code
    query = _with_votes(select(FAQS.c.content, _HELPFUL)).where(column == key)
    row = (await session.execute(query)).one_or_none()
    return _faq(row) if row else None


async def count_vote(session: Session, code: str) -> None:
    """One more person whom the answer helped."""
    statement = insert(FAQ_VOTES).values(code=code, helpful=1)
    await session.execute(
        statement.on_conflict_do_update(
            constraint=FAQ_VOTES.primary_key, set_={"helpful": FAQ_VOTES.c.helpful + 1}
        )
    )


async def lock_faqs(session: Session) -> list[Faq]:
    """Every question, locked against other changes until the transaction ends."""
    rows = await session.scalars(select(FAQS.c.content).with_for_update())
    return [_FAQ.validate_python(content) for content in rows]


async def put_faqs(session: Session, changed: Sequence[Faq], now: datetime) -> None:
    """Store these versions, each over the one before it."""
    indexes = [each.index() for each in changed]
    rows = [
        _common(each, _FAQ.dump_python(each, mode="json"), now)
        | {"category": each.category, "services": list(each.services)}
        | ranking.derived(index, each.sort_key)
        for each, index in zip(changed, indexes, strict=True)
    ]
    await ranking.put(session, FAQS, rows)
    await vocabulary.learn(session, frozenset().union(*(index.vocabulary for index in indexes)))


async def derive_anew(session: Session) -> None:
    """Derive anew what searches read of questions that were derived by other rules."""
    rows = await session.scalars(select(FAQS.c.content).where(FAQS.c.edition != text.EDITION))
    for each in map(_FAQ.validate_python, rows.all()):
        index = each.index()
        await ranking.store_derived(session, FAQS, each.id, ranking.derived(index, each.sort_key))
        await vocabulary.learn(session, index.vocabulary)


async def find_advice(
    session: Session, wanted: AdviceFilter, after: str | None, limit: int
) -> list[SourcedAdvice]:
    """The advice that fits the filter, by code."""
    columns = ADVICE.c
    query = _with_source().order_by(columns.code).limit(limit)
    if wanted.topic is not None:
        query = query.where(columns.topic == wanted.topic)
    if wanted.on is not None:
        query = query.where(
            or_(func.cardinality(columns.months) == 0, columns.months.contains([wanted.on.month]))
        )
    rows = await session.execute(query.where(columns.code > after) if after else query)
    return [_advice(row) for row in rows]


async def get_advice(session: Session, code: str) -> SourcedAdvice | None:
    """The advice of a code."""
    row = (await session.execute(_with_source().where(ADVICE.c.code == code))).one_or_none()
    return _advice(row) if row else None


async def lock_advice(session: Session) -> list[Advice]:
    """All advice, locked against other changes until the transaction ends."""
    rows = await session.scalars(select(ADVICE.c.content).with_for_update())
    return [_ADVICE.validate_python(content) for content in rows]


async def put_advice(session: Session, changed: Sequence[Advice], now: datetime) -> None:
    """Store these versions, each over the one before it."""
    rows = [
        _common(each, _ADVICE.dump_python(each, mode="json"), now)
        | {"topic": each.topic, "months": list(each.months), "source_id": each.source_id}
        for each in changed
    ]
    await ranking.put(session, ADVICE, rows)


def _common(each: Faq | Advice, content: object, now: datetime) -> dict[str, Any]:
    shown: Mapping[str, Any] = {"id": each.id, "code": each.code, "version": each.version}
    return {**shown, "content": content, "changed_at": now}


def _with_votes(query: Select[Any]) -> Select[Any]:
    return query.join_from(FAQS, FAQ_VOTES, FAQ_VOTES.c.code == FAQS.c.code, isouter=True)


def _with_source() -> Select[Any]:
    columns = (ADVICE.c.content, INSTITUTIONS.c.code, INSTITUTIONS.c.names)
    return select(*columns).join_from(ADVICE, INSTITUTIONS, ADVICE.c.source_id == INSTITUTIONS.c.id)


def _faq(row: Row[Any]) -> VotedFaq:
    content, helpful = tuple(row)[-2:]
    return VotedFaq(_FAQ.validate_python(content), helpful)


def _advice(row: Row[Any]) -> SourcedAdvice:
    return SourcedAdvice(_ADVICE.validate_python(row.content), row.code, _TEXTS.validate_python(row.names))
