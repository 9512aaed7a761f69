"""The log of changes: noted in the transaction of the change, read in the order of commits."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from pydantic import TypeAdapter
from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from hub_events.session import Session

from ..domain.changes import Change, ChangeKind, Log, Place
from ..tables.changes import CHANGE_LOG, CHANGES

_CHANGE: Final = TypeAdapter(Change)
_LOG: Final = TypeAdapter(Log)
_AT_ONCE: Final = 1000


async def note(
    session: Session, kind: ChangeKind, code: str, version: int, now: datetime, *, gone: bool = False
) -> None:
    """Note that a thing is new, differs, or is gone, in the transaction in which that happens.

    Do it after what else the transaction locks: until the commit nobody else can note a change. What
    nobody was told of is not told to be gone.
    """
    if not gone:
        await note_all(session, kind, {code: version}, now)
        return
    position = await _advance(session, 1)
    known = (CHANGES.c.kind == kind) & (CHANGES.c.code == code) & ~CHANGES.c.gone
    values = {"position": position, "version": version, "changed_at": now, "gone": True}
    await session.execute(update(CHANGES).where(known).values(values))


async def note_all(session: Session, kind: ChangeKind, versions: Mapping[str, int], now: datetime) -> None:
    """Note that things of a kind, by code, are new or differ; as `note`."""
    if not versions:
        return
    first = await _advance(session, len(versions)) - len(versions) + 1
    rows = [
        {
            "kind": kind,
            "code": code,
            "position": position,
            "version": version,
            "changed_at": now,
            "gone": False,
        }
        for position, (code, version) in enumerate(versions.items(), first)
    ]
    for at in range(0, len(rows), _AT_ONCE):
        statement = insert(CHANGES).values(rows[at : at + _AT_ONCE])
        await session.execute(
            statement.on_conflict_do_update(
                constraint=CHANGES.primary_key, set_=dict(statement.excluded.items())
            )
        )


async def log(session: Session) -> Log:
    """The state of the log. Whatever it counts is committed: read it before the changes."""
    columns = (CHANGE_LOG.c.origin, CHANGE_LOG.c.last, CHANGE_LOG.c.forgotten)
    row = (await session.execute(select(*columns))).mappings().one_or_none()
    if row is None:
        await _advance(session, 0)
        return await log(session)
    return _LOG.validate_python(dict(row))


async def read(session: Session, after: Place, until: int, limit: int) -> tuple[Change, ...]:
    """At most `limit` changes after a place and up to a position, in order."""
    columns = CHANGES.c
    query = select(CHANGES).where(
        columns.position > after.position,
        columns.position <= until,
        or_(~columns.gone, columns.position > after.began),
    )
    if after.kind is not None:
        query = query.where(columns.kind == after.kind)
    rows = await session.execute(query.order_by(columns.position).limit(limit))
    return tuple(_CHANGE.validate_python(dict(row)) for row in rows.mappings())


async def newest(session: Session, kind: ChangeKind | None, limit: int) -> tuple[Change, ...]:
    """The newest changes, the newest first."""
    query = select(CHANGES).order_by(CHANGES.c.position.desc()).limit(limit)
    rows = await session.execute(query.where(CHANGES.c.kind == kind) if kind else query)
    return tuple(_CHANGE.validate_python(dict(row)) for row in rows.mappings())


async def living(session: Session, limit: int) -> tuple[Change, ...]:
    """What can be read, each with its newest change, the newest first."""
    query = select(CHANGES).where(~CHANGES.c.gone).order_by(CHANGES.c.position.desc()).limit(limit)
    rows = await session.execute(query)
    return tuple(_CHANGE.validate_python(dict(row)) for row in rows.mappings())


async def times(session: Session) -> dict[ChangeKind, datetime]:
    """When things of each kind changed last."""
    query = select(CHANGES.c.kind, func.max(CHANGES.c.changed_at)).group_by(CHANGES.c.kind)
    return {ChangeKind(kind): changed_at for kind, changed_at in await session.execute(query)}


async def forget(session: Session, before: datetime) -> int:
    """Forget the deletions from before an instant; how many."""
    await _advance(session, 0)
    removed = delete(CHANGES).where(CHANGES.c.gone, CHANGES.c.changed_at < before)
    positions = (await session.execute(removed.returning(CHANGES.c.position))).scalars().all()
    if positions:
        forgotten = func.greatest(CHANGE_LOG.c.forgotten, max(positions))
        await session.execute(update(CHANGE_LOG).values(forgotten=forgotten))
    return len(positions)


async def _advance(session: Session, by: int) -> int:
    """Take the next positions, and the log until the commit; the last position."""
    statement = insert(CHANGE_LOG).values(single=True, last=by)
    taken = statement.on_conflict_do_update(
        constraint=CHANGE_LOG.primary_key, set_={"last": CHANGE_LOG.c.last + by}
    )
    position: int = (await session.execute(taken.returning(CHANGE_LOG.c.last))).scalar_one()
    return position
