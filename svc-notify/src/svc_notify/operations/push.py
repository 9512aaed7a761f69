"""Browsers that listen for a person: they begin, are listed, and end."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import clock
from hub_service import rules
from hub_service.outside import Outside, Refused

from ..domain import push
from ..domain.push import Subscription
from ..errors.push import EndpointRefused, PushSubscriptionNotFound
from ..keys import MasterKey
from ..storage import push as storage


async def subscribe(
    session: AsyncSession, master_key: MasterKey, outside: Outside, wanted: Subscription, now: datetime
) -> Subscription:
    """Let a browser listen for a person. One that is known stays the same one, and listens for nobody else.

    Of more browsers than the rule allows those that subscribed longest ago listen no more. Raises
    `EndpointRefused` for an address that would never be called.
    """
    try:
        outside.parse(wanted.endpoint)
    except Refused as refusal:
        raise EndpointRefused from refusal
    async with session.begin():
        await storage.lock_person(session, wanted.person_id)
        legal = await rules.read(session, push.SUBSCRIPTIONS)
        most = legal.on(push.SUBSCRIPTIONS, clock.local_date(now)).whole
        stored = await storage.put(session, master_key, replace(wanted, subscribed_at=now))
        held = await storage.find(session, master_key, wanted.person_id)
        await storage.remove(session, [one.id for one in held[most:]])
    return stored


async def list_own(
    session: AsyncSession, master_key: MasterKey, person_id: UUID, before: UUID | None, limit: int
) -> Sequence[Subscription]:
    """The browsers that listen for a person, the newest first."""
    async with session.begin():
        return await storage.page(session, master_key, person_id, before, limit)


async def find(session: AsyncSession, master_key: MasterKey, person_id: UUID) -> Sequence[Subscription]:
    """Every browser that listens for a person."""
    async with session.begin():
        return await storage.find(session, master_key, person_id)


async def remove(session: AsyncSession, person_id: UUID, subscription_id: UUID) -> None:
    """One of a person's browsers listens no more; raises `PushSubscriptionNotFound` for anybody else's."""
    async with session.begin():
        if not await storage.remove_own(session, person_id, subscription_id):
            raise PushSubscriptionNotFound


async def forget(session: AsyncSession, subscription_ids: Collection[UUID]) -> None:
    """These browsers have given up listening."""
    async with session.begin():
        await storage.remove(session, subscription_ids)


async def forget_person(session: AsyncSession, person_id: UUID) -> None:
    """A person is no more, or wants nothing of us: no browser listens for them."""
    async with session.begin():
        await storage.remove_all(session, person_id)
