"""Counselling contacts: recorded by operators, counted for heads and for the public."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import StringIO
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import ids
from hub_core.clock import local_date
from hub_service import rules
from hub_service.policy import Official

from ..domain import counselling as domain
from ..domain.counselling import Contact, ContactChannel, ContactPart, ContactReport, DayCount
from ..domain.institutions import Institution
from ..domain.statistics import Period
from ..errors.counselling import ContactPeriodOpen
from ..storage import counselling as storage
from ..storage import files
from ..storage.statistics import institutions
from .statistics import SMALL_COUNT_RULE

COLUMNS: Final = ("period", "dimension", "code", "name", "contacts", "average_minutes")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A contact as an operator records it."""

    at: datetime
    channel: ContactChannel
    topic: str
    minutes: int
    petition_id: UUID | None


@dataclass(frozen=True, slots=True)
class ContactStatistics:
    """A period in figures, with the structures that it names by id."""

    report: ContactReport
    institutions: Mapping[UUID, Institution]


async def record(session: AsyncSession, official: Official, wanted: Wanted, now: datetime) -> Contact:
    """Record that somebody was counselled; a petition that it was about is one of the institution's.

    Raises `ContactDayWrong`, `FileNotFound`.
    """
    async with session.begin():
        legal = await rules.read(session, domain.RECORD_RULE)
        domain.refuse_day(wanted.at, legal.on(domain.RECORD_RULE, local_date(now)).whole, now)
        if wanted.petition_id is not None:
            await files.read(session, wanted.petition_id, official.institution_id)
        contact = Contact(
            id=ids.new_id(),
            institution_id=official.institution_id,
            at=wanted.at,
            channel=wanted.channel,
            topic=wanted.topic,
            minutes=wanted.minutes,
            petition_id=wanted.petition_id,
            recorded_by=official.person_id,
        )
        await storage.add(session, contact)
    return contact


async def count(session: AsyncSession, official: Official, first: date, last: date) -> Sequence[DayCount]:
    """The contacts of the official's institution by day, topic and channel. `CountedDaysWrong`."""
    domain.refuse_days(first, last)
    async with session.begin():
        return await storage.by_day(session, official.institution_id, first, last)


async def read_statistics(session: AsyncSession, code: str | None, now: datetime) -> ContactStatistics:
    """The figures of a period; of the last half-year that is settled unless one is named.

    Raises `ContactPeriodOpen`.
    """
    today = local_date(now)
    async with session.begin():
        legal = await rules.read(session, domain.RECORD_RULE, SMALL_COUNT_RULE)
        within = legal.on(domain.RECORD_RULE, today).whole
        period = Period.read(code) if code else domain.last_settled(within, today)
        if not domain.settled(period, within, today):
            raise ContactPeriodOpen
        least = legal.on(SMALL_COUNT_RULE, today).whole
        report = domain.report(period, await storage.figures(session, period.first, period.last), least)
        named = await institutions(session, list(report.by_structure))
    return ContactStatistics(report, {one.id: one for one in named})


def table(told: ContactStatistics) -> str:
    """The figures as CSV (RFC 4180): a row each for the whole and for every part."""
    text = StringIO(newline="")
    csv.writer(text).writerows(_rows(told))
    return text.getvalue()


def _rows(told: ContactStatistics) -> Iterator[tuple[str, ...]]:
    report = told.report
    yield COLUMNS
    yield _row(report, "TOTAL", "", "", report.whole)
    for dimension, parts in (("CHANNEL", report.by_channel), ("TOPIC", report.by_topic)):
        for code, part in parts.items():
            yield _row(report, dimension, code, "", part)
    for institution_id, one in told.institutions.items():
        yield _row(report, "STRUCTURE", one.code, one.names["ro"], report.by_structure[institution_id])


def _row(report: ContactReport, dimension: str, code: str, name: str, part: ContactPart) -> tuple[str, ...]:
    told = ("" if figure is None else str(figure) for figure in (part.contacts, part.minutes))
    return report.period.code, dimension, code, name, *told
