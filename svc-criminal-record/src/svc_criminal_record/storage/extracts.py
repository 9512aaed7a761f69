"""Batches and their items: rows in, domain values out. Whom an item is about is encrypted."""

from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy import RowMapping, exists, func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from hub_service.database import Statement

from ..domain.extracts import Batch, Counts, Extract, ExtractState, Result, Subject
from ..keys import MasterKey
from ..tables.certificates import CERTIFICATES
from ..tables.extracts import BATCHES, CONSENTS, EXTRACTS, INSTITUTIONS

_BATCH: Final = select(*(BATCHES.c[field.name] for field in fields(Batch)))
_COPIED: Final = tuple(field.name for field in fields(Extract) if field.name != "subject")
# Written out, as the index has it: a condition with parameters finds no partial index.
_WAITING: Final = text("extracts.state = 'WAITING'")
_IS_ANY_OPEN: Final = Statement(select(exists().where(BATCHES.c.finished_at.is_(None)).label("is_open")))


async def add(session: AsyncSession, key: MasterKey, batch: Batch, items: Sequence[Extract]) -> None:
    """Store a batch with its items."""
    await session.execute(insert(BATCHES).values(asdict(batch)))
    await session.execute(
        insert(EXTRACTS),
        [
            {name: getattr(item, name) for name in _COPIED}
            | {"holder": key.seal(orjson.dumps(asdict(item.subject)), _context(item.id))}
            for item in items
        ],
    )


async def is_any_open(session: AsyncSession) -> bool:
    """Whether there is a batch that is not finished; asked apart from the session's transaction."""
    row = await _IS_ANY_OPEN.first(session)
    return row is not None and row["is_open"] is True


async def read_batch(session: AsyncSession, batch_id: UUID, institution_id: UUID) -> Batch | None:
    """A batch of an institution."""
    found = await session.execute(
        _BATCH.where(BATCHES.c.id == batch_id, BATCHES.c.institution_id == institution_id)
    )
    row = found.mappings().one_or_none()
    return Batch(**row) if row else None


async def batches(
    session: AsyncSession, institution_id: UUID, *, before: UUID | None, limit: int
) -> Sequence[Batch]:
    """The batches of an institution, newest first, of those before the batch `before`."""
    wanted = _BATCH.where(BATCHES.c.institution_id == institution_id)
    if before:
        wanted = wanted.where(BATCHES.c.id < before)
    found = await session.execute(wanted.order_by(BATCHES.c.id.desc()).limit(limit))
    return [Batch(**row) for row in found.mappings()]


async def counts(session: AsyncSession, batch_id: UUID) -> Counts:
    """How many items of a batch stand where."""
    wanted = select(EXTRACTS.c.state, func.count()).where(EXTRACTS.c.batch_id == batch_id)
    found = await session.execute(wanted.group_by(EXTRACTS.c.state))
    return {ExtractState(state): count for state, count in found}


async def revoked(session: AsyncSession, batch_id: UUID) -> int:
    """How many extracts of a batch were revoked."""
    of_batch = CERTIFICATES.join(EXTRACTS, CERTIFICATES.c.extract_id == EXTRACTS.c.id)
    wanted = select(func.count()).select_from(of_batch)
    ended = wanted.where(EXTRACTS.c.batch_id == batch_id, CERTIFICATES.c.revoked_at.is_not(None))
    return await session.scalar(ended) or 0


async def institution_of(session: AsyncSession, extract_id: UUID) -> UUID | None:
    """The institution that was given an extract."""
    wanted = select(BATCHES.c.institution_id).join(EXTRACTS, EXTRACTS.c.batch_id == BATCHES.c.id)
    found: UUID | None = await session.scalar(wanted.where(EXTRACTS.c.id == extract_id))
    return found


async def results(
    session: AsyncSession, batch_id: UUID, *, after: UUID | None, limit: int
) -> Sequence[Result]:
    """The items of a batch in their order, of those after the item `after`."""
    wanted = _RESULT.where(EXTRACTS.c.batch_id == batch_id)
    if after:
        wanted = wanted.where(EXTRACTS.c.id > after)
    found = await session.execute(wanted.order_by(EXTRACTS.c.id).limit(limit))
    return [_result(row) for row in found.mappings()]


