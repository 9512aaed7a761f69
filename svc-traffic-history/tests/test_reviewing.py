"""Officers decide on reports of aggressive driving: who may see and do what, and each step over HTTP."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx2
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_core import clock, ids
from hub_core.principal import Assurance, Role
from hub_events.session import Session
from svc_traffic_history.domain.custody import Act
from svc_traffic_history.domain.driving_reports import DrivingReport
from svc_traffic_history.operations import custody
from svc_traffic_history.operations.means import Means
from svc_traffic_history.storage import driving_reports as storage

from .build_driving_reports import a_driving_report
from .outside import Outside
from .reviewing import FILES, PURPOSE, Reviewer, a_plate, a_sanction, put, read, reviewer, today, whole

Sessions = async_sessionmaker[Session]
Sent = Callable[..., Awaitable[DrivingReport]]
DAY = timedelta(days=1)


@pytest.fixture
def unit() -> UUID:
    """A county inspectorate of this test's own."""
    return ids.new_id()


@pytest.fixture
def officer(client: httpx2.AsyncClient, signed_in: Any, unit: UUID) -> Callable[..., Reviewer]:
    """Make `officer(person, *roles)`."""
    return lambda person=None, *roles: reviewer(client, signed_in, unit, person, *roles)


@pytest.fixture
def bogdan(officer: Callable[..., Reviewer]) -> Reviewer:
    return officer()


@pytest.fixture
def head(officer: Callable[..., Reviewer]) -> Reviewer:
    return officer(None, Role.HEAD)


@pytest.fixture
def sent(sessions: Sessions, means: Means, outside: Outside, unit: UUID) -> Sent:
    """Make `await sent(...)`: a report that is whole, of this test's inspectorate."""

    async def make(**special: Any) -> DrivingReport:
        return await put(sessions, means, whole(outside, special.pop("unit", unit), **special))

    return make


def problem(answer: httpx2.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].rsplit("/", 1)[-1]


# Who may


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ""),
        ("GET", "/expiring"),
        ("GET", "/5a0c3c3e-7c1f-5f0e-9a64-0d2b6f4f7b11"),
        *(
            ("POST", f"/5a0c3c3e-7c1f-5f0e-9a64-0d2b6f4f7b11/{step}")
            for step in (
                *("take", "eligible", "not-eligible", "no-sanction", "forward", "sanction", "hand-over"),
                *("owner-inquiries", "owner-inquiries/5a0c3c3e-7c1f-5f0e-9a64-0d2b6f4f7b11/answer"),
                *("join", "separate"),
            )
        ),
    ],
)
async def test_only_the_traffic_police_decides_on_reports(
    client: httpx2.AsyncClient, signed_in: Any, officer: Any, unit: UUID, method: str, path: str
) -> None:
    def ask(headers: dict[str, str]) -> Any:
        body = {"json": {}} if method == "POST" else {}
        return client.request(method, f"{FILES}{path}", headers=headers, **body)

    citizen = signed_in(ids.new_id(), {"driving-reports:review"}, Assurance.SUBSTANTIAL) | PURPOSE
    assert (await ask({})).status_code == 401
    assert (await ask(citizen)).status_code == 403
    assert (await ask(officer(None, Role.CLERK).headers)).status_code == 403
    claims: dict[str, Any] = {"institution": str(unit), "roles": [Role.HEAD]}
    for scope, level in (
        ("traffic-history:record", Assurance.SUBSTANTIAL),
        ("driving-reports:review", "low"),
    ):
        headers = signed_in(ids.new_id(), {scope}, Assurance(level), **claims) | PURPOSE
        assert (await ask(headers)).status_code in (401, 403)


async def test_no_report_is_opened_without_a_purpose(bogdan: Reviewer, sent: Sent) -> None:
    report = await sent()
    headers = {name: value for name, value in bogdan.headers.items() if name != "purpose"}
    answer = await bogdan.client.get(f"{FILES}/{report.id}", headers=headers)
    assert problem(answer) == (400, "purpose-required")


