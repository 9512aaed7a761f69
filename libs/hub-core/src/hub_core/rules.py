"""Legal numbers: terms, fees, ages, points, by the days on which each value holds.

>>> from datetime import date
>>> old = Rule("fee", Decimal("202.50"), Unit.LEI, date(2025, 1, 1), date(2026, 6, 30), "OUG 195/2002")
>>> new = Rule("fee", Decimal("216.25"), Unit.LEI, date(2026, 7, 1), None, "OUG 195/2002")
>>> Rules([old, new]).on("fee", date(2026, 6, 30)).value
Decimal('202.50')
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from typing import Final

from .language import Language

CODE: Final = re.compile(r"[a-z0-9]+([.-][a-z0-9]+)*")
"""The form of a code: lower case, dots between the parts, hyphens inside one (`petition.answer`)."""


class Unit(StrEnum):
    """What a value counts."""

    SECONDS = "SECONDS"
    MINUTES = "MINUTES"
    HOURS = "HOURS"
    CALENDAR_DAYS = "CALENDAR_DAYS"
    WORKING_DAYS = "WORKING_DAYS"
    MONTHS = "MONTHS"
    YEARS = "YEARS"
    LEI = "LEI"
    PERCENT = "PERCENT"
    POINTS = "POINTS"
    TIMES = "TIMES"
    PERSONS = "PERSONS"
    CHARACTERS = "CHARACTERS"
    MEGABYTES = "MEGABYTES"
    METRES = "METRES"
    MINUTE_OF_DAY = "MINUTE_OF_DAY"
    """Minutes after midnight, local time."""
    NUMBER = "NUMBER"
    """A number of something else, an identifier or a factor; the title says of what."""
    CODES = "CODES"
    """A list of codes: the row has `options`, and its value is 0."""


TIME_UNITS: Final = frozenset(
    {
        Unit.SECONDS,
        Unit.MINUTES,
        Unit.HOURS,
        Unit.CALENDAR_DAYS,
        Unit.WORKING_DAYS,
        Unit.MONTHS,
        Unit.YEARS,
    }
)
"""The units in which a term may be given."""


class Counting(StrEnum):
    """How the end of a term is found from the day or the moment of the fact."""

    CIVIL = "CIVIL"
    """The first day is not counted, the last is, holiday or not (Civil Code art. 2552, 2553)."""
    CIVIL_MOVED = "CIVIL_MOVED"
    """The same; an end on a day without work moves to the next working day (Civil Code art. 2554)."""
    FREE_DAYS = "FREE_DAYS"
    """Neither the first day nor the last is counted, and the end moves as above (CPC art. 181)."""
    ELAPSED = "ELAPSED"
    """From moment to moment."""


@dataclass(frozen=True, slots=True)
class Option:
    """One code of a list, with its text for people by language."""

    code: str
    texts: Mapping[Language, str]


@dataclass(frozen=True, slots=True)
class Rule:
    """The value of one code on the days from `valid_from` to `valid_to`, which is the last (None: open).

    `legal_basis` is a short citation in Romanian, "design" first where no law gives the number;
    `verified` says whether somebody has read the number in the text of the law. `counting` is that of a
    term, `options` those of a list of codes. `ValueError` when the row contradicts itself.
    """

    code: str
    value: Decimal
    unit: Unit
    valid_from: date
    valid_to: date | None
    legal_basis: str
    verified: bool = False
    counting: Counting | None = None
    options: tuple[Option, ...] = ()

    def __post_init__(self) -> None:
        if not CODE.fullmatch(self.code):
            raise ValueError(f"{self.code!r} is not a code of a rule")
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise ValueError(f"{self.code}: the last day is before the first")
        if not self.value.is_finite() or self.value < 0:
            raise ValueError(f"{self.code}: the value is not a number from 0 up")
        if self.counting is not None and self.unit not in TIME_UNITS:
            raise ValueError(f"{self.code}: only a term is counted")
        if (self.unit is Unit.CODES) is not bool(self.options):
            raise ValueError(f"{self.code}: options stand in a list of codes, and only there")
        if len({option.code for option in self.options}) < len(self.options):
            raise ValueError(f"{self.code}: an option stands twice")

    @property
    def whole(self) -> int:
        """The value as a whole number; `ValueError` when it is not one."""
        number = int(self.value)
        if number != self.value:
            raise ValueError(f"{self.code}: {self.value} is not a whole number")
        return number

    def holds_on(self, day: date) -> bool:
        """Whether the row holds on a legal date."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class NoRule(LookupError):
    """No row of a code holds on a day: nothing may be computed from it."""

    def __init__(self, code: str, day: date) -> None:
        super().__init__(f"no rule {code} holds on {day}")
        self.code = code
        self.day = day


class Rules:
    """Rows of any number of codes; on each day at most one row of a code holds.

    `ValueError` when two rows of a code overlap. A hole between rows is allowed, and found by asking.
    """

    __slots__ = ("_tables",)

    def __init__(self, rows: Iterable[Rule] = ()) -> None:
        tables: dict[str, list[Rule]] = {}
        for row in rows:
            tables.setdefault(row.code, []).append(row)
        self._tables: Final = {code: _in_order(table) for code, table in tables.items()}

    def __iter__(self) -> Iterator[Rule]:
        """Every row, by code and day."""
        return (row for code in sorted(self._tables) for row in self._tables[code])

    def __len__(self) -> int:
        return sum(map(len, self._tables.values()))

    @property
    def codes(self) -> frozenset[str]:
        """The codes that have a row on any day."""
        return frozenset(self._tables)

    def table(self, code: str) -> tuple[Rule, ...]:
        """All rows of a code, the earliest first; none when the code is not known."""
        return self._tables.get(code, ())

    def on(self, code: str, day: date) -> Rule:
        """The row that holds on the legal date of the fact, which is seldom today; `NoRule` otherwise."""
        for row in self.table(code):
            if row.holds_on(day):
                return row
        raise NoRule(code, day)

    def after(self, code: str, day: date) -> Rule | None:
        """The first row that begins after a day: what is to come."""
        return next((row for row in self.table(code) if row.valid_from > day), None)

    def holes(self, code: str) -> tuple[tuple[date, date], ...]:
        """The days without a row between rows of a code, each as its first and last day."""
        table = self.table(code)
        return tuple(
            (row.valid_to + timedelta(days=1), following.valid_from - timedelta(days=1))
            for row, following in pairwise(table)
            if row.valid_to is not None and row.valid_to + timedelta(days=1) < following.valid_from
        )


def _in_order(table: Iterable[Rule]) -> tuple[Rule, ...]:
    rows = sorted(table, key=lambda row: row.valid_from)
    for row, following in pairwise(rows):
        if row.valid_to is None or row.valid_to >= following.valid_from:
            raise ValueError(f"{row.code}: two rows hold on {following.valid_from}")
    return tuple(rows)
