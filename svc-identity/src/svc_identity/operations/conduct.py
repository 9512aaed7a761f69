"""What applications in the sandbox are seen to do, and what their owners read of it."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_service.problems import NotFound

from ..domain.client import Client
from ..domain.conduct import Behaviour, Seen
from ..storage import applications
from ..storage import conduct as storage


async def note(session: AsyncSession, client: Client, seen: Collection[Behaviour], now: datetime) -> None:
    """Remember what a request has shown, within the caller's transaction; in production nothing."""
    if client.is_sandbox and seen:
        await storage.note(session, {client.id: seen}, now)


async def observe(session: AsyncSession, client: Client, seen: Collection[Behaviour], now: datetime) -> None:
    """The same in a transaction of its own."""
    if client.is_sandbox and seen:
        async with session.begin():
            await note(session, client, seen, now)


async def read(session: AsyncSession, owner_id: UUID, client_id: str) -> list[Seen]:
    """What was seen of one's own application since its test people were made; `NotFound`."""
    async with session.begin():
        client = await applications.read(session, client_id)
        if client is None or client.owner_id != owner_id:
            raise NotFound
        return await storage.of_client(session, client_id)
