"""The catalog in the vocabularies of the EU."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Hashable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from hub_core.language import Language
from hub_events.session import Session

from ..domain.changes import Change, ChangeKind
from ..domain.services import Service
from ..domain.text import Texts
from ..errors.services import ServiceNotFound
from ..exports import cpsv, dcat, xml
from ..exports.contexts import Context
from ..exports.cpsv import PUBLISHER
from ..exports.documents import Document, GraphFormat
from ..exports.kept import Kept
from ..exports.surroundings import Surroundings
from ..storage import changes, evidence, institutions, rules, services

_AT_ONCE: Final = 100
"""How many entries are read together."""
_NEWEST: Final = 100
"""How many changes a feed has."""
_kept: Final = Kept(32 * 1024 * 1024)
_writing: Final = asyncio.Lock()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What export is wanted: for which day, below which origin, in which form, in one language or all."""

    on: date
    origin: str
    form: GraphFormat
    only: Language | None


async def write_entry(session: Session, code: str, wanted: Wanted) -> bytes:
    """The document of a published entry; raises `ServiceNotFound`."""
    async with session.begin():
        service = (await services.read(session, [code])).get(code)
        if service is None:
            raise ServiceNotFound
        around = await surroundings(session, [service])
    document = _document(wanted)
    document.add(cpsv.entry(service, around, wanted.on, wanted.origin, wanted.only))
    return document.written()


async def write_all(session: Session, wanted: Wanted) -> bytes:
    """The document of the whole catalog; kept until something in it changes."""
    return await _keep(session, wanted, lambda: _write_all(session, wanted))


async def write_open_data(session: Session, wanted: Wanted) -> bytes:
    """The document of what may be taken as open data."""
    async with session.begin():
        [publisher] = (await institutions.read(session, [], [PUBLISHER])).values()
        changed = await changes.times(session)
    document = Document(wanted.form, Context.DCAT_AP, wanted.origin)
    document.add(dcat.catalogue(publisher, changed, wanted.origin, wanted.only))
    return document.written()


async def write_feed(
    session: Session, kind: ChangeKind | None, origin: str, language: Language
) -> tuple[bytes, datetime | None]:
    """The newest changes as Atom, in a language, and when the newest was."""
    async with session.begin():
        found = await changes.newest(session, kind, _NEWEST)
        names = await _names(session, found)
    newest = max((each.changed_at for each in found), default=None)
    return xml.feed(found, names, origin, language), newest


async def write_sitemap(session: Session, origin: str) -> bytes:
    """The addresses of what can be read; kept in the same way."""

    async def write() -> bytes:
        async with session.begin():
            found = await changes.living(session, xml.MOST_ADDRESSES - len(xml.STANDING))
        return xml.sitemap(found, origin)

    return await _keep(session, ("sitemap", origin), write)


async def surroundings(session: Session, described: Collection[Service]) -> Surroundings:
    """What the descriptions of entries need beside them, as it is now; the caller begins the transaction."""
    named = {code for each in described for code in (*each.related, *each.requires)}
    related = await services.read(session, named) if named else {}
    ids = {of for each in [*described, *related.values()] for of in _institutions(each)}
    return Surroundings(
        institutions=await institutions.read(session, ids, [PUBLISHER]),
        rules=await rules.tables(session, {code for each in described for code in each.rules}),
        evidence=await evidence.read(session, {one.evidence for each in described for one in each.inputs}),
        related=related,
    )


async def _keep(session: Session, what: Hashable, write: Callable[[], Awaitable[bytes]]) -> bytes:
    """What was written since the last change of the catalog, or else what is written now."""
    async with session.begin():
        log = await changes.log(session)
    key = (log.origin, log.last, what)
    async with _writing:
        document = _kept.get(key)
        if document is None:
            document = await write()
            _kept.put(key, document)
    return document


async def _write_all(session: Session, wanted: Wanted) -> bytes:
    """The entries in one view of the database, some at a time; other requests have their turn between."""
    async with session.begin():
        await session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        publisher = await institutions.read(session, [], [PUBLISHER])
        codes = await services.codes(session)
        head = cpsv.catalogue(codes, publisher.values(), wanted.origin, wanted.only)
        known = set(head)
        document = _document(wanted)
        document.add(head)
        for at in range(0, len(codes), _AT_ONCE):
            found = await services.read(session, codes[at : at + _AT_ONCE])
            around = await surroundings(session, found.values())
            for code in sorted(found):
                service = found[code]
                document.add(cpsv.entry_after(known, service, around, wanted.on, wanted.origin, wanted.only))
                await asyncio.sleep(0)
    return document.written()


def _document(wanted: Wanted) -> Document:
    return Document(wanted.form, Context.CPSV_AP, wanted.origin)


async def _names(session: Session, found: Collection[Change]) -> dict[tuple[ChangeKind, str], Texts]:
    """What changed things are called, as far as they have names."""
    by_kind: dict[ChangeKind, list[str]] = defaultdict(list)
    for each in found:
        by_kind[each.kind].append(each.code)
    entries = await services.read(session, by_kind[ChangeKind.SERVICE])
    bodies = (await institutions.read(session, [], by_kind[ChangeKind.INSTITUTION])).values()
    tables = await rules.tables(session, by_kind[ChangeKind.RULE])
    types = await evidence.read(session, by_kind[ChangeKind.EVIDENCE_TYPE])
    return {
        **{(ChangeKind.SERVICE, code): each.title for code, each in entries.items()},
        **{(ChangeKind.INSTITUTION, each.code): each.names for each in bodies},
        **{(ChangeKind.RULE, code): each.title for code, each in tables.items()},
        **{(ChangeKind.EVIDENCE_TYPE, code): each.title for code, each in types.items()},
    }


def _institutions(service: Service) -> set[UUID]:
    return {service.provider_id, *([service.authority_id] if service.authority_id else [])}
