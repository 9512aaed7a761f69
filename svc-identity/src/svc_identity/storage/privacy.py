"""Disputes, requests and copies: rows in, domain values out."""

from collections.abc import Collection
from dataclasses import asdict
from datetime import date, datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import CursorResult, RowMapping, Select, Table, delete, insert, or_, select, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.language import Language

from ..domain import data_request, dispute, export
from ..domain.data_request import Request
from ..domain.dispute import Dispute
from ..domain.export import Export
from ..tables.officials import INSTITUTIONS
from ..tables.privacy import DATA_REQUESTS, DISPUTES, EXPORTS, MARKS


async def add_dispute(session: AsyncSession, new: Dispute) -> bool:
    """Store a dispute; false when the person has disputed the line before."""
    row = postgresql.insert(DISPUTES).values(asdict(new)).on_conflict_do_nothing().returning(DISPUTES.c.id)
    return (await session.execute(row)).first() is not None


async def store_dispute(session: AsyncSession, changed: Dispute) -> None:
    """Store a dispute that has changed."""
    await session.execute(update(DISPUTES).where(DISPUTES.c.id == changed.id).values(asdict(changed)))


async def lock_dispute(session: AsyncSession, dispute_id: UUID) -> Dispute | None:
    """A dispute; the row is locked until the transaction ends."""
    return _dispute(await _first(session, _by_id(DISPUTES, dispute_id).with_for_update()))


async def dispute_(session: AsyncSession, dispute_id: UUID) -> Dispute | None:
    """A dispute."""
    return _dispute(await _first(session, _by_id(DISPUTES, dispute_id)))


async def disputes_of(
    session: AsyncSession, person_id: UUID, *, before: UUID | None, limit: int
) -> list[Dispute]:
    """A person's disputes, newest first."""
    wanted = select(DISPUTES).where(DISPUTES.c.person_id == person_id)
    return [_dispute_of(row) for row in await _page(session, wanted, DISPUTES, before, limit)]


async def disputes_at(
    session: AsyncSession,
    institution_id: UUID,
    *,
    state: dispute.State | None,
    before: UUID | None,
    limit: int,
) -> list[Dispute]:
    """The disputes an institution has to answer, or has answered, newest first."""
    wanted = select(DISPUTES).where(DISPUTES.c.institution_id == institution_id)
    if state:
        wanted = wanted.where(DISPUTES.c.state == state)
    return [_dispute_of(row) for row in await _page(session, wanted, DISPUTES, before, limit)]


async def disputes_by_line(
    session: AsyncSession, person_id: UUID, line_ids: Collection[UUID]
) -> dict[UUID, Dispute]:
    """A person's disputes of these lines, by line."""
    wanted = select(DISPUTES).where(DISPUTES.c.person_id == person_id, DISPUTES.c.line_id.in_(line_ids))
    return {row["line_id"]: _dispute_of(row) for row in (await session.execute(wanted)).mappings()}


async def add_request(session: AsyncSession, new: Request) -> None:
    """Store a request."""
    await session.execute(insert(DATA_REQUESTS).values(asdict(new)))


async def store_request(session: AsyncSession, changed: Request) -> None:
    """Store a request that has changed."""
    await session.execute(
        update(DATA_REQUESTS).where(DATA_REQUESTS.c.id == changed.id).values(asdict(changed))
    )


async def lock_request(session: AsyncSession, request_id: UUID) -> Request | None:
    """A request; the row is locked until the transaction ends."""
    return _request(await _first(session, _by_id(DATA_REQUESTS, request_id).with_for_update()))


async def request(session: AsyncSession, request_id: UUID) -> Request | None:
    """A request."""
    return _request(await _first(session, _by_id(DATA_REQUESTS, request_id)))


async def requests_of(
    session: AsyncSession, person_id: UUID, *, before: UUID | None, limit: int
) -> list[Request]:
    """A person's requests, newest first."""
    wanted = select(DATA_REQUESTS).where(DATA_REQUESTS.c.person_id == person_id)
    return [_request_of(row) for row in await _page(session, wanted, DATA_REQUESTS, before, limit)]


async def requests_at(
    session: AsyncSession,
    institution_id: UUID,
    *,
    state: data_request.State | None,
    before: UUID | None,
    limit: int,
) -> list[Request]:
    """The requests made to an institution, newest first."""
    wanted = select(DATA_REQUESTS).where(DATA_REQUESTS.c.institution_id == institution_id)
    if state:
        wanted = wanted.where(DATA_REQUESTS.c.state == state)
    return [_request_of(row) for row in await _page(session, wanted, DATA_REQUESTS, before, limit)]


async def keep_marks(session: AsyncSession, changed: Request, now: datetime) -> None:
    """Mark the person's data as this request says, and with nothing else because of it."""
    await session.execute(delete(MARKS).where(MARKS.c.request_id == changed.id))
    for mark in sorted(changed.marks):
        row = {"person_id": changed.person_id, "mark": mark, "request_id": changed.id, "since": now}
        await session.execute(postgresql.insert(MARKS).values(row).on_conflict_do_nothing())


async def marks_of(session: AsyncSession, person_id: UUID) -> list[str]:
    """What a person's data are marked with."""
    wanted = select(MARKS.c.mark).where(MARKS.c.person_id == person_id).order_by(MARKS.c.mark)
    return list(await session.scalars(wanted))


