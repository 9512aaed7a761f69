"""What the catalog can do: load, decide, store, tell, each in one transaction."""

from collections.abc import Sequence
from datetime import datetime

from hub_events import outbox
from hub_events.session import Session

from . import storage
from .domain import institutions, services, versions
from .domain.institutions import Institution
from .domain.services import Service
from .errors import InstitutionNotFound, ServiceNotFound
from .events import EntryPublished, InstitutionChanged


async def find_institutions(
    session: Session, wanted: institutions.Filter, after: storage.Position | None, limit: int
) -> list[storage.FoundInstitution]:
    """At most `limit` institutions after a position, the best match first."""
    async with session.begin():
        return await storage.find_institutions(session, wanted, after, limit)


async def read_institution(session: Session, key: storage.Key) -> Institution:
    """The institution of an id or a code, also one that is no more."""
    async with session.begin():
        institution = await storage.get_institution(session, key)
    if institution is None:
        raise InstitutionNotFound
    return institution


async def find_services(
    session: Session, wanted: services.Filter, after: storage.Position | None, limit: int
) -> list[storage.FoundService]:
    """At most `limit` published services after a position, the best match first."""
    async with session.begin():
        return await storage.find_services(session, wanted, after, limit)


async def read_service(session: Session, code: str) -> storage.ProvidedService:
    """The published service of a code."""
    async with session.begin():
        service = await storage.get_published_service(session, code)
    if service is None:
        raise ServiceNotFound
    return service


async def load_institutions(session: Session, wanted: Sequence[Institution], now: datetime) -> int:
    """Bring the directory to the wanted state; how many were new or changed.

    What is the same stays untouched and tells nothing; what is not named stays as it is.
    """
    async with session.begin():
        known = await storage.lock_institutions(session)
        changed = versions.successors(wanted, known)
        await storage.put_institutions(session, changed, now)
        for each in changed:
            await outbox.record(session, InstitutionChanged.of(each), now)
    return len(changed)


async def load_services(session: Session, wanted: Sequence[Service], now: datetime) -> int:
    """Bring the entries to the wanted state; how many were new or changed.

    What is the same stays untouched and tells nothing; what is not named stays as it is.
    """
    async with session.begin():
        known = await storage.lock_services(session)
        changed = versions.successors(wanted, known)
        await storage.put_services(session, changed, now)
        for each in changed:
            if each.status in services.PUBLISHED:
                await outbox.record(session, EntryPublished.of(each), now)
    return len(changed)
