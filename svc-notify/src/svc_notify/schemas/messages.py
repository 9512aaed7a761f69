"""What a caller is shown."""

from collections.abc import Sequence
from typing import Annotated, Self

from pydantic import Field

from hub_core.language import Language
from hub_service.schemas import Id, Instant, Resource

from ..domain.deliveries import Delivery, State
from ..domain.messages import Channel


class Message(Resource):
    """A message that the hub sends or has sent to you; what it says is in the message itself."""

    id: Annotated[
        Id, Field(description="The message's identifier; it stays the same whatever channels bring it.")
    ]
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
    def of(cls, deliveries: Sequence[Delivery]) -> Self:
        """A message as its deliveries; the last of them says how it goes."""
        last = deliveries[-1]
        return cls(
            id=last.message.id,
            kind=last.message.template,
            channel=last.channel,
            state=last.state,
            language=last.language,
            queued_at=last.message.queued_at,
            ended_at=last.ended_at,
        )
