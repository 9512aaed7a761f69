"""Free places asked for at the service, with 10,000 appointments and with a million.

It starts a PostgreSQL and a NATS of its own (PostgreSQL as durable as in production) and loads the offices
of all counties with their hours. PostgreSQL itself fills two years of slots, up to a week past the last day
that can be booked, and the appointments: 10,000 in the days to come, and the rest in the past. So a question
is answered with the same places, however many appointments there are. At last nine in ten of the places to
come are taken, as when everybody looks for one. One process of the service is asked, as the supervisor runs
it, without the gateway:

    .venv/bin/python tests/bench/bench_availability.py --appointments 10000 1000000 --seconds 5 --rate 50

- closed loop: eight clients, each asks again when it has its answer;
- open loop: requests at a constant rate, waits counted from the moment each should have been sent.

"service" and "PostgreSQL" are milliseconds of CPU time for each request. Service, PostgreSQL and load
generator share the machine. With `--explain` the plan of each statement is shown too.
"""

import argparse
import asyncio
import itertools
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

import alone
import asyncpg
from bench_catalog import Client, Place, closed, opened, shown
from figures import say

from hub_core import clock
from hub_core.county import BY_CODE
from hub_service.database import Database
from hub_service.settings import ServiceSettings
from hub_testing import rules
from svc_passport_booking.domain.availability import Days
from svc_passport_booking.manifest import MANIFEST
from svc_passport_booking.operations import offices
from svc_passport_booking.reference import offices as reference
from svc_passport_booking.storage import availability as storage

ROOT: Final = Path(__file__).parents[2]
TODAY: Final = clock.local_date(clock.now())
WINDOW: Final = 90
TO_COME: Final = 10_000
POINTS: Final = ((46.77, 23.59), (44.43, 26.10), (47.16, 27.58), (45.75, 21.23), (44.18, 28.63))

SLOTS: Final = """
INSERT INTO slots (pool_id, starts_at, minutes, planned, capacity)
SELECT s.pool_id, begins AT TIME ZONE 'Europe/Bucharest', s.slot_minutes, s.counters, s.counters
FROM schedules s,
     generate_series($1::date, $2::date, interval '1 day') AS day,
     generate_series(day + s.opens, day + s.closes - s.slot_minutes * interval '1 minute',
                     s.slot_minutes * interval '1 minute') AS begins
WHERE extract(isodow FROM day) = s.weekday
ORDER BY begins
"""
APPOINTMENTS: Final = """
WITH chosen AS MATERIALIZED (
    SELECT uuidv7() AS id, s.id AS slot_id, s.pool_id, p.office_id, s.starts_at, s.minutes,
           row_number() OVER () + $5 AS number
    FROM slots s JOIN pools p ON p.id = s.pool_id, generate_series(1, s.planned - s.taken) AS place
    WHERE s.starts_at >= $1 AND s.starts_at < $2 AND hashint8(s.id * 31 + place) & 1023 < $3
    LIMIT $4
), of_type AS (
    SELECT pool_id, min(type) AS type FROM pool_types GROUP BY pool_id
), booked AS (
    INSERT INTO appointments (id, code_key, code, office_id, pool_id, type, state, channel, starts_at,
                              ends_at, size, language, created_at, version)
    SELECT id, sha256(int8send(number)), sha256(int8send(number)), office_id, pool_id, type,
           CASE WHEN starts_at < now() THEN 'SERVED' ELSE 'CONFIRMED' END, 'ONLINE', starts_at,
           starts_at + minutes * interval '1 minute', 1, 'ro', now(), 2
    FROM chosen JOIN of_type USING (pool_id)
), come AS (
    INSERT INTO persons (appointment_id, number, family, person_key, tail_key, sealed, is_active, state)
    SELECT id, 0, 'ELECTRONIC_PASSPORT', sha256(int8send(-number)), sha256(int8send(number % 10000)),
           sha256(int8send(number)), starts_at >= now(), 'EXPECTED'
    FROM chosen
), stepped AS (
    INSERT INTO steps (appointment_id, version, state, at, actor_kind)
    SELECT id, version, CASE version WHEN 1 THEN 'HELD' ELSE 'CONFIRMED' END, now(), 'GUEST'
    FROM chosen, generate_series(1, 2) AS version
), placed AS (
    INSERT INTO places (appointment_id, slot_id, places) SELECT id, slot_id, 1 FROM chosen
), counted AS (
    SELECT slot_id, count(*) AS places FROM chosen GROUP BY slot_id
)
UPDATE slots SET taken = taken + counted.places FROM counted WHERE slots.id = counted.slot_id
"""


def asked(path: str = "", **questions: list[object]) -> Callable[[], str]:
    """Questions in turn: each name with its values."""
    turns = {name: itertools.cycle(values) for name, values in questions.items()}
    return lambda: (
        f"/passport-booking/v1/availability{path}?"
        + urlencode({name: next(values) for name, values in turns.items()})
    )


def operations() -> dict[str, Callable[[], str]]:
    """What is asked, by name."""
    counties, types = sorted(BY_CODE), ["PE", "DRIVING_LICENCE", "VEHICLE_REGISTRATION"]
    week, month = (TODAY + timedelta(days=days) for days in (6, 30))
    somewhere = {"latitude": [place[0] for place in POINTS], "longitude": [place[1] for place in POINTS]}
    return {
        "a county, a week": asked(type=types, county=counties, last=[week]),
        "a county, 31 days": asked(type=types, county=counties, last=[month]),
        "a county, 31 days, 4 persons": asked(type=types, county=counties, last=[month], persons=[4]),
        "București, 31 days": asked(type=["PE"], county=["B"], last=[month]),
        "a county, every day of the window": asked(type=types, county=counties),
        "the same, 6 persons": asked(type=types, county=counties, persons=[6]),
        "nearest in counties": asked("/nearest", type=types, county=counties),
        "nearest within 100 km, 6 persons": asked("/nearest", type=types, km=[100], persons=[6], **somewhere),
    }