async def test_officers_of_other_counties_see_nothing(
    client: httpx2.AsyncClient, signed_in: Any, bogdan: Reviewer, sent: Sent
) -> None:
    report = await sent()
    stranger = reviewer(client, signed_in, ids.new_id())
    not_found = (404, "driving-report-not-found")
    assert problem(await stranger.get(f"/{report.id}")) == not_found
    assert (await stranger.get()).json()["items"] == []
    for step, body in (
        ("take", None),
        ("eligible", {}),
        ("not-eligible", {"reason": "EDITED"}),
        ("forward", {}),
        ("sanction", a_sanction("1790115129041", clock.now())),
        ("hand-over", {"county": "HR", "note": "Nu e aici"}),
        ("owner-inquiries", {}),
        ("separate", None),
    ):
        answer = await stranger.post(f"/{report.id}/{step}", body)
        assert problem(answer)[0] == 404, (step, answer.text)
    assert (await bogdan.file(report))["state"] == "SUBMITTED"


async def test_a_report_that_is_not_whole_is_not_there(
    bogdan: Reviewer, sessions: Sessions, means: Means, unit: UUID
) -> None:
    awaiting = a_driving_report(institution_id=unit)
    async with sessions() as session, session.begin():
        await storage.add(session, means.key, awaiting)
    assert (await bogdan.get(f"/{awaiting.id}")).status_code == 404
    assert (await bogdan.get("?state=AWAITING_VIDEO")).json()["items"] == []


async def test_nobody_decides_on_what_they_reported(officer: Any, outside: Outside, sent: Sent) -> None:
    reporter = outside.add_driver()
    report = await sent(reporter_id=reporter)
    own = officer(reporter)
    assert problem(await own.get(f"/{report.id}")) == (403, "own-case")
    assert problem(await own.post(f"/{report.id}/take")) == (403, "own-case")
    twice = ids.new_id()  # the same person with another account
    outside.people[twice] = outside.number_of(reporter)
    assert problem(await officer(twice).get(f"/{report.id}")) == (403, "own-case")


async def test_nobody_decides_on_their_own_car_or_driving(
    officer: Any, bogdan: Reviewer, outside: Outside, sent: Sent
) -> None:
    person = outside.add_driver()
    of_officer = await sent(plate=outside.add_vehicle(plate := a_plate(), person) and plate)
    own = officer(person)
    assert problem(await own.post(f"/{of_officer.id}/take")) == (403, "own-case")
    report = await bogdan.examined(await sent())
    driven = a_sanction(outside.number_of(person), clock.now())
    assert problem(await own.post(f"/{report.id}/sanction", driven)) == (403, "own-case")
    inquiry = await bogdan.asked(report)
    named = {
        "outcome": "DRIVER_NAMED",
        "on": today().isoformat(),
        "named": {"kind": "PERSON", "number": outside.number_of(person), "name": "Popescu Ana"},
    }
    answer = f"/{report.id}/owner-inquiries/{inquiry}/answer"
    assert problem(await own.post(answer, named)) == (403, "own-case")
    await bogdan.did(answer, named)
    assert problem(await own.get(f"/{report.id}")) == (403, "own-case")


# Seen and logged


async def test_reports_are_listed_oldest_first_with_the_days_left_and_nobody_is_named(
    bogdan: Reviewer, sent: Sent
) -> None:
    later = await sent(barred_after=today() + 9 * DAY)
    before = await sent(sent_at=clock.now() - 2 * DAY)
    first = (await bogdan.get("?limit=1")).json()
    second = (await bogdan.get(f"?limit=1&cursor={first['next_cursor']}")).json()
    shown = [*first["items"], *second["items"]]
    assert [each["id"] for each in shown] == [str(before.id), str(later.id)]
    assert (shown[1]["days_left"], second["next_cursor"]) == (9, None)
    assert "Popescu" not in str(shown)


async def test_what_is_nearly_barred_is_listed_nearest_first(bogdan: Reviewer, sent: Sent) -> None:
    later = await sent(barred_after=today() + 30 * DAY)
    sooner = await sent(barred_after=today() + 2 * DAY)
    await sent(barred_after=today() + 31 * DAY)
    shown = (await bogdan.get("/expiring")).json()["items"]
    assert [(each["id"], each["days_left"]) for each in shown] == [(str(sooner.id), 2), (str(later.id), 30)]


async def test_who_reported_sees_each_opening_and_the_chain_of_custody_holds_it(
    bogdan: Reviewer, sent: Sent, sessions: Sessions
) -> None:
    report = await sent()
    opened = await bogdan.file(report)
    assert (opened["reporter"], opened["plate"]) == ("Popescu Ana", report.event and report.event.plate)
    assert opened["recording"]["size"] == 5
    lines = await access_lines(sessions, report.id)
    assert [(line["actor_id"], line["action"], line["subject_person_id"]) for line in lines] == [
        (str(bogdan.person_id), "READ", str(report.reporter_id))
    ]
    async with sessions() as session, session.begin():
        chain = await custody.lines(session, report.id)
        assert await custody.verify(session, report.id) is None
    assert [(line.entry.act, line.entry.actor.id) for line in chain] == [(Act.VIEWED, bogdan.person_id)]


