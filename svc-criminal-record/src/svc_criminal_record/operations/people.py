"""What svc-identity tells of people."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from ..storage import people as storage


async def follow_person(session: AsyncSession, former_id: UUID, person_id: UUID) -> None:
    """Requests, certificates and consents of a person who has got another id are that id's from now on."""
    async with session.begin():
        await storage.follow(session, former_id, person_id)
