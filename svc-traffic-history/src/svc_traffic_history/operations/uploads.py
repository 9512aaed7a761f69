"""The upload of a recording, in as many requests as it takes (tus 1.0.0).

Bytes become parts in the store as they come. A part counts once its row is there, and the row is written
only where the recording ends at its first byte: of two who bring the same bytes one wins, on whatever
replica, and no lock is held while bytes travel. Who is killed loses less than one part.
"""

import hashlib
import secrets
from collections.abc import AsyncIterable, AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import ids
from hub_core.clock import local_date
from hub_documents.store import StoreUnavailable
from hub_service import rules

from ..domain import videos as domain
from ..domain.videos import Part, State, Video
from ..errors.driving_reports import DrivingReportNotFound
from ..errors.videos import (
    UploadChecksumWrong,
    UploadOffsetWrong,
    UploadTooLong,
    VideoBeingChecked,
    VideoNotFound,
    VideosUnavailable,
)
from ..storage import driving_reports
from ..storage import videos as storage
from . import videos
from .videos import FOLDER, VideoMeans

PART_BYTES: Final = 1_048_576
"""Of the parts in which a recording lies; one in memory for each upload that is under way."""

Clock = Callable[[], datetime]
"""The instant, UTC: an upload lasts, and each part is judged when it came."""


class Arriving(Protocol):
    """Bytes as they come: `is_broken` says afterwards that the connection ended before they did."""

    is_broken: bool

    def __aiter__(self) -> AsyncIterator[bytes]: ...


@dataclass(frozen=True, slots=True)
class Announced:
    """What is said of a recording before it comes: its bytes, Upload-Metadata, and its SHA-256 if known."""

    length: int
    metadata: str = ""
    sha256: bytes | None = None


@dataclass(frozen=True, slots=True)
class Checksum:
    """What the bytes of one request have to hash to; `algorithm` as `hashlib` names it."""

    algorithm: str
    digest: bytes


@dataclass(frozen=True, slots=True)
class Sent:
    """The bytes of one request: from which byte of the recording on, and how many there are, if it says."""

    offset: int
    length: int | None
    body: Arriving
    checksum: Checksum | None = None


async def most_bytes(session: AsyncSession, now: datetime) -> int:
    """How many bytes a recording may have today."""
    async with session.begin():
        legal = await rules.read(session, domain.SIZE_RULE)
    return domain.most_bytes(legal, local_date(now))


async def begin(
    session: AsyncSession,
    means: VideoMeans,
    person_id: UUID,
    report_id: UUID,
    announced: Announced,
    now: datetime,
) -> Video:
    """Begin the upload for the person's own report; one that was under way is over.

    So whoever lost the answer, or the device, begins again. `DrivingReportNotFound`, `UploadTimeOver`,
    `DrivingReportStands`, `VideoTooLarge`, `VideoBeingChecked`.
    """
    async with session.begin():
        legal = await rules.read(session, domain.SIZE_RULE)
        report = await driving_reports.lock(session, means.key, report_id)
        if report is None or report.reporter_id != person_id:
            raise DrivingReportNotFound
        domain.must_be_awaited(report, now)
        domain.must_fit(announced.length, legal, local_date(now))
        before = await storage.receiving(session, means.key, report_id)
        if before and before.is_whole:
            raise VideoBeingChecked(headers={"retry-after": "2"})
        left = await videos.withdraw(session, before, now) if before else ()
        video = Video(
            id=ids.new_id(),
            report_id=report.id,
            reporter_id=report.reporter_id,
            report_state=report.state,
            upload_by=report.upload_by,
            length=announced.length,
            metadata=announced.metadata,
            announced_sha256=announced.sha256,
            begun_at=now,
        )
        await storage.add(session, means.key, video)
    await videos.remove(means, left)
    return video


async def look(
    session: AsyncSession, means: VideoMeans, person_id: UUID, video_id: UUID, clock: Clock
) -> Video:
    """How far the person's recording has come; one that is whole is checked, if nobody has done it yet.

    `VideoNotFound`, `VideoGone`, `UploadTimeOver`, `VideoBeingChecked`, `VideosUnavailable`, and of one that
    was refused the problem for which it was.
    """
    video = await _own(session, means, person_id, video_id)
    domain.must_stand(video, clock())
    return await _ended(session, means, video, clock)


