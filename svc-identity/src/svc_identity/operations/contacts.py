"""Where messages to people go."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_service.problems import NotFound

from ..domain.contact import Contact
from ..provider import Provider
from ..storage import phones as storage


async def read(session: AsyncSession, provider: Provider, person_id: UUID) -> Contact:
    """Where messages to a person go; `NotFound` when there is no open account."""
    found = await list_open(session, provider, [person_id])
    if not found:
        raise NotFound
    return found[0]


async def list_open(
    session: AsyncSession, provider: Provider, person_ids: Collection[UUID]
) -> Sequence[Contact]:
    """The contacts of those who have an open account, in no order."""
    async with session.begin():
        return await storage.contacts(session, provider.master_key, person_ids)
