"""What a caller is shown."""

from typing import Annotated, Self

from pydantic import Field

from hub_core.language import Language
from hub_service.schemas import Id, Instant, Resource

from ..domain.deliveries import Delivery, Failure, State
from ..domain.kinds import Group, Purpose
from ..domain.messages import Channel
from ..operations.messages import Told


class PlanStep(Resource):
    """A channel by which a message goes, and when: why it went that way."""

    channel: Annotated[Channel, Field(description="The channel.")]
    after_seconds: Annotated[
        int | None,
        Field(
            ge=0,
            le=31_536_000,
            description="How long after the step before it, if you have not read it until then; 0: together "
            "with it; null: only where the step before has failed.",
            json_schema_extra={"format": "int32", "examples": [3600]},
        ),
    ]
    begun: Annotated[bool, Field(description="Whether it was begun.", json_schema_extra={"examples": [True]})]


class MessageDelivery(Resource):
    """A message by one channel."""

    channel: Annotated[Channel, Field(description="The channel.")]
    state: Annotated[State, Field(description="Where it stands.")]
    queued_at: Annotated[Instant, Field(description="When it was begun.")]
    ended_at: Annotated[Instant | None, Field(description="When it was sent, or given up; null until then.")]
    delivered_at: Annotated[Instant | None, Field(description="When it was reported to have arrived.")]
    failure: Annotated[Failure | None, Field(description="Why it was not sent.")]

    @classmethod
    def of(cls, delivery: Delivery) -> Self:
        """A delivery as its person sees it."""
        return cls(**{name: getattr(delivery, name) for name in cls.model_fields})


class MessageSender(Resource):
    """Who has sent a message: an institution, or the hub itself."""

    institution_id: Annotated[Id | None, Field(description="The institution; null where the hub itself has.")]
    name: Annotated[
        str | None,
        Field(
            max_length=300,
            description="What it is called.",
            json_schema_extra={"examples": ["Primăria Municipiului Cluj-Napoca"]},
        ),
    ]
    client_id: Annotated[
        str | None,
        Field(
            max_length=64,
            description="The application by which it was ordered.",
            json_schema_extra={"examples": ["primaria-cluj"]},
        ),
    ]


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
    group: Annotated[Group, Field(description="What it belongs to, as in your preferences.")]
    purpose: Annotated[Purpose, Field(description="What it rests on.")]
    sender: Annotated[MessageSender, Field(description="Who has sent it.")]
    deliveries: Annotated[
        list[MessageDelivery], Field(max_length=8, description="Each channel that was begun, in that order.")
    ]
    plan: Annotated[list[PlanStep], Field(max_length=8, description="The channels meant for it.")]
    read_at: Annotated[Instant | None, Field(description="When it was proved that you have read it.")]
    read_by: Annotated[Channel | None, Field(description="The channel that proves it.")]

    @classmethod
    def of(cls, told: Told, language: Language) -> Self:
        """A message as its deliveries; the last of them says how it goes."""
        message, last = told.message, told.deliveries[-1]
        return cls(
            id=last.message.id,
            kind=last.message.template,
            channel=last.channel,
            state=last.state,
            language=last.language,
            queued_at=last.message.queued_at,
            ended_at=last.ended_at,
            group=message.group,
            purpose=message.purpose,
            sender=MessageSender(
                institution_id=message.sender_id,
                name=(told.sender.get(language) or told.sender.get(Language.RO)) if message.sender else "Hub",
                client_id=message.sender.client_id if message.sender else None,
            ),
            deliveries=[MessageDelivery.of(each) for each in told.deliveries],
            plan=[
                PlanStep(
                    channel=step.channel,
                    after_seconds=None if step.after is None else int(step.after.total_seconds()),
                    begun=number < message.step,
                )
                for number, step in enumerate(message.plan)
            ],
            read_at=message.read_at,
            read_by=message.read_by,
        )
