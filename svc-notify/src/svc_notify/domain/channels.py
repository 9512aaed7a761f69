"""The ways a message goes, and plans of them. No I/O."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final


class Channel(StrEnum):
    """The way a message goes; `IN_APP` is the person's inbox at the hub."""

    IN_APP = "IN_APP"
    EMAIL = "EMAIL"
    SMS = "SMS"
    PUSH = "PUSH"


@dataclass(frozen=True, slots=True)
class Step:
    """A channel of a plan, and how long after the step before it begins, if nobody has read it until then."""

    channel: Channel
    after: timedelta = timedelta()


BY_EMAIL: Final = (Step(Channel.EMAIL),)
BY_SMS: Final = (Step(Channel.SMS),)
AT_ONCE: Final = (Step(Channel.IN_APP), Step(Channel.EMAIL))
"""What is new: in the inbox, and by e-mail without waiting for anything."""
UNTIL_READ: Final = (
    Step(Channel.IN_APP),
    Step(Channel.EMAIL, timedelta(hours=1)),
    Step(Channel.SMS, timedelta(hours=12)),
)
"""What only recalls: each further way is taken if it is unread until then."""
EVERY: Final = frozenset(Channel)
