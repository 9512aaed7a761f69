"""What officials do with a file until somebody writes its answer: one function a step, one transaction."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.clock import local_date
from hub_core.language import Language
from hub_service import rules
from hub_service.policy import Official
from hub_terms.terms import end_civil

from ..domain import handling, structure, terms
from ..domain.choices import Choice, choose, suggested
from ..domain.files import Actor, ActorKind, File
from ..domain.handling import ClassReason, Forwarding
from ..domain.institutions import addressee
from ..domain.petitions import ANSWER_RULE, answer_rule
from ..domain.registers import Direction, Line
from ..domain.states import JOINABLE, OPEN, PetitionState
from ..domain.terms import Course
from ..errors.choices import NoAddressee
from ..errors.files import FileStateForbids
from ..errors.handling import (
    CrimeNotSentOn,
    ExtendedAlready,
    ForwardedToItself,
    HandlerElsewhere,
    LeadsOthers,
    NotAnonymous,
    NothingToJoin,
    SaysSomethingNew,
)
from ..errors.structure import CompartmentClosed, CompartmentNotFound
from ..storage import answers, choices, forwardings, institutions, joining, petitioners, registers, search
from ..storage import files as storage
from ..storage import structure as structures
from . import routing

LEADER_ENDED: Final = "LEADER_ENDED"
"""Why a joined petition stands by itself again: the one that it was joined to was not answered."""


@dataclass(frozen=True, slots=True)
class Addressee:
    """To whom a file is sent: an institution of the hub, or the name of one outside.

    `again_reason` says why it goes to one that has sent it on before.
    """

    institution_id: UUID | None
    name: str | None
    again_reason: str | None = None


@dataclass(frozen=True, slots=True)
class Joined:
    """The leading file after others were joined to it, how many, and which of those named were not."""

    leader: File
    count: int
    left_out: Sequence[UUID]


def actor(official: Official) -> Actor:
    """The official, as the steps of a file name them."""
    return Actor(ActorKind.OFFICIAL, official.person_id)


async def take(session: AsyncSession, official: Official, petition_id: UUID) -> File:
    """The file of the official's institution, locked, if it is not their own case."""
    file = await storage.lock(session, petition_id, official.institution_id)
    handling.refuse_own_case(file, official.person_id)
    return file


async def refuse_conflict(session: AsyncSession, file: File, *people: UUID) -> None:
    """`ConflictOfInterest` where one of these people is complained of or works under who is."""
    if file.complained_of:
        below = await structures.below(session, file.institution_id, file.complained_of)
        known = await structures.known(session, file.institution_id, people)
        handling.refuse_conflict(file, people, below, known)


async def triage(
    session: AsyncSession,
    official: Official,
    petition_id: UUID,
    complained_of: Collection[UUID],
    now: datetime,
    *,
    reports_crime: bool,
) -> File:
    """Take a registered petition into triage, with whom it complains of and whether it reports a crime.

    What was said of it before stays: by those joined to it, or where it was sent on from.
    """
    async with session.begin():
        file = await take(session, official, petition_id)
        if file.state is not PetitionState.REGISTERED:
            raise FileStateForbids(file.state, PetitionState.TRIAGE)
        return await storage.move(
            session,
            file,
            PetitionState.TRIAGE,
            actor(official),
            now,
            complained_of=tuple(sorted({*complained_of, *file.complained_of})),
            reports_crime=reports_crime or file.reports_crime,
        )


async def say_of_whom(
    session: AsyncSession,
    official: Official,
    petition_id: UUID,
    complained_of: Collection[UUID],
    now: datetime,
    *,
    reports_crime: bool,
) -> File:
    """Say otherwise whom a petition complains of. Who is complained of has no say in it.

    Those of whom a petition complains that is joined to it stay, too.
    """
    async with session.begin():
        file = await take(session, official, petition_id)
        if file.state not in OPEN:
            raise FileStateForbids(file.state, file.state)
        await refuse_conflict(session, file, official.person_id)
        of_joined = await joining.complained_of(session, file)
        return await storage.move(
            session,
            file,
            file.state,
            actor(official),
            now,
            reason="COMPLAINED_OF",
            complained_of=tuple(sorted({*complained_of, *of_joined})),
            reports_crime=reports_crime,
        )


