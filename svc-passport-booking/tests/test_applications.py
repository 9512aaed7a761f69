"""Applications after they were handed in: moved on, looked up by anybody, told of by text message."""

import asyncio
from datetime import timedelta
from typing import Any

import asyncpg
import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_core import cnp, ids
from hub_core.language import Language
from hub_core.principal import Kind
from svc_passport_booking.domain import applications as domain
from svc_passport_booking.domain.applications import Application, Stage
from svc_passport_booking.domain.appointments import Participant
from svc_passport_booking.errors.applications import ApplicationState
from svc_passport_booking.reference.types import types

from .build import NOON, a_participant
from .desks import AddDesk, Clock, Desk, a_key, slug

API = "/passport-booking/v1/applications"
TODAY = "2026-11-23"
ANSWERED_NOTHING = {"state": None, "changed_on": None}


def a_number() -> str:
    return f"CJ-{ids.new_id().hex[-12:].upper()}"


def end_of(person: Participant) -> str:
    return person.cnp.number[-9:]


async def ask(client: httpx2.AsyncClient, **body: str) -> Any:
    answer = await client.post(f"{API}/state", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def opened(desk: Desk, number: str, state: Stage = Stage.IN_ANALYSIS) -> dict[str, Any]:
    """The application with a number, as its office sees it."""
    page = (await desk.get(f"/applications?state={state}")).json()
    found: dict[str, Any] = next(one for one in page["items"] if one["number"] == number)
    return found


async def move(desk: Desk, application: dict[str, Any], to: str, **special: Any) -> httpx2.Response:
    return await desk.post(f"/applications/{application['id']}/move", {"state": to}, **special)


# Who may.


async def test_an_application_of_another_office_is_not_found(desk: Desk, add_desk: AddDesk) -> None:
    number = a_number()
    await desk.serve(a_participant(), number)
    theirs = await opened(desk, number)
    elsewhere = await add_desk()
    assert slug(await move(elsewhere, theirs, "APPROVED")) == (404, "application-not-found")
    assert (await elsewhere.get("/applications")).json()["items"] == []


async def test_nobody_decides_on_what_their_own_account_applied_for(desk: Desk) -> None:
    number, ana, account = a_number(), a_participant(), ids.new_id()
    booked = await desk.book(ana, person_id=account)
    await desk.check_in(booked, ana)
    ended = {"persons": [{"number": 0, "outcome": "SERVED", "application_number": number}]}
    assert (await desk.post(f"/appointments/{booked.id}/end", ended)).status_code == 200
    desk.clerk_id = account
    assert slug(await move(desk, await opened(desk, number), "APPROVED")) == (403, "own-case")


@pytest.mark.parametrize("path", ["/internal/v1/applications/states", "/internal/v1/applications/{}/message"])
async def test_only_a_service_that_may_moves_or_reads_applications(
    client: httpx2.AsyncClient, signed_in: Any, path: str
) -> None:
    method = "POST" if path.endswith("states") else "GET"
    sent = {"json": {"lines": [{"number": "CJ-1", "state": "SENT"}]}} if method == "POST" else {}
    where = path.format(ids.new_id())
    assert (await client.request(method, where, **sent)).status_code == 401
    other = signed_in(None, {"petitions:read"}, sub="press", kind=Kind.SERVICE, client_id="press", sid=None)
    assert (await client.request(method, where, headers=other, **sent)).status_code == 403


# How far it has come.


async def test_an_application_goes_from_analysis_to_the_hands_of_its_person(
    desk: Desk, looking: asyncpg.Connection
) -> None:
    number = a_number()
    await desk.serve(a_participant(), f" {number.lower()[:5]} {number.lower()[5:]}".strip())
    seen = [Stage.IN_ANALYSIS]
    for to in (Stage.APPROVED, Stage.PERSONALISED, Stage.SENT, Stage.AT_COUNTER, Stage.COLLECTED):
        desk.clock.now += timedelta(days=1)
        application = await opened(desk, number, seen[-1])
        assert to in application["open_states"]
        for _ in range(2):
            assert (await move(desk, application, to)).json()["state"] == to
        seen.append(to)
    assert slug(await move(desk, application, "SENT")) == (409, "application-state")
    assert await ask(desk.client, number=number) == {"state": "COLLECTED", "changed_on": "2026-11-28"}
    steps = await looking.fetch(
        """SELECT state, actor_kind FROM "passport-booking".application_steps
        WHERE application_id = $1 ORDER BY version""",
        application["id"],
    )
    assert [row["state"] for row in steps] == seen
    assert {row["actor_kind"] for row in steps} == {"OFFICIAL"}
    told = await looking.fetchval(
        """SELECT count(*) FROM "passport-booking".outbox WHERE key = $1""", application["id"]
    )
    assert told == 6


@given(st.lists(st.sampled_from(list(Stage)), max_size=12), st.sampled_from(sorted(types())))
def test_whatever_is_tried_an_application_moves_along_its_states_only(tried: list[Stage], type_: str) -> None:
    stages = types()[type_].stages
    application = Application(
        id=ids.new_id(),
        number="CJ-1",
        office_id=ids.new_id(),
        type=type_,
        appointment_id=ids.new_id(),
        person_number=0,
        person_id=None,
        state=Stage.IN_ANALYSIS,
        applied_on=NOON.date(),
        search_key=b"",
        phone=None,
        phone_since=None,
        language=Language.RO,
        changed_at=NOON,
    )
    for to in tried:
        if to in domain.following(application.state, stages):
            assert to in stages
            moved = domain.move(application, to, stages, NOON)
            assert (moved.state, moved.version) == (to, application.version + 1)
            application = moved
        else:
            with pytest.raises(ApplicationState):
                domain.move(application, to, stages, NOON)


def test_a_passport_has_every_stage_and_a_vehicle_those_of_its_counter() -> None:
    """The certificate and the plates of a vehicle are neither personalised centrally nor sent."""
    assert domain.following(Stage.APPROVED, types()["PE"].stages) == {Stage.PERSONALISED}
    assert domain.following(Stage.APPROVED, types()["DRIVING_LICENCE"].stages) == {Stage.PERSONALISED}
    assert domain.following(Stage.APPROVED, types()["VEHICLE_REGISTRATION"].stages) == {Stage.AT_COUNTER}
    assert domain.following(Stage.COLLECTED, frozenset(Stage)) == frozenset()


async def test_a_number_is_given_once(desk: Desk) -> None:
    number, ana = a_number(), a_participant()
    await desk.serve(a_participant(), number)
    booked = await desk.book(ana)
    await desk.check_in(booked, ana)
    ended = {"persons": [{"number": 0, "outcome": "SERVED", "application_number": number.lower()}]}
    answer = await desk.post(f"/appointments/{booked.id}/end", ended)
    assert slug(answer) == (409, "application-number-used")
    assert (await desk.get(f"/appointments/{booked.id}")).json()["appointment"]["state"] == "CHECKED_IN"


async def test_the_production_moves_many_at_once_each_by_itself(desk: Desk, signed_in: Any) -> None:
    numbers = [a_number() for _ in range(2)]
    for number in numbers:
        await desk.serve(a_participant(), number)
        await move(desk, await opened(desk, number), "APPROVED")
    press = signed_in(
        None,
        {"passport-booking.applications:write"},
        sub="press",
        kind=Kind.SERVICE,
        client_id="press",
        sid=None,
    )
    lines = [
        {"number": numbers[0], "state": "PERSONALISED"},
        {"number": numbers[0], "state": "SENT"},
        {"number": numbers[1], "state": "SENT"},
        {"number": a_number(), "state": "SENT"},
    ]

    async def send() -> list[str]:
        answer = await desk.client.post(
            "/internal/v1/applications/states", json={"lines": lines}, headers=press
        )
        told: list[str] = answer.json()["answers"]
        return told

    assert await send() == ["MOVED", "MOVED", "NOT_POSSIBLE", "NOT_FOUND"]
    assert await send() == ["NOT_POSSIBLE", "UNCHANGED", "NOT_POSSIBLE", "NOT_FOUND"]
    assert (await ask(desk.client, number=numbers[0]))["state"] == "SENT"


# Looking it up.


async def test_anybody_learns_how_far_it_has_come_and_nothing_else(
    desk: Desk, looking: asyncpg.Connection
) -> None:
    number, ana = a_number(), a_participant()
    await desk.serve(ana, number)
    expected = {"state": "IN_ANALYSIS", "changed_on": TODAY}
    assert await ask(desk.client, number=f"{number.lower()} ") == expected
    assert await ask(desk.client, cnp_end=end_of(ana), applied_on=TODAY) == expected
    row = await looking.fetchval(
        """SELECT to_jsonb(a)::text FROM "passport-booking".applications a WHERE number = $1""", number
    )
    assert end_of(ana) not in row
    assert ana.given_name not in row


async def test_none_and_several_are_answered_in_the_very_same_way(desk: Desk) -> None:
    """Edge case 43: two people whose personal numbers end alike applied on the same day."""
    alike = cnp.Cnp("1300212129005"), cnp.Cnp("1361212129005")
    for one in alike:
        await desk.serve(a_participant(cnp=one), a_number())
    answers = [
        await desk.client.post(f"{API}/state", json=body)
        for body in (
            {"cnp_end": alike[0].number[-9:], "applied_on": TODAY},
            {"cnp_end": alike[0].number[-9:], "applied_on": "2026-11-22"},
            {"number": a_number()},
        )
    ]
    assert {one.status_code for one in answers} == {200}
    assert [one.json() for one in answers] == [ANSWERED_NOTHING] * 3
    told = [{name: one.headers[name] for name in ("cache-control", "content-length")} for one in answers]
    assert told[0] == told[1] == told[2]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"cnp_end": "312129003"},
        {"applied_on": TODAY},
        {"number": "CJ-1234", "cnp_end": "312129003", "applied_on": TODAY},
        {"number": "2850312129003"},
        {"cnp_end": "12345678", "applied_on": TODAY},
    ],
)
async def test_a_question_that_is_none_is_refused(client: httpx2.AsyncClient, body: dict[str, str]) -> None:
    answer = await client.post(f"{API}/state", json=body)
    assert answer.status_code == 422
    assert "2850312129003" not in answer.text


