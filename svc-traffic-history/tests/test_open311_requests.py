"""Open311 GeoReport v2: aggressive driving is reported by a form and followed, by its reporter alone."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_core import clock, ids
from hub_core.clock import BUCHAREST
from hub_core.principal import Assurance, Kind
from hub_events.session import Session
from svc_traffic_history.domain import driving_reports as reports
from svc_traffic_history.domain import georeport
from svc_traffic_history.domain.admissibility import DECLARATION
from svc_traffic_history.domain.driving_reports import Reason, State
from svc_traffic_history.domain.georeport import Status
from svc_traffic_history.errors.open311 import RequestSpanTooLong
from svc_traffic_history.operations.means import Means
from svc_traffic_history.storage import driving_reports as storage

from .build_driving_reports import a_driving_report, an_event
from .georeport_schemas import faults
from .outside import Outside

API = "/traffic-history/open311/v2"
SERVICE = "aggressive-driving-report"
READ, WRITE = "driving-reports:read", "driving-reports:write"
COUNTY = "TM"
NOON = datetime(2026, 9, 15, 12, tzinfo=UTC)
PLATE, WORDS = "TM 12 ABC", "A frânat brusc în fața mea."

Sessions = async_sessionmaker[Session]
Form = dict[str, Any]


@pytest.fixture(scope="session", autouse=True)
async def unit(county_police: Any) -> UUID:
    """The police of a county."""
    return await county_police(COUNTY)


def a_form(**special: Any) -> Form:
    """The fields of a report; `attribute` are those of the definition, None leaves one out."""
    day = clock.local_date(clock.now()) - timedelta(days=2)
    attributes = {
        "happened_at": datetime(day.year, day.month, day.day, 17, 45, tzinfo=BUCHAREST).isoformat(),
        "county": COUNTY,
        "plate": PLATE,
        "manoeuvres": ["d", "a"],
        "seen_by_chance": "YES",
        "declaration": DECLARATION,
        "correspondence_address": "Strada Lungă nr. 1, 300001 Timișoara",
    } | special.pop("attribute", {})
    fields = {
        "service_code": SERVICE,
        "lat": "45.7489",
        "long": "21.2087",
        "address_string": "DN 6, km 540",
        "description": WORDS,
        "phone": "0745 123 456",
    } | special
    for code, value in attributes.items():
        fields[f"attribute[{code}]{'[]' if isinstance(value, list) else ''}"] = value
    return {name: value for name, value in fields.items() if value is not None}


Ask = Callable[..., Any]


@pytest.fixture
def send(client: httpx2.AsyncClient, signed_in: Any) -> Ask:
    """Make `send(person_id, **special)`: the answer to a form."""

    async def post(
        person_id: UUID, path: str = "/requests.json", key: str = "", **special: Any
    ) -> httpx2.Response:
        headers = signed_in(person_id, {READ, WRITE}, Assurance.SUBSTANTIAL)
        headers |= {"accept-language": "en", "content-type": "application/x-www-form-urlencoded"}
        body = urlencode(a_form(**special), doseq=True)
        return await client.post(
            f"{API}{path}", headers=headers | ({"idempotency-key": key} if key else {}), content=body
        )

    return post


@pytest.fixture
def ask(client: httpx2.AsyncClient, signed_in: Any) -> Ask:
    """Make `ask(person_id, path, **query)`."""

    async def get(
        person_id: UUID, path: str = "/requests.json", language: str = "en", **query: Any
    ) -> httpx2.Response:
        headers = signed_in(person_id, {READ}, Assurance.SUBSTANTIAL) | {"accept-language": language}
        return await client.get(f"{API}{path}", headers=headers, params=query)

    return get


async def sent(send: Ask, person: UUID, **special: Any) -> str:
    """The identifier of a report that was just sent."""
    answer = await send(person, **special)
    assert answer.status_code == 200, answer.text
    [made] = answer.json()
    return str(made["service_request_id"])


async def stored(sessions: Sessions, means: Means, reporter: UUID, unit: UUID, **special: Any) -> UUID:
    """A report as somebody sent it some time ago, by the contract or by Open311."""
    report = a_driving_report(
        reporter_id=reporter,
        institution_id=unit,
        county=COUNTY,
        event=an_event(plate=PLATE, description=WORDS),
        **special,
    )
    async with sessions() as session, session.begin():
        await storage.add(session, means.key, report)
    return report.id


async def moved(
    sessions: Sessions, means: Means, report_id: UUID, *steps: tuple[State, Reason | None], at: datetime
) -> None:
    """Let a report take steps."""
    async with sessions() as session, session.begin():
        for state, reason in steps:
            report = await storage.lock(session, means.key, report_id)
            assert report is not None
            await storage.move(session, reports.moved(report, state, reason), at, None)


# Who may.


@pytest.mark.parametrize(
    "path",
    ["/requests.json", "/requests/{}.json", "/tokens/{}.json"],
    ids=["list", "one", "token"],
)
async def test_nobody_reads_reports_without_scope_and_assurance(
    client: httpx2.AsyncClient, signed_in: Any, path: str
) -> None:
    where, person = f"{API}{path.format(ids.new_id())}", ids.new_id()
    assert (await client.get(where)).status_code == 401
    assert (await client.get(where, headers=signed_in(person, {WRITE}, Assurance.HIGH))).status_code == 403
    assert (await client.get(where, headers=signed_in(person, {READ}, Assurance.LOW))).status_code == 403
    mandated = signed_in(person, {READ}, Assurance.SUBSTANTIAL, mandate=str(ids.new_id()))
    assert (await client.get(where, headers=mandated)).status_code == 401


async def test_nobody_reports_without_scope_and_assurance_or_as_a_machine(
    client: httpx2.AsyncClient, signed_in: Any
) -> None:
    form = {"content-type": "application/x-www-form-urlencoded"}
    body, person = urlencode(a_form(), doseq=True), ids.new_id()
    machine = signed_in(None, {WRITE}, sub="app", kind=Kind.CLIENT, client_id="app", sid=None)
    for headers, status in (
        ({}, 401),
        (signed_in(person, {READ}, Assurance.HIGH), 403),
        (signed_in(person, {WRITE}, Assurance.LOW), 403),
        (machine, 403),
    ):
        answer = await client.post(f"{API}/requests.json", headers=headers | form, content=body)
        assert [error["code"] for error in answer.json()] == [answer.status_code] == [status]


async def test_two_people_neither_ever_sees_the_others_report(send: Ask, ask: Ask, outside: Outside) -> None:
    """Whatever is asked, what is the other's is as if it were not there."""
    ana, ion = outside.add_person(), outside.add_person()
    hers, his = await sent(send, ana), await sent(send, ion)
    for person, own, other in ((ana, hers, his), (ion, his, hers)):
        listed = (await ask(person)).json()
        assert [each["service_request_id"] for each in listed] == [own]
        named = (await ask(person, service_request_id=f"{own},{other}")).json()
        assert [each["service_request_id"] for each in named] == [own]
        nothing = ids.new_id()
        for path in ("/requests/{}.json", "/requests/{}.xml", "/tokens/{}.json", "/tokens/{}.xml"):
            refused = await ask(person, path.format(other))
            assert refused.status_code == 404
            assert refused.text == (await ask(person, path.format(nothing))).text
            assert (await ask(person, path.format(own))).status_code == 200


