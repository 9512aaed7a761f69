"""How fast a batch of extracts is worked off: sealed extracts per second, and what one costs.

One process of svc-criminal-record with PostgreSQL and NATS of its own; identity and the national register
answer over HTTP from here. Everybody lets one institution ask, then its client asks for all of them in one
call and reads the batch until it is finished; people without a consent are mixed in. Meanwhile somebody
asks for certificates of their own, one a second, to see whom the batch holds up.

    .venv/bin/python tests/bench/bench_extracts.py --people 1000
"""

import argparse
import asyncio
import base64
import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import aiohttp
import asyncpg
import psutil

from hub_cli import ports
from hub_cli.broker import OPERATOR, NatsBox
from hub_cli.outside.trust import authority
from hub_cli.postgres import PostgresBox
from hub_core import clock, cnp, ids
from hub_core.principal import Assurance, Kind
from hub_events import connection, topology
from hub_testing import databases, rules
from hub_testing.identity import FakeIdentity
from hub_testing.listener import Answer, Asked, Listener
from svc_criminal_record.manifest import MANIFEST

ORIGIN: Final = "http://localhost:8080"
API: Final = "/criminal-record/v1"
OWN: Final = frozenset({"criminal-record:read", "criminal-record:write"})
RULES: Final = Path(__file__).parents[2] / "svc-catalog/contract/rules.json"
INSTITUTION: Final = ids.new_id()
MOTIVE: Final = "angajare"
CLIENT: Final = {
    "sub": "school-register",
    "kind": Kind.CLIENT,
    "client_id": "school-register",
    "sid": None,
    "institution": str(INSTITUTION),
}


def say(line: str) -> None:
    """To standard output, at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def number_of(serial: int) -> str:
    """The CNP of the person with this serial; each has a day of birth and a number of their own."""
    days, county = divmod(serial, 40)
    year, day = divmod(days, 28)
    return cnp.complete(f"2{60 + year % 40:02d}{1 + year // 40:02d}{1 + day:02d}{1 + county:02d}902").number


def birth_date(number: str) -> str:
    """As registers write it."""
    return f"19{number[1:3]}-{number[3:5]}-{number[5:7]}"


def identity_of(person_id: UUID, number: str) -> dict[str, Any]:
    """What svc-identity says."""
    names = {"family_name": "Popescu", "given_name": "Ana", "birth_date": birth_date(number)}
    return names | {"person_id": str(person_id), "cnp": number, "died_on": None, "is_romanian": True}


def match_of(number: str) -> dict[str, Any]:
    """What the national register says."""
    return {
        "cnp": number,
        "family_name": "POPESCU",
        "given_name": "ANA",
        "former_names": [],
        "birth_date": birth_date(number),
        "birth_place": "Brașov",
        "born_abroad": False,
        "father": "Ion",
        "mother": "Maria",
        "update_pending": False,
        "entries": [],
    }


@contextmanager
def serving(folder: Path) -> Iterator[tuple[int, psutil.Process]]:
    """One process of the service: its port, and what is known of the process."""
    port = ports.free()
    serve = "import sys; from hub_cli.worker import serve; serve(sys.argv[1], int(sys.argv[2]))"
    with (folder / "service.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-c", serve, MANIFEST.factory, str(port)], stdout=log, stderr=log
        )
    try:
        for _ in range(300):
            if ports.is_taken(port):
                break
            time.sleep(0.1)
        yield port, psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait()


async def call(
    http: aiohttp.ClientSession, method: str, path: str, headers: dict[str, str], body: Any = None
) -> Any:
    """The answer's JSON; anything that is not 2xx ends the benchmark."""
    once = {"idempotency-key": secrets.token_hex(16)} if body is not None else {}
    async with http.request(method, path, json=body, headers=headers | once) as answer:
        read = await answer.read()
    if answer.status >= 300:
        sys.exit(f"{method} {path}: {answer.status} {read.decode()[:300]}")
    return json.loads(read)


async def consent(http: aiohttp.ClientSession, identity: FakeIdentity, people: Sequence[UUID]) -> float:
    """Everybody lets the institution ask; how many did in a second."""
    until = (clock.local_date(clock.now()) + timedelta(days=30)).isoformat()
    body = {"institution_id": str(INSTITUTION), "motive": MOTIVE, "valid_until": until}
    began = time.perf_counter()
    for start in range(0, len(people), 16):
        await asyncio.gather(
            *(
                call(
                    http,
                    "POST",
                    f"{API}/consents",
                    identity.headers(one, OWN, Assurance.SUBSTANTIAL),
                    body,
                )
                for one in people[start : start + 16]
            )
        )
    return len(people) / (time.perf_counter() - began)