async def test_the_driver_who_is_known_sees_the_opening_too(
    bogdan: Reviewer, outside: Outside, sent: Sent, sessions: Sessions, signed_in: Any
) -> None:
    driver = outside.add_driver()
    own = signed_in(driver, {"traffic-history:read"}, Assurance.SUBSTANTIAL)
    assert (await bogdan.client.get("/traffic-history/v1/record", headers=own)).status_code == 200
    report = await bogdan.examined(await sent())
    await bogdan.did(f"/{report.id}/sanction", a_sanction(outside.number_of(driver), clock.now()))
    before = len(await access_lines(sessions, report.id))
    await bogdan.file(report)
    lines = (await access_lines(sessions, report.id))[before:]
    assert {line["subject_person_id"] for line in lines} == {str(report.reporter_id), str(driver)}


async def access_lines(sessions: Sessions, report_id: UUID) -> list[dict[str, Any]]:
    async with sessions() as session, session.begin():
        found = await session.execute(
            text("SELECT body FROM outbox WHERE subject LIKE '%record.accessed.v1' ORDER BY seq")
        )
        told = [json.loads(bytes(body))["data"] for body in found.scalars()]
    return [line for line in told if line["resource_id"] == str(report_id)]


# Steps


async def test_a_report_is_taken_found_eligible_and_ended_with_a_reason(
    bogdan: Reviewer, sent: Sent, sessions: Sessions, means: Means
) -> None:
    report = await sent()
    taken = await bogdan.did(f"/{report.id}/take")
    assert (taken["state"], taken["officer_id"], taken["vehicle"]) == (
        "ELIGIBILITY_CHECK",
        str(bogdan.person_id),
        "ORDINARY",
    )
    assert problem(await bogdan.post(f"/{report.id}/take")) == (409, "driving-report-stands")
    await bogdan.did(f"/{report.id}/eligible", {"note": "Se vede la 0:14"})
    await bogdan.did(f"/{report.id}/no-sanction", {"reason": "NOT_PROVED"})
    opened = await bogdan.file(report)
    assert [(step["state"], step["reason"], step["note"]) for step in opened["steps"]] == [
        ("AWAITING_VIDEO", None, None),
        ("SUBMITTED", None, None),
        ("ELIGIBILITY_CHECK", None, None),
        ("UNDER_REVIEW", None, "Se vede la 0:14"),
        ("NO_SANCTION", "NOT_PROVED", None),
    ]
    ended = await read(sessions, means, report.id)
    assert ended.decided_at is not None
    for step in ("eligible", "forward"):
        assert problem(await bogdan.post(f"/{report.id}/{step}", {})) == (409, "driving-report-stands")


async def test_reasons_fit_their_end(bogdan: Reviewer, sent: Sent) -> None:
    report = await sent()
    await bogdan.did(f"/{report.id}/take")
    for step, reason in (
        ("not-eligible", "NOT_PROVED"),
        ("not-eligible", "TIME_BARRED"),
        ("no-sanction", "EDITED"),
        ("no-sanction", "COURT_ADMITTED"),
    ):
        answer = await bogdan.post(f"/{report.id}/{step}", {"reason": reason})
        assert problem(answer) == (422, "invalid-request")
    assert problem(await bogdan.post(f"/{report.id}/no-sanction", {"reason": "NOT_PROVED"}))[0] == 409
    assert (await bogdan.did(f"/{report.id}/not-eligible", {"reason": "EDITED"}))["reason"] == "EDITED"


@pytest.mark.parametrize("reason", ["NO_DATE_OR_HOUR", "EDITED"])
async def test_edge_56_a_recording_without_date_or_hour_or_one_that_was_edited_is_not_eligible(
    bogdan: Reviewer, sent: Sent, reason: str
) -> None:
    report = await sent()
    await bogdan.did(f"/{report.id}/take")
    ended = await bogdan.did(f"/{report.id}/not-eligible", {"reason": reason})
    assert (ended["state"], ended["reason"]) == ("NOT_ELIGIBLE", reason)


