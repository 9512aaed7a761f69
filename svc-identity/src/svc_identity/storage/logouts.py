"""Messages of logout that wait to be sent."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from sqlalchemy import any_, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from ..domain import scopes
from ..domain.logout import LogoutMessage
from ..tables.clients import CLIENTS
from ..tables.grants import GRANTS
from ..tables.logouts import LOGOUT_MESSAGES


async def concerned(session: AsyncSession, session_id: UUID) -> Sequence[str]:
    """The ids of the clients that signed a person in with this session and want to be told of its end."""
    wanted = (
        select(GRANTS.c.client_id)
        .join_from(GRANTS, CLIENTS, GRANTS.c.client_id == CLIENTS.c.id)
        .where(
            GRANTS.c.session_id == session_id,
            CLIENTS.c.backchannel_logout_uri.is_not(None),
            any_(GRANTS.c.scopes) == scopes.OPENID,
        )
        .distinct()
    )
    return list((await session.execute(wanted)).scalars())


async def add(session: AsyncSession, messages: Iterable[LogoutMessage]) -> None:
    """Store new messages."""
    await session.execute(insert(LOGOUT_MESSAGES).values([asdict(message) for message in messages]))


async def store(session: AsyncSession, changed: LogoutMessage) -> None:
    """Store a message that has changed."""
    await session.execute(
        update(LOGOUT_MESSAGES).where(LOGOUT_MESSAGES.c.id == changed.id).values(asdict(changed))
    )


async def lock_due(session: AsyncSession, now: datetime, limit: int) -> Sequence[LogoutMessage]:
    """Messages whose time has come, oldest first; locked, and none that another replica holds."""
    wanted = (
        select(LOGOUT_MESSAGES)
        .where(LOGOUT_MESSAGES.c.due_at <= now)
        .order_by(LOGOUT_MESSAGES.c.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [LogoutMessage(**row) for row in (await session.execute(wanted)).mappings()]


async def remove(session: AsyncSession, message_id: UUID) -> None:
    """The client was told, or never will be."""
    await session.execute(delete(LOGOUT_MESSAGES).where(LOGOUT_MESSAGES.c.id == message_id))
