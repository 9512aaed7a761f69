"""What a client says of its endpoints, and what it is shown."""

from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from hub_core.text import Line
from hub_service.outside import LONGEST_ADDRESS
from hub_service.schemas import Id, Instant, Int32, Resource

from ..domain.webhooks import Delivery, DeliveryState, Endpoint, Failure, State, Stop, Wanted
from ..operations.webhook_deliveries import Replayed
from ..storage.webhook_deliveries import Attempt

EventType = Annotated[
    str,
    StringConstraints(max_length=96, pattern=r"^hub(\.[a-z0-9-]+)*(\.\*)?$"),
    Field(examples=["hub.petitions.petition.*"]),
]
Subject = Annotated[
    str,
    StringConstraints(min_length=1, max_length=64, pattern=r"^[\x21-\x7e]+$"),
    Field(examples=["0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b70"]),
]
ReplayCursor = Annotated[
    str,
    Field(
        max_length=512,
        pattern=r"^[A-Za-z0-9_-]+$",
        description="Where to go on: the `next_cursor` of a replay, or the `cursor` of the feed of events.",
        examples=["WzEyM10"],
    ),
]


class WebhookEndpointInput(Resource):
    """What a client says of an endpoint."""

    address: Annotated[
        str,
        Field(
            min_length=1,
            max_length=LONGEST_ADDRESS,
            pattern=r"^[!-~]+$",
            description=(
                "Where events are posted: https at port 443, a name of the public internet, no user name, "
                "no fragment. Its query is kept secret."
            ),
            json_schema_extra={"format": "uri"},
            examples=["https://hooks.example.com/hub"],
        ),
    ]
    description: Annotated[
        Line, Field(max_length=200, description="For yourself.", examples=["Our file system"])
    ] = ""
    event_types: Annotated[
        tuple[EventType, ...],
        Field(
            max_length=50,
            description=(
                "Only these types of events; `*` stands for the last parts (`hub.petitions.*`). None: all."
            ),
        ),
    ] = ()
    subjects: Annotated[
        tuple[Subject, ...],
        Field(
            max_length=200,
            description="Only events of these petitions, appointments, entries… by identifier. None: all.",
        ),
    ] = ()

    def wanted(self) -> Wanted:
        """As a value."""
        return Wanted(
            self.address,
            self.description,
            tuple(dict.fromkeys(self.event_types)),
            tuple(dict.fromkeys(self.subjects)),
        )


class WebhookEndpoint(WebhookEndpointInput):
    """An endpoint of a client, and where it stands."""

    id: Annotated[Id, Field(description="The endpoint's identifier.")]
    state: Annotated[
        State,
        Field(
            description=(
                "`UNVERIFIED` and `DISABLED` ones have to be verified, `PAUSED` ones resumed, before "
                "anything is sent."
            )
        ),
    ]
    stopped_because: Annotated[
        Stop | None,
        Field(
            description=(
                "Why it is paused or disabled: by its `OWNER`, it was `FAILING` for days, or it is `GONE` "
                "(410)."
            )
        ),
    ]
    state_since: Annotated[Instant, Field(description="Since when it is in this state.")]
    failing_since: Annotated[
        Instant | None, Field(description="Since when every attempt has failed; null while it takes events.")
    ]
    has_secret: Annotated[bool, Field(description="Whether there is a secret to sign with.", examples=[True])]
    previous_secret_until: Annotated[
        Instant | None, Field(description="Until when the secret before signs too; null when it does not.")
    ]
    created_at: Annotated[Instant, Field(description="When it was made.")]

    @classmethod
    def of(cls, endpoint: Endpoint) -> Self:
        """An endpoint, without its secrets."""
        wanted = endpoint.wanted
        return cls(
            id=endpoint.id,
            address=wanted.address,
            description=wanted.description,
            event_types=wanted.event_types,
            subjects=wanted.subjects,
            state=endpoint.state,
            stopped_because=endpoint.stop,
            state_since=endpoint.state_since,
            failing_since=endpoint.failing_since,
            has_secret=endpoint.secrets.current is not None,
            previous_secret_until=endpoint.secrets.previous_until,
            created_at=endpoint.created_at,
        )


class RenewWebhookSecret(Resource):
    """How a secret takes the place of the one before."""

    overlap: Annotated[
        bool,
        Field(
            description="Whether the one before signs too, for a day; false when it has leaked.",
            examples=[True],
        ),
    ] = True


