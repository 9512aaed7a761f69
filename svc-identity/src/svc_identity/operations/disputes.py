"""Disputes of accesses: opened by the person, answered by the institution's data protection officer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import clock, ids
from hub_core.decisions import OwnCase
from hub_events import outbox
from hub_service import access
from hub_service.policy import Official
from hub_service.problems import NotFound
from hub_service.purpose import Stated

from ..domain import dispute as disputes
from ..domain.access_log import Line
from ..domain.dispute import Dispute, Outcome, State
from ..errors.privacy import AlreadyDisputed
from ..events.access import RecordAccessed
from ..events.privacy import AccessDisputeChanged
from ..storage import access_log, legal
from ..storage import privacy as storage
from .access_log import known_as

_LEGAL_BASIS = "GDPR art. 12 and 15"


@dataclass(frozen=True, slots=True)
class Examined:
    """A dispute with the access it is about; none once the log has forgotten it."""

    dispute: Dispute
    line: Line | None


async def open_(session: AsyncSession, person_id: UUID, line_id: UUID, reason: str, now: datetime) -> Dispute:
    """Dispute an access to one's own data; raises `NotFound`, `NoOfficial`, `AlreadyDisputed`."""
    async with session.begin():
        known = await known_as(session, person_id)
        line = await access_log.line_of(session, known, line_id, clock.local_date(now))
        if line is None:
            raise NotFound
        law = await legal.read(session)
        opened = disputes.open_(ids.new_id(), person_id, line, reason, now, law)
        if not await storage.add_dispute(session, opened):
            raise AlreadyDisputed
        await outbox.record(session, AccessDisputeChanged.of(opened), now)
    return opened


async def withdraw(session: AsyncSession, person_id: UUID, dispute_id: UUID, now: datetime) -> Dispute:
    """Take one's dispute back; raises `NotFound`, `StateForbids`."""
    async with session.begin():
        held = await storage.lock_dispute(session, dispute_id)
        if held is None or held.person_id != person_id:
            raise NotFound
        withdrawn = disputes.withdraw(held, now)
        await storage.store_dispute(session, withdrawn)
        await outbox.record(session, AccessDisputeChanged.of(withdrawn), now)
    return withdrawn


async def list_own(
    session: AsyncSession, person_id: UUID, *, before: UUID | None, limit: int
) -> Sequence[Dispute]:
    """A person's disputes, newest first."""
    async with session.begin():
        return await storage.disputes_of(session, person_id, before=before, limit=limit)


async def read_own(session: AsyncSession, person_id: UUID, dispute_id: UUID) -> Dispute:
    """One of a person's disputes; raises `NotFound`."""
    async with session.begin():
        held = await storage.dispute_(session, dispute_id)
    if held is None or held.person_id != person_id:
        raise NotFound
    return held


async def list_at(
    session: AsyncSession, official: Official, *, state: State | None, before: UUID | None, limit: int
) -> Sequence[Dispute]:
    """The disputes that the official's institution answers, newest first."""
    async with session.begin():
        return await storage.disputes_at(
            session, official.institution_id, state=state, before=before, limit=limit
        )


async def examine(
    session: AsyncSession, official: Official, dispute_id: UUID, purpose: Stated, now: datetime
) -> Examined:
    """A dispute at the official's institution, with the access; leaves a line. Raises `NotFound`."""
    async with session.begin():
        held = await storage.dispute_(session, dispute_id)
        if held is None or held.institution_id != official.institution_id:
            raise NotFound
        line = (await access_log.lines_by_id(session, [held.line_id])).get(held.line_id)
        await _note(session, official, access.Action.READ, held, purpose, now)
    return Examined(held, line)


async def answer(
    session: AsyncSession,
    official: Official,
    dispute_id: UUID,
    outcome: Outcome,
    text: str,
    purpose: Stated,
    now: datetime,
) -> Dispute:
    """Answer a dispute; raises `NotFound`, `StateForbids`, and `OwnCase` for who made the access."""
    async with session.begin():
        held = await storage.lock_dispute(session, dispute_id)
        if held is None or held.institution_id != official.institution_id:
            raise NotFound
        line = (await access_log.lines_by_id(session, [held.line_id])).get(held.line_id)
        if official.person_id == held.person_id or (
            line is not None and line.access.actor_id == str(official.person_id)
        ):
            raise OwnCase
        answered = disputes.answer(held, outcome, text, official.person_id, now)
        await storage.store_dispute(session, answered)
        await outbox.record(session, AccessDisputeChanged.of(answered), now)
        await _note(session, official, access.Action.DECIDE, held, purpose, now)
    return answered


async def _note(
    session: AsyncSession,
    official: Official,
    action: access.Action,
    held: Dispute,
    purpose: Stated,
    now: datetime,
) -> None:
    line = access.line(
        official.principal,
        action=action,
        resource_type="access-dispute",
        resource_id=held.id,
        subject_person_id=held.person_id,
        purpose=purpose,
        legal_basis=_LEGAL_BASIS,
    )
    await outbox.record(session, RecordAccessed.of(line), now)
