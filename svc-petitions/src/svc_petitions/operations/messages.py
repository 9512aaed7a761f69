"""What institutions and petitioners write to each other: one function a verb, one transaction each."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import ids
from hub_core.clock import local_date
from hub_core.principal import Principal, Role
from hub_events import outbox
from hub_service.access import Action
from hub_service.policy import Official
from hub_service.purpose import Stated

from ..domain import handling
from ..domain import messages as domain
from ..domain.files import File
from ..domain.messages import Message, RequestedDocument, Side
from ..errors.messages import MessageNotFound, ThreadClosed
from ..errors.petitions import PetitionNotFound
from ..events.messages import DocumentRequested, MessageSent
from ..storage import files, petitions
from ..storage import messages as storage
from .files import leave_line
from .handling import refuse_conflict
from .petitions import acting_of, note_access


async def write_to_petitioner(
    session: AsyncSession,
    official: Official,
    petition_id: UUID,
    text: str,
    asked: Sequence[tuple[str, date]],
    now: datetime,
) -> Message:
    """Write to the petitioner, and ask for documents, each until a last day; the term of the answer goes on.

    Raises `FileNotFound`, `OwnCase`, `ConflictOfInterest`, `NotTheHandler`, `ThreadClosed`,
    `DocumentDayPast`.
    """
    documents = tuple(RequestedDocument(ids.new_id(), name, due_on) for name, due_on in asked)
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
            text=text,
            sent_at=now,
            documents=documents,
        )
        await storage.add(session, message)
        await outbox.record(session, MessageSent.of(file, message, len(documents)), now)
        for each in documents:
            await outbox.record(session, DocumentRequested.of(file, message, each), now)
    return message


async def read_as_official(
    session: AsyncSession,
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
        return await storage.of_petition(session, petition_id, file.institution_id, before, limit)


async def note_read_by_official(
    session: AsyncSession, official: Official, petition_id: UUID, message_id: UUID, now: datetime
) -> Message:
    """Note that a message of the petitioner was opened; again changes nothing. `MessageNotFound`."""
    async with session.begin():
        file = await _in_charge(session, official, petition_id)
        return await _note_read(session, petition_id, message_id, file.institution_id, now)


async def write_to_institution(
    session: AsyncSession,
    caller: Principal,
    petition_id: UUID,
    text: str,
    brought: Collection[UUID],
    now: datetime,
) -> Message:
    """Write to the institution that has the petition, and say which of its documents come with it.

    Raises `PetitionNotFound`, `ThreadClosed`, `DocumentNotAsked`.
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
            text=text,
            sent_at=now,
        )
        await storage.add(session, message)
        if brought:
            asked = await storage.lock_documents(session, file.id, file.institution_id)
            domain.refuse_unasked(asked, brought)
            await storage.note_brought(session, brought, message.id)
        await outbox.record(session, MessageSent.of(file, message, len({*brought})), now)
    return message


async def read_as_petitioner(
    session: AsyncSession,
    caller: Principal,
    petition_id: UUID,
    before: UUID | None,
    limit: int,
    now: datetime,
) -> Sequence[Message]:
    """What was written about a petition, the newest first, whoever had it. Raises `PetitionNotFound`."""
    async with session.begin():
        await _mine(session, caller, petition_id, Action.READ, now)
        return await storage.of_petition(session, petition_id, None, before, limit)


async def note_read_by_petitioner(
    session: AsyncSession, caller: Principal, petition_id: UUID, message_id: UUID, now: datetime
) -> Message:
    """Note that a message of an institution was opened; again changes nothing.

    Raises `PetitionNotFound`, `MessageNotFound`.
    """
    async with session.begin():
        await _mine(session, caller, petition_id, Action.READ, now)
        return await _note_read(session, petition_id, message_id, None, now)


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


async def _note_read(
    session: AsyncSession, petition_id: UUID, message_id: UUID, institution_id: UUID | None, now: datetime
) -> Message:
    """By the side that has not written it: an institution's, where one is named."""
    found = await storage.one(session, petition_id, message_id)
    writer = Side.INSTITUTION if institution_id is None else Side.PETITIONER
    if found is None or found.side is not writer or institution_id not in {None, found.institution_id}:
        raise MessageNotFound
    await storage.note_read(session, message_id, now)
    return found if found.read_at else replace(found, read_at=now)
