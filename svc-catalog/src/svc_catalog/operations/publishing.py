"""What DGCTI's officials decide on entries: load, decide, store, tell, each in one transaction."""

import asyncio
from datetime import datetime

from hub_core.clock import local_date
from hub_core.problem import FieldError
from hub_events import outbox
from hub_events.session import Session
from hub_service.policy import Official
from hub_service.problems import NotFound

from ..domain import completeness, entries, references
from ..domain.entries import Entry, Step
from ..domain.references import Known
from ..domain.services import Service, Suspension
from ..errors.entries import EntryIncomplete
from ..events.services import EntryPublished, EntryResumed, EntryRetired, EntrySuspended
from ..exports import cpsv
from ..reference.facts import facts
from ..storage import entries as storage
from ..storage import evidence, institutions, rules
from ..storage import services as shown_services
from . import exports
from .entries import Opened, at, keep, stored, visible
from .showing import show


async def check(session: Session, official: Official, code: str, now: datetime) -> list[FieldError]:
    """What keeps the version that is worked on, or else the published one, from being published.

    Raises `NotFound`.
    """
    async with session.begin():
        entry = visible(official, await storage.get(session, code))
        version = await stored(session, entry, entry.working or entry.published or entry.last)
        return await findings(session, version.content, now)


async def findings(session: Session, service: Service, now: datetime) -> list[FieldError]:
    """What keeps a service from being published today, by JSON pointer; in the caller's transaction."""
    shown = entries.as_published(service)
    known = await _known(session, service, now)
    around = await exports.surroundings(session, [shown])
    by_shapes = await asyncio.to_thread(cpsv.violations, shown, around, local_date(now))
    return [*completeness.findings(shown), *references.findings(shown, known), *by_shapes]


async def give_back(
    session: Session, official: Official, code: str, revision: int, reasons: str, now: datetime
) -> Opened:
    """Return a version to its provider with the reasons.

    Raises `NotFound`, `PreconditionFailed`, `EntryStepRefused`.
    """
    async with session.begin():
        entry = await _lock(session, code, revision)
        version = await stored(session, entry, entry.working or entry.last)
        returned, draft = entries.give_back(entry, version, official.person_id, reasons, now)
        return await keep(session, Step.RETURN, official.person_id, returned, now, draft, reason=reasons)


async def publish(
    session: Session, official: Official, code: str, revision: int, now: datetime, *, pilot: bool
) -> Opened:
    """Publish the reviewed version, as a trial or for good. Raises `FourEyes`, `EntryIncomplete` as well."""
    async with session.begin():
        entry = await _lock(session, code, revision)
        version = await stored(session, entry, entry.working or entry.last)
        term = (await rules.read(session, [entries.CONFIRMATION])).on(entries.CONFIRMATION, local_date(now))
        published, current = entries.publish(
            entry, version, official.person_id, pilot=pilot, term=term, now=now
        )
        found = await findings(session, version.content, now)
        if found:
            raise EntryIncomplete(found)
        changed = [current]
        if entry.published is not None:
            changed.append(entries.supersede(await stored(session, entry, entry.published), now))
        step = Step.PILOT if pilot else Step.PUBLISH
        kept = await keep(session, step, official.person_id, published, now, *changed)
        service = await show(session, published, current, now)
        await outbox.record(session, EntryPublished.of(published, service), now)
        return kept


async def promote(session: Session, official: Official, code: str, revision: int, now: datetime) -> Opened:
    """End the trial of an entry: it is active. Raises `FourEyes` as well."""
    async with session.begin():
        entry = await _lock(session, code, revision)
        current = await stored(session, entry, entry.published or entry.last)
        active = entries.promote(entry, current, official.person_id)
        kept = await keep(session, Step.PROMOTE, official.person_id, active, now)
        service = await show(session, active, current, now)
        await outbox.record(session, EntryPublished.of(active, service), now)
        return kept


async def suspend(
    session: Session, official: Official, code: str, revision: int, suspension: Suspension, now: datetime
) -> Opened:
    """Tell people that a service is not given for the time, why, and what to use meanwhile."""
    async with session.begin():
        entry = await _lock(session, code, revision)
        suspended = entries.suspend(entry, suspension)
        kept = await keep(
            session, Step.SUSPEND, official.person_id, suspended, now, reason=suspension.reason.ro
        )
        current = await stored(session, entry, entry.published or entry.last)
        service = await show(session, suspended, current, now)
        await outbox.record(session, EntrySuspended.of(suspended, service, until=suspension.until), now)
        return kept


async def resume(
    session: Session, official: Official, code: str, revision: int, reason: str, now: datetime
) -> Opened:
    """The service is given again, as a trial if it was one."""
    async with session.begin():
        entry = await _lock(session, code, revision)
        resumed = entries.resume(entry)
        kept = await keep(session, Step.RESUME, official.person_id, resumed, now, reason=reason)
        current = await stored(session, entry, entry.published or entry.last)
        service = await show(session, resumed, current, now)
        await outbox.record(session, EntryResumed.of(resumed, service), now)
        return kept


async def retire(
    session: Session, official: Official, code: str, revision: int, reason: str, now: datetime
) -> Opened:
    """The service is given no more; a version of it that is worked on is discarded."""
    async with session.begin():
        entry = await _lock(session, code, revision)
        retired = entries.retire(entry)
        current = await stored(session, entry, entry.published or entry.last)
        dropped = [] if entry.working is None else [await stored(session, entry, entry.working)]
        ended = [entries.drop(version, now) for version in dropped]
        kept = await keep(
            session, Step.RETIRE, official.person_id, retired, now, current, *ended, reason=reason
        )
        service = await show(session, retired, current, now)
        await outbox.record(session, EntryRetired.of(retired, service), now)
        return kept


async def _lock(session: Session, code: str, revision: int) -> Entry:
    """Any entry, locked, at the revision that was read."""
    entry = await storage.lock(session, code)
    if entry is None:
        raise NotFound
    return at(entry, revision)


async def _known(session: Session, service: Service, now: datetime) -> Known:
    """What the entry names and is in the catalog today."""
    today = local_date(now)
    wanted = [each for each in (service.provider_id, service.authority_id) if each is not None]
    found = [await institutions.get(session, each) for each in wanted]
    return Known(
        on=today,
        rules=await rules.read(session, service.rules),
        reachable={each.id: bool(each.contacts) for each in found if each is not None},
        evidence=await evidence.read(session, [each.evidence for each in service.inputs]),
        facts=frozenset(fact.code for fact in facts()),
        services=await shown_services.read(session, references.services(service)),
    )
