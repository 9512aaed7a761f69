"""Certificates per second, how long a person waits for one, and what one costs.

The hub must be up (`make up DETACH=1`; with `HUB_GATEWAY_RATE_SCALE=1000`, so that its limits do not count).
One after the other:

- raw, in this process: rendering alone and sealing alone (level B-B), CPU of each;
- through the gateway at a constant rate (open loop: a wait counts from the moment it was due), from the
  request to the answer that names the sealed certificate, with the CPU that each process spends on one;
- through the gateway as fast as it goes, `--clients` at a time;
- with `--stored 500000`: look-up and list beside 5,000 requests and certificates, and beside so many.

    .venv/bin/python tests/bench/bench_certificates.py --rate 20 --seconds 30

People of the population register outside are given accounts for it; what they ask for stays in the hub:
`make reset` empties it.
"""

import argparse
import asyncio
import itertools
import os
import secrets
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

import aiohttp
import asyncpg
from bench_petitions import PASSWORD, Hub, Times, failed, sign_in
from figures import of_a_loop, say, spent_by
from population import people

from hub_cli import hub, roles
from hub_cli.place import Place, State
from hub_core import clock
from hub_documents import seal, signers
from svc_criminal_record.documents import models, printing
from svc_criminal_record.domain.products import Product

REQUESTS: Final = "/criminal-record/v1/requests"
SCOPES: Final = "openid criminal-record:read criminal-record:write"
OTHER: Final = "alt-motiv"
PROCESSES: Final = ("criminal-record", "identity", "gateway", "outside", "postgres")
RAW: Final = 60
LOOKS: Final = 2_000
FEW: Final = 5_000
MADE_UP: Final = """
INSERT INTO "criminal-record".{table}
SELECT made.*
FROM (SELECT * FROM "criminal-record".{table} ORDER BY id DESC LIMIT 1) one, generate_series(1, $1) n,
    LATERAL jsonb_populate_record(NULL::"criminal-record".{table}, to_jsonb(one) || {own}) made
"""
OWN: Final = {
    "requests": """jsonb_build_object('id', gen_random_uuid(), 'number', 10000000 + n + $2,
        'holder_id', gen_random_uuid(), 'mandate_id', gen_random_uuid(),
        'holder_key', '\\x' || encode(sha256(('k' || n + $2)::bytea), 'hex'))""",
    "certificates": """jsonb_build_object('id', gen_random_uuid(), 'number', 10000000 + n + $2,
        'request_id', NULL, 'holder_id', gen_random_uuid(), 'status_list', 9999, 'status_index', n + $2,
        'code_key', '\\x' || encode(sha256(('c' || n + $2)::bytea), 'hex'),
        'file_sha256', '\\x' || encode(sha256(('f' || n + $2)::bytea), 'hex'))""",
}


class NeedsALook(Exception):
    """The register has somebody like this person: an officer decides, and there is no certificate yet."""


@dataclass
class Asked(Times):
    """With the answers that name no certificate, and rightly."""

    looks: int = 0


def raw(var: Path) -> None:
    """The CPU of rendering and of sealing, alone and one after the other."""
    trust = Place(var.absolute(), State.read(var).ports).trust
    signer = signers.from_files(trust / "seal.pem", trust / "seal.key", trust / "chain.pem")
    document = models.Document(
        product=Product.CRIMINAL_RECORD,
        series="CJ",
        number=48213,
        code="K7QF-2M9X-T4PA-8WDC",
        link=f"http://localhost:8080/verify/K7QF-2M9X-T4PA-8WDC#{'A' * 300}",
        authority=models.Gloss("Inspectoratul General al Poliției Române", "Romanian Police"),
        seal_issuer="Issuing authority",
        requested_on=date(2026, 11, 22),
        issued_at=datetime(2026, 11, 22, 10, tzinfo=UTC),
        valid_until=date(2027, 5, 22),
        purpose=models.Gloss("angajare", "employment"),
        holder=models.PersonHolder(
            family_name="Popescu", given_names="Ana", birth_date=date(1985, 3, 12), cnp="2850312149008"
        ),
    )
    renderer, sealer = printing.renderer(), seal.Sealer(signer, name="Police", reason="Issue")
    pdf = printing.pdf(renderer, document)
    say("raw, in this process")

    def cost(act: Callable[[int], Any]) -> float:
        act(0)
        before = time.process_time()
        for turn in range(1, RAW + 1):
            act(turn)
        return (time.process_time() - before) / RAW * 1000

    def another(turn: int) -> models.Document:
        """Typst keeps what it has drawn before: no two may be the same."""
        link = f"{document.link[:-8]}{turn:08d}"
        return replace(document, number=turn, link=link, holder=replace(document.holder, cnp=f"{turn:013d}"))

    say(f"  rendering alone: {cost(lambda turn: printing.pdf(renderer, another(turn))):5.1f} ms CPU")
    loop = asyncio.new_event_loop()
    sealing = cost(lambda _: loop.run_until_complete(sealer.seal(pdf, clock.now())))
    say(f"  sealing alone:   {sealing:5.1f} ms CPU")
    loop.close()


