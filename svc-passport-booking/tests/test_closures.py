"""Offices close, by an incident or for a day: nobody books there, and who had booked is moved."""

import asyncio
import itertools
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from string import ascii_uppercase
from typing import Any
from uuid import UUID

import httpx2
import pytest
from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_core import clock, ids
from hub_core.principal import Assurance, Kind, Principal, Role
from hub_events import outbox
from hub_events.session import Session
from hub_service.policy import Official
from svc_passport_booking.domain.appointments import SYSTEM, Appointment
from svc_passport_booking.domain.closures import ClosureReason, nearest
from svc_passport_booking.domain.slots import Slot
from svc_passport_booking.domain.states import Channel, State
from svc_passport_booking.errors.slots import SlotTaken
from svc_passport_booking.operations import closures, upkeep, waiting
from svc_passport_booking.reference.offices import declares_bridge_days
from svc_passport_booking.storage import appointments as storage
from svc_passport_booking.storage import slots
from svc_passport_booking.tables.appointments import APPOINTMENTS, PLACES
from svc_passport_booking.tables.metadata import metadata
from svc_passport_booking.tables.slots import SLOTS
from svc_passport_booking.tables.waiting import WAITING

from .build import KEY, NOON, a_participant, a_slot, an_appointment, some_slots
from .offices import API, OpenOffice, a_day, at, open_office, unaccounted

Sessions = async_sessionmaker[Session]
COUNTIES = (f"{first}{letter}" for first in "XY" for letter in ascii_uppercase)
"""An invented county of its own for nearly each test: people are moved within one."""


@pytest.fixture
def county() -> str:
    return next(COUNTIES)


@pytest.fixture
async def office(sessions: Sessions, client: httpx2.AsyncClient, signed_in: Any, county: str) -> OpenOffice:
    return await open_office(sessions, client, signed_in, county=county)


class Killed(Exception):
    """What ends a process in the midst of its work."""


def slug(answer: httpx2.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].rpartition("/")[2]


def a_key() -> dict[str, str]:
    return {"idempotency-key": str(ids.new_id())}


async def close(
    office: OpenOffice, starts_at: Any, ends_at: Any, headers: dict[str, str] | None = None, **special: Any
) -> httpx2.Response:
    body = {"starts_at": starts_at.isoformat(), "ends_at": ends_at.isoformat(), "reason": "POWER"} | special
    return await office.client.post(
        f"{API}/offices/{office.office.id}/closures",
        json=body,
        headers=(headers or office.official()) | a_key(),
    )


async def close_day(office: OpenOffice, day: date) -> str:
    answer = await close(office, at(day, "00:00"), at(day + timedelta(days=1), "00:00"))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def move(sessions: Sessions) -> None:
    """Move everybody who is to be moved; whom the service's own clock is moving has been moved then, too."""
    async with sessions() as session:
        await closures.move_people(session, KEY, clock.now())
    of_closed = (
        select(APPOINTMENTS.c.id)
        .join(PLACES, PLACES.c.appointment_id == APPOINTMENTS.c.id)
        .join(SLOTS, SLOTS.c.id == PLACES.c.slot_id)
        .where(SLOTS.c.closed)
        .order_by(APPOINTMENTS.c.id)
        .with_for_update(of=APPOINTMENTS)
    )
    async with sessions() as session, session.begin():
        await session.execute(of_closed)


async def instead_of(sessions: Sessions, taken: Appointment) -> Appointment | None:
    """What the office gave for an appointment."""
    async with sessions() as session:
        found = await session.scalar(select(APPOINTMENTS.c.id).where(APPOINTMENTS.c.replaces_id == taken.id))
        return found and await storage.read(session, KEY, found)


async def now_of(sessions: Sessions, appointment: Appointment) -> Appointment:
    async with sessions() as session:
        found = await storage.read(session, KEY, appointment.id)
    assert found is not None
    return found


async def told_of(sessions: Sessions, key: UUID | str) -> Sequence[str]:
    """The subjects of what was told of something, in order."""
    table = metadata.tables[outbox.OUTBOX.name]
    async with sessions() as session:
        found = select(table.c.subject).where(table.c.key == str(key)).order_by(table.c.seq)
        return [each.split(".", 2)[2] for each in await session.scalars(found)]


