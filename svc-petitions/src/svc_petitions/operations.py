"""What this service can do: one function per verb, one transaction each."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import clock, ids
from hub_core.principal import Principal
from hub_events import outbox
from hub_service import access
from hub_service.access import Action

from . import domain, storage
from .errors import PetitionNotFound
from .events import PetitionRegistered, RecordAccessed


async def file_petition(
    session: AsyncSession, submission: domain.Submission, caller: Principal, now: datetime
) -> domain.Petition:
    """Register a petition: its number, its term and the event come with the same commit.

    Who acts for another files in the other's name; both are stored. Raises `InstitutionUnknown`,
    `InstitutionAcceptsNoPetitions`.
    """
    today = clock.local_date(now)
    async with session.begin():
        institution = domain.addressee(await storage.institution(session, submission.institution_id), today)
        answer_rule = domain.rule_on(await storage.rules(session, domain.ANSWER_RULE), today)
        number = await storage.next_number(session, institution.id, today.year)  # the last lock taken
        petition = domain.register(
            submission,
            petition_id=ids.new_id(),
            acting=_acting(caller),
            institution=institution,
            answer_rule=answer_rule,
            number=number,
            now=now,
        )
        await storage.add(session, petition)
        await outbox.record(session, PetitionRegistered.of(petition), now)
        await _note_access(session, caller, Action.CREATE, petition.id, now)
    return petition


async def read_petition(
    session: AsyncSession, petition_id: UUID, caller: Principal, now: datetime
) -> domain.Petition:
    """A petition, for the one in whose name it was made. Raises `PetitionNotFound`, also for another's.

    When a representative reads it, the principal's access log gets a line.
    """
    async with session.begin():
        petition = await storage.petition_of(session, _acting(caller).signatory, petition_id)
        if petition is None:
            raise PetitionNotFound
        await _note_access(session, caller, Action.READ, petition.id, now)
    return petition


async def list_petitions(
    session: AsyncSession,
    caller: Principal,
    now: datetime,
    *,
    institution_id: UUID | None,
    kind: domain.PetitionKind | None,
    before: UUID | None,
    limit: int,
) -> Sequence[domain.Summary]:
    """The petitions made in a person's name, newest first; `before` is the last one of the page before.

    When a representative lists them, the principal's access log gets a line.
    """
    signatory = _acting(caller).signatory
    async with session.begin():
        found = await storage.summaries_of(
            session, signatory, institution_id=institution_id, kind=kind, before=before, limit=limit
        )
        await _note_access(session, caller, Action.SEARCH, signatory, now)
    return found


def _acting(caller: Principal) -> domain.Acting:
    return domain.Acting(caller.person_id, caller.on_behalf_of, caller.mandate_id)


async def _note_access(
    session: AsyncSession, caller: Principal, action: Action, resource_id: UUID, now: datetime
) -> None:
    """A line of the principal's access log, when somebody acts for them."""
    if caller.on_behalf_of is None:
        return
    line = access.line(
        caller,
        action=action,
        resource_type="petition" if action is not Action.SEARCH else "petitions",
        resource_id=resource_id,
        subject_person_id=caller.on_behalf_of,
        legal_basis=domain.REPRESENTATION,
    )
    await outbox.record(session, RecordAccessed.of(line), now)


async def personal_data(session: AsyncSession, person_id: UUID) -> Sequence[domain.Petition]:
    """Everything that is held of a person: the petitions in their name, oldest first."""
    async with session.begin():
        return await storage.all_of(session, person_id)


async def copy_institution(session: AsyncSession, changed: domain.Institution) -> None:
    """Keep what the catalog told of an institution; the newest version wins, in whatever order they come."""
    async with session.begin():
        await storage.copy_institution(session, changed)


async def follow_person(session: AsyncSession, former_id: UUID, person_id: UUID) -> None:
    """Petitions of a person who has got another id are that id's from now on."""
    async with session.begin():
        await storage.follow_person(session, former_id, person_id)
