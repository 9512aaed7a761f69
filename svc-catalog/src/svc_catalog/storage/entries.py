"""Entries in work: rows in, domain values out."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import RowMapping, Select, func, or_, select
from sqlalchemy.dialects.postgresql import insert

from hub_events.session import Session

from ..domain.entries import Entry, Step, Version, VersionState
from ..domain.services import PUBLISHED, ServiceStatus, Suspension
from ..domain.text import Texts
from ..tables.entries import ENTRIES, ENTRY_STEPS, ENTRY_VERSIONS
from ..tables.institutions import INSTITUTIONS


@dataclass(frozen=True, slots=True)
class Filter:
    """Which entries are wanted; `provider` is an institution's id or code, `waiting` is for a review."""

    provider: UUID | str | None = None
    status: ServiceStatus | None = None
    stale: bool | None = None
    waiting: bool | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """An entry in a list: with the title of its newest version, and its provider's code."""

    entry: Entry
    title: Texts
    provider_code: str


@dataclass(frozen=True, slots=True)
class LoggedStep:
    """A line of the change log. No `actor_id`: reference data, or the clock."""

    entry_id: UUID
    revision: int
    step: Step
    at: datetime
    number: int | None = None
    actor_id: UUID | None = None
    reason: str = ""


_ENTRY: Final = TypeAdapter(Entry)
_VERSION: Final = TypeAdapter(Version)
_STEP: Final = TypeAdapter(LoggedStep)
_SUSPENSION: Final = TypeAdapter(Suspension | None)
_TEXTS: Final = TypeAdapter(Texts)
_NOT_STANDING: Final = {ServiceStatus.DRAFT, ServiceStatus.IN_REVIEW}


async def find(
    session: Session, wanted: Filter, after: str | None, limit: int, *, only_of: UUID | None = None
) -> list[Listed]:
    """The entries that fit, by code, after a code; `only_of` bounds them to one institution."""
    columns = ENTRIES.c
    newest = (ENTRY_VERSIONS.c.entry_id == columns.id) & (
        ENTRY_VERSIONS.c.number == func.coalesce(columns.working, columns.published, columns.last)
    )
    query = (
        select(
            ENTRIES,
            ENTRY_VERSIONS.c.content["title"].label("title"),
            INSTITUTIONS.c.code.label("provider_code"),
        )
        .join_from(ENTRIES, ENTRY_VERSIONS, newest)
        .join(INSTITUTIONS, INSTITUTIONS.c.id == columns.provider_id)
        .order_by(columns.code)
        .limit(limit)
    )
    if only_of is not None:
        query = query.where(columns.provider_id == only_of)
    if wanted.provider is not None:
        is_id = isinstance(wanted.provider, UUID)
        query = query.where((columns.provider_id if is_id else INSTITUTIONS.c.code) == wanted.provider)
    if wanted.status is not None:
        query = query.where(columns.status == wanted.status)
    if wanted.stale is not None:
        query = query.where(
            columns.stale_since.is_not(None) if wanted.stale else columns.stale_since.is_(None)
        )
    if wanted.waiting is not None:
        waits = columns.progress == VersionState.IN_REVIEW
        query = query.where(waits if wanted.waiting else or_(columns.progress.is_(None), ~waits))
    if after is not None:
        query = query.where(columns.code > after)
    return [
        Listed(_entry(row), _TEXTS.validate_python(row["title"]), row["provider_code"])
        for row in (await session.execute(query)).mappings()
    ]


async def get(session: Session, code: str) -> Entry | None:
    """The entry of a code."""
    return await _one(session, select(ENTRIES).where(ENTRIES.c.code == code))


