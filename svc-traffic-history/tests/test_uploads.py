"""A recording arrives in parts (tus 1.0.0): by whom, until when, and what becomes of it."""

import asyncio
import hashlib
from base64 import b64encode
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_core import clock, ids
from hub_core.principal import Assurance, Kind
from hub_documents.store import Store
from hub_events.session import Session
from hub_service import personal_data
from svc_traffic_history import dependencies
from svc_traffic_history.documents.probing import Prober
from svc_traffic_history.domain.custody import Act, Part
from svc_traffic_history.operations import custody, uploads, videos
from svc_traffic_history.operations.means import Means
from svc_traffic_history.operations.videos import VideoMeans
from svc_traffic_history.storage import driving_reports

from . import recordings
from .recordings import BYTES, H264, SCOPES, TUS, V1, Reporter, metadata, sha256

Sessions = async_sessionmaker[Session]
Reporting = Callable[..., Awaitable[Reporter]]
PIECE = uploads.PART_BYTES


@pytest.fixture
def reporting(sessions: Sessions, means: Means, client: httpx2.AsyncClient, signed_in: Any) -> Reporting:
    """Make `await reporting(person_id)`: somebody who has just sent a report."""

    async def make(*args: Any, **special: Any) -> Reporter:
        return await recordings.reported(sessions, means.key, client, signed_in, *args, **special)

    return make


