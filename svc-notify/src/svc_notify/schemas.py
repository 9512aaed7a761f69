"""What a caller is shown."""

from collections.abc import Sequence
from typing import Annotated, Final, Self

from pydantic import Field

from hub_core.language import Language
from hub_service.i18n import Texts
from hub_service.personal_data import PersonalData, section
from hub_service.schemas import Id, Instant, Resource

from .domain.deliveries import Channel, Delivery, State


class Message(Resource):
    """A message that the hub sends or has sent to you; what it says is in the message itself."""

    id: Annotated[Id, Field(description="The message's identifier; its Message-ID begins with it.")]
    kind: Annotated[
        str,
        Field(
            max_length=64,
            description="What it is about.",
            json_schema_extra={"examples": ["submission.registered"]},
        ),
    ]
    channel: Annotated[Channel, Field(description="The way it goes.")]
    state: Annotated[
        State,
        Field(
            description="Where it stands. `SENT`: your mail server took it over; nobody need have read it."
        ),
    ]
    language: Annotated[Language | None, Field(description="The language it was written in, once it was.")]
    queued_at: Annotated[Instant, Field(description="When it was ordered.")]
    ended_at: Annotated[Instant | None, Field(description="When it was sent, or given up; null until then.")]

    @classmethod
    def of(cls, delivery: Delivery) -> Self:
        """The message of a delivery."""
        return cls(
            id=delivery.id,
            kind=delivery.template,
            channel=delivery.channel,
            state=delivery.state,
            language=delivery.language,
            queued_at=delivery.queued_at,
            ended_at=delivery.ended_at,
        )


PERSONAL_DATA: Final = "Messages to you"
PERSONAL_DATA_LABELS: Final = {
    "template": "Message",
    "channel": "Channel",
    "language": "Language",
    "queued_at": "Written",
    "ended_at": "Sent",
    "state": "State",
}


def personal_data(texts: Texts, deliveries: Sequence[Delivery]) -> PersonalData:
    """What is held of the person to whom these messages went; their words are not kept."""
    items = [
        {
            "template": delivery.template,
            "channel": delivery.channel,
            "language": delivery.language,
            "queued_at": delivery.queued_at.isoformat(),
            "ended_at": delivery.ended_at.isoformat() if delivery.ended_at else None,
            "state": delivery.state,
        }
        for delivery in deliveries
    ]
    return PersonalData(sections=[section(texts, "messages", PERSONAL_DATA, PERSONAL_DATA_LABELS, items)])
