"""Orders of an institution accepted per second, with everything on; and batches of ten thousand.

One process of svc-notify with PostgreSQL and NATS of its own, everything durable. Each order comes over HTTP
with an internal token of the institution's client and an Idempotency-Key of its own, for a person of its own;
stored are the order with its values sealed, the institution's counts and the answer to the key. The orders
are for tomorrow, so that nothing is sent meanwhile. First as fast as it goes, then at half of that at a
constant rate (open loop: a wait counts from the moment it was due), then batches, one after the other.

    .venv/bin/python tests/bench/bench_orders.py --rounds 3 --seconds 5 --clients 64
"""

import argparse
import asyncio
import base64
import json
import re
import secrets
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import alone
import asyncpg
from figures import percentile, say, spent_by

from hub_core import ids
from hub_core.language import Language
from hub_core.principal import Kind
from hub_service.database import Database
from hub_testing import rules
from hub_testing.identity import FakeIdentity
from svc_notify.domain import templates
from svc_notify.domain.channels import Channel
from svc_notify.domain.kinds import Purpose
from svc_notify.domain.templates import Content, TemplateState, Variable, VariableType, Wording
from svc_notify.manifest import MANIFEST
from svc_notify.settings import Settings
from svc_notify.storage import templates as storage

RULES: Final = Path(__file__).parents[2] / "svc-catalog/contract/rules.json"
KEY: Final = "institution.permit-ready"
BATCH: Final = 10_000
ACCEPTED: Final = b"HTTP/1.1 201"
LENGTH: Final = re.compile(rb"content-length: (\d+)", re.IGNORECASE)
CONTENT: Final = Content(
    purpose=Purpose.TRANSACTIONAL,
    names={Language.RO: "Autorizație gata"},
    channels=frozenset({Channel.EMAIL}),
    variables=(Variable("number", VariableType.TEXT, "1"), Variable("office", VariableType.TEXT, "2")),
    wording={Language.RO: Wording("Nr. {{ number }}", "Gata", "{{ number }}, {{ office }}")},
)
VALUES: Final = {"number": "117/2026", "office": "Strada Unirii 4, camera 12"}


class Requests:
    """Orders and batches of one institution, ready to be sent."""

    def __init__(self, identity: FakeIdentity) -> None:
        self.institution = ids.new_id()
        claims = {"sub": "city-hall", "client_id": "city-hall", "institution": str(self.institution)}
        self._token = identity.token(None, {"messages:send"}, kind=Kind.CLIENT, sid=None, **claims)
        self._later = (datetime.now(UTC) + timedelta(days=1)).isoformat()

    def order(self) -> bytes:
        """An order for somebody."""
        wanted = {"template": KEY, "person_id": str(ids.new_id()), "variables": VALUES}
        return self._request("orders", wanted | {"reference": secrets.token_hex(6), "send_at": self._later})

    def batch(self) -> bytes:
        """Orders for ten thousand."""
        items = [
            {"person_id": str(ids.new_id()), "variables": VALUES, "reference": secrets.token_hex(6)}
            for _ in range(BATCH)
        ]
        return self._request("batches", {"template": KEY, "items": items, "send_at": self._later})

    def _request(self, path: str, content: object) -> bytes:
        body = json.dumps(content).encode()
        return (
            f"POST /notify/v1/{path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {self._token}\r\n"
            f"idempotency-key: {secrets.token_hex(16)}\r\ncontent-type: application/json\r\n"
            f"content-length: {len(body)}\r\n\r\n"
        ).encode() + body


