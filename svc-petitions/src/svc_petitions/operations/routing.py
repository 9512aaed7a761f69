"""What the hub suggests to who sorts files: which structures are competent, what was said before.

It decides nothing: a head confirms what is sent on, joined or filed away.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.clock import local_date
from hub_core.language import Language
from hub_service.access import Action
from hub_service.policy import Official
from hub_service.purpose import Stated

from ..domain import routing
from ..domain import search as words
from ..domain.files import File
from ..domain.routing import Suggestion
from ..domain.words import lexemes
from ..reference.places import gazetteer
from ..storage import directory, search
from ..storage import files as storage
from .files import leave_line

SUGGESTIONS: Final = 5
DUPLICATES: Final = 20
_LOOKED_AT: Final = 50
"""Files whose texts are compared; of somebody who has sent thousands, the newest."""


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A file that may say the same as another, of the same petitioner or not."""

    file: File
    share: float
    same_petitioner: bool
    new_words: Sequence[str]


async def suggest_structures(
    session: AsyncSession, official: Official, file_id: UUID, purpose: Stated, now: datetime
) -> list[Suggestion]:
    """The structures that may be competent for a file, the one that fits best first.

    Raises `FileNotFound`. The petitioner reads that the file was opened.
    """
    async with session.begin():
        file = await storage.read(session, file_id, official.institution_id)
        found = await suggestions(session, file, now)
        await leave_line(session, official, file, Action.READ, purpose, now)
    return found


async def suggestions(session: AsyncSession, file: File, now: datetime) -> list[Suggestion]:
    """The structures that may be competent for a file that was read, in the caller's transaction."""
    subject, text, language = await storage.content(session, file.id)
    places = await asyncio.to_thread(gazetteer)  # read once, a third of a second that nobody else waits for
    named = places.counties(f"{subject}\n{text}")
    of_file = await directory.counties_of(session, file.institution_id)
    counties = {each.county for each in named} or set(of_file)
    structures = await directory.structures(session, counties, local_date(now))
    return routing.suggest(subject, text, Language(language), structures, named, of_file, SUGGESTIONS)


async def find_duplicates(
    session: AsyncSession, official: Official, file_id: UUID, purpose: Stated, now: datetime
) -> list[Duplicate]:
    """The files of the same institution that may say the same as one: the same petitioner's first.

    Raises `FileNotFound`. The petitioner reads that the file was opened.
    """
    async with session.begin():
        file = await storage.read(session, file_id, official.institution_id)
        subject, text, said = await storage.content(session, file_id)
        content, language = f"{subject}\n{text}", Language(said)
        bands = words.bands(file.institution_id, lexemes(content, language))
        petitioners = await search.petitioners_of(session, file_id)
        of_same = {one.id: one for one in await search.of_same(session, file, petitioners, _LOOKED_AT)}
        others = {one.id: one for one in await search.alike(session, file, bands, _LOOKED_AT)}
        texts = await search.contents(session, [*(of_same | others)])
        await leave_line(session, official, file, Action.READ, purpose, now)
    found = []
    for other in (of_same | others).values():
        likeness = words.likeness(content, texts[other.id], language)
        is_same = other.id in of_same
        if likeness.share >= (words.ALIKE_OF_SAME if is_same else words.ALIKE):
            found.append(Duplicate(other, likeness.share, is_same, likeness.new_words))
    return sorted(found, key=lambda each: (each.same_petitioner, each.share, each.file.id), reverse=True)[
        :DUPLICATES
    ]
