"""Messages handed over per second, and how long codes wait beside a million others.

One process of svc-notify with PostgreSQL and NATS of its own, a sink that speaks SMTP in another process, and
a svc-identity that knows everybody. Measured in this order:

- the dialogue alone, over as many connections as a lane has: Postfix's smtp-source (C) where it is on the
  PATH, and aiosmtplib, both to that sink;
- the notices of `--notices` people, queued before the service starts: how many a second, with what CPU;
- codes at `--rate` a second for `--seconds`, while `--bulk` bulk messages are queued and being handed over:
  from the publishing of the event that asks for a code until the sink has its message.

    flock /tmp/heavy.lock .venv/bin/python tests/bench/bench_notify.py --notices 20000 --bulk 1000000

The sink is Python's asyncio, because it has to say which codes came and what came twice.
"""

import argparse
import asyncio
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, ClassVar, Final

import aiosmtplib
import alone
import asyncpg
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from figures import percentile, say

from hub_cli import ports
from hub_core import clock, ids
from hub_events import connection, envelope, topology
from hub_testing import rules
from hub_testing.identity import FakeIdentity
from hub_testing.listener import Answer, Asked
from svc_identity.domain.confirmation import Purpose
from svc_identity.events.accounts import EmailConfirmationRequested
from svc_notify.manifest import MANIFEST

_RULES: Final = Path(__file__).parents[2] / "svc-catalog/contract/rules.json"
_MESSAGE_ID: Final = re.compile(rb"^Message-ID: <([0-9a-f-]{36})@", re.MULTILINE)
_TO_CODES: Final = re.compile(rb"^To: code-([0-9a-f-]{36})@", re.MULTILINE)
_QUEUE: Final = """
    WITH made AS (
        INSERT INTO notify.messages (id, cause_id, person_id, template, template_version, variables, lane,
            purpose, plan, step, queued_at, expires_at, version)
        SELECT gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 'account.validated', 2,
            '{"told_on": "2026-11-23"}', $1, 'TRANSACTIONAL', '[["EMAIL", 0]]', 1, now(),
            now() + interval '30 days', 1
        FROM generate_series(1, $2) RETURNING id, queued_at)
    INSERT INTO notify.deliveries (id, message_id, channel, lane, state, attempts, due_at, queued_at, version)
    SELECT gen_random_uuid(), id, 'EMAIL', $1, 'QUEUED', 0, queued_at, queued_at, 1 FROM made"""


class Everybody(FakeIdentity):
    """A svc-identity that has an address and a code for whoever is asked about."""

    def _respond(self, asked: Asked) -> Answer:
        if asked.path == "/internal/v1/contacts":
            people = json.loads(asked.body)["people"]
            contacts = [
                {"person_id": each, "email": f"{each}@example.org", "language": "ro"} for each in people
            ]
            return Answer(json.dumps({"contacts": contacts}).encode(), "application/json", 200)
        if asked.path.startswith("/internal/v1/email-confirmations/"):
            said = {
                "email": f"code-{asked.path.rpartition('/')[2]}@example.org",
                "language": "ro",
                "code": "482913",
                "expires_at": (clock.now() + timedelta(minutes=15)).isoformat(),
            }
            return Answer(json.dumps(said).encode(), "application/json", 200)
        return super()._respond(asked)