@pytest.fixture
async def ana(reporting: Reporting) -> Reporter:
    return await reporting()


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A real recording of some 200 kB."""
    return recordings.film(tmp_path_factory.mktemp("films") / "film.mp4", *H264, seconds=4)


@pytest.fixture
def filming(app: FastAPI, client: httpx2.AsyncClient) -> VideoMeans:
    assert client
    made: VideoMeans = app.state.filming()
    return made


@pytest.fixture
def at(app: FastAPI) -> Iterator[Callable[[datetime], None]]:
    """Let it be another time for uploads: `at(instant)`."""

    told: list[datetime] = []
    app.dependency_overrides[dependencies._instants] = lambda: lambda: told[-1] if told else clock.now()
    yield told.append
    del app.dependency_overrides[dependencies._instants]


def problem(answer: httpx2.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["tus-resumable"] == "1.0.0"
    return answer.status_code, str(answer.json()["type"]).rpartition("/")[2]


async def state_of(looking: asyncpg.Connection, reporter: Reporter) -> str:
    return str(
        await looking.fetchval(
            'SELECT state FROM "traffic-history".driving_reports WHERE id = $1', reporter.report.id
        )
    )


# ── who may ────────────────────────────────────────────────────────────────────────────────────


async def test_who_is_not_signed_in_or_lacks_the_scope_uploads_nothing(ana: Reporter, signed_in: Any) -> None:
    path = await ana.begin(10)
    person = ana.report.reporter_id
    weak = signed_in(person, SCOPES, Assurance.LOW)
    unscoped = signed_in(person, {"driving-reports:read"}, Assurance.SUBSTANTIAL)
    for method, address in (
        ("POST", ana.creation), ("GET", path), ("PATCH", path), ("DELETE", path),
    ):  # fmt: skip
        for headers, status in (({}, 401), (weak, 403), (unscoped, 403)):
            answer = await ana.client.request(method, address, headers=TUS | headers)
            assert answer.status_code == status, (method, headers)


async def test_the_upload_of_another_is_not_there(ana: Reporter, reporting: Reporting) -> None:
    path, mihai = await ana.begin(10), await reporting()
    for method, content in (("HEAD", None), ("GET", None), ("DELETE", None), ("PATCH", b"1234567890")):
        answer = await mihai.ask(method, path, content, upload_offset="0")
        assert answer.status_code == 404, method
    refused = await mihai.ask("POST", ana.creation, upload_length="10")
    assert problem(refused) == (404, "driving-report-not-found")
    refused = await mihai.client.get(f"{V1}/driving-reports/{ana.report.id}/custody", headers=mihai.headers)
    assert refused.status_code == 404
    assert await ana.offset(path) == 0


# ── the protocol ───────────────────────────────────────────────────────────────────────────────


async def test_options_tells_what_is_spoken_without_a_token(ana: Reporter) -> None:
    for path in (ana.creation, f"{V1}/videos/{ids.new_id()}"):
        answer = await ana.client.options(path)
        assert answer.status_code == 204
        assert answer.headers["tus-version"] == "1.0.0"
        assert set(answer.headers["tus-extension"].split(",")) == {
            *("creation", "creation-with-upload", "expiration", "checksum", "termination")
        }
        assert answer.headers["tus-max-size"] == str(500 * 1_048_576)
        assert set(answer.headers["tus-checksum-algorithm"].split(",")) == {"sha1", "sha256"}


async def test_another_version_of_the_protocol_is_refused(ana: Reporter) -> None:
    path = await ana.begin(10)
    for method, address in (("POST", ana.creation), ("GET", path), ("PATCH", path), ("DELETE", path)):
        answer = await ana.ask(method, address, tus_resumable="0.2.2", upload_length="10")
        assert problem(answer) == (412, "upload-version-unknown")
        assert answer.headers["tus-version"] == "1.0.0"
    unsaid = await ana.client.post(ana.creation, headers=ana.headers | {"upload-length": "10"})
    assert problem(unsaid) == (412, "upload-version-unknown")


async def test_creation_tells_where_and_until_when(ana: Reporter) -> None:
    said = metadata(filename="film.mp4", filetype="video/mp4")
    answer = await ana.ask("POST", ana.creation, upload_length="1000", upload_metadata=said)
    assert (answer.status_code, answer.headers["upload-offset"], answer.content) == (201, "0", b"")
    until = ana.report.upload_by.strftime("%a, %d %b %Y %H:%M:%S GMT")
    assert answer.headers["upload-expires"] == until
    path = answer.headers["location"]
    assert path.startswith("/traffic-history/v1/videos/")
    head = await ana.ask("HEAD", path)
    assert (head.status_code, head.content) == (200, b"")
    assert (head.headers["upload-offset"], head.headers["upload-length"]) == ("0", "1000")
    assert (head.headers["upload-metadata"], head.headers["cache-control"]) == (said, "no-store")
    shown = (await ana.ask("GET", path)).json()
    assert (shown["state"], shown["received"], shown["recording"]) == ("RECEIVING", 0, None)


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("upload-length", ""),
        ("upload-length", "0"),
        ("upload-length", "-1"),
        ("upload-length", "1e6"),
        ("upload-length", "9" * 16),
        ("upload-metadata", "filename not-base64"),
        ("upload-metadata", "filename Zg==,filename Zg=="),
        ("upload-metadata", "sha256 " + b64encode(b"short").decode()),
        ("upload-metadata", ","),
        ("upload-metadata", "filename " + "QUFB" * 512),
    ],
    ids=lambda each: each[:20],
)
async def test_a_header_of_the_creation_that_is_wrong(ana: Reporter, header: str, value: str) -> None:
    answer = await ana.client.post(
        ana.creation, headers=ana.headers | TUS | {"upload-length": "10"} | {header: value}
    )
    assert problem(answer) == (400, "upload-header-wrong")


async def test_the_length_may_not_be_left_for_later(ana: Reporter) -> None:
    answer = await ana.ask("POST", ana.creation, upload_defer_length="1")
    assert problem(answer) == (400, "upload-header-wrong")


async def test_a_recording_that_is_too_large_is_not_begun(ana: Reporter) -> None:
    most = 500 * 1_048_576
    answer = await ana.ask("POST", ana.creation, upload_length=str(most + 1))
    assert problem(answer) == (413, "video-too-large")
    await ana.begin(most)


async def test_bytes_come_as_one_media_type_only(ana: Reporter) -> None:
    path = await ana.begin(10)
    answer = await ana.send(path, 0, b"1234567890", content_type="video/mp4")
    assert problem(answer) == (415, "upload-type-wrong")
    assert await ana.offset(path) == 0


@pytest.mark.parametrize("offset", ["", "-1", "x"])
async def test_an_offset_that_is_none(ana: Reporter, offset: str) -> None:
    path = await ana.begin(10)
    answer = await ana.ask("PATCH", path, b"12345", upload_offset=offset)
    assert problem(answer) == (400, "upload-header-wrong")


async def test_bytes_of_a_wrong_offset_or_beyond_the_length_are_refused(ana: Reporter) -> None:
    path = await ana.begin(10)
    assert (await ana.send(path, 0, b"1234")).headers["upload-offset"] == "4"
    for offset in (0, 3, 5):
        assert problem(await ana.send(path, offset, b"5")) == (409, "upload-offset-wrong")
    assert problem(await ana.send(path, 4, b"5678901")) == (413, "upload-too-long")
    assert await ana.offset(path) == 4


async def test_bytes_beyond_the_length_without_saying_how_many_are_refused(ana: Reporter) -> None:
    path = await ana.begin(PIECE + 10)

    async def pieces() -> Any:
        for _ in range(3):
            yield bytes(PIECE)

    headers = ana.headers | BYTES | {"upload-offset": "0"}
    answer = await ana.client.patch(path, content=pieces(), headers=headers)
    assert problem(answer) == (413, "upload-too-long")
    assert await ana.offset(path) == PIECE


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
async def test_a_checksum_keeps_all_bytes_of_a_request_or_none(ana: Reporter, algorithm: str) -> None:
    content = bytes(range(256)) * 5000  # more than a part
    path = await ana.begin(2 * len(content))
    digest = b64encode(hashlib.new(algorithm, content).digest()).decode()
    damaged = content[:-1] + b"\0"
    wrong = await ana.send(path, 0, damaged, upload_checksum=f"{algorithm} {digest}")
    assert problem(wrong) == (460, "upload-checksum-wrong")
    assert await ana.offset(path) == 0
    right = await ana.send(path, 0, content, upload_checksum=f"{algorithm} {digest}")
    assert (right.status_code, right.headers["upload-offset"]) == (204, str(len(content)))


@pytest.mark.parametrize("said", ["md5 CY9rzUYh03PK3k6DJie09g==", "sha1", "sha1 %%%", "sha256 Zg=="])
async def test_a_checksum_that_cannot_be_checked(ana: Reporter, said: str) -> None:
    path = await ana.begin(4)
    assert problem(await ana.send(path, 0, b"test", upload_checksum=said)) == (400, "upload-header-wrong")


async def test_an_upload_that_was_ended_is_gone(ana: Reporter, filming: VideoMeans) -> None:
    path = await ana.begin(10)
    await ana.send(path, 0, b"1234")
    ended = await ana.ask("DELETE", path)
    assert (ended.status_code, ended.headers["tus-resumable"]) == (204, "1.0.0")
    for method, content in (("GET", None), ("DELETE", None), ("PATCH", b"5")):
        answer = await ana.ask(method, path, content, upload_offset="4")
        assert problem(answer) == (410, "video-gone")
    assert await parts_of(filming, path) == []


async def test_a_person_gets_a_copy_of_what_is_known_of_their_recordings(
    ana: Reporter, reporting: Reporting, film: bytes, signed_in: Any
) -> None:
    mihai = await reporting()
    await ana.upload(film, (1000,))
    service = signed_in(ids.new_id(), {personal_data.SCOPE}, kind=Kind.SERVICE)

    async def held(reporter: Reporter) -> Any:
        path = personal_data.path(reporter.report.reporter_id)
        answer = await reporter.client.get(path, headers=service)
        return next(each["items"] for each in answer.json()["sections"] if each["name"] == "recordings")

    (copy,) = await held(ana)
    assert copy["announced"] == metadata(sha256=sha256(film))
    assert (copy["report"], copy["bytes"], copy["sha256"]) == (ana.report.label, len(film), sha256(film))
    assert (copy["duration"], copy["state"], copy["deleted_at"]) == (4.0, "CHECKED", None)
    assert await held(mihai) == []


async def test_where_only_post_passes_a_header_says_what_the_request_is(
    ana: Reporter, reporting: Reporting, film: bytes, filming: VideoMeans
) -> None:
    path, mihai = await ana.begin(len(film)), await reporting()

    async def post(reporter: Reporter, method: str, content: bytes | None = None, offset: int = 0) -> Any:
        said = {"x_http_method_override": method, "content_type": "application/offset+octet-stream"}
        return await reporter.ask("POST", path, content, upload_offset=str(offset), **said)

    assert (await post(mihai, "PATCH", film)).status_code == 404
    assert (await post(mihai, "DELETE")).status_code == 404
    assert (await post(ana, "PUT", film)).status_code == 422
    assert (await post(ana, "PATCH", film[:1000])).headers["upload-offset"] == "1000"
    assert problem(await post(ana, "PATCH", film, 10)) == (409, "upload-offset-wrong")
    ended = await post(ana, "DELETE")
    assert (ended.status_code, ended.headers["tus-resumable"]) == (204, "1.0.0")
    assert problem(await ana.ask("GET", path)) == (410, "video-gone")


async def test_whoever_begins_again_ends_what_was_under_way(ana: Reporter) -> None:
    first = await ana.begin(10)
    second = await ana.begin(10)
    assert problem(await ana.send(first, 0, b"1")) == (410, "video-gone")
    assert await ana.offset(second) == 0


# ── the whole way ──────────────────────────────────────────────────────────────────────────────


async def test_a_recording_in_three_requests_submits_the_report(
    ana: Reporter, film: bytes, looking: asyncpg.Connection, sessions: Sessions, filming: VideoMeans
) -> None:
    path, answer = await ana.upload(film, [1000, 50_000])
    assert (answer.status_code, answer.headers["upload-offset"]) == (204, str(len(film)))
    assert "upload-expires" not in answer.headers
    shown = (await ana.ask("GET", path)).json()
    assert shown["state"] == "CHECKED"
    assert shown["recording"] | {"duration_ms": 4000} == {
        "sha256": sha256(film),
        "container": "MP4",
        "codec": "H.264",
        "width": 480,
        "height": 272,
        "duration_ms": 4000,
    }
    assert await state_of(looking, ana) == "SUBMITTED"
    told = await looking.fetch(
        """SELECT body FROM "traffic-history".outbox WHERE subject LIKE '%driving-report.moved.v1'"""
        " AND convert_from(body, 'UTF8') LIKE $1",
        f"%{ana.report.id}%",
    )
    assert [b"SUBMITTED" in bytes(row["body"]) for row in told] == [True]
    async with sessions() as session, session.begin():
        lines = await custody.lines(session, ana.report.id)
        assert await custody.verify(session, ana.report.id) is None
    assert [(line.entry.act, line.entry.actor.part) for line in lines] == [
        (Act.RECEIVED, Part.REPORTER),
        (Act.CHECKED, Part.CLOCK),
    ]
    assert {line.entry.sha256 for line in lines} == {hashlib.sha256(film).digest()}
    # the last byte again, and a new upload: there is nothing to be done
    assert (await ana.send(path, len(film), b"")).status_code == 204
    assert problem(await ana.ask("POST", ana.creation, upload_length="5")) == (409, "driving-report-stands")
    assert problem(await ana.ask("DELETE", path)) == (409, "driving-report-stands")


async def test_a_recording_may_come_with_its_creation(
    ana: Reporter, film: bytes, looking: asyncpg.Connection
) -> None:
    answer = await ana.ask("POST", ana.creation, film, upload_length=str(len(film)))
    assert (answer.status_code, answer.headers["upload-offset"]) == (201, str(len(film)))
    assert await state_of(looking, ana) == "SUBMITTED"


async def test_a_part_of_it_may_come_with_its_creation(ana: Reporter, film: bytes) -> None:
    answer = await ana.ask("POST", ana.creation, film[:5000], upload_length=str(len(film)))
    assert answer.headers["upload-offset"] == "5000"
    last = await ana.send(answer.headers["location"], 5000, film[5000:])
    assert last.status_code == 204


async def test_what_lies_in_the_store_is_not_the_recording_and_is_read_as_it_came(
    ana: Reporter, film: bytes, filming: VideoMeans, sessions: Sessions
) -> None:
    path, _ = await ana.upload(film, [70_000])
    names = await parts_of(filming, path)
    assert len(names) == 2
    for name in names:
        sealed = bytes(await (await filming.store._objects.get_async(name)).bytes_async())
        assert film[100:132] not in sealed
    async with sessions() as session:
        for start, end in ((0, len(film)), (0, 1), (69_990, 70_010), (len(film) - 5, len(film))):
            read = [piece async for piece in videos.read(session, filming, ana.report.id, start, end)]
            assert b"".join(read) == film[start:end]


async def test_a_recording_that_is_deleted_by_rule_leaves_its_hash_and_its_chain(
    ana: Reporter, film: bytes, filming: VideoMeans, sessions: Sessions
) -> None:
    path, _ = await ana.upload(film)
    async with sessions() as session:
        await videos.delete(session, filming, ana.report.id, clock.now())
        await videos.delete(session, filming, ana.report.id, clock.now())
        async with session.begin():
            lines = await custody.lines(session, ana.report.id)
    assert [line.entry.act for line in lines] == [Act.RECEIVED, Act.CHECKED, Act.DELETED]
    assert await parts_of(filming, path) == []
    assert problem(await ana.ask("GET", path)) == (410, "video-gone")


async def test_the_reporter_can_check_the_chain_and_learns_no_name(ana: Reporter, film: bytes) -> None:
    await ana.upload(film)
    answer = await ana.client.get(
        f"{V1}/driving-reports/{ana.report.id}/custody?limit=1", headers=ana.headers
    )
    first = answer.json()
    rest = await ana.client.get(
        f"{V1}/driving-reports/{ana.report.id}/custody?cursor={first['next_cursor']}", headers=ana.headers
    )
    lines = first["items"] + rest.json()["items"]
    assert [(line["line"], line["act"], line["by"]) for line in lines] == [
        (1, "RECEIVED", "REPORTER"), (2, "CHECKED", "CLOCK"),
    ]  # fmt: skip
    link = bytes(32)
    for line in lines:
        link = hashlib.sha256(link + line["text"].encode()).digest()
        assert link.hex() == line["link"]
    assert str(ana.report.reporter_id) not in answer.text + rest.text


async def test_the_receipt_is_a_sealed_document_that_stays_the_same(
    ana: Reporter, film: bytes, reporting: Reporting, program: Any, tmp_path: Path, sessions: Sessions
) -> None:
    address = f"{V1}/driving-reports/{ana.report.id}/receipt"
    early = await ana.client.get(address, headers=ana.headers)
    assert early.json()["type"].endswith("/video-not-found")
    await ana.upload(film)
    answers = await asyncio.gather(*(ana.client.get(address, headers=ana.headers) for _ in range(3)))
    again = await ana.client.get(address, headers=ana.headers)
    assert {answer.content for answer in answers} == {again.content}
    assert again.headers["content-type"] == "application/pdf"
    file = tmp_path / "receipt.pdf"
    file.write_bytes(again.content)
    said = program("pdftotext", "-layout", file, "-").decode()
    assert ana.report.label in said
    assert sha256(film) in said
    assert f"{len(film):,}".replace(",", ".") in said
    assert not any(name in said for name in ("Popescu", "CV 12 ABC", "2850312019008"))
    async with sessions() as session, session.begin():
        lines = await custody.lines(session, ana.report.id)
    assert lines[1].link.hex() in said
    assert [line.entry.act for line in lines] == [Act.RECEIVED, Act.CHECKED, Act.RECEIPT_SEALED]
    sealed = program("pdfsig", "-nocert", file).decode()
    assert "Signature is Valid" in sealed
    assert "Total document signed" in sealed
    other = await (await reporting()).client.get(address, headers=(await reporting()).headers)
    assert other.status_code == 404


# ── what is refused ────────────────────────────────────────────────────────────────────────────


def _refused(folder: Path) -> dict[str, tuple[str, bytes]]:
    faststart = recordings.film(folder / "fast.mp4", *H264, "-movflags", "+faststart", seconds=4)
    return {
        "words": ("not-a-video", b"no video at all"),
        "zip bomb": ("not-a-video", recordings.zipped(folder / "bomb.zip", 50_000_000)),
        "nested": ("video-without-picture", recordings.nested(2000)),
        "sound only": ("video-without-picture", recordings.film(folder / "sound.mp4", size="")),
        "codec": ("video-codec-unknown", recordings.film(folder / "old.mp4", "-c:v", "mpeg4")),
        "truncated": ("video-damaged", faststart[: len(faststart) // 2]),
        "too long": ("video-too-long", recordings.film(folder / "long.mkv", *H264, seconds=301, rate=1)),
        "too small": ("video-picture-size", recordings.film(folder / "small.mp4", *H264, size="320x200")),
    }


@pytest.fixture(scope="session")
def refused(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, bytes]]:
    """What is no recording, and the problem that says so."""
    return _refused(tmp_path_factory.mktemp("refused"))


@pytest.mark.parametrize(
    "kind", ["words", "zip bomb", "nested", "sound only", "codec", "truncated", "too long", "too small"]
)
async def test_what_is_no_recording_is_refused_moves_nothing_and_may_be_followed_by_one(
    ana: Reporter,
    refused: dict[str, tuple[str, bytes]],
    kind: str,
    film: bytes,
    looking: asyncpg.Connection,
    filming: VideoMeans,
    sessions: Sessions,
) -> None:
    wanted, content = refused[kind]
    path, answer = await ana.upload(content)
    assert problem(answer) == (422, wanted)
    assert problem(await ana.ask("GET", path)) == (422, wanted)
    assert await parts_of(filming, path) == []
    assert await state_of(looking, ana) == "AWAITING_VIDEO"
    _, second = await ana.upload(film)
    assert second.status_code == 204
    async with sessions() as session, session.begin():
        lines = await custody.lines(session, ana.report.id)
    assert [line.entry.act for line in lines] == [Act.REFUSED, Act.RECEIVED, Act.CHECKED]


async def test_a_recording_that_is_not_the_announced_one_is_refused(
    ana: Reporter, film: bytes, looking: asyncpg.Connection
) -> None:
    path = await ana.begin(len(film), upload_metadata=metadata(sha256=sha256(b"another")))
    assert problem(await ana.send(path, 0, film)) == (422, "video-hash-wrong")
    assert await state_of(looking, ana) == "AWAITING_VIDEO"


async def test_edge_56_an_upload_that_breaks_at_59_minutes_goes_on_until_the_60th(
    ana: Reporter, film: bytes, at: Any, looking: asyncpg.Connection
) -> None:
    """Edge case 56, in time."""
    path = await ana.begin(len(film))
    await ana.send(path, 0, film[:9000])
    at(ana.report.sent_at + timedelta(minutes=59))
    assert await ana.offset(path) == 9000
    at(ana.report.sent_at + timedelta(minutes=59, seconds=59))
    assert (await ana.send(path, 9000, film[9000:])).status_code == 204
    assert await state_of(looking, ana) == "SUBMITTED"


async def test_edge_56_the_61st_minute_is_refused(
    ana: Reporter, film: bytes, at: Any, looking: asyncpg.Connection
) -> None:
    """Edge case 56, too late."""
    path = await ana.begin(len(film))
    await ana.send(path, 0, film[:9000])
    at(ana.report.sent_at + timedelta(minutes=61))
    assert problem(await ana.send(path, 9000, film[9000:])) == (410, "upload-time-over")
    assert problem(await ana.ask("GET", path)) == (410, "upload-time-over")
    assert problem(await ana.ask("POST", ana.creation, upload_length="5")) == (410, "upload-time-over")
    assert await state_of(looking, ana) != "SUBMITTED"


async def test_a_request_that_lasts_into_the_61st_minute_is_stopped_there(ana: Reporter, at: Any) -> None:
    content = bytes(3 * PIECE)
    path = await ana.begin(len(content))

    async def late() -> Any:
        yield content[:PIECE]
        at(ana.report.sent_at + timedelta(minutes=61))
        yield content[PIECE:]

    headers = ana.headers | BYTES | {"upload-offset": "0"}
    answer = await ana.client.patch(path, content=late(), headers=headers)
    assert problem(answer) == (410, "upload-time-over")


async def test_a_recording_whose_report_was_taken_back_is_not_taken(
    ana: Reporter, film: bytes, looking: asyncpg.Connection, filming: VideoMeans
) -> None:
    path = await ana.begin(len(film))
    await ana.send(path, 0, film[:9000])
    await looking.execute(
        """UPDATE "traffic-history".driving_reports SET state = 'CLOSED' WHERE id = $1""", ana.report.id
    )
    assert problem(await ana.send(path, 9000, film[9000:])) == (409, "driving-report-stands")
    assert await parts_of(filming, path) == []


# ── at once, broken off, killed ────────────────────────────────────────────────────────────────


async def test_of_two_requests_with_the_same_bytes_one_wins(
    ana: Reporter, film: bytes, filming: VideoMeans, sessions: Sessions
) -> None:
    path = await ana.begin(len(film))
    answers = await asyncio.gather(*(ana.send(path, 0, film) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [204, 409, 409, 409]
    assert {problem(answer) for answer in answers if answer.status_code == 409} == {
        (409, "upload-offset-wrong")
    }
    async with sessions() as session:
        read = [piece async for piece in videos.read(session, filming, ana.report.id, 0, len(film))]
    assert b"".join(read) == film
    assert len(await parts_of(filming, path)) == 1


async def test_what_is_whole_and_unchecked_is_checked_by_whoever_comes_next(
    ana: Reporter, film: bytes, sessions: Sessions, filming: VideoMeans, looking: asyncpg.Connection
) -> None:
    for finish in ("HEAD", "PATCH", "clock"):
        reporter = ana if finish == "HEAD" else await _another(ana, sessions, filming)
        path = await reporter.begin(len(film))
        await _arrive_unchecked(reporter, path, film, filming, sessions)
        assert await state_of(looking, reporter) == "AWAITING_VIDEO"
        async with sessions() as session, session.begin():
            late = await driving_reports.overdue(session, filming.key, reporter.report.upload_by, 10_000)
        assert reporter.report.id not in {report.id for report in late}
        if finish == "HEAD":
            assert await reporter.offset(path) == len(film)
        elif finish == "PATCH":
            assert (await reporter.send(path, len(film), b"")).status_code == 204
        else:
            async with sessions() as session:
                await videos.end_what_is_left(session, filming, clock.now)
        assert await state_of(looking, reporter) == "SUBMITTED"


async def test_what_somebody_checks_is_not_checked_twice(
    ana: Reporter, film: bytes, sessions: Sessions, filming: VideoMeans
) -> None:
    path = await ana.begin(len(film))
    await _arrive_unchecked(ana, path, film, filming, sessions)
    async with sessions() as session, session.begin():
        await session.execute(
            text("UPDATE videos SET checked_until = now() + interval '1 minute' WHERE id = :id"),
            {"id": path.rpartition("/")[2]},
        )
    for answer in (
        await ana.ask("GET", path),
        await ana.send(path, len(film), b""),
        await ana.ask("POST", ana.creation, upload_length="5"),
    ):
        assert problem(answer) == (423, "video-being-checked")
        assert answer.headers["retry-after"]


async def test_uploads_that_nobody_waits_for_are_ended_and_orphans_are_swept(
    ana: Reporter, sessions: Sessions, filming: VideoMeans
) -> None:
    path = await ana.begin(10)
    await ana.send(path, 0, b"1234")
    orphan = f"videos/{ids.new_id()}/0"
    await filming.store.put(orphan, b"nobody's")
    async with sessions() as session:
        await videos.end_what_is_left(session, filming, lambda: clock.now() + timedelta(hours=2))
        await videos.sweep(session, filming, clock.now())
        assert orphan in await names(filming.store)
        await videos.sweep(session, filming, clock.now() + timedelta(hours=3))
    assert orphan not in await names(filming.store)
    assert await parts_of(filming, path) == []


async def test_without_a_store_or_a_program_nothing_is_lost(
    ana: Reporter, film: bytes, app: FastAPI, filming: VideoMeans
) -> None:
    path = await ana.begin(len(film))
    blind = VideoMeans(filming.key, filming.store, Prober("no-such-program"))
    app.dependency_overrides[dependencies._filming] = lambda: blind
    answer = await ana.send(path, 0, film)
    del app.dependency_overrides[dependencies._filming]
    assert problem(answer) == (503, "videos-unavailable")
    assert answer.headers["retry-after"]
    assert await ana.offset(path) == len(film)
    assert (await ana.ask("GET", path)).json()["state"] == "CHECKED"


async def _another(ana: Reporter, sessions: Sessions, filming: VideoMeans) -> Reporter:
    made = recordings.a_driving_report(clock.now(), reporter_id=ana.report.reporter_id, year=1901)
    async with sessions() as session, session.begin():
        await recordings.driving_reports.add(session, filming.key, made)
    return Reporter(ana.client, ana.headers, made)


async def _arrive_unchecked(
    reporter: Reporter, path: str, film: bytes, filming: VideoMeans, sessions: Sessions
) -> None:
    """All bytes are there, and the process that was to check them is not."""
    await reporter.send(path, 0, film[:-1])
    async with sessions() as session:
        async with session.begin():
            found = await uploads.storage.find(session, filming.key, ids.UUID(path.rpartition("/")[2]))
        assert found
        part = await uploads._store(filming, found, found.received, film[-1:], clock.now())
        await uploads._grow(session, filming, found, [part], clock.now())


async def parts_of(filming: VideoMeans, path: str) -> list[str]:
    """The parts of an upload in the store."""
    return [name for name in await names(filming.store) if path.rpartition("/")[2] in name]


async def names(store: Store) -> list[str]:
    return [name async for name in store.names(clock.now() + timedelta(days=1))]
