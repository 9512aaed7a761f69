"""How often somebody may come: the generic cell rate algorithm, in memory.

Each caller has one number, its *theoretical arrival time*: the instant at which all that it was
given is paid back. It costs one dictionary look-up a request, and nothing runs in the background.
"""

from dataclasses import dataclass
from typing import Final, NamedTuple

_SECOND: Final = 1_000_000_000
_SWEEP_AT: Final = 65_536


@dataclass(frozen=True, slots=True)
class Policy:
    """At most `quota` requests in any `window` seconds, and at most `burst` of them at once.

    After a burst, requests come back one by one, `quota - burst` of them spread over a window. So
    a burst and what trickles in after it never exceed the quota, wherever the window is laid.
    """

    name: str
    quota: int
    window: int
    burst: int

    def __post_init__(self) -> None:
        if not 0 < self.burst < self.quota or self.window <= 0:
            raise ValueError(f"policy {self.name}: 0 < burst < quota and a window are needed")

    @property
    def field(self) -> bytes:
        """The `RateLimit-Policy` field (draft-ietf-httpapi-ratelimit-headers-11)."""
        return b'"%b";q=%d;w=%d' % (self.name.encode(), self.quota, self.window)

    def remaining_field(self, verdict: "Verdict") -> bytes:
        """The `RateLimit` field."""
        return b'"%b";r=%d;t=%d' % (self.name.encode(), verdict.remaining, verdict.reset)

    def scaled(self, factor: float) -> "Policy":
        """The same policy with all its numbers of requests multiplied."""
        burst = max(1, round(self.burst * factor))
        return Policy(self.name, max(burst + 1, round(self.quota * factor)), self.window, burst)


class Verdict(NamedTuple):
    """The answer to one request: may it pass, and what its sender should know.

    `remaining` requests may follow at once; `reset` is the number of whole seconds after which at
    least one more can. For a refused request `reset` is the Retry-After: by then it passes.
    """

    allowed: bool
    remaining: int
    reset: int


class Limiter:
    """One policy, applied to each key by itself. `now` is monotonic, in nanoseconds."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self._gap = -(-policy.window * _SECOND // (policy.quota - policy.burst))
        self._depth = policy.burst * self._gap
        self._arrivals: dict[str, int] = {}
        self._sweep_at = _SWEEP_AT

    def take(self, key: str, now: int, weight: int = 1) -> Verdict:
        """Count a request that weighs `weight` ordinary ones; a refused one costs nothing."""
        paid = max(self._arrivals.get(key, 0), now)
        after = paid + weight * self._gap
        if after - now > self._depth:
            return Verdict(allowed=False, remaining=0, reset=_seconds(after - now - self._depth))
        if len(self._arrivals) >= self._sweep_at:
            self._sweep(now)
        self._arrivals[key] = after
        return self._verdict(after - now)

    def look(self, key: str, now: int) -> Verdict:
        """What `take` would say, without counting."""
        owed = max(self._arrivals.get(key, 0) - now, 0)
        if owed + self._gap > self._depth:
            return Verdict(allowed=False, remaining=0, reset=_seconds(owed + self._gap - self._depth))
        return self._verdict(owed)

    def _verdict(self, owed: int) -> Verdict:
        remaining = (self._depth - owed) // self._gap
        more_after = owed + (remaining + 1) * self._gap - self._depth
        return Verdict(allowed=True, remaining=remaining, reset=_seconds(more_after))

    def _sweep(self, now: int) -> None:
        """Forget those who owe nothing; they are as good as new."""
        self._arrivals = {key: arrival for key, arrival in self._arrivals.items() if arrival > now}
        self._sweep_at = max(_SWEEP_AT, 2 * len(self._arrivals))


def _seconds(nanoseconds: int) -> int:
    return max(1, -(-nanoseconds // _SECOND))
