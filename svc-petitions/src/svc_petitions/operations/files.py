"""Files as officials read them: lists of work, how much there is, and one that is opened."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.clock import local_date
from hub_events import outbox
from hub_service import access, rules
from hub_service.access import Action
from hub_service.policy import Official
from hub_service.purpose import Stated

from ..domain.files import File, Step
from ..domain.handling import Clarification, Draft, Forwarding
from ..domain.links import Linked
from ..domain.states import PetitionState
from ..domain.terms import DAYS_RULE
from ..events.access import RecordAccessed
from ..storage import answers, forwardings, links
from ..storage import files as storage
from ..storage import workload as lists
from ..storage.workload import Load, Wanted

LEGAL_BASIS: Final = "OG nr. 27/2002"


@dataclass(frozen=True, slots=True, repr=False)
class Opened:
    """A file with its content, and all that happened to it."""

    file: File
    subject: str
    text: str
    language: str
    steps: Sequence[Step]
    drafts: Sequence[Draft]
    clarifications: Sequence[Clarification]
    forwardings: Sequence[Forwarding]
    links: Sequence[Linked]


async def open_file(
    session: AsyncSession, official: Official, petition_id: UUID, purpose: Stated, now: datetime
) -> Opened:
    """A file that the official's institution has; the petitioner reads who opened it, and what for."""
    async with session.begin():
        file = await storage.read(session, petition_id, official.institution_id)
        content = await storage.content(session, petition_id)
        opened = Opened(
            file,
            *content,
            await storage.steps(session, petition_id),
            await answers.all_of(session, petition_id),
            await answers.clarifications(session, petition_id),
            await forwardings.of_petition(session, petition_id),
            await links.of_petition(session, petition_id),
        )
        await leave_line(session, official, file, Action.READ, purpose, now)
    return opened


async def leave_line(
    session: AsyncSession, official: Official, file: File, action: Action, purpose: Stated, now: datetime
) -> None:
    """Tell whose petition was opened; who has no account in the hub has no log to read."""
    if file.person_id is None:
        return
    line = access.line(
        official.principal,
        action=action,
        resource_type="petition",
        resource_id=file.id,
        subject_person_id=file.person_id,
        purpose=purpose,
        legal_basis=LEGAL_BASIS,
    )
    await outbox.record(session, RecordAccessed.of(line), now)


async def workload(
    session: AsyncSession,
    official: Official,
    wanted: Wanted,
    *,
    after: tuple[date, UUID] | None,
    limit: int,
) -> Sequence[File]:
    """The files on which somebody has to act, what is due first first."""
    return await lists.files(session, official.institution_id, wanted, after=after, limit=limit)


async def count(
    session: AsyncSession, official: Official, wanted: Wanted, now: datetime
) -> Sequence[tuple[PetitionState, Load]]:
    """How many of them there are, by their state: all, overdue, and due within the days of the warning."""
    today = local_date(now)
    async with session.begin():
        days = (await rules.read(session, DAYS_RULE)).on(DAYS_RULE, today).whole
        soon = today + timedelta(days=days)
        return await lists.count(session, official.institution_id, wanted, today, soon)


async def joined_to(
    session: AsyncSession, official: Official, petition_id: UUID, *, after: UUID | None, limit: int
) -> Sequence[File]:
    """The files that are joined to one, in the order of their filing."""
    async with session.begin():
        leader = await storage.read(session, petition_id, official.institution_id)
        return await lists.joined(session, leader.id, after=after, limit=limit)


async def sent_on(
    session: AsyncSession, official: Official, *, before: tuple[int, int] | None, limit: int
) -> Sequence[Forwarding]:
    """What the official's institution has sent on, the last first."""
    async with session.begin():
        return await forwardings.sent_by(session, official.institution_id, before=before, limit=limit)
