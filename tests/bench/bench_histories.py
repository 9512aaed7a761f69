"""How long a driver waits for the sealed history, beside ten thousand entries or beside many more.

As bench_ledger.py: PostgreSQL and NATS of its own, one process of svc-traffic-history as the supervisor runs
it, without the gateway, asked about drivers by chance. Time stamps and revocation answers come from the
authority of the embedded run, which is this program, too:

    .venv/bin/python tests/bench/bench_histories.py --entries 100000

- document: a driver asks for everything; row, event and sealed file are stored when it is answered
  (`POST /history-documents`, with an Idempotency-Key);
- file: the sealed PDF of one that was issued (`GET /history-documents/{id}/file`);
- verify: anybody verifies one by its code, which is told after 50 ms whatever it is (`GET /verify/{code}`).

Each at a constant rate (open loop: a wait counts from the moment it was due), then by eight clients. What is
printed is Markdown, for docs/benchmarks/histories.md.
"""

import argparse
import asyncio
import base64
import secrets
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import aiohttp
import alone
import drivers
import uvicorn
from bench_ledger import BASE, Making, Request, Service, at_a_rate, cells, closed, machine, tell
from figures import say
from starlette.applications import Starlette

from hub_cli import ports
from hub_cli.outside.trust import authority
from hub_cli.outside.trust.routes import TrustServices
from hub_core.principal import Assurance
from hub_testing import rules
from hub_testing.identity import FakeIdentity
from hub_testing.listener import Listener
from svc_traffic_history.manifest import MANIFEST

SCOPES: Final = {"traffic-history:read", "traffic-history:write"}
ISSUED: Final = 200
"""So many documents are looked at."""


@dataclass
class Histories(Service):
    """The service, and what it has issued."""

    issued: list[tuple[Any, str, str]] = field(default_factory=list)

    def document(self) -> Request:
        """Somebody's history."""
        _, person_id = self._next()
        return self._asked(person_id)

    def file(self) -> Request:
        """A file that was issued."""
        person_id, document, _ = self._one()
        headers = self.identity.headers(person_id, SCOPES, Assurance.SUBSTANTIAL)
        return Request("GET", f"/history-documents/{document}/file", headers)

    def verify(self) -> Request:
        """A code of one."""
        return Request("GET", f"/verify/{self._one()[2]}", {})

    async def issue(self) -> None:
        """What is looked at later."""
        for _ in range(ISSUED):
            _, person_id = self._next()
            made = self._asked(person_id)
            async with self.http.post(BASE + made.path, json=made.body, headers=made.headers) as answer:
                document = await answer.json()
            self.issued.append((person_id, document["id"], document["code"]))

    def _asked(self, person_id: Any) -> Request:
        headers = self.identity.headers(person_id, SCOPES, Assurance.SUBSTANTIAL)
        headers |= {"idempotency-key": secrets.token_hex(16)}
        return Request("POST", "/history-documents", headers, {"motive": "angajare"})

    def _one(self) -> tuple[Any, str, str]:
        self.turn += 1
        return self.issued[self.turn % len(self.issued)]


@contextmanager
def trust(folder: Path) -> Iterator[str]:
    """The authority of the embedded run, served from a thread: its address."""
    port = ports.free()
    authority.make(str(folder), f"http://127.0.0.1:{port}/trust")
    app = Starlette(routes=TrustServices(folder).routes)
    app.state.is_away = False
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{port}/trust"
    server.should_exit = True
    thread.join()


async def measure(service: Histories, options: argparse.Namespace, data: str) -> None:
    """Each at a rate, then as often as eight clients can."""
    say(
        "| entries | what | at a rate: p50 ms | p95 ms | p99 ms "
        "| per second | p50 ms | p95 ms | p99 ms | service | PostgreSQL |"
    )
    say("|---|---|---|---|---|---|---|---|---|---|---|")
    await closed(service, 2.0, service.document)
    await service.issue()
    for name, rate in (
        ("document", options.rate),
        ("file", 10 * options.rate),
        ("verify", 10 * options.rate),
    ):
        make: Making = getattr(service, name)
        due = await at_a_rate(service, rate, options.seconds, make)
        before, began = service.spent(), time.perf_counter()
        waits = await closed(service, options.seconds, make)
        took = time.perf_counter() - began
        cpu = [(now - was) / len(waits) * 1000 for now, was in zip(service.spent(), before, strict=True)]
        row = [data, f"{name}, {rate:g}/s", *cells(due), f"{len(waits) / took:.1f}", *cells(waits)]
        say(f"| {' | '.join([*row, *(f'{each:.2f}' for each in cpu)])} |")


async def main(options: argparse.Namespace) -> None:
    """Servers, data, figures."""
    key = secrets.token_bytes(32)
    identity = FakeIdentity(alone.ORIGIN)
    identity.start()
    register = Listener(tell)
    register.start()
    with tempfile.TemporaryDirectory() as name, trust(Path(name) / "trust") as address:
        folder = Path(name)
        own = {
            "HUB_TRAFFIC_HISTORY_KEY": base64.b64encode(key).decode(),
            "HUB_TRAFFIC_HISTORY_REGISTER_URL": f"{register.url}/drivers",
            "HUB_TRAFFIC_HISTORY_STORE": (folder / "documents").as_uri(),
            "HUB_TRAFFIC_HISTORY_TRUST": str(folder / "trust"),
            "HUB_TRAFFIC_HISTORY_TIMESTAMPS_URL": f"{address}/timestamps",
        }
        async with alone.prepared(MANIFEST, folder, identity_url=identity.url, **own) as made:
            await rules.load(made, drivers.RULES)
            looking = await drivers.connected(made)
            say((await machine(looking)).replace("bench_ledger.py", "bench_histories.py"))
            await drivers.fill(made, looking, key, options.entries)
            rows = await looking.fetch("SELECT id, person_id FROM drivers ORDER BY random() LIMIT 50000")
            with alone.serving(MANIFEST, folder) as (port, pid):
                server = await looking.fetchval("SELECT pg_backend_pid()")
                parent = int(Path(f"/proc/{server}/stat").read_text().rpartition(")")[2].split()[1])
                async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as http:
                    asked = [tuple(row) for row in rows]
                    service = Histories(http, identity, asked, len(asked), pid, parent)
                    await measure(service, options, f"{options.entries:,}")
            size = await looking.fetchrow(
                "SELECT round(avg(file_bytes)) AS bytes, count(*), string_agg(DISTINCT seal_level, ', ')"
                " AS levels FROM history_documents"
            )
            say(f"\n{size['count']:,} documents of {size['bytes']:,} bytes on average: {size['levels']}.")
            await looking.close()
    register.stop()
    identity.stop()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--entries", type=int, default=100_000, help="entries of the ledger (100000)")
    parser.add_argument("--rate", type=float, default=10.0, help="documents a second, open loop (10)")
    parser.add_argument("--seconds", type=float, default=15.0, help="length of each measurement (15)")
    asyncio.run(main(parser.parse_args()))
