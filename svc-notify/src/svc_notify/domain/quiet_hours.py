"""When people are left alone: by the clock on the wall in Bucharest, whatever the season. No I/O."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, Self

from hub_core.clock import BUCHAREST
from hub_core.rules import Rules

from . import plans
from .channels import Channel
from .kinds import Purpose

FROM_RULE: Final = "notification.quiet-from"
UNTIL_RULE: Final = "notification.quiet-until"
LONGEST_RULE: Final = "notification.quiet-longest"
RULES: Final = (FROM_RULE, UNTIL_RULE)

_LOUD: Final = frozenset({Channel.SMS, Channel.PUSH})
_MINUTES_OF_HOUR: Final = 60


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From one minute of the day, included, until another, which is the first to be told things again."""

    begin: int
    end: int

    @classmethod
    def of(cls, legal: Rules, day: date) -> Self:
        """Everybody's on a day; raises `NoRule`."""
        return cls(legal.on(FROM_RULE, day).whole, legal.on(UNTIL_RULE, day).whole)

    @property
    def minutes(self) -> int:
        """How long they last."""
        return (self.end - self.begin) % (24 * _MINUTES_OF_HOUR)

    def cover(self, minute: int) -> bool:
        """Whether a minute of the day is quiet."""
        if self.begin <= self.end:
            return self.begin <= minute < self.end
        return minute >= self.begin or minute < self.end

    def include(self, other: "QuietHours") -> bool:
        """Whether these are at least as quiet as others."""
        return (other.begin - self.begin) % (24 * _MINUTES_OF_HOUR) + other.minutes <= self.minutes

    def over(self, now: datetime) -> datetime:
        """When it is no longer quiet: `now`, or the next end of the quiet hours."""
        local = now.astimezone(BUCHAREST)
        if not self.cover(local.hour * _MINUTES_OF_HOUR + local.minute):
            return now
        at = time(*divmod(self.end, _MINUTES_OF_HOUR))
        for day in (local.date(), local.date() + timedelta(days=1)):
            for fold in (0, 1):
                ended = datetime.combine(day, at, BUCHAREST).replace(fold=fold).astimezone(UTC)
                if ended > now:
                    return ended
        raise AssertionError


def earliest(purpose: Purpose, channel: Channel, now: datetime, hours: QuietHours) -> datetime:
    """When a message may go by a channel: what only recalls does not ring at night (edge case 85).

    What a person's own action causes at night goes at once.
    """
    return hours.over(now) if may_wait(purpose, channel) else now


def may_wait(purpose: Purpose, channel: Channel) -> bool:
    """Whether quiet hours mean anything to a message by a channel."""
    return purpose in plans.QUIET and channel in _LOUD


def written(minute: int) -> str:
    """A minute of the day as people write it: `21:00`."""
    return f"{minute // _MINUTES_OF_HOUR:02}:{minute % _MINUTES_OF_HOUR:02}"


def minute_of(written_time: str) -> int:
    """The minute of the day that `21:00` is."""
    hour, minute = written_time.split(":")
    return int(hour) * _MINUTES_OF_HOUR + int(minute)
