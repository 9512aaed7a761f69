"""Rule tables: rows in, domain values out."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import Select, delete, insert, select
from sqlalchemy.dialects import postgresql

from hub_core.rules import Rule, Rules
from hub_events.session import Session

from ..domain.rules import RuleChange, RuleChangeState, RuleField, RuleTable
from ..tables.rules import RULE_CHANGES, RULE_TABLES, RULES

_RULE: Final = TypeAdapter(Rule)
_TABLE: Final = TypeAdapter(RuleTable)
_CHANGE: Final = TypeAdapter(RuleChange)
_KNOWN: Final = select(*(column for column in RULE_TABLES.c if column.name != "changed_at"))


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list of rule tables is narrowed to: a field, codes that begin with `prefix`."""

    field: RuleField | None = None
    prefix: str | None = None


async def read(session: Session, codes: Collection[str]) -> Rules:
    """The rows of these codes; what is not known is not among them."""
    rows = await session.execute(select(RULES).where(RULES.c.code.in_(codes)))
    return Rules(_RULE.validate_python(dict(row)) for row in rows.mappings())


async def tables(session: Session, codes: Collection[str]) -> dict[str, RuleTable]:
    """The tables of these codes by code; what is not known is not among them."""
    found = await _tables(session, _KNOWN.where(RULE_TABLES.c.code.in_(codes)))
    return {table.code: table for table in found}


async def find(session: Session, wanted: Filter, after: str | None, limit: int) -> list[RuleTable]:
    """The tables that fit, by code, from a code on."""
    query = _KNOWN.order_by(RULE_TABLES.c.code).limit(limit)
    if wanted.field is not None:
        query = query.where(RULE_TABLES.c.field == wanted.field)
    if wanted.prefix is not None:
        query = query.where(RULE_TABLES.c.code.startswith(wanted.prefix, autoescape=True))
    if after is not None:
        query = query.where(RULE_TABLES.c.code > after)
    return await _tables(session, query)


async def get(session: Session, code: str) -> RuleTable | None:
    """The table of a code."""
    return next(iter(await _tables(session, _KNOWN.where(RULE_TABLES.c.code == code))), None)


async def lock(session: Session, code: str) -> RuleTable | None:
    """The same, locked against other changes until the transaction ends."""
    query = _KNOWN.where(RULE_TABLES.c.code == code).with_for_update()
    return next(iter(await _tables(session, query)), None)


async def lock_all(session: Session) -> list[RuleTable]:
    """Every table, locked in the same way."""
    return await _tables(session, _KNOWN.order_by(RULE_TABLES.c.code).with_for_update())


async def put(session: Session, tables: Sequence[RuleTable], now: datetime) -> None:
    """Store these versions, each with all its rows in the place of those before."""
    if not tables:
        return
    heads = [_TABLE.dump_python(table) | {"changed_at": now} for table in tables]
    rows = [row for head in heads for row in head.pop("rows")]
    storing = postgresql.insert(RULE_TABLES)
    await session.execute(
        storing.on_conflict_do_update(
            index_elements=[RULE_TABLES.c.code],
            set_={column: storing.excluded[column] for column in heads[0] if column != "code"},
        ),
        heads,
    )
    await session.execute(delete(RULES).where(RULES.c.code.in_([table.code for table in tables])))
    await session.execute(insert(RULES), rows)


async def note(session: Session, changes: Sequence[RuleChange]) -> None:
    """Write new changes into the log."""
    if changes:
        await session.execute(insert(RULE_CHANGES), [_values(change) for change in changes])


async def decide(session: Session, change: RuleChange) -> None:
    """Store a change as it was decided."""
    values = _values(change)
    storing = RULE_CHANGES.update().where(RULE_CHANGES.c.id == values.pop("id"))
    await session.execute(storing.values(values))


async def get_change(session: Session, change_id: UUID) -> RuleChange | None:
    """A change."""
    return await _change(session, select(RULE_CHANGES).where(RULE_CHANGES.c.id == change_id))


async def lock_change(session: Session, change_id: UUID) -> RuleChange | None:
    """The same, locked until the transaction ends."""
    query = select(RULE_CHANGES).where(RULE_CHANGES.c.id == change_id)
    return await _change(session, query.with_for_update())


async def find_changes(
    session: Session, code: str | None, state: RuleChangeState | None, before: UUID | None, limit: int
) -> list[RuleChange]:
    """The changes of a code, or of all, the newest first, of those made before the change `before`."""
    query = select(RULE_CHANGES).order_by(RULE_CHANGES.c.id.desc()).limit(limit)
    if code is not None:
        query = query.where(RULE_CHANGES.c.code == code)
    if state is not None:
        query = query.where(RULE_CHANGES.c.state == state)
    if before is not None:
        query = query.where(RULE_CHANGES.c.id < before)
    rows = await session.execute(query)
    return [_CHANGE.validate_python(dict(row)) for row in rows.mappings()]


async def _tables(session: Session, query: Select[Any]) -> list[RuleTable]:
    heads = [dict(row) for row in (await session.execute(query)).mappings()]
    found = await session.execute(
        select(RULES)
        .where(RULES.c.code.in_([head["code"] for head in heads]))
        .order_by(RULES.c.code, RULES.c.valid_from)
    )
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in found.mappings():
        rows[row["code"]].append(dict(row))
    return [_TABLE.validate_python(head | {"rows": rows[head["code"]]}) for head in heads]


async def _change(session: Session, query: Select[Any]) -> RuleChange | None:
    row = (await session.execute(query)).mappings().one_or_none()
    return _CHANGE.validate_python(dict(row)) if row else None


def _values(change: RuleChange) -> dict[str, Any]:
    row = _RULE.dump_python(change.row, mode="json") if change.row else None
    values: dict[str, Any] = _CHANGE.dump_python(change)
    return values | {"row": row}
