"""What became of orders: rows in, values out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from hub_events.statements import Part

from ..domain.channels import Channel
from ..domain.deliveries import State
from ..domain.orders import Ordering, OrderState
from ..tables.orders import ENDS, EVENTS

_ONE: Final = 1
_ADD: Final = Part(
    text(
        """
INSERT INTO order_events (institution_id, is_sandbox, order_id, batch_id, reference, state, channel, at)
SELECT o.institution_id, o.is_sandbox, o.id, o.batch_id, o.reference, told.state, told.channel,
  CAST(:now AS timestamptz)
FROM unnest(
  CAST(:order_id AS uuid[]), CAST(:state AS text[]), CAST(:channel AS text[])
) WITH ORDINALITY AS told(order_id, state, channel, number)
JOIN orders AS o ON o.id = told.order_id ORDER BY told.number
"""
    )
)
_NOTE: Final = Part(
    text(
        """
WITH told AS (
  SELECT * FROM unnest(
    CAST(:order_id AS uuid[]), CAST(:held AS text[]), CAST(:state AS text[]), CAST(:channel AS text[])
  ) WITH ORDINALITY AS told(order_id, held, state, channel, number)
), changed AS (
  UPDATE orders SET by_channel = by_channel || news.states
  FROM (SELECT order_id, jsonb_object_agg(channel, held ORDER BY number) AS states FROM told GROUP BY 1) news
  WHERE orders.id = news.order_id
)
INSERT INTO order_events (institution_id, is_sandbox, order_id, batch_id, reference, state, channel, at)
SELECT o.institution_id, o.is_sandbox, o.id, o.batch_id, o.reference, told.state, told.channel,
  CAST(:now AS timestamptz)
FROM told JOIN orders AS o ON o.id = told.order_id ORDER BY told.number
"""
    )
)


@dataclass(frozen=True, slots=True)
class OrderEvent:
    """One state of one order, at its place in the feed."""

    position: int
    order_id: UUID
    batch_id: UUID | None
    reference: str | None
    state: OrderState
    channel: Channel | None
    at: datetime


async def add(
    session: AsyncSession, told: Sequence[tuple[UUID, OrderState, Channel | None]], now: datetime
) -> None:
    """Tell states of orders themselves, in their order."""
    if told:
        await _ADD.all(
            session,
            order_id=[order_id for order_id, _, _ in told],
            state=[state.value for _, state, _ in told],
            channel=[channel for _, _, channel in told],
            now=now,
        )


async def note(
    session: AsyncSession, told: Sequence[tuple[UUID, Channel, State, OrderState]], now: datetime
) -> None:
    """Keep where the channels of orders stand, and tell it, in their order."""
    if told:
        await _NOTE.all(
            session,
            order_id=[order_id for order_id, _, _, _ in told],
            channel=[channel.value for _, channel, _, _ in told],
            held=[held.value for _, _, held, _ in told],
            state=[state.value for _, _, _, state in told],
            now=now,
        )


async def has_arrivals(session: AsyncSession) -> bool:
    """Whether a state waits for its position."""
    waiting = select(EVENTS.c.arrived).where(EVENTS.c.position.is_(None)).limit(1)
    return await session.scalar(waiting) is not None


async def place(session: AsyncSession, limit: int) -> int:
    """Give the next positions to what has arrived, in that order; how many. Nobody else does meanwhile."""
    held = upsert(ENDS).values(id=_ONE, last=0, forgotten=0)
    held = held.on_conflict_do_update(index_elements=["id"], set_={"last": ENDS.c.last})
    last: int = (await session.execute(held.returning(ENDS.c.last))).scalar_one()
    waiting = (
        select(EVENTS.c.arrived, func.row_number().over(order_by=EVENTS.c.arrived).label("number"))
        .where(EVENTS.c.position.is_(None))
        .order_by(EVENTS.c.arrived)
        .limit(limit)
        .subquery()
    )
    placing = (
        update(EVENTS)
        .where(EVENTS.c.arrived == waiting.c.arrived)
        .values(position=last + waiting.c.number)
        .returning(EVENTS.c.arrived)
    )
    placed = len((await session.execute(placing)).all())
    if placed:
        await session.execute(update(ENDS).values(last=last + placed))
    return placed


async def read(
    session: AsyncSession, by: Ordering, after: int, limit: int
) -> tuple[int, int, list[OrderEvent]]:
    """The last and the last forgotten position, and an institution's states after a position.

    What is committed later has a position after the last.
    """
    row = (await session.execute(select(ENDS.c.last, ENDS.c.forgotten))).one_or_none()
    last, forgotten = (row.last, row.forgotten) if row else (0, 0)
    columns = EVENTS.c
    wanted = (
        select(EVENTS)
        .where(
            columns.institution_id == by.institution_id,
            columns.is_sandbox == by.is_sandbox,
            columns.position > after,
            columns.position <= last,
        )
        .order_by(columns.position)
        .limit(limit)
    )
    found = [
        OrderEvent(
            position=one.position,
            order_id=one.order_id,
            batch_id=one.batch_id,
            reference=one.reference,
            state=OrderState(one.state),
            channel=Channel(one.channel) if one.channel else None,
            at=one.at,
        )
        for one in await session.execute(wanted)
    ]
    return last, forgotten, found


async def forget(session: AsyncSession, before: datetime, limit: int) -> int:
    """Remove states from before then, the oldest first; how many."""
    oldest = (
        select(EVENTS.c.arrived)
        .where(EVENTS.c.position.is_not(None), EVENTS.c.at < before)
        .order_by(EVENTS.c.position)
        .limit(limit)
    )
    gone = await session.execute(
        delete(EVENTS).where(EVENTS.c.arrived.in_(oldest)).returning(EVENTS.c.position)
    )
    positions = list(gone.scalars())
    if positions:
        await session.execute(update(ENDS).values(forgotten=func.greatest(ENDS.c.forgotten, max(positions))))
    return len(positions)
