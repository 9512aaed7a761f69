"""Files of petitions, and uploads that wait for one: rows in, domain values out."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import SelectBase, and_, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from ..domain.attachments import Attachment, Guest, Uploader
from ..domain.messages import Sent
from ..keys import MasterKey
from ..tables.attachments import ATTACHMENTS, UPLOADS
from ..tables.messages import MESSAGE_ATTACHMENTS


async def add_upload(session: AsyncSession, key: MasterKey, uploaded: Attachment, by: Uploader) -> None:
    """Store that somebody uploaded a file."""
    await session.execute(insert(UPLOADS), {**_columns(key, uploaded), **_uploader(by)})


async def attach(session: AsyncSession, petition_id: UUID, upload_ids: Sequence[UUID], by: Uploader) -> bool:
    """Give somebody's uploads to a petition, in this order; False unless all are theirs."""
    taken = await _take(session, upload_ids, by)
    if len(taken) < len(upload_ids):
        return False
    by_id = {row["id"]: row for row in taken}
    rows = [
        {**_kept(by_id[upload_id]), "petition_id": petition_id, "ordinal": ordinal}
        for ordinal, upload_id in enumerate(upload_ids, start=1)
    ]
    await session.execute(insert(ATTACHMENTS), rows)
    return True


async def take(
    session: AsyncSession, key: MasterKey, upload_ids: Sequence[UUID], person_id: UUID
) -> list[Attachment] | None:
    """Uploads of a person, in this order, that are uploads no more; None unless all are theirs."""
    taken = {row["id"]: row for row in await _take(session, upload_ids, person_id)}
    if len(taken) < len(upload_ids):
        return None
    return [_attachment(key, taken[upload_id]) for upload_id in upload_ids]


async def add_to_message(
    session: AsyncSession, key: MasterKey, message_id: UUID, files: Sequence[Sent]
) -> None:
    """Store the files of a message, in their order."""
    rows = [
        {
            **_columns(key, file.attachment),
            "message_id": message_id,
            "ordinal": ordinal,
            "document_id": file.document_id,
        }
        for ordinal, file in enumerate(files, start=1)
    ]
    if rows:
        await session.execute(insert(MESSAGE_ATTACHMENTS), rows)


async def of_messages(
    session: AsyncSession, key: MasterKey, message_ids: Collection[UUID]
) -> dict[UUID, list[Sent]]:
    """The files of these messages, each message's in their order."""
    found: dict[UUID, list[Sent]] = {}
    table = MESSAGE_ATTACHMENTS
    wanted = select(table).where(table.c.message_id.in_(message_ids)).order_by(table.c.ordinal)
    for row in (await session.execute(wanted)).mappings():
        found.setdefault(row["message_id"], []).append(Sent(_attachment(key, row), row["document_id"]))
    return found


async def drop(session: AsyncSession, upload_ids: Sequence[UUID], by: Uploader) -> bool:
    """Drop somebody's uploads; False unless all are theirs. Their files are swept later."""
    return len(await _take(session, upload_ids, by)) == len(upload_ids)


async def of_petition(session: AsyncSession, key: MasterKey, petition_id: UUID) -> list[Attachment]:
    """The files of a petition, in their order."""
    wanted = select(ATTACHMENTS).where(ATTACHMENTS.c.petition_id == petition_id)
    rows = await session.execute(wanted.order_by(ATTACHMENTS.c.ordinal))
    return [_attachment(key, row) for row in rows.mappings()]


async def follow_person(session: AsyncSession, former_id: UUID, person_id: UUID) -> None:
    """Give what somebody has uploaded and not attached yet to another id."""
    mine = update(UPLOADS).where(UPLOADS.c.person_id == former_id)
    await session.execute(mine.values(person_id=person_id))


async def of_petitions(
    session: AsyncSession, key: MasterKey, petition_ids: SelectBase
) -> dict[UUID, list[Attachment]]:
    """The files of many petitions, by petition."""
    found: dict[UUID, list[Attachment]] = {}
    wanted = select(ATTACHMENTS).where(ATTACHMENTS.c.petition_id.in_(petition_ids))
    rows = await session.execute(wanted.order_by(ATTACHMENTS.c.petition_id, ATTACHMENTS.c.ordinal))
    for row in rows.mappings():
        found.setdefault(row["petition_id"], []).append(_attachment(key, row))
    return found


async def forget_uploads(session: AsyncSession, before: datetime) -> list[str]:
    """Forget uploads of before an instant; under which names their files lie."""
    gone = delete(UPLOADS).where(UPLOADS.c.uploaded_at < before).returning(UPLOADS.c.file_key)
    return [*(await session.execute(gone)).scalars()]


async def known(session: AsyncSession, file_keys: Collection[str]) -> set[str]:
    """Which of these files belong to something."""
    found: set[str] = set()
    for table in (ATTACHMENTS, MESSAGE_ATTACHMENTS, UPLOADS):
        wanted = select(table.c.file_key).where(table.c.file_key.in_(file_keys))
        found |= {*(await session.execute(wanted)).scalars()}
    return found


async def uploads_of(session: AsyncSession, guest: Guest) -> int:
    """How many files a guest has uploaded and not attached."""
    wanted = select(func.count()).select_from(UPLOADS).where(UPLOADS.c.code_id == guest.code_id)
    return int((await session.execute(wanted)).scalar_one())


async def _take(session: AsyncSession, upload_ids: Sequence[UUID], by: Uploader) -> Sequence[Any]:
    mine = and_(
        UPLOADS.c.id.in_(upload_ids), *(UPLOADS.c[name] == one for name, one in _uploader(by).items())
    )
    return (await session.execute(delete(UPLOADS).where(mine).returning(*UPLOADS.c))).mappings().all()


def _uploader(by: Uploader) -> dict[str, UUID]:
    return {"code_id": by.code_id} if isinstance(by, Guest) else {"person_id": by}


def _kept(row: Any) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in {"person_id", "code_id"}}


def _columns(key: MasterKey, attachment: Attachment) -> dict[str, Any]:
    facts = asdict(attachment)
    name = facts.pop("name")
    return facts | {"sealed_name": key.seal(name.encode(), _context(attachment.id))}


def _attachment(key: MasterKey, row: Any) -> Attachment:
    facts = {name: row[name] for name in Attachment.__dataclass_fields__ if name != "name"}
    return Attachment(**facts, name=key.unseal(row["sealed_name"], _context(row["id"])).decode())


def _context(attachment_id: UUID) -> str:
    return f"attachment:{attachment_id}"