# Who may


async def test_without_a_token_nobody_closes_an_office(office: OpenOffice) -> None:
    day = a_day()
    answer = await close(office, at(day, "08:00"), at(day, "12:00"), {"x-nobody": "1"})
    assert answer.status_code == 401


@pytest.mark.parametrize("role", [Role.CLERK, Role.AUDITOR])
async def test_only_the_head_closes_an_office(office: OpenOffice, role: Role) -> None:
    day = a_day()
    answer = await close(office, at(day, "08:00"), at(day, "12:00"), office.official(role))
    assert slug(answer) == (403, "role-required")


async def test_the_head_of_another_institution_neither_closes_nor_opens_an_office(office: OpenOffice) -> None:
    day = a_day()
    stranger = office.official(institution=str(ids.new_id()))
    refusal = (404, "booking-office-not-found")
    assert slug(await close(office, at(day, "08:00"), at(day, "12:00"), stranger)) == refusal
    closure = await close_day(office, day)
    address = f"{API}/offices/{office.office.id}/closures/{closure}/reopen"
    answer = await office.client.post(address, headers=stranger | a_key())
    assert slug(answer) == refusal


async def test_only_the_directorate_declares_bridge_days(office: OpenOffice) -> None:
    address = f"{API}/bridge-days/{a_day(200)}"
    body = {"legal_basis": "Hotărârea Guvernului nr. 1/2027"}
    answers = [
        await office.client.put(address, json=body, headers=headers)
        for headers in (
            office.official(),
            office.official(Role.CLERK, institution=str(declares_bridge_days())),
        )
    ]
    assert [slug(answer) for answer in answers] == [(403, "bridge-days-elsewhere"), (403, "role-required")]
    withdrawn = await office.client.delete(address, headers=office.official())
    assert slug(withdrawn) == (403, "bridge-days-elsewhere")


# Closing


async def test_a_closed_office_has_no_free_places_and_everybody_sees_why(office: OpenOffice) -> None:
    day = a_day()
    answer = await close(office, at(day, "09:00"), at(day, "09:30"), note="Incendiu la parter")
    assert answer.status_code == 201
    assert [slot.closed for slot in await office.slots(day)] == [False] * 3 + [True] * 3 + [False] * 6
    shown = (await office.client.get(f"{API}/offices/{office.office.id}/closures")).json()
    assert [(each["reason"], each["note"]) for each in shown["items"]] == [("POWER", "Incendiu la parter")]
    assert await told_of(office.sessions, answer.json()["id"]) == ["office.closed.v1"]


async def test_nobody_books_at_a_closed_office(office: OpenOffice) -> None:
    day = a_day()
    await close_day(office, day)
    with pytest.raises(SlotTaken):
        await office.book(day, "09:00")
    [first, *_] = await office.slots(day)
    assert await office.take_by_api(first.id) is None
    assert {slot.taken for slot in await office.slots(day)} == {0}


async def test_an_office_opens_again_before_the_end_of_a_closure(office: OpenOffice) -> None:
    day = a_day()
    closure = await close_day(office, day)
    address = f"{API}/offices/{office.office.id}/closures/{closure}/reopen"
    answer = await office.client.post(address, headers=office.official() | a_key())
    assert answer.json()["reopened_at"] is not None
    assert all(slot.is_free for slot in await office.slots(day))
    assert await told_of(office.sessions, closure) == ["office.closed.v1", "office.reopened.v1"]
    again = await office.client.post(address, headers=office.official() | a_key())
    assert slug(again) == (409, "closure-ended")
    unknown = address.replace(closure, str(ids.new_id()))
    missing = await office.client.post(unknown, headers=office.official() | a_key())
    assert slug(missing) == (404, "closure-not-found")


async def test_of_two_closures_the_other_goes_on(office: OpenOffice) -> None:
    day = a_day()
    first = await close_day(office, day)
    await close(office, at(day, "09:00"), at(day, "09:30"))
    address = f"{API}/offices/{office.office.id}/closures/{first}/reopen"
    await office.client.post(address, headers=office.official() | a_key())
    assert [slot.closed for slot in await office.slots(day)] == [False] * 3 + [True] * 3 + [False] * 6


