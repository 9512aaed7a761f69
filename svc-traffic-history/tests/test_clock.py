"""What the clock does with records: expired points are told, and the register is asked again."""

import asyncio
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_core import clock
from hub_core.rules import Rules
from hub_events.session import Session
from svc_traffic_history.domain.entries import Outcome
from svc_traffic_history.operations import expiring, records, refreshing
from svc_traffic_history.operations.means import Means
from svc_traffic_history.registers.police import ComplaintTold, LicenceStepTold

from .outside import Outside, a_report

NOW = clock.now()
TODAY = clock.local_date(NOW)


def ago(days: int) -> datetime:
    return NOW - timedelta(days=days)


def day(days: int) -> date:
    return clock.local_date(ago(days))


async def told(sessions: async_sessionmaker[Session], person: UUID, event: str) -> list[dict[str, Any]]:
    """The events of a person, in the order in which they were told."""
    async with sessions() as session:
        rows = await session.execute(
            text("SELECT body FROM outbox WHERE subject = :subject ORDER BY seq"),
            {"subject": f"hub.traffic-history.{event}.v1"},
        )
        every = [orjson.loads(row.body)["data"] for row in rows]
    return [each for each in every if each["person_id"] == str(person)]


async def shown(
    sessions: async_sessionmaker[Session], means: Means, person: UUID, now: datetime
) -> records.Record:
    async with sessions() as session:
        return await records.own(session, means, person, now)


async def look(sessions: async_sessionmaker[Session], means: Means, now: datetime = NOW) -> None:
    """As one process does, until nobody is left."""
    async with sessions() as session:
        while await expiring.tell_what_expired(session, means.key, now):
            pass


async def test_expired_points_are_told_once_however_many_processes_look(
    sessions: async_sessionmaker[Session], means: Means, outside: Outside
) -> None:
    person = outside.add_driver(a_report(day(250), "speed-21"), a_report(day(60), "speed-21"))
    await shown(sessions, means, person, ago(240))
    await look(sessions, means, ago(200))
    assert await told(sessions, person, "points.expired") == []
    outside.tell(person, reports=outside.drivers[outside.number_of(person)].reports)
    await asyncio.gather(*(look(sessions, means) for _ in range(4)))
    await look(sessions, means)
    (event,) = await told(sessions, person, "points.expired")
    record = await shown(sessions, means, person, NOW)
    assert event == {"driver_id": str(record.driver.id), "person_id": str(person), "version": 1}


async def test_a_court_that_has_a_complaint_stops_the_telling_and_its_decision_begins_it_again(
    sessions: async_sessionmaker[Session], means: Means, outside: Outside, legal: Rules
) -> None:
    found = [a_report(day(300 - place), "speed-41", fine_points=6) for place in range(3)]
    complaint = ComplaintTold(registered_on=day(290))
    contested = found[2].model_copy(update={"complaint": complaint})
    person = outside.add_driver(*found[:2], contested)
    await shown(sessions, means, person, ago(289))
    await look(sessions, means, ago(20))
    assert await told(sessions, person, "points.expired") == []  # 18 points, and all of them stand still
    decided = ComplaintTold(registered_on=day(290), final_on=day(150), outcome=Outcome.REJECTED)
    outside.tell(person, reports=(*found[:2], found[2].model_copy(update={"complaint": decided})))
    record = await shown(sessions, means, person, ago(19))
    last_days = {group.last_day for group in record.balance.groups}
    assert len(last_days) == 3
    await look(sessions, means, NOW + timedelta(days=40))
    assert len(await told(sessions, person, "points.expired")) == 3


async def test_what_had_expired_when_a_record_first_came_is_no_news(
    sessions: async_sessionmaker[Session], means: Means, outside: Outside
) -> None:
    person = outside.add_driver(a_report(day(400), "speed-21"))
    await shown(sessions, means, person, ago(30))
    await look(sessions, means)
    assert await told(sessions, person, "points.expired") == []


async def test_the_register_is_asked_again_without_the_driver_and_a_new_line_is_told(
    sessions: async_sessionmaker[Session], means: Means, outside: Outside
) -> None:
    person = outside.add_driver(a_report(day(500), "speed-10"))
    await shown(sessions, means, person, ago(420))
    driver = outside.drivers[outside.number_of(person)]
    outside.tell(
        person,
        reports=(*driver.reports, a_report(day(415), "speed-21")),
        licence_steps=(LicenceStepTold(step="WITHDRAWN", on=day(416)),),
    )
    await ask_until_quiet(sessions, means, ago(410))
    assert len(await told(sessions, person, "line.changed")) == 1
    assert len(await told(sessions, person, "licence.changed")) == 1
    record = await shown(sessions, means, person, ago(410))
    assert (record.as_of, record.right, len(record.lines)) == (ago(410), records.Right.WITHDRAWN, 2)
    await ask_until_quiet(sessions, means, ago(408))
    assert len(await told(sessions, person, "line.changed")) == 1


async def ask_until_quiet(sessions: async_sessionmaker[Session], means: Means, now: datetime) -> int:
    asked = 0
    async with sessions() as session:
        while some := await refreshing.ask_again(session, means, now):
            asked += some
    return asked


async def test_whose_word_is_young_is_not_asked_about_and_two_processes_ask_once(
    sessions: async_sessionmaker[Session], means: Means, outside: Outside
) -> None:
    people = [outside.add_driver() for _ in range(5)]
    for person in people:
        await shown(sessions, means, person, ago(600))
    assert await ask_until_quiet(sessions, means, ago(600) + timedelta(hours=23)) == 0
    before = outside.asked
    both = await asyncio.gather(*(ask_until_quiet(sessions, means, ago(598)) for _ in range(2)))
    assert sum(both) == outside.asked - before == 5


async def test_while_the_register_is_away_nothing_is_lost(
    sessions: async_sessionmaker[Session], means: Means, outside: Outside
) -> None:
    person = outside.add_driver()
    await shown(sessions, means, person, ago(650))
    outside.is_away = True
    try:
        assert await ask_until_quiet(sessions, means, ago(640)) == 0
    finally:
        outside.is_away = False
    assert (await shown(sessions, means, person, ago(650))).as_of == ago(650)
    assert await ask_until_quiet(sessions, means, ago(640) + timedelta(minutes=10)) == 1


async def test_one_whose_record_is_not_understood_keeps_nobody_else_waiting(
    sessions: async_sessionmaker[Session], means: Means, outside: Outside
) -> None:
    strange, plain = outside.add_driver(), outside.add_driver()
    await shown(sessions, means, strange, ago(680))
    await shown(sessions, means, plain, ago(679))
    outside.tell(strange, reports=(a_report(day(678), "never-heard-of"),))
    outside.tell(plain, reports=(a_report(day(678), "speed-10"),))
    assert await ask_until_quiet(sessions, means, ago(670)) == 2
    assert len(await told(sessions, plain, "line.changed")) == 1
    assert await told(sessions, strange, "line.changed") == []


@pytest.mark.parametrize("table", ["expiries", "licence_steps"])
async def test_the_application_can_change_nothing_that_was_told_or_recorded(
    sessions: async_sessionmaker[Session], table: str
) -> None:
    async with sessions() as session:
        rights: Iterable[str] = (
            await session.execute(
                text(
                    "SELECT privilege_type FROM information_schema.role_table_grants"
                    " WHERE table_name = :table AND grantee = 'traffic-history_app'"
                ),
                {"table": table},
            )
        ).scalars()
    assert {*rights} == {"SELECT", "INSERT"}
