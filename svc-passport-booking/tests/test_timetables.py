"""Heads of offices change when counters are open: who may, what follows, who did it."""

from datetime import date, timedelta
from typing import Any

import httpx2
import pytest
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_core import clock, ids
from hub_core.principal import Assurance, Role
from hub_events.session import Session
from svc_passport_booking.operations.closures import move_people

from .build import KEY
from .offices import API, OpenOffice, a_day, open_office

NINE = {"opens": "09:00", "closes": "10:00", "slot_minutes": 10, "counters": 2}


@pytest.fixture
async def office(
    sessions: async_sessionmaker[Session], client: httpx2.AsyncClient, signed_in: Any
) -> OpenOffice:
    return await open_office(sessions, client, signed_in)


def a_week(day: date, **special: Any) -> dict[str, Any]:
    stretch = NINE | special
    return {
        "valid_from": day.isoformat(),
        "week": [{"weekday": number, **stretch} for number in range(1, 8)],
    }


async def change_week(
    office: OpenOffice, body: dict[str, Any], headers: dict[str, str] | None = None
) -> httpx2.Response:
    headers = headers if headers is not None else office.official() | await office.etag()
    return await office.client.put(f"{API}/pools/{office.pool.id}/week", json=body, headers=headers)


async def except_day(office: OpenOffice, day: date, *hours: dict[str, Any]) -> httpx2.Response:
    return await office.client.put(
        f"{API}/pools/{office.pool.id}/exceptions/{day}",
        json={"hours": [*hours], "reason": "Instruirea personalului"},
        headers=office.official() | await office.etag(),
    )


def slug(answer: httpx2.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].rpartition("/")[2]


async def test_without_a_token_nobody_changes_hours(office: OpenOffice) -> None:
    answer = await change_week(office, a_week(a_day()), await office.etag())
    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("special", "expected"),
    [
        ({"scopes": frozenset({"appointments:desk"})}, (403, "insufficient-scope")),
        ({"assurance": Assurance.LOW}, (403, "insufficient-user-authentication")),
        ({"institution": str(ids.new_id())}, (404, "booking-office-not-found")),
        ({"institution": None, "roles": []}, (403, "role-required")),
    ],
)
async def test_only_an_official_of_the_institution_who_is_known_well_enough_changes_hours(
    office: OpenOffice, special: dict[str, Any], expected: tuple[int, str]
) -> None:
    headers = office.official(**special) | await office.etag()
    answer = await change_week(office, a_week(a_day()), headers)
    assert slug(answer) == expected


@pytest.mark.parametrize("role", [Role.CLERK, Role.AUDITOR, Role.ADMIN])
async def test_only_the_head_changes_hours(office: OpenOffice, role: Role) -> None:
    answer = await change_week(office, a_week(a_day()), office.official(role) | await office.etag())
    assert slug(answer) == (403, "role-required")


async def test_only_heads_and_auditors_of_the_institution_see_who_changed_what(office: OpenOffice) -> None:
    address = f"{API}/offices/{office.office.id}/changes"
    seen = [
        (await office.client.get(address, headers=headers)).status_code
        for headers in (
            office.official(),
            office.official(Role.AUDITOR),
            office.official(Role.CLERK),
            office.official(institution=str(ids.new_id())),
        )
    ]
    assert seen == [200, 200, 403, 404]


async def test_a_change_names_the_version_it_was_made_from(office: OpenOffice) -> None:
    read = await office.etag()
    assert slug(await change_week(office, a_week(a_day()), office.official())) == (
        428,
        "precondition-required",
    )
    first = await change_week(office, a_week(a_day()), office.official() | read)
    assert (first.status_code, first.headers["etag"]) == (200, (await office.etag())["if-match"])
    assert slug(await change_week(office, a_week(a_day()), office.official() | read)) == (
        412,
        "precondition-failed",
    )


async def test_hours_change_from_their_day_on_and_not_before(office: OpenOffice) -> None:
    day = a_day()
    before = await office.slots(day - timedelta(days=1))
    assert (await change_week(office, a_week(day))).status_code == 200
    assert [slot.planned for slot in await office.slots(day)] == [0] * 3 + [2] * 6 + [0] * 3
    assert await office.slots(day - timedelta(days=1)) == before