async def measure(
    port: int,
    process: psutil.Process,
    identity: FakeIdentity,
    people: dict[UUID, str],
    without: list[str],
    asker: UUID,
) -> None:
    """One batch, from the call to its last item."""
    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as http:
        say(f"consents: {await consent(http, identity, list(people)):.0f} a second")
        headers = identity.headers(None, {"criminal-record:extract"}, **CLIENT)
        items = [
            {"reference": f"f-{place}", "cnp": number, "family_name": "Popescu", "given_name": "Ana"}
            for place, number in enumerate([*people.values(), *without])
        ]
        spent = _cpu(process)
        began = time.perf_counter()
        batch = await call(
            http, "POST", f"{API}/extract-batches", headers, {"motive": MOTIVE, "items": items}
        )
        taken = time.perf_counter() - began
        waits: list[float] = []
        motives = iter(("studii", "adoptie", "cetatenie", "licitatie", "voluntariat", "interes-personal"))
        while batch["finished_at"] is None:
            motive = next(motives, None)
            if motive:
                asked = time.perf_counter()
                own = identity.headers(asker, OWN, Assurance.SUBSTANTIAL)
                await call(http, "POST", f"{API}/requests", own, {"motive": motive})
                waits.append(time.perf_counter() - asked)
            await asyncio.sleep(0.5)
            batch = await call(http, "GET", f"{API}/extract-batches/{batch['id']}", headers)
        lasted, counts = time.perf_counter() - began, batch["counts"]
        cpu = _cpu(process) - spent
        say(f"batch of {len(items)}: taken in {taken * 1000:.0f} ms, worked off in {lasted:.1f} s; {counts}")
        issued = counts["issued"] + len(waits)
        say(f"sealed: {counts['issued'] / lasted:.1f} a second; {cpu / issued * 1000:.1f} ms of CPU each")
        if waits:
            worst, middle = max(waits), sorted(waits)[len(waits) // 2]
            say(f"meanwhile a person's own request took {middle * 1000:.0f} ms (worst {worst * 1000:.0f} ms)")


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


async def main(options: argparse.Namespace) -> None:
    """Servers, people, figures."""
    numbers = [number_of(serial) for serial in range(options.people + 1)]
    asker, *consenting = (ids.new_id() for _ in range(options.people - options.without + 1))
    people = dict(zip(consenting, numbers[1:], strict=False))
    without = numbers[1 + len(people) :]

    def register(asked: Asked) -> Answer:
        found = json.loads(asked.body).get("cnp", "")
        matches = [match_of(found)] if found in known else []
        return Answer(json.dumps({"matches": matches}).encode(), "application/json")

    known = {*people.values(), numbers[0]}
    identity, records = FakeIdentity(ORIGIN), Listener(register)
    for person_id, number in (*people.items(), (asker, numbers[0])):
        identity.answer(f"/internal/v1/people/{person_id}/identity", identity_of(person_id, number))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for inside in ("trust", "documents"):
            (folder / inside).mkdir()
        authority.make(str(folder / "trust"), "http://127.0.0.1:1/trust")
        postgres, broker = PostgresBox(folder / "postgres"), NatsBox(folder / "nats")
        for server in (identity, records, postgres, broker):
            server.start()
        try:
            database = await databases.create(postgres, MANIFEST)
            await rules.load(database, RULES)
            await _know_institution(database.superuser_dsn)
            nats = await connection.connect(broker.url, broker.seed(OPERATOR), OPERATOR)
            await topology.ensure(nats.jetstream(), [MANIFEST])
            await nats.close()
            os.environ |= {
                "HUB_DATABASE_DSN": database.app_dsn,
                "HUB_NATS_URL": broker.url,
                "HUB_NATS_SEED": broker.seed(OPERATOR),
                "HUB_PUBLIC_ORIGIN": ORIGIN,
                "HUB_IDENTITY_URL": identity.url,
                "HUB_SERVICE_SECRET": "a-secret-of-the-benchmark",
                "HUB_CRIMINAL_RECORD_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
                "HUB_CRIMINAL_RECORD_REGISTER_URL": records.url,
                "HUB_CRIMINAL_RECORD_STORE": folder.joinpath("documents").as_uri(),
                "HUB_CRIMINAL_RECORD_TRUST": str(folder / "trust"),
                "HUB_LOG_LEVEL": "INFO",
            }
            with serving(folder) as (port, process):
                await measure(port, process, identity, people, without, asker)
        finally:
            for server in (broker, postgres, records, identity):
                server.stop()


async def _know_institution(dsn: str) -> None:
    looking = await asyncpg.connect(dsn)
    await looking.execute(
        """INSERT INTO "criminal-record".institutions (id, code, names, county, valid_from, version)
           VALUES ($1, 'ISJ-CJ', $2, 'CJ', '2007-01-01', 1)""",
        INSTITUTION,
        json.dumps({"ro": "Inspectoratul Școlar Județean Cluj"}),
    )
    await looking.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", type=int, default=1000, help="in the batch (1000)")
    parser.add_argument("--without", type=int, default=100, help="of them without a consent (100)")
    asyncio.run(main(parser.parse_args()))
