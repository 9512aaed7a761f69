"""Audiences: one function a step, one transaction each."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.clock import local_date
from hub_core.principal import Principal, Role
from hub_events import outbox
from hub_service import rules
from hub_service.access import Action
from hub_service.policy import Official
from hub_service.purpose import Stated

from ..domain import audiences as domain
from ..domain import handling, petitions
from ..domain.audiences import AudienceFile, AudienceState, AudienceStep, Minutes, Promise, Reply
from ..domain.entries import Entered
from ..domain.files import Actor, ActorKind, File
from ..domain.petitioners import Identity
from ..domain.states import PetitionState
from ..errors.audiences import (
    AudienceNotFound,
    AudiencePlaceTaken,
    AudienceStateForbids,
    FollowedUpAlready,
    NotTheHost,
)
from ..errors.petitions import PetitionNotFound
from ..errors.signatures import OthersSigned
from ..events.audiences import AudienceReminded
from ..keys import MasterKey
from ..storage import audiences as storage
from ..storage import files, petitioners, sittings
from ..storage import petitions as petitions_storage
from .files import leave_line
from .handling import actor, refuse_conflict, take
from .petitions import acting_of, note_access
from .registering import register

_AT_ONCE: Final = 100


@dataclass(frozen=True, slots=True, repr=False)
class Seen:
    """An audience with what was said in it and its steps; `preparation` is for officials alone."""

    file: AudienceFile
    minutes: Minutes | None
    preparation: str | None = None
    steps: Sequence[AudienceStep] = ()


@dataclass(frozen=True, slots=True, repr=False)
class AudienceMessage:
    """An audience as it is written of: to which address, of who has no account, and when it was changed."""

    file: AudienceFile
    email: str | None
    changed_at: datetime


async def message_of(session: AsyncSession, key: MasterKey, petition_id: UUID) -> AudienceMessage:
    """What a message about an audience tells, and to whom it goes. `AudienceNotFound`."""
    async with session.begin():
        found = await storage.read(session, petition_id)
        taken = await storage.steps(session, petition_id)
        signed = await petitioners.of_petition(session, key, petition_id)
    first = signed[0].petitioner if signed else None
    email = first.email if isinstance(first, Identity) else None
    changed_at = taken[-1].at if taken else found.registered_at
    return AudienceMessage(found, email, changed_at)


async def read_own(session: AsyncSession, caller: Principal, petition_id: UUID, now: datetime) -> Seen:
    """An audience, for the one in whose name it was asked for. `PetitionNotFound`, `AudienceNotFound`."""
    async with session.begin():
        await _mine(session, caller, petition_id, Action.READ, now)
        found = await storage.read(session, petition_id)
        minutes = await storage.minutes(session, petition_id)
        return Seen(found, minutes, steps=await storage.steps(session, petition_id))


async def reply(
    session: AsyncSession, caller: Principal, petition_id: UUID, said: Reply, now: datetime
) -> Seen:
    """Say that one comes, that one needs another date, or that one does not want to be received any more.

    Who gives it up withdraws the petition, unless somebody answers it in writing. Raises
    `PetitionNotFound`, `AudienceNotFound`, `AudienceStateForbids`, `SittingNotToCome`, `OthersSigned`.
    """
    async with session.begin():
        await _mine(session, caller, petition_id, Action.CHANGE, now)
        by = Actor(ActorKind.PERSON, caller.person_id)
        file = await files.lock_any(session, petition_id)
        return Seen(await _reply(session, file, said, by, now), None)


async def reply_for(
    session: AsyncSession, official: Official, petition_id: UUID, said: Reply, now: datetime
) -> AudienceFile:
    """The same, as somebody said it on the telephone or at the counter. `FileNotFound`."""
    async with session.begin():
        file = await take(session, official, petition_id)
        return await _reply(session, file, said, actor(official), now)


async def listed(
    session: AsyncSession,
    official: Official,
    states: Collection[AudienceState],
    sitting_id: UUID | None,
    *,
    after: UUID | None,
    limit: int,
) -> Sequence[AudienceFile]:
    """The requests of the official's institution, in the order of their filing, without a word of them."""
    async with session.begin():
        return await storage.of_institution(
            session, official.institution_id, states, sitting_id, after=after, limit=limit
        )


async def open_audience(
    session: AsyncSession, official: Official, petition_id: UUID, purpose: Stated, now: datetime
) -> Seen:
    """An audience with its preparation and minutes; who asked for it reads who opened it.

    Raises `FileNotFound`, `AudienceNotFound`, `ConflictOfInterest`.
    """
    async with session.begin():
        file = await files.read(session, petition_id, official.institution_id)
        await refuse_conflict(session, file, official.person_id)
        found = await storage.read(session, petition_id, official.institution_id)
        seen = Seen(
            found,
            await storage.minutes(session, petition_id),
            await storage.preparation(session, petition_id),
            await storage.steps(session, petition_id),
        )
        await leave_line(session, official, file, Action.READ, purpose, now)
    return seen


