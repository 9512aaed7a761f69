"""What a provider's officials can do with their entries: load, decide, store, each in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hub_core.principal import Role
from hub_core.rules import Rules
from hub_events.session import Session
from hub_service.policy import Official
from hub_service.problems import NotFound, PreconditionFailed

from ..domain import entries
from ..domain.entries import Entry, Step, Version
from ..domain.services import Service
from ..errors.entries import EntryExists
from ..storage import entries as storage
from ..storage import rules
from ..storage.entries import Filter, Listed, LoggedStep


@dataclass(frozen=True, slots=True)
class Opened:
    """An entry with its versions, the newest first."""

    entry: Entry
    versions: Sequence[Version]


@dataclass(frozen=True, slots=True)
class Compared:
    """Two versions of an entry, and the rules that they name."""

    was: Version
    now: Version
    rules: Rules


async def find(
    session: Session, official: Official, wanted: Filter, after: str | None, limit: int
) -> list[Listed]:
    """At most `limit` entries that the official may see, by code, after a code."""
    async with session.begin():
        return await storage.find(session, wanted, after, limit, only_of=_only_of(official))


async def read(session: Session, official: Official, code: str) -> Opened:
    """An entry with its versions; `NotFound` for another institution's."""
    async with session.begin():
        entry = visible(official, await storage.get(session, code))
        return Opened(entry, await storage.versions(session, entry.id))


async def read_version(session: Session, official: Official, code: str, number: int) -> Version:
    """One version of an entry, whole; `NotFound` when there is none of this number."""
    async with session.begin():
        entry = visible(official, await storage.get(session, code))
        return await stored(session, entry, number)


async def compare(
    session: Session, official: Official, code: str, was: int | None, now: int | None
) -> Compared:
    """Two versions of an entry: the newest one and what it was made from, unless others are asked for."""
    async with session.begin():
        entry = visible(official, await storage.get(session, code))
        newer = await stored(session, entry, now or entry.last)
        older = await stored(session, entry, was or newer.base or newer.number)
        named = older.content.rules | newer.content.rules
        return Compared(older, newer, await rules.read(session, named))


async def log(
    session: Session, official: Official, code: str, before: int | None, limit: int
) -> list[LoggedStep]:
    """The change log of an entry, the newest step first."""
    async with session.begin():
        entry = visible(official, await storage.get(session, code))
        return await storage.log(session, entry.id, before, limit)


async def create(
    session: Session, official: Official, content: Service, reason: str, now: datetime
) -> Opened:
    """A new entry of the official's institution, with its first draft; raises `EntryExists`."""
    async with session.begin():
        await storage.lock_code(session, content.code)
        if await storage.get(session, content.code) is not None:
            raise EntryExists
        entry, draft = entries.create(content, official.person_id, reason, now)
        return await keep(session, Step.CREATE, official.person_id, entry, now, draft, reason=reason)


async def open_version(
    session: Session, official: Official, code: str, revision: int, reason: str, now: datetime
) -> Opened:
    """A new draft from the published version; raises `NotFound`, `PreconditionFailed`, `EntryStepRefused`."""
    async with session.begin():
        entry = await lock_own(session, official, code, revision)
        base = await stored(session, entry, entry.published or entry.last)
        opened, draft = entries.open_version(entry, base, official.person_id, reason, now)
        return await keep(session, Step.OPEN, official.person_id, opened, now, draft, reason=reason)


async def revise(
    session: Session,
    official: Official,
    code: str,
    revision: int,
    content: Service,
    reason: str,
    now: datetime,
) -> Opened:
    """The draft with other content; raises as `open_version`."""
    async with session.begin():
        entry = await lock_own(session, official, code, revision)
        draft = await stored(session, entry, entry.working or entry.last)
        revised, version = entries.revise(entry, draft, content, official.person_id, reason, now)
        return await keep(session, Step.REVISE, official.person_id, revised, now, version, reason=reason)


async def discard(
    session: Session, official: Official, code: str, revision: int, reason: str, now: datetime
) -> Opened:
    """Give up the draft of a published entry; raises as `open_version`."""
    async with session.begin():
        entry = await lock_own(session, official, code, revision)
        draft = await stored(session, entry, entry.working or entry.last)
        kept, discarded = entries.discard(entry, draft, now)
        return await keep(session, Step.DISCARD, official.person_id, kept, now, discarded, reason=reason)


async def submit(session: Session, official: Official, code: str, revision: int, now: datetime) -> Opened:
    """Hand the draft in for review; raises as `open_version`."""
    async with session.begin():
        entry = await lock_own(session, official, code, revision)
        draft = await stored(session, entry, entry.working or entry.last)
        waiting, submitted = entries.submit(entry, draft, official.person_id, now)
        return await keep(session, Step.SUBMIT, official.person_id, waiting, now, submitted)


async def lock_own(session: Session, official: Official, code: str, revision: int) -> Entry:
    """An entry of the official's institution, locked, at the revision that was read."""
    entry = await storage.lock(session, code)
    if entry is None or entry.provider_id != official.institution_id:
        raise NotFound
    return at(entry, revision)


def at(entry: Entry, revision: int) -> Entry:
    """The entry, if nothing has changed since it was read; raises `PreconditionFailed`."""
    if entry.revision != revision:
        raise PreconditionFailed
    return entry


def visible(official: Official, entry: Entry | None) -> Entry:
    """The entry, if the official may see it; raises `NotFound`."""
    if entry is None or _only_of(official) not in {None, entry.provider_id}:
        raise NotFound
    return entry


async def stored(session: Session, entry: Entry, number: int) -> Version:
    """A version of the entry; raises `NotFound`."""
    version = await storage.version(session, entry.id, number)
    if version is None:
        raise NotFound
    return version


async def keep(
    session: Session,
    step: Step,
    by: UUID | None,
    entry: Entry,
    now: datetime,
    *changed: Version,
    reason: str = "",
) -> Opened:
    """Store an entry after a step, with the versions that it changed and its line of the change log."""
    number = changed[0].number if changed else entry.published
    line = LoggedStep(entry.id, entry.revision, step, now, number, by, reason)
    await storage.put(session, entry, line, changed)
    return Opened(entry, await storage.versions(session, entry.id))


def _only_of(official: Official) -> UUID | None:
    """The institution whose entries alone the official sees; none for a publisher, who sees all."""
    return None if Role.CATALOG_PUBLISHER in official.roles else official.institution_id
