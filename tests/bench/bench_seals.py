"""CPU time of a seal at each level, of its verification, and how many a second; beside it, pyHanko's.

    .venv/bin/python tests/bench/bench_seals.py --rounds 200

One process, no hub. The authority that stamps times is the embedded run's and works in the same process:
what it takes by itself is a row of its own, and is in those of B-T and B-LT. The steps take turns, so that
what else the machine does falls on all alike.
"""

import argparse
import asyncio
import hashlib
import io
import os
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import httpx2
import typst
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers as pyhanko
from pyhanko.sign.fields import SigSeedSubFilter
from starlette.applications import Starlette

from hub_cli.outside.trust import authority
from hub_cli.outside.trust.routes import TrustServices
from hub_documents import signers, verification
from hub_documents.revocation import Material
from hub_documents.seal import Sealer
from hub_documents.timestamps import Authority

ORIGIN: Final = "http://localhost"
WARM_UP: Final = 5
TEXT: Final = '#set document(title: "Certificat")\n#set text(lang: "ro")\n= Certificat\n' + "Un rând. " * 300
Step = Callable[[], Awaitable[object]]


@asynccontextmanager
async def steps(folder: Path) -> AsyncIterator[Mapping[str, Step]]:
    """What is measured, by its name."""
    authority.make(str(folder), f"{ORIGIN}/trust")
    own = [folder / name for name in ("seal.pem", "seal.key", "chain.pem")]
    signer, trust = signers.from_files(*own), verification.trust_in(folder / "root.pem")
    pdf = typst.compile(TEXT.encode(), format="pdf", pdf_standards=["a-2a", "ua-1"], timestamp=1_790_000_000)
    now = datetime.now(UTC)
    app = Starlette(routes=TrustServices(folder).routes)
    app.state.is_away = False
    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(transport=transport, base_url=ORIGIN) as http:
        stamps = Authority(f"{ORIGIN}/trust/timestamps", http)
        material = Material(signer, trust.roots, http, stamps)
        await material.refresh(now)
        named = {"name": "Inspectoratul General al Poliției Române", "reason": "Eliberare"}
        sealers = {
            "B-B": Sealer(signer, **named),
            "B-T": Sealer(signer, **named, authority=stamps),
            "B-LT": Sealer(signer, **named, authority=stamps, material=material),
        }
        sealed = {level: (await sealer.seal(pdf, now)).content for level, sealer in sealers.items()}
        digest = hashlib.sha256(pdf).digest()
        yield {
            "time stamp, both sides": lambda: stamps.stamp(digest),
            **{f"seal, {level}": _sealing(sealer, pdf, now) for level, sealer in sealers.items()},
            "seal, B-B, by pyHanko": _by_pyhanko(own, pdf),
            **{f"verify, {level}": _verifying(file, trust, now) for level, file in sealed.items()},
        }


def _sealing(sealer: Sealer, pdf: bytes, now: datetime) -> Step:
    return lambda: sealer.seal(pdf, now)


def _verifying(file: bytes, trust: verification.Trust, now: datetime) -> Step:
    async def verified() -> None:
        if verification.verify(file, trust, now).outcome != verification.Outcome.INTACT:
            raise AssertionError("not intact")

    return verified


def _by_pyhanko(own: list[Path], pdf: bytes) -> Step:
    certificate, key, chain = (str(path) for path in own)
    signer = pyhanko.SimpleSigner.load(key, certificate, ca_chain_files=[chain])
    metadata = pyhanko.PdfSignatureMetadata(
        field_name="Seal", subfilter=SigSeedSubFilter.PADES, certify=True, md_algorithm="sha256"
    )

    async def sealed() -> None:
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
        await pyhanko.async_sign_pdf(writer, metadata, signer=signer)

    return sealed


async def measured(each: Mapping[str, Step], rounds: int) -> Mapping[str, list[float]]:
    """Milliseconds of CPU of every call, in all threads; the steps take turns."""
    times: dict[str, list[float]] = {name: [] for name in each}
    for number in range(rounds + WARM_UP):
        for name, step in each.items():
            before = time.process_time()
            await step()
            if number >= WARM_UP:
                times[name].append((time.process_time() - before) * 1000)
    return times


async def main() -> None:
    """Measure, and write a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=200)
    rounds = parser.parse_args().rounds
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder:
        async with steps(Path(folder)) as each:
            sys.stdout.write("| step | CPU ms, least | median | p95 |\n|---|---|---|---|\n")
            for name, times in (await measured(each, rounds)).items():
                p95 = statistics.quantiles(times, n=20)[-1]
                sys.stdout.write(
                    f"| {name} | {min(times):.2f} | {statistics.median(times):.2f} | {p95:.2f} |\n"
                )
    sys.stdout.write(f"load of the machine before: {load:.1f} on {os.cpu_count()} cores\n")


if __name__ == "__main__":
    asyncio.run(main())
