"""Entries of the reference data, which come with a release of the hub."""

from collections.abc import Sequence
from datetime import datetime

from hub_core.clock import local_date
from hub_events import outbox
from hub_events.session import Session

from ..domain import entries
from ..domain.changes import ChangeKind
from ..domain.entries import CONFIRMATION, Entry, Step, Version
from ..domain.services import PUBLISHED, Service
from ..events.services import EntryPublished
from ..storage import changes, rules
from ..storage import entries as storage
from ..storage.entries import LoggedStep
from . import showing


async def load(session: Session, wanted: Sequence[Service], now: datetime) -> int:
    """Bring the entries to the wanted state; how many were new or changed.

    What is the same stays untouched and tells nothing; so does what is not named, and what an official
    has worked on, which is the provider's from then on.
    """
    async with session.begin():
        known = {entry.id: entry for entry in await storage.lock_all(session)}
        newest, taken_over = await storage.newest(session), await storage.touched(session)
        term = (await rules.read(session, [CONFIRMATION])).on(CONFIRMATION, local_date(now))
        changed = [
            loaded
            for each in wanted
            if each.id not in taken_over
            and (loaded := entries.load(known.get(each.id), newest.get(each.id), each, term, now))
        ]
        for entry, versions in changed:
            await _keep(session, entry, versions, now)
        seen = [entry for entry, _ in changed if entry.status in PUBLISHED]
        told = {entry.code: entry.last for entry in seen}
        await changes.note_all(session, ChangeKind.SERVICE, told, now)
        for entry, _ in changed:
            if entry.code not in told:
                await changes.note(session, ChangeKind.SERVICE, entry.code, entry.last, now, gone=True)
    return len(changed)


async def _keep(session: Session, entry: Entry, versions: Sequence[Version], now: datetime) -> None:
    line = LoggedStep(entry.id, entry.revision, Step.LOAD, now, entry.last, reason=entries.LOADED)
    await storage.put(session, entry, line, versions)
    if entry.published is not None:
        service = await showing.put(session, entry, versions[0], now)
        if entry.status in PUBLISHED:
            await outbox.record(session, EntryPublished.of(entry, service), now)
