"""Petitions from registration to answer, and the lists of who handles them, at 10,000 and at a million.

It starts a PostgreSQL and a NATS of its own (PostgreSQL as durable as in production), and fills the registers
of sixty institutions: one of them gets 15,733 of each 315,733 petitions, which is what the ministry's central
apparatus and the whole ministry had in a year, the others the rest in equal parts, 300,000 and some a year.
Each line is chained, and each petition has the keys that it is found by, as the service makes them. One in a
hundred of the older petitions is still open, and half of the last thirty days'. One process of the service is
asked, as the supervisor runs it, without the gateway:

    .venv/bin/python tests/bench/bench_files.py --petitions 10000
    .venv/bin/python tests/bench/bench_files.py --petitions 1000000 --join 17000

- the term monitor: its first pass, which tells of every term that has come as far as a warning, and the next
  one, which finds nothing;
- lifecycles: a citizen files, the registry takes it into triage, the head assigns it, the handler accepts
  and drafts, the head approves and signs, the registry sends; then it is searched by its number. Eight
  clients, each begins another when one is done;
- reads: eight clients, each asks again when it has its answer; the institution is the one with most. Of the
  words that are looked for nearly all files have the common ones, one in a thousand has others, one file has
  the rare ones;
- no document is made of an answer: what that costs is in docs/benchmarks/documents.md;
- with `--join 17000`: so many petitions of one person joined in one act, and answered by one answer.

"service" and "PostgreSQL" are milliseconds of CPU time for each. All share the machine. What is printed is
Markdown, for docs/benchmarks/files.md.
"""

import argparse
import asyncio
import os
import platform
import secrets
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final, TypeAlias
from uuid import UUID, uuid4

import aiohttp
import alone
import asyncpg
from figures import of_a_loop, percentile, say, spent_by

from hub_core import clock
from hub_core.language import Language
from hub_core.principal import Assurance, Role
from hub_service.database import Database
from hub_service.settings import ServiceSettings
from hub_testing import rules
from hub_testing.databases import ServiceDatabase
from hub_testing.identity import FakeIdentity
from svc_petitions.domain import registers, search
from svc_petitions.manifest import MANIFEST
from svc_petitions.operations import terms
from svc_petitions.storage import registers as storage

ROOT: Final = Path(__file__).parents[2]
BASE: Final = "/petitions/v1"
INSTITUTIONS: Final = 60
OF_CENTRAL: Final = 15_733
OF_ALL: Final = 315_733
"""Petitions of a year: of the central apparatus (2021), and with those of the whole ministry (2022)."""
COMMON: Final = ("cazier permis", "zgomot vecini stradă", "azil viză")
HANDLERS: Final = 40
CLIENTS: Final = 8
PURPOSE: Final = {"purpose": 'CASE_HANDLING;file="1/2026"'}
EMPTY: Final = b"\x00"
"""The link of a register that has no line yet."""

