"""How soon an endpoint of a partner has an event, and how many a second are handed over.

It starts a PostgreSQL and a NATS of its own, both as durable as in production, one process of svc-notify, and
endpoints on the loopback address that answer at once:

    .venv/bin/python tests/bench/bench_webhooks.py --rate 20 --seconds 30 --burst 3000 --endpoints 8

- latency: events at a constant rate, from before each is published until its request has come;
- throughput: so many events, each for every endpoint, until all have come; then for one endpoint alone.

"CPU" is what the process of the service used for each message. Everything shares the machine.
"""

import argparse
import asyncio
import base64
import json
import os
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import httpx2
from alone import ORIGIN, prepared, serving
from figures import percentile, say, spent_by

from hub_cli.broker import OPERATOR
from hub_core import clock
from hub_core.ids import new_id
from hub_events import connection
from hub_testing import rules
from hub_testing.identity import FakeIdentity
from svc_notify.domain.webhook_messages import sign
from svc_notify.manifest import MANIFEST

ROOT: Final = Path(__file__).parents[2]
ARCHIVED: Final = "hub.petitions.petition.archived.v1"
CONTRACT: Final = ROOT / "svc-petitions/contract/events"
EXAMPLE: Final = json.loads((CONTRACT / "petitions.petition.archived.v1.example.json").read_text())
ENDPOINTS: Final = "/notify/v1/webhook-endpoints"
SCOPES: Final = {"events:read", "webhooks:read", "webhooks:write"}
IN_FLIGHT: Final = 64


class Endpoint:
    """Answers at once; notes when each event came first."""

    def __init__(self) -> None:
        self.came: dict[str, float] = {}
        self.again = 0
        self.secret = b""
        self.port = 0

    async def open(self) -> None:
        """Listen."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                at = time.perf_counter()
                said = dict(line.split(b": ", 1) for line in head.lower().split(b"\r\n") if b": " in line)
                body = await reader.readexactly(int(said[b"content-length"]))
                event_id = said[b"webhook-id"].decode()
                if b"webhook-endpoint.challenged" in body:
                    self._meet(writer, event_id, int(said[b"webhook-timestamp"]), body)
                    continue
                self.again += event_id in self.came
                self.came.setdefault(event_id, at)
                writer.write(b"HTTP/1.1 204 Taken\r\n\r\n")
        except asyncio.IncompleteReadError:
            writer.close()

    def _meet(self, writer: asyncio.StreamWriter, event_id: str, at: int, body: bytes) -> None:
        text = json.loads(body)["data"]["challenge"].encode()
        answer = json.dumps({"answer": sign(self.secret, event_id, datetime.fromtimestamp(at, UTC), text)})
        writer.write(f"HTTP/1.1 200 OK\r\ncontent-length: {len(answer)}\r\n\r\n{answer}".encode())


class Bench:
    """A running service, its publisher, and endpoints."""

    def __init__(self, jetstream: Any, client: httpx2.AsyncClient, identity: FakeIdentity) -> None:
        self.jetstream = jetstream
        self.client = client
        self.identity = identity

    async def endpoint(self, institution: str) -> Endpoint:
        """A verified endpoint of an institution's client."""
        made = Endpoint()
        await made.open()
        sub = str(new_id())
        claims = {"kind": "client", "sub": sub, "client_id": sub, "sid": None, "institution": institution}
        headers = self.identity.headers(scopes=SCOPES, **claims)
        body = {"address": f"http://127.0.0.1:{made.port}/"}
        answer = await self.client.post(ENDPOINTS, headers=headers, json=body)
        address = f"{ENDPOINTS}/{answer.json()['id']}"
        shown = (await self.client.put(f"{address}/secret", headers=headers, json={})).json()["secret"]
        made.secret = base64.b64decode(shown.removeprefix("whsec_"))
        (await self.client.put(f"{address}/verification", headers=headers)).raise_for_status()
        return made

    async def publish(self, institution: str) -> str:
        """Tell an event; its id."""
        event_id = str(new_id())
        told = EXAMPLE | {"id": event_id, "subject": str(new_id()), "time": clock.now().isoformat()}
        told |= {"data": EXAMPLE["data"] | {"institution_id": institution}}
        body = json.dumps(told).encode()
        await self.jetstream.publish(ARCHIVED, body, headers={"Nats-Msg-Id": event_id})
        return event_id

    async def latency(self, rate: float, seconds: float) -> list[float]:
        """Milliseconds from before each publication until its request has come."""
        institution, told = str(new_id()), {}
        endpoint = await self.endpoint(institution)

        async def tell() -> None:
            began = time.perf_counter()
            told[await self.publish(institution)] = began

        began, telling = time.perf_counter(), []
        for number in range(int(rate * seconds)):
            await asyncio.sleep(began + number / rate - time.perf_counter())
            telling.append(asyncio.create_task(tell()))
        await asyncio.gather(*telling)
        await self.all_came([endpoint], len(told))
        return sorted((endpoint.came[event_id] - at) * 1000 for event_id, at in told.items())

    async def burst(self, count: int, endpoints: int) -> tuple[float, int]:
        """Seconds until so many events have come to every endpoint, and how many came twice."""
        institution = str(new_id())
        partners = [await self.endpoint(institution) for _ in range(endpoints)]
        room = asyncio.Semaphore(IN_FLIGHT)

        async def tell() -> None:
            async with room:
                await self.publish(institution)

        began = time.perf_counter()
        await asyncio.gather(*(tell() for _ in range(count)))
        await self.all_came(partners, count)
        return time.perf_counter() - began, sum(one.again for one in partners)

    async def all_came(self, endpoints: list[Endpoint], count: int) -> None:
        """Wait until each endpoint has so many events."""
        while any(len(one.came) < count for one in endpoints):
            await asyncio.sleep(0.02)


async def main() -> None:
    """Measure, and say what came out."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rate", type=float, default=20)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--burst", type=int, default=3000)
    parser.add_argument("--endpoints", type=int, default=8)
    asked = parser.parse_args()
    identity = FakeIdentity(ORIGIN)
    identity.start()
    allowed = {"HUB_OUTSIDE_ALLOWED": '["127.0.0.1"]'}
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        folder = Path(name)
        async with prepared(MANIFEST, folder, identity_url=identity.url, **allowed) as database:
            await rules.load(database, ROOT / "svc-catalog/contract/rules.json")
            nats = await connection.connect(os.environ["HUB_NATS_URL"], os.environ["HUB_NATS_SEED"], OPERATOR)
            with serving(MANIFEST, folder) as (port, pid):
                async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
                    bench = Bench(nats.jetstream(), client, identity)
                    await bench.latency(20, 3)
                    taken = await bench.latency(asked.rate, asked.seconds)
                    say(
                        f"latency at {asked.rate:g}/s: p50 {percentile(taken, 0.5):.1f} ms, "
                        f"p99 {percentile(taken, 0.99):.1f} ms, longest {taken[-1]:.1f} ms"
                    )
                    for endpoints in (asked.endpoints, 1):
                        count = asked.burst // endpoints if endpoints > 1 else asked.burst // asked.endpoints
                        used = spent_by(pid)
                        seconds, again = await bench.burst(count, endpoints)
                        messages = count * endpoints
                        cpu = (spent_by(pid) - used) * 1e6 / messages
                        say(
                            f"{count} events to {endpoints} endpoints: {messages / seconds:.0f} webhooks/s, "
                            f"{again} twice; CPU {cpu:.0f} µs"
                        )
            await nats.close()
    identity.stop()


if __name__ == "__main__":
    asyncio.run(main())
