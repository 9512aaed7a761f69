"""Files and their steps: rows in, domain values out. Nobody else writes a state."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, SelectBase, and_, bindparam, cast, func, insert, literal, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.clock import local_date
from hub_events import outbox
from hub_events.statements import Part

from ..domain.files import Actor, ActorKind, File, Solution, Step, refuse_step
from ..domain.petitions import Channel, PetitionKind
from ..domain.states import ENDED, PetitionState
from ..domain.terms import TermWarning
from ..errors.files import FileChanged, FileNotFound
from ..events import files as events
from ..tables.files import STEPS
from ..tables.petitions import PETITIONS, TO_ARCHIVE
from . import audiences

_NAMES: Final = tuple(File.__dataclass_fields__)
COLUMNS: Final = tuple(PETITIONS.c[name] for name in _NAMES)
"""What a `File` is made of, in one order."""
_MINE: Final = select(*COLUMNS).where(
    PETITIONS.c.id == bindparam("petition_id"), PETITIONS.c.institution_id == bindparam("of_institution")
)
_READ: Final = Part(_MINE)
_LOCK: Final = Part(_MINE.with_for_update())
_SUBJECT: Final = Part(select(PETITIONS.c.subject).where(PETITIONS.c.id == bindparam("petition_id")))
_LINE: Final = (
    *("version", "institution_id", "at", "came_from", "state"),
    *("actor_kind", "actor_id", "reason", "note"),
)
"""What is written of a step, besides whose it is."""
BY_END: Final = (PETITIONS.c.closed_on, PETITIONS.c.id)
"""The order in which files ended."""


def closed_before(day: date) -> ColumnElement[bool]:
    """What ended before a day and is not in the archive."""
    return and_(PETITIONS.c.closed_on < day, TO_ARCHIVE)


async def read(session: AsyncSession, petition_id: UUID, institution_id: UUID) -> File:
    """The file that an institution has now. `FileNotFound`, also for another institution's."""
    return await _one(_READ, session, petition_id, institution_id)


async def lock(session: AsyncSession, petition_id: UUID, institution_id: UUID) -> File:
    """The same, and nobody else changes it until the transaction ends. `FileNotFound`."""
    return await _one(_LOCK, session, petition_id, institution_id)


async def of_ids(session: AsyncSession, petition_ids: Collection[UUID]) -> list[File]:
    """These files, whichever institutions have them."""
    wanted = select(*COLUMNS).where(PETITIONS.c.id.in_(petition_ids))
    return [file_of(row) for row in (await session.execute(wanted)).mappings()]


async def find(session: AsyncSession, petition_id: UUID, institution_id: UUID) -> File | None:
    """The file that an institution has now, locked; none where it has no such file."""
    try:
        return await lock(session, petition_id, institution_id)
    except FileNotFound:
        return None


async def lock_any(session: AsyncSession, petition_id: UUID) -> File:
    """A file, locked, whichever institution has it. `FileNotFound`."""
    wanted = select(*COLUMNS).where(PETITIONS.c.id == petition_id).with_for_update()
    row = (await session.execute(wanted)).mappings().first()
    if row is None:
        raise FileNotFound
    return file_of(row)


async def content(session: AsyncSession, petition_id: UUID) -> tuple[str, str, str]:
    """Subject, text and language of a petition."""
    wanted = select(PETITIONS.c.subject, PETITIONS.c.text, PETITIONS.c.language)
    row = (await session.execute(wanted.where(PETITIONS.c.id == petition_id))).one()
    return row.subject, row.text, row.language


async def answered_by(session: AsyncSession, petition_id: UUID) -> UUID:
    """The petition whose answer is this one's: the one that it is joined to, or itself."""
    wanted = select(func.coalesce(PETITIONS.c.leader_id, PETITIONS.c.id))
    found = (await session.execute(wanted.where(PETITIONS.c.id == petition_id))).scalar()
    return found or petition_id


