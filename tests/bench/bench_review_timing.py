"""Whether the time of an answer tells that something stands of a person in the criminal record.

One process of svc-criminal-record with PostgreSQL and NATS of its own; identity and the national register
answer over HTTP from here. People who are reviewed for the same reason (born abroad) ask one after the
other, with entries and without in an order of chance: each asks for a certificate, reads the request and
lists the own requests. For each operation both distributions are printed, with the p-value of the
Mann-Whitney U test: the chance of so great a difference between samples of one and the same distribution.
A small one (under 0.01) again and again would be an oracle.

    .venv/bin/python tests/bench/bench_review_timing.py --people 1000
"""

import argparse
import asyncio
import base64
import json
import math
import os
import random
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import aiohttp

from hub_cli import ports
from hub_cli.broker import OPERATOR, NatsBox
from hub_cli.outside.trust import authority
from hub_cli.postgres import PostgresBox
from hub_core import cnp, ids
from hub_core.principal import Assurance
from hub_events import connection, topology
from hub_testing import databases, rules
from hub_testing.identity import FakeIdentity
from hub_testing.listener import Answer, Asked, Listener
from svc_criminal_record.manifest import MANIFEST

ORIGIN: Final = "http://localhost:8080"
REQUESTS: Final = "/criminal-record/v1/requests"
SCOPES: Final = frozenset({"criminal-record:read", "criminal-record:write"})
RULES: Final = Path(__file__).parents[2] / "svc-catalog/contract/rules.json"
WARM_UP: Final = 50
ENTRY: Final = {
    "court": "Judecătoria Covasna",
    "judgment": "412/2019",
    "judged_on": "2019-05-02",
    "offence": "furt, art. 228 alin. (1) Cod penal",
    "penalty": "amendă penală 2.400 lei",
    "final_on": "2019-06-03",
    "execution": "",
}


@dataclass(frozen=True, slots=True)
class Someone:
    """A person who asks, born abroad."""

    id: UUID
    number: str
    has_entries: bool

    @classmethod
    def made(cls, serial: int, *, has_entries: bool) -> "Someone":
        """The person with this serial; each has a day of birth and a number of the own."""
        days, county = divmod(serial, 40)
        year, day = divmod(days, 28)
        twelve = f"2{60 + year % 40:02d}{1 + year // 40:02d}{1 + day:02d}{1 + county:02d}901"
        return cls(ids.new_id(), cnp.complete(twelve).number, has_entries)

    @property
    def birth_date(self) -> str:
        """As registers write it."""
        return f"19{self.number[1:3]}-{self.number[3:5]}-{self.number[5:7]}"

    def identity(self) -> dict[str, Any]:
        """What svc-identity says."""
        names = {"family_name": "Popescu", "given_name": "Ana", "birth_date": self.birth_date}
        return names | {
            "person_id": str(self.id),
            "cnp": self.number,
            "died_on": None,
            "is_romanian": True,
        }

    def match(self) -> dict[str, Any]:
        """What the national register says."""
        return {
            "cnp": self.number,
            "family_name": "POPESCU",
            "given_name": "ANA",
            "former_names": [],
            "birth_date": self.birth_date,
            "birth_place": "Chișinău",
            "born_abroad": True,
            "father": "Ion",
            "mother": "Maria",
            "update_pending": False,
            "entries": [ENTRY] * 3 if self.has_entries else [],
        }


