"""A driver's record read, opened and added to, beside 100,000 entries and beside ten million.

It starts a PostgreSQL and a NATS of its own (PostgreSQL as durable as in production, with the memory that
`hub up` gives it), and fills the ledger of svc-traffic-history: ten entries a driver, so that ten million
are those of a million drivers (tests/bench/drivers.py). One process of the service is asked, as the
supervisor runs it, without the gateway, about drivers by chance out of all:

    .venv/bin/python tests/bench/bench_ledger.py --entries 100000
    .venv/bin/python tests/bench/bench_ledger.py --entries 10000000

- record: the driver reads points, each group's expiry, forecast, the right to drive (`GET /record`);
- lines: and the reports with amounts and terms (`GET /record/lines`);
- open: an officer reads both with names, which leaves a line in the driver's access log;
- add: an officer records a report: report, entry, events and the answer to the Idempotency-Key;
- find: an officer looks for a driver by number, and the police register (this program) is asked;
- waiting: an officer lists fifty suspensions that are to be communicated.

Each is asked at a constant rate (open loop: a wait counts from the moment it was due), then by eight clients
of which each asks again when it has its answer. Before the first the files of the database are put out of
the memory of the machine: "cold" is what is asked then, of drivers of whom nothing is in memory.

Else the police register is not asked: its word is fresh. svc-identity, which tells an officer's own number,
is this program, too. At the end PostgreSQL says which tables were read from one end to the other. "service"
and "PostgreSQL" are milliseconds of CPU time for each. All share the machine. What is printed is Markdown,
for docs/benchmarks/ledger.md.
"""

import argparse
import asyncio
import base64
import json
import os
import platform
import random
import secrets
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, Final, TypeAlias
from uuid import UUID

import aiohttp
import alone
import asyncpg
import drivers
from figures import of_a_loop, percentile, say, spent_by

from hub_core import clock
from hub_core.principal import Assurance, Role
from hub_testing import rules
from hub_testing.databases import ServiceDatabase
from hub_testing.identity import FakeIdentity
from hub_testing.listener import Answer, Asked, Listener
from svc_traffic_history.manifest import MANIFEST

BASE: Final = "/traffic-history/v1"
CLIENTS: Final = 8
ASKED: Final = 50_000
"""Of so many drivers, taken by chance, one after the other is asked."""
STATISTICS_SECONDS: Final = 2.0
"""After this long a process that is idle has told what it read."""
PURPOSE: Final = {"purpose": 'CASE_HANDLING;file="41/2026"'}


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any = None


Making: TypeAlias = Callable[[], Request]


@dataclass
class Service:
    """The service that is asked, and of whom."""

    http: aiohttp.ClientSession
    identity: FakeIdentity
    asked: list[tuple[UUID, UUID]]
    people: int
    pid: int
    postgres: int
    known: dict[tuple[UUID, int], dict[str, str]] = field(default_factory=dict)
    numbers: Any = field(default_factory=lambda: count(1))
    turn: int = 0

    def record(self) -> Request:
        """Somebody's own record."""
        return self._own("/record")

    def lines(self) -> Request:
        """The reports in it."""
        return self._own("/record/lines")

    def open(self) -> Request:
        """An officer opens one."""
        driver_id, _ = self._next()
        return Request("GET", f"/drivers/{driver_id}", self._officer())

    def add(self) -> Request:
        """An officer records a report."""
        driver_id, _ = self._next()
        found_on = clock.local_date(clock.now()) - timedelta(days=2)
        offence = {"offence": "speed-21", "committed_on": found_on.isoformat(), "fine_points": 4}
        report = {
            "series": "BENCH",
            "number": str(next(self.numbers)),
            "found_at": f"{found_on.isoformat()}T09:00:00Z",
            "county": "CV",
            "place": "DN12, km 20",
            "offences": [offence],
        }
        headers = self._officer() | {"idempotency-key": secrets.token_hex(16)}
        return Request("POST", f"/drivers/{driver_id}/proces-verbale", headers, report)

    async def send(self, made: Request) -> None:
        """Return when it is answered with success, to the last byte."""
        async with self.http.request(
            made.method, BASE + made.path, json=made.body, headers=made.headers
        ) as answer:
            said = await answer.read()
            if not answer.ok:
                raise RuntimeError(f"{made.method} {made.path}: {said!r}")

    def find(self) -> Request:
        """An officer looks for a driver."""
        self.turn += 1
        sought = {"cnp": drivers.personal_number(random.randrange(self.people))}
        return Request("POST", "/drivers/find", self._officer(), sought)

    def waiting(self) -> Request:
        """An officer lists what is to be communicated."""
        self.turn += 1
        return Request("GET", "/suspensions", self._officer())

    def spent(self) -> tuple[float, float]:
        """Seconds of CPU of the service and of PostgreSQL."""
        return spent_by(self.pid), spent_by(self.postgres, with_children=True)

    def _next(self) -> tuple[UUID, UUID]:
        self.turn += 1
        return self.asked[self.turn % len(self.asked)]

    def _own(self, path: str) -> Request:
        _, person_id = self._next()
        headers = self.identity.headers(person_id, {"traffic-history:read"}, Assurance.SUBSTANTIAL)
        return Request("GET", path, headers)

    def _officer(self) -> dict[str, str]:
        """One of forty; a token is used for a minute, as the gateway uses it."""
        person_id, minute = drivers.officer(self.turn), int(time.monotonic() / 60)
        if (person_id, minute) not in self.known:
            held = {"roles": [Role.TRAFFIC_OFFICER], "institution": str(drivers.UNIT)}
            scope = {"traffic-history:record"}
            token = self.identity.headers(person_id, scope, Assurance.SUBSTANTIAL, **held)
            self.known[person_id, minute] = token | PURPOSE
        return self.known[person_id, minute]


