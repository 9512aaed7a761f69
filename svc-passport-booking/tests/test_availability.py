"""What is free, from the index that bookings keep."""

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import httpx2
import orjson
import pytest
from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_core import clock, ids
from hub_events.session import Session
from svc_passport_booking.domain.availability import (
    Circle,
    FirstPlace,
    OfficeDays,
    OfficeHours,
)
from svc_passport_booking.domain.offices import Point
from svc_passport_booking.operations import availability
from svc_passport_booking.operations.availability import Availability, Near, Wanted
from svc_passport_booking.routes import availability as routes
from svc_passport_booking.schemas import availability as views
from svc_passport_booking.schemas.availability import AvailabilityView, NearestPlacesView
from svc_passport_booking.storage import availability as storage
from svc_passport_booking.storage import slots
from svc_passport_booking.tables.offices import OFFICES, POOL_TYPES, POOLS
from svc_passport_booking.tables.slots import SLOTS

from .build import NOON

AVAILABILITY = "/passport-booking/v1/availability"
NEAREST = f"{AVAILABILITY}/nearest"
TODAY = date(2026, 11, 23)
LAST_DAY = date(2027, 2, 21)
Sessions = async_sessionmaker[Session]
Slot = tuple[datetime, int]


async def an_office(
    sessions: Sessions,
    *free: Slot,
    county: str = "CJ",
    serves: Sequence[str] = (),
    place: Point | None = None,
    types: Sequence[str] = ("PE",),
    **special: Any,
) -> UUID:
    """An office with a slot of ten minutes for each start, with that many places."""
    office, pool = ids.new_id(), ids.new_id()
    facts: dict[str, Any] = {"county": county, "serves": [county, *serves], "institution_id": ids.new_id()}
    facts |= {"names": {"ro": "Pașapoarte", "en": "Passports"}, "valid_from": TODAY, "version": 1}
    if place:
        facts |= {"latitude": place.latitude, "longitude": place.longitude}
    async with sessions() as session, session.begin():
        await session.execute(insert(OFFICES).values(id=office, code=f"OFFICE-{office}".upper(), **facts))
        await session.execute(
            insert(POOLS).values(id=pool, office_id=office, code="A", names={"ro": "A"}, version=1)
        )
        served = [{"office_id": office, "type": each, "pool_id": pool} for each in types]
        await session.execute(insert(POOL_TYPES), served)
        for starts_at, places in free:
            slot: dict[str, Any] = {"pool_id": pool, "starts_at": starts_at, "minutes": 10}
            slot |= {"planned": places, "capacity": places} | special
            await session.execute(insert(SLOTS).values(slot))
    return office


async def find(sessions: Sessions, where: UUID | str, now: datetime = NOON, **asked: Any) -> Availability:
    async with sessions() as session:
        wanted = Wanted(**{"type": "PE", "persons": 1, "where": where} | asked)
        return await availability.find(session, wanted, now)


async def hours(sessions: Sessions, office: UUID, **asked: Any) -> list[tuple[str, str]]:
    """The free hours of an office today and tomorrow (unless asked otherwise), as local day and time."""
    given = {"first": TODAY, "last": TODAY + timedelta(days=1)} | asked
    shown = orjson.loads(views.availability(await find(sessions, office, **given)))
    return [
        (day["day"], hour["at"]) for item in shown["items"] for day in item["days"] for hour in day["hours"]
    ]


async def free_days(sessions: Sessions, office: UUID, **asked: Any) -> list[date]:
    """The free days of an office in the whole window."""
    [item] = (await find(sessions, office, **asked)).offices
    assert isinstance(item, OfficeDays)
    return [*item.days]


def at(hour: int, minute: int = 0, day: date = TODAY) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=clock.BUCHAREST)


async def test_anybody_sees_what_is_free_at_an_office_without_signing_in(
    client: httpx2.AsyncClient, sessions: Sessions
) -> None:
    tomorrow = clock.local_date(clock.now()) + timedelta(days=1)
    office = await an_office(sessions, (at(9, 30, tomorrow), 3), (at(9, 40, tomorrow), 1))
    asked = {"type": "PE", "office_id": str(office), "first": str(tomorrow), "last": str(tomorrow)}
    answer = await client.get(AVAILABILITY, params=asked)
    assert answer.status_code == 200
    assert AvailabilityView.model_validate_json(answer.content)
    shown = answer.json()
    assert shown["bookable_until"] == str(tomorrow + timedelta(days=89))
    [item] = shown["items"]
    assert (item["office_id"], item["county"], item["name"]["hu"]) == (str(office), "CJ", None)
    [day] = item["days"]
    assert day["day"] == str(tomorrow)
    assert [(hour["at"], hour["places"]) for hour in day["hours"]] == [("09:30", 3), ("09:40", 1)]


