"""The copy of a person's data: made by a job, fetched by the person alone, deleted after its term."""

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import clock, ids
from hub_core.language import Language
from hub_events import outbox
from hub_service.i18n import Texts
from hub_service.personal_data import PersonalData, section, words
from hub_service.problems import NotFound

from ..documents import copy
from ..domain import export as exports
from ..domain import personal_data
from ..domain.export import Export, State
from ..domain.signing_key import Use
from ..errors.privacy import ExportExpired
from ..events.privacy import ExportReady
from ..provider import Provider
from ..storage import access_log, accounts, phones
from ..storage import personal_data as own
from ..storage import privacy as storage
from .access_log import known_as

Ask = Callable[[UUID], Awaitable[Mapping[str, PersonalData]]]
"""Asks the other services what they hold of a person; by service."""

_SEEN: Final = ("at", "service", "roles", "institution_id", "purpose", "file", "action")
_RECORD: Final = ("resource_type", "resource_id", "legal_basis")
_PHONE: Final = ("value", "confirmed_at")
_MOST_LINES: Final = 10_000
_MOST_AT_ONCE: Final = 50
_MANIFEST: Final = "hub-export+jwt"


async def request(session: AsyncSession, person_id: UUID, language: Language, now: datetime) -> Export:
    """Ask for a copy; who has asked already and still waits gets that one."""
    async with session.begin():
        newest = next(iter(await storage.exports_of(session, person_id, before=None, limit=1)), None)
        if newest is not None and newest.state is State.REQUESTED:
            return newest
        wanted = exports.request(ids.new_id(), person_id, language, now)
        await storage.add_export(session, wanted)
    return wanted


async def list_own(
    session: AsyncSession, person_id: UUID, *, before: UUID | None, limit: int
) -> Sequence[Export]:
    """A person's copies, newest first."""
    async with session.begin():
        return await storage.exports_of(session, person_id, before=before, limit=limit)


async def read_own(session: AsyncSession, person_id: UUID, export_id: UUID) -> Export:
    """One of a person's copies; raises `NotFound`."""
    async with session.begin():
        held = await storage.export_of(session, person_id, export_id)
    if held is None:
        raise NotFound
    return held


async def fetch(
    session: AsyncSession, provider: Provider, person_id: UUID, export_id: UUID, now: datetime
) -> bytes:
    """The ZIP file; raises `NotFound`, `ExportNotReady`, `ExportExpired`."""
    async with session.begin():
        held = await storage.export_of(session, person_id, export_id)
        if held is None:
            raise NotFound
        exports.must_be_ready(held, now)
        sealed = await storage.content_of(session, export_id)
    if sealed is None:
        raise ExportExpired
    return provider.master_key.unseal(sealed, _context(export_id))


async def make_next(session: AsyncSession, provider: Provider, texts: Texts, ask: Ask, now: datetime) -> bool:
    """Make the copy that waits longest, if one does; whether there was one.

    What `ask` raises is raised: the copy is then made later.
    """
    async with session.begin():
        due = await storage.lock_due_export(session, now)
        if due is None:
            return False
        taken = exports.take(due, now)
        await storage.store_export(session, taken)
    if taken.state is State.FAILED:
        return True
    others = await ask(taken.person_id)
    async with session.begin():
        account = await accounts.read(session, taken.person_id)
        held = {"identity": await _own(session, provider, texts, taken.person_id, now), **others}
    person = account.name if account else ""
    files = await asyncio.to_thread(copy.files_of, held, person, taken.language, texts, now)
    packed = copy.pack(files | _manifest(provider, taken, copy.digests(files), now))
    made = exports.finish(taken, hashlib.sha256(packed).digest(), now)
    async with session.begin():
        if await storage.export_of(session, made.person_id, made.id):  # not deleted meanwhile
            await storage.fill_export(session, made.id, provider.master_key.seal(packed, _context(made.id)))
            await storage.store_export(session, made)
            await outbox.record(session, ExportReady.of(made), now)
    return True


async def expire(session: AsyncSession, now: datetime) -> int:
    """Delete the content of copies that are past their term; how many (at most 50)."""
    async with session.begin():
        over = await storage.expired_exports(session, now, _MOST_AT_ONCE)
        for one in over:
            await storage.fill_export(session, one.id, None)
            await storage.store_export(session, exports.expire(one))
    return len(over)


async def _own(
    session: AsyncSession, provider: Provider, texts: Texts, person_id: UUID, now: datetime
) -> PersonalData:
    """What svc-identity holds of a person."""
    records = await own.records_of(session, person_id)
    records["numbers"] = await own.numbers_of(session, provider.master_key, person_id)
    phone = await phones.read(session, provider.master_key, person_id)
    facts = [{"value": phone.number, "confirmed_at": phone.confirmed_at}] if phone else []
    records["phones"] = [own.as_json(one, _PHONE) for one in facts]
    known = await known_as(session, person_id)
    today = clock.local_date(now)
    lines = await access_log.lines_of(session, known, today, limit=_MOST_LINES)
    records["access-log"] = [own.as_json(asdict(line.access), (*_SEEN, *_RECORD)) for line in lines]
    named = await storage.names_of(session, list(_institutions(records)))
    for item in (item for items in records.values() for item in items if item.get("institution_id")):
        names = named.get(UUID(item["institution_id"]), {})
        item["institution_id"] = f"{names.get(Language.RO, '')} ({item['institution_id']})".strip()
    fields = {name: held.fields for name, held in own.HELD.items()} | {
        "numbers": ("scheme", "value", "since", "replaced_at"),
        "phones": _PHONE,
        "access-log": (*_SEEN, *_RECORD),
    }
    return PersonalData(
        sections=[
            section(
                texts,
                name,
                title,
                {field: personal_data.LABELS[field] for field in fields[name]},
                records[name],
            )
            for name, title in personal_data.TITLES.items()
            if name in fields
        ],
        left_out=[words(texts, personal_data.OTHERS), words(texts, personal_data.WITHHELD)],
    )


def _institutions(records: Mapping[str, Sequence[Mapping[str, Any]]]) -> Iterator[UUID]:
    for items in records.values():
        yield from (UUID(item["institution_id"]) for item in items if item.get("institution_id"))


def _manifest(
    provider: Provider, export: Export, files: Mapping[str, str], now: datetime
) -> dict[str, bytes]:
    """The list of files with their SHA-256, readable and signed (RFC 7515)."""
    claims = {
        "iss": provider.issuer,
        "iat": int(now.timestamp()),
        "jti": str(export.id),
        "sub": str(export.person_id),
        "files": dict(files),
    }
    signed = provider.key_ring.sign(Use.ID_TOKEN, claims, now, kind=_MANIFEST)
    return {"manifest.json": json.dumps(claims, indent=2).encode(), "manifest.jws": signed.encode()}


def _context(export_id: UUID) -> str:
    return f"export/{export_id}"