async def receive(
    session: AsyncSession, means: VideoMeans, person_id: UUID, video_id: UUID, sent: Sent, clock: Clock
) -> Video:
    """Take the bytes of a request, as many as come, and check the recording when they were the last.

    With a checksum it takes all of them or none. What `look` raises, `UploadOffsetWrong`, `UploadTooLong`,
    `UploadChecksumWrong`, and what makes a file no recording (`errors.videos.REFUSALS`).
    """
    video = await _own(session, means, person_id, video_id)
    domain.must_take(video, sent.offset, sent.length or 0, clock())
    if video.state is State.RECEIVING and not video.is_whole:
        taking = _take_at_once if sent.checksum else _take_as_they_come
        video = await taking(session, means, video, sent, clock)
    return await _ended(session, means, video, clock)


async def withdraw(
    session: AsyncSession, means: VideoMeans, person_id: UUID, video_id: UUID, now: datetime
) -> None:
    """End the person's upload before it is whole. `VideoNotFound`, `VideoGone`, `DrivingReportStands`."""
    video = await _own(session, means, person_id, video_id)
    async with session.begin():
        report = await driving_reports.lock(session, means.key, video.report_id)
        current = await storage.find(session, means.key, video_id)
        if report is None or current is None:
            raise VideoNotFound
        domain.must_be_withdrawable(current)
        left = await videos.withdraw(session, current, now)
    await videos.remove(means, left)


async def _own(session: AsyncSession, means: VideoMeans, person_id: UUID, video_id: UUID) -> Video:
    async with session.begin():
        video = await storage.find(session, means.key, video_id)
    if video is None or video.reporter_id != person_id:
        raise VideoNotFound
    return video


async def _ended(session: AsyncSession, means: VideoMeans, video: Video, clock: Clock) -> Video:
    """The recording as it stands, checked when it is whole."""
    if video.state is State.RECEIVING and video.is_whole:
        return await videos.check(session, means, video, clock)
    await videos.must_not_be_refused(session, video, clock())
    return video


async def _take_as_they_come(
    session: AsyncSession, means: VideoMeans, video: Video, sent: Sent, clock: Clock
) -> Video:
    """Each part counts as soon as it lies in the store; what a broken connection brought, too."""
    async for piece in _pieces(sent.body):
        # Together: a few connections to the database are enough for whoever uploads, others need some too.
        async with means.storing:
            part = await _store(means, video, video.received, piece, clock())
            video = await _grow(session, means, video, [part], clock())
    return video


async def _take_at_once(
    session: AsyncSession, means: VideoMeans, video: Video, sent: Sent, clock: Clock
) -> Video:
    """The parts count when the last one has come and the checksum is right."""
    wanted = sent.checksum
    if wanted is None:
        raise ValueError("nothing to compare with")
    # the digest is that of the protocol, for bytes damaged on the way
    digest = hashlib.new(wanted.algorithm, usedforsecurity=False)
    parts: list[Part] = []
    grown = video.received
    async for piece in _pieces(sent.body):
        digest.update(piece)
        async with means.storing:
            parts.append(await _store(means, video, grown, piece, clock()))
        grown += len(piece)
    if sent.body.is_broken or digest.digest() != wanted.digest:
        await videos.remove(means, [part.name for part in parts])
        raise UploadChecksumWrong
    return await _grow(session, means, video, parts, clock()) if parts else video


async def _pieces(body: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    held = bytearray()
    async for chunk in body:
        held += chunk
        while len(held) >= PART_BYTES:
            piece = bytes(memoryview(held)[:PART_BYTES])
            del held[:PART_BYTES]
            yield piece
    if held:
        yield bytes(held)


async def _store(means: VideoMeans, video: Video, starts_at: int, piece: bytes, now: datetime) -> Part:
    """A part in the store, which no row knows yet. `UploadTimeOver`, `UploadTooLong`, `VideosUnavailable`."""
    domain.must_be_in_time(video, now)
    if starts_at + len(piece) > video.length:
        raise UploadTooLong
    part = Part(starts_at, len(piece), f"{FOLDER}{video.id}/{secrets.token_hex(16)}")
    try:
        await means.store.put(part.name, piece)
    except StoreUnavailable as problem:
        raise VideosUnavailable(headers={"retry-after": "5"}) from problem
    return part


async def _grow(
    session: AsyncSession, means: VideoMeans, video: Video, parts: list[Part], now: datetime
) -> Video:
    """The recording with these parts. `UploadOffsetWrong` when somebody else was faster."""
    async with session.begin():
        grown = await storage.advance(session, video, parts, now)
    if not grown:
        with suppress(VideosUnavailable):  # the sweep finds what stays
            await videos.remove(means, [part.name for part in parts])
        raise UploadOffsetWrong
    received = video.received + sum(part.size for part in parts)
    return replace(video, received=received, arrived_at=now if received == video.length else None)
