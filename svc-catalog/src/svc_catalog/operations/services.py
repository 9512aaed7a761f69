"""What can be done with services: load, decide, store, tell, each in one transaction."""

from collections.abc import Sequence
from datetime import datetime

from hub_core.rules import Rules
from hub_events import outbox
from hub_events.session import Session

from ..domain import services, versions
from ..domain.changes import ChangeKind
from ..domain.services import Service
from ..errors.services import ServiceNotFound
from ..events.services import EntryPublished
from ..storage import changes, ranking, rules
from ..storage import services as storage


async def find(
    session: Session, wanted: services.Filter, after: ranking.Position | None, limit: int
) -> list[storage.Found]:
    """At most `limit` published services after a position, the best match first."""
    async with session.begin():
        return await storage.find(session, wanted, after, limit)


async def read(session: Session, code: str) -> tuple[storage.ProvidedService, Rules]:
    """The published service of a code, and the rules that it names."""
    async with session.begin():
        provided = await storage.get_published(session, code)
        if provided is None:
            raise ServiceNotFound
        return provided, await rules.read(session, provided.service.rules)


async def load(session: Session, wanted: Sequence[Service], now: datetime) -> int:
    """Bring the entries to the wanted state; how many were new or changed.

    What is the same stays untouched and tells nothing; what is not named stays as it is.
    """
    async with session.begin():
        known = await storage.lock(session)
        changed = versions.successors(wanted, known)
        await storage.put(session, changed, now)
        for each in changed:
            published = each.status in services.PUBLISHED
            if published:
                await outbox.record(session, EntryPublished.of(each), now)
            await changes.note(session, ChangeKind.SERVICE, each.code, each.version, now, gone=not published)
    return len(changed)
