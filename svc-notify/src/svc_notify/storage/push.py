"""The browsers that listen for people: encrypted, known by a keyed hash of their endpoint."""

import json
from base64 import b64decode, b64encode
from collections.abc import Collection
from uuid import UUID

from sqlalchemy import RowMapping, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from ..domain.push import Subscription
from ..keys import MasterKey, Purpose
from ..tables.people import SANDBOX_PEOPLE
from ..tables.push import PUSH_SUBSCRIPTIONS

_columns = PUSH_SUBSCRIPTIONS.c


async def lock_person(session: AsyncSession, person_id: UUID) -> None:
    """Let one transaction at a time change a person's subscriptions."""
    turn = func.hashtextextended(f"notify:push:{person_id}", 0)
    await session.execute(select(func.pg_advisory_xact_lock(turn)))


async def put(session: AsyncSession, master_key: MasterKey, wanted: Subscription) -> Subscription:
    """Store a subscription; a browser that is known keeps its id, whoever's it was before."""
    values = {
        "person_id": wanted.person_id,
        "sealed": master_key.seal(_packed(wanted), _context(wanted.person_id)),
        "subscribed_at": wanted.subscribed_at,
    }
    given = insert(PUSH_SUBSCRIPTIONS).values(
        id=wanted.id, digest=master_key.digest(Purpose.PUSH, wanted.endpoint), **values
    )
    stored = await session.execute(
        given.on_conflict_do_update(index_elements=["digest"], set_=values).returning(PUSH_SUBSCRIPTIONS)
    )
    return _subscription(master_key, stored.mappings().one())


async def find(session: AsyncSession, master_key: MasterKey, person_id: UUID) -> list[Subscription]:
    """A person's subscriptions, what was subscribed last first."""
    wanted = select(PUSH_SUBSCRIPTIONS).where(_columns.person_id == person_id)
    rows = await session.execute(wanted.order_by(_columns.subscribed_at.desc(), _columns.id.desc()))
    return [_subscription(master_key, row) for row in rows.mappings()]


async def page(
    session: AsyncSession, master_key: MasterKey, person_id: UUID, before: UUID | None, limit: int
) -> list[Subscription]:
    """A person's subscriptions older than `before`, the newest first."""
    wanted = select(PUSH_SUBSCRIPTIONS).where(_columns.person_id == person_id)
    if before:
        wanted = wanted.where(_columns.id < before)
    rows = await session.execute(wanted.order_by(_columns.id.desc()).limit(limit))
    return [_subscription(master_key, row) for row in rows.mappings()]


async def remove(session: AsyncSession, subscription_ids: Collection[UUID]) -> None:
    """These browsers listen no more."""
    await session.execute(delete(PUSH_SUBSCRIPTIONS).where(_columns.id.in_(subscription_ids)))


async def remove_own(session: AsyncSession, person_id: UUID, subscription_id: UUID) -> bool:
    """One of a person's browsers listens no more; false when it is not theirs."""
    own = (_columns.id == subscription_id) & (_columns.person_id == person_id)
    gone = await session.execute(delete(PUSH_SUBSCRIPTIONS).where(own).returning(_columns.id))
    return gone.first() is not None


async def remove_all(session: AsyncSession, person_id: UUID) -> None:
    """No browser listens for this person any more."""
    await session.execute(delete(PUSH_SUBSCRIPTIONS).where(_columns.person_id == person_id))


async def remove_of_invented(session: AsyncSession, person_id: UUID) -> None:
    """No browser listens for somebody who is known to be invented, and no more; of others nothing goes."""
    invented = select(SANDBOX_PEOPLE.c.person_id).where(
        SANDBOX_PEOPLE.c.person_id == person_id,
        SANDBOX_PEOPLE.c.is_removed,
        SANDBOX_PEOPLE.c.created_at < _columns.subscribed_at,
    )
    await session.execute(delete(PUSH_SUBSCRIPTIONS).where(_columns.person_id.in_(invented)))


def _packed(subscription: Subscription) -> bytes:
    keys = (b64encode(value).decode() for value in (subscription.key, subscription.secret))
    return json.dumps([subscription.endpoint, *keys]).encode()


def _subscription(master_key: MasterKey, row: RowMapping) -> Subscription:
    endpoint, key, secret = json.loads(master_key.unseal(row["sealed"], _context(row["person_id"])))
    return Subscription(
        row["id"], row["person_id"], endpoint, b64decode(key), b64decode(secret), row["subscribed_at"]
    )


def _context(person_id: UUID) -> str:
    return f"push/{person_id}"
