"""What this service can do: one function per verb, one transaction each."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import clock, ids
from hub_events import outbox

from . import domain, storage
from .errors import PetitionNotFound
from .events import PetitionRegistered


async def file_petition(
    session: AsyncSession, submission: domain.Submission, signatory: UUID, now: datetime
) -> domain.Petition:
    """Register a petition: its number, its term and the event come with the same commit.

    Raises `InstitutionUnknown`, `InstitutionAcceptsNoPetitions`.
    """
    today = clock.local_date(now)
    async with session.begin():
        institution = domain.addressee(await storage.institution(session, submission.institution_id), today)
        answer_rule = domain.rule_on(await storage.rules(session, domain.ANSWER_RULE), today)
        number = await storage.next_number(session, institution.id, today.year)  # the last lock taken
        petition = domain.register(
            submission,
            petition_id=ids.new_id(),
            signatory=signatory,
            institution=institution,
            answer_rule=answer_rule,
            number=number,
            now=now,
        )
        await storage.add(session, petition)
        await outbox.record(session, PetitionRegistered.of(petition), now)
    return petition


async def read_petition(session: AsyncSession, petition_id: UUID, signatory: UUID) -> domain.Petition:
    """A petition, for the person who signed it. Raises `PetitionNotFound`, also for another's."""
    async with session.begin():
        petition = await storage.petition_of(session, signatory, petition_id)
    if petition is None:
        raise PetitionNotFound
    return petition


async def list_petitions(
    session: AsyncSession,
    signatory: UUID,
    *,
    institution_id: UUID | None,
    kind: domain.PetitionKind | None,
    before: UUID | None,
    limit: int,
) -> Sequence[domain.Summary]:
    """The petitions a person signed, newest first; `before` is the last one of the page before."""
    async with session.begin():
        return await storage.summaries_of(
            session, signatory, institution_id=institution_id, kind=kind, before=before, limit=limit
        )


async def copy_institution(session: AsyncSession, changed: domain.Institution) -> None:
    """Keep what the catalog told of an institution; the newest version wins, in whatever order they come."""
    async with session.begin():
        await storage.copy_institution(session, changed)
