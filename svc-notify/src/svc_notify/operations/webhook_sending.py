"""Events on their way to endpoints: queued, claimed, handed over, settled."""

import random
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import clock, ids
from hub_events import outbox

from ..domain import feed, kinds, messages, webhooks
from ..domain.feed import FeedEvent
from ..domain.messages import Cause
from ..domain.webhooks import Delivery, Endpoint, Outcome, Stop, Terms
from ..events.webhooks import WebhookEndpointStopped
from ..keys import MasterKey
from ..storage import feed as feed_storage
from ..storage import webhook_deliveries as storage
from ..storage import webhooks as endpoints
from . import following
from .webhooks import terms

_FORGOTTEN_AT_ONCE: Final = 1000


@dataclass(frozen=True, slots=True)
class Claimed:
    """An event to be handed to an endpoint now."""

    endpoint: Endpoint
    delivery: Delivery
    body: bytes


@dataclass(frozen=True, slots=True)
class Done:
    """A claimed delivery, what came of its attempt, and when that began."""

    claimed: Claimed
    outcome: Outcome
    began: datetime


async def queue(session: AsyncSession, events: Sequence[FeedEvent], now: datetime) -> None:
    """Queue events for every endpoint that wants and may see them, in the caller's transaction."""
    active = await endpoints.find_active(session) if events else []
    if not active:
        return
    sight = await _sight(session, active, events)
    numbers = await terms(session, now)
    near = _Near(active, sight)
    queued = [
        webhooks.queue(endpoint.id, event, now, numbers)
        for event in events
        for endpoint in near.to(event)
        if webhooks.wants(endpoint, event) and sight.has(endpoint, event)
    ]
    await storage.add(session, queued)


