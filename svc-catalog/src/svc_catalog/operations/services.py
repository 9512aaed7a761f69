"""What can be done with services: load, decide, store, tell, each in one transaction."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from hub_core.clock import local_date
from hub_core.rules import Rules
from hub_events import outbox
from hub_events.session import Session

from ..domain import entries, services
from ..domain.entries import CONFIRMATION, Step
from ..domain.rules import must_hold
from ..domain.services import Service
from ..domain.text import Question
from ..errors.services import ServiceNotFound
from ..events.services import EntryPublished
from ..storage import entries as entry_storage
from ..storage import ranking, rules
from ..storage import services as storage
from ..storage.entries import LoggedStep
from .searching import Answer, search
from .showing import show


async def find(
    session: Session, wanted: services.Filter, after: ranking.Position | None, limit: int
) -> Answer[storage.Found]:
    """At most `limit` published services after a position, the best match first."""

    async def look(question: Question | None) -> list[storage.Found]:
        return await storage.find(session, replace(wanted, question=question), after, limit)

    async with session.begin():
        return await search(session, wanted.question, after, look)


async def read(session: Session, code: str, on: date) -> tuple[storage.ProvidedService, Rules]:
    """The published service of a code, and the rules that it names.

    Raises `ServiceNotFound`, and `RuleNotInForce` when one of the rules has no value on that day.
    """
    async with session.begin():
        provided = await storage.get_published(session, code)
        if provided is None:
            raise ServiceNotFound
        numbers = await rules.read(session, provided.service.rules)
    must_hold(numbers, provided.service.rules, on)
    return provided, numbers


async def load(session: Session, wanted: Sequence[Service], now: datetime) -> int:
    """Bring the entries to the wanted state; how many were new or changed.

    What is the same stays untouched and tells nothing; so does what is not named, and what an official
    has worked on, which is the provider's from then on.
    """
    async with session.begin():
        known = {entry.id: entry for entry in await entry_storage.lock_all(session)}
        newest, taken_over = await entry_storage.newest(session), await entry_storage.touched(session)
        term = (await rules.read(session, [CONFIRMATION])).on(CONFIRMATION, local_date(now))
        changed = 0
        for each in wanted:
            loaded = entries.load(known.get(each.id), newest.get(each.id), each, term, now)
            if loaded is None or each.id in taken_over:
                continue
            entry, versions = loaded
            line = LoggedStep(entry.id, entry.revision, Step.LOAD, now, entry.last, reason=entries.LOADED)
            await entry_storage.put(session, entry, line, versions)
            if entry.published is not None:
                service = await show(session, entry, versions[0], now)
                if entry.status in services.PUBLISHED:
                    await outbox.record(session, EntryPublished.of(entry, service), now)
            changed += 1
    return changed
