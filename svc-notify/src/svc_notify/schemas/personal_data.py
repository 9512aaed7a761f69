"""What a copy of a person's data says of the messages to them."""

from collections.abc import Sequence
from typing import Final

from hub_service.i18n import Texts
from hub_service.personal_data import PersonalData, section

from ..domain.deliveries import Delivery
from ..domain.feed import FeedEvent
from ..domain.push import Subscription

PERSONAL_DATA: Final = "Messages to you"
PERSONAL_DATA_LABELS: Final = {
    "template": "Message",
    "channel": "Channel",
    "language": "Language",
    "queued_at": "Written",
    "ended_at": "Sent",
    "state": "State",
}
BROWSERS: Final = "Browsers that get notices for you"
BROWSER_LABELS: Final = {"endpoint": "Address", "subscribed_at": "Subscribed"}
EVENTS: Final = "Events about you that applications can read with your consent"
EVENT_LABELS: Final = {"time": "When", "type": "Event"}
TEXTS: Final = (
    *(PERSONAL_DATA, *PERSONAL_DATA_LABELS.values()),
    *(BROWSERS, *BROWSER_LABELS.values()),
    *(EVENTS, *EVENT_LABELS.values()),
)


def personal_data(
    texts: Texts,
    deliveries: Sequence[Delivery],
    browsers: Sequence[Subscription],
    events: Sequence[FeedEvent],
) -> PersonalData:
    """What is held of the person to whom these messages went; their words are not kept."""
    items = [
        {
            "template": delivery.message.template,
            "channel": delivery.channel,
            "language": delivery.language,
            "queued_at": delivery.queued_at.isoformat(),
            "ended_at": delivery.ended_at.isoformat() if delivery.ended_at else None,
            "state": delivery.state,
        }
        for delivery in deliveries
    ]
    listening = [
        {"endpoint": browser.endpoint, "subscribed_at": browser.subscribed_at.isoformat()}
        for browser in browsers
    ]
    followed = [{"time": event.time.isoformat(), "type": event.type} for event in events]
    return PersonalData(
        sections=[
            section(texts, "messages", PERSONAL_DATA, PERSONAL_DATA_LABELS, items),
            section(texts, "browsers", BROWSERS, BROWSER_LABELS, listening),
            section(texts, "events", EVENTS, EVENT_LABELS, followed),
        ]
    )
