"""An answer on its way: drafted, approved, signed by another, sent under a number of the register."""

from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.clock import local_date
from hub_core.principal import Role
from hub_service import rules
from hub_service.policy import Official

from ..domain import handling, terms
from ..domain.files import File, refuse_again
from ..domain.handling import Answer, Draft
from ..domain.registers import Direction, Line
from ..domain.states import PetitionState
from ..domain.structure import in_force
from ..domain.terms import Course
from ..errors.files import FileStateForbids
from ..errors.handling import DraftMissing
from ..storage import answers, joining, registers
from ..storage import files as storage
from ..storage import structure as structures
from .handling import actor, refuse_conflict, take, take_in_hand


async def write(
    session: AsyncSession, official: Official, petition_id: UUID, answer: Answer, now: datetime
) -> File:
    """The handler drafts the answer, with the law it rests on (art. 13)."""
    async with session.begin():
        file = await take_in_hand(session, official, petition_id)
        refuse_again(file, PetitionState.DRAFTED)
        moved = await storage.move(session, file, PetitionState.DRAFTED, actor(official), now)
        await answers.add_draft(session, petition_id, file.institution_id, answer, official.person_id, now)
        return moved


async def approve(session: AsyncSession, official: Official, petition_id: UUID, now: datetime) -> File:
    """A head approves the draft of another one. `FourEyes`, `ConflictOfInterest`."""
    async with session.begin():
        file, draft = await _drafted(session, official, petition_id, PetitionState.APPROVED)
        moved = await storage.move(session, file, PetitionState.APPROVED, actor(official), now)
        await answers.note(session, draft, approved_by=official.person_id, approved_at=now)
        return moved


async def give_back(
    session: AsyncSession, official: Official, petition_id: UUID, reason: str, now: datetime
) -> File:
    """A head or signatory returns the draft to its handler, and says why."""
    async with session.begin():
        file = await take(session, official, petition_id)
        await refuse_conflict(session, file, official.person_id)
        draft = await answers.in_hand(session, petition_id)
        if file.state not in (PetitionState.DRAFTED, PetitionState.APPROVED):
            raise FileStateForbids(file.state, PetitionState.IN_ANALYSIS)
        if draft is None:
            raise DraftMissing
        moved = await storage.move(
            session, file, PetitionState.IN_ANALYSIS, actor(official), now, reason="RETURNED"
        )
        await answers.note(
            session, draft, returned_by=official.person_id, returned_at=now, return_reason=reason
        )
        return moved


async def sign(session: AsyncSession, official: Official, petition_id: UUID, now: datetime) -> File:
    """The head signs what another one drafted, or whom the head has delegated, on the days of the act.

    `FourEyes` for the drafter, `NotADelegate`, and `ConflictOfInterest` also when who drafted or approved
    it has come to be complained of.
    """
    async with session.begin():
        file, draft = await _drafted(session, official, petition_id, PetitionState.SIGNED)
        delegation_id = None
        if Role.HEAD not in official.roles:
            today = local_date(now)
            held = await structures.delegations_to(session, file.institution_id, official.person_id, today)
            delegation_id = in_force(held, today).id
        moved = await storage.move(
            session,
            file,
            PetitionState.SIGNED,
            actor(official),
            now,
            solution=draft.answer.solution,
        )
        await answers.note(
            session, draft, signed_by=official.person_id, signed_at=now, delegation_id=delegation_id
        )
        return moved


async def send(session: AsyncSession, official: Official, petition_id: UUID, now: datetime) -> File:
    """The registry sends the signed answer out under its number; it answers all that are joined to it.

    `ConflictOfInterest` when one of its authors has come to be complained of: a head takes it back.
    """
    today = local_date(now)
    async with session.begin():
        file = await take(session, official, petition_id)
        draft = await answers.in_hand(session, petition_id)
        if draft is None or file.state is not PetitionState.SIGNED:
            raise FileStateForbids(file.state, PetitionState.ANSWERED)
        await refuse_conflict(session, file, *draft.authors)
        if await joining.leads(session, file):
            await storage.move_many(
                session,
                joining.joined_to(file),
                (PetitionState.JOINED,),
                PetitionState.ANSWERED,
                actor(official),
                now,
                reason="JOINED",
                solution=draft.answer.solution,
            )
        line = Line(
            institution_id=file.institution_id,
            direction=Direction.OUT,
            petition_id=file.id,
            subject=await storage.subject(session, file.id),
            correspondent=str(file.person_id or file.id),
            entered_at=now,
        )
        reason = await _refusal(session, file, today)
        moved = await storage.move(session, file, PetitionState.ANSWERED, actor(official), now, reason=reason)
        entered = await registers.enter(session, line)  # the last lock taken
        await answers.note(
            session,
            draft,
            sent_by=official.person_id,
            sent_at=now,
            out_year=today.year,
            out_number=entered.number,
        )
        return moved


async def _refusal(session: AsyncSession, file: File, today: date) -> str | None:
    """What the step says of information that is refused: REFUSED, or that it is late for that."""
    refused = replace(file, closed_on=today)
    if Course.of(refused).refused_on is None:
        return None
    legal = await rules.read(session, *terms.rules_of(file.answer_rule_id))
    is_late = terms.clock(Course.of(refused), (), legal).is_refusal_late
    return "REFUSED_LATE" if is_late else "REFUSED"


async def _drafted(
    session: AsyncSession, official: Official, petition_id: UUID, to: PetitionState
) -> tuple[File, Draft]:
    """A file and the draft that another one wrote, for who may say yes to it."""
    file = await take(session, official, petition_id)
    refuse_again(file, to)
    draft = await answers.in_hand(session, petition_id)
    if draft is None:
        raise FileStateForbids(file.state, to)
    handling.refuse_author(draft, official.person_id)
    await refuse_conflict(session, file, official.person_id, *draft.authors)
    return file, draft