# Sending.


async def test_a_report_is_sent_by_a_form_and_told_where_its_recording_goes(
    send: Ask, ask: Ask, outside: Outside, sessions: Sessions, means: Means, unit: UUID
) -> None:
    ana = outside.add_person()
    answer = await send(ana)
    [made] = answer.json()
    assert made["account_id"] is None
    report_id = made["service_request_id"]
    async with sessions() as session, session.begin():
        report = await storage.find(session, means.key, UUID(report_id))
    assert report is not None
    assert report.event is not None
    assert (report.reporter_id, report.institution_id, report.state) == (ana, unit, State.AWAITING_VIDEO)
    assert (report.manoeuvres, report.event.plate, report.event.description) == (("a", "d"), PLATE, WORDS)
    assert (str(report.event.latitude), str(report.event.longitude)) == ("45.748900", "21.208700")
    assert f"/traffic-history/v1/driving-reports/{report_id}/video" in made["service_notice"]
    assert report.label in made["service_notice"]
    assert f"{report.upload_by.astimezone(BUCHAREST):%Y-%m-%dT%H:%M}+0" in made["service_notice"]
    [shown] = (await ask(ana, f"/requests/{report_id}.json")).json()
    assert shown["status"] == "open"
    assert shown["service_notice"] == made["service_notice"]


