"""What svc-notify tells of endpoints: that one gets nothing more. No address."""

from typing import Annotated, ClassVar, Self
from uuid import UUID

from pydantic import Field

from hub_events.envelope import Event

from ..domain.webhooks import Endpoint, State, Stop


class WebhookEndpointStopped(Event):
    """An endpoint gets nothing more: it said that it is gone, or took nothing for days."""

    subject: ClassVar[str] = "hub.notify.webhook-endpoint.stopped.v1"
    key_field: ClassVar[str] = "endpoint_id"

    endpoint_id: UUID
    client_id: Annotated[str, Field(max_length=64, description="The client whose endpoint it is")]
    state: State
    reason: Stop

    @classmethod
    def of(cls, endpoint: Endpoint, reason: Stop) -> Self:
        """The event of an endpoint that has just been stopped."""
        return cls(
            endpoint_id=endpoint.id,
            client_id=endpoint.client_id,
            state=endpoint.state,
            reason=reason,
            version=endpoint.version,
        )