class Sink(asyncio.Protocol):
    """A server that takes every message over and remembers when, and which code it brought."""

    taken = 0
    ids: ClassVar[set[bytes]] = set()
    codes: ClassVar[dict[str, float]] = {}

    def connection_made(self, transport: Any) -> None:
        self._transport, self._buffer, self._in_data = transport, b"", False
        transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while True:
            end = b"\r\n.\r\n" if self._in_data else b"\r\n"
            part, found, rest = self._buffer.partition(end)
            if not found:
                return
            self._buffer = rest
            self._answer(part)

    def _answer(self, part: bytes) -> None:
        if self._in_data:
            self._in_data = False
            if named := _MESSAGE_ID.search(part):
                Sink.taken += 1
                Sink.ids.add(named[1])
            if code := _TO_CODES.search(part):
                Sink.codes.setdefault(code[1].decode(), time.time())
            self._transport.write(b"250 taken\r\n")
        elif part[:4].upper() == b"DATA":
            self._in_data = True
            self._transport.write(b"354 go on\r\n")
        elif part == b"FIGURES":
            said = {"taken": Sink.taken, "different": len(Sink.ids), "codes": Sink.codes}
            self._transport.write(json.dumps(said).encode() + b"\r\n")
        elif part[:4].upper() == b"QUIT":
            self._transport.write(b"221 bye\r\n")
            self._transport.close()
        else:
            self._transport.write(b"250 sink\r\n")


async def serve_sink(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(Sink, "127.0.0.1", port)
    await server.serve_forever()


async def figures_of(port: int) -> Any:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**26)
    await reader.readline()
    writer.write(b"FIGURES\r\n")
    said = json.loads(await reader.readline())
    writer.close()
    return said


def source_alone(port: int, connections: int, count: int) -> None:
    """The dialogue by a program in C: messages of 14 KB."""
    program = shutil.which("smtp-source")
    if program is None:
        say("| Postfix's smtp-source | not installed | |")
        return
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run(
        [program, "-s", str(connections), "-m", str(count), "-l", "14000", f"inet:127.0.0.1:{port}"],
        check=True,
        timeout=60,
    )
    seconds, after = time.monotonic() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    say(f"| Postfix's smtp-source | {count / seconds:.0f} | {used / count * 1e3:.2f} |")


async def talk_alone(port: int, connections: int, seconds: float) -> None:
    """The raw cost of the dialogue: messages of 14 KB by aiosmtplib, nothing else."""
    message = b"From: a@hub.example\r\nTo: b@example.org\r\nSubject: x\r\n\r\n" + (b"x" * 74 + b"\r\n") * 180
    until, sent = time.monotonic() + seconds, 0

    async def talk() -> None:
        nonlocal sent
        async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False) as smtp:
            while time.monotonic() < until:
                await smtp.mail("a@hub.example")
                await smtp.rcpt("b@example.org")
                await smtp.data(message)
                sent += 1

    used = time.process_time()
    await asyncio.gather(*(talk() for _ in range(connections)))
    used = time.process_time() - used
    say(f"| aiosmtplib alone | {sent / seconds:.0f} | {used / sent * 1e3:.2f} |")


