"""The waiting list through the API: who may, with an account and without, and what is told of it."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

import asyncpg
import httpx2
import pytest

from hub_core import clock, ids
from hub_core.clock import local_date
from hub_core.language import Language
from hub_core.principal import Assurance
from svc_passport_booking.domain.slots import Slot
from svc_passport_booking.operations import guests, offers
from svc_passport_booking.storage import slots

from .build import KEY, a_proof, some_slots
from .test_appointments import BASE, NOBODYS, a_key, as_, slug, somebody

LIST: Final = f"{BASE}/waiting-entries"
GUESTS: Final = f"{BASE}/guest-waiting-entries"
__all__ = ["as_"]
AsPerson = Callable[..., dict[str, str]]


async def full(sessions: Any) -> Slot:
    """A slot tomorrow whose place is taken."""
    (slot,) = await some_slots(sessions, 1, first=clock.now() + timedelta(days=1), taken=1)
    return slot


def a_wish(slot: Slot, *persons: dict[str, Any], **special: Any) -> dict[str, Any]:
    day = local_date(slot.starts_at).isoformat()
    place = {"type": "PE", "county": "CJ", "office_id": str(slot.office_id)}
    days = {"days_from": day, "days_to": day}
    return place | days | {"persons": [*(persons or [somebody()])]} | special


async def a_mailed_proof(sessions: Any) -> dict[str, str]:
    """The code that was sent to an address, as a guest sends it."""
    async with sessions() as apart, sessions() as session:
        email, address = f"{ids.new_id().hex}@example.org", ids.new_id().hex
        code = await guests.send_code(apart, session, KEY, email, Language.RO, address, clock.now())
    return {"code_id": str(code.id), "code": code.code}


async def freed(sessions: Any, slot: Slot) -> None:
    async with sessions() as session, session.begin():
        (locked,) = await slots.lock(session, [slot.id])
        assert await offers.offer(session, KEY, locked, 1, clock.now()) == 1


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", LIST),
        ("GET", LIST),
        ("GET", f"{LIST}/{NOBODYS}"),
        ("POST", f"{LIST}/{NOBODYS}/accept"),
        ("POST", f"{LIST}/{NOBODYS}/decline"),
        ("POST", f"{LIST}/{NOBODYS}/leave"),
        ("POST", f"{BASE}/appointments/{NOBODYS}/earlier"),
        ("POST", f"{BASE}/openings/{NOBODYS}/entries"),
    ],
)
async def test_who_has_no_token_or_the_wrong_one_waits_for_nothing(
    client: httpx2.AsyncClient, signed_in: Any, sessions: Any, method: str, path: str
) -> None:
    body = a_wish(await full(sessions)) if path == LIST else {"days_from": "2026-12-01"}
    sent = {} if method == "GET" else {"json": body}
    assert (await client.request(method, path, **sent)).status_code == 401
    headers = signed_in(scopes={"petitions:read"}, assurance=Assurance.SUBSTANTIAL)
    assert (await client.request(method, path, headers=headers, **sent)).status_code == 403


async def test_an_offer_is_taken_at_the_level_substantial(client: httpx2.AsyncClient, as_: AsPerson) -> None:
    low = as_(assurance=Assurance.LOW)
    answer = await client.post(f"{LIST}/{NOBODYS}/accept", headers=low)
    assert slug(answer) == (403, "insufficient-user-authentication")


async def test_anothers_entry_is_not_found_whatever_is_asked(
    client: httpx2.AsyncClient, sessions: Any, as_: AsPerson
) -> None:
    made = await client.post(LIST, json=a_wish(await full(sessions)), headers=as_() | a_key())
    assert made.status_code == 201, made.text
    own = f"{LIST}/{made.json()['id']}"
    stranger = as_()
    assert slug(await client.get(own, headers=stranger)) == (404, "waiting-entry-not-found")
    for verb in ("accept", "decline", "leave"):
        answer = await client.post(f"{own}/{verb}", headers=stranger | a_key())
        assert slug(answer) == (404, "waiting-entry-not-found")
    assert (await client.get(LIST, headers=stranger)).json()["items"] == []


async def test_with_an_account_from_joining_to_an_appointment(
    client: httpx2.AsyncClient, sessions: Any, as_: AsPerson
) -> None:
    slot, person = await full(sessions), ids.new_id()
    ana = as_(person)
    made = await client.post(LIST, json=a_wish(slot), headers=ana | a_key())
    own = made.headers["location"]
    assert (made.json()["state"], made.json()["ahead"]) == ("WAITING", 0)
    assert "*" in made.json()["persons"][0]["cnp"]
    second = (await client.post(LIST, json=a_wish(slot), headers=as_() | a_key())).json()
    assert second["ahead"] == 1
    await freed(sessions, slot)
    shown = (await client.get(own, headers=ana)).json()
    assert (shown["state"], shown["ahead"]) == ("OFFERED", None)
    taken = await client.post(f"{own}/accept", headers=ana | a_key())
    assert (taken.json()["state"], taken.json()["end_reason"]) == ("ENDED", "BOOKED")
    (booked,) = (await client.get(f"{BASE}/appointments", headers=ana)).json()["items"]
    assert (booked["id"], booked["state"], booked["channel"]) == (shown["offered_id"], "CONFIRMED", "OFFER")
    again = await client.post(f"{own}/accept", headers=ana | a_key())
    assert slug(again) == (409, "waiting-state")


async def test_confirming_the_held_appointment_takes_the_offer_as_well(
    client: httpx2.AsyncClient, sessions: Any, as_: AsPerson
) -> None:
    slot = await full(sessions)
    ana = as_(ids.new_id())
    entry = (await client.post(LIST, json=a_wish(slot), headers=ana | a_key())).json()
    await freed(sessions, slot)
    offered = (await client.get(f"{LIST}/{entry['id']}", headers=ana)).json()["offered_id"]
    confirmed = await client.post(f"{BASE}/appointments/{offered}/confirm", headers=ana | a_key())
    assert confirmed.json()["state"] == "CONFIRMED"
    shown = (await client.get(f"{LIST}/{entry['id']}", headers=ana)).json()
    assert (shown["state"], shown["end_reason"]) == ("ENDED", "BOOKED")


async def test_without_an_account_the_address_is_confirmed_first(
    client: httpx2.AsyncClient, sessions: Any, looking: asyncpg.Connection
) -> None:
    slot, one = await full(sessions), somebody()
    solved = await client.post(GUESTS, json=a_wish(slot, one, proof=a_proof(), consents=True))
    assert slug(solved) == (422, "email-proof-required")
    proof = await a_mailed_proof(sessions)
    wrong = proof | {"code": f"{(int(proof['code']) + 1) % 10**6:06d}"}
    refused = await client.post(GUESTS, json=a_wish(slot, one, proof=wrong, consents=True))
    assert slug(refused) == (422, "booking-proof-refused")
    made = await client.post(GUESTS, json=a_wish(slot, one, proof=proof, consents=True))
    assert made.status_code == 201, made.text
    used = await client.post(GUESTS, json=a_wish(slot, proof=proof, consents=True))
    assert slug(used) == (422, "booking-proof-refused")
    row = await looking.fetchval(
        """SELECT to_jsonb(w)::text FROM "passport-booking".waiting_entries w WHERE id = $1""",
        made.json()["id"],
    )
    assert made.json()["code"] not in row
    assert "example.org" not in row


async def test_a_guest_sees_takes_and_leaves_by_code_and_four_digits(
    client: httpx2.AsyncClient, sessions: Any
) -> None:
    slot, one = await full(sessions), somebody()
    body = a_wish(slot, one, proof=await a_mailed_proof(sessions), consents=True)
    made = (await client.post(GUESTS, json=body)).json()
    pair = {"code": made["code"].lower(), "last_four": one["cnp"][-4:]}
    shown = await client.post(f"{GUESTS}/find", json=pair)
    assert (shown.json()["ahead"], shown.headers["cache-control"]) == (0, "no-store")
    wrong = pair | {"last_four": f"{(int(pair['last_four']) + 1) % 10**4:04d}"}
    for verb in ("find", "accept", "decline", "leave"):
        answers = [
            await client.post(f"{GUESTS}/{verb}", json=one) for one in (wrong, pair | {"code": "ZZZZZZZZ"})
        ]
        assert {slug(answer) for answer in answers} == {(404, "waiting-entry-not-found")}
    await freed(sessions, slot)
    taken = (await client.post(f"{GUESTS}/accept", json=pair)).json()
    assert (taken["state"], taken["end_reason"]) == ("ENDED", "BOOKED")
    left = (await client.post(f"{GUESTS}/leave", json=pair)).json()
    assert (left["state"], left["end_reason"]) == ("ENDED", "BOOKED")


async def test_a_code_is_not_tried_without_end(client: httpx2.AsyncClient, sessions: Any) -> None:
    code = f"W{ids.new_id().hex[-7:].upper()}"
    answers = [
        (await client.post(f"{GUESTS}/find", json={"code": code, "last_four": f"{turn:04d}"})).status_code
        for turn in range(11)
    ]
    assert answers == [404] * 10 + [429]


async def test_who_joins_twice_at_once_waits_once(
    client: httpx2.AsyncClient, sessions: Any, as_: AsPerson
) -> None:
    body, ana = a_wish(await full(sessions)), as_(ids.new_id())
    answers = await asyncio.gather(*(client.post(LIST, json=body, headers=ana | a_key()) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert {slug(one) for one in answers if one.status_code == 409} == {(409, "already-waiting")}


@pytest.mark.parametrize(
    ("special", "refusal"),
    [
        ({"days_from": "2020-01-01", "days_to": "2020-01-02"}, (422, "days-not-bookable")),
        ({"county": "TM"}, (422, "not-served-there")),
        ({"type": "DRIVING_LICENCE"}, (422, "not-served-there")),
    ],
)
async def test_there_is_something_to_wait_for(
    client: httpx2.AsyncClient, sessions: Any, as_: AsPerson, special: dict[str, Any], refusal: Any
) -> None:
    answer = await client.post(LIST, json=a_wish(await full(sessions), **special), headers=as_() | a_key())
    assert slug(answer) == refusal