MAKE_INSTITUTIONS: Final = """
INSERT INTO institutions (id, code, names, accepts_petitions, valid_from, version)
SELECT gen_random_uuid(), 'BENCH-' || n, jsonb_build_object('ro', 'Instituția ' || n), true, '2020-01-01', 1
FROM generate_series(1, $1) n RETURNING id
"""
PETITIONS: Final = """
WITH drawn AS (
    SELECT n, now() - (n::float8 / $2::bigint * 365) * interval '1 day' AS at, hashint8(n) & 1023 AS chance,
           CASE WHEN (n * $3::bigint) % $2 < $3 THEN 1 ELSE 2 + n % ($4::bigint - 1) END AS which
    FROM generate_series(1, $1::bigint) n
), of_institution AS (
    SELECT id, row_number() OVER (ORDER BY code = 'BENCH-1' DESC, code) AS which FROM institutions
), made AS (
    SELECT drawn.*, i.id AS institution_id, (at AT TIME ZONE 'Europe/Bucharest')::date AS day,
           at > now() - interval '30 days' AS is_new
    FROM drawn JOIN of_institution i USING (which)
), numbered AS (
    SELECT made.*, extract(year FROM day)::int AS year,
           row_number() OVER (PARTITION BY institution_id, extract(year FROM day) ORDER BY n DESC) AS number,
           CASE WHEN is_new AND chance < 512 OR chance < 10
               THEN (ARRAY['REGISTERED', 'TRIAGE', 'ASSIGNED', 'IN_ANALYSIS', 'DRAFTED'])[1 + chance % 5]
               ELSE (ARRAY['ANSWERED', 'ANSWERED', 'ANSWERED', 'FORWARDED', 'CLASSED'])[1 + chance % 5]
           END AS state
    FROM made
), registered AS (
    INSERT INTO registers (institution_id, year, last_number, last_sha256)
    SELECT institution_id, year, max(number), '\\x00' FROM numbered GROUP BY institution_id, year
), people AS (
    SELECT array_agg(person_id ORDER BY person_id) AS handlers FROM members
)
INSERT INTO petitions (id, person_id, acting_person_id, institution_id, year, number, registered_at,
    registered_on, answer_due_on, answer_rule_id, answer_legal_basis, kind, subject, text, language,
    content_sha256, state, version, handler_id, compartment_id, closed_on)
SELECT uuidv7(at - now()), person, person, institution_id, year, number, at, day, day + 30,
    'petition.answer', 'OG nr. 27/2002 art. 8 alin. (1)',
    (ARRAY['REQUEST', 'COMPLAINT', 'NOTIFICATION', 'PROPOSAL'])[1 + n % 4],
    words.subject, words.text, 'ro', sha256(int8send(n)), state, 3,
    CASE WHEN which = 1 AND state IN ('ASSIGNED', 'IN_ANALYSIS', 'DRAFTED')
        THEN handlers[1 + n % array_length(handlers, 1)] END,
    CASE WHEN which = 1 AND state IN ('ASSIGNED', 'IN_ANALYSIS', 'DRAFTED')
        THEN (SELECT id FROM compartments LIMIT 1) END,
    CASE WHEN state IN ('ANSWERED', 'FORWARDED', 'CLASSED') THEN least(day + 20, current_date) END
FROM numbered, people,
    LATERAL (SELECT md5('p' || n / 3)::uuid AS person) AS who,
    LATERAL (SELECT 'Programul ghișeului ' || n AS subject, 'sector' || n % 1000 || ' ' || string_agg(
        (ARRAY['pașaport', 'permis', 'stradă', 'polițist', 'zgomot', 'frontieră', 'cazier',
            'incendiu', 'carte', 'identitate', 'ghișeu', 'amendă', 'circulație', 'vecini', 'dosar', 'viză',
            'înmatriculare', 'azil', 'arhivă', 'certificat'])[1 + (hashint8(n * 100 + w) & 1023) % 20], ' ')
            AS text
        FROM generate_series(1, 60) w) AS words
"""
UNENTERED: Final = """
SELECT p.id, p.institution_id, p.year, p.number, p.registered_at, p.subject, p.text, p.person_id
FROM petitions p LEFT JOIN register_entries e USING (institution_id, year, number)
WHERE e.number IS NULL AND p.institution_id = $1 ORDER BY p.year, p.number
"""
ENTRY: Final = (
    *("institution_id", "year", "number", "direction", "petition_id", "entered_at"),
    *("subject_sha256", "correspondent_sha256", "entry_sha256", "salt"),
)
FILLED: Final = ("petitions", "petitioners", "register_entries", "file_words")
OWN_INDEXES: Final = """
SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema() AND tablename = ANY($1)
AND indexname NOT IN (SELECT conname FROM pg_constraint)
"""
OF_ONE: Final = """
WITH last AS (
    UPDATE registers SET last_number = last_number + $3 WHERE institution_id = $1 AND year = $2
    RETURNING last_number - $3 AS before
)
INSERT INTO petitions (id, person_id, acting_person_id, institution_id, year, number, registered_at,
    registered_on, answer_due_on, answer_rule_id, answer_legal_basis, kind, subject, text, language,
    content_sha256, state, version)
SELECT uuidv7(), $4, $4, $1, $2, before + n, now(), current_date, current_date + 30, 'petition.answer',
    'OG nr. 27/2002 art. 8 alin. (1)', 'COMPLAINT', 'Aceeași problemă', 'Revin cu aceeași problemă.', 'ro',
    sha256(int8send(n)), 'REGISTERED', 1
FROM last, generate_series(1, $3) n
"""
SIGNED: Final = """
INSERT INTO petitioners (petition_id, ordinal, person_id, signed_at)
SELECT p.id, 1, p.person_id, p.registered_at FROM petitions p
WHERE NOT EXISTS (SELECT FROM petitioners s WHERE s.petition_id = p.id)
"""


