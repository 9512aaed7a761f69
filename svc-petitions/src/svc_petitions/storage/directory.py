"""Our copy of the directory of attributions."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.language import Language
from hub_events import copies

from ..domain.routing import Attribution, Structure
from ..domain.words import LANGUAGES
from ..tables.directory import DIRECTORY


async def keep(session: AsyncSession, told: Mapping[str, Any]) -> None:
    """Keep a structure as the catalog told it, unless we already hold a newer version."""
    await copies.keep(session, DIRECTORY, told)


async def counties_of(session: AsyncSession, institution_id: UUID) -> Sequence[str]:
    """The counties of an institution; none for one of the whole country, or not known."""
    wanted = select(DIRECTORY.c.counties).where(DIRECTORY.c.id == institution_id)
    return await session.scalar(wanted) or ()


async def structures(session: AsyncSession, counties: Collection[str], on: date) -> list[Structure]:
    """The structures of a day: those of the whole country, and those of these counties."""
    columns = DIRECTORY.c
    there = or_(func.cardinality(columns.counties) == 0, columns.counties.overlap(list(counties)))
    is_open = (columns.valid_from <= on) & or_(columns.valid_to.is_(None), columns.valid_to >= on)
    found = await session.execute(select(DIRECTORY).where(there, is_open).order_by(columns.code))
    return [structure(dict(row)) for row in found.mappings()]


def structure(row: Mapping[str, Any]) -> Structure:
    """The structure of a row, as the catalog told it."""
    return Structure(
        id=row["id"],
        code=row["code"],
        names=row["names"],
        parent_id=row["parent_id"],
        counties=row["counties"],
        accepts_petitions=row["accepts_petitions"],
        aliases=row["aliases"],
        addressee=row["addressee"],
        attributions=[
            Attribution(
                topic=each["topic"],
                texts={Language(name): text for name, text in each["texts"].items() if text},
                keywords=_spoken(each["keywords"]),
            )
            for each in row["attributions"]
        ],
    )


def _spoken(by_language: Mapping[str, Any]) -> dict[Language, Any]:
    """What there is in the languages in which petitions are written."""
    return {language: by_language[language] for language in LANGUAGES if by_language.get(language)}