async def claim(
    session: AsyncSession, key: MasterKey, limit: int, now: datetime
) -> tuple[list[Claimed], Terms]:
    """Take up to so much of what is due, of each endpoint as much as it has room for.

    What its client may no longer see ends here, unsent.
    """
    async with session.begin():
        numbers = await terms(session, now)
        ready = await storage.lock_ready(session, key, numbers.at_once, limit, now)
        if not ready:
            return [], numbers
        share = max(limit // len(ready), 1)
        rooms = {endpoint.id: min(room, share) for endpoint, room in ready}
        due = await storage.lock_due(session, rooms, now)
        by_id = {endpoint.id: endpoint for endpoint, _ in ready}
        sight = await _sight(session, list(by_id.values()), [event for _, event in due])
        claimed, changed = [], []
        for delivery, event in due:
            endpoint = by_id[delivery.endpoint_id]
            if sight.has(endpoint, event):
                taken = webhooks.claim(delivery, now, numbers)
                claimed.append(Claimed(endpoint, taken, event.body))
            else:
                taken = webhooks.withhold(delivery, now)
            changed.append(taken)
        await storage.change(session, changed)
    return claimed, numbers


async def settle(
    session: AsyncSession, key: MasterKey, done: Sequence[Done], now: datetime
) -> list[Endpoint]:
    """Store what came of attempts; the endpoints that get nothing more because of it.

    A delivery that another sender has claimed since is that one's.
    """
    async with session.begin():
        numbers = await terms(session, now)
        settled = [
            webhooks.settle(one.claimed.delivery, one.outcome, now, numbers, chance=random.random())
            for one in done
        ]
        held = await storage.change(session, settled)
        still = [
            one for one in done if (one.claimed.delivery.endpoint_id, one.claimed.delivery.event_id) in held
        ]
        await storage.add_attempts(session, [(one.claimed.delivery, one.outcome, one.began) for one in still])
        return await _judge(session, key, still, numbers, now)


async def forget(session: AsyncSession, now: datetime) -> int:
    """Remove some deliveries that could be seen for as long as the rule says; how many."""
    async with session.begin():
        numbers = await terms(session, now)
        return await storage.forget(session, now - numbers.kept, _FORGOTTEN_AT_ONCE)


async def _judge(
    session: AsyncSession, key: MasterKey, done: Sequence[Done], numbers: Terms, now: datetime
) -> list[Endpoint]:
    """Note on each endpoint what its attempts say of it, always in the same order."""
    stopped = []
    by_endpoint = attrgetter("claimed.endpoint.id")
    for endpoint_id, group in groupby(sorted(done, key=by_endpoint), key=by_endpoint):
        attempts = list(group)
        if not any(one.outcome.failure or one.claimed.endpoint.failures for one in attempts):
            continue
        held = await endpoints.lock(session, key, endpoint_id)
        if held is None:
            continue
        judged = held
        for one in attempts:
            judged = webhooks.after(judged, one.outcome, now, numbers)
        if judged != held:
            await endpoints.store(session, key, judged)
        if judged.state is not held.state and judged.stop is not None:
            await outbox.record(session, WebhookEndpointStopped.of(judged, judged.stop), now)
            await _tell_the_owner(session, judged, judged.stop, now)
            stopped.append(judged)
    return stopped


async def _tell_the_owner(session: AsyncSession, stopped: Endpoint, reason: Stop, now: datetime) -> None:
    """Write to who has registered the application; an institution's client has nobody, but the event."""
    client = (await endpoints.find_clients(session, [stopped.client_id])).get(stopped.client_id)
    if client is None or client.owner_id is None:
        return
    said = {
        "application": stopped.client_id,
        "state": reason.value,
        "told_on": clock.local_date(now).isoformat(),
    }
    written = messages.write(
        kinds.WEBHOOK_STOPPED,
        ids.new_id(),
        Cause(stopped.id, now),
        now,
        person_id=client.owner_id,
        variables=said,
    )
    await following.begin(session, [written], now)


class _Sight:
    """What the clients of endpoints may see in this moment."""

    def __init__(self, consents: Sequence[feed.Consent], clients: Mapping[str, webhooks.Client]) -> None:
        self._clients = clients
        self._consents: defaultdict[UUID, defaultdict[str, list[feed.Consent]]] = defaultdict(
            lambda: defaultdict(list)
        )
        for one in consents:
            self._consents[one.person_id][one.client_id].append(one)

    def has(self, endpoint: Endpoint, event: FeedEvent) -> bool:
        """Whether the endpoint may be told of the event."""
        consents = self._consents[event.person_id][endpoint.client_id] if event.person_id else ()
        is_entitled = webhooks.is_entitled(endpoint, self._clients.get(endpoint.client_id))
        return is_entitled and feed.may_see(endpoint.reader, event, consents)

    def clients_let(self, person_id: UUID) -> Collection[str]:
        """The applications that a person lets follow something."""
        return self._consents[person_id].keys()


class _Near:
    """Endpoints by whom they may be told of: of thousands an event is near to few."""

    def __init__(self, active: Sequence[Endpoint], sight: _Sight) -> None:
        self._active = active
        self._sight = sight
        self._institutions: defaultdict[UUID, list[Endpoint]] = defaultdict(list)
        self._applications: defaultdict[str, list[Endpoint]] = defaultdict(list)
        for one in active:
            if one.institution_id:
                self._institutions[one.institution_id].append(one)
            else:
                self._applications[one.client_id].append(one)

    def to(self, event: FeedEvent) -> Sequence[Endpoint]:
        """All that may see the event, and others."""
        if event.is_public:
            return self._active
        clients = self._sight.clients_let(event.person_id) if event.person_id else ()
        return [
            *(self._institutions[event.institution_id] if event.institution_id else ()),
            *(one for client in clients for one in self._applications[client]),
        ]


async def _sight(session: AsyncSession, active: Sequence[Endpoint], events: Sequence[FeedEvent]) -> _Sight:
    people = {event.person_id for event in events if event.person_id}
    consents = await feed_storage.find_consents(session, people)
    clients = await endpoints.find_clients(session, {endpoint.client_id for endpoint in active})
    return _Sight(consents, clients)
