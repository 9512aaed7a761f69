"""Which provider of text messages takes how many of a hundred, by what they did of late. No I/O.

A provider that is slow or fails gives points of its weight to those that do well; it gets them back in
steps, once it was left alone for a while. The weights are 100 together, whatever happens.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import accumulate
from typing import Final, Self

from hub_core.rules import Rules

CHECK_RULE: Final = "sms.provider-check"
WINDOW_RULE: Final = "sms.provider-window"
SLOW_RULE: Final = "sms.provider-slow"
LATE_RULE: Final = "sms.provider-late"
LATE_WINDOW_RULE: Final = "sms.provider-late-window"
EVIDENCE_RULE: Final = "sms.provider-evidence"
BAD_RULE: Final = "sms.provider-bad"
FAILING_RULE: Final = "sms.provider-failing"
STEP_RULE: Final = "sms.provider-step"
RETURN_RULE: Final = "sms.provider-return"
RESERVE_RULE: Final = "sms.provider-reserve"
RULES: Final = (
    CHECK_RULE,
    WINDOW_RULE,
    SLOW_RULE,
    LATE_RULE,
    LATE_WINDOW_RULE,
    EVIDENCE_RULE,
    BAD_RULE,
    FAILING_RULE,
    STEP_RULE,
    RETURN_RULE,
    RESERVE_RULE,
)

COUNTED: Final = timedelta(seconds=5)
"""The time over which hand-overs are counted together."""
WHOLE: Final = 100
"""The points that all providers have together."""


class Health(StrEnum):
    """How a provider does: `BAD` gives some points away, `FAILING` all of them."""

    GOOD = "GOOD"
    BAD = "BAD"
    FAILING = "FAILING"


@dataclass(frozen=True, slots=True)
class Policy:
    """When points move, by the rules.

    Each `check` the hand-overs of the last `window` are looked at: an answer after more than `slow` is a
    slow one. Of what was handed over in `late_window` before `late`, a receipt after more than `late`, or
    none, is a late one. `evidence` bad ones at least, and `bad` percent of all, take `step` points;
    `failing` percent of the hand-overs all. After `back` without a change `step` points return. `reserve`
    percent of a provider's rate are left to codes.
    """

    check: timedelta
    window: timedelta
    slow: timedelta
    late: timedelta
    late_window: timedelta
    evidence: int
    bad: int
    failing: int
    step: int
    back: timedelta
    reserve: int

    @classmethod
    def on(cls, legal: Rules, day: date) -> Self:
        """The policy by the rules of a day."""
        whole = {code: legal.on(code, day).whole for code in RULES}
        return cls(
            check=timedelta(seconds=whole[CHECK_RULE]),
            window=timedelta(seconds=whole[WINDOW_RULE]),
            slow=timedelta(seconds=whole[SLOW_RULE]),
            late=timedelta(minutes=whole[LATE_RULE]),
            late_window=timedelta(minutes=whole[LATE_WINDOW_RULE]),
            evidence=whole[EVIDENCE_RULE],
            bad=whole[BAD_RULE],
            failing=whole[FAILING_RULE],
            step=whole[STEP_RULE],
            back=timedelta(minutes=whole[RETURN_RULE]),
            reserve=whole[RESERVE_RULE],
        )


@dataclass(frozen=True, slots=True)
class Measured:
    """What a provider did: hand-overs, those that failed or were slow; of older ones taken over, the late."""

    attempts: int = 0
    failed: int = 0
    slow: int = 0
    taken: int = 0
    late: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """A provider's weight now and the one it has when all is well; when it last gave or got back points."""

    name: str
    home: int
    weight: int
    changed_at: datetime | None = None


def begin(homes: Mapping[str, int]) -> tuple[Standing, ...]:
    """The standings of providers that are new, by what each shall take of all."""
    shares = _shared(WHOLE, homes)
    return tuple(Standing(name, shares[name], shares[name]) for name in sorted(homes))


