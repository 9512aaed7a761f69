"""Sign-ins of people at browsers."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, delete, exists, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.principal import Assurance

from ..domain.session import EndReason, Method, Session
from ..tables.grants import GRANTS, TOKENS
from ..tables.sessions import SESSIONS


async def add(session: AsyncSession, signed_in: Session) -> None:
    """Store a new session."""
    await session.execute(insert(SESSIONS).values(asdict(signed_in)))


async def store(session: AsyncSession, changed: Session) -> None:
    """Store a session that has changed."""
    await session.execute(update(SESSIONS).where(SESSIONS.c.id == changed.id).values(asdict(changed)))


async def note_seen(session: AsyncSession, session_id: UUID, now: datetime) -> None:
    """The browser of a session was seen."""
    await session.execute(update(SESSIONS).where(SESSIONS.c.id == session_id).values(last_seen_at=now))


async def lock(session: AsyncSession, session_id: UUID) -> Session | None:
    """A session; its row is locked. Whoever locks grants or tokens of it too, locks it first."""
    wanted = select(SESSIONS).where(SESSIONS.c.id == session_id).with_for_update()
    row = (await session.execute(wanted)).mappings().first()
    return session_of(row) if row else None


async def lock_by_secret(session: AsyncSession, secret_hash: bytes) -> Session | None:
    """The session of a browser's cookie, ended or not; its row is locked."""
    wanted = select(SESSIONS).where(SESSIONS.c.secret_hash == secret_hash).with_for_update()
    row = (await session.execute(wanted)).mappings().first()
    return session_of(row) if row else None


async def by_secret(session: AsyncSession, secret_hash: bytes) -> Session | None:
    """The session of a browser's cookie, ended or not."""
    wanted = select(SESSIONS).where(SESSIONS.c.secret_hash == secret_hash)
    row = (await session.execute(wanted)).mappings().first()
    return session_of(row) if row else None


async def has_any(session: AsyncSession, account_id: UUID) -> bool:
    """Whether the account was signed in to before, as far as is remembered."""
    return bool((await session.execute(select(exists().where(SESSIONS.c.account_id == account_id)))).scalar())


async def lock_all(session: AsyncSession, account_id: UUID) -> Sequence[Session]:
    """The sessions of an account that have not ended; locked, always in the same order."""
    wanted = (
        select(SESSIONS)
        .where(SESSIONS.c.account_id == account_id, SESSIONS.c.ended_at.is_(None))
        .order_by(SESSIONS.c.id)
        .with_for_update()
    )
    return [session_of(row) for row in (await session.execute(wanted)).mappings()]


async def open_of(
    session: AsyncSession,
    account_id: UUID,
    now: datetime,
    *,
    idle: timedelta,
    before: UUID | None,
    limit: int,
) -> Sequence[Session]:
    """An account's sessions that a browser or an application may still use, newest first.

    A browser that was not seen for as long as `idle` may not. `before` is the last of the page before.
    """
    connected = exists().where(
        GRANTS.c.session_id == SESSIONS.c.id,
        GRANTS.c.ended_at.is_(None),
        TOKENS.c.grant_id == GRANTS.c.id,
        TOKENS.c.used_at.is_(None),
        TOKENS.c.expires_at > now,
    )
    wanted = (
        select(SESSIONS)
        .where(
            SESSIONS.c.account_id == account_id,
            SESSIONS.c.ended_at.is_(None),
            or_((SESSIONS.c.expires_at > now) & (SESSIONS.c.last_seen_at > now - idle), connected),
        )
        .order_by(SESSIONS.c.id.desc())
        .limit(limit)
    )
    if before is not None:
        wanted = wanted.where(SESSIONS.c.id < before)
    return [session_of(row) for row in (await session.execute(wanted)).mappings()]


async def purge(session: AsyncSession, before: datetime) -> None:
    """Forget the sessions that ended, or ran out with all their tokens, before then."""
    connected = exists().where(GRANTS.c.session_id == SESSIONS.c.id)
    await session.execute(
        delete(SESSIONS).where(
            or_(SESSIONS.c.ended_at < before, ~connected & (SESSIONS.c.expires_at < before))
        )
    )


def session_of(row: RowMapping | dict[str, Any]) -> Session:
    """The session of a row."""
    return Session(
        **{
            **row,
            "assurance": Assurance(row["assurance"]),
            "methods": tuple(Method(method) for method in row["methods"]),
            "end_reason": EndReason(row["end_reason"]) if row["end_reason"] else None,
        }
    )
