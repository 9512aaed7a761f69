"""Recordings: checked when they are whole, read by who may, deleted; their bytes lie encrypted in parts."""

import asyncio
import hashlib
import tempfile
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import IO, Final
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.clock import local_date
from hub_core.problem import Problem
from hub_documents.store import DocumentDamaged, DocumentMissing, Store, StoreUnavailable
from hub_service import rules

from ..documents.probing import Prober, ProberAway
from ..domain import videos as domain
from ..domain.custody import CLOCK, Act, Actor
from ..domain.driving_reports import State as ReportState
from ..domain.videos import Facts, State, Video
from ..errors.driving_reports import DrivingReportStands
from ..errors.videos import (
    REFUSALS,
    VideoBeingChecked,
    VideoGone,
    VideoHashWrong,
    VideoNotFound,
    VideosUnavailable,
)
from ..keys import MasterKey
from ..storage import driving_reports
from ..storage import videos as storage
from . import custody
from .driving_reports import submitted

FOLDER: Final = "videos/"
"""Where parts lie in the store."""
_IN_HAND: Final = timedelta(minutes=3)
"""After which another may check a recording: who had it was killed."""
_ORPHAN_AFTER: Final = timedelta(hours=2)
"""Longer than an upload lasts: what it stores counts later."""
_SOME: Final = 100
_AT_ONCE: Final = 500

_log: Final = structlog.get_logger("videos")


@dataclass(frozen=True, slots=True)
class VideoMeans:
    """The keys, where recordings lie, and who looks at them.

    As many are stored and checked at once as memory and processors stand; the others wait.
    """

    key: MasterKey
    store: Store
    prober: Prober
    storing: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(4))
    checking: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(2))


async def check(
    session: AsyncSession, means: VideoMeans, video: Video, clock: Callable[[], datetime]
) -> Video:
    """Look at a recording that is whole: then its report is submitted, or the recording refused.

    Raises one of `errors.videos.REFUSALS`, `VideoBeingChecked` when somebody else does it,
    `VideosUnavailable`, and `DrivingReportStands` when the report was taken back meanwhile.
    """
    async with means.checking:
        ended = await _take_in_hand(session, means, video.id, clock())
        if ended is not None:
            await must_not_be_refused(session, ended, clock())
            return ended
        try:
            return await _check(session, means, video, clock)
        except VideosUnavailable:
            async with session.begin():
                await storage.let_go(session, video.id)
            raise


async def must_not_be_refused(session: AsyncSession, video: Video, now: datetime) -> None:
    """Raise the problem for which a recording was refused."""
    if video.refused is None:
        return
    async with session.begin():
        legal = await rules.read(session, *domain.RULES)
    refusal = domain.refusal(video, legal, local_date(now))
    if refusal is not None:
        raise refusal


async def of_report(session: AsyncSession, means: VideoMeans, report_id: UUID) -> Video | None:
    """The recording of a report that was checked, in the caller's transaction; its bytes may be deleted."""
    return await storage.of_report(session, means.key, report_id)


async def read(
    session: AsyncSession, means: VideoMeans, report_id: UUID, start: int, end: int
) -> AsyncIterator[bytes]:
    """The bytes of a report's recording from `start` up to `end`, which is not included, part by part.

    What is wrong is raised before the first byte: `VideoNotFound`, `VideoGone`, `VideosUnavailable`.
    """
    async with session.begin():
        video = await storage.of_report(session, means.key, report_id)
        if video is None:
            raise VideoNotFound
        if video.deleted_at is not None:
            raise VideoGone
        parts = await storage.parts(session, video.id, start, end)
    for part in parts:
        content = await _fetched(means, part.name)
        yield content[max(0, start - part.starts_at) : end - part.starts_at]


async def delete(session: AsyncSession, means: VideoMeans, report_id: UUID, now: datetime) -> None:
    """Delete the bytes of a report's recording by rule; what is known of it stays. `VideosUnavailable`."""
    async with session.begin():
        await driving_reports.lock(session, means.key, report_id)
        video = await storage.of_report(session, means.key, report_id)
        if video is None or video.deleted_at is not None:
            return
        names = await storage.forget(session, video.id)
        await storage.note_deleted(session, video.id, now)
        await custody.note(session, report_id, Act.DELETED, CLOCK, now, video_id=video.id)
    await remove(means, names)


async def withdraw(session: AsyncSession, video: Video, now: datetime) -> Sequence[str]:
    """End an upload, in the caller's transaction; the names of its parts, to be removed after it."""
    if not await storage.end(session, video.id, State.WITHDRAWN, now):
        return ()
    return await storage.forget(session, video.id)


async def remove(means: VideoMeans, names: Iterable[str]) -> None:
    """Take parts out of the store that no row knows any more. `VideosUnavailable`."""
    try:
        for name in names:
            await means.store.delete(name)
    except StoreUnavailable as problem:
        raise VideosUnavailable(headers={"retry-after": "5"}) from problem


