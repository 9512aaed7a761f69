"""Reports of aggressive driving: rows in, domain values out; every move writes its step.

Who reports and what is encrypted, bound to the report; a vehicle is found by a keyed hash of its plate.
"""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, bindparam, exists, func, insert, or_, select, text, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession

from hub_events.statements import Part

from ..domain.driving_reports import DrivingReport, Event, Reason, Reporter, State
from ..domain.videos import State as VideoState
from ..errors.driving_reports import DrivingReportStands
from ..keys import MasterKey, Purpose
from ..tables.driving_reports import DRIVING_REPORT_NUMBERS, DRIVING_REPORT_STEPS, DRIVING_REPORTS
from ..tables.videos import VIDEOS

_OTHERWISE: Final = ("reporter", "event", "manoeuvres", "state", "reason")
_PLAIN: Final = tuple(field.name for field in fields(DrivingReport) if field.name not in _OTHERWISE)
_CHANGING: Final = (
    *("state", "reason", "submitted_at", "officer_id", "vehicle", "institution_id", "county", "joined_to"),
    *("proces_verbal_id", "decided_at", "video_until", "version"),
)
_OF_REPORTER: Final = Part(
    select(DRIVING_REPORTS)
    .where(DRIVING_REPORTS.c.reporter_id == bindparam("of_reporter"))
    .where(
        or_(
            bindparam("after", type_=DRIVING_REPORTS.c.id.type).is_(None),
            DRIVING_REPORTS.c.id < bindparam("after", type_=DRIVING_REPORTS.c.id.type),
        )
    )
    .order_by(DRIVING_REPORTS.c.id.desc())
    .limit(bindparam("most"))
)
# Written out, as its index has it: a condition with parameters finds no partial index.
_AWAITING: Final = text("state = 'AWAITING_VIDEO'")
_BEING_CHECKED: Final = exists().where(
    VIDEOS.c.driving_report_id == DRIVING_REPORTS.c.id,
    VIDEOS.c.arrived_at.is_not(None),
    VIDEOS.c.state == VideoState.RECEIVING.value,
)
"""Its recording came in time; whether it is one is not known yet."""
_NOT_COUNTED: Final = (Reason.NO_VIDEO, Reason.CANCELLED)


@dataclass(frozen=True, slots=True, repr=False)
class Step:
    """A step of a report: where it came to. `note` is for officers; `actor_id` is none for the clock."""

    state: State
    reason: Reason | None
    note: str | None
    at: datetime
    actor_id: UUID | None


async def next_number(session: AsyncSession, year: int) -> int:
    """The next number of a year.

    No sequence: its row stays locked until the transaction ends, and a rollback takes the number back, so
    that none is ever missing. Take it last: who waits for it waits for all that follows.
    """
    first = postgresql.insert(DRIVING_REPORT_NUMBERS).values(year=year, last=1)
    taken = await session.execute(
        first.on_conflict_do_update(
            index_elements=["year"], set_={"last": DRIVING_REPORT_NUMBERS.c.last + 1}
        ).returning(DRIVING_REPORT_NUMBERS.c.last)
    )
    number: int = taken.scalar_one()
    return number


async def add(session: AsyncSession, key: MasterKey, report: DrivingReport) -> None:
    """Store a report that was just sent, with its first step."""
    if report.reporter is None or report.event is None:
        raise ValueError("a new report has a reporter and an event")
    values = {name: getattr(report, name) for name in (*_PLAIN, "state")} | {
        "manoeuvres": list(report.manoeuvres),
        "reporter": key.seal(orjson.dumps(asdict(report.reporter)), f"driving-report-reporter:{report.id}"),
        "event": key.seal(
            orjson.dumps(asdict(report.event), default=str), f"driving-report-event:{report.id}"
        ),
        "plate_key": plate_key(key, report.event.plate),
    }
    await session.execute(insert(DRIVING_REPORTS).values(values))
    await _step(session, report, report.sent_at, report.reporter_id, None)


async def find(session: AsyncSession, key: MasterKey, report_id: UUID) -> DrivingReport | None:
    """A report by id."""
    return await _one(session, key, DRIVING_REPORTS.c.id == report_id)


