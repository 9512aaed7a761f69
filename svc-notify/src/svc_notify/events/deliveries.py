"""What svc-notify tells: a message left the hub, arrived, came back, or never will leave.

No address, no word of it.
"""

from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import BaseModel, Field

from hub_events.envelope import Event

from ..domain.deliveries import Delivery, Failure, State
from ..domain.messages import Channel


class _OfDelivery(BaseModel):
    delivery_id: UUID
    cause_id: Annotated[UUID, Field(description="The event or order that the message was about")]
    channel: Channel
    sender_id: Annotated[UUID | None, Field(description="The institution that ordered it, if one did")] = None
    order_id: Annotated[UUID | None, Field(description="The order of that institution")] = None
    reference: Annotated[str | None, Field(description="What the institution calls the order")] = None


class DeliverySent(_OfDelivery, Event):
    """A message was taken over by the server of its channel."""

    subject: ClassVar[str] = "hub.notify.delivery.sent.v1"
    key_field: ClassVar[str] = "delivery_id"


class DeliveryDelivered(_OfDelivery, Event):
    """A message is where its recipient reads."""

    subject: ClassVar[str] = "hub.notify.delivery.delivered.v1"
    key_field: ClassVar[str] = "delivery_id"


class DeliveryBounced(_OfDelivery, Event):
    """A message came back after it was taken over; `reason` says why."""

    subject: ClassVar[str] = "hub.notify.delivery.bounced.v1"
    key_field: ClassVar[str] = "delivery_id"

    reason: Failure


class DeliveryFailed(_OfDelivery, Event):
    """A message will never be sent; `reason` says why."""

    subject: ClassVar[str] = "hub.notify.delivery.failed.v1"
    key_field: ClassVar[str] = "delivery_id"

    reason: Failure


def end_of(delivery: Delivery) -> Event | None:
    """The event of a delivery that has just come to an end; none for one that goes on."""
    sender = delivery.message.sender
    said: dict[str, Any] = {
        "delivery_id": delivery.id,
        "cause_id": delivery.message.cause_id,
        "channel": delivery.channel,
        "version": delivery.version,
    }
    if sender:
        said |= {
            "sender_id": sender.institution_id,
            "order_id": sender.order_id,
            "reference": sender.reference,
        }
    match delivery.state:
        case State.SENT:
            return DeliverySent(**said)
        case State.DELIVERED:
            return DeliveryDelivered(**said)
        case State.BOUNCED:
            return DeliveryBounced(**said, reason=delivery.failure)
        case State.FAILED | State.EXPIRED:
            return DeliveryFailed(**said, reason=delivery.failure)
        case _:
            return None
