"""What institutions and petitioners write to each other: one function a verb, one transaction each."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import ids
from hub_core.clock import local_date
from hub_core.principal import Principal, Role
from hub_events import outbox
from hub_service import rules
from hub_service.access import Action
from hub_service.policy import Official
from hub_service.purpose import Stated

from ..domain import handling
from ..domain import messages as domain
from ..domain.attachments import Attachment
from ..domain.files import File
from ..domain.messages import Message, Named, RequestedDocument, Sent, Side
from ..errors.attachments import AttachmentNotFound
from ..errors.messages import DocumentNotAsked, MessageNotFound, ThreadClosed
from ..errors.petitions import PetitionNotFound
from ..events.messages import DocumentRequested, MessageSent
from ..keys import MasterKey
from ..storage import files, petitions
from ..storage import messages as storage
from .attaching import take
from .attachments import Means, content_of
from .files import leave_line
from .handling import refuse_conflict
from .petitions import acting_of, note_access


@dataclass(frozen=True, slots=True)
class Place:
    """Where a file is: with which message about which petition."""

    petition_id: UUID
    message_id: UUID
    attachment_id: UUID


@dataclass(frozen=True, slots=True, repr=False)
class Written:
    """What somebody writes: the text, files they have uploaded, and documents that it asks for."""

    text: str
    files: Sequence[Named] = ()
    asks: Sequence[RequestedDocument] = ()
    brings: Sequence[UUID] = ()

    @property
    def brought(self) -> frozenset[UUID]:
        """The documents that come with it, whether a file is said to be one or not."""
        return frozenset([*self.brings, *(each.document_id for each in self.files if each.document_id)])


async def write_to_petitioner(
    session: AsyncSession,
    key: MasterKey,
    official: Official,
    petition_id: UUID,
    written: Written,
    now: datetime,
) -> Message:
    """Write to the petitioner, and ask for documents, each until a last day; the term of the answer goes on.

    Raises `FileNotFound`, `OwnCase`, `ConflictOfInterest`, `NotTheHandler`, `ThreadClosed`,
    `DocumentDayPast`, `TooManyAttachments`, `AttachmentUnknown`.
    """
    documents = tuple(written.asks)
    domain.refuse_past_days(documents, local_date(now))
    async with session.begin():
        file = await _in_charge(session, official, petition_id)
        domain.refuse_ended(file)
        message = Message(
            id=ids.new_id(),
            petition_id=file.id,
            institution_id=file.institution_id,
            side=Side.INSTITUTION,
            sender_id=official.person_id,
            text=written.text,
            sent_at=now,
            documents=documents,
            attachments=await _files(session, key, written.files, official.person_id, now),
        )
        await storage.add(session, key, message)
        await outbox.record(session, MessageSent.of(file, message, len(documents)), now)
        for each in documents:
            await outbox.record(session, DocumentRequested.of(file, message, each), now)
    return message


async def read_as_official(
    session: AsyncSession,
    key: MasterKey,
    official: Official,
    petition_id: UUID,
    purpose: Stated,
    before: UUID | None,
    limit: int,
    now: datetime,
) -> Sequence[Message]:
    """What was written while the official's institution had the file, the newest first.

    The petitioner reads who opened it. Raises `FileNotFound`, `OwnCase`, `ConflictOfInterest`,
    `NotTheHandler`.
    """
    async with session.begin():
        file = await _in_charge(session, official, petition_id)
        await leave_line(session, official, file, Action.READ, purpose, now)
        return await storage.of_petition(session, key, petition_id, file.institution_id, before, limit)


async def fetch_as_official(
    session: AsyncSession,
    means: Means,
    official: Official,
    place: Place,
    purpose: Stated,
    now: datetime,
) -> tuple[Attachment, bytes]:
    """A file of such a message; the petitioner reads who opened it.

    Raises `FileNotFound`, `OwnCase`, `ConflictOfInterest`, `NotTheHandler`, `AttachmentNotFound`,
    `AttachmentsUnavailable`.
    """
    async with session.begin():
        file = await _in_charge(session, official, place.petition_id)
        await leave_line(session, official, file, Action.READ, purpose, now)
        found = await _file(session, means.key, place, file.institution_id)
    return found, await content_of(means, found)


async def note_read_by_official(
    session: AsyncSession,
    key: MasterKey,
    official: Official,
    petition_id: UUID,
    message_id: UUID,
    now: datetime,
) -> Message:
    """Note that a message of the petitioner was opened; again changes nothing. `MessageNotFound`."""
    async with session.begin():
        file = await _in_charge(session, official, petition_id)
        return await _note_read(session, key, petition_id, message_id, file.institution_id, now)


async def expected(
    session: AsyncSession, caller: Principal, document_id: UUID, now: datetime
) -> RequestedDocument:
    """A document that the caller is asked for and has not sent yet. Raises `DocumentNotAsked`."""
    async with session.begin():
        found = await storage.asked_document(session, document_id)
        petition_id, document = found or (None, None)
        is_theirs = petition_id and await petitions.petition_of(session, acting_of(caller), petition_id)
        if petition_id is None or document is None or not is_theirs:
            raise DocumentNotAsked
        await note_access(session, caller, Action.READ, petition_id, now)
    domain.refuse_unasked([document], [document_id])
    return document


async def write_to_institution(
    session: AsyncSession,
    key: MasterKey,
    caller: Principal,
    petition_id: UUID,
    written: Written,
    now: datetime,
) -> Message:
    """Write to the institution that has the petition, and say which of its documents come with it.

    The handler hears of it, unless there is one of a short time ago that they have not opened yet. Raises
    `PetitionNotFound`, `ThreadClosed`, `DocumentNotAsked`, `DocumentTypeRefused`, `TooManyAttachments`,
    `AttachmentUnknown`.
    """
    async with session.begin():
        await _mine(session, caller, petition_id, Action.CHANGE, now)
        if caller.is_sandbox:  # no institution has what only tests an application
            raise ThreadClosed
        file = await files.lock_any(session, petition_id)
        domain.refuse_ended(file)
        message = Message(
            id=ids.new_id(),
            petition_id=file.id,
            institution_id=file.institution_id,
            side=Side.PETITIONER,
            sender_id=caller.person_id,
            text=written.text,
            sent_at=now,
            attachments=await _files(session, key, written.files, caller.person_id, now),
        )
        if written.brought:
            asked = await storage.lock_documents(session, file.id, file.institution_id)
            domain.refuse_unasked(asked, written.brought)
            domain.refuse_types(asked, message.attachments)
        is_news = await _is_news(session, file, now)
        await storage.add(session, key, message)
        await storage.note_brought(session, written.brought, message.id)
        told = MessageSent.of(file, message, len(written.brought), is_news=is_news)
        await outbox.record(session, told, now)
    return message


async def _is_news(session: AsyncSession, file: File, now: datetime) -> bool:
    """Whether the handler has no unopened message of a short time ago, of which they have heard."""
    legal = await rules.read(session, domain.NEWS_RULE)
    short = timedelta(minutes=legal.on(domain.NEWS_RULE, local_date(now)).whole)
    return not await storage.is_unread(session, file.id, file.institution_id, now - short)


async def read_as_petitioner(
    session: AsyncSession,
    key: MasterKey,
    caller: Principal,
    petition_id: UUID,
    before: UUID | None,
    limit: int,
    now: datetime,
) -> Sequence[Message]:
    """What was written about a petition, the newest first, whoever had it. Raises `PetitionNotFound`."""
    async with session.begin():
        await _mine(session, caller, petition_id, Action.READ, now)
        return await storage.of_petition(session, key, petition_id, None, before, limit)


async def fetch_as_petitioner(
    session: AsyncSession, means: Means, caller: Principal, place: Place, now: datetime
) -> tuple[Attachment, bytes]:
    """A file of a message about a petition.

    Raises `PetitionNotFound`, `AttachmentNotFound`, `AttachmentsUnavailable`.
    """
    async with session.begin():
        await _mine(session, caller, place.petition_id, Action.READ, now)
        found = await _file(session, means.key, place, None)
    return found, await content_of(means, found)


async def note_read_by_petitioner(
    session: AsyncSession,
    key: MasterKey,
    caller: Principal,
    petition_id: UUID,
    message_id: UUID,
    now: datetime,
) -> Message:
    """Note that a message of an institution was opened; again changes nothing.

    Raises `PetitionNotFound`, `MessageNotFound`.
    """
    async with session.begin():
        await _mine(session, caller, petition_id, Action.READ, now)
        return await _note_read(session, key, petition_id, message_id, None, now)


async def _in_charge(session: AsyncSession, official: Official, petition_id: UUID) -> File:
    """The file, for its handler, or for a head; neither complained of nor below who is."""
    file = await files.read(session, petition_id, official.institution_id)
    handling.refuse_own_case(file, official.person_id)
    await refuse_conflict(session, file, official.person_id)
    if Role.HEAD not in official.principal.roles:
        handling.refuse_other_handler(file, official.person_id)
    return file


async def _mine(
    session: AsyncSession, caller: Principal, petition_id: UUID, action: Action, now: datetime
) -> None:
    if await petitions.petition_of(session, acting_of(caller), petition_id) is None:
        raise PetitionNotFound
    await note_access(session, caller, action, petition_id, now)


async def _files(
    session: AsyncSession, key: MasterKey, files: Sequence[Named], person_id: UUID, now: datetime
) -> list[Sent]:
    taken = await take(session, key, [each.attachment_id for each in files], person_id, now)
    return [Sent(attachment, each.document_id) for attachment, each in zip(taken, files, strict=True)]


async def _file(
    session: AsyncSession, key: MasterKey, place: Place, institution_id: UUID | None
) -> Attachment:
    """A file of a message: of one that an institution had, where it is named. `AttachmentNotFound`."""
    found = await storage.one(session, key, place.petition_id, place.message_id)
    if found is None or institution_id not in {None, found.institution_id}:
        raise AttachmentNotFound
    for sent in found.attachments:
        if sent.attachment.id == place.attachment_id:
            return sent.attachment
    raise AttachmentNotFound


async def _note_read(
    session: AsyncSession,
    key: MasterKey,
    petition_id: UUID,
    message_id: UUID,
    institution_id: UUID | None,
    now: datetime,
) -> Message:
    """By the side that has not written it: an institution's, where one is named."""
    found = await storage.one(session, key, petition_id, message_id)
    writer = Side.INSTITUTION if institution_id is None else Side.PETITIONER
    if found is None or found.side is not writer or institution_id not in {None, found.institution_id}:
        raise MessageNotFound
    await storage.note_read(session, message_id, now)
    return found if found.read_at else replace(found, read_at=now)
