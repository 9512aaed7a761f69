"""Lists and search in SQL.

Search is matching on a tsvector of lexemes of our own (folded words and their stems), without an
extension: vector and question are written as literals, so that PostgreSQL's parser and dictionaries,
which differ between installations, take no part. `words` finds; `name_words` is small, lies in the row,
not compressed, and ranks.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Integer,
    Row,
    Select,
    Table,
    case,
    cast,
    false,
    func,
    literal,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR, insert

from hub_events.session import Session

from ..domain import text
from ..domain.text import Index, Match, Question

Position = tuple[int, str, UUID]
"""Where a list stands: match, sort key, id."""

_NAME: Final = "\n"
_CALL: Final = "\t"


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


async def store_derived(session: Session, table: Table, row_id: UUID, values: Mapping[str, Any]) -> None:
    """Store what is derived of a row anew; the row itself stays what it is."""
    await session.execute(update(table).where(table.c.id == row_id).values(values))


def derived(index: Index, sort_key: str) -> dict[str, Any]:
    """The values of the columns that lists and searches read."""
    names = [
        *(f"'{lexeme}':1A" for lexeme in index.names),
        *(f"'{lexeme}':1B" for lexeme in index.keywords),
        *(f"'{lexeme}':1C" for lexeme in index.summary),
    ]
    everything = index.names | index.keywords | index.summary | index.text
    labels = [*(_NAME + each for each in index.labels), _NAME, *(_CALL + each for each in index.calls), _CALL]
    return {
        "sort_key": sort_key,
        "labels": "".join(labels),
        "name_words": cast(" ".join(sorted(names)), TSVECTOR),
        "words": cast(" ".join(sorted(f"'{lexeme}'" for lexeme in everything)), TSVECTOR),
        "edition": text.EDITION,
    }


def ranked(
    table: Table,
    question: Question | None,
    after: Position | None,
    columns: Sequence[ColumnElement[Any]],
    *,
    texts: bool = True,
) -> Select[Any]:
    """The columns of the rows that fit the question, best first, from a position on.

    Each row begins with its position: match, sort_key, id. Without `texts` only those whose names,
    keywords or summary fit, which come before the others: a word that stands in most texts stands in
    few of these.
    """
    place = (table.c.sort_key, table.c.id)
    if question is None:
        query = select(literal(int(Match.EXACT)), *place, *columns).order_by(*place)
        return query.where(tuple_(*place) > tuple_(*after[1:])) if after else query
    match = _match(table, question).label("match")
    query = select(match, *place, *columns).order_by(match, *place)
    looked_in = table.c.words if texts else table.c.name_words
    query = query.where(looked_in.op("@@")(_tsquery(question)) if question.words else false())
    return query.where(tuple_(match, *place) > tuple_(*after)) if after else query


def _match(table: Table, question: Question) -> ColumnElement[int]:
    labels, ranks = table.c.labels, table.c.name_words.op("@@")
    calls = text.forms(question.label)
    how_well = case(
        (func.strpos(labels, f"{_NAME}{question.label}{_NAME}") > 0, int(Match.EXACT)),
        (or_(*(func.strpos(labels, f"{_CALL}{form}{_CALL}") > 0 for form in calls)), int(Match.CALLED)),
        (func.strpos(labels, f"{_NAME}{question.label}") > 0, int(Match.BEGINNING)),
        (ranks(_tsquery(question, "A")), int(Match.NAME)),
        (ranks(_tsquery(question, "AB")), int(Match.KEYWORD)),
        (ranks(_tsquery(question)), int(Match.SUMMARY)),
        else_=int(Match.TEXT),
    )
    if question.every:
        return how_well + question.worse
    missing = [1 - cast(ranks(cast(_word(readings), TSQUERY)), Integer) for readings in question.words]
    return how_well + question.worse + sum(missing, literal(0)) * text.STEP


def _tsquery(question: Question, weight: str = "") -> ColumnElement[Any]:
    joint = " & " if question.every else " | "
    return cast(joint.join(_word(readings, weight) for readings in question.words), TSQUERY)


def _word(readings: Sequence[str], weight: str = "") -> str:
    """A word as a part of a tsquery: it begins a word there, or shares a stem with one."""
    stems = dict.fromkeys(stem for reading in readings for stem in text.stems(reading))
    forms = [f"'{reading}':*{weight}" for reading in readings]
    forms += [f"'{stem}':{weight}" if weight else f"'{stem}'" for stem in stems]
    return f"({' | '.join(forms)})"
