"""What the public is told of petitions in figures."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from io import StringIO
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.clock import local_date
from hub_service import rules
from hub_terms.terms import end_months

from ..domain import statistics
from ..domain.institutions import Institution
from ..domain.petitions import ANSWER_RULE
from ..domain.statistics import Part, Period, Report, settled_by
from ..errors.statistics import PeriodNotCounted
from ..storage import statistics as storage

EXTENSION_RULE: Final = "petition.extension"
SMALL_COUNT_RULE: Final = "petition.small-count"
COLUMNS: Final = (
    "period",
    "dimension",
    "code",
    "name",
    "registered",
    "in_term_share",
    "average_days",
    "extended",
)


@dataclass(frozen=True, slots=True)
class Statistics:
    """A period in figures, with the structures that it names by id."""

    report: Report
    institutions: Mapping[UUID, Institution]


@dataclass(frozen=True, slots=True)
class Periods:
    """The half-years and years that are counted, the latest first; which is next, and from which day on."""

    counted: list[Period]
    next: Period
    next_on: date


async def list_periods(session: AsyncSession, now: datetime) -> Periods:
    """Which periods can be read, and when there will be another."""
    today = local_date(now)
    async with session.begin():
        first, last = await storage.first_counted(session), await storage.last_counted(session)
        year = await storage.first_year(session)
        longest = await _longest(session, today)
    if first is None or last is None:
        return Periods([], *statistics.coming(date(year or today.year, 1, 1), longest))
    until = end_months(last, 1)
    return Periods(statistics.counted_periods(first, until), *statistics.coming(until, longest))


async def read_statistics(session: AsyncSession, code: str | None, now: datetime) -> Statistics:
    """The figures of a period; of the last half-year that is counted unless one is named.

    Raises `PeriodNotCounted`.
    """
    async with session.begin():
        counted = await storage.last_counted(session)
        if counted is None:
            raise PeriodNotCounted
        period = Period.read(code) if code else Period.last_half(counted)
        if period.last >= end_months(counted, 1):
            raise PeriodNotCounted
        legal = await rules.read(session, SMALL_COUNT_RULE)
        least = legal.on(SMALL_COUNT_RULE, local_date(now)).whole
        report = statistics.report(period, await storage.figures(session, period.first, period.last), least)
        named = await storage.institutions(session, list(report.by_structure))
    return Statistics(report, {one.id: one for one in named})


async def count_months(session: AsyncSession, now: datetime) -> int:
    """Count the months whose last term has passed and that were not counted yet; how many were.

    Each is a transaction of its own; what was counted never changes.
    """
    number = 0
    while await _count_next(session, local_date(now)):
        number += 1
    return number


async def _count_next(session: AsyncSession, today: date) -> bool:
    async with session.begin():
        counted = await storage.last_counted(session)
        year = None if counted else await storage.first_year(session)
        if counted is None and year is None:
            return False
        month = end_months(counted, 1) if counted else date(year or today.year, 1, 1)
        if settled_by(month, await _longest(session, today)) > today:
            return False
        await storage.count(session, month, end_months(month, 1), today)
    return True


async def _longest(session: AsyncSession, today: date) -> int:
    """The longest term of a petition, in days."""
    legal = await rules.read(session, ANSWER_RULE, EXTENSION_RULE)
    return sum(legal.on(rule, today).whole for rule in (ANSWER_RULE, EXTENSION_RULE))


def rows(told: Statistics) -> Iterator[tuple[str, ...]]:
    """The figures as a table: its head, then a row each for the whole and for every part."""
    report = told.report
    yield COLUMNS
    yield _row(report, "TOTAL", "", "", report.whole)
    for dimension, parts in (
        ("CHANNEL", report.by_channel),
        ("KIND", report.by_kind),
        ("OUTCOME", report.by_outcome),
        ("TOPIC", report.by_topic),
    ):
        for code, part in parts.items():
            yield _row(report, dimension, code, "", part)
    for institution_id, institution in told.institutions.items():
        part = report.by_structure[institution_id]
        yield _row(report, "STRUCTURE", institution.code, institution.names["ro"], part)


def table(told: Statistics) -> str:
    """The same as CSV (RFC 4180)."""
    text = StringIO(newline="")
    csv.writer(text).writerows(rows(told))
    return text.getvalue()


def _row(report: Report, dimension: str, code: str, name: str, part: Part) -> tuple[str, ...]:
    told = (part.registered, part.in_term, part.days, part.extended)
    return (
        report.period.code,
        dimension,
        code,
        name,
        *("" if figure is None else str(figure) for figure in told),
    )
