"""The chain of custody: lines are added, never changed."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from ..domain.custody import Act, Actor, Entry, Line
from ..tables.driving_reports import DRIVING_REPORTS
from ..tables.videos import CUSTODY

_PLAIN: Final = ("at", "video_id", "sha256", "purpose", "salt")


async def lock_last(session: AsyncSession, report_id: UUID) -> Line | None:
    """The last line of a report, which nobody else can add to before the end of the transaction."""
    # The lines themselves cannot be locked: that needs the right to change them.
    report = select(DRIVING_REPORTS.c.id).where(DRIVING_REPORTS.c.id == report_id)
    await session.execute(report.with_for_update(key_share=True))
    found = await session.execute(_of(report_id).order_by(CUSTODY.c.line.desc()).limit(1))
    row = found.mappings().one_or_none()
    return _line(row) if row else None


async def add(session: AsyncSession, line: Line) -> None:
    """Add a line; the caller has locked the last one."""
    entry = line.entry
    await session.execute(
        insert(CUSTODY).values(
            driving_report_id=entry.report_id,
            line=line.number,
            act=entry.act.value,
            actor_id=entry.actor.id,
            institution_id=entry.actor.institution_id,
            link=line.link,
            **{name: getattr(entry, name) for name in _PLAIN},
        )
    )


async def of_report(session: AsyncSession, report_id: UUID) -> Sequence[Line]:
    """The lines of a report, the first first."""
    found = await session.execute(_of(report_id).order_by(CUSTODY.c.line))
    return [_line(row) for row in found.mappings()]


def _of(report_id: UUID) -> Any:
    return select(CUSTODY).where(CUSTODY.c.driving_report_id == report_id)


def _line(row: Any) -> Line:
    entry = Entry(
        report_id=row["driving_report_id"],
        act=Act(row["act"]),
        actor=Actor(row["actor_id"], row["institution_id"]),
        **{name: row[name] for name in _PLAIN},
    )
    return Line(number=row["line"], entry=entry, link=row["link"])
