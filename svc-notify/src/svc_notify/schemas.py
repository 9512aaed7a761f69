"""What a caller is shown."""

from typing import Annotated, Self

from pydantic import Field

from hub_core.language import Language
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
