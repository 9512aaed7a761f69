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
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from urllib.parse import quote

import alone
import asyncpg
from figures import percentile, say, spent_by

from hub_service.database import Database
from hub_service.settings import ServiceSettings
from svc_catalog.domain.services import Service, service_id
from svc_catalog.domain.text import Keywords, Texts
from svc_catalog.manifest import MANIFEST
from svc_catalog.reference import services, siruta
from svc_catalog.seed import seed
from svc_catalog.storage import services as storage

CLIENTS: Final = 8
NOW: Final = datetime(2026, 11, 22, tzinfo=UTC)
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
        return spent_by(self.service), spent_by(self.postgres, with_children=True)


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
        fast = f"{len(waits) / options.seconds:.0f} | {shown(waits)}"
        at_rate = sorted(await opened(place, paths, options.seconds, options.rate))
        say(f"| {entries} | {name} | {fast} | {service:.2f} | {postgres:.2f} | {shown(at_rate)} |")


def shown(ordered: list[float]) -> str:
    """p50 and p99."""
    return " | ".join(f"{percentile(ordered, share):.1f}" for share in (0.5, 0.99))


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
        async with alone.prepared(MANIFEST, folder) as made_here:
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
                with alone.serving(MANIFEST, folder) as (port, pid):
                    server = await looking.fetchval("SELECT pg_backend_pid()")
                    parent = int(Path(f"/proc/{server}/stat").read_text().rpartition(")")[2].split()[1])
                    await measure(Place(port, pid, parent), options, entries)
            words = await looking.fetchrow(
                "SELECT count(DISTINCT word), pg_size_pretty(pg_total_relation_size('catalog.vocabulary')),"
                " pg_size_pretty(pg_total_relation_size('catalog.services')) FROM catalog.vocabulary"
            )
            say(f"\nvocabulary: {words[0]} words, {words[1]}; services: {words[2]}")
            await looking.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--entries", type=int, nargs="+", default=[200, 5000])
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--rate", type=int, default=20, help="requests a second in the open loop")
    parser.add_argument("--only", nargs="*", help="only these operations")
    asyncio.run(main(parser.parse_args()))