async def lock(session: AsyncSession, key: MasterKey, report_id: UUID) -> DrivingReport | None:
    """The same, locked until the end of the transaction: its steps come one after the other."""
    return await _one(session, key, DRIVING_REPORTS.c.id == report_id, lock=True)


async def of_reporter(
    session: AsyncSession, key: MasterKey, reporter_id: UUID, after: UUID | None, limit: int | None
) -> Sequence[DrivingReport]:
    """What somebody reported, the last first; `after` is the id with which the page before ended.

    Without a `limit` it is everything.
    """
    rows = await _OF_REPORTER.all(session, of_reporter=reporter_id, after=after, most=limit)
    return [of_row(key, row) for row in rows]


async def lock_reporter(session: AsyncSession, reporter_id: UUID) -> None:
    """Until the end of the transaction nobody else sends a report as this person."""
    await session.execute(
        select(func.pg_advisory_xact_lock(func.hashtextextended(f"driving-reports:{reporter_id}", 0)))
    )


async def count_sent(
    session: AsyncSession, reporter_id: UUID, since: datetime, until: datetime, now: datetime
) -> int:
    """How many reports somebody sent from an instant until another, which is not included.

    Those to which no recording came in time, or that were taken back, are not among them.
    """
    columns = DRIVING_REPORTS.c
    sent = await session.execute(
        select(func.count())
        .select_from(DRIVING_REPORTS)
        .where(
            columns.reporter_id == reporter_id,
            columns.sent_at >= since,
            columns.sent_at < until,
            func.coalesce(columns.reason, "").not_in([reason.value for reason in _NOT_COUNTED]),
            or_(columns.state != State.AWAITING_VIDEO.value, columns.upload_by > now, _BEING_CHECKED),
        )
    )
    return int(sent.scalar_one())


async def of_event(
    session: AsyncSession, key: MasterKey, plate: str, since: datetime, until: datetime
) -> Sequence[DrivingReport]:
    """Every report about a vehicle between two instants, both included, in the order of the events."""
    found = await session.execute(
        select(DRIVING_REPORTS)
        .where(
            DRIVING_REPORTS.c.plate_key == plate_key(key, plate),
            DRIVING_REPORTS.c.happened_at.between(since, until),
        )
        .order_by(DRIVING_REPORTS.c.happened_at, DRIVING_REPORTS.c.id)
    )
    return [of_row(key, row) for row in found.mappings()]


async def being_checked(session: AsyncSession, report_ids: Collection[UUID]) -> Collection[UUID]:
    """Those of the reports whose recording has arrived in time, and is being looked at."""
    if not report_ids:
        return ()
    found = await session.scalars(
        select(DRIVING_REPORTS.c.id).where(DRIVING_REPORTS.c.id.in_(report_ids), _AWAITING, _BEING_CHECKED)
    )
    return set(found)


async def waiting_of(session: AsyncSession, key: MasterKey, reporter_id: UUID) -> Sequence[DrivingReport]:
    """What somebody sent that waits for its recording, locked."""
    found = await session.execute(
        select(DRIVING_REPORTS)
        .where(DRIVING_REPORTS.c.reporter_id == reporter_id, _AWAITING)
        .order_by(DRIVING_REPORTS.c.id)
        .with_for_update()
    )
    return [of_row(key, row) for row in found.mappings()]


async def follow_person(session: AsyncSession, former_id: UUID, person_id: UUID) -> None:
    """What one id sent is another's."""
    await session.execute(
        update(DRIVING_REPORTS)
        .where(DRIVING_REPORTS.c.reporter_id == former_id)
        .values(reporter_id=person_id)
    )


