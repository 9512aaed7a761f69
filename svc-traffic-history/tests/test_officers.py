"""Officers of the traffic police keep records, and suspensions take their steps."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx2
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_core import clock, ids
from hub_core.principal import Assurance, Role
from hub_events.session import Session
from svc_traffic_history.operations import suspending
from svc_traffic_history.operations.means import Means

from .outside import Outside, a_report

V1 = "/traffic-history/v1"
SCOPES = frozenset({"traffic-history:record", "traffic-history:decide"})
PURPOSE = {"purpose": 'CASE_HANDLING;file="41/2026"'}
TODAY = clock.local_date(clock.now())
UNIT = UUID("5a0c3c3e-7c1f-5f0e-9a64-0d2b6f4f7b11")


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


@dataclass(frozen=True)
class Officer:
    """Somebody of the traffic police, as a client of the service."""

    client: httpx2.AsyncClient
    headers: dict[str, str]

    async def get(self, path: str) -> httpx2.Response:
        return await self.client.get(f"{V1}{path}", headers=self.headers)

    async def post(self, path: str, body: Any) -> httpx2.Response:
        key = {"idempotency-key": str(ids.new_id())} if not path.endswith("/find") else {}
        return await self.client.post(f"{V1}{path}", json=body, headers=self.headers | key)

    async def did(self, path: str, body: Any) -> Any:
        answer = await self.post(path, body)
        assert answer.status_code in (200, 201), answer.text
        return answer.json()


@pytest.fixture
def officer(client: httpx2.AsyncClient, signed_in: Any) -> Any:
    """Make `officer(person, *roles)`."""

    def make(person: UUID | None = None, *roles: Role) -> Officer:
        claims = {
            "assurance": Assurance.SUBSTANTIAL,
            "institution": str(UNIT),
            "roles": sorted(roles or (Role.TRAFFIC_OFFICER,)),
        }
        return Officer(client, signed_in(person or ids.new_id(), SCOPES, **claims) | PURPOSE)

    return make


@pytest.fixture
def bogdan(officer: Any) -> Officer:
    made: Officer = officer()
    return made


@pytest.fixture
def head(officer: Any) -> Officer:
    made: Officer = officer(None, Role.HEAD)
    return made


def report(found_on: date, *codes: str, fine_points: int = 6) -> dict[str, Any]:
    return {
        "series": "PCV",
        "number": str(ids.new_id().int)[-12:],
        "found_at": f"{found_on.isoformat()}T09:00:00Z",
        "county": "CV",
        "place": "DN12, km 20",
        "offences": [
            {"offence": code, "committed_on": found_on.isoformat(), "fine_points": fine_points}
            for code in codes
        ],
    }


async def find(officer: Officer, outside: Outside, person: UUID) -> Any:
    return await officer.did("/drivers/find", {"cnp": outside.number_of(person)})


async def recorded(officer: Officer, driver: str, *args: Any, **special: Any) -> str:
    made = await officer.did(f"/drivers/{driver}/proces-verbale", report(*args, **special))
    return str(made["id"])


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/drivers/find"),
        ("GET", f"/drivers/{UNIT}"),
        ("POST", f"/drivers/{UNIT}/proces-verbale"),
        ("POST", f"/proces-verbale/{UNIT}/communication"),
        ("POST", f"/proces-verbale/{UNIT}/payments"),
        ("POST", f"/proces-verbale/{UNIT}/complaint"),
        ("POST", f"/proces-verbale/{UNIT}/court-decision"),
        ("POST", f"/drivers/{UNIT}/entries/{UNIT}/reversal"),
        ("GET", "/suspensions"),
        *(
            ("POST", f"/suspensions/{UNIT}/{step}")
            for step in ("communicate", "hand-in", "begin", "reduce", "stay", "withdraw")
        ),
    ],
)
async def test_only_the_traffic_police_keeps_records(
    client: httpx2.AsyncClient, signed_in: Any, officer: Any, method: str, path: str
) -> None:
    def ask(headers: dict[str, str]) -> Any:
        body = {"json": {"on": TODAY.isoformat()}} if method == "POST" else {}
        return client.request(method, f"{V1}{path}", headers=headers, **body)

    citizen = signed_in(ids.new_id(), SCOPES, Assurance.SUBSTANTIAL) | PURPOSE
    assert (await ask({})).status_code == 401
    assert (await ask(citizen)).status_code == 403
    assert (await ask(officer(None, Role.CLERK).headers)).status_code == 403
    unscoped = signed_in(
        ids.new_id(),
        {"traffic-history:read"},
        Assurance.SUBSTANTIAL,
        institution=str(UNIT),
        roles=[Role.HEAD],
    )
    assert (await ask(unscoped | PURPOSE)).status_code == 403


async def test_no_record_is_opened_without_a_purpose(bogdan: Officer, outside: Outside) -> None:
    found = await find(bogdan, outside, outside.add_driver())
    headers = {name: value for name, value in bogdan.headers.items() if name != "purpose"}
    answer = await bogdan.client.get(f"{V1}/drivers/{found['id']}", headers=headers)
    assert answer.json()["type"].endswith("/purpose-required")


async def test_nobody_opens_or_changes_their_own_record(officer: Any, outside: Outside) -> None:
    person = outside.add_driver()
    own = officer(person)
    found = await find(officer(), outside, person)
    for answer in (
        await own.post("/drivers/find", {"cnp": outside.number_of(person)}),
        await own.get(f"/drivers/{found['id']}"),
        await own.post(f"/drivers/{found['id']}/proces-verbale", report(ago(1), "speed-31")),
    ):
        assert (answer.status_code, answer.json()["type"].split("/")[-1]) == (403, "own-case")


async def test_who_looked_at_a_record_leaves_a_line_with_the_driver(
    bogdan: Officer, outside: Outside, client: httpx2.AsyncClient, signed_in: Any, sessions: Any
) -> None:
    person = outside.add_driver()
    await client.get(
        f"{V1}/record", headers=signed_in(person, {"traffic-history:read"}, Assurance.SUBSTANTIAL)
    )
    found = await find(bogdan, outside, person)
    await bogdan.get(f"/drivers/{found['id']}")
    async with sessions() as session:
        lines = await session.execute(
            text("SELECT body FROM outbox WHERE subject LIKE '%record.accessed.v1' ORDER BY seq DESC LIMIT 2")
        )
        bodies = [bytes(row[0]) for row in lines]
    assert all(str(person).encode() in body and b"41/2026" in body for body in bodies)
    assert not any(outside.number_of(person).encode() in body for body in bodies)


async def test_fine_and_points_follow_from_the_offence(bogdan: Officer, outside: Outside) -> None:
    found = await find(bogdan, outside, outside.add_driver())
    await recorded(bogdan, found["id"], ago(3), "speed-31", fine_points=8)
    shown = (await bogdan.get(f"/drivers/{found['id']}")).json()
    (line,) = shown["lines"]
    assert (shown["record"]["points"], line["fine"]["amount"]) == (4, "1730.00")
    assert line["half"]["amount"] == "648.75"


async def test_a_report_is_recorded_once_and_within_the_law(bogdan: Officer, outside: Outside) -> None:
    found = await find(bogdan, outside, outside.add_driver())
    path, body = f"/drivers/{found['id']}/proces-verbale", report(ago(3), "speed-31")
    await bogdan.did(path, body)
    for wrong, problem in (
        (body, "proces-verbal-known"),
        (report(ago(3), "speed-31", fine_points=9), "fine-out-of-bounds"),
        (report(ago(3), "whistling"), "offence-unknown"),
        (report(ago(-2), "speed-31"), "fact-day"),
    ):
        answer = await bogdan.post(path, wrong)
        assert answer.json()["type"].split("/")[-1] == problem


async def test_what_becomes_of_a_report_is_recorded_in_its_order(bogdan: Officer, outside: Outside) -> None:
    found = await find(bogdan, outside, outside.add_driver())
    made = await recorded(bogdan, found["id"], ago(10), "speed-31")
    path = f"/proces-verbale/{made}"
    too_early = await bogdan.post(f"{path}/communication", {"on": ago(11).isoformat()})
    assert too_early.json()["type"].endswith("/fact-day")
    decision = {"on": ago(1).isoformat(), "outcome": "ADMITTED"}
    assert (await bogdan.post(f"{path}/court-decision", decision)).json()["type"].endswith("/no-complaint")
    await bogdan.did(f"{path}/communication", {"on": ago(9).isoformat()})
    again = await bogdan.post(f"{path}/communication", {"on": ago(8).isoformat()})
    assert again.json()["type"].endswith("/fact-known")
    money = {"amount": "648.75", "currency": "RON"}
    await bogdan.did(f"{path}/payments", {"on": ago(8).isoformat(), "amount": money})
    await bogdan.did(f"{path}/complaint", {"on": ago(7).isoformat()})
    (line,) = (await bogdan.get(f"/drivers/{found['id']}")).json()["lines"]
    assert (line["payment"], line["contest"]) == ("PAID_HALF", "CONTESTED")
    await bogdan.did(f"{path}/court-decision", decision)
    shown = (await bogdan.get(f"/drivers/{found['id']}")).json()
    assert (shown["record"]["points"], shown["lines"][0]["payment"]) == (0, "NOT_DUE")


async def test_an_entry_is_taken_back_once_by_a_head_who_did_not_record_it(
    bogdan: Officer, head: Officer, outside: Outside
) -> None:
    found = await find(bogdan, outside, outside.add_driver())
    await recorded(bogdan, found["id"], ago(3), "speed-31")
    await recorded(head, found["id"], ago(2), "speed-10", fine_points=2)
    lines = (await bogdan.get(f"/drivers/{found['id']}")).json()["lines"]
    own, theirs = (line["offences"][0]["entry_id"] for line in lines)
    path, body = f"/drivers/{found['id']}/entries", {"reason": "WRONG_DRIVER"}
    assert (await bogdan.post(f"{path}/{theirs}/reversal", body)).status_code == 403
    assert (await head.post(f"{path}/{own}/reversal", body)).json()["type"].endswith("/four-eyes")
    await head.did(f"{path}/{theirs}/reversal", body)
    again = await head.post(f"{path}/{theirs}/reversal", body)
    assert again.json()["type"].endswith("/ledger-entry-taken-back")
    unknown = await head.post(f"{path}/{ids.new_id()}/reversal", body)
    assert unknown.json()["type"].endswith("/ledger-entry-not-found")
    assert (await bogdan.get(f"/drivers/{found['id']}")).json()["record"]["points"] == 2


async def sixteen_points(officer: Officer, outside: Outside) -> tuple[str, Any]:
    """A driver, and the suspension that was proposed for the sum."""
    found = await find(officer, outside, outside.add_driver())
    for days in (60, 50, 40, 12):
        await recorded(officer, found["id"], ago(days), "speed-31")
    shown = (await officer.get(f"/drivers/{found['id']}")).json()["record"]
    (suspension,) = shown["suspensions"]
    return found["id"], suspension


async def test_a_sum_of_15_proposes_a_suspension_once(bogdan: Officer, outside: Outside) -> None:
    driver, suspension = await sixteen_points(bogdan, outside)
    assert (suspension["state"], suspension["grounds"], suspension["days"]) == ("PROPOSED", ["POINTS"], 30)
    assert suspension["notice_by"] == ago(2).isoformat()
    await recorded(bogdan, driver, ago(1), "speed-31")
    assert len((await bogdan.get(f"/drivers/{driver}")).json()["record"]["suspensions"]) == 1


async def test_a_suspension_takes_its_steps_and_annuls_the_points(
    bogdan: Officer, head: Officer, outside: Outside, sessions: async_sessionmaker[Session], means: Means
) -> None:
    driver, suspension = await sixteen_points(bogdan, outside)
    path = f"/suspensions/{suspension['id']}"
    early = await bogdan.post(f"{path}/hand-in", {"on": ago(5).isoformat()})
    assert early.json()["type"].endswith("/suspension-state")
    assert (await bogdan.post(f"{path}/communicate", {"on": ago(5).isoformat()})).status_code == 403
    await head.did(f"{path}/communicate", {"on": ago(5).isoformat()})
    await bogdan.did(f"{path}/hand-in", {"on": ago(4).isoformat()})
    begun = await bogdan.did(f"{path}/begin", {"on": ago(4).isoformat()})
    assert (begun["begins_on"], begun["ends_on"]) == (ago(3).isoformat(), ago(-26).isoformat())
    shown = (await bogdan.get(f"/drivers/{driver}")).json()["record"]
    assert (shown["right"], shown["points"]) == ("SUSPENDED", 0)
    reduced = await bogdan.did(f"{path}/reduce", {"on": ago(1).isoformat()})
    assert (reduced["reduced_by"], reduced["ends_on"]) == (10, ago(-16).isoformat())
    later = datetime.fromisoformat(f"{ago(-17)}T12:00:00+00:00")
    async with sessions() as session:
        await suspending.end_what_is_over(session, means.key, later)
        steps = await session.execute(
            text("SELECT state FROM suspension_steps WHERE suspension_id = :id ORDER BY version"),
            {"id": suspension["id"]},
        )
        went = [row[0] for row in steps]
    assert went == ["PROPOSED", "COMMUNICATED", "LICENCE_HANDED_IN", "RUNNING", "REDUCED", "ENDED"]


async def test_a_head_does_not_decide_on_what_they_recorded(
    head: Officer, officer: Any, outside: Outside
) -> None:
    _, suspension = await sixteen_points(head, outside)
    path, body = f"/suspensions/{suspension['id']}/communicate", {"on": ago(1).isoformat()}
    assert (await head.post(path, body)).json()["type"].endswith("/four-eyes")
    await officer(None, Role.HEAD).did(path, body)


async def test_an_admitted_complaint_withdraws_what_was_proposed_for_the_sum(
    bogdan: Officer, outside: Outside
) -> None:
    driver, suspension = await sixteen_points(bogdan, outside)
    path = f"/proces-verbale/{suspension['line_id']}"
    await bogdan.did(f"{path}/complaint", {"on": ago(3).isoformat()})
    await bogdan.did(f"{path}/court-decision", {"on": ago(1).isoformat(), "outcome": "ADMITTED"})
    shown = (await bogdan.get(f"/drivers/{driver}")).json()["record"]
    assert (shown["points"], shown["suspensions"][0]["state"]) == (12, "WITHDRAWN")


async def test_points_that_a_suspension_annulled_come_back_when_it_is_withdrawn(
    bogdan: Officer, head: Officer, outside: Outside
) -> None:
    driver, suspension = await sixteen_points(bogdan, outside)
    path = f"/suspensions/{suspension['id']}"
    await head.did(f"{path}/communicate", {"on": ago(5).isoformat()})
    await bogdan.did(f"{path}/hand-in", {"on": ago(4).isoformat()})
    await bogdan.did(f"{path}/begin", {"on": ago(4).isoformat()})
    await bogdan.did(f"{path}/stay", {"on": ago(2).isoformat()})
    await head.did(f"{path}/withdraw", {"on": ago(1).isoformat()})
    shown = (await bogdan.get(f"/drivers/{driver}")).json()["record"]
    assert (shown["right"], shown["points"]) == ("VALID", 16)


async def test_two_offences_that_suspend_add_up(bogdan: Officer, outside: Outside) -> None:
    found = await find(bogdan, outside, outside.add_driver())
    made = report(ago(2), "red-light", "overtaking")
    made["offences"][0]["fine_points"] = 4
    await bogdan.did(f"/drivers/{found['id']}/proces-verbale", made)
    (suspension,) = (await bogdan.get(f"/drivers/{found['id']}")).json()["record"]["suspensions"]
    assert (suspension["days"], suspension["grounds"]) == (90, ["CLASS_2", "CLASS_3"])


async def test_what_waits_is_listed_by_its_day(bogdan: Officer, outside: Outside) -> None:
    await sixteen_points(bogdan, outside)
    listed = (await bogdan.get("/suspensions?state=PROPOSED&limit=200")).json()["items"]
    days = [each["notice_by"] for each in listed]
    assert days
    assert days == sorted(days)


async def test_a_report_of_an_officer_is_not_added_to_by_the_register(
    bogdan: Officer, outside: Outside
) -> None:
    person = outside.add_driver()
    found = await find(bogdan, outside, person)
    body = report(ago(3), "speed-31")
    await bogdan.did(f"/drivers/{found['id']}/proces-verbale", body)
    same = a_report(ago(3), "speed-31", fine_points=6, series=body["series"], number=body["number"])
    outside.tell(person, reports=(same,))
    assert (await find(bogdan, outside, person))["record"]["points"] == 4