async def subject(session: AsyncSession, petition_id: UUID) -> str:
    """What a petition is about, in its petitioner's words."""
    (row,) = await _SUBJECT.all(session, petition_id=petition_id)
    found: str = row["subject"]
    return found


async def note(
    session: AsyncSession, file: File, actor: Actor, now: datetime, reason: str, *, note: str | None = None
) -> File:
    """Note something at a file whose clock may have ended: it stays where it is."""
    return await _take(session, file, replace(file, version=file.version + 1), actor, now, reason, note)


async def _one(wanted: Part, session: AsyncSession, petition_id: UUID, institution_id: UUID) -> File:
    row = await wanted.first(session, petition_id=petition_id, of_institution=institution_id)
    if row is None:
        raise FileNotFound
    return file_of(row)


def file_of(row: Any) -> File:
    """The file of a row, SQLAlchemy's or the driver's, that has `COLUMNS` by their names."""
    facts = {name: row[name] for name in _NAMES}
    facts["channel"] = Channel(facts["channel"])
    facts["kind"] = PetitionKind(facts["kind"])
    facts["state"] = PetitionState(facts["state"])
    facts["complained_of"] = tuple(facts["complained_of"])
    facts["solution"] = facts["solution"] and Solution(facts["solution"])
    return File(**facts)


async def move(
    session: AsyncSession,
    file: File,
    to: PetitionState,
    actor: Actor,
    now: datetime,
    *,
    reason: str | None = None,
    note: str | None = None,
    **changed: Any,
) -> File:
    """Take one step: the row, its line in `steps` and its event, in the caller's transaction.

    `reason` is a code that the petitioner may read and events carry, `note` is for officials alone;
    `changed` are members of the file that change with it. The day on which its clock ended is written
    here. Raises `FileStateForbids`, and `FileChanged` when somebody has taken a step since `file` was read.
    """
    refuse_step(file.state, to)
    if to in ENDED and not file.is_ended:
        changed["closed_on"] = local_date(now)
    moved = await _take(
        session, file, replace(file, state=to, version=file.version + 1, **changed), actor, now, reason, note
    )
    if moved.kind is PetitionKind.AUDIENCE:
        await audiences.follow(session, [moved.id], moved.institution_id, to, actor, now)
    told = events.of_step(moved, file.state, reason, changed)
    if told is not None:
        await outbox.record(session, told, now)
    return moved


async def _take(
    session: AsyncSession,
    file: File,
    moved: File,
    actor: Actor,
    now: datetime,
    reason: str | None,
    note: str | None,
) -> File:
    """Write what has changed and the line of it, in one statement. `FileChanged`."""
    written: dict[str, Any] = {
        name: getattr(moved, name)
        for name in File.__dataclass_fields__
        if getattr(moved, name) != getattr(file, name)
    }
    if moved.answer_due_on != file.answer_due_on:
        written["warned"] = TermWarning.NONE  # another last day has warnings of its own
    step = {
        "version": moved.version,
        "institution_id": moved.institution_id,
        "at": now,
        "came_from": file.state,
        "state": moved.state,
        "actor_kind": actor.kind,
        "actor_id": actor.id,
        "reason": reason,
        "note": note,
    }
    given = {f"new_{name}": value for name, value in written.items()}
    given |= {f"step_{name}": value for name, value in step.items()}
    taking = _taking(*sorted(written))
    if await taking.first(session, petition_id=file.id, before=file.version, **given) is None:
        raise FileChanged
    return moved


@cache
def _taking(*changed: str) -> Part:
    """A step that changes these columns: the row, if it is still the version before, and the line."""
    columns = PETITIONS.c
    done = (
        update(PETITIONS)
        .where(columns.id == bindparam("petition_id"), columns.version == bindparam("before"))
        .values({name: bindparam(f"new_{name}", type_=columns[name].type) for name in changed})
        .returning(columns.id)
        .cte("done")
    )
    line = (cast(bindparam(f"step_{name}", type_=STEPS.c[name].type), STEPS.c[name].type) for name in _LINE)
    taken = insert(STEPS).from_select(["petition_id", *_LINE], select(done.c.id, *line))
    return Part(taken.returning(STEPS.c.version))