async def purge_requests(session: AsyncSession, ended_before: datetime) -> int:
    """Forget what was ended before an instant: requests, disputes; how many. Marks stay."""
    gone = 0
    for table in (DATA_REQUESTS, DISPUTES):
        deleted = await session.execute(delete(table).where(table.c.ended_at < ended_before))
        gone += cast("CursorResult[Any]", deleted).rowcount
    return gone


async def add_export(session: AsyncSession, new: Export) -> None:
    """Store a copy that is wanted."""
    await session.execute(insert(EXPORTS).values(asdict(new)))


async def store_export(session: AsyncSession, changed: Export) -> None:
    """Store a copy whose state has changed; its content stays as it is."""
    await session.execute(update(EXPORTS).where(EXPORTS.c.id == changed.id).values(asdict(changed)))


async def fill_export(session: AsyncSession, export_id: UUID, sealed: bytes | None) -> None:
    """Store the encrypted content of a copy, or delete it."""
    await session.execute(update(EXPORTS).where(EXPORTS.c.id == export_id).values(sealed=sealed))


async def exports_of(
    session: AsyncSession, person_id: UUID, *, before: UUID | None, limit: int
) -> list[Export]:
    """A person's copies, newest first."""
    wanted = _EXPORT.where(EXPORTS.c.person_id == person_id)
    return [_export_of(row) for row in await _page(session, wanted, EXPORTS, before, limit)]


async def export_of(session: AsyncSession, person_id: UUID, export_id: UUID) -> Export | None:
    """A copy of a person's own."""
    wanted = _EXPORT.where(EXPORTS.c.id == export_id, EXPORTS.c.person_id == person_id)
    row = await _first(session, wanted)
    return _export_of(row) if row else None


async def content_of(session: AsyncSession, export_id: UUID) -> bytes | None:
    """The encrypted content of a copy."""
    return await session.scalar(select(EXPORTS.c.sealed).where(EXPORTS.c.id == export_id))


async def lock_due_export(session: AsyncSession, now: datetime) -> Export | None:
    """A copy that is to be made now, locked; those that another replica takes are passed over."""
    wanted = _EXPORT.where(EXPORTS.c.due_at <= now).order_by(EXPORTS.c.due_at).limit(1)
    row = await _first(session, wanted.with_for_update(skip_locked=True))
    return _export_of(row) if row else None


async def expired_exports(session: AsyncSession, now: datetime, limit: int) -> list[Export]:
    """Copies whose content is past its term, locked."""
    wanted = _EXPORT.where(EXPORTS.c.sealed.is_not(None), EXPORTS.c.expires_at <= now).limit(limit)
    found = await session.execute(wanted.with_for_update(skip_locked=True))
    return [_export_of(row) for row in found.mappings()]


async def purge_exports(session: AsyncSession, requested_before: datetime) -> int:
    """Forget that copies were made; how many."""
    old = or_(EXPORTS.c.sealed.is_(None), EXPORTS.c.expires_at <= requested_before)
    deleted = await session.execute(delete(EXPORTS).where(EXPORTS.c.requested_at < requested_before, old))
    return cast("CursorResult[Any]", deleted).rowcount


async def forget_exports_of(session: AsyncSession, person_id: UUID) -> None:
    """Delete a person's copies."""
    await session.execute(delete(EXPORTS).where(EXPORTS.c.person_id == person_id))


async def names_of(session: AsyncSession, institution_ids: Collection[UUID]) -> dict[UUID, dict[str, str]]:
    """The names of institutions by language; those not heard of are missing."""
    wanted = select(INSTITUTIONS.c.id, INSTITUTIONS.c.names).where(INSTITUTIONS.c.id.in_(institution_ids))
    return {row.id: row.names for row in await session.execute(wanted)}


async def is_institution(session: AsyncSession, institution_id: UUID, on: date) -> bool:
    """Whether the catalog has an institution on a day."""
    wanted = select(INSTITUTIONS.c.id).where(
        INSTITUTIONS.c.id == institution_id,
        INSTITUTIONS.c.valid_from <= on,
        or_(INSTITUTIONS.c.valid_to.is_(None), INSTITUTIONS.c.valid_to > on),
    )
    return await session.scalar(wanted) is not None


_EXPORT = select(*(column for column in EXPORTS.c if column.name != "sealed"))


def _by_id(table: Table, row_id: UUID) -> Select[Any]:
    return select(table).where(table.c.id == row_id)


async def _first(session: AsyncSession, wanted: Select[Any]) -> RowMapping | None:
    row: RowMapping | None = (await session.execute(wanted)).mappings().first()
    return row


async def _page(
    session: AsyncSession, wanted: Select[Any], table: Table, before: UUID | None, limit: int
) -> list[RowMapping]:
    if before:
        wanted = wanted.where(table.c.id < before)
    found = await session.execute(wanted.order_by(table.c.id.desc()).limit(limit))
    return list(found.mappings())


def _dispute(row: RowMapping | None) -> Dispute | None:
    return _dispute_of(row) if row else None


def _dispute_of(row: RowMapping) -> Dispute:
    outcome = dispute.Outcome(row["outcome"]) if row["outcome"] else None
    return Dispute(**{**row, "state": dispute.State(row["state"]), "outcome": outcome})


def _request(row: RowMapping | None) -> Request | None:
    return _request_of(row) if row else None


def _request_of(row: RowMapping) -> Request:
    return Request(
        **{
            **row,
            "kind": data_request.Kind(row["kind"]),
            "field": data_request.Field(row["field"]) if row["field"] else None,
            "state": data_request.State(row["state"]),
        }
    )


def _export_of(row: RowMapping) -> Export:
    return Export(**{**row, "language": Language(row["language"]), "state": export.State(row["state"])})