async def test_while_the_register_of_vehicles_is_away_nothing_is_taken(
    bogdan: Reviewer, sent: Sent, outside: Outside
) -> None:
    report = await sent()
    outside.vehicles_away = True
    answer = await bogdan.post(f"/{report.id}/take")
    outside.vehicles_away = False
    assert problem(answer) == (503, "vehicle-register-unavailable")
    assert answer.headers["retry-after"] == "30"
    assert (await bogdan.file(report))["state"] == "SUBMITTED"


async def test_edge_56_of_a_police_car_a_head_decides(
    bogdan: Reviewer, head: Reviewer, officer: Any, sent: Sent, outside: Outside
) -> None:
    plate = a_plate()
    outside.add_vehicle(plate, has_priority=True)
    report = await bogdan.examined(await sent(plate=plate))
    ended = {"reason": "PRIORITY_VEHICLE"}
    assert problem(await bogdan.post(f"/{report.id}/no-sanction", ended)) == (403, "head-decides")
    assert (await head.did(f"/{report.id}/no-sanction", ended))["state"] == "NO_SANCTION"
    second = await head.examined(await sent(plate=plate))
    assert problem(await head.post(f"/{second.id}/forward", {})) == (403, "four-eyes")
    assert (await officer(None, Role.HEAD).did(f"/{second.id}/forward", {}))["state"] == "FORWARDED_CRIMINAL"


async def test_a_report_goes_to_another_county_with_its_number(
    client: httpx2.AsyncClient,
    signed_in: Any,
    bogdan: Reviewer,
    sent: Sent,
    sessions: Sessions,
    means: Means,
    county_police: Any,
) -> None:
    report = await sent()
    await bogdan.did(f"/{report.id}/take")
    hand_over = {"county": "HR", "note": "Locul este în Harghita"}
    there = await county_police("HR")
    await bogdan.did(f"/{report.id}/hand-over", hand_over)
    moved = await read(sessions, means, report.id)
    assert (moved.institution_id, moved.county, moved.label) == (there, "HR", report.label)
    assert (moved.officer_id, moved.vehicle, moved.submitted_at) == (None, None, report.submitted_at)
    assert (await bogdan.get(f"/{report.id}")).status_code == 404
    colleague = reviewer(client, signed_in, there)
    assert (await colleague.file(report))["steps"][-1]["note"] == "Locul este în Harghita"
    await colleague.did(f"/{report.id}/take")
    to_themselves = await colleague.post(f"/{report.id}/hand-over", hand_over)
    assert problem(to_themselves) == (422, "county-not-another")


# The owner


async def test_an_owner_is_asked_and_names_the_driver(bogdan: Reviewer, sent: Sent, outside: Outside) -> None:
    owner, driver = outside.add_driver(), outside.add_driver()
    plate = a_plate()
    outside.add_vehicle(plate, owner)
    report = await bogdan.examined(await sent(plate=plate))
    inquiry = await bogdan.asked(report)
    assert problem(await bogdan.post(f"/{report.id}/owner-inquiries", {})) == (409, "owner-inquiry-open")
    opened = await bogdan.file(report)
    assert opened["state"] == "OWNER_INQUIRY"
    assert opened["inquiries"][0]["asked"]["number"] == outside.number_of(owner)
    answer = {
        "outcome": "DRIVER_NAMED",
        "on": today().isoformat(),
        "named": {"kind": "PERSON", "number": outside.number_of(driver), "name": "Popescu Ana"},
    }
    path = f"/{report.id}/owner-inquiries/{inquiry}/answer"
    assert problem(await bogdan.post(path, answer | {"named": None}))[1] == "invalid-request"
    assert problem(await bogdan.post(path.replace(inquiry, str(report.id)), answer))[0] == 404
    await bogdan.did(path, answer)
    assert problem(await bogdan.post(path, answer)) == (409, "owner-inquiry-answered")
    silent = answer | {"outcome": "NO_ANSWER", "named": None}
    again = await bogdan.asked(report)
    assert problem(await bogdan.post(path.replace(inquiry, again), silent)) == (422, "owner-answer-day")