async def test_a_closure_ends_after_it_begins_and_after_now(office: OpenOffice) -> None:
    day, now = a_day(), clock.now()
    wrong = [(at(day, "10:00"), at(day, "09:00")), (now - timedelta(days=2), now - timedelta(days=1))]
    answers = [slug(await close(office, *period)) for period in wrong]
    assert answers == [(422, "closure-period")] * 2


async def test_a_closure_that_began_before_it_was_noted_closes_also_what_has_begun(
    office: OpenOffice,
) -> None:
    day = a_day()
    principal = Principal(
        kind=Kind.PERSON,
        subject=str(ids.new_id()),
        assurance=Assurance.SUBSTANTIAL,
        scopes=frozenset(),
        client_id="demo-office",
    )
    head = Official(principal.person_id, office.office.institution_id, frozenset({Role.HEAD}), principal)
    async with office.sessions() as session:
        await closures.close(
            *(session, head, office.office.id, at(day, "08:50"), at(day, "10:00"), ClosureReason.FIRE, None),
            at(day, "09:05"),
        )
    assert [slot.closed for slot in await office.slots(day)] == [False] * 2 + [True] * 7 + [False] * 3


async def test_who_meets_closed_doors_has_missed_nothing(office: OpenOffice, sessions: Sessions) -> None:
    begun = clock.now() - timedelta(minutes=20)
    [slot] = await some_slots(sessions, 3, first=begun)
    wanted = an_appointment(
        office_id=slot.office_id, pool_id=slot.pool_id, starts_at=begun, ends_at=slot.ends_at
    )
    async with sessions() as session:
        async with session.begin():
            await slots.take(session, {slot.id: 1})
            await storage.add(session, KEY, wanted, [a_participant()], {slot.id: 1}, SYSTEM)
            await session.execute(update(SLOTS).where(SLOTS.c.id == slot.id).values(closed=True))
        await upkeep.note_missed(session, KEY, clock.now())
    await move(sessions)
    assert (await now_of(sessions, wanted)).state is State.CANCELLED_BY_OFFICE


# Moving people


async def test_who_had_booked_gets_the_nearest_place_of_the_office_with_priority(office: OpenOffice) -> None:
    day = a_day()
    taken = await office.book(day, "09:00", size=2)
    await close_day(office, day)
    await move(office.sessions)
    before, given = await now_of(office.sessions, taken), await instead_of(office.sessions, taken)
    assert (before.state, before.end_reason) == (State.CANCELLED_BY_OFFICE, "POWER")
    assert given is not None
    assert (given.state, given.channel, given.has_priority) == (State.HELD, Channel.OFFICE, True)
    assert (given.person_id, given.size, given.language) == (taken.person_id, 2, taken.language)
    assert given.code != taken.code
    assert clock.local_date(given.starts_at) == day + timedelta(days=1)
    assert given.starts_at.astimezone(clock.BUCHAREST).hour == 9
    assert given.held_until is not None
    assert timedelta(hours=23) < given.held_until - clock.now() <= timedelta(hours=24)
    assert await told_of(office.sessions, taken.id) == [
        "appointment.confirmed.v1",
        "appointment.cancelled.v1",
    ]
    assert await told_of(office.sessions, given.id) == ["appointment.held.v1"]
    assert await unaccounted(office.sessions, office.pool.id) == []


async def test_who_had_not_confirmed_is_held_a_place_no_longer_than_any_other(office: OpenOffice) -> None:
    day = a_day()
    taken = await office.book(day, "09:00", is_known=False)
    await close_day(office, day)
    await move(office.sessions)
    given = await instead_of(office.sessions, taken)
    assert given is not None
    assert given.held_until is not None
    assert given.held_until - clock.now() <= timedelta(minutes=30)


