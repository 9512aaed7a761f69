"""Files found by their words, by who wrote them, by what they are like."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Integer,
    LargeBinary,
    Select,
    Uuid,
    any_,
    bindparam,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.language import Language
from hub_events.statements import Part
from hub_service.database import Statement

from ..domain import search as domain
from ..domain.files import File
from ..domain.search import Month
from ..tables.petitioners import PETITIONERS
from ..tables.petitions import PETITIONS
from ..tables.registers import REGISTERS
from ..tables.search import FILE_WORDS
from .files import COLUMNS, file_of


def _put() -> Any:
    row = {"petition_id": bindparam("petition_id"), "hashes": bindparam("hashes", type_=ARRAY(BigInteger))}
    putting = postgresql.insert(FILE_WORDS).values(row)
    again = {"hashes": putting.excluded.hashes}
    return putting.on_conflict_do_update(index_elements=["petition_id"], set_=again)


_PUT: Final = Part(_put())
_FIRST_YEAR: Final = Statement(
    select(func.min(REGISTERS.c.year).label("year")).where(
        REGISTERS.c.institution_id == bindparam("institution_id")
    )
)
_SHAPES: Final = 256
"""Statements that are kept compiled: of what is given, and of how many words."""


@dataclass(frozen=True, slots=True)
class Petitioner:
    """Somebody who signed petitions: an account, or the key of who has none."""

    person_id: UUID | None = None
    same_key: bytes | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """What files are looked for: all that is given has to fit."""

    words: str | None = None
    number: int | None = None
    year: int | None = None
    petitioners: Sequence[Petitioner] | None = None


async def index(
    session: AsyncSession, institution_id: UUID, file_id: UUID, subject: str, text: str, language: Language
) -> None:
    """Let an institution find a file from now on, and nobody else.

    Do it before the file gets its number: who waits for the register would wait for this as well.
    """
    keys = domain.keys(institution_id, file_id, subject, text, language)
    await _PUT.all(session, petition_id=file_id, hashes=keys)


async def find(
    session: AsyncSession,
    institution_id: UUID,
    question: Question,
    now: datetime,
    *,
    before: UUID | None,
    limit: int,
) -> list[File]:
    """At most `limit` files of an institution, the newest first, of those made before `before`."""
    given: dict[str, Any] = {"institution_id": institution_id}
    given |= {"before": before} if before else {}
    if question.number is not None:
        given |= {"number": question.number} | ({"year": question.year} if question.year is not None else {})
    if question.petitioners is not None:
        given |= _people(question.petitioners)
    if question.words is None:
        return await _asked(session, given, [], limit)
    last = min(Month.of(before), Month.at(now)) if before else Month.at(now)
    found: list[File] = []
    for months in domain.windows(await _first_year(session, institution_id, now), last):
        keys = domain.asked(institution_id, months, question.words)
        found += await _asked(session, given, keys, limit - len(found))
        if len(found) == limit:
            break
    return found


async def _asked(
    session: AsyncSession, given: dict[str, Any], keys: Sequence[Sequence[int]], limit: int
) -> list[File]:
    asking = _asking(frozenset(given), len(keys))
    words = {f"word_{place}": each for place, each in enumerate(keys)}
    return [file_of(row) for row in await asking.all(session, **given, **words, most=limit)]


@lru_cache(maxsize=_SHAPES)
def _asking(given: frozenset[str], words: int) -> Statement:
    """The files of an institution of which all that is given is true, the newest first."""
    table, institution = PETITIONS, bindparam("institution_id", type_=Uuid)
    most = bindparam("most", type_=Integer)
    wanted = select(*COLUMNS).where(table.c.institution_id == institution)
    before = bindparam("before", type_=Uuid) if "before" in given else None
    if before is not None:
        wanted = wanted.where(table.c.id < before)
    if "number" in given:
        years = select(REGISTERS.c.year).where(REGISTERS.c.institution_id == institution)
        year = table.c.year == bindparam("year") if "year" in given else table.c.year.in_(years)
        wanted = wanted.where(table.c.number == bindparam("number"), year)
    if "people" in given:
        wanted = wanted.where(table.c.id.in_(_SIGNED_BY))
    if words:
        keys = [bindparam(f"word_{place}", type_=ARRAY(BigInteger)) for place in range(words)]
        only_words = not {"number", "people"} & given
        wanted = wanted.where(table.c.id.in_(_newest(keys, before, most if only_words else None)))
    return Statement(wanted.order_by(table.c.id.desc()).limit(most))


async def alike(session: AsyncSession, file: File, bands: Sequence[int], limit: int) -> list[File]:
    """Files of the same institution that may say the same as one, the newest first."""
    newest = _newest([literal(bands, ARRAY(BigInteger))], None, literal(limit + 1))
    wanted = select(*COLUMNS).where(
        PETITIONS.c.id.in_(newest),
        PETITIONS.c.institution_id == file.institution_id,
        PETITIONS.c.id != file.id,
    )
    return await _files(session, wanted, limit)


async def of_same(
    session: AsyncSession, file: File, petitioners: Sequence[Petitioner], limit: int
) -> list[File]:
    """The other files of the same institution that one of these petitioners signed, the newest first."""
    wanted = select(*COLUMNS).where(
        PETITIONS.c.id.in_(_SIGNED_BY.params(_people(petitioners))),
        PETITIONS.c.institution_id == file.institution_id,
        PETITIONS.c.id != file.id,
    )
    return await _files(session, wanted, limit)


async def contents(session: AsyncSession, file_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Subject and text of files."""
    wanted = select(PETITIONS.c.id, PETITIONS.c.subject, PETITIONS.c.text)
    rows = await session.execute(wanted.where(PETITIONS.c.id.in_(file_ids)))
    return {row.id: f"{row.subject}\n{row.text}" for row in rows}


