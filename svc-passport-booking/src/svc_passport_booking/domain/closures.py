"""An office that closes unforeseen, and where those who had booked go instead."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from hub_core.clock import BUCHAREST, local_date
from hub_core.rules import Rules

from ..errors.slots import SlotTaken
from .appointments import Appointment
from .slots import Slot, spread
from .states import Channel, State

PRIORITY_RULE: Final = "booking.priority-offer"
HOLD_RULE: Final = "booking.hold"
WINDOW_RULE: Final = "booking.window"


class ClosureReason(StrEnum):
    """Why an office closes."""

    FIRE = "FIRE"
    FLOOD = "FLOOD"
    POWER = "POWER"
    NETWORK = "NETWORK"
    SECURITY = "SECURITY"
    STAFF = "STAFF"
    OTHER = "OTHER"


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeClosure:
    """A period in which nobody is received at an office; `reopened_at` is when it ended early."""

    id: UUID
    office_id: UUID
    starts_at: datetime
    ends_at: datetime
    reason: ClosureReason
    note: str | None
    closed_by: UUID
    closed_at: datetime
    reopened_at: datetime | None = None

    def is_over(self, now: datetime) -> bool:
        """Whether it closes nothing any more."""
        return self.reopened_at is not None or self.ends_at <= now


class DayOff(StrEnum):
    """Why nobody is received on a whole day, besides closures."""

    BRIDGE_DAY = "BRIDGE_DAY"
    CLOSED_DAY = "CLOSED_DAY"


def offer_until(taken: Appointment, legal: Rules, now: datetime) -> datetime:
    """Until when somebody may take up the place that an office gives instead.

    Whose appointment stood has a long term; who had not confirmed it has that of any hold.
    """
    rule = PRIORITY_RULE if taken.state is State.CONFIRMED or taken.has_priority else HOLD_RULE
    minutes = legal.on(rule, local_date(now)).whole
    return now + timedelta(minutes=minutes)


def nearest(vacant: Sequence[Slot], taken: Appointment, now: datetime) -> Sequence[Slot]:
    """The slots nearest to an appointment in which all its persons have a place; empty where there are none.

    `vacant` may be of several pools. The nearest day counts first, of two as near the later; then the
    same office, then the hour.
    """
    before = taken.starts_at.astimezone(BUCHAREST)

    def distance(row: Sequence[Slot]) -> tuple[int, bool, bool, timedelta]:
        start = row[0].starts_at.astimezone(BUCHAREST)
        days = (start.date() - before.date()).days
        at_that_hour = datetime.combine(start.date(), before.time(), BUCHAREST)
        return abs(days), days < 0, row[0].office_id != taken.office_id, abs(start - at_that_hour)

    for row in sorted(_rows(vacant, taken.size), key=distance):
        try:
            places = spread(row, taken.size, now)
        except SlotTaken:
            continue
        return [slot for slot in row if slot.id in places]
    return []


def instead(
    taken: Appointment, row: Sequence[Slot], appointment_id: UUID, code: str, until: datetime, now: datetime
) -> Appointment:
    """The appointment at these slots, in order of time, that the office gives for one it took away."""
    return replace(
        taken,
        id=appointment_id,
        code=code,
        office_id=row[0].office_id,
        pool_id=row[0].pool_id,
        state=State.HELD,
        channel=Channel.OFFICE,
        starts_at=row[0].starts_at,
        ends_at=row[-1].ends_at,
        created_at=now,
        held_until=until,
        confirmed_at=None,
        ended_at=None,
        end_reason=None,
        replaces_id=taken.id,
        has_priority=True,
        desk=None,
        version=1,
    )


def _rows(vacant: Iterable[Slot], size: int) -> Iterator[Sequence[Slot]]:
    """From each slot on, those of its pool that follow it without a gap, `size` at most."""
    row: list[Slot] = []
    for slot in sorted(vacant, key=lambda each: (each.pool_id, each.starts_at)):
        if row and (slot.pool_id, slot.starts_at) != (row[-1].pool_id, row[-1].ends_at):
            yield from (row[number : number + size] for number in range(len(row)))
            row = []
        row.append(slot)
    yield from (row[number : number + size] for number in range(len(row)))
