"""Revocations and corrections: rows in, domain values out. The reason in words is encrypted."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any, Final
from uuid import UUID

from sqlalchemy import RowMapping, Select, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from ..domain.certificates import RevocationReason
from ..domain.changes import Change, Decision, Kind
from ..domain.holders import Holder
from ..keys import MasterKey
from ..tables.certificates import CHANGES
from . import holders

_COPIED: Final = tuple(CHANGES.c[field.name] for field in fields(Change))
_ALL: Final = select(*_COPIED)


async def add(
    session: AsyncSession, key: MasterKey, change: Change, words: str, named: Holder | None
) -> bool:
    """Store a proposal; False when another one for the certificate is not decided yet.

    `named` is the holder as a correction is to name them, none where it is as the registers do.
    """
    values: dict[str, Any] = {column.name: getattr(change, column.name) for column in _COPIED}
    values["holder"] = holders.seal(key, change.id, named) if named else None
    adding = (
        insert(CHANGES)
        .values(**values, text=key.seal(words.encode(), _context(change.id)))
        .on_conflict_do_nothing(index_elements=["certificate_id"], index_where=CHANGES.c.decided_at.is_(None))
        .returning(CHANGES.c.id)
    )
    return (await session.execute(adding)).first() is not None


async def read(session: AsyncSession, change_id: UUID) -> Change | None:
    """A change."""
    return await _one(session, _ALL.where(CHANGES.c.id == change_id))


async def lock(session: AsyncSession, change_id: UUID) -> Change | None:
    """A change; its row is locked until the transaction ends."""
    return await _one(session, _ALL.where(CHANGES.c.id == change_id).with_for_update())


async def words(session: AsyncSession, key: MasterKey, change_id: UUID) -> str:
    """The reason of a change in words."""
    sealed: bytes = (
        await session.execute(select(CHANGES.c.text).where(CHANGES.c.id == change_id))
    ).scalar_one()
    return key.unseal(sealed, _context(change_id)).decode()


async def named(session: AsyncSession, key: MasterKey, change_id: UUID) -> Holder | None:
    """The holder as a correction is to name them; none where it is as the registers do."""
    sealed: bytes | None = await session.scalar(select(CHANGES.c.holder).where(CHANGES.c.id == change_id))
    return holders.unseal(key, change_id, sealed) if sealed else None


async def to_decide(
    session: AsyncSession, institution_id: UUID, *, after: UUID | None, limit: int
) -> Sequence[Change]:
    """The changes that a unit has not decided on, oldest first, after the change `after`."""
    wanted = _ALL.where(CHANGES.c.institution_id == institution_id, CHANGES.c.decided_at.is_(None))
    if after:
        wanted = wanted.where(CHANGES.c.id > after)
    found = await session.execute(wanted.order_by(CHANGES.c.id).limit(limit))
    return [_change(row) for row in found.mappings()]


async def of_certificate(session: AsyncSession, certificate_id: UUID) -> Sequence[Change]:
    """What was proposed for a certificate and decided, oldest first."""
    wanted = _ALL.where(CHANGES.c.certificate_id == certificate_id).order_by(CHANGES.c.id)
    return [_change(row) for row in (await session.execute(wanted)).mappings()]


async def store(session: AsyncSession, change: Change) -> None:
    """Store the decision on a change, whose row is locked."""
    await session.execute(
        update(CHANGES)
        .where(CHANGES.c.id == change.id)
        .values(decided_by=change.decided_by, decided_at=change.decided_at, decision=change.decision)
    )


async def _one(session: AsyncSession, wanted: Select[Any]) -> Change | None:
    row = (await session.execute(wanted)).mappings().first()
    return _change(row) if row else None


def _change(row: RowMapping) -> Change:
    kinds = {
        "kind": Kind(row["kind"]),
        "reason": RevocationReason(row["reason"]),
        "decision": Decision(row["decision"]) if row["decision"] else None,
    }
    return Change(**{**row, **kinds})


def _context(change_id: UUID) -> str:
    return f"change:{change_id}"
