"""Edge case 57: the reported car is the reporter's neighbour's, and who reports may not learn who drove.

Two reports of one reporter take the same steps to the same end; what differs is everything that is known
of the driver. No answer that the reporter can get differs.
"""

import re
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
from svc_traffic_history.domain.driving_reports import DrivingReport
from svc_traffic_history.operations.means import Means

from .outside import Outside
from .reviewing import FILES, V1, Reviewer, a_plate, a_sanction, put, reviewer, today, whole

Sessions = async_sessionmaker[Session]
SCOPES = {"driving-reports:read", "driving-reports:write", "driving-reports:review", "traffic-history:read"}
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_VARIES = re.compile(
    r"CA-\d{4}-\d{6,}|\d{4}-\d{2}-\d{2}T[0-9:.]+Z?|[0-9a-f]{64}|CV [0-9A-F]{10}|[A-Za-z0-9_-]{43,}"
)
"""What two reports never share: ids, numbers, instants, links of the chain of custody, the plate itself."""


async def _decided(
    officer: Reviewer, head: Reviewer, report: DrivingReport, outside: Outside, driver: UUID, named: bool
) -> None:
    """The report, taken to a sanction; whether the owner named the driver differs, and who it is."""
    await officer.examined(report)
    inquiry = await officer.asked(report)
    holder = {"kind": "PERSON", "number": outside.number_of(driver), "name": "Vasile Vecinul"}
    await officer.did(
        f"/{report.id}/owner-inquiries/{inquiry}/answer",
        {
            "outcome": "DRIVER_NAMED" if named else "NOT_SAID",
            "on": today().isoformat(),
            "named": holder if named else None,
        },
    )
    body = a_sanction(outside.number_of(driver), clock.now(), causes_accident=not named, fine_points=6)
    if named:
        body |= {"causes_accident": False, "fine_points": 4}
    await head.did(f"/{report.id}/sanction", body | {"note": "Vasile Vecinul a recunoscut"})


def _alike(answer: httpx2.Response) -> tuple[int, str, list[str]]:
    """An answer without what two reports never share: status, body, and the names of its headers."""
    body = _VARIES.sub("#", _ID.sub("#", answer.text))
    headers = [name for name in answer.headers if name not in ("date", "x-request-id", "traceparent")]
    return answer.status_code, body, headers


@pytest.fixture
async def two(
    client: httpx2.AsyncClient, signed_in: Any, sessions: Sessions, means: Means, outside: Outside
) -> tuple[UUID, list[DrivingReport], list[UUID]]:
    """The reporter, their two reports that were sanctioned, and the two drivers."""
    unit, reporter = ids.new_id(), outside.add_driver()
    officer = reviewer(client, signed_in, unit)
    head = reviewer(client, signed_in, unit, None, Role.HEAD)
    drivers = [outside.add_driver(), outside.add_driver(licence=None)]
    reports = []
    moment = clock.now() - timedelta(days=2)
    for driver, named in zip(drivers, (True, False), strict=True):
        plate = a_plate()
        outside.add_vehicle(plate, driver if named else None)
        report = whole(outside, unit, reporter_id=reporter, plate=plate, happened_at=moment, sent_at=moment)
        sent = await put(sessions, means, report)
        await _decided(officer, head, sent, outside, driver, named)
        reports.append(sent)
    return reporter, reports, drivers


def _of_reporter(report: DrivingReport) -> list[tuple[str, str]]:
    """Every operation about one report that a reporter can call."""
    own = f"{V1}/driving-reports/{report.id}"
    return [
        ("GET", own),
        ("GET", f"{own}/custody"),
        ("GET", f"{own}/receipt"),
        ("POST", f"{own}/cancel"),
        ("POST", f"{own}/video"),
        ("GET", f"/traffic-history/open311/v2/requests/{report.id}.json"),
        ("GET", f"{FILES}/{report.id}"),
        ("GET", f"{FILES}/{report.id}/video"),
        ("GET", f"{V1}/drivers/{report.id}"),
    ]


async def test_edge_57_no_answer_to_the_reporter_changes_with_who_drove(
    client: httpx2.AsyncClient,
    signed_in: Any,
    two: tuple[UUID, list[DrivingReport], list[UUID]],
    outside: Outside,
) -> None:
    reporter, (first, second), drivers = two
    own = signed_in(reporter, SCOPES, Assurance.SUBSTANTIAL) | {"purpose": 'CASE_HANDLING;file="1/2026"'}
    for (method, one), (_, other) in zip(_of_reporter(first), _of_reporter(second), strict=True):
        answers = [
            await client.request(method, path, headers=own | {"idempotency-key": str(ids.new_id())})
            for path in (one, other)
        ]
        assert _alike(answers[0]) == _alike(answers[1]), one
        for answer in answers:
            _must_not_tell(answer.text, outside, drivers)
        if one == f"{V1}/driving-reports/{first.id}":
            assert (answers[0].status_code, answers[0].json()["state"]) == (200, "SANCTIONED")
    listed = await client.get(f"{V1}/driving-reports", headers=own)
    assert listed.status_code == 200
    _must_not_tell(listed.text, outside, drivers)
    shown = {each["id"]: {**each, "id": "", "number": "", "plate": ""} for each in listed.json()["items"]}
    one, other = shown[str(first.id)], shown[str(second.id)]
    differing = {name for name in one if one[name] != other[name] and not _VARIES.search(str(one[name]))}
    assert not differing


async def test_edge_57_nothing_that_is_told_of_a_report_changes_with_who_drove(
    two: tuple[UUID, list[DrivingReport], list[UUID]], sessions: Sessions, outside: Outside
) -> None:
    _, (first, second), drivers = two
    told = []
    async with sessions() as session, session.begin():
        for report in (first, second):
            found = await session.execute(
                text(
                    "SELECT body FROM outbox WHERE subject LIKE '%driving-report.moved.v1'"
                    " AND position(cast(:id AS bytea) IN body) > 0 ORDER BY seq"
                ),
                {"id": str(report.id).encode()},
            )
            bodies = [bytes(body).decode() for body in found.scalars()]
            told.append([_VARIES.sub("#", _ID.sub("#", body)) for body in bodies])
            for body in bodies:
                _must_not_tell(body, outside, drivers)
    assert told[0] == told[1]


def _must_not_tell(answer: str, outside: Outside, drivers: list[UUID]) -> None:
    for driver in drivers:
        assert str(driver) not in answer
        assert outside.number_of(driver) not in answer
    for word in ("Vecinul", "recunoscut", "aggressive-driving-accident", "proces_verbal", "PCV"):
        assert word not in answer
