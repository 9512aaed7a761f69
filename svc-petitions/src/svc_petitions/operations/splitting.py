"""What is hidden inside a petition gets a number and a clock of its own (a request of Legea 544/2001)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.language import Language
from hub_service.access import Action
from hub_service.policy import Official
from hub_service.purpose import Stated

from ..domain.entries import Entered
from ..domain.files import File
from ..domain.links import Link, LinkKind
from ..domain.petitions import PetitionKind, Submission, answer_rule
from ..domain.states import PetitionState
from ..errors.files import FileNotFound, FileStateForbids
from ..errors.links import NothingToSplit
from ..keys import MasterKey
from ..storage import files as storage
from ..storage import links, petitioners
from ..storage import petitions as petitions_storage
from .files import leave_line
from .handling import actor, take
from .registering import register

SPLIT: Final = "SPLIT"
"""The reason of the step in both files; its note is the number of the other."""


@dataclass(frozen=True, slots=True, repr=False)
class Part:
    """What is asked for besides, as the registrar takes it out of the petition."""

    kind: PetitionKind
    subject: str
    text: str


async def split(
    session: AsyncSession,
    key: MasterKey,
    official: Official,
    petition_id: UUID,
    part: Part,
    purpose: Stated,
    now: datetime,
) -> File:
    """Enter what a petition in triage asks for besides: its file, in triage, too.

    It has today's number, and its term runs from the day on which the petition was registered: that day it
    reached the institution. Who signed the petition has signed it. Its files stay with the petition.
    `NothingToSplit` for what would have the same term.
    """
    async with session.begin():
        file = await take(session, official, petition_id)
        if file.state is not PetitionState.TRIAGE:
            raise FileStateForbids(file.state, PetitionState.TRIAGE)
        if answer_rule(part.kind) == answer_rule(file.kind):
            raise NothingToSplit
        found = await petitions_storage.at_institution(session, petition_id, official.institution_id)
        if found is None:
            raise FileNotFound
        origin, received_on = found
        submission = Submission(
            institution_id=file.institution_id,
            kind=part.kind,
            subject=part.subject,
            text=part.text,
            language=Language(origin.language),
            is_petition=True,
        )
        signed = [
            signature.petitioner
            for signature in await petitioners.of_petition(session, key, petition_id)
            if signature.withdrawn_at is None
        ]
        entered = Entered(received_on or file.registered_on, official.person_id, file.clock_from)
        made = await register(
            session, key, submission, signed, origin.channel, now, entered, acting=origin.acting
        )
        link = Link(petition_id=made.id, origin_id=file.id, kind=LinkKind.SPLIT, linked_at=now)
        await links.add(session, link)
        by = actor(official)
        await storage.move(session, file, file.state, by, now, reason=SPLIT, note=made.label)
        opened = await storage.move(
            session,
            await storage.lock(session, made.id, file.institution_id),
            PetitionState.TRIAGE,
            by,
            now,
            reason=SPLIT,
            note=file.label,
            complained_of=tuple(file.complained_of),
        )
        await leave_line(session, official, opened, Action.CREATE, purpose, now)
        return opened
