"""What is told to somebody once: the message, whatever channels bring it. No I/O; `now` is an argument."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from . import content, kinds
from .channels import Channel, Step
from .kinds import Group, Kind, Lane, Purpose

__all__ = ["Cause", "Channel", "Message", "Sender", "Step", "go_on", "read", "stop", "write"]


@dataclass(frozen=True, slots=True)
class Cause:
    """The event that a message is about: its id, when it was recorded, the trace it belongs to."""

    id: UUID
    at: datetime
    traceparent: str | None = None


@dataclass(frozen=True, slots=True)
class Sender:
    """The institution that has ordered a message, by its client, in an order; `reference` is its own."""

    institution_id: UUID
    client_id: str
    order_id: UUID
    reference: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What is told to one recipient once, and how.

    The recipient is a person or, before there is an account, an e-mail confirmation; the address
    is asked for when it is sent and never kept. `about_id` is what another service is asked about then: it
    knows the address of who has no account as well. `variables` hold nothing personal. Without a `sender`
    the hub itself tells it. Of messages with the same `once` there is one only. `purpose` is what it rests
    on. `plan` are the channels, empty until it is begun; `step` counts those begun, and at `next_at` the one
    after them begins if nobody has read it until then.
    """

    id: UUID
    cause_id: UUID
    person_id: UUID | None = None
    confirmation_id: UUID | None = None
    about_id: UUID | None = None
    template: str
    template_version: int
    variables: Mapping[str, str] = field(default_factory=dict)
    lane: Lane
    purpose: Purpose = Purpose.TRANSACTIONAL
    sender: Sender | None = None
    plan: tuple[Step, ...] = ()
    step: int = 0
    next_at: datetime | None = None
    read_at: datetime | None = None
    read_by: Channel | None = None
    queued_at: datetime
    expires_at: datetime
    traceparent: str | None = None
    once: str | None = None
    version: int = 1

    @property
    def institution_id(self) -> UUID | None:
        """The institution that has ordered the message, or else that it speaks of, if any."""
        if self.sender is not None:
            return self.sender.institution_id
        named = self.variables.get("institution_id")
        return UUID(named) if named else None

    @property
    def sender_id(self) -> UUID | None:
        """The institution that has ordered it; none for the hub's own."""
        return self.sender.institution_id if self.sender else None

    @property
    def group(self) -> Group:
        """What people know it by."""
        kind = kinds.find(self.template)
        return kind.group if kind else Group.INSTITUTIONS

    @property
    def is_read(self) -> bool:
        """Whether it is proved that its recipient has read it."""
        return self.read_at is not None


def write(
    kind: Kind,
    message_id: UUID,
    cause: Cause,
    now: datetime,
    *,
    person_id: UUID | None = None,
    confirmation_id: UUID | None = None,
    about_id: UUID | None = None,
    variables: Mapping[str, str] | None = None,
    once: str | None = None,
    until: datetime | None = None,
) -> Message:
    """A message of the hub's own.

    It is worth sending for the kind's lifetime from the cause on, however late that was heard of, and
    not after `until`.
    """
    given = dict(variables or {})
    if given.keys() != kind.variables:
        raise ValueError(f"{kind.template} takes {sorted(kind.variables)}, not {sorted(given)}")
    if any(content.is_like_cnp(str(value)) for name, value in given.items() if not name.endswith("_id")):
        raise ValueError(f"a value of {kind.template} looks like a personal number, which no message tells")
    if (about_id is not None) is (kind.question is None):
        raise ValueError(f"what {kind.template} is about is asked for, or it is not")
    if about_id is None and (person_id is None) == (confirmation_id is None):
        raise ValueError("a message goes to a person or to a confirmation")
    last = cause.at + kind.lifetime
    return Message(
        id=message_id,
        cause_id=cause.id,
        person_id=person_id,
        confirmation_id=confirmation_id,
        about_id=about_id,
        template=kind.template,
        template_version=kind.version,
        variables=given,
        lane=kind.lane,
        purpose=kind.purpose,
        queued_at=now,
        expires_at=min(last, until) if until else last,
        traceparent=cause.traceparent,
        once=once,
    )


def go_on(message: Message, now: datetime) -> tuple[Message, tuple[Channel, ...]]:
    """The message with the next step of its plan begun, and those that wait for nothing after it; which.

    None is begun of what was read or has expired, or when no step is left. What would be due only after
    the message has expired is left out.
    """
    too_late = message.step > 0 and message.expires_at <= now
    if message.is_read or message.step >= len(message.plan) or too_late:
        return replace(message, next_at=None), ()
    end = message.step + 1
    while end < len(message.plan) and message.plan[end].after == timedelta():
        end += 1
    after = message.plan[end].after if end < len(message.plan) else None
    next_at = now + after if after is not None and now + after < message.expires_at else None
    version = message.version + 1 if message.step else message.version
    begun = tuple(step.channel for step in message.plan[message.step : end])
    return replace(message, step=end, next_at=next_at, version=version), begun


def stop(message: Message) -> tuple[Message, tuple[Channel, ...]]:
    """The message, of which nothing more is begun: it is not wanted any more."""
    return replace(message, next_at=None, version=message.version + 1), ()


def read(message: Message, channel: Channel, now: datetime) -> Message:
    """The message, proved to be read by what a channel brought: nothing more is begun.

    The first proof counts.
    """
    if message.is_read:
        return message
    return replace(message, read_at=now, read_by=channel, next_at=None, version=message.version + 1)
