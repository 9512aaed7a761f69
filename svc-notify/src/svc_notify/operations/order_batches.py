"""Batches of orders: many messages by one template, in one request, all or none."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hub_core import ids
from hub_events import trace
from hub_events.session import Session

from ..domain import orders
from ..domain.orders import Batch, Ordering, OrderState, Wish
from ..errors.orders import BatchNotFound
from ..keys import MasterKey
from ..storage import order_batches as storage
from ..storage import order_events
from ..storage import orders as orders_storage
from ..storage.orders import New
from . import accepting
from .accepting import Acceptance

_STORED_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Progress:
    """A batch, and how many of its orders stand where."""

    batch: Batch
    counts: Mapping[OrderState, int]


async def place(
    session: Session,
    acceptance: Acceptance,
    keys: MasterKey,
    by: Ordering,
    key: str,
    wishes: Sequence[Wish],
    now: datetime,
) -> Progress:
    """Accept a batch, all of it or nothing.

    Raises `OrderUnsound`, `SendingLimitReached` and what `Acceptance.known` does.
    """
    acceptance.must_be_callable(wishes[0].condition)
    template, legal = await acceptance.known(by.institution_id, key)
    batch = Batch(id=ids.new_id(), by=by, template=key, size=len(wishes), accepted_at=now)

    def prepare(traceparent: str | None) -> list[New]:
        placed = orders.place_all(
            wishes, template, by, batch.id, [ids.new_id() for _ in wishes], legal, now, traceparent
        )
        return [
            New(order, orders_storage.seal(keys, order.id, wish.variables))
            for order, wish in zip(placed, wishes, strict=True)
        ]

    # Ten thousand take a second of work, in which other requests go on.
    new = await asyncio.to_thread(prepare, trace.current())
    async with session.begin():
        await accepting.count(session, by, len(new), legal, now)
        await storage.add(session, batch)
        for some in _batched(new):
            await orders_storage.add(session, some)
    return Progress(batch, {OrderState.WAITING: len(new)})


async def read(session: Session, by: Ordering, batch_id: UUID) -> Progress:
    """A batch, and where its orders stand; raises `BatchNotFound` for anybody else's."""
    async with session.begin():
        return await _progress(session, by, batch_id)


async def cancel(session: Session, by: Ordering, batch_id: UUID, now: datetime) -> Progress:
    """A batch of which nothing is sent that still waits; raises `BatchNotFound`."""
    async with session.begin():
        await _find(session, by, batch_id)
        cancelled = await storage.cancel(session, batch_id, now)
        await order_events.add(
            session, [(order_id, OrderState.CANCELLED, None) for order_id in cancelled], now
        )
        return await _progress(session, by, batch_id)


async def _progress(session: Session, by: Ordering, batch_id: UUID) -> Progress:
    batch = await _find(session, by, batch_id)
    counts: Counter[OrderState] = Counter()
    for (state, by_channel), alike in await storage.count(session, batch_id):
        counts[orders.stands(state, by_channel)] += alike
    return Progress(batch, counts)


async def _find(session: Session, by: Ordering, batch_id: UUID) -> Batch:
    found = await storage.find(session, by, batch_id)
    if found is None:
        raise BatchNotFound
    return found


def _batched(new: Sequence[New]) -> list[Sequence[New]]:
    return [new[start : start + _STORED_AT_ONCE] for start in range(0, len(new), _STORED_AT_ONCE)]
