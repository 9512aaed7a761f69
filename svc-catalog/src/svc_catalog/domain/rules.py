"""The tables of legal numbers, and how one changes: two people, a reason, a law, and no day left out.

A new row takes over from a day until the row it interrupts would have ended; a correction puts another
row in the place of one that was wrong from its beginning. Neither may leave a day with no row or two.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final
from uuid import UUID

from hub_core.decisions import FourEyes
from hub_core.rules import Counting, Option, Rule, Rules, Unit

from ..errors.rules import (
    RuleChangeDecided,
    RuleChangeOutdated,
    RuleDaysWrong,
    RuleKindWrong,
    RuleNotInForce,
)
from .text import Texts

_DAY: Final = timedelta(days=1)


class RuleField(StrEnum):
    """The field that a number belongs to; a file of the reference data each."""

    ALERTS = "ALERTS"
    BOOKINGS = "BOOKINGS"
    CASES = "CASES"
    CATALOG = "CATALOG"
    CONTESTS = "CONTESTS"
    CRIMINAL_RECORD = "CRIMINAL_RECORD"
    DATA_PROTECTION = "DATA_PROTECTION"
    DRIVING_LICENCES = "DRIVING_LICENCES"
    IDENTITY = "IDENTITY"
    NOTIFICATIONS = "NOTIFICATIONS"
    PASSPORTS = "PASSPORTS"
    PETITIONS = "PETITIONS"
    PUBLIC_INFORMATION = "PUBLIC_INFORMATION"
    TRAFFIC = "TRAFFIC"
    URBANISM = "URBANISM"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTable:
    """All rows of one code, the earliest first, and what people call the number.

    `unit` and `counting` are the same in every row. `edited` says that officials have changed it: then
    the files of the reference data no longer do.
    """

    code: str
    field: RuleField
    title: Texts
    unit: Unit
    counting: Counting | None
    rows: tuple[Rule, ...]
    version: int = 1
    edited: bool = False

    def __post_init__(self) -> None:
        if not self.rows:
            raise ValueError(f"{self.code}: a table has a row")
        if any(
            (row.code, row.unit, row.counting) != (self.code, self.unit, self.counting) for row in self.rows
        ):
            raise ValueError(f"{self.code}: a row of another number")
        if Rules(self.rows).holes(self.code):
            raise ValueError(f"{self.code}: a day without a row")

    def find(self, day: date) -> Rule | None:
        """The row that holds on a day; none before the first and after the last."""
        return next((row for row in self.rows if row.holds_on(day)), None)

    def after(self, day: date) -> Rule | None:
        """The first row that begins after a day."""
        return Rules(self.rows).after(self.code, day)


def must_hold(numbers: Rules, codes: Iterable[str], day: date) -> None:
    """Raise `RuleNotInForce` for the first of the codes that has no row on a day."""
    for code in sorted(codes):
        if not any(row.holds_on(day) for row in numbers.table(code)):
            raise RuleNotInForce(code=code, day=day.isoformat())


class RuleChangeKind(StrEnum):
    """What a change does: it begins a new row, or corrects one that was wrong from its beginning."""

    NEW_ROW = "NEW_ROW"
    CORRECTION = "CORRECTION"
    LOADED = "LOADED"
    """A release brought it with the reference data."""


class RuleChangeState(StrEnum):
    """Where a change stands; only one that is proposed can be decided."""

    PROPOSED = "PROPOSED"
    PUBLISHED = "PUBLISHED"
    REJECTED = "REJECTED"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleChange:
    """One change of a table, proposed by one person and decided by another.

    `row` is the one that is new, none for what was loaded; `base` is the version it was proposed on and
    `version` the one it made.
    """

    id: UUID
    code: str
    kind: RuleChangeKind
    state: RuleChangeState
    row: Rule | None
    reason: str
    base: int
    proposed_at: datetime
    proposed_by: UUID | None = None
    version: int | None = None
    decided_at: datetime | None = None
    decided_by: UUID | None = None
    decision: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A value as somebody proposes it; without `valid_to`, the last day of the value before stays."""

    value: Decimal
    valid_from: date
    valid_to: date | None
    legal_basis: str
    verified: bool
    options: tuple[Option, ...]