async def test_edge_58_a_leasing_company_hands_the_question_on_to_its_user(
    bogdan: Reviewer, sent: Sent, outside: Outside
) -> None:
    user, plate = outside.add_driver(), a_plate()
    outside.add_vehicle(plate, user=outside.holder(user))
    report = await bogdan.examined(await sent(plate=plate))
    inquiry = await bogdan.asked(report)
    handed_on = {
        "outcome": "HANDED_ON",
        "on": today().isoformat(),
        "named": {"kind": "PERSON", "number": outside.number_of(user), "name": "Popescu Ana"},
    }
    await bogdan.did(f"/{report.id}/owner-inquiries/{inquiry}/answer", handed_on)
    await bogdan.asked(report, "USER")
    asked = [(each["part"], each["asked"]["kind"]) for each in (await bogdan.file(report))["inquiries"]]
    assert asked == [("OWNER", "COMPANY"), ("USER", "PERSON")]


async def test_edge_58_stolen_and_foreign_plates_have_nobody_to_ask(
    bogdan: Reviewer, sent: Sent, outside: Outside
) -> None:
    stolen = a_plate()
    outside.add_vehicle(stolen, plates_stolen=True)
    reports = {
        "STOLEN_PLATES": (await sent(plate=stolen), "PLATES_STOLEN"),
        "FOREIGN": (await sent(event={"plate_country": "HU"}), "FOREIGN_VEHICLE"),
    }
    unknown = await sent()
    assert unknown.event
    del outside.vehicles[unknown.event.plate]
    reports["UNKNOWN"] = (unknown, "DRIVER_UNKNOWN")
    for vehicle, (report, reason) in reports.items():
        await bogdan.examined(report)
        assert (await bogdan.file(report))["vehicle"] == vehicle
        answer = await bogdan.post(f"/{report.id}/owner-inquiries", {})
        assert problem(answer) == (409, "nobody-to-ask")
        ended = await bogdan.did(f"/{report.id}/no-sanction", {"reason": reason})
        assert (ended["state"], ended["reason"]) == ("NO_SANCTION", reason)


async def test_an_owner_without_a_user_has_nobody_behind(bogdan: Reviewer, sent: Sent) -> None:
    report = await bogdan.examined(await sent())
    answer = await bogdan.post(f"/{report.id}/owner-inquiries", {"part": "USER"})
    assert problem(answer) == (409, "nobody-to-ask")


# The sanction


async def test_a_sanction_enters_the_ledger_with_the_suspension_of_its_class(
    bogdan: Reviewer, sent: Sent, outside: Outside
) -> None:
    driver = outside.add_driver()
    number = outside.number_of(driver)
    for report, special, ground, days in (
        (await sent(), {}, "CLASS_2", 30),
        (await sent(), {"causes_accident": True, "fine_points": 6}, "CLASS_3", 60),
    ):
        await bogdan.examined(report)
        await bogdan.did(f"/{report.id}/sanction", a_sanction(number, clock.now(), **special))
        opened = await bogdan.file(report)
        record = await bogdan.client.post(
            "/traffic-history/v1/drivers/find", json={"cnp": number}, headers=bogdan.headers
        )
        line = next(each for each in record.json()["lines"] if each["id"] == opened["proces_verbal_id"])
        assert line["county"] == report.county
        suspended = record.json()["record"]["suspensions"]
        assert any(each["grounds"] == [ground] and each["days"] >= days for each in suspended)


async def test_nothing_is_recorded_where_the_report_cannot_be_sanctioned(
    bogdan: Reviewer, sent: Sent, outside: Outside, sessions: Sessions
) -> None:
    driver = outside.add_driver()
    number = outside.number_of(driver)
    report = await bogdan.examined(await sent())
    sanction = a_sanction(number, clock.now())
    for body, met in (
        (sanction | {"fine_points": 20}, (422, "fine-out-of-bounds")),
        (sanction | {"found_at": (clock.now() + DAY).isoformat()}, (422, "fact-day")),
        (sanction | {"driver_cnp": "1850312140018"}, (404, "driver-not-found")),
    ):
        assert problem(await bogdan.post(f"/{report.id}/sanction", body)) == met
    early = await sent()
    await bogdan.did(f"/{early.id}/take")
    assert problem(await bogdan.post(f"/{early.id}/sanction", sanction)) == (409, "driving-report-stands")
    async with sessions() as session, session.begin():
        found = await session.execute(
            text("SELECT count(*) FROM proces_verbale WHERE number = :n"), {"n": sanction["number"]}
        )
        assert found.scalar_one() == 0
    await bogdan.did(f"/{report.id}/sanction", sanction)
    assert problem(await bogdan.post(f"/{report.id}/sanction", sanction)) == (409, "driving-report-stands")


