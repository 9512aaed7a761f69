"""A driver reads their own record."""

import asyncio
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import httpx2
import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_core import clock, ids
from hub_core.principal import Assurance, Kind
from hub_events.session import Session
from hub_service import personal_data
from svc_traffic_history.operations import people, registering
from svc_traffic_history.operations.means import Means
from svc_traffic_history.registers.police import ComplaintTold, PaymentTold, SuspensionTold

from .outside import Outside, a_report

RECORD = "/traffic-history/v1/record"
LINES = f"{RECORD}/lines"
READ = frozenset({"traffic-history:read"})
TODAY = clock.local_date(clock.now())

Ask = Callable[..., Any]


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


@pytest.fixture
def ask(client: httpx2.AsyncClient, signed_in: Any) -> Ask:
    """Make `ask(person_id, path)`: what somebody reads, signed in well enough."""

    async def get(person_id: UUID, path: str = RECORD, **query: Any) -> Any:
        headers = signed_in(person_id, READ, Assurance.SUBSTANTIAL)
        answer = await client.get(path, headers=headers, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    return get


@pytest.mark.parametrize("path", [RECORD, LINES])
async def test_nobody_reads_a_record_without_scope_and_assurance(
    client: httpx2.AsyncClient, signed_in: Any, path: str
) -> None:
    person = ids.new_id()
    assert (await client.get(path)).status_code == 401
    assert (await client.get(path, headers=signed_in(person, (), Assurance.HIGH))).status_code == 403
    assert (await client.get(path, headers=signed_in(person, READ, Assurance.LOW))).status_code == 403


async def test_who_is_not_confirmed_has_no_record(client: httpx2.AsyncClient, signed_in: Any) -> None:
    headers = signed_in(ids.new_id(), READ, Assurance.SUBSTANTIAL)
    answer = await client.get(RECORD, headers=headers)
    assert (answer.status_code, answer.json()["type"].split("/")[-1]) == (403, "driver-identity-needed")


async def test_each_reads_their_own_record_and_nobody_elses(ask: Ask, outside: Outside) -> None:
    ana, ion = outside.add_driver(), outside.add_driver(a_report(ago(3), "speed-21"))
    assert [line["place"] for line in (await ask(ion, LINES))["items"]] == ["DN12, km 20"]
    assert (await ask(ana, LINES))["items"] == []
    assert (await ask(ion))["points"] == 3
    assert (await ask(ana))["points"] == 0


async def test_edge_54_a_record_without_offences_is_white(ask: Ask, outside: Outside) -> None:
    shown = await ask(outside.add_driver())
    assert (shown["is_white"], shown["right"], shown["points"]) == (True, "VALID", 0)
    assert shown["licence"]["categories"] == ["AM", "B"]
    ten = [{"category": each, "years": 10} for each in ("AM", "B")]
    assert shown["licence"]["validities"] == ten
    assert shown["next_suspension"] == {"points_left": 15, "ground": "POINTS", "days": 30}


async def test_edge_54_the_holder_of_a_foreign_licence_has_none_here(ask: Ask, outside: Outside) -> None:
    shown = await ask(outside.add_driver(licence=None))
    assert (shown["right"], shown["licence"]) == ("NO_LICENCE", None)


async def test_the_record_says_when_points_expire_and_what_is_left(ask: Ask, outside: Outside) -> None:
    ana = outside.add_driver(a_report(ago(10), "speed-21", "seat-belt-helmet"), a_report(ago(40), "speed-41"))
    shown = await ask(ana)
    assert (shown["points"], shown["next_suspension"]["points_left"]) == (11, 4)
    assert sorted(group["points"] for group in shown["groups"]) == [2, 3, 6]
    assert [change["points"] for change in shown["forecast"]["changes"]] == [5, 0]
    last = date.fromisoformat(shown["groups"][-1]["last_day"])
    assert shown["forecast"]["none_left_on"] == (last + timedelta(days=1)).isoformat()


async def test_a_line_has_its_article_amounts_and_last_days(ask: Ask, outside: Outside) -> None:
    report = a_report(date(2026, 9, 1), "speed-21", fine_points=5, communicated_on=ago(2))
    (line,) = (await ask(outside.add_driver(report), LINES))["items"]
    (offence,) = line["offences"]
    assert offence["article"] == "art. 100 alin. (2), art. 108 alin. (1) lit. b) pct. 2"
    assert (line["fine"]["amount"], line["half"]["amount"]) == ("1081.25", "432.50")
    term = line["half_payment"]
    assert (term["days"], term["counting"], term["legal_basis"]) == (15, "FREE_DAYS", "Legea nr. 203/2018")
    assert line["complaint"]["last_day"] == term["last_day"]


async def test_what_is_in_court_says_why_nothing_expires(ask: Ask, outside: Outside) -> None:
    reports = [a_report(ago(days), "speed-31", fine_points=6) for days in (170, 120, 80)]
    complaint = ComplaintTold(registered_on=ago(20))
    contested = a_report(ago(40), "speed-31", fine_points=6, complaint=complaint)
    shown = await ask(outside.add_driver(*reports, contested))
    assert {group["state"] for group in shown["groups"]} == {"SUSPENDED_EXPIRY"}
    assert shown["forecast"]["stands_still"] is True
    assert shown["groups"][0]["standstills"][0]["since"] == ago(20).isoformat()


async def test_a_suspension_that_runs_suspends_the_right_and_has_annulled_the_points(
    ask: Ask, outside: Outside
) -> None:
    reports = [a_report(ago(days), "speed-31", fine_points=6) for days in (90, 60, 45, 25)]
    suspension = SuspensionTold(
        report=3,
        grounds=("POINTS",),
        days=30,
        fact_on=ago(25),
        state="RUNNING",
        handed_in_on=ago(11),
        begins_on=ago(10),
        ends_on=ago(-19),
    )
    shown = await ask(outside.add_driver(*reports, suspensions=(suspension,)))
    assert (shown["right"], shown["points"]) == ("SUSPENDED", 0)
    assert shown["suspension"]["ends_on"] == ago(-19).isoformat()


async def test_the_register_is_asked_once_and_its_word_holds_while_it_is_away(
    ask: Ask, outside: Outside, sessions: async_sessionmaker[Session]
) -> None:
    ana = outside.add_driver(a_report(ago(3), "speed-21"))
    await ask(ana)
    asked = outside.asked
    await ask(ana)
    assert outside.asked == asked
    async with sessions.begin() as session:
        await session.execute(
            text("UPDATE drivers SET asked_at = now() - interval '2 hours' WHERE person_id = :ana"),
            {"ana": ana},
        )
    outside.is_away = True
    try:
        assert (await ask(ana))["points"] == 3
    finally:
        outside.is_away = False
    outside.tell(
        ana, reports=(*outside.drivers[outside.number_of(ana)].reports, a_report(ago(1), "speed-10"))
    )
    assert (await ask(ana))["points"] == 5


async def test_a_register_that_is_away_at_the_first_question_is_a_problem_of_its_own(
    client: httpx2.AsyncClient, signed_in: Any, outside: Outside
) -> None:
    ana = outside.add_driver()
    outside.is_away = True
    try:
        answer = await client.get(RECORD, headers=signed_in(ana, READ, Assurance.SUBSTANTIAL))
    finally:
        outside.is_away = False
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")


async def test_lines_come_in_pages(ask: Ask, outside: Outside) -> None:
    ana = outside.add_driver(*(a_report(ago(days), "speed-10") for days in (5, 10, 15)))
    first = await ask(ana, LINES, limit=2)
    second = await ask(ana, LINES, limit=2, cursor=first["next_cursor"])
    found = [line["found_at"] for line in (*first["items"], *second["items"])]
    assert (len(found), found) == (3, sorted(found, reverse=True))
    assert second["next_cursor"] is None


async def test_what_was_paid_in_time_settles_a_line(ask: Ask, outside: Outside) -> None:
    payment = PaymentTold(on=ago(1), amount="432.50")
    report = a_report(ago(5), "speed-21", communicated_on=ago(4), payments=(payment,))
    (line,) = (await ask(outside.add_driver(report), LINES))["items"]
    assert (line["payment"], line["outstanding"]["amount"]) == ("PAID_HALF", "0.00")


@pytest.mark.parametrize("table", ["entries", "proces_verbale", "suspension_steps"])
@pytest.mark.parametrize("change", ["UPDATE {table} SET {column} = {column}", "DELETE FROM {table}"])
async def test_the_application_changes_nothing_that_is_recorded(
    sessions: async_sessionmaker[Session], table: str, change: str
) -> None:
    column = {"entries": "points", "proces_verbale": "place", "suspension_steps": "state"}[table]
    async with sessions() as session:
        with pytest.raises(ProgrammingError, match="permission denied"):
            await session.execute(text(change.format(table=table, column=column)))


async def test_no_number_and_no_name_lies_in_the_clear(
    ask: Ask, outside: Outside, sessions: async_sessionmaker[Session]
) -> None:
    ana = outside.add_driver(a_report(ago(3), "speed-21"))
    await ask(ana)
    async with sessions() as session:
        found = await session.execute(text("SELECT * FROM drivers WHERE person_id = :ana"), {"ana": ana})
        (row,) = found.all()
    for secret in (outside.number_of(ana), "Popescu", "C00900123X"):
        assert secret.encode() not in b" ".join(
            value if isinstance(value, bytes) else str(value).encode() for value in row
        )


async def test_the_record_follows_its_person(
    ask: Ask, outside: Outside, sessions: async_sessionmaker[Session]
) -> None:
    former, now = outside.add_driver(a_report(ago(3), "speed-21")), ids.new_id()
    await ask(former)
    async with sessions() as session:
        await people.follow_person(session, former, now)
        await people.follow_person(session, former, now)
    assert (await ask(now))["points"] == 3


async def test_the_copy_of_what_is_held_has_the_licence(
    client: httpx2.AsyncClient, signed_in: Any, ask: Ask, outside: Outside
) -> None:
    ana = outside.add_driver(a_report(ago(3), "speed-21"))
    await ask(ana)
    headers = signed_in(
        None, {personal_data.SCOPE}, sub="identity", kind=Kind.SERVICE, client_id="identity", sid=None
    )
    answer = await client.get(personal_data.path(ana), headers=headers)
    sections = {each["name"]: each["items"] for each in answer.json()["sections"]}
    assert sections["licence"][0]["number"] == "C00900123X"
    assert [item["place"] for item in sections["lines"]] == ["DN12, km 20"]


async def test_who_asks_ten_times_at_once_has_one_record(
    ask: Ask, outside: Outside, sessions: async_sessionmaker[Session]
) -> None:
    ana = outside.add_driver(a_report(ago(3), "speed-21"))
    shown = await asyncio.gather(*(ask(ana) for _ in range(10)))
    assert {each["points"] for each in shown} == {3}
    async with sessions() as session:
        found = await session.execute(
            text("SELECT count(*) FROM entries JOIN drivers d ON d.id = driver_id WHERE person_id = :ana"),
            {"ana": ana},
        )
    assert found.scalar_one() == 1


async def test_a_line_that_the_register_tells_later_is_told_once_and_the_first_record_is_not(
    outside: Outside, means: Means, sessions: async_sessionmaker[Session]
) -> None:
    ana = outside.add_driver(a_report(ago(30), "speed-21"))
    first = outside.drivers[outside.number_of(ana)]
    later = first.model_copy(update={"reports": (*first.reports, a_report(ago(1), "speed-10"))})
    async with sessions() as session:
        for told in (first, later, later):
            async with session.begin():
                driver = await registering.take_in(session, means.key, told, ana, clock.now())
        found = await session.execute(text("SELECT body FROM outbox WHERE subject LIKE '%line.changed.v1'"))
        bodies = [bytes(row[0]) for row in found]
    (body,) = [body for body in bodies if str(driver.id).encode() in body]
    assert str(ana).encode() in body
    assert b"speed" not in body