async def petitioners_of(session: AsyncSession, petition_id: UUID) -> list[Petitioner]:
    """Who signed a petition and still stands behind it."""
    columns = PETITIONERS.c
    wanted = select(columns.person_id, columns.same_key).where(
        columns.petition_id == petition_id, columns.withdrawn_at.is_(None)
    )
    return [Petitioner(*row) for row in await session.execute(wanted.order_by(columns.ordinal))]


def _newest(
    keys: Sequence[ColumnElement[Any]], before: ColumnElement[Any] | None, limit: ColumnElement[Any] | None
) -> Select[tuple[UUID]]:
    """The files that have one key of each, the newest ones.

    They are found before they are sorted: a scan in the order of files would pass over those of everybody.
    """
    found = select(FILE_WORDS.c.petition_id)
    for each in keys:
        found = found.where(FILE_WORDS.c.hashes.overlap(each))
    if before is not None:
        found = found.where(FILE_WORDS.c.petition_id < before)
    first = found.cte("found").prefix_with("MATERIALIZED", dialect="postgresql")
    return select(first.c.petition_id).order_by(first.c.petition_id.desc()).limit(limit)


_SIGNED_BY: Final = select(PETITIONERS.c.petition_id).where(
    or_(
        PETITIONERS.c.person_id == any_(bindparam("people", type_=ARRAY(Uuid))),
        PETITIONERS.c.same_key == any_(bindparam("same", type_=ARRAY(LargeBinary))),
    )
)


def _people(petitioners: Sequence[Petitioner]) -> dict[str, Any]:
    return {
        "people": [each.person_id for each in petitioners if each.person_id],
        "same": [each.same_key for each in petitioners if each.same_key],
    }


async def _first_year(session: AsyncSession, institution_id: UUID, now: datetime) -> int:
    row = await _FIRST_YEAR.first(session, institution_id=institution_id)
    return (row and row["year"]) or now.year


async def _files(session: AsyncSession, wanted: Select[Any], limit: int) -> list[File]:
    rows = await session.execute(wanted.order_by(PETITIONS.c.id.desc()).limit(limit))
    return [file_of(row) for row in rows.mappings()]
