"""Lists and search in SQL.

Search is prefix matching on a tsvector of folded words, without an extension. The vector and the
question are written as literals of our own words (letters and digits only), so that PostgreSQL's
parser and dictionaries, which differ between installations, take no part.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

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
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR, insert

from hub_events.session import Session

from ..domain.text import Index, Match, Question

Position = tuple[int, str, UUID]
"""Where a list stands: match, sort key, id."""


def position(row: Row[Any]) -> Position:
    """Where the list stands with this row."""
    match, sort_key, row_id = tuple(row)[:3]
    return match, sort_key, UUID(int=row_id.int)  # asyncpg's subclass does not go into a cursor


async def put(session: Session, table: Table, values: Mapping[str, Any]) -> None:
    """Store a row under its id, over the one that is there."""
    statement = insert(table).values(values)
    await session.execute(
        statement.on_conflict_do_update(index_elements=["id"], set_=dict(statement.excluded.items()))
    )


def derived(index: Index, sort_key: str) -> dict[str, Any]:
    """The values of the columns that lists and searches read."""
    lexemes = [f"'{word}':1A" for word in index.name_words] + [f"'{word}':1" for word in index.other_words]
    return {
        "sort_key": sort_key,
        "labels": list(index.labels),
        "words": cast(" ".join(sorted(lexemes)), TSVECTOR),
    }


def ranked(
    table: Table,
    question: Question | None,
    after: Position | None,
    columns: Sequence[ColumnElement[Any]],
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
