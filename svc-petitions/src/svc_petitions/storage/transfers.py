"""Hand-overs between compartments: rows in, domain values out."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession

from ..domain.files import File
from ..domain.transfers import Transfer, TransferState
from ..tables.transfers import TRANSFERS


async def add(session: AsyncSession, transfer: Transfer) -> bool:
    """Store a hand-over; False while another one of the file waits."""
    put = postgresql.insert(TRANSFERS).values(asdict(transfer)).on_conflict_do_nothing()
    return (await session.execute(put.returning(TRANSFERS.c.id))).first() is not None


async def find(session: AsyncSession, institution_id: UUID, transfer_id: UUID) -> Transfer | None:
    """A hand-over of an institution."""
    mine = (TRANSFERS.c.id == transfer_id) & (TRANSFERS.c.institution_id == institution_id)
    found = await _all(session, select(TRANSFERS).where(mine))
    return found[0] if found else None


async def lock(session: AsyncSession, institution_id: UUID, transfer_id: UUID) -> Transfer | None:
    """A hand-over of an institution; nobody else decides on it until the transaction ends."""
    mine = (TRANSFERS.c.id == transfer_id) & (TRANSFERS.c.institution_id == institution_id)
    found = await _all(session, select(TRANSFERS).where(mine).with_for_update())
    return found[0] if found else None


async def put(session: AsyncSession, transfer: Transfer) -> None:
    """Store what was decided."""
    done = {name: getattr(transfer, name) for name in ("state", "decided_by", "decided_at", "refusal")}
    await session.execute(update(TRANSFERS).where(TRANSFERS.c.id == transfer.id).values(done))


async def waiting(
    session: AsyncSession, compartment_id: UUID, *, after: UUID | None, limit: int
) -> Sequence[Transfer]:
    """What waits for a compartment, the oldest first."""
    table = TRANSFERS
    wanted = select(table).where(
        table.c.to_compartment_id == compartment_id, table.c.state == TransferState.WAITING
    )
    if after is not None:
        wanted = wanted.where(table.c.id > after)
    return await _all(session, wanted.order_by(table.c.id).limit(limit))


async def of_file(session: AsyncSession, file: File, *, after: UUID | None, limit: int) -> Sequence[Transfer]:
    """The hand-overs of a file at the institution that has it, in order."""
    table = TRANSFERS
    wanted = select(table).where(
        table.c.petition_id == file.id, table.c.institution_id == file.institution_id
    )
    if after is not None:
        wanted = wanted.where(table.c.id > after)
    return await _all(session, wanted.order_by(table.c.id).limit(limit))


async def _all(session: AsyncSession, wanted: Select[Any]) -> list[Transfer]:
    rows = (await session.execute(wanted)).mappings()
    return [Transfer(**dict(row) | {"state": TransferState(row["state"])}) for row in rows]
