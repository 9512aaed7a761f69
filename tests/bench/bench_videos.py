"""Recordings that arrive at one process of svc-traffic-history: one that breaks five times, and many at once.

It starts a PostgreSQL and a NATS of its own (as durable as in production), lets ffmpeg make the recordings,
and uploads them with tus 1.0.0, without the gateway:

    .venv/bin/python tests/bench/bench_videos.py --megabytes 300 --at-once 50 --each 20

- one upload whose connection is cut five times, each time in the middle of a request for all the rest: it
  asks with HEAD and goes on;
- so many uploads at once, each in one request, while somebody asks for the offences of a day over and over.

Each is compared by its SHA-256, and looked at by ffprobe, before its last request is answered. "Memory" is
what the process holds (VmRSS), looked at twenty times a second; ffprobe's own is not in it. All share the
machine. What is printed is Markdown, for docs/benchmarks/videos.md.
"""

import argparse
import asyncio
import hashlib
import os
import random
import subprocess
import sys
import tempfile
import time
from base64 import b64encode
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import aiohttp
import alone
from figures import percentile, say, spent_by

from hub_core import clock, ids
from hub_core.principal import Assurance
from hub_service.database import Database
from hub_testing import programs, rules
from hub_testing.databases import ServiceDatabase
from hub_testing.identity import FakeIdentity
from svc_traffic_history import keys
from svc_traffic_history.domain.driving_reports import DrivingReport, Event, Reporter
from svc_traffic_history.manifest import MANIFEST
from svc_traffic_history.settings import Settings
from svc_traffic_history.storage import driving_reports

ROOT: Final = Path(__file__).parents[2]
BASE: Final = "/traffic-history/v1"
TUS: Final = {"tus-resumable": "1.0.0"}
BYTES: Final = {**TUS, "content-type": "application/offset+octet-stream"}
SCOPES: Final = {"driving-reports:read", "driving-reports:write"}
MEGABYTE: Final = 1_048_576
FFMPEG: Final = programs.path("ffmpeg")
BREAKS: Final = 5
PIECE: Final = 65_536
SECONDS_OF_FILM: Final = 10
LOOK_EVERY: Final = 0.05
PASSING: Final = (409, 423, 503)
"""After which a client asks again and goes on."""
WAITS: Final = Counter[int]()
OTHERS: Final = Counter[int]()


@dataclass(frozen=True)
class Film:
    """A recording on disk."""

    path: Path
    size: int
    sha256: str


@dataclass
class Memory:
    """What a process held: before, at most, and how often it was looked at."""

    pid: int
    before: float = 0.0
    most: float = 0.0
    looks: list[float] = field(default_factory=list)

    def look(self) -> float:
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS"):
                return int(line.split()[1]) / 1024
        return 0.0


@asynccontextmanager
async def watched(pid: int) -> AsyncIterator[Memory]:
    """Look at the memory of a process until the end of the block."""
    memory = Memory(pid)
    memory.before = memory.look()

    async def watch() -> None:
        while True:
            memory.looks.append(memory.look())
            await asyncio.sleep(LOOK_EVERY)

    task = asyncio.create_task(watch())
    yield memory
    task.cancel()
    memory.looks.append(memory.look())
    memory.most = max(memory.looks)


