"""Appointments booked per second, with everything on, beside pgbench with the same rows in one statement.

One process of svc-passport-booking with PostgreSQL and NATS of its own, everything durable. Each booking
comes over HTTP with an internal token and an Idempotency-Key of its own, for a person of its own; stored
are the place, the appointment, its person (encrypted), its step, the event in the outbox and the answer
to the key. pgbench stores rows of the same sizes, with random keys, one booking a statement, which is the
fastest it can do. Both in turns, over 10,000 slots and then everybody on one; at the end the service at
half of what it can do, at a constant rate (open loop: a wait counts from the moment it was due).

    .venv/bin/python tests/bench/bench_booking.py --rounds 3 --seconds 5 --clients 64
"""

import argparse
import asyncio
import base64
import random
import re
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import alone
import asyncpg
from figures import percentile, say, spent_by

from hub_core import cnp, ids
from hub_core.principal import Assurance
from hub_testing import rules
from hub_testing.databases import ServiceDatabase
from hub_testing.identity import FakeIdentity
from svc_passport_booking.manifest import MANIFEST

RULES: Final = Path(__file__).parents[2] / "svc-catalog/contract/rules.json"
SLOTS: Final = 10_000
PLACES: Final = 32_000
PEOPLE: Final = 500
EACH: Final = 10
"""How many bookings one account makes: as many as it may have (rule `booking.active-per-account`)."""
PATH: Final = "/passport-booking/v1/appointments"
SPREAD: Final = "over 10,000 slots"
ONE: Final = "everybody on one slot"
BOOKED: Final = b"HTTP/1.1 201"
LENGTH: Final = re.compile(rb"content-length: (\d+)", re.IGNORECASE)
PGBENCH: Final = """
WITH s AS (
  UPDATE "passport-booking".slots SET taken = taken + 1
  WHERE id = :slot AND NOT closed AND taken < planned RETURNING id, pool_id, starts_at, minutes
), a AS (
  INSERT INTO "passport-booking".appointments (id, code_key, code, office_id, pool_id, type, state, channel,
    starts_at, ends_at, size, person_id, language, created_at, confirmed_at, version)
  SELECT {uuid}, sha256({uuid}::text::bytea), decode(repeat('ab', 36), 'hex'), pool_id, pool_id, 'PE',
    'CONFIRMED', 'ONLINE', starts_at, starts_at + make_interval(mins => minutes), 1, {uuid}, 'ro', now(),
    now(), 1 FROM s RETURNING id
), p AS (
  INSERT INTO "passport-booking".persons (appointment_id, number, family, person_key, tail_key, sealed)
  SELECT id, 0, 'ELECTRONIC_PASSPORT', sha256(id::text::bytea), sha256('tail'),
    decode(repeat('ab', 68), 'hex') FROM a
), h AS (
  INSERT INTO "passport-booking".places (appointment_id, slot_id, places) SELECT a.id, s.id, 1 FROM a, s
), st AS (
  INSERT INTO "passport-booking".steps (appointment_id, version, state, at, actor_kind, actor_id)
  SELECT id, 1, 'CONFIRMED', now(), 'PERSON', {uuid} FROM a
), o AS (
  INSERT INTO "passport-booking".outbox (id, subject, key, body, recorded_at)
  SELECT {uuid}, 'hub.passport-booking.appointment.confirmed.v1', id::text, decode(repeat('ab', 700), 'hex'),
    now() FROM a
)
INSERT INTO "passport-booking".idempotency_keys
  (caller, key, fingerprint, claimed_at, status, headers, body)
SELECT 'person/' || CAST(:person AS text) || '/demo-portal', id::text, sha256('body'), now(), 201,
  '{{"location": "/passport-booking/v1/appointments/0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b70", "etag": "1"}}',
  decode(repeat('ab', 720), 'hex') FROM a
"""


@dataclass
class Run:
    """What one run has shown: bookings a second, waits in ms, CPU of the service in µs a booking."""

    rate: float = 0.0
    waits: list[float] = field(default_factory=list)
    cpu: float = 0.0
    failures: list[bytes] = field(default_factory=list)


def people() -> Iterator[str]:
    """Numbers of people who are made up, each once."""
    day = datetime(1950, 1, 1, tzinfo=UTC)
    while True:
        for county in range(1, 47):
            for serial in range(900, 1000):
                yield cnp.complete(f"1{day:%y%m%d}{county:02d}{serial}").number
        day += timedelta(days=1)


def tokens(identity: FakeIdentity) -> Iterator[str]:
    """Tokens of people who signed in, in turns, each a few times."""

    def one() -> str:
        return identity.token(None, {"appointments:write"}, Assurance.SUBSTANTIAL)

    waiting = deque((one(), 1 + number % EACH) for number in range(PEOPLE))
    while True:
        token, left = waiting.popleft()
        waiting.append((token, left - 1) if left > 1 else (one(), EACH))
        yield token


