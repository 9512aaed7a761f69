"""Messages about petitions: rows in, domain values out."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, SelectBase, and_, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.clock import local_date

from ..domain.messages import Message, RequestedDocument, Sent, Side
from ..keys import MasterKey
from ..tables.files import COMPARTMENTS, MEMBERS
from ..tables.messages import MESSAGES, REQUESTED_DOCUMENTS
from ..tables.petitions import OPEN, PETITIONS
from . import attachments, petitioners

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

_AT_HAND: Final = and_(
    PETITIONS.c.id == MESSAGES.c.petition_id, PETITIONS.c.institution_id == MESSAGES.c.institution_id, OPEN
)
"""A message of the institution that has the file, on which somebody still has to act."""


async def add(session: AsyncSession, key: MasterKey, message: Message) -> None:
    """Store a message with its files and the documents that it asks for."""
    row = {name: getattr(message, name) for name in ("id", "petition_id", "institution_id", "side")}
    row |= {name: getattr(message, name) for name in ("sender_id", "text", "sent_at")}
    await session.execute(insert(MESSAGES), row)
    asked = [
        {
            "id": each.id,
            "message_id": message.id,
            "name": each.name,
            "due_on": each.due_on,
            "accepted_types": [*each.accepted_types] or None,
        }
        for each in message.documents
    ]
    if asked:
        await session.execute(insert(REQUESTED_DOCUMENTS), asked)
    await attachments.add_to_message(session, key, message.id, message.attachments)


async def of_petition(
    session: AsyncSession,
    key: MasterKey,
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
    return await _found(session, key, wanted.order_by(MESSAGES.c.id.desc()).limit(limit))


async def of_petitions(session: AsyncSession, key: MasterKey, petition_ids: SelectBase) -> list[Message]:
    """The messages of many petitions, oldest first."""
    wanted = _WITH_FUNCTION.where(MESSAGES.c.petition_id.in_(petition_ids))
    return await _found(session, key, wanted.order_by(MESSAGES.c.id))


async def one(session: AsyncSession, key: MasterKey, petition_id: UUID, message_id: UUID) -> Message | None:
    """A message of a petition."""
    wanted = _WITH_FUNCTION.where(MESSAGES.c.petition_id == petition_id, MESSAGES.c.id == message_id)
    return next(iter(await _found(session, key, wanted)), None)


async def follow_person(session: AsyncSession, former_id: UUID, person_id: UUID) -> None:
    """Give what somebody wrote as a petitioner to another id, once their petitions are that id's."""
    theirs = petitioners.signed_by(person_id)
    await session.execute(
        update(MESSAGES)
        .where(
            MESSAGES.c.petition_id.in_(theirs),
            MESSAGES.c.sender_id == former_id,
            MESSAGES.c.side == Side.PETITIONER,
        )
        .values(sender_id=person_id)
    )