async def test_no_sanction_after_the_last_day(bogdan: Reviewer, sent: Sent, outside: Outside) -> None:
    sanction = a_sanction(outside.number_of(outside.add_driver()), clock.now())
    barred = await bogdan.examined(await sent(barred_after=today() - DAY))
    answer = await bogdan.post(f"/{barred.id}/sanction", sanction)
    assert problem(answer) == (409, "driving-report-time-barred")
    last_day = await bogdan.examined(await sent(barred_after=today()))
    assert (await bogdan.did(f"/{last_day.id}/sanction", sanction))["state"] == "SANCTIONED"


# One event


async def test_a_duplicate_is_suggested_joined_and_shares_steps_and_end(
    bogdan: Reviewer, sent: Sent, outside: Outside, sessions: Sessions, means: Means
) -> None:
    plate = a_plate()
    leader = await bogdan.examined(await sent(plate=plate))
    second = await sent(plate=plate, happened_at=leader.happened_at + timedelta(minutes=5))
    away = {"latitude": "44.430000", "longitude": "26.100000"}
    await sent(plate=plate, happened_at=leader.happened_at, event=away)
    opened = await bogdan.file(leader)
    assert [(each["id"], each["metres"]) for each in opened["duplicates"]] == [(str(second.id), 0)]
    assert opened["earlier_reports"] == 2
    await bogdan.did(f"/{second.id}/join", {"leader_id": str(leader.id)})
    opened = await bogdan.file(leader)
    assert ([each["id"] for each in opened["joined"]], opened["earlier_reports"]) == ([str(second.id)], 1)
    assert problem(await bogdan.post(f"/{second.id}/forward", {})) == (409, "driving-report-joined")
    await bogdan.did(
        f"/{leader.id}/sanction", a_sanction(outside.number_of(outside.add_driver()), clock.now())
    )
    first, other = await read(sessions, means, leader.id), await read(sessions, means, second.id)
    assert (first.state, first.proces_verbal_id) == (other.state, other.proces_verbal_id)
    assert other.label != first.label
    assert problem(await bogdan.post(f"/{second.id}/separate")) == (409, "driving-report-stands")


async def test_a_report_is_separated_while_nothing_is_decided(bogdan: Reviewer, sent: Sent) -> None:
    plate = a_plate()
    leader = await bogdan.examined(await sent(plate=plate))
    second = await sent(plate=plate, happened_at=leader.happened_at)
    assert problem(await bogdan.post(f"/{second.id}/separate")) == (409, "driving-report-not-joined")
    joined = await bogdan.did(f"/{second.id}/join", {"leader_id": str(leader.id)})
    assert (joined["state"], joined["joined_to"]) == ("UNDER_REVIEW", str(leader.id))
    assert problem(await bogdan.post(f"/{leader.id}/join", {"leader_id": str(second.id)}))[0] == 409
    alone = await bogdan.did(f"/{second.id}/separate")
    assert (alone["state"], alone["joined_to"]) == ("UNDER_REVIEW", None)
    ended = await bogdan.did(f"/{second.id}/no-sanction", {"reason": "NOT_PROVED"})
    assert (ended["state"], (await bogdan.file(leader))["state"]) == ("NO_SANCTION", "UNDER_REVIEW")


async def test_who_acts_at_once_on_reports_of_one_event_never_waits_in_a_circle(
    bogdan: Reviewer, head: Reviewer, sent: Sent, outside: Outside, sessions: Sessions, means: Means
) -> None:
    for _ in range(5):
        plate = a_plate()
        first = await bogdan.examined(await sent(plate=plate))
        second = await bogdan.examined(await sent(plate=plate, happened_at=first.happened_at))
        sanction = a_sanction(outside.number_of(outside.add_driver()), clock.now())
        answers = await asyncio.gather(
            bogdan.post(f"/{first.id}/join", {"leader_id": str(second.id)}),
            head.post(f"/{second.id}/join", {"leader_id": str(first.id)}),
            bogdan.post(f"/{first.id}/owner-inquiries", {}),
            head.post(f"/{second.id}/sanction", sanction),
            bogdan.post(f"/{first.id}/sanction", sanction),
            head.post(f"/{first.id}/forward", {}),
            bogdan.get(f"/{second.id}"),
        )
        assert {answer.status_code for answer in answers} <= {200, 201, 409, 422}
        one, other = await read(sessions, means, first.id), await read(sessions, means, second.id)
        if one.joined_to or other.joined_to:
            assert (one.state, one.proces_verbal_id) == (other.state, other.proces_verbal_id)
