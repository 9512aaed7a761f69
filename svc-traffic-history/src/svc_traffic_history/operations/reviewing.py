"""What officers do with reports of aggressive driving: take them up, examine them, decide.

Joined reports take each step of the one that leads them, in the same transaction. Every step leaves a line
in the access log of who reported.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.clock import local_date
from hub_core.decisions import OwnCase
from hub_core.principal import Role
from hub_core.rules import Rules
from hub_events import outbox
from hub_service import access, rules
from hub_service.access import Action
from hub_service.policy import Official
from hub_service.purpose import Stated

from ..domain import driving_reports as reports
from ..domain import reviewing as domain
from ..domain.custody import Act, Actor
from ..domain.driving_reports import DrivingReport, Reason, State
from ..domain.owner_inquiries import Inquiry
from ..domain.plates import ROMANIA
from ..domain.reviewing import Vehicle
from ..errors.driving_reports import DrivingReportNotFound
from ..errors.reviewing import CountyUnknown, RecordingMissing
from ..events.access import RecordAccessed
from ..keys import MasterKey
from ..registers.vehicles import VehicleTold
from ..storage import drivers, institutions, ledger, owner_inquiries
from ..storage import driving_reports as reports_storage
from ..storage import reviewing as storage
from ..storage.driving_reports import Step
from ..storage.reviewing import Earlier, Place, Recording
from . import custody, officers
from .driving_reports import tell_moved
from .means import Means

LEGAL_BASIS: Final = "OUG nr. 195/2002 art. 109^1"
_RESOURCE: Final = "driving-report"


@dataclass(frozen=True, slots=True)
class Listed:
    """A report in a list of officers: nobody is named. `days_left` are those until the time bar."""

    report: DrivingReport
    days_left: int


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class File:
    """A report with what officers need to decide on it.

    `duplicates` may be of the same event, with how many metres are between them where both have coordinates;
    `joined` follow this report.
    """

    report: DrivingReport
    days_left: int
    earlier: Earlier
    duplicates: Sequence[tuple[DrivingReport, int | None]]
    joined: Sequence[DrivingReport]
    steps: Sequence[Step]
    inquiries: Sequence[Inquiry]
    recording: Recording | None


@dataclass(frozen=True, slots=True, repr=False)
class Held:
    """A report that is locked with those that are joined to it, for a step of all of them."""

    report: DrivingReport
    joined: Sequence[DrivingReport]

    @property
    def every(self) -> Sequence[DrivingReport]:
        """The report and those that follow it."""
        return (self.report, *self.joined)


async def in_state(
    session: AsyncSession,
    means: Means,
    official: Official,
    state: State,
    after: Place | None,
    limit: int,
    now: datetime,
) -> Sequence[Listed]:
    """Reports of the officer's own institution in a state, the one that came first first."""
    async with session.begin():
        found = await storage.in_state(session, means.key, official.institution_id, state, after, limit)
    return [_listed(each, local_date(now)) for each in found]


async def near_the_bar(
    session: AsyncSession,
    means: Means,
    official: Official,
    after: tuple[date, UUID] | None,
    limit: int,
    now: datetime,
) -> Sequence[Listed]:
    """Open reports of the own institution for which the time is nearly over, the nearest first."""
    today = local_date(now)
    async with session.begin():
        legal = await rules.read(session, domain.WARNING_RULE)
        until = today + timedelta(days=legal.on(domain.WARNING_RULE, today).whole)
        found = await storage.near_the_bar(session, means.key, official.institution_id, until, after, limit)
    return [_listed(each, today) for each in found]


async def open_file(
    session: AsyncSession, means: Means, official: Official, report_id: UUID, purpose: Stated, now: datetime
) -> File:
    """A report with everything that is known; that it was opened stays.

    `DrivingReportNotFound`, `OwnCase`.
    """
    own = await officers.own_number(means, official)
    async with session.begin():
        held = await hold(session, means, official, own, report_id, Action.READ, purpose, now)
        await note_act(session, held.report, Act.VIEWED, official, purpose, now)
        return await _shown(session, means, held, now)