async def schedule(
    session: AsyncSession,
    official: Official,
    petition_id: UUID,
    sitting_id: UUID,
    place: int | None,
    now: datetime,
) -> AudienceFile:
    """Give somebody a place of a sitting, the first free one unless one is named.

    Raises `SittingNotFound`, `FileNotFound`, `AudienceNotFound`, `SittingCancelled`, `SittingNotToCome`,
    `AudienceStateForbids`, `AudiencePlaceTaken`, `ReceivedInSitting`, `ConflictOfInterest`, `OwnCase`.
    """
    async with session.begin():
        sitting = await sittings.share(session, sitting_id, official.institution_id)
        file = await take(session, official, petition_id)
        found = await _locked(session, file)
        chosen = place or await sittings.free_place(session, sitting.id, now)
        domain.refuse_past(sitting, sitting.hour(chosen or sitting.places), now)
        if chosen is None or chosen > sitting.places:
            raise AudiencePlaceTaken
        if file.state not in domain.AT_REGISTRY:
            raise AudienceStateForbids(found.audience.state, AudienceState.SCHEDULED, ())
        if sitting.host_id is not None:
            handling.refuse_own_case(file, sitting.host_id)
            await refuse_conflict(session, file, sitting.host_id)
        await _into_triage(session, file, official, now)
        return await storage.move(
            session, found, AudienceState.SCHEDULED, actor(official), now, at=(sitting, chosen)
        )


async def answer_in_writing(
    session: AsyncSession, official: Official, petition_id: UUID, now: datetime
) -> AudienceFile:
    """Let a request be answered in writing: its file goes on as a petition, in its term."""
    async with session.begin():
        file = await take(session, official, petition_id)
        found = await _locked(session, file)
        await _into_triage(session, file, official, now)
        return await storage.move(session, found, AudienceState.IN_WRITING, actor(official), now)


async def decline(
    session: AsyncSession, official: Official, petition_id: UUID, reason: str, now: datetime
) -> AudienceFile:
    """Decline a request, with the reason; its file ends with it, unless somebody answers it in writing."""
    async with session.begin():
        file = await take(session, official, petition_id)
        found = await _locked(session, file)
        await refuse_conflict(session, file, official.person_id)
        moved = await storage.move(
            session, found, AudienceState.DECLINED, actor(official), now, reason="DECLINED", note=reason
        )
        await _end(session, file, official, "AUDIENCE_DECLINED", now)
        return moved


async def prepare(session: AsyncSession, official: Official, petition_id: UUID, text: str) -> Seen:
    """Note something before an audience, in place of what was noted. `NotTheHost`, `AudienceStateForbids`."""
    async with session.begin():
        file = await take(session, official, petition_id)
        found = await _locked(session, file)
        await _refuse_others(session, official, file, found)
        if found.audience.state not in domain.OPEN:
            raise AudienceStateForbids(found.audience.state, found.audience.state, ())
        await storage.prepare(session, petition_id, text)
        return Seen(found, None, text, await storage.steps(session, petition_id))


async def write_minutes(
    session: AsyncSession,
    official: Official,
    petition_id: UUID,
    present: Sequence[str],
    said: str,
    promises: Sequence[Promise],
    now: datetime,
) -> Seen:
    """Write what was said in an audience; its file ends with it, unless somebody answers it in writing.

    Raises `FileNotFound`, `AudienceNotFound`, `NotTheHost`, `ConflictOfInterest`, `AudienceStateForbids`,
    `AudienceNotYet`.
    """
    minutes = Minutes(
        present=present, said=said, promises=promises, written_by=official.person_id, written_at=now
    )
    async with session.begin():
        file, moved = await _after(session, official, petition_id, AudienceState.HELD, now)
        await storage.add_minutes(session, petition_id, minutes)
        await _end(session, file, official, "AUDIENCE_HELD", now)
        noted = await storage.preparation(session, petition_id)
        return Seen(moved, minutes, noted, await storage.steps(session, petition_id))


async def note_missed(
    session: AsyncSession, official: Official, petition_id: UUID, now: datetime
) -> AudienceFile:
    """Note that somebody did not come; what is raised is as for the minutes."""
    async with session.begin():
        file, moved = await _after(session, official, petition_id, AudienceState.MISSED, now)
        await _end(session, file, official, "AUDIENCE_MISSED", now)
        return moved