class WebhookSecret(Resource):
    """A secret, shown this once."""

    secret: Annotated[
        str,
        Field(
            max_length=100,
            description="`whsec_` and base64 of 32 bytes, as libraries of Standard Webhooks take it.",
            examples=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwBmyUmfBTDh4="],
        ),
    ]
    previous_secret_until: Annotated[
        Instant | None, Field(description="Until when the secret before signs too; null when it does not.")
    ]


class WebhookDelivery(Resource):
    """One event that was or is to be handed to an endpoint."""

    event_id: Annotated[Id, Field(description="The event's identifier: `id` of the event, and `webhook-id`.")]
    event_type: Annotated[
        str,
        Field(
            max_length=128,
            description="The event's type.",
            examples=["hub.petitions.petition.answered.v1"],
        ),
    ]
    state: Annotated[
        DeliveryState,
        Field(
            description=(
                "`DEAD` ones were tried for 72 hours; `WITHHELD` ones your application may no longer see."
            )
        ),
    ]
    attempts: Annotated[Int32, Field(description="How often it was tried.", examples=[1])]
    queued_at: Annotated[Instant, Field(description="When it was queued, or replayed last.")]
    due_at: Annotated[Instant | None, Field(description="When it is tried next; null once it has ended.")]
    ended_at: Annotated[Instant | None, Field(description="When it was taken or given up.")]

    @classmethod
    def of(cls, found: tuple[Delivery, str]) -> Self:
        """A delivery with the type of its event."""
        return cls(**_delivery(*found))


class WebhookAttempt(Resource):
    """One time that an event was handed to an endpoint."""

    attempted_at: Annotated[Instant, Field(description="When it began.")]
    milliseconds: Annotated[Int32, Field(description="How long it took.", examples=[84])]
    status: Annotated[
        int | None,
        Field(
            ge=100,
            le=999,
            description="The status of the answer; null when there was none.",
            json_schema_extra={"format": "int32"},
            examples=[204],
        ),
    ]
    failure: Annotated[
        Failure | None,
        Field(description="Why it failed; null when it was taken. `TIME`: no whole answer in time."),
    ]

    @classmethod
    def of(cls, attempt: Attempt) -> Self:
        """One attempt."""
        return cls(
            attempted_at=attempt.attempted_at,
            milliseconds=attempt.milliseconds,
            status=attempt.status,
            failure=attempt.failure,
        )


class WebhookDeliveryWithAttempts(WebhookDelivery):
    """A delivery, and each time that it was tried."""

    tried: Annotated[
        list[WebhookAttempt], Field(max_length=100, description="The last hundred attempts, in their order.")
    ]

    @classmethod
    def with_attempts(cls, delivery: Delivery, event_type: str, attempts: list[Attempt]) -> Self:
        """A delivery with the type of its event and its attempts."""
        return cls(**_delivery(delivery, event_type), tried=[WebhookAttempt.of(one) for one in attempts])


class ReplayWebhooks(Resource):
    """What is handed over again: all that was given up, or everything since an instant or after a cursor."""

    dead: Annotated[
        bool, Field(description="Everything that was tried for 72 hours in vain.", examples=[False])
    ] = False
    since: Annotated[
        Instant | None, Field(description="Everything that you wanted and may see since then.")
    ] = None
    cursor: ReplayCursor | None = None

    @model_validator(mode="after")
    def _says_one(self) -> Self:
        if [self.dead, self.since is not None, self.cursor is not None].count(True) != 1:
            raise ValueError("say one of dead, since and cursor")
        return self


class WebhooksReplayed(Resource):
    """What a replay did."""

    queued: Annotated[Int32, Field(description="How many events were queued.", examples=[12])]
    next_cursor: Annotated[
        str | None,
        Field(
            max_length=512,
            description="Ask again with it as `cursor` to go on; null when that was everything.",
            examples=["WzEyM10"],
        ),
    ]
    has_more: Annotated[
        bool, Field(description="Whether there is more: ask again, the same for `dead`.", examples=[False])
    ]

    @classmethod
    def of(cls, replayed: Replayed, cursor: str | None) -> Self:
        """What was done."""
        return cls(queued=replayed.queued, next_cursor=cursor, has_more=replayed.has_more)


def _delivery(delivery: Delivery, event_type: str) -> dict[str, object]:
    return {
        "event_id": delivery.event_id,
        "event_type": event_type,
        "state": delivery.state,
        "attempts": delivery.attempts,
        "queued_at": delivery.queued_at,
        "due_at": delivery.due_at,
        "ended_at": delivery.ended_at,
    }