async def play(
    session: AsyncSession, means: Means, official: Official, report_id: UUID, purpose: Stated, now: datetime
) -> Recording:
    """The recording of a report, which an officer is about to see; that it was seen stays.

    `DrivingReportNotFound`, `OwnCase`, `RecordingMissing`.
    """
    own = await officers.own_number(means, official)
    async with session.begin():
        held = await hold(session, means, official, own, report_id, Action.READ, purpose, now)
        recording = await storage.recording(session, report_id)
        if recording is None:
            raise RecordingMissing
        await note_act(session, held.report, Act.VIEWED, official, purpose, now)
    return recording


async def take(
    session: AsyncSession, means: Means, official: Official, report_id: UUID, purpose: Stated, now: datetime
) -> Listed:
    """Take up a report: the register of vehicles says of what kind the vehicle is.

    `DrivingReportNotFound`, `OwnCase`, `DrivingReportStands`, `ReportJoined`, `VehicleRegisterUnavailable`.
    """
    own = await officers.own_number(means, official)
    report, told = await ask_register(session, means, official, report_id)
    if _is_own(own, told):
        raise OwnCase
    async with session.begin():
        held = await hold(session, means, official, own, report_id, Action.CHANGE, purpose, now)
        domain.must_be(held.report, {State.SUBMITTED})
        held = await step(
            session,
            means.key,
            held,
            State.ELIGIBILITY_CHECK,
            official,
            now,
            officer_id=official.person_id,
            vehicle=_kind(report, told).value,
        )
        return listed(held, now)


async def find_eligible(
    session: AsyncSession,
    means: Means,
    official: Official,
    report_id: UUID,
    note: str | None,
    purpose: Stated,
    now: datetime,
) -> Listed:
    """The recording shows what the law asks for: the report is examined.

    `DrivingReportNotFound`, `OwnCase`, `DrivingReportStands`, `ReportJoined`.
    """
    own = await officers.own_number(means, official)
    async with session.begin():
        held = await hold(session, means, official, own, report_id, Action.CHANGE, purpose, now)
        domain.must_be(held.report, {State.ELIGIBILITY_CHECK})
        held = await step(session, means.key, held, State.UNDER_REVIEW, official, now, note=note)
        return listed(held, now)


async def decide(
    session: AsyncSession,
    means: Means,
    official: Official,
    report_id: UUID,
    to: State,
    reason: Reason | None,
    note: str | None,
    purpose: Stated,
    now: datetime,
) -> Listed:
    """End a report as not eligible, without a sanction, or by forwarding it to those who prosecute.

    `DrivingReportNotFound`, `OwnCase`, `DrivingReportStands`, `ReportJoined`, `HeadDecides`, `FourEyes`.
    """
    own = await officers.own_number(means, official)
    async with session.begin():
        held = await hold(session, means, official, own, report_id, Action.DECIDE, purpose, now)
        domain.must_be(
            held.report, {State.ELIGIBILITY_CHECK} if to is State.NOT_ELIGIBLE else domain.EXAMINED
        )
        must_decide(held.report, official, reason)
        held = await step(
            session, means.key, held, to, official, now, reason=reason, note=note, decided_at=now
        )
        if to is State.FORWARDED_CRIMINAL:
            for each in held.every:
                await note_act(session, each, Act.FORWARDED, official, purpose, now)
        return listed(held, now)