class Client:
    """A connection that sends one request at a time."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def send(self, request: bytes) -> None:
        """Send it; what is not accepted ends the program."""
        self._streams = self._streams or await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        found = LENGTH.search(head)
        body = await reader.readexactly(int(found[1]) if found else 0)
        if not head.startswith(ACCEPTED):
            sys.exit(f"not accepted: {head[:100]!r} {body[:300]!r}")


async def as_fast_as_it_goes(
    port: int, pid: int, ready: Iterator[bytes], seconds: float, clients: int
) -> tuple[float, float, list[float]]:
    """Accepted a second, CPU of the service in µs for each, and the waits in ms."""
    waits: list[float] = []
    ends, spent, began = time.monotonic() + seconds, spent_by(pid), time.monotonic()

    async def go_on() -> None:
        client = Client(port)
        while time.monotonic() < ends:
            since = time.monotonic()
            await client.send(next(ready))
            waits.append((time.monotonic() - since) * 1000)

    await asyncio.gather(*(go_on() for _ in range(clients)))
    took = time.monotonic() - began
    return len(waits) / took, (spent_by(pid) - spent) / len(waits) * 1e6, sorted(waits)


async def at_a_rate(
    port: int, ready: Iterator[bytes], rate: float, seconds: float, clients: int
) -> list[float]:
    """The waits in ms, each from the moment that it was due."""
    waits: list[float] = []
    free: asyncio.Queue[Client] = asyncio.Queue()
    for _ in range(clients):
        free.put_nowait(Client(port))
    began = time.monotonic()

    async def one(due: float) -> None:
        client = await free.get()
        await client.send(next(ready))
        free.put_nowait(client)
        waits.append((time.monotonic() - due) * 1000)

    async with asyncio.TaskGroup() as sending:
        for number in range(int(rate * seconds)):
            due = began + number / rate
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            sending.create_task(one(due))
    return sorted(waits)


def middle_and_tail(waits: list[float]) -> str:
    """Two cells of the table."""
    return f"{percentile(waits, 0.5):.1f} | {percentile(waits, 0.99):.1f}"


async def measure(port: int, pid: int, wanted: Requests, options: argparse.Namespace) -> None:
    """Orders, then batches."""
    ready = iter([wanted.order() for _ in range(int(options.seconds * options.most * (options.rounds + 2)))])
    await as_fast_as_it_goes(port, pid, ready, 1.0, 4)
    say(f"{options.clients} connections, {options.rounds} times {options.seconds} s")
    say("| what | a second | min - max | p50 ms | p99 ms | CPU of the service, µs for each |")
    say("|---|---|---|---|---|---|")
    runs = [
        await as_fast_as_it_goes(port, pid, ready, options.seconds, options.clients)
        for _ in range(options.rounds)
    ]
    rates = sorted(rate for rate, _, _ in runs)
    waits = sorted(wait for _, _, each in runs for wait in each)
    rate, cpu = statistics.median(rates), statistics.median(cpu for _, cpu, _ in runs)
    spread = f"{rates[0]:,.0f} - {rates[-1]:,.0f}"
    say(f"| orders | {rate:,.0f} | {spread} | {middle_and_tail(waits)} | {cpu:,.0f} |")
    half = await at_a_rate(port, ready, rate / 2, options.seconds, options.clients)
    say(f"| at half of that, open loop | {rate / 2:,.0f} | | {middle_and_tail(half)} | |")
    client, took, spent = Client(port), [], spent_by(pid)
    for batch in [wanted.batch() for _ in range(options.rounds)]:
        since = time.monotonic()
        await client.send(batch)
        took.append(time.monotonic() - since)
    each = (spent_by(pid) - spent) / (BATCH * options.rounds) * 1e6
    rates = sorted(BATCH / seconds for seconds in took)
    spread = f"{rates[0]:,.0f} - {rates[-1]:,.0f}"
    slowest = max(took) * 1000
    say(
        f"| orders in batches of 10,000 | {statistics.median(rates):,.0f} | {spread} "
        f"| {statistics.median(took) * 1000:.0f} a batch | {slowest:.0f} the slowest | {each:,.0f} |"
    )


async def approve(wanted: Requests) -> None:
    """The institution's template, active."""
    database, now = Database(Settings()), datetime.now(UTC)
    made = templates.create(wanted.institution, KEY, CONTENT, ids.new_id(), now)
    async with database.sessions() as session, session.begin():
        await storage.add(session, replace(made, state=TemplateState.ACTIVE, decided_by=ids.new_id()))
    await database.close()


async def main(options: argparse.Namespace) -> None:
    """Servers, a template, figures."""
    identity = FakeIdentity(alone.ORIGIN)
    identity.start()
    wanted = Requests(identity)
    own = {"HUB_NOTIFY_KEY": base64.b64encode(secrets.token_bytes(32)).decode()}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with alone.prepared(MANIFEST, folder, identity_url=identity.url, **own) as database:
            await rules.load(database, RULES)
            connection = await asyncpg.connect(database.superuser_dsn)
            raised = "jsonb_set(rows, '{0,value}', '\"100000000\"')"
            await connection.execute(
                f"UPDATE notify.rule_tables SET rows = {raised} WHERE code LIKE 'notification.orders-per-%'"
            )
            await connection.close()
            await approve(wanted)
            with alone.serving(MANIFEST, folder) as (port, pid):
                await measure(port, pid, wanted, options)
    identity.stop()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--most", type=int, default=2500, help="orders a second that are made ready")
    asyncio.run(main(parser.parse_args()))
