"""Entries of the ledger: facts that are only ever added. What was wrong is taken back by a counter-entry.

Nothing here looks at the order in which entries came: a set of entries says the same in every order.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID


class Kind(StrEnum):
    """What an entry says."""

    FOUND = "FOUND"
    """An offence was found; its points count from that day."""
    COMMUNICATED = "COMMUNICATED"
    """The proces-verbal was handed over or communicated; both terms run from that day."""
    PAID = "PAID"
    """Something was paid of the fine."""
    CONTESTED = "CONTESTED"
    """The complaint against the proces-verbal was registered at the court."""
    COURT_DECIDED = "COURT_DECIDED"
    """The decision of the court became final."""
    SUSPENSION_BEGAN = "SUSPENSION_BEGAN"
    """The right to drive is suspended for points, from this day: they are annulled (art. 103 (5))."""
    REVERSED = "REVERSED"
    """A counter-entry: what it names was wrong from its beginning."""


class Outcome(StrEnum):
    """How a court decided; only where the complaint is admitted do the points fall."""

    REJECTED = "REJECTED"
    ADMITTED_IN_PART = "ADMITTED_IN_PART"
    ADMITTED = "ADMITTED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A fact with its legal date `on`; what does not belong to its kind is none.

    `offence` is the code of what was found, `committed_on` its day, `points` its penalty points, `fine`
    and `half` in lei what was applied and what settles it in time. `amount` is what was paid. `reverses`
    is the entry that a counter-entry takes back.
    """

    id: UUID
    kind: Kind
    on: date
    proces_verbal_id: UUID | None = None
    offence: str | None = None
    committed_on: date | None = None
    points: int = 0
    fine: Decimal | None = None
    half: Decimal | None = None
    amount: Decimal | None = None
    outcome: Outcome | None = None
    reverses: UUID | None = None


def in_force(entries: Collection[Entry]) -> list[Entry]:
    """The entries without those taken back and without counter-entries, by legal date and id.

    A counter-entry may be taken back in its turn; then what it named holds again.
    """
    reversals: dict[UUID, list[Entry]] = {}
    for entry in entries:
        if entry.reverses is not None:
            reversals.setdefault(entry.reverses, []).append(entry)

    def holds(entry: Entry) -> bool:
        return not any(map(holds, reversals.get(entry.id, ())))

    return ordered(entry for entry in entries if entry.kind is not Kind.REVERSED and holds(entry))


def ordered(entries: Iterable[Entry]) -> list[Entry]:
    """By legal date, and on one day by id: the order of no arrival."""
    return sorted(entries, key=lambda entry: (entry.on, entry.id))