async def file_away(
    session: AsyncSession,
    official: Official,
    petition_id: UUID,
    reason: ClassReason,
    repeats: UUID | None,
    now: datetime,
    *,
    says_something_new: bool,
    sent_to: str | None = None,
) -> File:
    """File a petition away: anonymous (art. 7), or the same again after an answer (art. 10(2)).

    A suggestion is filed away when its sender wants no answer (`AnswerWanted`). What reports a crime is sent
    to who looks into it, by its name, under a number of the register (`CrimeNotSentOn`).

    The earlier petition gets a note that it was answered. With one new fact it is a new petition.
    """
    async with session.begin():
        file = await take(session, official, petition_id)
        await refuse_conflict(session, file, official.person_id)
        await _refuse_leader(session, file)
        if reason is ClassReason.NO_ANSWER_WANTED:
            handling.refuse_unanswered(file)
        if reason is ClassReason.ANONYMOUS and (
            file.person_id or await petitioners.last_ordinal(session, file.id)
        ):
            raise NotAnonymous
        if file.reports_crime and sent_to is None:
            raise CrimeNotSentOn
        if reason is ClassReason.REPEATED:
            if says_something_new:
                raise SaysSomethingNew
            earlier = await storage.find(session, repeats, official.institution_id) if repeats else None
            is_same = earlier is not None and await joining.is_same_petitioner(session, file.id, earlier.id)
            handling.refuse_repeated(file, earlier, is_same=is_same)
            if earlier is not None:
                await storage.note(session, earlier, actor(official), now, "REPEATED", note=file.label)
        note = await _sent_out(session, file, sent_to, now) if sent_to else None
        return await storage.move(
            session, file, PetitionState.CLASSED, actor(official), now, reason=reason.value, note=note
        )


async def _sent_out(session: AsyncSession, file: File, to: str, now: datetime) -> str:
    """Enter that a copy of a petition goes out; to whom, and its number and date."""
    line = Line(
        institution_id=file.institution_id,
        direction=Direction.OUT,
        petition_id=file.id,
        subject=await storage.subject(session, file.id),
        correspondent=to,
        entered_at=now,
    )
    number = (await registers.enter(session, line)).number
    return f"{to}: {number}/{local_date(now):%d.%m.%Y}"


async def join(
    session: AsyncSession,
    official: Official,
    leader_id: UUID,
    petition_ids: Sequence[UUID] | None,
    now: datetime,
) -> Joined:
    """Join petitions of the same petitioner to one of them: those named, or all with the same subject.

    The leading one keeps the earliest term of all, and its answer will be that of each (art. 10(1)). What
    was filed at other institutions, is ended or leads others stays out. Raises `NothingToJoin`.
    """
    async with session.begin():
        await joining.one_at_a_time(session, official.institution_id)
        leader = await take(session, official, leader_id)
        await refuse_conflict(session, leader, official.person_id)
        if leader.state not in JOINABLE:
            raise FileStateForbids(leader.state, PetitionState.JOINED)
        chosen = joining.like(leader, petition_ids)
        joined = await storage.move_many(
            session,
            chosen,
            JOINABLE,
            PetitionState.JOINED,
            actor(official),
            now,
            leader_id=leader.id,
            compartment_id=None,
            handler_id=None,
        )
        if not joined:
            raise NothingToJoin
        earliest = min(leader.answer_due_on, *(one.answer_due_on for one in joined))
        people = {*leader.complained_of}.union(*(one.complained_of for one in joined))
        reports = leader.reports_crime or any(one.reports_crime for one in joined)
        leader = await storage.move(
            session,
            leader,
            leader.state,
            actor(official),
            now,
            reason="LEADS",
            answer_due_on=earliest,
            complained_of=tuple(sorted(people)),
            reports_crime=reports,
        )
        left_out = {*(petition_ids or ())} - {one.id for one in joined}
        return Joined(leader, len(joined), sorted(left_out))


