"""What a transition brings in the tables: places, persons, steps, events."""

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_events.session import Session
from svc_passport_booking.domain.appointments import GUEST, SYSTEM, Appointment, Participant
from svc_passport_booking.domain.slots import Slot
from svc_passport_booking.domain.states import State
from svc_passport_booking.errors.appointments import AlreadyBooked
from svc_passport_booking.errors.slots import SlotTaken
from svc_passport_booking.storage import appointments as storage
from svc_passport_booking.storage import slots

from .build import FAR, KEY, a_participant, an_appointment, some_slots

Sessions = async_sessionmaker[Session]
MINUTE = timedelta(minutes=1)


async def hold(sessions: Sessions, slot: Slot, persons: Sequence[Participant], **special: Any) -> Appointment:
    """A hold of half an hour in one slot."""
    facts: dict[str, Any] = {"office_id": slot.office_id, "pool_id": slot.pool_id, "size": len(persons)}
    facts |= {"starts_at": slot.starts_at, "ends_at": slot.ends_at, "created_at": FAR}
    facts |= {"state": State.HELD, "held_until": FAR + 30 * MINUTE}
    wanted = an_appointment(**(facts | special))
    async with sessions() as session, session.begin():
        places = {slot.id: len(persons)}
        await slots.take(session, places)
        return await storage.add(session, KEY, wanted, persons, places, GUEST)


async def move(sessions: Sessions, appointment: Appointment, to: State, minutes: int = 1) -> Appointment:
    async with sessions() as session, session.begin():
        locked = await storage.lock(session, KEY, appointment.id)
        assert locked is not None
        return await storage.move(session, KEY, locked, to, SYSTEM, FAR + minutes * MINUTE, "WHY")


async def taken(looking: asyncpg.Connection, slot: Slot) -> tuple[int, int, int]:
    """Places taken, held by appointments, cooling."""
    row = await looking.fetchrow(
        """SELECT taken, (SELECT coalesce(sum(places), 0) FROM "passport-booking".places WHERE slot_id = id),
        (SELECT coalesce(sum(places), 0) FROM "passport-booking".releases WHERE slot_id = slots.id)
        FROM "passport-booking".slots WHERE id = $1""",
        slot.id,
    )
    return tuple(row)


async def test_what_is_stored_is_what_is_read(sessions: Sessions) -> None:
    (slot,) = await some_slots(sessions, 3)
    family = [a_participant(), a_participant(given_name="Ștefan")]
    held = await hold(sessions, slot, family, situation={"papers": "LOST"})
    async with sessions() as session:
        assert await storage.read(session, KEY, held.id) == held
        persons = await storage.persons(session, KEY, held.id)
        assert [one.participant for one in persons] == family
        assert [step.state for step in await storage.steps(session, held.id)] == [State.HELD]


async def test_nothing_that_tells_of_a_person_stands_in_the_tables(
    sessions: Sessions, looking: asyncpg.Connection
) -> None:
    (slot,) = await some_slots(sessions, 3)
    ana = a_participant(given_name="Annamária")
    held = await hold(sessions, slot, [ana])
    for table, column in (("appointments", "id"), ("persons", "appointment_id"), ("outbox", "key")):
        row = await looking.fetchrow(
            f'SELECT to_jsonb(t) AS shown FROM "passport-booking".{table} t WHERE {column}::text = $1',
            str(held.id),
        )
        binary = re.findall(r"\\x([0-9a-f]+)", row["shown"])
        assert binary
        plain = row["shown"] + "".join(bytes.fromhex(one).decode(errors="replace") for one in binary)
        for said in (ana.cnp.number, ana.last_four, ana.given_name, held.code):
            assert said not in plain


@pytest.mark.parametrize("to", [State.CANCELLED_BY_CITIZEN, State.EXPIRED])
async def test_places_given_back_cool_for_a_random_while(
    sessions: Sessions, looking: asyncpg.Connection, to: State
) -> None:
    (slot,) = await some_slots(sessions, 3)
    held = await hold(sessions, slot, [a_participant(), a_participant()])
    assert await taken(looking, slot) == (2, 2, 0)
    await move(sessions, held, to, minutes=30 if to is State.EXPIRED else 1)
    assert await taken(looking, slot) == (2, 0, 2)
    after = await looking.fetchval(
        'SELECT due_at - $2 FROM "passport-booking".releases WHERE slot_id = $1',
        slot.id,
        FAR + (30 if to is State.EXPIRED else 1) * MINUTE,
    )
    assert 2 * MINUTE <= after <= 15 * MINUTE


async def test_what_an_office_takes_away_is_given_back_at_once(
    sessions: Sessions, looking: asyncpg.Connection
) -> None:
    (slot,) = await some_slots(sessions, 3)
    await move(sessions, await hold(sessions, slot, [a_participant()]), State.CANCELLED_BY_OFFICE)
    assert await taken(looking, slot) == (0, 0, 0)