Read: TypeAlias = Callable[[int], Awaitable[Any]]


@dataclass
class People:
    """Who acts at the institution with most petitions."""

    identity: FakeIdentity
    institution: UUID
    head: UUID = field(default_factory=uuid4)
    registrar: UUID = field(default_factory=uuid4)
    handlers: list[UUID] = field(default_factory=lambda: [uuid4() for _ in range(HANDLERS)])
    compartment: str = ""
    known: dict[tuple[UUID, str, int], dict[str, str]] = field(default_factory=dict)

    def citizen(self, person_id: UUID | None = None) -> dict[str, str]:
        """Somebody who files."""
        return self.identity.headers(person_id, {"petitions:write", "petitions:read"})

    def official(self, person_id: UUID, scope: str, *roles: Role) -> dict[str, str]:
        """An official of the institution; a token is used for a minute, as the gateway uses it."""
        minute = int(time.monotonic() / 60)
        if (person_id, scope, minute) not in self.known:
            held = {"roles": sorted(roles), "institution": str(self.institution)}
            token = self.identity.headers(person_id, {scope}, Assurance.SUBSTANTIAL, **held)
            self.known[person_id, scope, minute] = token
        return self.known[person_id, scope, minute]

    def as_head(self, scope: str = "petitions:lead") -> dict[str, str]:
        """The head of the institution."""
        return self.official(self.head, scope, Role.HEAD)

    def as_registrar(self) -> dict[str, str]:
        """The registry."""
        return self.official(self.registrar, "petitions:register", Role.REGISTRAR)

    def as_handler(self, number: int) -> dict[str, str]:
        """One of the handlers."""
        return self.official(self.handlers[number % HANDLERS], "petitions:handle", Role.HANDLER)


@dataclass
class Service:
    """The service that is asked, and what the CPU was spent on."""

    http: aiohttp.ClientSession
    people: People
    pid: int
    postgres: int
    waits: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    async def ask(self, name: str, method: str, path: str, headers: dict[str, str], body: Any = None) -> Any:
        """One question by its name, and the answer; `RuntimeError` for what is no success."""
        if method == "POST":
            headers = headers | {"idempotency-key": secrets.token_hex(16)}
        began = time.perf_counter()
        async with self.http.request(method, BASE + path, json=body, headers=headers | PURPOSE) as answer:
            said = await answer.json()
            if not answer.ok:
                raise RuntimeError(f"{name}: {said}")
        self.waits[name].append((time.perf_counter() - began) * 1000)
        return said

    def spent(self) -> tuple[float, float]:
        """Seconds of CPU of the service and of PostgreSQL."""
        return spent_by(self.pid), spent_by(self.postgres, with_children=True)


