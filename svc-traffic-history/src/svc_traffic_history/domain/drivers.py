"""Drivers: who they are, and which licence they hold."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Licence:
    """A Romanian driving licence; `held_since` is the day on which the first one was obtained."""

    number: str
    categories: Sequence[str]
    held_since: date
    valid_to: date


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Driver:
    """Somebody whose record is held; `licence` is none for who has no Romanian one.

    `person_id` is none for who has not asked yet. `asked_at` says when the police register was last asked.
    """

    id: UUID
    cnp: str
    family_name: str
    given_name: str
    licence: Licence | None
    person_id: UUID | None = None
    asked_at: datetime | None = None
    version: int = 1
