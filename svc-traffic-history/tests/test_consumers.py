"""What others tell: the copy of the county inspectorates, and people whose account is gone."""

import asyncio
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_core import clock, ids
from hub_events import envelope
from hub_events.session import Session
from svc_traffic_history import consumers
from svc_traffic_history.domain.driving_reports import Reason, State
from svc_traffic_history.domain.institutions import Institution
from svc_traffic_history.operations.means import Means
from svc_traffic_history.storage import driving_reports, institutions

from .build_driving_reports import a_driving_report

EVENTS = Path(__file__).parents[2] / "svc-catalog/contract/events"
EXAMPLE = EVENTS / "catalog.institution.changed.v1.example.json"
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
Sessions = async_sessionmaker[Session]


def an_event(institution_id: UUID, version: int, **special: Any) -> bytes:
    """What the catalog tells of an inspectorate."""
    facts: dict[str, Any] = {
        "institution_id": institution_id,
        "code": "IPJ-XX",
        "kind": "COUNTY_POLICE",
        "county": "XX",
        "names": {"ro": "Inspectoratul de Poliție Județean"},
        "valid_from": date(2020, 1, 1),
        "valid_to": None,
        "version": version,
    }
    told = consumers.InstitutionChanged(**(facts | special))
    return envelope.encode(ids.new_id(), told, NOON, None)


async def tell(sessions: Sessions, *payloads: bytes) -> Institution | None:
    """Handle payloads in this order, each in its transaction, and give the copy that came of them."""
    received = [envelope.decode(consumers.InstitutionChanged, payload) for payload in payloads]
    for one in received:
        async with sessions() as session, session.unit_of_work():
            await consumers.institution_changed(session, one)
    async with sessions() as session:
        return await institutions.find(session, received[-1].data.institution_id)


async def test_the_example_of_the_catalog_is_understood(sessions: Sessions) -> None:
    copy = await tell(sessions, EXAMPLE.read_bytes())
    assert copy
    assert (copy.code, copy.kind, copy.county) == ("IPJ-CV", "COUNTY_POLICE", "CV")
    assert copy.names["hu"] == "Kovászna Megyei Rendőr-felügyelőség"


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 2, 1), (2, 3, 1), (3, 3, 2)], ids=str)
async def test_the_newest_version_wins_in_whatever_order_they_come(
    sessions: Sessions, order: tuple[int, ...]
) -> None:
    unit = ids.new_id()
    copy = await tell(sessions, *(an_event(unit, version, code=f"V{version}") for version in order))
    assert copy
    assert (copy.code, copy.version) == ("V3", 3)


async def test_who_decides_is_the_police_of_the_county_on_that_day(sessions: Sessions) -> None:
    county = "X1"
    before, after, other = ids.new_id(), ids.new_id(), ids.new_id()
    await tell(
        sessions,
        an_event(before, 1, county=county, valid_to=date(2026, 6, 30)),
        an_event(after, 1, county=county, valid_from=date(2026, 7, 1)),
        an_event(other, 1, county=county, kind="COUNTY_FIRE_SERVICE"),
    )
    async with sessions() as session:
        found = [
            await institutions.police_of(session, county, day)
            for day in (date(2019, 1, 1), date(2026, 6, 30), date(2026, 7, 1))
        ]
    assert [unit.id if unit else None for unit in found] == [None, before, after]


async def test_who_has_no_account_any_more_takes_back_what_waits(sessions: Sessions, means: Means) -> None:
    report = a_driving_report(sent_at=clock.now())
    async with sessions() as session, session.begin():
        await driving_reports.add(session, means.key, report)
    told = consumers.AccountDeleted(person_id=report.reporter_id, version=3)
    payload = envelope.encode(ids.new_id(), told, report.sent_at, None)
    handle = consumers.people_of(means.key).handlers[consumers.AccountDeleted]
    for _ in range(2):
        async with sessions() as session, session.unit_of_work():
            await handle(session, envelope.decode(consumers.AccountDeleted, payload))
    async with sessions() as session, session.begin():
        gone = await driving_reports.find(session, means.key, report.id)
    assert gone
    assert (gone.state, gone.reason, gone.version) == (State.CLOSED, Reason.CANCELLED, 2)


async def test_the_end_of_an_account_told_twice_at_once_is_one_step(sessions: Sessions, means: Means) -> None:
    report = a_driving_report(sent_at=clock.now())
    async with sessions() as session, session.begin():
        await driving_reports.add(session, means.key, report)

    async def end() -> None:
        told = consumers.AccountDeleted(person_id=report.reporter_id, version=3)
        payload = envelope.encode(ids.new_id(), told, report.sent_at, None)
        handle = consumers.people_of(means.key).handlers[consumers.AccountDeleted]
        async with sessions() as session, session.unit_of_work():
            await handle(session, envelope.decode(consumers.AccountDeleted, payload))

    await asyncio.gather(end(), end())
    async with sessions() as session, session.begin():
        assert len(await driving_reports.steps(session, means.key, report.id)) == 2
