"""What a copy of a person's data says of the messages to them."""

from collections.abc import Sequence
from typing import Final

from hub_service.i18n import Texts
from hub_service.personal_data import PersonalData, section

from ..domain.deliveries import Delivery
from ..domain.feed import FeedEvent
from ..domain.preferences import Preferences
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
CHOICES: Final = "How you want to be told"
CHOICE_LABELS: Final = {"choice": "Choice", "value": "Chosen", "since": "Since", "until": "Until"}
TEXTS: Final = (
    *(PERSONAL_DATA, *PERSONAL_DATA_LABELS.values()),
    *(BROWSERS, *BROWSER_LABELS.values()),
    *(EVENTS, *EVENT_LABELS.values()),
    *(CHOICES, *CHOICE_LABELS.values()),
)


def personal_data(
    texts: Texts,
    deliveries: Sequence[Delivery],
    browsers: Sequence[Subscription],
    events: Sequence[FeedEvent],
    chosen: Preferences,
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
            section(texts, "preferences", CHOICES, CHOICE_LABELS, _choices(chosen)),
        ]
    )


def _choices(chosen: Preferences) -> list[dict[str, str | None]]:
    since = chosen.changed_at.isoformat() if chosen.changed_at else None
    items: list[dict[str, str | None]] = [
        {"choice": group, "value": ", ".join(sorted(channels)), "since": since}
        for group, channels in chosen.channels.items()
    ]
    items += [
        {"choice": each.group, "value": str(each.institution_id or "-"), "since": each.at.isoformat()}
        for each in chosen.unsubscribed
    ]
    items += [
        {
            "choice": each.purpose,
            "value": str(each.wording),
            "since": each.given_at.isoformat(),
            "until": each.withdrawn_at.isoformat() if each.withdrawn_at else None,
        }
        for each in chosen.opt_ins
    ]
    return items
