"""What officers see of a recording, and how reports end by the clock: barred, final, fallen, deleted."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy import insert, select, text
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_core import clock, ids
from hub_core.rules import Rules
from hub_documents.store import Store
from hub_events.session import Session
from svc_traffic_history.domain.custody import Act
from svc_traffic_history.domain.driving_reports import DrivingReport, Reason, State
from svc_traffic_history.operations import custody, report_deletion, sanctioning, videos
from svc_traffic_history.operations.means import Means
from svc_traffic_history.operations.videos import VideoMeans
from svc_traffic_history.routes import ranges
from svc_traffic_history.storage import driving_reports as storage
from svc_traffic_history.storage import owner_inquiries
from svc_traffic_history.tables.driving_reports import DRIVING_REPORTS
from svc_traffic_history.tables.videos import VIDEO_PARTS, VIDEOS

from .outside import Outside
from .reviewing import CONTENT_SHA, FILES, Reviewer, a_sanction, put, read, reviewer, today, whole

Sessions = async_sessionmaker[Session]
Sent = Callable[..., Awaitable[DrivingReport]]
DAY = timedelta(days=1)
CONTENT = b"abcde"
ETAG = f'"{CONTENT_SHA.hex()}"'


@pytest.fixture
def unit() -> UUID:
    """A county inspectorate of this test's own."""
    return ids.new_id()


@pytest.fixture
def bogdan(client: httpx2.AsyncClient, signed_in: Any, unit: UUID) -> Reviewer:
    return reviewer(client, signed_in, unit)


@pytest.fixture
def filming(app: FastAPI, client: httpx2.AsyncClient) -> VideoMeans:
    assert client
    made: VideoMeans = app.state.filming()
    return made


@pytest.fixture
def sent(sessions: Sessions, means: Means, outside: Outside, unit: UUID, filming: VideoMeans) -> Sent:
    """Make `await sent(...)`: a report that is whole, with a recording of two parts in the store."""

    async def make(**special: Any) -> DrivingReport:
        report = await put(sessions, means, whole(outside, unit, **special))
        async with sessions() as session, session.begin():
            video_id = await session.scalar(
                select(VIDEOS.c.id).where(VIDEOS.c.driving_report_id == report.id)
            )
            for starts_at, content in ((0, CONTENT[:3]), (3, CONTENT[3:])):
                name = f"{videos.FOLDER}{ids.new_id().hex}"
                await filming.store.put(name, content)
                await session.execute(
                    insert(VIDEO_PARTS).values(
                        video_id=video_id, starts_at=starts_at, size=len(content), name=name
                    )
                )
        return report

    return make


def problem(answer: httpx2.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].rsplit("/", 1)[-1]


# The recording


@pytest.mark.parametrize(
    ("header", "if_range", "part"),
    [
        (None, None, None),
        ("bytes=0-", None, (0, 5)),
        ("bytes=1-2", None, (1, 3)),
        ("bytes=3-99", None, (3, 5)),
        ("bytes=-2", None, (3, 5)),
        ("bytes=-99", None, (0, 5)),
        ("bytes=1-2", ETAG, (1, 3)),
        ("bytes=1-2", '"other"', None),
        ("bytes=1-2", f"W/{ETAG}", None),
        ("bytes=0-1,3-4", None, None),
        ("bytes=2-1", None, None),
        ("lines=1-2", None, None),
        ("bytes=-", None, None),
    ],
    ids=str,
)
def test_which_bytes_a_request_wants(
    header: str | None, if_range: str | None, part: tuple[int, int] | None
) -> None:
    assert ranges.wanted(header, if_range, ETAG, 5) == part


