"""How long to wait after wrong tries: exponential, forgotten in time, never for ever."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final


@dataclass(frozen=True, slots=True)
class Policy:
    """`free` tries cost nothing; then the wait is `first`, doubled with each try up to `longest`.

    Tries older than `forgotten` no longer count.
    """

    free: int
    first: timedelta
    longest: timedelta
    forgotten: timedelta


ACCOUNT: Final = Policy(5, timedelta(seconds=1), timedelta(minutes=15), timedelta(days=1))
"""Wrong passwords for one login name, from devices that never signed in to it."""
DEVICE: Final = Policy(5, timedelta(seconds=1), timedelta(minutes=5), timedelta(hours=1))
"""The same from one device that did: others cannot lock its owner out."""
ADDRESS: Final = Policy(30, timedelta(seconds=1), timedelta(minutes=15), timedelta(hours=1))
"""Wrong passwords from one network address, for any login name."""
CODES_TO_EMAIL: Final = Policy(5, timedelta(minutes=1), timedelta(hours=6), timedelta(days=1))
"""Confirmation e-mails to one address, whether it has an account or not."""
CODES_FROM_ADDRESS: Final = Policy(50, timedelta(seconds=10), timedelta(minutes=15), timedelta(hours=1))
"""Confirmation e-mails caused from one network address."""

SANDBOX_RESETS: Final = Policy(60, timedelta(seconds=10), timedelta(minutes=15), timedelta(hours=1))
"""Sets of test people made for one application: enough for a test suite that begins with one each time."""

USER_CODES: Final = Policy(10, timedelta(seconds=2), timedelta(minutes=15), timedelta(hours=1))
"""Wrong codes of devices from one network address (RFC 8628, 5.1)."""


def daily(most: int) -> Policy:
    """At most so many; the next one a day after the last."""
    day = timedelta(days=1)
    return Policy(most - 1, day, day, day)


@dataclass(frozen=True, slots=True)
class Counter:
    """Tries that count so far, and when the last one was."""

    count: int
    last_at: datetime


def wait(policy: Policy, counter: Counter, now: datetime) -> timedelta:
    """How long the next try has to wait; zero when it may come now."""
    if counter.count <= policy.free or now - counter.last_at >= policy.forgotten:
        return timedelta()
    # 2^16 seconds exceed every policy's longest wait: the exponent needs to grow no further
    doubled = policy.first * (1 << min(counter.count - policy.free - 1, 16))
    return max(counter.last_at + min(doubled, policy.longest) - now, timedelta())


def count(policy: Policy, counter: Counter, now: datetime) -> Counter:
    """The counter after one more try."""
    forgotten = now - counter.last_at >= policy.forgotten
    return Counter(1 if forgotten else counter.count + 1, now)


def forgive(counter: Counter) -> Counter:
    """The counter after a try that turned out right: it does not count."""
    return replace(counter, count=max(counter.count - 1, 0))
