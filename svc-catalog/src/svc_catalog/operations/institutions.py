"""What can be done with institutions: load, decide, store, tell, each in one transaction."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from hub_events import outbox
from hub_events.session import Session

from ..domain import institutions, versions
from ..domain.changes import ChangeKind
from ..domain.institutions import Institution
from ..domain.text import Question
from ..errors.institutions import InstitutionNotFound
from ..events.institutions import InstitutionChanged
from ..storage import changes, ranking
from ..storage import institutions as storage
from .searching import Answer, search


async def find(
    session: Session, wanted: institutions.Filter, after: ranking.Position | None, limit: int
) -> Answer[storage.Found]:
    """At most `limit` institutions after a position, the best match first."""

    async def look(question: Question | None) -> list[storage.Found]:
        return await storage.find(session, replace(wanted, question=question), after, limit)

    async with session.begin():
        return await search(session, wanted.question, after, look)


async def read(session: Session, key: storage.Key) -> Institution:
    """The institution of an id or a code, also one that is no more."""
    async with session.begin():
        institution = await storage.get(session, key)
    if institution is None:
        raise InstitutionNotFound
    return institution


async def load(session: Session, wanted: Sequence[Institution], now: datetime) -> int:
    """Bring the directory to the wanted state; how many were new or changed.

    What is the same stays untouched and tells nothing; what is not named stays as it is.
    """
    async with session.begin():
        known = await storage.lock(session)
        changed = versions.successors(wanted, known)
        await storage.put(session, changed, now)
        for each in changed:
            await outbox.record(session, InstitutionChanged.of(each), now)
        told = {each.code: each.version for each in changed}
        await changes.note_all(session, ChangeKind.INSTITUTION, told, now)
    return len(changed)