async def hand_over(
    session: AsyncSession,
    means: Means,
    official: Official,
    report_id: UUID,
    county: str,
    note: str,
    purpose: Stated,
    now: datetime,
) -> Listed:
    """Hand a report over to the officers of another county; its number stays, and they begin anew.

    `DrivingReportNotFound`, `OwnCase`, `DrivingReportStands`, `ReportJoined`, `CountyUnknown`.
    """
    own = await officers.own_number(means, official)
    async with session.begin():
        held = await hold(session, means, official, own, report_id, Action.CHANGE, purpose, now)
        domain.must_be(held.report, {State.ELIGIBILITY_CHECK, State.UNDER_REVIEW})
        there = await institutions.police_of(session, county, local_date(now))
        if there is None or there.id == held.report.institution_id:
            raise CountyUnknown
        held = await step(
            session,
            means.key,
            held,
            State.SUBMITTED,
            official,
            now,
            note=note,
            institution_id=there.id,
            county=county,
            officer_id=None,
            vehicle=None,
        )
        for each in held.every:
            await note_act(session, each, Act.HANDED_OVER, official, purpose, now)
        return listed(held, now)


async def hold(
    session: AsyncSession,
    means: Means,
    official: Official,
    own: str | None,
    report_id: UUID,
    action: Action,
    purpose: Stated,
    now: datetime,
    *,
    follows: bool = False,
) -> Held:
    """The report, locked with those that follow it, and the access lines of what is done.

    `DrivingReportNotFound`, `OwnCase`; `ReportJoined` where it is changed and follows another, unless that
    is what is wanted.
    """
    report = await _seen(session, means, official, report_id)
    if report.event is not None:
        await storage.lock_vehicle(session, means.key, report.event.plate)
    locked = await reports_storage.lock(session, means.key, report_id)
    if locked is None or not domain.is_seen_by(locked, official.institution_id):
        raise DrivingReportNotFound
    if action is not Action.READ and not follows:
        domain.must_lead(locked)
    held = Held(locked, await storage.joined_to(session, means.key, report_id))
    named = await _named(session, means, locked)
    for each in held.every:
        is_own = own is not None and each.reporter is not None and own == each.reporter.cnp
        if is_own or each.reporter_id == official.person_id:
            raise OwnCase
    if own is not None and own in named:
        raise OwnCase
    for each in held.every if action is not Action.READ else (locked,):
        await _leave_line(session, official, each, each.reporter_id, action, purpose, now)
    for person_id in {person_id for person_id in named.values() if person_id is not None}:
        await _leave_line(session, official, locked, person_id, action, purpose, now)
    return held


async def step(
    session: AsyncSession,
    key: MasterKey,
    held: Held,
    to: State,
    official: Official | None,
    now: datetime,
    *,
    reason: Reason | None = None,
    note: str | None = None,
    **facts: Any,
) -> Held:
    """Let a report and those that follow it come to a state, in the caller's transaction.

    Without an official it is the clock. `DrivingReportStands`.
    """
    actor = official.person_id if official else None
    made = [reports.moved(each, to, reason, **facts) for each in held.every]
    for each in made:
        sealed = reports_storage.sealed_note(key, each, note) if note else None
        await reports_storage.move(session, each, now, actor, sealed)
        await tell_moved(session, each, now)
    return Held(made[0], made[1:])


def listed(held: Held, now: datetime) -> Listed:
    """The report that was held, as lists show it."""
    return _listed(held.report, local_date(now))


async def note_act(
    session: AsyncSession, report: DrivingReport, act: Act, official: Official, purpose: Stated, now: datetime
) -> None:
    """A line in the chain of custody of what an officer did."""
    recording = await storage.recording(session, report.id)
    await custody.note(
        session,
        report.id,
        act,
        Actor(official.person_id, official.institution_id),
        now,
        video_id=recording.video_id if recording else None,
        sha256=recording.sha256 if recording else None,
        purpose=purpose.code.value,
    )


def must_decide(report: DrivingReport, official: Official, reason: Reason | None = None) -> None:
    """Raise where this officer may not decide on it; `HeadDecides`, `FourEyes`."""
    domain.must_decide(report, official.person_id, is_head=Role.HEAD in official.roles, reason=reason)


