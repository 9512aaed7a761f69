"""Booking with an account and without, confirming, reading, moving, giving up: through the API."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg
import httpx2
import pytest
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_core import clock, ids
from hub_core.principal import Assurance, Kind
from hub_events.session import Session
from hub_testing.identity import FakeIdentity
from svc_passport_booking.domain.slots import Slot

from .build import a_cnp, a_proof, some_slots

Sessions = async_sessionmaker[Session]
BASE: Final = "/passport-booking/v1"
APPOINTMENTS: Final = f"{BASE}/appointments"
GUESTS: Final = f"{BASE}/guest-appointments"
NOBODYS: Final = "0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b70"
BOTH: Final = frozenset({"appointments:read", "appointments:write"})


@pytest.fixture
def as_(signed_in: Any) -> Callable[..., dict[str, str]]:
    """Make `as_(person)`: headers with both scopes, at SUBSTANTIAL."""

    def make(person: UUID | None = None, **special: Any) -> dict[str, str]:
        facts: dict[str, Any] = {"assurance": Assurance.SUBSTANTIAL} | special
        headers: dict[str, str] = signed_in(person or ids.new_id(), BOTH, **facts)
        return headers

    return make


@pytest.fixture
def ana(fake_identity: FakeIdentity) -> UUID:
    """Somebody whom the population register knows."""
    person_id = ids.new_id()
    fake_identity.answer(
        f"/internal/v1/people/{person_id}/identity",
        {
            "person_id": str(person_id),
            "cnp": a_cnp().number,
            "family_name": "Popescu",
            "given_name": "Ana",
            "birth_date": "1985-03-12",
            "died_on": None,
            "is_romanian": True,
        },
    )
    return person_id


def somebody(**special: Any) -> dict[str, Any]:
    return {"family_name": "Ionescu", "given_name": "Ștefan", "cnp": a_cnp().number} | special


def a_wish(slot: Slot, *persons: dict[str, Any], **special: Any) -> dict[str, Any]:
    return {"slot_id": slot.id, "type": "PE", "persons": [*(persons or [somebody()])]} | special


def a_guests_wish(slot: Slot, *persons: dict[str, Any], **special: Any) -> dict[str, Any]:
    own = {"contact": {"email": "stefan@example.com"}, "consents": True, "proof": a_proof()}
    return a_wish(slot, *persons, **(own | special))


def a_key() -> dict[str, str]:
    return {"idempotency-key": str(ids.new_id())}


def slug(answer: httpx2.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].rpartition("/")[2]


async def slots_of(sessions: Sessions, *planned: int, **special: Any) -> list[Slot]:
    """Slots tomorrow, by the clock."""
    return await some_slots(sessions, *planned, first=clock.now() + timedelta(days=1), **special)


async def taken(looking: asyncpg.Connection, slot: Slot) -> int:
    found: int = await looking.fetchval('SELECT taken FROM "passport-booking".slots WHERE id = $1', slot.id)
    return found


async def events(looking: asyncpg.Connection, key: str) -> list[str]:
    rows = await looking.fetch(
        'SELECT subject FROM "passport-booking".outbox WHERE key = $1 ORDER BY seq', key
    )
    return [row["subject"].split(".")[3] for row in rows]


async def message(client: httpx2.AsyncClient, signed_in: Any, appointment_id: str) -> dict[str, Any]:
    headers = signed_in(scopes={"passport-booking.contact:read"}, kind=Kind.SERVICE, sub="notify")
    answer = await client.get(f"/internal/v1/appointments/{appointment_id}/message", headers=headers)
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.json()
    return said


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", APPOINTMENTS, {"slot_id": 1, "type": "PE", "persons": [{"account": True}]}),
        ("GET", APPOINTMENTS, None),
        ("GET", f"{APPOINTMENTS}/{NOBODYS}", None),
        ("POST", f"{APPOINTMENTS}/{NOBODYS}/cancel", {}),
        ("POST", f"{APPOINTMENTS}/{NOBODYS}/confirm", {}),
        ("POST", f"{APPOINTMENTS}/{NOBODYS}/reschedule", {"slot_id": 1}),
    ],
)
async def test_who_may_not_is_told_why(
    client: httpx2.AsyncClient, signed_in: Any, method: str, path: str, body: dict[str, Any] | None
) -> None:
    sent: dict[str, Any] = {"json": body} if body is not None else {}
    assert slug(await client.request(method, path, **sent)) == (401, "invalid-token")
    without = signed_in(scopes={"petitions:write"}, assurance=Assurance.HIGH)
    assert slug(await client.request(method, path, **sent, headers=without)) == (403, "insufficient-scope")


async def test_a_weak_sign_in_confirms_nothing(client: httpx2.AsyncClient, signed_in: Any) -> None:
    answer = await client.post(f"{APPOINTMENTS}/{NOBODYS}/confirm", headers=signed_in(scopes=BOTH))
    assert slug(answer) == (403, "insufficient-user-authentication")


async def test_where_to_write_is_told_to_a_service_with_the_scope_and_to_nobody_else(
    client: httpx2.AsyncClient, signed_in: Any
) -> None:
    path = f"/internal/v1/appointments/{NOBODYS}/message"
    assert slug(await client.get(path)) == (401, "invalid-token")
    assert slug(await client.get(path, headers=signed_in(scopes=BOTH))) == (403, "insufficient-scope")
    known = signed_in(scopes={"passport-booking.contact:read"}, kind=Kind.SERVICE, sub="notify")
    assert slug(await client.get(path, headers=known)) == (404, "appointment-not-found")


async def test_what_is_another_persons_is_not_there(
    client: httpx2.AsyncClient, sessions: Sessions, as_: Any
) -> None:
    slot, other = await slots_of(sessions, 3, 3)
    said = (await client.post(APPOINTMENTS, json=a_wish(slot), headers=as_())).json()
    ion = as_()
    own = f"{APPOINTMENTS}/{said['id']}"
    assert slug(await client.get(own, headers=ion)) == (404, "appointment-not-found")
    for verb in ("confirm", "cancel"):
        assert slug(await client.post(f"{own}/{verb}", headers=ion))[0] == 404
    moved = await client.post(f"{own}/reschedule", json={"slot_id": other.id}, headers=ion)
    assert slug(moved)[0] == 404
    assert (await client.get(APPOINTMENTS, headers=ion)).json()["items"] == []


async def test_who_is_known_has_an_appointment_at_once(
    client: httpx2.AsyncClient, sessions: Sessions, as_: Any, ana: UUID, looking: asyncpg.Connection
) -> None:
    (slot,) = await slots_of(sessions, 3)
    wish = a_wish(slot, {"account": True}, somebody())
    answer = await client.post(APPOINTMENTS, json=wish, headers=as_(ana) | a_key())
    assert answer.status_code == 201, answer.text
    said = answer.json()
    assert (said["state"], said["size"], said["held_until"]) == ("CONFIRMED", 2, None)
    assert [one["given_name"] for one in said["persons"]] == ["Ana", "Ștefan"]
    assert all(one["cnp"].startswith("*********") for one in said["persons"])
    assert answer.headers["location"] == f"{APPOINTMENTS}/{said['id']}"
    assert await taken(looking, slot) == 2
    assert await events(looking, said["id"]) == ["confirmed"]
    read = await client.get(answer.headers["location"], headers=as_(ana))
    assert read.json() == said
    assert read.headers["etag"] == answer.headers["etag"]
    listed = (await client.get(APPOINTMENTS, headers=as_(ana))).json()["items"]
    assert [one["id"] for one in listed] == [said["id"]]


async def test_a_rush_asks_once_who_somebody_is(
    client: httpx2.AsyncClient, sessions: Sessions, as_: Any, ana: UUID, fake_identity: FakeIdentity
) -> None:
    (slot,) = await slots_of(sessions, 3)
    wish = a_wish(slot, {"account": True})
    answers = await asyncio.gather(
        *(client.post(APPOINTMENTS, json=wish, headers=as_(ana)) for _ in range(8))
    )
    assert sorted(answer.status_code for answer in answers) == [201] + 7 * [409]
    assert sum(str(ana) in asked.path for asked in fake_identity.asked) == 1


async def test_who_no_register_knows_is_named_instead(
    client: httpx2.AsyncClient, sessions: Sessions, as_: Any
) -> None:
    (slot,) = await slots_of(sessions, 3)
    answer = await client.post(APPOINTMENTS, json=a_wish(slot, {"account": True}), headers=as_())
    assert slug(answer) == (403, "account-unknown")


async def test_a_representative_books_for_another_who_sees_it(
    client: httpx2.AsyncClient, sessions: Sessions, as_: Any, ana: UUID, looking: asyncpg.Connection
) -> None:
    (slot,) = await slots_of(sessions, 3)
    ion = as_(act_for=str(ana), mandate=str(ids.new_id()))
    said = (await client.post(APPOINTMENTS, json=a_wish(slot, {"account": True}), headers=ion)).json()
    assert said["persons"][0]["given_name"] == "Ana"
    assert (await client.get(f"{APPOINTMENTS}/{said['id']}", headers=as_(ana))).status_code == 200
    assert (await client.get(f"{APPOINTMENTS}/{said['id']}", headers=ion)).status_code == 200
    lines = await looking.fetch(
        """SELECT convert_from(body, 'UTF8')::jsonb -> 'data' ->> 'action' AS action
        FROM "passport-booking".outbox WHERE subject = 'hub.passport-booking.record.accessed.v1'
        AND convert_from(body, 'UTF8')::jsonb -> 'data' ->> 'subject_person_id' = $1 ORDER BY seq""",
        str(ana),
    )
    assert [line["action"] for line in lines] == ["CREATE", "READ"]


@pytest.mark.parametrize("way", ["guest", "weak"])
async def test_who_is_not_known_holds_a_place_and_confirms_it_by_the_link(
    client: httpx2.AsyncClient,
    sessions: Sessions,
    signed_in: Any,
    looking: asyncpg.Connection,
    way: str,
) -> None:
    (slot,) = await slots_of(sessions, 3)
    if way == "guest":
        answer = await client.post(GUESTS, json=a_guests_wish(slot), headers=a_key())
    else:
        answer = await client.post(APPOINTMENTS, json=a_wish(slot), headers=signed_in(scopes=BOTH))
    assert answer.status_code == 201, answer.text
    said = answer.json()
    assert said["state"] == "HELD"
    assert said["held_until"] is not None
    told = await message(client, signed_in, said["id"])
    assert told["email"] == ("stefan@example.com" if way == "guest" else None)
    assert (told["code"], told["persons"], told["calendar"]) == (said["code"], 1, None)
    confirmed = await client.post(f"{BASE}/confirmations", json={"secret": told["secret"]})
    assert (confirmed.status_code, confirmed.json()["state"]) == (200, "CONFIRMED")
    twice = await client.post(f"{BASE}/confirmations", json={"secret": told["secret"]})
    assert slug(twice) == (409, "appointment-state")
    assert await events(looking, said["id"]) == ["held", "confirmed"]
    sure = await message(client, signed_in, said["id"])
    assert sure["secret"] is None
    assert "METHOD:PUBLISH" in sure["calendar"].splitlines()
    assert f"UID:{said['id']}" in sure["calendar"].splitlines()


async def test_a_hold_is_confirmed_by_six_digits_which_cannot_be_guessed(
    client: httpx2.AsyncClient, sessions: Sessions, signed_in: Any
) -> None:
    (slot,) = await slots_of(sessions, 3)
    said = (await client.post(GUESTS, json=a_guests_wish(slot))).json()
    digits = (await message(client, signed_in, said["id"]))["digits"]
    wrong = {"appointment_id": said["id"], "digits": f"{(int(digits) + 1) % 10**6:06d}"}
    for key in ({}, a_key(), a_key()):
        answer = await client.post(f"{BASE}/confirmations", json=wrong, headers=key)
        assert slug(answer) == (422, "confirmation-wrong")
    right = {"appointment_id": said["id"], "digits": digits}
    assert (await client.post(f"{BASE}/confirmations", json=right)).json()["state"] == "CONFIRMED"
    assert slug(await client.post(f"{BASE}/confirmations", json=wrong)) == (422, "confirmation-wrong")
    tired = await client.post(f"{BASE}/confirmations", json=right)
    assert slug(tired) == (429, "booking-tried-too-often")
    assert int(tired.headers["retry-after"]) > 0


async def test_a_made_up_secret_confirms_nothing(client: httpx2.AsyncClient) -> None:
    for secret in ("x", "A" * 43):
        answer = await client.post(f"{BASE}/confirmations", json={"secret": secret})
        assert slug(answer) == (422, "confirmation-wrong")


async def test_a_guest_opens_an_appointment_with_code_and_four_digits_and_with_nothing_less(
    client: httpx2.AsyncClient, sessions: Sessions
) -> None:
    (slot,) = await slots_of(sessions, 3)
    one, two = somebody(), somebody()
    said = (await client.post(GUESTS, json=a_guests_wish(slot, one, two))).json()
    for last_four in (one["cnp"][-4:], two["cnp"][-4:]):
        pair = {"code": said["code"].lower(), "last_four": last_four}
        found = await client.post(f"{GUESTS}/find", json=pair)
        assert found.json() == said
    wrong = {"0000", one["cnp"][:4]} - {one["cnp"][-4:], two["cnp"][-4:]}
    for last_four in wrong:
        refused = await client.post(f"{GUESTS}/find", json={"code": said["code"], "last_four": last_four})
        assert slug(refused) == (404, "appointment-not-found")
    nothing = await client.post(f"{GUESTS}/find", json={"code": "ZZZZZZZZ", "last_four": "0000"})
    assert slug(nothing) == (404, "appointment-not-found")


async def test_codes_are_not_to_be_tried_out(client: httpx2.AsyncClient) -> None:
    code = f"ZZ{ids.new_id().hex[-10:]}"
    answers = [
        slug(await client.post(f"{GUESTS}/find", json={"code": code, "last_four": f"{turn:04d}"}))
        for turn in range(12)
    ]
    assert answers == 10 * [(404, "appointment-not-found")] + 2 * [(429, "booking-tried-too-often")]


async def test_a_guest_gives_an_appointment_up_and_its_place_cools(
    client: httpx2.AsyncClient, sessions: Sessions, looking: asyncpg.Connection
) -> None:
    (slot,) = await slots_of(sessions, 3)
    one = somebody()
    said = (await client.post(GUESTS, json=a_guests_wish(slot, one))).json()
    pair = {"code": said["code"], "last_four": one["cnp"][-4:]}
    for _ in range(2):
        answer = await client.post(f"{GUESTS}/cancel", json=pair, headers=a_key())
        assert answer.json()["state"] == "CANCELLED_BY_CITIZEN"
    assert await taken(looking, slot) == 1
    assert await events(looking, said["id"]) == ["held", "cancelled"]
    again = await client.post(GUESTS, json=a_guests_wish(slot, one))
    assert again.status_code == 201


async def test_an_appointment_is_moved_in_one_step(
    client: httpx2.AsyncClient, sessions: Sessions, as_: Any, looking: asyncpg.Connection
) -> None:
    (slot,) = await slots_of(sessions, 3)
    full, elsewhere, after = await slots_of(sessions, 1, 2, 1)
    ana = as_()
    await client.post(APPOINTMENTS, json=a_wish(full), headers=as_())
    wish = a_wish(slot, somebody(), somebody(), somebody())
    said = (await client.post(APPOINTMENTS, json=wish, headers=ana)).json()
    own = f"{APPOINTMENTS}/{said['id']}"
    refused = await client.post(f"{own}/reschedule", json={"slot_id": full.id}, headers=ana)
    assert slug(refused) == (409, "slot-taken")
    assert (await client.get(own, headers=ana)).json() == said
    answer = await client.post(f"{own}/reschedule", json={"slot_id": elsewhere.id}, headers=ana | a_key())
    moved = answer.json()
    assert (moved["state"], moved["code"], moved["persons"]) == ("CONFIRMED", said["code"], said["persons"])
    assert moved["office_id"] == str(elsewhere.office_id)
    assert [await taken(looking, one) for one in (slot, full, elsewhere, after)] == [3, 1, 2, 1]
    assert await events(looking, said["id"]) == ["confirmed", "moved"]


async def test_a_family_of_four_gets_four_places_or_none(
    client: httpx2.AsyncClient, sessions: Sessions, as_: Any, looking: asyncpg.Connection
) -> None:
    family = [somebody() for _ in range(4)]
    (three,) = await slots_of(sessions, 3)
    refused = await client.post(APPOINTMENTS, json=a_wish(three, *family), headers=as_())
    assert slug(refused) == (409, "slot-taken")
    assert await taken(looking, three) == 0
    first, second = await slots_of(sessions, 3, 3)
    answer = await client.post(APPOINTMENTS, json=a_wish(first, *family), headers=as_())
    said = answer.json()
    assert (answer.status_code, said["size"]) == (201, 4)
    assert [await taken(looking, one) for one in (first, second)] == [3, 1]
    assert clock.datetime.fromisoformat(said["ends_at"]) == second.ends_at.replace(
        microsecond=second.ends_at.microsecond // 1000 * 1000
    )


@pytest.mark.parametrize(
    ("special", "refusal"),
    [
        ({"type": "VEHICLE_REGISTRATION"}, (422, "type-not-served")),
        ({"type": "NOTHING"}, (422, "type-not-served")),
        ({"slot_id": 2**53 - 1}, (404, "slot-not-found")),
        ({"consents": False}, (422, "invalid-request")),
        ({"contact": {"email": "nobody"}}, (422, "invalid-request")),
        ({"persons": []}, (422, "invalid-request")),
        ({"persons": [somebody(cnp="1234567890123")]}, (422, "invalid-request")),
        ({"persons": [somebody(cnp="1000000000000")]}, (422, "invalid-request")),
        ({"persons": [somebody() for _ in range(7)]}, (422, "too-many-persons")),
        ({"persons": 2 * [somebody()]}, (422, "person-named-twice")),
        ({"persons": [somebody(cnp="5991231019011")]}, (422, "birth-to-come")),
    ],
)
async def test_what_is_wrong_is_refused_and_takes_nothing(
    client: httpx2.AsyncClient,
    sessions: Sessions,
    looking: asyncpg.Connection,
    special: dict[str, Any],
    refusal: tuple[int, str],
) -> None:
    (slot,) = await slots_of(sessions, 9)
    assert slug(await client.post(GUESTS, json=a_guests_wish(slot, **special))) == refusal
    assert await taken(looking, slot) == 0


@pytest.mark.parametrize(
    ("person", "pointer"),
    [
        (somebody(cnp="0000000000000"), "/persons/0/cnp"),
        (somebody(cnp=" 0 0 0 0 0 0 0 0 0 0 0 0 0"), "/persons/0/cnp"),
        (somebody(cnp="5991231019011"), "/persons/0/cnp"),
        (somebody(given_name=""), "/persons/0/given_name"),
        ({"account": False}, "/persons/0/account"),
        ("Ana", "/persons/0"),
    ],
)
async def test_what_is_wrong_with_a_person_is_told_of_that_person_alone(
    client: httpx2.AsyncClient,
    sessions: Sessions,
    as_: Callable[..., dict[str, str]],
    person: Any,
    pointer: str,
) -> None:
    (slot,) = await slots_of(sessions, 1)
    answer = await client.post(APPOINTMENTS, json=a_wish(slot, person), headers=as_())
    assert answer.status_code == 422
    assert {each["pointer"] for each in answer.json()["errors"]} == {pointer}


async def test_a_child_with_a_number_of_the_new_kind_is_a_person(
    client: httpx2.AsyncClient, sessions: Sessions
) -> None:
    (slot,) = await slots_of(sessions, 1)
    child = somebody(cnp="5250101709008")
    assert (await client.post(GUESTS, json=a_guests_wish(slot, child))).status_code == 201


async def test_one_active_appointment_for_a_person_and_a_family_of_types(
    client: httpx2.AsyncClient, sessions: Sessions, as_: Any
) -> None:
    (slot,) = await slots_of(sessions, 9)
    one = somebody()
    assert (await client.post(APPOINTMENTS, json=a_wish(slot, one), headers=as_())).status_code == 201
    again = await client.post(GUESTS, json=a_guests_wish(slot, somebody(), one))
    assert slug(again) == (409, "already-booked")
    assert [error["pointer"] for error in again.json()["errors"]] == ["/persons/1"]
    other = await client.post(GUESTS, json=a_guests_wish(slot, one, type="PT"))
    assert other.status_code == 201


async def test_the_same_key_books_once_and_is_told_the_same_again(
    client: httpx2.AsyncClient, sessions: Sessions, as_: Any, looking: asyncpg.Connection
) -> None:
    (slot,) = await slots_of(sessions, 9)
    wish, headers = a_wish(slot), as_() | a_key()
    answers = await asyncio.gather(
        *(client.post(APPOINTMENTS, json=wish, headers=headers) for _ in range(20))
    )
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert sum("idempotent-replay" in answer.headers for answer in answers) == 19
    assert await taken(looking, slot) == 1
    other = await client.post(APPOINTMENTS, json=a_wish(slot), headers=headers)
    assert slug(other) == (422, "idempotency-key-reused")
