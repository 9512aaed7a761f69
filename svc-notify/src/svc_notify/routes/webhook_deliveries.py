"""HTTP and nothing else: a client sees what was handed to its endpoints, and has it handed over again."""

from typing import Annotated

from fastapi import Path, Query

from hub_service import paging, policy, routing
from hub_service.dependencies import Now, Session
from hub_service.paging import Page
from hub_service.policy import Caller
from hub_service.schemas import Id

from ..domain.webhooks import DeliveryState
from ..errors.webhooks import ClientRequired, EndpointNotFound, WebhookDeliveryNotFound
from ..operations import webhook_deliveries as operations
from ..schemas.webhooks import (
    ReplayWebhooks,
    WebhookDelivery,
    WebhookDeliveryWithAttempts,
    WebhooksReplayed,
)
from .webhooks import READ, WRITE, EndpointId, Hooks

router = routing.Router(prefix="/notify/v1/webhook-endpoints/{endpoint_id}", tags=["webhooks"])

EventId = Annotated[Id, Path(description="The event's identifier: its `id`, and the `webhook-id`.")]


@router.get(
    "/deliveries",
    summary="List what was sent to an endpoint",
    response_description="A page of deliveries, the newest event first",
    **policy.operation(READ, raises=(ClientRequired, EndpointNotFound)),
)
async def list_webhook_deliveries(
    endpoint_id: EndpointId,
    asked: paging.Asked,
    caller: Caller,
    session: Session,
    hooks: Hooks,
    state: Annotated[
        DeliveryState | None,
        Query(description="Only deliveries that stand there; `DEAD` are those that were given up."),
    ] = None,
) -> Page[WebhookDelivery]:
    """Each event that was or is to be sent to an endpoint in the last 30 days, the newest first."""
    found = await operations.list_deliveries(
        session, hooks, caller, endpoint_id, state, asked.after(int), asked.rows
    )
    return asked.page(found, position=lambda one: (one[0].position,), view=WebhookDelivery.of)


@router.get(
    "/deliveries/{event_id}",
    summary="Read one delivery",
    response_description="The delivery, with each attempt",
    **policy.operation(READ, raises=(ClientRequired, EndpointNotFound, WebhookDeliveryNotFound)),
)
async def get_webhook_delivery(
    endpoint_id: EndpointId, event_id: EventId, caller: Caller, session: Session, hooks: Hooks
) -> WebhookDeliveryWithAttempts:
    """One event and each time that it was sent: when, how long it took, what status was answered."""
    found = await operations.read(session, hooks, caller, endpoint_id, event_id)
    return WebhookDeliveryWithAttempts.with_attempts(*found)


@router.post(
    "/deliveries/{event_id}/replay",
    summary="Send one event again",
    response_description="Whether it was queued: 0 where it is still to be sent",
    **policy.operation(WRITE, raises=(ClientRequired, EndpointNotFound, WebhookDeliveryNotFound)),
)
async def replay_webhook_delivery(
    endpoint_id: EndpointId, event_id: EventId, caller: Caller, session: Session, hooks: Hooks, now: Now
) -> WebhooksReplayed:
    """Send one event again, with the same `webhook-id`, and try it for another 72 hours."""
    done = await operations.replay_one(session, hooks, caller, endpoint_id, event_id, now)
    return WebhooksReplayed.of(done, None)


@router.post(
    "/replays",
    summary="Send many events again",
    response_description="How many events were queued, and where to go on",
    **policy.operation(WRITE, raises=(ClientRequired, EndpointNotFound)),
)
async def replay_webhooks(
    endpoint_id: EndpointId, body: ReplayWebhooks, caller: Caller, session: Session, hooks: Hooks, now: Now
) -> WebhooksReplayed:
    """Send again what was given up, or everything since an instant or after a cursor, a thousand at once.

    What is still to be sent stays as it is, so asking twice sends nothing twice.
    """
    position = paging.decode(body.cursor, (int,))
    since = position[0] if position else body.since
    if since is None:
        done = await operations.replay_dead(session, hooks, caller, endpoint_id, now)
    else:
        done = await operations.replay_since(session, hooks, caller, endpoint_id, since, now)
    cursor = None if done.after is None else paging.encode((done.after,))
    return WebhooksReplayed.of(done, cursor)
