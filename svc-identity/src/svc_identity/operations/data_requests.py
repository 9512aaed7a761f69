"""Requests about one's data: made by the person, answered by the institution's data protection officer."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import clock, ids
from hub_core.decisions import OwnCase
from hub_core.rules import Rules
from hub_events import outbox
from hub_service import access
from hub_service.policy import Official
from hub_service.problems import NotFound
from hub_service.purpose import Stated

from ..domain import data_request
from ..domain.data_request import Answer, Request, State, Wanted
from ..errors.officials import UnknownInstitution
from ..events.access import RecordAccessed
from ..events.privacy import DataRequestChanged
from ..provider import Provider
from ..storage import legal
from ..storage import privacy as storage

_LEGAL_BASIS: Final = "GDPR art. 12 and 16-21"


async def receive(
    session: AsyncSession, provider: Provider, person_id: UUID, wanted: Wanted, now: datetime
) -> Request:
    """Take a request in; raises `UnknownInstitution`. Without an institution the hub's operator answers."""
    institution_id = wanted.institution_id or provider.settings.identity_operator
    async with session.begin():
        if not await storage.is_institution(session, institution_id, clock.local_date(now)):
            raise UnknownInstitution
        law = await legal.read(session)
        received = data_request.receive(ids.new_id(), person_id, institution_id, wanted, now, law)
        await storage.add_request(session, received)
        await outbox.record(session, DataRequestChanged.of(received), now)
    return received


async def list_own(
    session: AsyncSession, person_id: UUID, *, before: UUID | None, limit: int
) -> Sequence[Request]:
    """A person's requests, newest first."""
    async with session.begin():
        return await storage.requests_of(session, person_id, before=before, limit=limit)


async def read_own(session: AsyncSession, person_id: UUID, request_id: UUID) -> Request:
    """One of a person's requests; raises `NotFound`."""
    async with session.begin():
        held = await storage.request(session, request_id)
    if held is None or held.person_id != person_id:
        raise NotFound
    return held


async def withdraw(session: AsyncSession, person_id: UUID, request_id: UUID, now: datetime) -> Request:
    """Take one's request back; raises `NotFound`, `StateForbids`."""
    async with session.begin():
        held = await storage.lock_request(session, request_id)
        if held is None or held.person_id != person_id:
            raise NotFound
        withdrawn = data_request.withdraw(held, now)
        await _store(session, withdrawn, now)
    return withdrawn


async def list_at(
    session: AsyncSession, official: Official, *, state: State | None, before: UUID | None, limit: int
) -> Sequence[Request]:
    """The requests made to the official's institution, newest first."""
    async with session.begin():
        return await storage.requests_at(
            session, official.institution_id, state=state, before=before, limit=limit
        )


async def examine(
    session: AsyncSession, official: Official, request_id: UUID, purpose: Stated, now: datetime
) -> Request:
    """A request made to the official's institution; leaves a line. Raises `NotFound`."""
    async with session.begin():
        held = await storage.request(session, request_id)
        if held is None or held.institution_id != official.institution_id:
            raise NotFound
        await _note(session, official, access.Action.READ, held, purpose, now)
    return held


async def extend(
    session: AsyncSession, official: Official, request_id: UUID, reason: str, purpose: Stated, now: datetime
) -> Request:
    """Take the longer term; raises `NotFound`, `OwnCase`, `StateForbids`, `TermOver`."""
    return await _step(
        session,
        official,
        request_id,
        purpose,
        now,
        lambda held, law: data_request.extend(held, reason, now, law),
    )


async def forward(
    session: AsyncSession, official: Official, request_id: UUID, register: str, purpose: Stated, now: datetime
) -> Request:
    """Pass it on to a register, and mark the field; raises `NotFound`, `OwnCase`, `StateForbids`."""
    return await _step(
        session, official, request_id, purpose, now, lambda held, _: data_request.forward(held, register, now)
    )


async def grant(
    session: AsyncSession, official: Official, request_id: UUID, given: Answer, purpose: Stated, now: datetime
) -> Request:
    """Do as the person asked; raises `NotFound`, `OwnCase`, `StateForbids`."""
    by = official.person_id
    return await _step(
        session, official, request_id, purpose, now, lambda held, _: data_request.grant(held, given, by, now)
    )


async def refuse(
    session: AsyncSession, official: Official, request_id: UUID, given: Answer, purpose: Stated, now: datetime
) -> Request:
    """Refuse, with the legal basis; raises `NotFound`, `OwnCase`, `StateForbids`."""
    by = official.person_id
    return await _step(
        session, official, request_id, purpose, now, lambda held, _: data_request.refuse(held, given, by, now)
    )


async def _step(
    session: AsyncSession,
    official: Official,
    request_id: UUID,
    purpose: Stated,
    now: datetime,
    decide: Callable[[Request, Rules], Request],
) -> Request:
    async with session.begin():
        held = await storage.lock_request(session, request_id)
        if held is None or held.institution_id != official.institution_id:
            raise NotFound
        if held.person_id == official.person_id:
            raise OwnCase
        decided = decide(held, await legal.read(session))
        await _store(session, decided, now)
        await _note(session, official, access.Action.DECIDE, held, purpose, now)
    return decided


async def _store(session: AsyncSession, changed: Request, now: datetime) -> None:
    await storage.store_request(session, changed)
    await storage.keep_marks(session, changed, now)
    await outbox.record(session, DataRequestChanged.of(changed), now)


async def _note(
    session: AsyncSession,
    official: Official,
    action: access.Action,
    held: Request,
    purpose: Stated,
    now: datetime,
) -> None:
    line = access.line(
        official.principal,
        action=action,
        resource_type="data-request",
        resource_id=held.id,
        subject_person_id=held.person_id,
        purpose=purpose,
        legal_basis=_LEGAL_BASIS,
    )
    await outbox.record(session, RecordAccessed.of(line), now)
