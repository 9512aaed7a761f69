"""What a copy of a person's data says of the messages to them."""

from collections.abc import Sequence
from typing import Final

from hub_service.i18n import Texts
from hub_service.personal_data import PersonalData, section

from ..domain.deliveries import Delivery

PERSONAL_DATA: Final = "Messages to you"
PERSONAL_DATA_LABELS: Final = {
    "template": "Message",
    "channel": "Channel",
    "language": "Language",
    "queued_at": "Written",
    "ended_at": "Sent",
    "state": "State",
}
TEXTS: Final = (PERSONAL_DATA, *PERSONAL_DATA_LABELS.values())


def personal_data(texts: Texts, deliveries: Sequence[Delivery]) -> PersonalData:
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
    return PersonalData(sections=[section(texts, "messages", PERSONAL_DATA, PERSONAL_DATA_LABELS, items)])
