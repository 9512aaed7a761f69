"""Offices: loaded once, found by county, type and distance; their slots are made ahead."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import asyncpg
import httpx2
import pytest
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_core import clock, ids
from hub_core.county import BY_CODE
from hub_events.session import Session
from hub_testing.databases import ServiceDatabase
from svc_passport_booking.domain.offices import Point
from svc_passport_booking.domain.openings import Kind, Opening, State
from svc_passport_booking.operations import offices, schedules
from svc_passport_booking.reference import offices as reference
from svc_passport_booking.reference.types import types
from svc_passport_booking.schemas.offices import BookingOfficeView
from svc_passport_booking.storage import openings
from svc_passport_booking.tables.slots import SLOTS

from .build import KEY, NOON
from .offices import an_office

OFFICES = "/passport-booking/v1/offices"


@pytest.fixture(scope="module", autouse=True)
async def loaded(sessions: async_sessionmaker[Session]) -> None:
    async with sessions() as session:
        await offices.load(session, reference.offices(), {})  # no hours: no slots


def test_every_county_has_an_office_for_every_kind_of_passport_and_for_vehicles() -> None:
    for code in ("PE", "PT", "CRDS_E", "CRDS_T", "DRIVING_LICENCE", "VEHICLE_REGISTRATION"):
        serving = {
            county
            for office in reference.offices()
            for county in office.serves
            if any(code in pool.types for pool in office.pools)
        }
        assert serving == BY_CODE.keys()


def test_everything_that_can_be_booked_is_served_somewhere_and_nothing_else() -> None:
    served = {code for office in reference.offices() for pool in office.pools for code in pool.types}
    assert served == types().keys()


async def test_loading_again_changes_nothing(sessions: async_sessionmaker[Session]) -> None:
    async with sessions() as session:
        assert await offices.load(session, reference.offices(), reference.weeks()) == 0


async def test_the_offices_of_a_county_for_a_type(client: httpx2.AsyncClient) -> None:
    known = {office.code for office in reference.offices()}  # other tests have offices there, too
    found = (await client.get(OFFICES, params={"county": "IF", "type": "PE"})).json()["items"]
    assert [each["code"] for each in found if each["code"] in known] == [
        "SPCP-B-PARKLAKE",
        "SPCP-B-PLAZA-ROMANIA",
        "SPCP-IF-1",
    ]
    assert all(each["distance_km"] is None for each in found)


async def test_all_offices_are_listed_page_by_page(client: httpx2.AsyncClient) -> None:
    codes: list[str] = []
    cursor = None
    while True:
        asked = {"type": "DRIVING_LICENCE", "limit": "20"} | ({"cursor": cursor} if cursor else {})
        page = (await client.get(OFFICES, params=asked)).json()
        codes += [each["code"] for each in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    own = [code for code in codes if code.startswith("SPCRPCIV-")]
    assert own == [f"SPCRPCIV-{county}-1" for county in sorted(BY_CODE)]
    assert len(codes) == len(set(codes))


def test_every_office_of_the_first_day_can_be_shown() -> None:
    shown = [BookingOfficeView.of(office).code for office in reference.offices()]
    assert shown == [office.code for office in reference.offices()]


async def test_the_nearest_offices_come_first(client: httpx2.AsyncClient) -> None:
    turda = {"latitude": "46.567", "longitude": "23.785", "type": "PE", "limit": "3"}
    found = (await client.get(OFFICES, params=turda)).json()
    assert [each["code"] for each in found["items"]] == ["SPCP-CJ-1", "SPCP-AB-1", "SPCP-MS-1"]
    assert found["items"][0]["distance_km"] == pytest.approx(25.8, abs=1)
    assert found["next_cursor"] is None


def test_the_distance_between_two_cities_is_that_of_the_map() -> None:
    assert Point(44.427, 26.103).km_to(Point(46.771, 23.624)) == pytest.approx(324, abs=2)


async def test_half_a_point_is_refused(client: httpx2.AsyncClient) -> None:
    answer = await client.get(OFFICES, params={"latitude": "46.567"})
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (422, "point-incomplete")


async def test_one_office_and_none(client: httpx2.AsyncClient) -> None:
    known = next(each for each in reference.offices() if each.code == "SPCP-B-PARKLAKE")
    shown = (await client.get(f"{OFFICES}/{known.id}")).json()
    assert [pool["types"] for pool in shown["pools"]] == [["CRDS_E", "CRDS_T", "PE", "PT"]]
    assert (await client.get(f"{OFFICES}/{ids.new_id()}")).status_code == 404


async def slots_of(schema: ServiceDatabase, pool_id: UUID) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(schema.app_dsn.replace("+asyncpg", ""))
    try:
        return await connection.fetch(
            f'SELECT * FROM "{schema.schema}".slots WHERE pool_id = $1 ORDER BY starts_at', pool_id
        )
    finally:
        await connection.close()


async def test_slots_are_made_up_to_a_day_once_and_then_what_is_missing(
    sessions: async_sessionmaker[Session], schema: ServiceDatabase
) -> None:
    office, week = an_office(closes="09:00")
    [pool] = office.pools
    async with sessions() as session:
        await offices.load(session, [office], {pool.id: week})
        await schedules.generate(session, date(2026, 12, 13), NOON)
        first = await slots_of(schema, pool.id)
        assert await schedules.generate(session, date(2026, 12, 13), NOON) == 0
        await schedules.generate(session, date(2027, 1, 4), NOON)
    second = await slots_of(schema, pool.id)
    assert second[: len(first)] == first
    assert [clock.local_date(made[-1]["starts_at"]) for made in (first, second)] == [
        date(2026, 12, 11),
        date(2027, 1, 4),
    ]
    assert {(slot["planned"], slot["capacity"], slot["taken"], slot["minutes"]) for slot in second} == {
        (4, 4, 0, 10)
    }


async def test_no_slots_are_made_on_legal_holidays(
    sessions: async_sessionmaker[Session], schema: ServiceDatabase
) -> None:
    office, week = an_office(closes="08:40", weekdays=range(1, 8))
    [pool] = office.pools
    day = date(2027, 4, 27)
    async with sessions() as session:
        await offices.load(session, [office], {pool.id: week})
        await schedules.generate(session, date(2027, 5, 5), NOON)
    made = {clock.local_date(slot["starts_at"]) for slot in await slots_of(schema, pool.id)}
    around = [day + timedelta(days=number) for number in range(9)]
    # Good Friday, 1 May, Easter Sunday and Monday of 2027
    assert [each.day for each in around if each not in made] == [30, 1, 2, 3]


async def test_new_slots_of_days_whose_opening_is_announced_wait_for_it(
    sessions: async_sessionmaker[Session], schema: ServiceDatabase
) -> None:
    office, week = an_office(closes="08:40")
    [pool] = office.pools
    opens_at = datetime(2026, 11, 24, 7, 13, tzinfo=UTC)
    async with sessions() as session:
        await offices.load(session, [office], {pool.id: week})
        async with session.begin():
            opening = Opening(
                id=ids.new_id(),
                office_id=office.id,
                pool_id=pool.id,
                kind=Kind.RANDOM_MINUTE,
                state=State.ANNOUNCED,
                days_from=date(2026, 12, 8),
                days_to=date(2026, 12, 9),
                window_from=datetime(2026, 11, 24, 7, tzinfo=UTC),
                window_to=datetime(2026, 11, 24, 8, tzinfo=UTC),
                opens_at=opens_at,
                seed=b"seed",
                commitment=b"commitment",
                announced_at=NOON,
                announced_by=ids.new_id(),
            )
            await openings.add(session, KEY, opening)
        await schedules.generate(session, date(2026, 12, 10), NOON)
    told = {
        clock.local_date(slot["starts_at"]).day: slot["opens_at"] for slot in await slots_of(schema, pool.id)
    }
    assert {day: told[day] for day in (7, 8, 9, 10)} == {7: None, 8: opens_at, 9: opens_at, 10: None}


async def test_a_day_that_is_no_holiday_any_more_gets_its_slots(
    sessions: async_sessionmaker[Session], schema: ServiceDatabase
) -> None:
    office, week = an_office(closes="08:40")
    [pool] = office.pools
    after = datetime(2032, 5, 4, tzinfo=UTC)
    async with sessions() as session:
        await offices.load(session, [office], {pool.id: week})
        async with session.begin():  # made when the 4th was to be closed and the 5th was a holiday
            fixed = {"pool_id": pool.id, "minutes": 10, "planned": 4, "capacity": 4}
            await session.execute(
                insert(SLOTS).values(
                    [
                        fixed | {"starts_at": datetime(2032, 5, day, 5, 30, tzinfo=UTC), "closed": day == 4}
                        for day in (4, 6)
                    ]
                )
            )
        assert await schedules.follow_holidays(session, after) >= 2
        assert await schedules.follow_holidays(session, after) == 0
    free = [slot["starts_at"].day for slot in await slots_of(schema, pool.id) if slot["is_free"]]
    assert free == [4, 5, 6]


async def test_a_day_that_becomes_a_holiday_after_its_slots_were_made_is_closed(
    sessions: async_sessionmaker[Session], schema: ServiceDatabase
) -> None:
    office, week = an_office(closes="08:40")
    [pool] = office.pools
    after = datetime(2031, 4, 30, tzinfo=UTC)
    async with sessions() as session:
        await offices.load(session, [office], {pool.id: week})
        async with session.begin():  # made when 1 May was a day like any other
            await session.execute(
                insert(SLOTS).values(
                    [
                        {"pool_id": pool.id, "starts_at": start, "minutes": 10, "planned": 4, "capacity": 4}
                        for start in (
                            datetime(2031, 4, 30, 6, tzinfo=UTC),
                            datetime(2031, 5, 1, 6, tzinfo=UTC),
                        )
                    ]
                )
            )
        assert await schedules.follow_holidays(session, after) >= 1
        assert await schedules.follow_holidays(session, after) == 0
    closed = {
        slot["starts_at"].day: (slot["closed"], slot["is_free"]) for slot in await slots_of(schema, pool.id)
    }
    assert closed == {30: (False, True), 1: (True, False)}
