"""Openings: when new days can be booked, and in which order a draw asks. Anybody can check both.

A seed is chosen when an opening is announced, and its SHA-256 is published with it. The random minute,
or the order of the draw, follows from the seed alone, which is published afterwards: nobody could
choose it to suit them.
"""

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from hub_core.clock import BUCHAREST, local_date
from hub_core.rules import Rules

from ..errors.openings import DaysNotOpenable, OpeningTooSoon

WINDOW_RULE: Final = "booking.window"
NOTICE_RULE: Final = "booking.opening-notice"
RULES: Final = (WINDOW_RULE, NOTICE_RULE)
SEED_BYTES: Final = 32
_A_MINUTE: Final = timedelta(minutes=1)
_MINUTE: Final = b"minute"


class Kind(StrEnum):
    """How new days are opened."""

    RANDOM_MINUTE = "RANDOM_MINUTE"
    DRAW = "DRAW"


class State(StrEnum):
    """Where an opening stands."""

    ANNOUNCED = "ANNOUNCED"
    DRAWN = "DRAWN"
    OPEN = "OPEN"


@dataclass(frozen=True, slots=True, repr=False)
class Opening:
    """New days of a pool of counters, and the window in which they are opened.

    `opens_at` is secret until it has come, and so is `seed`; `commitment` is public from the start. Who
    wants to take part in a DRAW joins within the window, and it is drawn at its end.
    """

    id: UUID
    office_id: UUID
    pool_id: UUID
    kind: Kind
    state: State
    days_from: date
    days_to: date
    window_from: datetime
    window_to: datetime
    opens_at: datetime
    seed: bytes
    commitment: bytes
    announced_at: datetime
    announced_by: UUID
    opened_at: datetime | None = None

    @property
    def begins(self) -> datetime:
        """The first instant of its days."""
        return midnight(self.days_from)

    @property
    def ends(self) -> datetime:
        """The instant after its days."""
        return midnight(self.days_to + timedelta(days=1))

    def is_revealed(self, now: datetime) -> bool:
        """Whether the seed can be told: the minute has come, or the draw has been made."""
        if self.kind is Kind.RANDOM_MINUTE:
            return self.opens_at <= now
        return self.state is not State.ANNOUNCED

    def takes_entries(self, now: datetime) -> bool:
        """Whether somebody can join its draw now."""
        return self.kind is Kind.DRAW and self.window_from <= now < self.window_to


@dataclass(frozen=True, slots=True)
class Plan:
    """What the head of an office announces."""

    pool_id: UUID
    kind: Kind
    days_from: date
    days_to: date
    window_from: datetime
    window_to: datetime


def announce(
    plan: Plan, office_id: UUID, opening_id: UUID, seed: bytes, legal: Rules, by: UUID, now: datetime
) -> Opening:
    """The opening of days that nobody can book yet; `DaysNotOpenable`, `OpeningTooSoon`.

    Its days come after the window for booking of now, and are within that of the opening: else people
    would lose what they see, or be refused at the minute they waited for.
    """
    today = local_date(now)
    days = timedelta(days=legal.on(WINDOW_RULE, today).whole)
    notice = timedelta(hours=legal.on(NOTICE_RULE, today).whole)
    if not today + days < plan.days_from <= plan.days_to <= local_date(plan.window_from) + days:
        raise DaysNotOpenable(
            first=today + days + timedelta(days=1), last=local_date(plan.window_from) + days
        )
    if plan.window_from < now + notice or plan.window_to < plan.window_from + _A_MINUTE:
        raise OpeningTooSoon(hours=legal.on(NOTICE_RULE, today).whole)
    is_draw = plan.kind is Kind.DRAW
    return Opening(
        id=opening_id,
        office_id=office_id,
        pool_id=plan.pool_id,
        kind=plan.kind,
        state=State.ANNOUNCED,
        days_from=plan.days_from,
        days_to=plan.days_to,
        window_from=plan.window_from,
        window_to=plan.window_to,
        opens_at=plan.window_to if is_draw else minute(seed, plan.window_from, plan.window_to),
        seed=seed,
        commitment=hashlib.sha256(seed).digest(),
        announced_at=now,
        announced_by=by,
    )


def minute(seed: bytes, window_from: datetime, window_to: datetime) -> datetime:
    """The minute of a window that a seed stands for: HMAC-SHA-256(seed, "minute") modulo its minutes."""
    chance = int.from_bytes(hmac.digest(seed, _MINUTE, hashlib.sha256))
    return window_from + chance % ((window_to - window_from) // _A_MINUTE) * _A_MINUTE


def order(seed: bytes, entries: Iterable[UUID]) -> list[UUID]:
    """The order in which a draw asks: by HMAC-SHA-256(seed, the entry's id as text)."""
    return sorted(entries, key=lambda entry: hmac.digest(seed, str(entry).encode(), hashlib.sha256))


def midnight(day: date) -> datetime:
    """The instant at which a local day begins."""
    return datetime.combine(day, time(), BUCHAREST)
