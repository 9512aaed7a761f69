"""Figures of the counters: what is counted when, what may be told, and to whom."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import httpx2
import pytest
from sqlalchemy import update

from hub_core import ids
from hub_core.principal import Assurance, Role
from svc_passport_booking.domain.appointments import SYSTEM
from svc_passport_booking.domain.states import Channel, PersonState, State
from svc_passport_booking.domain.statistics import (
    Figure,
    Measure,
    last_whole_month,
    months,
    of_office,
)
from svc_passport_booking.operations import statistics as operations
from svc_passport_booking.storage import appointments, slots
from svc_passport_booking.tables.appointments import PERSONS
from svc_passport_booking.tables.offices import OFFICES

from .build import a_participant, an_appointment, some_slots
from .desks import DESK, MINUTE, AddDesk, Desk, slug

STATISTICS = "/passport-booking/v1/statistics"
OCTOBER = date(2026, 10, 1)
MAY = datetime(2026, 5, 4, 6, 0, tzinfo=UTC)
"""A Monday of these tests' own, long before all others."""


def figures(county: str, **amounts: int) -> list[Figure]:
    return [Figure(OCTOBER, county, name.replace("__", ":"), amount) for name, amount in amounts.items()]


def test_a_month_tells_how_full_the_counters_were_and_who_did_not_come() -> None:
    [month] = months(
        [
            *figures("CJ", BOOKED=90, PLACES=100, TAKEN=90, ATTENDED=80, MISSED=10, FIRST_PLACE__3=20),
            *figures("BH", BOOKED=50, PLACES=100, TAKEN=45, ATTENDED=40, MISSED=10, FIRST_PLACE__9=11),
        ]
    )
    assert (month.whole.bookings, month.whole.fill, month.whole.missed, month.whole.days) == (
        140,
        0.675,
        0.143,
        3,
    )
    assert [(county, part.missed, part.days) for county, part in month.by_county.items()] == [
        ("BH", 0.2, 9),
        ("CJ", 0.111, 3),
    ]


def test_a_share_does_not_tell_of_fewer_than_five_people() -> None:
    [month] = months(
        [
            *figures("CJ", BOOKED=90, PLACES=100, TAKEN=90, ATTENDED=80, MISSED=10),
            *figures("BH", BOOKED=4, PLACES=100, TAKEN=4, ATTENDED=3, MISSED=1),
        ]
    )
    assert (month.whole.bookings, month.whole.missed) == (94, 0.117)
    for part in month.by_county.values():
        assert (part.bookings, part.fill, part.missed) == (None, None, None)


def test_where_half_of_the_days_had_no_place_there_is_no_median() -> None:
    [few] = months(figures("CJ", FIRST_PLACE__4=10, FIRST_PLACE__NONE=9))
    [most] = months(figures("CJ", FIRST_PLACE__4=9, FIRST_PLACE__NONE=10))
    assert (few.whole.days, most.whole.days) == (4, None)


def test_an_office_learns_its_times_and_reasons() -> None:
    told = of_office({"WAITED:2": 3, "WAITED:30": 2, "AT_DESK:9": 1, "REFUSED:OTHER": 2, "SERVED": 7})
    assert (told.waited, told.at_desk, told.refused_by_reason, told.served) == (2, 9, {"OTHER": 2}, 7)


@pytest.mark.parametrize(
    ("counted", "month"),
    [
        (date(2026, 10, 30), date(2026, 9, 1)),
        (date(2026, 10, 31), OCTOBER),
        (date(2027, 1, 1), date(2026, 12, 1)),
    ],
)
def test_a_month_is_told_once_it_is_over(counted: date, month: date) -> None:
    assert last_whole_month(counted) == month


@pytest.fixture
async def emptied(looking: asyncpg.Connection) -> AsyncIterator[None]:
    """Nothing was counted yet, nor is afterwards: here days are everybody's."""
    await looking.execute('DELETE FROM "passport-booking".daily_figures')
    yield
    await looking.execute('DELETE FROM "passport-booking".daily_figures')


async def a_visit(
    sessions: Any, key: Any, slot: Any, state: State, person: PersonState, **special: Any
) -> None:
    """An appointment that is over, stored as it ended."""
    facts: dict[str, Any] = {
        "office_id": slot.office_id,
        "pool_id": slot.pool_id,
        "starts_at": slot.starts_at,
        "ends_at": slot.ends_at,
        "created_at": MAY - timedelta(days=3),
        "confirmed_at": MAY - timedelta(days=3),
        "state": state,
    } | special
    async with sessions() as session, session.begin():
        made = an_appointment(**facts)
        await slots.take(session, {slot.id: 1})
        await appointments.add(session, key, made, [a_participant()], {slot.id: 1}, SYSTEM)
        reason = "PAYMENT_MISSING" if person is PersonState.REFUSED else None
        ended = update(PERSONS).where(PERSONS.c.appointment_id == made.id)
        await session.execute(ended.values(state=person, reason=reason, is_active=False))