async def ask(http: aiohttp.ClientSession, origin: str, token: str, motive: str) -> dict[str, Any]:
    """The request with its certificate; `NeedsALook`. `RuntimeError` says what came instead."""
    headers = {"authorization": f"Bearer {token}", "idempotency-key": secrets.token_urlsafe(16)}
    async with http.post(f"{origin}{REQUESTS}", json={"motive": motive}, headers=headers) as answer:
        if answer.status != 201:
            raise RuntimeError(f"{answer.status} {(await answer.text())[:200]}")
        request: dict[str, Any] = await answer.json()
    if request["state"] == "MANUAL_REVIEW":
        raise NeedsALook
    if request["state"] != "ISSUED":
        raise RuntimeError(f"state {request['state']}")
    return request


async def measured(
    var: Path, told: str, acting: Callable[[Asked], Awaitable[None]], seconds: float | None = None
) -> None:
    """Act; prints rate, waits, the CPU that each process spent on one, and how fast the machine was."""
    loop, times, before, began = of_a_loop(), Asked(), spent(var), time.perf_counter()
    await acting(times)
    lasted = seconds or time.perf_counter() - began
    count = max(len(times.waits), 1)
    say(f"  {told}")
    say(f"    {len(times.waits) / lasted:7.1f}/s   {times.shown()}{failed(times)}")
    after = spent(var)
    shares = "   ".join(f"{name} {(after[name] - before[name]) / count * 1000:.1f}" for name in PROCESSES)
    say(f"    CPU each, ms: {shares}")
    say(f"    need a look: {times.looks}   loop of a million: {loop:.0f} ms before, {of_a_loop():.0f} after")


def spent(var: Path) -> dict[str, float]:
    """Seconds of CPU so far of each process."""
    pids = {one.name: one.pid for one in State.read(var).processes}
    return {name: spent_by(pids[name], with_children=name == "postgres") for name in PROCESSES}


def at_a_rate(
    http: aiohttp.ClientSession, origin: str, wanted: Iterator[tuple[str, str]], rate: float, seconds: float
) -> Callable[[Asked], Awaitable[None]]:
    """Open loop."""

    async def act(times: Asked) -> None:
        began = time.perf_counter()

        async def one(order: int) -> None:
            due = began + order / rate
            await asyncio.sleep(due - time.perf_counter())
            await timed(times, due, ask(http, origin, *next(wanted)))

        await asyncio.gather(*(one(order) for order in range(int(rate * seconds))))

    return act


def as_fast_as_it_goes(
    http: aiohttp.ClientSession, origin: str, wanted: Iterator[tuple[str, str]], clients: int, seconds: float
) -> Callable[[Asked], Awaitable[None]]:
    """Closed loop."""

    async def act(times: Asked) -> None:
        ends = time.perf_counter() + seconds

        async def client() -> None:
            while (began := time.perf_counter()) < ends and (one := next(wanted, None)):
                await timed(times, began, ask(http, origin, *one))

        await asyncio.gather(*(client() for _ in range(clients)))

    return act


