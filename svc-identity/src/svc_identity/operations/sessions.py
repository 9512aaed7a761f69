"""The sign-ins of a person: seen and ended by their owner."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.language import Language
from hub_events import outbox
from hub_service.problems import NotFound

from ..domain import rules
from ..domain.rules import RuleId
from ..domain.session import EndReason, Session
from ..events.sessions import TokenRevoked
from ..storage import grants
from ..storage import sessions as storage
from . import backchannel


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session, and the names of the applications that hold live tokens of it, by language."""

    session: Session
    applications: Sequence[dict[Language, str]]


async def list_open(
    session: AsyncSession, account_id: UUID, now: datetime, *, limit: int, before: UUID | None = None
) -> list[OpenSession]:
    """Where a person is signed in, newest first; `before` is the last of the page before."""
    idle = rules.duration(RuleId.SESSION_IDLE, now)
    async with session.begin():
        found = await storage.open_of(session, account_id, now, idle=idle, before=before, limit=limit)
        applications = await grants.applications(session, [one.id for one in found], now)
    return [OpenSession(one, applications.get(one.id, [])) for one in found]


async def end(
    session: AsyncSession, session_id: UUID, account_id: UUID, reason: EndReason, now: datetime
) -> None:
    """End a person's own session with all its tokens; repeating it changes nothing. Raises `NotFound`."""
    async with session.begin():
        held = await storage.lock(session, session_id)
        if held is None or held.account_id != account_id:
            raise NotFound
        if held.ended_at is None:
            ended = replace(held, ended_at=now, end_reason=reason)
            await grants.end_of_session(session, held.id, reason, now)
            await tell_revoked(session, ended, reason, now)


async def end_all(
    session: AsyncSession, account_id: UUID, reason: EndReason, now: datetime, *, but: UUID | None = None
) -> None:
    """End all sessions of an account with their tokens, within the caller's transaction; one may stay."""
    for held in await storage.lock_all(session, account_id):
        if held.id != but:
            await grants.end_of_session(session, held.id, reason, now)
            await tell_revoked(session, replace(held, ended_at=now, end_reason=reason), reason, now)


async def tell_revoked(session: AsyncSession, locked: Session, reason: EndReason, now: datetime) -> None:
    """Store a session that the caller has locked, and tell that tokens of it ended before their time.

    If the whole session has ended, its clients are told as well.
    """
    told = replace(locked, version=locked.version + 1)
    await storage.store(session, told)
    if told.ended_at is not None:
        await backchannel.record(session, told, now)
    await outbox.record(session, TokenRevoked.of(told, reason), now)
