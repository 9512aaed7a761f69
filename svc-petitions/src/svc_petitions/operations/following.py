"""How a petitioner follows a petition: its steps, questions to them, its answer; and withdraws it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.principal import Principal
from hub_service.access import Action

from ..domain import handling
from ..domain import petitions as domain
from ..domain.choices import Choice
from ..domain.files import Actor, ActorKind, File, Step
from ..domain.handling import Clarification, Draft, Forwarding
from ..domain.links import Linked
from ..domain.states import PetitionState
from ..errors.handling import NoClarificationAsked, NotAnsweredYet
from ..errors.petitions import PetitionNotFound
from ..errors.signatures import OthersSigned
from ..storage import answers, choices, forwardings, links, petitioners
from ..storage import files as storage
from ..storage import petitions as petitions_storage
from .handling import release_joined
from .petitions import acting_of, note_access


@dataclass(frozen=True, slots=True, repr=False)
class Followed:
    """What a petitioner sees of what was done: never which official did it.

    `sent` says by which choice it was sent on, by the instant of the step.
    """

    petition: domain.Summary
    steps: Sequence[Step]
    clarifications: Sequence[Clarification]
    forwardings: Sequence[Forwarding]
    links: Sequence[Linked]
    sent: Mapping[datetime, Choice]


async def follow(session: AsyncSession, caller: Principal, petition_id: UUID, now: datetime) -> Followed:
    """The steps of a petition, for the one in whose name it was made. `PetitionNotFound`."""
    async with session.begin():
        return await followed(session, await _mine(session, caller, petition_id, Action.READ, now))


async def followed(session: AsyncSession, petition: domain.Summary) -> Followed:
    """What was done with a petition, in the caller's transaction."""
    sent_on = await forwardings.of_petition(session, petition.id)
    made = await choices.of_petition(session, petition.id) if any(one.choice for one in sent_on) else ()
    by_ordinal = {one.ordinal: one for one in made}
    return Followed(
        petition,
        await storage.steps(session, petition.id),
        await answers.clarifications(session, petition.id),
        sent_on,
        await links.of_petition(session, petition.id),
        {one.forwarded_at: by_ordinal[one.choice] for one in sent_on if one.choice},
    )


async def read_answer(
    session: AsyncSession, caller: Principal, petition_id: UUID, now: datetime
) -> tuple[domain.Petition, Draft]:
    """The answer; of a petition that was joined to another one, that one's. `NotAnsweredYet`."""
    async with session.begin():
        petition = await _mine(session, caller, petition_id, Action.READ, now)
        answer = await answers.sent(session, await storage.answered_by(session, petition_id))
        if answer is None:
            raise NotAnsweredYet
        return petition, answer


async def withdraw(session: AsyncSession, caller: Principal, petition_id: UUID, now: datetime) -> File:
    """Withdraw a petition before its answer is signed; what reports a crime goes on.

    What was joined to it stands by itself again. `OthersSigned` where several stand behind it.
    """
    async with session.begin():
        file = await _my_file(session, caller, petition_id, Action.CHANGE, now)
        handling.refuse_withdrawal(file)
        if len(await petitioners.standing(session, petition_id)) > 1:
            raise OthersSigned
        by = Actor(ActorKind.PERSON, caller.person_id)
        await release_joined(session, file, by, now)
        moved = await storage.move(session, file, PetitionState.WITHDRAWN, by, now, leader_id=None)
        if draft := await answers.in_hand(session, petition_id):
            await answers.note(
                session, draft, returned_by=caller.person_id, returned_at=now, return_reason=""
            )
        return moved


async def clarify(
    session: AsyncSession, caller: Principal, petition_id: UUID, answer: str, now: datetime
) -> File:
    """Answer what the institution asked; it goes on with the petition."""
    async with session.begin():
        file = await _my_file(session, caller, petition_id, Action.CHANGE, now)
        if file.state is not PetitionState.AWAITING_CLARIFICATION:
            raise NoClarificationAsked
        await answers.answer_last(session, petition_id, answer, now)
        by = Actor(ActorKind.PERSON, caller.person_id)
        return await storage.move(session, file, PetitionState.IN_ANALYSIS, by, now, reason="CLARIFIED")


async def _mine(
    session: AsyncSession, caller: Principal, petition_id: UUID, action: Action, now: datetime
) -> domain.Petition:
    petition = await petitions_storage.petition_of(session, acting_of(caller), petition_id)
    if petition is None:
        raise PetitionNotFound
    await note_access(session, caller, action, petition.id, now)
    return petition


async def _my_file(
    session: AsyncSession, caller: Principal, petition_id: UUID, action: Action, now: datetime
) -> File:
    """The petitioner's own file, locked; nobody handles what only tests an application."""
    petition = await _mine(session, caller, petition_id, action, now)
    if petition.is_sandbox:
        raise PetitionNotFound
    return await storage.lock_any(session, petition_id)
