"""How a registration request ends without a decision, and what is deleted with every no."""

from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from hub_events import outbox

from ..domain import registration as registrations
from ..domain.registration import Request
from ..events.registrations import RegistrationExpired
from ..storage import registrations as storage

_AT_ONCE: Final = 100


async def expire(session: AsyncSession, now: datetime) -> int:
    """End the requests whose time is over, a hundred at most; how many there were."""
    async with session.begin():
        due = await storage.lock_due(session, now, _AT_ONCE)
        for request in due:
            await forget(session, request)
            expired = registrations.expire(request, now)
            await storage.store(session, expired)
            await outbox.record(session, RegistrationExpired.of(expired), now)
    return len(due)


async def forget(session: AsyncSession, request: Request) -> None:
    """Delete what a person stated and sent, within the caller's transaction."""
    await storage.forget_evidence(session, request.id)
    await storage.forget_stated(session, request.id)