async def closed(service: Service, seconds: float, make: Making) -> list[float]:
    """Eight clients, each asks again when it has its answer: the waits."""
    ends, waits = time.perf_counter() + seconds, []

    async def client() -> None:
        while time.perf_counter() < ends:
            request = make()
            began = time.perf_counter()
            await service.send(request)
            waits.append((time.perf_counter() - began) * 1000)

    await asyncio.gather(*(client() for _ in range(CLIENTS)))
    return waits


async def at_a_rate(service: Service, rate: float, seconds: float, make: Making) -> list[float]:
    """Each when it is due, however long those before take: the waits, from when each was due."""
    waits: list[float] = []

    async def ask(request: Request, due: float) -> None:
        await service.send(request)
        waits.append((time.perf_counter() - due) * 1000)

    requests = [make() for _ in range(int(rate * seconds))]
    began = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for number, request in enumerate(requests):
            due = began + number / rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            group.create_task(ask(request, due))
    return waits


def cells(waits: list[float]) -> list[str]:
    """p50, p95 and p99."""
    return [f"{percentile(sorted(waits), share):.1f}" for share in (0.5, 0.95, 0.99)]


async def measure(service: Service, options: argparse.Namespace, data: str, folder: Path) -> None:
    """Each at a rate, then as often as eight clients can."""
    say(
        f"| entries | what | at {options.rate:g}/s: p50 ms | p95 ms | p99 ms "
        "| per second | p50 ms | p95 ms | p99 ms | service | PostgreSQL |"
    )
    say("|---|---|---|---|---|---|---|---|---|---|---|")
    await closed(service, 1.0, service.record)
    put_out(folder / "postgres/data")
    cold = await at_a_rate(service, options.rate, options.seconds, service.record)
    say(f"| {data} | record, cold | {' | '.join(cells(cold))} | | | | | | |")
    for name in ("record", "lines", "open", "add", "find", "waiting"):
        make: Making = getattr(service, name)
        await closed(service, 1.0, make)
        due = await at_a_rate(service, options.rate, options.seconds, make)
        before, began = service.spent(), time.perf_counter()
        waits = await closed(service, options.seconds, make)
        took = time.perf_counter() - began
        cpu = [(now - was) / len(waits) * 1000 for now, was in zip(service.spent(), before, strict=True)]
        row = [data, name, *cells(due), f"{len(waits) / took:.1f}", *cells(waits)]
        say(f"| {' | '.join([*row, *(f'{each:.2f}' for each in cpu)])} |")


