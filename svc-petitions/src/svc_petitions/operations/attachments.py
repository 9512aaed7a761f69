"""Files: uploaded and looked at, read by who may, and swept when nobody has attached them."""

import hashlib
from collections.abc import AsyncIterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import ids
from hub_core.clock import local_date
from hub_core.principal import Principal
from hub_documents.store import DocumentMissing, Store, StoreUnavailable
from hub_service import rules
from hub_service.policy import Official
from hub_service.purpose import Stated

from ..clients.scanner import Infected, Scanner, ScannerUnavailable
from ..domain import attachments as domain
from ..domain.attachments import Attachment, Uploader
from ..domain.messages import RequestedDocument
from ..errors.attachments import (
    AttachmentInfected,
    AttachmentNotFound,
    AttachmentsUnavailable,
    AttachmentTooLarge,
    AttachmentTypeRefused,
)
from ..errors.messages import DocumentTypeRefused
from ..keys import MasterKey
from ..storage import attachments as storage
from . import entries, petitions

FOLDER: Final = "attachments/"
_ORPHAN_AFTER: Final = timedelta(days=1)
_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Means:
    """What files need: the keys, where they lie, and who looks at them."""

    key: MasterKey
    store: Store
    scanner: Scanner


async def upload(
    session: AsyncSession,
    means: Means,
    by: Uploader,
    name: str,
    chunks: AsyncIterable[bytes],
    now: datetime,
    document: RequestedDocument | None = None,
) -> Attachment:
    """Take a file while it comes: counted, known by its content, looked at, then stored.

    `document` is what an institution asked for, if it is that. `AttachmentTooLarge`,
    `AttachmentTypeRefused`, `DocumentTypeRefused`, `AttachmentInfected`, `AttachmentsUnavailable`. Nothing
    of a refused file is stored.
    """
    async with session.begin():
        legal = await rules.read(session, domain.SIZE_RULE)
    most = legal.on(domain.SIZE_RULE, local_date(now)).whole
    content = await _read(chunks, most)
    media_type = domain.media_type(content)
    if media_type is None:
        raise AttachmentTypeRefused
    if document is not None and not document.accepts(media_type):
        raise DocumentTypeRefused
    try:
        scanned_by = await means.scanner.scan(content)
    except Infected:
        raise AttachmentInfected from None
    except ScannerUnavailable as problem:
        raise AttachmentsUnavailable from problem
    attachment_id = ids.new_id()
    uploaded = Attachment(
        id=attachment_id,
        name=name,
        media_type=media_type,
        size=len(content),
        sha256=hashlib.sha256(content).digest(),
        file_key=f"{FOLDER}{attachment_id}",
        scanned_by=scanned_by[:200],
        uploaded_at=now,
    )
    try:
        await means.store.put(uploaded.file_key, content)
    except StoreUnavailable as problem:
        raise AttachmentsUnavailable from problem
    async with session.begin():
        await storage.add_upload(session, means.key, uploaded, by)
    return uploaded


async def list_own(
    session: AsyncSession, means: Means, caller: Principal, petition_id: UUID, now: datetime
) -> list[Attachment]:
    """The files of a petition in the caller's name. `PetitionNotFound`."""
    await petitions.read_petition(session, petition_id, caller, now)
    return await _list(session, means, petition_id)


async def fetch_own(
    session: AsyncSession,
    means: Means,
    caller: Principal,
    petition_id: UUID,
    attachment_id: UUID,
    now: datetime,
) -> tuple[Attachment, bytes]:
    """A file of such a petition. `PetitionNotFound`, `AttachmentNotFound`, `AttachmentsUnavailable`."""
    await petitions.read_petition(session, petition_id, caller, now)
    return await _fetch(session, means, petition_id, attachment_id)


async def list_for_official(
    session: AsyncSession,
    means: Means,
    official: Official,
    petition_id: UUID,
    purpose: Stated,
    now: datetime,
) -> list[Attachment]:
    """The files of a petition that the official's institution has, with a line for who signed it.

    `FileNotFound`.
    """
    await entries.petitioners_of(session, means.key, official, petition_id, purpose, now)
    return await _list(session, means, petition_id)


async def fetch_for_official(
    session: AsyncSession,
    means: Means,
    official: Official,
    petition_id: UUID,
    attachment_id: UUID,
    purpose: Stated,
    now: datetime,
) -> tuple[Attachment, bytes]:
    """A file of such a petition. `FileNotFound`, `AttachmentNotFound`, `AttachmentsUnavailable`."""
    await entries.petitioners_of(session, means.key, official, petition_id, purpose, now)
    return await _fetch(session, means, petition_id, attachment_id)


async def _fetch(
    session: AsyncSession, means: Means, petition_id: UUID, attachment_id: UUID
) -> tuple[Attachment, bytes]:
    files = await _list(session, means, petition_id)
    found = next((file for file in files if file.id == attachment_id), None)
    if found is None:
        raise AttachmentNotFound
    return found, await content_of(means, found)


async def content_of(means: Means, attachment: Attachment) -> bytes:
    """What is in a file. `AttachmentsUnavailable`."""
    try:
        return await means.store.get(attachment.file_key)
    except (DocumentMissing, StoreUnavailable) as problem:
        raise AttachmentsUnavailable from problem


async def _list(session: AsyncSession, means: Means, petition_id: UUID) -> list[Attachment]:
    async with session.begin():
        return await storage.of_petition(session, means.key, petition_id)


async def sweep(session: AsyncSession, means: Means, now: datetime) -> int:
    """Take away uploads that nobody attached in time, and files that nothing knows; how many.

    The latter are left by who was killed between the store and the commit.
    """
    async with session.begin():
        legal = await rules.read(session, domain.KEPT_RULE)
        kept = timedelta(hours=legal.on(domain.KEPT_RULE, local_date(now)).whole)
        gone = await storage.forget_uploads(session, now - kept)
    names: list[str] = []
    async for name in means.store.names(now - _ORPHAN_AFTER):
        if name.startswith(FOLDER):
            names.append(name)
        if len(names) == _AT_ONCE:
            gone += await _unknown(session, names)
            names = []
    gone += await _unknown(session, names)
    for name in set(gone):
        await means.store.delete(name)
    return len(set(gone))


async def _unknown(session: AsyncSession, names: Sequence[str]) -> list[str]:
    async with session.begin():
        known = await storage.known(session, names)
    return [name for name in names if name not in known]


async def _read(chunks: AsyncIterable[bytes], megabytes: int) -> bytes:
    content = bytearray()
    async for chunk in chunks:
        content += chunk
        if len(content) > megabytes * domain.MEGABYTE:
            raise AttachmentTooLarge(megabytes=megabytes)
    return bytes(content)
