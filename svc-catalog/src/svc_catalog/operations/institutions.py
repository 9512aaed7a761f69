"""What can be done with institutions: load, decide, store, tell, each in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

from hub_core import clock, ids
from hub_events import outbox
from hub_events.session import Session
from hub_service.problems import PreconditionFailed

from ..domain import institutions, versions
from ..domain.changes import ChangeKind
from ..domain.institutions import Institution, Revision
from ..domain.text import Question
from ..errors.institutions import InstitutionExists, InstitutionNotFound
from ..events.institutions import InstitutionChanged
from ..storage import changes, ranking
from ..storage import institutions as storage
from .searching import Answer, search

LOADED: Final = "Reference data of a release"
TOLD_AGAIN: Final = "More is told of it since a release"


async def find(
    session: Session, wanted: institutions.Filter, after: ranking.Position | None, limit: int
) -> Answer[storage.Found]:
    """At most `limit` institutions after a position, the best match first."""

    async def look(question: Question | None) -> list[storage.Found]:
        return await storage.find(session, replace(wanted, question=question), after, limit)

    return await search(session, wanted.question, after, look)


async def read(session: Session, key: storage.Key) -> Institution:
    """The institution of an id or a code, also one that is no more."""
    async with session.begin():
        institution = await storage.get(session, key)
    if institution is None:
        raise InstitutionNotFound
    return institution


async def history(session: Session, key: storage.Key, before: int | None, limit: int) -> list[Revision]:
    """How the institution has changed, the newest version first. Raises `InstitutionNotFound`."""
    async with session.begin():
        institution = await storage.get(session, key)
        if institution is None:
            raise InstitutionNotFound
        return await storage.history(session, institution.id, before, limit)


async def create(
    session: Session, draft: institutions.Draft, reason: str, by: UUID, now: datetime
) -> Institution:
    """Put a new institution into the directory.

    Raises `InstitutionExists`, `InstitutionStructureWrong`, `InstitutionHasParts`.
    """
    async with session.begin():
        known = {each.id: each for each in await storage.lock(session)}
        if any(each.code == draft.code for each in known.values()):
            raise InstitutionExists
        return await _write(session, draft.institution(ids.new_id(), known), known, reason, by, now)


async def change(
    session: Session, draft: institutions.Draft, base: int, reason: str, by: UUID, now: datetime
) -> Institution:
    """Replace what the directory says of the institution with the draft's code; `base` is what was read.

    Raises `InstitutionNotFound`, `PreconditionFailed`, `InstitutionStructureWrong`, `InstitutionHasParts`.
    """
    async with session.begin():
        known = {each.id: each for each in await storage.lock(session)}
        current = next((each for each in known.values() if each.code == draft.code), None)
        if current is None:
            raise InstitutionNotFound
        if current.version != base:
            raise PreconditionFailed
        return await _write(session, draft.institution(current.id, known), known, reason, by, now)


async def _write(
    session: Session,
    wanted: Institution,
    known: Mapping[UUID, Institution],
    reason: str,
    by: UUID,
    now: datetime,
) -> Institution:
    made = institutions.revised(wanted, known, clock.local_date(now))
    await _store(session, [made], reason, by, now)
    return made


async def load(session: Session, wanted: Sequence[Institution], now: datetime) -> int:
    """Bring the directory to the wanted state; how many were new or changed.

    What is the same stays untouched and tells nothing; what is not named stays as it is, and so does
    what an official has changed. Whatever an earlier release told with fewer facts is told again.
    """
    async with session.begin():
        known = await storage.lock(session)
        in_hand = await storage.in_hand(session)
        ours = [each for each in wanted if each.id not in in_hand]
        changed = versions.successors(ours, known)
        await _store(session, changed, LOADED, None, now)
        again = await storage.told_before(session)
        retold = [replace(each, version=each.version + 1) for each in known if each.id in again]
        await _store(session, retold, TOLD_AGAIN, None, now)
    return len(changed) + len(retold)


async def _store(
    session: Session, changed: Sequence[Institution], reason: str, by: UUID | None, now: datetime
) -> None:
    await storage.put(session, changed, now)
    await storage.note(
        session, [(each, Revision(each.id, each.version, reason, now, by)) for each in changed]
    )
    for each in changed:
        await outbox.record(session, InstitutionChanged.of(each), now)
    told = {each.code: each.version for each in changed}
    await changes.note_all(session, ChangeKind.INSTITUTION, told, now)
