"""New days: the minute nobody knows, the order nobody chose, and who may announce them."""

import hashlib
import hmac
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import httpx2
import pytest

from hub_core import ids
from hub_core.clock import local_date
from hub_core.language import Language
from hub_core.principal import Assurance, Role
from hub_service.policy import Official
from svc_passport_booking.domain import openings as domain
from svc_passport_booking.domain.openings import Kind, Opening, Plan
from svc_passport_booking.domain.openings import State as OpeningState
from svc_passport_booking.domain.slots import Slot
from svc_passport_booking.domain.waiting import State
from svc_passport_booking.errors.offices import BookingOfficeNotFound
from svc_passport_booking.errors.openings import (
    DaysNotOpenable,
    DrawNotOpen,
    OpeningOverlaps,
    OpeningTooSoon,
)
from svc_passport_booking.operations import openings, waiting
from svc_passport_booking.operations.waiting import DrawWish, Shown
from svc_passport_booking.storage import slots

from .build import FAR, KEY, a_participant, some_slots
from .test_waiting import a_caller

API = "/passport-booking/v1"
WINDOW = timedelta(days=90)
FROM = FAR + timedelta(days=3)
TO = FROM + timedelta(hours=3)


async def new_days(sessions: Any, *planned: int) -> list[Slot]:
    """Slots of one office on a day that the window has not come to yet."""
    return await some_slots(sessions, *(planned or (1,)), first=FAR + WINDOW + timedelta(days=2))


def a_plan(slot: Slot, kind: Kind = Kind.RANDOM_MINUTE, **special: Any) -> Plan:
    day = local_date(slot.starts_at)
    facts: dict[str, Any] = {
        "pool_id": slot.pool_id,
        "kind": kind,
        "days_from": day,
        "days_to": day,
        "window_from": FROM,
        "window_to": TO,
    }
    return Plan(**(facts | special))


async def the_head(looking: asyncpg.Connection, slot: Slot) -> Official:
    institution: UUID = await looking.fetchval(
        'SELECT institution_id FROM "passport-booking".offices WHERE id = $1', slot.office_id
    )
    caller = a_caller()
    return Official(caller.person_id, institution, frozenset({Role.HEAD}), caller)


async def announced(
    sessions: Any, looking: asyncpg.Connection, slot: Slot, kind: Kind = Kind.RANDOM_MINUTE, **special: Any
) -> Opening:
    async with sessions() as session:
        head = await the_head(looking, slot)
        return await openings.announce(session, KEY, head, slot.office_id, a_plan(slot, kind, **special), FAR)


async def now_of(sessions: Any, slot: Slot) -> Slot:
    async with sessions() as session:
        found = await slots.find(session, slot.id)
    assert found is not None
    return found


async def test_only_a_head_announces_and_only_for_their_own_office(
    client: httpx2.AsyncClient, signed_in: Any, sessions: Any
) -> None:
    (slot,) = await new_days(sessions)
    path = f"{API}/offices/{slot.office_id}/openings"
    body = {
        "pool_id": str(slot.pool_id),
        "kind": "DRAW",
        "days_from": "2099-03-02",
        "days_to": "2099-03-02",
        "window_from": "2098-12-02T07:00:00Z",
        "window_to": "2098-12-02T10:00:00Z",
    }

    async def post(**claims: Any) -> tuple[int, str]:
        scopes = claims.pop("scopes", {"appointments:manage"})
        facts = {"assurance": Assurance.SUBSTANTIAL, "institution": str(ids.new_id()), "roles": [Role.HEAD]}
        answer = await client.post(path, json=body, headers=signed_in(None, scopes, **(facts | claims)))
        return answer.status_code, answer.json()["type"].rpartition("/")[2]

    assert (await client.post(path, json=body)).status_code == 401
    assert await post(scopes={"appointments:write"}) == (403, "insufficient-scope")
    assert await post(assurance=Assurance.LOW) == (403, "insufficient-user-authentication")
    assert await post(roles=[Role.CLERK]) == (403, "role-required")
    assert (await post())[0] == 404


