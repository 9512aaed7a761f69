"""Telling people what changed about how they sign in."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_events import outbox

from ..domain.means import Change, SecurityChange
from ..events.means import SecurityChanged
from ..storage import accounts
from ..storage import means as storage


async def tell(session: AsyncSession, account_id: UUID, change: Change, device: str, now: datetime) -> None:
    """Note a change and tell it, within the caller's transaction, which locks the account last of all."""
    await accounts.find(session, account_id)
    changed = SecurityChange(account_id, await storage.next_version(session, account_id), change, device, now)
    await storage.add_change(session, changed)
    await outbox.record(session, SecurityChanged.of(changed), now)


async def list_changes(
    session: AsyncSession, account_id: UUID, *, limit: int, before: int | None = None
) -> Sequence[SecurityChange]:
    """What changed lately, newest first."""
    async with session.begin():
        return await storage.changes(session, account_id, limit=limit, before=before)
