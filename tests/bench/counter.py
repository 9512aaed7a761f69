"""An office of its own with a day of places, beside those of the demo."""

import secrets
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import asyncpg

from hub_cli import hub, roles
from hub_cli.place import Place
from hub_core import clock

TYPE = "PE"
SLOT = timedelta(minutes=10)
AHEAD = timedelta(days=30)


async def an_office(place: Place, places: Sequence[int], *, closed: bool = False) -> tuple[str, date]:
    """Its id, and the day, a month ahead, whose intervals from eight on have so many places each."""
    today = clock.local_date(clock.now())
    day = today + AHEAD
    office, pool = secrets.token_hex(16), secrets.token_hex(16)
    looking = await connected(place)
    async with looking.transaction():
        await looking.execute('SET LOCAL search_path TO "passport-booking"')
        await looking.execute(
            """INSERT INTO offices (id, code, institution_id, county, serves, names, valid_from, version)
               VALUES ($1, $2, gen_random_uuid(), 'CJ', '{}', '{"ro": "Banc de probă"}', $3, 1)""",
            office,
            f"BENCH-{office[:8].upper()}",
            today,
        )
        await looking.execute(
            "INSERT INTO pools (id, office_id, code, names, version) VALUES ($1, $2, 'BENCH', '{}', 1)",
            pool,
            office,
        )
        await looking.execute(
            "INSERT INTO pool_types (office_id, type, pool_id) VALUES ($1, $2, $3)", office, TYPE, pool
        )
        first = datetime(day.year, day.month, day.day, 8, tzinfo=ZoneInfo("Europe/Bucharest"))
        await looking.executemany(
            """INSERT INTO slots (pool_id, starts_at, minutes, planned, capacity, closed)
               VALUES ($1, $2, $3, $4, $4, $5)""",
            [
                (pool, (first + SLOT * order).astimezone(UTC), SLOT.seconds // 60, each, closed)
                for order, each in enumerate(places)
            ],
        )
    await looking.close()
    return office, day


async def open_day(place: Place, office: str, at: datetime) -> None:
    """Let the closed places of an office be booked from this moment on."""
    looking = await connected(place)
    await looking.execute(
        """UPDATE "passport-booking".slots SET closed = false, opens_at = $2
           WHERE pool_id IN (SELECT id FROM "passport-booking".pools WHERE office_id = $1)""",
        office,
        at,
    )
    await looking.close()


async def connected(place: Place) -> asyncpg.Connection:
    """A connection to the hub's database that may everything."""
    postgres, _ = hub.servers(place)
    return await asyncpg.connect(postgres.dsn(roles.DATABASE))