class Requests:
    """Bookings, ready to be sent."""

    def __init__(self, identity: FakeIdentity) -> None:
        self._people = people()
        self._tokens = tokens(identity)

    def one(self, slot: int) -> bytes:
        """A booking of somebody for a slot."""
        person = f'{{"family_name":"Popescu","given_name":"Ana","cnp":"{next(self._people)}"}}'
        body = f'{{"slot_id":{slot},"type":"PE","persons":[{person}]}}'
        token = next(self._tokens)
        return (
            f"POST {PATH} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\n"
            f"idempotency-key: {secrets.token_hex(16)}\r\ncontent-type: application/json\r\n"
            f"content-length: {len(body)}\r\n\r\n{body}"
        ).encode()


class Client:
    """A connection that sends one request at a time."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def send(self, request: bytes) -> bytes:
        """The head of the answer."""
        self._writer.write(request)
        head = await self._reader.readuntil(b"\r\n\r\n")
        found = LENGTH.search(head)
        await self._reader.readexactly(int(found[1]) if found else 0)
        return head

    def close(self) -> None:
        """Hang up."""
        self._writer.close()


@asynccontextmanager
async def connected(port: int, number: int) -> AsyncIterator[list[Client]]:
    """So many connections."""
    clients = [Client(*await asyncio.open_connection("127.0.0.1", port)) for _ in range(number)]
    yield clients
    for client in clients:
        client.close()


async def as_fast_as_it_goes(
    port: int, pid: int, wanted: Requests, slots: list[int], options: argparse.Namespace
) -> Run:
    """Each connection sends the next booking when it has heard of the one before."""
    run, end = Run(), 0.0

    async def work(client: Client) -> None:
        while time.perf_counter() < end:
            request = wanted.one(random.choice(slots))
            began = time.perf_counter()
            head = await client.send(request)
            run.waits.append((time.perf_counter() - began) * 1000)
            if not head.startswith(BOOKED):
                run.failures.append(head)

    async with connected(port, options.clients) as clients:
        before, began = spent_by(pid), time.perf_counter()
        end = began + options.seconds
        await asyncio.gather(*map(work, clients))
        took = time.perf_counter() - began
        run.cpu = (spent_by(pid) - before) * 1e6 / len(run.waits)
    run.rate = len(run.waits) / took
    return run


async def at_a_rate(
    port: int, wanted: Requests, slots: list[int], rate: float, options: argparse.Namespace
) -> Run:
    """A booking when it is due, however long those before take."""
    run = Run(rate)
    requests = [wanted.one(random.choice(slots)) for _ in range(int(rate * options.seconds))]
    async with connected(port, options.clients) as clients:
        free: asyncio.LifoQueue[Client] = asyncio.LifoQueue()
        for client in clients:
            free.put_nowait(client)

        async def book(request: bytes, due: float) -> None:
            client = await free.get()
            head = await client.send(request)
            run.waits.append((time.perf_counter() - due) * 1000)
            free.put_nowait(client)
            if not head.startswith(BOOKED):
                run.failures.append(head)

        began = time.perf_counter()
        async with asyncio.TaskGroup() as tasks:
            for number, request in enumerate(requests):
                due = began + number / rate
                if (pause := due - time.perf_counter()) > 0:
                    await asyncio.sleep(pause)
                tasks.create_task(book(request, due))
    return run


def pgbench(dsn: str, slots: list[int], uuid: str, options: argparse.Namespace) -> Run:
    """What PostgreSQL does by itself."""
    program = next(Path(sys.prefix).rglob("pginstall/bin/pgbench"))
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script, tempfile.TemporaryDirectory() as logs:
        script.write(f"\\set slot random({slots[0]}, {slots[-1]})\n\\set person random(1, {PEOPLE})\n")
        script.write(" ".join(PGBENCH.format(uuid=uuid).split()) + ";\n")
        script.flush()
        arguments = ["--no-vacuum", "--protocol=prepared", "--jobs=2", f"--client={options.pg_clients}"]
        arguments += [f"--time={options.seconds}", "--log", f"--log-prefix={logs}/log", "--file", script.name]
        said = subprocess.run([program, *arguments, dsn], capture_output=True, text=True, check=True).stdout
        lines = [line for log in Path(logs).iterdir() for line in log.read_text().splitlines()]
        waits = [int(line.split()[2]) / 1000 for line in lines]
    found = re.search(r"tps = ([\d.]+)", said)
    return Run(float(found[1]) if found else 0.0, waits)


async def fill(dsn: str) -> list[int]:
    """An office with its slots, from tomorrow on; their ids, which follow one another."""
    connection = await asyncpg.connect(dsn, server_settings={"search_path": '"passport-booking"'})
    office, pool = ids.new_id(), ids.new_id()
    await connection.execute(
        """INSERT INTO offices (id, code, institution_id, county, serves, names, valid_from, version)
        VALUES ($1, 'bench', $1, 'CJ', '{CJ}', '{"ro": "Cluj"}', '2026-01-01', 1)""",
        office,
    )
    await connection.execute(
        """INSERT INTO pools (id, office_id, code, names, version) VALUES ($1, $2, 'A', '{}', 1)""",
        pool,
        office,
    )
    await connection.execute("INSERT INTO pool_types VALUES ($1, 'PE', $2)", office, pool)
    rows = await connection.fetch(
        """INSERT INTO slots (pool_id, starts_at, minutes, planned, capacity)
        SELECT $1, date_trunc('hour', now()) + interval '1 day' + n * interval '10 minutes', 10, $2, $2
        FROM generate_series(1, $3) n RETURNING id""",
        pool,
        PLACES,
        SLOTS,
    )
    await connection.close()
    return [row["id"] for row in rows]


def shown(name: str, where: str, runs: list[Run]) -> str:
    """A row of the table."""
    rates = sorted(run.rate for run in runs)
    waits = sorted(wait for run in runs for wait in run.waits)
    cpu = statistics.median(run.cpu for run in runs)
    spent = f"{cpu:,.0f}" if cpu else ""
    return (
        f"| {where} | {name} | {statistics.median(rates):,.0f} | {rates[0]:,.0f} - {rates[-1]:,.0f} "
        f"| {percentile(waits, 0.5):.1f} | {percentile(waits, 0.99):.1f} | {spent} |"
    )


def must_have_booked(run: Run) -> Run:
    """The run; it ends the program when something else was answered."""
    if run.failures:
        sys.exit(f"{len(run.failures)} were not booked: {run.failures[0][:200]!r}")
    return run


async def measure(
    port: int, pid: int, database: ServiceDatabase, wanted: Requests, options: argparse.Namespace
) -> None:
    """Both in turns, then the service at half of what it can do."""
    slots = await fill(database.superuser_dsn)
    connection = await asyncpg.connect(database.superuser_dsn)
    version = connection.get_server_version().major
    await connection.close()
    uuid = "uuidv7()" if version >= 18 else "gen_random_uuid()"
    hot = iter(reversed(slots))
    # the first ones alone: with them the service asks for the keys of tokens
    must_have_booked(await at_a_rate(port, wanted, slots, 2 / options.seconds, options))
    must_have_booked(await as_fast_as_it_goes(port, pid, wanted, slots, options))
    say(f"PostgreSQL {version}, {options.clients} connections, {options.rounds} times {options.seconds} s")
    say("| where | who | bookings/s | min - max | p50 ms | p99 ms | CPU of the service, µs |")
    say("|---|---|---|---|---|---|---|")
    for where in (SPREAD, ONE):
        ours: list[Run] = []
        theirs: list[Run] = []
        for _ in range(options.rounds):
            here = slots if where == SPREAD else [next(hot)]
            theirs.append(await asyncio.to_thread(pgbench, database.superuser_dsn, here, uuid, options))
            here = slots if where == SPREAD else [next(hot)]
            ours.append(must_have_booked(await as_fast_as_it_goes(port, pid, wanted, here, options)))
        say(shown("pgbench, one statement", where, theirs))
        say(shown("the service", where, ours))
        rate = statistics.median(run.rate for run in ours)
        ratio = rate / statistics.median(run.rate for run in theirs)
        here = slots if where == SPREAD else [next(hot)]
        half = must_have_booked(await at_a_rate(port, wanted, here, rate / 2, options))
        say(shown("the service at half of that", where, [half]))
        say(f"| {where} | ratio | {ratio:.2f} | | | | |")


async def main(options: argparse.Namespace) -> None:
    """Servers, slots, figures."""
    identity = FakeIdentity(alone.ORIGIN)
    identity.start()
    own = {"HUB_PASSPORT_BOOKING_KEY": base64.b64encode(secrets.token_bytes(32)).decode()}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with alone.prepared(MANIFEST, folder, identity_url=identity.url, **own) as database:
            await rules.load(database, RULES)
            with alone.serving(MANIFEST, folder) as (port, pid):
                await measure(port, pid, database, Requests(identity), options)
    identity.stop()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=5, help="of each run (5)")
    parser.add_argument("--clients", type=int, default=64, help="connections to the service (64)")
    parser.add_argument("--pg-clients", type=int, default=32, help="connections of pgbench (32)")
    arguments: Any = parser.parse_args()
    asyncio.run(main(arguments))