def proposed(table: RuleTable, wanted: Wanted) -> Rule:
    """The row of a table; raises `RuleDaysWrong`, and `RuleKindWrong` for options out of place."""
    if wanted.valid_to is not None and wanted.valid_to < wanted.valid_from:
        raise RuleDaysWrong
    try:
        return Rule(
            code=table.code,
            value=wanted.value,
            unit=table.unit,
            valid_from=wanted.valid_from,
            valid_to=wanted.valid_to,
            legal_basis=wanted.legal_basis,
            verified=wanted.verified,
            counting=table.counting,
            options=wanted.options,
        )
    except ValueError as error:
        raise RuleKindWrong(unit=table.unit) from error


def changed(table: RuleTable, kind: RuleChangeKind, row: Rule) -> RuleTable:
    """The next version of a table; raises `RuleDaysWrong`."""
    rows = _corrected(table, row) if kind is RuleChangeKind.CORRECTION else _continued(table, row)
    try:
        return replace(table, rows=rows, version=table.version + 1, edited=True)
    except ValueError as error:
        raise RuleDaysWrong from error


def _continued(table: RuleTable, row: Rule) -> tuple[Rule, ...]:
    """The rows with a new one, before whose first day the row it interrupts ends."""
    if any(other.valid_from == row.valid_from for other in table.rows):
        raise RuleDaysWrong
    interrupted = next((other for other in table.rows if other.holds_on(row.valid_from)), None)
    if interrupted is None:
        return _ordered([*table.rows, row])
    kept = [other for other in table.rows if other is not interrupted]
    shortened = replace(interrupted, valid_to=row.valid_from - _DAY)
    until = interrupted.valid_to if row.valid_to is None else row.valid_to
    return _ordered([*kept, shortened, replace(row, valid_to=until)])


def _corrected(table: RuleTable, row: Rule) -> tuple[Rule, ...]:
    """The rows with another in the place of the one that begins on the same day, for the same days."""
    wrong = next((other for other in table.rows if other.valid_from == row.valid_from), None)
    if wrong is None:
        raise RuleDaysWrong
    until = wrong.valid_to if row.valid_to is None else row.valid_to
    kept = [other for other in table.rows if other is not wrong]
    return _ordered([*kept, replace(row, valid_to=until)])


def _ordered(rows: Iterable[Rule]) -> tuple[Rule, ...]:
    return tuple(sorted(rows, key=lambda row: row.valid_from))


def publish(
    change: RuleChange, table: RuleTable, decision: str, by: UUID, now: datetime
) -> tuple[RuleChange, RuleTable]:
    """The change as it is published by somebody else than who proposed it, and the table it makes.

    Raises `RuleChangeDecided`, `FourEyes`, `RuleChangeOutdated` when the table was changed since.
    """
    _must_be_open(change)
    if change.proposed_by == by:
        raise FourEyes
    if change.base != table.version or change.row is None:
        raise RuleChangeOutdated
    made = changed(table, change.kind, change.row)
    published = replace(
        change,
        state=RuleChangeState.PUBLISHED,
        version=made.version,
        decided_at=now,
        decided_by=by,
        decision=decision,
    )
    return published, made


def reject(change: RuleChange, decision: str, by: UUID, now: datetime) -> RuleChange:
    """The change as it is rejected, or taken back by who proposed it; raises `RuleChangeDecided`."""
    _must_be_open(change)
    return replace(change, state=RuleChangeState.REJECTED, decided_at=now, decided_by=by, decision=decision)


def loaded(wanted: Iterable[RuleTable], known: Iterable[RuleTable]) -> list[RuleTable]:
    """What to store so that the known tables become those of the files.

    A table that officials have changed keeps its rows, whatever the files say.
    """
    current = {table.code: table for table in known}
    return [made for table in wanted if (made := _reloaded(table, current.get(table.code))) is not None]


def _reloaded(wanted: RuleTable, current: RuleTable | None) -> RuleTable | None:
    if current is None:
        return wanted
    if current.edited:
        wanted = replace(wanted, unit=current.unit, counting=current.counting, rows=current.rows, edited=True)
    made = replace(wanted, version=current.version)
    return None if made == current else replace(made, version=current.version + 1)


def _must_be_open(change: RuleChange) -> None:
    if change.state is not RuleChangeState.PROPOSED:
        raise RuleChangeDecided(state=change.state)
