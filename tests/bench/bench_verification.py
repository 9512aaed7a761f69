"""Whether the time of an answer tells how a certificate stands, or that there is one.

One process of svc-criminal-record with PostgreSQL and NATS of its own. Codes are verified one after the
other in an order of chance, each once: of valid, expired, revoked and superseded certificates, codes that
were never made, and what cannot be a code. For each the distribution is printed, with the p-value of the
Mann-Whitney U test against VALID: the chance of so great a difference between samples of one and the same
distribution. A small one (under 0.01) again and again would be an oracle.

    .venv/bin/python tests/bench/bench_verification.py --each 1000
"""

import argparse
import asyncio
import random
import secrets
import sys
import time
from datetime import UTC, date, datetime
from typing import Any, Final

import aiohttp
from criminal_record import API, prepared
from figures import distribution, p_value, say
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from hub_core import ids
from svc_criminal_record import keys
from svc_criminal_record.domain.certificates import Certificate, RevocationReason
from svc_criminal_record.domain.codes import RANDOM_BYTES, code_of, grouped
from svc_criminal_record.domain.hints import Hint
from svc_criminal_record.domain.products import Product
from svc_criminal_record.storage import certificates

VERIFICATIONS: Final = f"{API}/verifications"
NOW: Final = datetime.now(UTC)
WARM_UP: Final = 200
VALID: Final = "VALID"
UNKNOWN: Final = "never made"
MALFORMED: Final = "no code"


def ends(first: Certificate) -> dict[str, dict[str, Any]]:
    """What makes a certificate stand as it does; `first` takes the place of the superseded."""
    return {
        VALID: {},
        "EXPIRED": {"valid_until": date(2026, 1, 31)},
        "REVOKED": {"revoked_at": NOW, "revocation_reason": RevocationReason.COURT_DECISION},
        "SUPERSEDED": {"superseded_by": first.id},
    }


def made(key: keys.MasterKey, number: int, code: str, **special: Any) -> Certificate:
    """A certificate with a code."""
    facts: dict[str, Any] = {
        "id": ids.new_id(),
        "request_id": None,
        "extract_id": None,
        "product": Product.CRIMINAL_RECORD,
        "series": "CJ",
        "number": number,
        "holder_key": secrets.token_bytes(32),
        "holder_id": ids.new_id(),
        "motive": "angajare",
        "code_key": certificates.code_key(key, code),
        "issued_at": NOW,
        "issued_on": NOW.date(),
        "valid_until": date(2999, 5, 22),
        "file_key": "bench.pdf",
        "file_sha256": secrets.token_bytes(32),
        "file_bytes": 1,
        "seal_level": "B-B",
        "status_list": 1,
        "status_index": number,
    }
    return Certificate(**(facts | special))


async def fill(dsn: str, key: keys.MasterKey, each: int) -> list[tuple[str, str]]:
    """Store certificates of each standing; what is to be verified: kind and code."""
    asked: list[tuple[str, str]] = []
    first = made(key, 0, code_of(bytes(RANDOM_BYTES)))
    engine = create_async_engine(dsn)
    async with AsyncSession(engine) as session, session.begin():
        await certificates.add(session, key, first, b"{}", Hint("", None))
        for number in range(each):
            for kind, (name, special) in enumerate(ends(first).items()):
                code = code_of(secrets.token_bytes(RANDOM_BYTES))
                certificate = made(key, len(ends(first)) * number + kind + 1, code, **special)
                await certificates.add(session, key, certificate, b"{}", Hint.of("Ana Popescu", "9000"))
                asked.append((name, grouped(code)))
    await engine.dispose()
    asked += [(UNKNOWN, grouped(code_of(secrets.token_bytes(RANDOM_BYTES)))) for _ in range(each)]
    asked += [(MALFORMED, secrets.token_urlsafe(13)) for _ in range(each)]
    return asked


async def measure(port: int, asked: list[tuple[str, str]]) -> None:
    """Every code in its turn, then the figures."""
    seen: dict[str, list[float]] = {}
    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as http:
        for turn, (kind, code) in enumerate(asked):
            began = time.perf_counter()
            async with http.post(VERIFICATIONS, json={"code": code}) as answer:
                shown = await answer.json()
            took = (time.perf_counter() - began) * 1000
            expected = kind if kind not in {UNKNOWN, MALFORMED} else "NOT_FOUND"
            if shown.get("standing") != expected:
                sys.exit(f"{kind}: {answer.status} {shown}")
            if turn >= WARM_UP:
                seen.setdefault(kind, []).append(took)
    say("| code | n | p10 ms | p50 ms | p90 ms | p99 ms | mean ms | p-value |")
    say("|---|---|---|---|---|---|---|---|")
    for kind, waits in seen.items():
        ordered = sorted(waits)
        chance = p_value(ordered, seen[VALID])
        say(f"| {kind} | {len(ordered)} | {distribution(ordered)} | {chance:.3f} |")


async def main(options: argparse.Namespace) -> None:
    """Servers, certificates, figures."""
    async with prepared() as place:
        asked = await fill(place.database.app_dsn, keys.derived_from(place.key), options.each)
        random.Random(options.seed).shuffle(asked)
        with place.serving() as (port, _):
            await measure(port, asked)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--each", type=int, default=1000, help="codes of each kind (1000)")
    parser.add_argument("--seed", type=int, default=None, help="of the order of chance")
    asyncio.run(main(parser.parse_args()))
