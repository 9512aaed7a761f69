"""The day at the counters of an office: who may, who has come in time, who is next, how visits end."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from hub_core import ids
from hub_core.principal import Assurance, Role
from svc_passport_booking.domain.states import Channel, State
from svc_passport_booking.operations import upkeep
from svc_passport_booking.storage import appointments as storage

from .build import NOON, a_participant
from .desks import DESK, MINUTE, PURPOSE, AddDesk, Desk, a_key, slug

OPERATIONS = [
    ("GET", "", None),
    ("GET", "/appointments", None),
    ("POST", "/find", {"code": "K7QF2M9X"}),
    ("GET", "/appointments/{}", None),
    ("POST", "/appointments/{}/check-in", {"cnps": ["2850312129003"]}),
    ("POST", "/calls", {"desk": "3"}),
    ("POST", "/appointments/{}/end", {"persons": [{"number": 0, "outcome": "ABSENT"}]}),
    ("POST", "/appointments/{}/no-show", None),
    ("POST", "/walk-ins", {"type": "PE", "persons": []}),
    ("GET", "/applications", None),
    ("POST", "/applications/{}/move", {"state": "APPROVED"}),
]


async def taken(looking: asyncpg.Connection, desk: Desk) -> list[tuple[int, int]]:
    """Of each slot: places taken, and those of appointments and releases together."""
    rows = await looking.fetch(
        """SELECT taken, (SELECT coalesce(sum(places), 0) FROM "passport-booking".places WHERE slot_id = s.id)
        + (SELECT coalesce(sum(places), 0) FROM "passport-booking".releases WHERE slot_id = s.id) AS told
        FROM "passport-booking".slots s WHERE id = ANY($1) ORDER BY starts_at""",
        [slot.id for slot in desk.slots],
    )
    return [(row["taken"], row["told"]) for row in rows]


def walk_in(*persons: Any) -> dict[str, Any]:
    named = [
        {"family_name": one.family_name, "given_name": one.given_name, "cnp": one.cnp.number}
        for one in persons or (a_participant(),)
    ]
    return {"type": "PE", "persons": named}


# Who may.


@pytest.mark.parametrize(("method", "rest", "body"), OPERATIONS)
async def test_only_officials_of_the_office_s_institution_come_near_its_day(
    desk: Desk, add_desk: AddDesk, method: str, rest: str, body: Any
) -> None:
    booked = await desk.book()
    if rest == "/walk-ins":
        body = walk_in()

    async def refused(headers: dict[str, str]) -> tuple[int, str]:
        sent = {} if body is None else {"json": body}
        path = desk.path(rest.format(booked.id))
        return slug(await desk.client.request(method, path, headers=headers | PURPOSE | a_key(), **sent))

    citizen = desk.signed_in(ids.new_id(), {"appointments:read"}, assurance=Assurance.SUBSTANTIAL)
    assert await refused(citizen) == (403, "insufficient-scope")
    no_role = desk.signed_in(ids.new_id(), DESK, assurance=Assurance.SUBSTANTIAL)
    assert await refused(no_role) == (403, "role-required")
    assert await refused(desk.clerk(Role.RECORDS_OFFICER)) == (403, "role-required")
    assert await refused(desk.clerk(assurance=Assurance.LOW)) == (403, "insufficient-user-authentication")
    elsewhere = await add_desk()
    assert await refused(elsewhere.clerk()) == (404, "booking-office-not-found")


@pytest.mark.parametrize(
    ("method", "rest", "body"), [each for each in OPERATIONS if "appointments/{}" in each[1]]
)
async def test_an_appointment_of_another_office_is_not_found(
    desk: Desk, add_desk: AddDesk, method: str, rest: str, body: Any
) -> None:
    theirs = await (await add_desk()).book()
    sent = {} if body is None else {"json": body}
    answer = await desk.client.request(
        method, desk.path(rest.format(theirs.id)), headers=desk.clerk() | a_key(), **sent
    )
    assert slug(answer) == (404, "appointment-not-found")


async def test_names_are_read_for_a_purpose_only_and_leave_a_line(
    desk: Desk, looking: asyncpg.Connection
) -> None:
    ana, account = a_participant(), ids.new_id()
    booked = await desk.book(ana, person_id=account)
    path = desk.path(f"/appointments/{booked.id}")
    without = {name: value for name, value in desk.clerk().items() if name != "purpose"}
    assert slug(await desk.client.get(path, headers=without)) == (400, "purpose-required")
    opened = (await desk.get(f"/appointments/{booked.id}")).json()
    assert [one["cnp"] for one in opened["persons"]] == [ana.cnp.number]
    for body in ({"cnp": ana.cnp.number}, {"code": f" {booked.code.lower()} "}):
        found = await desk.post("/find", body)
        assert found.json()["appointment"]["id"] == str(booked.id)
        assert found.headers["cache-control"] == "no-store"
    lines = await looking.fetch(
        """SELECT convert_from(body, 'UTF8') AS body FROM "passport-booking".outbox
        WHERE subject = 'hub.passport-booking.record.accessed.v1' AND convert_from(body, 'UTF8') LIKE $1
        ORDER BY seq""",
        f"%{account}%",
    )
    told = [json.loads(row["body"])["data"] for row in lines]
    assert [one["action"] for one in told] == ["READ", "SEARCH", "SEARCH"]
    assert {(one["purpose"], one["institution_id"]) for one in told} == {
        ("COUNTER_SERVICE", str(desk.institution))
    }


# The day.


async def test_the_day_is_listed_by_time_page_by_page_without_names(desk: Desk) -> None:
    late = await desk.book(slot=2)
    early = await desk.book(slot=0)
    held = await desk.book(slot=0, state=State.HELD, held_until=NOON + 5 * MINUTE)
    tomorrow = await desk.book(slot=1, starts_at=NOON + timedelta(days=1), ends_at=NOON + timedelta(days=2))
    first = (await desk.get("/appointments?limit=1")).json()
    second = (await desk.get(f"/appointments?limit=1&cursor={first['next_cursor']}")).json()
    shown = [one["id"] for one in (*first["items"], *second["items"])]
    assert shown == [str(early.id), str(late.id)]
    assert second["next_cursor"] is None
    assert {str(held.id), str(tomorrow.id)}.isdisjoint(shown)
    assert not {"persons", "code", "family_name"} & first["items"][0].keys()
    only = (await desk.get("/appointments?state=CHECKED_IN")).json()
    assert only["items"] == []


@pytest.mark.parametrize(
    ("minutes", "becomes"),
    [(-40, "arrived-early"), (-15, "CHECKED_IN"), (10, "CHECKED_IN"), (11, "NO_SHOW")],
)
async def test_who_is_early_waits_who_is_ten_minutes_late_is_received_and_at_eleven_is_not(
    desk: Desk, minutes: int, becomes: str
) -> None:
    ana = a_participant()
    booked = await desk.book(ana)
    desk.clock.now = NOON + minutes * MINUTE
    answer = await desk.check_in(booked, ana)
    if answer.status_code == 409:
        assert slug(answer) == (409, becomes)
        assert "15" in answer.json()["detail"]
        return
    assert answer.json()["state"] == becomes


async def test_who_is_late_is_received_where_a_desk_is_free_and_it_is_noted(desk: Desk) -> None:
    ana = a_participant()
    booked = await desk.book(ana)
    desk.clock.now = NOON + 25 * MINUTE
    async with desk.sessions() as session:
        assert await upkeep.note_missed(session, desk.key, desk.clock.now) >= 1
    assert (await desk.check_in(booked, ana)).json()["state"] == "NO_SHOW"
    received = await desk.check_in(booked, ana, is_desk_free=True)
    assert received.json()["state"] == "CHECKED_IN"
    async with desk.sessions() as session:
        steps = await storage.steps(session, booked.id)
    assert (steps[-1].reason, steps[-1].actor.id) == ("RECEIVED_LATE", desk.clerk_id)


async def test_the_day_after_nobody_is_received(desk: Desk) -> None:
    ana = a_participant()
    booked = await desk.book(ana)
    desk.clock.now = NOON + timedelta(days=1)
    assert slug(await desk.check_in(booked, ana, is_desk_free=True)) == (409, "appointment-day-over")


async def test_an_appointment_cannot_be_handed_on(desk: Desk) -> None:
    ana, somebody = a_participant(), a_participant()
    booked = await desk.book(ana)
    answer = await desk.check_in(booked, ana, somebody)
    assert slug(answer) == (409, "not-who-is-booked")
    assert [one["pointer"] for one in answer.json()["errors"]] == ["/cnps/1"]
    assert somebody.cnp.number not in answer.text
    async with desk.sessions() as session:
        stored = await storage.read(session, desk.key, booked.id)
    assert stored is not None
    assert stored.state is State.CONFIRMED


async def test_checking_in_again_changes_nothing(desk: Desk) -> None:
    ana = a_participant()
    booked = await desk.book(ana)
    first = (await desk.check_in(booked, ana)).json()
    desk.clock.now += MINUTE
    assert (await desk.check_in(booked, ana)).json() == first


# Calls.


async def test_the_next_is_by_the_hour_and_who_came_after_theirs_by_when_they_came(desk: Desk) -> None:
    ana, bela, cora = a_participant(), a_participant(), a_participant()
    at_noon, at_ten_past, late = (
        await desk.book(ana, slot=0),
        await desk.book(bela, slot=1),
        await desk.book(cora, slot=0),
    )
    assert (await desk.post("/calls", {"desk": "1"})).json() == {"appointment": None}
    await desk.check_in(at_ten_past, bela)
    await desk.check_in(at_noon, ana)
    desk.clock.now = NOON + 25 * MINUTE
    await desk.check_in(late, cora, is_desk_free=True)
    called = [(await desk.post("/calls", {"desk": str(each)})).json()["appointment"] for each in range(4)]
    assert [one and one["id"] for one in called] == [str(one.id) for one in (at_noon, at_ten_past, late)] + [
        None
    ]
    assert (called[1]["desk"], called[1]["called_at"]) == ("1", "2026-11-23T12:25:00.000Z")


async def test_two_counters_never_call_the_same_people(desk: Desk) -> None:
    for _ in range(3):
        ana = a_participant()
        await desk.check_in(await desk.book(ana), ana)
    called = await asyncio.gather(*(desk.post("/calls", {"desk": str(each)}) for each in range(5)))
    found = [one.json()["appointment"] for one in called]
    assert len({one["id"] for one in found if one}) == 3
    assert found.count(None) == 2


async def test_a_counter_calls_only_for_what_it_serves(desk: Desk) -> None:
    ana = a_participant()
    await desk.check_in(await desk.book(ana), ana)
    assert (await desk.post("/calls", {"desk": "1", "types": ["PT"]})).json()["appointment"] is None
    assert (await desk.post("/calls", {"desk": "1", "types": ["PT", "PE"]})).json()["appointment"]


# How visits end.


def served(number: int, application: str) -> dict[str, Any]:
    return {"number": number, "outcome": "SERVED", "application_number": application}


def refused(number: int, reason: str = "DOCUMENTS_MISSING") -> dict[str, Any]:
    return {"number": number, "outcome": "REFUSED", "reason": reason}


@pytest.mark.parametrize(
    ("outcomes", "state", "reason"),
    [
        ([served(0, "{}A"), refused(1)], "SERVED", None),
        (
            [{"number": 0, "outcome": "ABSENT"}, refused(1, "PAYMENT_MISSING")],
            "REFUSED_AT_DESK",
            "PAYMENT_MISSING",
        ),
        ([{"number": 0, "outcome": "ABSENT"}, {"number": 1, "outcome": "ABSENT"}], "REFUSED_AT_DESK", "LEFT"),
    ],
)
async def test_an_appointment_is_served_when_one_person_was(
    desk: Desk, outcomes: list[dict[str, Any]], state: str, reason: str | None
) -> None:
    family = a_participant(), a_participant()
    booked = await desk.book(*family)
    await desk.check_in(booked, *family)
    unique = ids.new_id().hex[-12:]
    sent = json.loads(json.dumps(outcomes).replace("{}A", unique))
    answer = await desk.post(f"/appointments/{booked.id}/end", {"persons": sent})
    assert (answer.json()["state"], answer.json()["end_reason"]) == (state, reason)
    async with desk.sessions() as session:
        persons = await storage.persons(session, desk.key, booked.id)
    assert [(one.state, one.reason) for one in persons] == [
        (one["outcome"], one.get("reason")) for one in sent
    ]
    again = await desk.post(f"/appointments/{booked.id}/end", {"persons": sent})
    assert slug(again) == (409, "appointment-state")


@pytest.mark.parametrize(
    "persons",
    [
        [served(0, "CJ-1")],
        [served(0, "CJ-1"), refused(0)],
        [served(0, "CJ-1"), {"number": 1, "outcome": "EXPECTED"}],
        [served(0, "CJ-1"), {"number": 1, "outcome": "REFUSED"}],
        [{"number": 0, "outcome": "SERVED"}, refused(1)],
        [served(0, "2850312129003"), refused(1)],
        [served(0, "CJ-1"), refused(1) | {"phone": "0745123456"}],
    ],
)
async def test_an_ending_that_is_none_is_refused_and_changes_nothing(desk: Desk, persons: Any) -> None:
    family = a_participant(), a_participant()
    booked = await desk.book(*family)
    await desk.check_in(booked, *family)
    answer = await desk.post(f"/appointments/{booked.id}/end", {"persons": persons})
    assert answer.status_code == 422
    async with desk.sessions() as session:
        stored = await storage.read(session, desk.key, booked.id)
    assert stored is not None
    assert stored.state is State.CHECKED_IN


async def test_nobody_ends_their_own_visit(desk: Desk) -> None:
    ana = a_participant()
    booked = await desk.book(ana, person_id=desk.clerk_id)
    await desk.check_in(booked, ana)
    answer = await desk.post(f"/appointments/{booked.id}/end", {"persons": [refused(0)]})
    assert slug(answer) == (403, "own-case")


async def test_nobody_is_missed_while_they_may_still_come(desk: Desk) -> None:
    booked = await desk.book()
    desk.clock.now = NOON + 10 * MINUTE
    assert slug(await desk.post(f"/appointments/{booked.id}/no-show")) == (409, "still-expected")
    desk.clock.now += MINUTE
    for _ in range(2):
        assert (await desk.post(f"/appointments/{booked.id}/no-show")).json()["state"] == "NO_SHOW"


async def test_what_no_desk_ended_is_over_the_next_day_and_its_people_may_book_again(desk: Desk) -> None:
    ana = a_participant()
    booked = await desk.book(ana)
    await desk.check_in(booked, ana)
    async with desk.sessions() as session:
        await upkeep.end_forgotten(session, desk.key, NOON + timedelta(hours=9))
        running = await storage.read(session, desk.key, booked.id)
    async with desk.sessions() as session:
        await upkeep.end_forgotten(session, desk.key, NOON + timedelta(hours=11))
        over = await storage.read(session, desk.key, booked.id)
    assert running is not None
    assert over is not None
    assert (running.state, over.state, over.end_reason) == (
        State.CHECKED_IN,
        State.REFUSED_AT_DESK,
        "NOT_ENDED",
    )
    assert (await desk.book(ana, slot=1)).state is State.CONFIRMED


# Walk-ins.


async def test_a_walk_in_has_a_place_of_the_running_slot_or_of_the_next(
    add_desk: AddDesk, looking: asyncpg.Connection
) -> None:
    desk = await add_desk(1, 1, 5)
    desk.clock.now = NOON + 3 * MINUTE
    answers = [await desk.post("/walk-ins", walk_in()) for _ in range(3)]
    assert [one.status_code for one in answers] == [201, 201, 409]
    assert slug(answers[2])[1] == "slot-taken"
    shown = answers[0].json()
    assert shown["places_from"] == ["FREE"]
    assert (shown["appointment"]["state"], shown["appointment"]["channel"]) == ("CHECKED_IN", Channel.COUNTER)
    assert await taken(looking, desk) == [(1, 1), (1, 1), (0, 0)]
    called = (await desk.post("/calls", {"desk": "2"})).json()["appointment"]
    assert called["id"] == shown["appointment"]["id"]


async def test_places_of_who_has_not_come_go_to_walk_ins_and_no_place_is_given_twice(
    add_desk: AddDesk, looking: asyncpg.Connection
) -> None:
    desk = await add_desk(2, 1, 1)
    family = a_participant(), a_participant()
    missed, next_one = await desk.book(*family, slot=0), await desk.book(slot=1)
    await desk.book(slot=2)
    desk.clock.now = NOON + 12 * MINUTE
    await desk.post(f"/appointments/{missed.id}/no-show")
    assert (await desk.get()).json()["leftover_places"] == 2
    answers = await asyncio.gather(*(desk.post("/walk-ins", walk_in()) for _ in range(4)))
    given = [one.json()["places_from"] for one in answers if one.status_code == 201]
    assert given == [["NO_SHOW"], ["NO_SHOW"]]
    assert await taken(looking, desk) == [(2, 2), (1, 1), (1, 1)]
    assert (await desk.get()).json() == {
        "expected": 2,
        "waiting": 2,
        "at_desks": 0,
        "served": 0,
        "refused": 0,
        "missed": 1,
        "leftover_places": 0,
    }
    assert next_one.starts_at == NOON + 10 * MINUTE


async def test_a_place_that_was_given_up_today_goes_to_a_walk_in_before_the_public_has_it(
    add_desk: AddDesk, looking: asyncpg.Connection
) -> None:
    desk = await add_desk(1)
    booked = await desk.book()
    async with desk.sessions() as session, session.begin():
        locked = await storage.lock(session, desk.key, booked.id)
        assert locked is not None
        actor = (await storage.steps(session, booked.id))[0].actor
        await storage.move(session, desk.key, locked, State.CANCELLED_BY_CITIZEN, actor, NOON - 90 * MINUTE)
    desk.clock.now = NOON + MINUTE
    answer = await desk.post("/walk-ins", walk_in())
    assert answer.json()["places_from"] == ["CANCELLED"]
    assert await taken(looking, desk) == [(1, 1)]


async def test_a_family_that_walks_in_has_all_its_places_or_none(
    add_desk: AddDesk, looking: asyncpg.Connection
) -> None:
    desk = await add_desk(2, 1)
    assert slug(await desk.post("/walk-ins", walk_in(*(a_participant() for _ in range(4))))) == (
        409,
        "slot-taken",
    )
    assert await taken(looking, desk) == [(0, 0), (0, 0)]
    answer = await desk.post("/walk-ins", walk_in(*(a_participant() for _ in range(3))))
    assert answer.json()["appointment"]["ends_at"] == "2026-11-23T12:20:00.000Z"
    assert await taken(looking, desk) == [(2, 2), (1, 1)]


async def test_who_has_an_appointment_or_comes_for_something_else_does_not_walk_in(desk: Desk) -> None:
    ana = a_participant()
    await desk.book(ana, slot=2)
    assert slug(await desk.post("/walk-ins", walk_in(ana))) == (409, "already-booked")
    other = walk_in() | {"type": "IDENTITY_CARD"}
    assert slug(await desk.post("/walk-ins", other)) == (422, "type-not-served")
    desk.clock.now = NOON + timedelta(hours=3)
    assert slug(await desk.post("/walk-ins", walk_in())) == (409, "slot-taken")