async def _shown(session: AsyncSession, means: Means, held: Held, now: datetime) -> File:
    report, today = held.report, local_date(now)
    legal = await rules.read(session, *domain.RULES)
    return File(
        report=report,
        days_left=(report.barred_after - today).days,
        earlier=await storage.earlier(session, means.key, report),
        duplicates=await _duplicates(session, means, report, legal, today),
        joined=held.joined,
        steps=await reports_storage.steps(session, means.key, report.id),
        inquiries=await owner_inquiries.of_report(session, means.key, report.id),
        recording=await storage.recording(session, report.id),
    )


async def _seen(session: AsyncSession, means: Means, official: Official, report_id: UUID) -> DrivingReport:
    report = await reports_storage.find(session, means.key, report_id)
    if report is None or not domain.is_seen_by(report, official.institution_id):
        raise DrivingReportNotFound
    return report


async def ask_register(
    session: AsyncSession, means: Means, official: Official, report_id: UUID
) -> tuple[DrivingReport, VehicleTold | None]:
    """What the register of vehicles says of the plate; it is not asked about those of other states."""
    async with session.begin():
        report = await _seen(session, means, official, report_id)
    if report.event is None or report.event.plate_country != ROMANIA:
        return report, None
    return report, await means.vehicles.find_vehicle(report.event.plate)


def _kind(report: DrivingReport, told: VehicleTold | None) -> Vehicle:
    if report.event is None or report.event.plate_country != ROMANIA:
        return Vehicle.FOREIGN
    if told is None:
        return Vehicle.UNKNOWN
    if told.plates_stolen:
        return Vehicle.STOLEN_PLATES
    return Vehicle.PRIORITY if told.has_priority else Vehicle.ORDINARY


def _is_own(own: str | None, told: VehicleTold | None) -> bool:
    """Whether the officer owns the vehicle, or has it on lease."""
    if own is None or told is None:
        return False
    return own in {holder.number for holder in (told.owner, told.user) if holder is not None}


async def _named(session: AsyncSession, means: Means, report: DrivingReport) -> dict[str, UUID | None]:
    """By CNP who is known to have driven, or was asked or named, with their person in the hub."""
    numbers: set[str] = set()
    if report.proces_verbal_id is not None:
        sanctioned = await ledger.report(session, report.proces_verbal_id)
        driver = await drivers.find(session, means.key, sanctioned.driver_id) if sanctioned else None
        if driver is not None:
            return {driver.cnp: driver.person_id}
    for inquiry in await owner_inquiries.of_report(session, means.key, report.joined_to or report.id):
        numbers |= {holder.number for holder in (inquiry.asked, inquiry.named) if holder is not None}
    named: dict[str, UUID | None] = {}
    for number in sorted(numbers):
        driver = await drivers.known(session, means.key, number)
        named[number] = driver.person_id if driver else None
    return named


async def _duplicates(
    session: AsyncSession, means: Means, report: DrivingReport, legal: Rules, today: date
) -> Sequence[tuple[DrivingReport, int | None]]:
    if report.event is None:
        return []
    apart = domain.window(legal, today)
    since, until = report.happened_at - apart, report.happened_at + apart
    found = await reports_storage.of_event(session, means.key, report.event.plate, since, until)
    return [
        (other, domain.metres_between(report.event, other.event))
        for other in found
        if other.id != report.id
        and other.event is not None
        and domain.is_seen_by(other, report.institution_id)
        and domain.may_be_same(report, other, legal, today)
    ]


async def _leave_line(
    session: AsyncSession,
    official: Official,
    report: DrivingReport,
    person_id: UUID,
    action: Action,
    purpose: Stated,
    now: datetime,
) -> None:
    told = access.line(
        official.principal,
        action=action,
        resource_type=_RESOURCE,
        resource_id=report.id,
        subject_person_id=person_id,
        purpose=purpose,
        legal_basis=LEGAL_BASIS,
    )
    await outbox.record(session, RecordAccessed.of(told), now)


def _listed(report: DrivingReport, today: date) -> Listed:
    return Listed(report, (report.barred_after - today).days)
