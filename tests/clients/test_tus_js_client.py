"""tus-js-client, the upload library of browsers and apps, through the gateway of the running hub."""

import hashlib
import json
import subprocess
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from hub_core import clock, ids
from hub_testing import programs

from ..conftest import Hub
from ..journey.person import Person
from .conftest import HERE

pytestmark = pytest.mark.xdist_group("hub")

V1 = "/traffic-history/v1"
CHUNK = 262_144
SCOPES = "openid driving-reports:read driving-reports:write"
PLATES = {"breaks": "CV 92 TUS", "refused": "CV 93 TUS"}


@dataclass(frozen=True)
class Sent:
    """A report that was sent, and who sent it."""

    person: Person
    path: str

    async def state(self) -> str:
        return str((await self.person.get(self.path)).json()["state"])


async def a_report(client: httpx2.AsyncClient, plate: str) -> Sent:
    """Somebody reports aggressive driving."""
    guide = (await client.get(f"{V1}/driving-reports/manoeuvres")).json()
    istvan = Person(client, "kovacs.istvan@example.org", SCOPES)
    await istvan.sign_in()
    said = {
        "event_time": (clock.now() - timedelta(hours=20)).isoformat(timespec="seconds"),
        "place": {"county": "CV", "siruta": "63394", "description": "DN 12, km 24"},
        "plate": {"number": plate},
        "manoeuvres": ["d"],
        "seen_by_chance": True,
        "declaration": {"version": guide["declaration"]["version"], "agreed": True},
        "phone": "+40745123456",
        "address": "Strada Lungă nr. 1, 520001 Sfântu Gheorghe",
    }
    headers = {"authorization": f"Bearer {istvan.token}", "idempotency-key": str(ids.new_id())}
    sent = await client.post(f"{V1}/driving-reports", json=said, headers=headers)
    assert sent.status_code == 201, sent.text
    return Sent(istvan, sent.headers["location"])


def film(file: Path) -> Path:
    """A recording of more than a megabyte."""
    picture = ("-f", "lavfi", "-i", "testsrc=size=640x480:rate=25:duration=2,noise=alls=30:allf=t")
    written = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")
    ffmpeg = programs.path("ffmpeg")
    subprocess.run([ffmpeg, "-v", "error", "-y", *picture, *written, str(file)], check=True)
    assert file.stat().st_size > 4 * CHUNK
    return file


def told(hub: Hub, sent: Sent, file: Path, breaks: int = 0, **special: str) -> Any:
    """What the client says that became of it."""
    content = file.read_bytes()
    asked = {
        "endpoint": f"{hub.origin}{sent.path}/video",
        "token": sent.person.token,
        "file": str(file),
        "metadata": {"filename": "film.mp4", "filetype": "video/mp4"}
        | {"sha256": hashlib.sha256(content).hexdigest()}
        | special,
        "chunk": CHUNK,
        "breaks": breaks,
    }
    ran = programs.run("node", HERE / "tus.mjs", given=json.dumps(asked))
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


async def test_it_uploads_a_recording_over_a_connection_that_breaks(
    hub: Hub, packages: Path, tmp_path: Path
) -> None:
    assert packages.is_dir()
    file = film(tmp_path / "film.mp4")
    async with httpx2.AsyncClient(base_url=hub.origin, timeout=30) as client:
        sent = await a_report(client, PLATES["breaks"])
        said = told(hub, sent, file, breaks=3)
        assert (said["done"], said["again"]) == (True, "done")
        assert sorted(set(said["offsets"])) == said["offsets"]
        assert said["offsets"][0] >= CHUNK
        assert await sent.state() == "SUBMITTED"
        shown = (await sent.person.get(said["url"].removeprefix(hub.origin))).json()
        assert shown["recording"]["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
        receipt = await sent.person.get(f"{sent.path}/receipt")
        assert receipt.content.startswith(b"%PDF")


async def test_it_is_told_why_a_file_is_refused_and_uploads_another(
    hub: Hub, packages: Path, tmp_path: Path
) -> None:
    assert packages.is_dir()
    words = tmp_path / "words.mp4"
    words.write_bytes(b"no video at all" * 50_000)
    async with httpx2.AsyncClient(base_url=hub.origin, timeout=30) as client:
        sent = await a_report(client, PLATES["refused"])
        refused = told(hub, sent, words)
        assert (refused["status"], refused["problem"]["type"].rpartition("/")[2]) == (422, "not-a-video")
        wrong = told(hub, sent, film(tmp_path / "film.mp4"), sha256="0" * 64)
        assert (wrong["status"], wrong["problem"]["type"].rpartition("/")[2]) == (422, "video-hash-wrong")
        assert await sent.state() == "AWAITING_VIDEO"
        assert told(hub, sent, tmp_path / "film.mp4")["done"]
        assert await sent.state() == "SUBMITTED"


async def test_a_page_of_another_origin_may_upload(hub: Hub) -> None:
    """CORS: the browser asks before a PATCH, and may read the headers of the protocol."""
    async with httpx2.AsyncClient(base_url=hub.origin, timeout=30) as client:
        path = f"{V1}/videos/{ids.new_id()}"
        asked = {
            "origin": "https://app.example",
            "access-control-request-method": "PATCH",
            "access-control-request-headers": "tus-resumable,upload-offset,content-type,authorization",
        }
        preflight = await client.options(path, headers=asked)
        assert preflight.status_code == 204
        assert "tus-version" not in preflight.headers
        assert "PATCH" in preflight.headers["access-control-allow-methods"]
        accepted = preflight.headers["access-control-allow-headers"].lower()
        assert all(name in accepted for name in ("tus-resumable", "upload-offset", "upload-checksum"))
        plain = await client.options(path, headers={"origin": "https://app.example"})
        assert (plain.status_code, plain.headers["tus-version"]) == (204, "1.0.0")
        exposed = plain.headers["access-control-expose-headers"].lower()
        assert all(
            name in exposed for name in ("upload-offset", "upload-expires", "location", "tus-max-size")
        )
