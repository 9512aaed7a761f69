"""Orders of institutions: rows in, domain values out."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, RowMapping, any_, bindparam, select, text, true, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import Uuid

from hub_events.statements import Part

from ..domain.channels import Channel
from ..domain.deliveries import State
from ..domain.kinds import Lane, Purpose
from ..domain.messages import Message
from ..domain.orders import Counts, Order, Ordering, OrderState, day_of, minute_of
from ..keys import MasterKey
from ..tables.orders import COUNTS, ORDERS

_ADD: Final = Part(
    text(
        """
INSERT INTO orders (
  id, institution_id, client_id, is_sandbox, batch_id, template, template_version, purpose, person_id, sealed,
  fingerprint, reference, is_reference_unique, channels, lane, condition, accepted_at, send_at, due_at,
  expires_at, traceparent, asked, state, by_channel
)
SELECT
  id, institution_id, client_id, is_sandbox, batch_id, template, template_version, purpose, person_id, sealed,
  fingerprint, reference, is_reference_unique, CAST(channels AS jsonb), lane, condition, accepted_at, send_at,
  due_at, expires_at, traceparent, 0, 'WAITING', '{}'
FROM unnest(
  CAST(:id AS uuid[]), CAST(:institution_id AS uuid[]), CAST(:client_id AS text[]),
  CAST(:is_sandbox AS boolean[]), CAST(:batch_id AS uuid[]), CAST(:template AS text[]),
  CAST(:template_version AS smallint[]), CAST(:purpose AS text[]), CAST(:person_id AS uuid[]),
  CAST(:sealed AS bytea[]), CAST(:fingerprint AS bytea[]), CAST(:reference AS text[]),
  CAST(:is_reference_unique AS boolean[]), CAST(:channels AS text[]), CAST(:lane AS smallint[]),
  CAST(:condition AS text[]), CAST(:accepted_at AS timestamptz[]), CAST(:send_at AS timestamptz[]),
  CAST(:due_at AS timestamptz[]), CAST(:expires_at AS timestamptz[]), CAST(:traceparent AS text[])
) AS given(
  id, institution_id, client_id, is_sandbox, batch_id, template, template_version, purpose, person_id, sealed,
  fingerprint, reference, is_reference_unique, channels, lane, condition, accepted_at, send_at, due_at,
  expires_at, traceparent
)
ON CONFLICT (institution_id, is_sandbox, reference) WHERE is_reference_unique DO NOTHING
RETURNING id
"""
    )
)
_COUNT: Final = Part(
    text(
        """
INSERT INTO order_counts AS held (institution_id, is_sandbox, minute, in_minute, day, in_day)
SELECT * FROM unnest(
  CAST(:institution_id AS uuid[]), CAST(:is_sandbox AS boolean[]), CAST(:minute AS timestamptz[]),
  CAST(:in_minute AS int[]), CAST(:day AS timestamptz[]), CAST(:in_day AS int[])
) ORDER BY 1, 2
ON CONFLICT (institution_id, is_sandbox) DO UPDATE SET
  minute = greatest(held.minute, excluded.minute),
  in_minute = excluded.in_minute + CASE WHEN held.minute >= excluded.minute THEN held.in_minute ELSE 0 END,
  day = greatest(held.day, excluded.day),
  in_day = excluded.in_day + CASE WHEN held.day >= excluded.day THEN held.in_day ELSE 0 END
RETURNING institution_id, is_sandbox, minute, in_minute, day, in_day
"""
    )
)
_GIVEN: Final = (
    *("id", "batch_id", "template", "template_version", "person_id", "reference", "is_reference_unique"),
    *("condition", "accepted_at", "send_at", "due_at", "expires_at", "traceparent"),
)
_PLAIN: Final = (*_GIVEN, "asked", "ended_at")
_ORDER: Final = select(*(column for column in ORDERS.c if column.name not in ("sealed", "fingerprint")))
_LOCK_DUE: Final = (
    _ORDER.where(
        ORDERS.c.lane == bindparam("in_lane"),
        ORDERS.c.due_at <= bindparam("now"),
        ORDERS.c.condition.is_(None),
    )
    .order_by(ORDERS.c.due_at)
    .limit(bindparam("at_most"))
    .with_for_update(skip_locked=True)
)
_OF_EACH: Final = (
    select(ORDERS.c.id)
    .where(
        ORDERS.c.institution_id == COUNTS.c.institution_id,
        ORDERS.c.is_sandbox == COUNTS.c.is_sandbox,
        ORDERS.c.condition.is_not(None),
        ORDERS.c.due_at <= bindparam("now"),
    )
    .order_by(ORDERS.c.due_at)
    .limit(bindparam("each"))
    .lateral()
)
_STORE: Final = Part(
    text(
        """