async def measure(place: Place, options: argparse.Namespace, data: str) -> None:
    """Every operation, closed and open."""
    for name, paths in operations().items():
        if options.only and name not in options.only:
            continue
        client = Client(place.port)
        await client.open()
        size = max([await client.ask(paths()) for _ in range(5)])
        await closed(place, paths, 1.0)
        before = place.spent()
        waits = sorted(await closed(place, paths, options.seconds))
        service, postgres = (
            (now - was) / len(waits) * 1000 for now, was in zip(place.spent(), before, strict=True)
        )
        fast = f"{len(waits) / options.seconds:.0f} | {shown(waits)}"
        at_rate = sorted(await opened(place, paths, options.seconds, options.rate))
        cells = [data, name, f"{size / 1000:.1f}", fast, f"{service:.2f}", f"{postgres:.2f}", shown(at_rate)]
        say(f"| {' | '.join(cells)} |")


async def explain(looking: asyncpg.Connection) -> None:
    """The plans of the statements, with what they read."""
    days = Days.bookable(clock.now(), WINDOW)
    each = [Days(day, day) for day in days.each]
    given = {
        "now": clock.now(),
        "today": TODAY,
        "type": "PE",
        "counties": ["B"],
        "rows": 5,
        "persons": 4,
        "after": days.begins_at,
        "before": days.ends_at,
        "days": days.each,
        "begins": [max(clock.now(), one.begins_at) for one in each],
        "ends": [one.ends_at for one in each],
    }
    statements = {
        "hours": storage._hours(by_county=True),
        "days": storage._days(by_county=True, several=False),
        "days, 4 persons": storage._days(by_county=True, several=True),
        "first, 4 persons": storage._first(by_county=True, several=True),
    }
    for name, statement in statements.items():
        plan = await looking.fetch(f"EXPLAIN (ANALYZE, BUFFERS) {statement.text}", *statement.given(given))
        say(f"\n{name}:\n" + "\n".join(line[0] for line in plan))


async def fill(looking: asyncpg.Connection, appointments: int, known: int) -> None:
    """So many appointments in all: at first those to come, then past ones."""
    midnight = Days(TODAY, TODAY).begins_at
    if known == 0:
        last = Days.bookable(clock.now(), WINDOW).ends_at
        await looking.execute(APPOINTMENTS, midnight, last, 24, TO_COME, 0)
        known = TO_COME
    first = midnight - timedelta(days=800)
    await looking.execute(APPOINTMENTS, first, midnight, 1024, appointments - known, known)
    await looking.execute("VACUUM ANALYZE")


async def rush(looking: asyncpg.Connection) -> None:
    """Nine in ten of the places to come are taken."""
    await looking.execute(
        "UPDATE slots SET taken = (SELECT count(*) FROM generate_series(1, planned) AS place"
        " WHERE hashint8(id * 37 + place) & 1023 < 922) WHERE starts_at > now()"
    )
    await looking.execute("VACUUM ANALYZE slots")


async def main(options: argparse.Namespace) -> None:
    """Servers, data, figures."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with alone.prepared(MANIFEST, folder) as made:
            await rules.load(made, ROOT / "svc-catalog/contract/rules.json")
            database = Database(ServiceSettings())
            async with database.sessions() as session:
                await offices.load(session, reference.offices(), reference.weeks())
            await database.close()
            looking = await asyncpg.connect(
                made.superuser_dsn,
                server_settings={"search_path": f'"{made.schema}"', "synchronous_commit": "off"},
            )
            began = time.perf_counter()
            last = TODAY + timedelta(days=WINDOW + 7)
            await looking.execute(SLOTS, last - timedelta(days=730), last)
            say("| data | question | kB | requests/s | p50 ms | p99 ms | service | PostgreSQL | p50 | p99 |")
            say("|---|---|---|---|---|---|---|---|---|---|")
            for appointments in sorted(options.appointments):
                await fill(looking, appointments, await looking.fetchval("SELECT count(*) FROM appointments"))
                await ask(looking, folder, options, f"{appointments:,}")
            await rush(looking)
            await ask(looking, folder, options, f"{appointments:,}, rush")
            if options.explain:
                await explain(looking)
            counts = await looking.fetchrow(
                "SELECT count(*), count(*) FILTER (WHERE is_free), pg_size_pretty(pg_table_size('slots')),"
                " pg_size_pretty(pg_relation_size('ix_slots_free')), (SELECT count(*) FROM appointments)"
                " FROM slots"
            )
            say(
                f"\nslots: {counts[0]:,} in {counts[2]}, free: {counts[1]:,} in an index of {counts[3]}; "
                f"appointments: {counts[4]:,}; {time.perf_counter() - began:.0f} s in all"
            )
            await looking.close()


async def ask(looking: asyncpg.Connection, folder: Path, options: argparse.Namespace, data: str) -> None:
    """A process of the service, measured with the data that there are."""
    with alone.serving(MANIFEST, folder) as (port, pid):
        server = await looking.fetchval("SELECT pg_backend_pid()")
        parent = int(Path(f"/proc/{server}/stat").read_text().rpartition(")")[2].split()[1])
        await measure(Place(port, pid, parent), options, data)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--appointments", type=int, nargs="+", default=[10_000, 1_000_000])
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--rate", type=int, default=50, help="requests a second in the open loop")
    parser.add_argument("--only", nargs="*", help="only these questions")
    parser.add_argument("--explain", action="store_true", help="show the plans of the statements")
    asyncio.run(main(parser.parse_args()))
