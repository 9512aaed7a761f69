"""From the hours of counters to slots, without touching what is booked.

Hours are local (Europe/Bucharest), slots are instants. An hour that the change to summer time leaves out
has no slots; of the hour that comes twice only the first has them.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise

from hub_core.clock import BUCHAREST, local_date
from hub_terms import calendar


@dataclass(frozen=True, slots=True)
class Hours:
    """A stretch of a day on which `counters` are open, in slots of `slot_minutes`; local time."""

    opens: time
    closes: time
    slot_minutes: int
    counters: int


@dataclass(frozen=True, slots=True)
class Weekly:
    """Hours of a weekday (ISO 8601, 1 is Monday), from a day on until a last day."""

    weekday: int
    hours: Hours
    valid_from: date
    valid_to: date | None = None

    def holds_on(self, day: date) -> bool:
        """Whether these are hours of a day."""
        return (
            day.isoweekday() == self.weekday
            and self.valid_from <= day
            and (self.valid_to is None or day <= self.valid_to)
        )


@dataclass(frozen=True, slots=True)
class DayException:
    """What holds on one day instead of the week's hours; no `hours`: nobody is received."""

    day: date
    hours: tuple[Hours, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class BridgeDay:
    """A day off that the government grants besides the legal holidays, by the decision it cites."""

    day: date
    legal_basis: str
    declared_at: datetime


@dataclass(frozen=True, slots=True)
class Closure:
    """A period in which an office is closed by an incident."""

    starts_at: datetime
    ends_at: datetime

    def covers(self, instant: datetime) -> bool:
        """Whether who should come at an instant is not received."""
        return self.starts_at <= instant < self.ends_at


@dataclass(frozen=True, slots=True)
class PlannedSlot:
    """A slot as the hours give it; `starts_at` in UTC."""

    starts_at: datetime
    minutes: int
    counters: int


@dataclass(frozen=True, slots=True)
class ExistingSlot:
    """A slot that is there: what is planned and what is taken."""

    id: int
    starts_at: datetime
    minutes: int
    planned: int
    taken: int
    closed: bool

    def overlaps(self, other: PlannedSlot) -> bool:
        """Whether somebody who comes in one is still there in the other."""
        return self.starts_at < other.starts_at + timedelta(
            minutes=other.minutes
        ) and other.starts_at < self.starts_at + timedelta(minutes=self.minutes)


@dataclass(frozen=True, slots=True)
class Timetable:
    """Everything that says when a pool of counters is open."""

    weekly: tuple[Weekly, ...] = ()
    exceptions: tuple[DayException, ...] = ()
    closures: tuple[Closure, ...] = ()

    def exception(self, day: date) -> DayException | None:
        """What holds on a day instead of the week's hours, if anything does."""
        return next((each for each in self.exceptions if each.day == day), None)

    def hours_of(self, day: date, calendar_of: "Calendar") -> tuple[Hours, ...] | None:
        """The hours of a day; none on which nobody is received. An exception with hours opens a holiday."""
        exception = self.exception(day)
        if exception is not None:
            return exception.hours or None
        if calendar_of.is_off(day):
            return None
        return tuple(each.hours for each in self.weekly if each.holds_on(day))

    def is_interrupted(self, instant: datetime) -> bool:
        """Whether an incident closes the office at an instant."""
        return any(closure.covers(instant) for closure in self.closures)


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days off of all offices: the legal holidays by day, and what the government grants besides."""

    holidays: Mapping[date, Collection[str]]
    granted: Collection[date] = ()

    @property
    def days(self) -> Collection[date]:
        """The days that it says something about, in order."""
        return self.holidays.keys()

    def is_off(self, day: date) -> bool:
        """Whether offices do not work on a day of theirs."""
        return day in self.granted or calendar.is_holiday(day, self.holidays[day])


@dataclass(frozen=True, slots=True)
class Changed:
    """What becomes of a slot that is there."""

    id: int
    minutes: int
    planned: int
    closed: bool


@dataclass(frozen=True, slots=True)
class Replanned:
    """What planning anew does with the slots of a pool: `new` ones by whether they are closed."""

    new: tuple[tuple[PlannedSlot, bool], ...]
    changed: tuple[Changed, ...]


@lru_cache(maxsize=4096)
def slots_of(day: date, hours: tuple[Hours, ...]) -> tuple[PlannedSlot, ...]:
    """The slots of a day; a rest too short for a slot has none."""
    return tuple(
        PlannedSlot(instant, each.slot_minutes, each.counters)
        for each in hours
        for local in _starts(day, each)
        if (instant := _instant(local)) is not None
    )


def overlapping(hours: Iterable[Hours]) -> bool:
    """Whether two stretches of a day overlap: a pool has one number of counters at a time."""
    ordered = sorted(hours, key=lambda each: each.opens)
    return any(after.opens < before.closes for before, after in pairwise(ordered))


def replan(existing: Sequence[ExistingSlot], timetable: Timetable, days: Calendar) -> Replanned:
    """What makes the slots of some days those of the timetable, where `existing` are what is there.

    What is booked stays: a slot that the hours no longer have keeps its places and has no free ones, and
    those who come in it take counters from the slots that now overlap it. On a day on which nobody is
    received every slot is closed.
    """
    wanted: dict[datetime, PlannedSlot] = {}
    off: set[date] = set()
    for day in days.days:
        hours = timetable.hours_of(day, days)
        if hours is None:
            off.add(day)
        else:
            wanted.update((slot.starts_at, slot) for slot in slots_of(day, hours))
    in_the_way = _in_the_way(existing, wanted)
    planned = {start: _less(slot, in_the_way) for start, slot in wanted.items()}
    known = {each.starts_at for each in existing}
    changes = (
        _change(
            each, planned.get(each.starts_at), is_off=local_date(each.starts_at) in off, timetable=timetable
        )
        for each in existing
    )
    return Replanned(
        new=tuple(
            (slot, timetable.is_interrupted(start))
            for start, slot in sorted(planned.items())
            if start not in known
        ),
        changed=tuple(change for change in changes if change is not None),
    )


def _in_the_way(
    existing: Iterable[ExistingSlot], wanted: Mapping[datetime, PlannedSlot]
) -> Mapping[date, Sequence[ExistingSlot]]:
    """The booked slots that the hours no longer have, or not as long, by local day."""
    found: dict[date, list[ExistingSlot]] = {}
    for each in existing:
        kept = wanted.get(each.starts_at)
        if each.taken and (kept is None or kept.minutes < each.minutes):
            found.setdefault(local_date(each.starts_at), []).append(each)
    return found


def _less(slot: PlannedSlot, in_the_way: Mapping[date, Sequence[ExistingSlot]]) -> PlannedSlot:
    """The slot without the counters at which others are still received."""
    busy = sum(
        each.taken
        for each in in_the_way.get(local_date(slot.starts_at), ())
        if each.starts_at != slot.starts_at and each.overlaps(slot)
    )
    return replace(slot, counters=max(0, slot.counters - busy)) if busy else slot


def _change(
    slot: ExistingSlot, planned: PlannedSlot | None, *, is_off: bool, timetable: Timetable
) -> Changed | None:
    # Who has booked a slot was told how long it is; an empty one takes the new length.
    changed = Changed(
        id=slot.id,
        minutes=planned.minutes if planned and not slot.taken else slot.minutes,
        planned=planned.counters if planned else 0,
        closed=is_off or timetable.is_interrupted(slot.starts_at),
    )
    is_same = (changed.minutes, changed.planned, changed.closed) == (slot.minutes, slot.planned, slot.closed)
    return None if is_same else changed


def _starts(day: date, hours: Hours) -> list[datetime]:
    begin, end = datetime.combine(day, hours.opens), datetime.combine(day, hours.closes)
    length = timedelta(minutes=hours.slot_minutes)
    return [begin + length * number for number in range((end - begin) // length)]


def _instant(local: datetime) -> datetime | None:
    """The first instant with this local time; none when no clock shows it."""
    instant = local.replace(tzinfo=BUCHAREST).astimezone(UTC)
    return instant if instant.astimezone(BUCHAREST).replace(tzinfo=None) == local else None