def put_out(folder: Path) -> None:
    """Have the machine forget what it holds of these files."""
    for file in folder.rglob("*"):
        if file.is_file():
            opened = os.open(file, os.O_RDONLY)
            os.posix_fadvise(opened, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(opened)


async def machine(looking: asyncpg.Connection) -> str:
    """What the figures were measured with: command, machine, versions."""
    server = await looking.fetchval("SHOW server_version")
    buffers = await looking.fetchval("SHOW shared_buffers")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"```sh\n.venv/bin/python tests/bench/bench_ledger.py {' '.join(sys.argv[1:])}\n```\n\n"
        f"{datetime.now(UTC):%d %B %Y, %H:%M} UTC; {os.cpu_count()} cores, {memory:.0f} GB; "
        f"Python {platform.python_version()}, PostgreSQL {server} with {buffers} of buffers; a loop of a "
        f"million additions takes {of_a_loop():.0f} ms, the load before was {os.getloadavg()[0]:.1f}."
    )


async def ask(
    made: ServiceDatabase,
    looking: asyncpg.Connection,
    identity: FakeIdentity,
    folder: Path,
    options: argparse.Namespace,
    wanted: int,
) -> None:
    """A process of the service, measured with so many entries."""
    rows = await looking.fetch(
        "SELECT id, person_id FROM drivers ORDER BY random() LIMIT $1", ASKED, timeout=600
    )
    with alone.serving(MANIFEST, folder) as (port, pid):
        server = await looking.fetchval("SELECT pg_backend_pid()")
        parent = int(Path(f"/proc/{server}/stat").read_text().rpartition(")")[2].split()[1])
        async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as http:
            people = wanted // drivers.ENTRIES
            service = Service(http, identity, [tuple(row) for row in rows], people, pid, parent)
            before = await scanned(looking)
            await measure(service, options, f"{wanted:,}", folder)
            await asyncio.sleep(STATISTICS_SECONDS)
            whole = await scanned(looking) - before
    say(f"\nRead from one end to the other: {', '.join(sorted(whole)) or 'no table of drivers or ledger'}.")


async def scanned(looking: asyncpg.Connection) -> Counter[str]:
    """How often each of the filled tables was read whole, by whomever."""
    rows = await looking.fetch(
        "SELECT relname, seq_scan FROM pg_stat_user_tables WHERE schemaname = current_schema()"
        " AND relname = ANY($1)",
        drivers.FILLED,
    )
    return Counter({row["relname"]: row["seq_scan"] for row in rows})


def tell(asked: Asked) -> Answer:
    """What the police register answers of anybody: nothing new."""
    licence = {
        "number": "C00000001X",
        "categories": ["B"],
        "held_since": "2012-05-01",
        "valid_to": "2032-05-01",
    }
    told = {"family_name": "Popescu", "given_name": "Ana Maria", "licence": licence}
    return Answer(json.dumps({"driver": json.loads(asked.body) | told}).encode(), "application/json")


async def main(options: argparse.Namespace) -> None:
    """Servers, data, figures."""
    key = secrets.token_bytes(32)
    identity = FakeIdentity(alone.ORIGIN)
    identity.start()
    for number in range(drivers.OFFICERS):
        identity.answer(f"/internal/v1/people/{drivers.officer(number)}/identity", {"cnp": None})
    register = Listener(tell)
    register.start()
    own = {
        "HUB_TRAFFIC_HISTORY_KEY": base64.b64encode(key).decode(),
        "HUB_TRAFFIC_HISTORY_REGISTER_URL": f"{register.url}/drivers",
    }
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with alone.prepared(MANIFEST, folder, identity_url=identity.url, **own) as made:
            await rules.load(made, drivers.RULES)
            looking = await drivers.connected(made)
            say(await machine(looking))
            for wanted in sorted(options.entries):
                began = time.perf_counter()
                await drivers.fill(made, looking, key, wanted)
                filled = time.perf_counter() - began
                size = await looking.fetchval("SELECT pg_size_pretty(pg_database_size(current_database()))")
                kinds = await looking.fetch("SELECT kind, count(*) FROM entries GROUP BY 1 ORDER BY 2 DESC")
                mix = ", ".join(f"{row['kind']} {row['count']:,}" for row in kinds)
                say(f"\n{wanted:,} entries: {size}, filled in {filled:.0f} s ({mix}).\n")
                await ask(made, looking, identity, folder, options, wanted)
            await looking.close()
    register.stop()
    identity.stop()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--entries", type=int, nargs="+", default=[100_000, 10_000_000])
    parser.add_argument("--seconds", type=float, default=10.0, help="of each measurement (10)")
    parser.add_argument("--rate", type=float, default=50.0, help="requests a second, open loop (50)")
    asyncio.run(main(parser.parse_args()))
