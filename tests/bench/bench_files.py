"""Petitions from registration to answer, and the lists of who handles them, at 10,000 and at a million.

It starts a PostgreSQL and a NATS of its own (PostgreSQL as durable as in production). PostgreSQL itself
fills the registers of sixty institutions: one of them gets 15,733 of each 315,733 petitions, which is what
the ministry's central apparatus and the whole ministry had in a year, the others the rest in equal parts,
300,000 and some a year. Each line is chained as the service chains it. One in a hundred of the older
petitions is still open, and half of the last thirty days'. One process of the service is asked, as the
supervisor runs it, without the gateway:

    .venv/bin/python tests/bench/bench_files.py --petitions 10000 1000000 --seconds 10

- lifecycles: a citizen files, the registry takes it into triage, the head assigns it, the handler accepts
  and drafts, the head approves and signs, the registry sends; then it is searched by its number. Eight
  clients, each begins another when one is done;
- reads: eight clients, each asks again when it has its answer; the institution is the one with most;
- with `--join 17000`: so many petitions of one person joined in one act, and answered by one answer.

"service" and "PostgreSQL" are milliseconds of CPU time for each. All share the machine.
"""

import argparse
import asyncio
import secrets
import tempfile
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeAlias
from uuid import UUID, uuid4

import aiohttp
import alone
import asyncpg
from figures import percentile, say, spent_by

from hub_core import clock
from hub_core.language import Language
from hub_core.principal import Assurance, Role
from hub_service.database import Database
from hub_service.settings import ServiceSettings
from hub_testing import rules
from hub_testing.identity import FakeIdentity
from svc_petitions.domain import registers, search
from svc_petitions.manifest import MANIFEST
from svc_petitions.storage import registers as storage

ROOT: Final = Path(__file__).parents[2]
BASE: Final = "/petitions/v1"
INSTITUTIONS: Final = 60
OF_CENTRAL: Final = 15_733
OF_ALL: Final = 315_733
"""Petitions of a year: of the central apparatus (2021), and with those of the whole ministry (2022)."""
HANDLERS: Final = 40
CLIENTS: Final = 8
PURPOSE: Final = {"purpose": 'CASE_HANDLING;file="1/2026"'}

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
    LATERAL (SELECT 'Programul ghișeului ' || n AS subject,
        string_agg((ARRAY['pașaport', 'permis', 'stradă', 'polițist', 'zgomot', 'frontieră', 'cazier',
            'incendiu', 'carte', 'identitate', 'ghișeu', 'amendă', 'circulație', 'vecini', 'dosar', 'viză',
            'înmatriculare', 'azil', 'arhivă', 'certificat'])[1 + (hashint8(n * 100 + w) & 1023) % 20], ' ')
            AS text
        FROM generate_series(1, 60) w) AS words
"""
CHAIN: Final = """
DO $do$
DECLARE
    line record;
    last bytea;
    of_last text := '';
    salt bytea;
    body text;