async def lifecycle(service: Service, number: int) -> None:
    """A petition from filing to answer, and found again by its number."""
    people = service.people
    handler = people.handlers[number % HANDLERS]
    body = {
        "institution_id": str(people.institution),
        "kind": "REQUEST",
        "subject": f"Programul ghișeului {number}",
        "text": "Vă rog să îmi comunicați programul ghișeului de pașapoarte în luna decembrie.",
        "language": "ro",
    }
    filed = await service.ask("file", "POST", "/petitions", people.citizen(), body)
    path = f"/files/{filed['id']}"
    nobody = {"complained_of": [], "reports_crime": False}
    await service.ask("triage", "POST", f"{path}/triage", people.as_registrar(), nobody)
    to = {"compartment_id": people.compartment, "handler_id": str(handler)}
    await service.ask("assign", "POST", f"{path}/assign", people.as_head(), to)
    await service.ask("accept", "POST", f"{path}/accept", people.as_handler(number))
    answer = {
        "solution": "FAVOURABLE",
        "text": "Ghișeul este deschis de luni până vineri, între orele 8 și 16.",
        "legal_basis": "Legea nr. 248/2005",
    }
    await service.ask("draft", "POST", f"{path}/draft", people.as_handler(number), answer)
    await service.ask("approve", "POST", f"{path}/approve", people.as_head())
    await service.ask("sign", "POST", f"{path}/sign", people.as_head("petitions:sign"))
    await service.ask("send", "POST", f"{path}/send", people.as_registrar())
    sought = {"number": filed["number"], "year": filed["year"]}
    found = await service.ask("search by number", "POST", "/files/search", people.as_handler(number), sought)
    if [one["state"] for one in found["items"]] != ["ANSWERED"]:
        raise RuntimeError(f"found: {found}")


def reads(service: Service, first: Sequence[Any]) -> dict[str, Read]:
    """What is read, by name; `first` are petitions that the institution has."""
    people = service.people

    def get(name: str, path: str, headers: Callable[[int], dict[str, str]]) -> Read:
        return lambda number: service.ask(name, "GET", path, headers(number))

    def words(name: str, sought: Callable[[int], str]) -> Read:
        return lambda number: service.ask(
            name, "POST", "/files/search", people.as_handler(number), {"words": sought(number)}
        )

    searches: dict[str, Callable[[int], str]] = {
        "search by common words": lambda number: COMMON[number % len(COMMON)],
        "search by a word of one in a thousand": lambda number: f"sector{number % 1000}",
        "search by a word of one file": lambda number: first[number % len(first)]["subject"].split()[-1],
    }
    mine = "handler's list"
    return {
        mine: lambda number: service.ask(
            mine, "GET", f"/files?handler_id={people.handlers[number % HANDLERS]}", people.as_handler(number)
        ),
        "head's list": get("head's list", "/files", lambda _: people.as_head("petitions:handle")),
        "workload": get("workload", "/workload", lambda _: people.as_head("petitions:handle")),
        "petitioner's list": get(
            "petitioner's list",
            "/petitions",
            lambda number: people.citizen(first[number % len(first)]["person_id"]),
        ),
        "overdue": get("overdue", "/overdue-files", lambda _: people.as_head("petitions:handle")),
        **{name: words(name, sought) for name, sought in searches.items()},
    }


async def closed(service: Service, seconds: float, one: Read) -> int:
    """Eight clients, each begins another when one is done; how many were done."""
    ends, done = time.perf_counter() + seconds, 0

    async def client(first: int) -> None:
        nonlocal done
        number = first
        while time.perf_counter() < ends:
            await one(number)
            done += 1
            number += CLIENTS

    await asyncio.gather(*(client(number) for number in range(CLIENTS)))
    return done


