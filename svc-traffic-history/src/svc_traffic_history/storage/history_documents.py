"""History documents: rows in, domain values out."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from ..domain.history_documents import HistoryDocument, Span, Verified, labelled
from ..keys import MasterKey, Purpose
from ..tables.history_documents import HISTORY_DOCUMENTS, HISTORY_NUMBERS

_PLAIN: Final = (
    *("id", "number", "person_id", "driver_id", "motive", "issued_at"),
    *("file_key", "file_sha256", "file_bytes", "seal_level"),
)


async def next_number(session: AsyncSession) -> int:
    """A number that no document has had; one that is not used leaves a gap."""
    number: int = (await session.execute(select(HISTORY_NUMBERS.next_value()))).scalar_one()
    return number


async def hold(session: AsyncSession, person_id: UUID) -> None:
    """What is issued to one person at once is stored one after the other, until the transaction ends."""
    lock = func.pg_advisory_xact_lock(func.hashtextextended(f"history-documents:{person_id}", 0))
    await session.execute(select(lock))


async def count_since(session: AsyncSession, person_id: UUID, since: datetime) -> int:
    """How many documents were issued to a person since an instant."""
    table = HISTORY_DOCUMENTS.c
    wanted = select(func.count()).where(table.person_id == person_id, table.issued_at >= since)
    count: int = (await session.execute(wanted)).scalar_one()
    return count


async def add(session: AsyncSession, key: MasterKey, document: HistoryDocument) -> None:
    """Store a document."""
    values: dict[str, Any] = {name: getattr(document, name) for name in _PLAIN}
    values |= {
        "first_day": document.span.first,
        "last_day": document.span.last,
        "code": key.seal(document.code.encode(), _context(document.id)),
        "code_key": code_key(key, document.code),
    }
    await session.execute(insert(HISTORY_DOCUMENTS), values)


async def of_person(
    session: AsyncSession,
    key: MasterKey,
    person_id: UUID,
    *,
    before: UUID | None = None,
    limit: int | None = None,
) -> Sequence[HistoryDocument]:
    """The documents of a person, newest first, of those before the document `before`."""
    wanted = select(HISTORY_DOCUMENTS).where(HISTORY_DOCUMENTS.c.person_id == person_id)
    if before:
        wanted = wanted.where(HISTORY_DOCUMENTS.c.id < before)
    rows = await session.execute(wanted.order_by(HISTORY_DOCUMENTS.c.id.desc()).limit(limit))
    return [_document(key, row) for row in rows.mappings()]


async def find(
    session: AsyncSession, key: MasterKey, document_id: UUID, *, lock: bool = False
) -> HistoryDocument | None:
    """A document by id; `lock` holds its row until the transaction ends."""
    wanted = select(HISTORY_DOCUMENTS).where(HISTORY_DOCUMENTS.c.id == document_id)
    rows = await session.execute(wanted.with_for_update() if lock else wanted)
    row = rows.mappings().one_or_none()
    return _document(key, row) if row else None


async def by_code(session: AsyncSession, key: MasterKey, code: str) -> Verified | None:
    """What anybody is told of the document with a code."""
    return await _verified(session, HISTORY_DOCUMENTS.c.code_key == code_key(key, code))


async def by_sha256(session: AsyncSession, sha256: bytes) -> Verified | None:
    """What anybody is told of the document whose very file it is."""
    return await _verified(session, HISTORY_DOCUMENTS.c.file_sha256 == sha256)


async def known(session: AsyncSession, names: Collection[str]) -> set[str]:
    """Those of these names of files that a document has."""
    wanted = select(HISTORY_DOCUMENTS.c.file_key).where(HISTORY_DOCUMENTS.c.file_key.in_(names))
    return set(await session.scalars(wanted))


async def follow_person(session: AsyncSession, former_id: UUID, person_id: UUID) -> None:
    """Documents of one id become another's."""
    of_former = HISTORY_DOCUMENTS.c.person_id == former_id
    await session.execute(update(HISTORY_DOCUMENTS).where(of_former).values(person_id=person_id))


def code_key(key: MasterKey, code: str) -> bytes:
    """What a document is found by."""
    return key.digest(Purpose.CODES, f"history-document:{code}")


async def _verified(session: AsyncSession, which: ColumnElement[bool]) -> Verified | None:
    table = HISTORY_DOCUMENTS.c
    wanted = select(table.number, table.issued_at, table.first_day, table.last_day, table.file_sha256)
    row = (await session.execute(wanted.where(which))).mappings().one_or_none()
    if row is None:
        return None
    return Verified(
        label=labelled(row["number"]),
        issued_at=row["issued_at"],
        span=Span(row["first_day"], row["last_day"]),
        sha256=row["file_sha256"],
    )


def _document(key: MasterKey, row: Any) -> HistoryDocument:
    return HistoryDocument(
        **{name: row[name] for name in _PLAIN},
        span=Span(row["first_day"], row["last_day"]),
        code=key.unseal(row["code"], _context(row["id"])).decode(),
    )


def _context(document_id: UUID) -> str:
    return f"history-document:{document_id}"