async def test_a_recording_is_seen_whole_and_by_ranges(bogdan: Reviewer, sent: Sent) -> None:
    report = await sent()
    answer = await bogdan.get(f"/{report.id}/video")
    assert (answer.status_code, answer.content) == (200, CONTENT)
    assert (answer.headers["etag"], answer.headers["accept-ranges"]) == (ETAG, "bytes")
    assert (answer.headers["content-type"], answer.headers["content-length"]) == ("video/mp4", "5")
    part = await bogdan.get(f"/{report.id}/video", range="bytes=2-3")
    assert (part.status_code, part.content) == (206, b"cd")
    assert part.headers["content-range"] == "bytes 2-3/5"
    changed = await bogdan.get(f"/{report.id}/video", range="bytes=2-3", **{"if-range": '"other"'})
    assert (changed.status_code, changed.content) == (200, CONTENT)
    beyond = await bogdan.get(f"/{report.id}/video", range="bytes=5-")
    assert problem(beyond) == (416, "recording-range")
    assert beyond.headers["content-range"] == "bytes */5"


async def test_each_play_stands_in_the_chain_of_custody_and_in_the_reporters_log(
    bogdan: Reviewer, sent: Sent, sessions: Sessions
) -> None:
    report = await sent()
    for _ in range(2):
        await bogdan.get(f"/{report.id}/video", range="bytes=0-1")
    async with sessions() as session, session.begin():
        lines = await custody.lines(session, report.id)
        found = await session.execute(
            text("SELECT body FROM outbox WHERE subject LIKE '%record.accessed.v1' ORDER BY seq DESC LIMIT 2")
        )
        bodies = [bytes(body) for body in found.scalars()]
    assert [(line.entry.act, line.entry.sha256) for line in lines] == [(Act.VIEWED, CONTENT_SHA)] * 2
    assert all(str(report.reporter_id).encode() in body for body in bodies)


async def test_nobody_else_sees_a_recording(
    client: httpx2.AsyncClient, signed_in: Any, bogdan: Reviewer, officer_elsewhere: Reviewer, sent: Sent
) -> None:
    report = await sent()
    path = f"/{report.id}/video"
    assert problem(await officer_elsewhere.get(path)) == (404, "driving-report-not-found")
    own = reviewer(client, signed_in, report.institution_id, report.reporter_id)
    assert problem(await own.get(path)) == (403, "own-case")
    assert (await client.get(f"{FILES}{path}")).status_code == 401
    no_purpose = {name: value for name, value in bogdan.headers.items() if name != "purpose"}
    answer = await client.get(f"{FILES}{path}", headers=no_purpose)
    assert problem(answer) == (400, "purpose-required")


@pytest.fixture
def officer_elsewhere(client: httpx2.AsyncClient, signed_in: Any) -> Reviewer:
    return reviewer(client, signed_in, ids.new_id())


# The clock


async def test_what_is_barred_ends_without_a_sanction_once(
    bogdan: Reviewer, sent: Sent, sessions: Sessions, means: Means
) -> None:
    barred = await bogdan.examined(await sent(barred_after=today() - DAY))
    untaken = await sent(barred_after=today() - DAY)
    last_day = await sent(barred_after=today())
    for _ in range(2):
        async with sessions() as session:
            await sanctioning.bar(session, means.key, clock.now())
    for report in (barred, untaken):
        ended = await read(sessions, means, report.id)
        assert (ended.state, ended.reason) == (State.NO_SANCTION, Reason.TIME_BARRED)
    assert (await read(sessions, means, last_day.id)).state is State.SUBMITTED


async def test_a_joined_report_is_barred_by_its_own_day(
    bogdan: Reviewer, sent: Sent, sessions: Sessions, means: Means, outside: Outside
) -> None:
    plate = f"CV {ids.new_id().hex[-10:].upper()}"
    leader = await bogdan.examined(await sent(plate=plate))
    second = await sent(plate=plate, happened_at=leader.happened_at, barred_after=today() - DAY)
    await bogdan.did(f"/{second.id}/join", {"leader_id": str(leader.id)})
    sanction = a_sanction(outside.number_of(outside.add_driver()), clock.now())
    assert problem(await bogdan.post(f"/{leader.id}/sanction", sanction))[1] == "driving-report-time-barred"
    async with sessions() as session:
        await sanctioning.bar(session, means.key, clock.now())
    ended = await read(sessions, means, second.id)
    assert (ended.state, ended.joined_to) == (State.NO_SANCTION, None)
    assert (await bogdan.did(f"/{leader.id}/sanction", sanction))["state"] == "SANCTIONED"


