"""What can be done with questions, advice and the contact page."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Final
from uuid import UUID

from hub_core import clock
from hub_events.session import Session

from ..domain import versions
from ..domain.changes import ChangeKind
from ..domain.guidance import Advice, AdviceFilter, Faq, FaqFilter
from ..domain.text import Question
from ..errors.guidance import AdviceNotFound, FaqNotFound
from ..storage import changes, ranking, rules
from ..storage import guidance as storage
from .searching import Answer, search

_HOLIDAYS: Final = "calendar.holidays"


async def find_faqs(
    session: Session, wanted: FaqFilter, after: ranking.Position | None, limit: int
) -> Answer[storage.FoundFaq]:
    """At most `limit` questions after a position, the best match first."""

    async def look(question: Question | None) -> list[storage.FoundFaq]:
        return await storage.find_faqs(session, replace(wanted, question=question), after, limit)

    return await search(session, wanted.question, after, look)


async def read_faq(session: Session, key: UUID | str) -> storage.VotedFaq:
    """The question of an id or a code."""
    async with session.begin():
        found = await storage.get_faq(session, key)
    if found is None:
        raise FaqNotFound
    return found


async def vote(session: Session, key: UUID | str) -> None:
    """Count that the answer helped somebody; who that was is not kept."""
    async with session.begin():
        found = await storage.get_faq(session, key)
        if found is None:
            raise FaqNotFound
        await storage.count_vote(session, found.faq.code)


async def find_advice(
    session: Session, wanted: AdviceFilter, after: str | None, limit: int
) -> list[storage.SourcedAdvice]:
    """At most `limit` pieces of advice after a code."""
    async with session.begin():
        return await storage.find_advice(session, wanted, after, limit)


async def read_advice(session: Session, code: str) -> storage.SourcedAdvice:
    """The advice of a code."""
    async with session.begin():
        found = await storage.get_advice(session, code)
    if found is None:
        raise AdviceNotFound
    return found


async def holidays(session: Session, now: datetime) -> frozenset[str]:
    """The codes of the legal holidays, as the rule of the day says."""
    async with session.begin():
        known = await rules.read(session, [_HOLIDAYS])
    today: date = clock.local_date(now)
    return frozenset(option.code for option in known.on(_HOLIDAYS, today).options)


async def load_faqs(session: Session, wanted: Sequence[Faq], now: datetime) -> int:
    """Bring the questions to the wanted state; how many were new or changed. Votes stay."""
    async with session.begin():
        changed = versions.successors(wanted, await storage.lock_faqs(session))
        await storage.put_faqs(session, changed, now)
        await changes.note_all(session, ChangeKind.FAQ, {each.code: each.version for each in changed}, now)
    return len(changed)


async def load_advice(session: Session, wanted: Sequence[Advice], now: datetime) -> int:
    """Bring the advice to the wanted state; how many pieces were new or changed."""
    async with session.begin():
        changed = versions.successors(wanted, await storage.lock_advice(session))
        await storage.put_advice(session, changed, now)
        await changes.note_all(session, ChangeKind.ADVICE, {each.code: each.version for each in changed}, now)
    return len(changed)
