"""What svc-notify tells: a message left the hub, or never will. No address, no word of it."""

from typing import Annotated, ClassVar, Self
from uuid import UUID

from pydantic import Field

from hub_events.envelope import Event

from ..domain.deliveries import Delivery, Failure
from ..domain.messages import Channel

_CauseId = Annotated[UUID, Field(description="The event that the message was about")]


class DeliverySent(Event):
    """A message was taken over by the server of its channel."""

    subject: ClassVar[str] = "hub.notify.delivery.sent.v1"
    key_field: ClassVar[str] = "delivery_id"

    delivery_id: UUID
    cause_id: _CauseId
    channel: Channel

    @classmethod
    def of(cls, delivery: Delivery) -> Self:
        """The event of a delivery that has just been sent."""
        return cls(
            delivery_id=delivery.id,
            cause_id=delivery.message.cause_id,
            channel=delivery.channel,
            version=delivery.version,
        )


class DeliveryFailed(Event):
    """A message will never be sent; `reason` says why."""

    subject: ClassVar[str] = "hub.notify.delivery.failed.v1"
    key_field: ClassVar[str] = "delivery_id"

    delivery_id: UUID
    cause_id: _CauseId
    channel: Channel
    reason: Failure

    @classmethod
    def of(cls, delivery: Delivery, reason: Failure) -> Self:
        """The event of a delivery that has just failed or expired."""
        return cls(
            delivery_id=delivery.id,
            cause_id=delivery.message.cause_id,
            channel=delivery.channel,
            reason=reason,
            version=delivery.version,
        )