async def test_an_answer_is_asked_for_again_and_told_only_when_it_has_changed(
    client: httpx2.AsyncClient, sessions: Sessions
) -> None:
    tomorrow = clock.local_date(clock.now()) + timedelta(days=1)
    office = await an_office(sessions, (at(9, 30, tomorrow), 3))
    asked = {"type": "PE", "office_id": str(office), "last": str(tomorrow)}
    answer = await client.get(AVAILABILITY, params=asked)
    assert answer.headers["cache-control"] == "public, no-cache"
    held = {"if-none-match": answer.headers["etag"]}
    assert (await client.get(AVAILABILITY, params=asked, headers=held)).status_code == 304
    [hour] = answer.json()["items"][0]["days"][0]["hours"]
    async with sessions() as session, session.begin():
        await slots.take(session, {hour["slot_id"]: 1})
    assert (await client.get(AVAILABILITY, params=asked, headers=held)).status_code == 200


async def test_what_was_asked_in_the_same_words_before_is_answered_anew_without_being_read_again(
    client: httpx2.AsyncClient, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    tomorrow = clock.local_date(clock.now()) + timedelta(days=1)
    office = await an_office(sessions, (at(9, 30, tomorrow), 3))
    path = f"{AVAILABILITY}?type=PE&office_id={office}&first={tomorrow}&last={tomorrow}"
    first = await client.get(path)
    monkeypatch.setattr(routes, "Wanted", None)
    again = await client.get(path)
    assert (again.status_code, again.content) == (200, first.content)
    assert {**again.headers}.keys() == {**first.headers}.keys()
    unchanged = await client.get(path, headers={"if-none-match": first.headers["etag"]})
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    [hour] = first.json()["items"][0]["days"][0]["hours"]
    async with sessions() as session, session.begin():
        await slots.take(session, {hour["slot_id"]: 1})
    changed = await client.get(path, headers={"if-none-match": first.headers["etag"]})
    assert changed.status_code == 200
    assert changed.json()["items"][0]["days"][0]["hours"][0]["places"] == 2
    assert (await client.get(f"{path}&unknown=1")).status_code == 422


async def test_nothing_is_offered_that_would_be_refused(sessions: Sessions) -> None:
    begun = await an_office(sessions, (NOON - timedelta(minutes=1), 1), (NOON, 1))
    closed = await an_office(sessions, (at(16), 1), closed=True)
    unopened = await an_office(sessions, (at(16), 1), opens_at=NOON + timedelta(seconds=1))
    full = await an_office(sessions, (at(16), 3), taken=3)
    shrunk = await an_office(sessions, (at(16), 2), capacity=4, taken=3)
    another = await an_office(sessions, (at(16), 1), types=("DRIVING_LICENCE",))
    for office in (begun, closed, unopened, full, shrunk, another):
        assert await hours(sessions, office) == []
        assert not any([*(await find(sessions, office)).offices][:1] and await free_days_of(sessions, office))


async def free_days_of(sessions: Sessions, office: UUID) -> list[date]:
    return [
        day
        for each in (await find(sessions, office)).offices
        if isinstance(each, OfficeDays)
        for day in each.days
    ]


async def test_a_day_is_offered_from_the_moment_it_is_opened(sessions: Sessions) -> None:
    office = await an_office(sessions, (at(16), 1), opens_at=NOON)
    assert await hours(sessions, office) == [("2026-11-23", "16:00")]
    assert await hours(sessions, office, now=NOON - timedelta(microseconds=1)) == []


async def test_the_last_day_of_the_window_is_offered_from_midnight_on(sessions: Sessions) -> None:
    office = await an_office(sessions, (at(8, 30, LAST_DAY), 1), (at(8, 30, LAST_DAY + timedelta(days=1)), 1))
    midnight = datetime(2026, 11, 23, 22, tzinfo=UTC)
    asked = {"first": LAST_DAY, "last": LAST_DAY + timedelta(days=1)}
    before, after = midnight - timedelta(seconds=1), midnight
    assert await hours(sessions, office, now=before, **asked) == [("2027-02-21", "08:30")]
    assert await hours(sessions, office, now=after, **asked) == [
        ("2027-02-21", "08:30"),
        ("2027-02-22", "08:30"),
    ]
    assert await free_days(sessions, office, now=before) == [LAST_DAY]
    assert await free_days(sessions, office, now=after) == [LAST_DAY, LAST_DAY + timedelta(days=1)]


async def test_a_place_at_midnight_is_of_the_day_that_begins(sessions: Sessions) -> None:
    tomorrow = TODAY + timedelta(days=1)
    office = await an_office(sessions, (at(0, 0, tomorrow), 1))
    assert await hours(sessions, office) == [(str(tomorrow), "00:00")]
    assert await hours(sessions, office, last=TODAY) == []
    assert await free_days(sessions, office) == [tomorrow]


async def test_hours_are_local_in_winter_in_summer_and_on_the_day_between(sessions: Sessions) -> None:
    march = date(2027, 3, 26)
    starts = {
        datetime(2027, 3, 26, 6, 30, tzinfo=UTC): ("2027-03-26", "08:30"),
        datetime(2027, 3, 28, 0, 30, tzinfo=UTC): ("2027-03-28", "02:30"),
        datetime(2027, 3, 28, 1, 0, tzinfo=UTC): ("2027-03-28", "04:00"),
        datetime(2027, 3, 28, 20, 50, tzinfo=UTC): ("2027-03-28", "23:50"),
        datetime(2027, 3, 29, 5, 30, tzinfo=UTC): ("2027-03-29", "08:30"),
    }
    office = await an_office(sessions, *((start, 1) for start in starts))
    now = at(12, 0, march - timedelta(days=1))
    shown = await hours(sessions, office, now=now, first=march, last=march + timedelta(days=3))
    assert shown == [*starts.values()]


async def test_a_family_is_offered_intervals_that_follow_one_another(sessions: Sessions) -> None:
    free = [(at(15, 0), 1), (at(15, 10), 2), (at(15, 20), 1), (at(15, 40), 1), (at(15, 50), 3)]
    office = await an_office(sessions, *free)
    starts = {
        persons: [when for _, when in await hours(sessions, office, persons=persons)]
        for persons in (1, 2, 3, 4, 5)
    }
    assert starts[1] == ["15:00", "15:10", "15:20", "15:40", "15:50"]
    assert starts[2] == ["15:00", "15:10", "15:40", "15:50"]
    assert starts[3] == ["15:00", "15:10", "15:40", "15:50"]
    assert starts[4] == ["15:00", "15:40"]
    assert starts[5] == []


@pytest.mark.parametrize("seed", range(8))
async def test_days_alone_and_first_places_agree_with_the_hours(sessions: Sessions, seed: int) -> None:
    drawn = random.Random(seed)
    free, county = [], ("AR", "BR", "CS", "GJ", "DJ", "MH", "OT", "VL")[seed]
    for day in range(1, 20):
        begins = at(9, 0, TODAY + timedelta(days=day))
        for _ in range(drawn.randint(0, 8)):
            begins += timedelta(minutes=drawn.choice([10, 10, 10, 20]))
            free.append((begins, drawn.randint(0, 2)))
    office = await an_office(sessions, *free, county=county)
    for persons in range(1, 7):
        found = await find(sessions, office, first=TODAY, last=TODAY + timedelta(days=30), persons=persons)
        [whole] = found.offices
        assert isinstance(whole, OfficeHours)
        starts = [datetime.fromtimestamp(start, UTC) for start in whole.free.starts]
        assert await free_days(sessions, office, persons=persons) == sorted(
            {clock.local_date(start) for start in starts}
        )
        async with sessions() as session:
            days = found.bookable
            around = await storage.first_in_counties(session, [county], "PE", persons, days, NOON, 5)
        assert [each.starts_at for each in around] == starts[:1]


async def test_a_county_is_answered_by_every_office_that_serves_it(sessions: Sessions) -> None:
    own = await an_office(sessions, (at(16), 1), county="IF")
    other = await an_office(sessions, (at(16), 1), county="B", serves=["IF"])
    found = await find(sessions, "IF", first=TODAY, last=TODAY)
    assert {own, other} <= {each.office.id for each in found.offices}
    assert own not in {
        each.office.id for each in (await find(sessions, "B", first=TODAY, last=TODAY)).offices
    }


async def test_who_finds_nothing_is_told_of_the_first_places_next_to_it(sessions: Sessions) -> None:
    nothing = await an_office(sessions, county="SV")
    late = await an_office(sessions, (at(16), 2), (at(16, 10), 2), county="BT")
    early = await an_office(sessions, (at(15), 1), county="NT")
    await an_office(sessions, (at(14, 30), 1), county="TM")
    for asked in ({"first": TODAY, "last": TODAY}, {}):
        for where in (nothing, "SV"):
            found = await find(sessions, where, **asked)
            assert [each.office.id for each in found.nearest] == [early, late]
            family = await find(sessions, where, persons=3, **asked)
            assert [(each.office.id, each.places) for each in family.nearest] == [(late, 2)]
    assert (await find(sessions, "BT", first=TODAY, last=TODAY)).nearest == ()


async def near(sessions: Sessions, where: str | Circle, **asked: Any) -> list[FirstPlace]:
    async with sessions() as session:
        wanted = Near(**{"type": "CRDS_T", "persons": 1, "where": where} | asked)
        return await availability.find_nearest(session, wanted, NOON)


async def test_around_a_point_the_nearest_is_first(sessions: Sessions) -> None:
    facts: dict[str, Any] = {"types": ["CRDS_T"], "county": "CJ"}
    turda = await an_office(sessions, (at(15), 1), place=Point(46.57, 23.79), **facts)
    cluj = await an_office(sessions, (at(16), 1), place=Point(46.77, 23.59), **facts)
    await an_office(sessions, (at(15), 1), place=Point(47.05, 21.92), **facts)
    await an_office(sessions, (at(15), 1), **facts)
    found = await near(sessions, Circle(Point(46.77, 23.60), 50))
    assert [each.office.id for each in found] == [cluj, turda]
    assert [round(each.distance_km or 0) for each in found] == [1, 27]
    assert [each.office.id for each in await near(sessions, Circle(Point(46.77, 23.60), 25))] == [cluj]
    assert len(await near(sessions, Circle(Point(46.77, 23.60), 1_000))) == 3
    assert len(await near(sessions, Circle(Point(46.77, 23.60), 1_000), limit=2)) == 2


async def test_of_equal_hours_those_of_the_asked_county_are_first(sessions: Sessions) -> None:
    beyond = [await an_office(sessions, (at(16), 1), types=["CRDS_T"], county="MS") for _ in range(2)]
    own = [await an_office(sessions, (at(16), 1), types=["CRDS_T"], county="HR") for _ in range(2)]
    earlier = await an_office(sessions, (at(15), 1), types=["CRDS_T"], county="MS")
    found = [each.office.id for each in await near(sessions, "HR")]
    assert found[0] == earlier
    assert set(found[1:3]) == set(own)
    assert set(found[3:]) == set(beyond)


async def test_places_are_looked_for_until_a_day(sessions: Sessions) -> None:
    tomorrow = TODAY + timedelta(days=1)
    office = await an_office(sessions, (at(9, 0, tomorrow), 1), types=["CRDS_T"], county="TL")
    assert [each.office.id for each in await near(sessions, "GL", last=tomorrow)] == [office]
    assert await near(sessions, "GL", last=TODAY) == []


async def test_the_nearest_places_are_public_too(client: httpx2.AsyncClient, sessions: Sessions) -> None:
    tomorrow = clock.local_date(clock.now()) + timedelta(days=1)
    office = await an_office(
        sessions, (at(9, 30, tomorrow), 2), types=["IDENTITY_CARD"], place=Point(45.86, 25.79)
    )
    asked = {"type": "IDENTITY_CARD", "latitude": "45.8612", "longitude": "25.7890"}
    answer = await client.get(NEAREST, params=asked)
    assert answer.status_code == 200
    assert NearestPlacesView.model_validate_json(answer.content)
    [item] = answer.json()["items"]
    assert (item["office_id"], item["at"], item["distance_km"]) == (str(office), "09:30", 0.0)


@pytest.mark.parametrize(
    ("path", "asked", "pointer", "code"),
    [
        (AVAILABILITY, {"county": "CJ"}, "query/type", "missing"),
        (AVAILABILITY, {"type": "PX", "county": "CJ"}, "query/type", "unknown"),
        (AVAILABILITY, {"type": "PE", "county": "ZZ"}, "query/county", "unknown"),
        (AVAILABILITY, {"type": "PE"}, "query/office_id", "one-of"),
        (
            AVAILABILITY,
            {"type": "PE", "county": "CJ", "office_id": str(ids.new_id())},
            "query/office_id",
            "one-of",
        ),
        (AVAILABILITY, {"type": "PE", "county": "CJ", "persons": "7"}, "query/persons", "too-many"),
        (
            AVAILABILITY,
            {"type": "PE", "county": "CJ", "first": "2026-12-02", "last": "2026-12-01"},
            "query/last",
            "order",
        ),
        (NEAREST, {"type": "PE"}, "query/latitude", "one-of"),
        (
            NEAREST,
            {"type": "PE", "county": "CJ", "latitude": "46", "longitude": "23"},
            "query/latitude",
            "one-of",
        ),
    ],
)
async def test_what_cannot_be_asked_is_said(
    client: httpx2.AsyncClient, path: str, asked: dict[str, str], pointer: str, code: str
) -> None:
    answer = await client.get(path, params=asked)
    assert answer.status_code == 422
    assert [(each["pointer"], each["code"]) for each in answer.json()["errors"]] == [(pointer, code)]


async def test_an_office_that_does_not_exist_is_not_found(client: httpx2.AsyncClient) -> None:
    answer = await client.get(AVAILABILITY, params={"type": "PE", "office_id": str(ids.new_id())})
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (404, "booking-office-not-found")


async def test_an_office_that_has_closed_for_good_offers_nothing(sessions: Sessions) -> None:
    office = await an_office(sessions, (at(16), 1))
    async with sessions() as session, session.begin():
        closed = update(OFFICES).where(OFFICES.c.id == office)
        await session.execute(closed.values(valid_to=TODAY - timedelta(days=1)))
    assert await hours(sessions, office) == []
    async with sessions() as session, session.begin():
        await session.execute(closed.values(valid_to=TODAY))
    assert await hours(sessions, office) == [("2026-11-23", "16:00")]


async def test_a_range_outside_the_window_is_empty_and_says_what_can_be_booked(sessions: Sessions) -> None:
    office = await an_office(sessions, (at(16), 1))
    for first in (date(2026, 11, 1), date(2028, 1, 1)):
        found = await find(sessions, office, first=first, last=first)
        assert [each.free.ids for each in found.offices if isinstance(each, OfficeHours)] == [()]
        assert (found.bookable.first, found.bookable.last, found.nearest) == (TODAY, LAST_DAY, ())


async def test_free_places_are_read_from_the_index_of_free_slots(
    sessions: Sessions, looking: asyncpg.Connection
) -> None:
    tomorrow = TODAY + timedelta(days=1)
    taken = [(at(8, 0, tomorrow) + timedelta(minutes=10 * number), 1) for number in range(2_000)]
    office = await an_office(sessions, *taken, taken=1)
    # In a table of tests, small and full of others' slots, reading it all can be the cheapest.
    await looking.execute('SET search_path TO "passport-booking"; ANALYZE slots')
    await looking.execute("SET enable_seqscan = off; SET enable_bitmapscan = off")
    asked = {
        "now": NOON,
        "type": "PE",
        "today": TODAY,
        "office": office,
        "counties": ["CJ"],
        "county": "CJ",
        "after": NOON,
        "before": at(0, 0, LAST_DAY),
        "days": [tomorrow],
        "begins": [at(0, 0, tomorrow)],
        "ends": [at(0, 0, tomorrow + timedelta(days=1))],
        "persons": 2,
        "rows": 5,
    }
    for statement in (
        storage._hours(by_county=False),
        storage._days(by_county=False, several=False),
        storage._days(by_county=True, several=True),
        storage._first(by_county=True, several=True),
    ):
        plan = await looking.fetch(f"EXPLAIN {statement.text}", *statement.given(asked))
        lines = [row[0] for row in plan if "Scan" in row[0] and "slots" in row[0]]
        assert any("ix_slots_free" in line for line in lines), lines
        assert all("using ix_slots_free" in line or "using uq_slots_start" in line for line in lines), lines
