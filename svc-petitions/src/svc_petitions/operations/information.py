"""Administrative complaints of who asked for public information (Legea 544/2001 art. 21)."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.clock import local_date
from hub_core.language import Language
from hub_core.principal import Principal
from hub_service import rules
from hub_service.access import Action
from hub_service.policy import Official
from hub_terms.calendar import Calendar

from ..domain import information as domain
from ..domain import terms
from ..domain.files import Actor, ActorKind, File
from ..domain.information import Complaint, Ground
from ..domain.links import Link, LinkKind
from ..domain.petitioners import Account
from ..domain.petitions import Channel, Petition, PetitionKind, Submission
from ..domain.states import PetitionState
from ..domain.terms import Course
from ..errors.information import ComplainedAlready, NotARequestForInformation, NothingToComplainOf
from ..errors.petitions import PetitionNotFound
from ..keys import MasterKey
from ..storage import bridge_days, links
from ..storage import files as storage
from ..storage import petitions as petitions_storage
from ..storage import structure as structures
from .petitions import acting_of, note_access
from .registering import register

COMPLAINT: Final = "COMPLAINT"
"""The reason of the step in both files; its note is the number of the other."""


async def complain(
    session: AsyncSession,
    key: MasterKey,
    caller: Principal,
    petition_id: UUID,
    complaint: Complaint,
    now: datetime,
) -> Petition:
    """Complain to the head of the institution about a refusal or silence: it is registered at once.

    Who has worked on the request does not work on the complaint, nor who is below them (OG 27/2002
    art. 11). `PetitionNotFound`, also for what only tests an application; `NotARequestForInformation`,
    `NothingToComplainOf`, `LearnedOnWrong`, `ComplainedTooLate`, `ComplainedAlready`.
    """
    acting, today = acting_of(caller), local_date(now)
    async with session.begin():
        request = await petitions_storage.petition_of(session, acting, petition_id)
        if request is None or request.is_sandbox or acting.signatory is None:
            raise PetitionNotFound
        await note_access(session, caller, Action.CHANGE, petition_id, now)
        file = await storage.lock_any(session, petition_id)
        course = Course.of(file)
        legal = await rules.read(session, *terms.rules_of(file.answer_rule_id))
        calendar = Calendar(legal, await bridge_days.granted(session, file.institution_id))
        counted = terms.deadline(course, legal, calendar)
        of = domain.refuse_complaint(course, counted, complaint, legal, calendar, today)
        submission = Submission(
            institution_id=file.institution_id,
            kind=PetitionKind.INFO_544_COMPLAINT,
            subject=domain.SUBJECT.format(label=file.label),
            text=complaint.text,
            language=Language(complaint.language),
            is_petition=True,
        )
        signed = [Account(acting.signatory)]
        made = await register(session, key, submission, signed, Channel.ONLINE, now, acting=acting)
        learned_on = complaint.learned_on or min(of.on, today)
        by = Actor(ActorKind.PERSON, caller.person_id)
        await _link(session, file, made, of.ground, learned_on, by, now)
        return made


async def link_entered(
    session: AsyncSession,
    official: Official,
    request_id: UUID,
    made: Petition,
    received_on: date,
    now: datetime,
) -> None:
    """Link a complaint that came on paper to the request of the official's institution that it is about.

    `FileNotFound`, `NotARequestForInformation`, `NothingToComplainOf`, `ComplainedAlready`.
    """
    file = await storage.lock(session, request_id, official.institution_id)
    course = Course.of(file)
    if not course.is_information:
        raise NotARequestForInformation
    legal = await rules.read(session, *terms.rules_of(file.answer_rule_id))
    calendar = Calendar(legal, await bridge_days.granted(session, file.institution_id))
    counted = terms.deadline(course, legal, calendar)
    of = domain.grievance(course, counted, local_date(now))
    if of is None:
        raise NothingToComplainOf
    by = Actor(ActorKind.OFFICIAL, official.person_id)
    await _link(session, file, made, of.ground, min(of.on, received_on), by, now)


async def _link(
    session: AsyncSession,
    file: File,
    made: Petition,
    ground: Ground,
    learned_on: date,
    by: Actor,
    now: datetime,
) -> None:
    """Link a complaint just registered to its request: a step of each. `ComplainedAlready`."""
    link = Link(
        petition_id=made.id,
        origin_id=file.id,
        kind=LinkKind.COMPLAINT,
        linked_at=now,
        ground=ground,
        learned_on=learned_on,
    )
    if not await links.add_complaint(session, link):
        raise ComplainedAlready
    await storage.note(session, file, by, now, COMPLAINT, note=made.label)
    await storage.move(
        session,
        await storage.lock(session, made.id, file.institution_id),
        PetitionState.REGISTERED,
        by,
        now,
        reason=COMPLAINT,
        note=file.label,
        complained_of=tuple(await _of_whom(session, file)),
    )


async def _of_whom(session: AsyncSession, file: File) -> Collection[UUID]:
    """Who had the request in hand; who heads the institution answers the complaint all the same."""
    known = await structures.known(session, file.institution_id, [one for one in (file.handler_id,) if one])
    return sorted(person_id for person_id, member in known.items() if member.superior_id is not None)
