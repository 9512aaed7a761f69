"""Web push: the browsers that listen for a person, and how a message goes to them (RFC 8030). No I/O."""

from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from .kinds import Lane

SUBSCRIPTIONS: Final = "notification.push-subscriptions"
"""The rule that says how many browsers may listen for one person."""
_LONGEST_KEPT: Final = timedelta(days=28)
"""Longer than any push service keeps a message for a browser that is off."""
_URGENCIES: Final = {
    Lane.CODE: "high",
    Lane.NOTICE: "normal",
    Lane.REMINDER: "low",
    Lane.BULK: "very-low",
}


@dataclass(frozen=True, slots=True, repr=False)
class Subscription:
    """A browser of a person: where its push service takes messages, and the keys they are encrypted with.

    `key` is its point on P-256, uncompressed, `secret` the 16 bytes of its authentication secret
    (RFC 8291, 3.1 and 3.2).
    """

    id: UUID
    person_id: UUID
    endpoint: str
    key: bytes
    secret: bytes
    subscribed_at: datetime


def urgency(lane: Lane) -> str:
    """For what a device is woken (RFC 8030, 5.3): for a code at once, for the rest when it suits it."""
    return _URGENCIES[lane]


def seconds_to_live(expires_at: datetime, now: datetime) -> int:
    """How long a push service keeps a message that it cannot hand on (RFC 8030, 5.2)."""
    left = min(expires_at - now, _LONGEST_KEPT)
    return max(int(left.total_seconds()), 0)


def topic(message_id: UUID) -> str:
    """What a message is known by at a push service: when it comes again it takes its own place (5.4)."""
    return urlsafe_b64encode(message_id.bytes).rstrip(b"=").decode()