async def test_one_pair_is_asked_a_few_times_and_one_address_some_more(
    client: httpx2.AsyncClient, clock: Clock
) -> None:
    assert clock.now == NOON
    end = f"{ids.new_id().int % 10**9:09d}"
    pair = {"cnp_end": end, "applied_on": TODAY}
    answers = [await client.post(f"{API}/state", json=pair) for _ in range(11)]
    assert [one.status_code for one in answers] == [200] * 10 + [429]
    assert slug(answers[-1]) == (429, "booking-tried-too-often")
    assert int(answers[-1].headers["retry-after"]) > 0
    other = [await client.post(f"{API}/state", json={"number": a_number()}) for _ in range(50)]
    assert {one.status_code for one in other[:49]} == {200}
    assert other[-1].status_code == 429


# Text messages.


async def pick_up(client: httpx2.AsyncClient, number: str, end: str, phone: str | None) -> httpx2.Response:
    body = {"number": number, "cnp_end": end} | ({"phone": phone} if phone else {})
    path = f"{API}/pick-up-message" + ("" if phone else "/stop")
    return await client.post(path, json=body, headers=a_key())


async def test_who_asks_is_told_by_text_message_until_they_ask_no_more(
    desk: Desk, signed_in: Any, looking: asyncpg.Connection
) -> None:
    number, ana = a_number(), a_participant()
    await desk.serve(ana, number)
    application = await opened(desk, number)
    as_notify = signed_in(
        None,
        {"passport-booking.contact:read"},
        sub="notify",
        kind=Kind.SERVICE,
        client_id="notify",
        sid=None,
    )

    async def message() -> Any:
        path = f"/internal/v1/applications/{application['id']}/message"
        return (await desk.client.get(path, headers=as_notify)).json()

    assert (await message())["phone"] is None
    asked = await pick_up(desk.client, number, end_of(ana), "0745 123 456")
    assert asked.json() == {"is_wanted": True, "phone": "+40******456"}
    assert (await message())["phone"] == "+40745123456"
    assert (await opened(desk, number))["wants_message"]
    stored = await looking.fetchval(
        'SELECT phone FROM "passport-booking".applications WHERE number = $1', number
    )
    assert b"745123456" not in stored
    stopped = await pick_up(desk.client, number, end_of(ana), None)
    assert stopped.json() == {"is_wanted": False, "phone": None}
    assert (await message())["phone"] is None
    kept = await looking.fetchval(
        'SELECT phone FROM "passport-booking".applications WHERE number = $1', number
    )
    assert kept is None


