"""How soon a partner who polls reads an event, and how many a second the feed takes.

It starts a PostgreSQL and a NATS of its own, both as durable as in production, and one process of svc-notify:

    .venv/bin/python tests/bench/bench_feed.py --rate 100 --seconds 30 --burst 20000

- latency: events at a constant rate, from before each is published until it stands in an answer to a
  reader that waits (`wait=25`); beside it so many other readers that wait for what never comes;
- throughput: a stream with so many events, until each has its position.

"CPU" is what the process of the service used for each event. Everything shares the machine.
"""

import argparse
import asyncio
import json
import os
import tempfile
import time
from pathlib import Path
from typing import Any, Final

import asyncpg
import httpx2
from alone import ORIGIN, prepared, serving
from figures import percentile, say, spent_by

from hub_cli.broker import OPERATOR
from hub_core import clock, ids
from hub_core.ids import new_id
from hub_events import connection
from hub_testing.identity import FakeIdentity
from svc_notify.manifest import MANIFEST

ARCHIVED: Final = "hub.petitions.petition.archived.v1"
CONTRACT: Final = Path(__file__).parents[2] / "svc-petitions/contract/events"
EXAMPLE: Final = json.loads((CONTRACT / "petitions.petition.archived.v1.example.json").read_text())
EVENTS: Final = "/notify/v1/events"
IN_FLIGHT: Final = 64


def an_event(institution: str) -> tuple[str, bytes]:
    """A new event of an institution: its id, and the CloudEvent."""
    event_id = str(ids.new_id())
    told = EXAMPLE | {"id": event_id, "subject": str(new_id()), "time": clock.now().isoformat()}
    return event_id, json.dumps(told | {"data": EXAMPLE["data"] | {"institution_id": institution}}).encode()


class Bench:
    """A running service, its publisher and its readers."""

    def __init__(self, jetstream: Any, client: httpx2.AsyncClient, identity: FakeIdentity) -> None:
        self.jetstream = jetstream
        self.client = client
        self.identity = identity

    def headers(self, institution: str) -> dict[str, str]:
        """The token of an institution's client."""
        claims = {"kind": "client", "sub": "desk", "client_id": "desk", "sid": None}
        return self.identity.headers(scopes={"events:read"}, institution=institution, **claims)

    async def publish(self, institution: str) -> str:
        """Tell an event; its id."""
        event_id, body = an_event(institution)
        await self.jetstream.publish(ARCHIVED, body, headers={"Nats-Msg-Id": event_id})
        return event_id

    async def idle(self) -> None:
        """A reader that waits for what never comes."""
        headers, query = self.headers(str(new_id())), {"wait": 25}
        while True:
            answer = await self.client.get(EVENTS, headers=headers, params=query)
            query["cursor"] = answer.json()["next_cursor"]

    async def latency(self, rate: float, seconds: float) -> list[float]:
        """Milliseconds from before each publication until the answer that brings it."""
        institution, told, seen = str(new_id()), {}, {}
        headers = self.headers(institution)
        count = int(rate * seconds)

        async def read() -> None:
            query: dict[str, Any] = {"wait": 25, "limit": 200}
            while len(seen) < count:
                page = (await self.client.get(EVENTS, headers=headers, params=query)).json()
                seen.update(dict.fromkeys([event["id"] for event in page["items"]], time.perf_counter()))
                query["cursor"] = page["next_cursor"]

        async def tell() -> None:
            began = time.perf_counter()
            event_id = await self.publish(institution)
            told[event_id] = began

        reading = asyncio.create_task(read())
        began, telling = time.perf_counter(), []
        for number in range(count):
            await asyncio.sleep(began + number / rate - time.perf_counter())
            telling.append(asyncio.create_task(tell()))
        await asyncio.gather(*telling)
        await reading
        return sorted((seen[event_id] - at) * 1000 for event_id, at in told.items())

    async def burst(self, count: int, database: asyncpg.Connection) -> float:
        """Seconds until so many events, published as fast as the broker takes them, have positions."""
        already = await database.fetchval("SELECT count(*) FROM feed_events")
        institution = str(new_id())
        room = asyncio.Semaphore(IN_FLIGHT)

        async def tell() -> None:
            async with room:
                await self.publish(institution)

        began = time.perf_counter()
        await asyncio.gather(*(tell() for _ in range(count)))
        while await database.fetchval("SELECT count(*) FROM feed_events") < already + count:
            await asyncio.sleep(0.1)
        return time.perf_counter() - began


async def main() -> None:
    """Measure, and say what came out."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rate", type=float, default=100)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--idle", type=int, default=200)
    parser.add_argument("--burst", type=int, default=20_000)
    asked = parser.parse_args()
    identity = FakeIdentity(ORIGIN)
    identity.start()
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        folder = Path(name)
        async with prepared(MANIFEST, folder, identity_url=identity.url) as database:
            nats = await connection.connect(os.environ["HUB_NATS_URL"], os.environ["HUB_NATS_SEED"], OPERATOR)
            looking = await asyncpg.connect(
                database.superuser_dsn, server_settings={"search_path": database.schema}
            )
            limits = httpx2.Limits(max_connections=None)
            with serving(MANIFEST, folder) as (port, pid):
                url = f"http://127.0.0.1:{port}"
                async with httpx2.AsyncClient(base_url=url, timeout=60, limits=limits) as client:
                    bench = Bench(nats.jetstream(), client, identity)
                    await bench.latency(20, 2)
                    idle = [asyncio.create_task(bench.idle()) for _ in range(asked.idle)]
                    await bench.latency(20, 3)
                    used = spent_by(pid)
                    taken = await bench.latency(asked.rate, asked.seconds)
                    cpu = (spent_by(pid) - used) * 1e6 / len(taken)
                    for one in idle:
                        one.cancel()
                    await asyncio.gather(*idle, return_exceptions=True)
                    say(
                        f"latency at {asked.rate:g}/s beside {asked.idle} that wait: "
                        f"p50 {percentile(taken, 0.5):.1f} ms, p99 {percentile(taken, 0.99):.1f} ms, "
                        f"longest {taken[-1]:.1f} ms; CPU {cpu:.0f} µs"
                    )
                    used = spent_by(pid)
                    seconds = await bench.burst(asked.burst, looking)
                    cpu = (spent_by(pid) - used) * 1e6 / asked.burst
                    say(f"throughput: {asked.burst / seconds:.0f} events/s; CPU {cpu:.0f} µs")
            await looking.close()
            await nats.close()
    identity.stop()


if __name__ == "__main__":
    asyncio.run(main())
