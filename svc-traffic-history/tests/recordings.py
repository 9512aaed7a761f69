"""Recordings made by ffmpeg, and what is none; a program that is not there skips the test by name."""

import hashlib
import struct
import subprocess
import zipfile
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import httpx2
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_core import clock, ids
from hub_core.principal import Assurance
from hub_events.session import Session
from hub_testing import programs
from svc_traffic_history.domain.driving_reports import DrivingReport
from svc_traffic_history.keys import MasterKey
from svc_traffic_history.storage import driving_reports

from .build_driving_reports import a_driving_report

V1: Final = "/traffic-history/v1"
SCOPES: Final = frozenset({"driving-reports:read", "driving-reports:write"})
TUS: Final = {"tus-resumable": "1.0.0"}
BYTES: Final = {**TUS, "content-type": "application/offset+octet-stream"}
_PICTURE: Final = ("-f", "lavfi", "-i")
H264: Final = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")
H265: Final = ("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=error")


def film(
    file: Path, *how: str, seconds: float = 2, size: str = "480x272", rate: int = 25, sound: bool = True
) -> bytes:
    """A test picture and a tone, written `how` ffmpeg is told."""
    ffmpeg = programs.path("ffmpeg")
    picture = (*_PICTURE, f"testsrc=size={size}:rate={rate}:duration={seconds}") if size else ()
    tone = (*_PICTURE, f"sine=duration={seconds}") if sound else ()
    subprocess.run([ffmpeg, "-v", "error", "-y", *picture, *tone, *how, str(file)], check=True)
    return file.read_bytes()


def zipped(file: Path, size: int) -> bytes:
    """A small archive that would be very large."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("film.mp4", bytes(size))
    return file.read_bytes()


def nested(depth: int) -> bytes:
    """An MP4 whose boxes lie in boxes, and whose table of samples says that it has four thousand million."""
    inner = _box(b"stsz", struct.pack(">III", 0, 0, 2**32 - 1))
    for _ in range(depth):
        inner = _box(b"trak", inner)
    return _box(b"ftyp", b"isom\0\0\0\0isom") + _box(b"moov", inner)


def _box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(content), kind) + content


def metadata(**said: str) -> str:
    """Upload-Metadata."""
    return ",".join(f"{name} {b64encode(value.encode()).decode()}" for name, value in said.items())


@dataclass(frozen=True)
class Reporter:
    """Somebody who has sent a report, and uploads its recording."""

    client: httpx2.AsyncClient
    headers: dict[str, str]
    report: DrivingReport

    @property
    def creation(self) -> str:
        return f"{V1}/driving-reports/{self.report.id}/video"

    async def ask(self, method: str, path: str, content: bytes | None = None, **headers: str) -> Any:
        """A request of the protocol; `upload_offset=0` is the header Upload-Offset."""
        said = {name.replace("_", "-"): value for name, value in headers.items()}
        kept = TUS if content is None else BYTES
        return await self.client.request(method, path, content=content, headers=self.headers | kept | said)

    async def begin(self, length: int, **headers: str) -> str:
        """The address of an upload that has begun."""
        answer = await self.ask("POST", self.creation, upload_length=str(length), **headers)
        assert answer.status_code == 201, answer.text
        return str(answer.headers["location"])

    async def send(self, path: str, offset: int, content: bytes, **headers: str) -> Any:
        return await self.ask("PATCH", path, content, upload_offset=str(offset), **headers)

    async def offset(self, path: str) -> int:
        """What HEAD says."""
        answer = await self.ask("HEAD", path)
        assert answer.status_code == 200, answer.headers
        return int(answer.headers["upload-offset"])

    async def upload(self, content: bytes, pieces: Sequence[int] = ()) -> tuple[str, Any]:
        """Upload it in these pieces and the rest: where, and the last answer."""
        path = await self.begin(len(content), upload_metadata=metadata(sha256=sha256(content)))
        offset = 0
        for size in (*pieces, len(content) - sum(pieces)):
            answer = await self.send(path, offset, content[offset : offset + size])
            offset += size
        return path, answer


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


async def reported(
    sessions: async_sessionmaker[Session],
    key: MasterKey,
    client: httpx2.AsyncClient,
    signed_in: Any,
    person_id: UUID | None = None,
    **special: Any,
) -> Reporter:
    """Somebody who has just sent a report."""
    report = a_driving_report(clock.now(), reporter_id=person_id or ids.new_id(), year=1901, **special)
    async with sessions() as session, session.begin():
        await driving_reports.add(session, key, report)
    headers = signed_in(report.reporter_id, SCOPES, Assurance.SUBSTANTIAL)
    return Reporter(client, headers, report)
