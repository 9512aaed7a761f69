"""Recordings and their parts: rows in, domain values out. What was announced of one is encrypted.

No row is locked while bytes travel: a recording grows only from the byte up to which it has come.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, delete, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from ..domain.driving_reports import State as ReportState
from ..domain.videos import Container, Facts, Part, State, Video
from ..keys import MasterKey
from ..tables.driving_reports import DRIVING_REPORTS
from ..tables.videos import VIDEO_PARTS, VIDEOS

_SECOND: Final = timedelta(milliseconds=1)
# Written out, as its index has it: a condition with parameters finds no partial index.
_RECEIVING: Final = text("videos.state = 'RECEIVING'")
_OF_REPORT: Final = (
    DRIVING_REPORTS.c.reporter_id,
    DRIVING_REPORTS.c.upload_by,
    DRIVING_REPORTS.c.state.label("report_state"),
)


async def add(session: AsyncSession, key: MasterKey, video: Video) -> None:
    """Store a recording of which nothing has arrived."""
    sealed = key.seal(video.metadata.encode(), _of_metadata(video.id)) if video.metadata else None
    await session.execute(
        insert(VIDEOS).values(
            id=video.id,
            driving_report_id=video.report_id,
            length=video.length,
            received=0,
            metadata=sealed,
            announced_sha256=video.announced_sha256,
            begun_at=video.begun_at,
            state=video.state.value,
        )
    )


async def find(session: AsyncSession, key: MasterKey, video_id: UUID) -> Video | None:
    """A recording by id."""
    return await _one(session, key, VIDEOS.c.id == video_id)


async def of_report(session: AsyncSession, key: MasterKey, report_id: UUID) -> Video | None:
    """The recording of a report that was checked."""
    return await _one(
        session, key, (VIDEOS.c.driving_report_id == report_id) & (VIDEOS.c.state == State.CHECKED.value)
    )


async def of_reporter(session: AsyncSession, key: MasterKey, reporter_id: UUID) -> Sequence[Video]:
    """Every recording that somebody has begun to upload, the last first."""
    found = await session.execute(
        _joined().where(DRIVING_REPORTS.c.reporter_id == reporter_id).order_by(VIDEOS.c.id.desc())
    )
    return [_video(key, row) for row in found.mappings()]


async def receiving(session: AsyncSession, key: MasterKey, report_id: UUID) -> Video | None:
    """The recording of a report that arrives."""
    return await _one(session, key, (VIDEOS.c.driving_report_id == report_id) & _RECEIVING)


async def advance(session: AsyncSession, video: Video, arrived: Sequence[Part], now: datetime) -> bool:
    """Let a recording grow by parts that follow each other; false when others have come meanwhile."""
    grown = video.received + sum(part.size for part in arrived)
    stored = await session.execute(
        update(VIDEOS)
        .where(VIDEOS.c.id == video.id, VIDEOS.c.received == video.received, _RECEIVING)
        .values(received=grown, arrived_at=now if grown == video.length else None)
        .returning(VIDEOS.c.id)
    )
    if stored.scalar_one_or_none() is None:
        return False
    rows = [
        {"video_id": video.id, "starts_at": part.starts_at, "size": part.size, "name": part.name}
        for part in arrived
    ]
    await session.execute(insert(VIDEO_PARTS), rows)
    return True


async def parts(session: AsyncSession, video_id: UUID, start: int, end: int) -> Sequence[Part]:
    """The parts in which the bytes from `start` up to `end`, which is not included, lie, in order."""
    found = await session.execute(
        select(VIDEO_PARTS)
        .where(
            VIDEO_PARTS.c.video_id == video_id,
            VIDEO_PARTS.c.starts_at < end,
            VIDEO_PARTS.c.starts_at + VIDEO_PARTS.c.size > start,
        )
        .order_by(VIDEO_PARTS.c.starts_at)
    )
    return [Part(row["starts_at"], row["size"], row["name"]) for row in found.mappings()]


async def take_in_hand(session: AsyncSession, video_id: UUID, now: datetime, until: datetime) -> bool:
    """Take a recording that is whole in hand until an instant; false when somebody else has it."""
    taken = await session.execute(
        update(VIDEOS)
        .where(VIDEOS.c.id == video_id, _RECEIVING, VIDEOS.c.received == VIDEOS.c.length)
        .where(VIDEOS.c.checked_until.is_(None) | (VIDEOS.c.checked_until <= now))
        .values(checked_until=until)
        .returning(VIDEOS.c.id)
    )
    return taken.scalar_one_or_none() is not None


async def let_go(session: AsyncSession, video_id: UUID) -> None:
    """Have it no longer in hand: whoever comes next may try."""
    await session.execute(update(VIDEOS).where(VIDEOS.c.id == video_id).values(checked_until=None))


async def end(
    session: AsyncSession,
    video_id: UUID,
    state: State,
    now: datetime,
    *,
    refused: str | None = None,
    facts: Facts | None = None,
) -> bool:
    """Let a recording come to its end; false when it has before."""
    values: dict[str, Any] = {"state": state.value, "ended_at": now, "refused": refused}
    if facts is not None:
        values |= {
            "sha256": facts.sha256,
            "container": facts.container.value,
            "codec": facts.codec,
            "width": facts.width,
            "height": facts.height,
            "duration_ms": facts.duration // _SECOND,
        }
    ended = await session.execute(
        update(VIDEOS).where(VIDEOS.c.id == video_id, _RECEIVING).values(values).returning(VIDEOS.c.id)
    )
    return ended.scalar_one_or_none() is not None


async def forget(session: AsyncSession, video_id: UUID) -> Sequence[str]:
    """Forget where the parts of a recording lie, and what was announced of it; their names in the store."""
    await session.execute(update(VIDEOS).where(VIDEOS.c.id == video_id).values(metadata=None))
    gone = await session.execute(
        delete(VIDEO_PARTS).where(VIDEO_PARTS.c.video_id == video_id).returning(VIDEO_PARTS.c.name)
    )
    return list(gone.scalars())


async def note_deleted(session: AsyncSession, video_id: UUID, now: datetime) -> None:
    """Note when a recording was deleted."""
    await session.execute(update(VIDEOS).where(VIDEOS.c.id == video_id).values(deleted_at=now))


async def known(session: AsyncSession, names: Collection[str]) -> Collection[str]:
    """Which of these names in the store are parts of recordings."""
    found = await session.execute(select(VIDEO_PARTS.c.name).where(VIDEO_PARTS.c.name.in_(names)))
    return set(found.scalars())


async def unchecked(session: AsyncSession, key: MasterKey, now: datetime, limit: int) -> Sequence[Video]:
    """Some that are whole, and that nobody has in hand."""
    return await _some(
        session,
        key,
        VIDEOS.c.received == VIDEOS.c.length,
        VIDEOS.c.checked_until.is_(None) | (VIDEOS.c.checked_until <= now),
        limit=limit,
    )


async def abandoned(session: AsyncSession, key: MasterKey, now: datetime, limit: int) -> Sequence[Video]:
    """Some that are not whole, and whose report waits for them no longer."""
    awaited = DRIVING_REPORTS.c.state == ReportState.AWAITING_VIDEO.value
    return await _some(
        session,
        key,
        VIDEOS.c.received < VIDEOS.c.length,
        ~awaited | (DRIVING_REPORTS.c.upload_by <= now),
        limit=limit,
    )


async def _one(session: AsyncSession, key: MasterKey, wanted: ColumnElement[bool]) -> Video | None:
    found = await session.execute(_joined().where(wanted))
    row = found.mappings().one_or_none()
    return _video(key, row) if row else None


async def _some(
    session: AsyncSession, key: MasterKey, *wanted: ColumnElement[bool], limit: int
) -> Sequence[Video]:
    found = await session.execute(_joined().where(_RECEIVING, *wanted).order_by(VIDEOS.c.id).limit(limit))
    return [_video(key, row) for row in found.mappings()]


def _joined() -> Any:
    return select(VIDEOS, *_OF_REPORT).join(DRIVING_REPORTS)


def _video(key: MasterKey, row: Any) -> Video:
    sealed = row["metadata"]
    return Video(
        id=row["id"],
        report_id=row["driving_report_id"],
        reporter_id=row["reporter_id"],
        report_state=ReportState(row["report_state"]),
        upload_by=row["upload_by"],
        length=row["length"],
        received=row["received"],
        metadata=key.unseal(sealed, _of_metadata(row["id"])).decode() if sealed else "",
        announced_sha256=row["announced_sha256"],
        begun_at=row["begun_at"],
        arrived_at=row["arrived_at"],
        ended_at=row["ended_at"],
        state=State(row["state"]),
        refused=row["refused"],
        facts=_facts(row) if row["state"] == State.CHECKED.value else None,
        deleted_at=row["deleted_at"],
    )


def _facts(row: Any) -> Facts:
    return Facts(
        sha256=row["sha256"],
        container=Container(row["container"]),
        codec=row["codec"],
        width=row["width"],
        height=row["height"],
        duration=row["duration_ms"] * _SECOND,
    )


def _of_metadata(video_id: UUID) -> str:
    return f"video-metadata:{video_id}"
