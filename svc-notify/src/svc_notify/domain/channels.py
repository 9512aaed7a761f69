"""The ways a message goes, and the steps of a plan. No I/O."""

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
    """A channel of a plan, and how long after the step before it begins, if nobody has read it until then.

    Without a time it begins only where the step before it has failed; after no time both begin together.
    """

    channel: Channel
    after: timedelta | None = timedelta()


EVERY: Final = frozenset(Channel)
