"""Figures for the public: whole months, without any from which one person could be made out.

Days are counted once they are over and months are told once they are over, so that nobody learns from two
readings what happened in between. A count under five is not told; nor is another of the same sum, where
the total would give it away.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from hub_core.masking import LEAST, Masked, mask

P99_NEEDS: Final = 100
"""With fewer, the slowest hundredth would be one person's."""
BUCKETS_A_DECADE: Final = 20
"""Times are counted in steps of an eighth: 10 ** (1/20)."""


class Measure(StrEnum):
    """What is counted; REFUSED and TIME have a kind after a colon: the reason, the bucket of time."""

    REQUESTED = "REQUESTED"
    ISSUED = "ISSUED"
    BY_HAND = "BY_HAND"
    REFUSED = "REFUSED"
    TIME = "TIME"
    COUNTED = "COUNTED"


@dataclass(frozen=True, slots=True)
class Figure:
    """What a month amounts to in one respect; `county` is empty where it is not known."""

    month: date
    channel: str
    county: str
    measure: str
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """How long an issue took, in seconds, within an eighth; none where too few were issued to tell."""

    median: float | None = None
    p99: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The part of a month in one county or channel."""

    code: str
    requests: int | None
    issued: int | None
    times: Times


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """A month, by its first day; counts that are not told are none.

    `automatic` and `by_hand` add up to `issued`. `refused` is by reason.
    """

    month: date
    requests: int | None
    issued: int | None
    automatic: int | None
    by_hand: int | None
    times: Times
    refused: int | None
    refused_by_reason: Masked
    by_channel: tuple[Group, ...]
    by_county: tuple[Group, ...]

    @property
    def manual_share(self) -> float | None:
        """The part of what was issued that an officer has looked at."""
        if not self.issued or self.by_hand is None:
            return None
        return round(self.by_hand / self.issued, 3)


def months(figures: Iterable[Figure]) -> list[Month]:
    """The months of these figures, the latest first."""
    by_month: dict[date, list[Figure]] = {}
    for figure in figures:
        by_month.setdefault(figure.month, []).append(figure)
    return [_month(month, by_month[month]) for month in sorted(by_month, reverse=True)]


def bucket_seconds(bucket: int) -> float:
    """The time that a bucket stands for."""
    return round(10 ** (bucket / BUCKETS_A_DECADE) / 1000, 3)


def first_of_month(day: date) -> date:
    """The first day of a day's month."""
    return day.replace(day=1)


def last_whole_month(counted_until: date) -> date:
    """The first day of the last month that is counted to its end, when the last counted day is this."""
    return first_of_month(first_of_month(counted_until + timedelta(days=1)) - timedelta(days=1))


def _month(month: date, figures: list[Figure]) -> Month:
    issued = _sum(figures, Measure.ISSUED)
    by_hand = _sum(figures, Measure.BY_HAND)
    shown_issued, shown = mask({"automatic": issued - by_hand, "by_hand": by_hand})
    refused, reasons = mask(_kinds(figures, Measure.REFUSED))
    return Month(
        month=month,
        requests=mask({"all": _sum(figures, Measure.REQUESTED)})[0],
        issued=shown_issued,
        automatic=shown["automatic"],
        by_hand=shown["by_hand"],
        times=_times(figures),
        refused=refused,
        refused_by_reason=reasons,
        by_channel=_groups(figures, {one: one.channel for one in figures}),
        by_county=_groups(figures, {one: one.county for one in figures}),
    )


def _groups(figures: list[Figure], codes: Mapping[Figure, str]) -> tuple[Group, ...]:
    parts: dict[str, list[Figure]] = {}
    for figure in figures:
        parts.setdefault(codes[figure], []).append(figure)
    requests = mask({code: _sum(part, Measure.REQUESTED) for code, part in parts.items()})[1]
    issued = mask({code: _sum(part, Measure.ISSUED) for code, part in parts.items()})[1]
    return tuple(
        Group(
            code=code,
            requests=requests.get(code),
            issued=issued.get(code),
            times=_times(parts[code]) if issued.get(code) else Times(),
        )
        for code in sorted({*requests, *issued})
    )


def _sum(figures: Iterable[Figure], measure: Measure) -> int:
    return sum(one.amount for one in figures if one.measure == measure)


def _kinds(figures: Iterable[Figure], measure: Measure) -> dict[str, int]:
    found: dict[str, int] = {}
    for one in figures:
        name, _, kind = one.measure.partition(":")
        if name == measure:
            found[kind] = found.get(kind, 0) + one.amount
    return found


def _times(figures: Iterable[Figure]) -> Times:
    buckets = {int(kind): count for kind, count in _kinds(figures, Measure.TIME).items()}
    count = sum(buckets.values())
    return Times(
        median=_percentile(buckets, 0.5) if count >= LEAST else None,
        p99=_percentile(buckets, 0.99) if count >= P99_NEEDS else None,
    )


def _percentile(buckets: Mapping[int, int], part: float) -> float:
    """By nearest rank."""
    rank = math.ceil(part * sum(buckets.values()))
    for bucket in sorted(buckets):
        rank -= buckets[bucket]
        if rank <= 0:
            break
    return bucket_seconds(bucket)