async def separate(session: AsyncSession, official: Official, petition_id: UUID, now: datetime) -> File:
    """Let a joined petition stand by itself again, with its own term: it asks for something else as well."""
    async with session.begin():
        file = await take(session, official, petition_id)
        await refuse_conflict(session, file, official.person_id)
        if file.state is not PetitionState.JOINED:
            raise FileStateForbids(file.state, PetitionState.TRIAGE)
        return await storage.move(
            session, file, PetitionState.TRIAGE, actor(official), now, reason="SEPARATED", leader_id=None
        )


async def forward(
    session: AsyncSession,
    official: Official,
    petition_id: UUID,
    to: Addressee | None,
    reason: str | None,
    now: datetime,
) -> File:
    """Send a file on to who is competent (art. 6^1): this institution's clock ends.

    With nobody named it goes to the structure that the registry has chosen, and why is said by that
    choice; `NoAddressee` where none was.

    At an institution of the hub it stands in the register at once, and that institution's clock begins
    (art. 8(2)); the petitioner keeps the number they have. It goes on also when its term is over, and that
    stays visible. Whoever is complained of may send it on as well: it leaves their hands.
    """
    today = local_date(now)
    async with session.begin():
        file = await take(session, official, petition_id)
        await _refuse_leader(session, file)
        choice = await choices.last(session, file.id, file.institution_id)
        if to is None or reason is None:
            if choice is None:
                raise NoAddressee
            to = to or Addressee(*choice.target)
            reason = reason or choice.because[Language.RO]
        if to.institution_id == file.institution_id:
            raise ForwardedToItself
        before = await forwardings.institutions_before(session, petition_id)
        handling.refuse_loop(before, to.institution_id, to.again_reason)
        target = None
        if to.institution_id is not None:
            target = addressee(await institutions.find(session, to.institution_id), today)
        legal = await rules.read(
            session, terms.FORWARDING_RULE, handling.ANSWER_FORWARDED_RULE, answer_rule(file.kind)
        )
        because = await _by_choice(session, official, file, to, choice, now)
        if target is not None:
            subject, text, language = await storage.content(session, file.id)
            await search.index(session, target.id, file.id, subject, text, Language(language))
        out, entered = await _entries(session, file, target.id if target else None, to.name or "", now)
        sent = await storage.move(
            session, file, PetitionState.FORWARDED, actor(official), now, note=reason, handler_id=None
        )
        await forwardings.add(
            session,
            Forwarding(
                petition_id=file.id,
                ordinal=len(before) + 1,
                institution_id=file.institution_id,
                year=file.year,
                number=file.number,
                registered_at=file.registered_at,
                registered_on=file.registered_on,
                answer_due_on=file.answer_due_on,
                forwarded_at=now,
                forwarded_on=today,
                forward_by=terms.forward_by(file.clock_from, legal),
                forwarded_by=official.person_id,
                to_institution_id=to.institution_id,
                addressee=to.name,
                out_number=out,
                reason=reason,
                choice=because,
            ),
        )
        if target is None or entered is None:
            return sent
        own = answer_rule(file.kind)
        answer = legal.on(handling.ANSWER_FORWARDED_RULE if own == ANSWER_RULE else own, today)
        await storage.move(
            session,
            sent,
            PetitionState.REGISTERED,
            actor(official),
            now,
            reason="FORWARDED",
            institution_id=target.id,
            year=today.year,
            number=entered,
            registered_at=now,
            registered_on=today,
            answer_due_on=end_civil(today, answer.whole),
            answer_rule_id=answer.code,
            answer_legal_basis=answer.legal_basis,
            forwarded_from=file.institution_id,
            runs_from=None,
            compartment_id=None,
            extended_at=None,
            extended_from=None,
            extended_until=None,
            extension_reason=None,
            closed_on=None,
        )
        return sent