async def test_xml_says_the_same(send: Ask, ask: Ask, outside: Outside) -> None:
    ana = outside.add_person()
    answer = await send(ana, "/requests.xml")
    made = etree.fromstring(answer.content)
    report_id = made.findtext("request/service_request_id")
    [shown] = (await ask(ana)).json()
    assert shown["service_request_id"] == report_id
    for path in ("/requests.xml", f"/requests/{report_id}.xml"):
        read = etree.fromstring((await ask(ana, path)).content)
        assert (read.tag, [each.tag for each in read]) == ("service_requests", ["request"])
        said = {each.tag: each.text for each in read[0]}
        assert said == {name: None if value is None else str(value) for name, value in shown.items()}
    token = etree.fromstring((await ask(ana, f"/tokens/{report_id}.xml")).content)
    assert token.findtext("request/service_request_id") == report_id == token.findtext("request/token")


async def test_what_clients_of_the_standard_send_besides_is_not_looked_at(
    send: Ask, outside: Outside, ask: Ask
) -> None:
    """Who reports says the token: no name, no address and no key of the form counts."""
    ana = outside.add_person()
    report_id = await sent(
        send,
        ana,
        api_key="hub_at_7",
        jurisdiction_id="ro",
        email="other@example.org",
        first_name="Altul",
        last_name="Altcineva",
        device_id="7",
        account_id="8",
    )
    shown = await ask(ana, f"/requests/{report_id}.json")
    assert not {"hub_at_7", "Altul", "other@example.org"} & set(shown.text.split('"'))


async def test_the_same_request_with_the_same_key_is_one_report(
    send: Ask, ask: Ask, outside: Outside
) -> None:
    ana, key = outside.add_person(), str(ids.new_id())
    first, again = await send(ana, key=key), await send(ana, key=key)
    assert (first.content, again.headers["idempotent-replay"]) == (again.content, "true")
    assert len((await ask(ana)).json()) == 1


