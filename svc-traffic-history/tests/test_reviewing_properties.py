"""Random walks of officers and the clock over reports of aggressive driving keep what must hold.

What is refused on the way is refused with a problem; after every step the reports of the walk agree.
"""

import json
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import httpx2
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_core import clock, ids
from hub_core.principal import Role
from hub_events.session import Session
from svc_traffic_history.domain.driving_reports import OPEN, REASONS, TRANSITIONS, DrivingReport, State
from svc_traffic_history.operations import sanctioning
from svc_traffic_history.operations.means import Means
from svc_traffic_history.storage import driving_reports as storage

from .outside import Outside
from .reviewing import Reviewer, a_plate, a_sanction, put, reviewer, today, whole

Sessions = async_sessionmaker[Session]
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
WALKS, STEPS = 8, 60
_REFUSED = {403, 404, 409, 422}


@dataclass
class Walk:
    """A walk: who acts, on which reports, and what happened so far."""

    chance: random.Random
    outside: Outside
    officers: list[Reviewer]
    reports: list[DrivingReport]
    county: str
    drivers: list[UUID]
    sanctions: dict[str, str] = field(default_factory=dict)

    async def act(self) -> None:
        """Let anybody try anything."""
        (officer,) = self.chance.choices(self.officers, (6, 3, 3, 1))
        report = self.chance.choice(self.reports)
        name = self.chance.choice([*_ACTS])
        answer = await _ACTS[name](self, officer, report)
        if answer is None:
            return
        assert answer.status_code in {200, 201} | _REFUSED, (name, answer.text)

    async def sanction(self, officer: Reviewer, report: DrivingReport) -> httpx2.Response:
        """A sanction of one of the drivers."""
        number = self.outside.number_of(self.chance.choice(self.drivers))
        body = a_sanction(number, clock.now())
        answer = await officer.post(f"/{report.id}/sanction", body)
        if answer.status_code == 200:
            self.sanctions[body["number"]] = str(report.id)
        return answer

    async def answer(self, officer: Reviewer, report: DrivingReport) -> httpx2.Response | None:
        """What came of an inquiry of the report, whichever."""
        opened = await officer.get(f"/{report.id}")
        if opened.status_code != 200 or not opened.json()["inquiries"]:
            return None
        inquiry = self.chance.choice(opened.json()["inquiries"])
        outcome = self.chance.choice(["DRIVER_NAMED", "HANDED_ON", "NOT_SAID", "NO_ANSWER"])
        number = self.outside.number_of(self.chance.choice(self.drivers))
        named = {"kind": "PERSON", "number": number, "name": "Popescu Ana"}
        body = {
            "outcome": outcome,
            "on": today().isoformat(),
            "named": named if outcome in ("DRIVER_NAMED", "HANDED_ON") else None,
        }
        return await officer.post(f"/{report.id}/owner-inquiries/{inquiry['id']}/answer", body)

    async def join(self, officer: Reviewer, report: DrivingReport) -> httpx2.Response:
        """To any report of the walk, itself among them."""
        leader = self.chance.choice(self.reports)
        return await officer.post(f"/{report.id}/join", {"leader_id": str(leader.id)})


def _post(step: str, *bodies: Any) -> Callable[[Walk, Reviewer, DrivingReport], Awaitable[Any]]:
    async def act(walk: Walk, officer: Reviewer, report: DrivingReport) -> httpx2.Response:
        return await officer.post(f"/{report.id}/{step}", walk.chance.choice(bodies) if bodies else None)

    return act


async def _hand_over(walk: Walk, officer: Reviewer, report: DrivingReport) -> httpx2.Response | None:
    if walk.chance.random() < 0.7:  # else every report ends elsewhere
        return None
    return await officer.post(f"/{report.id}/hand-over", {"county": walk.county, "note": "Acolo"})


_ACTS: dict[str, Callable[[Walk, Reviewer, DrivingReport], Awaitable[Any]]] = {
    "take": _post("take"),
    "take again": _post("take"),
    "eligible": _post("eligible", {}, {"note": "Se vede"}),
    "eligible again": _post("eligible", {}),
    "not eligible": _post("not-eligible", {"reason": "EDITED"}),
    "no sanction": _post("no-sanction", {"reason": "NOT_PROVED"}, {"reason": "PRIORITY_VEHICLE"}),
    "forward": _post("forward", {}),
    "ask": _post("owner-inquiries", {}, {"part": "USER"}),
    "separate": _post("separate"),
    "hand over": _hand_over,
    "sanction": Walk.sanction,
    "answer": Walk.answer,
    "join": Walk.join,
    "join again": Walk.join,
}