async def sanctioned(bogdan: Reviewer, sent: Sent, outside: Outside) -> tuple[DrivingReport, str]:
    report = await bogdan.examined(await sent())
    number = outside.number_of(outside.add_driver())
    await bogdan.did(f"/{report.id}/sanction", a_sanction(number, clock.now()))
    return report, (await bogdan.file(report))["proces_verbal_id"]


async def recorded(bogdan: Reviewer, pv: str, fact: str, **body: Any) -> None:
    answer = await bogdan.client.post(
        f"/traffic-history/v1/proces-verbale/{pv}/{fact}",
        json={"on": today().isoformat()} | body,
        headers=bogdan.headers | {"idempotency-key": str(ids.new_id())},
    )
    assert answer.status_code == 201, answer.text


async def followed(sessions: Sessions, means: Means, report: DrivingReport, at: datetime) -> DrivingReport:
    async with sessions() as session:
        await sanctioning.follow_decisions(session, means.key, at)
    return await read(sessions, means, report.id)


async def test_a_sanction_that_nobody_contested_is_final_after_the_term(
    bogdan: Reviewer, sent: Sent, outside: Outside, sessions: Sessions, means: Means
) -> None:
    report, pv = await sanctioned(bogdan, sent, outside)
    assert (await followed(sessions, means, report, clock.now() + 30 * DAY)).state is State.SANCTIONED
    await recorded(bogdan, pv, "communication")
    assert (await followed(sessions, means, report, clock.now() + 15 * DAY)).state is State.SANCTIONED
    ended = await followed(sessions, means, report, clock.now() + 30 * DAY)
    assert (ended.state, ended.reason) == (State.CLOSED, Reason.DECISION_FINAL)


async def test_a_court_that_admits_the_complaint_leaves_no_sanction(
    bogdan: Reviewer, sent: Sent, outside: Outside, sessions: Sessions, means: Means
) -> None:
    report, pv = await sanctioned(bogdan, sent, outside)
    await recorded(bogdan, pv, "communication")
    await recorded(bogdan, pv, "complaint")
    assert (await followed(sessions, means, report, clock.now() + 90 * DAY)).state is State.SANCTIONED
    await recorded(bogdan, pv, "court-decision", outcome="ADMITTED")
    ended = await followed(sessions, means, report, clock.now())
    assert (ended.state, ended.reason) == (State.NO_SANCTION, Reason.COURT_ADMITTED)


# Deletion


async def deleted(sessions: Sessions, filming: VideoMeans, at: datetime) -> None:
    async with sessions() as session:
        while await report_deletion.say_how_long(session, filming.key):
            pass
        while await report_deletion.delete_what_is_over(session, filming, at):
            pass


async def row_of(sessions: Sessions, report: DrivingReport) -> Any:
    async with sessions() as session, session.begin():
        found = await session.execute(select(DRIVING_REPORTS).where(DRIVING_REPORTS.c.id == report.id))
        return found.mappings().one()


def kept(legal: Rules, end: str) -> timedelta:
    return legal.on(f"aggressive-driving.kept-{end}", today()).whole * DAY


async def not_eligible(bogdan: Reviewer, sent: Sent) -> DrivingReport:
    report = await sent()
    await bogdan.did(f"/{report.id}/take")
    await bogdan.did(f"/{report.id}/not-eligible", {"reason": "EDITED", "note": "Tăiat la 0:03"})
    return report