async def timed(times: Asked, since: float, act: Awaitable[Any]) -> None:
    """Note how long it took since then, or how it failed."""
    try:
        await act
    except NeedsALook:
        times.looks += 1
    except (RuntimeError, aiohttp.ClientError, TimeoutError) as error:
        times.failures.append(str(error))
    else:
        times.waits.append((time.perf_counter() - since) * 1000)


async def measure_looks(http: aiohttp.ClientSession, origin: str, tokens: Sequence[str], told: str) -> None:
    """A list of requests, and one certificate, each as its holder asks for it."""
    looks = {"list": Times(), "look-up": Times()}
    for token in itertools.islice(itertools.cycle(tokens), LOOKS):
        headers = {"authorization": f"Bearer {token}"}
        began = time.perf_counter()
        async with http.get(f"{origin}{REQUESTS}", headers=headers) as answer:
            items = (await answer.json())["items"]
        looks["list"].waits.append((time.perf_counter() - began) * 1000)
        certificate = next((one["certificate"]["id"] for one in items if one["certificate"]), None)
        if certificate is None:  # nobody's request was made before the time was over, or an officer has it
            continue
        began = time.perf_counter()
        where = f"{origin}/criminal-record/v1/certificates/{certificate}"
        async with http.get(where, headers=headers) as answer:
            answer.raise_for_status()
        looks["look-up"].waits.append((time.perf_counter() - began) * 1000)
    for name, times in looks.items():
        say(f"  {name}, {told}: {times.shown()}")


async def fill(var: Path, rows: int) -> None:
    """So many made-up requests and certificates more, written by PostgreSQL itself."""
    postgres, _ = hub.servers(Place(var.absolute(), State.read(var).ports))
    looking = await asyncpg.connect(postgres.dsn(roles.DATABASE))
    for table, own in OWN.items():
        first = await looking.fetchval(f'SELECT count(*) FROM "criminal-record".{table}')
        await looking.execute(MADE_UP.format(table=table, own=own), rows, first)
        await looking.execute(f'ANALYZE "criminal-record".{table}')
    await looking.close()


async def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rate", type=float, default=20.0, help="certificates/s through the gateway (20)")
    parser.add_argument("--seconds", type=float, default=15.0, help="length of each measurement (15)")
    parser.add_argument("--clients", type=int, default=8, help="at a time, as fast as it goes (8)")
    parser.add_argument("--stored", type=int, default=0, help="rows to put in before looking again (0)")
    parser.add_argument("--var", type=Path, default=Path(os.environ.get("HUB_VAR", "var")))
    options = parser.parse_args()
    origin = Hub(options.var).url("gateway")
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(30)) as http:
        async with http.get(f"{origin}/criminal-record/v1/motives") as answer:
            motives = [one["code"] for one in (await answer.json())["items"] if one["code"] != OTHER]
        needed = int((options.rate * options.seconds + 60 * options.seconds) / len(motives)) + 2
        say(f"certificates: {needed} people are given accounts")
        place = Place(options.var.absolute(), State.read(options.var).ports)
        emails = await people(place, needed, PASSWORD)
        tokens = [await sign_in(origin, email, SCOPES) for email in emails]
        wanted = iter([(token, motive) for motive in motives for token in tokens])
        for _ in range(4):
            await timed(Asked(), 0, ask(http, origin, *next(wanted)))
        await asyncio.to_thread(raw, options.var)
        await measured(
            options.var,
            f"through the gateway, {options.rate:g}/s, open loop, request to sealed certificate",
            at_a_rate(http, origin, wanted, options.rate, options.seconds),
        )
        await measured(
            options.var,
            f"through the gateway, {options.clients} at a time, as fast as it goes",
            as_fast_as_it_goes(http, origin, wanted, options.clients, options.seconds),
        )
        await measure_looks(http, origin, tokens, "as it is")
        if options.stored:
            for stored in (FEW, options.stored):
                await fill(options.var, stored)
                await measure_looks(http, origin, tokens, f"beside {stored:,} others")


if __name__ == "__main__":
    if sys.platform != "linux":
        sys.exit("CPU of the processes is read from /proc")
    asyncio.run(main())