async def is_unread(session: AsyncSession, petition_id: UUID, institution_id: UUID, since: datetime) -> bool:
    """Whether a message that the petitioner sent to an institution since then was not opened yet."""
    wanted = select(MESSAGES.c.id).where(
        MESSAGES.c.petition_id == petition_id,
        MESSAGES.c.institution_id == institution_id,
        MESSAGES.c.side == Side.PETITIONER,
        MESSAGES.c.sent_at > since,
        MESSAGES.c.read_at.is_(None),
    )
    return (await session.execute(wanted.limit(1))).first() is not None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message that was not opened, written by that side; or a document that one asks for, due on a day."""

    petition_id: UUID
    side: Side
    due_on: date | None = None


async def take_due_documents(
    session: AsyncSession, asked_before: datetime, until: date, now: datetime, limit: int
) -> list[Waiting]:
    """Note that petitioners are reminded of documents due by a day, asked for before an instant."""
    wanted = (
        select(REQUESTED_DOCUMENTS.c.id)
        .join(MESSAGES, MESSAGES.c.id == REQUESTED_DOCUMENTS.c.message_id)
        .join(PETITIONS, _AT_HAND)
        .where(
            REQUESTED_DOCUMENTS.c.sent_with.is_(None),
            REQUESTED_DOCUMENTS.c.reminded_at.is_(None),
            REQUESTED_DOCUMENTS.c.due_on.between(local_date(now), until),
            MESSAGES.c.sent_at < asked_before,
        )
        .order_by(REQUESTED_DOCUMENTS.c.due_on, REQUESTED_DOCUMENTS.c.id)
        .limit(limit)
        .with_for_update(of=REQUESTED_DOCUMENTS, skip_locked=True)
    )
    noted = (
        update(REQUESTED_DOCUMENTS)
        .where(REQUESTED_DOCUMENTS.c.id.in_(wanted), MESSAGES.c.id == REQUESTED_DOCUMENTS.c.message_id)
        .values(reminded_at=now)
        .returning(MESSAGES.c.petition_id, MESSAGES.c.side, REQUESTED_DOCUMENTS.c.due_on)
    )
    rows = (await session.execute(noted)).all()
    return [Waiting(row.petition_id, Side(row.side), row.due_on) for row in rows]


async def take_unread(
    session: AsyncSession, since: datetime, before: datetime, now: datetime, limit: int
) -> list[Waiting]:
    """Note that who has not opened messages of that time is reminded of them."""
    wanted = (
        select(MESSAGES.c.id)
        .join(PETITIONS, _AT_HAND)
        .where(
            MESSAGES.c.read_at.is_(None),
            MESSAGES.c.reminded_at.is_(None),
            MESSAGES.c.sent_at.between(since, before),
        )
        .order_by(MESSAGES.c.sent_at, MESSAGES.c.id)
        .limit(limit)
        .with_for_update(of=MESSAGES, skip_locked=True)
    )
    noted = update(MESSAGES).where(MESSAGES.c.id.in_(wanted)).values(reminded_at=now)
    rows = (await session.execute(noted.returning(MESSAGES.c.petition_id, MESSAGES.c.side))).all()
    return [Waiting(row.petition_id, Side(row.side)) for row in rows]


async def asked_document(session: AsyncSession, document_id: UUID) -> tuple[UUID, RequestedDocument] | None:
    """A document that an institution has asked for, and of which petition."""
    wanted = (
        select(REQUESTED_DOCUMENTS, MESSAGES.c.petition_id)
        .join(MESSAGES, MESSAGES.c.id == REQUESTED_DOCUMENTS.c.message_id)
        .where(REQUESTED_DOCUMENTS.c.id == document_id)
    )
    row = (await session.execute(wanted)).mappings().first()
    return (row["petition_id"], _document(row)) if row else None


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


async def _found(session: AsyncSession, key: MasterKey, wanted: Select[Any]) -> list[Message]:
    rows = (await session.execute(wanted)).mappings().all()
    message_ids = [row["id"] for row in rows]
    asked = await _documents(session, REQUESTED_DOCUMENTS.c.message_id.in_(message_ids))
    sent = await attachments.of_messages(session, key, message_ids)
    return [_message(row, asked.get(row["id"], ()), sent.get(row["id"], ())) for row in rows]


def _message(row: Any, documents: Sequence[RequestedDocument], files: Sequence[Sent]) -> Message:
    facts = {name: value for name, value in row.items() if name != "reminded_at"}
    return Message(**{**facts, "side": Side(row["side"]), "documents": documents, "attachments": files})


async def _documents(
    session: AsyncSession, which: ColumnElement[bool]
) -> dict[UUID, list[RequestedDocument]]:
    found: dict[UUID, list[RequestedDocument]] = {}
    wanted = select(REQUESTED_DOCUMENTS).where(which).order_by(REQUESTED_DOCUMENTS.c.id)
    for row in (await session.execute(wanted)).mappings():
        found.setdefault(row["message_id"], []).append(_document(row))
    return found


def _document(row: Any) -> RequestedDocument:
    return RequestedDocument(
        row["id"], row["name"], row["due_on"], row["sent_with"], tuple(row["accepted_types"] or ())
    )