async def end_what_is_left(session: AsyncSession, means: VideoMeans, clock: Callable[[], datetime]) -> int:
    """Check recordings whose request was cut off, and end uploads that nobody waits for; how many."""
    async with session.begin():
        unchecked = await storage.unchecked(session, means.key, clock(), _SOME)
        abandoned = await storage.abandoned(session, means.key, clock(), _SOME)
    for video in unchecked:
        try:
            await check(session, means, video, clock)
        except Problem as problem:  # nobody is there to be told; the reporter reads it
            _log.info("a recording was not taken", problem=problem.type)
    for video in abandoned:
        async with session.begin():
            names = await withdraw(session, video, clock())
        await remove(means, names)
    return len(unchecked) + len(abandoned)


async def sweep(session: AsyncSession, means: VideoMeans, now: datetime) -> int:
    """Take away parts that no row knows: left by who was killed, or was not first; how many."""
    gone = 0
    names: list[str] = []
    async for name in means.store.names(now - _ORPHAN_AFTER):
        if name.startswith(FOLDER):
            names.append(name)
        if len(names) == _AT_ONCE:
            gone += await _sweep(session, means, names)
            names = []
    return gone + await _sweep(session, means, names)


async def _sweep(session: AsyncSession, means: VideoMeans, names: Sequence[str]) -> int:
    async with session.begin():
        known = await storage.known(session, names)
    orphans = [name for name in names if name not in known]
    await remove(means, orphans)
    return len(orphans)


async def _take_in_hand(
    session: AsyncSession, means: VideoMeans, video_id: UUID, now: datetime
) -> Video | None:
    """Let nobody else check it meanwhile; as what it ended, when somebody has. `VideoBeingChecked`."""
    async with session.begin():
        if await storage.take_in_hand(session, video_id, now, now + _IN_HAND):
            return None
        current = await storage.find(session, means.key, video_id)
    if current is None or current.state is State.RECEIVING:
        raise VideoBeingChecked(headers={"retry-after": "2"})
    if current.state is State.WITHDRAWN:
        raise VideoGone
    return current


async def _check(
    session: AsyncSession, means: VideoMeans, video: Video, clock: Callable[[], datetime]
) -> Video:
    async with session.begin():
        legal = await rules.read(session, *domain.RULES)
    sha256, on = b"", local_date(video.arrived_at or clock())
    try:
        # Without a name: whoever is killed leaves nothing of it to be read.
        with tempfile.TemporaryFile() as file:
            sha256 = await _gather(session, means, video, file)
            if video.announced_sha256 not in (None, sha256):
                raise VideoHashWrong
            facts = domain.judge(await means.prober.probe(file), sha256, legal, on)
    except ProberAway as problem:
        raise VideosUnavailable(headers={"retry-after": "60"}) from problem
    except tuple(REFUSALS.values()) as refusal:
        await _refuse(session, means, video, refusal, sha256, clock())
        raise
    return await _submit(session, means, video, facts, clock())


async def _gather(session: AsyncSession, means: VideoMeans, video: Video, file: IO[bytes]) -> bytes:
    """Write the recording into a file; its SHA-256."""
    digest = hashlib.sha256()
    async with session.begin():
        parts = await storage.parts(session, video.id, 0, video.length)
    for part in parts:
        content = await _fetched(means, part.name)
        await asyncio.to_thread(_append, file, digest.update, content)
    await asyncio.to_thread(file.flush)
    return digest.digest()


def _append(file: IO[bytes], update: Callable[[bytes], None], content: bytes) -> None:
    update(content)
    file.write(content)


async def _fetched(means: VideoMeans, name: str) -> bytes:
    try:
        return await means.store.get(name)
    except (DocumentMissing, DocumentDamaged, StoreUnavailable) as problem:
        _log.error("a part of a recording cannot be read", error=type(problem).__name__)
        raise VideosUnavailable(headers={"retry-after": "30"}) from problem


async def _refuse(
    session: AsyncSession, means: VideoMeans, video: Video, refusal: Problem, sha256: bytes, now: datetime
) -> None:
    """It is no recording: nothing moves, its bytes go, and another can be uploaded."""
    async with session.begin():
        await driving_reports.lock(session, means.key, video.report_id)
        names: Sequence[str] = ()
        if await storage.end(session, video.id, State.REFUSED, now, refused=refusal.type):
            names = await storage.forget(session, video.id)
            await custody.note(
                session, video.report_id, Act.REFUSED, CLOCK, now, video_id=video.id, sha256=sha256
            )
    await remove(means, names)


async def _submit(
    session: AsyncSession, means: VideoMeans, video: Video, facts: Facts, now: datetime
) -> Video:
    """It is a recording: the report goes to the police, as of when the last byte arrived."""
    arrived_at = video.arrived_at or now
    async with session.begin():
        report = await driving_reports.lock(session, means.key, video.report_id)
        if report is None:
            raise VideoNotFound
        names: Sequence[str] = ()
        if report.state is not ReportState.AWAITING_VIDEO:
            names = await withdraw(session, video, now)
        elif await storage.end(session, video.id, State.CHECKED, now, facts=facts):
            reporter = Actor(report.reporter_id)
            for act, actor, at in ((Act.RECEIVED, reporter, arrived_at), (Act.CHECKED, CLOCK, now)):
                await custody.note(session, report.id, act, actor, at, video_id=video.id, sha256=facts.sha256)
            report = await submitted(session, report, arrived_at)
        current = await storage.find(session, means.key, video.id)
    await remove(means, names)
    if current is None or current.state is not State.CHECKED:
        raise DrivingReportStands(state=report.state.value)
    return current