async def test_where_another_office_of_the_county_is_open_that_day_it_is_nearer(
    office: OpenOffice, sessions: Sessions, client: httpx2.AsyncClient, signed_in: Any, county: str
) -> None:
    other = await open_office(sessions, client, signed_in, county=county)
    await open_office(sessions, client, signed_in, county="WX")
    await open_office(sessions, client, signed_in, county=county, types=("DRIVING_LICENCE",))
    day = a_day()
    taken = await office.book(day, "09:00")
    await close_day(office, day)
    await move(sessions)
    given = await instead_of(sessions, taken)
    assert given is not None
    assert (given.office_id, given.starts_at) == (other.office.id, taken.starts_at)


async def close_for_good(office: OpenOffice) -> None:
    today = clock.local_date(clock.now())
    answer = await close(office, clock.now(), at(today + timedelta(days=100), "00:00"))
    assert answer.status_code == 201


async def entries_of(sessions: Sessions, person_id: UUID | None) -> list[Any]:
    async with sessions() as session:
        found = select(WAITING).where(WAITING.c.person_id == person_id).order_by(WAITING.c.seq)
        return [*await session.execute(found)]


async def test_where_there_is_no_room_the_people_wait_before_all_others(office: OpenOffice) -> None:
    taken = await office.book(a_day(), "09:00", size=3)
    await close_for_good(office)
    await move(office.sessions)
    assert (await now_of(office.sessions, taken)).state is State.CANCELLED_BY_OFFICE
    assert await instead_of(office.sessions, taken) is None
    [entry] = await entries_of(office.sessions, taken.person_id)
    assert (entry.state, entry.has_priority, entry.size, entry.county, entry.office_id) == (
        *("WAITING", True, 3, office.office.county),
        None,
    )


async def test_who_waits_already_is_not_put_into_the_list_again(office: OpenOffice) -> None:
    taken = await office.book(a_day(), "09:00")
    async with office.sessions() as session, session.begin():
        await waiting.put_first(session, KEY, taken, clock.now())
    await close_for_good(office)
    await move(office.sessions)
    assert (await now_of(office.sessions, taken)).state is State.CANCELLED_BY_OFFICE
    assert len(await entries_of(office.sessions, taken.person_id)) == 1


async def test_an_offer_to_who_waits_is_only_taken_back(office: OpenOffice) -> None:
    day = a_day()
    taken = await office.book(day, "09:00", is_known=False)
    async with office.sessions() as session, session.begin():
        offered = update(APPOINTMENTS).where(APPOINTMENTS.c.id == taken.id)
        await session.execute(offered.values(channel=Channel.OFFER))
    await close_day(office, day)
    await move(office.sessions)
    assert (await now_of(office.sessions, taken)).state is State.CANCELLED_BY_OFFICE
    assert await instead_of(office.sessions, taken) is None
    assert await unaccounted(office.sessions, office.pool.id) == []


async def test_moving_again_moves_nobody_twice(office: OpenOffice) -> None:
    day = a_day()
    taken = [await office.book(day, "09:00") for _ in range(3)]
    await close_day(office, day)
    await asyncio.gather(*(move(office.sessions) for _ in range(4)))
    await move(office.sessions)
    async with office.sessions() as session:
        made = await session.scalars(
            select(APPOINTMENTS.c.replaces_id).where(
                APPOINTMENTS.c.replaces_id.in_([each.id for each in taken])
            )
        )
        assert sorted(made) == sorted(each.id for each in taken)
    assert await unaccounted(office.sessions, office.pool.id) == []


