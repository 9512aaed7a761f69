"""Batches of orders: rows in, domain values out."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from ..domain.channels import Channel
from ..domain.deliveries import State
from ..domain.orders import Batch, Ordering, OrderState
from ..tables.orders import BATCHES, ORDERS

Standing = tuple[OrderState, Mapping[Channel, State]]
"""An order's own state, and that of each of its channels."""
_PLAIN: Final = ("id", "template", "size", "accepted_at")


async def add(session: AsyncSession, batch: Batch) -> None:
    """Store a new batch; its orders are stored beside it."""
    row = {name: getattr(batch, name) for name in _PLAIN} | {
        "institution_id": batch.by.institution_id,
        "client_id": batch.by.client_id,
        "is_sandbox": batch.by.is_sandbox,
    }
    await session.execute(insert(BATCHES).values(row))


async def find(session: AsyncSession, by: Ordering, batch_id: UUID) -> Batch | None:
    """A batch of an institution."""
    wanted = select(BATCHES).where(
        BATCHES.c.id == batch_id,
        BATCHES.c.institution_id == by.institution_id,
        BATCHES.c.is_sandbox == by.is_sandbox,
    )
    row = (await session.execute(wanted)).mappings().first()
    if row is None:
        return None
    sent_by = Ordering(row["institution_id"], row["client_id"], row["is_sandbox"])
    return Batch(by=sent_by, **{name: row[name] for name in _PLAIN})


async def count(session: AsyncSession, batch_id: UUID) -> Sequence[tuple[Standing, int]]:
    """How many orders of a batch stand alike."""
    alike = (
        select(ORDERS.c.state, ORDERS.c.by_channel, func.count().label("orders"))
        .where(ORDERS.c.batch_id == batch_id)
        .group_by(ORDERS.c.state, ORDERS.c.by_channel)
    )
    return [
        (
            (
                OrderState(row.state),
                {Channel(channel): State(state) for channel, state in row.by_channel.items()},
            ),
            row.orders,
        )
        for row in await session.execute(alike)
    ]


async def cancel(session: AsyncSession, batch_id: UUID, now: datetime) -> list[UUID]:
    """Cancel what still waits of a batch; which that was."""
    waiting = (
        update(ORDERS)
        .where(ORDERS.c.batch_id == batch_id, ORDERS.c.state == OrderState.WAITING)
        .values(state=OrderState.CANCELLED, due_at=None, ended_at=now, sealed=None)
        .returning(ORDERS.c.id)
    )
    return list(await session.scalars(waiting))
