"""Files that officials look for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_service.access import Action
from hub_service.policy import Official
from hub_service.purpose import Stated

from ..domain.files import File
from ..domain.petitioners import Identity
from ..keys import MasterKey
from ..storage import files, petitioners, search
from ..storage.search import Petitioner, Question
from .files import leave_line


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an official looks for: all that is given has to fit.

    `petitioner` has no account; `same_petitioner_as` is a file whose petitioners signed the wanted ones too.
    """

    words: str | None
    number: int | None
    year: int | None
    petitioner: Identity | None
    same_petitioner_as: UUID | None


async def find_files(
    session: AsyncSession,
    key: MasterKey,
    official: Official,
    wanted: Wanted,
    purpose: Stated,
    now: datetime,
    *,
    before: UUID | None,
    limit: int,
) -> Sequence[File]:
    """The files of the official's institution that fit, the newest first; another's are never among them.

    Whoever is looked for by a file of theirs reads it in their access log, whose line is there before they
    are looked for. Raises `FileNotFound`.
    """
    signed_by: list[Petitioner] = []
    if wanted.petitioner:
        signed_by.append(Petitioner(same_key=petitioners.same_key(key, wanted.petitioner)))
    if wanted.same_petitioner_as:
        async with session.begin():
            file = await files.read(session, wanted.same_petitioner_as, official.institution_id)
            signed_by += await search.petitioners_of(session, file.id)
            await leave_line(session, official, file, Action.SEARCH, purpose, now)
    is_by_person = bool(wanted.petitioner or wanted.same_petitioner_as)
    question = Question(wanted.words, wanted.number, wanted.year, signed_by if is_by_person else None)
    return await search.find(session, official.institution_id, question, now, before=before, limit=limit)