async def lock_code(session: Session, code: str) -> None:
    """Let nobody else create an entry of this code until the transaction ends."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"entry:{code}", 0))))


async def lock(session: Session, code: str) -> Entry | None:
    """The same, locked against other changes until the transaction ends."""
    return await _one(session, select(ENTRIES).where(ENTRIES.c.code == code).with_for_update())


async def lock_all(session: Session) -> list[Entry]:
    """Every entry, locked."""
    rows = (await session.execute(select(ENTRIES).order_by(ENTRIES.c.code).with_for_update())).mappings()
    return [_entry(row) for row in rows]


async def lock_due(session: Session, today: date, limit: int) -> list[Entry]:
    """Published entries whose provider is to be reminded; what another process holds is left to it."""
    due = select(ENTRIES).where(ENTRIES.c.remind_on <= today, ENTRIES.c.status.in_(PUBLISHED))
    query = due.order_by(ENTRIES.c.remind_on).limit(limit).with_for_update(skip_locked=True)
    return [_entry(row) for row in (await session.execute(query)).mappings()]


async def version(session: Session, entry_id: UUID, number: int) -> Version | None:
    """One version of an entry."""
    found = await versions(session, entry_id, [number])
    return found[0] if found else None


async def versions(session: Session, entry_id: UUID, numbers: Collection[int] | None = None) -> list[Version]:
    """The versions of an entry, or those of these numbers, the newest first."""
    columns = ENTRY_VERSIONS.c
    query = select(ENTRY_VERSIONS).where(columns.entry_id == entry_id).order_by(columns.number.desc())
    if numbers is not None:
        query = query.where(columns.number.in_(numbers))
    return [_VERSION.validate_python(dict(row)) for row in (await session.execute(query)).mappings()]


async def newest(session: Session) -> dict[UUID, Version]:
    """The newest version of every entry, by the entry's id."""
    query = select(ENTRY_VERSIONS).join(
        ENTRIES, (ENTRIES.c.id == ENTRY_VERSIONS.c.entry_id) & (ENTRIES.c.last == ENTRY_VERSIONS.c.number)
    )
    found = [_VERSION.validate_python(dict(row)) for row in (await session.execute(query)).mappings()]
    return {each.entry_id: each for each in found}


async def touched(session: Session) -> set[UUID]:
    """The ids of the entries that an official has worked on."""
    query = select(ENTRY_STEPS.c.entry_id).where(ENTRY_STEPS.c.actor_id.is_not(None)).distinct()
    return set(await session.scalars(query))


async def log(session: Session, entry_id: UUID, before: int | None, limit: int) -> list[LoggedStep]:
    """The change log of an entry, the newest step first, before a revision."""
    columns = ENTRY_STEPS.c
    query = select(ENTRY_STEPS).where(columns.entry_id == entry_id)
    if before is not None:
        query = query.where(columns.revision < before)
    rows = (await session.execute(query.order_by(columns.revision.desc()).limit(limit))).mappings()
    return [_STEP.validate_python(dict(row)) for row in rows]


async def put(session: Session, entry: Entry, step: LoggedStep, changed: Sequence[Version] = ()) -> None:
    """Store an entry after a step, the versions that it changed, and the line of the change log."""
    values = _ENTRY.dump_python(entry, exclude={"standing"}) | {
        "status": entry.status,
        "suspension": _SUSPENSION.dump_python(entry.suspension, mode="json"),
    }
    await _upsert(session, ENTRIES, values, ["id"])
    for each in changed:
        content = _VERSION.dump_python(each, mode="json", include={"content"})
        rest = _VERSION.dump_python(each, exclude={"content"})
        await _upsert(
            session,
            ENTRY_VERSIONS,
            rest | content | {"writers": sorted(each.writers)},
            ["entry_id", "number"],
        )
    await session.execute(insert(ENTRY_STEPS).values(_STEP.dump_python(step)))


async def _upsert(session: Session, table: Any, values: dict[str, Any], key: list[str]) -> None:
    statement = insert(table).values(values)
    await session.execute(
        statement.on_conflict_do_update(index_elements=key, set_=dict(statement.excluded.items()))
    )


async def _one(session: Session, query: Select[Any]) -> Entry | None:
    row = (await session.execute(query)).mappings().one_or_none()
    return _entry(row) if row else None


def _entry(row: RowMapping) -> Entry:
    standing = None if row["status"] in _NOT_STANDING else row["status"]
    return _ENTRY.validate_python(dict(row) | {"standing": standing})