UPDATE orders SET state = given.state, by_channel = CAST(given.by_channel AS jsonb), due_at = given.due_at,
  ended_at = given.ended_at, asked = given.asked, condition = given.condition,
  sealed = CASE WHEN given.is_over THEN NULL ELSE orders.sealed END
FROM unnest(
  CAST(:id AS uuid[]), CAST(:state AS text[]), CAST(:by_channel AS text[]), CAST(:due_at AS timestamptz[]),
  CAST(:ended_at AS timestamptz[]), CAST(:asked AS smallint[]), CAST(:condition AS text[]),
  CAST(:is_over AS boolean[])
) AS given(id, state, by_channel, due_at, ended_at, asked, condition, is_over)
WHERE orders.id = given.id
"""
    )
)


@dataclass(frozen=True, slots=True, repr=False)
class New:
    """An order to be stored, with what it says, and its fingerprint where its reference is used once."""

    order: Order
    sealed: bytes
    fingerprint: bytes | None = None


def seal(keys: MasterKey, order_id: UUID, variables: Mapping[str, str]) -> bytes:
    """The values of an order, as they are kept."""
    return keys.seal(json.dumps(dict(variables), ensure_ascii=False).encode(), str(order_id))


def unseal(keys: MasterKey, order_id: UUID, sealed: bytes) -> Mapping[str, str]:
    """The values again."""
    opened: Mapping[str, str] = json.loads(keys.unseal(sealed, str(order_id)))
    return opened


async def count(
    session: AsyncSession, asked: Mapping[tuple[UUID, bool], tuple[int, int]], now: datetime
) -> Mapping[tuple[UUID, bool], Counts]:
    """Count requests and messages of institutions (and of their sandboxes); the sums with these.

    The rows are locked until the transaction ends.
    """
    rows = await _COUNT.all(
        session,
        institution_id=[institution for institution, _ in asked],
        is_sandbox=[is_sandbox for _, is_sandbox in asked],
        minute=[minute_of(now)] * len(asked),
        in_minute=[requests for requests, _ in asked.values()],
        day=[day_of(now)] * len(asked),
        in_day=[messages for _, messages in asked.values()],
    )
    return {
        (row["institution_id"], row["is_sandbox"]): Counts(
            row["minute"], row["in_minute"], row["day"], row["in_day"]
        )
        for row in rows
    }


async def add(session: AsyncSession, new: Sequence[New]) -> set[UUID]:
    """Store new orders; the ids of those stored, without those whose reference was used."""
    rows = [_row(one) for one in new]
    stored = await _ADD.all(session, **{name: [row[name] for row in rows] for name in rows[0]})
    return {row["id"] for row in stored}


async def lock_due(session: AsyncSession, lane: Lane, limit: int, now: datetime) -> list[Order]:
    """Orders of a lane that are due and ask nobody, the longest waiting first, locked."""
    rows = await session.execute(_LOCK_DUE, {"in_lane": lane, "now": now, "at_most": limit})
    return [_of(row) for row in rows.mappings()]


async def lock_asking(session: AsyncSession, each: int, busy: Collection[UUID], now: datetime) -> list[Order]:
    """Orders that are due and ask first, up to so many of each institution that is not busy, locked."""
    due = select(_OF_EACH.c.id).select_from(COUNTS.join(_OF_EACH, true()))
    wanted = _ORDER.where(
        ORDERS.c.id.in_(due.where(COUNTS.c.institution_id.not_in(list(busy)))),
        ORDERS.c.due_at <= bindparam("now"),
    ).with_for_update(skip_locked=True)
    rows = await session.execute(wanted, {"each": each, "now": now})
    return [_of(row) for row in rows.mappings()]


async def postpone(session: AsyncSession, ids: Collection[UUID], until: datetime) -> None:
    """Have locked orders looked at again only then."""
    await session.execute(update(ORDERS).where(ORDERS.c.id.in_(ids)).values(due_at=until))


async def store(session: AsyncSession, changed: Sequence[Order]) -> None:
    """Store what became of orders that this transaction has locked; of what goes no more, the words go."""
    await _STORE.all(
        session,
        id=[order.id for order in changed],
        state=[order.state.value for order in changed],
        by_channel=[_states(order.by_channel) for order in changed],
        due_at=[order.due_at for order in changed],
        ended_at=[order.ended_at for order in changed],
        asked=[order.asked for order in changed],
        condition=[order.condition for order in changed],
        is_over=[order.ended_at is not None for order in changed],
    )


async def find(session: AsyncSession, by: Ordering, order_id: UUID, *, lock: bool = False) -> Order | None:
    """An order of an institution."""
    wanted = _ORDER.where(ORDERS.c.id == order_id, *_own(by))
    row = (await session.execute(wanted.with_for_update() if lock else wanted)).mappings().first()
    return _of(row) if row else None


async def find_used(session: AsyncSession, by: Ordering, reference: str) -> tuple[Order, bytes] | None:
    """The order for which a reference was used that is used once, with its fingerprint."""
    wanted = _ORDER.add_columns(ORDERS.c.fingerprint).where(
        *_own(by), ORDERS.c.reference == reference, ORDERS.c.is_reference_unique
    )
    row = (await session.execute(wanted)).mappings().first()
    return (_of(row), row["fingerprint"]) if row else None


async def find_by_reference(
    session: AsyncSession, by: Ordering, reference: str, before: UUID | None, limit: int
) -> list[Order]:
    """The orders with a reference, the newest first."""
    wanted = _ORDER.where(*_own(by), ORDERS.c.reference == reference)
    if before:
        wanted = wanted.where(ORDERS.c.id < before)
    rows = await session.execute(wanted.order_by(ORDERS.c.id.desc()).limit(limit))
    return [_of(row) for row in rows.mappings()]


async def find_sealed(session: AsyncSession, ids: Collection[UUID]) -> Mapping[UUID, bytes]:
    """What orders say, sealed; without those of which it was forgotten."""
    wanted = select(ORDERS.c.id, ORDERS.c.sealed).where(
        ORDERS.c.id == any_(bindparam("ids", list(ids), type_=ARRAY(Uuid))), ORDERS.c.sealed.is_not(None)
    )
    return {row.id: row.sealed for row in await session.execute(wanted)}


async def find_sealed_of(session: AsyncSession, messages: Sequence[Message]) -> Mapping[UUID, bytes]:
    """The same by message, of those that institutions have ordered."""
    by_order = {message.sender.order_id: message.id for message in messages if message.sender}
    found = await find_sealed(session, by_order) if by_order else {}
    return {by_order[order_id]: sealed for order_id, sealed in found.items()}


async def forget_words(session: AsyncSession, before: datetime, limit: int) -> int:
    """Forget what orders say that could be sent until then, the oldest first; how many."""
    oldest = (
        select(ORDERS.c.id)
        .where(ORDERS.c.sealed.is_not(None), ORDERS.c.expires_at < before)
        .order_by(ORDERS.c.expires_at)
        .limit(limit)
    )
    gone = update(ORDERS).where(ORDERS.c.id.in_(oldest)).values(sealed=None).returning(ORDERS.c.id)
    return len((await session.execute(gone)).all())


def _own(by: Ordering) -> tuple[ColumnElement[bool], ...]:
    return ORDERS.c.institution_id == by.institution_id, ORDERS.c.is_sandbox == by.is_sandbox


def _of(row: RowMapping) -> Order:
    return Order(
        **{name: row[name] for name in _PLAIN},
        by=Ordering(row["institution_id"], row["client_id"], row["is_sandbox"]),
        purpose=Purpose(row["purpose"]),
        channels=frozenset(map(Channel, row["channels"])),
        lane=Lane(row["lane"]),
        state=OrderState(row["state"]),
        by_channel={Channel(channel): State(state) for channel, state in row["by_channel"].items()},
    )


def _states(by_channel: Mapping[Channel, State]) -> str:
    return json.dumps(dict(by_channel))


def _row(new: New) -> dict[str, Any]:
    order = new.order
    return {
        **{name: getattr(order, name) for name in _GIVEN},
        "institution_id": order.by.institution_id,
        "client_id": order.by.client_id,
        "is_sandbox": order.by.is_sandbox,
        "purpose": order.purpose.value,
        "channels": json.dumps(sorted(order.channels)),
        "lane": order.lane.value,
        "sealed": new.sealed,
        "fingerprint": new.fingerprint,
    }
