"""Institutions: rows in, domain values out."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import Row, insert, or_, select

from hub_events.session import Session

from ..domain import institutions, text
from ..domain.institutions import TELLING, Institution, Revision
from ..tables.institutions import INSTITUTION_VERSIONS, INSTITUTIONS
from ..tables.metadata import search_columns
from . import ranking, vocabulary

Key = UUID | str
"""An institution's id or its code."""

Found = tuple[ranking.Position, Institution]
"""An institution in a list, and where the list stands with it."""

_INSTITUTION: Final = TypeAdapter(Institution)
_DERIVED: Final = {"topics", "told", "changed_at", *(column.name for column in search_columns())}
_DOCUMENTS: Final = ("names", "attributions", "aliases", "contacts")
_REVISION: Final = TypeAdapter(Revision)
_REVISION_COLUMNS: Final = [column for column in INSTITUTION_VERSIONS.c if column.name != "content"]
_COLUMNS: Final = [column for column in INSTITUTIONS.c if column.name not in _DERIVED]


async def find(
    session: Session, wanted: institutions.Filter, after: ranking.Position | None, limit: int
) -> list[Found]:
    """The institutions that fit the filter, the best match first."""
    columns = INSTITUTIONS.c
    query = ranking.ranked(INSTITUTIONS, wanted.question, after, _COLUMNS).where(
        columns.valid_from <= wanted.on, or_(columns.valid_to.is_(None), columns.valid_to >= wanted.on)
    )
    if wanted.county is not None:
        query = query.where(columns.counties.contains([wanted.county]))
    if wanted.topic is not None:
        query = query.where(columns.topics.contains([wanted.topic]))
    if isinstance(wanted.parent, UUID):
        query = query.where(columns.parent_id == wanted.parent)
    elif wanted.parent is not None:
        above = INSTITUTIONS.alias("above")
        parent = select(above.c.id).where(above.c.code == wanted.parent).scalar_subquery()
        query = query.where(columns.parent_id == parent)
    if wanted.accepts_petitions is not None:
        query = query.where(columns.accepts_petitions.is_(wanted.accepts_petitions))
    rows = await session.execute(query.limit(limit))
    return [(ranking.position(row), _institution(row)) for row in rows]


async def get(session: Session, key: Key) -> Institution | None:
    """The institution of an id or a code."""
    column = INSTITUTIONS.c.id if isinstance(key, UUID) else INSTITUTIONS.c.code
    row = (await session.execute(select(*_COLUMNS).where(column == key))).one_or_none()
    return _institution(row) if row else None


async def read(session: Session, ids: Collection[UUID], codes: Collection[str]) -> dict[UUID, Institution]:
    """The institutions of these ids and codes by id; what is not known is not among them."""
    columns = INSTITUTIONS.c
    query = select(*_COLUMNS).where(or_(columns.id.in_(ids), columns.code.in_(codes)))
    found = map(_institution, await session.execute(query))
    return {each.id: each for each in found}


async def lock(session: Session) -> list[Institution]:
    """Every institution, locked against other changes until the transaction ends."""
    rows = await session.execute(select(*_COLUMNS).with_for_update())
    return [_institution(row) for row in rows]


async def told_before(session: Session) -> frozenset[UUID]:
    """The institutions whose version was told by an earlier edition."""
    query = select(INSTITUTIONS.c.id).where(INSTITUTIONS.c.told < TELLING)
    return frozenset((await session.execute(query)).scalars())


async def put(session: Session, changed: Sequence[Institution], now: datetime) -> None:
    """Store these versions, each over the one before it."""
    indexes = [each.index() for each in changed]
    rows = [
        _values(each) | {"told": TELLING, "changed_at": now} | ranking.derived(index, each.sort_key)
        for each, index in zip(changed, indexes, strict=True)
    ]
    await ranking.put(session, INSTITUTIONS, rows)
    await vocabulary.learn(session, frozenset().union(*(index.vocabulary for index in indexes)))


async def derive_anew(session: Session) -> None:
    """Derive anew what lists and searches read of rows that were derived by other rules."""
    rows = await session.execute(select(*_COLUMNS).where(INSTITUTIONS.c.edition != text.EDITION))
    for each in map(_institution, rows.all()):
        index = each.index()
        values = ranking.derived(index, each.sort_key)
        await ranking.store_derived(session, INSTITUTIONS, each.id, values)
        await vocabulary.learn(session, index.vocabulary)


async def note(session: Session, changed: Sequence[tuple[Institution, Revision]]) -> None:
    """Keep these versions in the history."""
    rows = [
        {**_REVISION.dump_python(revision), "content": _INSTITUTION.dump_python(institution, mode="json")}
        for institution, revision in changed
    ]
    if rows:
        await session.execute(insert(INSTITUTION_VERSIONS), rows)


async def history(session: Session, institution_id: UUID, before: int | None, limit: int) -> list[Revision]:
    """The versions of an institution, the newest first, those before a version."""
    columns = INSTITUTION_VERSIONS.c
    query = select(*_REVISION_COLUMNS).where(columns.institution_id == institution_id)
    if before is not None:
        query = query.where(columns.version < before)
    rows = await session.execute(query.order_by(columns.version.desc()).limit(limit))
    return [_REVISION.validate_python(dict(row)) for row in rows.mappings()]


async def in_hand(session: Session) -> frozenset[UUID]:
    """The institutions that an official has changed: a release does not overwrite them."""
    columns = INSTITUTION_VERSIONS.c
    query = select(columns.institution_id).where(columns.changed_by.is_not(None)).distinct()
    return frozenset((await session.execute(query)).scalars())


def _values(institution: Institution) -> dict[str, Any]:
    values: dict[str, Any] = _INSTITUTION.dump_python(institution)
    written = _INSTITUTION.dump_python(institution, mode="json")
    documents = {name: written[name] for name in _DOCUMENTS}
    return values | documents | {"topics": list(institution.topics)}


def _institution(row: Row[Any]) -> Institution:
    values = tuple(row)[-len(_COLUMNS) :]
    names = (column.name for column in _COLUMNS)
    return _INSTITUTION.validate_python(dict(zip(names, values, strict=True)))
