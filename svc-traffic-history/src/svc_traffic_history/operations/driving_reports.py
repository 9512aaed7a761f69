"""Reports of aggressive driving, the reporter's side: ask, send, follow, take back."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import ids
from hub_core.clock import local_date
from hub_core.principal import Principal
from hub_core.rules import Rules
from hub_events import outbox
from hub_service import rules
from hub_service.problems import ServiceUnavailable

from .. import clients
from ..domain import admissibility, event_times, plates
from ..domain import driving_reports as domain
from ..domain.admissibility import Conditions, Locality
from ..domain.driving_reports import DrivingReport, Event, Reason, Reporter, State
from ..domain.institutions import Institution
from ..errors.driving_reports import (
    DrivingReportNotFound,
    DrivingReportStands,
    PlaceNotHere,
    ReporterIdentityNeeded,
    UploadTimeOver,
)
from ..events.driving_reports import DrivingReportMoved
from ..keys import MasterKey
from ..reference.localities import localities
from ..storage import driving_reports as storage
from ..storage import institutions
from ..storage.driving_reports import Step
from .means import Means

_SOME: Final = 100


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Place:
    """Where an event was: county, and what locates it there; coordinates are WGS 84 degrees."""

    county: str
    siruta: str | None = None
    words: str = ""
    latitude: Decimal | None = None
    longitude: Decimal | None = None


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Wish:
    """A report as somebody sends it: nothing of it is checked yet, but that it can be read.

    `happened_at` is ISO 8601, with an offset or meant in Europe/Bucharest; `plate_country` ISO 3166-1.
    `declaration` is the version of the declaration to which they `agreed`.
    """

    happened_at: str
    place: Place
    plate: str
    plate_country: str
    manoeuvres: tuple[str, ...]
    description: str
    seen_by_chance: bool
    declaration: str
    agreed: bool
    phone: str
    address: str


@dataclass(frozen=True, slots=True, repr=False)
class Shown:
    """A report as its reporter sees it.

    `last_day` is the last one on which the event can be reported again, none once it is over.
    """

    report: DrivingReport
    institution: Institution | None
    locality: Locality | None
    steps: Sequence[Step]
    last_day: date | None

    @property
    def state(self) -> State:
        """Where it stands."""
        return self.report.state

    @property
    def reason(self) -> Reason | None:
        """Why it stands there."""
        return self.report.reason


async def send(session: AsyncSession, means: Means, person: Principal, wish: Wish, now: datetime) -> Shown:
    """Take a report: it has its number, and waits for its recording.

    Raises one of the problems of `admissibility`, `event_times` and `plates`, `ReporterIdentityNeeded`,
    `ServiceUnavailable`.
    """
    admissibility.must_be_declared(wish.declaration, agreed=wish.agreed)
    admissibility.must_be_seen_by_chance(by_chance=wish.seen_by_chance)
    happened_at = event_times.read(wish.happened_at)
    plate = plates.read(wish.plate, wish.plate_country)
    locality = found(wish.place, await gazetteer())
    reporter = await _reporter(means, person.person_id, wish)
    async with session.begin():
        legal = await rules.read(session, *admissibility.RULES)
        admissibility.must_be_in_time(happened_at, legal, now)
        admissibility.must_be_aggressive(wish.manoeuvres, legal, happened_at)
        unit = await competent(session, wish.place.county, now)
        await storage.lock_reporter(session, person.person_id)
        sent = await sent_today(session, person.person_id, now)
        admissibility.must_be_under_limit(sent, legal, now)
        year = local_date(now).year
        report = DrivingReport(
            id=ids.new_id(),
            number=await storage.next_number(session, year),
            year=year,
            reporter_id=person.person_id,
            reporter=reporter,
            event=Event(
                siruta=wish.place.siruta,
                place=wish.place.words,
                latitude=wish.place.latitude,
                longitude=wish.place.longitude,
                plate=plate.text,
                plate_country=plate.country,
                description=wish.description,
            ),
            happened_at=happened_at,
            county=wish.place.county,
            manoeuvres=tuple(sorted(set(wish.manoeuvres))),
            institution_id=unit.id,
            sent_at=now,
            upload_by=admissibility.upload_by(now, legal),
            barred_after=admissibility.barred_after(happened_at, legal),
            declaration=wish.declaration,
            assurance=person.assurance.value,
        )
        await storage.add(session, means.key, report)
        await tell_moved(session, report, now)
        steps = await storage.steps(session, means.key, report.id)
    return Shown(report, unit, locality, steps, _last_day(report, legal, now))


async def conditions(session: AsyncSession, now: datetime) -> Conditions:
    """What can be reported today, and on which conditions."""
    async with session.begin():
        legal = await rules.read(session, *admissibility.RULES)
    return admissibility.conditions(legal, local_date(now))


async def listed(
    session: AsyncSession, key: MasterKey, person_id: UUID, now: datetime, after: UUID | None, limit: int
) -> Sequence[Shown]:
    """What somebody reported, the last first, without steps and places."""
    async with session.begin():
        legal = await rules.read(session, *admissibility.RULES)
        every = await storage.of_reporter(session, key, person_id, after, limit)
        shown = await as_of(session, every, now)
    return [
        Shown(
            each,
            *(None, None, ()),
            _last_day(each, legal, now),
        )
        for each in shown
    ]


async def read(
    session: AsyncSession, key: MasterKey, person_id: UUID, report_id: UUID, now: datetime
) -> Shown:
    """A report of somebody as it stands now; another's is not found. `DrivingReportNotFound`."""
    async with session.begin():
        report = await storage.find(session, key, report_id)
        if report is None or report.reporter_id != person_id:
            raise DrivingReportNotFound
        return await _shown(session, key, report, now)


