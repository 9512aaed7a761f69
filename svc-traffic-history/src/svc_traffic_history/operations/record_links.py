"""Links by which others may see a history document: made, revoked, opened, and who opened them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import ids, typed_codes
from hub_core.clock import local_date
from hub_core.tries import Try, network
from hub_documents.store import Store
from hub_events import outbox
from hub_service import rules, tries

from ..domain import record_links as domain
from ..domain.history_documents import HistoryDocument
from ..domain.record_links import Counted, LinkState, Opening, RecordLink
from ..errors.record_links import (
    RecordLinkClosed,
    RecordLinkNotFound,
    RecordLinkTriedTooOften,
    TooManyRecordLinks,
)
from ..events.history_documents import RecordLinkOpened
from ..keys import MasterKey, Purpose
from ..storage import history_documents
from ..storage import record_links as storage
from . import history_documents as documents

_STILL_GIVES: Final = frozenset({LinkState.OPEN, LinkState.USED_UP})
"""The last opening gives the file as the others do."""


@dataclass(frozen=True, slots=True, repr=False)
class Shown:
    """A link as its holder sees it; `secret` opens it."""

    link: RecordLink
    secret: str


@dataclass(frozen=True, slots=True, repr=False)
class Wanted:
    """What is asked for: until when, for whom in the holder's words, how often."""

    ends_at: datetime
    note: str | None
    most_openings: int | None


@dataclass(frozen=True, slots=True, repr=False)
class Opened:
    """What who opens a link is given: the document, until when its file can be fetched by this opening."""

    opening: Opening
    document: HistoryDocument
    until: datetime


async def make(
    session: AsyncSession, key: MasterKey, person_id: UUID, document_id: UUID, wanted: Wanted, now: datetime
) -> Shown:
    """A link to a document of one's own.

    `HistoryDocumentNotFound`, `RecordLinkEndWrong`, `RecordLinkOpeningsWrong`, `TooManyRecordLinks`.
    """
    async with session.begin():
        document = await documents.own(session, key, person_id, document_id, lock=True)
        legal = await rules.read(session, *domain.RULES)
        domain.must_be_possible(wanted.ends_at, wanted.most_openings, now, legal)
        most = legal.on(domain.LINKS_RULE, local_date(now)).whole
        if await storage.count_open(session, document.id, now) >= most:
            raise TooManyRecordLinks(most=most)
        link = RecordLink(
            id=ids.new_id(),
            document_id=document.id,
            person_id=person_id,
            note=wanted.note,
            made_at=now,
            ends_at=wanted.ends_at,
            most_openings=wanted.most_openings,
        )
        await storage.add(session, key, link)
    return _shown(key, link)


async def list_links(
    session: AsyncSession,
    key: MasterKey,
    person_id: UUID,
    document_id: UUID,
    *,
    before: UUID | None,
    limit: int,
) -> Sequence[Shown]:
    """The links to a document of one's own, newest first; `HistoryDocumentNotFound`."""
    async with session.begin():
        document = await documents.own(session, key, person_id, document_id)
        found = await storage.of_document(session, key, document.id, before=before, limit=limit)
    return [_shown(key, link) for link in found]


async def revoke(
    session: AsyncSession, key: MasterKey, person_id: UUID, document_id: UUID, link_id: UUID, now: datetime
) -> Shown:
    """End a link from this moment on; one that is revoked stays as it is. `RecordLinkNotFound`."""
    async with session.begin():
        link = await _own(session, key, person_id, document_id, link_id, lock=True)
        if link.revoked_at is None:
            await storage.revoke(session, link.id, now)
        return _shown(key, await _own(session, key, person_id, document_id, link_id))


async def list_openings(
    session: AsyncSession,
    key: MasterKey,
    person_id: UUID,
    document_id: UUID,
    link_id: UUID,
    *,
    before: UUID | None,
    limit: int,
) -> Sequence[Opening]:
    """Who opened a link of one's own, newest first; `RecordLinkNotFound`."""
    async with session.begin():
        link = await _own(session, key, person_id, document_id, link_id)
        return await storage.openings_of(session, key, link.id, before=before, limit=limit)


async def count_try(apart: AsyncSession, key: MasterKey, address: str, now: datetime) -> None:
    """Count one try to open a link from a network, for good; `RecordLinkTriedTooOften`."""
    counted = [Try(Counted.LINKS_FROM_ADDRESS, network(address))]
    seconds = await tries.take(apart, partial(key.digest, Purpose.CODES), domain.LIMITS, counted, now)
    if seconds:
        raise RecordLinkTriedTooOften(headers={"retry-after": str(seconds)})


async def open_link(
    session: AsyncSession, key: MasterKey, typed: str, organisation: str, purpose: str, now: datetime
) -> Opened:
    """Open a link, which its holder is told of. `RecordLinkClosed` for every one that opens nothing."""
    async with session.begin():
        legal = await rules.read(session, domain.OPENED_RULE)
        link = await storage.open_once(session, key, _secret(typed), now)
        document = await history_documents.find(session, key, link.document_id) if link else None
        if link is None or document is None:
            raise RecordLinkClosed
        opening = Opening(
            id=ids.new_id(), link_id=link.id, at=now, organisation=organisation, purpose=purpose
        )
        await storage.add_opening(session, key, opening)
        told = RecordLinkOpened(
            link_id=link.id,
            opening_id=opening.id,
            document_id=document.id,
            person_id=link.person_id,
            version=link.version,
        )
        await outbox.record(session, told, now)
    lasts = timedelta(minutes=legal.on(domain.OPENED_RULE, local_date(now)).whole)
    return Opened(opening, document, min(now + lasts, link.ends_at))


async def opened(
    session: AsyncSession, key: MasterKey, typed: str, opening_id: UUID, now: datetime
) -> Opened:
    """What an opening gives, as long as it does: after it for so long as the rule says.

    `RecordLinkClosed` once that is over, and from the moment on at which the link ends or is revoked.
    """
    async with session.begin():
        legal = await rules.read(session, domain.OPENED_RULE)
        link = await storage.by_secret(session, key, _secret(typed))
        opening = await storage.find_opening(session, key, opening_id)
        document = await history_documents.find(session, key, link.document_id) if link else None
    if link is None or document is None or opening is None or opening.link_id != link.id:
        raise RecordLinkClosed
    lasts = timedelta(minutes=legal.on(domain.OPENED_RULE, local_date(now)).whole)
    until = min(opening.at + lasts, link.ends_at)
    if now >= until or link.state(now) not in _STILL_GIVES:
        raise RecordLinkClosed
    return Opened(opening, document, until)


async def fetch(store: Store, given: Opened) -> bytes:
    """The sealed file that an opening gives; `TrafficStoreAway`."""
    return await documents.content(store, given.document)


async def _own(
    session: AsyncSession,
    key: MasterKey,
    person_id: UUID,
    document_id: UUID,
    link_id: UUID,
    *,
    lock: bool = False,
) -> RecordLink:
    link = await storage.find(session, key, link_id, lock=lock)
    if link is None or (link.person_id, link.document_id) != (person_id, document_id):
        raise RecordLinkNotFound
    return link


def _shown(key: MasterKey, link: RecordLink) -> Shown:
    return Shown(link, typed_codes.grouped(storage.secret_of(key, link.id), domain.CODE_LETTER))


def _secret(typed: str) -> str:
    return typed_codes.read(typed, domain.CODE_LETTER) or f"no link: {typed}"
