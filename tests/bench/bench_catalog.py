"""Searching and reading the catalog at the service, with few entries and with many.

It starts a PostgreSQL and a NATS of its own (PostgreSQL as durable as in production), migrates and seeds
the catalog, and adds entries made of the sentences, keywords and titles of the real ones, each for a
locality, until there are as many as are wanted. One process of the service is asked, as the supervisor
runs it, without the gateway:

    .venv/bin/python tests/bench/bench_catalog.py --entries 200 5000 --seconds 5

- closed loop: eight clients, each asks again when it has its answer;
- open loop: requests at a constant rate, waits counted from the moment each should have been sent.

"service" and "PostgreSQL" are milliseconds of CPU time for each request. Service, PostgreSQL and load
generator share the machine.
"""

import argparse
import asyncio
import itertools
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from urllib.parse import quote

import asyncpg

from hub_cli import ports
from hub_cli.broker import OPERATOR, NatsBox
from hub_cli.postgres import PostgresBox
from hub_events import connection, topology
from hub_service.database import Database
from hub_service.settings import ServiceSettings
from hub_testing import databases
from svc_catalog.domain.services import Service, service_id
from svc_catalog.domain.text import Keywords, Texts
from svc_catalog.manifest import MANIFEST
from svc_catalog.reference import services, siruta
from svc_catalog.seed import seed
from svc_catalog.storage import services as storage

CLIENTS: Final = 8
NOW: Final = datetime(2026, 11, 22, tzinfo=UTC)
TICKS: Final = os.sysconf("SC_CLK_TCK")
QUESTIONS: Final = [
    "cazier",
    "cazier judiciar",
    "pasaport",
    "programare pasaport",
    "buletin",
    "carte de identitate",
    "permis",
    "permis de conducere",
    "inmatriculare auto",
    "talon",
    "petitie",
    "reclamatie",
    "legea 544",
    "audienta",
    "sugestie",
    "puncte de penalizare",
    "amenzi",
    "sofer agresiv",
    "certificat de domiciliu",
    "aviz PUZ",
    "erkölcsi",
    "útlevél",
    "panasz",
    "személyi igazolvány",
    "jogosítvány",
    "criminal record",
    "passport appointment",
    "driving licence",
    "complaint",
    "identity card",
    "pasaport cluj",
    "permis brasov",
    "cazier iasi",
    "certificat",
    "cerere",
]
MISTYPED: Final = [
    "pasprot",
    "cazeir judiciar",
    "permis de conducre",
    "inmatricuare",
    "petitei",
    "certifcat cazier",
    "pasoport",
    "passport appoitment",
    "driving licnce",
    "buletni",
    "reclamtie",
    "programre pasaport",
]
BEGUN: Final = [
    "ca",
    "caz",
    "cazi",
    "pa",
    "pas",
    "pasa",
    "pasap",
    "pe",
    "pet",
    "peti",
    "bul",
    "bule",
    "per",
    "perm",
    "inm",
    "inma",
    "utl",
    "utle",
]


def made(count: int) -> Iterator[Service]:
    """So many more entries: each takes its facts from a real one, and its words from all of them."""
    drawn = random.Random(count)
    real = services.services()
    places = sorted({place.name for place in siruta.places(siruta.content())})
    sentences = {
        language: [
            sentence
            for each in real
            for sentence in (getattr(each.description, language) or "").replace("\n", " ").split(". ")
            if sentence
        ]
        for language in ("ro", "hu", "en")
    }
    for number in range(count):
        base, place = real[number % len(real)], drawn.choice(places)
        code = f"{base.code[:50]}-{number}"
        said = {
            language: ". ".join(drawn.sample(texts, min(8, len(texts))))
            for language, texts in sentences.items()
        }
        other = drawn.choice(real).keywords
        yield replace(
            base,
            id=service_id(code),
            code=code,
            title=Texts(*(f"{text} {place}" for text in (base.title.ro, base.title.en, base.title.hu))),
            description=Texts(**said),
            keywords=Keywords(
                *(
                    (f"{place} {number}", *words, *drawn.sample(more, min(2, len(more))))
                    for words, more in zip(
                        (base.keywords.ro, base.keywords.hu, base.keywords.en),
                        (other.ro, other.hu, other.en),
                        strict=True,
                    )
                )
            ),
        )