@pytest.mark.parametrize("phone", ["+36 30 123 4567", "+49 1512 3456789", "0264 123 456"])
async def test_a_number_abroad_or_a_fixed_one_gets_no_message(desk: Desk, phone: str) -> None:
    """Edge case 44."""
    number, ana, bela = a_number(), a_participant(), a_participant()
    await desk.serve(ana, number)
    assert slug(await pick_up(desk.client, number, end_of(ana), phone)) == (422, "pick-up-number")
    booked = await desk.book(bela)
    await desk.check_in(booked, bela)
    served = {"number": 0, "outcome": "SERVED", "application_number": a_number(), "phone": phone}
    answer = await desk.post(f"/appointments/{booked.id}/end", {"persons": [served]})
    assert slug(answer) == (422, "pick-up-number")


async def test_a_wrong_number_and_wrong_digits_look_the_same(desk: Desk) -> None:
    number, ana = a_number(), a_participant()
    await desk.serve(ana, number, phone="0745123456")
    wrong = await asyncio.gather(
        pick_up(desk.client, number, "123456789", "0745123457"),
        pick_up(desk.client, a_number(), end_of(ana), "0745123457"),
        pick_up(desk.client, number, "123456789", None),
    )
    assert {slug(one) for one in wrong} == {(404, "application-not-found")}
    assert len({one.json()["detail"] for one in wrong}) == 1
    assert (await opened(desk, number))["wants_message"]
