"""Aggressive driving is reported, followed and taken back: by whom it concerns, and by nobody else."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx2
import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_core import clock, ids
from hub_core.clock import BUCHAREST
from hub_core.principal import Assurance, Kind
from hub_events.session import Session
from hub_service import personal_data
from hub_service.problems import ServiceUnavailable
from svc_traffic_history.domain import driving_reports as domain
from svc_traffic_history.domain.admissibility import DECLARATION
from svc_traffic_history.domain.driving_reports import DrivingReport, Reason, State
from svc_traffic_history.operations import driving_reports as operations
from svc_traffic_history.operations import people
from svc_traffic_history.operations.means import Means
from svc_traffic_history.storage import driving_reports as storage
from svc_traffic_history.tables.driving_reports import DRIVING_REPORT_NUMBERS, DRIVING_REPORTS
from svc_traffic_history.tables.videos import VIDEOS

from .build_driving_reports import a_driving_report
from .outside import Outside

REPORTS = "/traffic-history/v1/driving-reports"
CHECK = f"{REPORTS}/check"
MANOEUVRES = f"{REPORTS}/manoeuvres"
READ, WRITE = "driving-reports:read", "driving-reports:write"
BOTH = frozenset({READ, WRITE})
HOUR = timedelta(hours=1)
ELSEWHERE = {"county": "HR", "siruta": "63394", "description": "DN 12"}
NOWHERE = {"county": "CV", "siruta": "1", "description": "DN 12"}
NOT_AGREED = {"version": DECLARATION, "agreed": False}
OUTDATED = {"version": "2025-01-01", "agreed": True}

Sessions = async_sessionmaker[Session]
Send = Callable[..., Any]


def happened(days_ago: int = 2, hour: int = 17) -> str:
    """A local hour, some days ago."""
    day = clock.local_date(clock.now()) - timedelta(days=days_ago)
    return datetime(day.year, day.month, day.day, hour, 45, tzinfo=BUCHAREST).isoformat()


def a_body(**special: Any) -> dict[str, Any]:
    """What somebody sends."""
    body: dict[str, Any] = {
        "event_time": happened(),
        "place": {
            "county": "CV",
            "siruta": "63394",
            "description": "DN 12, km 24",
            "coordinates": {"latitude": 45.8636, "longitude": 25.7875},
        },
        "plate": {"number": "cv-12-abc"},
        "manoeuvres": ["d", "a"],
        "description": "A frânat brusc.",
        "seen_by_chance": True,
        "declaration": {"version": DECLARATION, "agreed": True},
        "phone": "0745 123 456",
        "address": "Strada Lungă nr. 1, 520001 Sfântu Gheorghe",
    }
    return body | special


@pytest.fixture(scope="session", autouse=True)
async def units(county_police: Any) -> dict[str, UUID]:
    """The police of a county and of the capital."""
    return {county: await county_police(county) for county in ("CV", "B")}


@pytest.fixture
def send(client: httpx2.AsyncClient, signed_in: Any) -> Send:
    """Make `send(person_id, **special)`: the answer to a report."""

    async def post(person_id: UUID, path: str = REPORTS, **special: Any) -> httpx2.Response:
        headers = signed_in(person_id, BOTH, Assurance.SUBSTANTIAL) | {"idempotency-key": str(ids.new_id())}
        body = special.pop("body", None) or a_body(**special)
        return await client.post(path, headers=headers, json=body)

    return post


@pytest.fixture
def read(client: httpx2.AsyncClient, signed_in: Any) -> Send:
    """Make `read(person_id, path)`."""

    async def get(person_id: UUID, path: str = REPORTS, **query: Any) -> httpx2.Response:
        headers = signed_in(person_id, {READ}, Assurance.SUBSTANTIAL)
        return await client.get(path, headers=headers, params=query)

    return get


def problem(answer: httpx2.Response) -> tuple[int, str]:
    """Status and type of a refusal."""
    return answer.status_code, answer.json()["type"].split("/")[-1]


async def stored(sessions: Sessions, means: Means, report_id: str) -> DrivingReport:
    """What lies in the database."""
    async with sessions() as session, session.begin():
        report = await storage.find(session, means.key, UUID(report_id))
    assert report
    return report


# ── who may ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("POST", REPORTS, WRITE),
        ("POST", CHECK, WRITE),
        ("GET", REPORTS, READ),
        ("GET", f"{REPORTS}/0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b70", READ),
        ("POST", f"{REPORTS}/0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b70/cancel", WRITE),
    ],
)
async def test_nobody_comes_in_without_scope_and_assurance_or_for_another(
    client: httpx2.AsyncClient, signed_in: Any, method: str, path: str, scope: str
) -> None:
    person = ids.new_id()
    key = {"idempotency-key": str(ids.new_id())}

    async def ask(headers: dict[str, str]) -> int:
        return (await client.request(method, path, headers=headers | key, json={})).status_code

    assert await ask({}) == 401
    assert await ask(signed_in(person, BOTH - {scope}, Assurance.HIGH)) == 403
    assert await ask(signed_in(person, {scope}, Assurance.LOW)) == 403
    acting = signed_in(person, {scope}, Assurance.HIGH, mandate=str(ids.new_id()))
    assert await ask(acting) == 401


async def test_who_is_not_confirmed_by_the_register_cannot_report(send: Send) -> None:
    assert problem(await send(ids.new_id())) == (403, "reporter-identity-needed")


async def test_edge_57_another_persons_report_is_not_found(
    send: Send, read: Send, client: httpx2.AsyncClient, signed_in: Any, outside: Outside
) -> None:
    """The neighbour whose car was reported learns nothing, not even that there is a report."""
    ana, neighbour = outside.add_person(), outside.add_person()
    report = (await send(ana)).json()
    path = f"{REPORTS}/{report['id']}"
    never = await read(neighbour, f"{REPORTS}/{ids.new_id()}")
    theirs = await read(neighbour, path)
    assert problem(theirs) == problem(never) == (404, "driving-report-not-found")
    headers = signed_in(neighbour, {WRITE}, Assurance.SUBSTANTIAL) | {"idempotency-key": "one"}
    assert problem(await client.post(f"{path}/cancel", headers=headers)) == (404, "driving-report-not-found")
    assert (await read(neighbour)).json()["items"] == []


# ── sending ─────────────────────────────────────────────────────────────────────────────────────


async def test_a_report_is_numbered_and_waits_an_hour_for_its_recording(
    send: Send, read: Send, outside: Outside, units: dict[str, UUID]
) -> None:
    ana = outside.add_person()
    answer = await send(ana)
    assert answer.status_code == 201, answer.text
    report = answer.json()
    path = f"{REPORTS}/{report['id']}"
    assert answer.headers["location"] == path
    assert answer.headers["etag"] == '"1"'
    assert report["number"].startswith(f"CA-{clock.local_date(clock.now()).year}-")
    assert (report["state"], report["reason"]) == ("AWAITING_VIDEO", None)
    sent, until = (datetime.fromisoformat(report[name]) for name in ("sent_at", "sent_at"))
    until = datetime.fromisoformat(report["upload"]["until"])
    assert until - sent == HOUR
    assert report["upload"]["address"] == f"{path}/video"
    assert (report["next"]["by"], report["next"]["by_day"]) == (report["upload"]["until"], None)
    assert report["competent"]["id"] == str(units["CV"])
    assert report["competent"]["name"]["hu"] == "CV rendőrség"
    assert set(report["competent"]["why"]) == {"ro", "hu", "en"}
    assert report["plate"] == {"number": "CV 12 ABC", "country": "RO"}
    assert (report["manoeuvres"], report["locality"]) == (["a", "d"], "MUNICIPIUL SFÂNTU GHEORGHE")
    assert report["place"]["coordinates"] == {"latitude": 45.8636, "longitude": 25.7875}
    assert (report["declaration"]["version"], report["assurance"]) == (DECLARATION, "substantial")
    assert report["links"] == {"report": path, "cancel": f"{path}/cancel", "receipt": None, "custody": None}
    assert (await read(ana, path)).json() == report
    (listed,) = (await read(ana)).json()["items"]
    assert listed == {name: report[name] for name in listed}


async def test_what_was_agreed_is_recorded_with_who_it_was(
    send: Send, outside: Outside, sessions: Sessions, means: Means
) -> None:
    ana = outside.add_person()
    report = await stored(sessions, means, (await send(ana)).json()["id"])
    assert report.reporter
    assert (report.reporter.cnp, report.reporter.phone) == (outside.number_of(ana), "+40745123456")
    assert (report.reporter.family_name, report.declaration) == ("Popescu", DECLARATION)
    happened_on = clock.local_date(report.happened_at)
    assert (report.barred_after - happened_on).days in range(180, 185)


async def test_reports_of_bucharest_go_to_its_directorate(
    send: Send, outside: Outside, units: dict[str, UUID]
) -> None:
    place = {"county": "B", "siruta": "179132", "description": "Piața Victoriei"}
    answer = await send(outside.add_person(), place=place)
    assert answer.json()["competent"]["id"] == str(units["B"])


async def test_a_county_whose_police_nobody_has_told_of_is_asked_for_later(sessions: Sessions) -> None:
    before_any = datetime(1900, 1, 1, tzinfo=UTC)
    with pytest.raises(ServiceUnavailable) as refused:
        async with sessions() as session, session.begin():
            await operations.competent(session, "VS", before_any)
    assert refused.value.headers["retry-after"]


@pytest.mark.parametrize(
    ("special", "refusal", "pointer"),
    [
        ({"event_time": happened(31, 23)}, "event-too-long-ago", "/event_time"),
        ({"event_time": happened(-1)}, "event-in-future", "/event_time"),
        ({"event_time": "2026-10-25T03:30"}, "event-hour-twice", "/event_time"),
        ({"event_time": "2027-03-28T03:30"}, "event-time-unknown", "/event_time"),
        ({"event_time": "yesterday"}, "invalid-request", "/event_time"),
        ({"manoeuvres": ["z"]}, "manoeuvre-unknown", "/manoeuvres"),
        ({"manoeuvres": []}, "invalid-request", "/manoeuvres"),
        ({"plate": {"number": "SJ-179-PWQ"}}, "plate-unknown", "/plate/number"),
        ({"place": {"county": "CV"}}, "event-place-needed", "/place"),
        ({"place": ELSEWHERE}, "event-place-unknown", "/place/siruta"),
        ({"place": NOWHERE}, "event-place-unknown", "/place/siruta"),
        ({"seen_by_chance": False}, "not-seen-by-chance", "/seen_by_chance"),
        ({"declaration": NOT_AGREED}, "declaration-needed", "/declaration/agreed"),
        ({"declaration": OUTDATED}, "declaration-outdated", "/declaration/version"),
        ({"phone": "123"}, "invalid-request", "/phone"),
        ({"address": ""}, "invalid-request", "/address"),
        ({"unknown": 1}, "invalid-request", "/unknown"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_what_cannot_be_taken_is_refused_where_it_is_wrong(
    send: Send, outside: Outside, special: dict[str, Any], refusal: str, pointer: str
) -> None:
    """Edge cases 55 and 58, and each other condition of a report."""
    answer = await send(outside.add_person(), **special)
    assert problem(answer) == (422, refusal)
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


async def test_edge_55_an_event_30_days_ago_at_23_00_is_taken(send: Send, outside: Outside) -> None:
    answer = await send(outside.add_person(), event_time=happened(30, 23))
    assert answer.status_code == 201, answer.text


async def test_edge_58_a_foreign_plate_is_taken_with_its_country(send: Send, outside: Outside) -> None:
    answer = await send(outside.add_person(), plate={"number": "ab-123-cd", "country": "FR"})
    assert answer.json()["plate"] == {"number": "AB123CD", "country": "FR"}


async def test_the_same_request_twice_is_one_report(
    client: httpx2.AsyncClient, signed_in: Any, outside: Outside
) -> None:
    headers = signed_in(outside.add_person(), BOTH, Assurance.SUBSTANTIAL) | {"idempotency-key": "twice"}
    body = a_body()
    first = await client.post(REPORTS, headers=headers, json=body)
    again = await client.post(REPORTS, headers=headers, json=body)
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["idempotent-replay"] == "true"


async def test_a_refused_report_takes_no_number(send: Send, outside: Outside, sessions: Sessions) -> None:
    """Whoever is refused after the number was locked, or before, leaves no gap."""
    ana, ion = outside.add_person(), outside.add_person()
    for _ in range(3):
        assert (await send(ana)).status_code == 201
    answers = await asyncio.gather(*(send(person) for person in (ana, ion, ana, ion, ana, ion)))
    assert sorted(answer.status_code for answer in answers) == [201, 201, 201, 409, 409, 409]
    async with sessions() as session:
        year = clock.local_date(clock.now()).year
        counter = select(DRIVING_REPORT_NUMBERS.c.last).where(DRIVING_REPORT_NUMBERS.c.year == year)
        last = await session.scalar(counter)
        numbers = await session.scalars(
            select(DRIVING_REPORTS.c.number).where(
                DRIVING_REPORTS.c.year == year, DRIVING_REPORTS.c.number <= last
            )
        )
        assert sorted(numbers) == list(range(1, last + 1))


# ── how often ───────────────────────────────────────────────────────────────────────────────────


async def test_edge_56_of_twenty_reports_at_once_three_are_taken(send: Send, outside: Outside) -> None:
    ana = outside.add_person()
    answers = await asyncio.gather(*(send(ana) for _ in range(20)))
    assert sorted(answer.status_code for answer in answers) == [201] * 3 + [409] * 17
    assert {problem(answer) for answer in answers if answer.status_code == 409} == {
        (409, "driving-report-limit")
    }


async def test_edge_56_reports_without_recording_and_those_taken_back_do_not_count(
    send: Send, outside: Outside, sessions: Sessions, means: Means, client: httpx2.AsyncClient, signed_in: Any
) -> None:
    ana = outside.add_person()
    first, second, third = [(await send(ana)).json()["id"] for _ in range(3)]
    assert (await send(ana)).status_code == 409
    headers = signed_in(ana, {WRITE}, Assurance.SUBSTANTIAL) | {"idempotency-key": str(ids.new_id())}
    assert (await client.post(f"{REPORTS}/{first}/cancel", headers=headers)).status_code == 200
    assert (await send(ana)).status_code == 201
    assert (await send(ana)).status_code == 409
    async with sessions() as session, session.begin():  # the hour of another is over, nobody has closed it
        await session.execute(
            DRIVING_REPORTS.update()
            .where(DRIVING_REPORTS.c.id == UUID(second))
            .values(upload_by=clock.now() - timedelta(seconds=1))
        )
    assert (await send(ana)).status_code == 201
    report = await stored(sessions, means, third)
    async with sessions() as session, session.begin():
        await operations.submitted(session, report, clock.now())
    assert (await send(ana)).status_code == 409


# ── asking before ───────────────────────────────────────────────────────────────────────────────


async def test_who_asks_is_told_that_a_report_would_be_taken(
    send: Send, outside: Outside, units: dict[str, UUID]
) -> None:
    ana = outside.add_person()
    body = a_body()
    asked = ("event_time", "place", "plate", "manoeuvres", "seen_by_chance")
    question = {name: body[name] for name in asked}
    answer = await send(ana, CHECK, body=question)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert told["is_admissible"]
    assert {each["outcome"] for each in told["requirements"]} == {"MET"}
    last = clock.local_date(datetime.fromisoformat(question["event_time"])) + timedelta(days=30)
    assert (told["last_day"], told["left_today"]) == (last.isoformat(), 3)
    assert (told["plate"]["number"], told["plate_kind"]) == ("CV 12 ABC", "STANDARD")
    assert (told["competent"]["id"], told["alike"]) == (str(units["CV"]), [])
    sent = (await send(ana, event_time=question["event_time"])).json()
    again = (await send(ana, CHECK, body=question)).json()
    assert [each["number"] for each in again["alike"]] == [sent["number"]]
    assert again["left_today"] == 2


async def test_who_asks_is_told_each_requirement_that_is_not_met_and_why(send: Send) -> None:
    question = {
        "event_time": happened(31),
        "place": {"county": "CV"},
        "plate": {"number": "SJ-179-PWQ"},
        "manoeuvres": ["z"],
        "seen_by_chance": False,
    }
    told = (await send(ids.new_id(), CHECK, body=question)).json()
    assert not told["is_admissible"]
    failed = {each["requirement"]: each["problem"] for each in told["requirements"] if each["why"]}
    assert failed == {
        "IDENTITY": "reporter-identity-needed",
        "TIME": "event-too-long-ago",
        "MANOEUVRES": "manoeuvre-unknown",
        "SEEN_BY_CHANCE": "not-seen-by-chance",
        "PLACE": "event-place-needed",
        "PLATE": "plate-unknown",
    }
    time = next(each for each in told["requirements"] if each["requirement"] == "TIME")
    assert time["why"]["en"] == "An event is reported within 30 days; this term is over."
    assert time["why"]["ro"] != time["why"]["hu"]
    assert told["last_day"] < clock.local_date(clock.now()).isoformat()


async def test_what_the_question_leaves_out_is_not_judged(send: Send, outside: Outside) -> None:
    told = (await send(outside.add_person(), CHECK, body={"manoeuvres": []})).json()
    outcomes = {each["requirement"]: each["outcome"] for each in told["requirements"]}
    assert outcomes == {"IDENTITY": "MET", "DAILY_LIMIT": "MET"} | dict.fromkeys(
        ("TIME", "MANOEUVRES", "SEEN_BY_CHANCE", "PLACE", "PLATE"), "NOT_TOLD"
    )
    assert told["is_admissible"]


async def test_nobody_sees_others_reports_of_the_same_vehicle(send: Send, outside: Outside) -> None:
    ana, ion = outside.add_person(), outside.add_person()
    body = a_body(plate={"number": "B 777 NEI"})
    assert (await send(ana, body=body)).status_code == 201
    question = {name: body[name] for name in ("event_time", "plate")}
    assert (await send(ion, CHECK, body=question)).json()["alike"] == []
    assert len((await send(ana, CHECK, body=question)).json()["alike"]) == 1


async def test_anybody_reads_what_can_be_reported_in_three_languages(client: httpx2.AsyncClient) -> None:
    told = (await client.get(MANOEUVRES)).json()
    assert [each["code"] for each in told["items"]] == list("abcdefghi")
    texts = [each["text"] for each in told["items"]] + [told["declaration"]["text"]]
    texts += [each[name] for each in told["elsewhere"] for name in ("what", "where")]
    assert all(all(each[language] for language in ("ro", "hu", "en")) for each in texts)
    assert told["declaration"]["version"] == DECLARATION
    assert "326" in told["declaration"]["text"]["ro"]
    assert {"PARKING", "SPEEDING", "DANGER"} <= {each["code"] for each in told["elsewhere"]}
    assert (told["report_within_days"], told["upload_within_hours"], told["reports_a_day"]) == (30, 1, 3)


# ── following ───────────────────────────────────────────────────────────────────────────────────


async def put(sessions: Sessions, means: Means, report: DrivingReport, *walk: Any) -> DrivingReport:
    """Store a report and let it walk on: each of the walk is a state, or a state with its reason."""
    async with sessions() as session, session.begin():
        await storage.add(session, means.key, report)
        for step in walk:
            state, reason = step if isinstance(step, tuple) else (step, None)
            report = domain.moved(report, state, reason)
            note = storage.sealed_note(means.key, report, "Numai pentru ofițeri")
            await storage.move(session, report, clock.now(), ids.new_id(), note)
    return report


async def test_a_reporter_sees_each_step_with_its_reason_and_never_notes_or_people(
    read: Send, sessions: Sessions, means: Means
) -> None:
    report = await put(
        sessions,
        means,
        a_driving_report(sent_at=clock.now()),
        *(State.SUBMITTED, State.ELIGIBILITY_CHECK, (State.NOT_ELIGIBLE, Reason.NOT_AGGRESSIVE)),
    )
    answer = await read(report.reporter_id, f"{REPORTS}/{report.id}")
    shown = answer.json()
    assert [step["state"] for step in shown["steps"]] == [
        *("AWAITING_VIDEO", "SUBMITTED", "ELIGIBILITY_CHECK", "NOT_ELIGIBLE")
    ]
    assert shown["steps"][-1]["reason"] == shown["reason"] == "NOT_AGGRESSIVE"
    assert shown["reason_text"]["ro"] == "Ce se vede nu este conducere agresivă"
    assert set(shown["steps"][0]) == {"state", "text", "reason", "reason_text", "at"}
    for hidden in ("ofițeri", "officer", "actor", "owner", "2850312019008"):
        assert hidden not in answer.text.replace("The owner of the vehicle has to say who drove", "")


@pytest.mark.parametrize(
    ("walk", "has_day"),
    [
        ((State.SUBMITTED,), True),
        ((State.SUBMITTED, State.ELIGIBILITY_CHECK, State.UNDER_REVIEW), True),
        ((State.SUBMITTED, State.ELIGIBILITY_CHECK, State.UNDER_REVIEW, State.OWNER_INQUIRY), True),
        ((State.SUBMITTED, State.ELIGIBILITY_CHECK, State.UNDER_REVIEW, State.SANCTIONED), False),
    ],
    ids=["submitted", "review", "inquiry", "sanctioned"],
)
async def test_a_report_says_what_comes_next_and_by_when(
    read: Send, sessions: Sessions, means: Means, walk: tuple[State, ...], has_day: bool
) -> None:
    report = await put(sessions, means, a_driving_report(sent_at=clock.now()), *walk)
    shown = (await read(report.reporter_id, f"{REPORTS}/{report.id}")).json()
    assert shown["next"]["by_day"] == (report.barred_after.isoformat() if has_day else None)
    assert shown["upload"] is None


async def test_a_joined_report_says_so_and_not_to_which_one(
    read: Send, sessions: Sessions, means: Means
) -> None:
    now = clock.now()
    leader = await put(sessions, means, a_driving_report(sent_at=now), State.SUBMITTED)
    report = await put(sessions, means, a_driving_report(sent_at=now), State.SUBMITTED)
    joined = domain.changed(report, joined_to=leader.id)
    async with sessions() as session, session.begin():
        await storage.change(session, joined)
        await storage.move(session, domain.moved(joined, State.ELIGIBILITY_CHECK), now + HOUR, ids.new_id())
    shown = (await read(report.reporter_id, f"{REPORTS}/{report.id}")).json()
    assert (shown["state"], shown["is_joined"]) == ("ELIGIBILITY_CHECK", True)
    assert [step["state"] for step in shown["steps"]] == ["AWAITING_VIDEO", "SUBMITTED", "ELIGIBILITY_CHECK"]
    for other in (leader.label, str(leader.id), str(leader.reporter_id)):
        assert other not in str(shown)


async def test_the_list_comes_in_pages_newest_first(read: Send, sessions: Sessions, means: Means) -> None:
    person = ids.new_id()
    made = [
        await put(sessions, means, a_driving_report(sent_at=clock.now(), reporter_id=person))
        for _ in range(3)
    ]
    first = (await read(person, limit=2)).json()
    second = (await read(person, limit=2, cursor=first["next_cursor"])).json()
    assert [each["id"] for each in first["items"] + second["items"]] == [
        str(each.id) for each in reversed(made)
    ]
    assert second["next_cursor"] is None


async def test_what_was_deleted_by_rule_is_shown_without_what_was_personal(
    read: Send, sessions: Sessions, means: Means
) -> None:
    report = await put(sessions, means, a_driving_report(sent_at=clock.now()), State.SUBMITTED)
    async with sessions() as session, session.begin():
        await session.execute(
            DRIVING_REPORTS.update()
            .where(DRIVING_REPORTS.c.id == report.id)
            .values(reporter=None, event=None, deleted_at=clock.now())
        )
    shown = (await read(report.reporter_id, f"{REPORTS}/{report.id}")).json()
    assert (shown["place"], shown["plate"], shown["description"]) == (None, None, None)


# ── the clock, and taking back ──────────────────────────────────────────────────────────────────


async def test_edge_56_a_report_without_recording_is_shown_closed_at_the_hour_before_any_job_has_run(
    read: Send, sessions: Sessions, means: Means
) -> None:
    report = await put(sessions, means, a_driving_report(sent_at=clock.now() - HOUR))
    shown = (await read(report.reporter_id, f"{REPORTS}/{report.id}")).json()
    assert (shown["state"], shown["reason"]) == ("CLOSED", "NO_VIDEO")
    assert datetime.fromisoformat(shown["steps"][-1]["at"]) - datetime.fromisoformat(shown["sent_at"]) == HOUR
    assert shown["upload"] is None
    assert shown["next"]["by_day"] is not None, "it may be sent again"
    (listed,) = (await read(report.reporter_id)).json()["items"]
    assert listed["state"] == "CLOSED"


async def test_the_clock_closes_what_is_overdue_and_leaves_what_somebody_has_in_hand(
    sessions: Sessions, means: Means
) -> None:
    begun = datetime(2026, 1, 2, tzinfo=UTC)
    late, held, waiting = [
        await put(sessions, means, a_driving_report(sent_at=sent)) for sent in (begun, begun, clock.now())
    ]
    async with sessions() as uploading, uploading.begin():
        assert await storage.lock(uploading, means.key, held.id)
        async with sessions() as session:
            while await operations.close_what_is_overdue(session, means.key, begun + HOUR):
                pass
    states = [(await stored(sessions, means, str(each.id))).state for each in (late, held, waiting)]
    assert states == [State.CLOSED, State.AWAITING_VIDEO, State.AWAITING_VIDEO]
    async with sessions() as session:
        while await operations.close_what_is_overdue(session, means.key, begun + HOUR):
            pass
    assert (await stored(sessions, means, str(held.id))).reason is Reason.NO_VIDEO


async def test_a_report_whose_recording_came_in_time_waits_on_while_that_is_looked_at(
    send: Send, read: Send, outside: Outside, sessions: Sessions, means: Means
) -> None:
    """Edge case 56: whole at 59 minutes, looked at in the 61st."""
    ana = outside.add_person()
    sent_at = clock.now() - HOUR - timedelta(seconds=30)
    report = await put(sessions, means, a_driving_report(sent_at=sent_at, reporter_id=ana))
    video_id = ids.new_id()
    async with sessions() as session, session.begin():
        await session.execute(
            VIDEOS.insert().values(
                id=video_id,
                driving_report_id=report.id,
                length=5,
                received=5,
                begun_at=sent_at,
                arrived_at=sent_at + timedelta(minutes=59),
                state="RECEIVING",
            )
        )
    async with sessions() as session:
        while await operations.close_what_is_overdue(session, means.key, sent_at + HOUR):
            pass
        await operations.cancel_all(session, means.key, ana, clock.now())
    assert (await read(ana, f"{REPORTS}/{report.id}")).json()["state"] == "AWAITING_VIDEO"
    assert (await read(ana)).json()["items"][0]["state"] == "AWAITING_VIDEO"
    async with sessions() as session, session.begin():
        locked = await storage.lock(session, means.key, report.id)
        assert locked
        moved = await operations.submitted(session, locked, sent_at + timedelta(minutes=59))
        await session.execute(VIDEOS.update().where(VIDEOS.c.id == video_id).values(state="CHECKED"))
    assert moved.state is State.SUBMITTED


async def test_a_report_that_was_closed_without_recording_can_be_sent_again(
    send: Send, outside: Outside, sessions: Sessions, means: Means
) -> None:
    ana = outside.add_person()
    body = a_body()
    first = (await send(ana, body=body)).json()
    async with sessions() as session, session.begin():
        report = await storage.lock(session, means.key, UUID(first["id"]))
        assert report
        await operations.close_overdue(session, report, report.upload_by)
    again = (await send(ana, body=body)).json()
    assert again["number"] > first["number"]


async def test_a_report_is_taken_back_while_it_waits_and_again_changes_nothing(
    send: Send, client: httpx2.AsyncClient, signed_in: Any, outside: Outside
) -> None:
    ana = outside.add_person()
    path = f"{REPORTS}/{(await send(ana)).json()['id']}/cancel"
    for _ in range(2):
        headers = signed_in(ana, {WRITE}, Assurance.SUBSTANTIAL) | {"idempotency-key": str(ids.new_id())}
        shown = (await client.post(path, headers=headers)).json()
        assert (shown["state"], shown["reason"], len(shown["steps"])) == ("CLOSED", "CANCELLED", 2)


@pytest.mark.parametrize(
    "walk", [(State.SUBMITTED,), ((State.CLOSED, Reason.NO_VIDEO),)], ids=["sent", "over"]
)
async def test_what_does_not_wait_any_more_cannot_be_taken_back(
    client: httpx2.AsyncClient, signed_in: Any, sessions: Sessions, means: Means, walk: Any
) -> None:
    report = await put(sessions, means, a_driving_report(sent_at=clock.now()), *walk)
    headers = signed_in(report.reporter_id, {WRITE}, Assurance.SUBSTANTIAL) | {"idempotency-key": "back"}
    answer = await client.post(f"{REPORTS}/{report.id}/cancel", headers=headers)
    assert problem(answer) == (409, "driving-report-stands")


async def test_upload_and_taking_back_at_once_have_one_winner(sessions: Sessions, means: Means) -> None:
    report = await put(sessions, means, a_driving_report(sent_at=clock.now()))
    now = clock.now()

    async def upload() -> State:
        async with sessions() as session, session.begin():
            locked = await storage.lock(session, means.key, report.id)
            assert locked
            return (await operations.submitted(session, locked, now)).state

    async def take_back() -> State:
        async with sessions() as session:
            shown = await operations.cancel(session, means.key, report.reporter_id, report.id, now)
            return shown.state

    outcomes = await asyncio.gather(upload(), take_back(), return_exceptions=True)
    assert sum(isinstance(each, State) for each in outcomes) == 1
    async with sessions() as session, session.begin():
        steps = await storage.steps(session, means.key, report.id)
    assert len(steps) == 2


async def test_every_move_is_told_without_what_it_is_about(
    send: Send, outside: Outside, sessions: Sessions
) -> None:
    ana = outside.add_person()
    report = (await send(ana)).json()
    async with sessions() as session:
        rows = await session.execute(
            text("SELECT subject, convert_from(body, 'UTF8') FROM outbox WHERE key = :id"),
            {"id": report["id"]},
        )
        told = rows.all()
    assert [subject for subject, _ in told] == ["hub.traffic-history.driving-report.moved.v1"]
    for secret in ("CV 12", "DN 12", "Popescu", outside.number_of(ana), "745123456"):
        assert secret not in told[0][1]


# ── people ──────────────────────────────────────────────────────────────────────────────────────


async def test_a_person_gets_a_copy_of_their_reports_and_nobody_elses(
    send: Send, client: httpx2.AsyncClient, signed_in: Any, outside: Outside
) -> None:
    ana, ion = outside.add_person(), outside.add_person()
    report = (await send(ana)).json()
    service = signed_in(ids.new_id(), {personal_data.SCOPE}, kind=Kind.SERVICE)

    async def held(person_id: UUID) -> list[dict[str, Any]]:
        answer = await client.get(personal_data.path(person_id), headers=service)
        assert answer.status_code == 200, answer.text
        sections = {each["name"]: each["items"] for each in answer.json()["sections"]}
        return list(sections["driving-reports"])

    (copy,) = await held(ana)
    assert (copy["number"], copy["plate"], copy["state"]) == (report["number"], "CV 12 ABC", "AWAITING_VIDEO")
    assert copy["phone"] == "+40745123456"
    assert await held(ion) == []


async def test_who_closes_their_account_takes_back_what_waits_and_the_rest_stays(
    sessions: Sessions, means: Means
) -> None:
    person = ids.new_id()
    now = clock.now()
    waiting = await put(sessions, means, a_driving_report(sent_at=now, reporter_id=person))
    sent = await put(sessions, means, a_driving_report(sent_at=now, reporter_id=person), State.SUBMITTED)
    for _ in range(2):
        async with sessions() as session:
            await operations.cancel_all(session, means.key, person, now)
    gone = await stored(sessions, means, str(waiting.id))
    assert (gone.state, gone.reason, gone.version) == (State.CLOSED, Reason.CANCELLED, 2)
    assert (await stored(sessions, means, str(sent.id))).state is State.SUBMITTED


async def test_reports_follow_a_person_who_has_another_id_now(
    read: Send, sessions: Sessions, means: Means
) -> None:
    report = await put(sessions, means, a_driving_report(sent_at=clock.now()))
    person = ids.new_id()
    async with sessions() as session:
        await people.follow_person(session, report.reporter_id, person)
    assert [each["id"] for each in (await read(person)).json()["items"]] == [str(report.id)]
    assert (await read(report.reporter_id)).json()["items"] == []
