"""Slots: an interval at the counters of a pool, and which of its places are still free."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from hub_core.clock import local_date
from hub_core.rules import Rules

from ..errors.slots import SlotTaken

RELEASE_RULES: Final = ("booking.release-shortest", "booking.release-longest")
"""The legal numbers that a release needs."""


class Origin(StrEnum):
    """Why places were given back."""

    HOLD = "HOLD"
    CANCELLATION = "CANCELLATION"
    MOVE = "MOVE"
    KEPT = "KEPT"


@dataclass(frozen=True, slots=True)
class Slot:
    """An interval of `minutes` from `starts_at` at the pool of an office.

    `planned` are the counters that are open, `taken` the places that nobody else can have. It can be
    booked from `opens_at` on, at any time when that is None.
    """

    id: int
    pool_id: UUID
    office_id: UUID
    starts_at: datetime
    minutes: int
    planned: int
    taken: int
    closed: bool
    opens_at: datetime | None

    @property
    def ends_at(self) -> datetime:
        """When the next one begins."""
        return self.starts_at + timedelta(minutes=self.minutes)

    def free(self, now: datetime) -> int:
        """How many places can be booked now."""
        is_open = not self.closed and (self.opens_at is None or self.opens_at <= now) and self.starts_at > now
        return max(0, self.planned - self.taken) if is_open else 0


def spread(slots: Sequence[Slot], size: int, now: datetime) -> dict[int, int]:
    """Places for `size` persons by slot, from the first slot on; `SlotTaken` unless there are enough.

    `slots` follow one another in time, without a gap. None of those used is passed over.
    """
    places: dict[int, int] = {}
    missing = size
    for slot in slots:
        used = min(missing, slot.free(now))
        if used == 0:
            break
        places[slot.id] = used
        missing -= used
        if missing == 0:
            return places
    raise SlotTaken


def release_at(chance: float, legal: Rules, now: datetime) -> datetime:
    """When places given back now can be booked again: nobody can watch for it. `chance` is from 0 to 1."""
    shortest, longest = (legal.on(rule, local_date(now)).whole for rule in RELEASE_RULES)
    return now + timedelta(minutes=shortest + chance * (longest - shortest))