BEGIN
    FOR line IN
        SELECT p.id, p.institution_id, p.year, p.number, p.registered_at, p.subject, p.person_id
        FROM petitions p LEFT JOIN register_entries e USING (institution_id, year, number)
        WHERE e.number IS NULL ORDER BY p.institution_id, p.year, p.number
    LOOP
        IF of_last <> line.institution_id || '/' || line.year THEN
            of_last := line.institution_id || '/' || line.year;
            last := coalesce((SELECT e.entry_sha256 FROM register_entries e
                WHERE (e.institution_id, e.year) = (line.institution_id, line.year)
                ORDER BY e.number DESC LIMIT 1), decode(repeat('00', 32), 'hex'));
        END IF;
        salt := substr(sha256(uuid_send(line.id)), 1, 16);
        body := format('{"correspondent_sha256":"%s","direction":"IN","entered_at":"%s",'
            '"entered_by":null,"institution_id":"%s","number":%s,"petition_id":"%s","reason":null,"strikes":null,"strikes_year":null,'
            '"subject_sha256":"%s","year":%s}',
            encode(sha256(salt || convert_to(line.person_id::text, 'UTF8')), 'hex'),
            to_char(line.registered_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
            line.institution_id, line.number, line.id,
            encode(sha256(salt || convert_to(line.subject, 'UTF8')), 'hex'), line.year);
        last := sha256(last || convert_to(body, 'UTF8'));
        INSERT INTO register_entries (institution_id, year, number, direction, petition_id, entered_at,
            subject_sha256, correspondent_sha256, entry_sha256, salt)
        VALUES (line.institution_id, line.year, line.number, 'IN', line.id, line.registered_at,
            sha256(salt || convert_to(line.subject, 'UTF8')),
            sha256(salt || convert_to(line.person_id::text, 'UTF8')), last, salt);
    END LOOP;
    UPDATE registers r SET last_sha256 = e.entry_sha256 FROM register_entries e
    WHERE (e.institution_id, e.year, e.number) = (r.institution_id, r.year, r.last_number);
END $do$
"""
WORDS: Final = """
SELECT p.id, p.institution_id, p.subject, p.text FROM petitions p
LEFT JOIN file_words w ON w.petition_id = p.id WHERE w.petition_id IS NULL
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
    """Who acts at the institution with most petitions; tokens are made anew before they end."""

    identity: FakeIdentity
    institution: UUID
    head: UUID = field(default_factory=uuid4)
    registrar: UUID = field(default_factory=uuid4)
    handlers: list[UUID] = field(default_factory=lambda: [uuid4() for _ in range(HANDLERS)])
    compartment: str = ""

    def citizen(self, person_id: UUID | None = None) -> dict[str, str]:
        """Somebody who files."""
        return self.identity.headers(person_id, {"petitions:write", "petitions:read"})

    def official(self, person_id: UUID, scope: str, *roles: Role) -> dict[str, str]:
        """An official of the institution."""
        held = {"roles": sorted(roles), "institution": str(self.institution)}
        return self.identity.headers(person_id, {scope}, Assurance.SUBSTANTIAL, **held)

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
    """What is read, by name; `first` are people who have petitions there."""
    people = service.people

    def get(name: str, path: str, headers: Callable[[int], dict[str, str]]) -> Read:
        return lambda number: service.ask(name, "GET", path, headers(number))

    def words(number: int) -> Awaitable[Any]:
        sought = {"words": ("cazier permis", "zgomot vecini stradă", "azil viză")[number % 3]}
        return service.ask("search by words", "POST", "/files/search", people.as_handler(number), sought)

    mine = "handler's list"
    return {
        mine: lambda number: service.ask(
            mine, "GET", f"/files?handler_id={people.handlers[number % HANDLERS]}", people.as_handler(number)
        ),
        "head's list": get("head's list", "/files", lambda _: people.as_head("petitions:handle")),
        "workload": get("workload", "/workload", lambda _: people.as_head("petitions:handle")),
        "petitioner's list": get(
            "petitioner's list", "/petitions", lambda number: people.citizen(first[number % len(first)])
        ),
        "search by words": words,
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
        "SELECT DISTINCT person_id FROM petitions WHERE institution_id = $1 LIMIT 200", people.institution
    )
    owners = [row["person_id"] for row in first]
    everything = {"lifecycle": lambda number: lifecycle(service, number)} | reads(service, owners)
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


async def fill(looking: asyncpg.Connection, wanted: int) -> None:
    """So many petitions and no others, each with its line, who signed it, and its words."""
    await looking.execute("TRUNCATE registers, petitioners, file_words, steps, drafts CASCADE")
    await looking.execute(PETITIONS, wanted, OF_ALL, OF_CENTRAL, INSTITUTIONS, timeout=3600)
    await looking.execute(CHAIN, timeout=3600)
    await looking.execute(SIGNED, timeout=3600)
    rows = await looking.fetch(WORDS, timeout=3600)
    records = ((row[0], search.keys(row[1], row[0], row[2], row[3], Language.RO)) for row in rows)
    await looking.copy_records_to_table("file_words", records=records, columns=["petition_id", "hashes"])
    await looking.execute("VACUUM ANALYZE", timeout=3600)


async def join(service: Service, looking: asyncpg.Connection, count: int) -> None:
    """So many petitions of one person: joined in one act, seen page by page, answered by one answer."""
    people, person, year = service.people, uuid4(), clock.local_date(clock.now()).year
    await looking.execute(OF_ONE, people.institution, year, count, person)
    await looking.execute(CHAIN, timeout=600)
    await looking.execute(SIGNED, timeout=600)
    await looking.execute("VACUUM ANALYZE petitions, petitioners, register_entries", timeout=600)
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
        store = (folder / "documents").as_uri()
        async with alone.prepared(
            MANIFEST, folder, identity_url=identity.url, HUB_PETITIONS_STORE=store
        ) as made:
            await rules.load(made, ROOT / "svc-catalog/contract/rules.json")
            database = Database(ServiceSettings())
            looking = await asyncpg.connect(
                made.superuser_dsn,
                server_settings={"search_path": f'"{made.schema}"', "synchronous_commit": "off"},
            )
            await looking.execute(MAKE_INSTITUTIONS, INSTITUTIONS)
            central = await looking.fetchval("SELECT id FROM institutions WHERE code = 'BENCH-1'")
            people = People(identity, central)
            await staff(looking, people)
            say("| petitions | what | per second | p50 ms | p95 ms | p99 ms | service | PostgreSQL |")
            say("|---|---|---|---|---|---|---|---|")
            for wanted in sorted(options.petitions):
                began = time.perf_counter()
                await fill(looking, wanted)
                filled = time.perf_counter() - began
                data, is_last = f"{wanted:,}", wanted == max(options.petitions)
                await ask(looking, folder, people, options, data, join_too=is_last)
                size = await looking.fetchval("SELECT pg_size_pretty(pg_database_size(current_database()))")
                say(f"\n{data} petitions, {size}, filled in {filled:.0f} s")
                say(f"register of this year: {await verified(database, central)}\n")
            await database.close()
            await looking.close()
        identity.stop()


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
