"""Petitions of people: filed, listed, read. One function per verb, one transaction each."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import clock, ids
from hub_core.principal import Principal
from hub_events import outbox
from hub_service import access, rules
from hub_service.access import Action
from hub_service.problems import InvalidToken

from ..domain import petitions as domain
from ..domain.institutions import addressee
from ..domain.registers import Direction, Line
from ..errors.petitions import PetitionNotFound
from ..events.access import RecordAccessed
from ..events.petitions import PetitionRegistered, SandboxPetitionRegistered
from ..storage import attachments, audiences, institutions, messages, petitioners, registers, sandbox, search
from ..storage import petitions as storage
from .attaching import attach
from .special_procedures import guide_out


async def file_petition(
    session: AsyncSession, submission: domain.Submission, caller: Principal, now: datetime
) -> domain.Petition:
    """Register a petition: its number, its term and the event come with the same commit.

    Who acts for another files in the other's name; both are stored. What an application in the sandbox
    files takes no institution's number and is told to nobody who handles or counts petitions. Raises
    `SpecialProcedureApplies`, `InstitutionUnknown`, `InstitutionAcceptsNoPetitions`, `TooManyAttachments`,
    `AttachmentUnknown`.
    """
    async with session.begin():
        petition = await file_under(session, submission, acting_of(caller), ids.new_id(), now)
        await note_access(session, caller, Action.CREATE, petition.id, now)
    return petition


async def file_under(
    session: AsyncSession,
    submission: domain.Submission,
    acting: domain.Acting,
    petition_id: UUID,
    now: datetime,
) -> domain.Petition:
    """The same in the caller's transaction, under an id that is given."""
    today = clock.local_date(now)
    await _refuse_removed(session, acting)
    await guide_out(session, submission, today)
    institution = addressee(await institutions.find(session, submission.institution_id), today)
    rule = domain.answer_rule(submission.kind)
    legal = await rules.read(session, rule)
    if acting.sandbox is None:
        content = (submission.subject, submission.text, submission.language)
        await search.index(session, institution.id, petition_id, *content)
    number = await _number(session, submission, petition_id, acting, now)  # the last lock taken
    petition = domain.register(
        submission,
        petition_id=petition_id,
        acting=acting,
        institution=institution,
        answer_rule=legal.on(rule, today),
        number=number,
        now=now,
    )
    await storage.add(session, petition)
    if petition.signatory and not petition.is_sandbox:
        await petitioners.add_account(session, petition.id, petition.signatory, now)
    if petition.kind is domain.PetitionKind.AUDIENCE and not petition.is_sandbox:
        await audiences.add(session, petition.id, submission.topic)
    if acting.person_id is not None:
        await attach(
            session,
            petition.id,
            submission.attachment_ids,
            acting.person_id,
            now,
            is_sandbox=petition.is_sandbox,
        )
    registered = SandboxPetitionRegistered if petition.is_sandbox else PetitionRegistered
    await outbox.record(session, registered.of(petition), now)
    return petition


async def read_petition(
    session: AsyncSession, petition_id: UUID, caller: Principal, now: datetime
) -> domain.Petition:
    """A petition, for the one in whose name it was made. Raises `PetitionNotFound`, also for another's.

    When a representative reads it, the principal's access log gets a line.
    """
    async with session.begin():
        petition = await storage.petition_of(session, acting_of(caller), petition_id)
        if petition is None:
            raise PetitionNotFound
        await note_access(session, caller, Action.READ, petition.id, now)
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
    acting = acting_of(caller)
    async with session.begin():
        found = await storage.summaries_of(
            session, acting, institution_id=institution_id, kind=kind, before=before, limit=limit
        )
        await note_access(session, caller, Action.SEARCH, caller.on_behalf_of or caller.person_id, now)
    return found


def acting_of(caller: Principal) -> domain.Acting:
    """In whose name a caller files and reads."""
    sandbox = caller.client_id if caller.is_sandbox else None
    return domain.Acting(caller.person_id, caller.on_behalf_of, caller.mandate_id, sandbox)


async def _number(
    session: AsyncSession,
    submission: domain.Submission,
    petition_id: UUID,
    acting: domain.Acting,
    now: datetime,
) -> int:
    """Of the institution's register; of the application's own, where one is being tested."""
    if acting.sandbox is not None:
        year = clock.local_date(now).year
        return await sandbox.next_number(session, acting.sandbox, submission.institution_id, year)
    line = Line(
        institution_id=submission.institution_id,
        direction=Direction.IN,
        petition_id=petition_id,
        subject=submission.subject,
        correspondent=str(acting.signatory),
        entered_at=now,
    )
    return (await registers.enter(session, line)).number


async def _refuse_removed(session: AsyncSession, acting: domain.Acting) -> None:
    """`InvalidToken` for who is no more: a request that was on its way when they were reset."""
    if acting.sandbox is not None:
        for person_id in {acting.person_id, acting.signatory} - {None}:
            if person_id and await sandbox.is_removed(session, person_id):
                raise InvalidToken(headers={"www-authenticate": 'Bearer error="invalid_token"'})


async def note_access(
    session: AsyncSession, caller: Principal, action: Action, resource_id: UUID, now: datetime
) -> None:
    """A line of the principal's access log, when somebody acts for them in earnest.

    Nothing is ever taken out of that log: what is only tested does not go in.
    """
    if caller.on_behalf_of is None or caller.is_sandbox:
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


async def follow_person(session: AsyncSession, former_id: UUID, person_id: UUID, now: datetime) -> None:
    """Petitions, signatures, messages and uploads of a person who has got another id are that id's now.

    What officials wrote and did stays as it was signed.
    """
    async with session.begin():
        await storage.follow_person(session, former_id, person_id)
        await petitioners.follow_person(session, former_id, person_id, now)
        await audiences.follow_person(session, former_id, person_id)
        await messages.follow_person(session, former_id, person_id)
        await attachments.follow_person(session, former_id, person_id)