def health(measured: Measured, policy: Policy) -> Health:
    """How a provider does by what was measured; with little to go by, well."""
    bad = measured.failed + measured.slow
    if bad >= policy.evidence and WHOLE * bad >= policy.failing * measured.attempts:
        return Health.FAILING
    if bad >= policy.evidence and WHOLE * bad >= policy.bad * measured.attempts:
        return Health.BAD
    if measured.late >= policy.evidence and WHOLE * measured.late >= policy.bad * measured.taken:
        return Health.BAD
    return Health.GOOD


def shift(
    standings: Sequence[Standing], measured: Mapping[str, Measured], policy: Policy, now: datetime
) -> tuple[Standing, ...]:
    """The standings after a check.

    Points go to who does well and has some. One that has none takes them where another fails; else it
    waits until its time to come back. Where every provider does badly nothing moves: no other is better.
    """
    healths = {each.name: health(measured.get(each.name, Measured()), policy) for each in standings}
    good = [each for each in standings if healths[each.name] is Health.GOOD]
    if not good:
        return tuple(standings)
    takers = [each for each in good if each.weight] or (good if Health.FAILING in healths.values() else [])
    if takers and len(good) < len(standings):
        return _lowered(standings, healths, takers, policy, now)
    return _returned(standings, healths, policy, now)


def order(standings: Iterable[Standing], chance: float) -> tuple[str, ...]:
    """Whom to try, one after the other; `chance` in [0, 1) draws the first by the weights.

    Nobody, where there is none.
    """
    by_weight = sorted(standings, key=lambda each: (-each.weight, each.name))
    if not by_weight:
        return ()
    reached = accumulate(each.weight for each in by_weight)
    drawn = next(
        (each for each, end in zip(by_weight, reached, strict=True) if chance * WHOLE < end), by_weight[0]
    )
    return (drawn.name, *(each.name for each in by_weight if each is not drawn))


def _lowered(
    standings: Sequence[Standing],
    healths: Mapping[str, Health],
    takers: Sequence[Standing],
    policy: Policy,
    now: datetime,
) -> tuple[Standing, ...]:
    given = {
        each.name: each.weight if healths[each.name] is Health.FAILING else min(policy.step, each.weight)
        for each in standings
        if healths[each.name] is not Health.GOOD
    }
    got = _shared(sum(given.values()), {each.name: each.home for each in takers})
    return tuple(
        replace(each, weight=each.weight - given[each.name], changed_at=now)
        if each.name in given
        else replace(each, weight=each.weight + got.get(each.name, 0))
        for each in standings
    )


def _returned(
    standings: Sequence[Standing], healths: Mapping[str, Health], policy: Policy, now: datetime
) -> tuple[Standing, ...]:
    raised = {
        each.name: min(policy.step, each.home - each.weight)
        for each in standings
        if each.weight < each.home
        and healths[each.name] is Health.GOOD
        and (each.changed_at is None or now - each.changed_at >= policy.back)
    }
    over = {each.name: each.weight - each.home for each in standings if each.weight > each.home}
    given = _shared(sum(raised.values()), over)
    return tuple(
        replace(each, weight=each.weight + raised[each.name], changed_at=now)
        if each.name in raised
        else replace(each, weight=each.weight - given.get(each.name, 0))
        for each in standings
    )


def _shared(points: int, by: Mapping[str, int]) -> dict[str, int]:
    """So many points over names in proportion, whole, and together exactly so many.

    Where nobody has a proportion, all have the same.
    """
    proportions = by if any(by.values()) else dict.fromkeys(by, 1)
    whole = sum(proportions.values())
    shares = {name: points * share // whole for name, share in proportions.items()} if whole else {}
    left = points - sum(shares.values())
    by_rest = sorted(shares, key=lambda name: (-(points * proportions[name] % whole), name))
    return {name: share + (name in by_rest[:left]) for name, share in shares.items()}
