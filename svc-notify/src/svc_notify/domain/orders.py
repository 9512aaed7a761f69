"""Orders of institutions: what they ask to be told to a person, when, and what became of it. No I/O.

    an order:  WAITING → QUEUED → SENT → DELIVERED
               WAITING → CANCELLED, DECLINED (its condition), EXPIRED, FAILED

What it says is opened only when it is written; its values are forgotten some time after it can no longer be
sent.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from hub_core.clock import local_date
from hub_core.problem import FieldError
from hub_core.rules import Rules

from ..errors.orders import OrderNotWaiting, OrderUnsound, SendingLimitReached
from . import plans, templates
from .channels import Channel
from .deliveries import State
from .kinds import Lane, Purpose
from .messages import Message, Sender
from .plans import Waits
from .templates import Template

PER_MINUTE: Final = "notification.orders-per-minute"
PER_DAY: Final = "notification.orders-per-day"
SANDBOX_PER_DAY: Final = "notification.sandbox-orders-per-day"
LATEST: Final = "notification.order-latest"
LIFETIME: Final = "notification.order-lifetime"
WORDS_KEPT: Final = "notification.order-words-kept"
EVENTS_KEPT: Final = "notification.order-events-kept"
CONDITION_TIMEOUT: Final = "notification.condition-timeout"
CONDITION_AGAIN: Final = "notification.condition-again"
RULES: Final = (
    *(PER_MINUTE, PER_DAY, SANDBOX_PER_DAY, LATEST, LIFETIME, WORDS_KEPT, EVENTS_KEPT),
    *(CONDITION_TIMEOUT, CONDITION_AGAIN),
)

BATCH_MOST: Final = 10_000
REFERENCE_LONGEST: Final = 100
FLAWS_SHOWN: Final = 100
"""So many flaws of a batch are named; the others are found when these are corrected."""

_MINUTE: Final = timedelta(minutes=1)
_LANES: Final = {Purpose.REMINDER: Lane.REMINDER, Purpose.SURVEY: Lane.BULK}


class OrderState(StrEnum):
    """Where an order stands.

    `WAITING`: for its time or its condition. `QUEUED`: on its way out. `SENT`: taken over by a server, or
    laid into the person's inbox. `DELIVERED` and `BOUNCED` were reported after that. `DECLINED`: its
    condition said no.
    """

    WAITING = "WAITING"
    QUEUED = "QUEUED"
    SENT = "SENT"
    DELIVERED = "DELIVERED"
    BOUNCED = "BOUNCED"
    FAILED = "FAILED"
    EXPIRED = "EXPIRED"
    CANCELLED = "CANCELLED"
    DECLINED = "DECLINED"


_RANKS: Final = (
    *(OrderState.DELIVERED, OrderState.SENT, OrderState.QUEUED, OrderState.BOUNCED),
    *(OrderState.FAILED, OrderState.EXPIRED, OrderState.CANCELLED),
)
"""Of several channels the best tells where the order stands."""

_SHOWN: Final = {State.SENDING: OrderState.QUEUED}

INVENTED: Final[Mapping[UUID, Sequence[State]]] = {
    UUID("00000000-0000-7000-8000-0000000000d1"): (State.SENT, State.DELIVERED),
    UUID("00000000-0000-7000-8000-0000000000b1"): (State.SENT, State.BOUNCED),
    UUID("00000000-0000-7000-8000-0000000000f1"): (State.FAILED,),
    UUID("00000000-0000-7000-8000-0000000000e1"): (State.EXPIRED,),
}
"""Recipients without a person, for applications that are tested: what becomes of orders to them."""


@dataclass(frozen=True, slots=True)
class Ordering:
    """Who orders: an institution by its client; in the sandbox nothing is in earnest."""

    institution_id: UUID
    client_id: str
    is_sandbox: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Wish:
    """What a client asks for, as it was sent."""

    person_id: UUID
    variables: Mapping[str, str]
    reference: str | None = None
    is_reference_unique: bool = False
    channels: frozenset[Channel] = frozenset()
    send_at: datetime | None = None
    expires_at: datetime | None = None
    condition: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Orders that came in one request: by one template, all or none of them."""

    id: UUID
    by: Ordering
    template: str
    size: int
    accepted_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A message that an institution has ordered.

    `state` is the order's own until it is QUEUED; from then on `by_channel` tells, and `standing` is what
    both say together. `due_at` is when it is looked at next, none once it has been queued or has ended.
    `condition` is the address that is asked before it is sent, `asked` how often that gave no answer.
    `channels` are those it may go by. From `send_at` on it may go, until `expires_at`.
    """

    id: UUID
    by: Ordering
    batch_id: UUID | None = None
    template: str
    template_version: int
    purpose: Purpose
    person_id: UUID
    reference: str | None
    is_reference_unique: bool
    channels: frozenset[Channel]
    lane: Lane
    condition: str | None
    asked: int = 0
    state: OrderState = OrderState.WAITING
    by_channel: Mapping[Channel, State] = field(default_factory=dict)
    accepted_at: datetime
    send_at: datetime
    due_at: datetime | None
    expires_at: datetime
    ended_at: datetime | None = None
    traceparent: str | None = None

    @property
    def standing(self) -> OrderState:
        """Where it stands, as its institution sees it."""
        return stands(self.state, self.by_channel)

    @property
    def sender(self) -> Sender:
        """Who tells it, as the message names them."""
        return Sender(self.by.institution_id, self.by.client_id, self.id, self.reference)


def stands(state: OrderState, by_channel: Mapping[Channel, State]) -> OrderState:
    """Where an order stands, by its own state and that of each channel.

    The inbox takes everything, also for who has no account, and so counts only where it is the only way.
    """
    if state is not OrderState.QUEUED or not by_channel:
        return state
    left = {channel: told for channel, told in by_channel.items() if channel is not Channel.IN_APP}
    said = {shown(channel, told) for channel, told in (left or by_channel).items()}
    return min(said, key=_RANKS.index)


def shown(channel: Channel, state: State) -> OrderState:
    """What an institution is told of one channel: that the inbox has it is no proof of a reader."""
    if channel is Channel.IN_APP and state is State.DELIVERED:
        return OrderState.SENT
    return _SHOWN.get(state) or OrderState(state.value)


def place(
    wish: Wish,
    template: Template,
    by: Ordering,
    order_id: UUID,
    legal: Rules,
    now: datetime,
    traceparent: str | None = None,
) -> Order:
    """The order that a client asks for; raises `OrderUnsound`."""
    flaws = templates.check_variables(template, wish.variables)
    flaws += find_common_flaws(wish, template, legal, now)
    if flaws:
        raise OrderUnsound(errors=flaws[:FLAWS_SHOWN])
    return _placed(wish, template, by, order_id, legal, now, None, traceparent)


def place_all(
    wishes: Sequence[Wish],
    template: Template,
    by: Ordering,
    batch_id: UUID,
    order_ids: Sequence[UUID],
    legal: Rules,
    now: datetime,
    traceparent: str | None,
) -> list[Order]:
    """The orders of a batch, each flaw by its pointer under `/items`; raises `OrderUnsound`.

    What is the same for all of them is told once.
    """
    first = wishes[0]
    flaws = find_common_flaws(first, template, legal, now)
    for number, wish in enumerate(wishes):
        if len(flaws) >= FLAWS_SHOWN:
            break
        flaws += [
            replace(flaw, pointer=f"/items/{number}{flaw.pointer}")
            for flaw in templates.check_variables(template, wish.variables)
        ]
    if flaws:
        raise OrderUnsound(errors=flaws[:FLAWS_SHOWN])
    return [
        _placed(wish, template, by, order_id, legal, now, batch_id, traceparent)
        for wish, order_id in zip(wishes, order_ids, strict=True)
    ]


def find_common_flaws(wish: Wish, template: Template, legal: Rules, now: datetime) -> list[FieldError]:
    """What keeps a wish from being sent whatever its values are, each by its pointer."""
    flaws = []
    if wish.channels - template.channels:
        flaws.append(FieldError("/channels", "channel", "The template does not go this way."))
    if wish.is_reference_unique and wish.reference is None:
        flaws.append(FieldError("/reference", "missing", "What is used once has to be there."))
    return flaws + find_time_flaws(wish.send_at, wish.expires_at, legal, now)


def find_time_flaws(
    send_at: datetime | None, expires_at: datetime | None, legal: Rules, now: datetime
) -> list[FieldError]:
    """What is wrong with when something is to be sent."""
    flaws = []
    begins, latest = send_at or now, legal.on(LATEST, local_date(now)).whole
    if begins > now + timedelta(days=latest):
        flaws.append(
            FieldError("/send_at", "late", "At most {days} days ahead are allowed.", {"days": latest})
        )
    longest = legal.on(LIFETIME, local_date(now)).whole
    if expires_at and expires_at <= max(begins, now):
        flaws.append(FieldError("/expires_at", "early", "It would end before it can be sent."))
    elif expires_at and expires_at > max(begins, now) + timedelta(days=longest):
        flaws.append(
            FieldError(
                "/expires_at",
                "late",
                "At most {days} days after the sending are allowed.",
                {"days": longest},
            )
        )
    return flaws


def _placed(
    wish: Wish,
    template: Template,
    by: Ordering,
    order_id: UUID,
    legal: Rules,
    now: datetime,
    batch_id: UUID | None,
    traceparent: str | None,
) -> Order:
    send_at = max(wish.send_at, now) if wish.send_at else now
    return Order(
        id=order_id,
        by=by,
        batch_id=batch_id,
        template=template.key,
        template_version=template.version,
        purpose=template.purpose,
        person_id=wish.person_id,
        reference=wish.reference,
        is_reference_unique=wish.is_reference_unique,
        channels=wish.channels or template.channels,
        lane=Lane.BULK if batch_id else _LANES.get(template.purpose, Lane.NOTICE),
        condition=wish.condition,
        accepted_at=now,
        send_at=send_at,
        due_at=send_at,
        expires_at=wish.expires_at or send_at + _days(legal, LIFETIME, now),
        traceparent=traceparent,
    )


def cancel(order: Order, now: datetime) -> Order:
    """The order, which is not sent; raises `OrderNotWaiting` for one that has gone or has ended."""
    if order.state is not OrderState.WAITING:
        raise OrderNotWaiting(state=order.standing)
    return end(order, OrderState.CANCELLED, now)


def end(order: Order, state: OrderState, now: datetime) -> Order:
    """The order that ends before it was queued."""
    return replace(order, state=state, due_at=None, ended_at=now)


def release(order: Order, invented: Collection[UUID], gone: Collection[UUID], now: datetime) -> Order:
    """The order that is due: QUEUED, or how it ends in its place.

    `invented` are the people of the sandbox: whoever tests an application reaches nobody else. `gone` are
    those of them who are no more.
    """
    if order.expires_at <= now:
        return end(order, OrderState.EXPIRED, now)
    if order.by.is_sandbox and order.person_id in INVENTED:
        channel = min(order.channels, default=Channel.EMAIL)
        became = INVENTED[order.person_id][-1]
        return replace(
            order, state=OrderState.QUEUED, due_at=None, ended_at=now, by_channel={channel: became}
        )
    if order.person_id in gone or (order.by.is_sandbox and order.person_id not in invented):
        return end(order, OrderState.FAILED, now)
    return replace(order, state=OrderState.QUEUED, due_at=None)


def tell(released: Order) -> list[tuple[OrderState, Channel | None]]:
    """The states to be told of an order that was due, in their order."""
    if released.state is not OrderState.QUEUED:
        return [(released.state, None)]
    told: list[tuple[OrderState, Channel | None]] = [(OrderState.QUEUED, None)]
    for channel in released.by_channel:
        told += [(shown(channel, state), channel) for state in INVENTED[released.person_id]]
    return told


def write(order: Order, message_id: UUID, waits: Waits, now: datetime) -> Message:
    """The message of an order that goes; its values stay sealed with the order."""
    return Message(
        id=message_id,
        cause_id=order.id,
        person_id=order.person_id,
        template=order.template,
        template_version=order.template_version,
        purpose=order.purpose,
        lane=order.lane,
        sender=order.sender,
        plan=plans.standard(order.channels, order.purpose, waits),
        queued_at=now,
        expires_at=order.expires_at,
        traceparent=order.traceparent,
    )


@dataclass(frozen=True, slots=True)
class Counts:
    """What an institution has asked for in this minute (requests) and today (messages)."""

    minute: datetime
    in_minute: int
    day: datetime
    in_day: int


def minute_of(now: datetime) -> datetime:
    """The beginning of the minute."""
    return now.replace(second=0, microsecond=0)


def day_of(now: datetime) -> datetime:
    """The beginning of the day, UTC."""
    return minute_of(now).replace(hour=0, minute=0)


def excess(counts: Counts, is_sandbox: bool, legal: Rules, now: datetime) -> tuple[int, SendingLimitReached]:
    """By how much what was asked for is more than is allowed, and the problem that says when to come back."""
    day = local_date(now)
    per_minute = legal.on(PER_MINUTE, day).whole
    per_day = legal.on(SANDBOX_PER_DAY if is_sandbox else PER_DAY, day).whole
    over_day, over_minute = max(0, counts.in_day - per_day), max(0, counts.in_minute - per_minute)
    if over_day >= over_minute:
        return over_day, _limit("day", per_day, timedelta(days=1), counts.day, now)
    return over_minute, _limit("minute", per_minute, _MINUTE, counts.minute, now)


def _limit(name: str, quota: int, window: timedelta, since: datetime, now: datetime) -> SendingLimitReached:
    seconds = max(1, int((since + window - now).total_seconds()) + 1)
    return SendingLimitReached(
        headers={
            "retry-after": str(seconds),
            "ratelimit-policy": f'"{name}";q={quota};w={int(window.total_seconds())}',
            "ratelimit": f'"{name}";r=0;t={seconds}',
        }
    )


def words_kept_until(legal: Rules, now: datetime) -> datetime:
    """The values of orders that could be sent until then are forgotten."""
    return now - _days(legal, WORDS_KEPT, now)


def events_kept_since(legal: Rules, now: datetime) -> datetime:
    """States from before then are no longer told."""
    return now - _days(legal, EVENTS_KEPT, now)


def _days(legal: Rules, code: str, now: datetime) -> timedelta:
    return timedelta(days=legal.on(code, local_date(now)).whole)
