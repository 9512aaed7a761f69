"""Orders, as institutions write and read them."""

from typing import Annotated, Final, Self

from pydantic import AfterValidator, Field, StringConstraints

from hub_core import cnp
from hub_service.schemas import STORABLE, Id, Instant, Int32, Resource

from ..domain.channels import Channel
from ..domain.orders import BATCH_MOST, REFERENCE_LONGEST, Order, OrderState, Wish
from ..domain.templates import KEY
from ..operations.order_batches import Progress
from ..storage.order_events import OrderEvent

VALUES_MOST: Final = 50
_VALUE_LONGEST: Final = 500


def _without_number(text: str) -> str:
    if any(cnp.find(text)):
        raise ValueError("a reference holds no personal number")
    return text


Reference = Annotated[
    str,
    Field(
        min_length=1,
        max_length=REFERENCE_LONGEST,
        pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._:/-]*$",
        json_schema_extra={"examples": ["2026/117-4"]},
    ),
    AfterValidator(_without_number),
]
"""An institution's own reference; it holds no personal number."""

TemplateKey = Annotated[
    str, Field(max_length=64, pattern=KEY, json_schema_extra={"examples": ["institution.permit-ready"]})
]

_Name = Annotated[str, StringConstraints(max_length=40, pattern=r"^[a-z][a-z0-9_]*$")]
_Value = Annotated[str, StringConstraints(max_length=_VALUE_LONGEST, pattern=STORABLE)]
Variables = Annotated[
    dict[_Name, _Value],
    Field(
        max_length=VALUES_MOST,
        description="The values that the template takes, by their names. They are kept sealed.",
        json_schema_extra={"examples": [{"number": "117/2026", "office": "Strada Unirii 4"}]},
    ),
]
Channels = Annotated[
    list[Channel],
    Field(
        max_length=len(Channel),
        description="The ways it may go, of those of the template; all of them when this is left out.",
        json_schema_extra={"examples": [["EMAIL", "SMS"]], "uniqueItems": True},
    ),
]
PersonId = Annotated[
    Id,
    Field(
        description="Whom it is for: the identifier by which the hub named the person to you. An order to "
        "somebody who does not exist is accepted too, and fails."
    ),
]
SendAt = Annotated[
    Instant | None,
    Field(description="Not before then; at once when this is left out or past."),
]
ExpiresAt = Annotated[
    Instant | None,
    Field(description="Not after then; when this is left out, by the hub's rule."),
]


Condition = Annotated[
    str | None,
    Field(
        max_length=2048,
        pattern=r"^https?://[!-~]+$",
        description="An https address of yours that is asked, when its time has come, whether it is still to "
        "be sent.",
        json_schema_extra={"format": "uri", "examples": ["https://cityhall.example.ro/still-open"]},
    ),
]


class ConditionSecret(Resource):
    """What signs the questions that your addresses are asked."""

    secret: Annotated[
        str,
        Field(
            max_length=80,
            pattern=r"^whsec_[A-Za-z0-9+/=]+$",
            description="A secret by Standard Webhooks; keep it where only your server reads it.",
            json_schema_extra={"examples": ["whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"]},
        ),
    ]


class UnsubscribedCount(Resource):
    """How many people want no more of your messages."""

    people: Annotated[
        Int32,
        Field(ge=0, description="Who has unsubscribed from them; never who that is.", examples=[12]),
    ]


class PlaceOrder(Resource):
    """A message to one person, by a template of your institution."""

    template: Annotated[TemplateKey, Field(description="The key of an active template of your institution.")]
    person_id: PersonId
    variables: Variables = Field(default_factory=dict)
    reference: Annotated[
        Reference | None, Field(description="Your own reference; the order and each of its states carry it.")
    ] = None
    reference_once: Annotated[
        bool,
        Field(
            description="Use the reference once: the same order again is answered with the first one, "
            "another order with the same reference is refused. It holds for ever, where an "
            "`Idempotency-Key` is kept for a day."
        ),
    ] = False
    channels: Channels = Field(default_factory=list)
    send_at: SendAt = None
    expires_at: ExpiresAt = None
    condition: Condition = None

    def wish(self) -> Wish:
        """The same for the operation."""
        return Wish(
            person_id=self.person_id,
            variables=self.variables,
            reference=self.reference,
            is_reference_unique=self.reference_once,
            channels=frozenset(self.channels),
            send_at=self.send_at,
            expires_at=self.expires_at,
            condition=self.condition,
        )


class BatchItem(Resource):
    """One person of a batch."""

    person_id: PersonId
    variables: Variables = Field(default_factory=dict)
    reference: Annotated[
        Reference | None, Field(description="Your own reference; the order and each of its states carry it.")
    ] = None