async def cancel(
    session: AsyncSession, key: MasterKey, person_id: UUID, report_id: UUID, now: datetime
) -> Shown:
    """Take a report back while it waits for its recording; again changes nothing.

    `DrivingReportNotFound`, `DrivingReportStands`.
    """
    async with session.begin():
        report = await storage.lock(session, key, report_id)
        if report is None or report.reporter_id != person_id:
            raise DrivingReportNotFound
        if report.reason is not Reason.CANCELLED:
            (now_is,) = await as_of(session, [report], now)
            if now_is is not report:
                raise DrivingReportStands(state=now_is.state.value)
            report = await _cancel(session, report, person_id, now)
        return await _shown(session, key, report, now)


async def cancel_all(session: AsyncSession, key: MasterKey, person_id: UUID, now: datetime) -> None:
    """The account of somebody is gone: nobody can upload what they announced."""
    async with session.begin():
        waiting = await storage.waiting_of(session, key, person_id)
        arrived = await storage.being_checked(session, [report.id for report in waiting])
        for report in waiting:
            if report.id not in arrived and not domain.is_overdue(report, now):
                await _cancel(session, report, None, now)


async def submitted(session: AsyncSession, report: DrivingReport, now: datetime) -> DrivingReport:
    """The recording of a report is whole and checked: officers have it from now on.

    Inside the transaction that ends the upload, which has locked the report. `DrivingReportStands`,
    `UploadTimeOver`.
    """
    if domain.is_overdue(report, now):
        raise UploadTimeOver
    moved = domain.moved(report, State.SUBMITTED, submitted_at=now)
    await storage.move(session, moved, now, report.reporter_id)
    await tell_moved(session, moved, now)
    return moved


async def close_overdue(session: AsyncSession, report: DrivingReport, now: datetime) -> DrivingReport:
    """The report as it stands now: closed when its recording should have been there by now.

    Inside the caller's transaction, which has locked the report.
    """
    (closed,) = await as_of(session, [report], now)
    if closed is not report:
        await storage.move(session, closed, report.upload_by, None)
        await tell_moved(session, closed, now)
    return closed


