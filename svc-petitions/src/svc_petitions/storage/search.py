"""Files found by their words, by who wrote them, by what they are like."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Select, bindparam, func, or_, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.language import Language
from hub_events.statements import Part

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
    of_institution = select(*COLUMNS).where(PETITIONS.c.institution_id == institution_id)
    if before:
        of_institution = of_institution.where(PETITIONS.c.id < before)
    if question.number is not None:
        years = select(REGISTERS.c.year).where(REGISTERS.c.institution_id == institution_id)
        year = PETITIONS.c.year.in_(years) if question.year is None else PETITIONS.c.year == question.year
        of_institution = of_institution.where(PETITIONS.c.number == question.number, year)
    if question.petitioners is not None:
        of_institution = of_institution.where(PETITIONS.c.id.in_(_signed_by(question.petitioners)))
    if question.words is None:
        return await _files(session, of_institution, limit)
    last = min(Month.of(before), Month.at(now)) if before else Month.at(now)
    only_words = question.number is None and question.petitioners is None
    found: list[File] = []
    for months in domain.windows(await _first_year(session, institution_id, now), last):
        keys = domain.asked(institution_id, months, question.words)
        newest = _newest(keys, before, limit if only_words else None)
        wanted = of_institution.where(PETITIONS.c.id.in_(newest))
        found += await _files(session, wanted, limit - len(found))
        if len(found) == limit:
            break
    return found


async def alike(session: AsyncSession, file: File, bands: Sequence[int], limit: int) -> list[File]:
    """Files of the same institution that may say the same as one, the newest first."""
    newest = _newest([bands], None, limit + 1)
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
        PETITIONS.c.id.in_(_signed_by(petitioners)),
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


def _newest(keys: Sequence[Sequence[int]], before: UUID | None, limit: int | None) -> Select[tuple[UUID]]:
    """The files that have one key of each, the newest ones.

    They are found before they are sorted: a scan in the order of files would pass over those of everybody.
    """
    found = select(FILE_WORDS.c.petition_id)
    for each in keys:
        found = found.where(FILE_WORDS.c.hashes.overlap(list(each)))
    if before:
        found = found.where(FILE_WORDS.c.petition_id < before)
    first = found.cte("found").prefix_with("MATERIALIZED", dialect="postgresql")
    return select(first.c.petition_id).order_by(first.c.petition_id.desc()).limit(limit)


def _signed_by(petitioners: Sequence[Petitioner]) -> Select[tuple[UUID]]:
    columns = PETITIONERS.c
    people = [each.person_id for each in petitioners if each.person_id]
    same = [each.same_key for each in petitioners if each.same_key]
    return select(columns.petition_id).where(or_(columns.person_id.in_(people), columns.same_key.in_(same)))


async def _first_year(session: AsyncSession, institution_id: UUID, now: datetime) -> int:
    wanted = select(func.min(REGISTERS.c.year)).where(REGISTERS.c.institution_id == institution_id)
    return await session.scalar(wanted) or now.year


async def _files(session: AsyncSession, wanted: Select[Any], limit: int) -> list[File]:
    rows = await session.execute(wanted.order_by(PETITIONS.c.id.desc()).limit(limit))
    return [file_of(row) for row in rows.mappings()]
