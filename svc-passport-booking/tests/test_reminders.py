"""Reminders: each once, at its time, in no quiet hour; also when an hour comes twice or never (45)."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_core.clock import BUCHAREST
from hub_events.session import Session
from svc_passport_booking.domain.appointments import SYSTEM, Appointment
from svc_passport_booking.domain.reminders import Quiet, Reminder, Times
from svc_passport_booking.domain.states import State
from svc_passport_booking.operations import reminders
from svc_passport_booking.storage import appointments, slots

from .build import KEY, NOON, a_participant, an_appointment, some_slots

HOUR = timedelta(hours=1)
BEFORE = {Reminder.FIRST: 24 * HOUR, Reminder.SECOND: 2 * HOUR}
NIGHT = Quiet(time(21), time(8), HOUR)
TIMES = Times(BEFORE, NIGHT)
NEVER_QUIET = Times(BEFORE, Quiet(time(0), time(0), HOUR))
REMINDED = "hub.passport-booking.appointment.reminded.v1"
Stored = Callable[..., Awaitable[Appointment]]
Told = Callable[[UUID], Awaitable[list[str]]]


def local(year: int, month: int, day: int, hour: int, minute: int = 0, *, fold: int = 0) -> datetime:
    """The instant at which clocks in Bucharest show this; `fold=1` for the second time they do."""
    return datetime(year, month, day, hour, minute, tzinfo=BUCHAREST, fold=fold).astimezone(UTC)


@pytest.mark.parametrize(
    ("starts_at", "first", "second"),
    [
        (local(2026, 12, 3, 12), local(2026, 12, 2, 12), local(2026, 12, 3, 10)),
        (local(2026, 12, 3, 10), local(2026, 12, 2, 10), local(2026, 12, 3, 8)),
        # at 07:59 it would be quiet: the evening before, an hour before the quiet hours
        (local(2026, 12, 3, 9, 59), local(2026, 12, 2, 9, 59), local(2026, 12, 2, 20)),
        (local(2026, 12, 3, 23), local(2026, 12, 2, 20), local(2026, 12, 3, 20)),
    ],
)
def test_a_reminder_that_would_fall_into_the_quiet_hours_goes_before_them(
    starts_at: datetime, first: datetime, second: datetime
) -> None:
    due = [TIMES.due_at(reminder, starts_at) for reminder in Reminder]
    assert due == [first, second]


def test_hours_are_true_hours_over_the_night_in_which_the_clocks_change() -> None:
    """25 October 2026 has 25 hours, 28 March 2027 has 23: a day before is 24 hours before."""
    assert TIMES.due_at(Reminder.FIRST, local(2026, 10, 25, 12)) == local(2026, 10, 24, 13)
    assert TIMES.due_at(Reminder.FIRST, local(2027, 3, 28, 12)) == local(2027, 3, 27, 11)


def test_in_the_hour_that_comes_twice_each_minute_is_an_instant_of_its_own() -> None:
    """03:30 on 25 October 2026 is at 00:30 and at 01:30 UTC."""
    first, again = local(2026, 10, 25, 3, 30), local(2026, 10, 25, 3, 30, fold=1)
    assert again - first == HOUR
    assert NEVER_QUIET.due_at(Reminder.SECOND, again + 2 * HOUR) == again
    assert NEVER_QUIET.due_at(Reminder.SECOND, first + 2 * HOUR) == first
    assert NIGHT.holds(first)
    assert NIGHT.holds(again)
    assert TIMES.due_at(Reminder.SECOND, again + 2 * HOUR) == local(2026, 10, 24, 20)


def test_an_hour_that_does_not_exist_keeps_no_reminder_back() -> None:
    """On 28 March 2027 the clocks go from 03:00 to 04:00."""
    starts_at = local(2027, 3, 28, 5, 30)
    assert NEVER_QUIET.due_at(Reminder.SECOND, starts_at) == local(2027, 3, 28, 2, 30)
    assert TIMES.due_at(Reminder.SECOND, starts_at) == local(2027, 3, 27, 20)


@given(
    starts_at=st.integers(0, 2 * 365 * 24 * 60).map(lambda minutes: NOON + timedelta(minutes=minutes)),
    reminder=st.sampled_from(Reminder),
)
def test_no_reminder_is_quiet_or_late_or_a_day_too_early(starts_at: datetime, reminder: Reminder) -> None:
    due, latest = TIMES.due_at(reminder, starts_at), starts_at - BEFORE[reminder]
    assert not NIGHT.holds(due)
    assert latest - timedelta(days=1) < due <= latest
    assert TIMES.due_at(reminder, starts_at + timedelta(minutes=1)) >= due


@pytest.fixture
def stored(sessions: async_sessionmaker[Session]) -> Stored:
    """A confirmed appointment in a slot of its own, booked long before unless `created_at` says when."""

    async def store(starts_at: datetime, created_at: datetime | None = None, **special: Any) -> Appointment:
        (slot,) = await some_slots(sessions, 1, first=starts_at)
        booked = created_at or starts_at - timedelta(days=9)
        wanted = an_appointment(
            starts_at=starts_at,
            ends_at=slot.ends_at,
            pool_id=slot.pool_id,
            office_id=slot.office_id,
            created_at=booked,
            confirmed_at=booked,
            **special,
        )
        async with sessions() as session, session.begin():
            await slots.take(session, {slot.id: 1})
            return await appointments.add(session, KEY, wanted, [a_participant()], {slot.id: 1}, SYSTEM)

    return store


@pytest.fixture
def told(looking: asyncpg.Connection) -> Told:
    """Which reminders of an appointment were told."""

    async def read(appointment_id: UUID) -> list[str]:
        rows = await looking.fetch(
            'SELECT body FROM "passport-booking".outbox WHERE subject = $1 AND key = $2 ORDER BY seq',
            REMINDED,
            str(appointment_id),
        )
        return ["FIRST" if b"FIRST" in bytes(row["body"]) else "SECOND" for row in rows]

    return read


async def remind(sessions: async_sessionmaker[Session], now: datetime) -> int:
    async with sessions() as session:
        return await reminders.remind_due(session, now)


async def test_each_reminder_is_told_once_however_often_and_by_however_many_it_is_looked_for(
    sessions: async_sessionmaker[Session], stored: Stored, told: Told
) -> None:
    one = await stored(NOON + timedelta(days=1))
    await remind(sessions, NOON - timedelta(minutes=1))
    assert await told(one.id) == []
    await asyncio.gather(*(remind(sessions, NOON) for _ in range(4)))
    await remind(sessions, NOON + HOUR)
    assert await told(one.id) == ["FIRST"]
    await asyncio.gather(*(remind(sessions, NOON + 22 * HOUR) for _ in range(4)))
    assert await told(one.id) == ["FIRST", "SECOND"]


async def test_what_was_due_while_nobody_looked_is_told_after_the_quiet_hours(
    sessions: async_sessionmaker[Session], stored: Stored, told: Told
) -> None:
    one = await stored(local(2026, 11, 25, 11))
    assert await remind(sessions, local(2026, 11, 24, 22)) == 0
    assert await remind(sessions, local(2026, 11, 25, 7, 59)) == 0
    await remind(sessions, local(2026, 11, 25, 8))
    assert await told(one.id) == ["FIRST"]


async def test_who_books_after_a_reminder_was_due_is_not_reminded_of_what_they_have_just_done(
    sessions: async_sessionmaker[Session], stored: Stored, told: Told
) -> None:
    one = await stored(NOON + 23 * HOUR, created_at=NOON)
    await remind(sessions, NOON)
    assert await told(one.id) == []
    await remind(sessions, NOON + 21 * HOUR)
    assert await told(one.id) == ["SECOND"]


@pytest.mark.parametrize("state", [State.HELD, State.CANCELLED_BY_CITIZEN, State.CANCELLED_BY_OFFICE])
async def test_only_who_has_an_appointment_is_reminded(
    sessions: async_sessionmaker[Session], stored: Stored, told: Told, state: State
) -> None:
    special = {"held_until": NOON + timedelta(days=2)} if state is State.HELD else {}
    one = await stored(NOON + timedelta(days=1), state=state, **special)
    await remind(sessions, NOON)
    assert await told(one.id) == []


async def test_who_is_moved_to_another_hour_is_reminded_of_that(
    sessions: async_sessionmaker[Session], stored: Stored, told: Told, looking: asyncpg.Connection
) -> None:
    one = await stored(NOON + timedelta(days=1))
    await remind(sessions, NOON)
    await looking.execute(
        'UPDATE "passport-booking".appointments SET starts_at = $2, ends_at = $3 WHERE id = $1',
        one.id,
        NOON + timedelta(days=3),
        NOON + timedelta(days=3, minutes=10),
    )
    await remind(sessions, NOON + timedelta(days=2))
    assert await told(one.id) == ["FIRST", "FIRST"]


async def test_more_appointments_than_fit_into_one_transaction_are_all_reminded_of(
    sessions: async_sessionmaker[Session],
    stored: Stored,
    told: Told,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reminders, "_AT_ONCE", 2)
    later = NOON + timedelta(days=4)
    made = [await stored(later + timedelta(minutes=number)) for number in range(5)]
    await remind(sessions, later - 24 * HOUR + timedelta(minutes=4))
    assert [await told(one.id) for one in made] == [["FIRST"]] * 5
