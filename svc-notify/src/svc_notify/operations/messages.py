"""What a person was told, for themselves."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from ..domain.deliveries import Delivery
from ..errors.messages import MessageNotFound
from ..storage import person_messages as storage


async def list_messages(
    session: AsyncSession, person_id: UUID, before: UUID | None, limit: int
) -> list[list[Delivery]]:
    """A person's messages, the newest first, each as its deliveries."""
    async with session.begin():
        return await storage.find(session, person_id, before, limit)


async def get_message(session: AsyncSession, person_id: UUID, message_id: UUID) -> list[Delivery]:
    """The deliveries of one message of a person's; raises `MessageNotFound` for anybody else's."""
    async with session.begin():
        found = await storage.get(session, person_id, message_id)
    if not found:
        raise MessageNotFound
    return found


async def personal_data(session: AsyncSession, person_id: UUID) -> list[Delivery]:
    """Everything that is held of a person: the messages to them, the oldest first."""
    async with session.begin():
        return await storage.find_all(session, person_id)
