"""Public figures: how many messages were handed over, and how soon. Nothing that could point at a person."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from hub_core.clock import local_date

from .deliveries import Delivery, State
from .kinds import Lane
from .messages import Channel

SOON: Final = timedelta(seconds=10)
LEAST: Final = "notification.figures-least"
"""The rule that says below how many messages the figures of a day are not told."""
DAYS: Final = 30

_COUNTED: Final = {
    Channel.EMAIL: (State.SENT, State.FAILED, State.EXPIRED),
    Channel.SMS: (State.SENT, State.FAILED, State.EXPIRED),
    Channel.PUSH: (State.SENT, State.FAILED, State.EXPIRED),
}
"""Channels by which something leaves the hub; the inbox is the hub's own."""


@dataclass(frozen=True, slots=True)
class Figure:
    """Messages by one channel in one lane whose sending ended on one day (Europe/Bucharest).

    `soon` are those of `handed_over` that were it within 10 seconds from when they could be sent; `failed`
    were not handed over at all.
    """

    day: date
    channel: Channel
    lane: Lane
    handed_over: int
    soon: int
    failed: int

    @property
    def messages(self) -> int:
        """How many there were."""
        return self.handed_over + self.failed

    @property
    def share(self) -> float:
        """The part of all that was handed over within 10 seconds."""
        return self.soon / self.messages if self.messages else 0.0


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of some days, the newest first; `untold` are those of too few messages.

    A channel's day as a whole counts what is told only: else what is not could be worked out.
    """

    first: date
    last: date
    least: int
    told: Sequence[Figure]
    untold: Sequence[Figure]

    def days(self) -> list[date]:
        """Every day, the newest first."""
        return [self.last - timedelta(days=back) for back in range((self.last - self.first).days + 1)]


def counted(ended: Iterable[Delivery]) -> list[Figure]:
    """What the ends of some deliveries add; others are passed by."""
    handed_over, soon, failed = Counter[tuple[date, Channel, Lane]](), Counter[object](), Counter[object]()
    for one in ended:
        if one.ended_at is None or one.state not in _COUNTED.get(one.channel, ()):
            continue
        cell = (local_date(one.ended_at), one.channel, one.lane)
        is_sent = one.state is State.SENT
        handed_over[cell] += is_sent
        failed[cell] += not is_sent
        soon[cell] += is_sent and one.ended_at - one.queued_at <= SOON
    return [
        Figure(day, channel, lane, handed, soon[day, channel, lane], failed[day, channel, lane])
        for (day, channel, lane), handed in handed_over.items()
    ]


def publish(kept: Collection[Figure], today: date, least: int) -> Figures:
    """What may be told of what is kept."""
    newest_first = sorted(
        kept, key=lambda one: (-one.day.toordinal(), list(Channel).index(one.channel), one.lane)
    )
    told = [one for one in newest_first if one.messages >= least]
    untold = [one for one in newest_first if 0 < one.messages < least]
    return Figures(today - timedelta(days=DAYS - 1), today, least, told, untold)


def by_channel(figures: Iterable[Figure]) -> dict[tuple[date, Channel], Figure]:
    """The lanes of a channel's day together."""
    added: dict[tuple[date, Channel], Figure] = {}
    for one in figures:
        before = added.get((one.day, one.channel))
        added[one.day, one.channel] = Figure(
            one.day,
            one.channel,
            min(one.lane, before.lane) if before else one.lane,
            one.handed_over + (before.handed_over if before else 0),
            one.soon + (before.soon if before else 0),
            one.failed + (before.failed if before else 0),
        )
    return added
