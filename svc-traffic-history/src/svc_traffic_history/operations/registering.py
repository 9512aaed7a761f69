"""What the police register tells is added to the ledger; what it told before stays as it is."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from typing import Final
from uuid import UUID, uuid5

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import ids
from hub_core.clock import local_date
from hub_core.language import Language
from hub_core.rules import NoRule, Rules
from hub_events import outbox
from hub_service import rules

from ..domain import fines, offences, suspensions
from ..domain.drivers import Driver, Licence
from ..domain.entries import Entry, Kind
from ..domain.licence_steps import LicenceStep
from ..domain.proces_verbale import ProcesVerbal
from ..domain.suspensions import Period, Suspension
from ..errors.offences import OffenceUnknown
from ..errors.registers import DriverRegisterUnavailable
from ..events.ledger import LicenceChanged, LineChanged, SuspensionMoved
from ..keys import MasterKey
from ..registers.police import DriverTold, ReportTold, SuspensionTold
from ..storage import drivers, ledger, licence_steps
from ..storage import suspensions as suspensions_storage
from ..storage.ledger import Recorded
from .entering import enter

_RULES: Final = (*offences.RULES, *fines.RULES, *suspensions.RULES)
_log = structlog.get_logger("registers")


async def take_in(
    session: AsyncSession, key: MasterKey, told: DriverTold, person_id: UUID | None, now: datetime
) -> Driver:
    """Add what the register tells of a driver; the same again changes nothing, and a new line is told.

    What an officer has recorded here is the hub's own: the register does not add to it. Inside the caller's
    transaction. Raises `DriverRegisterUnavailable` for an offence that no list knows.
    """
    driver = await drivers.keep(session, key, _driver(told, person_id, now))
    is_first = driver.version == 1
    legal = await rules.read(session, *_RULES)
    numbers = {(report.series, report.number) for report in told.reports}
    new = {
        (report.series, report.number)
        for report in told.reports
        if await ledger.add_report(session, _report(driver, report, now))
    }
    known = await ledger.known_reports(session, driver.id, numbers)
    report_ids = []
    new_facts: list[Recorded] = []
    for report in told.reports:
        report_id, by_officer = known.get((report.series, report.number), (None, True))
        report_ids.append(report_id)
        if report_id is None or by_officer:
            continue
        entries = [*_entries(report, report_id, legal, now)]
        new_facts += entries
        if not is_first and (report.series, report.number) in new:
            line = LineChanged(
                driver_id=driver.id,
                person_id=driver.person_id,
                proces_verbal_id=report_id,
                version=len(entries),
            )
            await outbox.record(session, line, now)
    for suspension in told.suspensions:
        taken = await _take_suspension(session, driver, suspension, report_ids, legal, now)
        if taken is None:
            continue
        if taken.is_of_points and taken.begins_on:
            new_facts.append(annulment(taken, taken.begins_on, now))
        if not is_first:
            await outbox.record(session, SuspensionMoved.of(taken, driver.person_id), now)
    await enter(session, driver.id, now, *new_facts)
    await _take_licence_steps(session, driver, told, now, is_news=not is_first)
    return driver


async def _take_licence_steps(
    session: AsyncSession, driver: Driver, told: DriverTold, now: datetime, *, is_news: bool
) -> None:
    """Each step has the same id whenever it is told."""
    for each in told.licence_steps:
        step = LicenceStep(uuid5(driver.id, f"licence {each.step} {each.on}"), each.step, each.on)
        if await licence_steps.add(session, driver.id, step, now) and is_news:
            version = len(await licence_steps.of_driver(session, driver.id))
            changed = LicenceChanged(driver_id=driver.id, person_id=driver.person_id, version=version)
            await outbox.record(session, changed, now)


async def _take_suspension(
    session: AsyncSession,
    driver: Driver,
    told: SuspensionTold,
    report_ids: list[UUID | None],
    legal: Rules,
    now: datetime,
) -> Suspension | None:
    """One that was not known before; none where it was, or an officer recorded its report."""
    report_id = report_ids[told.report] if told.report < len(report_ids) else None
    if report_id is None:
        return None
    made = suspensions.propose(
        uuid5(report_id, "suspension"),
        driver.id,
        report_id,
        Period(told.grounds, increased=False, days=told.days),
        told.fact_on,
        None,
        told.fact_on,
        legal,
    )
    shown = replace(
        made,
        state=told.state,
        communicated_on=told.communicated_on,
        handed_in_on=told.handed_in_on,
        begins_on=told.begins_on,
        ends_on=told.ends_on,
    )
    return shown if await suspensions_storage.add(session, shown, None, now) else None


def annulment(suspension: Suspension, on: date, now: datetime, recorded_by: UUID | None = None) -> Recorded:
    """The entry by which a suspension for points annuls them, from its first day on."""
    entry = Entry(
        id=uuid5(suspension.id, f"began {suspension.version}"),
        kind=Kind.SUSPENSION_BEGAN,
        on=on,
        proces_verbal_id=suspension.proces_verbal_id,
    )
    return Recorded(entry=entry, recorded_at=now, recorded_by=recorded_by)


def _driver(told: DriverTold, person_id: UUID | None, now: datetime) -> Driver:
    licence = told.licence
    return Driver(
        id=ids.new_id(),
        cnp=told.cnp,
        family_name=told.family_name,
        given_name=told.given_name,
        licence=Licence(
            number=licence.number,
            categories=licence.categories,
            held_since=licence.held_since,
            valid_to=licence.valid_to,
        )
        if licence
        else None,
        person_id=person_id,
        asked_at=now,
    )


def _report(driver: Driver, told: ReportTold, now: datetime) -> ProcesVerbal:
    return ProcesVerbal(
        id=uuid5(driver.id, f"{told.series} {told.number}"),
        driver_id=driver.id,
        series=told.series,
        number=told.number,
        institution_id=None,
        found_at=told.found_at,
        county=told.county,
        place=told.place,
        recorded_by=None,
        recorded_at=now,
    )


def _entries(told: ReportTold, report_id: UUID, legal: Rules, now: datetime) -> Iterator[Recorded]:
    """The facts of a report; each has the same id whenever it is told."""
    found_on = local_date(told.found_at)
    for place, each in enumerate(told.offences):
        try:
            offence = offences.find(legal, each.code, each.committed_on)
            fine = fines.amount(legal, each.fine_points, each.committed_on)
            least = fines.amount(legal, offence.least, each.committed_on)
            half = fines.half(legal, fine, least, each.committed_on)
        except (OffenceUnknown, NoRule):
            _log.warning("register not understood", fact="offence")
            raise DriverRegisterUnavailable from None
        entry = Entry(
            id=uuid5(report_id, f"found {place}"),
            kind=Kind.FOUND,
            on=found_on,
            proces_verbal_id=report_id,
            offence=each.code,
            committed_on=each.committed_on,
            points=offence.penalty_points,
            fine=fine,
            half=half,
        )
        yield Recorded(entry=entry, recorded_at=now, article=cited(offence))
    facts = []
    if told.communicated_on:
        facts.append(_fact(report_id, "communicated", Kind.COMMUNICATED, told.communicated_on))
    for place, payment in enumerate(told.payments):
        paid = _fact(report_id, f"paid {place}", Kind.PAID, payment.on)
        facts.append(replace(paid, amount=payment.amount))
    if told.complaint:
        facts.append(_fact(report_id, "contested", Kind.CONTESTED, told.complaint.registered_on))
        if told.complaint.final_on and told.complaint.outcome:
            decided = _fact(report_id, "decided", Kind.COURT_DECIDED, told.complaint.final_on)
            facts.append(replace(decided, outcome=told.complaint.outcome))
    for fact in facts:
        yield Recorded(entry=fact, recorded_at=now)


def _fact(report_id: UUID, name: str, kind: Kind, on: date) -> Entry:
    return Entry(id=uuid5(report_id, name), kind=kind, on=on, proces_verbal_id=report_id)


def cited(offence: offences.Offence) -> str:
    """What is applied, as the rules cite it: the article of the fine, and that of the points."""
    articles = [offence.article, offence.points_article]
    return ", ".join(article[Language.RO] for article in articles if article)
