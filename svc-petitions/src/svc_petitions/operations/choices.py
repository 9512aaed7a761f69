"""At triage the registry chooses the structure to which a file goes; a head sends it on."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_service.policy import Official

from ..domain import choices
from ..domain.choices import Choice
from ..domain.files import refuse_step
from ..domain.states import PetitionState
from ..storage import choices as storage
from ..storage import files
from . import routing
from .handling import refuse_conflict, take

SHOWN: Final = 200
"""How many choices of a file are shown, the last ones."""


async def choose(
    session: AsyncSession, official: Official, petition_id: UUID, structure_id: UUID, now: datetime
) -> Choice:
    """Keep which of the structures that are suggested the registry has chosen for a file in triage.

    Raises `FileNotFound`, `FileStateForbids`, `ConflictOfInterest`, `StructureNotSuggested`.
    """
    async with session.begin():
        file = await take(session, official, petition_id)
        await refuse_conflict(session, file, official.person_id)
        refuse_step(file.state, PetitionState.FORWARDED)
        choice = choices.choose(
            await routing.suggestions(session, file, now),
            structure_id,
            petition_id=file.id,
            ordinal=await storage.next_ordinal(session, file.id),
            institution_id=file.institution_id,
            by=official.person_id,
            now=now,
        )
        await storage.add(session, choice)
    return choice


async def read(session: AsyncSession, official: Official, petition_id: UUID) -> Sequence[Choice]:
    """What the registry of the official's institution has chosen for a file, the last ones in order.

    Raises `FileNotFound`.
    """
    async with session.begin():
        file = await files.read(session, petition_id, official.institution_id)
        made = await storage.of_petition(session, file.id)
    return [one for one in made if one.institution_id == official.institution_id][-SHOWN:]