async def measure(service: Service, looking: asyncpg.Connection, seconds: float, data: str) -> None:
    """Lifecycles, then every read."""
    people = service.people
    first = await looking.fetch(
        "SELECT person_id, subject FROM petitions WHERE institution_id = $1 LIMIT 200", people.institution
    )
    everything = {"lifecycle": lambda number: lifecycle(service, number)} | reads(service, first)
    say("| petitions | what | per second | p50 ms | p95 ms | p99 ms | service | PostgreSQL |")
    say("|---|---|---|---|---|---|---|---|")
    for name, one in everything.items():
        await closed(service, 1.0, one)
        service.waits.clear()
        before, began = service.spent(), time.perf_counter()
        done = await closed(service, seconds, one)
        took = time.perf_counter() - began
        cpu = [(now - was) / done * 1000 for now, was in zip(service.spent(), before, strict=True)]
        for step, waits in service.waits.items():
            is_whole = step == name
            row = [data, step if is_whole else f"… {step}", f"{done / took:.1f}"]
            row += [f"{percentile(sorted(waits), share):.1f}" for share in (0.5, 0.95, 0.99)]
            say(f"| {' | '.join([*row, *(f'{each:.2f}' if is_whole else '' for each in cpu)])} |")
        if name == "lifecycle":
            whole = f"{cpu[0]:.2f} | {cpu[1]:.2f}"
            say(f"| {data} | **lifecycle** | **{done / took:.1f}** | | | | {whole} |")


def entries(rows: Iterable[Any], last: dict[int, bytes]) -> Iterator[tuple[Any, ...]]:
    """The lines of petitions in the order of their numbers, chained; `last` are the last links by year."""
    for row in rows:
        salt = sha256(row["id"].bytes).digest()[: registers.SALT_BYTES]
        line = registers.Line(
            institution_id=row["institution_id"],
            direction=registers.Direction.IN,
            petition_id=row["id"],
            subject=row["subject"],
            correspondent=str(row["person_id"]),
            entered_at=row["registered_at"],
        )
        year, number = row["year"], row["number"]
        before, after = registers.around_number(line.members(salt))
        link = last.get(year, registers.BEFORE_THE_FIRST) + f"{before}{number}{after}".encode()
        last[year] = sha256(link).digest()
        digests = (registers.digest(salt, line.subject), registers.digest(salt, line.correspondent))
        yield (
            *(line.institution_id, year, number, "IN", line.petition_id, line.entered_at),
            *(*digests, last[year], salt),
        )


async def enter(looking: asyncpg.Connection, institution: UUID) -> None:
    """The lines of an institution's petitions that have none yet, and what they are found by."""
    rows = await looking.fetch(UNENTERED, institution, timeout=3600)
    known = await looking.fetch(
        "SELECT year, last_sha256 FROM registers WHERE institution_id = $1", institution
    )
    last = {row["year"]: row["last_sha256"] for row in known if row["last_sha256"] != EMPTY}
    await looking.copy_records_to_table("register_entries", records=entries(rows, last), columns=ENTRY)
    words = (
        (row["id"], search.keys(institution, row["id"], row["subject"], row["text"], Language.RO))
        for row in rows
    )
    await looking.copy_records_to_table("file_words", records=words, columns=("petition_id", "hashes"))
    await looking.executemany(
        "UPDATE registers SET last_sha256 = $3 WHERE institution_id = $1 AND year = $2",
        [(institution, year, link) for year, link in last.items()],
    )


def enter_all(dsn: str, schema: str, institutions: Sequence[UUID]) -> None:
    """The same of several institutions, in a process of its own."""

    async def work() -> None:
        looking = await connected(dsn, schema)
        for institution in institutions:
            await enter(looking, institution)
        await looking.close()

    asyncio.run(work())


async def connected(dsn: str, schema: str) -> asyncpg.Connection:
    """Somebody who may do anything, and whom nobody waits for."""
    settings = {
        "search_path": f'"{schema}"',
        "synchronous_commit": "off",
        "session_replication_role": "replica",  # what is filled in is whole: no foreign key is asked for it
        "maintenance_work_mem": "512MB",
    }
    return await asyncpg.connect(dsn, server_settings=settings)


