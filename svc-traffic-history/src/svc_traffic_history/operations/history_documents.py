"""History documents: issued at once, fetched, verified, swept.

What the document says is read, printed, sealed and stored with no transaction of its own open; then its row
and its event are written in one. Who is killed on the way leaves a file that no row knows, which is swept.
"""

import asyncio
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import ids, typed_codes
from hub_core.clock import BUCHAREST, local_date
from hub_core.cnp import parse
from hub_core.county import BY_CODE
from hub_core.language import Language
from hub_core.rules import Option, Rules
from hub_documents.render import Unprintable
from hub_documents.store import Store, StoreUnavailable
from hub_events import outbox
from hub_service import rules, timing

from .. import clients
from ..documents import histories
from ..documents.histories import History, Sanction
from ..domain import fines, offences
from ..domain import history_documents as domain
from ..domain.drivers import Driver, Licence
from ..domain.entries import Entry
from ..domain.history_documents import FileSeal, HistoryDocument, Span, Verified
from ..domain.proces_verbale import Line
from ..domain.suspensions import State
from ..errors.documents import TrafficStoreAway
from ..errors.history_documents import (
    HistoryDocumentNotFound,
    HistoryUnprintable,
    RomanianLicenceNeeded,
    TooManyHistories,
)
from ..errors.registers import DriverIdentityNeeded, DriverRegisterUnavailable
from ..events.history_documents import HistoryIssued
from ..keys import MasterKey
from ..storage import history_documents as storage
from . import records
from .means import Archive, Means
from .records import Record, Right

FOLDER: Final = "histories/"
"""Before the names of the files of histories: `histories/<id>.pdf`."""

in_time: Final = partial(timing.told_after, 0.05)
"""What is answered or refused within is told after so many seconds: longer than the work takes."""

_RULES: Final = (*domain.RULES, offences.OFFENCES_RULE, fines.FINE_POINT_RULE, records.KEPT_RULE)
_LEFT_ALONE: Final = timedelta(hours=1)
"""Longer than any transaction: a file that is younger may still get its row."""
_AT_ONCE: Final = 500
_OURS: Final = re.compile(rf"{FOLDER}[0-9a-f]{{8}}(-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}\.pdf")
_log = structlog.get_logger("history-documents")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for: a motive of the list, and the days of finding."""

    motive: str
    span: Span


async def motives(session: AsyncSession, now: datetime) -> Sequence[Option]:
    """What a document may be asked for today, in the order of the list."""
    async with session.begin():
        legal = await rules.read(session, domain.MOTIVES_RULE)
    return domain.motives(legal, local_date(now))


async def issue(
    apart: AsyncSession,
    session: AsyncSession,
    means: Means,
    archive: Archive,
    person_id: UUID,
    wanted: Wanted,
    now: datetime,
) -> HistoryDocument:
    """The history of whoever asks, sealed and stored. It says what `records.own` does at this moment.

    `apart` is read from, so that nothing of the record is locked while the document is made. What is not
    fresh is not sealed: `DriverRegisterUnavailable`. Raises what `records.own` does, `HistoryAgeNeeded`,
    `HistoryMotiveUnknown`, `HistoryPeriodWrong`, `RomanianLicenceNeeded`, `TooManyHistories`,
    `HistoryUnprintable`, `TrafficSealAway`, `TrafficStoreAway`.
    """
    record = await records.own(apart, means, person_id, now)
    async with apart.begin():
        legal = await rules.read(apart, *_RULES)
        await _must_not_be_too_many(apart, person_id, legal, now)
    driver = record.driver
    if not records.is_fresh(driver, legal, now):
        raise DriverRegisterUnavailable
    if driver.licence is None:
        raise RomanianLicenceNeeded
    await _must_be_of_age(means, driver, person_id, legal, now)
    domain.must_be_possible(wanted.span, record.on)
    motive = domain.motive_of(legal, wanted.motive, record.on)
    async with apart.begin():
        number = await storage.next_number(apart)
    code = typed_codes.code_of(secrets.token_bytes(typed_codes.RANDOM_BYTES))
    history = History(
        label=domain.labelled(number),
        code=code,
        origin=archive.origin,
        motive=motive,
        first=wanted.span.first,
        last=wanted.span.last,
        issued_at=now,
        **said(record, driver.licence, wanted.span, legal),
    )
    document_id = ids.new_id()
    try:
        sealed = await histories.make(archive.press, history)
        stored = await archive.store.put(f"{FOLDER}{document_id}.pdf", sealed.content)
    except Unprintable:
        raise HistoryUnprintable from None
    except StoreUnavailable as away:
        raise TrafficStoreAway from away
    document = HistoryDocument(
        id=document_id,
        number=number,
        person_id=person_id,
        driver_id=driver.id,
        motive=wanted.motive,
        span=wanted.span,
        code=code,
        issued_at=now,
        file_key=stored.name,
        file_sha256=stored.sha256,
        file_bytes=stored.size,
        seal_level=sealed.level,
    )
    async with session.begin():
        await storage.hold(session, person_id)
        await _must_not_be_too_many(session, person_id, legal, now)
        await storage.add(session, means.key, document)
        told = HistoryIssued(document_id=document.id, person_id=person_id, version=1)
        await outbox.record(session, told, now)
    return document


async def list_documents(
    session: AsyncSession, key: MasterKey, person_id: UUID, *, before: UUID | None, limit: int
) -> Sequence[HistoryDocument]:
    """The documents of a person, newest first, of those before the document `before`."""
    async with session.begin():
        return await storage.of_person(session, key, person_id, before=before, limit=limit)


async def read(session: AsyncSession, key: MasterKey, person_id: UUID, document_id: UUID) -> HistoryDocument:
    """A document of a person; `HistoryDocumentNotFound`."""
    async with session.begin():
        return await own(session, key, person_id, document_id)


async def own(
    session: AsyncSession, key: MasterKey, person_id: UUID, document_id: UUID, *, lock: bool = False
) -> HistoryDocument:
    """The same in the caller's transaction; `lock` holds its row until that ends."""
    found = await storage.find(session, key, document_id, lock=lock)
    if found is None or found.person_id != person_id:
        raise HistoryDocumentNotFound
    return found


