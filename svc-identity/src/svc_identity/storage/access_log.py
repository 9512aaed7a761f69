"""The access log: lines that wait, the chain, and the roots of its days."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, fields
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import RowMapping, delete, func, insert, or_, select, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession

from ..domain.access_log import Access, Line, Position, Root
from ..tables.access_log import ARRIVALS, FORMER_IDS, LINES, ROOTS

_CHAIN: Final = 2_800
"""The advisory lock under which the chain grows and its days are closed."""
_FACTS: Final = tuple(field.name for field in fields(Access))


async def add_arrival(session: AsyncSession, access: Access) -> None:
    """Keep a line that was told until it gets its place."""
    await session.execute(insert(ARRIVALS).values(_values(access)))


async def lock_chain(session: AsyncSession) -> None:
    """Let nobody else append or close a day until the transaction ends."""
    await session.execute(select(func.pg_advisory_xact_lock(_CHAIN)))


async def take_arrivals(session: AsyncSession, limit: int) -> list[Access]:
    """Up to so many waiting lines in the order of their arrival; they wait no more."""
    first = select(ARRIVALS.c.place).order_by(ARRIVALS.c.place).limit(limit)
    taken = await session.execute(delete(ARRIVALS).where(ARRIVALS.c.place.in_(first)).returning(ARRIVALS))
    rows = sorted(taken.mappings(), key=lambda row: row["place"])
    return [_access(row) for row in rows]


async def end_of_chain(session: AsyncSession) -> Position:
    """The last line; where no line is kept, the end of the last day that was closed."""
    last = select(LINES.c.seq, LINES.c.hash).order_by(LINES.c.seq.desc()).limit(1)
    row = (await session.execute(last)).first()
    if row is None:
        closed = select(ROOTS.c.last_seq, ROOTS.c.chain_hash).order_by(ROOTS.c.day.desc()).limit(1)
        row = (await session.execute(closed)).first()
    return Position(row[0], row[1]) if row else Position()


async def latest_instant(session: AsyncSession) -> datetime | None:
    """The last instant at which the chain grew or a day was closed."""
    last_line = select(LINES.c.recorded_at).order_by(LINES.c.seq.desc()).limit(1).scalar_subquery()
    last_close = select(func.max(ROOTS.c.closed_at)).scalar_subquery()
    return await session.scalar(select(func.greatest(last_line, last_close)))


async def add_lines(session: AsyncSession, lines: Sequence[Line]) -> None:
    """Append lines."""
    await session.execute(
        insert(LINES),
        [
            {
                "seq": line.seq,
                **_values(line.access),
                "recorded_at": line.recorded_at,
                "recorded_on": line.recorded_on,
                "prev_hash": line.prev_hash,
                "hash": line.hash,
            }
            for line in lines
        ],
    )


async def lines_after(session: AsyncSession, seq: int, limit: int) -> list[Line]:
    """The lines that follow one, in the order of the chain."""
    wanted = select(LINES).where(LINES.c.seq > seq).order_by(LINES.c.seq).limit(limit)
    return [_line(row) for row in (await session.execute(wanted)).mappings()]


async def lines_of(
    session: AsyncSession,
    persons: Collection[UUID],
    today: date,
    *,
    since: date | None = None,
    until: date | None = None,
    service: str | None = None,
    before: int | None = None,
    limit: int,
) -> list[Line]:
    """The lines about a person (under any id they had) that they may see today, newest first."""
    wanted = select(LINES).where(LINES.c.subject_person_id.in_(persons), _is_open(today))
    if since:
        wanted = wanted.where(LINES.c.recorded_on >= since)
    if until:
        wanted = wanted.where(LINES.c.recorded_on <= until)
    if service:
        wanted = wanted.where(LINES.c.service == service)
    if before is not None:
        wanted = wanted.where(LINES.c.seq < before)
    found = await session.execute(wanted.order_by(LINES.c.seq.desc()).limit(limit))
    return [_line(row) for row in found.mappings()]


async def line_of(
    session: AsyncSession, persons: Collection[UUID], line_id: UUID, today: date
) -> Line | None:
    """One line about a person, if they may see it today."""
    wanted = select(LINES).where(
        LINES.c.id == line_id, LINES.c.subject_person_id.in_(persons), _is_open(today)
    )
    row = (await session.execute(wanted)).mappings().first()
    return _line(row) if row else None


async def lines_by_id(session: AsyncSession, line_ids: Collection[UUID]) -> dict[UUID, Line]:
    """Lines by their ids; those that are forgotten are missing."""
    found = await session.execute(select(LINES).where(LINES.c.id.in_(line_ids)))
    return {row["id"]: _line(row) for row in found.mappings()}


def _is_open(today: date) -> Any:
    return or_(LINES.c.withheld_until.is_(None), LINES.c.withheld_until <= today)


async def remember_former(session: AsyncSession, formerly: UUID, person_id: UUID) -> None:
    """Let lines about an id that is no more lead to the person who has taken its place."""
    await session.execute(insert(FORMER_IDS).values(formerly=formerly, person_id=person_id))


async def former_ids(session: AsyncSession, person_id: UUID) -> list[UUID]:
    """The ids that a person was recorded under before."""
    wanted = select(FORMER_IDS.c.formerly).where(FORMER_IDS.c.person_id == person_id)
    return list(await session.scalars(wanted))


async def first_day(session: AsyncSession) -> date | None:
    """The day of the first line that is kept."""
    day: date | None = await session.scalar(select(func.min(LINES.c.recorded_on)))
    return day


async def hashes_on(session: AsyncSession, day: date) -> list[bytes]:
    """The hashes of a day's lines, in the order of the chain."""
    wanted = select(LINES.c.hash).where(LINES.c.recorded_on == day).order_by(LINES.c.seq)
    return list(await session.scalars(wanted))


