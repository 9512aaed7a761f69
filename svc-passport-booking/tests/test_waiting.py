"""The waiting list on the database: who is asked, one after another, and that no place is lost by it."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from hub_core import ids
from hub_core.clock import local_date
from hub_core.language import Language
from hub_core.principal import Assurance, Kind, Principal
from svc_passport_booking.domain.appointments import SYSTEM, Appointment, Participant
from svc_passport_booking.domain.slots import Slot
from svc_passport_booking.domain.states import Channel
from svc_passport_booking.domain.states import State as AppointmentState
from svc_passport_booking.domain.waiting import EndReason, State, WaitingWish
from svc_passport_booking.errors.appointments import AlreadyBooked, AppointmentNotFound
from svc_passport_booking.errors.waiting import AlreadyWaiting, NotServedThere, WaitingEntryNotFound
from svc_passport_booking.operations import offers, places, upkeep, waiting
from svc_passport_booking.operations.waiting import Shown
from svc_passport_booking.storage import appointments, slots

from .build import FAR, KEY, a_participant, an_appointment, some_slots

A_DAY = timedelta(days=1)
FIFTEEN = timedelta(minutes=15)


def a_caller(person_id: UUID | None = None) -> Principal:
    return Principal(
        kind=Kind.PERSON,
        subject=str(person_id or ids.new_id()),
        client_id="demo-portal",
        scopes=frozenset(),
        assurance=Assurance.SUBSTANTIAL,
    )


def a_wish(slot: Slot, *people: Participant, **special: Any) -> WaitingWish:
    day = local_date(slot.starts_at)
    facts: dict[str, Any] = {
        "type": "PE",
        "county": "CJ",
        "office_id": slot.office_id,
        "days_from": day,
        "days_to": day,
        "participants": people or (a_participant(),),
        "language": Language.RO,
    }
    return WaitingWish(**(facts | special))


async def joined(
    sessions: Any, slot: Slot, *people: Participant, caller: Principal | None = None, **special: Any
) -> Shown:
    async with sessions() as apart, sessions() as session:
        return await waiting.join(
            apart, session, KEY, a_wish(slot, *people, **special), caller or a_caller(), FAR
        )


async def full(sessions: Any, planned: int = 1, **special: Any) -> Slot:
    """A slot a day ahead whose places are all taken by nobody in particular."""
    (slot,) = await some_slots(sessions, planned, first=FAR + A_DAY, taken=planned, **special)
    return slot


async def freed(sessions: Any, slot: Slot, number: int = 1, now: datetime = FAR) -> int:
    """Have places of a slot come back now; how many were offered."""
    async with sessions() as session, session.begin():
        (locked,) = await slots.lock(session, [slot.id])
        used = await offers.offer(session, KEY, locked, number, now)
        if used < number:
            await slots.free(session, {slot.id: number - used})
    return used


async def seen(sessions: Any, shown: Shown, caller: Principal, now: datetime = FAR) -> Shown:
    async with sessions() as session:
        return await waiting.read(session, KEY, shown.entry.id, caller, now)


async def states(sessions: Any, *entries: tuple[Shown, Principal], now: datetime = FAR) -> list[State]:
    return [(await seen(sessions, shown, caller, now)).entry.state for shown, caller in entries]


async def three(sessions: Any, slot: Slot) -> list[tuple[Shown, Principal]]:
    callers = [a_caller() for _ in range(3)]
    return [(await joined(sessions, slot, caller=each), each) for each in callers]


async def free_places(looking: asyncpg.Connection, slot: Slot) -> int:
    row = await looking.fetchrow(
        'SELECT planned - taken AS free FROM "passport-booking".slots WHERE id = $1', slot.id
    )
    assert row is not None
    free: int = row["free"]
    return free


async def held_for(sessions: Any, shown: Shown, caller: Principal) -> Appointment:
    entry = (await seen(sessions, shown, caller)).entry
    async with sessions() as session, session.begin():
        held = await appointments.read(session, KEY, entry.offered_id or ids.new_id())
    assert held is not None
    return held


async def test_an_entry_of_another_is_not_found(sessions: Any) -> None:
    shown = await joined(sessions, await full(sessions))
    async with sessions() as session:
        for act in (waiting.read, waiting.accept, waiting.decline, waiting.leave):
            with pytest.raises(WaitingEntryNotFound):
                await act(session, KEY, shown.entry.id, a_caller(), FAR)


async def test_a_place_is_offered_to_the_first_alone(sessions: Any, looking: asyncpg.Connection) -> None:
    slot = await full(sessions)
    first, second, third = await three(sessions, slot)
    assert [(await seen(sessions, *each)).ahead for each in (first, second, third)] == [0, 1, 2]
    assert await freed(sessions, slot) == 1
    assert await states(sessions, first, second, third) == [State.OFFERED, State.WAITING, State.WAITING]
    held = await held_for(sessions, *first)
    assert (held.state, held.channel, held.held_until) == (
        AppointmentState.HELD,
        Channel.OFFER,
        FAR + FIFTEEN,
    )
    assert await free_places(looking, slot) == 0


async def test_who_takes_it_has_an_appointment_and_waits_no_longer(sessions: Any) -> None:
    slot = await full(sessions)
    first, second, _ = await three(sessions, slot)
    await freed(sessions, slot)
    held = await held_for(sessions, *first)
    async with sessions() as session:
        taken = await waiting.accept(
            session, KEY, first[0].entry.id, first[1], FAR + FIFTEEN - A_DAY / 86_400
        )
    assert (taken.entry.state, taken.entry.end_reason) == (State.ENDED, EndReason.BOOKED)
    async with sessions() as session, session.begin():
        booked = await appointments.read(session, KEY, held.id)
    assert booked is not None
    assert booked.state is AppointmentState.CONFIRMED
    assert (await seen(sessions, *second)).ahead == 0


async def test_what_is_declined_goes_to_the_next_and_the_turn_is_kept(sessions: Any) -> None:
    slot = await full(sessions)
    first, second, third = await three(sessions, slot)
    await freed(sessions, slot)
    async with sessions() as session:
        declined = await waiting.decline(session, KEY, first[0].entry.id, first[1], FAR)
    assert (declined.entry.state, declined.ahead) == (State.WAITING, 0)
    later = FAR + timedelta(minutes=16)
    async with sessions() as session:
        await places.release_due(session, KEY, later)
    assert await states(sessions, first, second, third, now=later) == [
        State.WAITING,
        State.OFFERED,
        State.WAITING,
    ]


async def test_what_lapses_goes_to_the_next_and_at_last_to_the_public(
    sessions: Any, looking: asyncpg.Connection
) -> None:
    slot = await full(sessions)
    people = await three(sessions, slot)
    await freed(sessions, slot)
    now = FAR
    for turn in range(1, 4):
        now += timedelta(minutes=31)
        async with sessions() as session:
            await upkeep.expire_due(session, KEY, now)
            await offers.settle(session, KEY, now)
            await places.release_due(session, KEY, now + timedelta(minutes=15))
        now += timedelta(minutes=15)
        offered = [turn == number for number in range(3)]
        assert [state is State.OFFERED for state in await states(sessions, *people, now=now)] == offered
    assert await free_places(looking, slot) == 1


async def test_who_leaves_gives_the_offer_back(sessions: Any) -> None:
    slot = await full(sessions)
    first, second, _ = await three(sessions, slot)
    await freed(sessions, slot)
    async with sessions() as session:
        left = await waiting.leave(session, KEY, first[0].entry.id, first[1], FAR)
        assert (left.entry.state, left.entry.end_reason) == (State.ENDED, EndReason.LEFT)
        await places.release_due(session, KEY, FAR + timedelta(minutes=16))
    assert (await seen(sessions, *second)).entry.state is State.OFFERED
    async with sessions() as session:
        again = await waiting.leave(session, KEY, first[0].entry.id, first[1], FAR)
    assert again.entry == left.entry


async def test_a_family_is_passed_over_where_its_places_do_not_fit_and_keeps_its_turn(sessions: Any) -> None:
    small, large = await some_slots(sessions, 3, 3, first=FAR + A_DAY, taken=3)
    caller = a_caller()
    family = await joined(sessions, small, a_participant(), a_participant(), a_participant(), caller=caller)
    alone, *_ = await three(sessions, small)
    assert await freed(sessions, small, 2) == 2
    assert (await seen(sessions, family, caller)).entry.state is State.WAITING
    assert (await seen(sessions, *alone)).entry.state is State.OFFERED
    assert await freed(sessions, large, 3) == 3
    assert (await seen(sessions, family, caller)).entry.offered_slot_id == large.id


async def test_whom_an_office_moved_comes_first(sessions: Any) -> None:
    slot = await full(sessions)
    first, *_ = await three(sessions, slot)
    moved = an_appointment(office_id=slot.office_id, pool_id=slot.pool_id, person_id=ids.new_id())
    async with sessions() as session, session.begin():
        (taken,) = await some_slots(sessions, 1, first=FAR)
        await slots.take(session, {taken.id: 1})
        added = await appointments.add(session, KEY, moved, [a_participant()], {taken.id: 1}, SYSTEM)
        await appointments.move(
            session, KEY, added, AppointmentState.CANCELLED_BY_OFFICE, SYSTEM, FAR, "FIRE"
        )
        await waiting.put_first(session, KEY, added, FAR)
    assert (await seen(sessions, *first)).ahead == 1
    await freed(sessions, slot)
    assert (await seen(sessions, *first)).entry.state is State.WAITING
    async with sessions() as session:
        (theirs,) = await waiting.find(session, KEY, a_caller(moved.person_id), FAR, before=None, limit=10)
        await waiting.leave(session, KEY, theirs.id, a_caller(moved.person_id), FAR)
    assert (theirs.state, theirs.has_priority) == (State.OFFERED, True)


async def test_a_person_waits_once_for_the_same_thing(sessions: Any) -> None:
    slot = await full(sessions)
    ana = a_participant()
    await joined(sessions, slot, ana)
    with pytest.raises(AlreadyWaiting):
        await joined(sessions, slot, a_participant(), ana)
    await joined(sessions, slot, ana, type="PT")


async def test_who_has_an_appointment_does_not_wait_for_another(sessions: Any) -> None:
    slot = await full(sessions)
    (free,) = await some_slots(sessions, 1, first=FAR + A_DAY)
    ana = a_participant()
    await booked(sessions, free, ana)
    with pytest.raises(AlreadyBooked):
        await joined(sessions, slot, ana)


async def booked(sessions: Any, slot: Slot, person: Participant, **special: Any) -> Appointment:
    facts: dict[str, Any] = {
        "office_id": slot.office_id,
        "pool_id": slot.pool_id,
        "starts_at": slot.starts_at,
        "ends_at": slot.ends_at,
        "created_at": FAR,
        "person_id": ids.new_id(),
    }
    async with sessions() as session, session.begin():
        await slots.take(session, {slot.id: 1})
        wanted = an_appointment(**(facts | special))
        return await appointments.add(session, KEY, wanted, [person], {slot.id: 1}, SYSTEM)


async def test_who_books_meanwhile_is_passed_over_and_leaves_the_list(sessions: Any) -> None:
    slot = await full(sessions)
    ana, caller = a_participant(), a_caller()
    shown = await joined(sessions, slot, ana, caller=caller)
    second, *_ = await three(sessions, slot)
    (free,) = await some_slots(sessions, 1, first=FAR + A_DAY)
    await booked(sessions, free, ana)
    assert await freed(sessions, slot) == 1
    assert (await seen(sessions, shown, caller)).entry.end_reason is EndReason.BOOKED
    assert (await seen(sessions, *second)).entry.state is State.OFFERED


@pytest.mark.parametrize(
    "special",
    [{"type": "DRIVING_LICENCE"}, {"county": "TM"}, {"county": "QQ", "office_id": None}, {"type": "NONE"}],
)
async def test_what_is_not_served_there_is_not_waited_for(sessions: Any, special: dict[str, Any]) -> None:
    with pytest.raises(NotServedThere):
        await joined(sessions, await full(sessions), **special)


@pytest.mark.parametrize(
    "special",
    [
        {"office_id": ids.new_id()},
        {"type": "PT", "days_from": date(2098, 11, 26), "days_to": date(2098, 11, 27)},
    ],
)
async def test_a_place_elsewhere_or_on_another_day_is_not_offered(
    sessions: Any, looking: asyncpg.Connection, special: dict[str, Any]
) -> None:
    slot, other = await full(sessions), await full(sessions)
    wanted = {**special, "office_id": other.office_id} if "office_id" in special else special
    await joined(sessions, slot, **wanted)
    assert await freed(sessions, slot) == 0
    assert await free_places(looking, slot) == 1


# An earlier place for who has an appointment.


async def alerted(sessions: Any, person: UUID, later: Slot) -> tuple[Shown, Principal, Appointment]:
    """Somebody with an appointment in the last slot of a day, who would come earlier."""
    caller = a_caller(person)
    appointment = await booked(sessions, later, a_participant(), person_id=person)
    async with sessions() as session:
        shown = await waiting.ask_for_earlier(
            session, KEY, appointment.id, local_date(later.starts_at), caller, FAR
        )
    return shown, caller, appointment


async def a_day_with(sessions: Any, looking: asyncpg.Connection) -> tuple[Slot, Slot]:
    """A slot whose only place is taken, and a later one with room."""
    early, later = await some_slots(sessions, 1, 4, first=FAR + A_DAY)
    await looking.execute('UPDATE "passport-booking".slots SET taken = 1 WHERE id = $1', early.id)
    return early, later


async def told_of(looking: asyncpg.Connection, shown: Shown) -> list[str]:
    rows = await looking.fetch(
        'SELECT subject FROM "passport-booking".outbox WHERE key = $1 ORDER BY seq', str(shown.entry.id)
    )
    return [row["subject"].split(".")[3] for row in rows]


async def test_who_would_come_earlier_is_asked_after_who_has_no_appointment(
    sessions: Any, looking: asyncpg.Connection
) -> None:
    early, later = await a_day_with(sessions, looking)
    shown, caller, _ = await alerted(sessions, ids.new_id(), later)
    nobodys = a_caller()
    waits = await joined(sessions, early, caller=nobodys)
    assert await freed(sessions, early) == 1
    assert (await seen(sessions, waits, nobodys)).entry.state is State.OFFERED
    assert (await seen(sessions, shown, caller)).entry.state is State.WAITING


async def test_the_place_is_kept_for_the_first_who_moves_there_and_no_place_is_lost(
    sessions: Any, looking: asyncpg.Connection
) -> None:
    early, later = await a_day_with(sessions, looking)
    shown, caller, appointment = await alerted(sessions, ids.new_id(), later)
    assert await freed(sessions, early) == 1
    offered = (await seen(sessions, shown, caller)).entry
    assert (offered.state, offered.offered_id, offered.offered_until) == (State.OFFERED, None, FAR + FIFTEEN)
    assert await free_places(looking, early) == 0
    async with sessions() as session:
        taken = await waiting.accept(session, KEY, shown.entry.id, caller, FAR + FIFTEEN / 2)
    assert taken.entry.end_reason is EndReason.BOOKED
    async with sessions() as session, session.begin():
        moved = await appointments.read(session, KEY, appointment.id)
    assert moved is not None
    assert (moved.starts_at, moved.state) == (early.starts_at, AppointmentState.CONFIRMED)
    assert await accounted(looking, early) == (1, 1, 0)
    assert await accounted(looking, later) == (1, 0, 1)


async def accounted(looking: asyncpg.Connection, slot: Slot) -> tuple[int, int, int]:
    """What is taken of a slot, what of it appointments have, and what cools."""
    row = await looking.fetchrow(
        """SELECT taken,
        (SELECT coalesce(sum(places), 0) FROM "passport-booking".places WHERE slot_id = slots.id) AS had,
        (SELECT coalesce(sum(places), 0) FROM "passport-booking".releases WHERE slot_id = slots.id) AS cool
        FROM "passport-booking".slots WHERE id = $1""",
        slot.id,
    )
    assert row is not None
    return row["taken"], row["had"], row["cool"]


async def test_a_place_is_kept_once_then_the_others_are_told_and_it_is_everybodys(
    sessions: Any, looking: asyncpg.Connection
) -> None:
    early, later = await a_day_with(sessions, looking)
    first, second = [await alerted(sessions, ids.new_id(), later) for _ in range(2)]
    await freed(sessions, early)
    assert await told_of(looking, first[0]) == ["joined", "offered"]
    assert await told_of(looking, second[0]) == ["joined"]
    lapsed = FAR + FIFTEEN
    async with sessions() as session:
        await offers.settle(session, KEY, lapsed)
        await places.release_due(session, KEY, lapsed)
    assert await free_places(looking, early) == 1
    assert await told_of(looking, first[0]) == ["joined", "offered"]
    assert await told_of(looking, second[0]) == ["joined", "told"]
    assert (await seen(sessions, *first[:2], now=lapsed)).entry.state is State.WAITING
    async with sessions() as session, session.begin():
        (slot,) = await slots.lock(session, [early.id])
        await slots.take(session, {slot.id: 1})
        assert await offers.offer(session, KEY, slot, 1, lapsed) == 0
        await slots.free(session, {slot.id: 1})
    assert await told_of(looking, second[0]) == ["joined", "told"]


async def test_only_the_owner_of_an_appointment_asks_for_an_earlier_one(sessions: Any) -> None:
    _, later = await some_slots(sessions, 1, 1, first=FAR + A_DAY)
    appointment = await booked(sessions, later, a_participant())
    with pytest.raises(AppointmentNotFound):
        async with sessions() as session:
            await waiting.ask_for_earlier(
                session, KEY, appointment.id, local_date(later.starts_at), a_caller(), FAR
            )
