"""An upload whose connection breaks, or whose service is killed, arrives whole: the client goes on."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import httpx2
import pytest
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_events.session import Session
from hub_service.database import Database
from hub_testing import mortal
from hub_testing.mortal import Mortal, Place
from svc_traffic_history import keys
from svc_traffic_history.keys import MasterKey
from svc_traffic_history.operations.uploads import PART_BYTES
from svc_traffic_history.settings import Settings

from . import recordings
from .recordings import BYTES, H264, Reporter, metadata, sha256

SCRIPT = Path(__file__).with_name("mortal.py")
RULES = Path(__file__).parents[2] / "svc-catalog/contract/rules.json"
ARRIVING = ("half stored", "stored a part", "stored two parts", "wrote a part", "committed a part")
IN_FLIGHT = 2 * 65_536
"""Bytes that uvicorn has read and not handed over when it sees the connection break, at most."""
CHECKING = ("has it in hand", "ended it", "noted a line", "submitted", "committed the submission")


@pytest.fixture(scope="module")
def settings(variables: dict[str, str]) -> Settings:
    with mortal.told(variables):
        return Settings()


@pytest.fixture(scope="module")
def key(settings: Settings) -> MasterKey:
    return keys.derived_from(settings.traffic_history_key.get_secret_value())


@pytest.fixture(scope="module")
async def sessions(settings: Settings) -> AsyncIterator[async_sessionmaker[Session]]:
    database = Database(settings)
    yield database.sessions
    await database.close()


@pytest.fixture
async def looking(place: Place) -> AsyncIterator[asyncpg.Connection]:
    async with mortal.looking_at(place) as made:
        yield made


@pytest.fixture
async def ana(
    service: Mortal, sessions: async_sessionmaker[Session], key: MasterKey, signed_in: Any
) -> AsyncIterator[Reporter]:
    """Somebody who has just sent a report to a service that lives."""
    await service.start()
    async with httpx2.AsyncClient(base_url=service.url, timeout=60) as client:
        yield await recordings.reported(sessions, key, client, signed_in)


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A recording of more than three parts."""
    file = tmp_path_factory.mktemp("films") / "film.mp4"
    noise = ("-vf", "noise=alls=30:allf=t", "-crf", "20")
    content = recordings.film(file, *H264, *noise, seconds=2, size="640x480")
    assert len(content) > 3 * PART_BYTES
    return content


async def is_submitted(looking: asyncpg.Connection, reporter: Reporter) -> bool:
    state = await looking.fetchval("SELECT state FROM driving_reports WHERE id = $1", reporter.report.id)
    return bool(state == "SUBMITTED")


async def has_one_line_each(looking: asyncpg.Connection, reporter: Reporter, film: bytes) -> None:
    lines = await looking.fetch(
        "SELECT act, sha256 FROM custody WHERE driving_report_id = $1 ORDER BY line", reporter.report.id
    )
    assert [line["act"] for line in lines] == ["RECEIVED", "CHECKED"]
    assert {bytes(line["sha256"]) for line in lines} == {hashlib.sha256(film).digest()}
    told = await looking.fetch(
        "SELECT 1 FROM outbox WHERE convert_from(body, 'UTF8') LIKE $1", f"%{reporter.report.id}%"
    )
    assert len(told) == 1


async def cut(reporter: Reporter, path: str, offset: int, film: bytes, sent: int, *, rude: bool) -> None:
    """Send so many bytes of a request that promises all the rest, and go: with a word, or without."""
    address = urlsplit(str(reporter.client.base_url))
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    headers = reporter.headers | BYTES
    headers |= {"host": "hub", "upload-offset": str(offset), "content-length": str(len(film) - offset)}
    head = f"PATCH {path} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    writer.write(head.encode() + b"\r\n" + film[offset : offset + sent])
    await writer.drain()
    if rude:
        writer.transport.abort()
    else:
        writer.close()
        await writer.wait_closed()
    assert reader


async def has_come_to(reporter: Reporter, path: str, wanted: int) -> None:
    """Return when so many bytes have arrived: what a connection brought is stored after it broke."""
    async with asyncio.timeout(30):
        while await reporter.offset(path) < wanted:
            pass


async def go_on(reporter: Reporter, path: str, film: bytes) -> httpx2.Response:
    """Ask and send the rest, as a client does, until there is an answer that is none of the passing ones."""
    while True:
        with suppress(httpx2.TransportError):
            asked = await reporter.ask("HEAD", path)
            if asked.status_code != 200:
                return asked
            offset = int(asked.headers["upload-offset"])
            answer: httpx2.Response = await reporter.send(path, offset, film[offset:])
            if answer.status_code not in (409, 503):
                return answer


async def test_a_connection_that_breaks_five_times_brings_the_whole_recording(
    ana: Reporter, film: bytes, looking: asyncpg.Connection
) -> None:
    path = await ana.begin(len(film), upload_metadata=metadata(sha256=sha256(film)))
    for sent in (1, 200_000, PART_BYTES, PART_BYTES + 1):
        offset = await ana.offset(path)
        await cut(ana, path, offset, film, sent, rude=False)
        await has_come_to(ana, path, offset + sent - IN_FLIGHT)
    await cut(ana, path, await ana.offset(path), film, 300_000, rude=True)
    answer = await go_on(ana, path, film)
    assert (answer.status_code, answer.headers["upload-offset"]) == (204, str(len(film)))
    shown = (await ana.ask("GET", path)).json()
    assert (shown["state"], shown["recording"]["sha256"]) == ("CHECKED", sha256(film))
    assert await is_submitted(looking, ana)
    await has_one_line_each(looking, ana, film)


@pytest.mark.parametrize("point", [*ARRIVING, *CHECKING])
async def test_the_service_is_killed_and_the_recording_arrives_whole(
    point: str, ana: Reporter, film: bytes, service: Mortal, looking: asyncpg.Connection
) -> None:
    path = await ana.begin(len(film), upload_metadata=metadata(sha256=sha256(film)))
    await service.start(point)
    with pytest.raises(httpx2.TransportError):
        await ana.send(path, 0, film)
    await service.death()
    await service.start()
    if point in CHECKING[:-1]:  # who was killed has it in hand until the time is over
        assert (await ana.ask("GET", path)).status_code == 423
        video = path.rpartition("/")[2]
        await looking.execute("UPDATE videos SET checked_until = now() WHERE id::text = $1", video)
    assert (await go_on(ana, path, film)).status_code == 204
    assert (await ana.ask("GET", path)).json()["recording"]["sha256"] == sha256(film)
    assert await is_submitted(looking, ana)
    await has_one_line_each(looking, ana, film)
