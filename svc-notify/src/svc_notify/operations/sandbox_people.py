"""People who are invented to test applications."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from ..storage import feed, push
from ..storage import sandbox_people as storage


async def know(session: AsyncSession, person_id: UUID, client_id: str, created_at: datetime) -> None:
    """Somebody is invented for an application since then.

    If they are no more by what was heard before, all goes now.
    """
    async with session.begin():
        await storage.put(session, person_id, client_id=client_id, created_at=created_at)
        await storage.forget_messages(session, person_id)
        await push.remove_of_invented(session, person_id)


async def remove(session: AsyncSession, person_id: UUID) -> None:
    """Drop the messages to somebody invented; of who is not known to be invented nothing is dropped.

    Events of tests with them go too.
    """
    async with session.begin():
        await storage.put(session, person_id, is_removed=True)
        await storage.forget_messages(session, person_id)
        await push.remove_of_invented(session, person_id)
        await feed.forget_tests(session, person_id)