async def test_what_was_kept_long_enough_is_deleted_and_the_chain_and_the_figures_stay(
    bogdan: Reviewer, sent: Sent, sessions: Sessions, filming: VideoMeans, legal: Rules, means: Means
) -> None:
    report = await not_eligible(bogdan, sent)
    last = kept(legal, "not-eligible")
    names = await part_names(sessions, report)
    await deleted(sessions, filming, clock.now() + last)
    row = await row_of(sessions, report)
    assert (row["video_until"], row["deleted_at"]) == (today() + last, None)
    assert row["reporter"] is not None
    assert await filming.store.get(names[0]) == CONTENT[:3]
    for _ in range(2):
        await deleted(sessions, filming, clock.now() + last + DAY)
    row = await row_of(sessions, report)
    assert row["deleted_at"] is not None
    assert (row["reporter"], row["event"], row["plate_key"]) == (None, None, None)
    assert (row["county"], tuple(row["manoeuvres"]), row["state"]) == (
        report.county,
        report.manoeuvres,
        "NOT_ELIGIBLE",
    )
    assert not await part_names(sessions, report)
    for name in names:
        assert not await lies(filming.store, name)
    async with sessions() as session, session.begin():
        assert [step.note for step in await storage.steps(session, means.key, report.id)] == [None] * 4
        acts = [line.entry.act for line in await custody.lines(session, report.id)]
        assert await custody.verify(session, report.id) is None
    assert acts.count(Act.DELETED) == 1
    opened = await bogdan.file(report)
    assert (opened["reporter"], opened["plate"], opened["recording"]) == (None, None, None)
    assert problem(await bogdan.get(f"/{report.id}/video")) == (404, "recording-missing")


async def test_who_was_asked_and_named_is_deleted_with_the_report(
    bogdan: Reviewer, sent: Sent, sessions: Sessions, filming: VideoMeans, legal: Rules, means: Means
) -> None:
    report = await bogdan.examined(await sent())
    await bogdan.asked(report)
    await bogdan.did(f"/{report.id}/no-sanction", {"reason": "DRIVER_UNKNOWN"})
    await deleted(sessions, filming, clock.now() + kept(legal, "no-sanction") + DAY)
    async with sessions() as session, session.begin():
        (inquiry,) = await owner_inquiries.of_report(session, means.key, report.id)
    assert (inquiry.asked, inquiry.named) == (None, None)
    assert inquiry.asked_on == today()


async def test_open_and_sanctioned_reports_are_kept_whatever_the_day(
    bogdan: Reviewer, sent: Sent, sessions: Sessions, filming: VideoMeans, outside: Outside
) -> None:
    reports = [await sent(), (await sanctioned(bogdan, sent, outside))[0]]
    await deleted(sessions, filming, clock.now() + 3650 * DAY)
    for report in reports:
        assert (await row_of(sessions, report))["video_until"] is None


async def test_a_deletion_that_was_cut_off_goes_on_where_it_was(
    bogdan: Reviewer,
    sent: Sent,
    sessions: Sessions,
    filming: VideoMeans,
    legal: Rules,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    report = await not_eligible(bogdan, sent)
    at = clock.now() + kept(legal, "not-eligible") + DAY

    async def killed(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as cut:
        cut.setattr(report_deletion.storage, "forget", killed)
        with pytest.raises(KeyboardInterrupt):
            await deleted(sessions, filming, at)
    assert (await row_of(sessions, report))["deleted_at"] is None
    await deleted(sessions, filming, at)
    assert (await row_of(sessions, report))["deleted_at"] is not None
    async with sessions() as session, session.begin():
        acts = [line.entry.act for line in await custody.lines(session, report.id)]
    assert acts.count(Act.DELETED) == 1


async def part_names(sessions: Sessions, report: DrivingReport) -> list[str]:
    async with sessions() as session, session.begin():
        found = await session.execute(
            select(VIDEO_PARTS.c.name)
            .join(VIDEOS, VIDEOS.c.id == VIDEO_PARTS.c.video_id)
            .where(VIDEOS.c.driving_report_id == report.id)
            .order_by(VIDEO_PARTS.c.starts_at)
        )
        return [*found.scalars()]


async def lies(store: Store, name: str) -> bool:
    return name in [each async for each in store.names(clock.now() + DAY)]