class Client:
    """One connection that asks and waits."""

    def __init__(self, port: int) -> None:
        self._port = port

    async def open(self) -> None:
        """Connect."""
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)

    async def ask(self, path: str) -> int:
        """The length of the answer's body; anything but 200 ends the program."""
        self._writer.write(f"GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n".encode())
        head = (await self._reader.readuntil(b"\r\n\r\n")).lower()
        length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
        body = await self._reader.readexactly(length)
        if not head.startswith(b"http/1.1 200"):
            sys.exit(f"{path} was refused: {body[:300]!r}")
        return length


@dataclass(frozen=True, slots=True)
class Place:
    """What is measured, and the processes whose CPU time is counted."""

    port: int
    service: int
    postgres: int

    def spent(self) -> tuple[float, float]:
        """Seconds of CPU so far: of the service, and of PostgreSQL with all that it has started."""
        children = Path(f"/proc/{self.postgres}/task/{self.postgres}/children").read_text().split()
        return cpu(self.service), sum(map(cpu, (self.postgres, *map(int, children))))


def cpu(pid: int) -> float:
    """CPU time of a process in seconds; of one that has just ended, none."""
    with suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS
    return 0.0


async def closed(place: Place, paths: Callable[[], str], seconds: float) -> list[float]:
    """Milliseconds of each request, as fast as it goes."""
    waits: list[float] = []
    ends = time.perf_counter() + seconds

    async def go_on() -> None:
        client = Client(place.port)
        await client.open()
        while (began := time.perf_counter()) < ends:
            await client.ask(paths())
            waits.append((time.perf_counter() - began) * 1000)

    await asyncio.gather(*(go_on() for _ in range(CLIENTS)))
    return waits


async def opened(place: Place, paths: Callable[[], str], seconds: float, rate: int) -> list[float]:
    """Milliseconds of each request at a constant rate, from when it should have been sent."""
    waits: list[float] = []
    idle: asyncio.Queue[Client] = asyncio.Queue()
    for _ in range(CLIENTS * 4):
        client = Client(place.port)
        await client.open()
        idle.put_nowait(client)

    async def one(due: float) -> None:
        client = await idle.get()
        await client.ask(paths())
        waits.append((time.perf_counter() - due) * 1000)
        idle.put_nowait(client)

    began = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for number in range(int(rate * seconds)):
            due = began + number / rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            group.create_task(one(due))
    return waits


def asked(questions: list[str], limit: int = 20) -> Callable[[], str]:
    """Searches for these, in turn."""
    turn = itertools.cycle(questions)
    return lambda: f"/catalog/v1/services?limit={limit}&q={quote(next(turn))}"


async def measure(place: Place, options: argparse.Namespace, entries: int) -> None:
    """Every operation, closed and open."""
    codes = [each.code for each in services.services()]
    codes += [each.code for each in made(entries - len(codes))]
    some = itertools.cycle(random.Random(1).sample(codes, min(len(codes), 500)))
    begun = itertools.cycle(BEGUN)
    operations = {
        "search": asked(QUESTIONS),
        "search, mistyped": asked(MISTYPED),
        "suggestions": lambda: f"/catalog/v1/suggestions?q={next(begun)}",
        "list, first page": lambda: "/catalog/v1/services?limit=20",
        "read an entry": lambda: f"/catalog/v1/services/{next(some)}",
    }
    for name in options.only or operations:
        paths = operations[name]
        await closed(place, paths, 1.0)
        before = place.spent()
        waits = sorted(await closed(place, paths, options.seconds))
        service, postgres = (
            (now - was) / len(waits) * 1000 for now, was in zip(place.spent(), before, strict=True)
        )
        fast = f"{len(waits) / options.seconds:.0f} | {waits[len(waits) // 2]:.1f} | {percentile(waits):.1f}"
        at_rate = sorted(await opened(place, paths, options.seconds, options.rate))
        slow = f"{at_rate[len(at_rate) // 2]:.1f} | {percentile(at_rate):.1f}"
        say(f"| {entries} | {name} | {fast} | {service:.2f} | {postgres:.2f} | {slow} |")