async def assign(
    session: AsyncSession,
    official: Official,
    petition_id: UUID,
    compartment_id: UUID,
    handler_id: UUID,
    instruction: str | None,
    now: datetime,
) -> File:
    """Give a file to a handler of a compartment, or to another one.

    The handler is not the petitioner, nor complained of, nor works under who is (art. 11). Raises
    `AuthorityComplainedOf` where that leaves nobody. A draft that was in hand is returned.
    """
    institution_id = official.institution_id
    async with session.begin():
        file = await take(session, official, petition_id)
        handling.refuse_own_case(file, handler_id)
        complained = await structures.known(session, institution_id, file.complained_of)
        handling.refuse_own_authority(file, complained)
        await refuse_conflict(session, file, official.person_id, handler_id)
        compartment = await structures.compartment(session, institution_id, compartment_id)
        if compartment is None:
            raise CompartmentNotFound
        if compartment.is_closed:
            raise CompartmentClosed
        _refuse_elsewhere(await structures.member(session, institution_id, handler_id), compartment_id)
        moved = await storage.move(
            session,
            file,
            PetitionState.ASSIGNED,
            actor(official),
            now,
            note=instruction,
            compartment_id=compartment_id,
            handler_id=handler_id,
        )
        if draft := await answers.in_hand(session, petition_id):
            await answers.note(
                session,
                draft,
                returned_by=official.person_id,
                returned_at=now,
                return_reason=instruction or "",
            )
        return moved


async def accept(session: AsyncSession, official: Official, petition_id: UUID, now: datetime) -> File:
    """The handler takes up the file they were given."""
    async with session.begin():
        file = await take_in_hand(session, official, petition_id)
        if file.state is not PetitionState.ASSIGNED:
            raise FileStateForbids(file.state, PetitionState.IN_ANALYSIS)
        return await storage.move(session, file, PetitionState.IN_ANALYSIS, actor(official), now)


async def hand_back(
    session: AsyncSession, official: Official, petition_id: UUID, reason: str, now: datetime
) -> File:
    """The handler gives the file back to triage: it is not for their compartment."""
    async with session.begin():
        file = await storage.lock(session, petition_id, official.institution_id)
        handling.refuse_other_handler(file, official.person_id)
        return await storage.move(
            session,
            file,
            PetitionState.TRIAGE,
            actor(official),
            now,
            reason="HANDED_BACK",
            note=reason,
            compartment_id=None,
            handler_id=None,
        )


async def take_in_hand(session: AsyncSession, official: Official, petition_id: UUID) -> File:
    """The file, for the handler whose it is and who may work on it."""
    file = await take(session, official, petition_id)
    handling.refuse_other_handler(file, official.person_id)
    await refuse_conflict(session, file, official.person_id)
    return file


async def ask_clarification(
    session: AsyncSession, official: Official, petition_id: UUID, question: str, now: datetime
) -> File:
    """Ask the petitioner something; the term of the answer goes on."""
    async with session.begin():
        file = await take_in_hand(session, official, petition_id)
        moved = await storage.move(session, file, PetitionState.AWAITING_CLARIFICATION, actor(official), now)
        await answers.ask(session, petition_id, question, official.person_id, now)
        return moved


async def resume(session: AsyncSession, official: Official, petition_id: UUID, now: datetime) -> File:
    """Go on with a file without waiting for the petitioner any longer."""
    async with session.begin():
        file = await take_in_hand(session, official, petition_id)
        if file.state is not PetitionState.AWAITING_CLARIFICATION:
            raise FileStateForbids(file.state, PetitionState.IN_ANALYSIS)
        return await storage.move(
            session, file, PetitionState.IN_ANALYSIS, actor(official), now, reason="NOT_CLARIFIED"
        )