async def fetch(
    session: AsyncSession, key: MasterKey, store: Store, person_id: UUID, document_id: UUID
) -> bytes:
    """The sealed file of a document of a person; `HistoryDocumentNotFound`, `TrafficStoreAway`."""
    return await content(store, await read(session, key, person_id, document_id))


async def content(store: Store, document: HistoryDocument) -> bytes:
    """The sealed file of a document; `TrafficStoreAway`."""
    try:
        return await store.get(document.file_key)
    except StoreUnavailable as away:
        raise TrafficStoreAway from away


async def find(session: AsyncSession, key: MasterKey, typed: str) -> Verified | None:
    """The document with a code, however it was typed; what cannot be a code is looked for as well."""
    code = typed_codes.read(typed, domain.CODE_LETTER) or f"no code: {typed}"
    async with session.begin():
        return await storage.by_code(session, key, code)


async def find_file(session: AsyncSession, sha256: bytes, seal: FileSeal) -> Verified | None:
    """The document whose very file it is; a file whose seal is not intact is no document's."""
    async with session.begin():
        found = await storage.by_sha256(session, sha256)
    return found if seal is FileSeal.INTACT else None


async def sweep(session: AsyncSession, store: Store, now: datetime) -> int:
    """Delete files of histories that no row knows, an hour after they were stored; how many there were.

    With them what was cut off in the middle, of whatever this service stores.
    """
    gone = await store.clear(now - _LEFT_ALONE)
    names = [name async for name in store.names(now - _LEFT_ALONE) if _OURS.fullmatch(name)]
    for start in range(0, len(names), _AT_ONCE):
        part = names[start : start + _AT_ONCE]
        async with session.begin():
            orphans = set(part) - await storage.known(session, part)
        await asyncio.gather(*(store.delete(name) for name in orphans))
        gone += len(orphans)
    if gone:
        _log.info("orphan files swept", count=gone)
    return gone


def said(record: Record, licence: Licence, span: Span, legal: Rules) -> dict[str, Any]:
    """What the document says of the record, by the names of `History`; sanctions are those of the span."""
    driver = record.driver
    suspension = record.suspension if record.right is Right.SUSPENDED else None
    return {
        "family_name": driver.family_name,
        "given_name": driver.given_name,
        "licence": licence.number,
        "categories": licence.categories,
        "licence_valid_to": licence.valid_to,
        "right": record.right.value,
        "suspended_from": suspension.begins_on if suspension else None,
        "suspended_to": suspension.ends_on if suspension else None,
        "points": record.balance.points,
        "limit": record.balance.limit,
        "sanctions": [
            sanction
            for line in record.lines
            if span.covers(local_date(line.proces_verbal.found_at))
            for sanction in _sanctions(line, record, legal)
        ],
    }


async def _must_not_be_too_many(session: AsyncSession, person_id: UUID, legal: Rules, now: datetime) -> None:
    today = local_date(now)
    most = legal.on(domain.A_DAY_RULE, today).whole
    midnight = datetime.combine(today, time(), BUCHAREST)
    if await storage.count_since(session, person_id, midnight) >= most:
        raise TooManyHistories(most=most)


async def _must_be_of_age(means: Means, driver: Driver, person_id: UUID, legal: Rules, now: datetime) -> None:
    born = parse(driver.cnp).birth_date
    if born is None:  # of residents the number does not tell the century
        known = await clients.person(means.identity, person_id)
        born = known.birth_date if known else None
    if born is None:
        raise DriverIdentityNeeded
    domain.must_be_of_age(born, local_date(now), legal)


def _sanctions(line: Line, record: Record, legal: Rules) -> list[Sanction]:
    report = line.proces_verbal
    county = BY_CODE.get(report.county)
    days = sum(
        each.period.days
        for each in record.suspensions
        if each.proces_verbal_id == report.id and each.state is not State.WITHDRAWN
    )
    return [
        Sanction(
            found_on=local_date(report.found_at),
            county=county.name if county else report.county,
            place=report.place,
            report=f"{report.series} {report.number}",
            offence=_named(entry, legal),
            article=record.articles.get(entry.id, ""),
            committed_on=entry.committed_on,
            fine=entry.fine,
            fine_points=_fine_points(entry, legal),
            points=entry.points,
            suspension_days=days if days and order == 0 else None,
            contest=line.contest,
        )
        for order, entry in enumerate(line.offences)
    ]


def _named(entry: Entry, legal: Rules) -> Mapping[Language, str]:
    """What the list of the day of the offence calls it."""
    listed = legal.on(offences.OFFENCES_RULE, entry.committed_on or entry.on).options
    return next((option.texts for option in listed if option.code == entry.offence), {Language.RO: ""})


def _fine_points(entry: Entry, legal: Rules) -> int | None:
    if entry.fine is None:
        return None
    return fines.points_of(legal, entry.fine, entry.committed_on or entry.on)
