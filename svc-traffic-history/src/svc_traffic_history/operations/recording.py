"""What officers record: reports with their offences, what becomes of them, and counter-entries."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import ids
from hub_core.clock import local_date
from hub_core.decisions import FourEyes
from hub_core.rules import Rules
from hub_events import outbox
from hub_service import rules
from hub_service.access import Action
from hub_service.policy import Official
from hub_service.purpose import Stated

from ..domain import fines, offences, points, suspensions
from ..domain.drivers import Driver
from ..domain.entries import Entry, Kind, Outcome, in_force
from ..domain.grounds import Ground
from ..domain.proces_verbale import ProcesVerbal
from ..domain.suspensions import State, Suspension
from ..errors.recording import (
    EntryNotFound,
    EntryTakenBack,
    FactDayWrong,
    FactKnown,
    FineOutOfBounds,
    NoComplaint,
    ReportKnown,
    ReportNotFound,
)
from ..errors.registers import DriverNotFound
from ..events.ledger import LineChanged, SuspensionMoved
from ..storage import ledger
from ..storage import suspensions as suspensions_storage
from ..storage.ledger import Ledger, Recorded
from . import officers, records
from .entering import enter
from .means import Means
from .records import Record
from .registering import cited, take_in

_RULES: Final = (*offences.RULES, *records.RULES)
_ONCE: Final = frozenset({Kind.COMMUNICATED, Kind.CONTESTED, Kind.COURT_DECIDED})


@dataclass(frozen=True, slots=True)
class Found:
    """An offence as the officer found it, with how many fine points are applied."""

    code: str
    committed_on: date
    fine_points: int


@dataclass(frozen=True, slots=True)
class Report:
    """A report as the officer wrote it."""

    series: str
    number: str
    found_at: datetime
    county: str
    place: str
    offences: Sequence[Found]


async def open_record(
    session: AsyncSession,
    means: Means,
    official: Official,
    driver_id: UUID,
    purpose: Stated,
    now: datetime,
) -> Record:
    """The record of a driver; a line of it stays. `DriverNotFound`, `OwnCase`."""
    own = await officers.own_number(means, official)
    async with session.begin():
        driver = await officers.hold(session, means, official, own, driver_id, Action.READ, purpose, now)
        legal = await rules.read(session, *records.RULES)
        return await records.shown(session, driver, local_date(now), legal)


async def find_driver(
    session: AsyncSession, means: Means, official: Official, cnp: str, purpose: Stated, now: datetime
) -> Record:
    """The record of the driver with a number, as the police register has it now.

    `DriverNotFound`, `DriverRegisterUnavailable`, `OwnCase`.
    """
    own = await officers.own_number(means, official)
    told = await means.register.find(cnp)
    if told is None:
        raise DriverNotFound
    async with session.begin():
        known = await take_in(session, means.key, told, None, now)
        driver = await officers.hold(session, means, official, own, known.id, Action.SEARCH, purpose, now)
        legal = await rules.read(session, *records.RULES)
        return await records.shown(session, driver, local_date(now), legal)


async def record_report(
    session: AsyncSession,
    means: Means,
    official: Official,
    driver_id: UUID,
    report: Report,
    purpose: Stated,
    now: datetime,
) -> UUID:
    """Record a report with its offences; a suspension that follows is proposed with it.

    `DriverNotFound`, `OwnCase`, `ReportKnown`, `OffenceUnknown`, `FineOutOfBounds`, `FactDayWrong`.
    """
    own = await officers.own_number(means, official)
    async with session.begin():
        driver = await officers.hold(session, means, official, own, driver_id, Action.CREATE, purpose, now)
        return await record(session, official, driver, report, now)


async def record(
    session: AsyncSession, official: Official, driver: Driver, report: Report, now: datetime
) -> UUID:
    """Record a report of a driver whose row is locked, in the caller's transaction; its id.

    `ReportKnown`, `OffenceUnknown`, `FineOutOfBounds`, `FactDayWrong`.
    """
    legal = await rules.read(session, *_RULES)
    found_on = local_date(report.found_at)
    if report.found_at > now or any(each.committed_on > found_on for each in report.offences):
        raise FactDayWrong
    made = ProcesVerbal(
        id=ids.new_id(),
        driver_id=driver.id,
        series=report.series,
        number=report.number,
        institution_id=official.institution_id,
        found_at=report.found_at,
        county=report.county,
        place=report.place,
        recorded_by=official.person_id,
        recorded_at=now,
    )
    if not await ledger.add_report(session, made):
        raise ReportKnown
    entries = [_found(each, made, official, legal, now) for each in report.offences]
    await enter(session, driver.id, now, *entries)
    await _tell_line(session, driver, made.id, [each.entry for each in entries], now)
    await _propose(session, driver, made, report.offences, official, legal, now)
    return made.id


async def record_fact(
    session: AsyncSession,
    means: Means,
    official: Official,
    report_id: UUID,
    kind: Kind,
    on: date,
    purpose: Stated,
    now: datetime,
    *,
    amount: Decimal | None = None,
    outcome: Outcome | None = None,
) -> UUID:
    """Record what has become of a report; the id of the entry.

    `ReportNotFound`, `OwnCase`, `FactDayWrong`, `FactKnown`, `NoComplaint`.
    """
    own = await officers.own_number(means, official)
    async with session.begin():
        report = await ledger.report(session, report_id)
        if report is None:
            raise ReportNotFound
        driver = await officers.hold(
            session, means, official, own, report.driver_id, Action.CHANGE, purpose, now
        )
        held = await ledger.of_driver(session, driver.id)
        _must_fit(held, report, kind, on, local_date(now))
        entry = Entry(
            id=ids.new_id(),
            kind=kind,
            on=on,
            proces_verbal_id=report.id,
            amount=amount,
            outcome=outcome,
        )
        await enter(session, driver.id, now, _by(official, entry, now))
        await _tell_line(session, driver, report.id, [*held.entries, entry], now)
        if kind is Kind.COURT_DECIDED:
            await _withdraw_what_fell(session, driver, [*held.entries, entry], official, now)
    return entry.id


async def take_back(
    session: AsyncSession,
    means: Means,
    official: Official,
    driver_id: UUID,
    entry_id: UUID,
    reason: str,
    purpose: Stated,
    now: datetime,
) -> UUID:
    """Take back an entry that was wrong from its beginning: by a head, and not by who recorded it.

    `DriverNotFound`, `OwnCase`, `EntryNotFound`, `EntryTakenBack`, `FourEyes`.
    """
    own = await officers.own_number(means, official)
    async with session.begin():
        driver = await officers.hold(session, means, official, own, driver_id, Action.DECIDE, purpose, now)
        held = await ledger.of_driver(session, driver.id)
        wrong = held.find(entry_id)
        if wrong is None:
            raise EntryNotFound
        if wrong.recorded_by == official.person_id:
            raise FourEyes
        if any(entry.reverses == entry_id for entry in held.entries):
            raise EntryTakenBack
        counter = Entry(
            id=ids.new_id(),
            kind=Kind.REVERSED,
            on=local_date(now),
            proces_verbal_id=wrong.entry.proces_verbal_id,
            reverses=entry_id,
        )
        await enter(session, driver.id, now, replace(_by(official, counter, now), reason=reason))
        report_id = wrong.entry.proces_verbal_id
        if report_id is not None:
            await _tell_line(session, driver, report_id, [*held.entries, counter], now)
        await _withdraw_what_fell(session, driver, [*held.entries, counter], official, now)
    return counter.id


async def tell_suspension(
    session: AsyncSession, driver: Driver, suspension: Suspension, now: datetime
) -> None:
    """Tell that a suspension was proposed or moved."""
    await outbox.record(session, SuspensionMoved.of(suspension, driver.person_id), now)


async def _tell_line(
    session: AsyncSession, driver: Driver, report_id: UUID, entries: Collection[Entry], now: datetime
) -> None:
    """Tell that something about a report was recorded; its version is how many entries it has now."""
    told = LineChanged(
        driver_id=driver.id,
        person_id=driver.person_id,
        proces_verbal_id=report_id,
        version=sum(entry.proces_verbal_id == report_id for entry in entries),
    )
    await outbox.record(session, told, now)


def _found(found: Found, report: ProcesVerbal, official: Official, legal: Rules, now: datetime) -> Recorded:
    offence = offences.find(legal, found.code, found.committed_on)
    if not offence.least <= found.fine_points <= offence.most:
        raise FineOutOfBounds(offence=offence.code, least=offence.least, most=offence.most)
    fine = fines.amount(legal, found.fine_points, found.committed_on)
    least = fines.amount(legal, offence.least, found.committed_on)
    entry = Entry(
        id=ids.new_id(),
        kind=Kind.FOUND,
        on=local_date(report.found_at),
        proces_verbal_id=report.id,
        offence=offence.code,
        committed_on=found.committed_on,
        points=offence.penalty_points,
        fine=fine,
        half=fines.half(legal, fine, least, found.committed_on),
    )
    return replace(_by(official, entry, now), article=cited(offence))


def _by(official: Official, entry: Entry, now: datetime) -> Recorded:
    return Recorded(
        entry=entry,
        recorded_at=now,
        recorded_by=official.person_id,
        institution_id=official.institution_id,
    )


def _must_fit(held: Ledger, report: ProcesVerbal, kind: Kind, on: date, today: date) -> None:
    of_report = [entry for entry in in_force(held.entries) if entry.proces_verbal_id == report.id]
    kinds = {entry.kind: entry for entry in of_report}
    if kind in _ONCE and kind in kinds:
        raise FactKnown
    first = local_date(report.found_at)
    if kind is Kind.COURT_DECIDED:
        if Kind.CONTESTED not in kinds:
            raise NoComplaint
        first = kinds[Kind.CONTESTED].on
    if not first <= on <= today:
        raise FactDayWrong


async def _propose(
    session: AsyncSession,
    driver: Driver,
    report: ProcesVerbal,
    found: Collection[Found],
    official: Official,
    legal: Rules,
    now: datetime,
) -> None:
    """Propose what follows: a suspension of the offences, and one of a sum of points that is reached."""
    today = local_date(now)
    before = await suspensions_storage.of_driver(session, driver.id)
    periods = []
    grounds = [
        offence.ground
        for each in found
        if (offence := offences.find(legal, each.code, each.committed_on)).ground
    ]
    if grounds:
        day = max(each.committed_on for each in found)
        periods.append((suspensions.for_offences(_known(grounds), before, day, legal), day))
    held = await ledger.of_driver(session, driver.id)
    reached = points.reached(held.entries, today, legal)
    if reached is not None and not any(each.is_of_points and _is_waiting(each) for each in before):
        periods.append((suspensions.for_points(before, reached.on, legal), reached.on))
    for period, fact_on in periods:
        made = suspensions.propose(
            ids.new_id(), driver.id, report.id, period, fact_on, official.person_id, today, legal
        )
        await suspensions_storage.add(session, made, official.person_id, now)
        await tell_suspension(session, driver, made, now)


def _known(grounds: Sequence[Ground | None]) -> list[Ground]:
    return [ground for ground in grounds if ground is not None]


def _is_waiting(suspension: Suspension) -> bool:
    """Whether it stands for a sum whose points are not annulled yet."""
    return suspension.begins_on is None and not suspension.is_over


async def _withdraw_what_fell(
    session: AsyncSession,
    driver: Driver,
    entries: Collection[Entry],
    official: Official,
    now: datetime,
) -> None:
    """Withdraw a suspension for points that has not begun, where the sum is not reached any more."""
    today = local_date(now)
    legal = await rules.read(session, *points.RULES)
    if points.reached(entries, today, legal) is not None:
        return
    for each in await suspensions_storage.of_driver(session, driver.id):
        may = State.WITHDRAWN in suspensions.TRANSITIONS[each.state]
        if each.is_of_points and _is_waiting(each) and may:
            gone = suspensions.withdraw(each)
            await suspensions_storage.move(session, gone, today, official.person_id, now)
            await tell_suspension(session, driver, gone, now)