async def test_the_head_of_another_office_announces_nothing(
    sessions: Any, looking: asyncpg.Connection
) -> None:
    (slot,), (other,) = await new_days(sessions), await new_days(sessions)
    with pytest.raises(BookingOfficeNotFound):
        async with sessions() as session:
            await openings.announce(
                session, KEY, await the_head(looking, other), slot.office_id, a_plan(slot), FAR
            )


async def test_the_minute_is_within_the_window_and_secret_until_it_comes(
    sessions: Any, looking: asyncpg.Connection, client: httpx2.AsyncClient
) -> None:
    (slot,) = await new_days(sessions)
    opening = await announced(sessions, looking, slot)
    assert FROM <= opening.opens_at < TO
    assert (opening.opens_at - FROM).seconds % 60 == 0
    assert (await now_of(sessions, slot)).free(opening.opens_at - timedelta(seconds=1)) == 0
    assert (await now_of(sessions, slot)).free(opening.opens_at) == 1
    shown = (await client.get(f"{API}/openings/{opening.id}")).json()
    assert shown["commitment"] == hashlib.sha256(opening.seed).hexdigest()
    assert (shown["seed"], shown["opened_at"], shown["state"]) == (None, None, "ANNOUNCED")
    kept = await looking.fetchval('SELECT seed FROM "passport-booking".openings WHERE id = $1', opening.id)
    told = await looking.fetchval(
        'SELECT body FROM "passport-booking".outbox WHERE key = $1', str(opening.id)
    )
    assert opening.seed not in kept
    assert opening.seed.hex().encode() not in told
    assert opening.opens_at.isoformat()[:16].encode() not in told or opening.opens_at == FROM


def test_anybody_computes_minute_and_order_from_the_seed() -> None:
    seed, entries = bytes(range(32)), [ids.new_id() for _ in range(20)]
    chance = int.from_bytes(hmac.digest(seed, b"minute", "sha256"))
    assert domain.minute(seed, FROM, TO) == FROM + timedelta(minutes=chance % 180)
    keyed = {hmac.digest(seed, str(entry).encode(), "sha256"): entry for entry in entries}
    assert domain.order(seed, entries) == [keyed[one] for one in sorted(keyed)]
    assert domain.order(seed, reversed(entries)) == domain.order(seed, entries)


@pytest.mark.parametrize(
    ("special", "refusal"),
    [
        ({"days_from": date(2099, 2, 22)}, DaysNotOpenable),
        ({"days_to": date(2099, 3, 30)}, DaysNotOpenable),
        ({"window_from": FAR + timedelta(hours=23), "window_to": TO}, DaysNotOpenable),
        ({"window_to": FROM}, OpeningTooSoon),
    ],
)
async def test_what_people_see_is_not_taken_away_and_what_they_wait_for_can_be_booked(
    sessions: Any, looking: asyncpg.Connection, special: dict[str, Any], refusal: type[Exception]
) -> None:
    (slot,) = await new_days(sessions)
    with pytest.raises(refusal):
        await announced(sessions, looking, slot, **special)


async def test_a_day_is_announced_once(sessions: Any, looking: asyncpg.Connection) -> None:
    (slot,) = await new_days(sessions)
    await announced(sessions, looking, slot)
    with pytest.raises(OpeningOverlaps):
        await announced(sessions, looking, slot, Kind.DRAW)


async def test_slots_made_after_the_announcement_are_held_back_too(
    sessions: Any, looking: asyncpg.Connection
) -> None:
    (slot,) = await new_days(sessions)
    opening = await announced(sessions, looking, slot)
    await looking.execute('UPDATE "passport-booking".slots SET opens_at = NULL WHERE id = $1', slot.id)
    async with sessions() as session:
        await openings.open_due(session, KEY, FAR)
    assert (await now_of(sessions, slot)).opens_at == opening.opens_at