async def result(session: AsyncSession, batch_id: UUID, extract_id: UUID) -> Result | None:
    """One item of a batch."""
    found = await session.execute(_RESULT.where(EXTRACTS.c.batch_id == batch_id, EXTRACTS.c.id == extract_id))
    row = found.mappings().one_or_none()
    return _result(row) if row else None


async def lock_waiting(
    session: AsyncSession, key: MasterKey, after: UUID | None
) -> tuple[Extract, Batch] | None:
    """The next item to be decided with its batch, locked, of those after the item `after`.

    Those that others are deciding are passed over.
    """
    wanted = select(EXTRACTS).where(_WAITING)
    if after:
        wanted = wanted.where(EXTRACTS.c.id > after)
    found = await session.execute(wanted.order_by(EXTRACTS.c.id).limit(1).with_for_update(skip_locked=True))
    row = found.mappings().one_or_none()
    if row is None:
        return None
    batch = await session.execute(_BATCH.where(BATCHES.c.id == row["batch_id"]))
    return _extract(key, row), Batch(**batch.mappings().one())


async def store(session: AsyncSession, extract: Extract) -> None:
    """Store what came of an item, whose row is locked."""
    changed = {name: getattr(extract, name) for name in ("state", "consent_id", "decided_at")}
    await session.execute(update(EXTRACTS).where(EXTRACTS.c.id == extract.id).values(changed))


async def finish(session: AsyncSession, now: datetime) -> None:
    """Close the batches of which nothing waits any more."""
    waits = exists().where(EXTRACTS.c.batch_id == BATCHES.c.id, _WAITING)
    await session.execute(
        update(BATCHES).where(BATCHES.c.finished_at.is_(None), ~waits).values(finished_at=now)
    )


async def about(
    session: AsyncSession, person_id: UUID, *, before: UUID | None = None, limit: int | None = None
) -> Sequence[RowMapping]:
    """The extracts given on a person's consents, newest first, of those before the extract `before`.

    Each row has `id`, `institution_id`, `institution_names`, `motive`, `decided_at`, `consent_id` and
    `revoked_at`.
    """
    wanted = (
        select(
            EXTRACTS.c.id,
            EXTRACTS.c.decided_at,
            EXTRACTS.c.consent_id,
            CONSENTS.c.motive,
            CONSENTS.c.institution_id,
            INSTITUTIONS.c.names.label("institution_names"),
            CERTIFICATES.c.revoked_at,
        )
        .join_from(EXTRACTS, CONSENTS, EXTRACTS.c.consent_id == CONSENTS.c.id)
        .join(INSTITUTIONS, CONSENTS.c.institution_id == INSTITUTIONS.c.id)
        .outerjoin(CERTIFICATES, CERTIFICATES.c.extract_id == EXTRACTS.c.id)
        .where(CONSENTS.c.person_id == person_id)
    )
    if before:
        wanted = wanted.where(EXTRACTS.c.id < before)
    found = await session.execute(wanted.order_by(EXTRACTS.c.id.desc()).limit(limit))
    return found.mappings().all()


_RESULT: Final = select(
    EXTRACTS.c.id,
    EXTRACTS.c.reference,
    EXTRACTS.c.state,
    EXTRACTS.c.decided_at,
    CERTIFICATES.c.id.label("certificate_id"),
    CERTIFICATES.c.valid_until,
    CERTIFICATES.c.revoked_at,
).outerjoin_from(EXTRACTS, CERTIFICATES, CERTIFICATES.c.extract_id == EXTRACTS.c.id)


def _result(row: RowMapping) -> Result:
    return Result(**{**row, "state": ExtractState(row["state"])})


def _extract(key: MasterKey, row: RowMapping) -> Extract:
    said: dict[str, Any] = {name: row[name] for name in _COPIED}
    said["state"] = ExtractState(row["state"])
    return Extract(subject=Subject(**orjson.loads(key.unseal(row["holder"], _context(row["id"])))), **said)


def _context(extract_id: UUID) -> str:
    return f"extract:{extract_id}"
