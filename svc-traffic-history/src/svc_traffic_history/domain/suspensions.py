"""Suspensions of the right to drive (OUG 195/2002 art. 100-106): for how long, and how each goes on.

Days are legal dates in Europe/Bucharest. A suspension that begins by a fact of one day runs from the next
one; its last day is `ends_on`, and on the day after the right to drive is back.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from hub_core.decisions import FourEyes
from hub_core.rules import Rules
from hub_terms.terms import end_civil, end_months

from ..errors.suspensions import NotReducible, SuspensionDateWrong, SuspensionStands
from .grounds import Ground

AGAIN_RULE: Final = "traffic.points-again"
INCREASE_RULE: Final = "traffic.suspension-increase"
INCREASE_WITHIN_RULE: Final = "traffic.increase-within"
NOTICE_RULE: Final = "traffic.suspension-notice"
HAND_IN_RULE: Final = "traffic.hand-in"
DIVISOR_RULE: Final = "traffic.reduction-divisor"
TEST_RULE: Final = "traffic.reduction-test"
HELD_RULE: Final = "traffic.reduction-licence-held"
EXCLUDED_RULE: Final = "traffic.reduction-excluded"
RULES: Final = (
    *(ground.days_rule for ground in Ground),
    *(AGAIN_RULE, INCREASE_RULE, INCREASE_WITHIN_RULE, NOTICE_RULE, HAND_IN_RULE),
    *(DIVISOR_RULE, TEST_RULE, HELD_RULE, EXCLUDED_RULE),
)
"""The rules that the functions here read."""

_OF_POINTS: Final = frozenset({Ground.POINTS, Ground.POINTS_AGAIN})
_INCREASED: Final = "increased"
_MONTHS_A_YEAR: Final = 12
_DAY: Final = timedelta(days=1)


class State(StrEnum):
    """Where a suspension stands."""

    PROPOSED = "PROPOSED"
    COMMUNICATED = "COMMUNICATED"
    LICENCE_HANDED_IN = "LICENCE_HANDED_IN"
    RUNNING = "RUNNING"
    REDUCED = "REDUCED"
    ENDED = "ENDED"
    STAYED_BY_COURT = "STAYED_BY_COURT"
    WITHDRAWN = "WITHDRAWN"
    """It was wrong: the points have fallen, or an entry was taken back."""


TRANSITIONS: Final[Mapping[State, frozenset[State]]] = {
    State.PROPOSED: frozenset({State.COMMUNICATED, State.WITHDRAWN}),
    State.COMMUNICATED: frozenset({State.LICENCE_HANDED_IN, State.STAYED_BY_COURT, State.WITHDRAWN}),
    State.LICENCE_HANDED_IN: frozenset({State.RUNNING, State.STAYED_BY_COURT, State.WITHDRAWN}),
    State.RUNNING: frozenset({State.REDUCED, State.ENDED, State.STAYED_BY_COURT}),
    State.REDUCED: frozenset({State.ENDED, State.STAYED_BY_COURT}),
    State.STAYED_BY_COURT: frozenset({State.RUNNING, State.WITHDRAWN}),
    State.ENDED: frozenset(),
    State.WITHDRAWN: frozenset(),
}
_IN_EFFECT: Final = frozenset({State.RUNNING, State.REDUCED})
_RAN: Final = _IN_EFFECT | {State.ENDED}


@dataclass(frozen=True, slots=True)
class Period:
    """For how long: the grounds whose days add up, whether it was increased, and all days together."""

    grounds: Sequence[Ground]
    increased: bool
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspension:
    """One suspension of one driver.

    `fact_on` is the day that it follows from (of the last finding, or of the offence), `proposed_by` the
    official who recorded that. `begins_on` and `ends_on` are its first and last day, once it runs; while a
    court stays it `days_left` are those still to come. `reduced_by` are the days that the test took off.
    """

    id: UUID
    driver_id: UUID
    proces_verbal_id: UUID
    period: Period
    fact_on: date
    proposed_on: date
    proposed_by: UUID | None
    notice_by: date
    state: State = State.PROPOSED
    communicated_on: date | None = None
    hand_in_by: date | None = None
    handed_in_on: date | None = None
    begins_on: date | None = None
    ends_on: date | None = None
    reduced_by: int = 0
    days_left: int | None = None
    version: int = 1

    @property
    def is_of_points(self) -> bool:
        """Whether it is for gathered points, which it then annuls."""
        return not _OF_POINTS.isdisjoint(self.period.grounds)

    @property
    def is_over(self) -> bool:
        """Whether nothing can become of it any more."""
        return not TRANSITIONS[self.state]

    def suspends_on(self, day: date) -> bool:
        """Whether the right to drive is suspended by it on a day."""
        if self.begins_on is None or self.ends_on is None or self.state is State.WITHDRAWN:
            return False
        return self.state is not State.STAYED_BY_COURT and self.begins_on <= day <= self.ends_on


def for_points(before: Iterable[Suspension], reached_on: date, legal: Rules) -> Period:
    """For how long gathered points suspend: longer when gathered again within 12 months (art. 103)."""
    ends = _ended_before(reached_on, (each for each in before if each.is_of_points))
    again = bool(ends) and reached_on <= end_months(max(ends), legal.on(AGAIN_RULE, reached_on).whole)
    ground = Ground.POINTS_AGAIN if again else Ground.POINTS
    return Period((ground,), increased=False, days=legal.on(ground.days_rule, reached_on).whole)


def for_offences(
    grounds: Collection[Ground], before: Iterable[Suspension], committed_on: date, legal: Rules
) -> Period:
    """For how long the offences of one proces-verbal suspend: their days add up (art. 104^1).

    It is longer for a new offence within two months after the last suspension ended (art. 103 (2)).
    """
    days = sum(legal.on(ground.days_rule, committed_on).whole for ground in grounds)
    ends = _ended_before(committed_on, before)
    increased = bool(ends) and committed_on <= end_months(
        max(ends), legal.on(INCREASE_WITHIN_RULE, committed_on).whole
    )
    if increased:
        days += legal.on(INCREASE_RULE, committed_on).whole
    return Period(tuple(sorted(grounds)), increased, days)


def propose(
    suspension_id: UUID,
    driver_id: UUID,
    proces_verbal_id: UUID,
    period: Period,
    fact_on: date,
    proposed_by: UUID | None,
    today: date,
    legal: Rules,
) -> Suspension:
    """A suspension that waits for its communication, within ten days of the last finding (art. 103 (3))."""
    return Suspension(
        id=suspension_id,
        driver_id=driver_id,
        proces_verbal_id=proces_verbal_id,
        period=period,
        fact_on=fact_on,
        proposed_on=today,
        proposed_by=proposed_by,
        notice_by=end_civil(fact_on, legal.on(NOTICE_RULE, fact_on).whole),
    )


def communicate(suspension: Suspension, official_id: UUID, on: date, legal: Rules) -> Suspension:
    """Tell the driver, who hands in the licence within five days; not by who proposed it."""
    _must_lead_to(suspension, State.COMMUNICATED)
    if official_id == suspension.proposed_by:
        raise FourEyes
    _must_follow(on, suspension.fact_on)
    by = end_civil(on, legal.on(HAND_IN_RULE, on).whole)
    return replace(_moved(suspension, State.COMMUNICATED), communicated_on=on, hand_in_by=by)


def hand_in(suspension: Suspension, on: date) -> Suspension:
    """The licence was handed in."""
    _must_lead_to(suspension, State.LICENCE_HANDED_IN)
    _must_follow(on, suspension.communicated_on)
    return replace(_moved(suspension, State.LICENCE_HANDED_IN), handed_in_on=on)


def begin(suspension: Suspension, on: date) -> Suspension:
    """Let it run from the day after `on`; after a stay, for the days that were left."""
    _must_lead_to(suspension, State.RUNNING)
    _must_follow(on, suspension.handed_in_on)
    days = suspension.period.days if suspension.days_left is None else suspension.days_left
    begun = _moved(suspension, State.RUNNING)
    return replace(begun, begins_on=on + _DAY, ends_on=end_civil(on, days), days_left=None)


def why_not_reducible(
    suspension: Suspension, held_since: date | None, test_on: date, legal: Rules
) -> str | None:
    """What stands against the reduction by a third (art. 104, 106), as a code; none when nothing does."""
    excluded = {option.code for option in legal.on(EXCLUDED_RULE, suspension.fact_on).options}
    if suspension.period.increased and _INCREASED in excluded:
        return _INCREASED
    for ground in suspension.period.grounds:
        if ground.rule_part in excluded:
            return ground.rule_part
    years = legal.on(HELD_RULE, suspension.fact_on).whole
    if held_since is None or end_months(held_since, years * _MONTHS_A_YEAR) > suspension.fact_on:
        return "licence-held"
    begins_on = suspension.begins_on
    last_test = legal.on(TEST_RULE, suspension.fact_on).whole
    if begins_on is None or not begins_on <= test_on < begins_on + timedelta(days=last_test):
        return "test-too-late"
    return None


def reduce(suspension: Suspension, held_since: date | None, test_on: date, legal: Rules) -> Suspension:
    """Take a third off for who passed the test by the twentieth day. `NotReducible` says why not."""
    _must_lead_to(suspension, State.REDUCED)
    reason = why_not_reducible(suspension, held_since, test_on, legal)
    if reason is not None or suspension.ends_on is None:
        raise NotReducible(reason=reason or "-")
    off = suspension.period.days // legal.on(DIVISOR_RULE, suspension.fact_on).whole
    ends_on = suspension.ends_on - timedelta(days=off)
    return replace(_moved(suspension, State.REDUCED), reduced_by=off, ends_on=ends_on)


def stay(suspension: Suspension, on: date) -> Suspension:
    """A court stays it from a day on; the days that are left run later, or never."""
    _must_lead_to(suspension, State.STAYED_BY_COURT)
    _must_follow(on, suspension.begins_on or suspension.communicated_on)
    left = suspension.period.days
    if suspension.state in _IN_EFFECT and suspension.ends_on is not None:
        left = max(0, (suspension.ends_on - on).days + 1)
    return replace(_moved(suspension, State.STAYED_BY_COURT), days_left=left, ends_on=None)


def withdraw(suspension: Suspension) -> Suspension:
    """It was wrong, and nothing is left of it."""
    _must_lead_to(suspension, State.WITHDRAWN)
    return replace(_moved(suspension, State.WITHDRAWN), days_left=None)


def end(suspension: Suspension, today: date) -> Suspension:
    """Its last day has passed."""
    _must_lead_to(suspension, State.ENDED)
    if suspension.ends_on is None or today <= suspension.ends_on:
        raise SuspensionDateWrong
    return _moved(suspension, State.ENDED)


def _ended_before(day: date, suspensions: Iterable[Suspension]) -> list[date]:
    """The last days of those that were over on a day, whether or not the clock has ended them already."""
    return [
        each.ends_on
        for each in suspensions
        if each.ends_on is not None and each.ends_on < day and each.state in _RAN
    ]


def _moved(suspension: Suspension, state: State) -> Suspension:
    return replace(suspension, state=state, version=suspension.version + 1)


def _must_lead_to(suspension: Suspension, state: State) -> None:
    if state not in TRANSITIONS[suspension.state]:
        raise SuspensionStands(suspension.state, sorted(TRANSITIONS[suspension.state]))


def _must_follow(on: date, before: date | None) -> None:
    if before is not None and on < before:
        raise SuspensionDateWrong
