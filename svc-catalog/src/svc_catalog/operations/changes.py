"""What those can do who keep a copy of the catalog."""

from datetime import datetime, timedelta
from typing import Final

from hub_core import clock
from hub_events.session import Session

from ..domain import changes
from ..domain.changes import ChangeKind, Place, Stretch
from ..errors.changes import CursorTooOld
from ..storage import changes as storage
from ..storage import rules

_KEPT: Final = "catalog.deletions-kept"


async def follow(session: Session, after: Place | None, kind: ChangeKind | None, limit: int) -> Stretch:
    """At most `limit` changes after a place, or from the beginning; raises `CursorTooOld`."""
    async with session.begin():
        log = await storage.log(session)
        start = after or changes.beginning(log, kind)
        if not start.is_good(log):
            raise CursorTooOld
        found = await storage.read(session, start, log.last, limit)
    return Stretch(found, start, Place(log.origin, log.last, log.last, kind))


async def forget(session: Session, now: datetime) -> int:
    """Forget the deletions that need not be kept any more; how many."""
    async with session.begin():
        kept = (await rules.read(session, [_KEPT])).on(_KEPT, clock.local_date(now))
        return await storage.forget(session, now - timedelta(days=kept.whole))
