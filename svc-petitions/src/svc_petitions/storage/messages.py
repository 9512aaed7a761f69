"""Messages about petitions: rows in, domain values out."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from ..domain.messages import Message, RequestedDocument, Side
from ..tables.files import COMPARTMENTS, MEMBERS
from ..tables.messages import MESSAGES, REQUESTED_DOCUMENTS

_WITH_FUNCTION: Final[Select[Any]] = select(MESSAGES, COMPARTMENTS.c.name.label("function")).outerjoin_from(
    MESSAGES.outerjoin(
        MEMBERS,
        and_(
            MEMBERS.c.institution_id == MESSAGES.c.institution_id,
            MEMBERS.c.person_id == MESSAGES.c.sender_id,
            MESSAGES.c.side == Side.INSTITUTION,
        ),
    ),
    COMPARTMENTS,
    COMPARTMENTS.c.id == MEMBERS.c.compartment_id,
)


async def add(session: AsyncSession, message: Message) -> None:
    """Store a message with the documents that it asks for."""
    row = {name: getattr(message, name) for name in ("id", "petition_id", "institution_id", "side")}
    row |= {name: getattr(message, name) for name in ("sender_id", "text", "sent_at")}
    await session.execute(insert(MESSAGES), row)
    asked = [
        {"id": each.id, "message_id": message.id, "name": each.name, "due_on": each.due_on}
        for each in message.documents
    ]
    if asked:
        await session.execute(insert(REQUESTED_DOCUMENTS), asked)


async def of_petition(
    session: AsyncSession,
    petition_id: UUID,
    institution_id: UUID | None,
    before: UUID | None,
    limit: int,
) -> Sequence[Message]:
    """The messages of a petition before one, the newest first; those of one institution, if it is named."""
    wanted = _WITH_FUNCTION.where(MESSAGES.c.petition_id == petition_id)
    if institution_id is not None:
        wanted = wanted.where(MESSAGES.c.institution_id == institution_id)
    if before is not None:
        wanted = wanted.where(MESSAGES.c.id < before)
    return await _found(session, wanted.order_by(MESSAGES.c.id.desc()).limit(limit))


async def one(session: AsyncSession, petition_id: UUID, message_id: UUID) -> Message | None:
    """A message of a petition."""
    wanted = _WITH_FUNCTION.where(MESSAGES.c.petition_id == petition_id, MESSAGES.c.id == message_id)
    return next(iter(await _found(session, wanted)), None)


async def note_read(session: AsyncSession, message_id: UUID, now: datetime) -> None:
    """Note that a message was opened, if it was not before."""
    unread = (MESSAGES.c.id == message_id, MESSAGES.c.read_at.is_(None))
    await session.execute(update(MESSAGES).where(*unread).values(read_at=now))


async def lock_documents(
    session: AsyncSession, petition_id: UUID, institution_id: UUID
) -> Sequence[RequestedDocument]:
    """The documents that an institution has asked for; nobody else brings them until the transaction ends."""
    wanted = (
        select(REQUESTED_DOCUMENTS)
        .join(MESSAGES, MESSAGES.c.id == REQUESTED_DOCUMENTS.c.message_id)
        .where(MESSAGES.c.petition_id == petition_id, MESSAGES.c.institution_id == institution_id)
        .order_by(REQUESTED_DOCUMENTS.c.id)
        .with_for_update(of=REQUESTED_DOCUMENTS)
    )
    return [_document(row) for row in (await session.execute(wanted)).mappings()]


async def note_brought(session: AsyncSession, document_ids: Collection[UUID], message_id: UUID) -> None:
    """Note with which message documents came."""
    brought = update(REQUESTED_DOCUMENTS).where(REQUESTED_DOCUMENTS.c.id.in_(document_ids))
    await session.execute(brought.values(sent_with=message_id))


async def _found(session: AsyncSession, wanted: Select[Any]) -> list[Message]:
    rows = (await session.execute(wanted)).mappings().all()
    asked = await _documents(session, REQUESTED_DOCUMENTS.c.message_id.in_([row["id"] for row in rows]))
    return [
        Message(**{**row, "side": Side(row["side"]), "documents": asked.get(row["id"], ())}) for row in rows
    ]


async def _documents(
    session: AsyncSession, which: ColumnElement[bool]
) -> dict[UUID, list[RequestedDocument]]:
    found: dict[UUID, list[RequestedDocument]] = {}
    wanted = select(REQUESTED_DOCUMENTS).where(which).order_by(REQUESTED_DOCUMENTS.c.id)
    for row in (await session.execute(wanted)).mappings():
        found.setdefault(row["message_id"], []).append(_document(row))
    return found


def _document(row: Any) -> RequestedDocument:
    return RequestedDocument(row["id"], row["name"], row["due_on"], row["sent_with"])