async def move_many(
    session: AsyncSession,
    chosen: ColumnElement[bool],
    came_from: Collection[PetitionState],
    to: PetitionState,
    actor: Actor,
    now: datetime,
    *,
    reason: str | None = None,
    order: Sequence[ColumnElement[Any]] = (PETITIONS.c.id,),
    limit: int | None = None,
    **changed: Any,
) -> list[File]:
    """The same step for every file that is chosen and in one of these states, in one statement.

    Thousands of files take less than one after the other would; each has its line and its event. Who
    calls has seen to it that the step is open: `FileStateForbids` otherwise.
    """
    for state in came_from:
        refuse_step(state, to)
    if to in ENDED and not ENDED.issuperset(came_from):
        changed["closed_on"] = local_date(now)
    written = changed | ({"warned": TermWarning.NONE} if "answer_due_on" in changed else {})
    before = (
        select(PETITIONS.c.id, PETITIONS.c.state.label("came_from"))
        .where(chosen, PETITIONS.c.state.in_(came_from))
        .order_by(*order)
        .limit(limit)
        .with_for_update()
        .cte("before")
    )
    done = (
        update(PETITIONS)
        .where(PETITIONS.c.id == before.c.id)
        .values(state=to, version=PETITIONS.c.version + 1, **written)
        .returning(*COLUMNS, before.c.came_from)
        .cte("done")
    )
    step = {
        "petition_id": done.c.id,
        "version": done.c.version,
        "institution_id": done.c.institution_id,
        "at": literal(now, STEPS.c.at.type),
        "came_from": done.c.came_from,
        "state": done.c.state,
        "actor_kind": literal(actor.kind, STEPS.c.actor_kind.type),
        "actor_id": literal(actor.id, STEPS.c.actor_id.type),
        "reason": literal(reason, STEPS.c.reason.type),
    }
    lines = insert(STEPS).from_select([*step], select(*step.values())).cte("lines")
    rows = (await session.execute(select(done).add_cte(lines))).mappings().all()
    moved = [(file_of(row), PetitionState(row["came_from"])) for row in rows]
    if asking := [file for file, _ in moved if file.kind is PetitionKind.AUDIENCE]:
        ids = [file.id for file in asking]
        await audiences.follow(session, ids, asking[0].institution_id, to, actor, now)
    told = [events.of_step(file, state, reason, changed) for file, state in moved]
    await outbox.record_all(session, [one for one in told if one is not None], now)
    return [file for file, _ in moved]


async def steps(session: AsyncSession, petition_id: UUID) -> Sequence[Step]:
    """What a file has gone through since it was registered, in order."""
    wanted = select(STEPS).where(STEPS.c.petition_id == petition_id).order_by(STEPS.c.version)
    return [_step(row) for row in (await session.execute(wanted)).mappings()]


async def steps_of(session: AsyncSession, petition_ids: SelectBase) -> dict[UUID, list[Step]]:
    """The same of many petitions, by petition."""
    found: dict[UUID, list[Step]] = {}
    wanted = select(STEPS).where(STEPS.c.petition_id.in_(petition_ids))
    rows = await session.execute(wanted.order_by(STEPS.c.petition_id, STEPS.c.version))
    for row in rows.mappings():
        found.setdefault(row["petition_id"], []).append(_step(row))
    return found


def _step(row: Any) -> Step:
    return Step(
        version=row["version"],
        institution_id=row["institution_id"],
        at=row["at"],
        came_from=PetitionState(row["came_from"]),
        state=PetitionState(row["state"]),
        actor=Actor(ActorKind(row["actor_kind"]), row["actor_id"]),
        reason=row["reason"],
        note=row["note"],
    )
