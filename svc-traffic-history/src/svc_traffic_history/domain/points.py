"""Penalty points (OUG 195/2002 art. 103): a balance at any date, as a function of the entries alone.

Points expire one by one, six months after the day of finding, and count through the end of the last day
where the rule says so. A complaint in court against any proces-verbal of those that make up the sum from
which the right to drive is suspended stops the expiry of all points of that sum, from its registration
until the decision is final; then the days that were left run on. A suspension for points annuls them.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from hub_core.rules import Rules
from hub_terms.terms import end_months

from .entries import Entry, Kind, Outcome, in_force

EXPIRE_RULE: Final = "traffic.points-expire"
LAST_DAY_RULE: Final = "traffic.points-last-day"
LIMIT_RULE: Final = "traffic.points-limit"
RULES: Final = (EXPIRE_RULE, LAST_DAY_RULE, LIMIT_RULE)
"""The rules that the functions here read."""
_DAY: Final = timedelta(days=1)


class PointState(StrEnum):
    """What has become of points."""

    ACTIVE = "ACTIVE"
    EXPIRED = "EXPIRED"
    SUSPENDED_EXPIRY = "SUSPENDED_EXPIRY"
    """They count, and do not expire while a court has a complaint."""
    ANNULLED = "ANNULLED"
    CANCELLED_BY_COURT = "CANCELLED_BY_COURT"


COUNTING: Final = frozenset({PointState.ACTIVE, PointState.SUSPENDED_EXPIRY})


@dataclass(frozen=True, slots=True)
class Standstill:
    """Days on which points did not expire, because of the complaint against one proces-verbal.

    `until` is the day from which they expire again, none while the court has not decided.
    """

    since: date
    until: date | None
    proces_verbal_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The points of one offence on a day.

    `first_last_day` is the last day on which they would count had nothing stopped their expiry;
    `last_day` is the one on which they do, none while it stands still. `ended_on` is the first day on
    which they no longer count, for whatever reason, where that has come.
    """

    entry_id: UUID
    proces_verbal_id: UUID | None
    offence: str | None
    found_on: date
    points: int
    state: PointState
    first_last_day: date
    last_day: date | None
    standstills: Sequence[Standstill]
    ended_on: date | None

    @property
    def counts(self) -> bool:
        """Whether the points are in the balance."""
        return self.state in COUNTING


@dataclass(frozen=True, slots=True)
class Balance:
    """The points on a day: each group, the sum of those that count, and from which sum on suspends."""

    on: date
    groups: Sequence[Group]
    limit: int

    @property
    def points(self) -> int:
        """The sum of what counts."""
        return sum(group.points for group in self.groups if group.counts)

    @property
    def distance(self) -> int:
        """With how many points more the right to drive is suspended; 0 where it is already."""
        return max(0, self.limit - self.points)


@dataclass(frozen=True, slots=True)
class Change:
    """The balance from a day on, if nothing else is found."""

    on: date
    points: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """What becomes of a balance without a further offence.

    `none_left_on` is the first day without points: none where there are none, or where no day can be
    told because expiry `stands_still`.
    """

    changes: Sequence[Change]
    none_left_on: date | None
    stands_still: bool


@dataclass(frozen=True, slots=True)
class Reached:
    """The first day since the last suspension on which the sum reached the limit, and what made it up."""

    on: date
    points: int
    groups: Sequence[Group]


def balance(entries: Collection[Entry], on: date, legal: Rules) -> Balance:
    """The points on a day, from what had happened by then; `NoRule`."""
    return _History(entries, on, legal).balance(on)


def reached(entries: Collection[Entry], on: date, legal: Rules) -> Reached | None:
    """Whether, by this day, the sum has reached the limit since points were last annulled.

    Points that a court has cancelled by then are no part of it; those that have expired since are.
    """
    history = _History(entries, on, legal)
    fallen = {
        group.entry_id for group in history.balance(on).groups if group.state is PointState.CANCELLED_BY_COURT
    }
    for day in sorted({group.found_on for group in history.groups if group.found_on > history.annulled_on}):
        then = history.balance(day)
        counting = [group for group in then.groups if group.counts and group.entry_id not in fallen]
        points = sum(group.points for group in counting)
        if points >= then.limit:
            return Reached(day, points, counting)
    return None


def forecast(current: Balance) -> Forecast:
    """How the balance falls if no further offence is found."""
    counting = [group for group in current.groups if group.counts]
    falls: dict[date, int] = {}
    for group in counting:
        if group.last_day is not None:
            day = group.last_day + _DAY
            falls[day] = falls.get(day, 0) + group.points
    left, changes = current.points, []
    for day in sorted(falls):
        left -= falls[day]
        changes.append(Change(day, left))
    stands_still = any(group.last_day is None for group in counting)
    none_left = changes[-1].on if changes and not left else None
    return Forecast(changes, none_left, stands_still)


@dataclass(frozen=True, slots=True)
class _Complaint:
    proces_verbal_id: UUID
    registered_on: date
    final_on: date | None
    outcome: Outcome | None

    def is_open(self, day: date) -> bool:
        return self.registered_on <= day and (self.final_on is None or day < self.final_on)

    def stops(self, found_on: date, on: date) -> bool:
        """Whether, as known on a day, it stops points on a day on which their term runs."""
        return self.registered_on <= on and (self.final_on is None or found_on + _DAY < self.final_on)

    def standstill(self, found_on: date, on: date) -> Standstill:
        """The days on which it stops them; the day of finding is not counted anyway."""
        until = self.final_on if self.final_on is not None and self.final_on <= on else None
        return Standstill(max(self.registered_on, found_on + _DAY), until, self.proces_verbal_id)