@pytest.mark.parametrize("seed", range(WALKS))
async def test_whatever_officers_and_the_clock_do_reports_agree(
    seed: int,
    client: httpx2.AsyncClient,
    signed_in: Any,
    sessions: Sessions,
    means: Means,
    outside: Outside,
    county_police: Callable[[str], Awaitable[UUID]],
) -> None:
    chance = random.Random(seed)
    here, there = ids.new_id(), await county_police("HR")
    owner = outside.add_driver()
    plates = [a_plate(), a_plate()]
    outside.add_vehicle(plates[0], owner, user=outside.holder(owner))
    outside.add_vehicle(plates[1], has_priority=seed % 3 == 0)
    happened_at = clock.now() - 2 * DAY
    reports = [
        await put(
            sessions,
            means,
            whole(
                outside,
                here,
                plate=plates[number % 4 == 3],
                happened_at=happened_at + number * MINUTE,
                barred_after=today() + (number - 1) * DAY,
            ),
        )
        for number in range(6)
    ]
    walk = Walk(
        chance,
        outside,
        [
            reviewer(client, signed_in, here),
            reviewer(client, signed_in, here, None, Role.HEAD),
            reviewer(client, signed_in, here, None, Role.HEAD),
            reviewer(client, signed_in, there),
        ],
        reports,
        "HR",
        [outside.add_driver(), owner],
    )
    for _ in range(STEPS):
        await walk.act()
        if chance.random() < 0.05:
            async with sessions() as session:
                await sanctioning.bar(session, means.key, clock.now() + chance.choice([0, 1]) * DAY)
        await _agree(sessions, means, walk)


async def _agree(sessions: Sessions, means: Means, walk: Walk) -> None:
    before = {report.id: report for report in walk.reports}
    async with sessions() as session, session.begin():
        now = {}
        for report_id in before:
            found = await storage.find(session, means.key, report_id)
            assert found is not None
            now[report_id] = found
            steps = await storage.steps(session, means.key, report_id)
            _must_follow([(step.state, step.reason) for step in steps], found)
            told = await session.execute(
                text(
                    "SELECT body FROM outbox WHERE subject LIKE '%driving-report.moved.v1'"
                    " AND position(cast(:id AS bytea) IN body) > 0 ORDER BY seq"
                ),
                {"id": str(report_id).encode()},
            )
            bodies = [json.loads(bytes(body))["data"]["state"] for body in told.scalars()]
            # The first step, which is the sending, was not told by these tests.
            assert bodies == [step.state.value for step in steps[1:]]
        recorded = await session.execute(
            text("SELECT number, id FROM proces_verbale WHERE number = ANY(:numbers)"),
            {"numbers": [*walk.sanctions]},
        )
        made = {row.number: row.id for row in recorded}
    for report in now.values():
        assert report.label == before[report.id].label
        leader = now[report.joined_to] if report.joined_to else None
        if leader is not None:
            assert leader.joined_to is None
            assert (report.state, report.reason, report.proces_verbal_id) == (
                leader.state,
                leader.reason,
                leader.proces_verbal_id,
            )
            assert (report.institution_id, report.vehicle) == (leader.institution_id, leader.vehicle)
        if report.proces_verbal_id is not None:
            assert report.barred_after >= today()
            assert report.state in (State.SANCTIONED, State.CLOSED, State.NO_SANCTION)
    # One contravention report for each sanction, and for each event one.
    assert len(made) == len(walk.sanctions)
    by_event = {report.joined_to or report.id: report.proces_verbal_id for report in now.values()}
    given = [each for each in by_event.values() if each is not None]
    assert sorted(given, key=str) == sorted(made.values(), key=str)


def _must_follow(steps: list[tuple[State, Any]], report: DrivingReport) -> None:
    """Its steps follow each other as the states allow, and end where it stands."""
    states = [state for state, _ in steps]
    assert states[:2] == [State.AWAITING_VIDEO, State.SUBMITTED]
    for one, following in pairwise(states):
        assert following in TRANSITIONS[one], (one, following)
    assert steps[-1] == (report.state, report.reason)
    assert len(steps) <= report.version
    assert report.reason in REASONS.get(report.state, (None,))
    is_decided = report.state not in OPEN and report.state is not State.AWAITING_VIDEO
    assert (report.decided_at is not None) is is_decided
