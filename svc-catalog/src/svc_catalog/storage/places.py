"""Places and offices: rows in, domain values out."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, cast
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import CursorResult, RowMapping, column, func, insert, literal, or_, select, tuple_
from sqlalchemy import cast as sql_cast
from sqlalchemy.dialects.postgresql import JSON, TSQUERY
from sqlalchemy.dialects.postgresql import insert as upsert

from hub_events.session import Session

from ..domain.places import Filter, Office, OfficeFilter, Place, PlaceKind
from ..tables.institutions import INSTITUTIONS
from ..tables.places import OFFICES, PLACE_EDITIONS, PLACES
from . import ranking

Position = tuple[int, str, str]
"""Where a list of places stands: level, sort key, SIRUTA code."""

OfficePosition = tuple[str, UUID]
"""Where a list of offices stands: sort key, id."""

_PLACE: Final = TypeAdapter(Place)
_OFFICE: Final = TypeAdapter(Office)
_LEVELS: Final = {kind: level for level, kind in enumerate(PlaceKind)}
"""A place lies in one of a lower level, always."""


async def has_edition(session: Session, sha256: bytes) -> bool:
    """Whether the places of this file are loaded."""
    known = select(PLACE_EDITIONS.c.sha256).where(PLACE_EDITIONS.c.sha256 == sha256)
    return (await session.execute(known)).first() is not None


async def editions(session: Session) -> int:
    """How many editions of the register were loaded."""
    counted = select(func.count()).select_from(PLACE_EDITIONS)
    return (await session.execute(counted)).scalar_one()


async def put_edition(session: Session, sha256: bytes, places: Iterable[Place], now: datetime) -> int:
    """Store the places of a file, each over the one of its code; how many were new or differ.

    A place that the file no longer has stays: records of others name it.
    """
    rows = [_PLACE.dump_python(place) | _derived(place) for place in places]
    columns = [column(each.name, each.type) for each in PLACES.c]
    given = func.json_to_recordset(literal(rows, JSON)).table_valued(*columns)
    statement = upsert(PLACES).from_select(columns, select(given.render_derived(with_types=True)))
    excluded = dict(statement.excluded.items())
    differs = [each.is_distinct_from(excluded[each.name]) for each in PLACES.c]
    stored = await session.execute(
        statement.on_conflict_do_update(index_elements=["siruta"], set_=excluded, where=or_(*differs))
    )
    await session.execute(insert(PLACE_EDITIONS).values(sha256=sha256, loaded_at=now))
    return cast("CursorResult[Any]", stored).rowcount


async def find(
    session: Session, wanted: Filter, after: Position | None, limit: int
) -> list[tuple[Position, Place]]:
    """The places that fit the filter: larger units first, each group by name."""
    columns = PLACES.c
    order = (columns.level, columns.sort_key, columns.siruta)
    query = select(PLACES).order_by(*order).limit(limit)
    if wanted.words:
        question = " & ".join(f"'{word}':*" for word in wanted.words)
        query = query.where(columns.words.op("@@")(sql_cast(question, TSQUERY)))
    if wanted.kinds:
        query = query.where(columns.level.in_([_LEVELS[kind] for kind in wanted.kinds]))
    if wanted.county is not None:
        query = query.where(columns.county == wanted.county)
    if wanted.parent is not None:
        query = query.where(columns.parent == wanted.parent)
    if after is not None:
        query = query.where(tuple_(*order) > tuple_(*after))
    rows = (await session.execute(query)).mappings()
    return [((row["level"], row["sort_key"], row["siruta"]), _place(row)) for row in rows]


async def get(session: Session, siruta: str) -> list[Place]:
    """The place of a code, after every unit it lies in, the county first; empty when there is none."""
    chain = select(PLACES.c.siruta, PLACES.c.parent).where(PLACES.c.siruta == siruta).cte(recursive=True)
    above = select(PLACES.c.siruta, PLACES.c.parent).join(chain, PLACES.c.siruta == chain.c.parent)
    chain = chain.union_all(above)
    query = select(PLACES).join(chain, chain.c.siruta == PLACES.c.siruta).order_by(PLACES.c.level)
    return [_place(row) for row in (await session.execute(query)).mappings()]


async def find_offices(
    session: Session, wanted: OfficeFilter, after: OfficePosition | None, limit: int
) -> list[tuple[OfficePosition, Office]]:
    """The offices that fit the filter, by county and name."""
    columns = OFFICES.c
    order = (columns.sort_key, columns.id)
    query = (
        select(OFFICES)
        .where(columns.valid_from <= wanted.on)
        .where(or_(columns.valid_to.is_(None), columns.valid_to >= wanted.on))
        .order_by(*order)
        .limit(limit)
    )
    if wanted.county is not None:
        query = query.where(columns.county == wanted.county)
    if wanted.topic is not None:
        query = query.where(columns.topics.contains([wanted.topic]))
    if isinstance(wanted.institution, UUID):
        query = query.where(columns.institution_id == wanted.institution)
    elif wanted.institution is not None:
        query = query.join(INSTITUTIONS).where(INSTITUTIONS.c.code == wanted.institution)
    if after is not None:
        query = query.where(tuple_(*order) > tuple_(*after))
    rows = (await session.execute(query)).mappings()
    return [((row["sort_key"], UUID(int=row["id"].int)), _office(row)) for row in rows]


async def get_office(session: Session, key: UUID | str) -> Office | None:
    """The office of an id or a code."""
    column = OFFICES.c.id if isinstance(key, UUID) else OFFICES.c.code
    row = (await session.execute(select(OFFICES).where(column == key))).mappings().one_or_none()
    return _office(row) if row else None


async def lock_offices(session: Session) -> list[Office]:
    """Every office, locked against other changes until the transaction ends."""
    rows = await session.execute(select(OFFICES).with_for_update())
    return [_office(row) for row in rows.mappings()]


async def put_offices(session: Session, changed: Sequence[Office], now: datetime) -> None:
    """Store these versions, each over the one before it."""
    rows = [
        _OFFICE.dump_python(office)
        | {
            "hours": _OFFICE.dump_python(office, mode="json")["hours"],
            "topics": list(office.topics),
            "changed_at": now,
            "sort_key": office.sort_key,
        }
        for office in changed
    ]
    await ranking.put(session, OFFICES, rows)


def _place(row: RowMapping) -> Place:
    return _PLACE.validate_python(dict(row))


def _office(row: RowMapping) -> Office:
    return _OFFICE.validate_python(dict(row))


def _derived(place: Place) -> Mapping[str, Any]:
    words = " ".join(sorted({f"'{word}'" for word in place.words}))
    return {"level": _LEVELS[place.kind], "sort_key": place.sort_key, "words": words}
