"""Whether what is published is still right: the provider's word, and what happens without it."""

from datetime import datetime
from typing import Final

from hub_core.clock import local_date
from hub_events import outbox
from hub_events.session import Session
from hub_service.policy import Official

from ..domain import entries
from ..domain.entries import CONFIRMATION, REMINDER, Step
from ..events.services import EntryStale
from ..storage import entries as storage
from ..storage import rules
from .entries import Opened, keep, lock_own, stored
from .showing import mark

_AT_ONCE: Final = 50


async def confirm(session: Session, official: Official, code: str, revision: int, now: datetime) -> Opened:
    """The provider says that what is published is still right.

    Raises `NotFound`, `PreconditionFailed`, `EntryStepRefused`.
    """
    async with session.begin():
        entry = await lock_own(session, official, code, revision)
        term = (await rules.read(session, [CONFIRMATION])).on(CONFIRMATION, local_date(now))
        confirmed = entries.confirm(entry, official.person_id, term, now)
        kept = await keep(session, Step.CONFIRM, official.person_id, confirmed, now)
        await mark(session, confirmed)
        return kept


async def flag_stale(session: Session, now: datetime) -> int:
    """Flag entries that nobody has confirmed in time, and remind their providers ex officio.

    How many were told; at most so many at once that it is asked again while it is not 0. What another
    process has in hand is left to it.
    """
    async with session.begin():
        today = local_date(now)
        reminder = (await rules.read(session, [REMINDER])).on(REMINDER, today)
        due = await storage.lock_due(session, today, _AT_ONCE)
        for entry in due:
            flagged = entries.flag(entry, reminder, now)
            await keep(session, Step.REMIND, None, flagged, now)
            await mark(session, flagged)
            current = await stored(session, flagged, flagged.published or flagged.last)
            await outbox.record(session, EntryStale.reminding(flagged, current.content), now)
    return len(due)
