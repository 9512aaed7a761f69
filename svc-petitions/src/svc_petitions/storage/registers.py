"""Lines are entered; the register's row is the last lock of a transaction."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ClauseElement,
    ColumnElement,
    Integer,
    LargeBinary,
    RowMapping,
    Text,
    bindparam,
    cast,
    func,
    insert,
    literal,
    select,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession

from hub_events.statements import Part

from ..domain import registers as domain
from ..domain.states import PetitionState
from ..tables.petitions import PETITIONS
from ..tables.registers import REGISTER_ENTRIES, REGISTERS

_GIVEN: Final = (
    "direction",
    "petition_id",
    "entered_at",
    "entered_by",
    "subject_sha256",
    "correspondent_sha256",
    "strikes_year",
    "strikes",
    "reason",
    "salt",
)


def _link(previous: ColumnElement[bytes], number: ColumnElement[int]) -> ColumnElement[bytes]:
    """As `domain.registers.Entry.link`."""
    line = bindparam("before", type_=Text) + cast(number, Text) + bindparam("after", type_=Text)
    return func.sha256(previous.concat(func.convert_to(line, "UTF8")), type_=LargeBinary)


def _enter() -> ClauseElement:
    """One statement: the register's next number and link, and the line under them."""
    row = postgresql.insert(REGISTERS).values(
        institution_id=bindparam("institution_id"),
        year=bindparam("year"),
        last_number=1,
        last_sha256=_link(literal(domain.BEFORE_THE_FIRST, LargeBinary), literal(1, Integer)),
    )
    last = row.on_conflict_do_update(
        index_elements=list(REGISTERS.primary_key),
        set_={
            "last_number": REGISTERS.c.last_number + 1,
            "last_sha256": _link(REGISTERS.c.last_sha256, REGISTERS.c.last_number + 1),
        },
    )
    register = last.returning(*REGISTERS.c).cte("register")
    line = {name: bindparam(name, type_=REGISTER_ENTRIES.c[name].type) for name in _GIVEN}
    entry = select(
        register.c.institution_id,
        register.c.year,
        register.c.last_number,
        register.c.last_sha256,
        *(cast(value, value.type) for value in line.values()),
    )
    return (
        insert(REGISTER_ENTRIES)
        .from_select(["institution_id", "year", "number", "entry_sha256", *line], entry)
        .returning(REGISTER_ENTRIES.c.number, REGISTER_ENTRIES.c.entry_sha256)
    )


_ENTER: Final = Part(_enter())


async def enter(session: AsyncSession, line: domain.Line) -> domain.Entered:
    """Enter a line in the register of its institution and year; its number, and its link of the chain.

    The register is made when first needed. No sequence: its row stays locked until the transaction ends,
    and a rollback takes the number back, so that none is ever missing. Take it last: who waits for it
    waits for all that follows. Raises `IntegrityError` where a line is struck that is struck already.
    """
    salt = secrets.token_bytes(domain.SALT_BYTES)
    before, after = domain.around_number(line.members(salt))
    strikes = line.strikes
    row = await _ENTER.all(
        session,
        institution_id=line.institution_id,
        year=line.year,
        before=before,
        after=after,
        direction=line.direction,
        petition_id=line.petition_id,
        entered_at=line.entered_at,
        entered_by=line.entered_by,
        subject_sha256=domain.digest(salt, line.subject),
        correspondent_sha256=domain.digest(salt, line.correspondent),
        strikes_year=strikes and strikes.year,
        strikes=strikes and strikes.number,
        reason=strikes and strikes.reason,
        salt=salt,
    )
    return domain.Entered(line.year, row[0]["number"], row[0]["entry_sha256"])


_STRIKING: Final = REGISTER_ENTRIES.alias("striking")
_SHOWN: Final = select(
    REGISTER_ENTRIES, _STRIKING.c.year.label("struck_by_year"), _STRIKING.c.number.label("struck_by_number")
).join_from(
    REGISTER_ENTRIES,
    _STRIKING,
    (_STRIKING.c.institution_id == REGISTER_ENTRIES.c.institution_id)
    & (_STRIKING.c.strikes_year == REGISTER_ENTRIES.c.year)
    & (_STRIKING.c.strikes == REGISTER_ENTRIES.c.number),
    isouter=True,
)


async def entries_of(
    session: AsyncSession, institution_id: UUID, year: int, *, after: int = 0, limit: int
) -> Sequence[domain.Shown]:
    """The lines of a register in the order of their numbers, from the one that follows `after`."""
    table = REGISTER_ENTRIES
    mine = (table.c.institution_id == institution_id) & (table.c.year == year) & (table.c.number > after)
    rows = await session.execute(_SHOWN.where(mine).order_by(table.c.number).limit(limit))
    return [_shown(row) for row in rows.mappings()]


def _shown(row: RowMapping) -> domain.Shown:
    by = row["struck_by_number"]
    return domain.Shown(_entry(row), f"{by}/{row['struck_by_year']}" if by else None)


def _entry(row: RowMapping) -> domain.Entry:
    strikes: dict[str, Any] = {"strikes": None}
    if row["strikes"] is not None:
        reason = domain.StrikeReason(row["reason"])
        strikes = {"strikes": domain.Strike(row["strikes_year"], row["strikes"], reason)}
    same = ("institution_id", "year", "number", "petition_id", "entered_at", "entered_by")
    digests = ("subject_sha256", "correspondent_sha256", "entry_sha256")
    return domain.Entry(
        direction=domain.Direction(row["direction"]),
        **{name: row[name] for name in same + digests},
        **strikes,
    )


@dataclass(frozen=True, slots=True, repr=False)
class Content:
    """What a line is of: the petition's subject, and where its file stands."""

    subject: str
    state: PetitionState


async def content_of(session: AsyncSession, entry: domain.Entry) -> Content | None:
    """What a line is of, while the file stands in its register; the file is locked."""
    wanted = select(PETITIONS.c.subject, PETITIONS.c.state).where(
        PETITIONS.c.id == entry.petition_id,
        PETITIONS.c.institution_id == entry.institution_id,
        PETITIONS.c.year == entry.year,
        PETITIONS.c.number == entry.number,
    )
    row = (await session.execute(wanted.with_for_update())).mappings().first()
    return Content(row["subject"], PetitionState(row["state"])) if row else None
