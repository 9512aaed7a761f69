"""How the places stand as a whole."""

from datetime import timedelta

import httpx2
from sqlalchemy import delete, insert
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_core import clock
from hub_events.session import Session
from svc_passport_booking.domain.health import Health
from svc_passport_booking.domain.slots import Origin
from svc_passport_booking.operations import health
from svc_passport_booking.schemas.health import BookingStatusView
from svc_passport_booking.tables.slots import RELEASES

from .build import NOON, some_slots

Sessions = async_sessionmaker[Session]


async def read(sessions: Sessions) -> Health:
    async with sessions() as session:
        return await health.read(session, NOON)


async def test_anybody_sees_how_the_places_stand(client: httpx2.AsyncClient, sessions: Sessions) -> None:
    await some_slots(sessions, 2, first=clock.now() + timedelta(minutes=1))
    answer = await client.get("/passport-booking/v1/status")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "public, max-age=10"
    shown = BookingStatusView.model_validate_json(answer.content)
    assert 0 < shown.offices_free <= shown.offices
    assert shown.first_free_on is not None


async def test_places_of_today_are_counted_and_those_that_cannot_be_booked_are_not(
    sessions: Sessions,
) -> None:
    before = await read(sessions)
    soon = NOON + timedelta(minutes=10)
    await some_slots(sessions, 3, 2, first=soon)
    await some_slots(sessions, 5, first=NOON - timedelta(minutes=5))
    await some_slots(sessions, 5, first=soon, closed=True)
    await some_slots(sessions, 5, first=soon, opens_at=NOON + timedelta(hours=1))
    await some_slots(sessions, 5, first=NOON + timedelta(days=91))
    after = await read(sessions)
    assert after.free_today == before.free_today + 5
    assert (after.offices, after.offices_free) == (before.offices + 5, before.offices_free + 1)
    assert after.first_free_at is not None
    assert after.first_free_at <= soon


async def test_what_waits_for_longest_is_told(sessions: Sessions) -> None:
    [slot] = await some_slots(sessions, 1)
    long_ago = NOON - timedelta(days=300)
    release = {"slot_id": slot.id, "places": 1, "due_at": long_ago, "origin": Origin.HOLD.value}
    async with sessions() as session, session.begin():
        await session.execute(insert(RELEASES).values(release))
    try:
        assert (await read(sessions)).release_due_at == long_ago
    finally:
        async with sessions() as session, session.begin():
            await session.execute(delete(RELEASES).where(RELEASES.c.slot_id == slot.id))