@pytest.mark.parametrize(
    ("special", "field"),
    [
        ({"attribute": {"plate": None}}, "attribute[plate]"),
        ({"attribute": {"plate": "Q"}}, "attribute[plate]"),
        ({"attribute": {"plate": "TM 1 QQQ"}}, "attribute[plate]"),
        ({"attribute": {"happened_at": "yesterday"}}, "attribute[happened_at]"),
        ({"attribute": {"happened_at": "2026-01-05T10:00:00+02:00"}}, "attribute[happened_at]"),
        ({"attribute": {"manoeuvres": ["z"]}}, "attribute[manoeuvres][]"),
        ({"attribute": {"manoeuvres": None}}, "attribute[manoeuvres][]"),
        ({"attribute": {"seen_by_chance": "NO"}}, "attribute[seen_by_chance]"),
        ({"attribute": {"declaration": "2020-01-01"}}, "attribute[declaration]"),
        ({"attribute": {"colour": "red"}}, "attribute[colour]"),
        ({"attribute": {"county": "XX"}}, "attribute[county]"),
        ({"long": None}, "long"),
        ({"lat": "21.2", "long": "45.7"}, "lat"),
        ({"lat": None, "long": None, "address_string": None}, "address_string"),
        ({"media_url": "https://example.org/video.mp4"}, "media_url"),
        ({"description": "x" * 4001}, "description"),
        ({"phone": "12"}, "phone"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
async def test_what_is_wrong_is_400_and_names_the_field(
    send: Ask, outside: Outside, special: Form, field: str
) -> None:
    """GeoReport knows no 422. A recording is not fetched from elsewhere: `media_url` is refused."""
    answer = await send(outside.add_person(), **special)
    assert answer.status_code == 400, answer.text
    errors = answer.json()
    assert {error["code"] for error in errors} == {400}
    assert [error["description"].partition(": ")[0] for error in errors] == [field]
    assert errors[0]["description"].partition(": ")[2]


async def test_another_service_jurisdiction_or_body_is_refused(
    send: Ask, outside: Outside, client: httpx2.AsyncClient, signed_in: Any
) -> None:
    ana = outside.add_person()
    for special in ({"service_code": "potholes"}, {"jurisdiction_id": "city.example"}):
        assert (await send(ana, **special)).status_code == 404
    headers = signed_in(ana, {WRITE}, Assurance.SUBSTANTIAL)
    answer = await client.post(f"{API}/requests.json", headers=headers, json={"service_code": SERVICE})
    assert (answer.status_code, answer.json()[0]["type"].split("/")[-1]) == (415, "open311-form-needed")
    form = headers | {"content-type": "application/x-www-form-urlencoded"}
    for body in (b"\xff=1", b"description=%FF"):
        answer = await client.post(f"{API}/requests.json", headers=form, content=body)
        assert (answer.status_code, answer.json()[0]["code"]) == (400, 400)


async def test_the_daily_limit_holds_by_this_door_too(send: Ask, outside: Outside) -> None:
    ana = outside.add_person()
    for _ in range(3):
        await sent(send, ana)
    refused = await send(ana)
    assert (refused.status_code, refused.json()[0]["type"].split("/")[-1]) == (409, "driving-report-limit")


# Finding.


async def test_answers_hold_the_official_schema_and_say_nothing_that_is_personal(
    send: Ask, ask: Ask, outside: Outside, sessions: Sessions, means: Means, unit: UUID
) -> None:
    ana = outside.add_person()
    await sent(send, ana)
    await stored(sessions, means, ana, unit, sent_at=clock.now() - timedelta(days=3))
    answer = await ask(ana)
    listed = answer.json()
    assert faults("requests", listed) == []
    assert [each["agency_responsible"] for each in listed] == [f"Police of {COUNTY}"] * 2
    for each in listed:
        one = await ask(ana, f"/requests/{each['service_request_id']}.json")
        assert faults("requests", one.json()) == []
        assert one.json() == [each]
    number = outside.people[ana]
    for secret in (PLATE, PLATE.replace(" ", ""), WORDS, number, "Popescu", "745 123", "Strada Lungă"):
        assert secret not in answer.text
    hungarian = (await ask(ana, language="hu")).json()
    assert hungarian[0]["agency_responsible"] == f"{COUNTY} rendőrség"


@pytest.mark.parametrize(
    ("steps", "status", "words"),
    [
        ((), "closed", "Closed. The recording did not arrive in time"),
        (((State.SUBMITTED, None),), "open", "Registered with its recording"),
        (
            ((State.SUBMITTED, None), (State.ELIGIBILITY_CHECK, None), (State.NOT_ELIGIBLE, Reason.EDITED)),
            "closed",
            "It does not meet the conditions. The recording was changed",
        ),
        (
            (
                *((State.SUBMITTED, None), (State.ELIGIBILITY_CHECK, None)),
                *((State.UNDER_REVIEW, None), (State.SANCTIONED, None)),
            ),
            "closed",
            "A sanction was applied",
        ),
    ],
    ids=["no recording", "registered", "not eligible", "sanctioned"],
)
async def test_where_a_report_stands_and_why(
    ask: Ask,
    sessions: Sessions,
    means: Means,
    unit: UUID,
    steps: tuple[tuple[State, Reason | None], ...],
    status: str,
    words: str,
) -> None:
    ana, sent_at = ids.new_id(), clock.now() - timedelta(days=5)
    report_id = await stored(sessions, means, ana, unit, sent_at=sent_at)
    at = sent_at + timedelta(days=1)
    await moved(sessions, means, report_id, *steps, at=at)
    [listed] = (await ask(ana)).json()
    [one] = (await ask(ana, f"/requests/{report_id}.json")).json()
    assert listed == one
    assert (one["status"], one["status_notes"]) == (status, words)
    changed = at if steps else sent_at + timedelta(hours=1)
    assert datetime.fromisoformat(one["updated_datetime"]) - changed < timedelta(seconds=1)
    assert "video" not in one["service_notice"]


async def test_reports_are_found_by_dates_states_and_services(
    ask: Ask, sessions: Sessions, means: Means, unit: UUID
) -> None:
    ana, now = ids.new_id(), clock.now()
    made = {}
    for days in (200, 80, 10):
        made[days] = str(await stored(sessions, means, ana, unit, sent_at=now - timedelta(days=days)))
    await moved(sessions, means, UUID(made[10]), (State.SUBMITTED, None), at=now)

    async def found(**query: Any) -> list[str]:
        answer = await ask(ana, **query)
        assert answer.status_code == 200, answer.text
        return [each["service_request_id"] for each in answer.json()]

    def ago(days: int) -> str:
        return (now - timedelta(days=days)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    assert await found() == [made[10], made[80]]
    assert await found(status="open") == [made[10]]
    assert await found(status="closed") == [made[80]]
    assert await found(status="open,closed") == [made[10], made[80]]
    assert await found(service_code=f"potholes, {SERVICE}") == [made[10], made[80]]
    assert await found(service_code="potholes") == []
    assert await found(start_date=ago(210)) == [made[200]]
    assert await found(end_date=ago(190)) == [made[200]]
    assert await found(start_date=ago(20), end_date=ago(1)) == [made[10]]
    both = f"{made[200]},{made[10]}"
    assert await found(service_request_id=both, status="closed", start_date=ago(5)) == [made[200], made[10]]


@pytest.mark.parametrize(
    "query",
    [
        {"start_date": "2026-01-01T00:00:00Z", "end_date": "2026-04-02T00:00:00Z"},
        {"start_date": "2026-02-01T00:00:00Z", "end_date": "2026-01-01T00:00:00Z"},
        {"start_date": "2026-01-01"},
        {"status": "solved"},
        {"service_request_id": "7"},
        {"colour": "red"},
    ],
    ids=["91 days", "backwards", "no instant", "status", "identifier", "unknown"],
)
async def test_a_question_that_is_not_the_standards_is_400(ask: Ask, query: dict[str, str]) -> None:
    answer = await ask(ids.new_id(), **query)
    assert (answer.status_code, answer.json()[0]["code"]) == (400, 400)


def test_a_span_of_ninety_days_is_taken_and_a_second_more_is_not() -> None:
    assert georeport.span(None, None, NOON) == (NOON - georeport.SPAN, NOON)
    assert georeport.span(NOON, None, NOON) == (NOON, NOON + georeport.SPAN)
    assert georeport.span(NOON - georeport.SPAN, NOON, NOON) == (NOON - georeport.SPAN, NOON)
    with pytest.raises(RequestSpanTooLong):
        georeport.span(NOON - georeport.SPAN - timedelta(seconds=1), NOON, NOON)


@given(st.sampled_from(list(State)))
def test_what_follows_by_somebodys_hand_is_open_and_all_else_closed(state: State) -> None:
    waits = {State.AWAITING_VIDEO, *reports.OPEN}
    assert georeport.status(state) is (Status.OPEN if state in waits else Status.CLOSED)
