"""An example of each event that svc-notify tells."""

from typing import Final
from uuid import UUID

from hub_events.envelope import Event
from svc_notify.domain.deliveries import Failure
from svc_notify.domain.messages import Channel
from svc_notify.domain.webhooks import State, Stop
from svc_notify.events import deliveries, webhooks

_DELIVERY: Final = UUID("0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b70")
_INSTITUTION: Final = UUID("01936f3a-5e00-7000-8000-000000000003")
_CAUSE: Final = UUID("01936f3a-5e00-7000-8000-000000000002")

EVENTS: Final[list[Event]] = [
    deliveries.DeliverySent(delivery_id=_DELIVERY, cause_id=_CAUSE, channel=Channel.EMAIL, version=3),
    deliveries.DeliveryDelivered(
        delivery_id=_DELIVERY,
        cause_id=_CAUSE,
        channel=Channel.SMS,
        version=4,
        sender_id=_INSTITUTION,
        order_id=_CAUSE,
        reference="2026-114",
    ),
    deliveries.DeliveryBounced(
        delivery_id=_DELIVERY, cause_id=_CAUSE, channel=Channel.EMAIL, reason=Failure.ADDRESS_GONE, version=4
    ),
    deliveries.DeliveryFailed(
        delivery_id=_DELIVERY, cause_id=_CAUSE, channel=Channel.EMAIL, reason=Failure.REFUSED, version=3
    ),
    webhooks.WebhookEndpointStopped(
        endpoint_id=_DELIVERY,
        client_id="app-0123456789abcdef",
        state=State.PAUSED,
        reason=Stop.FAILING,
        version=4,
    ),
]