def film(folder: Path, megabytes: int) -> Film:
    """A real recording of about so many megabytes and at most five minutes: one scene, again and again."""
    scene, whole = folder / f"scene-{megabytes}.mp4", folder / f"film-{megabytes}.mp4"
    times = max(1, min(29, megabytes // 10))
    rate = f"{megabytes * 8 // (times * SECONDS_OF_FILM)}M"
    picture = (
        "-f",
        "lavfi",
        "-i",
        f"testsrc=size=640x360:rate=25:duration={SECONDS_OF_FILM},noise=alls=60:allf=t",
    )
    written = (
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
        "-pix_fmt",
        "yuv420p",
        "-b:v",
        rate,
        "-minrate",
        rate,
    )
    written += ("-maxrate", rate, "-bufsize", rate, "-x264-params", "nal-hrd=cbr")
    subprocess.run([FFMPEG, "-v", "error", "-y", *picture, *written, scene], check=True)
    again = ("-stream_loop", str(times - 1), "-i", str(scene), "-c", "copy")
    subprocess.run([FFMPEG, "-v", "error", "-y", *again, whole], check=True)
    digest = hashlib.sha256()
    with whole.open("rb") as file:
        while piece := file.read(MEGABYTE):
            digest.update(piece)
    return Film(whole, whole.stat().st_size, digest.hexdigest())


@dataclass
class Person:
    """Somebody who sent a report, and uploads its recording."""

    http: aiohttp.ClientSession
    origin: str
    headers: dict[str, str]
    report: DrivingReport

    async def begin(self, film: Film) -> str:
        announced = f"sha256 {b64encode(film.sha256.encode()).decode()}"
        said = {**TUS, "upload-length": str(film.size), "upload-metadata": announced}
        address = f"{self.origin}{BASE}/driving-reports/{self.report.id}/video"
        while True:
            async with self.http.post(address, headers=self.headers | said) as answer:
                if answer.status == 201:
                    return f"{self.origin}{answer.headers['location']}"
                await self._wait(answer.status)

    async def offset(self, address: str) -> int:
        while True:
            async with self.http.head(address, headers=self.headers | TUS) as answer:
                if answer.status == 200:
                    return int(answer.headers["upload-offset"])
                await self._wait(answer.status)

    async def _wait(self, status: int) -> None:
        """Told to come again: as tus clients do, in a while."""
        assert status in PASSING, status
        WAITS[status] += 1
        await asyncio.sleep(0.5)

    async def send(self, address: str, film: Film, offset: int, until: int) -> int:
        """Send the rest, or break off at a byte; the status, or none of one that was broken off."""
        said = BYTES | {"upload-offset": str(offset), "content-length": str(film.size - offset)}
        body = _bytes(film, offset, until)
        try:
            async with self.http.patch(address, data=body, headers=self.headers | said) as answer:
                return answer.status
        except (aiohttp.ClientError, _CutError):
            return 0

    async def upload(self, film: Film, cuts: Sequence[int] = ()) -> None:
        address = await self.begin(film)
        waiting = list(cuts)
        while True:
            offset = await self.offset(address)
            until = waiting.pop(0) if waiting else film.size
            status = await self.send(address, film, offset, max(until, offset))
            if status == 204:
                break
            if status:
                await self._wait(status)
        async with self.http.get(address, headers=self.headers) as answer:
            shown = await answer.json()
        assert shown["recording"]["sha256"] == film.sha256, shown


class _CutError(Exception):
    """The connection breaks here."""


async def _bytes(film: Film, offset: int, until: int) -> AsyncIterator[bytes]:
    with film.path.open("rb") as file:
        file.seek(offset)
        while offset < until:
            piece = file.read(min(PIECE, until - offset))
            offset += len(piece)
            yield piece
    if until < film.size:
        raise _CutError


async def reporters(
    database: Database, identity: FakeIdentity, http: aiohttp.ClientSession, origin: str, count: int
) -> list[Person]:
    """So many people who have just sent a report."""
    master = keys.derived_from(Settings().traffic_history_key.get_secret_value())
    people = []
    async with database.sessions() as session, session.begin():
        for _ in range(count):
            report = _report()
            await driving_reports.add(session, master, report)
            headers = identity.headers(report.reporter_id, SCOPES, Assurance.SUBSTANTIAL)
            people.append(Person(http, origin, headers, report))
    return people


def _report() -> DrivingReport:
    now, report_id = clock.now(), ids.new_id()
    return DrivingReport(
        id=report_id,
        number=int(report_id.hex[-7:], 16),
        year=now.year,
        reporter_id=ids.new_id(),
        reporter=Reporter("1900101019008", "Bench", "Ana", "+40712345678", "Sfântu Gheorghe"),
        event=Event(
            siruta=63394,
            place="DN 12",
            latitude=None,
            longitude=None,
            plate="CV 12 ABC",
            plate_country="RO",
            description="",
        ),
        happened_at=now - timedelta(days=1),
        county="CV",
        manoeuvres=("a",),
        institution_id=ids.new_id(),
        sent_at=now,
        upload_by=now + timedelta(hours=1),
        barred_after=now.date() + timedelta(days=180),
        declaration="2026-11-23",
        assurance="substantial",
    )


async def ask_on(http: aiohttp.ClientSession, origin: str, took: list[float]) -> None:
    """Somebody who asks for the offences of a day, over and over."""
    while True:
        began = time.perf_counter()
        async with http.get(f"{origin}{BASE}/offences") as answer:
            await answer.read()
            OTHERS[answer.status] += 1
            took.append((time.perf_counter() - began) * 1000)


async def measured(
    name: str, pid: int, uploads: Sequence[Any], size: int, other: Sequence[float] = ()
) -> None:
    """A line of the table for these uploads, of so many bytes together."""
    cpu, began = spent_by(pid), time.perf_counter()
    async with watched(pid) as memory:
        await asyncio.gather(*uploads)
    seconds = time.perf_counter() - began
    rate = size / MEGABYTE / seconds
    share = (spent_by(pid) - cpu) / (size / MEGABYTE) * 1000
    ordered = sorted(other)
    asked = f"{percentile(ordered, 0.5):.0f} / {percentile(ordered, 0.99):.0f}" if ordered else "-"
    say(
        f"| {name} | {size / MEGABYTE:.0f} | {seconds:.1f} | {rate:.1f} | {share:.1f} | {memory.before:.0f}"
        f" | {memory.most:.0f} | {memory.looks[-1]:.0f} | {asked} |"
    )


async def bench(megabytes: int, at_once: int, each: int) -> None:
    random.seed(9)
    identity = FakeIdentity(alone.ORIGIN)
    identity.start()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        large, small = film(folder, megabytes), film(folder, each)
        store = (folder / "documents").as_uri()
        async with alone.prepared(
            MANIFEST, folder, identity_url=identity.url, HUB_TRAFFIC_HISTORY_STORE=store
        ) as database:
            await rules.load(database, ROOT / "svc-catalog/contract/rules.json")
            with alone.serving(MANIFEST, folder) as (port, pid):
                await _all(database, identity, port, pid, large, small, at_once)
    identity.stop()


async def _all(
    database: ServiceDatabase,
    identity: FakeIdentity,
    port: int,
    pid: int,
    large: Film,
    small: Film,
    at_once: int,
) -> None:
    del database
    origin, own = f"http://127.0.0.1:{port}", Database(Settings())
    connector = aiohttp.TCPConnector(limit=0)
    timeout = aiohttp.ClientTimeout(total=None)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as http:
        people = await reporters(own, identity, http, origin, 2 + at_once)
        await people.pop().upload(small)  # what is made once is made
        say("| uploads | MB | s | MB/s | CPU ms / MB | memory, MB | at most | after | others p50 / p99, ms |")
        say("|---|---|---|---|---|---|---|---|---|")
        cuts = sorted(random.sample(range(1, large.size), BREAKS))
        one = people.pop()
        await measured(f"one, broken {BREAKS} times", pid, [one.upload(large, cuts)], large.size)
        took: list[float] = []
        other = asyncio.create_task(ask_on(http, origin, took))
        uploads = [person.upload(small) for person in people]
        await measured(f"{at_once} at once", pid, uploads, small.size * at_once, took)
        other.cancel()
        with suppress(asyncio.CancelledError):
            await other
        say(f"\nTold to wait: {dict(WAITS) or 'nobody'}. Answers to the others: {dict(OTHERS)}.")
    await own.close()


def main() -> None:
    """Parse the command line and run."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--megabytes", type=int, default=300)
    parser.add_argument("--at-once", type=int, default=50)
    parser.add_argument("--each", type=int, default=20)
    asked = parser.parse_args()
    sys.stderr.write(f"load {os.getloadavg()[0]:.1f}\n")
    asyncio.run(bench(asked.megabytes, asked.at_once, asked.each))


if __name__ == "__main__":
    main()
