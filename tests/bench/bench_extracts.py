"""How fast a batch of extracts is worked off: sealed extracts per second, and what one costs.

One process of svc-criminal-record with PostgreSQL and NATS of its own; identity and the national register
answer over HTTP from here. Everybody lets one institution ask, then its client asks for all of them in one
call and reads the batch until it is finished; people without a consent are mixed in. Meanwhile somebody
asks for certificates of their own, one a second, to see whom the batch holds up.

    .venv/bin/python tests/bench/bench_extracts.py --people 1000
"""

import argparse
import asyncio
import json
import secrets
import sys
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

import aiohttp
import asyncpg
from criminal_record import API, SCOPES, Someone, prepared
from figures import say, spent_by

from hub_core import clock, ids
from hub_core.principal import Assurance, Kind
from hub_testing.identity import FakeIdentity

INSTITUTION: Final = ids.new_id()
MOTIVE: Final = "angajare"
CLIENT: Final = {
    "sub": "school-register",
    "kind": Kind.CLIENT,
    "client_id": "school-register",
    "sid": None,
    "institution": str(INSTITUTION),
}


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


async def consent(http: aiohttp.ClientSession, identity: FakeIdentity, people: Sequence[Someone]) -> float:
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
                    identity.headers(one.id, SCOPES, Assurance.SUBSTANTIAL),
                    body,
                )
                for one in people[start : start + 16]
            )
        )
    return len(people) / (time.perf_counter() - began)


async def measure(
    port: int,
    pid: int,
    identity: FakeIdentity,
    people: Sequence[Someone],
    consenting: int,
    asker: Someone,
) -> None:
    """One batch, from the call to its last item."""
    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as http:
        say(f"consents: {await consent(http, identity, people[:consenting]):.0f} a second")
        headers = identity.headers(None, {"criminal-record:extract"}, **CLIENT)
        items = [
            {"reference": f"f-{place}", "cnp": one.number, "family_name": "Popescu", "given_name": "Ana"}
            for place, one in enumerate(people)
        ]
        spent = spent_by(pid)
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
                own = identity.headers(asker.id, SCOPES, Assurance.SUBSTANTIAL)
                await call(http, "POST", f"{API}/requests", own, {"motive": motive})
                waits.append(time.perf_counter() - asked)
            await asyncio.sleep(0.5)
            batch = await call(http, "GET", f"{API}/extract-batches/{batch['id']}", headers)
        lasted, counts = time.perf_counter() - began, batch["counts"]
        cpu = spent_by(pid) - spent
        say(f"batch of {len(items)}: taken in {taken * 1000:.0f} ms, worked off in {lasted:.1f} s; {counts}")
        issued = counts["issued"] + len(waits)
        say(f"sealed: {counts['issued'] / lasted:.1f} a second; {cpu / issued * 1000:.1f} ms of CPU each")
        if waits:
            worst, middle = max(waits), sorted(waits)[len(waits) // 2]
            say(f"meanwhile a person's own request took {middle * 1000:.0f} ms (worst {worst * 1000:.0f} ms)")


async def main(options: argparse.Namespace) -> None:
    """Servers, people, figures."""
    asker, *people = (Someone.made(serial) for serial in range(options.people + 1))
    consenting = people[: options.people - options.without]
    async with prepared([asker, *consenting]) as place:
        await _know_institution(place.database.superuser_dsn)
        with place.serving() as (port, pid):
            await measure(port, pid, place.identity, people, len(consenting), asker)


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
