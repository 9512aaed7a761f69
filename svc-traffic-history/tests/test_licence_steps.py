"""Licences that are taken away and given back."""

from datetime import date, timedelta
from itertools import permutations
from typing import Any
from uuid import UUID

import httpx2
import pytest
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_core import clock, ids
from hub_core.principal import Assurance, Role
from hub_events.session import Session
from svc_traffic_history.domain import licence_steps
from svc_traffic_history.domain.licence_steps import LicenceStep, Step
from svc_traffic_history.errors.licence_steps import LicenceDayWrong, LicenceStands

from .outside import Outside
from .test_clock import told

V1 = "/traffic-history/v1"
UNIT = UUID("5a0c3c3e-7c1f-5f0e-9a64-0d2b6f4f7b11")
TODAY = clock.local_date(clock.now())


def a_step(step: Step, on: date) -> LicenceStep:
    return LicenceStep(ids.new_id(), step, on)


def test_a_licence_is_away_from_the_day_on_which_it_is_taken_until_that_on_which_it_is_back() -> None:
    steps = [a_step(Step.WITHDRAWN, date(2026, 3, 1)), a_step(Step.GIVEN_BACK, date(2026, 6, 1))]
    assert licence_steps.taken(steps, date(2026, 2, 28)) is None
    away = {licence_steps.taken(steps, day) for day in (date(2026, 3, 1), date(2026, 5, 31))}
    assert away == {steps[0]}
    assert licence_steps.taken(steps, date(2026, 6, 1)) is None


def test_what_stands_on_one_day_stands_in_the_order_of_the_steps_whatever_came_first() -> None:
    day = date(2026, 3, 1)
    steps = [a_step(step, day) for step in (Step.WITHDRAWN, Step.ANNULLED, Step.GIVEN_BACK)]
    assert {licence_steps.taken(order, day) for order in permutations(steps)} == {None}
    assert {licence_steps.taken(order, day) for order in permutations(steps[:2])} == {steps[1]}


@pytest.mark.parametrize(
    ("before", "made"),
    [
        ([], Step.GIVEN_BACK),
        ([Step.WITHDRAWN], Step.WITHDRAWN),
        ([Step.ANNULLED], Step.WITHDRAWN),
        ([Step.ANNULLED], Step.ANNULLED),
        ([Step.WITHDRAWN, Step.GIVEN_BACK], Step.GIVEN_BACK),
    ],
)
def test_a_step_that_cannot_follow_is_refused(before: list[Step], made: Step) -> None:
    steps = [a_step(step, date(2026, 1, 1 + place)) for place, step in enumerate(before)]
    with pytest.raises(LicenceStands):
        licence_steps.follow(steps, a_step(made, date(2026, 2, 1)), date(2026, 3, 1))


@pytest.mark.parametrize("on", [date(2025, 12, 31), date(2026, 3, 2)])
def test_a_step_before_the_last_one_or_in_the_future_is_refused(on: date) -> None:
    steps = [a_step(Step.WITHDRAWN, date(2026, 1, 1))]
    with pytest.raises(LicenceDayWrong):
        licence_steps.follow(steps, a_step(Step.GIVEN_BACK, on), date(2026, 3, 1))


def as_official(signed_in: Any, *roles: Role, person: UUID | None = None) -> dict[str, str]:
    made: dict[str, str] = signed_in(
        person or ids.new_id(),
        {"traffic-history:record"},
        Assurance.SUBSTANTIAL,
        institution=str(UNIT),
        roles=sorted(roles),
    )
    return made | {"purpose": 'CASE_HANDLING;file="41/2026"'}


def step_body(step: Step, on: date = TODAY) -> dict[str, str]:
    return {"step": step.value, "on": on.isoformat()}


async def found(client: httpx2.AsyncClient, headers: dict[str, str], number: str) -> Any:
    return (await client.post(f"{V1}/drivers/find", json={"cnp": number}, headers=headers)).json()


async def test_only_the_traffic_police_records_what_happened_to_a_licence_and_nobody_their_own(
    client: httpx2.AsyncClient, signed_in: Any, outside: Outside
) -> None:
    person = outside.add_driver()
    officer = as_official(signed_in, Role.TRAFFIC_OFFICER)
    driver = (await found(client, officer, outside.number_of(person)))["id"]
    path, body = f"{V1}/drivers/{driver}/licence-steps", step_body(Step.WITHDRAWN)

    async def status(headers: dict[str, str]) -> int:
        answer = await client.post(path, json=body, headers=headers | {"idempotency-key": str(ids.new_id())})
        return answer.status_code

    assert await status({}) == 401
    assert await status(as_official(signed_in, Role.CLERK)) == 403
    assert await status(as_official(signed_in, Role.TRAFFIC_OFFICER, person=person)) == 403
    assert await status({name: value for name, value in officer.items() if name != "purpose"}) == 400
    assert await status(officer) == 201


async def test_a_licence_is_annulled_and_its_driver_sees_it_and_is_told(
    client: httpx2.AsyncClient, signed_in: Any, outside: Outside, sessions: async_sessionmaker[Session]
) -> None:
    person = outside.add_driver()
    own = signed_in(person, {"traffic-history:read"}, Assurance.SUBSTANTIAL)
    assert (await client.get(f"{V1}/record", headers=own)).json()["right"] == "VALID"
    officer = as_official(signed_in, Role.TRAFFIC_OFFICER)
    driver = (await found(client, officer, outside.number_of(person)))["id"]
    path = f"{V1}/drivers/{driver}/licence-steps"

    async def record(step: Step, on: date) -> httpx2.Response:
        key = {"idempotency-key": str(ids.new_id())}
        return await client.post(path, json=step_body(step, on), headers=officer | key)

    since = TODAY - timedelta(days=3)
    assert (await record(Step.ANNULLED, since)).status_code == 201
    shown = (await client.get(f"{V1}/record", headers=own)).json()
    assert (shown["right"], shown["taken_on"]) == ("ANNULLED", since.isoformat())
    refused = await record(Step.WITHDRAWN, TODAY)
    assert refused.json()["type"].endswith("/licence-state")
    assert (await record(Step.GIVEN_BACK, since - timedelta(days=1))).json()["type"].endswith("/licence-day")
    assert (await record(Step.GIVEN_BACK, TODAY)).status_code == 201
    shown = (await client.get(f"{V1}/record", headers=own)).json()
    assert (shown["right"], shown["taken_on"]) == ("VALID", None)
    events = await told(sessions, person, "licence.changed")
    assert [event["version"] for event in events] == [1, 2]
    assert {name for event in events for name in event} == {"driver_id", "person_id", "version"}
