"""Reports of aggressive driving on a real database: sealed, moved in order, numbered without gaps."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_events.session import Session
from svc_traffic_history.domain import driving_reports as domain
from svc_traffic_history.domain.driving_reports import DrivingReport, Reason, State
from svc_traffic_history.errors.driving_reports import DrivingReportStands, UploadTimeOver
from svc_traffic_history.operations import driving_reports as operations
from svc_traffic_history.operations.means import Means
from svc_traffic_history.storage import driving_reports as storage
from svc_traffic_history.tables.driving_reports import DRIVING_REPORTS

from .build_driving_reports import NOON, a_driving_report, an_event

MINUTE = timedelta(minutes=1)
Sessions = async_sessionmaker[Session]


async def _sent(sessions: Sessions, means: Means, report: DrivingReport) -> DrivingReport:
    async with sessions() as session, session.begin():
        await storage.add(session, means.key, report)
    return report


async def test_a_report_is_read_as_it_was_stored_and_lies_sealed(sessions: Sessions, means: Means) -> None:
    report = await _sent(sessions, means, a_driving_report(event=an_event(description="Frânări bruște")))
    async with sessions() as session, session.begin():
        read = await storage.find(session, means.key, report.id)
        row = await session.execute(select(DRIVING_REPORTS).where(DRIVING_REPORTS.c.id == report.id))
        stored = row.mappings().one()
        steps = await storage.steps(session, means.key, report.id)
    assert read == report
    everything = b"".join(value for value in stored.values() if isinstance(value, bytes))
    for secret in ("Popescu", "2850312019008", "CV 12 ABC", "Frân", "DN 12"):
        assert secret.encode() not in everything
    assert [(step.state, step.at, step.actor_id) for step in steps] == [
        (State.AWAITING_VIDEO, report.sent_at, report.reporter_id)
    ]


async def test_a_note_of_a_step_is_read_again(sessions: Sessions, means: Means) -> None:
    report = await _sent(sessions, means, a_driving_report(state=State.ELIGIBILITY_CHECK))
    moved = domain.moved(report, State.NOT_ELIGIBLE, Reason.EDITED)
    async with sessions() as session, session.begin():
        note = storage.sealed_note(means.key, moved, "Cadre lipsă")
        await storage.move(session, moved, NOON + MINUTE, None, note)
        steps = await storage.steps(session, means.key, report.id)
    assert [(step.reason, step.note) for step in steps] == [(None, None), (Reason.EDITED, "Cadre lipsă")]


async def test_who_moves_a_report_that_has_moved_on_is_told_where_it_stands(
    sessions: Sessions, means: Means
) -> None:
    report = await _sent(sessions, means, a_driving_report())
    async with sessions() as session, session.begin():
        await operations.submitted(session, report, NOON)
    async with sessions() as session, session.begin():
        with pytest.raises(DrivingReportStands) as refused:
            await storage.move(
                session, domain.moved(report, State.CLOSED, Reason.CANCELLED), NOON, report.reporter_id
            )
    assert refused.value.facts == {"state": "SUBMITTED"}


async def test_a_recording_that_is_whole_a_microsecond_before_the_hour_is_in_time_and_at_the_hour_is_not(
    sessions: Sessions, means: Means
) -> None:
    """Edge case 56: the upload has an hour, exactly."""
    report = await _sent(sessions, means, a_driving_report())
    async with sessions() as session, session.begin():
        with pytest.raises(UploadTimeOver):
            await operations.submitted(session, report, report.upload_by)
    async with sessions() as session, session.begin():
        just = report.upload_by - timedelta(microseconds=1)
        moved = await operations.submitted(session, report, just)
    assert (moved.state, moved.submitted_at) == (State.SUBMITTED, just)


async def test_whose_recording_is_missing_at_the_hour_is_closed(sessions: Sessions, means: Means) -> None:
    report = await _sent(sessions, means, a_driving_report())
    async with sessions() as session, session.begin():
        before = await operations.close_overdue(session, report, report.upload_by - MINUTE)
        closed = await operations.close_overdue(session, report, report.upload_by)
    assert before is report
    assert (closed.state, closed.reason) == (State.CLOSED, Reason.NO_VIDEO)


async def test_numbers_of_a_year_have_no_gap_under_concurrency_and_rollback(sessions: Sessions) -> None:
    year = 2101  # nobody else's

    async def take(*, undo: bool) -> int | None:
        async with sessions() as session:
            transaction = await session.begin()
            number = await storage.next_number(session, year)
            await (transaction.rollback() if undo else transaction.commit())
        return None if undo else number

    taken = await asyncio.gather(*(take(undo=each % 3 == 0) for each in range(30)))
    assert sorted(number for number in taken if number is not None) == list(range(1, 21))


async def test_a_year_begins_with_number_one(sessions: Sessions) -> None:
    async with sessions() as session, session.begin():
        numbers = [await storage.next_number(session, year) for year in (2102, 2102, 2103)]
    assert numbers == [1, 2, 1]


async def test_only_what_counts_is_counted(sessions: Sessions, means: Means) -> None:
    first = a_driving_report()
    every = [
        first,
        replace(a_driving_report(), reporter_id=first.reporter_id, sent_at=NOON + MINUTE),
        replace(a_driving_report(), reporter_id=first.reporter_id),
        replace(a_driving_report(), reporter_id=first.reporter_id, state=State.ELIGIBILITY_CHECK),
        a_driving_report(),
    ]
    async with sessions() as session, session.begin():
        for each in every:
            await storage.add(session, means.key, each)
        taken_back = domain.moved(every[2], State.CLOSED, Reason.CANCELLED)
        await storage.move(session, taken_back, NOON, first.reporter_id)
        refused = domain.moved(every[3], State.NOT_ELIGIBLE, Reason.EDITED)
        await storage.move(session, refused, NOON, None)
        of = first.reporter_id
        counted = await storage.count_sent(session, of, NOON, NOON + MINUTE, NOON)
        all_of_them = await storage.count_sent(session, of, NOON, NOON + 2 * MINUTE, NOON)
        after_the_hour = await storage.count_sent(session, of, NOON, NOON + MINUTE, first.upload_by)
    assert (counted, all_of_them, after_the_hour) == (2, 3, 1)
