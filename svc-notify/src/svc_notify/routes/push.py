"""HTTP and nothing else: people's browsers listen for messages by web push."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Response

from hub_service import paging, policy, routing
from hub_service.dependencies import Now, Session
from hub_service.paging import Page
from hub_service.policy import Person
from hub_service.schemas import Id

from ..dependencies import MasterKey, Outside, Vapid
from ..errors.push import EndpointRefused, PushSubscriptionNotFound
from ..operations import push as operations
from ..schemas.push import PushKey, PushSubscription, Subscribe

router = routing.Router(prefix="/notify/v1", tags=["push"])


@router.get(
    "/push-key",
    summary="Get the key for web push",
    response_description="The key",
    **policy.public(),
)
async def get_push_key(vapid: Vapid) -> PushKey:
    """The `applicationServerKey` that a browser names when it subscribes, so that only the hub reaches it."""
    return PushKey(key=vapid.public_key)


@router.post(
    "/push-subscriptions",
    status_code=201,
    summary="Let a browser listen",
    response_description="The subscription",
    **policy.operation("messages:write", raises=(EndpointRefused,)),
)
async def create_push_subscription(
    body: Subscribe, person: Person, session: Session, master_key: MasterKey, outside: Outside, now: Now
) -> PushSubscription:
    """Get short notices in a browser, as `PushManager.subscribe()` gave it: a title, a line, a link.

    The same browser again is the same subscription, and listens for nobody else any more. Of too many
    browsers those that subscribed longest ago listen no more.
    """
    wanted = body.wanted(person.person_id, now)
    return PushSubscription.of(await operations.subscribe(session, master_key, outside, wanted, now))


@router.get(
    "/push-subscriptions",
    summary="List the browsers that listen for you",
    response_description="A page of subscriptions, the newest first",
    **policy.operation("messages:read"),
)
async def list_push_subscriptions(
    asked: paging.Asked, person: Person, session: Session, master_key: MasterKey
) -> Page[PushSubscription]:
    """The browsers that get short notices for you, the newest first."""
    found = await operations.list_own(session, master_key, person.person_id, asked.after(UUID), asked.rows)
    return asked.page(found, position=lambda one: (str(one.id),), view=PushSubscription.of)


@router.delete(
    "/push-subscriptions/{subscription_id}",
    status_code=204,
    summary="Let a browser listen no more",
    response_description="It listens no more",
    **policy.operation("messages:write", raises=(PushSubscriptionNotFound,)),
)
async def delete_push_subscription(
    subscription_id: Annotated[Id, Path(description="The subscription's identifier.")],
    person: Person,
    session: Session,
) -> Response:
    """Get no notices in this browser any more."""
    await operations.remove(session, person.person_id, subscription_id)
    return Response(status_code=204)
