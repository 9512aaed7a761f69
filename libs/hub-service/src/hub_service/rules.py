"""A service's own copy of the legal numbers, which svc-catalog tells.

    rules.attach(metadata)                                            # tables
    RULES: Final = rules.subscription(manifest.RULES)                 # consumers

    async with session.begin():                                       # an operation
        legal = await rules.read(session, "petition.answer")
        term = legal.on("petition.answer", registered_on)

The copy holds every code that was told, so that a new version of a service finds what it newly needs;
`Manifest.rules` names what a service cannot work without, and it is not ready before the copy has that.
"""

import asyncio
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, ClassVar, Final
from weakref import WeakKeyDictionary

from pydantic import BaseModel, ConfigDict, TypeAdapter
from sqlalchemy import (
    Column,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    any_,
    bindparam,
    literal_column,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.language import Language
from hub_core.manifest import Consumer
from hub_core.rules import Counting, NoRule, Option, Rule, Rules, Unit
from hub_events import copies
from hub_events.consumer import Subscription
from hub_events.envelope import Envelope, Event
from hub_events.statements import Part

from .database import Statement

COPY: Final = Table(
    "rule_tables",
    MetaData(),
    Column("code", String(64), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("rows", JSONB, nullable=False),
    comment="The copy of svc-catalog's legal numbers, one row a code, fed by its events",
)


class OptionTold(BaseModel):
    """One code of a list."""

    model_config = ConfigDict(frozen=True)

    code: str
    texts: dict[Language, str]


class RowTold(BaseModel):
    """One row of a table, without its code."""

    model_config = ConfigDict(frozen=True)

    value: Decimal
    unit: Unit
    valid_from: date
    valid_to: date | None
    legal_basis: str
    verified: bool
    counting: Counting | None
    options: tuple[OptionTold, ...]


class RuleChanged(Event):
    """The whole table of one code, with the rows that are to come."""

    subject: ClassVar[str] = "hub.catalog.rule.changed.v1"
    key_field: ClassVar[str] = "code"

    code: str
    rows: tuple[RowTold, ...]

    def table(self) -> Rules:
        """The rows as values; `ValueError` for a table that contradicts itself."""
        return Rules(_values(self.code, self.rows))


_ROWS: Final = TypeAdapter(tuple[RowTold, ...])
_WANTED: Final = any_(bindparam("codes", type_=ARRAY(String)))
# A row that is written anew has another `xmin`: a copy that was filled again with the same versions is read.
_STATES: Final = (
    select(COPY.c.code, COPY.c.version, literal_column("xmin::text").label("written"))
    .where(COPY.c.code == _WANTED)
    .order_by(COPY.c.code)
)
_TABLES: Final = _STATES.add_columns(COPY.c.rows.cast(Text))
_STATE: Final = Part(_STATES)
_STATE_APART: Final = Statement(_STATES)
_READ: Final = Part(_TABLES)
_READ_APART: Final = Statement(_TABLES)
_MOST_KEPT: Final = 64
_LOOKED_EVERY_SECONDS: Final = 0.2

_State = tuple[tuple[str, int, str], ...]
_KEPT: Final[WeakKeyDictionary[Any, dict[_State, Rules]]] = WeakKeyDictionary()
"""What was read, by the engine and the state of the copy: the same tables are asked for by every request."""


def attach(metadata: MetaData) -> None:
    """Add the table of the copy to a service's metadata, for its migrations."""
    COPY.to_metadata(metadata)


def subscription(consumer: Consumer) -> Subscription:
    """What feeds the copy, as the service's manifest named its consumer."""
    return Subscription(consumer, {RuleChanged: rule_changed})


async def rule_changed(session: AsyncSession, told: Envelope[RuleChanged]) -> None:
    """Keep the table of a code; one that comes again or late changes nothing."""
    async with session.begin():
        await keep(session, told.data)


async def keep(session: AsyncSession, told: RuleChanged) -> None:
    """Store the table of a code, unless the copy has this version or a newer one.

    `ValueError` for a table that contradicts itself: it must not take the place of a good one.
    """
    told.table()
    rows = _ROWS.dump_python(told.rows, mode="json")
    await copies.keep(session, COPY, {"code": told.code, "version": told.version, "rows": rows})


async def read(session: AsyncSession, *codes: str) -> Rules:
    """The tables of these codes, in the caller's transaction; a code that is not there has no row.

    While the copy stays as it is, only its versions are asked for.
    """
    return await _read(session, codes, _STATE, _READ)


async def read_apart(session: AsyncSession, *codes: str) -> Rules:
    """The same for an operation without a transaction, on connections of its own."""
    return await _read(session, codes, _STATE_APART, _READ_APART)


async def _read(
    session: AsyncSession, codes: Collection[str], states: Part | Statement, tables: Part | Statement
) -> Rules:
    kept = _KEPT.setdefault(session.sync_session.get_bind(), {})
    known = kept.get(_state(await states.all(session, codes=codes)))
    if known is not None:
        return known
    found = await tables.all(session, codes=codes)
    if len(kept) >= _MOST_KEPT:
        kept.clear()
    read = _rules(tuple((row["code"], row["rows"]) for row in found))
    kept[_state(found)] = read
    return read


def _state(rows: Iterable[Any]) -> _State:
    return tuple((row["code"], row["version"], row["written"]) for row in rows)


async def missing(session: AsyncSession, codes: Collection[str], day: date) -> list[str]:
    """Which of the codes have no row on a day, in order."""
    known = await read(session, *codes)
    return sorted(code for code in codes if not _has(known, code, day))


async def arrived(
    sessions: Callable[[], AsyncSession], codes: Collection[str], today: Callable[[], date]
) -> None:
    """Wait until each of the codes has a row for today; a database that is away is asked again."""
    while True:
        with suppress(SQLAlchemyError, OSError):
            async with sessions() as session:
                if not await missing(session, codes, today()):
                    return
        await asyncio.sleep(_LOOKED_EVERY_SECONDS)


def _has(rules: Rules, code: str, day: date) -> bool:
    try:
        rules.on(code, day)
    except NoRule:
        return False
    return True


@lru_cache(maxsize=64)
def _rules(tables: tuple[tuple[str, str], ...]) -> Rules:
    """The same tables, read by several engines, are made once."""
    return Rules(row for code, rows in tables for row in _values(code, _ROWS.validate_json(rows)))


def _values(code: str, rows: tuple[RowTold, ...]) -> list[Rule]:
    return [
        Rule(
            code=code,
            value=row.value,
            unit=row.unit,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            legal_basis=row.legal_basis,
            verified=row.verified,
            counting=row.counting,
            options=tuple(Option(option.code, option.texts) for option in row.options),
        )
        for row in rows
    ]
