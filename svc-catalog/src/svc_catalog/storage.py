"""Rows in, domain values out; and search in SQL.

Search is prefix matching on a tsvector of folded words, without an extension. The vector and the
question are written as literals of our own words (letters and digits only), so that PostgreSQL's
parser and dictionaries, which differ between installations, take no part.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    Table,
    any_,
    case,
    cast,
    false,
    func,
    literal,
    or_,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR, insert

from hub_events.session import Session

from .domain import institutions, services
from .domain.institutions import Institution
from .domain.services import PUBLISHED, Service
from .domain.text import Index, Match, Question, Texts
from .tables import INSTITUTIONS, SERVICES

Key = UUID | str
"""An institution's id or its code."""

Position = tuple[int, str, UUID]
"""Where a list stands: match, sort key, id."""

FoundInstitution = tuple[Position, Institution]
"""An institution in a list, and where the list stands with it."""


@dataclass(frozen=True, slots=True)
class ProvidedService:
    """A service with its provider's code and names."""

    service: Service
    provider_code: str
    provider_names: Texts


FoundService = tuple[Position, ProvidedService]
"""A service in a list, and where the list stands with it."""

_INSTITUTION: Final = TypeAdapter(Institution)
_SERVICE: Final = TypeAdapter(Service)
_TEXTS: Final = TypeAdapter(Texts)
_DERIVED: Final = {"topics", "changed_at", "sort_key", "labels", "words"}
_INSTITUTION_COLUMNS: Final = [column for column in INSTITUTIONS.c if column.name not in _DERIVED]
_SERVICE_COLUMNS: Final = [SERVICES.c.content, INSTITUTIONS.c.code, INSTITUTIONS.c.names]


async def find_institutions(
    session: Session, wanted: institutions.Filter, after: Position | None, limit: int
) -> list[FoundInstitution]:
    """The institutions that fit the filter, the best match first."""
    columns = INSTITUTIONS.c
    query = _ranked(INSTITUTIONS, wanted.question, after, _INSTITUTION_COLUMNS).where(
        columns.valid_from <= wanted.on, or_(columns.valid_to.is_(None), columns.valid_to >= wanted.on)
    )
    if wanted.county is not None:
        query = query.where(columns.counties.contains([wanted.county]))
    if wanted.topic is not None:
        query = query.where(columns.topics.contains([wanted.topic]))
    if wanted.accepts_petitions is not None:
        query = query.where(columns.accepts_petitions.is_(wanted.accepts_petitions))
    rows = await session.execute(query.limit(limit))
    return [(_position(row), _institution(row)) for row in rows]


async def get_institution(session: Session, key: Key) -> Institution | None:
    """The institution of an id or a code."""
    column = INSTITUTIONS.c.id if isinstance(key, UUID) else INSTITUTIONS.c.code
    row = (await session.execute(select(*_INSTITUTION_COLUMNS).where(column == key))).one_or_none()
    return _institution(row) if row else None


async def lock_institutions(session: Session) -> list[Institution]:
    """Every institution, locked against other changes until the transaction ends."""
    rows = await session.execute(select(*_INSTITUTION_COLUMNS).with_for_update())
    return [_institution(row) for row in rows]


async def put_institutions(session: Session, changed: Sequence[Institution], now: datetime) -> None:
    """Store these versions, each over the one before it."""
    for each in changed:
        values = _INSTITUTION.dump_python(each)
        values |= {"topics": list(each.topics), "changed_at": now}
        await _put(session, INSTITUTIONS, values | _derived(each.index(), each.sort_key))


async def find_services(
    session: Session, wanted: services.Filter, after: Position | None, limit: int
) -> list[FoundService]:
    """The published services that fit the filter, the best match first."""
    columns = SERVICES.c
    query = _published(_ranked(SERVICES, wanted.question, after, _SERVICE_COLUMNS))
    if wanted.audience is not None:
        query = query.where(columns.audiences.contains([wanted.audience]))
    if wanted.life_event is not None:
        query = query.where(columns.life_events.contains([wanted.life_event]))
    if wanted.provider is not None:
        provider = columns.provider_id if isinstance(wanted.provider, UUID) else INSTITUTIONS.c.code
        query = query.where(provider == wanted.provider)
    rows = await session.execute(query.limit(limit))
    return [(_position(row), _service(row)) for row in rows]