async def test_who_is_stopped_halfway_goes_on_where_it_stopped(
    office: OpenOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = a_day()
    taken = [await office.book(day, "09:00", size=2 - number) for number in (0, 1)]
    taken.append(await office.book(day, "09:10"))
    await close_day(office, day)
    add, calls = storage.add, itertools.count()

    async def killed(*arguments: Any) -> Appointment:
        if next(calls):
            raise Killed
        return await add(*arguments)

    with monkeypatch.context() as patched:
        patched.setattr(storage, "add", killed)
        with pytest.raises(Killed):
            await move(office.sessions)
    states = [(await now_of(office.sessions, each)).state for each in taken]
    assert sorted(states) == [State.CANCELLED_BY_OFFICE, State.CONFIRMED, State.CONFIRMED]
    assert await unaccounted(office.sessions, office.pool.id) == []
    await move(office.sessions)
    assert all([await instead_of(office.sessions, each) for each in taken])
    assert await unaccounted(office.sessions, office.pool.id) == []


async def test_who_was_moved_stays_where_they_are_when_the_office_opens_again(office: OpenOffice) -> None:
    day = a_day()
    taken = await office.book(day, "09:00")
    closure = await close_day(office, day)
    await move(office.sessions)
    given = await instead_of(office.sessions, taken)
    await office.client.post(
        f"{API}/offices/{office.office.id}/closures/{closure}/reopen", headers=office.official() | a_key()
    )
    await move(office.sessions)
    assert given is not None
    assert (await now_of(office.sessions, given)).state is State.HELD


async def test_who_was_not_moved_yet_when_the_office_opens_again_stays(office: OpenOffice) -> None:
    day = a_day()
    taken = await office.book(day, "09:00")
    closure = await close_day(office, day)
    await office.client.post(
        f"{API}/offices/{office.office.id}/closures/{closure}/reopen", headers=office.official() | a_key()
    )
    await move(office.sessions)
    assert (await now_of(office.sessions, taken)).state is State.CONFIRMED


async def test_an_office_that_closes_for_a_day_moves_its_people_and_says_so(office: OpenOffice) -> None:
    day = a_day()
    taken = await office.book(day, "09:00")
    await office.client.put(
        f"{API}/pools/{office.pool.id}/exceptions/{day}",
        json={"hours": [], "reason": "Instruirea personalului"},
        headers=office.official() | await office.etag(),
    )
    await move(office.sessions)
    assert (await now_of(office.sessions, taken)).end_reason == "CLOSED_DAY"
    assert await instead_of(office.sessions, taken) is not None


async def test_a_bridge_day_declared_after_sixty_bookings_moves_all_sixty(
    sessions: Sessions, client: httpx2.AsyncClient, signed_in: Any, county: str
) -> None:
    office = await open_office(sessions, client, signed_in, county=county, counters=6)
    day = a_day(14)
    slots = await office.slots(day)
    taken = [await office.take(slot.id) for slot in slots[:10] for _ in range(6)]
    head = office.official(institution=str(declares_bridge_days()))
    address = f"{API}/bridge-days/{day}"
    declared = await client.put(
        address, json={"legal_basis": "Hotărârea Guvernului nr. 1/2026"}, headers=head
    )
    assert declared.status_code == 200
    listed = (await client.get(f"{API}/bridge-days")).json()["items"]
    assert day.isoformat() in {each["day"] for each in listed}
    await move(sessions)
    given = [await instead_of(sessions, each) for each in taken]
    assert {(await now_of(sessions, each)).end_reason for each in taken} == {"BRIDGE_DAY"}
    assert all(each is not None and clock.local_date(each.starts_at) != day for each in given)
    assert {slot.taken for slot in await office.slots(day)} == {0}
    assert await unaccounted(sessions, office.pool.id) == []
    changes = await client.get(f"{API}/offices/{office.office.id}/changes", headers=office.official())
    assert [(each["kind"], each["is_moving"]) for each in changes.json()["items"]] == [("BRIDGE_DAY", True)]
    assert (await client.delete(address, headers=head)).status_code == 204
    assert all(slot.is_free for slot in await office.slots(day))
    assert slug(await client.delete(address, headers=head)) == (404, "bridge-day-not-found")
    assert (await client.put(address, json={"legal_basis": "HG nr. 2/2026"}, headers=head)).status_code == 200
    assert (await client.delete(address, headers=head)).status_code == 204
    async with sessions() as session:
        told = await session.execute(
            text('SELECT subject, body FROM "passport-booking".outbox WHERE key = :day ORDER BY seq'),
            {"day": day.isoformat()},
        )
    heard = [(row.subject.split(".")[-2], json.loads(row.body)["data"]) for row in told]
    assert [(verb, facts["version"]) for verb, facts in heard] == [
        ("declared", 1),
        ("removed", 2),
        ("declared", 3),
        ("removed", 4),
    ]
    assert {facts["institution_id"] for _, facts in heard} == {None}


# Races


async def test_whoever_books_while_an_office_closes_is_refused_or_moved(
    sessions: Sessions, client: httpx2.AsyncClient, signed_in: Any, county: str
) -> None:
    office = await open_office(sessions, client, signed_in, county=county, counters=20)
    day = a_day()
    slots = [slot.id for slot in await office.slots(day)]

    async def book(number: int) -> Appointment | None:
        """A family, or one person by the way that most take, which stores many with one commit."""
        slot_id = slots[number % len(slots)]
        if number % 3:
            return await office.take_by_api(slot_id)
        try:
            return await office.take(slot_id, size=2)
        except SlotTaken:
            return None

    async def shut() -> None:
        await asyncio.sleep(0)
        await close_day(office, day)

    booked, _ = await asyncio.gather(
        asyncio.gather(*(book(number) for number in range(60))),
        shut(),
    )
    await asyncio.gather(*(move(sessions) for _ in range(3)))
    got = [each for each in booked if each is not None]
    states = {(await now_of(sessions, each)).state for each in got}
    assert states <= {State.CANCELLED_BY_OFFICE}
    assert all([await instead_of(sessions, each) for each in got])
    closed = await office.slots(day)
    assert {(slot.closed, slot.taken) for slot in closed} == {(True, 0)}
    assert await unaccounted(sessions, office.pool.id) == []


async def test_hours_that_change_while_people_book_lose_nobody(
    sessions: Sessions, client: httpx2.AsyncClient, signed_in: Any, county: str
) -> None:
    office = await open_office(sessions, client, signed_in, county=county, counters=8)
    day = a_day()
    slots = [slot.id for slot in await office.slots(day)]

    async def book(number: int) -> Appointment | None:
        try:
            return await office.take(slots[number % 6])
        except SlotTaken:
            return None

    fewer = {"opens": "08:30", "closes": "09:30", "slot_minutes": 10, "counters": 3}
    body = {
        "valid_from": day.isoformat(),
        "week": [{"weekday": number, **fewer} for number in range(1, 8)],
    }
    headers = office.official() | await office.etag()
    booked, answer = await asyncio.gather(
        asyncio.gather(*(book(number) for number in range(40))),
        client.put(f"{API}/pools/{office.pool.id}/week", json=body, headers=headers),
    )
    assert answer.status_code == 200
    got = [each for each in booked if each is not None]
    assert all([(await now_of(sessions, each)).state is State.CONFIRMED for each in got])
    after = await office.slots(day)
    assert sum(slot.taken for slot in after) == len(got)
    assert all(slot.planned in {0, 3} and slot.capacity == max(slot.planned, slot.taken) for slot in after)


# Where somebody goes instead


def test_the_nearest_day_comes_first_then_the_own_office_then_the_hour() -> None:
    taken = an_appointment(starts_at=NOON + timedelta(days=5))
    own, other = (replace(a_slot(), office_id=office) for office in (taken.office_id, ids.new_id()))

    def there(slot: Slot, number: int, days: int, hours: int = 0) -> Slot:
        start = taken.starts_at + timedelta(days=days, hours=hours)
        return replace(slot, id=number, starts_at=start)

    vacant = [
        there(own, 1, 2),
        there(other, 2, -1),
        there(other, 3, 1),
        there(own, 4, 1, 3),
        there(own, 5, 1, -1),
    ]
    order = []
    while row := nearest(vacant, taken, NOON):
        order.append(row[0].id)
        vacant = [slot for slot in vacant if slot.id != row[0].id]
    assert order == [5, 4, 3, 2, 1]


def test_a_family_needs_places_that_follow_one_another() -> None:
    taken = an_appointment(size=4, starts_at=NOON + timedelta(days=5))
    pool = a_slot(office_id=taken.office_id)
    starts = [taken.starts_at + timedelta(minutes=minutes) for minutes in (0, 20, 30)]
    vacant = [
        replace(pool, id=number, starts_at=start, planned=2, taken=0) for number, start in enumerate(starts)
    ]
    assert [slot.id for slot in nearest(vacant, taken, NOON)] == [1, 2]
    assert nearest(vacant[:2], taken, NOON) == []