async def fill(made: ServiceDatabase, looking: asyncpg.Connection, wanted: int) -> None:
    """So many petitions and no others, each with its line, who signed it, and its words."""
    await looking.execute("TRUNCATE registers, petitioners, file_words, steps, drafts, outbox CASCADE")
    indexes = await looking.fetch(OWN_INDEXES, FILLED)
    for index in indexes:
        await looking.execute(f'DROP INDEX "{index["indexname"]}"')
    await looking.execute(PETITIONS, wanted, OF_ALL, OF_CENTRAL, INSTITUTIONS, timeout=3600)
    await looking.execute("ANALYZE petitions")
    institutions = [row["id"] for row in await looking.fetch("SELECT id FROM institutions ORDER BY code")]
    cores = os.cpu_count() or 1
    with ProcessPoolExecutor(cores, get_context("spawn")) as processes:
        parts = [institutions[first::cores] for first in range(cores)]
        jobs = [processes.submit(enter_all, made.superuser_dsn, made.schema, part) for part in parts]
        await asyncio.gather(*map(asyncio.wrap_future, jobs))
    await looking.execute(SIGNED, timeout=3600)
    for index in indexes:
        await looking.execute(index["indexdef"], timeout=3600)
    await looking.execute("VACUUM ANALYZE", timeout=3600)


async def join(service: Service, looking: asyncpg.Connection, count: int) -> None:
    """So many petitions of one person: joined in one act, seen page by page, answered by one answer."""
    people, person, year = service.people, uuid4(), clock.local_date(clock.now()).year
    await looking.execute(OF_ONE, people.institution, year, count, person)
    await enter(looking, people.institution)
    await looking.execute(SIGNED, timeout=600)
    await looking.execute("VACUUM ANALYZE petitions, petitioners, register_entries, file_words", timeout=600)
    leader = await looking.fetchval(
        "SELECT id FROM petitions WHERE person_id = $1 ORDER BY id LIMIT 1", person
    )
    path = f"/files/{leader}"
    took: dict[str, float] = {}

    async def act(name: str, headers: dict[str, str], body: Any = None) -> Any:
        began = time.perf_counter()
        said = await service.ask(name, "POST", f"{path}/{name}", headers, body)
        took[name] = time.perf_counter() - began
        return said

    await act("triage", people.as_registrar(), {"complained_of": [], "reports_crime": False})
    joined = await act("join", people.as_head(), {"petition_ids": None})
    service.waits.clear()
    cursor, pages = "", 0
    while cursor is not None:
        address = f"{path}/joined-files?limit=100{cursor}"
        page = await service.ask("page", "GET", address, people.as_head("petitions:handle"))
        pages += 1
        cursor = f"&cursor={page['next_cursor']}" if page.get("next_cursor") else None
    waits = sorted(service.waits["page"])
    to = {"compartment_id": people.compartment, "handler_id": str(people.handlers[0])}
    await act("assign", people.as_head(), to)
    await act("accept", people.as_handler(0))
    answer = {"solution": "EXPLAINED", "text": "Vă răspundem o dată pentru toate.", "legal_basis": "art. 10"}
    await act("draft", people.as_handler(0), answer)
    await act("approve", people.as_head())
    await act("sign", people.as_head("petitions:sign"))
    await act("send", people.as_registrar())
    answered = await looking.fetchval(
        "SELECT count(*) FROM petitions WHERE person_id = $1 AND state = 'ANSWERED'", person
    )
    say(
        f"\n{count:,} petitions of one person: joined {joined['joined']:,} in {took['join']:.1f} s, "
        f"answered {answered:,} in {took['send']:.1f} s; {pages} pages of 100, "
        f"p50 {percentile(waits, 0.5):.1f} ms, p99 {percentile(waits, 0.99):.1f} ms"
    )


async def verified(session_of: Database, institution: UUID) -> str:
    """The register of this year with most lines, read as the service reads it: how long, and its faults."""
    entries: list[registers.Entry] = []
    after = 0
    year = clock.local_date(clock.now()).year
    async with session_of.sessions() as session:
        while True:
            page = await storage.entries_of(session, institution, year, after=after, limit=5_000)
            if not page:
                break
            entries += [line.entry for line in page]
            after = entries[-1].number
    return f"{len(entries):,} lines, faults: {[*registers.faults(entries)] or 'none'}"


