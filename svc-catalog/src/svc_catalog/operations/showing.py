"""What people see of an entry: put where lists, searches and exports read it, in the caller's transaction."""

from datetime import datetime

from hub_events.session import Session

from ..domain import entries
from ..domain.changes import ChangeKind
from ..domain.entries import Entry, Version
from ..domain.services import PUBLISHED, Service
from ..storage import changes
from ..storage import services as storage


async def show(session: Session, entry: Entry, published: Version, now: datetime) -> Service:
    """Show the published version of an entry with its standing; note for copies that it changed or went.

    Nothing is locked after it (`storage.changes.note`).
    """
    service = await put(session, entry, published, now)
    is_gone = entry.status not in PUBLISHED
    await changes.note(session, ChangeKind.SERVICE, entry.code, service.version, now, gone=is_gone)
    return service


async def put(session: Session, entry: Entry, published: Version, now: datetime) -> Service:
    """The same without the note, which the caller leaves for all of them together."""
    service = entries.shown(entry, published)
    await storage.put(session, [service], now)
    await mark(session, entry)
    return service


async def mark(session: Session, entry: Entry) -> None:
    """Show when an entry was confirmed, and whether it is stale."""
    await storage.mark(session, entry.id, entry.confirmed_at, stale=entry.is_stale)
