"""At the same instant, at the last second, at midnight: one gets it, and everybody is told the truth."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_core import clock, ids
from hub_core.clock import BUCHAREST
from hub_core.cnp import Cnp
from hub_core.language import Language
from hub_core.principal import Assurance, Kind, Principal
from hub_core.problem import Problem
from hub_events.session import Session
from svc_passport_booking.domain.appointments import Participant
from svc_passport_booking.domain.booking import Booker, Wish
from svc_passport_booking.domain.slots import Slot
from svc_passport_booking.domain.states import State
from svc_passport_booking.errors.appointments import (
    AlreadyBooked,
    AppointmentState,
    DidNotCome,
    OutsideWindow,
    TooLateToChange,
)
from svc_passport_booking.errors.slots import SlotTaken
from svc_passport_booking.operations import appointments as operations
from svc_passport_booking.operations import places, upkeep
from svc_passport_booking.operations.appointments import Shown
from svc_passport_booking.storage import appointments as storage

from .build import FAR, KEY, a_cnp, a_participant, some_slots
from .test_appointments import APPOINTMENTS, GUESTS, a_guests_wish, a_key, a_wish, as_, slug, somebody

__all__ = ["as_"]

Sessions = async_sessionmaker[Session]
SECOND: Final = timedelta(seconds=1)
MINUTE: Final = timedelta(minutes=1)
GUEST: Final = Booker()


def known() -> Booker:
    return Booker(
        Principal(Kind.PERSON, str(ids.new_id()), Assurance.SUBSTANTIAL, frozenset(), "demo-portal")
    )


async def book(
    sessions: Sessions, slot: Slot, now: datetime, *people: Participant, by: Booker = GUEST
) -> Shown:
    wish = Wish(slot.id, "PE", people or [a_participant()], Language.RO)
    async with sessions() as session:
        return await operations.book(session, KEY, wish, by, now)


async def confirm(sessions: Sessions, shown: Shown, now: datetime) -> Shown:
    secret = operations.secret_of(KEY, shown.appointment.id)
    async with sessions() as session:
        return await operations.confirm_by_secret(session, KEY, secret, now)


async def read(sessions: Sessions, shown: Shown) -> State:
    async with sessions() as session:
        found = await storage.read(session, KEY, shown.appointment.id)
        assert found is not None
        return found.state


async def taken(looking: asyncpg.Connection, *slots: Slot) -> list[int]:
    rows = await looking.fetch(
        'SELECT taken FROM "passport-booking".slots WHERE id = ANY($1) ORDER BY id',
        [slot.id for slot in slots],
    )
    return [row["taken"] for row in rows]


async def test_of_200_at_the_same_instant_one_gets_the_last_place(
    client: Any, sessions: Sessions, as_: Any, looking: asyncpg.Connection
) -> None:
    (slot,) = await some_slots(sessions, 1, first=clock.now() + timedelta(days=1))
    people = [somebody() for _ in range(200)]
    answers = await asyncio.gather(
        *(
            client.post(APPOINTMENTS, json=a_wish(slot, one), headers=as_() | a_key())
            if turn % 2
            else client.post(GUESTS, json=a_guests_wish(slot, one), headers=a_key())
            for turn, one in enumerate(people)
        )
    )
    told = [(201, "") if answer.status_code == 201 else slug(answer) for answer in answers]
    assert sorted(told) == [(201, ""), *199 * [(409, "slot-taken")]]
    assert await taken(looking, slot) == [1]


async def test_who_repeats_with_the_key_learns_the_truth_and_has_one_place(
    client: Any, sessions: Sessions, as_: Any, looking: asyncpg.Connection
) -> None:
    (slot,) = await some_slots(sessions, 2, first=clock.now() + timedelta(days=1))
    wishes = [(a_wish(slot, somebody()), as_() | a_key()) for _ in range(10)]
    answers = await asyncio.gather(
        *(client.post(APPOINTMENTS, json=wish, headers=headers) for _ in range(5) for wish, headers in wishes)
    )
    by_wish = [{(one.status_code, one.content) for one in answers[turn::10]} for turn in range(10)]
    booked = [told for told in by_wish if any(status == 201 for status, _ in told)]
    assert len(booked) == 2
    assert all(len({body for status, body in told if status == 201}) == 1 for told in booked)
    assert await taken(looking, slot) == [2]


async def test_families_that_want_the_same_three_places_get_them_whole_or_not_at_all(
    sessions: Sessions, looking: asyncpg.Connection
) -> None:
    row = await some_slots(sessions, 3, 3, 3, first=FAR + timedelta(days=1))
    families = [[a_participant() for _ in range(4)] for _ in range(6)]
    made = await asyncio.gather(
        *(book(sessions, row[turn % 2], FAR, *family, by=known()) for turn, family in enumerate(families)),
        return_exceptions=True,
    )
    assert {type(one) for one in made} == {Shown, SlotTaken}
    assert sum(await taken(looking, *row)) == 4 * sum(isinstance(one, Shown) for one in made)


async def test_people_named_in_two_families_at_once_are_in_one_of_them(
    sessions: Sessions, looking: asyncpg.Connection
) -> None:
    (slot,) = await some_slots(sessions, 99, first=FAR + timedelta(days=1))
    ana, ion = a_participant(), a_participant()
    made = await asyncio.gather(
        *(
            book(sessions, slot, FAR, *([ana, ion] if turn % 2 else [ion, ana]), by=known())
            for turn in range(20)
        ),
        return_exceptions=True,
    )
    assert sorted(type(one).__name__ for one in made) == [*19 * ["AlreadyBooked"], "Shown"]
    assert await taken(looking, slot) == [2]


async def test_a_hold_is_confirmed_at_29_59_and_lost_at_30_00(sessions: Sessions) -> None:
    (slot,) = await some_slots(sessions, 2, first=FAR + timedelta(days=1))
    first, second = await book(sessions, slot, FAR), await book(sessions, slot, FAR)
    confirmed = await confirm(sessions, first, FAR + 30 * MINUTE - SECOND)
    assert confirmed.appointment.state is State.CONFIRMED
    with pytest.raises(AppointmentState) as refused:
        await confirm(sessions, second, FAR + 30 * MINUTE)
    assert refused.value.facts["state"] is State.EXPIRED
    with pytest.raises(AppointmentState):
        await confirm(sessions, first, FAR + 30 * MINUTE)


async def test_a_link_pressed_twice_at_once_confirms_once(
    sessions: Sessions, looking: asyncpg.Connection
) -> None:
    (slot,) = await some_slots(sessions, 2, first=FAR + timedelta(days=1))
    shown = await book(sessions, slot, FAR)
    pressed = await asyncio.gather(
        *(confirm(sessions, shown, FAR + MINUTE) for _ in range(5)), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in pressed) == [*4 * ["AppointmentState"], "Shown"]
    told = await looking.fetchval(
        'SELECT count(*) FROM "passport-booking".outbox WHERE key = $1', str(shown.appointment.id)
    )
    assert told == 2


async def test_who_confirms_while_the_clock_strikes_has_it_or_has_not(
    sessions: Sessions, looking: asyncpg.Connection
) -> None:
    (slot,) = await some_slots(sessions, 40, first=FAR + timedelta(days=1))
    held = [await book(sessions, slot, FAR + SECOND) for _ in range(10)]

    async def strike() -> int:
        async with sessions() as session:
            return await upkeep.expire_due(session, KEY, FAR + 30 * MINUTE + SECOND)

    confirmed = await asyncio.gather(
        *(confirm(sessions, one, FAR + 30 * MINUTE) for one in held),
        *(strike() for _ in range(4)),
        return_exceptions=True,
    )
    stand = [await read(sessions, one) for one in held]
    assert [isinstance(one, Shown) for one in confirmed[:10]] == [one is State.CONFIRMED for one in stand]
    assert {*stand} <= {State.CONFIRMED, State.EXPIRED}
    row = await looking.fetchrow(
        """SELECT taken, (SELECT coalesce(sum(places), 0) FROM "passport-booking".releases
        WHERE slot_id = slots.id) AS cooling FROM "passport-booking".slots WHERE id = $1""",
        slot.id,
    )
    assert tuple(row) == (10, stand.count(State.EXPIRED))


async def test_places_come_back_once_however_many_clocks_strike(
    sessions: Sessions, looking: asyncpg.Connection
) -> None:
    (slot,) = await some_slots(sessions, 9, first=FAR + timedelta(days=1))
    for _ in range(9):
        await book(sessions, slot, FAR)

    async def strike(now: datetime) -> None:
        async with sessions() as session:
            await upkeep.expire_due(session, KEY, now)
            await places.release_due(session, KEY, now)

    await asyncio.gather(*(strike(FAR + 30 * MINUTE) for _ in range(4)))
    assert await taken(looking, slot) == [9]
    await asyncio.gather(*(strike(FAR + 45 * MINUTE) for _ in range(4)))
    assert await taken(looking, slot) == [0]


@pytest.mark.parametrize(
    ("now", "last"),
    [
        ("2098-11-24T23:59:59", "2099-02-22T23:50"),
        ("2098-11-25T00:00:00", "2099-02-23T23:50"),
        # over the night in which an hour comes twice, and that in which one does not come
        ("2098-10-20T23:59:59", "2099-01-18T23:50"),
        ("2098-02-10T00:00:00", "2098-05-11T23:50"),
    ],
)
async def test_day_90_can_be_booked_and_day_91_cannot_by_the_calendar_of_bucharest(
    sessions: Sessions, now: str, last: str
) -> None:
    at, latest = (datetime.fromisoformat(one).replace(tzinfo=BUCHAREST) for one in (now, last))
    last_slot, too_far = await some_slots(sessions, 1, 1, first=latest.astimezone(UTC))
    assert (await book(sessions, last_slot, at)).appointment.state is State.HELD
    with pytest.raises(OutsideWindow):
        await book(sessions, too_far, at)


@pytest.mark.parametrize(
    "now",
    [
        datetime(2098, 10, 26, 0, 45, tzinfo=UTC),  # 03:45, for the first time
        datetime(2098, 3, 30, 0, 45, tzinfo=UTC),  # 02:45, a quarter of an hour before 04:00
    ],
)
async def test_a_hold_lasts_half_an_hour_in_the_nights_when_clocks_are_put(
    sessions: Sessions, now: datetime
) -> None:
    (slot,) = await some_slots(sessions, 2, first=now + timedelta(days=1))
    held = await book(sessions, slot, now)
    assert held.appointment.held_until == now + 30 * MINUTE
    assert (await confirm(sessions, held, now + 29 * MINUTE)).appointment.state is State.CONFIRMED


async def test_who_cancels_an_hour_before_may_and_later_may_not(sessions: Sessions) -> None:
    (slot,) = await some_slots(sessions, 2, first=FAR + timedelta(hours=3))
    by = known()
    shown = await book(sessions, slot, FAR, by=by)
    assert by.principal is not None
    for before in (30 * MINUTE, 60 * MINUTE - SECOND):
        async with sessions() as session:
            with pytest.raises(TooLateToChange):
                await operations.cancel(
                    session, KEY, shown.appointment.id, by.principal, slot.starts_at - before
                )
    for _ in range(2):
        async with sessions() as session:
            cancelled = await operations.cancel(
                session, KEY, shown.appointment.id, by.principal, slot.starts_at - 60 * MINUTE
            )
        assert cancelled.appointment.version == 2


async def test_who_did_not_come_in_the_time_that_is_tolerated_is_noted_and_may_book_again(
    sessions: Sessions,
) -> None:
    (slot,) = await some_slots(sessions, 2, first=FAR - timedelta(days=30))
    (later,) = await some_slots(sessions, 2, first=FAR - timedelta(days=20))
    ana = a_participant()
    shown = await book(sessions, slot, slot.starts_at - timedelta(days=1), ana, by=known())
    for minutes, state in ((10, State.CONFIRMED), (11, State.NO_SHOW)):
        async with sessions() as session:
            await upkeep.note_missed(session, KEY, slot.starts_at + minutes * MINUTE)
        assert await read(sessions, shown) is state
    again = await book(sessions, later, slot.starts_at + 11 * MINUTE, ana)
    assert again.appointment.state is State.HELD


async def test_who_did_not_come_waits_where_the_rule_says_so(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    (slot,) = await some_slots(sessions, 2, first=FAR - timedelta(days=60))
    (later,) = await some_slots(sessions, 2, first=FAR - timedelta(days=50))
    ana = a_participant()
    await book(sessions, slot, slot.starts_at - timedelta(days=1), ana, by=known())
    async with sessions() as session:
        await upkeep.note_missed(session, KEY, slot.starts_at + 11 * MINUTE)
    monkeypatch.setattr(operations, "NO_SHOW_RULE", "booking.hold")  # 30, taken for days
    with pytest.raises(DidNotCome) as refused:
        await book(sessions, later, slot.starts_at + timedelta(days=1), a_participant(), ana)
    assert [error.pointer for error in refused.value.errors] == ["/persons/1"]
    await book(sessions, later, slot.starts_at + timedelta(days=1), a_participant())


async def test_what_an_office_takes_away_is_told_and_a_hold_that_is_over_is_not(
    sessions: Sessions, looking: asyncpg.Connection
) -> None:
    (slot,) = await some_slots(sessions, 3, first=FAR + timedelta(days=1))
    held, confirmed = await book(sessions, slot, FAR), await book(sessions, slot, FAR, by=known())
    for shown, taken_away in ((held, False), (confirmed, True), (confirmed, False)):
        async with sessions() as session, session.begin():
            gone = await operations.take_away(session, KEY, shown.appointment.id, "FIRE", FAR + 31 * MINUTE)
        assert bool(gone) is taken_away
    assert await read(sessions, held) is State.EXPIRED
    assert await read(sessions, confirmed) is State.CANCELLED_BY_OFFICE


async def test_two_who_book_for_the_same_person_at_once_are_told_which_person(sessions: Sessions) -> None:
    (slot,) = await some_slots(sessions, 9, first=FAR + timedelta(days=1))
    ana = Participant("Popescu", "Ana", Cnp(a_cnp().number))
    made = await asyncio.gather(*(book(sessions, slot, FAR, ana) for _ in range(8)), return_exceptions=True)
    refused = [one for one in made if isinstance(one, Problem)]
    assert len(refused) == 7
    assert all(isinstance(one, AlreadyBooked) for one in refused)
    assert {error.pointer for one in refused for error in one.errors} == {"/persons/0"}
