"""The chain of custody of a recording."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from ..domain import custody as domain
from ..domain.custody import CLOCK, Act, Actor, Entry, Line
from ..errors.driving_reports import DrivingReportNotFound
from ..keys import MasterKey
from ..storage import custody as storage
from ..storage import driving_reports

_SALT_BYTES: Final = 16


async def note(
    session: AsyncSession,
    report_id: UUID,
    act: Act,
    actor: Actor,
    now: datetime,
    *,
    video_id: UUID | None = None,
    sha256: bytes | None = None,
    purpose: str | None = None,
) -> Line:
    """Add a line to the chain of a report, in the caller's transaction; it locks the report."""
    entry = Entry(
        report_id=report_id,
        at=now,
        act=act,
        actor=actor,
        video_id=video_id,
        sha256=sha256,
        purpose=purpose,
        salt=secrets.token_bytes(_SALT_BYTES),
    )
    line = domain.following(await storage.lock_last(session, report_id), entry)
    await storage.add(session, line)
    return line


async def note_once(
    session: AsyncSession, report_id: UUID, act: Act, now: datetime, video_id: UUID, sha256: bytes
) -> None:
    """Add a line for what the clock did, unless there is one, in the caller's transaction."""
    await storage.lock_last(session, report_id)
    for line in await storage.of_report(session, report_id):
        if (line.entry.act, line.entry.video_id) == (act, video_id):
            return
    await note(session, report_id, act, CLOCK, now, video_id=video_id, sha256=sha256)


async def lines(session: AsyncSession, report_id: UUID) -> Sequence[Line]:
    """The chain of a report, in the caller's transaction."""
    return await storage.of_report(session, report_id)


async def shown_to_reporter(
    session: AsyncSession, key: MasterKey, person_id: UUID, report_id: UUID, after: int, limit: int
) -> Sequence[Line]:
    """Some lines of the person's own report after a number. `DrivingReportNotFound`."""
    async with session.begin():
        report = await driving_reports.find(session, key, report_id)
        if report is None or report.reporter_id != person_id:
            raise DrivingReportNotFound
        found = await storage.of_report(session, report_id)
    return [line for line in found if line.number > after][:limit]


async def verify(session: AsyncSession, report_id: UUID) -> int | None:
    """The first line that was tampered with, counted from 1; none for a chain that is whole."""
    return domain.broken_at(await storage.of_report(session, report_id))