async def extend(
    session: AsyncSession, official: Official, petition_id: UUID, days: int, reason: str, now: datetime
) -> File:
    """Extend the term once, before it is over, by at most what the law allows (art. 9).

    With it those of what is joined to it, which would be over before.
    """
    async with session.begin():
        file = await take(session, official, petition_id)
        await refuse_conflict(session, file, official.person_id)
        if not handling.is_extendable(file.state):
            raise FileStateForbids(file.state, PetitionState.IN_ANALYSIS)
        legal = await rules.read(session, *terms.rules_of(file.answer_rule_id))
        until = handling.extension(file, days, terms.extension_most(Course.of(file), legal), now)
        if await joining.is_any_extended(session, file):
            raise ExtendedAlready
        extended: dict[str, Any] = {
            "answer_due_on": until,
            "extended_until": until,
            "extended_at": now,
            "extension_reason": reason,
        }
        await storage.move_many(
            session,
            joining.joined_and_due_before(file, until),
            (PetitionState.JOINED,),
            PetitionState.JOINED,
            actor(official),
            now,
            reason="EXTENDED",
            extended_from=joining.OWN_TERM,
            **extended,
        )
        return await storage.move(
            session,
            file,
            file.state,
            actor(official),
            now,
            reason="EXTENDED",
            extended_from=file.answer_due_on,
            **extended,
        )


async def release_joined(session: AsyncSession, leader: File, by: Actor, now: datetime) -> None:
    """Let those joined to a petition that ends without an answer stand by themselves again."""
    await storage.move_many(
        session,
        joining.joined_to(leader),
        (PetitionState.JOINED,),
        PetitionState.TRIAGE,
        by,
        now,
        reason=LEADER_ENDED,
        leader_id=None,
    )


async def _refuse_leader(session: AsyncSession, file: File) -> None:
    if await joining.leads(session, file):
        raise LeadsOthers


async def _by_choice(
    session: AsyncSession, official: Official, file: File, to: Addressee, known: Choice | None, now: datetime
) -> int | None:
    """By which choice a file goes there; who sends it unchosen to one that is suggested has chosen so."""
    if known is not None and known.is_for(to.institution_id, to.name):
        return known.ordinal
    suggestions = await routing.suggestions(session, file, now)
    structure_id = suggested(suggestions, to.institution_id, to.name)
    if structure_id is None:
        return None
    made = choose(
        suggestions,
        structure_id,
        petition_id=file.id,
        ordinal=await choices.next_ordinal(session, file.id),
        institution_id=file.institution_id,
        by=official.person_id,
        now=now,
    )
    await choices.add(session, made)
    return made.ordinal


async def _entries(
    session: AsyncSession, file: File, target: UUID | None, name: str, now: datetime
) -> tuple[int, int | None]:
    """The numbers under which a file leaves one register and enters another.

    Registers are locked in one order, whoever sends to whom.
    """
    subject = await storage.subject(session, file.id)
    parts: list[tuple[UUID, Direction, str]] = [
        (file.institution_id, Direction.OUT, str(target) if target else name)
    ]
    if target is not None:
        parts.append((target, Direction.IN, str(file.institution_id)))
    given: dict[Direction, Any] = {}
    for institution_id, direction, correspondent in sorted(parts):
        line = Line(
            institution_id=institution_id,
            direction=direction,
            petition_id=file.id,
            subject=subject,
            correspondent=correspondent,
            entered_at=now,
        )
        given[direction] = (await registers.enter(session, line)).number
    return given[Direction.OUT], given.get(Direction.IN)


def _refuse_elsewhere(member: structure.Member | None, compartment_id: UUID) -> None:
    if member is None or member.compartment_id != compartment_id:
        raise HandlerElsewhere
