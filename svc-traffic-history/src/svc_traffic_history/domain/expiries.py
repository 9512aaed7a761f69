"""When points have expired and their driver was not told: a function of what is recorded and was told."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from hub_core.rules import Rules

from . import points
from .entries import Entry
from .points import PointState

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Expiries:
    """The days to tell, each the first on which some points no longer count, and when to look again.

    `look_on` is never after the next day to tell; none where nothing can expire as far as is known.
    """

    to_tell: Sequence[date]
    look_on: date | None


def find(
    entries: Collection[Entry],
    recorded_on: Mapping[UUID, date],
    told: Collection[date],
    on: date,
    legal: Rules,
) -> Expiries:
    """What is to be told on a day; `recorded_on` is the day on which each entry was recorded.

    Points that had expired before they were recorded never counted in what their driver was shown: of them
    nothing is told. A day that was told is not told again.
    """
    balance = points.balance(entries, on, legal)
    expired = {
        group.ended_on
        for group in balance.groups
        if group.state is PointState.EXPIRED
        and group.ended_on is not None
        and recorded_on[group.entry_id] < group.ended_on
    }
    nears = [group.last_day + _DAY for group in balance.groups if group.counts and group.last_day is not None]
    # What a fact of a later day does to the points is not known before that day.
    nears += [entry.on for entry in entries if entry.on > on]
    return Expiries(sorted(expired - set(told)), min(nears, default=None))
