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
import json
import random
import secrets
import sys
import time
from collections.abc import Sequence
from typing import Final

import aiohttp
from criminal_record import API, SCOPES, Someone, prepared
from figures import distribution, p_value, say

from hub_core.principal import Assurance
from hub_testing.identity import FakeIdentity

REQUESTS: Final = f"{API}/requests"
WARM_UP: Final = 50


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
                    seen.setdefault(name, {True: [], False: []})[bool(someone.entries)].append(took)
    say("| operation | entries | n | p10 ms | p50 ms | p90 ms | p99 ms | mean ms | bytes | p-value |")
    say("|---|---|---|---|---|---|---|---|---|---|")
    for name, both in seen.items():
        waits = {kind: sorted(wait for wait, _ in took) for kind, took in both.items()}
        chance = p_value(waits[True], waits[False])
        for kind, ordered in waits.items():
            lengths = {length for _, length in both[kind]}
            sizes = f"{min(lengths)}" if len(lengths) == 1 else f"{min(lengths)}-{max(lengths)}"
            word = "three" if kind else "none"
            say(f"| {name} | {word} | {len(ordered)} | {distribution(ordered)} | {sizes} | {chance:.3f} |")


async def main(options: argparse.Namespace) -> None:
    """Servers, people, figures."""
    entries = [3 * (serial % 2 == 0) for serial in range(2 * options.people + WARM_UP)]
    people = [Someone.made(serial, entries=some, born_abroad=True) for serial, some in enumerate(entries)]
    random.Random(options.seed).shuffle(people)
    async with prepared(people) as place:
        with place.serving() as (port, _):
            await measure(port, place.identity, people)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", type=int, default=1000, help="of each kind (1000)")
    parser.add_argument("--seed", type=int, default=None, help="of the order of chance")
    asyncio.run(main(parser.parse_args()))
