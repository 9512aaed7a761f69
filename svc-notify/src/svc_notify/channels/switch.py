"""What one process knows of the providers of text messages, in memory."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

from hub_core import ids

from ..domain import providers
from ..domain.providers import COUNTED, WHOLE, Policy, Standing
from ..settings import SmsProvider

_AT_ONCE: Final = 1.0
"""How many seconds of a provider's rate may go at once."""


class Bucket(NamedTuple):
    """A provider, and the beginning of a time of `COUNTED`."""

    provider: str
    begun_at: datetime


@dataclass(slots=True)
class Count:
    """What was counted in a bucket: hand-overs, those that failed or were slow, messages taken over."""

    attempts: int = 0
    failed: int = 0
    slow: int = 0
    taken: int = 0


@dataclass(slots=True)
class _Allowance:
    tokens: float
    at: float


class Switch:
    """Whom to hand a message to, how fast, and what came of it.

    The providers' rates are messages a second of all processes together. `learn` tells what all processes
    measured.
    """

    def __init__(self, among: Collection[SmsProvider]) -> None:
        self.id: UUID = ids.new_id()
        self.homes = {each.name: each.weight for each in among}
        self.standings = providers.begin(self.homes)
        self.policy: Policy | None = None
        self._rates = {each.name: each.per_second for each in among}
        self._processes = 1
        self._counts: dict[Bucket, Count] = {}
        self._allowances: dict[str, _Allowance] = {}

    def learn(self, standings: tuple[Standing, ...], policy: Policy, processes: int) -> None:
        """Go by these weights and rules from now on; the rates are shared by so many processes."""
        self.standings, self.policy, self._processes = standings, policy, max(processes, 1)

    def order(self, chance: float, first: str | None = None) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Whom to try, one after the other: those with a weight, and then those that have none now.

        `first` goes before the others that have a weight; `chance` in [0, 1) draws otherwise.
        """
        drawn = providers.order(self.standings, chance)
        weighted = {each.name for each in self.standings if each.weight}
        tried = sorted((name for name in drawn if name in weighted), key=lambda name: name != first)
        return tuple(tried), tuple(name for name in drawn if name not in weighted)

    def wait(self, name: str, at: float, *, is_code: bool) -> float:
        """Take one of a provider's messages a second, and 0; or the seconds after which to ask again.

        `at` is in seconds of a clock that never goes back. The part of the rule is left to codes.
        """
        rate = self._rates[name] / self._processes
        most = max(rate * _AT_ONCE, 1.0)
        allowance = self._allowances.setdefault(name, _Allowance(most, at))
        allowance.tokens = min(most, allowance.tokens + (at - allowance.at) * rate)
        allowance.at = at
        kept = 0 if is_code or self.policy is None else self.policy.reserve
        least = min(1.0 + most * kept / WHOLE, most)
        if allowance.tokens >= least:
            allowance.tokens -= 1.0
            return 0.0
        return (least - allowance.tokens) / rate

    def note(self, name: str, now: datetime, took: timedelta, *, failed: bool, taken: bool) -> None:
        """Count a hand-over that ended now: how long it took, and what came of it."""
        count = self._counts.setdefault(bucket(name, now), Count())
        count.attempts += 1
        count.failed += failed
        count.slow += not failed and self.policy is not None and took > self.policy.slow
        count.taken += taken

    def drain(self) -> dict[Bucket, Count]:
        """What was counted since the last time."""
        counted, self._counts = self._counts, {}
        return counted

    def put_back(self, counted: Mapping[Bucket, Count]) -> None:
        """Keep what was drained and could not be stored."""
        for place, lost in counted.items():
            count = self._counts.setdefault(place, Count())
            count.attempts += lost.attempts
            count.failed += lost.failed
            count.slow += lost.slow
            count.taken += lost.taken


def bucket(name: str, at: datetime) -> Bucket:
    """The bucket of a provider that a moment lies in."""
    seconds = COUNTED.total_seconds()
    return Bucket(name, datetime.fromtimestamp(at.timestamp() // seconds * seconds, at.tzinfo))
