"""A thousand people want the last place of an interval at the same instant: one has it.

    make up DETACH=1
    .venv/bin/python -m tests.faults.last_place --people 1000 --kills

They come through two gateways, each of which has a replica of svc-passport-booking of its own. With
`--kills` a replica and PostgreSQL are killed while they are answered. Everybody repeats with the same
Idempotency-Key until told whether the place is theirs. Then one more time each: what was said stays said.
"""

import argparse
import asyncio
import json
import os
import random
import secrets
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import aiohttp

from hub_cli import environment, hub, ports
from hub_cli.place import Place, State
from hub_core import manifest

from ..bench.counter import TYPE, an_office, connected
from ..bench.crowd import numbers, signed_in
from .trial import say

SERVICE: Final = "passport-booking"
GATEWAY: Final = "gateway"
APPOINTMENTS: Final = "/passport-booking/v1/appointments"
AVAILABILITY: Final = "/passport-booking/v1/availability"
SCOPES: Final = ("appointments:read", "appointments:write")
SERVE: Final = "import sys; from hub_cli.worker import serve; serve(sys.argv[1], int(sys.argv[2]))"
BACK_SECONDS: Final = 30.0
PAUSE: Final = (0.05, 0.4)
"""Seconds before each kill, from and to."""
AT_FIRST: Final = 32


class Replica:
    """A process of a service beside the hub's own, on its database."""

    def __init__(self, place: Place, name: str, **given: str) -> None:
        known = manifest.installed()
        service = next(one for one in known if one.name == name)
        self.port = ports.free()
        self._factory = service.factory
        self._environment = os.environ | environment.of_service(service, place, known, *hub.servers(place))
        self._environment |= {"HUB_DATABASE_POOL_SIZE": "6"} | given
        self._log = place.log(f"second-{name}")
        self.start()

    def start(self) -> None:
        """Start it, and wait until it listens."""
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", SERVE, self._factory, str(self.port)],
                env=self._environment,
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + BACK_SECONDS
        while not ports.is_taken(self.port):
            if time.monotonic() > deadline:
                raise TimeoutError(f"no {self._factory} after {BACK_SECONDS:.0f} s")
            time.sleep(0.05)

    def kill(self) -> None:
        """SIGKILL."""
        self.process.kill()
        self.process.wait()


@contextmanager
def second_way(place: Place) -> Iterator[tuple[Replica, str]]:
    """Another replica of the service, and the origin of a gateway that knows this one only."""
    replica = Replica(place, SERVICE)
    others = {one.name: place.url(one.name) for one in manifest.installed() if one.name != GATEWAY}
    others[SERVICE] = f"http://127.0.0.1:{replica.port}"
    gateway = Replica(place, GATEWAY, HUB_GATEWAY_UPSTREAMS=json.dumps(others))
    try:
        yield replica, f"http://127.0.0.1:{gateway.port}"
    finally:
        for one in (gateway, replica):
            one.process.terminate()
            one.process.wait()


@dataclass
class Person:
    """Who wants the place, through which gateway, and what they were told at last."""

    origin: str
    token: str
    cnp: str
    key: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    status: int = 0
    said: dict[str, Any] = field(default_factory=dict)


async def ask(http: aiohttp.ClientSession, person: Person, slot: int, answers: Counter[str]) -> None:
    """Ask, and ask again with the same key, until it is told whether the place is theirs."""
    headers = {"authorization": f"Bearer {person.token}", "idempotency-key": person.key}
    who = {"family_name": "Popescu", "given_name": "Ana", "cnp": person.cnp}
    wish = {"slot_id": slot, "type": TYPE, "persons": [who]}
    while True:
        word = "no answer"
        try:
            async with http.post(f"{person.origin}{APPOINTMENTS}", json=wish, headers=headers) as answer:
                person.said = await answer.json(content_type=None)
                person.status = answer.status
            word = f"{person.status} {str(person.said.get('type', '')).rpartition('/')[2]}".strip()
        except (aiohttp.ClientError, ValueError, TimeoutError):
            person.status = 0
        answers[word] += 1
        if person.status == 201 or word == "409 slot-taken":
            return
        if person.status and person.status not in (429, 502, 503, 504) and "in-use" not in word:
            raise RuntimeError(word)
        await asyncio.sleep(random.uniform(0.05, 0.3))