async def get_published_service(session: Session, code: str) -> ProvidedService | None:
    """The published service of a code."""
    query = _published(select(*_SERVICE_COLUMNS)).where(SERVICES.c.code == code)
    row = (await session.execute(query)).one_or_none()
    return _service(row) if row else None


async def lock_services(session: Session) -> list[Service]:
    """Every service of any status, locked against other changes until the transaction ends."""
    rows = await session.execute(select(SERVICES.c.content).with_for_update())
    return [_SERVICE.validate_python(row.content) for row in rows]


async def put_services(session: Session, changed: Sequence[Service], now: datetime) -> None:
    """Store these versions, each over the one before it."""
    for each in changed:
        values = {
            "id": each.id,
            "code": each.code,
            "version": each.version,
            "status": each.status,
            "provider_id": each.provider_id,
            "audiences": list(each.audiences),
            "life_events": list(each.life_events),
            "content": _SERVICE.dump_python(each, mode="json"),
            "changed_at": now,
        }
        await _put(session, SERVICES, values | _derived(each.index(), each.sort_key))


def _published(query: Select[Any]) -> Select[Any]:
    joined = query.join_from(SERVICES, INSTITUTIONS, SERVICES.c.provider_id == INSTITUTIONS.c.id)
    return joined.where(SERVICES.c.status.in_(PUBLISHED))


def _institution(row: Row[Any]) -> Institution:
    values = tuple(row)[-len(_INSTITUTION_COLUMNS) :]
    names = (column.name for column in _INSTITUTION_COLUMNS)
    return _INSTITUTION.validate_python(dict(zip(names, values, strict=True)))


def _service(row: Row[Any]) -> ProvidedService:
    return ProvidedService(_SERVICE.validate_python(row.content), row.code, _TEXTS.validate_python(row.names))


def _position(row: Row[Any]) -> Position:
    match, sort_key, row_id = tuple(row)[:3]
    return match, sort_key, UUID(int=row_id.int)  # asyncpg's subclass does not go into a cursor


async def _put(session: Session, table: Table, values: Mapping[str, Any]) -> None:
    statement = insert(table).values(values)
    await session.execute(
        statement.on_conflict_do_update(index_elements=["id"], set_=dict(statement.excluded.items()))
    )


def _derived(index: Index, sort_key: str) -> dict[str, Any]:
    """The values of the columns that lists and searches read."""
    lexemes = [f"'{word}':1A" for word in index.name_words] + [f"'{word}':1" for word in index.other_words]
    return {
        "sort_key": sort_key,
        "labels": list(index.labels),
        "words": cast(" ".join(sorted(lexemes)), TSVECTOR),
    }


def _ranked(
    table: Table, question: Question | None, after: Position | None, columns: Sequence[ColumnElement[Any]]
) -> Select[Any]:
    """The columns of the rows that fit the question, best first, from a position on.

    Each row begins with its position: match, sort_key, id.
    """
    place = (table.c.sort_key, table.c.id)
    if question is None:
        query = select(literal(int(Match.EXACT)), *place, *columns).order_by(*place)
        return query.where(tuple_(*place) > tuple_(*after[1:])) if after else query
    match = _match(table, question)
    query = select(match, *place, *columns).order_by(match, *place)
    query = query.where(table.c.words.op("@@")(_tsquery(question)) if question.words else false())
    return query.where(tuple_(match, *place) > tuple_(*after)) if after else query


def _match(table: Table, question: Question) -> ColumnElement[int]:
    name = func.unnest(table.c.labels).column_valued("name")
    begins = select(name).where(func.starts_with(name, question.label)).exists()
    return case(
        (literal(question.label) == any_(table.c.labels), int(Match.EXACT)),
        (begins, int(Match.BEGINNING)),
        (table.c.words.op("@@")(_tsquery(question, "A")), int(Match.NAME)),
        else_=int(Match.TEXT),
    )


def _tsquery(question: Question, weight: str = "") -> ColumnElement[Any]:
    return cast(" & ".join(f"'{word}':*{weight}" for word in question.words), TSQUERY)