def percentile(ordered: list[float]) -> float:
    """The 99th."""
    return ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]


def say(line: str) -> None:
    """To standard output, at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


@contextmanager
def serving(settings: dict[str, str], folder: Path) -> Iterator[tuple[int, int]]:
    """One process of the service: its port and its id."""
    port = ports.free()
    serve = "import sys; from hub_cli.worker import serve; serve(sys.argv[1], int(sys.argv[2]))"
    with (folder / "service.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-c", serve, MANIFEST.factory, str(port)],
            env=os.environ | settings,
            stdout=log,
            stderr=log,
        )
    try:
        for _ in range(300):
            if ports.is_taken(port):
                break
            time.sleep(0.1)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait()


async def fill(settings: ServiceSettings, wanted: list[Service]) -> None:
    """Store entries as published ones, past their life."""
    database = Database(settings)
    try:
        for part in range(0, len(wanted), 200):
            async with database.sessions() as session, session.begin():
                await storage.put(session, wanted[part : part + 200], NOW)
    finally:
        await database.close()


async def main(options: argparse.Namespace) -> None:
    """Servers, data, figures."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        postgres, broker = PostgresBox(folder / "postgres"), NatsBox(folder / "nats")
        postgres.start()
        broker.start()
        try:
            made_here = await databases.create(postgres, MANIFEST)
            nats = await connection.connect(broker.url, broker.seed(OPERATOR), OPERATOR)
            await topology.ensure(nats.jetstream(), [MANIFEST])
            await nats.close()
            given = {
                "HUB_DATABASE_DSN": made_here.app_dsn,
                "HUB_NATS_URL": broker.url,
                "HUB_NATS_SEED": broker.seed(OPERATOR),
                "HUB_PUBLIC_ORIGIN": "http://localhost:8080",
                "HUB_IDENTITY_URL": "http://127.0.0.1:1",
                "HUB_SERVICE_SECRET": "a-secret-of-the-benchmark",
                "HUB_LOG_LEVEL": "INFO",
            }
            os.environ |= given
            settings = ServiceSettings()
            await seed(settings)
            say("| entries | operation | requests/s | p50 ms | p99 ms | service | PostgreSQL | p50 | p99 |")
            say("|---|---|---|---|---|---|---|---|---|")
            looking = await asyncpg.connect(made_here.superuser_dsn)
            for entries in sorted(options.entries):
                known = await looking.fetchval("SELECT count(*) FROM catalog.services")
                missing = list(made(entries - len(services.services())))[known - len(services.services()) :]
                await fill(settings, missing)
                await looking.execute("VACUUM ANALYZE")
                with serving(given, folder) as (port, pid):
                    server = await looking.fetchval("SELECT pg_backend_pid()")
                    parent = int(Path(f"/proc/{server}/stat").read_text().rpartition(")")[2].split()[1])
                    await measure(Place(port, pid, parent), options, entries)
            words = await looking.fetchrow(
                "SELECT count(DISTINCT word), pg_size_pretty(pg_total_relation_size('catalog.vocabulary')),"
                " pg_size_pretty(pg_total_relation_size('catalog.services')) FROM catalog.vocabulary"
            )
            say(f"\nvocabulary: {words[0]} words, {words[1]}; services: {words[2]}")
            await looking.close()
        finally:
            broker.stop()
            postgres.stop()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--entries", type=int, nargs="+", default=[200, 5000])
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--rate", type=int, default=20, help="requests a second in the open loop")
    parser.add_argument("--only", nargs="*", help="only these operations")
    asyncio.run(main(parser.parse_args()))