async def kill(place: Place, replica: Replica) -> None:
    """A replica first, then PostgreSQL, which the hub starts again."""
    await asyncio.sleep(random.uniform(*PAUSE))
    await asyncio.to_thread(replica.kill)
    say("killed: a replica")
    await asyncio.to_thread(replica.start)
    await asyncio.sleep(random.uniform(*PAUSE))
    postgres = next(one for one in State.read(place.folder).processes if one.name == "postgres")
    os.kill(postgres.pid, signal.SIGKILL)
    say("killed: PostgreSQL")


async def judge(place: Place, people: Sequence[Person], slot: int) -> list[str]:
    """Every promise that was broken."""
    winners = [one for one in people if one.status == 201]
    looking = await connected(place)
    rows = await looking.fetch(
        """SELECT a.id::text, a.state FROM "passport-booking".places p
           JOIN "passport-booking".appointments a ON a.id = p.appointment_id WHERE p.slot_id = $1""",
        slot,
    )
    taken = await looking.fetchval('SELECT taken FROM "passport-booking".slots WHERE id = $1', slot)
    told = await looking.fetchval(
        'SELECT count(*) FROM "passport-booking".outbox WHERE key = ANY($1)', [row["id"] for row in rows]
    )
    await looking.close()
    say(f"told that it is theirs: {len(winners)}; appointments: {len(rows)}; taken: {taken}; events: {told}")
    expected = {
        "one person has it": len(winners) == 1,
        "one appointment": len(rows) == 1,
        "one place taken": taken == 1,
        "one event": told == 1,
        "it is the winner's": [one.said["id"] for one in winners] == [row["id"] for row in rows],
    }
    return [name for name, holds in expected.items() if not holds]


async def run(folder: Path, number: int, *, with_kills: bool) -> list[str]:
    """What was broken."""
    place = Place(folder, State.read(folder).ports)
    office, day = await an_office(place, [1])
    looking = await connected(place)
    slot = await looking.fetchval(
        """SELECT s.id FROM "passport-booking".slots s JOIN "passport-booking".pools p ON p.id = s.pool_id
           WHERE p.office_id = $1""",
        office,
    )
    await looking.close()
    tokens = await signed_in(place, number, SCOPES)
    answers: Counter[str] = Counter()
    with second_way(place) as (replica, other):
        origins = (place.origin, other)
        people = [
            Person(origins[order % 2], token, cnp)
            for order, (token, cnp) in enumerate(zip(tokens, numbers(), strict=False))
        ]
        connector = aiohttp.TCPConnector(limit=0)
        timeout = aiohttp.ClientTimeout(20)
        async with aiohttp.ClientSession(connector=connector, timeout=timeout) as http:
            await look(http, people, office, f"{day}")
            async with asyncio.TaskGroup() as tasks:
                if with_kills:
                    tasks.create_task(kill(place, replica))
                for person in people:
                    tasks.create_task(ask(http, person, slot, answers))
            first = {one.key: (one.status, one.said.get("id")) for one in people}
            for word, count in answers.most_common():
                say(f"  {count:6d}  {word}")
            broken = await judge(place, people, slot)
            async with asyncio.TaskGroup() as tasks:
                for person in people:
                    tasks.create_task(ask(http, person, slot, answers))
    again = {one.key: (one.status, one.said.get("id")) for one in people}
    return broken + [f"told otherwise again: {key}" for key, said in again.items() if said != first[key]]


async def look(http: aiohttp.ClientSession, people: Sequence[Person], office: str, day: str) -> None:
    """Everybody looks at the place first, as people do."""
    waiting = iter(people)
    asked = {"type": TYPE, "office_id": office, "first": day, "last": day}

    async def some() -> None:
        for person in waiting:
            headers = {"authorization": f"Bearer {person.token}"}
            async with http.get(f"{person.origin}{AVAILABILITY}", params=asked, headers=headers) as answer:
                answer.raise_for_status()

    await asyncio.gather(*(some() for _ in range(AT_FIRST)))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--var", type=Path, default=Path("var"))
    parser.add_argument("--people", type=int, default=1_000)
    parser.add_argument("--kills", action="store_true", help="kill a replica and PostgreSQL in between")
    chosen = parser.parse_args()
    found = asyncio.run(run(chosen.var.absolute(), chosen.people, with_kills=chosen.kills))
    say("broken promises: " + ("none" if not found else "; ".join(found[:20])))
    sys.exit(bool(found))