async def joined(sessions: Any, opening: Opening, size: int = 1, now: datetime = FROM) -> tuple[Shown, Any]:
    caller = a_caller()
    wish = DrawWish(opening.id, "PE", [a_participant() for _ in range(size)], Language.RO)
    async with sessions() as apart, sessions() as session:
        return await waiting.join(apart, session, KEY, wish, caller, now), caller


async def test_who_was_drawn_is_offered_a_place_in_the_order_of_the_seed_and_the_rest_is_everybodys(
    sessions: Any, looking: asyncpg.Connection, client: httpx2.AsyncClient
) -> None:
    days = await new_days(sessions, 2, 2)
    opening = await announced(sessions, looking, days[0], Kind.DRAW)
    people = [await joined(sessions, opening) for _ in range(5)]
    assert {shown.ahead for shown, _ in people} == {None}
    async with sessions() as session:
        await openings.open_due(session, KEY, TO - timedelta(seconds=1))
        assert await openings.drawn(session, KEY, opening.id, None, 10) == []
    async with sessions() as session:
        await openings.open_due(session, KEY, TO)
        found = await openings.read(session, KEY, opening.id)
    assert found.state is OpeningState.OPEN
    order = domain.order(opening.seed, [shown.entry.id for shown, _ in people])
    page = (await client.get(f"{API}/openings/{opening.id}/order")).json()["items"]
    assert [UUID(one["entry_id"]) for one in page] == order
    assert (await client.get(f"{API}/openings/{opening.id}")).json()["seed"] == opening.seed.hex()
    entries = {}
    for shown, caller in people:
        async with sessions() as session:
            entries[shown.entry.id] = (await waiting.read(session, KEY, shown.entry.id, caller, TO)).entry
    assert [entries[one].state for one in order] == [State.OFFERED] * 4 + [State.WAITING]
    assert [entries[one].offered_slot_id for one in order[:4]] == [days[0].id] * 2 + [days[1].id] * 2
    assert {entries[one].offered_until for one in order[:4]} == {TO + timedelta(hours=12)}
    assert [(await now_of(sessions, slot)).taken for slot in days] == [2, 2]


async def test_what_a_draw_leaves_over_can_be_booked_by_all(
    sessions: Any, looking: asyncpg.Connection
) -> None:
    (slot,) = await new_days(sessions, 3)
    opening = await announced(sessions, looking, slot, Kind.DRAW)
    await joined(sessions, opening, 2)
    assert (await now_of(sessions, slot)).free(TO) == 0
    async with sessions() as session:
        await openings.open_due(session, KEY, TO)
    assert (await now_of(sessions, slot)).free(TO) == 1


@pytest.mark.parametrize("now", [FROM - timedelta(seconds=1), TO])
async def test_a_draw_is_joined_within_its_window(
    sessions: Any, looking: asyncpg.Connection, now: datetime
) -> None:
    (slot,) = await new_days(sessions)
    opening = await announced(sessions, looking, slot, Kind.DRAW)
    with pytest.raises(DrawNotOpen):
        await joined(sessions, opening, now=now)


async def test_nobody_joins_what_is_no_draw(sessions: Any, looking: asyncpg.Connection) -> None:
    (slot,) = await new_days(sessions)
    with pytest.raises(DrawNotOpen):
        await joined(sessions, await announced(sessions, looking, slot))


async def test_anybody_sees_what_is_to_come(
    sessions: Any, looking: asyncpg.Connection, client: httpx2.AsyncClient
) -> None:
    (slot,) = await new_days(sessions)
    opening = await announced(sessions, looking, slot)
    page = (await client.get(f"{API}/openings", params={"office_id": str(slot.office_id)})).json()
    assert [one["id"] for one in page["items"]] == [str(opening.id)]
    assert datetime.fromisoformat(page["items"][0]["window_from"]).astimezone(UTC) == FROM
    assert (await client.get(f"{API}/openings/{ids.new_id()}")).status_code == 404