async def end_of_day(session: AsyncSession, day: date) -> Position:
    """Where the chain stood when a day ended."""
    last = select(LINES.c.seq, LINES.c.hash).where(LINES.c.recorded_on <= day)
    row = (await session.execute(last.order_by(LINES.c.seq.desc()).limit(1))).first()
    if row is None:
        closed = select(ROOTS.c.last_seq, ROOTS.c.chain_hash).where(ROOTS.c.day < day)
        row = (await session.execute(closed.order_by(ROOTS.c.day.desc()).limit(1))).first()
    return Position(row[0], row[1]) if row else Position()


async def add_root(session: AsyncSession, root: Root) -> None:
    """Store the root of a day; it never changes."""
    await session.execute(postgresql.insert(ROOTS).values(asdict(root)))


async def roots(session: AsyncSession, *, before: date | None = None, limit: int | None = None) -> list[Root]:
    """The roots of days, newest first; `before` is the last of the page before."""
    wanted = select(ROOTS).order_by(ROOTS.c.day.desc()).limit(limit)
    if before:
        wanted = wanted.where(ROOTS.c.day < before)
    return [Root(**row) for row in (await session.execute(wanted)).mappings()]


async def root(session: AsyncSession, day: date) -> Root | None:
    """The root of a day."""
    row = (await session.execute(select(ROOTS).where(ROOTS.c.day == day))).mappings().first()
    return Root(**row) if row else None


async def forget(session: AsyncSession, before: date) -> int:
    """Delete the lines of closed days before a day, by the one function that may; how many."""
    forgotten = await session.scalar(text("SELECT forget_access_days(:before)"), {"before": before})
    return int(forgotten or 0)


def _values(access: Access) -> dict[str, Any]:
    return asdict(access) | {"roles": list(access.roles)}


def _access(row: RowMapping) -> Access:
    return Access(**{name: row[name] for name in _FACTS} | {"roles": tuple(row["roles"])})


def _line(row: RowMapping) -> Line:
    return Line(
        seq=row["seq"],
        access=_access(row),
        recorded_at=row["recorded_at"],
        recorded_on=row["recorded_on"],
        prev_hash=row["prev_hash"],
        hash=row["hash"],
    )