@dataclass(slots=True)
class _Found:
    """The points of one offence, while it is found out what stops their expiry."""

    entry: Entry
    first_last_day: date
    complaints: set[UUID]

    @property
    def found_on(self) -> date:
        return self.entry.on


class _History:
    """Everything that had happened by a day, with which complaint stopped the expiry of which points."""

    def __init__(self, entries: Collection[Entry], until: date, legal: Rules) -> None:
        known = [entry for entry in in_force(entries) if entry.on <= until]
        self._legal = legal
        self._complaints = _complaints(known)
        self._annulled = [entry.on for entry in known if entry.kind is Kind.SUSPENSION_BEGAN]
        self.groups = [
            _Found(entry, _first_last_day(entry.on, legal), set())
            for entry in known
            if entry.kind is Kind.FOUND and entry.points
        ]
        self._find_standstills(until)

    @property
    def annulled_on(self) -> date:
        """When points were last annulled."""
        return max(self._annulled, default=date.min)

    def balance(self, on: date) -> Balance:
        """The balance on a day that the history reaches to."""
        shown = [self._shown(found, on) for found in self.groups if found.found_on <= on]
        return Balance(on, shown, self._limit(on))

    def _limit(self, day: date) -> int:
        return self._legal.on(LIMIT_RULE, day).whole

    def _find_standstills(self, until: date) -> None:
        """Go through the days on which a sum can arise or a complaint can come, the earliest first."""
        if not self._complaints:
            return
        days = {found.found_on for found in self.groups}
        days |= {complaint.registered_on for complaint in self._complaints.values()}
        for day in sorted(day for day in days if day <= until):
            counting = [found for found in self.groups if self._counts(found, day)]
            if sum(found.entry.points for found in counting) < self._limit(day):
                continue
            stopping = {
                found.entry.proces_verbal_id
                for found in counting
                if self._is_contested(found.entry.proces_verbal_id, day)
            }
            for found in counting:
                found.complaints |= {each for each in stopping if each is not None}

    def _is_contested(self, proces_verbal_id: UUID | None, day: date) -> bool:
        complaint = self._complaints.get(proces_verbal_id) if proces_verbal_id else None
        return complaint is not None and complaint.is_open(day)

    def _counts(self, found: _Found, day: date) -> bool:
        return found.found_on <= day and self._shown(found, day).counts

    def _shown(self, found: _Found, on: date) -> Group:
        stops = [self._complaints[each] for each in found.complaints]
        standstills = sorted(
            (stop.standstill(found.found_on, on) for stop in stops if stop.stops(found.found_on, on)),
            key=lambda each: (each.since, each.proces_verbal_id),
        )
        last_day = _moved(found.first_last_day, standstills)
        state, ended_on = self._state(found, last_day, on)
        return Group(
            entry_id=found.entry.id,
            proces_verbal_id=found.entry.proces_verbal_id,
            offence=found.entry.offence,
            found_on=found.found_on,
            points=found.entry.points,
            state=state,
            first_last_day=found.first_last_day,
            last_day=last_day,
            standstills=tuple(standstills),
            ended_on=ended_on,
        )

    def _state(self, found: _Found, last_day: date | None, on: date) -> tuple[PointState, date | None]:
        """What ended the points first, if something has."""
        ends: list[tuple[date, PointState]] = []
        if last_day is not None:
            ends.append((last_day + _DAY, PointState.EXPIRED))
        ends += [(day, PointState.ANNULLED) for day in self._annulled if day >= found.found_on]
        complaint = (
            self._complaints.get(found.entry.proces_verbal_id) if found.entry.proces_verbal_id else None
        )
        if complaint and complaint.final_on and complaint.outcome is Outcome.ADMITTED:
            ends.append((complaint.final_on, PointState.CANCELLED_BY_COURT))
        passed = [end for end in ends if end[0] <= on]
        if passed:
            day, state = min(passed)
            return state, day
        return (PointState.ACTIVE if last_day is not None else PointState.SUSPENDED_EXPIRY), None


def _first_last_day(found_on: date, legal: Rules) -> date:
    ends_on = end_months(found_on, legal.on(EXPIRE_RULE, found_on).whole)
    return ends_on if legal.on(LAST_DAY_RULE, found_on).whole else ends_on - _DAY


def _moved(last_day: date, standstills: Iterable[Standstill]) -> date | None:
    """The last day, later by the days of the standstills; none while one lasts. They are in order."""
    covered = date.min
    for still in standstills:
        if still.since > last_day:
            break
        if still.until is None:
            return None
        begins = max(still.since, covered)
        if still.until > begins:
            last_day += still.until - begins
            covered = still.until
    return last_day


def _complaints(known: Iterable[Entry]) -> Mapping[UUID, _Complaint]:
    """The complaint against each proces-verbal that has one; the first decision after it counts."""
    registered: dict[UUID, date] = {}
    decided: dict[UUID, Entry] = {}
    for entry in known:  # by legal date
        key = entry.proces_verbal_id
        if key is None:
            continue
        if entry.kind is Kind.CONTESTED:
            registered.setdefault(key, entry.on)
        elif entry.kind is Kind.COURT_DECIDED:
            decided.setdefault(key, entry)
    return {
        key: _Complaint(
            key,
            since,
            decided[key].on if key in decided else None,
            decided[key].outcome if key in decided else None,
        )
        for key, since in registered.items()
    }
