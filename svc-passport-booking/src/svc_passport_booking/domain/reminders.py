"""When the people of an appointment are reminded of it: some hours before, never in the quiet hours."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import Final, Self

from hub_core.clock import BUCHAREST, local_date
from hub_core.rules import Rules


class Reminder(StrEnum):
    """The reminders of an appointment; each is told once."""

    FIRST = "FIRST"
    SECOND = "SECOND"


_BEFORE_RULES: Final = {
    Reminder.FIRST: "booking.reminder-first",
    Reminder.SECOND: "booking.reminder-second",
}
_LEAD_RULE: Final = "booking.reminder-lead"
_QUIET_RULES: Final = ("notification.quiet-from", "notification.quiet-until")
RULES: Final = (*_BEFORE_RULES.values(), _LEAD_RULE, *_QUIET_RULES)
"""The numbers that reminders need."""


@dataclass(frozen=True, slots=True)
class Quiet:
    """The hours in which nobody is reminded, by the clock on the wall; none when both ends are the same.

    What would fall into them is told `lead` before they begin.
    """

    begins: time
    ends: time
    lead: timedelta

    def holds(self, instant: datetime) -> bool:
        """Whether it is quiet then; an hour that comes twice is quiet both times."""
        wall = instant.astimezone(BUCHAREST).time()
        if self.begins <= self.ends:
            return self.begins <= wall < self.ends
        return wall >= self.begins or wall < self.ends

    def before(self, instant: datetime) -> datetime:
        """When to tell what falls into the quiet hours at this instant."""
        local = instant.astimezone(BUCHAREST)
        evening = local.date() if local.time() >= self.begins else local.date() - timedelta(days=1)
        return datetime.combine(evening, self.begins, BUCHAREST).astimezone(UTC) - self.lead


@dataclass(frozen=True, slots=True)
class Times:
    """How long before an appointment each reminder is due, and the quiet hours."""

    before: dict[Reminder, timedelta]
    quiet: Quiet

    @classmethod
    def of(cls, legal: Rules, now: datetime) -> Self:
        """By the rule tables of today."""
        today = local_date(now)
        begins, ends = (legal.on(code, today).whole for code in _QUIET_RULES)
        return cls(
            before={
                reminder: timedelta(hours=legal.on(code, today).whole)
                for reminder, code in _BEFORE_RULES.items()
            },
            quiet=Quiet(_wall(begins), _wall(ends), timedelta(minutes=legal.on(_LEAD_RULE, today).whole)),
        )

    def due_at(self, reminder: Reminder, starts_at: datetime) -> datetime:
        """When a reminder is due: so many hours of true time before, or before the quiet hours."""
        due = starts_at - self.before[reminder]
        return self.quiet.before(due) if self.quiet.holds(due) else due


def _wall(minute_of_day: int) -> time:
    return time(*divmod(minute_of_day, 60))