async def test_the_time_of_who_was_served_is_gone(sessions: Sessions, looking: asyncpg.Connection) -> None:
    (slot,) = await some_slots(sessions, 3)
    held = await hold(sessions, slot, [a_participant()])
    for to in (State.CONFIRMED, State.CHECKED_IN, State.SERVED):
        held = await move(sessions, held, to)
    assert await taken(looking, slot) == (1, 1, 0)
    rows = await looking.fetch(
        'SELECT subject FROM "passport-booking".outbox WHERE key = $1 ORDER BY seq', str(held.id)
    )
    assert [row["subject"].split(".")[3] for row in rows] == ["held", "confirmed", "checked-in", "served"]
    async with sessions() as session:
        steps = await storage.steps(session, held.id)
    assert [(step.version, step.reason) for step in steps] == [(1, None), (2, "WHY"), (3, "WHY"), (4, "WHY")]


async def test_a_slot_gives_no_more_than_is_planned(sessions: Sessions) -> None:
    (slot,) = await some_slots(sessions, 1, first=FAR, capacity=5)
    await hold(sessions, slot, [a_participant()])
    with pytest.raises(SlotTaken):
        await hold(sessions, slot, [a_participant()])


async def test_the_table_itself_refuses_more_than_the_capacity(
    sessions: Sessions, looking: asyncpg.Connection
) -> None:
    (slot,) = await some_slots(sessions, 1)
    with pytest.raises(asyncpg.CheckViolationError):
        await looking.execute('UPDATE "passport-booking".slots SET taken = 2 WHERE id = $1', slot.id)


async def test_capacity_that_is_no_longer_planned_goes_with_who_had_it(
    sessions: Sessions, looking: asyncpg.Connection
) -> None:
    (slot,) = await some_slots(sessions, 1, first=FAR, capacity=3, taken=3)
    async with sessions() as session, session.begin():
        await slots.free(session, {slot.id: 1})
    row = await looking.fetchrow(
        'SELECT taken, capacity FROM "passport-booking".slots WHERE id = $1', slot.id
    )
    assert tuple(row) == (2, 2)


async def test_a_person_has_one_active_appointment_of_a_family(sessions: Sessions) -> None:
    (slot,) = await some_slots(sessions, 9)
    ana = a_participant()
    first = await hold(sessions, slot, [ana])
    with pytest.raises(AlreadyBooked) as refused:
        await hold(sessions, slot, [a_participant(), ana], type="CRDS_E")
    assert [error.pointer for error in refused.value.errors] == ["/persons/1"]
    await hold(sessions, slot, [ana], type="PT")
    await move(sessions, first, State.CANCELLED_BY_CITIZEN)
    await hold(sessions, slot, [ana])


async def test_a_hold_that_is_over_stands_in_nobodys_way(
    sessions: Sessions, looking: asyncpg.Connection
) -> None:
    (slot,) = await some_slots(sessions, 9)
    ana, ion = a_participant(), a_participant()
    first = await hold(sessions, slot, [ana, ion])
    again = FAR + 30 * MINUTE
    with pytest.raises(AlreadyBooked):
        await hold(sessions, slot, [ion], created_at=again - MINUTE)
    second = await hold(sessions, slot, [ion], created_at=again, held_until=again + 30 * MINUTE)
    async with sessions() as session:
        over = await storage.read(session, KEY, first.id)
        assert over is not None
        assert (over.state, over.ended_at) == (State.EXPIRED, first.held_until)
    assert await taken(looking, slot) == (3, 1, 2)
    with pytest.raises(AlreadyBooked):
        await hold(sessions, slot, [ion], created_at=again)
    assert second.version == 1


async def test_who_booked_again_cannot_come_with_the_appointment_they_missed(sessions: Sessions) -> None:
    (slot,) = await some_slots(sessions, 9)
    ana = a_participant()
    missed = await move(sessions, await hold(sessions, slot, [ana]), State.CONFIRMED)
    missed = await move(sessions, missed, State.NO_SHOW)
    second = await hold(sessions, slot, [ana])
    with pytest.raises(AlreadyBooked):
        await move(sessions, missed, State.CHECKED_IN)
    await move(sessions, second, State.CANCELLED_BY_CITIZEN)
    assert (await move(sessions, missed, State.CHECKED_IN)).state is State.CHECKED_IN


async def test_a_code_that_is_in_use_is_given_to_nobody_else(sessions: Sessions) -> None:
    (slot,) = await some_slots(sessions, 2)
    first = await hold(sessions, slot, [a_participant()])
    second = await hold(sessions, slot, [a_participant()], code=first.code)
    assert first.code != second.code


async def test_slots_that_follow_one_another_end_at_a_gap(sessions: Sessions) -> None:
    row = await some_slots(sessions, 1, 1, 1)
    async with sessions() as session, session.begin():
        assert await slots.consecutive(session, row[1].id, 4) == row[1:]
        assert await slots.consecutive(session, row[1].id, 1) == [row[1]]
        assert await slots.consecutive(session, 0, 4) == []