async def overdue(
    session: AsyncSession, key: MasterKey, now: datetime, limit: int
) -> Sequence[DrivingReport]:
    """Some whose recording did not come in time, locked; those somebody else has in hand are passed over."""
    found = await session.execute(
        select(DRIVING_REPORTS)
        .where(_AWAITING, DRIVING_REPORTS.c.upload_by <= now, ~_BEING_CHECKED)
        .order_by(DRIVING_REPORTS.c.upload_by)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [of_row(key, row) for row in found.mappings()]


async def move(
    session: AsyncSession,
    moved: DrivingReport,
    now: datetime,
    actor_id: UUID | None,
    note: bytes | None = None,
) -> None:
    """Store a report that `domain.driving_reports.moved` made, with its step.

    `actor_id` is none for the clock; `note` is what `sealed_note` made. Raises `DrivingReportStands` where
    somebody else changed the report since it was read.
    """
    await change(session, moved)
    await _step(session, moved, now, actor_id, note)


async def change(session: AsyncSession, changed: DrivingReport) -> None:
    """Store a report of which something became different that is no step, as `move` does."""
    values = {name: getattr(changed, name) for name in _CHANGING}
    stored = await session.execute(
        update(DRIVING_REPORTS)
        .where(DRIVING_REPORTS.c.id == changed.id, DRIVING_REPORTS.c.version == changed.version - 1)
        .values(values)
        .returning(DRIVING_REPORTS.c.id)
    )
    if stored.scalar_one_or_none() is None:
        state = await session.scalar(
            select(DRIVING_REPORTS.c.state).where(DRIVING_REPORTS.c.id == changed.id)
        )
        raise DrivingReportStands(state=state)


async def steps(session: AsyncSession, key: MasterKey, report_id: UUID) -> Sequence[Step]:
    """Each step of a report, in order."""
    found = await session.execute(
        select(DRIVING_REPORT_STEPS)
        .where(DRIVING_REPORT_STEPS.c.driving_report_id == report_id)
        .order_by(DRIVING_REPORT_STEPS.c.version)
    )
    return [
        Step(
            state=State(row["state"]),
            reason=Reason(row["reason"]) if row["reason"] else None,
            note=key.unseal(row["note"], _of_note(report_id, row["version"])).decode()
            if row["note"]
            else None,
            at=row["at"],
            actor_id=row["actor_id"],
        )
        for row in found.mappings()
    ]


def sealed_note(key: MasterKey, moved: DrivingReport, words: str) -> bytes:
    """What an officer wrote down with a step, as it is stored."""
    return key.seal(words.encode(), _of_note(moved.id, moved.version))


def plate_key(key: MasterKey, plate: str) -> bytes:
    """What a vehicle is found by, from its plate as `domain.plates` writes it."""
    return key.digest(Purpose.PLATES, plate)


def of_row(key: MasterKey, row: Any) -> DrivingReport:
    """The report of a row of `DRIVING_REPORTS`."""
    report_id = row["id"]
    reporter = event = None
    if row["reporter"] is not None:
        sealed = key.unseal(row["reporter"], f"driving-report-reporter:{report_id}")
        reporter = Reporter(**orjson.loads(sealed))
    if row["event"] is not None:
        event = _event(orjson.loads(key.unseal(row["event"], f"driving-report-event:{report_id}")))
    return DrivingReport(
        reporter=reporter,
        event=event,
        manoeuvres=tuple(row["manoeuvres"]),
        state=State(row["state"]),
        reason=Reason(row["reason"]) if row["reason"] else None,
        **{name: row[name] for name in _PLAIN},
    )


def _event(facts: dict[str, Any]) -> Event:
    for name in ("latitude", "longitude"):
        facts[name] = Decimal(facts[name]) if facts[name] is not None else None
    return Event(**facts)


async def _one(
    session: AsyncSession, key: MasterKey, wanted: ColumnElement[bool], *, lock: bool = False
) -> DrivingReport | None:
    asked = select(DRIVING_REPORTS).where(wanted)
    found = await session.execute(asked.with_for_update() if lock else asked)
    row = found.mappings().one_or_none()
    return of_row(key, row) if row else None


async def _step(
    session: AsyncSession, report: DrivingReport, now: datetime, actor_id: UUID | None, note: bytes | None
) -> None:
    await session.execute(
        insert(DRIVING_REPORT_STEPS).values(
            driving_report_id=report.id,
            version=report.version,
            state=report.state.value,
            reason=report.reason.value if report.reason else None,
            note=note,
            at=now,
            actor_id=actor_id,
        )
    )


def _of_note(report_id: UUID, version: int) -> str:
    return f"driving-report-note:{report_id}:{version}"