def say(line: str) -> None:
    """To standard output, at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def percentile(ordered: Sequence[float], share: float) -> float:
    """The value that this share of the others does not pass."""
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def p_value(one: Sequence[float], other: Sequence[float]) -> float:
    """Of the two-sided Mann-Whitney U test, by the normal approximation with its correction for ties."""
    ranked = sorted([(value, 0) for value in one] + [(value, 1) for value in other])
    sum_of_ranks, ties, passed = 0.0, 0, 0
    for _, equal in groupby(ranked, key=lambda pair: pair[0]):
        group = list(equal)
        rank = passed + (len(group) + 1) / 2
        sum_of_ranks += rank * sum(1 for _, which in group if which == 0)
        ties += len(group) ** 3 - len(group)
        passed += len(group)
    n, m = len(one), len(other)
    mean = n * m / 2
    variance = n * m / 12 * ((n + m + 1) - ties / ((n + m) * (n + m - 1)))
    u = sum_of_ranks - n * (n + 1) / 2
    return math.erfc(abs(u - mean) / math.sqrt(2 * variance))


@contextmanager
def serving(folder: Path) -> Iterator[int]:
    """One process of the service: its port."""
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
        yield port
    finally:
        process.terminate()
        process.wait()


async def ask(
    http: aiohttp.ClientSession, identity: FakeIdentity, someone: Someone
) -> dict[str, tuple[float, int]]:
    """For each operation, milliseconds until the answer was read and its length."""
    headers = identity.headers(someone.id, SCOPES, Assurance.SUBSTANTIAL)
    found: dict[str, tuple[float, int]] = {}

    async def timed(name: str, method: str, path: str, body: dict[str, str] | None = None) -> bytes:
        once = {"idempotency-key": secrets.token_hex(16)} if body else {}
        began = time.perf_counter()
        async with http.request(method, path, json=body, headers=headers | once) as answer:
            read = await answer.read()
        found[name] = (time.perf_counter() - began) * 1000, len(read)
        if answer.status not in {200, 201}:
            sys.exit(f"{method} {path}: {answer.status} {read.decode()[:300]}")
        return read

    made = json.loads(await timed("ask", "POST", REQUESTS, {"motive": "angajare"}))
    if made["state"] != "MANUAL_REVIEW":
        sys.exit(f"a request came to {made['state']}, not to an officer")
    await timed("read", "GET", f"{REQUESTS}/{made['id']}")
    await timed("list", "GET", REQUESTS)
    return found


async def measure(port: int, identity: FakeIdentity, people: Sequence[Someone]) -> None:
    """Everybody in their turn, then the figures."""
    seen: dict[str, dict[bool, list[tuple[float, int]]]] = {}
    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as http:
        for turn, someone in enumerate(people):
            found = await ask(http, identity, someone)
            if turn >= WARM_UP:
                for name, took in found.items():
                    seen.setdefault(name, {True: [], False: []})[someone.has_entries].append(took)
    say("| operation | entries | n | p10 ms | p50 ms | p90 ms | p99 ms | mean ms | bytes | p-value |")
    say("|---|---|---|---|---|---|---|---|---|---|")
    for name, both in seen.items():
        waits = {kind: sorted(wait for wait, _ in took) for kind, took in both.items()}
        chance = p_value(waits[True], waits[False])
        for kind, ordered in waits.items():
            shares = " | ".join(f"{percentile(ordered, share):.2f}" for share in (0.1, 0.5, 0.9, 0.99))
            mean = sum(ordered) / len(ordered)
            lengths = {length for _, length in both[kind]}
            sizes = f"{min(lengths)}" if len(lengths) == 1 else f"{min(lengths)}-{max(lengths)}"
            word = "three" if kind else "none"
            say(f"| {name} | {word} | {len(ordered)} | {shares} | {mean:.3f} | {sizes} | {chance:.3f} |")


async def main(options: argparse.Namespace) -> None:
    """Servers, people, figures."""
    kinds = [serial % 2 == 0 for serial in range(2 * options.people + WARM_UP)]
    people = [Someone.made(serial, has_entries=kind) for serial, kind in enumerate(kinds)]
    random.Random(options.seed).shuffle(people)
    known = {someone.number: someone for someone in people}

    def register(asked: Asked) -> Answer:
        found = known.get(json.loads(asked.body).get("cnp", ""))
        return Answer(json.dumps({"matches": [found.match()] if found else []}).encode(), "application/json")

    identity, records = FakeIdentity(ORIGIN), Listener(register)
    for someone in people:
        identity.answer(f"/internal/v1/people/{someone.id}/identity", someone.identity())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "trust").mkdir()
        authority.make(str(folder / "trust"), "http://127.0.0.1:1/trust")
        postgres, broker = PostgresBox(folder / "postgres"), NatsBox(folder / "nats")
        for server in (identity, records, postgres, broker):
            server.start()
        try:
            database = await databases.create(postgres, MANIFEST)
            await rules.load(database, RULES)
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
            (folder / "documents").mkdir()
            with serving(folder) as port:
                await measure(port, identity, people)
        finally:
            for server in (broker, postgres, records, identity):
                server.stop()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", type=int, default=1000, help="of each kind (1000)")
    parser.add_argument("--seed", type=int, default=None, help="of the order of chance")
    asyncio.run(main(parser.parse_args()))