class PlaceBatch(Resource):
    """One template for many people."""

    template: Annotated[TemplateKey, Field(description="The key of an active template of your institution.")]
    items: Annotated[
        list[BatchItem],
        Field(min_length=1, max_length=BATCH_MOST, description="The people, and what differs for each."),
    ]
    channels: Channels = Field(default_factory=list)
    send_at: SendAt = None
    expires_at: ExpiresAt = None
    condition: Condition = None

    def wishes(self) -> list[Wish]:
        """The same for the operation."""
        channels = frozenset(self.channels)
        return [
            Wish(
                person_id=item.person_id,
                variables=item.variables,
                reference=item.reference,
                channels=channels,
                send_at=self.send_at,
                expires_at=self.expires_at,
                condition=self.condition,
            )
            for item in self.items
        ]


class BatchCounts(Resource):
    """How many orders of a batch stand where; the words are those of an order."""

    waiting: Annotated[Int32, Field(description="WAITING", examples=[9_000])]
    queued: Annotated[Int32, Field(description="QUEUED", examples=[200])]
    sent: Annotated[Int32, Field(description="SENT", examples=[500])]
    delivered: Annotated[Int32, Field(description="DELIVERED", examples=[280])]
    bounced: Annotated[Int32, Field(description="BOUNCED", examples=[3])]
    failed: Annotated[Int32, Field(description="FAILED", examples=[17])]
    expired: Annotated[Int32, Field(description="EXPIRED", examples=[0])]
    cancelled: Annotated[Int32, Field(description="CANCELLED", examples=[0])]
    declined: Annotated[Int32, Field(description="DECLINED", examples=[0])]


class BatchView(Resource):
    """A batch of your institution, and where its orders stand."""

    id: Annotated[Id, Field(description="The batch's identifier.")]
    template: Annotated[TemplateKey, Field(description="The template's key.")]
    size: Annotated[Int32, Field(description="How many orders it has.", examples=[10_000])]
    counts: Annotated[BatchCounts, Field(description="How many of them stand where.")]
    accepted_at: Annotated[Instant, Field(description="When it was accepted.")]

    @classmethod
    def of(cls, progress: Progress) -> Self:
        """The batch as its institution sees it."""
        batch, counts = progress.batch, progress.counts
        return cls(
            id=batch.id,
            template=batch.template,
            size=batch.size,
            counts=BatchCounts(**{state.value.lower(): counts.get(state, 0) for state in OrderState}),
            accepted_at=batch.accepted_at,
        )


class OrderView(Resource):
    """An order of your institution, and where it stands."""

    id: Annotated[Id, Field(description="The order's identifier.")]
    state: Annotated[
        OrderState,
        Field(
            description="Where it stands. `WAITING`: for its time. `QUEUED`: on its way. `SENT`: a server "
            "took it over, or it lies in the inbox. `DELIVERED`, `BOUNCED`: that was reported later. "
            "`DECLINED`: your condition said no. "
            "`FAILED`: it reached nobody; why is not told. Whether somebody has read it is not told either."
        ),
    ]
    template: Annotated[TemplateKey, Field(description="The template's key.")]
    template_version: Annotated[Int32, Field(description="The version of the template that it says.")]
    person_id: PersonId
    reference: Annotated[Reference | None, Field(description="Your own reference, if you gave one.")]
    batch_id: Annotated[Id | None, Field(description="The batch that it came in, if any.")]
    accepted_at: Annotated[Instant, Field(description="When it was accepted.")]
    send_at: Annotated[Instant, Field(description="From when on it may go.")]
    expires_at: Annotated[Instant, Field(description="Until when it may go.")]

    @classmethod
    def of(cls, order: Order) -> Self:
        """The order as its institution sees it."""
        return cls(
            id=order.id,
            state=order.standing,
            template=order.template,
            template_version=order.template_version,
            person_id=order.person_id,
            reference=order.reference,
            batch_id=order.batch_id,
            accepted_at=order.accepted_at,
            send_at=order.send_at,
            expires_at=order.expires_at,
        )


class OrderEventView(Resource):
    """One state of one of your orders."""

    order_id: Annotated[Id, Field(description="The order.")]
    batch_id: Annotated[Id | None, Field(description="The batch that it came in, if any.")]
    reference: Annotated[Reference | None, Field(description="Your own reference, if you gave one.")]
    state: Annotated[OrderState, Field(description="What it, or its way, became.")]
    channel: Annotated[
        Channel | None, Field(description="The way that this is about; null where it is the order itself.")
    ]
    at: Annotated[Instant, Field(description="When.")]

    @classmethod
    def of(cls, event: OrderEvent) -> Self:
        """The state as its institution sees it."""
        return cls(
            order_id=event.order_id,
            batch_id=event.batch_id,
            reference=event.reference,
            state=event.state,
            channel=event.channel,
            at=event.at,
        )


class OrderEventPage(Resource):
    """States of your orders, in an order that never changes."""

    items: Annotated[list[OrderEventView], Field(max_length=200, description="The states, the oldest first.")]
    next_cursor: Annotated[
        str,
        Field(
            max_length=512,
            pattern=r"^[A-Za-z0-9_-]+$",
            description="Give it as `cursor` to read on, also where there is nothing yet.",
            json_schema_extra={"examples": ["WzQyXQ"]},
        ),
    ]