async def main(options: argparse.Namespace) -> None:
    """Servers, data, figures."""
    with tempfile.TemporaryDirectory() as name:
        folder, identity = Path(name), FakeIdentity(alone.ORIGIN)
        identity.start()
        async with alone.prepared(MANIFEST, folder, identity_url=identity.url) as made:
            await rules.load(made, ROOT / "svc-catalog/contract/rules.json")
            database = Database(ServiceSettings())
            looking = await connected(made.superuser_dsn, made.schema)
            await looking.execute(MAKE_INSTITUTIONS, INSTITUTIONS)
            central = await looking.fetchval("SELECT id FROM institutions WHERE code = 'BENCH-1'")
            people = People(identity, central)
            await staff(looking, people)
            say(await machine(looking))
            for wanted in sorted(options.petitions):
                began = time.perf_counter()
                await fill(made, looking, wanted)
                filled = time.perf_counter() - began
                size = await looking.fetchval("SELECT pg_size_pretty(pg_database_size(current_database()))")
                data, is_last = f"{wanted:,}", wanted == max(options.petitions)
                say(f"\n{data} petitions: {size}, filled in {filled:.0f} s.")
                say(f"The register of this year: {await verified(database, central)}.")
                say(f"The term monitor: {await monitored(database)}.\n")
                await looking.execute("TRUNCATE outbox")  # publishing it is no part of what follows
                await ask(looking, folder, people, options, data, join_too=is_last)
            await database.close()
            await looking.close()
        identity.stop()


async def monitored(database: Database) -> str:
    """Two passes of the term monitor: how much they told, and how long they took."""
    passes = []
    for _ in range(2):
        async with database.sessions() as session:
            began = time.perf_counter()
            told = await terms.warn(session, clock.now())
            passes.append(f"{told:,} warnings in {(time.perf_counter() - began) * 1000:.0f} ms")
    return ", then ".join(passes)


async def machine(looking: asyncpg.Connection) -> str:
    """What the figures were measured with: command, machine, versions."""
    server = await looking.fetchval("SHOW server_version")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"```sh\n.venv/bin/python tests/bench/bench_files.py {' '.join(sys.argv[1:])}\n```\n\n"
        f"{datetime.now(UTC):%d %B %Y, %H:%M} UTC; {os.cpu_count()} cores, {memory:.0f} GB; "
        f"Python {platform.python_version()}, PostgreSQL {server}; a loop of a million additions takes "
        f"{of_a_loop():.0f} ms, the load before was {os.getloadavg()[0]:.1f}."
    )


async def staff(looking: asyncpg.Connection, people: People) -> None:
    """One compartment, and everybody in it."""
    people.compartment = str(
        await looking.fetchval(
            "INSERT INTO compartments VALUES (gen_random_uuid(), $1, 'SRP', 'Relații cu publicul', false)"
            " RETURNING id",
            people.institution,
        )
    )
    rows = [(people.institution, each, UUID(people.compartment), people.head) for each in people.handlers]
    rows += [(people.institution, people.head, UUID(people.compartment), None)]
    await looking.executemany("INSERT INTO members VALUES ($1, $2, $3, $4)", rows)


async def ask(
    looking: asyncpg.Connection,
    folder: Path,
    people: People,
    options: argparse.Namespace,
    data: str,
    *,
    join_too: bool,
) -> None:
    """A process of the service, measured with the data that there are."""
    with alone.serving(MANIFEST, folder) as (port, pid):
        server = await looking.fetchval("SELECT pg_backend_pid()")
        parent = int(Path(f"/proc/{server}/stat").read_text().rpartition(")")[2].split()[1])
        async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as http:
            service = Service(http, people, pid, parent)
            await measure(service, looking, options.seconds, data)
            if join_too and options.join:
                await join(service, looking, options.join)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--petitions", type=int, nargs="+", default=[10_000, 1_000_000])
    parser.add_argument("--seconds", type=float, default=10.0, help="of each measurement (10)")
    parser.add_argument("--join", type=int, default=0, help="petitions of one person that are joined")
    asyncio.run(main(parser.parse_args()))
