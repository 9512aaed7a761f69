"""What was handed to an endpoint, and once more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.principal import Principal

from ..domain import feed, webhooks
from ..domain.webhooks import Delivery, DeliveryState, Endpoint
from ..errors.webhooks import WebhookDeliveryNotFound
from ..storage import feed as feed_storage
from ..storage import webhook_deliveries as storage
from ..storage.webhook_deliveries import Attempt
from .webhooks import Means, own, terms

REPLAYED_AT_ONCE: Final = 1000
_LOOKED_AT: Final = 50_000
"""Positions that one replay of an application looks at."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """How many deliveries were queued, again or anew; after which position more of everything follows."""

    queued: int
    has_more: bool = False
    after: int | None = None


async def list_deliveries(
    session: AsyncSession,
    means: Means,
    principal: Principal,
    endpoint_id: UUID,
    state: DeliveryState | None,
    before: int | None,
    limit: int,
) -> list[tuple[Delivery, str]]:
    """What was or is to be handed to an endpoint, with the type of each event, the newest first.

    Raises `ClientRequired`, `EndpointNotFound`.
    """
    async with session.begin():
        endpoint = await own(session, means, principal, endpoint_id)
        return await storage.find_page(session, endpoint.id, state, before, limit)


async def read(
    session: AsyncSession, means: Means, principal: Principal, endpoint_id: UUID, event_id: UUID
) -> tuple[Delivery, str, list[Attempt]]:
    """One delivery with the type of its event and its attempts.

    Raises `ClientRequired`, `EndpointNotFound`, `WebhookDeliveryNotFound`.
    """
    async with session.begin():
        endpoint = await own(session, means, principal, endpoint_id)
        found = await storage.find(session, endpoint.id, event_id)
        if found is None:
            raise WebhookDeliveryNotFound
        return *found, await storage.find_attempts(session, endpoint.id, event_id)


async def replay_one(
    session: AsyncSession,
    means: Means,
    principal: Principal,
    endpoint_id: UUID,
    event_id: UUID,
    now: datetime,
) -> Replayed:
    """Hand one event over again, where that has ended.

    Raises `ClientRequired`, `EndpointNotFound`, `WebhookDeliveryNotFound`.
    """
    async with session.begin():
        endpoint = await own(session, means, principal, endpoint_id)
        held = await storage.lock_ended(session, endpoint.id, [event_id])
        if not held:
            raise WebhookDeliveryNotFound
        return Replayed(await _replay(session, list(held.values()), now))


async def replay_dead(
    session: AsyncSession, means: Means, principal: Principal, endpoint_id: UUID, now: datetime
) -> Replayed:
    """Hand over again what was given up, the oldest first, so many at once.

    Raises `ClientRequired`, `EndpointNotFound`.
    """
    async with session.begin():
        endpoint = await own(session, means, principal, endpoint_id)
        dead = await storage.lock_dead(session, endpoint.id, REPLAYED_AT_ONCE)
        queued = await _replay(session, dead, now)
    return Replayed(queued, has_more=len(dead) == REPLAYED_AT_ONCE)


async def replay_since(
    session: AsyncSession,
    means: Means,
    principal: Principal,
    endpoint_id: UUID,
    since: datetime | int,
    now: datetime,
) -> Replayed:
    """Hand over everything since an instant, or after a position, that the endpoint wants and may see.

    What is still to be sent stays as it is. Raises `ClientRequired`, `EndpointNotFound`.
    """
    async with session.begin():
        endpoint = await own(session, means, principal, endpoint_id)
        after = await storage.position_before(session, since) if isinstance(since, datetime) else since
        last, _ = await feed_storage.ends(session)
        until = min(last, after + _LOOKED_AT)
        wanted = endpoint.wanted
        types = feed.meant(wanted.event_types) if wanted.event_types else None
        found = await feed_storage.read(
            session, endpoint.reader, after, until, REPLAYED_AT_ONCE, types, _only(wanted.subjects)
        )
        queued = await _queue(session, endpoint, found, now)
    reached = found[-1].position if len(found) == REPLAYED_AT_ONCE else until
    has_more = reached < last
    return Replayed(queued, has_more, reached if has_more else None)


async def _queue(
    session: AsyncSession, endpoint: Endpoint, events: Sequence[feed.FeedEvent], now: datetime
) -> int:
    numbers = await terms(session, now)
    wanted = [event for event in events if webhooks.is_meant(endpoint, event)]
    held = await storage.lock_ended(session, endpoint.id, [event.id for event in wanted])
    fresh = [webhooks.queue(endpoint.id, event, now, numbers) for event in wanted if event.id not in held]
    await storage.add(session, fresh)
    return len(fresh) + await _replay(session, list(held.values()), now)


async def _replay(session: AsyncSession, held: Sequence[Delivery], now: datetime) -> int:
    numbers = await terms(session, now)
    ended = [one for one in held if one.state in webhooks.ENDED]
    await storage.change(session, [webhooks.replay(one, now, numbers) for one in ended])
    return len(ended)


def _only(subjects: Sequence[str]) -> str | None:
    return subjects[0] if len(subjects) == 1 else None