async def test_a_change_of_hours_touches_nothing_that_is_booked_and_free_places_follow(
    office: OpenOffice,
) -> None:
    day = a_day()
    early, busy = await office.book(day, "08:30"), await office.book(day, "09:00", size=3)
    answer = await change_week(office, a_week(day))
    assert answer.status_code == 200
    slots = {f"{slot.starts_at.astimezone(clock.BUCHAREST):%H:%M}": slot for slot in await office.slots(day)}
    told = {at: (slot.planned, slot.capacity, slot.taken, slot.is_free) for at, slot in slots.items()}
    assert told["08:30"] == (0, 1, 1, False)
    assert told["09:00"] == (2, 3, 3, False)
    assert told["09:10"] == (2, 2, 0, True)
    async with office.sessions() as session:
        assert await move_people(session, KEY, clock.now()) == 0
    assert early.state == busy.state == "CONFIRMED"


async def test_what_holds_and_what_will_hold_is_public(office: OpenOffice) -> None:
    day = a_day()
    await change_week(office, a_week(day))
    shown = (await office.client.get(f"{API}/pools/{office.pool.id}/timetable")).json()
    monday = [each for each in shown["week"] if each["weekday"] == 1]
    assert [(each["opens"], each["valid_from"], each["valid_to"]) for each in monday] == [
        ("08:30", "2026-01-01", (day - timedelta(days=1)).isoformat()),
        ("09:00", day.isoformat(), None),
    ]


async def test_hours_of_a_day_cannot_overlap_or_be_of_the_past(office: OpenOffice) -> None:
    day = a_day()
    twice = a_week(day)
    twice["week"] += [{"weekday": 1, **NINE, "opens": "09:50", "closes": "11:00"}]
    assert slug(await change_week(office, twice)) == (422, "hours-overlap")
    assert slug(await change_week(office, a_week(day, closes="08:00"))) == (422, "hours-overlap")
    past = a_week(clock.local_date(clock.now()) - timedelta(days=1))
    assert slug(await change_week(office, past)) == (422, "day-is-over")


async def test_a_day_with_other_hours_and_back(office: OpenOffice) -> None:
    day = a_day()
    usual = [slot.starts_at for slot in await office.slots(day)]
    answer = await except_day(office, day, NINE | {"opens": "12:00", "closes": "12:20"})
    assert answer.status_code == 200
    assert [each["day"] for each in answer.json()["exceptions"]] == [day.isoformat()]
    open_then = [slot for slot in await office.slots(day) if slot.is_free]
    assert len(open_then) == 2
    address = f"{API}/pools/{office.pool.id}/exceptions/{day}"
    restored = await office.client.delete(address, headers=office.official() | await office.etag())
    assert restored.json()["exceptions"] == []
    assert [slot.starts_at for slot in await office.slots(day) if slot.is_free] == usual
    again = await office.client.delete(address, headers=office.official() | await office.etag())
    assert slug(again) == (404, "exception-not-found")


async def test_the_history_says_who_changed_what_and_when(office: OpenOffice) -> None:
    day, head = a_day(), ids.new_id()
    await office.book(day, "08:30")
    await change_week(office, a_week(day), office.official(person=head) | await office.etag())
    await except_day(office, day)
    address = f"{API}/offices/{office.office.id}/changes"
    first = (await office.client.get(address, params={"limit": "1"}, headers=office.official())).json()
    [closed] = first["items"]
    assert (closed["kind"], closed["before"], closed["after"]["hours"]) == ("EXCEPTION", None, [])
    assert closed["is_moving"]
    rest = await office.client.get(
        address, params={"cursor": first["next_cursor"]}, headers=office.official()
    )
    [week] = rest.json()["items"]
    assert (week["kind"], week["person_id"], week["pool_id"]) == ("WEEK", str(head), str(office.pool.id))
    assert not week["is_moving"]
    assert week["before"]["week"][0]["opens"] == "08:30"
    assert week["after"]["week"][0]["opens"] == "09:00"


async def test_counters_that_nobody_knows_have_no_timetable(client: httpx2.AsyncClient) -> None:
    answer = await client.get(f"{API}/pools/{ids.new_id()}/timetable")
    assert slug(answer) == (404, "pool-not-found")