async def follow_up(
    session: AsyncSession,
    key: MasterKey,
    official: Official,
    petition_id: UUID,
    submission: petitions.Submission,
    now: datetime,
) -> petitions.Petition:
    """Open a petition of who was received, with a number and a term of its own, linked to the audience.

    Raises `FileNotFound`, `AudienceNotFound`, `AudienceStateForbids` before it was held,
    `FollowedUpAlready`, `SpecialProcedureApplies`.
    """
    async with session.begin():
        file = await take(session, official, petition_id)
        found = await _locked(session, file)
        if found.audience.state is not AudienceState.HELD:
            raise AudienceStateForbids(found.audience.state, AudienceState.HELD, ())
        if found.audience.follow_up_id is not None:
            raise FollowedUpAlready
        signed = await petitioners.of_petition(session, key, petition_id)
        people = [one.petitioner for one in signed if one.withdrawn_at is None]
        entered = Entered(local_date(now), official.person_id)
        channel = petitions.Channel.COUNTER
        opened = await register(session, key, submission, people, channel, now, entered)
        await storage.note_follow_up(session, petition_id, opened.id)
    return opened


async def remind(session: AsyncSession, now: datetime) -> int:
    """Remind people of audiences that come near, each once for its hour; how many were.

    Who was given the hour after its reminder was due needs none.
    """
    async with session.begin():
        legal = await rules.read(session, domain.REMINDER_RULE)
    before = timedelta(hours=legal.on(domain.REMINDER_RULE, local_date(now)).whole)
    told = 0
    while True:
        async with session.begin():
            due = await storage.lock_to_remind(session, now, now + before, _AT_ONCE)
            for one, hour, given_at in due:
                await storage.note_reminded(session, one.audience.petition_id, hour)
                if given_at <= hour - before:
                    await outbox.record(session, AudienceReminded.of(one), now)
                    told += 1
        if len(due) < _AT_ONCE:
            return told


async def _mine(
    session: AsyncSession, caller: Principal, petition_id: UUID, action: Action, now: datetime
) -> None:
    petition = await petitions_storage.petition_of(session, acting_of(caller), petition_id)
    if petition is None:
        raise PetitionNotFound
    if petition.is_sandbox:  # no institution receives who is invented
        raise AudienceNotFound
    await note_access(session, caller, action, petition.id, now)


async def _locked(session: AsyncSession, file: File) -> AudienceFile:
    return await storage.lock(session, file.id)


async def _reply(session: AsyncSession, file: File, said: Reply, by: Actor, now: datetime) -> AudienceFile:
    found = await _locked(session, file)
    to = found.without_place if said is Reply.OTHER_DATE else domain.REPLIES[said]
    if found.sitting is not None and found.hour is not None:
        domain.refuse_past(found.sitting, found.hour, now)
    elif said is not Reply.CANCEL:
        raise AudienceStateForbids(found.audience.state, to, sorted(domain.TRANSITIONS[found.audience.state]))
    moved = await storage.move(session, found, to, by, now, reason=said)
    if said is Reply.CANCEL and file.state in domain.AT_REGISTRY:
        handling.refuse_withdrawal(file)
        if len(await petitioners.standing(session, file.id)) > 1:
            raise OthersSigned
        await files.move(session, file, PetitionState.WITHDRAWN, by, now, reason="AUDIENCE_CANCELLED")
    return moved


async def _after(
    session: AsyncSession, official: Official, petition_id: UUID, to: AudienceState, now: datetime
) -> tuple[File, AudienceFile]:
    """The file and the audience once it has begun, moved there by who received."""
    file = await take(session, official, petition_id)
    found = await _locked(session, file)
    await _refuse_others(session, official, file, found)
    domain.refuse_step(found.audience.state, to)
    if found.hour is not None:
        domain.refuse_early(found.hour, now)
    return file, await storage.move(session, found, to, actor(official), now)


async def _refuse_others(session: AsyncSession, official: Official, file: File, found: AudienceFile) -> None:
    """`NotTheHost` for who neither receives nor leads, `ConflictOfInterest` for who is complained of."""
    receives = found.sitting is not None and found.sitting.host_id == official.person_id
    if not receives and Role.HEAD not in official.roles:
        raise NotTheHost
    await refuse_conflict(session, file, official.person_id)


async def _into_triage(session: AsyncSession, file: File, official: Official, now: datetime) -> None:
    if file.state is PetitionState.REGISTERED:
        await files.move(session, file, PetitionState.TRIAGE, actor(official), now, reason="AUDIENCE")


async def _end(session: AsyncSession, file: File, official: Official, reason: str, now: datetime) -> None:
    """End the file with its audience, where it stands at the registry still."""
    if file.state not in domain.AT_REGISTRY:
        return
    if file.state is PetitionState.REGISTERED:
        file = await files.move(session, file, PetitionState.TRIAGE, actor(official), now, reason="AUDIENCE")
    await files.move(session, file, PetitionState.CLASSED, actor(official), now, reason=reason)
