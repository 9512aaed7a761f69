"""HTTP and nothing else: a client sets where it is told what happens."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Header, Path, Request, Response

from hub_service import paging, policy, routing
from hub_service.dependencies import Now, Session
from hub_service.paging import Page
from hub_service.policy import Caller
from hub_service.problems import PreconditionFailed, PreconditionRequired
from hub_service.schemas import Id

from ..domain.webhooks import Endpoint
from ..errors.webhooks import (
    AddressRefused,
    ClientRequired,
    EndpointNotFound,
    EndpointNotVerified,
    EndpointStateForbids,
    SecretMissing,
    TooManyEndpoints,
)
from ..operations import webhooks
from ..operations.webhooks import Means
from ..schemas.webhooks import (
    RenewWebhookSecret,
    WebhookEndpoint,
    WebhookEndpointInput,
    WebhookSecret,
)

READ = "webhooks:read"
WRITE = "webhooks:write"

router = routing.Router(prefix="/notify/v1/webhook-endpoints", tags=["webhooks"])


async def _means(request: Request) -> Means:
    means: Means = request.app.state.webhooks
    return means


async def _version(
    if_match: Annotated[
        str | None,
        Header(max_length=64, pattern=r"^[ -~]*$", description="The ETag of the version that is changed."),
    ] = None,
) -> int:
    """The version that `If-Match` names; raises `PreconditionRequired`, `PreconditionFailed`."""
    if if_match is None:
        raise PreconditionRequired
    tag = if_match.strip().removeprefix('"').removesuffix('"')
    if not (tag.isascii() and tag.isdigit()):
        raise PreconditionFailed
    return int(tag)


Hooks = Annotated[Means, Depends(_means)]
EndpointId = Annotated[Id, Path(description="The endpoint's identifier.")]


@router.post(
    "",
    status_code=201,
    summary="Make an endpoint",
    response_description="The endpoint, which gets nothing yet",
    **policy.operation(WRITE, raises=(ClientRequired, AddressRefused, TooManyEndpoints)),
)
async def create_webhook_endpoint(
    body: WebhookEndpointInput, caller: Caller, session: Session, hooks: Hooks, response: Response, now: Now
) -> WebhookEndpoint:
    """Name an address where your application, or the institution it stands for, is told what happens.

    Nothing is sent before it has a secret (`PUT …/secret`) and has shown that it knows it
    (`PUT …/verification`). Your application needs the scope `events:read` too.
    """
    made = await webhooks.create(session, hooks, caller, body.wanted(), now)
    return _shown(made, response)


@router.get(
    "",
    summary="List your endpoints",
    response_description="A page of endpoints, the oldest first",
    **policy.operation(READ, raises=(ClientRequired,)),
)
async def list_webhook_endpoints(
    asked: paging.Asked, caller: Caller, session: Session, hooks: Hooks
) -> Page[WebhookEndpoint]:
    """The endpoints of your application, the oldest first."""
    found = await webhooks.list_own(session, hooks, caller, asked.after(UUID), asked.rows)
    return asked.page(found, position=lambda one: (str(one.id),), view=WebhookEndpoint.of)


@router.get(
    "/{endpoint_id}",
    summary="Read an endpoint",
    response_description="The endpoint, with its version as ETag",
    **policy.operation(READ, raises=(ClientRequired, EndpointNotFound)),
)
async def get_webhook_endpoint(
    endpoint_id: EndpointId, caller: Caller, session: Session, hooks: Hooks, response: Response
) -> WebhookEndpoint:
    """One of your endpoints: what it wants, where it stands, since when it fails."""
    return _shown(await webhooks.read(session, hooks, caller, endpoint_id), response)


@router.put(
    "/{endpoint_id}",
    summary="Change an endpoint",
    response_description="The endpoint as it is now",
    **policy.operation(
        WRITE,
        raises=(ClientRequired, EndpointNotFound, AddressRefused, PreconditionFailed, PreconditionRequired),
    ),
)
async def replace_webhook_endpoint(
    endpoint_id: EndpointId,
    body: WebhookEndpointInput,
    caller: Caller,
    session: Session,
    hooks: Hooks,
    response: Response,
    now: Now,
    version: Annotated[int, Depends(_version)],
) -> WebhookEndpoint:
    """Change its filters or its address. At another address it gets nothing before it is verified again.

    What was to be sent waits, and goes to the new address.
    """
    changed = await webhooks.change(session, hooks, caller, endpoint_id, body.wanted(), version, now)
    return _shown(changed, response)


@router.delete(
    "/{endpoint_id}",
    status_code=204,
    summary="Delete an endpoint",
    response_description="It is gone",
    **policy.operation(WRITE, raises=(ClientRequired, EndpointNotFound)),
)
async def delete_webhook_endpoint(
    endpoint_id: EndpointId, caller: Caller, session: Session, hooks: Hooks
) -> None:
    """Delete an endpoint, with everything that was to be sent there and what was."""
    await webhooks.delete(session, hooks, caller, endpoint_id)


@router.put(
    "/{endpoint_id}/secret",
    summary="Make a secret",
    response_description="The secret, shown this once",
    **policy.operation(WRITE, raises=(ClientRequired, EndpointNotFound)),
)
async def renew_webhook_secret(
    endpoint_id: EndpointId,
    body: RenewWebhookSecret,
    caller: Caller,
    session: Session,
    hooks: Hooks,
    response: Response,
    now: Now,
) -> WebhookSecret:
    """Make the secret that signs, shown this once. The one before signs too for a day, unless it has leaked.

    While both sign, each message carries both signatures, so that none is lost.
    """
    response.headers["cache-control"] = "no-store"
    renewed, secret = await webhooks.renew_secret(
        session, hooks, caller, endpoint_id, now, overlap=body.overlap
    )
    return WebhookSecret(secret=secret, previous_secret_until=renewed.secrets.previous_until)


@router.put(
    "/{endpoint_id}/verification",
    summary="Verify an endpoint",
    response_description="The endpoint, which gets events from now on",
    **policy.operation(
        WRITE,
        raises=(ClientRequired, EndpointNotFound, SecretMissing, EndpointNotVerified, EndpointStateForbids),
    ),
)
async def verify_webhook_endpoint(
    endpoint_id: EndpointId, caller: Caller, session: Session, hooks: Hooks, response: Response, now: Now
) -> WebhookEndpoint:
    """Send a challenge to the endpoint now, and begin to send events when it is met.

    The challenge is an event `hub.notify.webhook-endpoint.challenged.v1`, signed like every message. The
    answer has to be 200 with `{"answer": "v1,…"}`: the signature, with the secret, of the same `webhook-id`,
    the same `webhook-timestamp` and, in place of the body, the text in `data.challenge`.
    """
    return _shown(await webhooks.verify(session, hooks, caller, endpoint_id, now), response)


@router.post(
    "/{endpoint_id}/pause",
    summary="Pause an endpoint",
    response_description="The endpoint, which gets nothing for now",
    **policy.operation(WRITE, raises=(ClientRequired, EndpointNotFound, EndpointStateForbids)),
)
async def pause_webhook_endpoint(
    endpoint_id: EndpointId, caller: Caller, session: Session, hooks: Hooks, response: Response, now: Now
) -> WebhookEndpoint:
    """Send nothing for now. What was queued waits; what happens meanwhile is not queued: replay it later."""
    return _shown(await webhooks.pause(session, hooks, caller, endpoint_id, now), response)


@router.post(
    "/{endpoint_id}/resume",
    summary="Resume an endpoint",
    response_description="The endpoint, which gets events again",
    **policy.operation(WRITE, raises=(ClientRequired, EndpointNotFound, EndpointStateForbids)),
)
async def resume_webhook_endpoint(
    endpoint_id: EndpointId, caller: Caller, session: Session, hooks: Hooks, response: Response, now: Now
) -> WebhookEndpoint:
    """Send again to an endpoint that was paused, by you or because it failed."""
    return _shown(await webhooks.resume(session, hooks, caller, endpoint_id, now), response)


def _shown(endpoint: Endpoint, response: Response) -> WebhookEndpoint:
    response.headers["etag"] = f'"{endpoint.version}"'
    return WebhookEndpoint.of(endpoint)