async def as_of(
    session: AsyncSession, every: Sequence[DrivingReport], now: datetime
) -> Sequence[DrivingReport]:
    """Reports as they stand now, also where the clock has not closed them yet.

    One whose recording came in time waits on while that is being looked at.
    """
    overdue = [report.id for report in every if domain.is_overdue(report, now)]
    arrived = await storage.being_checked(session, overdue)
    return [report if report.id in arrived else domain.as_of(report, now) for report in every]


async def close_what_is_overdue(session: AsyncSession, key: MasterKey, now: datetime) -> int:
    """Close some reports whose recording did not come; how many."""
    async with session.begin():
        some = await storage.overdue(session, key, now, _SOME)
        for report in some:
            await close_overdue(session, report, now)
    return len(some)


async def tell_moved(session: AsyncSession, report: DrivingReport, now: datetime) -> None:
    """Tell that a report has come to where it is, in the caller's transaction."""
    await outbox.record(
        session,
        DrivingReportMoved(
            driving_report_id=report.id,
            person_id=report.reporter_id,
            number=report.label,
            state=report.state.value,
            reason=report.reason.value if report.reason else None,
            upload_by=report.upload_by if report.state is State.AWAITING_VIDEO else None,
            version=report.version,
        ),
        now,
    )


async def gazetteer() -> Mapping[str, Locality]:
    """The localities by SIRUTA code, read from their file by the first who asks."""
    return await asyncio.to_thread(localities)


def found(place: Place, known: Mapping[str, Locality]) -> Locality | None:
    """The locality of a place that holds together; `PlaceNeeded`, `PlaceNotHere`."""
    locality = known.get(place.siruta) if place.siruta else None
    if place.siruta and locality is None:
        raise PlaceNotHere(pointer="/place/siruta")
    admissibility.must_be_found(place.county, locality, place.words, place.latitude, place.longitude)
    return locality


async def competent(session: AsyncSession, county: str, now: datetime) -> Institution:
    """Who decides about reports of a county; `ServiceUnavailable` before the catalog has told of it."""
    unit = await institutions.police_of(session, county, local_date(now))
    if unit is None:
        raise ServiceUnavailable(headers={"retry-after": "30"})
    return unit


async def sent_today(session: AsyncSession, person_id: UUID, now: datetime) -> int:
    """How many of somebody's reports count towards the limit of today."""
    return await storage.count_sent(session, person_id, *admissibility.day_of(now), now)


async def _reporter(means: Means, person_id: UUID, wish: Wish) -> Reporter:
    known = await clients.person(means.identity, person_id)
    if known is None or known.cnp is None:
        raise ReporterIdentityNeeded
    return Reporter(known.cnp, known.family_name, known.given_name, wish.phone, wish.address)


async def _cancel(
    session: AsyncSession, report: DrivingReport, actor_id: UUID | None, now: datetime
) -> DrivingReport:
    moved = domain.moved(report, State.CLOSED, Reason.CANCELLED)
    await storage.move(session, moved, now, actor_id)
    await tell_moved(session, moved, now)
    return moved


async def _shown(session: AsyncSession, key: MasterKey, report: DrivingReport, now: datetime) -> Shown:
    legal = await rules.read(session, *admissibility.RULES)
    steps = list(await storage.steps(session, key, report.id))
    (now_is,) = await as_of(session, [report], now)
    if now_is is not report:
        steps.append(Step(now_is.state, now_is.reason, None, report.upload_by, None))
    siruta = report.event.siruta if report.event else None
    locality = (await gazetteer()).get(siruta) if siruta else None
    unit = await institutions.find(session, report.institution_id)
    return Shown(now_is, unit, locality, steps, _last_day(report, legal, now))


def _last_day(report: DrivingReport, legal: Rules, now: datetime) -> date | None:
    today = local_date(now)
    last = admissibility.last_day(report.happened_at, legal, today)
    return last if last >= today else None