async def test_days_that_are_over_are_counted_once_and_told_by_month(
    client: httpx2.AsyncClient, sessions: Any, master: Any, signed_in: Any, emptied: None
) -> None:
    kind = f"T{ids.new_id().hex[-12:].upper()}"
    [slot, free] = await some_slots(sessions, 20, 2, first=MAY, types=(kind,))
    institution = ids.new_id()
    async with sessions() as session, session.begin():
        mine = update(OFFICES).where(OFFICES.c.id == slot.office_id)
        await session.execute(mine.values(institution_id=institution))
    times = {"arrived_at": MAY, "called_at": MAY + 4 * MINUTE, "ended_at": MAY + 13 * MINUTE}
    for _ in range(8):
        await a_visit(sessions, master, slot, State.SERVED, PersonState.SERVED, **times)
    await a_visit(sessions, master, slot, State.REFUSED_AT_DESK, PersonState.REFUSED, **times)
    for _ in range(6):
        await a_visit(sessions, master, slot, State.NO_SHOW, PersonState.EXPECTED)
    await a_visit(sessions, master, slot, State.SERVED, PersonState.SERVED, channel=Channel.COUNTER)
    async with sessions() as session:
        for hour in (21, 22, 23):
            await operations.count_days(session, datetime(2026, 5, 31, hour, 30, tzinfo=UTC))
    answer = await client.get(STATISTICS, params={"type": kind, "first": "2026-05", "last": "2026-05"})
    assert answer.headers["cache-control"] == "public, max-age=3600"
    told = answer.json()
    [month] = told["months"]
    assert told["counted_until"] == "2026-05-31"
    assert (month["month"], month["bookings"], month["fill"], month["no_show_share"]) == (
        "2026-05",
        15,
        round(16 / 22, 3),
        0.4,
    )
    assert [part["county"] for part in month["by_county"]] == ["CJ"]
    office = f"/passport-booking/v1/desks/{slot.office_id}/statistics"
    staff = {"assurance": Assurance.SUBSTANTIAL, "institution": str(institution), "roles": [Role.HEAD]}
    asked = {"first": "2026-05-01", "last": "2026-05-31"}
    shown = await client.get(office, params=asked, headers=signed_in(ids.new_id(), DESK, **staff))
    assert shown.json() == {
        "first": "2026-05-01",
        "last": "2026-05-31",
        "bookings": 15,
        "attended": 9,
        "missed": 6,
        "served": 9,
        "refused_by_reason": [{"reason": "PAYMENT_MISSING", "count": 1}],
        "waited_minutes": 4,
        "at_desk_minutes": 9,
    }
    assert free.taken == 0


async def first_places(looking: asyncpg.Connection, pool: UUID) -> list[str]:
    rows = await looking.fetch(
        """SELECT measure FROM "passport-booking".daily_figures
        WHERE pool_id = $1 AND measure LIKE 'FIRST_PLACE%'""",
        pool,
    )
    return [row["measure"] for row in rows]


async def test_the_first_free_place_is_noted_as_it_is_that_night(
    sessions: Any, looking: asyncpg.Connection, emptied: None
) -> None:
    [near] = await some_slots(sessions, 1, first=MAY + timedelta(days=12))
    [full] = await some_slots(sessions, 0, first=MAY + timedelta(days=1))
    [far] = await some_slots(sessions, 1, first=MAY + timedelta(days=91))
    async with sessions() as session:
        await operations.count_days(session, MAY)
    assert await first_places(looking, near.pool_id) == [f"{Measure.FIRST_PLACE}:12"]
    assert await first_places(looking, full.pool_id) == [f"{Measure.FIRST_PLACE}:NONE"]
    assert await first_places(looking, far.pool_id) == [f"{Measure.FIRST_PLACE}:NONE"]


async def test_before_anything_is_counted_there_is_nothing_to_tell(
    client: httpx2.AsyncClient, emptied: None
) -> None:
    answer = await client.get(STATISTICS, params={"type": "PE"})
    assert answer.json() == {"counted_until": None, "months": []}
    assert (await client.get(STATISTICS)).status_code == 422


async def test_an_office_in_figures_is_for_its_own_officials(desk: Desk, add_desk: AddDesk) -> None:
    elsewhere = await add_desk()
    theirs = await desk.client.get(desk.path("/statistics"), headers=elsewhere.clerk())
    assert slug(theirs) == (404, "booking-office-not-found")
    citizen = desk.signed_in(ids.new_id(), DESK, assurance=Assurance.SUBSTANTIAL)
    refused = await desk.client.get(desk.path("/statistics"), headers=citizen)
    assert slug(refused) == (403, "role-required")
    assert (await desk.get("/statistics")).json()["served"] == 0