def cpu_of(pid: int) -> float:
    """Seconds of CPU that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


async def hand_over(looking: asyncpg.Connection, port: int, folder: Path, notices: int, limit: float) -> None:
    await looking.execute(_QUEUE, 1, notices)
    await looking.execute("ANALYZE notify.messages, notify.deliveries")
    before = (await figures_of(port))["taken"]
    with alone.serving(MANIFEST, folder) as (_, pid):
        while (await figures_of(port))["taken"] == before:
            await asyncio.sleep(0.1)
        begun, first, used = time.monotonic(), (await figures_of(port))["taken"], cpu_of(pid)
        last = first
        while last - before < notices and time.monotonic() - begun < limit:
            await asyncio.sleep(1)
            last = (await figures_of(port))["taken"]
        seconds, used = time.monotonic() - begun, cpu_of(pid) - used
    sent = last - first
    say(f"| svc-notify, notices with DKIM | {sent / seconds:.0f} | {used / max(sent, 1) * 1e3:.2f} |")


async def codes_beside(
    looking: asyncpg.Connection, port: int, folder: Path, options: argparse.Namespace
) -> None:
    await looking.execute(_QUEUE, 3, options.bulk)
    await looking.execute("ANALYZE notify.messages, notify.deliveries")
    nats = await connection.connect(os.environ["HUB_NATS_URL"], os.environ["HUB_NATS_SEED"], "bench")
    asked: dict[str, float] = {}
    with alone.serving(MANIFEST, folder):
        while (await figures_of(port))["taken"] < options.warm:
            await asyncio.sleep(0.2)
        before, begun = (await figures_of(port))["taken"], time.monotonic()
        for turn in range(int(options.rate * options.seconds)):
            await asyncio.sleep(max(0.0, begun + turn / options.rate - time.monotonic()))
            event = EmailConfirmationRequested(
                confirmation_id=ids.new_id(), purpose=Purpose.SIGN_UP, version=1
            )
            asked[str(event.confirmation_id)] = time.time()
            payload = envelope.encode(ids.new_id(), event, clock.now(), None)
            await nats.jetstream().publish(event.subject, payload)
        await asyncio.sleep(3)
        seconds = time.monotonic() - begun
        said = await figures_of(port)
    await nats.close()
    waits = sorted(said["codes"][each] - at for each, at in asked.items() if each in said["codes"])
    missing = len(asked) - len(waits)
    shares = ", ".join(
        f"p{int(share * 100)} {percentile(waits, share) * 1e3:.0f}" for share in (0.5, 0.95, 0.99)
    )
    say(f"codes beside {options.bulk:,} bulk messages: {shares}, max {waits[-1] * 1e3:.0f} ms")
    say(f"codes that did not come within three seconds: {missing}")
    say(f"bulk meanwhile: {(said['taken'] - before - len(waits)) / seconds:.0f} a second")
    say(f"taken over more than once (counted by Message-ID): {said['taken'] - said['different']}")
    size = await looking.fetchval("SELECT pg_size_pretty(pg_database_size(current_database()))")
    say(f"the database: {size}")


async def main(options: argparse.Namespace) -> None:
    port = ports.free()
    sink = await asyncio.create_subprocess_exec(sys.executable, __file__, "--sink", str(port))
    identity = Everybody(alone.ORIGIN)
    identity.start()
    try:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            key = folder / "dkim.pem"
            made = rsa.generate_private_key(65537, 2048)
            key.write_bytes(made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
            own = {
                "HUB_NOTIFY_KEY": "A" * 43 + "=",
                "HUB_NOTIFY_DKIM_KEYS": json.dumps({"hub": str(key)}),
                "HUB_NOTIFY_SMTP_PORT": str(port),
                "HUB_NOTIFY_SMTP_TLS": "off",
                "HUB_NOTIFY_SMTP_CONNECTIONS": str(options.connections),
            }
            say("| what | messages/s | CPU ms of its process |")
            say("|---|---|---|")
            while not ports.is_taken(port):
                await asyncio.sleep(0.1)
            await asyncio.to_thread(source_alone, port, options.connections, 20_000)
            await talk_alone(port, options.connections, 5)
            async with alone.prepared(MANIFEST, folder, identity_url=identity.url, **own) as database:
                nats = await connection.connect(
                    os.environ["HUB_NATS_URL"], os.environ["HUB_NATS_SEED"], "bench"
                )
                every = [found.load() for found in entry_points(group="hub.services")]
                await topology.ensure(nats.jetstream(), every)
                await nats.close()
                await rules.load(database, _RULES)
                looking = await asyncpg.connect(database.superuser_dsn)
                await hand_over(looking, port, folder, options.notices, options.limit)
                await codes_beside(looking, port, folder, options)
                await looking.close()
    finally:
        identity.stop()
        sink.terminate()
        await sink.wait()


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sink", type=int)
    parser.add_argument("--notices", type=int, default=20_000)
    parser.add_argument("--bulk", type=int, default=1_000_000)
    parser.add_argument("--rate", type=float, default=20)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--limit", type=float, default=60, help="seconds for the notices")
    parser.add_argument("--warm", type=int, default=500)
    return parser.parse_args()


if __name__ == "__main__":
    given = parse()
    asyncio.run(serve_sink(given.sink) if given.sink else main(given))
