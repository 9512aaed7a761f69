"""Lists and search in SQL.

Search is matching on a tsvector of lexemes of our own (folded words and their stems), without an
extension: vector and question are written as literals, so that PostgreSQL's parser and dictionaries,
which differ between installations, take no part. `words` finds; `name_words` is small, lies in the row,
not compressed, and ranks.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Table,
    Text,
    Uuid,
    bindparam,
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
from sqlalchemy.dialects.postgresql import TSQUERY, insert

from hub_core.language import Language
from hub_events.session import Session

from ..domain import text
from ..domain.text import Index, Match, Question

Position = tuple[int, str, UUID]
"""Where a list stands: match, sort key, id."""

_NAME: Final = "\n"
_CALL: Final = "\t"
_FORMS: Final = 1 + len(Language)
_OPEN: Final = (
    *(f"call_{number}" for number in range(_FORMS)),
    *("exact", "beginning", "of_names", "of_keywords", "of_all"),
)


def position(row: Iterable[Any]) -> Position:
    """Where the list stands with this row."""
    match, sort_key, row_id = tuple(row)[:3]
    return match, sort_key, UUID(int=row_id.int)  # asyncpg's subclass does not go into a cursor


async def put(session: Session, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Store rows of the same columns, each under its id, over the one that is there."""
    if rows:
        statement = insert(table)
        written = {name: statement.excluded[name] for name in rows[0]}
        await session.execute(statement.on_conflict_do_update(index_elements=["id"], set_=written), rows)


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
        "name_words": " ".join(sorted(names)),
        "words": " ".join(sorted(f"'{lexeme}'" for lexeme in everything)),
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
    query = query.where(looked_in.op("@@")(_read(_written(question))) if question.words else false())
    return query.where(tuple_(match, *place) > tuple_(*after)) if after else query


def asked(question: Question) -> dict[str, Any]:
    """The values that `bound` leaves open of a question, all of whose words have to be there."""
    forms = text.forms(question.label)
    calls = {
        f"call_{number}": f"{_CALL}{form}{_CALL}" for number, form in enumerate((forms * _FORMS)[:_FORMS])
    }
    return calls | {
        "exact": f"{_NAME}{question.label}{_NAME}",
        "beginning": f"{_NAME}{question.label}",
        "of_names": _written(question, "A"),
        "of_keywords": _written(question, "AB"),
        "of_all": _written(question),
        "worse": question.worse,
    }


def bound(table: Table, *, texts: bool, further: bool) -> Select[Any]:
    """The positions of `ranked` with the question left open (`asked`), so that it is made once.

    With `further` the position is open too: `after_match`, `after_key`, `after_id`.
    """
    values = {name: bindparam(name, type_=Text()) for name in _OPEN} | {
        "worse": bindparam("worse", type_=Integer())
    }
    match = (_how_well(table, values) + values["worse"]).label("match")
    place = (table.c.sort_key, table.c.id)
    query = select(match, *place).order_by(match, *place)
    looked_in = table.c.words if texts else table.c.name_words
    query = query.where(looked_in.op("@@")(_read(values["of_all"])))
    if further:
        after = (
            bindparam("after_match", type_=Integer()),
            bindparam("after_key", type_=Text(collation="C")),
            bindparam("after_id", type_=Uuid()),
        )
        query = query.where(tuple_(match, *place) > tuple_(*after))
    return query


def _match(table: Table, question: Question) -> ColumnElement[int]:
    match = _how_well(table, asked(question)) + question.worse
    if question.every:
        return match
    ranks = table.c.name_words.op("@@")
    missing = [1 - cast(ranks(_read(_word(readings))), Integer) for readings in question.words]
    return match + sum(missing, literal(0)) * text.STEP


def _how_well(table: Table, values: Mapping[str, Any]) -> ColumnElement[int]:
    labels, ranks = table.c.labels, table.c.name_words.op("@@")
    calls = (func.strpos(labels, values[f"call_{number}"]) > 0 for number in range(_FORMS))
    return case(
        (func.strpos(labels, values["exact"]) > 0, int(Match.EXACT)),
        (or_(*calls), int(Match.CALLED)),
        (func.strpos(labels, values["beginning"]) > 0, int(Match.BEGINNING)),
        (ranks(_read(values["of_names"])), int(Match.NAME)),
        (ranks(_read(values["of_keywords"])), int(Match.KEYWORD)),
        (ranks(_read(values["of_all"])), int(Match.SUMMARY)),
        else_=int(Match.TEXT),
    )


def _read(written: str | ColumnElement[Any]) -> ColumnElement[Any]:
    """A tsquery that is read once for a statement; a cast alone is read again for each row."""
    return select(cast(written, TSQUERY)).scalar_subquery()


def _written(question: Question, weight: str = "") -> str:
    joint = " & " if question.every else " | "
    return joint.join(_word(readings, weight) for readings in question.words)


def _word(readings: Sequence[str], weight: str = "") -> str:
    """A word as a part of a tsquery: it begins a word there, or shares a stem with one."""
    stems = dict.fromkeys(stem for reading in readings for stem in text.stems(reading))
    forms = [f"'{reading}':*{weight}" for reading in readings]
    forms += [f"'{stem}':{weight}" if weight else f"'{stem}'" for stem in stems]
    return f"({' | '.join(forms)})"
